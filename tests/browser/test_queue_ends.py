"""What is learned when the sign-in ends, the page is an old one, the disk is full or an answer is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import BASE_URL
from .people import COURSE, PIN, answer_test, sign_up
from .test_queue import finish, lessons, until_lit, waiting

CASES = (Path(__file__).parent / "queue_cases.js").read_text()
OTHER = "00000000-0000-4000-8000-0000000000bb"


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A phone's page; requests fail here on purpose, so only a script's own errors count."""
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    assert broken == []


@pytest.fixture
def case(page: Page):
    """What a case of queue_cases.js says, with the site's own queue."""
    page.goto("/khoa-hoc/")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    source, memory = (next(url for url in loaded if f"/{name}." in url) for name in ("queue", "store"))
    return lambda name: page.evaluate(f"({CASES})({json.dumps([source, memory, name])})")


def who(context: BrowserContext, learner: str | None = None) -> str:
    """Who learns, as the cookie says it; with `learner` it says her from now on."""
    cookie = next(one for one in context.cookies() if one["name"] == "hvs_who")
    if learner:
        context.add_cookies([{"name": "hvs_who", "value": learner, "url": BASE_URL, "sameSite": "Lax"}])
    return str(cookie["value"])


def begin_test(page: Page) -> None:
    page.goto(f"/kiem-tra/{COURSE}/")
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("fieldset.question").first).to_be_visible()
    page.wait_for_load_state("networkidle")


# --- The sign-in ends in the middle of a page ---


def test_what_is_done_after_the_sign_in_ended_is_hers(case):
    said = case("signed_out")
    assert (said["sent"], said["outcome"], said["other"]) == (0, "SignedOut", "AnotherLearns")
    assert (said["after"], said["left"]) == (2, [])


def test_two_acts_after_the_session_ended_are_both_kept(page: Page, context: BrowserContext):
    phone = sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    hers = who(context)
    context.clear_cookies(name="sessionid")
    section = page.locator("section[data-question]").first
    section.locator("label.choice").first.click()
    page.wait_for_function("() => !document.cookie.includes('hvs_in')")  # the server's 401 took it
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Bạn đã bị thoát")
    assert [(action["kind"], action["learner"]) for action in waiting(page)] == [
        ("check_answer", hers),
        ("lesson_done", hers),
    ]
    page.get_by_role("link", name="Đăng nhập lại").click()
    page.locator("input[name=login]").fill(phone)
    page.locator("input[name=password]").fill(PIN)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile("/khoa-hoc/"))
    until_lit(page, 1)
    assert waiting(page) == []


def test_a_refused_answer_goes_with_the_sheet_that_shows_it(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)
    hers = who(context, OTHER)
    answer_test(page, "kns04")
    expect(page.locator("[data-saved]").last).to_contain_text("Câu này chưa được lưu")
    assert waiting(page) == []
    who(context, hers)
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")


def test_a_sheet_says_that_the_sign_in_ended(page: Page, context: BrowserContext):
    phone = sign_up(page)
    begin_test(page)
    context.clear_cookies(name="sessionid")
    answer_test(page, "kns04")
    expect(page.locator("[data-saved]").first).to_contain_text("Bạn đã bị thoát")
    expect(page.locator("[data-saved]").last).to_contain_text("Bạn đã bị thoát")
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text("Bài chưa gửi được vì bạn đã bị thoát")
    page.locator("#tinh-hinh").get_by_role("link", name="Đăng nhập lại").click()
    page.locator("input[name=login]").fill(phone)
    page.locator("input[name=password]").fill(PIN)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")
