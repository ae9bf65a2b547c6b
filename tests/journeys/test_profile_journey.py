"""A park's manager on a phone and the secretary at her desk: the unit's page kept, its new name filed and accepted."""

import re

from playwright.sync_api import expect

from members.demo.proposals import NEW_NAME, RENAMED
from tests.factories import files
from tests.journeys.steps import SECRETARY, WORKER, follow, press, sideways

MANAGER = "manager20@example.cn"
FINGER = 44


def picture(name, colour):
    return {
        "name": name,
        "mimeType": "image/png",
        "buffer": files.picture("PNG", size=(320, 240), colour=colour),
    }


def fits(page):
    """Nothing scrolls sideways, and every button is high enough for a finger."""
    assert sideways(page) == 0
    low = page.evaluate(
        """most => [...document.querySelectorAll('main .button')].filter(b => b.offsetParent)
                   .filter(b => b.getBoundingClientRect().height < most).map(b => b.textContent)""",
        FINGER,
    )
    assert low == []


def test_a_manager_keeps_the_page_and_the_secretary_accepts_the_new_name(visit):
    phone = visit(MANAGER, width=375, height=812)
    phone.goto("/members/own/")
    expect(phone.locator("h1")).to_contain_text(RENAMED)
    expect(phone.locator(".keeper")).to_contain_text("资料完整度")
    fits(phone)

    # The ordinary counts at once, the name waits; what waited before is replaced.
    follow(phone, "编辑单位资料")
    fits(phone)
    phone.get_by_label("单位电话").fill("（010）8765 4320")
    phone.get_by_label("单位名称").fill(f"{NEW_NAME}（北京）")
    press(phone, "保存")
    expect(phone.locator("#notices")).to_contain_text("单位名称的修改已提交审核")
    expect(phone.locator("main")).to_contain_text("010-87654320")
    expect(phone.locator("h1")).to_contain_text(RENAMED)
    expect(phone.locator(".keeper")).to_contain_text("1 项修改待协会审核")

    # A logo and three photographs; they appear by themselves once they have been redrawn.
    phone.locator(".keeper").get_by_role("link", name="标识与照片").click()
    phone.get_by_label("标识图片").set_input_files(picture("标识.png", "navy"))
    press(phone, "上传标识")
    expect(phone.locator("#notices")).to_contain_text("标识已上传")
    shots = [picture(f"{n}.png", colour) for n, colour in enumerate(("red", "green", "blue"), 1)]
    phone.get_by_label("照片", exact=False).last.set_input_files(shots)
    press(phone, "上传照片")
    expect(phone.locator("#notices")).to_contain_text("已上传 3 张照片")
    expect(phone.locator("#pictures img")).to_have_count(4, timeout=WORKER)
    fits(phone)
    phone.get_by_role("button", name=re.compile("设为封面.*照片 3")).click()
    expect(phone.locator("#notices")).to_contain_text("已设为封面")

    # At the desk: old and new side by side, one word, done.
    desk = visit(SECRETARY)
    desk.goto("/today/")
    desk.locator(".todo", has_text="资料变更待审核").get_by_role("link").first.click()
    desk.get_by_role("row", name=re.compile(f"{RENAMED}.*单位名称")).get_by_role("link").click()
    sides = desk.locator(".proposal", has_text="单位名称").locator(".sides")
    expect(sides).to_contain_text(RENAMED)
    expect(sides.locator(".sides__new")).to_contain_text(f"{NEW_NAME}（北京）")
    desk.get_by_role("radio", name="通过").check()
    press(desk, "确认审核")
    expect(desk.locator("#notices")).to_contain_text("已审核 1 项")
    expect(desk.locator("h1")).to_contain_text(f"{NEW_NAME}（北京）")

    # The answer lies in the manager's inbox, and the old name has become a former one.
    phone.goto("/notices/")
    expect(phone.locator("main")).to_contain_text("资料变更已审核")
    phone.goto("/members/own/")
    expect(phone.locator("h1")).to_contain_text(f"{NEW_NAME}（北京）")
    expect(phone.locator("main")).to_contain_text(f"{RENAMED} 曾用名")


def test_a_reporter_is_asked_once_more_about_what_is_unlikely(visit):
    phone = visit(MANAGER, width=375, height=812)
    phone.goto("/members/own/")
    phone.locator(".keeper").get_by_role("link", name="填年度数据").click()
    fits(phone)
    phone.get_by_label("平均租金").fill("147")
    press(phone, "保存")
    expect(phone.locator("form .note--warn")).to_contain_text("像是每月的数")
    phone.get_by_label("数字核对无误").check()
    press(phone, "保存")
    expect(phone.locator("#notices")).to_contain_text("年度数据")
