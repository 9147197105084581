"""The main job, end to end: a lesson, a test, a paper, and the commune's figure moves."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from .conftest import new_context
from .people import COURSE, learn_all, sign_up, take_test


def figure(page: Page, measure: str) -> int:
    answer = page.request.get(f"/api/v1/figures/?measure={measure}&place=10750")
    return int(answer.json()["rows"][0]["value"])


def moved(page: Page, measure: str, since: int, by: int) -> None:
    """The worker folds within seconds; wait for it, not longer than beat's minute."""
    until = time.monotonic() + 75
    while figure(page, measure) != since + by and time.monotonic() < until:
        time.sleep(0.5)
    assert figure(page, measure) == since + by, measure


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_poster_to_paper(browser, script):
    context = new_context(browser, java_script_enabled=script)
    page = context.new_page()
    before = {
        name: figure(page, name) for name in ("registered", "learning", "lessons", "completed", "papers")
    }
    page.goto("/")
    expect(page.get_by_role("link", name="Bắt đầu bài đầu tiên")).to_be_visible()
    sign_up(page)
    learn_all(page)
    take_test(page)
    expect(page.locator("main")).to_contain_text("10 trong 10")
    page.goto(f"/hoc-tap/{COURSE}/hoan-thanh/")
    page.locator("main a[href^='/giay/']").first.click()
    expect(page.locator("main")).to_contain_text("còn hiệu lực", ignore_case=True)
    expect(page.locator("main")).to_contain_text("Nguyễn Thị Lan")
    serial_page = page.url
    for name, by in {"registered": 1, "learning": 1, "lessons": 5, "completed": 1, "papers": 1}.items():
        moved(page, name, before[name], by)
    page.goto(f"/khoa-hoc/{COURSE}/")
    if script:  # one page for everybody: what only others need to read goes away
        expect(page.get_by_role("link", name="Xem giấy ghi nhận của bạn")).to_be_visible()
        expect(page.get_by_text("Chưa có tài khoản?")).to_be_hidden()
    stranger = new_context(browser)
    seen = stranger.new_page()
    seen.goto(f"/khoa-hoc/{COURSE}/")
    expect(seen.get_by_text("Chưa có tài khoản?")).to_be_visible()
    seen.goto(serial_page)
    expect(seen.locator("main")).to_contain_text("Nguyễn Thị Lan")
    stranger.close()
    context.close()


def test_failing_is_kind_and_explains(browser):
    context = new_context(browser)
    page = context.new_page()
    sign_up(page, "Trần Văn Hai")
    take_test(page, wrong=3)
    expect(page.locator("main")).to_contain_text("7 trong 10")
    page.goto(f"/kiem-tra/{COURSE}/")
    assert page.get_by_role("button", name="Bắt đầu làm bài").count() == 0
    context.close()


def test_resume_on_another_device(browser):
    first = new_context(browser)
    page = first.new_page()
    phone = sign_up(page, "Lê Thị Ba")
    page.goto(f"/kiem-tra/{COURSE}/")
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    chosen = page.locator("fieldset.question").first.locator("input").first
    value = chosen.get_attribute("value")
    chosen.check()
    expect(page.locator("#tinh-hinh")).to_contain_text("1 trong 10")
    page.wait_for_timeout(500)
    second = new_context(browser)
    other = second.new_page()
    other.goto(f"/dang-nhap/?next=/kiem-tra/{COURSE}/")
    other.locator("input[name=login]").fill(phone)
    other.locator("input[name=password]").fill("835271")
    other.locator("main form[method=post] button").first.click()
    other.wait_for_url(re.compile("/kiem-tra/"))
    assert other.locator("fieldset.question").first.locator("input:checked").get_attribute("value") == value
    first.close()
    second.close()


def test_anonymous_reads_and_practises(page):
    page.goto("/")
    page.get_by_role("link", name="Bắt đầu bài đầu tiên").click()
    question = page.locator("[data-question]").first
    question.locator("label.choice").first.click()
    expect(question).to_contain_text(re.compile("Đúng|Chưa"))
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")


def test_without_an_account_the_phone_knows_where_to_go_on(page):
    page.goto("/")
    course = page.locator("[data-continue]").get_attribute("href").rsplit("/", 2)[0] + "/"
    page.goto(course)
    lessons = [row.get_attribute("href") for row in page.locator("main li[data-item] > a").all()]
    page.goto(lessons[0])
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    page.goto(course)
    expect(page.locator("[data-continue]")).to_have_text("Học tiếp")
    expect(page.locator(".btns .note")).to_contain_text("Bài 2: ")
    page.locator("[data-continue]").click()
    page.wait_for_url(f"**{lessons[1]}")
    page.goto(lessons[0])
    expect(page.locator(".over").first).to_contain_text("Đã xong")
    page.goto("/")
    expect(page.locator("[data-continue]")).to_have_text("Học tiếp")
    page.locator("[data-continue]").click()
    page.wait_for_url(f"**{course}")


def test_by_keyboard_the_way_on_is_under_the_finger(page):
    page.goto("/")
    page.get_by_role("link", name="Bắt đầu bài đầu tiên").click()
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bar a.btn", has_text="Học tiếp")).to_be_focused()
    lesson = page.url
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != lesson)


def test_what_is_said_of_a_lesson_leaves_the_screen_when_she_reads_on(page):
    page.goto("/")
    page.get_by_role("link", name="Bắt đầu bài đầu tiên").click()
    page.mouse.wheel(0, 600)
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
    said = page.locator(".bar .alert")
    expect(said).to_be_in_viewport()
    expect(page.locator(".queue")).to_contain_text("chưa ghi tên ai")  # the page grows above her place
    page.wait_for_timeout(500)
    expect(said).to_be_in_viewport()
    page.mouse.wheel(0, 300)
    expect(said).not_to_be_in_viewport()
    said.scroll_into_view_if_needed()
    expect(said).to_contain_text("Đã lưu trên máy này")


def test_no_date_or_number_is_cut_at_twice_the_text(browser):
    """A learner's paper at 200 %: what stands beside each name stays in one piece."""
    context = new_context(browser)
    page = context.new_page()
    sign_up(page, "Phạm Thị Năm")
    learn_all(page)
    take_test(page)
    page.goto(f"/hoc-tap/{COURSE}/hoan-thanh/")
    page.locator("main a[href^='/giay/']").first.click()
    page.locator(".facts").wait_for()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    dates = [one for one in page.locator(".facts dd").all() if re.fullmatch(r"[\d/]+", one.inner_text())]
    assert len(dates) == 2
    for date in dates:
        lines = date.evaluate(
            "(e) => { const r = document.createRange(); r.selectNodeContents(e);"
            " return new Set([...r.getClientRects()].map((b) => b.top)).size; }"
        )
        assert lines == 1
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    context.close()
