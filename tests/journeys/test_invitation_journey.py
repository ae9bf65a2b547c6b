"""A unit's manager comes in by a link, on a phone and without an account, and brings a colleague along."""

from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.journeys.steps import SECRETARY, follow, open_unit, press, sideways
from tests.journeys.test_sign_in_journey import enter, newest_code

UNIT, MANAGER, COLLEAGUE = "演示运营公司106", "13900006601", "13900006602"
PHONE = {"width": 375, "height": 740, "has_touch": True, "is_mobile": True}


def link_on(page):
    """The link as it is copied into WeChat: its path, for the browser of this journey."""
    return urlsplit(page.get_by_label("邀请链接").input_value()).path


def tab(page, name):
    page.get_by_role("navigation", name="会员资料").get_by_role("link", name=name, exact=True).click()


def invite(page, button, name, mobile, duty):
    follow(page, button)
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机").fill(mobile)
    page.get_by_label("职责").select_option(duty)
    press(page, "发出邀请")
    expect(page.locator("h1")).to_contain_text(f"邀请{name}任")


def come_in(page, link, mobile):
    come_in_as(page, link, mobile, UNIT)


def come_in_as(page, link, mobile, unit):
    """Open the link, ask for the code, type it in: the person stands on the unit's page."""
    page.goto(link)
    expect(page.locator("main")).to_contain_text(f"{mobile[:3]}****{mobile[-4:]}")
    assert sideways(page) == 0
    press(page, "发送验证码")
    expect(page.locator("h1")).to_have_text("填写验证码")
    enter(page, newest_code(page, mobile))
    expect(page.locator("h1")).to_contain_text(unit)


def test_a_manager_is_invited_comes_in_by_code_and_adds_a_colleague(visit):
    desk = visit(SECRETARY)
    open_unit(desk, UNIT)
    tab(desk, "联系人")
    invite(desk, "邀请新联系人", "林晓园", "139 0000 6601", "manager")
    link = link_on(desk)
    desk.reload()
    expect(desk.get_by_label("邀请链接")).to_have_count(0)

    phone = visit(**PHONE)
    come_in(phone, link, MANAGER)
    tab(phone, "联系人")
    assert sideways(phone) == 0
    invite(phone, "添加同事", "单小川", COLLEAGUE, "clerk")
    assert sideways(phone) == 0

    other = visit(**PHONE, java_script_enabled=False)
    come_in(other, link_on(phone), COLLEAGUE)
    tab(other, "联系人")
    expect(other.locator("td.name", has_text="单小川")).to_have_count(1)
    expect(other.get_by_role("link", name="添加同事")).to_have_count(0)
    other.goto(link)
    expect(other.locator("h1")).to_have_text("这个邀请链接不能用了")


def test_what_one_administrator_proposes_another_confirms(visit):
    page = visit("administrator2@example.cn")
    follow(page, "待确认的职责：许知新任财务")
    expect(page.locator("tr", has_text="财务").locator(".status")).to_have_text("待确认")
    page.locator("tr", has_text="财务").get_by_role("button").click()
    expect(page.locator("#notices")).to_have_text("许知新的“财务”职责已生效。")
    expect(page.locator("tr", has_text="财务").locator(".status")).to_have_text("生效")
