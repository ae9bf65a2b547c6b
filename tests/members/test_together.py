"""A unit's timeline: everything done, told and reminded of, as far as the reader may know; and a year in figures."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.notices import notify
from association.models import Activity
from members import together, value
from members.domain import memberships, organizations, reminders
from members.models import Bill, Certificate
from tests.factories import make_organization, make_user
from tests.factories.owed import owed


@verb
def done(kind, sentence, *subjects):
    return record(kind, *subjects, by=None, sentence=sentence)


@pytest.fixture
def unit(db):
    return make_organization("演示往来公司", people=False)


@pytest.fixture
def manager(unit):
    return make_user("王管理", "manager@test.cn", organization=unit, duty="manager")


@pytest.fixture
def liaison(unit):
    return make_user("钱联络", "liaison@test.cn", organization=unit)


@pytest.fixture
def history(unit, manager, liaison, settings):
    bill = owed(unit, due_on=localdate() - timedelta(days=1))
    done("members.bill.issued", "出具账单", unit, bill)
    done("members.case.filed", "提出退会", unit)
    organizations.add_name(unit, by=None, kind="short", name="往来")
    notify(
        [manager, liaison], "members.profile_change_decided", about=unit, organization=unit.name, results=[]
    )
    reminders.send_due()
    return bill


def lines(user, unit, group=""):
    return [item.sentence for item in together.items(together.of_unit(user, unit, group))]


TOLD = "通知：资料变更已审核：演示往来公司，已送达 2 人"


def reminded(bill):
    return f"会费提醒：{bill.title}（{bill.number}）逾期 1 天，通知 2 人"


def test_staff_see_what_was_done_told_and_reminded_of_newest_first(history, unit, treasurer, secretary):
    for person in (treasurer, secretary):
        found = lines(person, unit)
        assert found[:5] == [reminded(history), TOLD, "登记简称“往来”", "提出退会", "出具账单"]
        assert found[-1] == "新建单位“演示往来公司”"
        assert lines(person, unit, "dues") == [reminded(history), "出具账单"]
        assert lines(person, unit, "notices") == [reminded(history), TOLD]
        assert lines(person, unit, "membership")[0] == "提出退会"
        assert "登记简称“往来”" in lines(person, unit, "profile")
        assert "提出退会" not in lines(person, unit, "profile")


def test_a_unit_s_people_see_their_own_and_dues_and_cases_by_right(history, unit, manager, liaison):
    assert lines(manager, unit)[:4] == [reminded(history), "登记简称“往来”", "提出退会", "出具账单"]
    assert lines(liaison, unit)[0] == "登记简称“往来”"
    assert {"出具账单", "提出退会", reminded(history)}.isdisjoint(lines(liaison, unit))
    assert [lines(person, unit, "notices") for person in (manager, liaison)] == [[reminded(history)], []]
    assert (list(together.groups_for(manager, unit)), list(together.groups_for(liaison, unit))) == (
        ["profile", "dues", "membership", "events"], ["profile", "membership", "events"],
    )  # fmt: skip


def test_the_president_sees_no_bill_of_a_unit_anywhere(history, unit, president, as_user):
    assert {"出具账单", reminded(history)}.isdisjoint(lines(president, unit))
    pages = [reverse(f"members:{name}", args=[unit.pk]) for name in ("organization", "organization_timeline")]
    assert ["出具账单" in as_user(president).get(page).content.decode() for page in pages] == [False, False]


def test_the_changes_behind_a_hidden_line_are_hidden_too(history, unit, as_user, treasurer, liaison, manager):
    activity = Activity.objects.get(kind="members.bill.issued")
    address = reverse("association:changes", args=[activity.pk, content_type(unit), unit.pk])
    assert [as_user(p).get(address).status_code for p in (treasurer, manager, liaison)] == [200, 200, 404]


def content_type(unit):
    return Activity.objects.about(unit).first().subjects.get(object_id=unit.pk).content_type_id


def test_a_notice_to_somebody_else_or_of_another_unit_is_no_line(unit, manager, secretary, other_unit):
    notify(
        [secretary], "members.profile_change_filed", about=unit, organization="甲", fields="乙", person="丙"
    )
    notify([manager], "members.profile_change_decided", about=other_unit, organization="别家", results=[])
    assert lines(secretary, unit, "notices") == []


def test_the_page_filters_by_kind_and_takes_any_word(history, unit, as_user, treasurer):
    client, address = as_user(treasurer), reverse("members:organization_timeline", args=[unit.pk])
    page = client.get(address, {"kind": "dues"}).content.decode()
    assert ("出具账单" in page, "登记简称" in page) == (True, False)
    assert "登记简称" in client.get(address, {"kind": "x"}).content.decode()


def test_the_timeline_costs_the_same_for_few_and_for_many(
    history, unit, manager, liaison, as_user, treasurer, queries
):
    address = reverse("members:organization_timeline", args=[unit.pk])

    def cost():
        client = as_user(treasurer)
        client.get(address)
        with queries() as captured:
            client.get(address)
        return len(captured)

    few = cost()
    for n in range(12):
        done("members.organization.updated", f"改 {n}", unit)
        notify(
            [manager], "members.invitation_accepted", about=unit, person=f"{n}", unit="x", organization="x"
        )
    assert cost() == few <= 20


def test_a_later_app_can_add_its_own(unit, secretary, monkeypatch):
    monkeypatch.setattr(together, "_parts", list(together._parts))
    done("events.registration.made", "报名参加沙龙", unit)
    together.kinds("membership", "events.")
    assert lines(secretary, unit, "membership")[0] == "报名参加沙龙"
    assert "报名参加沙龙" not in lines(secretary, unit, "profile")


# --- a year in figures ----------------------------------------------------------------------------------------------


def year_of(user, unit, year):
    return {line.label: (line.number, line.text) for line in value.lines_for(user, unit, year)}


@time_machine.travel(date(2024, 3, 1), tick=False)
def test_the_lines_of_a_year(db, treasurer):
    unit = make_organization("演示小结公司", people=False)
    manager = make_user("王管理", "manager@test.cn", organization=unit, duty="manager")
    notify([manager, treasurer], "members.profile_change_decided", about=unit, organization="甲", results=[])
    bill = owed(unit, due_on=date(2024, 3, 31))
    Bill.objects.filter(pk=bill.pk).update(waived=100_000)
    Certificate.objects.create(
        organization=unit, number="A-01", token="t", name=unit.name, member_number="A", grade=90,
        issued_on=date(2022, 2, 1), valid_until=date(2027, 1, 31),
    )  # fmt: skip
    found = year_of(manager, unit, 2024)
    assert list(found) == ["会员天数", "协会通知", "资料完整度", "已缴会费", "会员证"]
    # January, the leap February, and today.
    assert found["会员天数"] == ("61 天", "自2022年1月26日入会，会员单位")
    assert found["协会通知"][0] == "1 条"
    assert found["已缴会费"] == ("¥0.00", "应缴 ¥5,000.00，减免 ¥1,000.00，尚欠 ¥4,000.00")
    assert found["会员证"] == ("A-01", "2022年2月1日签发，有效期至2027年1月31日")
    assert year_of(manager, unit, 2023) == {
        "会员天数": ("365 天", "自2022年1月26日入会，会员单位"),
        "协会通知": ("0 条", "发给本单位联系人的站内通知"),
        "会员证": found["会员证"],
    }
    assert year_of(manager, unit, 2022)["会员天数"][0] == "340 天"


def test_days_of_a_unit_that_left_and_came_back(db):
    unit = make_organization("演示往返公司", joined=date(2022, 1, 26), left=date(2022, 2, 1), people=False)
    memberships.join(unit, by=None, on=date(2022, 12, 31), basis="重新入会")
    assert value.membership_days(unit, 2022).number == "7 天"
    assert value.years_of(unit)[-1] == 2022


def test_who_may_not_see_dues_reads_no_sum(unit, liaison, as_user):
    owed(unit, due_on=localdate(), year=localdate().year)
    page = as_user(liaison).get(reverse("members:organization_value", args=[unit.pk])).content.decode()
    assert ("会员天数" in page, "¥" in page) == (True, False)


@pytest.mark.parametrize(
    ("year", "status"), [("", 200), ("2022", 200), ("2021", 404), ("x", 404), ("２０２２", 404)]
)
def test_only_years_of_membership_have_a_page(unit, as_user, secretary, year, status):
    address = reverse("members:organization_value", args=[unit.pk])
    assert as_user(secretary).get(address, {"year": year}).status_code == status


def test_before_joining_there_is_nothing_to_sum_up(as_user, secretary, db):
    unit = make_organization("演示未入会", joined=None, people=False)
    page = as_user(secretary).get(reverse("members:organization_value", args=[unit.pk])).content.decode()
    assert "还没有可以小结的年度" in page
