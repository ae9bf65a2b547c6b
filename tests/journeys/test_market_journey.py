"""A member writes what it looks for on a phone, the secretary publishes it, another shows interest, both see whom to ring."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.journeys.steps import MEMBER, SECRETARY, follow, press, sideways

OTHER = "manager20@example.cn"  # the manager of an invented unit
TITLE = "寻找开园仪式的演出内容"
PHONE = {"width": 375, "height": 812}


def name_oneself(page):
    """The consent by itself, with oneself as the one to be rung; who acts is chosen already."""
    page.locator("[name=agrees]").check()


def test_two_units_find_one_another_and_see_whom_to_ring_only_then(visit):
    member = visit(MEMBER, **PHONE)
    member.goto("/events/market/")
    follow(member, "发布供需")
    member.locator("[name=title]").fill(TITLE)
    member.locator("[name=text]").fill("六月开园，需要四十分钟的演出。")
    member.locator("[name=category]").select_option(label="内容合作")
    member.locator("[name=valid_to]").fill(str(date.today() + timedelta(days=60)))
    assert sideways(member) == 0
    press(member, "提交审核")
    expect(member.locator("h1 .status")).to_have_text("待审")

    keeper = visit(SECRETARY)
    keeper.goto("/events/postings/?state=submitted")
    follow(keeper, TITLE)
    press(keeper, "发布")
    expect(keeper.locator("h1 .status")).to_have_text("已发布")

    other = visit(OTHER, **PHONE)
    other.goto("/events/market/?q=" + TITLE)
    follow(other, TITLE)
    follow(other, "我有意向")
    name_oneself(other)
    press(other, "表示意向")
    expect(other.locator("h1 .status")).to_have_text("待对方确认")
    expect(other.locator(".match__side a[href^='tel:']")).to_have_count(0)
    assert sideways(other) == 0

    member.goto("/today/")
    member.locator("li", has_text=f"答复对接：{TITLE}").get_by_role("link").first.click()
    expect(member.locator(".match__side a[href^='tel:']")).to_have_count(0)
    follow(member, "同意对接")
    name_oneself(member)
    press(member, "同意对接")
    expect(member.locator("h1 .status")).to_have_text("双方同意")
    expect(
        member.locator(".match__side a[href^='mailto:'], .match__side a[href^='tel:']").first
    ).to_be_visible()
    other.reload()
    expect(other.locator(f".match__side a[href='mailto:{MEMBER}']")).to_be_visible()
    assert sideways(member) == 0
