"""The next 文科汇 from last time's plan to what came of it: planned in minutes, invited by filter, signed up for on the
phone, checked in by a phone that loses its network, completed by the online list; deals and petitions hang on it."""

import re
from datetime import timedelta

from django.utils.timezone import localdate, localtime, now
from playwright.sync_api import expect

from tests.bank_lists import csv_file
from tests.journeys.steps import GENERAL, MEMBER, SECRETARY, follow, press, sideways
from tests.journeys.test_door_journey import count, typed

TOPIC, VIEW, UNIT = "文旅消费新场景对接会", "朝阳区的园区（演示）", "演示运营公司"
COLLEAGUE, STRANGER = ("钱同事", "13900009902"), ("外省来宾", "13900009903")
PHONE = {"width": 375, "height": 812}
LIST = ["姓名", "手机号", "单位名称", "参会方式", "时长(分钟)"]


def plan(keeper):
    """From last time's, with a new topic, a new time and an audience; gives the address of the event."""
    starts = localtime(now() + timedelta(minutes=30))
    keeper.goto("/events/")
    follow(keeper, "策划活动")
    follow(keeper, "文科汇")
    keeper.get_by_label(re.compile("^主题")).fill(TOPIC)
    keeper.locator("[name=starts_at]").fill(f"{starts:%Y-%m-%dT%H:%M}")
    keeper.locator("[name=ends_at]").fill(f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}")
    keeper.get_by_role("radio", name="会员", exact=True).check()
    press(keeper, "存为策划")
    expect(keeper.locator("h1")).to_contain_text(TOPIC)
    return keeper.url


def publish(keeper, approver, address):
    press(keeper, "提交审批")
    approver.goto(address)
    press(approver, "批准发布")
    keeper.goto(f"{address}terms/")
    opens, closes = localtime(now() - timedelta(days=1)), localtime(now() + timedelta(minutes=29))
    keeper.locator("[name=registration_opens_at]").fill(f"{opens:%Y-%m-%dT%H:%M}")
    keeper.locator("[name=registration_closes_at]").fill(f"{closes:%Y-%m-%dT%H:%M}")
    keeper.locator("[name=onsite_capacity]").fill("50")
    press(keeper, "保存")
    expect(keeper.locator("main")).to_contain_text("线下还有 50 个名额")


def keep_view(keeper):
    """A view of the roster, as the secretariat keeps them for whatever comes."""
    keeper.goto("/members/?district=110105")
    follow(keeper, "存为视图")
    keeper.get_by_label(re.compile("^视图名称")).fill(VIEW)
    press(keeper, "保存视图")
    expect(keeper.get_by_role("link", name=VIEW)).to_be_visible()


def invite(keeper, address):
    """The managers of the units of the view, counted first."""
    keeper.goto(f"{address}invite/")
    keeper.get_by_label("哪些单位").select_option(label=VIEW)
    keeper.get_by_label("每家请谁").select_option(label="会员管理员")
    press(keeper, "看名单")
    send = keeper.get_by_role("button", name=re.compile("^发给这 [0-9]+ 人$"))
    number = re.search("[0-9]+", send.inner_text())[0]
    assert sideways(keeper) == 0
    send.click()
    expect(keeper.locator("main")).to_contain_text(f"邀请已发给 {number} 人")
    expect(keeper.get_by_role("link", name=re.compile("^未回复"))).to_contain_text(number)


def accept(member, address):
    """The invited comes, and signs up a colleague who will be online; gives the short code under the QR code."""
    member.goto("/notices/")
    member.locator("li", has_text=TOPIC).get_by_role("button", name=re.compile("^打开")).first.click()
    expect(member.locator("h1")).to_contain_text(TOPIC)
    member.get_by_role("radio", name="参加", exact=True).check()
    member.get_by_role("radio", name="线下").check()
    assert sideways(member) == 0
    press(member, "回复")
    expect(member.locator("h1 .status")).to_have_text("参加")
    member.get_by_role("link", name=re.compile("的报名$")).click()
    code = member.locator(".ticket b").inner_text()
    member.goto(f"{address}register/?for=colleague")
    member.locator("[name=full_name]").fill(COLLEAGUE[0])
    member.locator("[name=mobile]").fill(COLLEAGUE[1])
    member.get_by_role("radio", name="线上").check()
    press(member, "报名")
    expect(member.locator("h1 .status")).to_have_text("已确认")
    return code


