"""Sign-in by the state's identity, against a foreign OpenID Connect provider (npm `oidc-provider`)."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import new_context
from .people import PIN, sign_up

PROVIDER = os.environ["OIDC_ISSUER"]  # started by tests/browser/run


@pytest.fixture
def phones(browser):
    """A new phone at each call. The provider's own pages ask for a font elsewhere: nothing leaves."""
    opened = []

    def phone() -> Page:
        context = new_context(browser)
        context.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.fulfill(body=""))
        opened.append(context)
        return context.new_page()

    yield phone
    for context in opened:
        context.close()


def through_the_provider(page: Page, subject: str) -> None:
    """Press the button, sign in there as `subject`, agree, and come back."""
    page.goto("/dang-nhap/")
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    page.wait_for_url(re.compile(re.escape(PROVIDER)))
    page.locator("input[name=login]").fill(subject)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]", has_text="Continue").click()
    page.wait_for_url(re.compile("/dang-nhap/dinh-danh/noi/|/hoc-tap/|/dang-nhap/$"))


def test_linked_once_by_her_pin_then_straight_in_then_unlinked(phones):
    page = phones()
    phone = sign_up(page)
    page.context.clear_cookies()
    through_the_provider(page, "lan-at-the-state")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nối")
    page.locator("input[name=phone]").fill(phone)
    page.locator("input[name=pin]").fill(PIN)
    page.locator("main form[method=post] button:not([type=button])").last.click()
    page.wait_for_url("**/hoc-tap/")

    again = phones()
    through_the_provider(again, "lan-at-the-state")
    assert again.url.endswith("/hoc-tap/")
    again.goto("/du-lieu-cua-toi/")
    again.get_by_role("button", name="Bỏ nối").click()
    expect(again.get_by_text("Đã bỏ nối")).to_be_visible()

    asked = phones()
    through_the_provider(asked, "lan-at-the-state")
    assert asked.url.endswith("/dang-nhap/dinh-danh/noi/")


def test_who_says_no_there_is_told_so_here(phones):
    page = phones()
    page.goto("/dang-nhap/")
    page.get_by_role("button", name="Đăng nhập bằng VNeID").click()
    page.wait_for_url(re.compile(re.escape(PROVIDER)))
    page.get_by_role("link", name="[ Cancel ]").click()
    page.wait_for_url("**/dang-nhap/")
    expect(page.get_by_text("Bạn chưa đăng nhập bằng")).to_be_visible()
