"""A visitor signs up on a phone with a code, a member for a colleague; the secretariat sees both, the last seat is passed on."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import SECRETARY, follow, press, sideways
from tests.journeys.test_sign_in_journey import enter, newest_code

MOBILE = "13900007701"


def sign_up(page):
    page.locator("#id_unit_name").fill("演示来宾单位")
    page.locator("#id_full_name").fill("钱来宾")
    page.locator("#id_agrees").check()
    assert sideways(page) == 0
    press(page, "报名")


def test_a_visitor_signs_up_with_a_code_and_gives_the_place_back(visit):
    visitor = visit(width=375, height=812)
    visitor.goto("/activities/")
    follow(visitor, "三城园区年度对话")
    visitor.get_by_role("link", name="报名", exact=True).click()
    visitor.get_by_label("手机号或邮箱").fill(MOBILE)
    press(visitor, "获取验证码")
    enter(visitor, newest_code(visitor, MOBILE), "继续")
    expect(visitor.locator("h1")).to_have_text("报名")
    expect(visitor.locator("#id_mobile")).to_be_disabled()
    sign_up(visitor)
    expect(visitor.locator("h1 .status")).to_have_text("已确认")
    expect(visitor.locator(".ticket img")).to_be_visible()
    assert sideways(visitor) == 0

    keeper = visit(SECRETARY)
    keeper.goto("/events/")
    follow(keeper, "三城园区年度对话")
    follow(keeper, "全部报名")
    expect(keeper.locator("tbody tr", has_text="钱来宾")).to_contain_text(
        re.compile(r"139\*{4}7701.*凭验证码报名", re.DOTALL)
    )
    assert sideways(keeper) == 0

    follow(visitor, "取消报名")
    visitor.get_by_role("dialog").get_by_role("button", name="取消报名").click()
    expect(visitor.locator("h1 .status")).to_have_text("已取消")
