"""The words of letters that go out on a case; a person may change them before, what went out stands in the step."""

from django.utils.timezone import localdate

from association.formats import chinese_date
from association.money import chinese_of, yuan_of
from members.choices import CaseKind, StepKind
from members.domain import casework

# The letter that a step is, for printing.
TITLES = {
    (CaseKind.DEEMED, StepKind.URGED): "会费催告函",
    (CaseKind.DEEMED, StepKind.PUBLISHED): "视为退会公示",
    (CaseKind.EXPULSION, StepKind.NOTIFIED): "拟除名告知书",
    (CaseKind.WITHDRAWAL, StepKind.DECIDED): "退会确认通知",
    (CaseKind.DEEMED, StepKind.DECIDED): "视为退会通知",
    (CaseKind.EXPULSION, StepKind.DECIDED): "除名决定通知",
    (CaseKind.EXPULSION, StepKind.APPEAL_DECIDED): "申诉结果通知",
}


def title_of(case, step) -> str:
    """The title of the letter that a step is, or nothing. A vote that did not pass makes no letter."""
    if step.kind == StepKind.DECIDED and case.left_on is None:
        return ""
    return TITLES.get((case.kind, step.kind), "")


def urging(case, number: int, day=None) -> str:
    """What an urging letter says: every overdue bill, the sum in figures and capital numerals, what may follow."""
    bills = list(casework.overdue_dues(case.organization))
    lines = [
        f"{b.title} {yuan_of(b.outstanding)}，应于{chinese_date(b.due_on)}前缴纳（{b.number}）；"
        for b in bills
    ]
    total = sum(b.outstanding for b in bills)
    return "\n".join([
        f"截至{chinese_date(day or localdate())}，贵单位以下会费逾期未缴：",
        *lines,
        f"合计 {yuan_of(total)}（人民币{chinese_of(total)}）。",
        f"现作第 {number} 次催告，请收到后尽快缴清；已经缴纳的，请把转账凭证上传或告知秘书处。",
        "按照会费标准和章程，逾期满期、经三次催告并公示后，理事会可以确认视为退会。确有困难的，请书面说明。",
    ])  # fmt: skip


def publication(case) -> str:
    """What members read while it is published: no amounts, which are the unit's own affair."""
    return (
        f"{case.organization.name}会费逾期满期，经三次催告仍未缴纳，拟按章程视为退会，现予公示 15 天。"
        "如有异议，请在公示期内书面提出。"
    )


def hearing(case) -> str:
    """What the unit is told before the council votes on its expulsion."""
    return "\n".join([
        f"贵单位因以下事由被提请除名：{case.reason}",
        "贵单位有权在本告知书送达次日起 15 天内陈述意见、提出申辩并提交材料；理事会表决之前提交的，也一并审议。",
        "逾期不提交的，视为放弃申辩，理事会将依照章程表决，须到会理事三分之二以上同意方为通过。",
    ])  # fmt: skip


def decision(case) -> str:
    """What the unit is told of a decision that ends its membership."""
    verdict = {
        CaseKind.WITHDRAWAL: "确认贵单位退会",
        CaseKind.DEEMED: "确认贵单位视为退会",
        CaseKind.EXPULSION: "决定对贵单位予以除名",
    }[case.kind]
    lines = [
        f"{chinese_date(case.decided_on)}，理事会到会 {case.present} 人，同意 {case.in_favour} 人，{verdict}（{case.basis}）。",
        f"自{chinese_date(case.left_on)}起，贵单位不再是本会会员，会员权利与所任职务同时终止，会员证作废，请交回原件。",
    ]
    if case.checks.get("bills"):
        lines.append(f"贵单位尚有{casework.owed_in_words(case.checks)}，仍应缴纳。")
    if case.kind == CaseKind.EXPULSION:
        lines.append("对本决定不服的，可以自会籍终止之日起 90 天内向会员大会申诉。")
    return "\n".join(lines)
