"""The main job of the house as its people do it: the roster, from Excel to Excel, in a browser on a running site."""

import re
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.factories import next_code
from tests.journeys import steps
from tests.journeys.steps import (
    ADMINISTRATOR,
    GENERAL,
    MEMBER,
    SECRETARY,
    WORKER,
    export,
    find_in_roster,
    follow,
    listed,
    open_unit,
    press,
    results,
    rows_of,
    saved_by_office,
    total,
    upload,
)

NEW_UNIT, NEW_PARK = "旅程文化发展有限公司", "旅程创意园"
CHANGED, WRONG = "演示运营公司30", "演示运营公司31"


# --- from Excel to Excel --------------------------------------------------------------------------------------


def edited(content):
    """The secretary's work in the spreadsheet: one address changed, one code mistyped, one unit added at the end."""
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book["会员名册"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = {sheet.cell(n, column["单位名称"]).value: n for n in range(2, sheet.max_row + 1)}
    sheet.cell(row[CHANGED], column["详细地址"]).value = "旅程路 8 号"
    code = sheet.cell(row[WRONG], column["统一社会信用代码"])
    code.value = code.value[:-1] + ("0" if code.value[-1] != "0" else "1")
    new = {
        "单位名称": NEW_UNIT,
        "园区名称": NEW_PARK,
        "统一社会信用代码": next_code(),
        "会员类别": "园区运营机构",
        "会员级别": "会员单位",
        "入会日期": "2023.3.15",
        "所属区": "通州区",
        "会员代表": "江代表",
        "手机号": "１９９ 0000 7001",
        "联络员": "何联络",
        "联络员手机": "+86 19900007002",
    }
    end = sheet.max_row + 1
    for header, value in new.items():
        sheet.cell(end, column[header]).value = value
    target = BytesIO()
    book.save(target)
    return target.getvalue(), row[WRONG]


def test_the_roster_from_excel_to_excel(visit):
    page = visit(SECRETARY)
    name, content = export(page, "2022-12-31", reason="年末核对名册")
    assert (name, len(rows_of(content))) == ("会员名册_20221231.xlsx", 106)
    content, wrong_row = edited(content)

    # Every row is checked, and the roster is as it was.
    upload(page, name, content)
    assert results(page) == [1, 1, 103, 1]
    wrong = "「统一社会信用代码」校验位错误"
    expect(page.get_by_role("row", name=f"{wrong_row} {WRONG}")).to_contain_text(wrong)
    expect(page.get_by_role("row", name=CHANGED)).to_contain_text("详细地址")
    expect(page.get_by_role("row", name=CHANGED)).to_contain_text("旅程路 8 号")
    batch = page.url
    with page.expect_download() as download:
        follow(page, "下载带错误原因的表")
    copy = rows_of(steps.content_of(download.value))
    assert copy[0][-1] == "错误原因"
    assert [n for n, row in enumerate(copy[1:], 2) if row[-1]] == [wrong_row]
    assert copy[wrong_row - 1][-1].startswith(wrong)
    assert find_in_roster(page, NEW_UNIT) == []

    # Only the right rows go in.
    page.goto(batch)
    press(page, "只导入正确的 2 行")
    expect(page.locator("h1 .status")).to_have_text("已导入", timeout=WORKER)
    assert find_in_roster(page, "lcwh") == [NEW_PARK]
    open_unit(page, NEW_PARK)
    expect(page.locator("h1")).to_contain_text(NEW_UNIT)
    follow(page, "联系人")
    expect(page.get_by_role("row", name="江代表")).to_contain_text("199 0000 7001")
    open_unit(page, CHANGED)
    expect(page.locator("main")).to_contain_text("旅程路 8 号")

    # Who joined later is not on the roster of an earlier day.
    page.goto("/members/")
    page.get_by_text("＋ 筛选").click()
    page.get_by_label("截至", exact=True).fill("2022-12-31")
    press(page, "筛选")
    expect(page.locator(".pill")).to_contain_text("截至")
    assert total(page) == "105 家在籍，截至 2022年12月31日"

    # The whole import is taken back.
    page.goto(batch)
    page.get_by_role("link", name="撤销这次导入").click()
    page.get_by_label("撤销的原因").fill("名册以十二月的为准")
    press(page, "撤销 2 行")
    expect(page.locator("h1 .status")).to_have_text("已撤销", timeout=WORKER)
    assert find_in_roster(page, NEW_UNIT) == []
    open_unit(page, CHANGED)
    expect(page.locator("main")).not_to_contain_text("旅程路 8 号")
    follow(page, "时间线")
    expect(page.locator(".timeline li").first).to_contain_text("撤销名册导入")
    page.goto(batch)
    expect(page.locator("main")).to_contain_text("原因：名册以十二月的为准")


@pytest.mark.parametrize(
    ("day", "name", "units"),
    [("2022-01-26", "会员名册_20220126.xlsx", 86), ("2022-12-31", "会员名册_20221231.xlsx", 105)],
)
def test_any_day_goes_out_and_comes_in_again_without_a_difference(visit, tmp_path, day, name, units):
    page = visit(ADMINISTRATOR)
    file, content = export(page, day)
    assert (file, len(rows_of(content)) - 1) == (name, units)

    # A spreadsheet program loses nothing: neither cells nor the day on the second sheet.
    saved = saved_by_office(content, tmp_path)
    for sheet in ("会员名册", "说明"):
        assert rows_of(saved, sheet) == rows_of(content, sheet)

    for again in (content, saved):
        upload(page, file, again)
        assert results(page) == [0, 0, units, 0]
        expect(page.locator(".heading__line").last).to_contain_text(f"按{steps.in_chinese(day)}的名册")
        expect(page.get_by_role("button", name="导入", exact=False)).to_have_count(0)


# --- one unit -------------------------------------------------------------------------------------------------


def test_a_park_is_found_by_initials_and_its_timeline_tells_who_changed_what(visit):
    page = visit(SECRETARY)
    assert find_in_roster(page, "lj")[0] == "莱锦文化创意产业园"
    page.keyboard.press("/")
    page.keyboard.type("lj")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lj")
    page.locator(".hits a", has_text="莱锦文化创意产业园").click()

    follow(page, "园区")
    page.locator("main section").get_by_role("link", name=re.compile("^编辑")).first.click()
    page.get_by_label("停车位").fill("360")
    press(page, "保存")
    expect(page.locator("#notices")).to_have_text("已保存。")
    follow(page, "时间线")
    newest = page.locator(".timeline li").first
    expect(newest).to_contain_text("陈思远")
    expect(newest).to_contain_text("修改园区“莱锦文化创意产业园”：停车位")
    newest.get_by_text("改动", exact=True).click()
    expect(newest.locator(".diff")).to_have_count(1)
    expect(newest.locator(".diff")).to_contain_text("停车位")
    expect(newest.locator("ins")).to_contain_text("360")


def test_the_second_of_two_editors_sees_both_values(visit):
    first, second = visit(SECRETARY), visit(GENERAL)
    for page in (first, second):
        open_unit(page, "演示运营公司33")
        follow(page, "编辑")
    for page, address in ((first, "先改的路 1 号"), (second, "后改的路 2 号")):
        page.get_by_label("注册地址").fill(address)
    press(first, "保存")
    expect(first.locator("#notices")).to_have_text("已保存。")

    with second.expect_navigation() as answer:
        press(second, "保存")
    assert answer.value.status == 409
    row = second.get_by_role("row", name="注册地址")
    expect(row).to_contain_text("先改的路 1 号")
    expect(row).to_contain_text("后改的路 2 号")
    first.reload()
    expect(first.locator("main")).to_contain_text("先改的路 1 号")

    press(second, "保存")
    expect(second.locator("#notices")).to_have_text("已保存。")
    expect(second.locator("main")).to_contain_text("后改的路 2 号")


# --- the list -------------------------------------------------------------------------------------------------


def test_a_view_is_saved_and_found_again(visit):
    page = visit(SECRETARY)
    page.goto("/members/")
    page.get_by_text("＋ 筛选").click()
    page.get_by_label("区", exact=True).select_option(["朝阳区"])
    press(page, "筛选")
    expect(page.locator(".pill")).to_contain_text("区 朝阳区")
    here = total(page)
    page.get_by_role("link", name="存为视图").click()
    page.get_by_label("视图名称").fill("朝阳的会员")
    press(page, "保存视图")
    view = page.get_by_role("navigation", name="视图")
    expect(view.get_by_role("link", name="朝阳的会员")).to_be_visible()
    view.get_by_role("link", name="默认").click()
    expect(page.locator(".pill")).to_have_count(0)
    assert total(page) != here
    view.get_by_role("link", name="朝阳的会员").click()
    expect(page.locator(".pill")).to_contain_text("区 朝阳区")
    assert total(page) == here


def test_a_tag_is_put_on_several_and_taken_off_again(visit):
    page = visit(SECRETARY)
    page.goto("/members/?q=文化投资公司")
    names = listed(page)[:2]
    for box in page.locator("input[data-choose]").all()[:2]:
        box.check()
    expect(page.locator("[data-batch-count]")).to_have_text("已选 2 家")
    page.get_by_label("标签", exact=True).fill("旅程标签")
    press(page, "加上")
    expect(page.locator("#notices")).to_have_text("已为 2 家单位加上标签“旅程标签”。")
    page.goto("/members/")
    page.get_by_text("＋ 筛选").click()
    page.get_by_label("标签", exact=True).and_(page.locator("select")).select_option("旅程标签")
    press(page, "筛选")
    expect(page.locator(".pill")).to_contain_text("标签 旅程标签")
    assert sorted(listed(page)) == sorted(names)
    page.locator("[data-choose-all]").check()
    page.locator(".batch").get_by_label("标签", exact=True).fill("旅程标签")
    press(page, "去掉")
    expect(page.locator("#notices")).to_have_text("已为 2 家单位去掉标签“旅程标签”。")


def test_the_roster_is_printed_without_the_workbench_around_it(visit):
    page = visit(SECRETARY)
    page.goto("/members/?as_of=2022-12-31")
    follow(page, "打印")
    expect(page.locator("h1")).to_have_text("会员名册（截至2022年12月31日）")
    assert page.locator("tbody tr").count() == 105
    by_strokes = page.locator("tbody td:nth-child(3)").all_inner_texts()
    follow(page, "按拼音")
    expect(page.locator("article")).to_contain_text("按拼音排列")
    assert sorted(page.locator("tbody td:nth-child(3)").all_inner_texts()) == sorted(by_strokes)
    page.emulate_media(media="print")
    for furniture in (".bar", ".menu", ".tabs", ".no-print"):
        expect(page.locator(furniture).first).to_be_hidden()
    head = page.locator("thead")
    assert head.evaluate("(e) => getComputedStyle(e).display") == "table-header-group"
    assert len(page.pdf(prefer_css_page_size=True)) > 10_000


# --- who sees what --------------------------------------------------------------------------------------------


def test_a_member_sees_the_own_unit_and_nothing_else(visit):
    page = visit(MEMBER)
    follow(page, "我的单位")
    expect(page.locator("h1")).to_contain_text("演示运营公司109")
    expect(page.locator("main")).to_contain_text("莱锦文化创意产业园")
    own = int(re.search(r"/members/(\d+)/", page.url)[1])
    for tab in ("园区", "联系人", "认定", "会籍", "附件", "时间线"):
        follow(page, tab)
        expect(page.locator(".tabs [aria-current]").first).to_have_text(tab)
    assert [page.goto(f"/members/{own}/{verb}/").status for verb in ("edit", "leave", "posts/add")] == [
        200,
        403,
        403,
    ]
    assert page.goto("/members/").status == 403
    assert page.goto(f"/members/{own + 1}/").status == 404
    page.goto("/search/?q=演示")
    # Of units; what the market and the events hold is open to every member.
    assert page.locator(".hits a[href^='/members/']").all_inner_texts() == ["演示运营公司109"]
