"""Postings and matches prepared for their pages: tones, facts, numbers of a year, what the person may do."""

import functools
from datetime import timedelta

from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.timezone import localdate, localtime

from association.formats import chinese_date
from association.models import Activity
from events import pairing, permissions
from events.choices import BudgetBand, MatchOrigin, MatchState, PostingKind, PostingState
from events.domain import match_course, sharings
from events.models import Match, Posting
from events.models.posting import units_served
from members.domain.contact_views import record_views
from members.models import ContactRole, Organization

TONES = {
    PostingState.DRAFT: "off", PostingState.SUBMITTED: "warn", PostingState.PUBLISHED: "good",
    PostingState.REJECTED: "late", PostingState.MATCHED: "info", PostingState.EXPIRED: "off", PostingState.CLOSED: "off",
}  # fmt: skip
MATCH_TONES = {
    MatchState.PROPOSED: "warn", MatchState.WAITING: "warn", MatchState.AGREED: "info", MatchState.TALKING: "info",
    MatchState.SIGNED: "good", MatchState.LANDED: "good", MatchState.FAILED: "off", MatchState.TERMINATED: "off",
}  # fmt: skip
BANDS = [band for band in BudgetBand if band not in (BudgetBand.OPEN, BudgetBand.FREE)]
HALF_A_YEAR = timedelta(days=180)
COURSE = ("提出", "双方同意", "洽谈", "签约", "落地")
AT = {
    MatchState.PROPOSED: 1, MatchState.WAITING: 1, MatchState.AGREED: 3, MatchState.TALKING: 3, MatchState.SIGNED: 4,
    MatchState.LANDED: 5,
}  # fmt: skip


def pills(request, form) -> list[dict]:
    """The filters in force, each with the address without it."""
    found = []
    for name, label, text in form.words():
        query = request.GET.copy()
        query.pop(name, None), query.pop("page", None)
        found.append({"label": label, "text": text, "url": f"{request.path}?{query.urlencode()}"})
    return found


def units_to_post_for(user):
    """Units for which the person may post: every member for those who keep the market, their own for others."""
    members = Organization.objects.members_on(localdate()).order_by("pinyin_full", "pk")
    if permissions.can_keep_matching(user):
        return members
    acting = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.POSTING_DUTIES)
    return members.filter(pk__in=acting.values("organization"))


def acting_units(user):
    """The person's own units, those for which they act on the market; also somebody's of the secretariat."""
    return [
        u for u in Organization.objects.filter(pk__in=units_served(user)) if permissions.can_post_for(user, u)
    ]


def chosen(postings, wanted):
    """The postings that the filters of the market or of the secretariat's list choose."""
    if wanted["q"]:
        postings = postings.matching(wanted["q"])
    for name in ("kind", "category", "budget", "district"):
        if wanted.get(name):
            postings = postings.filter(**{name: wanted[name]})
    if wanted.get("published"):
        postings = postings.published_in(wanted["published"])
    return postings.in_state(wanted["state"]) if wanted.get("state") else postings


def decorated(postings):
    """The rows of a page with their tones; ask for them `with_matched`."""
    for posting in postings:
        posting.tone = TONES[posting.state]
    return postings


def facts(posting) -> list[tuple]:
    """(label, value) pairs of what everybody who may see the posting reads."""
    pairs = [
        ("单位", posting.organization.name),
        ("类别", posting.get_category_display()),
        ("预算或报价", posting.get_budget_display()),
        ("地区", posting.place),
        ("有效期至", chinese_date(posting.valid_to)),
        ("发布", chinese_date(localtime(posting.published_at)) if posting.published_at else ""),
        ("为哪场活动发布", posting.event.numbered if posting.event_id else ""),
    ]
    return [pair for pair in pairs if pair[1]]


def inner_facts(posting) -> list[tuple]:
    """What only the unit itself and those who keep the market read."""
    pairs = [
        ("谁能看到", posting.get_visibility_display()),
        ("由谁答复", posting.contact.name if posting.contact_id else "还没有定"),
        ("结果", posting.get_outcome_display()),
        ("结果说明", posting.outcome_note),
    ]
    return [pair for pair in pairs if pair[1]]


def actions_for(user, posting) -> dict:
    """What the person may do with the posting as it stands."""
    keeps, owns = permissions.can_keep_matching(user), permissions.can_post_for(user, posting.organization)
    state, acts = posting.state, keeps or owns
    unpublished = state in (PostingState.DRAFT, PostingState.REJECTED, PostingState.SUBMITTED)
    reviews = state == PostingState.SUBMITTED and permissions.reviews_posting(user, posting)
    return {
        "owns": owns,
        "keeps": keeps,
        "edits": (acts and unpublished) or (keeps and posting.published_at and not posting.closed_at),
        "submits": acts and state in (PostingState.DRAFT, PostingState.REJECTED),
        "discards": acts and unpublished,
        "reviews": reviews,
        "waits": state == PostingState.SUBMITTED and not reviews,
        "extends": acts and posting.published_at and not posting.closed_at,
        "proposes": keeps and posting.is_on_market,
    }


