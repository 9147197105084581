"""A newer worker waits: said quietly, taken at her tap where nothing can be lost, never by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .people import COURSE
from .test_download import UPDATE, WAITS
from .test_queue import lessons
from .wire import Wire
from .worker import caches, ready, until

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]

NEW = "bbbbbbbbbbbb"


def strip(page: Page) -> Locator:
    return page.get_by_role("region", name="Bản mới")


def take(page: Page) -> Locator:
    return page.get_by_role("button", name="Dùng bản mới")


def shells(page: Page) -> list[str]:
    return sorted(name for name in caches(page) if name.startswith("shell-"))


def come(page: Page, wire: Wire, change: tuple[str, str] = ("", "")) -> str:
    """A worker of another version is released and waits; returns the name of the shell before."""
    page.goto("/khoa-hoc/")
    ready(page)
    (before,) = shells(page)
    source = page.request.get("/sw.js").text()
    wire.worker = re.sub(r'VERSION = "\w+"', f'VERSION = "{NEW}"', source).replace(*change)
    page.evaluate(UPDATE)
    return before


def test_taken_at_her_tap(wired: Page, wire: Wire):
    before = come(wired, wire)
    expect(strip(wired)).to_contain_text("Học Vụ Số có bản mới. Đổi chỉ mất vài giây, phần đã học không mất.")
    assert shells(wired) == sorted([before, f"shell-{NEW}"])  # it waits
    loads: list[str] = []
    wired.on("load", lambda page: loads.append(page.url))
    take(wired).click()
    until(wired, lambda: bool(loads))
    ready(wired)
    wired.wait_for_timeout(3000)
    assert len(loads) == 1
    assert shells(wired) == [f"shell-{NEW}"]
    assert not wired.evaluate(WAITS)
    expect(strip(wired)).to_have_count(0)


def test_another_open_page_keeps_what_was_typed(wired: Page, wire: Wire):
    before = come(wired, wire)
    other = wired.context.new_page()
    other.goto("/gop-y/")
    typed = other.locator("main textarea").first
    typed.fill("Chữ hơi nhỏ")
    take(wired).click()
    expect(strip(wired)).to_contain_text("đang mở Học Vụ Số ở trang khác nữa")
    other.wait_for_timeout(1000)
    assert shells(wired) == sorted([before, f"shell-{NEW}"])
    expect(typed).to_have_value("Chữ hơi nhỏ")
    expect(strip(other)).to_have_count(0)  # nothing is offered where she types
    other.close()
    with wired.expect_event("load"):
        take(wired).click()
    until(wired, lambda: shells(wired) == [f"shell-{NEW}"])


def test_said_where_nobody_is_busy_and_no_more_than_once(wired: Page, wire: Wire):
    before = come(wired, wire)
    expect(strip(wired)).to_be_visible()
    for path in (lessons(wired)[0], "/dang-ky/?xa=10750"):
        wired.goto(path)
        wired.wait_for_timeout(3000)
        expect(strip(wired)).to_have_count(0)
    wired.goto(f"/khoa-hoc/{COURSE}/")
    wired.get_by_role("button", name="Để sau").click()
    expect(strip(wired)).to_have_count(0)
    wired.goto("/khoa-hoc/")
    wired.wait_for_timeout(3000)
    expect(strip(wired)).to_have_count(0)
    assert before in shells(wired)


@pytest.mark.parametrize(
    "broken",
    [('=== "takeover"', '=== "nothing"'), ("event.waitUntil(takeOver(", "event.waitUntil(nothing.at.all(")],
)
def test_a_version_that_does_not_answer_is_left_alone(wired: Page, wire: Wire, broken: tuple[str, str]):
    before = come(wired, wire, broken)
    loads: list[str] = []
    wired.on("load", lambda page: loads.append(page.url))
    take(wired).click()
    expect(strip(wired)).to_contain_text("Chưa đổi được", timeout=10_000)
    assert loads == []
    assert before in shells(wired)
    first = lessons(wired)[0]
    wired.goto(first)
    expect(wired.locator("h1")).to_be_visible()


def test_a_version_that_cannot_be_installed_is_not_offered(wired: Page, wire: Wire):
    before = come(wired, wire, ('const SHELL = ["', 'const SHELL = ["/static/khong-co.js", "'))
    wired.wait_for_timeout(3000)
    assert not wired.evaluate(WAITS)
    expect(strip(wired)).to_have_count(0)
    assert before in shells(wired)
