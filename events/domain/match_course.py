"""Verbs on matches to which both sides agreed: talks, their failing, a stop; and what the clock does each morning."""

from datetime import timedelta

from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events.choices import MatchEnding, PartyRole, PostingKind
from events.domain import deals
from events.domain.matches import end, end_lapsed, locked
from events.domain.telling import posters, tell_both, tell_match, tell_posting
from events.models import Deal, Match, Posting, Talk
from events.models.match import DAYS_BETWEEN_TALKS

REMIND_BEFORE = timedelta(days=2)
LANDED_LATELY = timedelta(days=7)
EXPIRES_IN = timedelta(days=7)


@verb
def note_talk(match, *, by, held_on, way: str, text: str, organization=None) -> Talk:
    """What was said between the two, noted by one side (`organization`) or by the secretariat.

    Raises Refused before both agreed and after the end, and (422) for a day to come or before they agreed.
    """
    match = locked(match)
    if not match.is_in_talks:
        raise Refused(f"这项对接{match.state.label}，不能再记洽谈。")
    if held_on > localdate():
        raise Refused("洽谈的日期不能晚于今天。", status=422)
    if held_on < localdate(match.agreed_at):
        raise Refused("洽谈的日期不能早于双方同意的那一天。", status=422)
    talk = Talk.objects.create(
        match=match, organization=organization, noted_by=by, held_on=held_on, way=way, text=text
    )
    who = organization.name if organization else "秘书处"
    record("events.match.talked", match, by=by, sentence=f"{who}记录一次洽谈（{talk.get_way_display()}）")
    return talk


@verb
def fail(match, *, by, reason: str, organization=None) -> Match:
    """The talks came to nothing. Doing it twice changes nothing; raises Refused before both agreed and after the end."""
    match = locked(match)
    if match.ending == MatchEnding.FAILED:
        return match
    _refuse_not_in_talks(match)
    end(match, by=by, ending=MatchEnding.FAILED, reason=reason)
    who = organization.name if organization else "秘书处"
    record("events.match.failed", match, match.posting, by=by, sentence=f"{who}登记洽谈未成", basis=reason)
    told = {"how": "洽谈未成", "reason": reason}
    if organization:
        tell_match(match.other_of(organization), "events.match_ended", match, by=by, **told)
    else:
        tell_both("events.match_ended", match, by=by, **told)
    return match


@verb
def terminate(match, *, by, reason: str) -> Match:
    """The secretariat stops a match, answered or not. Doing it twice changes nothing; raises Refused after the end."""
    match = locked(match)
    if match.ending == MatchEnding.TERMINATED:
        return match
    if not match.is_answerable:
        _refuse_not_in_talks(match)
    end(match, by=by, ending=MatchEnding.TERMINATED, reason=reason)
    record("events.match.terminated", match, match.posting, by=by, sentence="终止对接", basis=reason)
    tell_both("events.match_ended", match, by=by, how="秘书处终止", reason=reason)
    return match


def _refuse_not_in_talks(match):
    if not match.is_in_talks:
        raise Refused(f"这项对接{match.state.label}，不用再登记结果。")


@verb
def sign(match, *, by, signed_on, title: str = "", amount=None, confidential=False, content="") -> Deal:
    """Register what the two have signed: a deal between them, attributed to the event of the posting. Doing it twice
    gives the deal that stands. `amount` is whole 分.

    Raises Refused before both agreed and after the end, (422) for a day to come or before they agreed.
    """
    match = locked(match)
    if match.deal_id:
        return match.deal
    _refuse_not_in_talks(match)
    if signed_on < localdate(match.agreed_at):
        raise Refused("签约日期不能早于双方同意对接的那一天。", status=422)
    counter = match.counter
    deal = deals.sign(
        by=by, title=title or match.posting.title, signed_on=signed_on, amount=amount, confidential=confidential,
        content=content, event=match.posting.event or (counter.event if counter else None),
        parties=[{"role": role, "name": unit.name} for role, unit in _parties(match)],
    )  # fmt: skip
    store(match, {"deal": deal})
    record("events.match.signed", match, match.posting, by=by, sentence=f"登记签约：{deal}")
    tell_both("events.match_signed", match, by=by)
    return deal


def _parties(match):
    """Who is party to the deal in which role: 甲方 is whoever had the demand."""
    owner_asks = match.posting.kind == PostingKind.DEMAND
    first, second = (match.owner, match.asker) if owner_asks else (match.asker, match.owner)
    return [(PartyRole.FIRST, first), (PartyRole.SECOND, second)]


# --- by the clock -----------------------------------------------------------------------------------------------


@verb
def look_at_matches() -> None:
    """Write off what nobody answered in time, remind of what is due, ask after talks that have gone quiet. Any number of
    times a day: each thing is done and told once."""
    _write_off_lapsed()
    today = localdate()
    parts = ("posting", "owner", "asker")
    due = Match.objects.awaiting_answer().filter(answer_by__lte=today + REMIND_BEFORE)
    for match in due.select_related(*parts).order_by("pk"):
        for unit in (match.owner, match.asker):
            if not match.has_agreed(unit):
                tell_match(unit, "events.match_answer_due", match, key=f"{match.answer_by}")
    for match in Match.objects.quiet().with_course().select_related(*parts).order_by("pk"):
        tell_both("events.match_follow_up", match, key=f"{follow_up_on(match)}")
    landed = Match.objects.filter(deal__verified_at__date__gte=today - LANDED_LATELY)
    for match in landed.select_related(*parts).order_by("pk"):
        tell_both("events.match_landed", match, key="landed")
    soon = Posting.objects.on_market().filter(valid_to__lte=today + EXPIRES_IN)
    for posting in soon.select_related("organization").order_by("pk"):
        people = posters(posting.organization)
        tell_posting(people, "events.posting_expires", posting, key=f"{posting.valid_to}")


def _write_off_lapsed():
    lapsed = (
        Match.objects.lapsed().select_for_update(of=("self",)).select_related("posting", "owner", "asker")
    )
    for match in lapsed.order_by("pk"):
        end_lapsed(match)
        record("events.match.lapsed", match, match.posting, by=None, sentence="七天内没有答复，意向失效")
        tell_both("events.match_ended", match, how="逾期未答复", reason="七天内没有答复")


def follow_up_on(match):
    """The last day on which the two should have been heard of: every thirty days since the last talk, or since they
    agreed; None when the first such day is still to come."""
    last = match.last_talk_on or localdate(match.agreed_at)
    periods = (localdate() - last).days // DAYS_BETWEEN_TALKS
    return last + timedelta(days=periods * DAYS_BETWEEN_TALKS) if periods else None
