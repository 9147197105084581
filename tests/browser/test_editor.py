"""The editor's question form in a real browser: its script is ours in part, and must not fail."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .cast import Cast
from .conftest import DESK, PHONE, new_context, sign_in


@pytest.fixture(scope="module")
def desk(browser, accounts):
    """An editor's browser, and everything that it complains about."""
    context = new_context(browser, viewport=DESK)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    sign_in(page, accounts["editor"])
    yield page, complaints
    context.close()


def stands(page: Page) -> None:
    """The script has drawn the question and its rows."""
    expect(page.locator("#content-text, [name=content-text]").first).to_be_visible()
    assert page.locator("[name$=-value-text]").count() >= 2


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_question_form_runs_without_a_complaint(desk, browser, accounts, size):
    page, complaints = desk
    page.set_viewport_size(size)
    page.goto("/admin/ngan-hang/new/")
    stands(page)
    page.locator("form footer button[type=submit], form nav button[type=submit]").first.click()
    page.wait_for_load_state()
    expect(page.locator("body")).to_contain_text("Chưa lưu được")
    stands(page)  # drawn again, with its errors
    question = Cast(browser, accounts).inside["question"]
    page.goto(f"/admin/ngan-hang/edit/{question}/")
    stands(page)
    assert page.locator("[name=content-text]").input_value()
    assert complaints == []
