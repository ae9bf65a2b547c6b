"""What time does to applications: reminders once, the end only after them, and of the unpaid only with a word."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association import desk, jobs
from association.errors import Refused
from association.models import Delivery, Notice
from association.schedule import SCHEDULE
from members.domain import admissions, application_deadlines, drafts, payments
from members.domain import applications as domain
from members.integrity import applications as invariants
from members.models import Application, ApplicationReminder, Bill, Membership, PaymentSlip
from tests.factories import make_user
from tests.factories.applications import ADDRESS, BASIS, admitted, filed, passed
from tests.factories.dues import make_standard
from tests.races import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def mending(secretary):
    return domain.ask_to_mend(filed(), by=secretary, missing=["申请书缺公章"])


@pytest.fixture
def unpaid(secretary_general):
    make_standard(2022)
    return admitted(secretary_general)


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def on_day(days):
    application_deadlines.run_daily(localdate() + timedelta(days=days))


def letters(kind):
    return Delivery.objects.filter(address=ADDRESS, kind=f"members.application_{kind}").count()


def let_pass(application, days):
    """Let the bill be issued so many days ago."""
    bill = application.bill
    day = localdate() - timedelta(days=days)
    type(bill).objects.filter(pk=bill.pk).update(issued_on=day, due_on=day + timedelta(days=30))
    Application.objects.filter(pk=application.pk).update(due_on=day + timedelta(days=30))


# --- not mended -----------------------------------------------------------------------------------------------


def test_three_days_before_the_end_the_applicant_is_reminded_once(mending):
    on_day(11)
    assert letters("mending_ends") == 0
    for day in (12, 12, 13, 15):
        on_day(day)
    assert (letters("mending_ends"), ApplicationReminder.objects.count(), fresh(mending).state) == (
        1,
        1,
        "mending",
    )


def test_the_day_after_the_last_it_expires(mending):
    for day in range(12, 17):
        on_day(day)
    kept = fresh(mending)
    assert (kept.state, kept.due_on, letters("expired"), kept.ended_at is not None) == (
        "expired",
        None,
        1,
        True,
    )


def test_a_scheduler_that_was_away_first_reminds_and_then_waits(mending):
    on_day(40)
    assert (fresh(mending).state, letters("mending_ends")) == ("mending", 1)
    on_day(42)
    assert fresh(mending).state == "mending"
    on_day(43)
    assert fresh(mending).state == "expired"


def test_asked_to_mend_again_there_is_another_reminder(mending, secretary):
    on_day(12)
    drafts.submit(mending)
    again = domain.ask_to_mend(fresh(mending), by=secretary, missing=["还缺简介"])
    Application.objects.filter(pk=again.pk).update(due_on=localdate() + timedelta(days=20))
    on_day(17)
    assert letters("mending_ends") == 2


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_remind_once():
    by = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    domain.ask_to_mend(filed(), by=by, missing=["申请书缺公章"])
    results = at_once(*(lambda: on_day(13) for _ in range(2)))
    assert (results, letters("mending_ends")) == ([None, None], 1)


# --- not paid -------------------------------------------------------------------------------------------------


def test_the_unpaid_are_reminded_at_thirty_and_at_fifty_days(unpaid):
    for day in (29, 30, 31, 49, 50, 50, 51):
        on_day(day)
    assert (letters("fee_due"), letters("fee_late")) == (1, 1)


def test_at_sixty_days_nothing_ends_by_itself_and_the_secretary_general_is_asked(
    unpaid, secretary, secretary_general
):
    let_pass(unpaid, 70)
    on_day(-20)
    on_day(0)
    on_day(0)
    assert fresh(unpaid).state == "admitted"
    told = Notice.objects.filter(kind="members.application_unpaid").values_list("recipient", flat=True)
    assert list(told) == [secretary_general.pk]
    titles = [t.title for t in desk.desk.todos_for(secretary_general)]
    assert f"{unpaid.name}入会通过后满 60 天没有缴费" in titles
    assert [t.title for t in desk.desk.todos_for(secretary) if "60 天" in t.title] == []


def test_her_word_ends_it_and_the_bill_is_void(unpaid, secretary_general, as_user):
    let_pass(unpaid, 70)
    on_day(-20)
    address = reverse("members:application_expire", args=[unpaid.pk])
    assert [as_user(secretary_general).post(address).status_code for _ in range(2)] == [303, 303]
    kept = fresh(unpaid)
    assert (kept.state, kept.bill.is_void, kept.organization.membership_count, letters("expired")) == (
        "expired",
        True,
        0,
        1,
    )
    assert list(invariants.admitted_without_bill()) == []


@pytest.mark.parametrize("days", [59, 70])
def test_not_before_sixty_days_and_not_without_reminders(days, unpaid, secretary_general):
    let_pass(unpaid, days)
    if days == 59:
        on_day(-5)
    with pytest.raises(Refused, match="满 60 天"):
        application_deadlines.expire(unpaid, by=secretary_general)


def test_where_money_or_word_of_it_came_in_it_does_not_end(unpaid, secretary_general, treasurer):
    let_pass(unpaid, 70)
    on_day(-20)
    bill = unpaid.bill
    slip = PaymentSlip.objects.create(
        bill=bill, amount=bill.amount, paid_on=localdate(), payer_name="演示", filed_by=secretary_general
    )
    with pytest.raises(Refused, match="有待核对的转账凭证"):
        application_deadlines.expire(unpaid, by=secretary_general)
    PaymentSlip.objects.filter(pk=slip.pk).update(state="withdrawn", settled_at=timezone.now())
    payments.confirm(bill, by=treasurer, amount=100, paid_on=localdate(), reference="A1")
    with pytest.raises(Refused, match="已到账 ¥1"):
        application_deadlines.expire(unpaid, by=secretary_general)


def test_who_expired_applies_again_with_the_same_record(unpaid, secretary_general):
    let_pass(unpaid, 70)
    on_day(-20)
    application_deadlines.expire(unpaid, by=secretary_general)
    again = passed(secretary_general, credit_code=unpaid.credit_code)
    kept = admissions.admit(
        again,
        by=secretary_general,
        decided_on=localdate(),
        basis=BASIS,
        organization=fresh(unpaid).organization,
    )
    assert (kept.organization.applications.count(), kept.bill != unpaid.bill) == (2, True)


# --- the schedule ---------------------------------------------------------------------------------------------


def test_the_schedule_looks_every_day(mending, run_jobs):
    assert SCHEDULE["入会申请的期限"]["kwargs"] == {"name": "members.look_at_applications"}
    Application.objects.filter(pk=mending.pk).update(due_on=localdate() + timedelta(days=1))
    jobs.later("members.look_at_applications")
    run_jobs()
    assert letters("mending_ends") == 1


def test_the_invariants_hold(unpaid, treasurer):
    filed("a@test.cn")
    payments.confirm(
        unpaid.bill, by=treasurer, amount=unpaid.bill.amount, paid_on=localdate(), reference="A1"
    )
    found = [
        list(check())
        for check in (
            invariants.joined_without_membership,
            invariants.admitted_without_bill,
            invariants.filed_without_consent,
        )
    ]
    assert found == [[], [], []]


def test_the_invariants_notice(unpaid, treasurer):
    bill, name = unpaid.bill, [f"入会申请 {unpaid.number}"]
    Bill.objects.filter(pk=bill.pk).update(voided_at=timezone.now(), void_reason="误")
    assert list(invariants.admitted_without_bill()) == name
    Bill.objects.filter(pk=bill.pk).update(voided_at=None)
    payments.confirm(bill, by=treasurer, amount=bill.amount, paid_on=localdate())
    Membership.objects.filter(organization=unpaid.organization).update(
        joined_on=localdate() + timedelta(days=9)
    )
    assert list(invariants.joined_without_membership()) == name
