"""A real site for the journeys: bin/serve with its own data folder, and a real browser."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from association.demo import PASSWORD
from association.embedded import free_port
from tests.conftest import browser_missing

ROOT = Path(__file__).resolve().parent.parent.parent
SERVED_BY_THE_STARTER = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "DATA_DIR", "DEMO")
CHROMIUM = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
QUIET = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
QUIET += " --disable-component-update --disable-sync"


def pytest_collection_modifyitems(items):
    for item in items:
        path = Path(str(item.fspath))
        if "journeys" in path.parts:
            item.add_marker(pytest.mark.journey)
            # One site for all, and one browser at a time: the other process has its own work meanwhile.
            item.add_marker(pytest.mark.xdist_group("journeys"))


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory):
    """Where the running site keeps its data."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def site(site_folder):
    """The address of a running site with demo data; nothing in it is shared with other tests."""
    if reason := browser_missing():
        pytest.skip(reason)
    server, address = _served(site_folder)
    yield address
    server.send_signal(signal.SIGTERM)
    server.wait(60)


def _served(folder, tries=3):
    """A started bin/serve and its address; on another port when one was taken between choosing and using it."""
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if k not in SERVED_BY_THE_STARTER}
    command = [sys.executable, str(ROOT / "bin/serve"), "--port", str(port), "--data", str(folder)]
    log = folder.parent / "serve.log"
    with log.open("w") as err:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=err, text=True)
    if server.stdout.readline().startswith(f"ready http://127.0.0.1:{port}/"):
        return server, f"http://127.0.0.1:{port}"
    server.wait(60)
    assert tries > 1, log.read_text()
    assert "已被占用" in log.read_text(), log.read_text()
    return _served(folder, tries - 1)


@pytest.fixture(scope="session")
def browser():
    if reason := browser_missing():
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not needed where there is no browser)

    path = next(p for p in CHROMIUM if os.path.exists(p))
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=QUIET.split())
        yield started
        started.close()


@pytest.fixture
def visit(browser, site, request, tmp_path):
    """`visit(email, width=…, **context)` opens a page signed in as that demo person, None for a visitor.

    A page that breaks the content security policy or throws in its scripts fails the test.
    """
    troubles, contexts = [], []

    def open_page(email=None, *, width=1440, height=900, **options):
        context = browser.new_context(
            base_url=options.pop("base_url", site),
            viewport={"width": width, "height": height},
            locale="zh-CN",
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda m: troubles.append(m.text) if "Content Security Policy" in m.text else None)
        if email:
            sign_in(page, email)
        return page

    yield open_page
    for number, context in enumerate(contexts):
        with contextlib.suppress(Exception):
            context.pages[0].screenshot(path=tmp_path / f"last-{number}.png", full_page=True)
        context.close()
    assert troubles == []


def sign_in(page, email):
    """Type address and password as a person would."""
    page.goto("/accounts/login/")
    form = page.locator("form", has=page.locator("input[name=password]:visible")).first
    form.locator("input[name=login]").fill(email)
    form.locator("input[name=password]").fill(PASSWORD)
    form.locator("button[type=submit]").click()
    page.wait_for_url("**/today/")
