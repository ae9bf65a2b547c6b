"""Verbs on demand and supply: drafted, submitted, reviewed, kept valid, closed (domain 10.8)."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from association.formats import chinese_date
from events import permissions
from events.choices import MatchEnding, PostingOutcome, PostingState
from events.domain.telling import keepers, posters, tell_posting
from events.models import Posting

LONGEST = timedelta(days=366)
EDITABLE = (PostingState.DRAFT, PostingState.REJECTED, PostingState.SUBMITTED)


@verb
def draft(organization, *, by, **fields) -> Posting:
    """A new draft of the unit, known to it and to those who keep the market. Raises Refused (422) for a last day that is
    past or more than a year away."""
    _refuse_days(fields["valid_to"])
    posting = Posting.objects.create(organization=organization, drafted_by=by, **fields)
    record("events.posting.drafted", posting, by=by, sentence=f"起草{posting}")
    return posting


def _refuse_days(valid_to):
    today = localdate()
    if valid_to < today:
        raise Refused("有效期应不早于今天。", status=422)
    if valid_to > today + LONGEST:
        raise Refused("有效期最长一年；到期以前可以延长。", status=422)


def _locked(posting) -> Posting:
    found = Posting.objects.select_for_update(of=("self",)).select_related("organization")
    return found.get(pk=posting.pk)


@verb
def update(posting, *, by, version: int, changes: dict) -> Posting:
    """Correct a posting. What members read is what was reviewed: once it is published only those who keep the market
    change its words.

    Raises Conflict when somebody saved it meanwhile, Refused once it is closed or published, and (422) as `draft` does.
    """
    posting = locked(posting, version, changes)
    changes = changed_fields(posting, changes)
    if not changes:
        return posting
    if posting.closed_at:
        raise Refused("已关闭的供需不能再改。")
    if posting.published_at and not permissions.can_keep_matching(by):
        raise Refused("已发布的供需不能再改内容；可以延长有效期，或者关闭后另发一条。")
    if "valid_to" in changes:
        _refuse_days(changes["valid_to"])
    store(posting, changes)
    sentence = f"修改{posting}：{labels(posting, changes)}"
    record("events.posting.updated", posting, by=by, sentence=sentence)
    return posting


@verb
def discard(posting, *, by) -> None:
    """Give up what was never published."""
    posting = _locked(posting)
    if posting.published_at or posting.closed_at:
        raise Refused("已发布过的供需只能关闭，不能删除。")
    record("events.posting.discarded", posting.organization, by=by, sentence="放弃一条没有发布的供需")
    posting.delete()


# --- review -----------------------------------------------------------------------------------------------------


@verb
def submit(posting, *, by) -> Posting:
    """Ask the secretariat to publish it; also again, after it was rejected and mended. Doing it twice changes nothing.

    Raises Refused for what is published or closed, and (422) when its validity has run out meanwhile.
    """
    posting = _locked(posting)
    if posting.state == PostingState.SUBMITTED:
        return posting
    if posting.state not in EDITABLE:
        raise Refused(f"这条供需{posting.state.label}，不用再提交。")
    _refuse_days(posting.valid_to)
    facts = {
        "submitted_by": by,
        "submitted_at": now(),
        "rejected_by": None,
        "rejected_at": None,
        "reject_reason": "",
    }
    store(posting, facts)
    record("events.posting.submitted", posting, by=by, sentence=f"提交{posting}")
    tell_posting(keepers(but=by), "events.posting_submitted", posting, by=by)
    return posting


@verb
def publish(posting, *, by, version: int) -> Posting:
    """Put what the person saw, its `version`, on the market. Doing it twice changes nothing.

    Raises Refused for one's own submission, for what was not submitted, and for what was changed since.
    """
    posting = _locked(posting)
    if posting.published_at and not posting.closed_at:
        return posting
    _refuse_review(posting, by)
    if posting.version != version:
        raise Refused("这条供需刚被改过。请重新打开，看过现在的内容再发布。")
    _refuse_days(posting.valid_to)
    store(posting, {"published_by": by, "published_at": now()})
    record("events.posting.published", posting, by=by, sentence=f"发布{posting}")
    tell_posting(posters(posting.organization), "events.posting_published", posting, by=by)
    return posting


@verb
def reject(posting, *, by, reason: str) -> Posting:
    """Return it with what is amiss; its unit may mend it and submit it again. Doing it twice changes nothing."""
    posting = _locked(posting)
    if posting.state == PostingState.REJECTED:
        return posting
    _refuse_review(posting, by)
    store(posting, {"rejected_by": by, "rejected_at": now(), "reject_reason": reason})
    record("events.posting.rejected", posting, by=by, sentence=f"驳回{posting}", basis=reason)
    tell_posting(posters(posting.organization), "events.posting_rejected", posting, by=by, reason=reason)
    return posting


def _refuse_review(posting, by):
    if posting.state != PostingState.SUBMITTED:
        raise Refused(f"这条供需{posting.state.label}，不在审核中。")
    if not permissions.reviews_posting(by, posting):
        raise Refused("自己提交的供需不能自己审核，要由另一位同事办理。")


# --- its time and its end -----------------------------------------------------------------------------------------


@verb
def extend(posting, *, by, valid_to) -> Posting:
    """Keep a published posting valid for longer, also one that has run out. Doing it twice changes nothing.

    Raises Refused for what is not published or closed, and (422) for a day that is not later than the present one.
    """
    posting = _locked(posting)
    if posting.valid_to == valid_to:
        return posting
    if posting.published_at is None or posting.closed_at:
        raise Refused(f"这条供需{posting.state.label}，不能延长有效期。")
    _refuse_days(valid_to)
    if valid_to < posting.valid_to:
        raise Refused(f"现在的有效期至{chinese_date(posting.valid_to)}，新的日期应比它晚。", status=422)
    store(posting, {"valid_to": valid_to})
    sentence = f"把{posting}的有效期延长到{chinese_date(valid_to)}"
    record("events.posting.extended", posting, by=by, sentence=sentence)
    return posting


@verb
def close(posting, *, by, outcome: str, note: str = "") -> Posting:
    """Take a published posting off the market for good, with what became of it; interests that nobody has answered end
    with it, talks go on. Doing it twice changes nothing.

    Raises Refused for what was never published and for a taking down by somebody else than those who keep the market.
    """
    posting = _locked(posting)
    if posting.closed_at:
        return posting
    if posting.published_at is None:
        raise Refused("没有发布过的供需不用关闭，不要了可以放弃。")
    if outcome == PostingOutcome.TAKEN_DOWN and not permissions.can_keep_matching(by):
        raise Refused("下架由秘书处办理。", status=422)
    store(posting, {"closed_by": by, "closed_at": now(), "outcome": outcome, "outcome_note": note})
    sentence = f"关闭{posting}：{posting.get_outcome_display()}"
    record("events.posting.closed", posting, by=by, sentence=sentence, basis=note)
    _end_unanswered(posting, by)
    return posting


def _end_unanswered(posting, by):
    facts = {"ended_by": by, "ended_at": now(), "ending": MatchEnding.TERMINATED, "end_reason": "供需已关闭"}
    waiting = posting.matches.filter(agreed_at__isnull=True, ended_at__isnull=True)
    for match in waiting.select_for_update(of=("self",)).order_by("pk"):
        store(match, facts)
