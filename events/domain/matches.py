"""Verbs on matches up to the word of both sides: interest, proposal, acceptance, refusal (domain 10.8)."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from events import permissions
from events.choices import MatchEnding, MatchOrigin
from events.domain import sharings
from events.domain.telling import tell_both, tell_match, tell_shared
from events.models import Match, Posting
from events.models.match import DAYS_TO_ANSWER


def locked(match) -> Match:
    """The match, locked for the rest of the transaction, with the units and the posting it is about."""
    found = Match.objects.select_for_update(of=("self",)).select_related("posting", "owner", "asker")
    return found.get(pk=match.pk)


def _on_market(posting) -> Posting:
    """The posting, locked: of two who ask at once the second sees what the first has done."""
    found = Posting.objects.select_for_update(of=("self",)).select_related("organization").get(pk=posting.pk)
    if not found.is_on_market:
        why = (
            found.state.label
            if not (found.published_at and found.is_valid) or found.closed_at
            else "的单位已退会"
        )
        raise Refused(f"这条供需{why}，不再接受意向。")
    return found


def open_between(posting, organization) -> Match | None:
    """The match of the posting with this unit that has not ended; one that nobody answered in time is none."""
    found = posting.matches.filter(asker=organization, ended_at__isnull=True).first()
    return None if found is None or found.has_lapsed else found


def _write_off(posting, organization):
    """End the match that nobody answered in time, so that another may be begun."""
    for match in posting.matches.lapsed().filter(asker=organization).select_for_update(of=("self",)):
        end_lapsed(match)


def end_lapsed(match) -> None:
    """Write down, inside a verb, what the clock has done."""
    store(match, {"ended_at": now(), "ending": MatchEnding.LAPSED, "end_reason": "七天内没有答复"})


def _began(posting, organization, *, by, is_agreed=False, **facts) -> Match:
    moment = now()
    if is_agreed:
        facts |= {"asker_agreed_by": by, "asker_agreed_at": moment}
    answer_by = localdate(moment) + timedelta(days=DAYS_TO_ANSWER)
    return Match.objects.create(
        posting=posting, owner=posting.organization, asker=organization, asked_by=by, asked_at=moment,
        answer_by=answer_by, **facts,
    )  # fmt: skip


# --- how it begins ----------------------------------------------------------------------------------------------


@verb
def show_interest(posting, *, organization, contact, by, words: str = "") -> Match:
    """A unit shows interest in another's posting and names whom it may ring once they agree, too. Doing it twice gives
    the match that stands.

    Raises Refused for one's own posting, for what is off the market, and (422) for a contact who has not consented.
    """
    posting = _on_market(posting)
    if posting.organization_id == organization.pk:
        raise Refused("这是本单位自己发布的，不用表示意向。", status=422)
    if standing := open_between(posting, organization):
        return standing
    _write_off(posting, organization)
    match = _began(posting, organization, by=by, words=words, is_agreed=True)
    sharings.share(match, organization, contact, by=by)
    sentence = f"{organization.name}对“{posting.title}”表示意向"
    record("events.match.asked", match, posting, by=by, sentence=sentence)
    tell_match(match.owner, "events.match_asked", match, by=by, words=words)
    return match


@verb
def propose(posting, *, organization, by, counter=None, words: str = "") -> Match:
    """The secretariat brings a posting and another unit together, perhaps over a posting of that unit, `counter`.
    Doing it twice gives the match that stands.

    Raises Refused for one unit on both sides, for what is off the market, and for a counterpart that does not fit.
    """
    posting = _on_market(posting)
    if posting.organization_id == organization.pk:
        raise Refused("撮合的双方应是两家不同的单位。", status=422)
    if counter is not None:
        counter = _refuse_counter(posting, organization, counter)
    if standing := open_between(posting, organization) or _reversed(posting, counter):
        return standing
    _write_off(posting, organization)
    facts = {"origin": MatchOrigin.PROPOSED, "counter": counter, "words": words}
    match = _began(posting, organization, by=by, **facts)
    sentence = f"撮合{posting.organization.name}与{organization.name}：{posting.title}"
    record("events.match.proposed", match, posting, by=by, sentence=sentence, basis=words)
    tell_both("events.match_proposed", match, by=by, words=words)
    return match


def _refuse_counter(posting, organization, counter):
    counter = Posting.objects.get(pk=counter.pk)
    if counter.organization_id != organization.pk or counter.kind != posting.opposite:
        raise Refused("选的不是这家单位对应的供给或需求。", status=422)
    if not counter.is_on_market:
        raise Refused(f"选的供需{counter.state.label}，请另选一条。", status=422)
    return counter


def _reversed(posting, counter) -> Match | None:
    """The same two postings, brought together the other way round."""
    if counter is None:
        return None
    return open_between(counter, posting.organization)


# --- the answer -------------------------------------------------------------------------------------------------


@verb
def accept(match, *, organization, contact, by) -> Match:
    """One side agrees and names its contact; when both have, each sees the other's. Doing it twice changes nothing.

    Raises Refused when the match has ended or nobody answered in time, for a unit that is no party, and (422) for a
    contact who has not consented.
    """
    match = locked(match)
    side = _refuse_stranger(match, organization)
    if match.has_agreed(organization) and not match.ended_at:
        return match
    _refuse_unanswerable(match)
    sharings.share(match, organization, contact, by=by)
    moment = now()
    facts = {f"{side}_agreed_by": by, f"{side}_agreed_at": moment}
    both = match.has_agreed(match.other_of(organization))
    store(match, facts | {"agreed_at": moment} if both else facts)
    sentence = f"{organization.name}同意对接" + ("，双方可以看到对方的联系人" if both else "")
    record("events.match.accepted", match, match.posting, by=by, sentence=sentence)
    if both:
        tell_both("events.match_agreed", match, by=by)
        tell_shared(match, match.sharings.filter(withdrawn_at__isnull=True), by=by)
    else:
        tell_match(match.other_of(organization), "events.match_asked", match, by=by, words=match.words)
    return match


def _refuse_stranger(match, organization) -> str:
    side = match.side_of(organization)
    if not side:
        raise Refused("这项对接与这家单位无关。", status=422)
    return side


def _refuse_unanswerable(match):
    if match.has_lapsed:
        raise Refused("七天内没有答复，这项对接已失效；可以重新表示意向，或请秘书处撮合。")
    if not match.is_answerable:
        raise Refused(f"这项对接{match.state.label}，不用再答复。")


@verb
def decline(match, *, organization, by, reason: str = "") -> Match:
    """One side does not want to; the other is told, with the reason if there is one. Doing it twice changes nothing."""
    match = locked(match)
    _refuse_stranger(match, organization)
    if match.ending == MatchEnding.DECLINED:
        return match
    _refuse_unanswerable(match)
    end(match, by=by, ending=MatchEnding.DECLINED, reason=reason)
    record(
        "events.match.declined", match, match.posting, by=by, sentence=f"{organization.name}婉拒对接", basis=reason
    )  # fmt: skip
    tell_match(
        match.other_of(organization), "events.match_ended", match, by=by, how="对方婉拒", reason=reason
    )
    return match


@verb
def withdraw(match, *, by) -> Match:
    """Whoever asked takes it back before the other side has answered. Doing it twice changes nothing."""
    match = locked(match)
    if match.ending == MatchEnding.WITHDRAWN:
        return match
    _refuse_unanswerable(match)
    if match.origin == MatchOrigin.PROPOSED and not permissions.can_keep_matching(by):
        raise Refused("撮合由秘书处提出；不愿意对接的，请选择婉拒。")
    end(match, by=by, ending=MatchEnding.WITHDRAWN, reason="")
    who = "秘书处" if match.origin == MatchOrigin.PROPOSED else match.asker.name
    record("events.match.withdrawn", match, match.posting, by=by, sentence=f"{who}撤回对接")
    told = {"how": "提出方撤回", "reason": ""}
    if match.origin == MatchOrigin.PROPOSED:
        tell_both("events.match_ended", match, by=by, **told)
    else:
        tell_match(match.owner, "events.match_ended", match, by=by, **told)
    return match


def end(match, *, by, ending: str, reason: str) -> None:
    """Write down, inside a verb, that a locked match is over."""
    store(match, {"ended_by": by, "ended_at": now(), "ending": ending, "end_reason": reason})
