"""The look in a real browser: access for all, no breach of the security policy, and the small behaviours."""

import os
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import sync_playwright

from association.models import User
from tests.conftest import browser_missing
from tests.journeys.steps import sideways

# Playwright keeps an event loop in this thread, which makes Django believe that its queries are asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(bool(browser_missing()), reason=browser_missing()),
]
CHROMIUM = next(
    (
        p
        for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
        if os.path.exists(p)
    ),
    "",
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every width and every set of tokens once; the contrast of all pairs is reckoned in tests/association/test_look.py.
VARIANTS = [(1440, ("", "")), (375, ("dark", "")), (375, ("light", "large")), (1440, ("dark", "large"))]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, live_server, as_user):
    """`with opened(path, user=…, width=…) as page:` a page whose console must stay silent."""

    @contextmanager
    def open_page(path, user=None, width=1440, look=("", ""), silent=True, **options):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", color_scheme="light", **options
        )
        cookies = {k: v for k, v in zip(("theme", "text_size"), look, strict=True) if v}
        if user is not None:
            cookies["sessionid"] = as_user(user).cookies["sessionid"].value
        context.add_cookies([{"name": k, "value": v, "url": live_server.url} for k, v in cookies.items()])
        page, said = context.new_page(), []
        page.on(
            "console",
            lambda message: said.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(live_server.url + path, wait_until="networkidle")
        yield page
        context.close()
        assert said == [] or not silent

    return open_page


def violations(page):
    """What the audit finds, as (rule, first element)."""
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [(v["id"], v["nodes"][0]["html"][:200]) for v in found]


@pytest.mark.parametrize(("width", "look"), VARIANTS)
def test_the_components_and_the_sign_in_page_pass_the_audit(opened, secretary, width, look):
    # The audit itself is a script put into the page, which the policy rightly stops unless it is told not to.
    with opened(reverse("association:look"), secretary, width, look, bypass_csp=True) as page:
        assert violations(page) == []
        assert sideways(page) == 0
    with opened(reverse("account_login"), None, width, look, bypass_csp=True) as page:
        assert violations(page) == []
        assert sideways(page) == 0


@pytest.mark.parametrize("width", [375, 720, 1000, 1280])
def test_no_page_scrolls_sideways_or_breaks_the_policy(opened, secretary, width):
    for path, user in (
        (reverse("association:look"), secretary),
        (reverse("association:preferences"), secretary),
        (reverse("account_login"), None),
        ("/nowhere/", None),
    ):
        with opened(path, user, width, silent=path != "/nowhere/") as page:
            assert sideways(page) == 0, path


def test_on_a_phone_everything_pressed_is_a_finger_high(opened, secretary):
    small = """() => [...document.querySelectorAll("main a, main button, main summary, main select, header a")]
        .filter((e) => e.offsetParent && !e.closest(".aloud") && e.getBoundingClientRect().height < 43.5)
        .map((e) => e.textContent.trim())"""
    with opened(reverse("association:look"), secretary, 375) as page:
        assert page.evaluate(small) == []


def test_slash_leads_to_the_search_box_but_not_from_a_field(opened, secretary):
    with opened(reverse("association:look"), secretary) as page:
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "q"
        page.fill("#new_name", "")
        page.keyboard.press("/")
        assert page.input_value("#new_name") == "/"


def test_dialogs_open_from_a_link_and_close_three_ways(opened, secretary):
    with opened(reverse("association:look"), secretary) as page:
        for close in (
            lambda: page.keyboard.press("Escape"),
            lambda: page.mouse.click(5, 500),
            lambda: page.click("dialog[open] .dialog__head a"),
        ):
            page.click("a[data-dialog=export]")
            assert page.locator("dialog[open]").count() == 1
            close()
            assert page.locator("dialog[open]").count() == 0


def test_without_scripts_menu_and_dialogs_still_open(opened, secretary):
    with opened(reverse("association:look"), secretary, 375, java_script_enabled=False) as page:
        page.click("text=菜单")
        assert page.locator("#menu").is_visible()
        page.click("#menu >> text=关闭")
        assert not page.locator("#menu").is_visible()
        page.locator("a[href='#columns']").click()
        assert page.locator("#columns").is_visible()


def test_choosing_rows_counts_them_and_shows_what_can_be_done(opened, secretary):
    with opened(reverse("association:look"), secretary) as page:
        assert not page.locator(".batch").is_visible()
        page.locator("input[data-choose]").nth(0).check()
        page.locator("input[data-choose]").nth(3).click(modifiers=["Shift"])
        assert page.locator("[data-batch-count]").inner_text() == "已选 4 家"
        page.locator("[data-choose-all]").check()
        assert page.locator("[data-batch-count]").inner_text() == "已选 5 家"


def test_plain_clicks_choose_several(opened, secretary):
    chosen = "[...document.querySelector('#filter_reaches').selectedOptions].map((o) => o.text)"
    with opened(reverse("association:look"), secretary) as page:
        page.click(".filters summary")
        box = page.locator("#filter_reaches").bounding_box()
        for row in (0, 2, 0, 1):
            page.mouse.click(box["x"] + 30, box["y"] + 20 + 25 * row)
        assert page.evaluate(chosen) == ["西城", "朝阳"]


def test_a_draft_is_offered_again_and_can_be_taken_back(opened, secretary):
    with opened(reverse("association:look"), secretary) as page:
        page.on("dialog", lambda dialog: dialog.accept())
        page.fill("#new_name", "填到一半的园区")
        page.wait_for_timeout(900)
        page.reload()
        page.click("text=恢复填写的内容")
        assert page.input_value("#new_name") == "填到一半的园区"


def test_leaving_a_changed_form_asks_first(opened, secretary):
    asked = []
    with opened(reverse("association:look"), secretary) as page:
        page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        page.fill("#new_name", "x")
        page.click(".brand")
        page.wait_for_url("**/today/")
    assert asked == ["beforeunload"]


def test_a_file_that_is_too_large_is_told_before_it_is_sent(opened, secretary):
    with opened(reverse("association:look"), secretary) as page:
        page.evaluate("document.querySelector('#new_licence').dataset.maxBytes = 2048")
        page.set_input_files(
            "#new_licence", {"name": "大.pdf", "mimeType": "application/pdf", "buffer": b"x" * 2049}
        )
        assert "文件超过 2 KB" in page.locator(".drop").first.inner_text()


def test_a_fragment_that_fails_says_why_in_our_words(opened, secretary):
    with opened(reverse("association:look"), secretary, silent=False) as page:
        page.evaluate("htmx.ajax('GET', '/nowhere/', '#notices')")
        page.wait_for_selector("[data-live] .note")
        assert page.locator("[data-live] p").inner_text() == "没有找到这个页面"
        page.click("text=知道了")
        assert page.locator("[data-live] .note").count() == 0


def test_a_form_is_sent_once_however_often_it_is_pressed(opened, secretary, live_server):
    sent = []
    with opened(reverse("association:preferences"), secretary) as page:
        page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
        page.check("input[name=theme][value=dark]")
        page.evaluate(
            "() => { const b = document.querySelector('#preferences button'); b.click(); b.click(); b.click(); }"
        )
        page.wait_for_selector("html[data-theme=dark]")
    assert sent == ["POST"]
    assert User.objects.get(pk=secretary.pk).theme == "dark"
