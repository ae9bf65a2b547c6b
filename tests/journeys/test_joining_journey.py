"""A park that has never heard of us applies on a phone, mends what is asked for, and is admitted; the desk beside it."""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.factories.codes import credit_code
from tests.factories.files import PDF, picture
from tests.journeys.conftest import ROOT, SERVED_BY_THE_STARTER
from tests.journeys.steps import GENERAL, SECRETARY, content_of, follow, open_unit, press, sideways
from tests.journeys.test_sign_in_journey import enter, newest_code

CASHIER = "cashier@example.cn"
PHONE = {"width": 375, "height": 740, "has_touch": True, "is_mobile": True}
MOBILE, UNIT, PARK = "13900008801", "演示新来园区运营有限公司", "演示新来园"
CODE = credit_code(990_001)
# Where the demonstration has no fee standard for the year, the assembly adopts one.
ADOPT = """
from django.utils.timezone import localdate
from members.models import FeeStandard
if FeeStandard.objects.for_year(localdate().year) is None:
    from tests.factories.dues import make_standard
    make_standard(2022)
"""
FIELDS = {
    "name": UNIT, "legal_representative": "王法人", "registered_address": "演示路1号", "park_name": PARK,
    "park_address": "演示路2号", "representative_name": "李代表", "representative_title": "总经理",
    "representative_mobile": "139 0000 8802", "liaison_name": "赵联络", "liaison_mobile": "+86 13900008801",
}  # fmt: skip
CHOICES = {"category": "park_operator", "district": "110105", "park_district": "110105"}


@pytest.fixture(scope="module")
def standard(site, site_folder):
    environment = {k: v for k, v in os.environ.items() if k not in SERVED_BY_THE_STARTER}
    environment["PYTHONPATH"] = str(ROOT)
    command = [sys.executable, str(ROOT / "bin/manage"), "--data", str(site_folder), "shell", "-c", ADOPT]
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)


def prove(page):
    page.goto("/join/")
    assert sideways(page) == 0
    follow(page, "开始申请，或查看已有的申请")
    page.get_by_label("手机号或邮箱").fill(MOBILE)
    press(page, "获取验证码")
    expect(page.locator("h1")).to_have_text("填写验证码")
    assert sideways(page) == 0
    enter(page, newest_code(page, MOBILE), "继续")
    expect(page.locator("h1")).to_have_text("入会申请")


def fill_in(page):
    """Field by field: each is judged and kept as soon as the next one is touched."""
    follow(page, "填写资料")
    assert sideways(page) == 0
    page.locator("#id_credit_code").fill("9111")
    page.locator("#id_name").focus()
    expect(page.locator(".field", has=page.locator("#id_credit_code"))).to_contain_text("应为18位")
    page.locator("#id_credit_code").fill(CODE.lower())
    for name, text in FIELDS.items():
        page.locator(f"#id_{name}").fill(text)
        page.locator(f"#id_{name}").blur()
    for name, value in CHOICES.items():
        page.locator(f"#id_{name}").select_option(value)
    expect(page.locator("#id_liaison_mobile")).to_have_value("13900008801")
    page.locator("#id_accepts_charter").check()
    page.locator("#id_agrees").check()
    page.wait_for_load_state("networkidle")
    page.reload()
    expect(page.locator("#id_credit_code")).to_have_value(CODE)
    press(page, "保存，看还缺什么")
    expect(page.locator("#notices")).to_have_text("已保存。")


def slot(page, kind):
    return page.locator(".joining__slot", has=page.get_by_role("heading", name=kind))


def send(page, kind, name, mime, data):
    slot(page, kind).locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": mime, "buffer": data}
    )
    slot(page, kind).get_by_role("button").last.click()
    expect(slot(page, kind).locator(".files__name").last).to_have_text(name)


def on_desk(page):
    """From the menu to the application of the unit."""
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="入会申请").click()
    follow(page, UNIT)
    expect(page.locator("h1")).to_contain_text(UNIT)


