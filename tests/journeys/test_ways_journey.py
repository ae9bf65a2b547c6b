"""The same house by other ways: without scripts, on a phone, by keyboard alone, in large type."""

from playwright.sync_api import expect

from tests.journeys.steps import GENERAL, SECRETARY, follow, listed, press, sideways, total

FOCUSED = "document.activeElement"


# --- without scripts ------------------------------------------------------------------------------------------


def test_without_scripts_a_unit_is_found_and_edited(visit):
    page = visit(GENERAL, java_script_enabled=False)
    page.goto("/members/")
    page.get_by_text("＋ 筛选").click()
    follow(page, "打开筛选条件")
    expect(page.locator("h1")).to_have_text("筛选会员名册")
    page.get_by_label("区", exact=True).select_option(["大兴区"])
    press(page, "筛选")
    expect(page.locator(".pill")).to_contain_text("区 大兴区")
    page.locator("td.name", has_text="演示运营公司112").locator("a").click()
    follow(page, "编辑")
    page.get_by_label("单位电话").fill("（010）8765 4321")
    page.get_by_label("统一社会信用代码").fill("91119900MA00011220")
    press(page, "保存")
    expect(page.locator(".errors")).to_contain_text("统一社会信用代码：")
    page.go_back()
    page.get_by_label("单位电话").fill("（010）8765 4321")
    press(page, "保存")
    expect(page.locator("#notices")).to_have_text("已保存。")
    expect(page.locator("main")).to_contain_text("010-87654321")
    newest = page.locator(".timeline li").first
    newest.get_by_text("改动", exact=True).click()
    newest.get_by_role("link", name="查看改动的字段").click()
    expect(page.locator("h1")).to_have_text("改动的字段")
    expect(page.locator("ins")).to_have_text("现：010-87654321")


def test_without_scripts_columns_and_views_have_pages_of_their_own(visit):
    page = visit(GENERAL, java_script_enabled=False)
    page.goto("/members/")
    page.get_by_role("link", name="选择列").click()
    page.locator("#columns").get_by_role("link", name="打开").click()
    page.get_by_role("checkbox", name="法定代表人", exact=True).check()
    press(page, "应用")
    expect(page.get_by_role("columnheader", name="法定代表人")).to_be_visible()
    page.goto("/members/columns/")
    press(page, "恢复常用列")
    expect(page.get_by_role("columnheader", name="法定代表人")).to_have_count(0)


# --- on a phone -----------------------------------------------------------------------------------------------


def test_on_a_phone_the_menu_leads_to_the_roster_and_a_unit_is_edited(visit):
    page = visit(SECRETARY, width=375, height=740, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="菜单").tap()
    menu = page.locator("#menu")
    expect(menu).to_be_visible()
    menu.get_by_role("link", name="名册").tap()
    expect(page.locator("h1")).to_have_text("会员名册")
    assert sideways(page) == 0
    page.get_by_role("searchbox", name="在名册里找").fill("xgysy")
    page.get_by_role("button", name="找", exact=True).tap()
    expect(page.locator("td.name")).to_have_count(1)
    page.locator("td.name a").tap()
    expect(page.locator("h1")).to_contain_text("演示运营公司")
    assert sideways(page) == 0
    page.get_by_role("navigation", name="会员资料").get_by_role("link", name="时间线").tap()
    # The present tab is brought into sight, though the row of tabs is wider than the phone.
    tabs = page.get_by_role("navigation", name="会员资料")
    box = tabs.locator("[aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375
    page.get_by_role("link", name="编辑", exact=True).tap()
    page.get_by_label("网址").fill("www.example.cn/xingguang")
    save = page.get_by_role("button", name="保存")
    assert save.bounding_box()["height"] >= 44
    expect(save).to_be_in_viewport()
    save.tap()
    expect(page.locator("#notices")).to_have_text("已保存。")
    expect(page.locator("main")).to_contain_text("https://www.example.cn/xingguang")
    assert sideways(page) == 0


# --- by keyboard ----------------------------------------------------------------------------------------------


def tab_to(page, selector, most=60):
    """Press Tab until the element has the focus; it must come within `most` steps."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED}.matches({selector!r})"):
            return
    raise AssertionError(f"{selector} 用 Tab 走不到")


def test_by_keyboard_alone(visit):
    page = visit(SECRETARY)
    page.goto("/members/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate(f"{FOCUSED}.closest('main') !== null")

    tab_to(page, "[data-dialog=save-view]")
    page.keyboard.press("Enter")
    dialog = page.locator("#save-view")
    expect(dialog.get_by_label("视图名称")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate(f"{FOCUSED} === document.body || {FOCUSED}.closest('dialog[open]') !== null")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-dialog=save-view]")).to_be_focused()

    tab_to(page, ".filters summary")
    page.keyboard.press("Enter")
    expect(page.get_by_label("截至", exact=True)).to_be_visible()
    tab_to(page, "td.name a", 120)
    page.keyboard.press("Enter")
    expect(page.get_by_role("navigation", name="会员资料")).to_be_visible()

    page.wait_for_load_state()  # the key is listened to once the page is there whole
    page.keyboard.press("/")
    expect(page.locator("input[name=q]").first).to_be_focused()
    page.keyboard.type("laijin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=laijin")
    tab_to(page, ".hits a")
    expect(page.locator(".hits a").first).to_be_focused()
    outline = page.locator(".hits a").first.evaluate("(e) => getComputedStyle(e).outlineStyle")
    assert outline != "none"

    tab_to(page, ".own summary")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="显示设置")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="显示设置")).to_be_hidden()
    expect(page.locator(".own summary")).to_be_focused()


# --- in large type --------------------------------------------------------------------------------------------


def test_large_type_and_dark_colours_stay_with_the_person(visit):
    page = visit("president@example.cn")
    page.goto("/preferences/")
    page.get_by_role("radio", name="大字").check()
    page.get_by_role("radio", name="深色").check()
    press(page, "保存")
    look = page.locator("html[data-size=large][data-theme=dark]")
    expect(look).to_have_count(1)
    other = visit("president@example.cn", width=375)
    other.goto("/members/")
    expect(other.locator("html[data-size=large][data-theme=dark]")).to_have_count(1)
    assert sideways(other) == 0
    assert total(other).startswith("10")
    assert len(listed(other)) == 20
