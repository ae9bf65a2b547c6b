"""The columns of the table of rights that come from the members' side."""

from types import SimpleNamespace

from django.utils.timezone import localdate

from association import matrix
from members.choices import ContactDuty
from members.models import Organization

UNIT = 0
DUTIES = (ContactDuty.MANAGER, ContactDuty.CLERK, ContactDuty.REPORTER)


def member_unit() -> Organization:
    """A unit that was never stored and is a member today."""
    return Organization(pk=UNIT, name="某单位", membership_count=1)


def former_unit() -> Organization:
    """The same, having left today."""
    return Organization(pk=UNIT, name="某单位", membership_count=1, latest_left_on=localdate())


def contact_with(*duties):
    """An account whose contact holds these duties at the unit."""
    user = matrix.person_with()
    user._duties_at = {UNIT: frozenset(duties)}
    return user


def _stranger_to_it(user):
    user.__dict__.setdefault("_duties_at", {UNIT: frozenset()})


matrix.record("单位", member_unit, _stranger_to_it)
# A merge that somebody else has proposed.
matrix.record("合并", lambda: SimpleNamespace(proposed_by_id=0, undo_asked_by_id=None), lambda user: None)
for duty in DUTIES:
    matrix.holder(duty.label, lambda duty=duty: contact_with(duty))
matrix.holder("其他联系人", lambda: contact_with(ContactDuty.LIAISON))
matrix.holder("已退会单位", lambda: contact_with(ContactDuty.MANAGER), 单位=former_unit)
