"""What people do on the pages, in their own words, so that the journeys read as stories."""

import os
import re
import shutil
import subprocess
from io import BytesIO

import openpyxl
import pytest
from playwright.sync_api import expect

SECRETARY, GENERAL = "secretary@example.cn", "secretary-general@example.cn"
ADMINISTRATOR, MEMBER = "administrator@example.cn", "member@example.cn"
# A worker has to start a process, read, check and write; on a busy machine that takes its time.
WORKER = 60_000
expect.set_options(timeout=15_000)


# --- the pages ------------------------------------------------------------------------------------------------


def press(page, text):
    page.get_by_role("button", name=text, exact=True).click()


def follow(page, text):
    page.get_by_role("link", name=text, exact=True).click()


def find_in_roster(page, text):
    """Type into the roster's own search box; gives the names that the list then shows."""
    page.goto("/members/")
    page.get_by_role("searchbox", name="在名册里找").fill(text)
    press(page, "找")
    expect(page.locator(".pill")).to_contain_text(text)
    return listed(page)


def listed(page):
    page.wait_for_load_state()
    return page.locator("td.name a").all_inner_texts()


def open_unit(page, name):
    """From the roster to the page of the unit or park of that name."""
    find_in_roster(page, name)
    page.locator("td.name", has_text=name).first.locator("a").click()
    expect(page.get_by_role("navigation", name="会员资料")).to_be_visible()


def sideways(page):
    """By how many pixels the page is wider than its window, once it is there whole."""
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def total(page):
    """The line under the heading: how many units, of which standing, on which day."""
    return page.locator(".heading__line").inner_text()


# --- workbooks ------------------------------------------------------------------------------------------------


def export(page, day, *, reason=""):
    """Export what an import needs as of a day, with full numbers when there is a reason; gives the file's name and its content."""
    page.goto("/members/export/")
    follow(page, "导入所需列")
    expect(page.get_by_role("checkbox", name="统一社会信用代码", exact=True)).to_be_checked()
    page.get_by_label("截至日期").fill(day)
    expect(page.locator("#export-scope")).to_contain_text(f"截至 {in_chinese(day)}")
    if reason:
        page.get_by_label("手机号与邮箱写完整").check()
        page.get_by_label("用途").fill(reason)
    with page.expect_download() as download:
        press(page, "导出")
    return download.value.suggested_filename, content_of(download.value)


def in_chinese(day):
    """2022-01-26 as the pages say it."""
    year, month, date = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{date}日"


def content_of(download):
    with open(download.path(), "rb") as file:
        return file.read()


def rows_of(content, sheet=None):
    """The rows of a sheet, the head first; of the first sheet unless another is named."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [list(row) for row in book[sheet or book.sheetnames[0]].iter_rows(values_only=True)]


def upload(page, name, content):
    """Upload a workbook and wait until the worker has checked it."""
    page.goto("/members/imports/")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("名册文件").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    press(page, "上传并核对")
    expect(page.locator("h1 .status")).to_have_text(re.compile("待确认|没有不同|有错误"), timeout=WORKER)


def results(page):
    """The four figures of a checked import: 新增, 更新, 不变, 错误."""
    return [int(n.replace(",", "")) for n in page.locator(".figure b").all_inner_texts()]


# --- the spreadsheet program ----------------------------------------------------------------------------------


def saved_by_office(content, folder):
    """The workbook after LibreOffice has opened and saved it; skips where there is none."""
    office = shutil.which("soffice")
    if not office and os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER 已设置，但这台机器上没有找到 LibreOffice（soffice）。", pytrace=False)
    if not office:
        pytest.skip("没有找到 LibreOffice，跳过电子表格测试（apt-get install libreoffice-calc）。")
    source, target = folder / "名册.xlsx", folder / "saved"
    source.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (target / source.name).read_bytes()
