"""Reminders of what a unit owes: whom they reach, once, and what stands in them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from association import tasks
from association.choices import Channel
from association.models import Delivery, Job, Notice, User
from association.schedule import SCHEDULE
from members.choices import FiledState
from members.domain import contacts, reminders
from members.domain.reminder_plan import DUE_SOON, OVERDUE
from members.models import Bill, BillReminder, Payment, PaymentSlip, Waiver
from tests.factories import FOUNDED, make_organization, make_user
from tests.factories.owed import owed
from tests.races import at_once

DUE = date(2026, 3, 31)


def on(day):
    """That morning in Peking."""
    return time_machine.travel(datetime(day.year, day.month, day.day, 0, 10, tzinfo=UTC), tick=False)


def send(day) -> int:
    with on(day):
        return reminders.send_due()


@pytest.fixture
def unit(db):
    return make_organization("演示欠费公司", people=False)


@pytest.fixture
def manager(unit):
    return make_user("王管理", "manager@test.cn", organization=unit, duty="manager")


@pytest.fixture
def bill(unit):
    return owed(unit, due_on=DUE)


def sent():
    return list(BillReminder.objects.order_by("pk").values_list("offset", flat=True))


# --- whom and what --------------------------------------------------------------------------------------------------


def test_manager_finance_and_liaison_with_accounts_are_told_once_each(unit, manager, bill):
    finance = make_user("赵财务", "finance@test.cn", organization=unit, duty="finance")
    liaison = make_user("钱联络", "liaison@test.cn", organization=unit)
    contacts.assign_duty(unit, finance.contact, by=None, duty="clerk")
    make_user("孙代表", "head@test.cn", organization=unit, duty="representative")
    contacts.assign_duty(unit, manager.contact, by=None, duty="reporter")
    assert send(date(2026, 3, 24)) == 1
    notices = Notice.objects.filter(kind=DUE_SOON).order_by("recipient_id")
    assert [n.recipient for n in notices] == [manager, finance, liaison]
    notice = notices[0]
    assert (notice.kind, notice.about) == (DUE_SOON, bill)
    bill_page, unit_page = bill.get_absolute_url(), f"/members/{unit.pk}/"
    assert [n.url for n in notices] == [bill_page, bill_page, unit_page]
    assert notice.title == "2026年度会费还有 7 天到期：演示欠费公司"
    assert "应缴 ¥5,000.00，缴费期限是2026年3月31日" in notice.body
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email"}
    row = BillReminder.objects.get()
    assert (row.offset, row.people, row.outsiders, row.key) == (-7, 3, 0, notice.key)


def test_overdue_also_goes_out_as_a_text_message(unit, manager, bill):
    User.objects.filter(pk=manager.pk).update(mobile="13800000001", mobile_verified_at=timezone.now())
    send(date(2026, 4, 30))
    assert Notice.objects.get().title == "2026年度会费已逾期 30 天：演示欠费公司"
    message = Delivery.objects.get(channel=Channel.SMS)
    assert message.text == (
        "【北京文化园区协会】演示欠费公司的2026年度会费已逾期30天，尚欠¥5,000.00，请尽快缴纳，已缴请忽略。"
    )


def test_whoever_pays_without_an_account_is_written_to_once_a_key(unit, bill):
    for duty, name, mobile, email in (
        ("finance", "李会计", "19900000001", "li@unit.cn"),
        ("manager", "周管理", "19900000002", ""),
        ("liaison", "吴联络", "", "LI@unit.cn"),
    ):
        contacts.add_contact(unit, by=None, since=FOUNDED, duty=duty, name=name, mobile=mobile, email=email)
    for _ in range(2):
        send(date(2026, 4, 1))
    assert Notice.objects.count() == 0
    letters = Delivery.objects.order_by("channel", "pk")
    assert [(d.channel, d.address, d.user, d.kind) for d in letters] == [
        ("email", "li@unit.cn", None, OVERDUE), ("sms", "19900000001", None, OVERDUE),
    ]  # fmt: skip
    assert letters[0].text.startswith("李会计，您好：")
    assert "还没有协会系统的账号" in letters[0].text
    assert "http" not in letters[0].text
    row = BillReminder.objects.get()
    assert (row.people, row.outsiders, row.key) == (0, 2, letters[0].key)


def test_a_closed_account_and_an_ended_duty_hear_nothing(unit, manager, bill):
    gone = make_user("郑前任", "gone@test.cn", organization=unit, duty="finance")
    role = gone.contact.roles.get()
    contacts.end_duty(role, by=None, until=date(2026, 1, 1))
    Delivery.objects.all().delete()
    Notice.objects.all().delete()
    User.objects.filter(pk=manager.pk).update(is_active=False)
    assert send(date(2026, 4, 1)) == 1
    assert (Notice.objects.count(), Delivery.objects.count()) == (0, 0)
    # That nobody could be reached is a fact, too: it stands in the list of what went out.
    assert BillReminder.objects.get().people == 0


# --- nothing for what is settled ------------------------------------------------------------------------------------


def _settle(bill, how, person):
    if how == "paid":
        Payment.objects.create(bill=bill, amount=bill.amount, paid_on=DUE, confirmed_by=person)
    elif how == "void":
        Bill.objects.filter(pk=bill.pk).update(voided_at=timezone.now(), void_reason="重复")
    elif how == "waived":
        Bill.objects.filter(pk=bill.pk).update(waived=bill.amount)
    elif how == "slip":
        PaymentSlip.objects.create(bill=bill, amount=1, paid_on=DUE, payer_name="甲", filed_by=person)
    elif how == "waiver":
        Waiver.objects.create(bill=bill, reason="困难", filed_by=person)


@pytest.mark.parametrize("how", ["paid", "void", "waived", "slip", "waiver"])
def test_none_of_overdue_payment_for_what_is_settled_or_looked_at(bill, manager, how):
    _settle(bill, how, manager)
    assert [send(DUE + timedelta(days=n)) for n in (1, 30, 90, 200)] == [0, 0, 0, 0]
    assert Notice.objects.count() == 0


def test_before_the_due_date_a_slip_holds_nothing_back(bill, manager):
    _settle(bill, "slip", manager)
    assert send(date(2026, 3, 1)) == 1


def test_a_rejected_slip_lets_the_reminder_go_out(bill, manager):
    _settle(bill, "slip", manager)
    assert send(date(2026, 4, 1)) == 0
    PaymentSlip.objects.update(
        state=FiledState.REJECTED, reason="金额不符", settled_by=manager, settled_at=timezone.now()
    )
    assert (send(date(2026, 4, 3)), sent()) == (1, [1])


def test_what_is_left_of_a_bill_is_asked_for(bill, manager):
    Payment.objects.create(bill=bill, amount=200_000, paid_on=DUE, confirmed_by=manager)
    send(date(2026, 4, 1))
    assert "尚欠 ¥3,000.00" in Notice.objects.get().body


# --- once -----------------------------------------------------------------------------------------------------------


def test_every_day_of_a_year_sends_five_and_each_once(bill, manager):
    days = [DUE - timedelta(days=40) + timedelta(days=n) for n in range(200)]
    counts = {day.isoformat(): number for day in days for _ in range(2) if (number := send(day))}
    assert counts == dict.fromkeys(
        ["2026-03-01", "2026-03-24", "2026-04-01", "2026-04-30", "2026-06-29"], 1
    )  # fmt: skip
    assert Notice.objects.values("key").distinct().count() == Notice.objects.count() == 5


def test_after_missed_days_one_goes_out_and_not_three(bill, manager):
    assert [send(date(2026, 7, 9)), send(date(2026, 7, 10))] == [1, 0]
    assert sent() == [90]
    assert "已逾期 100 天" in Notice.objects.get().title


def test_over_the_end_of_a_year_and_the_leap_day(unit, manager):
    owed(unit, due_on=date(2027, 1, 15), year=2027)
    assert [send(date(2026, 12, 16)), send(date(2027, 1, 8)), send(date(2027, 1, 16))] == [1, 1, 1]
    owed(unit, due_on=date(2028, 3, 30), year=2028)
    assert [send(date(2028, 2, 28)), send(date(2028, 2, 29)), send(date(2028, 3, 1))] == [1, 1, 0]
    # On the 28th it was the first one's turn: three hundred days are behind it and it had had one day only.
    assert sent() == [-30, -7, 1, 90, -30]


def test_a_later_due_date_is_asked_for_anew(bill, manager):
    send(date(2026, 3, 24))
    Bill.objects.update(due_on=date(2026, 4, 20))
    assert [send(date(2026, 4, 1)), send(date(2026, 4, 13))] == [1, 1]
    assert sent() == [-7, -30, -7]


def test_what_is_foretold_is_what_is_sent(unit, manager, other_unit):
    owed(unit, due_on=DUE)
    owed(other_unit, due_on=date(2026, 4, 10))
    owed(unit, due_on=date(2026, 2, 1), year=2025)
    first, days = date(2026, 3, 1), 30
    foretold = reminders.upcoming(first, first + timedelta(days=days))
    went = []
    for n in range(days + 1):
        send(first + timedelta(days=n))
    went = [
        (timezone.localdate(r.sent_at), r.offset, r.bill_id, r.due_on) for r in BillReminder.objects.all()
    ]
    assert sorted(went) == [(r.day, r.offset, r.bill, r.due_on) for r in foretold]
    assert len(foretold) == 5


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_send_once(monkeypatch):
    monkeypatch.setattr(reminders, "CHUNK", 2)
    for n in range(5):
        unit = make_organization(f"演示欠费{n}", people=False)
        make_user(f"王{n}", f"m{n}@test.cn", organization=unit, duty="manager")
        contacts.add_contact(
            unit, by=None, since=FOUNDED, duty="finance", name=f"李{n}", email=f"f{n}@unit.cn"
        )
        owed(unit, due_on=DUE)
    with on(date(2026, 4, 1)):
        assert sum(at_once(reminders.send_due, reminders.send_due)) == 5
    assert (BillReminder.objects.count(), Notice.objects.count(), Delivery.objects.count()) == (5, 5, 10)


def test_the_job_is_queued_once_a_day_and_a_cut_one_is_taken_up(bill, manager, run_jobs, monkeypatch):
    entry = SCHEDULE["会费提醒"]
    other = make_organization("演示另一欠费", people=False)
    owed(other, due_on=DUE)
    monkeypatch.setattr(reminders, "CHUNK", 1)
    real, calls = reminders.notify_each, []

    def dies(tellings, kind, **options):
        calls.append(kind)
        if len(calls) == 4:
            raise RuntimeError
        return real(tellings, kind, **options)

    monkeypatch.setattr(reminders, "notify_each", dies)
    with on(date(2026, 4, 1)) as clock:
        for _ in range(2):
            tasks.enqueue(**entry["kwargs"])
        run_jobs()
        assert BillReminder.objects.count() == 1
        clock.shift(timedelta(minutes=1))
        run_jobs()
    assert (BillReminder.objects.count(), Job.objects.filter(state="done").count()) == (2, 1)
    assert Notice.objects.count() == 1


def test_a_hundred_cost_as_many_queries_as_one(db, queries):
    def cost(number):
        for n in range(number):
            unit = make_organization(f"演示{number}-{n}", people=False)
            make_user(f"王{n}", f"m{number}-{n}@test.cn", organization=unit, duty="manager")
            contacts.add_contact(
                unit, by=None, since=FOUNDED, duty="finance", name="李", email=f"f{number}-{n}@unit.cn"
            )
            owed(unit, due_on=DUE)
        with queries() as captured:
            assert send(date(2026, 4, 1)) == number
        return len(captured)

    assert cost(1) == cost(8) <= 22


def test_the_application_may_not_rewrite_what_went_out(db):
    """Asked of the model; `association.grants` makes it so."""
    assert BillReminder.append_only


def test_the_records_are_in_order_afterwards(bill, manager, capsys):
    send(date(2026, 4, 1))
    call_command("verify_integrity")
    assert connection.is_usable()