def activities_of(user, posting):
    """What was done with the posting, the latest first; its own unit does not read there who of another unit asked."""
    found = Activity.objects.about(posting).select_related("by")
    if not permissions.can_see_all_matching(user):
        found = found.filter(kind__startswith="events.posting.")
    return found[:20]


def matches_of(user, posting) -> list[Match]:
    """The matches of the posting that the person may know of, the latest first."""
    found = Match.objects.visible_to(user).filter(Q(posting=posting) | Q(counter=posting))
    return decorated_matches(
        found.select_related("posting", "owner", "asker", "deal").with_course().order_by("-pk")[:20]
    )


def decorated_matches(matches):
    """The rows of a page with their tones and, where one is awaited, the day."""
    for match in matches:
        match.tone = MATCH_TONES[match.state]
        match.next = next_step(match)
    return matches


def next_step(match) -> str:
    if match.is_answerable:
        return f"{chinese_date(match.answer_by)}前答复"
    if match.is_in_talks:
        day = match_course.follow_up_on(match)
        return "三十天没有进展" if day else "洽谈中" if match.last_talk_on else "等第一次联系"
    return match.get_ending_display() if match.ending else ""


# --- one match --------------------------------------------------------------------------------------------------


def sides(request, match) -> list[dict]:
    """Both units as the page shows them: whether they agreed, and, once unlocked, the contact; that the person looked
    is noted."""
    user = request.user
    unlocked = sharings.shown(match) if sharings.sees(user, match) else {}
    record_views(user, [one.contact for one in unlocked.values()], f"供需对接：{match.posting.title}")
    rows = []
    for side, unit in (("发布方", match.owner), ("意向方", match.asker)):
        agreed_at = match.owner_agreed_at if unit.pk == match.owner_id else match.asker_agreed_at
        one = unlocked.get(unit.pk)
        rows.append(
            {
                "side": side,
                "unit": unit,
                "agreed_at": agreed_at,
                "contact": one.contact if one else None,
                "sharing": one,
                "takes_back": one is not None and may_take_back(user, match, one),
                "is_own": permissions.can_post_for(user, unit),
            }
        )
    return rows


def may_take_back(user, match, sharing) -> bool:
    """Whether the person may end that this contact is told: oneself, who acts for the unit, and the secretariat."""
    is_self = sharing.contact.user_id == user.pk
    return (
        is_self or permissions.can_keep_matching(user) or permissions.can_post_for(user, sharing.organization)
    )


def answering(user, match):
    """The unit for which the person has still to answer, or None."""
    own = [unit for unit in (match.owner, match.asker) if permissions.can_post_for(user, unit)]
    return next((unit for unit in own if not match.has_agreed(unit)), None)


def own_side(user, match):
    """The unit of the match for which the person acts, or None."""
    return next((u for u in (match.owner, match.asker) if permissions.can_post_for(user, u)), None)


def match_actions(user, match) -> dict:
    """What the person may do with the match as it stands."""
    keeps, own = permissions.can_keep_matching(user), own_side(user, match)
    is_live = match.ended_at is None and not match.has_lapsed
    return {
        "unlocks": sharings.sees(user, match),
        "answers": match.is_answerable and answering(user, match) is not None,
        "withdraws": match.is_answerable and may_withdraw(user, match),
        "talks_now": match.is_in_talks and (keeps or own is not None),
        "names": is_live and match.deal_id is None and own is not None and match.has_agreed(own),
        "signs": match.is_in_talks and permissions.can_keep_deals(user),
        "terminates": keeps and (match.is_answerable or match.is_in_talks),
    }


def match_facts(match) -> list[tuple]:
    pairs = [
        ("来源", match.get_origin_display()),
        ("提出", chinese_date(localtime(match.asked_at))),
        ("答复期限", chinese_date(match.answer_by) if match.is_answerable else ""),
        ("双方同意", chinese_date(localtime(match.agreed_at)) if match.agreed_at else ""),
        ("附言", match.words),
        ("结束", f"{match.get_ending_display()}：{match.end_reason}".rstrip("：") if match.ending else ""),
    ]
    return [pair for pair in pairs if pair[1]]


def course(match) -> dict:
    """The steps of a match that has not ended, and where it stands."""
    at = AT.get(match.state)
    return {"steps": COURSE, "at": at} if at else {}


# --- the secretariat's lists ------------------------------------------------------------------------------------


