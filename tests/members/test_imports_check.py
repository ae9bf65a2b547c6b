"""What the check says about the unit of a row: how it is found, what differs, what is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from association.choices import RowResult
from association.exchange.cells import ErrorCell
from association.exchange.limits import WorkbookRefused
from association.exchange.sheet import Sheet, SheetRow
from association.importing import sentence_of
from members.domain import memberships, organizations
from members.exchange.check import check
from members.models import Organization
from tests.factories import make_organization, next_code
from tests.factories.sheets import NoProgress, checked, new_unit, only

pytestmark = pytest.mark.django_db


def rename(unit, name):
    unit.refresh_from_db()
    return organizations.update_organization(unit, by=None, version=unit.version, changes={"name": name})


def sentences(row):
    return [sentence_of(row.number, error) for error in row.errors]


# --- results --------------------------------------------------------------------------------------------------


def test_new_unit_is_summed_up(secretary):
    row = only(secretary, new_unit("演示数字科技公司", 会员类别="文化科技企业", 会员级别="理事单位"))
    assert (row.result, row.errors, row.target) == (RowResult.NEW, [], None)
    assert row.summary == "文化科技企业，海淀区，2022-09-30 入会，理事单位"


def test_changed_cell_is_a_difference(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营公司01", "法定代表人": "新法人"})
    assert row.result == RowResult.UPDATE
    assert row.differences == [["legal_representative", "王法人", "新法人", ""]]
    assert row.operations == {"unit": {"legal_representative": "新法人"}}


def test_equal_cells_are_no_difference(secretary, park_unit):
    row = only(
        secretary,
        {
            "单位名称": " 演示运营公司０１ ",
            "统一社会信用代码": park_unit.credit_code.lower(),
            "所属区": "朝阳",
            "入会日期": "2022.1.26",
            "会员级别": "会员 单位",
            "建筑面积(㎡)": "30,000.00",
            "主导产业": "内容创作生产",
        },
    )
    assert (row.result, row.errors, row.differences) == (RowResult.SAME, [], [])


def test_error_has_row_header_and_reason(secretary):
    code = "91119900MA0000023X"
    row = only(secretary, new_unit(统一社会信用代码=code), first=12)
    assert row.result == RowResult.ERROR
    assert sentences(row) == ["第12行「统一社会信用代码」校验位错误，应为 T"]


def test_error_value_of_the_workbook_is_an_error(secretary, park_unit):
    row = only(
        secretary, {"单位名称": "演示运营公司01", "法定代表人": ErrorCell("#N/A", "是公式的错误值 #N/A")}
    )
    assert sentences(row) == ["第2行「法定代表人」是公式的错误值 #N/A"]


def test_new_unit_needs_every_required_cell(secretary):
    row = only(secretary, new_unit(会员类别=None, 联络员=None))
    assert sentences(row) == [
        "第2行「联络员」没有填写，不能登记其联络员手机",
        "第2行「会员类别」没有填写",
    ]


@pytest.mark.parametrize(
    ("header", "cell", "message"),
    [
        (
            "会员类别",
            "饭馆",
            "没有“饭馆”这一项，可填：园区运营机构、国有资产持有机构、文化投资机构、文化科技企业、其他",
        ),
        ("入会日期", "2022-02-30", "日历上没有这一天"),
        ("入会日期", date(2099, 1, 1), "2099-01-01 晚于今天"),
        ("手机号", "1234", "手机号应为11位数字，以13至19开头"),
        ("注册资本(万元)", Decimal("-1"), "不能是负数"),
        ("注册资本(万元)", Decimal(10) ** 30, "数字太大"),
        ("成立日期", True, "日期应写作 2023-01-10 的样子"),
        ("邮箱", "没有", "不是邮箱地址，应写作 name@example.cn 的样子"),
        ("网址", "http://", "不是网址，应写作 https://www.example.cn 的样子"),
        ("单位名称", "长" * 121, "太长，最多 120 个字，现为 121 个字"),
        ("会员编号", "第一号", "只能由字母、数字和短横线组成，如 BCIPA-2022-0001"),
    ],
)
def test_bad_cell_is_named(secretary, header, cell, message):
    row = only(secretary, new_unit(**{header: cell}))
    assert sentences(row) == [f"第2行「{header}」{message}"]


# --- matching -------------------------------------------------------------------------------------------------


def test_found_by_code_under_another_name(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营集团", "统一社会信用代码": park_unit.credit_code})
    assert (row.target, row.found_by) == (park_unit.pk, "按信用代码找到：演示运营公司01")
    assert row.differences == [["name", "演示运营公司01", "演示运营集团", ""]]


def test_found_by_member_number(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营集团", "会员编号": park_unit.member_number})
    assert (row.target, row.found_by) == (park_unit.pk, "按会员编号找到：演示运营公司01")


def test_found_by_present_name_however_it_is_typed(secretary):
    unit = make_organization("演示（北京）公司")
    row = only(secretary, {"单位名称": "演示​(北京) 公司"})
    assert (row.target, row.found_by, row.result) == (unit.pk, "", RowResult.SAME)


def test_former_name_finds_the_unit_and_is_not_taken_back(secretary, park_unit):
    rename(park_unit, "演示文化投资基金")
    row = only(secretary, {"单位名称": "演示运营公司01", "法定代表人": "新法人"})
    assert (row.target, row.found_by) == (park_unit.pk, "按曾用名找到：演示文化投资基金")
    assert [key for key, *_ in row.differences] == ["legal_representative"]


def test_present_name_goes_before_a_former_one(secretary, park_unit):
    rename(park_unit, "演示文化投资基金")
    newer = make_organization("演示运营公司01")
    assert only(secretary, {"单位名称": "演示运营公司01"}).target == newer.pk


def test_former_name_with_another_code_is_a_new_unit(secretary, park_unit):
    rename(park_unit, "演示文化投资基金")
    row = only(secretary, new_unit("演示运营公司01"))
    assert (row.target, row.result) == (None, RowResult.NEW)


def test_code_goes_before_name(secretary, park_unit, other_unit):
    row = only(secretary, {"单位名称": "演示运营公司02", "统一社会信用代码": park_unit.credit_code})
    assert sentences(row) == ["第2行「统一社会信用代码」属于“演示运营公司01”，本行的单位名称却是另一家单位的"]


def test_number_of_another_unit_is_refused(secretary, park_unit, other_unit):
    row = only(
        secretary,
        {
            "单位名称": "演示运营公司01",
            "统一社会信用代码": park_unit.credit_code,
            "会员编号": other_unit.member_number,
        },
    )
    assert sentences(row) == ["第2行「会员编号」属于“演示运营公司02”，信用代码却属于“演示运营公司01”"]


def test_two_units_of_one_name_need_a_code(secretary):
    _, second = make_organization("演示同名公司"), make_organization("演示同名公司")
    row = only(secretary, {"单位名称": "演示同名公司"})
    assert sentences(row) == ["第2行「单位名称」有 2 家单位用这个名称，请填写信用代码或会员编号"]
    assert only(secretary, {"统一社会信用代码": second.credit_code}).target == second.pk


def test_code_may_be_corrected_by_name(secretary, park_unit):
    code = next_code()
    row = only(secretary, {"单位名称": "演示运营公司01", "统一社会信用代码": code})
    assert row.differences == [["credit_code", park_unit.credit_code, code, ""]]


def test_row_that_names_no_unit(secretary, park_unit):
    row = only(secretary, {"单位名称": None, "法定代表人": "王法人"})
    assert sentences(row) == ["第2行「单位名称」没有填写，也没有信用代码或会员编号，认不出是哪家单位"]


def test_code_kept_as_a_number_or_with_strange_characters(secretary, park_unit):
    full_width = "".join(chr(ord(c) + 0xFEE0) for c in park_unit.credit_code)
    row = only(secretary, {"单位名称": "演示运营公司01", "统一社会信用代码": f"‮ {full_width}\u200b"})
    assert row.result == RowResult.SAME
    row = only(secretary, new_unit(统一社会信用代码=Decimal("911199001234567")))
    assert sentences(row) == ["第2行「统一社会信用代码」是15位的旧注册号，请填写证照上的18位统一社会信用代码"]


# --- blank cells and missing columns --------------------------------------------------------------------------


def test_missing_column_leaves_the_value_alone(secretary, park_unit):
    Organization.objects.filter(pk=park_unit.pk).update(phone="010-65123456")
    assert only(secretary, {"单位名称": "演示运营公司01"}).result == RowResult.SAME


def test_blank_cell_clears_an_optional_value(secretary, park_unit):
    Organization.objects.filter(pk=park_unit.pk).update(phone="010-65123456", founded_on=date(2000, 1, 1))
    row = only(secretary, {"单位名称": "演示运营公司01", "单位电话": None, "成立日期": None, "网址": None})
    assert row.differences == [["founded_on", "2000-01-01", "", ""], ["phone", "010-65123456", "", ""]]
    assert row.operations == {"unit": {"phone": "", "founded_on": None}}


def test_blank_cell_of_a_required_column_leaves_a_known_unit_alone(secretary, park_unit):
    row = only(
        secretary,
        {
            "单位名称": "演示运营公司01",
            "统一社会信用代码": None,
            "会员类别": None,
            "会员代表": None,
            "手机号": None,
        },
    )
    assert (row.result, row.errors) == (RowResult.SAME, [])


# --- columns --------------------------------------------------------------------------------------------------


def test_required_columns_are_named_when_a_unit_is_new(secretary, park_unit):
    with pytest.raises(WorkbookRefused) as refused:
        checked(secretary, {"单位名称": "演示运营公司01"}, {"单位名称": "没有见过的公司"})
    assert refused.value.sentence == (
        "表里缺少必需的列：统一社会信用代码、会员类别、会员级别、入会日期、所属区、会员代表、手机号、联络员、联络员手机。"
        "第3行“没有见过的公司”等 1 行是新单位，新增单位必须有这些列。请补上后重新上传。"
    )


def test_file_without_a_column_that_tells_the_unit_is_refused(secretary):
    with pytest.raises(WorkbookRefused) as refused:
        checked(secretary, {"名字": "演示", "法定代表人": "王法人"})
    assert refused.value.sentence.startswith("表里没有「单位名称」列，认不出各行是哪家单位。")


def test_headers_in_any_order_and_dress(secretary, park_unit):
    row = {"法定代表人*": "新法人", " 单位　名称＊": "演示运营公司01", "建筑面积（㎡）": Decimal(31000)}
    staged = only(secretary, row)
    assert [key for key, *_ in staged.differences] == ["legal_representative", "floor_area"]


def test_other_headers_are_told(secretary, park_unit):
    found = checked(
        secretary,
        {
            "单位名称": "演示运营公司01",
            "出租率(%)": Decimal(9),
            "ID": Decimal(99),
            "联络人手机": "x",
            "开户行": "某行",
        },
    )
    assert found.rows[0].result == RowResult.SAME
    assert found.notes == [
        "以下列由系统推算或在别处办理，不导入：出租率(%)。",
        "以下列你无权修改，不导入：开户行。",
        "以下列没有对应的项目，不导入：ID、联络人手机（是否应为「联络员手机」？）。",
    ]
    assert found.columns == ["name"]


def test_bank_columns_come_in_for_those_who_may_see_them(secretary, park_unit):
    from association.domain.accounts import grant_role  # noqa: PLC0415  (only here)

    grant_role(secretary, "treasurer", by=None, since=date(2022, 1, 26))
    row = only(secretary, {"单位名称": "演示运营公司01", "银行账号": "0200 0012-3456 7890"})
    assert row.operations == {"unit": {"bank_account": "0200001234567890"}}


def test_same_header_by_width_is_one_column(secretary):
    sheet = Sheet("xlsx", "数据", ["单位名称*"], 1, [SheetRow(2, ["无此公司"])])
    with pytest.raises(WorkbookRefused, match="表里缺少必需的列"):
        check(sheet, secretary, NoProgress())


# --- membership and grade -------------------------------------------------------------------------------------


def test_grade_of_a_known_unit_is_not_changed_by_a_file(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营公司01", "会员级别": "会长单位"})
    assert sentences(row) == ["第2行「会员级别」与登记的会员单位不同。级别由任职推导，请在该单位的会籍页办理"]


def test_day_of_joining_of_a_known_unit_is_not_changed_by_a_file(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营公司01", "入会日期": "2022-03-01"})
    assert sentences(row) == [
        "第2行「入会日期」2022-03-01 与登记的 2022-01-26 不同，入会日期不能通过导入修改，请在该单位的会籍页办理"
    ]


def test_unit_in_the_books_joins(secretary):
    make_organization("演示观望公司", joined=None)
    row = only(
        secretary,
        {"单位名称": "演示观望公司", "入会日期": "2022-09-30", "会员级别": "理事单位", "批次": "二批"},
    )
    assert row.operations == {"join": {"on": date(2022, 9, 30), "batch": "二批"}, "post": 50}


def test_grade_without_membership_needs_a_day(secretary):
    make_organization("演示观望公司", joined=None)
    row = only(secretary, {"单位名称": "演示观望公司", "会员级别": "会员单位"})
    assert sentences(row) == [
        "第2行「会员级别」该单位现在不是会员，没有级别。要登记入会，请填写「入会日期」；其他情形请在该单位的会籍页办理"
    ]


def test_unit_that_left_may_join_again_later(secretary):
    make_organization("演示往返公司", left=date(2022, 6, 30))
    again = only(secretary, {"单位名称": "演示往返公司", "入会日期": "2023-01-10"})
    assert again.differences == [["joined_on", "", "2023-01-10", "再次入会"]]
    assert only(secretary, {"单位名称": "演示往返公司", "入会日期": "2022-03-01"}).result == RowResult.ERROR


def test_member_number_stays(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营公司01", "会员编号": "BCIPA-2022-9999"})
    assert sentences(row) == [
        f"第2行「会员编号」与登记的 {park_unit.member_number} 不同，会员编号不能通过导入修改"
    ]


def test_batch_of_the_membership_may_be_changed(secretary, park_unit):
    row = only(secretary, {"单位名称": "演示运营公司01", "批次": "首批"})
    assert row.operations == {"membership": {"pk": park_unit.memberships.get().pk, "batch": "首批"}}


# --- as of a day ----------------------------------------------------------------------------------------------


def test_values_of_the_file_s_own_day_change_nothing(secretary, park_unit):
    memberships.add_post(park_unit, by=None, grade=20, since=date(2022, 6, 1), basis="选举")
    rename(park_unit, "演示文化集团")
    then = {
        "单位名称": "演示运营公司01",
        "统一社会信用代码": park_unit.credit_code,
        "会员级别": "会员单位",
        "入会日期": "2022-01-26",
    }
    assert only(secretary, then, as_of=date(2022, 3, 1)).result == RowResult.SAME
    now = then | {"单位名称": "演示文化集团", "会员级别": "副会长单位"}
    assert only(secretary, now, as_of=date(2022, 3, 1)).result == RowResult.SAME
    assert only(secretary, then | {"会员级别": "理事单位"}, as_of=date(2022, 3, 1)).result == RowResult.ERROR


# --- the whole file -------------------------------------------------------------------------------------------


def test_two_new_units_may_not_share_name_code_or_number(secretary):
    code = next_code()
    found = checked(
        secretary,
        new_unit("演示甲公司", 会员编号="BCIPA-2022-0700"),
        new_unit("演示甲公司", 会员编号="BCIPA-2022-0700"),
        new_unit("演示乙公司", 统一社会信用代码=code),
    )
    assert [sentences(row) for row in found.rows] == [
        [
            "第2行「单位名称」与第3行的单位名称相同，却不是同一单位",
            "第2行「会员编号」与第3行的会员编号相同，却不是同一单位",
        ],
        [
            "第3行「单位名称」与第2行的单位名称相同，却不是同一单位",
            "第3行「会员编号」与第2行的会员编号相同，却不是同一单位",
        ],
        [],
    ]


def test_check_changes_nothing_and_asks_as_often_for_many_rows(
    secretary, park_unit, django_assert_max_num_queries
):
    rows = [new_unit(f"演示新公司{i:02d}") for i in range(40)] + [
        {"单位名称": "演示运营公司01", "法定代表人": "甲"}
    ]
    with django_assert_max_num_queries(30) as captured:
        found = checked(secretary, *rows)
    assert [row.result for row in found.rows].count(RowResult.NEW) == 40
    assert {query["sql"].split()[0] for query in captured.captured_queries} == {"SELECT"}
    with django_assert_max_num_queries(len(captured.captured_queries)):
        checked(secretary, *rows, *[new_unit(f"演示别公司{i:02d}") for i in range(40)])
