"""A real Chromium against a real site: see `run` for how the site is started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:8000")
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1280, "height": 800}
CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


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
    context = browser.new_context(**{"base_url": BASE_URL, "locale": "vi-VN", "viewport": PHONE, **options})
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = new_context(browser)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A phone's page; anything the browser complains about fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
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


def sign_in(page: Page, account: dict[str, str], *, leaves: bool = True) -> None:
    page.goto("/dang-nhap/")
    page.locator("input[name=login]").fill(account["login"])
    page.locator("input[name=password]").fill(account["secret"])
    page.locator("main form button[type=submit]").click()
    if leaves:
        page.wait_for_url(lambda url: "/dang-nhap/" not in url)
