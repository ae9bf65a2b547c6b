"""Who has to do with fees, bills and payments (domain 1.5, 10.3): who issues a bill does not confirm its payment."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, is_staff_member, question
from members.choices import ContactDuty
from members.permissions.roster import acts_for, can_view_roster, duties_at, serves_member

__all__ = [
    "PAYING", "READING",
    "can_adopt_fee_standards", "can_confirm_payments", "can_decide_waivers", "can_import_bank_lists",
    "can_issue_bills", "can_issue_certificates", "can_keep_fee_standards", "can_pay_for", "can_publish_dues",
    "can_record_receipts", "can_see_certificates_of", "can_see_dues", "can_see_dues_of", "can_see_dues_publication",
    "can_see_dues_totals", "confirms_payment_of",
]  # fmt: skip

PAYING = (ContactDuty.MANAGER, ContactDuty.FINANCE)
READING = (*PAYING, ContactDuty.CLERK, ContactDuty.HEAD, ContactDuty.REPRESENTATIVE)


@question("看会费应收、实收与各单位账单", group="会费")
def can_see_dues(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.AUDITOR)


@question("看会费合计", group="会费")
def can_see_dues_totals(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.AUDITOR, Role.PRESIDENT)


@question("起草会费标准", group="会费")
def can_keep_fee_standards(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER)


@question("登记会员大会通过会费标准", group="会费")
def can_adopt_fee_standards(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL)


@question("出账、作废账单", group="会费")
def can_issue_bills(user) -> bool:
    return has_role(user, Role.TREASURER)


@question("确认到账、登记退款", group="会费")
def can_confirm_payments(user) -> bool:
    """Whether the person confirms payments at all; of a bill that they issued themselves somebody else does."""
    return has_role(user, Role.TREASURER)


def confirms_payment_of(user, bill) -> bool:
    """Whether the person confirms payments of this bill: 出账≠确认到账 (domain 1.5)."""
    return can_confirm_payments(user) and bill.issued_by_id != user.pk


@question("登记票据", group="会费")
def can_record_receipts(user) -> bool:
    return has_role(user, Role.TREASURER)


@question("导入银行流水并认领", group="会费")
def can_import_bank_lists(user) -> bool:
    return has_role(user, Role.TREASURER)


@question("批准或不批准减免", group="会费")
def can_decide_waivers(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL, Role.PRESIDENT)


@question("向会员公布年度会费收支", group="会费")
def can_publish_dues(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL, Role.TREASURER)


@question("看本单位的会费", group="本单位", of="单位")
def can_see_dues_of(user, organization) -> bool:
    """Whether the person sees the unit's bills and payments; a unit that has left sees its own for ninety days more,
    as it sees the rest of its page."""
    return can_see_dues(user) or not duties_at(user, organization).isdisjoint(READING)


@question("上传转账凭证、申请减免", group="本单位", of="单位")
def can_pay_for(user, organization) -> bool:
    return acts_for(user, organization, *PAYING) or (
        # A unit that has not joined yet pays its first bill.
        not organization.membership_count and not duties_at(user, organization).isdisjoint(PAYING)
    )


@question("签发、补发会员证", group="会费")
def can_issue_certificates(user) -> bool:
    return has_role(user, *KEEPERS)


@question("看与下载本单位的会员证", group="本单位", of="单位")
def can_see_certificates_of(user, organization) -> bool:
    return can_view_roster(user) or bool(duties_at(user, organization))


@question("看年度会费收支公示", group="会费")
def can_see_dues_publication(user) -> bool:
    """Whether the person reads what was published to the members: staff, and people of a unit that is a member."""
    return is_staff_member(user) or serves_member(user)
