"""Deemed withdrawal: the job lists, people urge three times, publish, and the council confirms; paying ends it."""

from datetime import date

import pytest
from django.urls import reverse

from association.choices import Channel
from association.desk import desk
from association.errors import Refused
from association.models import Activity, Delivery, Notice
from association.schedule import SCHEDULE
from members import permissions
from members.domain import cases, contacts, hearings, payments
from members.models import ExitCase, Organization, PaymentSlip
from tests.factories import make_organization, make_user
from tests.factories.dues import make_standard
from tests.factories.exits import (
    days,
    decided,
    deemed,
    fresh,
    make_bill,
    published,
    today,
    urged,
    wait,
    withdrawal,
)
from tests.races import at_once

pytestmark = pytest.mark.django_db


def url(name, record):
    return reverse(f"members:{name}", args=[record.pk])


def told(person):
    return list(Notice.objects.filter(recipient=person).order_by("pk").values_list("kind", flat=True))


def kinds(case):
    return list(case.steps.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def manager(park_unit):
    return make_user("郑管理", "manager@test.cn", organization=park_unit, duty="manager")


@pytest.fixture
def case(park_unit):
    return deemed(park_unit)


# --- the job ------------------------------------------------------------------------------------------------


def test_the_job_lists_and_throws_nobody_out(secretary, member, park_unit):
    case = deemed(park_unit)
    assert (case.kind, case.state, case.filed_by, case.urged) == ("deemed", "filed", None, 0)
    assert case.reason.endswith("逾期已满 12 个月。")
    assert park_unit.memberships.get().left_on is None
    assert (told(secretary), told(member)) == (["members.case_arrears"], [])
    assert [a.by for a in Activity.objects.about(case)] == [None]


def test_run_again_or_months_later_it_opens_nothing_twice_and_takes_no_step(secretary, park_unit, case):
    assert cases.find_arrears() == 0
    wait(case, 400)
    assert cases.find_arrears() == 0
    assert (fresh(case).state, kinds(case), told(secretary)) == ("filed", ["filed"], ["members.case_arrears"])


@pytest.mark.parametrize(("months", "opened"), [(11, 0), (12, 1), (30, 1)])
def test_the_standard_says_how_many_months(park_unit, months, opened):
    make_bill(park_unit, months=months)
    assert cases.find_arrears() == opened


def test_another_standard_says_two_years(park_unit):
    standard = make_standard(arrears_months=24)
    make_bill(park_unit, months=23, standard=standard)
    assert cases.find_arrears() == 0
    make_bill(park_unit, year=2022, months=24, standard=standard)
    assert cases.find_arrears() == 1


def test_months_are_counted_back_to_the_last_day_of_a_short_one():
    assert [cases.months_before(date(2024, 2, 29), n) for n in (1, 12, 24)] == [
        date(2024, 1, 29), date(2023, 2, 28), date(2022, 2, 28),
    ]  # fmt: skip
    assert cases.months_before(date(2023, 3, 31), 1) == date(2023, 2, 28)


def test_who_has_left_paid_sent_a_slip_or_a_case_open_is_not_listed(
    manager, secretary, park_unit, other_unit
):
    gone = make_organization("已退", left=today())
    make_bill(gone)
    bill = make_bill(other_unit)
    PaymentSlip.objects.create(bill=bill, amount=1, paid_on=today(), payer_name="x", filed_by=secretary)
    make_bill(park_unit)
    withdrawal(park_unit, manager)
    assert cases.find_arrears() == 0


def test_what_was_closed_is_not_opened_again_for_the_same_bills(secretary, park_unit, case):
    cases.close(case, by=secretary, reason="会费减免正在审批")
    assert cases.find_arrears() == 0
    make_bill(park_unit, year=2022, months=25)
    assert cases.find_arrears() == 1


def test_the_job_stands_in_the_schedule():
    assert "members.find_arrears" in [e.get("kwargs", {}).get("name") for e in SCHEDULE.values()]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_open_one_case_and_tell_once(secretary):
    make_bill(make_organization("单位", people=False))
    at_once(*[cases.find_arrears] * 2)
    assert (ExitCase.objects.count(), told(secretary)) == (1, ["members.case_arrears"])


# --- urging -------------------------------------------------------------------------------------------------


def test_urging_tells_everybody_with_a_duty_and_keeps_the_letter(
    case, secretary, member, manager, park_unit, as_user
):
    contacts.add_contact(park_unit, by=None, duty="finance", name="无账号", email="nobody@unit.cn")
    client = as_user(secretary)
    page = client.get(url("case_urge", case))
    text = page.context["form"].initial["text"]
    assert "合计 ¥5,000.00（人民币伍仟元整）" in text
    for _ in range(2):
        assert client.post(url("case_urge", case), {"text": text, "number": 1}).status_code == 303
    case = fresh(case)
    assert (case.state, case.urged, case.due_on) == ("urging", 1, days(30))
    assert kinds(case) == ["filed", "urged"]
    assert [told(p) for p in (member, manager)] == [["members.case_urged"]] * 2
    letter = Delivery.objects.get(address="nobody@unit.cn", channel=Channel.EMAIL)
    assert letter.subject.endswith("会费第 1 次催告：演示运营公司01")
    assert "合计 ¥5,000.00" in letter.text
    assert [t.title for t in desk.todos_for(manager) if "逾期" in t.title] == [
        "演示运营公司01：会费逾期满期，请尽快缴清"
    ]


def test_the_letter_is_printed_with_number_date_and_place_for_the_seal(
    case, secretary, manager, stranger, as_user
):
    hearings.urge(case, by=secretary, text="催告正文", number=1)
    address = reverse("members:case_letter", args=[case.pk, case.steps.get(kind="urged").pk])
    for person in (secretary, manager):
        text = as_user(person).get(address).content.decode()
        assert [w in text for w in ("会费催告函", f"{case.number}-02", "催告正文", "（盖章）")] == [True] * 4
    assert as_user(stranger).get(address).status_code == 404
    filed = reverse("members:case_letter", args=[case.pk, case.steps.get(kind="filed").pk])
    assert as_user(secretary).get(filed).status_code == 404


def test_thirty_days_lie_between_and_three_are_enough(case, secretary, as_user):
    urge = lambda number: hearings.urge(fresh(case), by=secretary, text="正文", number=number)
    urge(1)
    wait(case, 29)
    with pytest.raises(Refused, match="期限未满"):
        urge(2)
    assert as_user(secretary).get(url("case_urge", case)).status_code == 409
    wait(case, 1)
    urge(2)
    wait(case, 30)
    with pytest.raises(Refused, match="已催告 2 次"):
        urge(4)
    urge(3)
    wait(case, 30)
    with pytest.raises(Refused, match="已催告 3 次"):
        urge(4)


def test_who_urges(case, manager, treasurer, president, secretary_general, as_user):
    got = [as_user(p).get(url("case_urge", case)).status_code for p in (None, manager, treasurer, president)]
    assert got == [302, 404, 403, 403]
    assert as_user(secretary_general).get(url("case_urge", case)).status_code == 200


def test_who_has_paid_meanwhile_is_not_urged(case, secretary, park_unit):
    park_unit.bills.update(due_on=days(10))
    with pytest.raises(Refused, match="没有逾期的会费"):
        hearings.urge(case, by=secretary, text="正文", number=1)


def test_a_withdrawal_is_not_urged(manager, secretary, park_unit):
    with pytest.raises(Refused, match="才催告"):
        hearings.urge(withdrawal(park_unit, manager), by=secretary, text="正文", number=1)


# --- publication --------------------------------------------------------------------------------------------


def test_published_after_the_third_urging_for_fifteen_days(case, secretary, member, park_unit):
    for times in (1, 2):
        urged(case, secretary, times=times)
        with pytest.raises(Refused, match="催告满 3 次"):
            hearings.publish(fresh(case), by=secretary, text="公示")
    case = published(case, secretary)
    assert (case.state, case.due_on) == ("published", days(16))
    assert hearings.publish(case, by=secretary, text="再公示") == case
    assert kinds(case) == ["filed", "urged", "urged", "urged", "published"]
    with pytest.raises(Refused, match="期限未满"):
        cases.to_council(wait(case, 15), by=secretary)
    assert cases.to_council(wait(case, 1), by=secretary).state == "council"
    assert told(member)[-1] == "members.case_published"


def test_members_read_it_and_object(case, secretary, other_member, stranger, park_unit, as_user):
    case = published(case, secretary)
    client = as_user(other_member)
    text = client.get(reverse("members:cases_published")).content.decode()
    assert ["演示运营公司01" in text, "公示正文" in text, "5,000" in text] == [True, True, False]
    assert as_user(stranger).get(reverse("members:cases_published")).status_code == 403
    assert client.get(url("case", case)).status_code == 404
    for _ in range(2):
        assert client.post(url("case_object", case), {"text": "已汇款，请核对"}).status_code == 303
    step = case.steps.get(kind="objection")
    assert (step.text, step.by) == ("已汇款，请核对", other_member)
    assert told(secretary)[-1] == "members.case_words"
    assert "已汇款，请核对" in as_user(secretary).get(url("case", case)).content.decode()


def test_the_unit_does_not_read_who_objected(case, manager, secretary, other_member, as_user):
    case = published(case, secretary)
    hearings.object_to(case, by=other_member, text="不同意视为退会")
    assert "不同意视为退会" not in as_user(manager).get(url("case", case)).content.decode()


def test_objections_end_with_the_publication(case, secretary, other_member, stranger, as_user):
    case = published(case, secretary)
    with pytest.raises(Refused, match="由会员单位的人提出"):
        hearings.object_to(case, by=stranger, text="x")
    case = cases.to_council(wait(case, 16), by=secretary)
    with pytest.raises(Refused, match="不能再提异议"):
        hearings.object_to(case, by=other_member, text="x")
    assert as_user(other_member).get(url("case_object", case)).status_code == 404


def test_the_menu_shows_the_publication_while_there_is_one(case, secretary, other_member):
    def entries():
        return [e["label"] for g in desk.menu_for(other_member, "/today/") for e in g["entries"]]

    assert "退会公示" not in entries()
    published(case, secretary)
    from django.core.cache import cache  # noqa: PLC0415

    cache.clear()
    assert "退会公示" in entries()


# --- the council --------------------------------------------------------------------------------------------


def test_the_council_confirms_and_past_days_stay_as_they_were(case, secretary, secretary_general, park_unit):
    before = [list(Organization.objects.members_on(day)) for day in (days(-400), days(-1))]
    case = cases.to_council(wait(published(case, secretary), 16), by=secretary)
    with pytest.raises(Refused, match="理事会最早在"):
        decided(wait(case, 0), secretary_general, decided_on=days(-1))
    case = decided(case, secretary_general)
    assert (case.state, park_unit.memberships.get().leave_reason) == ("done", "deemed")
    assert [list(Organization.objects.members_on(day)) for day in (days(-400), days(-1))] == before
    assert list(Organization.objects.members_on(today())) == []


# --- paying -------------------------------------------------------------------------------------------------


def pay(unit, by, amount=500_000):
    return payments.confirm(unit.bills.get(), by=by, amount=amount, paid_on=today(), reference=str(amount))


@pytest.mark.parametrize("stage", ["filed", "urging", "published", "council"])
def test_paying_everything_at_any_moment_ends_the_case(case, secretary, treasurer, member, park_unit, stage):
    if stage == "urging":
        urged(case, secretary, times=2)
    elif stage != "filed":
        case = published(case, secretary)
        if stage == "council":
            cases.to_council(wait(case, 16), by=secretary)
    assert fresh(case).state == stage
    pay(park_unit, treasurer)
    case = fresh(case)
    assert (case.state, case.outcome) == ("closed", "逾期会费已结清，事项终结")
    assert (kinds(case)[-1], told(member)[-1:]) == (
        "closed",
        ["members.case_closed"] if stage != "filed" else [],
    )
    assert cases.settle_if_paid(park_unit, by=treasurer) is None


def test_paying_a_part_or_one_of_two_ends_nothing(case, treasurer, park_unit):
    pay(park_unit, treasurer, 100_000)
    assert fresh(case).is_open
    make_bill(park_unit, year=2022, months=25)
    payments.confirm(
        park_unit.bills.get(year=2023), by=treasurer, amount=400_000, paid_on=today(), reference="2"
    )
    assert fresh(case).is_open


def test_paying_ends_no_other_kind_of_case(manager, treasurer, park_unit):
    make_bill(park_unit, months=2)
    case = withdrawal(park_unit, manager)
    pay(park_unit, treasurer)
    assert fresh(case).is_open


@pytest.mark.django_db(transaction=True)
def test_a_payment_and_the_councils_word_at_once(secretary, secretary_general, treasurer):
    unit = make_organization("单位", people=False)
    case = cases.to_council(wait(published(deemed(unit), secretary), 16), by=secretary)
    at_once(lambda: pay(unit, treasurer), lambda: decided(case, secretary_general))
    assert (fresh(case).state, unit.memberships.get().left_on) in [("closed", None), ("done", today())]


# --- what staff only weigh ----------------------------------------------------------------------------------


def test_the_unit_knows_nothing_of_what_was_only_listed(case, manager, secretary, park_unit, as_user):
    client = as_user(manager)
    assert client.get(url("case", case)).status_code == 404
    assert case.number not in client.get(url("organization_membership", park_unit)).content.decode()
    assert case.number not in client.get(url("organization_timeline", park_unit)).content.decode()
    urged(case, secretary, times=1)
    assert client.get(url("case", case)).status_code == 200
    assert case.number in client.get(url("organization_membership", park_unit)).content.decode()


# --- closing, statements ------------------------------------------------------------------------------------


def test_the_secretariat_closes_with_a_reason(case, secretary, member, as_user):
    client = as_user(secretary)
    assert client.post(url("case_close", case), {"reason": ""}).status_code == 422
    assert [client.post(url("case_close", case), {"reason": "已批准缓缴"}).status_code for _ in range(2)] == [
        303,
        303,
    ]
    assert (fresh(case).state, fresh(case).outcome) == ("closed", "已批准缓缴")
    # It had not been told of the case.
    assert told(member) == []


def test_the_unit_is_told_of_the_closing_of_what_it_knew(case, secretary, member):
    cases.close(urged(case, secretary, times=1), by=secretary, reason="已批准缓缴")
    assert told(member) == ["members.case_urged", "members.case_closed"]


def test_the_unit_explains_itself(case, manager, member, secretary, as_user):
    case = urged(case, secretary, times=1)
    assert as_user(manager).post(url("case_state", case), {"text": "经营困难，申请缓缴"}).status_code == 303
    assert case.steps.get(kind="statement").text == "经营困难，申请缓缴"
    # A liaison does not speak for the unit, and has no file to open.
    assert as_user(member).post(url("case_state", case), {"text": "x"}).status_code == 404


def test_arrears_alone_take_no_vote_away(case, park_unit):
    assert permissions.has_voting_rights(park_unit, today())
