"""The second step of staff: a code without script, a passkey with a virtual authenticator of Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import BASE_URL, give_code, new_context, sign_in

# Browsers take passkeys only from https or from "localhost".
LOCALHOST = BASE_URL.replace("127.0.0.1", "localhost")


@pytest.fixture
def administrator(accounts):
    return accounts["administrator"]


def to_the_code(page: Page, account: dict[str, str]) -> None:
    page.goto("/dang-nhap/?cach=thu")
    page.locator("input[name=login]").fill(account["login"])
    page.locator("input[name=password]").fill(account["secret"])
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url("**/dang-nhap/ma/")


def test_a_code_needs_no_script(browser, administrator):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    to_the_code(page, administrator)
    give_code(page, administrator["totp"])
    assert page.url.endswith("/quan-ly/")
    context.close()


def test_a_passkey_is_added_used_and_removed(browser, administrator):
    context = new_context(browser, base_url=LOCALHOST)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True, "hasResidentKey": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    to_the_code(page, administrator)
    give_code(page, administrator["totp"])
    page.goto("/hai-buoc/khoa/")
    page.locator("input[name=name]").fill("Máy ở cơ quan")
    page.get_by_role("button", name="Thêm khóa trên máy này").click()
    page.wait_for_url(re.compile("/hai-buoc/ma-du-phong/"))

    page.goto("/dang-xuat/")
    page.locator("main form[method=post] button").click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")
    to_the_code(page, administrator)
    page.get_by_role("button", name="Dùng khóa trên máy này").click()
    page.wait_for_url("**/quan-ly/")

    page.goto("/hai-buoc/")
    page.get_by_role("button", name="Bỏ khóa Máy ở cơ quan").click()
    expect(page.get_by_text("Máy ở cơ quan")).to_have_count(0)
    context.close()


def test_a_learner_sees_none_of_it(page, accounts):
    sign_in(page, accounts["learner"])
    assert page.goto("/hai-buoc/").status == 404
