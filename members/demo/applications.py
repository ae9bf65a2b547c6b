"""Applications to become a member in every state, all of invented units; told through the verbs, like real ones.

Those that the council has admitted need a fee standard that the assembly adopted; where the demonstration has none for
the year, they stay with the council.
"""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import localdate

from association import privacy
from association.choices import Role
from association.demo import DEMO_ACCOUNTS
from association.domain.activities import verb
from association.models import User
from members import permissions
from members.choices import Category, District, Nature, ParkType, ReminderKind
from members.demo import invented
from members.domain import admissions, application_deadlines, applications, drafts, payments
from members.models import Application, ApplicationReminder, Bill, FeeStandard

NAME, SERIES, FIRST_PERSON = "演示申请单位", "RH", 9_000_000
# One blank page with nothing on it; no real seal, no real licence.
BLANK = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
MISSING = ["入会申请书没有盖章", "营业执照照片不清晰，请重新拍摄"]
BASIS = "理事会决议〔演示〕1号"


@transaction.atomic
def load(by) -> None:
    """Write the applications once, all of them or none; a demonstration that has any is left alone."""
    if Application.objects.filter(is_demo=True).exists() or not permissions.can_check_applications(by):
        return
    general = User.objects.get(email=_email(Role.SECRETARY_GENERAL))
    _draft(1)
    _filed(2)
    _let_lie(_filed(3), days=12)
    applications.ask_to_mend(_filed(4), by=by, missing=MISSING)
    applications.pass_on(_filed(5), by=general, note="材料齐全（演示）")
    drafts.withdraw(_filed(6))
    _refused(7, by, general)
    _not_mended(8, by)
    if FeeStandard.objects.for_year(localdate().year):
        _admitted(9, by, general)
        _let_wait_for_fee(_admitted(10, by, general))
        _paid(_admitted(11, by, general))


def _email(role) -> str:
    return next(email for held, _, email in DEMO_ACCOUNTS if held == role)


def _draft(number) -> Application:
    """An applicant's draft with all that is asked; every third one of a unit without a park."""
    application = drafts.begin(f"applicant{number:02d}@example.cn")
    _mark(application)
    return drafts.write(application, changes=_facts(number))


@verb
def _mark(application):
    Application.objects.filter(pk=application.pk).update(is_demo=True)


def _facts(number) -> dict:
    district = District.values[number % len(District.values)]
    category = Category.TECHNOLOGY if number % 3 == 0 else Category.PARK_OPERATOR
    person, liaison = FIRST_PERSON + number * 2, FIRST_PERSON + number * 2 + 1
    facts = {
        "name": f"{NAME}{number:02d}有限公司", "credit_code": invented.credit_code(number, SERIES),
        "category": category, "nature": Nature.PRIVATE, "district": district,
        "legal_representative": invented.person_name(person),
        "registered_address": f"{District(district).label}演示路{number}号",
        "introduction": "虚构的单位，只用于演示。", "representative_name": invented.person_name(person),
        "representative_title": "总经理", "representative_mobile": invented.mobile(person),
        "liaison_name": invented.person_name(liaison), "liaison_mobile": invented.mobile(liaison),
        "liaison_email": f"applicant{number:02d}@example.cn", "accepts_charter": True,
        "policy_version": privacy.in_force(localdate()).key, "publishes_name": number % 2 == 0,
    }  # fmt: skip
    if category == Category.PARK_OPERATOR:
        facts |= {
            "park_name": f"演示申请园区{number:02d}", "park_district": district,
            "park_address": f"{District(district).label}演示路{number}号院", "park_type": ParkType.OLD_FACTORY,
            "park_floor_area": 8_000 + number * 1_500, "park_industries": ["02", "03"],
        }  # fmt: skip
    return facts


def _filed(number) -> Application:
    application = _draft(number)
    for kind in drafts.REQUIRED_FILES:
        file = SimpleUploadedFile(f"{kind}（演示）.pdf", BLANK, "application/pdf")
        drafts.add_file(application, file, kind=kind)
    return drafts.submit(application)


def _passed(number, general) -> Application:
    return applications.pass_on(_filed(number), by=general)


def _refused(number, by, general):
    reason = "业务领域与协会章程规定的范围不符（演示）"
    given = {"decided_on": localdate(), "reason": reason, "basis": BASIS}
    applications.refuse(_passed(number, general), by=by, **given)


def _admitted(number, by, general) -> Application:
    return admissions.admit(_passed(number, general), by=by, decided_on=localdate(), basis=BASIS)


def _paid(application):
    treasurer = User.objects.get(email=_email(Role.TREASURER))
    bill = application.bill
    payments.confirm(bill, by=treasurer, amount=bill.amount, paid_on=localdate(), reference="演示到账")


# --- what time has done: dated back, because the verbs know only today ---------------------------------------


@verb
def _let_lie(application, *, days):
    """One that should have been answered some days ago."""
    back = timedelta(days=days)
    Application.objects.filter(pk=application.pk).update(
        submitted_at=application.submitted_at - back, due_on=application.due_on - back
    )


def _not_mended(number, by):
    """One whose applicant was reminded, did not answer, and lost it."""
    application = applications.ask_to_mend(_filed(number), by=by, missing=MISSING)
    _let_mending_end(application)
    application_deadlines.run_daily()


@verb
def _let_mending_end(application):
    due_on = localdate() - timedelta(days=1)
    Application.objects.filter(pk=application.pk).update(due_on=due_on)
    sent_on = due_on - application_deadlines.GRACE
    ApplicationReminder.objects.create(
        application=application, kind=ReminderKind.MENDING, due_on=due_on, sent_on=sent_on
    )


@verb
def _let_wait_for_fee(application):
    """One that was admitted more than sixty days ago, was reminded twice and has not paid."""
    issued_on = localdate() - timedelta(days=application_deadlines.UNPAID_ENDS + 5)
    due_on, last = issued_on + timedelta(days=30), issued_on + timedelta(days=60)
    Bill.objects.filter(pk=application.bill_id).update(issued_on=issued_on, due_on=due_on, joins_on=issued_on)
    filed_at = application.submitted_at - timedelta(days=application_deadlines.UNPAID_ENDS + 20)
    Application.objects.filter(pk=application.pk).update(
        due_on=due_on, decided_on=issued_on, submitted_at=filed_at
    )
    for kind, day, sent_on in (
        (ReminderKind.UNPAID, due_on, due_on),
        (ReminderKind.UNPAID_LATE, last, last - timedelta(days=10)),
    ):
        ApplicationReminder.objects.create(application=application, kind=kind, due_on=day, sent_on=sent_on)
