"""The council has admitted an applicant: the unit, its park and its people go into the books, with the first bill.

Membership itself, with number and certificate, begins in `applications.complete`, when the fee is paid.
"""

from datetime import date

from django.db.models import Q
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import store
from association.errors import Refused
from association.money import yuan_of
from members.choices import ApplicationState, ContactDuty
from members.domain import bills, contacts, invitations, organizations, parks
from members.domain.applications import refuse_undecidable, tell
from members.domain.drafts import locked
from members.models import Organization

OF_UNIT = (
    "credit_code", "nature", "district", "legal_representative", "registered_address", "founded_on", "phone",
    "website", "introduction",
)  # fmt: skip


@verb
def admit(application, *, by, decided_on: date, basis: str, organization=None):
    """Enter that the council admitted the applicant, by the resolution `basis`; thirty days to pay the first bill.

    `organization` is the unit's record where it is in the books already: what is empty there is filled in, what
    differs is left. Gives the application. Doing it twice changes nothing. Raises Refused for an application that the
    council does not have, a record that cannot be the applicant's, and a year without an adopted fee standard.
    """
    if organization is not None:
        organization = Organization.objects.select_for_update().get(pk=organization.pk)
    application = locked(application)
    if application.state in (ApplicationState.ADMITTED, ApplicationState.MEMBER):
        return application
    refuse_undecidable(application, by, decided_on)
    if not basis:
        raise Refused("请写明决议编号。", status=422)
    unit = _enter_unit(application, organization, by=by, day=decided_on)
    _enter_park(application, unit, by)
    people = _enter_people(application, unit, by, decided_on)
    bill = bills.issue_first(unit, by=by, on=localdate(), joins_on=decided_on)
    if bill.joins_on != decided_on or bill.paid:
        raise Refused(f"{unit.name}在{decided_on.year}年度已有账单 {bill.number}，请先由财务处理。")
    facts = {
        "state": ApplicationState.ADMITTED, "organization": unit, "bill": bill, "decided_on": decided_on,
        "basis": basis, "due_on": bill.due_on,
    }  # fmt: skip
    store(application, facts)
    sentence = f"理事会通过{application.name}的入会申请 {application.number}，待缴费"
    record("members.application.admitted", application, unit, by=by, sentence=sentence, basis=basis)
    tell(application, "members.application_admitted", amount=yuan_of(bill.outstanding), bill=bill.number)
    _let_in(application, unit, people, by)
    return application


def _enter_unit(application, unit, *, by, day):
    given = {name: getattr(application, name) for name in OF_UNIT if getattr(application, name)}
    if unit is None:
        return organizations.create_organization(
            by=by, name=application.name, category=application.category, is_demo=application.is_demo, **given
        )
    _refuse_other(application, unit, day)
    blank = {name: value for name, value in given.items() if not getattr(unit, name)}
    return organizations.update_organization(unit, by=by, version=unit.version, changes=blank)


def _refuse_other(application, unit, day):
    codes = {unit.credit_code, *(absorbed.credit_code for absorbed in unit.absorbed)} - {""}
    if codes and application.credit_code not in codes:
        raise Refused(f"{unit.name}的统一社会信用代码与申请上的不同，不是同一家单位。", status=422)
    if unit.memberships.filter(Q(left_on__isnull=True) | Q(left_on__gt=day)).exists():
        raise Refused(f"{unit.name}在决定之日已经是会员，不能再次入会。", status=422)


def _enter_park(application, unit, by):
    if not application.park_name or unit.parks.filter(name=application.park_name).exists():
        return
    park = parks.add_park(
        unit, by=by, name=application.park_name, district=application.park_district,
        address=application.park_address, park_type=application.park_type,
        floor_area=application.park_floor_area, industries=application.park_industries,
        is_demo=application.is_demo,
    )  # fmt: skip
    if not application.publishes_name:
        parks.withdraw_park(park, by=by)


def _enter_people(application, unit, by, since) -> dict:
    """The representative and the liaison, by duty; one person where they are the same."""
    people = {}
    for duty, start in ((ContactDuty.REPRESENTATIVE, "representative"), (ContactDuty.LIAISON, "liaison")):
        name, mobile = getattr(application, f"{start}_name"), getattr(application, f"{start}_mobile")
        details = {"title": application.representative_title} if start == "representative" else {}
        known = invitations.people_of(unit).filter(name=name, mobile=mobile).first()
        if known:
            contacts.assign_duty(unit, known, by=by, duty=duty, since=since, **details)
        else:
            email = getattr(application, f"{start}_email")
            known = contacts.add_contact(
                unit, by=by, duty=duty, name=name, mobile=mobile, email=email, since=since,
                is_demo=application.is_demo, **details,
            )  # fmt: skip
        people[duty] = known
    return people


def _let_in(application, unit, people, by):
    """Whoever applied, else the liaison, is to keep the unit's own page: at once with an account, else by invitation."""
    own = [p for p in people.values() if application.address in (p.mobile, p.email.lower())]
    person = own[0] if own else people[ContactDuty.LIAISON]
    if person.user_id:
        contacts.assign_duty(unit, person, by=by, duty=ContactDuty.MANAGER)
    else:
        invitations.invite(unit, person, by=by, duty=ContactDuty.MANAGER)
