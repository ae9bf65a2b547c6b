"""Verbs on people of a unit and their duties."""

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.domain.notices import notify
from association.errors import Refused
from members import permissions
from members.choices import GIVEN_BY_MANAGERS, SHARED_DUTIES, ContactDuty
from members.domain.search_keys import contact_keys, refresh_contact
from members.models import Contact, ContactRole, Organization


@verb
def add_contact(organization, *, by, duty, title="", since=None, **fields) -> Contact:
    """Enter a person with a duty at a unit; whoever held the duty first before stops being the primary one."""
    contact = Contact(**fields)
    for name, value in contact_keys(contact).items():
        setattr(contact, name, value)
    contact.save()
    assign_duty(organization, contact, by=by, duty=duty, title=title, since=since)
    return contact


@verb
def update_contact(contact, *, by, organization, version: int, changes: dict) -> Contact:
    """Change a person's data. Doing it twice changes nothing. Raises Conflict when somebody else saved meanwhile."""
    contact = locked(contact, version, changes)
    changes = changed_fields(contact, changes)
    if not changes:
        return contact
    store(contact, changes)
    refresh_contact(contact)
    record(
        "members.contact.updated",
        organization,
        contact,
        by=by,
        sentence=f"修改联系人{contact.name}：{labels(contact, changes)}",
    )
    return contact


@verb
def assign_duty(organization, contact, *, by, duty, title="", since=None) -> ContactRole:
    """Give a person a duty at a unit. Doing it twice changes nothing.

    Of most duties there is one primary holder at a time: the former one's ends on the day the new one's begins, also
    when it was to end later. 会员管理员, 经办人 and 数据填报员 stand side by side. Raises Refused (422) when the new
    holder would begin before the present one.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    since = since or localdate()
    roles = organization.contact_roles.filter(duty=duty)
    is_shared = duty in SHARED_DUTIES
    mine = roles.filter(contact=contact, until__isnull=True)
    if same := (mine if is_shared else mine.filter(is_primary=True)).first():
        return same
    if is_shared:
        _end_on(roles.filter(contact=contact, until__gt=since), since)
    else:
        _end_on(roles.filter(Q(until__isnull=True) | Q(until__gt=since), is_primary=True), since)
    role = ContactRole.objects.create(
        organization=organization,
        contact=contact,
        duty=duty,
        title=title,
        since=since,
        is_primary=not is_shared,
    )
    sentence = f"{contact.name}任{ContactDuty(duty).label}"
    record("members.contact.assigned", organization, contact, by=by, sentence=sentence)
    if contact.user_id and (by is None or contact.user_id != by.pk):
        _tell(contact, "members.duty_given", organization, duty, by)
    return role


def _end_on(roles, day):
    """End the duties on `day`, on which somebody takes over."""
    for former in roles:
        if former.since and former.since > day:
            raise Refused(
                f"现任{former.get_duty_display()}自 {former.since} 起任职，新任日期不能早于这一天。",
                status=422,
            )
        former.until = day
        former.save(update_fields=["until"])


def _tell(contact, kind, organization, duty, by):
    """Tell a person with an account what became of their duty."""
    words = {"organization": organization, "duty": ContactDuty(duty).label}
    notify([contact.user], kind, about=organization, url=reverse("association:today"), by=by, **words)


@verb
def end_duty(role, *, by, until=None) -> ContactRole:
    """End a duty, today when no day is given; its rights end with it. Doing it twice changes nothing.

    Raises Refused for a unit's own manager who would end that of the representative, or of the last manager.
    """
    # The unit is locked first, as in `assign_duty`: of two managers who end each other's duty one must stay.
    Organization.objects.select_for_update().get(pk=role.organization_id)
    role = ContactRole.objects.select_for_update().get(pk=role.pk)
    until = until or localdate()
    if role.until and role.until <= until:
        return role
    if role.since and until < role.since:
        raise Refused("结束日期不能早于开始日期。", status=422)
    _refuse_beyond_manager(role, by)
    role.until = until
    role.save(update_fields=["until"])
    sentence = f"{role.contact.name}不再任{role.get_duty_display()}"
    record("members.contact.ended", role.organization, role.contact, by=by, sentence=sentence)
    if role.contact.user_id and (by is None or role.contact.user_id != by.pk):
        _tell(role.contact, "members.duty_ended", role.organization, role.duty, by)
    return role


def _refuse_beyond_manager(role, by):
    if by is None or permissions.can_edit_members(by):
        return
    if role.duty not in GIVEN_BY_MANAGERS:
        raise Refused(f"{role.get_duty_display()}的变更要由秘书处办理。", status=422)
    if role.duty == ContactDuty.MANAGER:
        others = ContactRole.objects.current().filter(
            organization=role.organization_id,
            duty=role.duty,
            until__isnull=True,
            contact__user__is_active=True,
        )
        if not others.exclude(contact=role.contact_id).exists():
            raise Refused("这是本单位最后一位会员管理员，请先请另一位同事担任，或联系秘书处。")


@verb
def unlink_account(contact, *, by, organization, basis: str) -> Contact:
    """Take the account from a contact: with it go all rights at their units, at once. Twice changes nothing.

    Sessions of the account stay open, and see nothing of the unit.
    """
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if contact.user_id is None:
        return contact
    contact.user = None
    contact.version += 1
    contact.save(update_fields=["user", "version", "updated_at"])
    sentence = f"解除{contact.name}与其账号的关联"
    record("members.contact.unlinked", organization, contact, by=by, basis=basis, sentence=sentence)
    return contact
