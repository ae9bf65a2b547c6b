"""Named questions about members' records. Role names appear here and in `association.permissions` only."""

from datetime import timedelta

from django.utils.timezone import localdate

from association.choices import Role
from association.columns import Tier
from association.permissions import KEEPERS, STAFF, has_role, question
from members.choices import GIVEN_BY_MANAGERS, ContactDuty, SensitiveField

# Domain 1.5: the roster is read by everyone with a duty in the association; the system administrator takes it out
# to Excel (docs/decisions/0003) but sees neither bank data nor full telephone numbers.
CONTACT_READERS = frozenset({*KEEPERS, Role.TREASURER, Role.PRESIDENT})
REPORTING_DUTIES = (ContactDuty.MANAGER, ContactDuty.REPORTER)
FINANCE_READERS = frozenset({Role.TREASURER})
# After leaving, a unit's people may read its page for so long and change nothing (domain 10.12).
READABLE_AFTER_LEAVING = timedelta(days=90)


@question("看会员名册与各单位资料", group="会员")
def can_view_roster(user) -> bool:
    return has_role(user, *STAFF)


def has_own_units(user) -> bool:
    """Whether the person comes from the members' side: whoever has no duty in the association itself."""
    return user.is_authenticated and not can_view_roster(user)


def duties_at(user, organization) -> frozenset:
    """Duties that the person holds at the unit today, by their own contact; asked once a request and unit."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    known = user.__dict__.setdefault("_duties_at", {})
    if organization.pk not in known:
        duties = organization.contact_roles.current().filter(contact__user=user)
        known[organization.pk] = frozenset(duties.values_list("duty", flat=True))
    return known[organization.pk]


def acts_for(user, organization, *duties) -> bool:
    """Whether the person holds one of `duties` at a unit that is a member today: the right ends with either."""
    left = organization.latest_left_on
    is_member = organization.membership_count and (left is None or left > localdate())
    return bool(is_member) and not duties_at(user, organization).isdisjoint(duties)


def serves_member(user) -> bool:
    """Whether the person holds any duty at a unit that is a member today; asked once a request."""
    if not user.is_authenticated or not user.is_active:
        return False
    if not hasattr(user, "_serves_member"):
        contact = getattr(user, "contact", None) if user.pk else None
        duties = contact.roles.current().select_related("organization") if contact else ()
        user._serves_member = any(acts_for(user, role.organization, role.duty) for role in duties)
    return user._serves_member


@question("看本单位资料", group="本单位", of="单位")
def can_view_unit(user, organization) -> bool:
    """Whether the person may know of the unit; `Organization.objects.visible_to` asks the same of the database."""
    left = organization.latest_left_on
    readable = left is None or left > localdate() - READABLE_AFTER_LEAVING
    return can_view_roster(user) or (readable and bool(duties_at(user, organization)))


@question("维护单位资料、园区、附件与联系人", group="本单位", of="单位")
def can_keep_profile(user, organization) -> bool:
    """Whether the person corrects the unit's own records: profile, parks, files, people (domain 1.5, 会员管理员)."""
    return acts_for(user, organization, ContactDuty.MANAGER)


@question("添加、邀请本单位联系人，结束其职责", group="本单位", of="单位")
def can_keep_contacts_of(user, organization) -> bool:
    """Whether the person adds, invites and takes leave of people of this unit: the secretariat and its own managers."""
    return can_edit_members(user) or can_keep_profile(user, organization)


def duties_to_give(user, organization) -> tuple:
    """Duties that the person may give to people of this unit; a unit's manager not that of the representative."""
    if can_edit_members(user):
        return tuple(ContactDuty)
    return GIVEN_BY_MANAGERS if can_keep_profile(user, organization) else ()


@question("决定园区是否在公开名录展示", group="本单位", of="单位")
def can_publish_parks_of(user, organization) -> bool:
    """Whether the person puts the unit's parks on the public directory and takes them off."""
    return can_edit_members(user) or can_keep_profile(user, organization)


@question("填报园区年度数据", group="本单位", of="单位")
def can_report_year_of(user, organization) -> bool:
    """Whether the person fills in the yearly statistics of the unit's parks."""
    return acts_for(user, organization, *REPORTING_DUTIES)


@question("改单位资料（重要资料经审核生效）", group="本单位", of="单位")
def can_edit_organization(user, organization) -> bool:
    """Whether the person writes into the unit's own records: the secretariat at once, its manager with sensitive
    fields waiting for a decision."""
    return can_edit_members(user) or can_keep_profile(user, organization)


