"""A learner card in a real browser: its secret stays behind the #, and it opens learning alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Request, expect

from .cast import MADE, run_inside
from .conftest import BASE_URL, new_context


@pytest.fixture(scope="module")
def made() -> dict[str, object]:
    return run_inside(MADE)


def test_the_scanned_address_asks_who_she_is_and_lets_her_in(page, made):
    address, asked = str(made["card"]), []
    token = address.partition("#")[2]
    page.on("request", lambda request: asked.append(request))
    page.goto(address.replace(address.split("/the/")[0], BASE_URL))
    expect(page.get_by_role("heading", name="Bạn là Phúc")).to_be_visible()
    assert "#" not in page.url
    page.get_by_role("button", name="Đúng, vào học").click()
    page.wait_for_url("**/hoc-tap/")
    expect(page.locator(".account")).to_contain_text("Phúc")
    # No address that was asked for bears it; one body does.
    assert [one.url for one in asked if token in one.url or token in (one.headers.get("referer") or "")] == []
    assert any(token in (one.post_data or "") for one in asked if _posted(one))
    # Learning alone: her data ask for the PIN.
    page.goto("/du-lieu-cua-toi/")
    page.wait_for_url("**/the/can-ma/**")


def _posted(request: Request) -> bool:
    return request.method == "POST"


def test_a_made_up_token_is_told(page):
    page.goto("/the/#" + "A" * 43)
    expect(page.get_by_role("alert")).to_contain_text("Thẻ này không dùng được")
    assert "#" not in page.url


def test_what_is_no_token_is_not_sent(page):
    posted = []
    page.on("request", lambda request: posted.append(request) if _posted(request) else None)
    page.goto("/the/#noi-dung")
    page.wait_for_load_state("networkidle")
    assert posted == []


def test_without_script_the_number_does(browser, made):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(str(made["card"]))
    page.locator("input[name=number]").fill(str(made["card_number"]))
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_role("button", name="Đúng, vào học").click()
    page.wait_for_url("**/hoc-tap/")
    context.close()
