"""What time does to applications: reminders first, and only after them they expire (domain 10.1).

Called once a day. A scheduler that comes twice finds everything done; one that was away for a week first reminds and
then waits, because nobody loses an application without having been told.
"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.money import yuan_of
from members import permissions
from members.choices import ApplicationState, ReminderKind
from members.domain import bills
from members.domain.applications import refuse_own, tell
from members.domain.audience import holders
from members.domain.drafts import locked, words_of
from members.models import Application, ApplicationReminder, Organization

# At least so many days lie between a reminder and the end.
GRACE = timedelta(days=3)
# Days after the first bill was issued.
REMIND_UNPAID, REMIND_UNPAID_LATE, UNPAID_ENDS = 30, 50, 60


def run_daily(today=None) -> None:
    """Remind and let expire what is due on `today`; each application in a transaction of its own."""
    today = today or localdate()
    waiting = Application.objects.filter(state__in=[ApplicationState.MENDING, ApplicationState.ADMITTED])
    for application in waiting.order_by("pk"):
        if application.state == ApplicationState.MENDING:
            _look_at_mending(application, today)
        else:
            _look_at_unpaid(application, today)


@verb
def _look_at_mending(application, today):
    application = locked(application)
    if application.state != ApplicationState.MENDING or today < application.due_on - GRACE:
        return
    ends = max(application.due_on, today + GRACE - timedelta(days=1))
    reminder = _remind(application, ReminderKind.MENDING, application.due_on, today, ends=chinese_date(ends))
    if today > application.due_on and today >= reminder.sent_on + GRACE:
        _end(application, by=None, reason="补正期限已过，没有重新提交")


@verb
def _look_at_unpaid(application, today):
    # The unit first, as in every verb on money: a payment may be on its way.
    Organization.everything.select_for_update().get(pk=application.organization_id)
    application = locked(application)
    if application.state != ApplicationState.ADMITTED:
        return
    bill, days = application.bill, (today - application.bill.issued_on).days
    last = bill.issued_on + timedelta(days=UNPAID_ENDS)
    words = {"amount": yuan_of(bill.outstanding), "bill": bill.number, "ends": chinese_date(last)}
    if days >= REMIND_UNPAID:
        _remind(application, ReminderKind.UNPAID, bill.due_on, today, **words)
    if days >= REMIND_UNPAID_LATE:
        _remind(application, ReminderKind.UNPAID_LATE, last, today, **words)
    if may_expire(application, today):
        notify(
            holders(permissions.expiring_roles()), "members.application_unpaid", about=application,
            url=reverse("members:application", args=[application.pk]), key=str(last), **words_of(application),
        )  # fmt: skip


LETTERS = {
    ReminderKind.MENDING: "members.application_mending_ends",
    ReminderKind.UNPAID: "members.application_fee_due",
    ReminderKind.UNPAID_LATE: "members.application_fee_late",
}


def _remind(application, kind, due_on, today, **words) -> ApplicationReminder:
    """The reminder of that kind and last day; sent now unless it was before."""
    given = {"application": application, "kind": kind, "due_on": due_on}
    reminder, is_new = ApplicationReminder.objects.get_or_create(**given, defaults={"sent_on": today})
    if is_new:
        sentence = f"提醒申请人：{reminder.get_kind_display()}（{application.number}）"
        record("members.application.reminded", application, by=None, sentence=sentence)
        tell(application, LETTERS[kind], **words)
    return reminder


def may_expire(application, today=None) -> bool:
    """Whether an admitted application is unpaid for sixty days, and the applicant was reminded of it in time."""
    today = today or localdate()
    if application.state != ApplicationState.ADMITTED:
        return False
    ended = today >= application.bill.issued_on + timedelta(days=UNPAID_ENDS)
    told = application.reminders.filter(kind=ReminderKind.UNPAID_LATE, sent_on__lte=today - GRACE)
    return ended and told.exists()


@verb
def expire(application, *, by) -> Application:
    """The secretary-general confirms that an admitted applicant who never paid is admitted no longer; the bill is void.

    Doing it twice changes nothing. Raises Refused before sixty days and the reminders have passed, and where money, or
    word of it, has come in.
    """
    if application.organization_id:
        Organization.everything.select_for_update().get(pk=application.organization_id)
    application = locked(application)
    if application.state == ApplicationState.EXPIRED:
        return application
    if not may_expire(application):
        raise Refused("出账满 60 天并且提醒过申请人以后，才能确认失效。")
    refuse_own(application, by)
    ended = _end(application, by=by, reason="出账满 60 天没有缴费，经秘书长确认")
    bills.void(application.bill, by=by, reason=f"入会申请 {application.number} 逾期未缴费失效")
    return ended


def _end(application, *, by, reason):
    ended = {"state": ApplicationState.EXPIRED, "ended_at": timezone.now(), "due_on": None, "reason": reason}
    store(application, ended)
    sentence = f"入会申请 {application.number} 失效：{reason}"
    subjects = [application, *([application.organization] if application.organization else [])]
    record("members.application.expired", *subjects, by=by, sentence=sentence)
    tell(application, "members.application_expired", reason=reason)
    return application
