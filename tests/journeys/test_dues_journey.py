"""The treasurer bills a year in one run, a member uploads the transfer slip, another treasurer confirms it, a receipt is
recorded."""

import re

from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.factories.files import PDF
from tests.journeys.steps import WORKER, press, sideways

TREASURER, CASHIER, MANAGER = "treasurer@example.cn", "cashier@example.cn", "manager20@example.cn"
UNIT = "演示运营公司20"
YEAR = localdate().year + 1


def bill_the_year(page):
    """Preview, one word, and the worker writes them all."""
    page.goto("/members/bills/runs/")
    page.get_by_label("年度").fill(str(YEAR))
    press(page, "预览")
    expect(page.locator("h1")).to_contain_text(f"预览：{YEAR}年度会费")
    page.get_by_role("link", name=re.compile("^出账 ")).click()
    press(page, "出账并通知")
    expect(page.locator("h1 .status")).to_have_text("已出账", timeout=WORKER)


def test_a_year_is_billed_paid_and_receipted(visit):
    treasurer = visit(TREASURER)
    bill_the_year(treasurer)

    phone = visit(MANAGER, width=375, height=812)
    phone.goto("/members/own/dues/")
    owed = phone.locator("article.owed", has_text=f"{YEAR}年度会费")
    expect(owed).to_be_visible()
    assert sideways(phone) == 0
    owed.get_by_role("link", name=re.compile("^上传转账凭证")).click()
    phone.get_by_label("转账凭证").set_input_files(
        {"name": "回单.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    press(phone, "提交凭证")
    expect(phone.locator("#notices")).to_contain_text("财务核对后通知你")
    assert sideways(phone) == 0

    # Who issued the bill is not the one who confirms that it was paid.
    slip = phone.url
    treasurer.goto(slip)
    expect(treasurer.get_by_role("button", name="确认到账")).to_have_count(0)
    cashier = visit(CASHIER)
    cashier.goto("/members/paying/")
    expect(cashier.locator("main")).to_contain_text(UNIT)
    cashier.goto(slip)
    press(cashier, "确认到账")
    expect(cashier.locator("#notices")).to_contain_text("到账")

    cashier.goto("/members/receipts/due/")
    cashier.get_by_role("row", name=re.compile(f"{UNIT}.*{YEAR}", re.S)).get_by_role("link").first.click()
    cashier.get_by_role("link", name=re.compile("^登记票据")).first.click()
    cashier.get_by_label("票据号码").fill(f"{YEAR}000020")
    cashier.get_by_label("开票人").fill("孙会宁")
    cashier.get_by_label("复核人").fill("李复核")
    press(cashier, "登记票据")
    expect(cashier.locator("#notices")).to_contain_text("已登记社会团体会费票据")

    phone.goto("/members/own/dues/")
    expect(phone.locator("main")).to_contain_text(f"{YEAR}000020")
    phone.goto("/notices/")
    expect(phone.locator("main")).to_contain_text("到账")
