"""Verbs on people of a unit and their duties."""

from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from members.choices import ContactDuty
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
    """Give a person a duty at a unit, as its primary holder; the former one's duty ends that day.

    Doing it twice changes nothing.
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    since = since or localdate()
    open_roles = organization.contact_roles.filter(duty=duty, until__isnull=True, is_primary=True)
    same = open_roles.filter(contact=contact).first()
    if same:
        return same
    for former in open_roles:
        if former.since and former.since > since:
            raise Refused(
                f"现任{former.get_duty_display()}自 {former.since} 起任职，新任日期不能早于这一天。",
                status=422,
            )
        former.until = since
        former.save(update_fields=["until"])
    role = ContactRole.objects.create(
        organization=organization, contact=contact, duty=duty, title=title, since=since
    )
    record(
        "members.contact.assigned",
        organization,
        contact,
        by=by,
        sentence=f"{contact.name}任{ContactDuty(duty).label}",
    )
    return role


@verb
def end_duty(role, *, by, until=None) -> ContactRole:
    """End a duty, today when no day is given. Doing it twice changes nothing."""
    role = ContactRole.objects.select_for_update().get(pk=role.pk)
    if role.until:
        return role
    until = until or localdate()
    if role.since and until < role.since:
        raise Refused("结束日期不能早于开始日期。", status=422)
    role.until = until
    role.save(update_fields=["until"])
    record(
        "members.contact.ended",
        role.organization,
        role.contact,
        by=by,
        sentence=f"{role.contact.name}不再任{role.get_duty_display()}",
    )
    return role
