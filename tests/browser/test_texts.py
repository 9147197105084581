"""Where texts can be sent: a sign-up ends with a code, and who forgot her PIN comes back with one."""

from __future__ import annotations

import json
import os
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from common.phones import normalise

from .conftest import new_context
from .people import PIN, fill_sign_up
from .test_every_page import look

TEXTS = os.environ["TEXTS_URL"]
SENT = Path(os.environ["DATA_DIR"]) / "sms"


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def phone(browser, request):
    context = new_context(browser, base_url=TEXTS, java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def code_for(number: str, *, after: int = 0) -> str:
    """The code of the last text to this number; the worker writes it a moment after it was asked for."""
    to = normalise(number)
    for _ in range(150):
        texts = [json.loads(path.read_text()) for path in sorted(SENT.glob("*.json"))]
        hers = [one["text"] for one in texts if one["to"] == to]
        if len(hers) > after:
            return re.search(r"\d{6}", hers[-1])[0]
        time.sleep(0.2)
    raise AssertionError("no text came")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()


def signed_up(page: Page) -> str:
    page.goto("/dang-ky/?xa=10750")
    number = fill_sign_up(page, "Đỗ Thị Mai")
    page.locator("main form[method=post] button:not([type=button])").last.click()
    expect(page.locator("h1")).to_have_text("Nhập mã gửi tới số của bạn")
    page.locator("input[name=code]").fill(code_for(number))
    press(page, "Tiếp tục")
    page.wait_for_url(re.compile("/dang-ky/them/"))
    return number


def test_the_code_of_a_text_ends_the_sign_up(phone):
    number = signed_up(phone)
    phone.goto("/du-lieu-cua-toi/")
    expect(phone.locator("input[name=name]")).to_have_value("Đỗ Thị Mai")
    phone.goto("/dang-xuat/")
    phone.locator("main form[method=post] button").first.click()
    expect(phone.locator("main")).to_contain_text("Bạn đã thoát")
    phone.goto("/dang-nhap/")
    phone.locator("input[name=login]").fill(number)
    phone.locator("input[name=password]").fill(PIN)
    phone.locator("main form[method=post] button[type=submit]").first.click()
    expect(phone).to_have_url(re.compile("/hoc-tap/"))


def test_axe_finds_nothing_where_a_code_is_asked_for(browser):
    context = new_context(browser, base_url=TEXTS)
    page = context.new_page()
    page.goto("/dang-ky/so-cua-toi/")
    assert look(page) == {}
    press(page, "Gửi mã vào số này")
    assert look(page) == {}
    page.goto("/dang-ky/?xa=10750")
    fill_sign_up(page, "Đỗ Thị Mai")
    page.locator("main form[method=post] button:not([type=button])").last.click()
    expect(page.locator("h1")).to_have_text("Nhập mã gửi tới số của bạn")
    assert look(page) == {}
    page.locator("summary").click()
    page.locator("input[name=code]").fill("000000")
    press(page, "Tiếp tục")
    expect(page.locator("main")).to_contain_text("Mã chưa đúng")
    assert look(page) == {}
    context.close()
