"""Representative and liaison in a file: corrections, take-overs, masked numbers."""

from datetime import date

import pytest
import time_machine

from association.choices import RowResult
from association.formats import mask_mobile
from association.importing import sentence_of
from members.domain import contacts
from members.models import ContactRole
from tests.factories import make_organization, next_mobile
from tests.factories.sheets import checked, new_unit, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(park_unit):
    return park_unit


def holder(unit, duty):
    return ContactRole.objects.current().get(organization=unit, duty=duty).contact


def sentences(row):
    return [sentence_of(row.number, error) for error in row.errors]


def test_same_person_gets_another_number(secretary, unit):
    liaison, mobile = holder(unit, "liaison"), next_mobile()
    row = only(secretary, {"单位名称": unit.name, "联络员": "赵 联络", "联络员手机": f"+86 {mobile}"})
    assert row.differences == [["liaison_mobile", liaison.mobile, mobile, ""]]
    assert row.operations == {
        "people": [{"duty": "liaison", "contact": liaison.pk, "fields": {"mobile": mobile}}]
    }


def test_number_without_the_name_column_is_the_present_holder_s(secretary, unit):
    row = only(secretary, {"单位名称": unit.name, "联络员手机": next_mobile()})
    assert row.operations["people"][0]["contact"] == holder(unit, "liaison").pk


def test_another_name_takes_over(secretary, unit):
    mobile = next_mobile()
    row = only(secretary, {"单位名称": unit.name, "会员代表": "周新任", "手机号": mobile, "职务": "董事长"})
    assert [d[:3] for d in row.differences] == [
        ["representative", "李代表", "周新任"],
        ["representative_mobile", holder(unit, "representative").mobile, mobile],
        ["representative_title", "", "董事长"],
    ]
    assert row.operations["people"] == [
        {
            "duty": "representative",
            "contact": None,
            "fields": {"name": "周新任", "mobile": mobile},
            "take_over": True,
            "title": "董事长",
        }
    ]


def test_new_holder_needs_a_number(secretary, unit):
    row = only(secretary, {"单位名称": unit.name, "会员代表": "周新任"})
    assert sentences(row) == ["第2行「手机号」没有填写，换人时须同时填写手机号"]


def test_namesake_at_the_unit_is_that_person(secretary, unit):
    known = contacts.add_contact(unit, by=None, duty="finance", name="周会计", mobile=next_mobile())
    row = only(secretary, {"单位名称": unit.name, "联络员": "周会计"})
    assert row.operations["people"] == [
        {"duty": "liaison", "contact": known.pk, "fields": {}, "take_over": True, "title": ""}
    ]


def test_same_number_under_another_name_is_another_person(secretary, unit):
    """Small firms share a telephone; a name is not overwritten because two people answer one number."""
    mobile = holder(unit, "liaison").mobile
    row = only(secretary, {"单位名称": unit.name, "会员代表": "周新任", "手机号": mobile})
    assert row.operations["people"][0]["contact"] is None


@pytest.mark.parametrize("header", ["手机号", "联络员手机"])
def test_masked_number_is_the_same_number(secretary, unit, header):
    duty = "representative" if header == "手机号" else "liaison"
    masked = mask_mobile(holder(unit, duty).mobile)
    assert only(secretary, {"单位名称": unit.name, header: masked}).result == RowResult.SAME
    wrong = only(secretary, {"单位名称": unit.name, header: "138****0000"})
    assert sentences(wrong) == [f"第2行「{header}」是隐去了一部分的内容，与登记的不符，请填写完整"]


def test_masked_address_is_the_same_address(secretary, unit):
    liaison = holder(unit, "liaison")
    contacts.update_contact(
        liaison, by=None, organization=unit, version=1, changes={"email": "zhao@example.cn"}
    )
    assert only(secretary, {"单位名称": unit.name, "邮箱": "z****@example.cn"}).result == RowResult.SAME


def test_masked_number_cannot_be_a_new_person_s(secretary, unit):
    masked = mask_mobile(holder(unit, "liaison").mobile)
    row = only(secretary, {"单位名称": unit.name, "联络员": "周新任", "联络员手机": masked})
    assert sentences(row)[0] == "第2行「联络员手机」是隐去了一部分的内容，换人时请填写完整"
    assert only(secretary, new_unit(手机号="138****0000")).result == RowResult.ERROR


def test_holder_of_the_file_s_own_day(secretary, unit):
    """A roster of March names the representative of March; a number corrected there is his, not his successor's."""
    former = holder(unit, "representative")
    with time_machine.travel("2022-06-01 10:00+08:00"):
        contacts.add_contact(unit, by=None, duty="representative", name="周新任", mobile=next_mobile())
    then = {"单位名称": unit.name, "会员代表": "李代表", "手机号": former.mobile}
    assert only(secretary, then, as_of=date(2022, 3, 1)).result == RowResult.SAME
    row = only(secretary, then | {"手机号": next_mobile()}, as_of=date(2022, 3, 1))
    assert row.operations["people"][0]["contact"] == former.pk
    assert only(secretary, then).operations["people"][0]["take_over"] is True


def test_title_alone(secretary, unit):
    role = ContactRole.objects.get(organization=unit, duty="representative")
    row = only(secretary, {"单位名称": unit.name, "会员代表": "李代表", "职务": "总经理"})
    assert row.operations["people"] == [
        {
            "duty": "representative",
            "contact": role.contact_id,
            "fields": {},
            "role": role.pk,
            "title": "总经理",
        }
    ]


def test_number_of_nobody(secretary):
    bare = make_organization("演示无人公司", people=False)
    row = only(secretary, {"单位名称": bare.name, "联络员": None, "联络员手机": next_mobile()})
    assert sentences(row) == ["第2行「联络员」没有填写，不能登记其联络员手机"]


def test_blank_address_is_cleared(secretary, unit):
    liaison = holder(unit, "liaison")
    contacts.update_contact(
        liaison, by=None, organization=unit, version=1, changes={"email": "zhao@example.cn"}
    )
    row = only(secretary, {"单位名称": unit.name, "邮箱": None})
    assert row.differences == [["liaison_email", "zhao@example.cn", "", ""]]


def test_successor_already_registered(secretary, unit):
    with time_machine.travel("2022-02-01"):
        contacts.add_contact(
            unit, by=None, duty="liaison", name="周后任", mobile=next_mobile(), since=date(2022, 6, 1)
        )
        row = only(secretary, {"单位名称": unit.name, "联络员": "吴再任", "联络员手机": next_mobile()})
    assert sentences(row) == [
        "第2行「联络员」已登记自 2022-06-01 起换人，请在联络人页办理".replace("联络人", "联系人")
    ]


def test_one_person_two_numbers(secretary, unit):
    """The liaison of one unit is the liaison of another as well; two rows may not give him two numbers."""
    liaison = holder(unit, "liaison")
    sister = make_organization("演示姐妹公司", people=False)
    contacts.assign_duty(sister, liaison, by=None, duty="liaison")
    found = checked(
        secretary,
        {"单位名称": unit.name, "联络员手机": "19900010001"},
        {"单位名称": sister.name, "联络员手机": "19900010002"},
    )
    assert [sentences(row) for row in found.rows] == [
        [],
        ["第3行「联络员手机」与第2行同一个人的另一个新号码不一致"],
    ]
