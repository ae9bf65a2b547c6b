"""Verbs on applications to become a member (domain 10.1)."""

from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.editing import store
from members.choices import ApplicationState
from members.domain import certificates, memberships
from members.models import Application


@verb
def complete(bill, *, by) -> Application | None:
    """The first bill is paid: the applicant becomes a member from the day the council decided on, with its certificate.

    Gives the application, or None when the bill belongs to none. Doing it twice changes nothing.
    """
    application = Application.objects.select_for_update(of=("self",)).filter(bill=bill).first()
    if application is None or application.state == ApplicationState.MEMBER:
        return application
    unit = application.organization
    memberships.join(unit, by=by, on=bill.joins_on, basis=application.basis)
    certificates.issue(unit, by=by, reason="入会")
    store(application, {"state": ApplicationState.MEMBER, "ended_at": timezone.now(), "due_on": None})
    record(
        "members.application.completed", application, unit, by=by, sentence=f"{application.name}成为正式会员"
    )
    return application
