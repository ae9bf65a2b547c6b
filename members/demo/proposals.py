"""Two proposed changes that wait in the demonstration, one of them too long; both of invented parks' units."""

from datetime import timedelta

from django.utils import timezone

from association.demo import open_account
from association.domain.activities import verb
from members.choices import ContactDuty
from members.domain import contacts, profile_changes
from members.models import Contact, ContactRole, Organization, ProfileChange

RENAMED, LATE = "演示运营公司20", "演示运营公司21"
NEW_NAME = "演示文化发展20有限公司"
DAYS_LATE = 9


def propose(*, by):
    """File both changes, each by the liaison of its unit with an account of their own."""
    _file(RENAMED, "manager20@example.cn", {"name": NEW_NAME}, by=by)
    change = _file(LATE, "manager21@example.cn", {"legal_representative": "示例法人"}, by=by)
    if change:
        _let_it_lie(change)


def _file(name, email, changes, *, by):
    unit = Organization.objects.filter(name=name, is_demo=True).first()
    roles = ContactRole.objects.current().filter(organization=unit, duty=ContactDuty.LIAISON)
    person = Contact.objects.filter(roles__in=roles, user__isnull=True).first() if unit else None
    if person is None:
        return None
    user = open_account(person.name, email, by)
    contacts.assign_duty(unit, person, by=by, duty=ContactDuty.MANAGER)
    given = {"user": user, "email": email}
    contacts.update_contact(person, by=by, organization=unit, version=person.version, changes=given)
    unit.refresh_from_db()
    filed = profile_changes.save_profile(unit, by=user, version=unit.version, changes=changes)
    return filed[0] if filed else None


@verb
def _let_it_lie(change):
    """Date the change back, so that the desk shows what one looks like whose last day has passed."""
    filed_at = timezone.now() - timedelta(days=DAYS_LATE)
    due_on = timezone.localdate(filed_at) + timedelta(days=3)
    ProfileChange.objects.filter(pk=change.pk).update(filed_at=filed_at, due_on=due_on)
