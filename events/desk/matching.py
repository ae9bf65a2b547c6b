"""Demand, supply and matches on the workbench: menu, to-dos, search."""

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from association import desk
from association.formats import chinese_date
from association.stocks import waiting
from association.workdays import add_workdays_or_weekdays
from events import permissions
from events.domain.match_course import follow_up_on
from events.models import Match, Posting
from events.models.posting import units_served
from members.models import ContactRole
from members.permissions import has_own_units, serves_member

LISTED = 5
REVIEW_WITHIN = 3  # working days, our own


# --- menu ---------------------------------------------------------------------------------------------------
waiting.add("events.postings", Posting.objects.awaiting_review, due="submitted_at__date")
waiting.add("events.unanswered", Match.objects.awaiting_answer, due="answer_by")
waiting.add("events.quiet_matches", Match.objects.quiet)


def postings_to_review(user) -> int:
    """How many postings wait for review; the same for everybody who sees the list."""
    return waiting.of("events.postings").number


desk.menu("活动", "对接大厅", "events:market", allowed=permissions.can_see_market, order=50)
desk.menu("活动", "本单位的对接", "events:own_market", allowed=serves_member, order=51)
desk.menu(
    "活动",
    "供需审核",
    "events:postings",
    allowed=permissions.can_see_all_matching,
    order=52,
    count=postings_to_review,
    due=True,
)
desk.menu("活动", "对接进展", "events:matches", allowed=permissions.can_see_all_matching, order=53)


# --- to-dos -------------------------------------------------------------------------------------------------
@desk.todo
def postings_waiting(user):
    """One for the secretariat when postings of others wait to be reviewed, with the earliest deadline."""
    if not permissions.can_keep_matching(user) or not waiting.of("events.postings"):
        return
    others = Posting.objects.awaiting_review().exclude(submitted_by=user).order_by("submitted_at")
    days = list(others.values_list("submitted_at", flat=True)[:100])
    if days:
        yield desk.Todo(
            title=f"{len(days)} 条供需待审核",
            detail="看过内容，发布，或者写明理由驳回",
            url=f"{reverse('events:postings')}?state=submitted",
            action="去审核",
            due=add_workdays_or_weekdays(localdate(days[0]), REVIEW_WITHIN)[0],
        )


@desk.todo
def matches_to_answer(user):
    """One for each match that a unit of the person has still to answer."""
    if not waiting.of("events.unanswered") or not has_own_units(user):
        return
    acting = ContactRole.objects.current().filter(contact__user=user, duty__in=permissions.POSTING_DUTIES)
    units = units_served(user).filter(pk__in=acting.values("organization"))
    open_sides = Q(owner__in=units, owner_agreed_at__isnull=True) | Q(
        asker__in=units, asker_agreed_at__isnull=True
    )
    found = Match.objects.awaiting_answer().filter(open_sides).select_related("posting", "owner", "asker")
    mine = set(units.values_list("pk", flat=True))
    for match in found.order_by("answer_by", "pk")[:LISTED]:
        other = match.asker if match.owner_id in mine else match.owner
        yield desk.Todo(
            title=f"答复对接：{match.posting.title}",
            detail=f"{other.name}，{chinese_date(match.answer_by)}以后失效",
            url=match.get_absolute_url(),
            action="去答复",
            due=match.answer_by,
        )


@desk.todo
def quiet_matches(user):
    """One for the secretariat when matches have gone quiet for thirty days, with the day from which they were awaited."""
    if not permissions.can_keep_matching(user):
        return
    if stock := waiting.of("events.quiet_matches"):
        longest = Match.objects.quiet().with_course().order_by("agreed_at").first()
        yield desk.Todo(
            title=f"{stock.number:,} 项对接三十天没有进展",
            detail="问一问双方，记下近况；谈不成的登记原因",
            url=f"{reverse('events:matches')}?quiet=on",
            action="去跟进",
            due=longest and follow_up_on(longest),
        )


# --- search -------------------------------------------------------------------------------------------------
@desk.search
def found_postings(user, text, limit):
    """Postings by any part of title, text or unit, as far as the person may know of them."""
    postings = Posting.objects.visible_to(user).matching(text).select_related("organization").with_matched()
    for posting in postings.order_by("-pk")[:limit]:
        yield desk.Hit(
            title=str(posting),
            url=posting.get_absolute_url(),
            kind="供需",
            detail=f"{posting.organization.name}，{posting.state.label}",
        )
