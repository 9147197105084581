"""A real Chromium against a real site: see `run` for how the site is started."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from .wire import Wire

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
if "SITES_DIR" in os.environ:  # of several sites that of this worker
    mine = Path(os.environ["SITES_DIR"]) / f"{os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:]}.env"
    os.environ.update(line.split("=", 1) for line in mine.read_text().splitlines())
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MOST_AGAIN = 6  # one in a hundred may pass at the second try only: more is a fault, not an accident


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    again = len(reporter.stats.get("rerun", ()))
    if again > MOST_AGAIN:
        reporter.write_line(f"{again} tests were tried again: {MOST_AGAIN} at most may be.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def accounts() -> dict[str, dict[str, str]]:
    """The demo accounts by role, as an operator gets them."""
    out = subprocess.run(
        [sys.executable, "manage.py", "demo_accounts", "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, str]] = {}
    for account in json.loads(out.stdout):
        found.setdefault(account["role"], account)
    return found


def new_context(browser: Browser, **options: object) -> BrowserContext:
    """Without our worker, which hides requests from the tests that count them; test_offline.py allows it."""
    ours = {"base_url": BASE_URL, "locale": "vi-VN", "viewport": PHONE, "service_workers": "block"}
    context = browser.new_context(**{**ours, **options})
    context.set_default_timeout(15_000)
    return context


def lasting_context(browser: Browser, profile: Path) -> BrowserContext:
    """A browser, with our worker, whose profile stays when it is killed (`kill_browser`)."""
    return browser.browser_type.launch_persistent_context(
        str(profile),
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=CHROMIUM,
        base_url=BASE_URL,
        locale="vi-VN",
        viewport=PHONE,
    )


def kill_browser(profile: Path) -> None:
    """−9 to the browser that uses this profile, found by its own command line."""
    found = subprocess.run(
        ["pgrep", "-f", f"user-data-dir={profile}"], capture_output=True, text=True, check=True
    )
    for pid in found.stdout.split():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    allowed = request.node.get_closest_marker("service_worker")
    context = new_context(browser, **({"service_workers": "allow"} if allowed else {}))
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A phone's page; anything the browser complains about fails the test.

    Where requests fail on purpose (`requests_fail`) only a script's own errors count.
    """
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def told(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    if not request.node.get_closest_marker("requests_fail"):
        page.on("console", told)
    yield page
    expected = (
        "status of 404",
        "status of 403",
        "status of 409",
        "status of 400",
        "status of 429",
        "status of 401",
    )
    assert [text for text in complaints if not any(code in text for code in expected)] == []


@pytest.fixture
def wire() -> Iterator[Wire]:
    wire = Wire(BASE_URL)
    yield wire
    wire.close()


@pytest.fixture
def wired(browser: Browser, wire: Wire) -> Iterator[Page]:
    """A phone's page with our worker, whose every byte goes over `wire`."""
    context = new_context(browser, service_workers="allow", base_url=wire.url)
    yield context.new_page()
    context.close()


_used: set[str] = set()


def app_code(secret: str) -> str:
    """What the app shows (RFC 6238); a code that was used here is waited out."""
    while True:
        digest = hmac.new(
            base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1
        ).digest()
        start = digest[-1] & 15
        code = f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
        if code not in _used:
            _used.add(code)
            return code
        time.sleep(1)


def give_code(page: Page, secret: str) -> None:
    page.locator("input[name=code]").fill(app_code(secret))
    page.locator("form:has(input[name=code]) button").click()
    page.wait_for_url(lambda url: "/dang-nhap/ma/" not in url and "/xac-nhan/" not in url)


def sign_in(page: Page, account: dict[str, str], *, leaves: bool = True) -> None:
    """Through the door; with the code of the app where the account asks for one."""
    page.goto("/dang-nhap/")
    page.locator("input[name=login]").fill(account["login"])
    page.locator("input[name=password]").fill(account["secret"])
    page.locator("main form[method=post] button[type=submit]").click()
    if account.get("totp"):
        page.wait_for_url("**/dang-nhap/ma/")
        give_code(page, account["totp"])
    elif leaves:
        page.wait_for_url(lambda url: "/dang-nhap/" not in url)
