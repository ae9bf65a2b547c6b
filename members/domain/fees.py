"""What a unit owes, and the verbs on fee standards: drafted by the secretariat, adopted by the assembly, published."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import Conflict, changed_fields, labels, locked, store
from association.domain.notices import notify_many
from association.errors import Refused
from association.money import yuan_of
from members import feevote
from members.choices import Grade, Proration
from members.domain.audience import everybody_of_members
from members.models import FeeStandard, FeeTier
from members.models.fees import MOST_TIERS

# The resolution is published to all members within so many days (domain 2.1 c).
DAYS_TO_PUBLISH = 30


@dataclass(frozen=True)
class Charge:
    """What is owed for a year: `amount` in 分, and in words how it came about."""

    standard: FeeStandard
    tier: FeeTier
    grade: int
    amount: int
    rule: str

    @property
    def grade_label(self) -> str:
        return Grade(self.grade).label


@dataclass(frozen=True)
class TierDraft:
    """One tier as it is drafted: `amount` in 分."""

    name: str
    amount: int
    grades: tuple


def standard_for(year: int) -> FeeStandard:
    """The adopted standard in force in `year`. Raises Refused when the assembly has adopted none (domain 10.3)."""
    standard = FeeStandard.objects.for_year(year)
    if standard is None:
        raise Refused(f"{year}年度还没有会员大会通过的会费标准，不能出账。")
    return standard


def charge(standard, tiers, *, grade: int, year: int, joined_on: date | None = None) -> Charge:
    """What a unit of `grade` owes for `year`; `joined_on` matters when it joins in that very year.

    `tiers` are the standard's tiers. Halves are whole 分, rounded up in nobody's favour: an odd 分 is dropped. Raises
    Refused when no tier is for the grade.
    """
    tier = next((t for t in tiers if grade in t.grades), None)
    if tier is None:
        raise Refused(f"“{standard}”没有{Grade(grade).label}的档次，不能出账。")
    amount, share = tier.amount, "全年"
    if standard.proration == Proration.HALF and joins_late(joined_on, year):
        amount, share = tier.amount // 2, "下半年入会减半"
    return Charge(standard, tier, grade, amount, f"{standard} · {tier} · {share}")


def joins_late(joined_on: date | None, year: int) -> bool:
    """Whether a unit joins in the second half of that very year."""
    return joined_on is not None and joined_on.year == year and joined_on.month >= 7


def due_date(standard, year: int) -> date:
    """The last day to pay the dues of `year`; where a month has no such day, its last one."""
    last = monthrange(year, standard.due_month)[1]
    return date(year, standard.due_month, min(standard.due_day, last))


# --- drafting -------------------------------------------------------------------------------------------------


def objection(tiers) -> str:
    """Why these tiers make no standard, in one sentence; empty when they do (domain 2.1 b, e)."""
    if not 1 <= len(tiers) <= MOST_TIERS:
        return f"会费标准应有 1 至 {MOST_TIERS} 档。"
    if any(tier.amount <= 0 for tier in tiers):
        return "每一档的金额应大于零，并且是固定的数，不能是幅度。"
    grades = [grade for tier in tiers for grade in tier.grades]
    twice = [g for g in Grade if grades.count(g) > 1]
    if twice:
        return f"{twice[0].label}出现在两个档次里，每个级别只能属于一档。"
    missing = [g for g in Grade if g not in grades]
    if missing:
        return f"{'、'.join(g.label for g in missing)}还没有档次，每个级别都要有。"
    if any(not tier.grades for tier in tiers):
        return "每一档至少适用一个级别。"
    return ""


def _refuse_tiers(tiers):
    if sentence := objection(tiers):
        raise Refused(sentence, status=422)


@verb
def draft(*, by, tiers: list[TierDraft], **fields) -> FeeStandard:
    """Draft a standard of up to four tiers. Raises Refused unless every grade stands in exactly one of them."""
    _refuse_tiers(tiers)
    standard = FeeStandard.objects.create(drafted_by=by, **fields)
    _write_tiers(standard, tiers)
    record("members.fee_standard.drafted", standard, by=by, sentence=f"起草会费标准“{standard}”")
    return standard


def _write_tiers(standard, tiers):
    FeeTier.objects.bulk_create(
        FeeTier(standard=standard, position=place, name=t.name, amount=t.amount, grades=sorted(t.grades))
        for place, t in enumerate(tiers, 1)
    )


@verb
def update_draft(standard, *, by, version: int, tiers: list[TierDraft], **fields) -> FeeStandard:
    """Change a draft. Doing it twice changes nothing; raises Conflict when somebody else saved it meanwhile, and
    Refused once it is adopted."""
    present = FeeStandard.objects.select_for_update().get(pk=standard.pk)
    _refuse_adopted(present)
    _refuse_tiers(tiers)
    changes = changed_fields(present, fields)
    retiered = tiers != drafts_of(present)
    if not changes and not retiered:
        return present
    present = _same_version(present, version, fields, retiered)
    if retiered:
        present.tiers.all().delete()
        _write_tiers(present, tiers)
    what = "、".join(filter(None, [labels(present, changes), "档次与金额" if retiered else ""]))
    store(present, changes)
    record("members.fee_standard.updated", present, by=by, sentence=f"修改会费标准草案：{what}")
    return present


def _same_version(standard, version, fields, retiered):
    try:
        return locked(standard, version, fields)
    except Conflict as conflict:
        if retiered:
            conflict.differences.append(("档次与金额", _tiers_in_words(drafts_of(standard)), "见下面的表单"))
        raise


def _tiers_in_words(tiers):
    return "；".join(f"{t.name} {yuan_of(t.amount)}" for t in tiers)


def drafts_of(standard) -> list[TierDraft]:
    """The standard's tiers in the shape in which they are drafted."""
    return [TierDraft(t.name, t.amount, tuple(sorted(t.grades))) for t in standard.tiers.all()]