def check_in_offline(keeper, visit, address, code):
    keeper.goto(f"{address}door/")
    keeper.get_by_label(re.compile("^给谁用")).fill("志愿者")
    press(keeper, "生成链接")
    volunteer = visit(**PHONE)
    volunteer.goto(re.sub(r"^https?://[^/]+", "", keeper.locator(".door-link a").inner_text()))
    expect(volunteer.locator("[data-kept]")).to_have_count(1)
    volunteer.context.set_offline(True)
    typed(volunteer, code)
    typed(volunteer, code)
    expect(count(volunteer, "waiting")).to_have_text("1")
    volunteer.context.set_offline(False)
    expect(count(volunteer, "waiting")).to_have_text("0")
    expect(count(volunteer, "arrived")).to_have_text("1")


def take_in_online_list(keeper, address):
    """The platform's list: the colleague is known by the number, the stranger has to be looked at."""
    rows = [[*COLLEAGUE, UNIT, "线上", "95"], [*STRANGER, "外省园区协会", "线上", "80"]]
    keeper.goto(f"{address}attendance/online/")
    table = {"name": "参会名单.csv", "mimeType": "text/csv", "buffer": csv_file(LIST, *rows).read()}
    keeper.locator("input[type=file]").set_input_files(table)
    press(keeper, "上传并核对")
    expect(keeper.locator("main")).to_contain_text("有 2 人，自动对上 1 人")
    keeper.locator("tbody tr", has_text=STRANGER[0]).get_by_role("button").click()
    expect(keeper.locator("main")).to_contain_text("没有待核对的人")
    for tab, number in (("onsite", 1), ("online", 2)):
        keeper.goto(f"{address}attendance/?tab={tab}")
        expect(keeper.locator("td.name")).to_have_count(number)


def add_what_came_of_it(keeper, address):
    number = address.rstrip("/").split("/")[-1]
    keeper.goto(f"/events/deals/new/?event={number}")
    keeper.get_by_label(re.compile("^合作事项")).fill("夜游光影共建（演示）")
    keeper.get_by_label(re.compile("^签约日期")).fill(localdate().isoformat())
    keeper.get_by_label(re.compile("^甲方")).fill("演示运营公司01")
    keeper.get_by_label(re.compile("^乙方")).fill("演示科技企业")
    press(keeper, "登记")
    expect(keeper.locator("h1")).to_contain_text("夜游光影共建")
    keeper.goto(f"/events/petitions/new/?event={number}")
    keeper.locator("[name=organization]").select_option(label="演示运营公司02")
    keeper.get_by_label("咨询").check()
    keeper.get_by_label("主题").select_option(label="运营模式创新")
    keeper.get_by_label("标题").fill("夜间活动的报备（演示）")
    keeper.get_by_label("内容").fill("夜间活动需要向哪里报备？")
    press(keeper, "提交")
    keeper.goto(address)
    expect(keeper.locator("main")).to_contain_text("夜游光影共建（演示）")
    expect(keeper.locator("main")).to_contain_text("夜间活动的报备（演示）")
    assert sideways(keeper) == 0


def test_a_conference_from_the_plan_to_what_came_of_it(visit):
    keeper = visit(SECRETARY)
    keep_view(keeper)
    address = plan(keeper)
    publish(keeper, visit(GENERAL), address)
    invite(keeper, address)
    code = accept(visit(MEMBER, **PHONE), address)
    check_in_offline(keeper, visit, address, code)
    take_in_online_list(keeper, address)
    add_what_came_of_it(keeper, address)
