"""What becomes of an applicant whom the council admitted: unit, park, people, bill, and membership once it is paid."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from association.errors import Refused
from association.models import Activity, Delivery
from members.domain import admissions, memberships, payments
from members.models import Application, Bill, Certificate, ContactRole, Invitation, Organization
from tests.factories import make_organization, make_user, next_code
from tests.factories.applications import ADDRESS, BASIS, admitted, passed
from tests.factories.dues import make_standard
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def standard(db):
    return make_standard(2022)


def url(name, application):
    return reverse(f"members:{name}", args=[application.pk])


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def sentences(application):
    return [a.sentence for a in Activity.objects.about(application) if a.kind.startswith("members.")]


def letters(kind, address=ADDRESS):
    return Delivery.objects.filter(address=address, kind=f"members.application_{kind}").count()


def take(client, application, step, **more):
    data = {"decided_on": localdate().isoformat(), "basis": BASIS}
    return client.post(url(f"application_{step}", application), data | more)


def test_admitted_the_unit_its_park_its_people_and_its_bill_are_in_the_books(
    standard, secretary, secretary_general, as_user
):
    application = passed(secretary_general)
    assert take(as_user(secretary), application, "admit").status_code == 303
    kept = fresh(application)
    unit, bill = kept.organization, kept.bill
    assert (kept.state, kept.due_on, kept.basis) == ("admitted", localdate() + timedelta(days=30), BASIS)
    assert (unit.name, unit.credit_code, unit.membership_count, unit.member_number) == (
        kept.name,
        kept.credit_code,
        0,
        "",
    )
    assert (bill.joins_on, bill.issued_by, bill.amount > 0) == (localdate(), secretary, True)
    park = unit.parks.get()
    assert (park.name, park.is_main, park.is_public, park.industries) == ("演示申请园", True, False, ["02"])
    duties = set(ContactRole.objects.filter(organization=unit).values_list("contact__name", "duty"))
    assert duties == {("李代表", "representative"), ("赵联络", "liaison")}
    invitation = Invitation.objects.get()
    assert (invitation.contact.name, invitation.duty, letters("admitted")) == ("赵联络", "manager", 1)
    assert sentences(kept)[0] == f"理事会通过{kept.name}的入会申请 {kept.number}，待缴费"


def test_admitting_twice_is_harmless(standard, secretary_general, as_user):
    application = passed(secretary_general)
    assert [take(as_user(secretary_general), application, "admit").status_code for _ in range(2)] == [
        303,
        303,
    ]
    assert (Organization.objects.count(), Bill.objects.count(), letters("admitted")) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_admit_at_once_one_unit_comes():
    make_standard(2022)
    both = [
        make_user(n, f"{e}@test.cn", roles=["secretary_general"])
        for n, e in (("甲秘书", "a"), ("乙秘书", "b"))
    ]
    application = passed(both[0])
    day = localdate()
    results = at_once(
        *(lambda by=by: admissions.admit(application, by=by, decided_on=day, basis=BASIS) for by in both)
    )
    assert [type(r).__name__ for r in results] == ["Application"] * 2
    assert (Organization.objects.count(), Bill.objects.count()) == (1, 1)


def test_without_a_fee_standard_nothing_is_written(secretary_general):
    application = passed(secretary_general)
    with pytest.raises(Refused, match="还没有会员大会通过的会费标准"):
        admissions.admit(application, by=secretary_general, decided_on=localdate(), basis=BASIS)
    assert (Organization.objects.count(), fresh(application).state) == (0, "council")


def test_paid_the_applicant_is_a_member_from_the_day_of_the_decision(standard, secretary_general, treasurer):
    application = admitted(secretary_general)
    bill = application.bill
    payments.confirm(bill, by=treasurer, amount=bill.amount, paid_on=localdate(), reference="A1")
    kept = fresh(application)
    assert (kept.state, kept.due_on, kept.organization.memberships.get().joined_on) == (
        "member",
        None,
        localdate(),
    )
    assert (Certificate.objects.count(), letters("completed")) == (1, 1)


def test_who_applied_is_let_in_before_the_liaison(standard, secretary_general):
    admitted(secretary_general, representative_mobile=ADDRESS)
    assert Invitation.objects.get().contact.name == "李代表"


def test_one_person_for_both_duties_is_entered_once(standard, secretary_general):
    same = {
        "representative_name": "赵联络",
        "representative_mobile": "13800005555",
        "liaison_mobile": "13800005555",
    }
    unit = admitted(secretary_general, **same).organization
    assert {r.contact_id for r in unit.contact_roles.all()} == {unit.contact_roles.first().contact_id}


def test_with_consent_the_park_is_public(standard, secretary_general):
    assert admitted(secretary_general, publishes_name=True).organization.parks.get().is_public


def test_a_unit_in_the_books_is_chosen_and_only_its_gaps_are_filled(standard, secretary_general, as_user):
    code = next_code()
    known = make_organization(
        "演示申请单位有限公司", joined=None, people=False, credit_code=code, legal_representative="原法人"
    )
    application = passed(secretary_general, credit_code=code)
    client = as_user(secretary_general)
    page = client.get(url("application", application)).content.decode()
    assert "统一社会信用代码相同" in page
    assert take(client, application, "admit", organization="").status_code == 422
    assert take(client, application, "admit", organization=known.pk).status_code == 303
    known.refresh_from_db()
    assert (Organization.objects.count(), known.legal_representative, known.registered_address) == (
        1,
        "原法人",
        "演示路1号",
    )
    assert fresh(application).organization == known


def test_a_record_that_is_another_unit_is_refused(standard, secretary_general, other_unit):
    application = passed(secretary_general)
    former = make_organization("演示他单位", joined=None, people=False)
    day = localdate()
    with pytest.raises(Refused, match="不是同一家单位"):
        admissions.admit(application, by=secretary_general, decided_on=day, basis=BASIS, organization=former)
    Organization.objects.filter(pk=former.pk).update(credit_code="")
    memberships.join(former, by=None, on=day - timedelta(days=9))
    with pytest.raises(Refused, match="已经是会员"):
        admissions.admit(application, by=secretary_general, decided_on=day, basis=BASIS, organization=former)


def test_a_unit_not_offered_cannot_be_chosen(standard, secretary_general, as_user, other_unit):
    application = passed(secretary_general)
    answer = take(as_user(secretary_general), application, "admit", organization=other_unit.pk)
    assert answer.status_code == 303
    assert fresh(application).organization_id != other_unit.pk


def test_a_unit_that_left_joins_anew(standard, secretary_general, treasurer):
    left = make_organization("演示退会单位", people=False, left=localdate() - timedelta(days=40))
    application = passed(secretary_general, name=left.name, credit_code=left.credit_code)
    admissions.admit(
        application, by=secretary_general, decided_on=localdate(), basis=BASIS, organization=left
    )
    bill = fresh(application).bill
    payments.confirm(bill, by=treasurer, amount=bill.amount, paid_on=localdate(), reference="A1")
    assert (left.memberships.count(), fresh(application).state) == (2, "member")
