"""The park of a row: fields, yearly numbers, recognition; several parks of one unit."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from association.choices import RowResult
from association.importing import sentence_of
from members.domain import parks
from tests.factories import make_organization
from tests.factories.sheets import PARK, checked, new_unit, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def park(park_unit):
    return park_unit.parks.get()


def sentences(row):
    return [sentence_of(row.number, error) for error in row.errors]


def all_sentences(found):
    return [sentences(row) for row in found.rows]


# --- fields ---------------------------------------------------------------------------------------------------


def test_fields_of_the_main_park(secretary, park_unit, park):
    row = only(
        secretary,
        {"单位名称": park_unit.name, "建筑面积(㎡)": "3.2 万", "园区类型": "老旧厂房改造"},
    )
    assert sentences(row) == ["第2行「建筑面积(㎡)」应填写数字"]
    row = only(
        secretary,
        {"单位名称": park_unit.name, "建筑面积(㎡)": Decimal("31000.005"), "园区类型": "老旧厂房改造"},
    )
    assert row.operations == {
        "park": {
            "pk": park.pk,
            "main": True,
            "fields": {"floor_area": Decimal("31000.01"), "park_type": "old_factory"},
        }
    }


def test_blank_list_is_cleared(secretary, park_unit, park):
    row = only(secretary, {"单位名称": park_unit.name, "园区名称": park.name, "主导产业": None})
    assert row.operations["park"]["fields"] == {"industries": []}


def test_at_most_three_industries(secretary, park_unit):
    row = only(
        secretary,
        {"单位名称": park_unit.name, "主导产业": "内容创作生产，创意设计服务；新闻信息服务/文化传播渠道"},
    )
    assert sentences(row) == ["第2行「主导产业」最多填 3 项，现为 4 项"]


def test_areas_must_fit_into_each_other(secretary, park_unit):
    row = only(secretary, {"单位名称": park_unit.name, "可出租面积(㎡)": Decimal(40000)})
    assert sentences(row) == ["第2行「可出租面积(㎡)」不应大于建筑面积"]


def test_district_goes_to_unit_and_park(secretary, park_unit, park):
    row = only(secretary, {"单位名称": park_unit.name, "所属区": "北京经开区"})
    assert row.operations == {
        "unit": {"district": "BDA"},
        "park": {"pk": park.pk, "main": True, "fields": {"district": "BDA"}},
    }


def test_cells_of_no_park(secretary):
    make_organization("演示科技公司", category="technology")
    row = only(secretary, {"单位名称": "演示科技公司", "园区名称": None, "建筑面积(㎡)": Decimal(5)})
    assert sentences(row) == ["第2行「园区名称」请填写园区名称，「建筑面积(㎡)」等项不知属于哪个园区"]


def test_new_park_needs_a_district(secretary):
    make_organization("演示科技公司", category="technology", district="")
    row = only(secretary, {"单位名称": "演示科技公司", "园区名称": "演示园区"})
    assert sentences(row) == ["第2行「所属区」没有填写，新增园区须填写所属区"]
    row = only(secretary, {"单位名称": "演示科技公司", "园区名称": "演示园区", "所属区": "海淀"})
    assert row.operations == {
        "unit": {"district": "110108"},
        "park": {"pk": None, "main": True, "fields": {"name": "演示园区", "district": "110108"}},
    }


def test_blank_park_leaves_the_park_alone(secretary, park_unit):
    row = only(
        secretary, {"单位名称": park_unit.name, "园区名称": None, "详细地址": None, "建筑面积(㎡)": None}
    )
    assert row.result == RowResult.SAME


# --- which park -----------------------------------------------------------------------------------------------


def test_single_row_renames_the_main_park(secretary, park_unit, park):
    row = only(secretary, {"单位名称": park_unit.name, "园区名称": "莱锦二期"})
    assert row.differences == [["park_name", park.name, "莱锦二期", ""]]
    assert row.operations["park"]["pk"] == park.pk


def test_second_row_adds_a_park(secretary, park_unit, park):
    found = checked(
        secretary,
        {"单位名称": park_unit.name, "园区名称": park.name, "建筑面积(㎡)": Decimal(30000)},
        {"单位名称": park_unit.name, "园区名称": "莱锦二期", "建筑面积(㎡)": Decimal(8000)},
    )
    assert [row.result for row in found.rows] == [RowResult.SAME, RowResult.UPDATE]
    assert found.rows[1].operations["park"] == {
        "pk": None,
        "main": False,
        "fields": {"name": "莱锦二期", "floor_area": Decimal(8000), "district": "110105"},
    }


def test_second_park_is_compared_with_itself(secretary, park_unit, park):
    second = parks.add_park(park_unit, by=None, name="莱锦二期", district="110108", floor_area=Decimal(8000))
    found = checked(
        secretary,
        {
            "单位名称": park_unit.name,
            "园区名称": "莱锦二期",
            "所属区": "海淀区",
            "建筑面积(㎡)": Decimal(8000),
        },
        {
            "单位名称": park_unit.name,
            "园区名称": park.name,
            "所属区": "朝阳区",
            "建筑面积(㎡)": Decimal(31000),
        },
    )
    assert [row.result for row in found.rows] == [RowResult.SAME, RowResult.UPDATE]
    alone = only(
        secretary, {"单位名称": park_unit.name, "园区名称": "莱锦二期", "建筑面积(㎡)": Decimal(9000)}
    )
    assert alone.operations == {
        "park": {"pk": second.pk, "main": False, "fields": {"floor_area": Decimal(9000)}}
    }


def test_former_name_of_a_park_finds_it(secretary, park_unit, park):
    parks.update_park(park, by=None, version=1, changes={"name": "莱锦产业园"})
    row = only(
        secretary, {"单位名称": park_unit.name, "园区名称": "莱锦文化创意产业园", "详细地址": "新路 2 号"}
    )
    assert row.operations["park"]["pk"] == park.pk


# --- rows of one unit -----------------------------------------------------------------------------------------


def test_same_unit_twice_names_the_other_row(secretary, park_unit):
    found = checked(
        secretary,
        {"单位名称": park_unit.name, "法定代表人": "甲"},
        {"单位名称": "演示另一公司", "法定代表人": "乙"} | new_unit("演示另一公司"),
        {"单位名称": park_unit.name, "统一社会信用代码": park_unit.credit_code, "法定代表人": "丙"},
        first=5,
    )
    assert all_sentences(found) == [
        ["第5行与第7行是同一单位；一个单位有几个园区时，每行须填写不同的「园区名称」"],
        [],
        ["第7行与第5行是同一单位；一个单位有几个园区时，每行须填写不同的「园区名称」"],
    ]


def test_rows_of_one_unit_must_agree(secretary):
    first = new_unit("演示双园公司", **PARK)
    second = first | {"园区名称": "演示二园", "法定代表人": "另一人"}
    assert all_sentences(checked(secretary, first, second)) == [
        ["第2行与第3行是同一单位，「法定代表人」却不一致"],
        ["第3行与第2行是同一单位，「法定代表人」却不一致"],
    ]


def test_new_unit_with_two_parks(secretary):
    first = new_unit("演示双园公司", **PARK)
    blank = dict.fromkeys(("会员代表", "手机号", "联络员", "联络员手机"))
    second = first | {"园区名称": "演示二园", "所属区": "东城区"} | blank
    found = checked(secretary, first, second)
    assert [row.result for row in found.rows] == [RowResult.NEW, RowResult.NEW]
    assert found.rows[1].summary == "与第2行同一单位，新增园区“演示二园”"
    assert found.rows[1].operations["leader"] == 2
    assert found.rows[1].operations["park"]["main"] is False


def test_second_park_does_not_come_in_without_its_unit(secretary):
    first = new_unit("演示双园公司", **PARK) | {"会员类别": "饭馆"}
    second = first | {"园区名称": "演示二园", "会员类别": None}
    assert all_sentences(checked(secretary, first, second))[1] == [
        "第3行与第2行是同一单位，第2行有错误，不能单独导入"
    ]


# --- yearly numbers -------------------------------------------------------------------------------------------


def test_numbers_go_to_the_year_of_the_row(secretary, park_unit, park):
    parks.report_year(park, by=None, year=2021, tenants=100, culture_tenants=70)
    row = only(secretary, {"单位名称": park_unit.name, "统计年度": Decimal(2022), "入驻企业数": Decimal(120)})
    assert row.operations["year"] == {"year": 2022, "fields": {"tenants": 120}}
    assert row.differences == [["tenants", "", "120", "2022年度"]]
    same = only(
        secretary, {"单位名称": park_unit.name, "统计年度": Decimal(2021), "入驻企业数": Decimal(100)}
    )
    assert same.result == RowResult.SAME


def test_numbers_without_a_year_are_those_of_the_file_s_own_day(secretary, park_unit, park):
    parks.report_year(park, by=None, year=2021, tenants=100)
    row = {"单位名称": park_unit.name, "入驻企业数": Decimal(100)}
    assert only(secretary, row, as_of=date(2022, 12, 31)).result == RowResult.SAME
    changed = only(secretary, row | {"入驻企业数": Decimal(101)}, as_of=date(2022, 12, 31))
    assert changed.operations["year"] == {"year": 2022, "fields": {"tenants": 101}}


@time_machine.travel("2023-01-10 10:00+08:00")
def test_day_of_the_file_may_lie_ahead(secretary, park_unit):
    row = {"单位名称": park_unit.name, "入驻企业数": Decimal(100)}
    assert only(secretary, row, as_of=date(2099, 1, 1)).operations["year"]["year"] == 2023


def test_blank_number_is_cleared_in_its_year(secretary, park_unit, park):
    parks.report_year(park, by=None, year=2022, tenants=100, culture_tenants=70)
    row = only(secretary, {"单位名称": park_unit.name, "统计年度": Decimal(2022), "文化企业数": None})
    assert row.operations["year"] == {"year": 2022, "fields": {"culture_tenants": None}}


def test_numbers_must_fit_into_each_other(secretary, park_unit, park):
    parks.report_year(park, by=None, year=2022, tenants=100, culture_tenants=70)
    row = only(
        secretary,
        {
            "单位名称": park_unit.name,
            "统计年度": Decimal(2022),
            "入驻企业数": Decimal(60),
            "已出租面积(㎡)": Decimal(26000),
        },
    )
    assert sentences(row) == [
        "第2行「文化企业数」70 不应多于入驻企业数 60",
        "第2行「已出租面积(㎡)」不应大于可出租面积",
    ]


@time_machine.travel("2023-01-10 10:00+08:00")
def test_year_must_have_begun(secretary, park_unit):
    row = only(secretary, {"单位名称": park_unit.name, "统计年度": Decimal(2024), "入驻企业数": Decimal(1)})
    assert sentences(row) == ["第2行「统计年度」不能大于 2023"]


# --- recognition ----------------------------------------------------------------------------------------------


def test_another_title_is_added(secretary, park_unit, park):
    parks.add_recognition(park, by=None, level="municipal", year=2020)
    known = {"单位名称": park_unit.name, "认定级别": "北京市级文化产业园区", "认定年度": Decimal(2020)}
    assert only(secretary, known).result == RowResult.SAME
    row = only(secretary, known | {"认定级别": "北京市级文化产业示范园区", "认定年度": Decimal(2022)})
    assert row.operations["recognition"] == {"level": "model", "year": 2022}


def test_older_title_of_the_park_is_known(secretary, park_unit, park):
    parks.add_recognition(park, by=None, level="municipal", year=2020)
    parks.add_recognition(park, by=None, level="model", year=2022)
    row = only(
        secretary, {"单位名称": park_unit.name, "认定级别": "北京市级文化产业园区", "认定年度": Decimal(2020)}
    )
    assert row.result == RowResult.SAME


def test_title_needs_level_and_year(secretary, park_unit):
    row = only(secretary, {"单位名称": park_unit.name, "认定级别": "北京市级文化产业园区"})
    assert sentences(row) == ["第2行「认定年度」没有填写，与「认定级别」须同时填写"]


def test_blank_title_takes_nothing_away(secretary, park_unit, park):
    parks.add_recognition(park, by=None, level="municipal", year=2020)
    found = checked(secretary, {"单位名称": park_unit.name, "认定级别": None, "认定年度": None})
    assert found.rows[0].result == RowResult.SAME
    assert found.notes == ["「认定级别」留空的行，已登记的认定保留不动；要删除认定，请到该单位的认定页办理。"]
