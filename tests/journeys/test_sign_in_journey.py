"""Signing in by every way, in a real browser: a code by mail and by text message, the second step, a passkey."""

import base64
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, SERVED_BY_THE_STARTER
from tests.journeys.steps import follow, press, sideways

# Nobody else's journey signs in as these.
MAIL, MOBILE, PASSWORD = "journey@example.cn", "13900007788", "lange-reise-2022"
MAKE = f"""
from association.models import User
User.objects.create_user("{MAIL}", "行路人", "{PASSWORD}")
User.objects.create_user(None, "手机人", None, mobile="{MOBILE}")
"""


@pytest.fixture(scope="module")
def people(site, site_folder):
    """Two people of their own: one with address and password, one with nothing but a number."""
    environment = {k: v for k, v in os.environ.items() if k not in SERVED_BY_THE_STARTER}
    command = [sys.executable, str(ROOT / "bin/manage"), "--data", str(site_folder), "shell", "-c", MAKE]
    subprocess.run(command, check=True, capture_output=True, env=environment, timeout=120)


@pytest.fixture
def here(visit, site, people):
    """A phone's page at the name that browsers count as safe, as passkeys need it."""

    def open_page(**options):
        page = visit(width=375, height=740, base_url=site.replace("127.0.0.1", "localhost"), **options)
        # Every sign-in computes a hash that is slow by design.
        page.set_default_timeout(45_000)
        return page

    return open_page


def newest_code(page, address):
    """The six digits of the newest letter or message to the address, read in the demonstration's mailbox."""
    box = page.context.new_page()
    box.goto(f"/demo-mailbox/?to={address}")
    text = box.locator(".letter").first.inner_text()
    box.close()
    return re.search(r"(?<!\d)\d{6}(?!\d)", text)[0]


def ask_for_code(page, address):
    page.goto("/accounts/login/")
    page.get_by_label("手机号或邮箱").first.fill(address)
    press(page, "获取验证码")
    expect(page.locator("h1")).to_have_text("填写验证码")
    assert sideways(page) == 0


def enter(page, code, button="登录"):
    page.locator("input[name=code]").fill(code)
    press(page, button)


def by_password(page):
    page.goto("/accounts/login/")
    form = page.locator("form.sign-in")
    form.get_by_label("手机号或邮箱").fill(MAIL)
    form.get_by_label("密码").fill(PASSWORD)
    form.get_by_role("button", name="登录").click()


def totp(secret, moment):
    """The six digits of RFC 6238 for the moment."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(moment) // 30), hashlib.sha1).digest()
    place = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[place : place + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def test_a_code_by_mail_opens_the_house(here):
    page = here(has_touch=True, is_mobile=True)
    ask_for_code(page, MAIL)
    field = page.locator("input[name=code]")
    assert [field.get_attribute(name) for name in ("autocomplete", "inputmode")] == [
        "one-time-code",
        "numeric",
    ]
    enter(page, "000000")
    expect(page.locator(".field__error")).to_have_text("验证码不对，请核对后重新输入。")
    enter(page, newest_code(page, MAIL))
    page.wait_for_url("**/today/")


def test_a_code_by_text_message_opens_it_without_scripts_too(here):
    page = here(java_script_enabled=False)
    ask_for_code(page, "139 0000 7788")
    press(page, "重新发送验证码")
    enter(page, newest_code(page, MOBILE))
    page.wait_for_url("**/today/")
    page.goto("/accounts/security/")
    expect(page.locator(".keys").first).to_contain_text("139 0000 7788 已验证")


def test_an_authenticator_app_and_a_recovery_code_are_the_second_step(here):
    page = here()
    by_password(page)
    page.wait_for_url("**/today/")
    page.goto("/accounts/security/")
    follow(page, "设置身份验证器")
    assert page.locator("img.qr").evaluate("(i) => i.naturalWidth") > 0
    secret = page.locator("[data-totp-secret]").inner_text()
    enter(page, totp(secret, time.time()), "开始使用")
    expect(page.locator("h1")).to_have_text("恢复码")
    spare = page.locator(".recovery-codes code").all_inner_texts()
    assert len(spare) == 10

    second = here()
    by_password(second)
    expect(second.locator("h1")).to_have_text("第二步验证")
    enter(second, totp(secret, time.time() + 30))
    second.wait_for_url("**/today/")

    third = here()
    by_password(third)
    enter(third, spare[0])
    third.wait_for_url("**/today/")
    third.goto("/accounts/sessions/")
    third.get_by_role("button", name=re.compile("退出其他")).click()
    expect(third.locator("#notices")).to_have_text("其他设备都已退出。")
    second.goto("/accounts/security/")
    expect(second.locator("h1")).to_have_text("登录")

    third.goto("/accounts/2fa/totp/deactivate/")
    press(third, "去掉身份验证器")
    expect(third.locator("#notices")).to_contain_text("已去掉身份验证器。")


def test_a_passkey_signs_in_alone(here):
    page = here()
    authenticator(page)
    by_password(page)
    page.wait_for_url("**/today/")
    page.goto("/accounts/2fa/passkeys/add/")
    page.get_by_label("名称").fill("办公室电脑")
    press(page, "增加通行密钥")
    expect(page.locator("h1")).to_have_text("恢复码")
    page.goto("/accounts/security/")
    expect(page.locator("main")).to_contain_text("办公室电脑")
    page.goto("/accounts/logout/")
    press(page, "退出登录")

    by_password(page)
    expect(page.locator("h1")).to_have_text("第二步验证")
    press(page, "用通行密钥")
    page.wait_for_url("**/today/")
    page.goto("/accounts/logout/")
    press(page, "退出登录")

    page.goto("/accounts/login/?next=/preferences/")
    press(page, "用通行密钥登录")
    expect(page.locator("h1")).to_have_text("显示设置")
    page.goto("/accounts/security/")
    page.get_by_role("link", name=re.compile("改名.*办公室电脑")).click()
    page.get_by_label("名称").fill("家里电脑")
    press(page, "保存")
    page.get_by_role("link", name=re.compile("去掉.*家里电脑")).click()
    press(page, "去掉通行密钥")
    expect(page.locator("#notices")).to_contain_text("已去掉通行密钥。")


def authenticator(page):
    """A device of the browser's own that keeps keys and is opened by its owner at once."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable", {"enableUI": False})
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
               "isUserVerified": True, "automaticPresenceSimulation": True}  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
