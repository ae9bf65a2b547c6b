"""The issuing of a year's bills at once: prepared, looked at, confirmed, and written by a worker in chunks.

Nothing but the run itself is stored before it is confirmed: which bills it would issue follows from the roster.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Min,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)  # fmt: skip
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from association import bulk
from association.choices import JobState
from association.domain.activities import record, record_many, verb
from association.domain.editing import store
from association.domain.notices import notify, notify_many
from association.errors import Refused
from association.jobs import later
from association.models import Job
from association.money import yuan_of
from members.choices import BillKind, Grade, RunState
from members.domain.audience import payers_by_unit
from members.domain.bills import default_due, issued_sentence, last_number, new_bill, number_of
from members.domain.fees import charge, standard_for
from members.models import Bill, BillRun, Membership, Organization, Post

JOB = "members.issue_bills"
CHUNK = 500


@dataclass(frozen=True)
class Total:
    """How many bills of a tier a run would issue, and what they add up to, in 分."""

    tier: object
    rule: str
    count: int
    amount: int


# --- which bills a run would issue ----------------------------------------------------------------------------


def _has_bill(year):
    return Exists(Bill.objects.standing().filter(organization=OuterRef("pk"), kind=BillKind.DUES, year=year))


def billable(run):
    """Units that the run would bill, each with its `grade` on the day of the bills and `since`, the day on which its
    present membership began."""
    posts = Post.objects.on(run.bill_on).filter(organization=OuterRef("pk")).order_by().values("organization")
    period = Membership.objects.on(run.bill_on).filter(organization=OuterRef("pk"))
    return (
        Organization.objects.members_on(run.bill_on)
        .filter(~_has_bill(run.year))
        .annotate(
            grade=Coalesce(Subquery(posts.annotate(top=Min("grade")).values("top")), Grade.MEMBER.value),
            since=Subquery(period.values("joined_on")[:1]),
        )
        .filter(since__lte=date(run.year, 12, 31))
    )


def owed_by(run, tiers, unit):
    """What a unit from `billable` owes."""
    return charge(run.standard, tiers, grade=unit.grade, year=run.year, joined_on=unit.since)


def totals(run) -> list[Total]:
    """Count and sum by tier and rule of what the run would issue, in the order of the tiers; one query."""
    tiers = list(run.standard.tiers.all())
    half = date(run.year, 7, 1)
    late = Case(When(since__gte=half, then=Value(half)), default=Value(date(run.year, 1, 1)))
    rows = billable(run).annotate(joined=late).order_by().values("grade", "joined").annotate(n=Count("pk"))
    found = {}
    for row in rows:
        owed = charge(run.standard, tiers, grade=row["grade"], year=run.year, joined_on=row["joined"])
        count, amount = found.get((owed.tier, owed.rule), (0, 0))
        found[owed.tier, owed.rule] = (count + row["n"], amount + row["n"] * owed.amount)
    ordered = sorted(found.items(), key=lambda item: (item[0][0].position, item[0][1]))
    return [Total(tier, rule, count, amount) for (tier, rule), (count, amount) in ordered]


def left_out(run):
    """Units that were members in the run's year and that it does not bill, each with `why` in words."""
    day, year = run.bill_on, run.year
    periods = Membership.objects.filter(
        Q(left_on__isnull=True) | Q(left_on__gt=date(year, 1, 1)),
        organization=OuterRef("pk"), joined_on__lte=date(year, 12, 31),
    )  # fmt: skip
    on_day = Organization.objects.members_on(day)
    why = Case(
        When(_has_bill(year), then=Value(f"已有{year}年度会费账单")),
        When(latest_joined_on__gt=day, then=Value("出账日期之后入会，可单独出账")),
        default=Value("出账日期之前已退会"),
    )
    candidates = Organization.objects.filter(Exists(periods))
    return candidates.filter(_has_bill(year) | ~Q(pk__in=on_day.values("pk"))).annotate(why=why)


# --- preparing and confirming ---------------------------------------------------------------------------------


