"""A member asks on the phone, the secretariat takes it up, the secretary-general hands it over, the department answers,
the member is content."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import GENERAL, MEMBER, SECRETARY, follow, press, sideways

LIAISON = "liaison@example.cn"
TITLE = "园区共享会议室的收费备案"


def open_it(page):
    page.goto("/events/petitions/?tab=waiting")
    follow(page, TITLE)


def test_a_petition_goes_to_a_department_and_comes_back_answered(visit):
    phone = {"width": 375, "height": 812}
    member = visit(MEMBER, **phone)
    member.goto("/events/petitions/own/")
    follow(member, "提出诉求")
    member.get_by_label("咨询").check()
    member.get_by_label("主题").select_option(label="运营模式创新")
    member.get_by_label("标题").fill(TITLE)
    member.get_by_label("内容").fill("会议室对外收费需要向哪个部门备案？")
    member.get_by_label("转给部门时隐去单位名称").check()
    assert sideways(member) == 0
    press(member, "提交")
    expect(member.locator("h1 .status")).to_have_text("待受理")

    keeper = visit(SECRETARY)
    open_it(keeper)
    press(keeper, "受理")
    expect(keeper.locator("h1 .status")).to_have_text("已受理")

    general = visit(GENERAL)
    open_it(general)
    follow(general, "转办")
    general.get_by_label("承办部门").select_option(label="演示部门一（文化产业）")
    press(general, "转办")
    expect(general.locator("h1 .status")).to_have_text("已转办")

    liaison = visit(LIAISON, **phone)
    follow(liaison, f"已转办：{TITLE}")
    expect(liaison.locator("main")).to_contain_text("某会员单位")
    press(liaison, "签收")
    follow(liaison, "答复")
    liaison.get_by_label("答复内容").fill("无须备案，明码标价即可。")
    assert sideways(liaison) == 0
    press(liaison, "答复")
    with liaison.expect_download() as file:
        follow(liaison, "下载转办函（Word）")
    assert re.fullmatch(r"转办函〔\d{4}〕\d+号\.docx", file.value.suggested_filename)

    member.goto("/today/")
    member.locator("li", has_text=TITLE).get_by_role("link").first.click()
    expect(member.locator("main")).to_contain_text("无须备案，明码标价即可。")
    press(member, "满意")
    expect(member.locator("h1 .status")).to_have_text("已办结")