@question("填报园区年度数据（含秘书处代填）", group="本单位", of="单位")
def can_report_for(user, organization) -> bool:
    """Whether the person enters the yearly statistics of the unit's parks, from either side."""
    return can_edit_members(user) or can_report_year_of(user, organization)


def deciding_roles(field) -> frozenset:
    """Duties that decide on a proposed change of the field: bank data are the treasurer's, the rest is the
    secretariat's (domain 10.2)."""
    return FINANCE_READERS if field == SensitiveField.BANK else KEEPERS


@question("审核资料变更（银行信息除外）", group="会员")
def can_decide_changes(user) -> bool:
    return has_role(user, *KEEPERS)


@question("审核银行信息的变更", group="会员")
def can_decide_bank_changes(user) -> bool:
    return has_role(user, *FINANCE_READERS)


def decides(user, change) -> bool:
    """Whether the person accepts or rejects this proposed change; nobody decides on their own."""
    return change.filed_by_id != user.pk and has_role(user, *deciding_roles(change.field))


@question("看各单位的资料变更", group="会员")
def can_see_changes(user) -> bool:
    return can_decide_changes(user) or can_decide_bank_changes(user)


@question("看本单位的资料变更", group="本单位", of="单位")
def can_see_changes_of(user, organization) -> bool:
    """Whether the person sees the unit's proposed changes; their bank values only with `can_view_bank_of`."""
    return can_see_changes(user) or can_keep_profile(user, organization)


@question("维护会员资料、联系人、会籍与任职", group="会员")
def can_edit_members(user) -> bool:
    return has_role(user, *KEEPERS)


@question("导入名册", group="会员")
def can_import_members(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR)


@question("导出名册", group="会员")
def can_export_members(user) -> bool:
    return has_role(user, *KEEPERS, Role.TREASURER, Role.PRESIDENT, Role.ADMINISTRATOR)


@question("看全部联系人的完整手机与邮箱", group="会员")
def can_view_contacts(user) -> bool:
    """Whether telephone numbers and addresses of persons are shown in full; in lists they stay masked."""
    return has_role(user, *CONTACT_READERS)


@question("看本单位联系人的完整手机与邮箱", group="本单位", of="单位")
def can_view_contacts_of(user, organization) -> bool:
    """Whether they are shown in full for this one unit: its own people see each other's."""
    return can_view_contacts(user) or bool(duties_at(user, organization))


@question("查重并判定不是重复", group="会员")
def can_find_duplicates(user) -> bool:
    return has_role(user, *KEEPERS)


@question("提出合并两份单位档案、提出撤销合并", group="会员")
def can_propose_merge(user) -> bool:
    return has_role(user, *KEEPERS)


@question("确认别人提出的合并与撤销", group="会员", of="合并")
def can_confirm_merge(user, merge) -> bool:
    """Whether the person may be the second one: whoever keeps the roster and did not propose this step."""
    proposer = merge.undo_asked_by_id or merge.proposed_by_id
    return can_edit_members(user) and user.pk != proposer


@question("看开户行与银行账号", group="会员")
def can_view_bank(user) -> bool:
    return has_role(user, *FINANCE_READERS)


@question("看本单位的开户行与银行账号", group="本单位", of="单位")
def can_view_bank_of(user, organization) -> bool:
    """Whether bank data of this one unit are shown: to the treasurer and to those who keep the unit's profile."""
    return can_view_bank(user) or can_keep_profile(user, organization)


@question("看所有人的导出记录", group="会员")
def can_view_export_log(user) -> bool:
    return has_role(user, *KEEPERS, Role.ADMINISTRATOR, Role.AUDITOR)


@question("看自己的导出记录", group="会员")
def can_open_exports(user) -> bool:
    """Those who may export see their own exports there, those who watch over them everybody's."""
    return can_export_members(user) or can_view_export_log(user)


def tiers(user) -> frozenset:
    """Secrecy tiers of the columns that the person may see in lists; personal numbers are masked unless
    `can_view_contacts`."""
    if not can_view_roster(user):
        return frozenset({Tier.PUBLIC})
    allowed = {Tier.PUBLIC, Tier.MEMBER, Tier.STAFF, Tier.CONTACT}
    return frozenset(allowed | {Tier.FINANCE} if can_view_bank(user) else allowed)
