"""A volunteer's phone at the door loses its network, goes on, and hands everything in exactly once."""

import re
from datetime import timedelta

from django.utils.timezone import localtime, now
from playwright.sync_api import expect

from tests.journeys.steps import GENERAL, SECRETARY, follow, press, sideways

TOPIC = "现场签到演练"


def planned(keeper, visit):
    """An event that begins in half an hour, planned, published, and open for registration."""
    starts = localtime(now() + timedelta(minutes=30))
    keeper.goto("/events/")
    follow(keeper, "策划活动")
    follow(keeper, "走进北京文化产业园")
    keeper.get_by_label(re.compile("^主题")).fill(TOPIC)
    keeper.locator("[name=starts_at]").fill(f"{starts:%Y-%m-%dT%H:%M}")
    keeper.locator("[name=ends_at]").fill(f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    press(keeper, "存为策划")
    address = keeper.url
    press(keeper, "提交审批")
    approver = visit(GENERAL)
    approver.goto(address)
    press(approver, "批准发布")
    keeper.goto(f"{address}terms/")
    opens = localtime(now() - timedelta(days=1))
    keeper.locator("[name=registration_opens_at]").fill(f"{opens:%Y-%m-%dT%H:%M}")
    keeper.locator("[name=registration_closes_at]").fill(f"{starts:%Y-%m-%dT%H:%M}")
    press(keeper, "保存")
    return address


def registered(keeper, address, number):
    """Somebody with a seat; gives the short code under their QR code."""
    keeper.goto(f"{address}registrations/new/")
    keeper.get_by_label(re.compile("^姓名")).fill(f"演示来宾{number}")
    keeper.get_by_label(re.compile("^单位")).fill(f"演示来宾单位{number}")
    keeper.get_by_label(re.compile("^手机")).fill(f"1990005000{number}")
    press(keeper, "报名")
    follow(keeper, f"演示来宾{number}")
    return keeper.locator(".ticket b").inner_text()


def typed(phone, text):
    phone.get_by_label("短码或姓名").fill(text)
    press(phone, "签到")


def count(phone, name):
    return phone.locator(f"[data-count={name}]")


def test_a_phone_without_network_goes_on_and_hands_in_everything_once(visit):
    keeper = visit(SECRETARY)
    address = planned(keeper, visit)
    first, second = (registered(keeper, address, number) for number in (1, 2))
    keeper.goto(f"{address}door/")
    keeper.get_by_label(re.compile("^给谁用")).fill("志愿者甲")
    press(keeper, "生成链接")
    link = keeper.locator(".door-link a").inner_text()

    phone = visit(width=375, height=812)
    phone.goto(re.sub(r"^https?://[^/]+", "", link))
    expect(phone.locator("[data-line]")).to_contain_text("名单 2 人")
    expect(phone.locator("[data-kept]")).to_have_count(1)
    assert sideways(phone) == 0
    typed(phone, first)
    expect(count(phone, "done")).to_have_text("1")

    phone.context.set_offline(True)
    typed(phone, second.lower())
    expect(count(phone, "waiting")).to_have_text("1")
    expect(phone.locator("[data-queue]")).to_contain_text("还有 1 个签到没有传到服务器")
    typed(phone, second)
    expect(count(phone, "again")).to_have_text("1")
    phone.reload()
    # The page is there without network, and so is what was not handed in.
    expect(count(phone, "waiting")).to_have_text("1")
    expect(phone.locator("[data-line]")).to_contain_text("没有网络")

    phone.context.set_offline(False)
    expect(count(phone, "waiting")).to_have_text("0")
    expect(count(phone, "done")).to_have_text("2")
    expect(count(phone, "arrived")).to_have_text("2")
    keeper.goto(f"{address}attendance/?tab=onsite")
    expect(keeper.locator("td.name")).to_have_count(2)
