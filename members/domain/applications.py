"""Verbs of the association on applications to become a member (domain 10.1)."""

from datetime import date, timedelta

from django.utils import timezone
from django.utils.timezone import localdate

from association.choices import AttachmentState
from association.domain import guests
from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from association.formats import chinese_date
from association.models import Attachment
from members import permissions
from members.choices import ApplicationState
from members.domain import certificates, memberships
from members.domain.drafts import REQUIRED_FILES, locked, page_of, words_of
from members.models import Application

DAYS_TO_MEND = 15
MONTHS_TO_WAIT = 6
OWN = "这是你自己提交或者登记了你的联系方式的申请，由别的同事办理。"


def refuse_own(application, by) -> None:
    """Raises Refused where somebody would decide on their own application."""
    if not permissions.decides_application(by, application):
        raise Refused(OWN)


@verb
def ask_to_mend(application, *, by, missing: list[str]) -> Application:
    """Send the application back with a list of what is missing; fifteen days to mend it (domain 10.1).

    Doing it twice changes nothing. Raises Refused for one that is not being checked, and without a list.
    """
    application = locked(application)
    if application.state == ApplicationState.MENDING and application.missing == missing:
        return application
    _refuse_unless(application, ApplicationState.CHECKING, "要求补正")
    refuse_own(application, by)
    if not missing:
        raise Refused("请写明要补正什么，一行一项。", status=422)
    due_on = localdate() + timedelta(days=DAYS_TO_MEND)
    store(application, {"state": ApplicationState.MENDING, "missing": missing, "due_on": due_on})
    sentence = f"要求补正入会申请 {application.number}：{'；'.join(missing)}"
    record("members.application.to_mend", application, by=by, sentence=sentence)
    tell(application, "members.application_to_mend", missing=missing)
    return application


@verb
def pass_on(application, *, by, note: str = "") -> Application:
    """The secretary-general has checked it: the council has it now. Doing it twice changes nothing.

    Raises Refused for one that is not being checked, and where a required file did not stand the check.
    """
    application = locked(application)
    if application.state == ApplicationState.COUNCIL:
        return application
    _refuse_unless(application, ApplicationState.CHECKING, "初审通过")
    refuse_own(application, by)
    files = Attachment.objects.about(application).exclude(state=AttachmentState.REFUSED)
    gone = set(REQUIRED_FILES) - set(files.values_list("kind", flat=True))
    if gone:
        raise Refused(f"{'、'.join(sorted(gone))}没有通过检查，请要求补正。")
    store(application, {"state": ApplicationState.COUNCIL, "note": note, "due_on": None})
    sentence = f"入会申请 {application.number} 初审通过，提交理事会审议"
    record("members.application.passed", application, by=by, sentence=sentence, basis=note)
    return application


@verb
def refuse(application, *, by, decided_on: date, reason: str, basis: str = "") -> Application:
    """Enter that the council did not admit the applicant; they may apply again six months after its decision.

    Doing it twice changes nothing. Raises Refused for one that the council does not have.
    """
    application = locked(application)
    if application.state == ApplicationState.REFUSED:
        return application
    refuse_undecidable(application, by, decided_on)
    if not reason:
        raise Refused("请写明未通过的理由，申请人会看到。", status=422)
    again = months_later(decided_on, MONTHS_TO_WAIT)
    facts = {
        "state": ApplicationState.REFUSED, "decided_on": decided_on, "reason": reason, "basis": basis,
        "may_apply_again_on": again, "ended_at": timezone.now(), "due_on": None,
    }  # fmt: skip
    store(application, facts)
    sentence = f"理事会未通过入会申请 {application.number}：{reason}"
    record("members.application.refused", application, by=by, sentence=sentence, basis=basis)
    tell(application, "members.application_refused", reason=reason, again=chinese_date(again))
    return application


def refuse_undecidable(application, by, decided_on) -> None:
    """Raises Refused unless the person may enter the council's decision of that day on a locked application."""
    _refuse_unless(application, ApplicationState.COUNCIL, "登记理事会的决定")
    refuse_own(application, by)
    if decided_on > localdate():
        raise Refused("理事会决定的日期不能晚于今天。", status=422)
    if decided_on < timezone.localdate(application.submitted_at):
        raise Refused("理事会决定的日期不能早于提交申请的日期。", status=422)


def _refuse_unless(application, state, step):
    if application.state != state:
        raise Refused(f"申请{application.get_state_display()}，不能{step}。")


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def tell(application, kind, **context) -> None:
    """Tell the applicant, at the address they proved, inside a verb."""
    guests.tell(application.address, kind, url=page_of(application), **words_of(application), **context)


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
    unit.refresh_from_db(fields=["member_number"])
    tell(application, "members.application_completed", member_number=unit.member_number)
    return application
