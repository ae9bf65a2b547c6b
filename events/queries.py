"""What pages of registration read: for which units a person acts, who works there, what a person is registered for."""

from events.models import Event, Registration
from members.models import Contact, ContactRole, Organization
from members.permissions import acts_for


def units_of(user) -> list[Organization]:
    """The member units for which the person acts today."""
    contact = getattr(user, "contact", None) if user.is_authenticated else None
    if contact is None:
        return []
    roles = contact.roles.current().select_related("organization").order_by("organization_id", "pk")
    units = {r.organization_id: r.organization for r in roles if acts_for(user, r.organization, r.duty)}
    return list(units.values())


def colleagues_of(units, *, but) -> list[Contact]:
    """Those who hold a duty at one of the units today, without the account `but`; by pinyin."""
    here = ContactRole.objects.current().filter(organization__in=units)
    found = Contact.objects.filter(pk__in=here.values("contact")).exclude(user=but).select_related("user")
    found = found.order_by("pinyin_full", "pk")
    return list(found[:300])


def events_in_calendar(user) -> list[Event]:
    """Published events at which the person has a place or wishes for one, for their calendar; five hundred at most."""
    mine = Registration.objects.live().filter(user=user)
    found = Event.objects.published().filter(pk__in=mine.values("event")).select_related("series")
    return list(found.order_by("-starts_at", "-pk")[:500])