def _refuse_adopted(standard):
    if standard.is_adopted:
        raise Refused(f"“{standard}”已由会员大会通过，不能再改；要调整请另起草一份，再由会员大会表决。")


@verb
def discard(standard, *, by) -> None:
    """Throw a draft away. Twice is harmless; raises Refused once it is adopted."""
    standard = FeeStandard.objects.select_for_update().filter(pk=standard.pk).first()
    if standard is None:
        return
    _refuse_adopted(standard)
    record("members.fee_standard.discarded", standard, by=by, sentence=f"删除会费标准草案“{standard}”")
    standard.delete()


# --- adopting and publishing ----------------------------------------------------------------------------------


@verb
def adopt(
    standard, *, by, version: int, on: date, basis: str, eligible: int, present: int, in_favour: int, secret: bool
) -> FeeStandard:  # fmt: skip
    """Register that the assembly adopted the draft in a secret ballot; it is never changed afterwards.

    Doing it twice changes nothing. Raises Refused when the vote does not carry it, when it was no secret ballot, when
    the draft was changed meanwhile, and when another standard is adopted from the same year on.
    """
    standard = FeeStandard.objects.select_for_update().get(pk=standard.pk)
    if standard.is_adopted:
        return standard
    if standard.version != version:
        raise Refused("草案刚被改过，请核对表决时的文本再登记。")
    _refuse_tiers(drafts_of(standard))
    _refuse_vote(on, eligible, present, in_favour, secret)
    vote = {"basis": basis, "eligible": eligible, "present": present, "in_favour": in_favour}
    try:
        with transaction.atomic():
            store(standard, vote | {"adopted_on": on, "adopted_by": by})
    except IntegrityError as error:
        raise Refused(f"{standard.first_year}年起已有通过的会费标准，请改“自哪一年起”后再登记。") from error
    sentence = (
        f"会员大会通过会费标准“{standard}”：应到 {eligible}，实到 {present}，无记名投票同意 {in_favour}"
    )
    record("members.fee_standard.adopted", standard, by=by, basis=basis, sentence=sentence)
    return standard


def _refuse_vote(on, eligible, present, in_favour, secret):
    if on > timezone.localdate():
        raise Refused("通过日期不能晚于今天。", status=422)
    if not secret:
        raise Refused("会费标准只能以无记名投票表决，其他形式无效。", status=422)
    if sentence := feevote.objection(eligible, present, in_favour):
        raise Refused(sentence, status=422)


def publish_by(standard) -> date:
    """The last day on which an adopted standard is to be published to the members."""
    return standard.adopted_on + timedelta(days=DAYS_TO_PUBLISH)


@verb
def publish(standard, *, by) -> FeeStandard:
    """Tell all members' people of an adopted standard. Doing it twice tells nobody again; raises Refused for a draft."""
    standard = FeeStandard.objects.select_for_update().get(pk=standard.pk)
    if standard.published_at:
        return standard
    if not standard.is_adopted:
        raise Refused(f"“{standard}”还没有经会员大会通过，不能公布。")
    store(standard, {"published_at": timezone.now()})
    tiers = [{"name": t.name, "amount": yuan_of(t.amount)} for t in standard.tiers.all()]
    number = notify_many(
        everybody_of_members(), "members.fee_standard_published", about=standard, by=by,
        url=reverse("members:fee_standard", args=[standard.pk]), standard=standard, tiers=tiers,
    )  # fmt: skip
    sentence = f"向会员公布会费标准“{standard}”，通知 {number} 人"
    record("members.fee_standard.published", standard, by=by, sentence=sentence, basis=standard.basis)
    return standard