def numbers(year: int) -> list[dict]:
    """The strip of a year: what was published, asked, agreed, signed and landed, each with the address of its rows."""
    postings, matches = reverse("events:postings"), reverse("events:matches")
    found = [
        {
            "label": "发布供需",
            "number": Posting.objects.published_in(year).count(),
            "href": f"{postings}?published={year}",
        }
    ]
    for stage, label in (
        ("asked", "意向与撮合"),
        ("agreed", "双方同意"),
        ("signed", "签约"),
        ("landed", "落地"),
    ):
        number = Match.objects.reached(stage, year).count()
        found.append({"label": label, "number": number, "href": f"{matches}?reached={stage}&year={year}"})
    return found


def chosen_matches(matches, wanted):
    """The matches that the filters of `MatchesForm` choose."""
    for term in wanted["q"].split()[:8]:
        names = Q(owner__name__icontains=term) | Q(asker__name__icontains=term)
        matches = matches.filter(Q(posting__title__icontains=term) | names)
    if wanted["reached"] and wanted["year"]:
        matches = matches.reached(wanted["reached"], wanted["year"])
    if wanted["state"]:
        matches = matches.in_state(wanted["state"])
    if wanted["quiet"]:
        matches = matches.filter(pk__in=Match.objects.quiet().values("pk"))
    return matches


def candidates(posting) -> list[tuple]:
    """(key, words) of the postings that fit, the likeliest first; ten at most."""
    fitting = Posting.objects.on_market().filter(kind=posting.opposite, category=posting.category)
    by_key = {p.pk: p for p in fitting.select_related("organization")}
    found = pairing.rank(_plain(posting), map(_plain, by_key.values()), today=localdate())
    return [(str(r.facts.key), _worded(by_key[r.facts.key], r.reasons)) for r in found[:10]]


def _plain(posting) -> pairing.Facts:
    return pairing.Facts(
        key=posting.pk, kind=posting.kind, category=posting.category, unit=posting.organization_id,
        district=posting.district, budget=BANDS.index(posting.budget) if posting.budget in BANDS else None,
        event=posting.event_id, words=f"{posting.title}\n{posting.text}", valid_to=posting.valid_to,
    )  # fmt: skip


def _worded(posting, reasons) -> str:
    why = f"（{'、'.join(reasons)}）" if reasons else ""
    return f"{posting.title}，{posting.organization.name}{why}"


# --- what an address asks for -----------------------------------------------------------------------------------


def waiting_first(postings):
    """Those that wait for review first, the one that waits longest at the top; then the others, the latest first."""
    awaiting = Q(pk__in=Posting.objects.awaiting_review().values("pk"))
    queue = Case(When(awaiting, then=F("submitted_at")))
    return postings.annotate(queue=queue).order_by(F("queue").asc(nulls_last=True), "-pk")


def own_tabs(path: str, tab: str) -> list[dict]:
    names = (("postings", "本单位的供需"), ("matches", "本单位的对接"))
    return [{"label": label, "url": f"{path}?tab={name}", "current": name == tab} for name, label in names]


def begun(request) -> dict:
    """What the form of a new posting begins with: its event, where the address names one, and the person themselves."""
    event = request.GET.get("event", "")
    found = {"kind": PostingKind.DEMAND, "valid_to": localdate() + HALF_A_YEAR}
    if event.isascii() and event.isdigit():
        found["event"] = int(event[:15])
    if contact := getattr(request.user, "contact", None):
        found["contact"] = contact.pk
    return found


def written(posting, then) -> str:
    return "已提交，秘书处看过以后发布。" if then == "submit" else "已存为草稿。提交以后由秘书处发布。"


def asking_unit(request, posting):
    """The unit in whose name the person shows interest: the one that the address names, else their first."""
    own = [u for u in acting_units(request.user) if u.pk != posting.organization_id]
    named = request.GET.get("unit") or request.POST.get("unit") or ""
    return next((u for u in own if str(u.pk) == named), own[0] if own else None)


def side_asked(request, match):
    """The unit whose contact is to be hidden, if the person may do that: the one named in the form, else their own."""
    named = request.POST.get("unit", "")
    standing = match.sharings.filter(withdrawn_at__isnull=True).select_related("contact", "organization")
    may = [one for one in standing if may_take_back(request.user, match, one)]
    own = own_side(request.user, match)
    chosen = [one.organization for one in may if str(one.organization_id) == named]
    return chosen[0] if chosen else own


def may_withdraw(user, match) -> bool:
    """Whether the person takes back what was asked: who acts for the asker, or the secretariat its own proposal."""
    if match.origin == MatchOrigin.PROPOSED:
        return permissions.can_keep_matching(user)
    return permissions.can_post_for(user, match.asker)


def of_unit(verb, unit):
    """The verb with the side in whose name it is done."""
    return functools.partial(verb, organization=unit)
