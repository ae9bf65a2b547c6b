"""The secretariat plans the next 文科汇 from last time's, the secretary-general publishes it, a visitor reads of it."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import GENERAL, SECRETARY, follow, press, sideways

TOPIC = "沉浸式文旅场景"


def test_the_next_event_is_planned_from_last_time_published_and_read(visit):
    keeper = visit(SECRETARY)
    keeper.goto("/events/")
    follow(keeper, "策划活动")
    follow(keeper, "文科汇")
    # Everything that stays is there already; a new topic is all that is asked for.
    expect(keeper.get_by_label("地点", exact=True)).to_have_value("演示会议室")
    expect(keeper.get_by_label(re.compile("^第几期"))).to_have_value("6")
    keeper.get_by_label(re.compile("^主题")).fill(TOPIC)
    press(keeper, "存为策划")
    expect(keeper.locator("h1")).to_contain_text(TOPIC)
    expect(keeper.locator("main")).to_contain_text("演示委托单位")
    follow(keeper, "编排议程")
    keeper.locator("[name=agenda-1-speaker]").fill("演示讲者")
    press(keeper, "保存")
    expect(keeper.locator(".agenda")).to_contain_text("演示讲者")
    press(keeper, "提交审批")
    expect(keeper.locator("h1 .status")).to_have_text("待审批")
    assert sideways(keeper) == 0

    approver = visit(GENERAL)
    approver.locator("li", has_text="文科汇第6期").get_by_role("link").first.click()
    press(approver, "批准发布")
    expect(approver.locator("h1 .status")).to_have_text("已发布")

    visitor = visit(width=375, height=812)
    visitor.goto("/activities/")
    follow(visitor, TOPIC)
    expect(visitor.locator("h1")).to_have_text(re.compile(TOPIC))
    expect(visitor.locator("main")).not_to_contain_text("演示委托单位")
    assert sideways(visitor) == 0
    with visitor.expect_download() as file:
        follow(visitor, "加到日历")
    assert file.value.suggested_filename == "event.ics"
