"""The whole way of a unit into its own page: invited by link, inside WeChat's browser, until a visitor finds the park."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import SECRETARY, WORKER, follow, open_unit, press
from tests.journeys.test_invitation_journey import PHONE, come_in_as, invite, link_on, tab
from tests.journeys.test_profile_journey import fits, picture

UNIT, PARK, NEW_NAME = "演示运营公司31", "演示园区31", "演示运营公司31（更名后）"
MANAGER, COLLEAGUE = "13900003101", "13900003102"
WECHAT = "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0"
WECHAT += (
    " Mobile Safari/537.36 XWEB/1260117 MMWEBSDK/20240501 MicroMessenger/8.0.50 WeChat/arm64 Language/zh_CN"
)


def test_a_manager_is_invited_keeps_the_page_and_a_visitor_finds_the_park(visit):
    desk = visit(SECRETARY)
    open_unit(desk, UNIT)
    tab(desk, "联系人")
    invite(desk, "邀请新联系人", "冯知秋", MANAGER, "manager")

    phone = visit(**PHONE, user_agent=WECHAT)
    come_in_as(phone, link_on(desk), MANAGER, UNIT)

    # The profile: what is ordinary counts at once, the legal name waits.
    follow(phone, "编辑单位资料")
    phone.get_by_label("单位电话").fill("010-87650031")
    phone.get_by_label("单位名称").fill(NEW_NAME)
    press(phone, "保存")
    expect(phone.locator("main")).to_contain_text("010-87650031")
    expect(phone.locator("h1")).to_contain_text(UNIT)

    # A logo and three photographs.
    phone.locator(".keeper").get_by_role("link", name="标识与照片").click()
    phone.get_by_label("标识图片").set_input_files(picture("标识.png", "navy"))
    press(phone, "上传标识")
    shots = [picture(f"{n}.png", colour) for n, colour in enumerate(("olive", "teal", "maroon"), 1)]
    phone.get_by_label("照片", exact=False).last.set_input_files(shots)
    press(phone, "上传照片")
    expect(phone.locator("#pictures img")).to_have_count(4, timeout=WORKER)
    fits(phone)

    # A colleague.
    phone.goto("/members/own/")
    tab(phone, "联系人")
    invite(phone, "添加同事", "苗小雨", COLLEAGUE, "clerk")

    # The secretary sees old and new side by side and accepts.
    desk.goto("/members/changes/")
    desk.get_by_role("row", name=re.compile(f"{UNIT}.*单位名称")).get_by_role("link").click()
    sides = desk.locator(".proposal", has_text="单位名称").locator(".sides")
    expect(sides).to_contain_text(UNIT)
    expect(sides.locator(".sides__new")).to_contain_text(NEW_NAME)
    desk.get_by_role("radio", name="通过").check()
    press(desk, "确认审核")
    expect(desk.locator("h1")).to_contain_text(NEW_NAME)

    # The manager is told.
    phone.goto("/notices/")
    expect(phone.locator("main")).to_contain_text("资料变更已审核")

    # A visitor finds the park by district and industry, with its photographs and its operator's new name.
    visitor = visit(width=375, height=740)
    visitor.goto("/parks/")
    visitor.locator("select[name=district]").select_option(label="西城区")
    visitor.locator("select[name=industry]").select_option(label="创意设计服务")
    press(visitor, "查找")
    visitor.get_by_role("link", name=PARK, exact=True).click()
    expect(visitor.locator("h1")).to_contain_text(PARK)
    expect(visitor.locator("main")).to_contain_text(NEW_NAME)
    expect(visitor.locator("main")).to_contain_text("010-87650031")
    expect(visitor.locator("main")).not_to_contain_text(MANAGER)
    expect(visitor.locator("main img").nth(2)).to_be_visible()
    fits(visitor)