@verb
def prepare(*, by, year: int, bill_on: date, due_on: date | None = None) -> BillRun:
    """Get a year's run ready to be looked at; one that was prepared and not confirmed is brought up to date instead.

    Raises Refused without an adopted standard for the year, while another run of the year is at work, and for days in
    the wrong order.
    """
    standard = standard_for(year)
    due_on = due_on or default_due(standard, year, bill_on)
    _refuse_days(year, bill_on, due_on)
    _one_at_a_time(year)
    run = BillRun.objects.select_for_update(of=("self",)).filter(year=year, state__in=OPEN).first()
    if run and run.state == RunState.RUNNING:
        raise Refused(f"{year}年度的账单正在出，请等它出完。")
    run = run or BillRun(year=year, prepared_by=by)
    run.standard, run.bill_on, run.due_on, run.prepared_by = standard, bill_on, due_on, by
    run.expected, run.expected_total = expectation(run)
    run.version = run.version + 1 if run.pk else 1
    run.save()
    record("members.bill_run.prepared", run, by=by, sentence=f"准备{run}出账：{_amount_in_words(run)}")
    return run


OPEN = (RunState.PREVIEW, RunState.RUNNING)


def _one_at_a_time(year):
    # Two who prepare the same year meet at its standard, which both need.
    type(standard_for(year)).objects.select_for_update().get(pk=standard_for(year).pk)


def _refuse_days(year, bill_on, due_on):
    if bill_on > timezone.localdate():
        raise Refused("出账日期不能晚于今天；级别按这一天的任职确定。", status=422)
    if not year - 1 <= bill_on.year <= year + 1:
        raise Refused(f"出账日期应在{year}年前后一年之内。", status=422)
    if due_on < bill_on:
        raise Refused("缴费期限不能早于出账日期。", status=422)


def expectation(run) -> tuple[int, int]:
    """How many bills the run would issue now, and their sum in 分."""
    found = totals(run)
    return sum(t.count for t in found), sum(t.amount for t in found)


def _amount_in_words(run):
    return f"{run.expected} 份，合计 {yuan_of(run.expected_total)}"


def _locked(run):
    return BillRun.objects.select_for_update(of=("self",)).select_related("standard").get(pk=run.pk)


@verb
def confirm(run, *, by, version: int) -> BillRun:
    """Have the bills issued by a worker. Doing it twice issues once.

    `version` is the preview that the person saw. Raises Refused when it was prepared anew meanwhile, when the roster
    no longer gives the same number and sum, and when there is nothing to issue.
    """
    run = _locked(run)
    if run.state in (RunState.RUNNING, RunState.DONE):
        return run
    if run.state != RunState.PREVIEW:
        raise Refused(f"这次出账现在是“{run.get_state_display()}”，不能确认。")
    if run.version != version or (run.expected, run.expected_total) != expectation(run):
        raise Refused("名册有变，请重新预览。")
    if not run.expected:
        raise Refused("没有要出的账单。")
    store(run, {"state": RunState.RUNNING, "confirmed_at": timezone.now(), "prepared_by": by})
    _queue(run)
    sentence = f"确认{run}出账：{_amount_in_words(run)}"
    record("members.bill_run.confirmed", run, by=by, sentence=sentence, basis=run.standard.basis)
    return run


def _key(run):
    return f"{JOB}:{run.pk}:{run.version}"


def _queue(run):
    later(JOB, key=_key(run), run_id=run.pk)


@verb
def discard(run, *, by) -> BillRun:
    """Give a prepared run up; nothing was issued. Doing it twice changes nothing."""
    run = _locked(run)
    if run.state == RunState.DISCARDED:
        return run
    if run.state != RunState.PREVIEW:
        raise Refused(f"这次出账现在是“{run.get_state_display()}”，不能放弃。")
    store(run, {"state": RunState.DISCARDED, "finished_at": timezone.now()})
    record("members.bill_run.discarded", run, by=by, sentence=f"放弃{run}出账")
    return run


def is_stuck(run) -> bool:
    """Whether the worker gave the run up: three attempts failed, or it ended with a refusal."""
    if run.state == RunState.FAILED:
        return True
    return run.state == RunState.RUNNING and Job.objects.filter(key=_key(run), state=JobState.FAILED).exists()