def apply_and_be_admitted(visit):
    """The story up to the bill; gives the phone's page and the desk's."""
    phone = visit(**PHONE)
    prove(phone)
    press(phone, "开始填写")
    fill_in(phone)
    send(phone, "营业执照", "执照.pdf", "application/pdf", PDF)
    press(phone, "提交申请")
    expect(phone.locator("[role=alert].note")).to_contain_text("还缺：入会申请书（盖章）")
    send(phone, "入会申请书（盖章）", "申请书.jpg", "image/jpeg", picture())
    assert sideways(phone) == 0
    press(phone, "提交申请")
    expect(phone.locator("h1")).to_contain_text("待初审")

    desk = visit(SECRETARY)
    on_desk(desk)
    follow(desk, "要求补正")
    desk.get_by_label("要补正什么").fill("申请书缺公章")
    press(desk, "发给申请人")
    expect(desk.locator("h1")).to_contain_text("待补正")

    phone.reload()
    expect(phone.locator(".note--warn")).to_contain_text("申请书缺公章")
    send(phone, "入会申请书（盖章）", "盖章申请书.pdf", "application/pdf", PDF)
    press(phone, "重新提交")
    expect(phone.locator("h1")).to_contain_text("待初审")

    general = visit(GENERAL)
    on_desk(general)
    follow(general, "初审通过")
    press(general, "初审通过")
    expect(general.locator("h1")).to_contain_text("待理事会审议")
    follow(general, "登记通过")
    general.locator("#admit_basis").fill("理事会决议〔2026〕9号")
    press(general, "登记通过")
    expect(general.locator("h1")).to_contain_text("已通过待缴费")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("HF-")
    assert sideways(phone) == 0
    return phone, general


def confirm_the_fee(visit, phone):
    """The cashier, who issued no bill, finds it by its number and books what came in."""
    number = re.search(r"HF-\d{4}-\d{6}", phone.locator("main").inner_text())[0]
    cashier = visit(CASHIER)
    cashier.goto(f"/members/bills/?q={number}")
    cashier.locator("td.name a, th a").first.click()
    expect(cashier.locator("main")).to_contain_text(UNIT)
    cashier.get_by_role("link", name=re.compile("^确认到账")).first.click()
    press(cashier, "确认到账")
    expect(cashier.locator("#notices")).to_contain_text("已确认到账")


def test_a_park_applies_pays_and_gets_a_certificate_that_anyone_can_verify(visit, standard):
    phone, general = apply_and_be_admitted(visit)
    assert sideways(general) == 0
    expect(phone.locator("main")).to_contain_text("理事会已通过")

    confirm_the_fee(visit, phone)
    phone.reload()
    expect(phone.locator("h1")).to_contain_text("正式会员")
    assert sideways(phone) == 0

    open_unit(general, UNIT)
    general.get_by_role("navigation", name="会员资料").get_by_role("link", name="会籍", exact=True).click()
    general.get_by_role("link", name="查看会员证").click()
    with general.expect_download() as download:
        general.locator(".certificate__files a").first.click()
    assert content_of(download.value)[:4] in (b"%PDF", b"\x89PNG")
    verify = general.get_by_role("link", name="打开核验页").get_attribute("href")

    visitor = visit(**PHONE)
    visitor.goto(verify)
    expect(visitor.locator("main")).to_contain_text(UNIT)
    expect(visitor.locator("main")).to_contain_text("有效")
    expect(visitor.locator("main")).not_to_contain_text(MOBILE)
    assert sideways(visitor) == 0


def test_the_link_in_another_browser_asks_for_the_same_address(visit, standard):
    phone = visit(**PHONE, java_script_enabled=False)
    phone.goto("/join/0123456789abcdef0123456789abcdef/")
    expect(phone.locator("h1")).to_have_text("先核实手机或邮箱")
    assert sideways(phone) == 0
