"""Who looked at somebody's full number, in words: staff by their duty, a unit's people by their unit."""

from collections import defaultdict

from association.choices import Role
from association.models import RoleAssignment
from members.models import ContactRole, ContactView

NEWEST = 50


def newest_about(contact) -> list[ContactView]:
    """The last fifty times that the person's number was shown in full to somebody else, newest first."""
    views = ContactView.objects.filter(contact=contact).select_related("viewer").order_by("-pk")
    return list(views[:NEWEST])


def in_words(views) -> dict[int, str]:
    """Key of each view → who it was, without a name: the duty they held that day, else their unit; three queries."""
    viewers = {view.viewer_id for view in views}
    duties = _duties(viewers)
    units = _units(viewers - {pk for pk, rows in duties.items() if rows})
    return {view.pk: _who(view, duties[view.viewer_id], units.get(view.viewer_id, "")) for view in views}


def _duties(viewers):
    found = defaultdict(list)
    rows = RoleAssignment.objects.filter(user__in=viewers, confirmed_at__isnull=False).order_by("pk")
    for assignment in rows:
        found[assignment.user_id].append(assignment)
    return found


def _units(viewers) -> dict:
    roles = ContactRole.objects.filter(contact__user__in=viewers).order_by("contact__user", "pk")
    rows = roles.values_list("contact__user", "organization__name")
    return dict(rows)


def _who(view, assignments, unit) -> str:
    held = [a for a in assignments if a.since <= view.day and (a.until is None or a.until > view.day)]
    labels = list(dict.fromkeys(Role(a.role).label for a in held or assignments))
    if labels:
        return f"协会{'、'.join(labels)}"
    return f"“{unit}”的联系人" if unit else "当时的联系人"