@verb
def resume(run, *, by) -> BillRun:
    """Go on with a run that stopped half way; bills that were issued stay. Twice is harmless: a run at work is left
    alone. Raises Refused for one that was never confirmed or was given up."""
    run = _locked(run)
    if run.state == RunState.DONE or (run.state == RunState.RUNNING and not is_stuck(run)):
        return run
    if not is_stuck(run):
        raise Refused(f"这次出账现在是“{run.get_state_display()}”，不能继续。")
    # From the beginning of the roster: who was passed over is looked at again, who has a bill gets none.
    store(run, {"state": RunState.RUNNING, "last_unit": 0, "done": run.issued, "sentence": ""})
    _queue(run)
    record("members.bill_run.resumed", run, by=by, sentence=f"继续{run}出账，已出 {run.issued} 份")
    return run


# --- issuing ----------------------------------------------------------------------------------------------------


def issue(run_id: int) -> None:
    """Issue the bills of a confirmed run, chunk by chunk; called in a worker. Run again it goes on where it stopped."""
    try:
        while issue_chunk(run_id):
            pass
    except Refused as refused:
        _fail(run_id, refused.sentence)


@verb
def _fail(run_id, sentence):
    run = BillRun.objects.select_for_update(of=("self",)).select_related("prepared_by").get(pk=run_id)
    if run.state == RunState.RUNNING:
        store(run, {"state": RunState.FAILED, "sentence": sentence[:300]})
        record("members.bill_run.failed", run, by=run.prepared_by, sentence=f"{run}没有出完：{sentence}")


@verb
def issue_chunk(run_id: int) -> bool:
    """Issue the next chunk of bills, or close the run; gives whether there may be more.

    Bills, notices and how far the run has come are one transaction, so a worker that dies leaves whole chunks only.
    """
    run = (
        BillRun.objects.select_for_update(of=("self",))
        .select_related("standard", "prepared_by")
        .get(pk=run_id)
    )
    if run.state != RunState.RUNNING:
        return False
    ahead = billable(run).filter(pk__gt=run.last_unit).order_by("pk").values_list("pk", flat=True)
    pks = list(ahead[:CHUNK])
    if not pks:
        _close(run)
        return False
    bills = _write(run, pks)
    BillRun.objects.filter(pk=run.pk).update(
        last_unit=pks[-1], done=F("done") + len(pks), issued=F("issued") + len(bills)
    )
    return True


def _write(run, pks) -> list[Bill]:
    # Whoever bills one of them by itself, or merges it, is waited for; what they did is seen afterwards.
    list(Organization.objects.select_for_update(of=("self",)).filter(pk__in=pks).order_by("pk").values("pk"))
    tiers, first = list(run.standard.tiers.all()), last_number(run.year) + 1
    bills = [
        new_bill(
            unit, owed_by(run, tiers, unit), year=run.year, number=number_of(run.year, place), on=run.bill_on,
            due_on=run.due_on, by=run.prepared_by, run=run,
        )
        for place, unit in enumerate(billable(run).filter(pk__in=pks).order_by("pk"), first)
    ]  # fmt: skip
    bulk.insert(Bill, bills)
    sentences = [((bill.organization, bill), issued_sentence(bill)) for bill in bills]
    record_many("members.bill.issued", sentences, by=run.prepared_by, basis=str(run.standard))
    _tell(run, bills)
    return bills


def _tell(run, bills):
    """One notice for each person, with the bills of all the units that they pay for."""
    people, by_unit = {}, payers_by_unit([bill.organization_id for bill in bills])
    for bill in bills:
        for person in by_unit.get(bill.organization_id, ()):
            person = people.setdefault(person.pk, person)
            person.billed = [*getattr(person, "billed", ()), {
                "organization": bill.payer_name, "number": bill.number, "amount": yuan_of(bill.amount),
                "rule": bill.rule,
            }]  # fmt: skip
    notify_many(
        people.values(), "members.dues_billed", about=run, url=reverse("members:own_dues"), by=run.prepared_by,
        title=str(run), due_on=run.due_on,
    )  # fmt: skip


def _close(run):
    issued = run.bills.aggregate(n=Count("pk"))["n"]
    sentence = f"{run}出账完成：{issued} 份"
    if issued != run.expected:
        sentence += f"，确认时是 {run.expected} 份；其间名册有变"
    store(run, {"state": RunState.DONE, "finished_at": timezone.now(), "sentence": sentence})
    record("members.bill_run.done", run, by=run.prepared_by, sentence=sentence, basis=run.standard.basis)
    notify(
        [run.prepared_by], "members.bill_run_done", about=run, url=reverse("members:bill_run", args=[run.pk]),
        run=str(run), sentence=sentence,
    )  # fmt: skip
