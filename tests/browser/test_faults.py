"""With our worker in the browser: a server in trouble, lost answers, a killed browser, a wrong clock."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from .conftest import kill_browser, lasting_context, new_context
from .people import COURSE, answer_right, hand_in_without_network, judged_once_there_is_network, sign_up
from .test_offline import begin, sheets
from .test_queue import finish, leave, lessons, lit, until_lit, waiting
from .wire import Wire
from .worker import TEST, caches, ready, until, until_kept

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]
TEN_MINUTES = 600


def test_ten_minutes_of_trouble(wired: Page, wire: Wire):
    """The server answers 500 to everything: learning goes on, no storm of tries, and then it is sent once."""
    wired.clock.install()
    sign_up(wired)
    first, second, *_ = lessons(wired)
    wired.goto(second)
    ready(wired)
    until_kept(wired, "seen", second)
    wired.goto(first)
    until_kept(wired, "seen", first)
    wired.wait_for_load_state("networkidle")  # else it knows no token, and asks for that in vain
    wire.trouble = True
    before = wire.sendings
    wired.locator("section[data-question] label.choice").first.click()
    wired.clock.run_for(1000)
    finish(wired)
    wired.clock.run_for(3000)
    expect(wired.locator(".bar")).to_contain_text("Đã lưu trên máy. Khi có mạng, máy sẽ tự gửi.")
    for _ in range(TEN_MINUTES // 20):
        wired.clock.run_for(20_000)
        wired.wait_for_timeout(50)
    assert 5 < wire.sendings - before < 25
    wired.get_by_role("link", name="Đi tiếp").click()
    wired.wait_for_url(f"**{second}")  # as kept
    expect(wired.locator("h1")).to_be_visible()
    finish(wired)
    wired.clock.run_for(3000)
    expect(wired.locator(".bar")).to_contain_text("Đã lưu trên máy")
    wire.trouble = False
    wired.clock.run_for(80_000)
    until_lit(wired, 2)
    until(wired, lambda: waiting(wired) == [])


def test_answers_lost_after_the_server_did_it(wired: Page, wire: Wire):
    sign_up(wired)
    ready(wired)
    wired.goto(lessons(wired)[0])
    wired.wait_for_load_state("networkidle")
    wire.lose = 2
    before = wire.sendings
    finish(wired)
    until_lit(wired, 1)
    until(wired, lambda: waiting(wired) == [])
    assert wire.lose == 0
    assert wire.sendings - before >= 3
    assert lit(wired) == 1


def test_a_browser_killed_in_the_middle_of_a_test(browser: Browser, tmp_path: Path):
    """Without network before and after: her answers are there again, and she hands in."""
    context = lasting_context(browser, tmp_path)
    page = context.new_page()
    sign_up(page, "Vũ Thị Tư")
    ready(page)
    begin(page)
    context.close()  # a browser writes its cookies late
    context = lasting_context(browser, tmp_path)
    page = context.new_page()
    page.goto(TEST)
    until(page, lambda: bool(sheets(page)))
    context.set_offline(True)
    answer_right(page.locator("fieldset.question").all()[:4])
    expect(page.locator("[data-saved]").nth(3)).to_contain_text("Đã lưu trên máy. Chưa có mạng")
    kill_browser(tmp_path)
    with pytest.raises(Error):
        page.wait_for_timeout(10_000)  # ended by the death of the browser
    context = lasting_context(browser, tmp_path)
    context.set_offline(True)
    page = context.new_page()
    page.goto(TEST)
    expect(page.locator("#tinh-hinh")).to_contain_text("4 trong 10 câu")
    hand_in_without_network(page, after=4)
    judged_once_there_is_network(page)
    context.close()


def test_a_final_test_with_the_clock_in_1970(page: Page):
    page.clock.install(time=0)
    sign_up(page, "Lý Thị Năm")
    begin(page)
    answer_right(page.locator("fieldset.question").all())
    page.clock.run_for(5000)
    expect(page.locator("#tinh-hinh")).to_contain_text("10 trong 10 câu")
    page.get_by_role("button", name="Nộp bài").click()
    page.clock.run_for(5000)
    page.wait_for_url("**/ket-qua/**")
    expect(page.locator("main")).to_contain_text("10 trong 10")


def test_a_form_without_network_stays_as_it_was_typed(page: Page, context: BrowserContext):
    page.goto("/dang-nhap/")
    page.wait_for_load_state("networkidle")
    page.locator("input[name=login]").fill("0900 000 009")
    context.set_offline(True)
    page.locator("input[name=password]").fill("835271")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator("main [role=alert]")).to_contain_text("Những gì bạn điền vẫn còn ở đây")
    expect(page.locator("input[name=login]")).to_have_value("0900 000 009")
    context.set_offline(False)
    expect(page.locator("main [role=alert]")).to_have_count(0)
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("trừ mã 6 số")  # the server's answer


def test_a_test_that_cannot_begin_without_network_says_so(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(TEST)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("main [role=alert]")).to_contain_text("Cần có mạng lúc bắt đầu bài kiểm tra")


def test_each_press_of_send_now_is_answered(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(lessons(page)[0])
    ready(page)
    context.set_offline(True)
    finish(page)
    send = page.locator(".queue").get_by_role("button", name="Gửi ngay")
    send.focus()
    send.press("Enter")
    expect(page.locator(".queue")).to_contain_text("mà chưa gửi được. Có mạng, máy tự gửi.")
    expect(send).to_be_focused()


def test_a_form_lost_on_the_way_is_not_the_browsers_error(wired: Page, wire: Wire):
    wired.goto("/dang-nhap/")
    ready(wired)
    wired.locator("input[name=login]").fill("0900 000 009")
    wired.locator("input[name=password]").fill("835271")
    wire.cut = True
    wired.locator("main form[method=post] button[type=submit]").click()
    expect(wired.locator("main")).to_contain_text("Những gì bạn vừa điền chưa mất")
    wire.cut = False
    wired.get_by_role("button", name="Gửi lại").click()
    expect(wired.locator("main")).to_contain_text("trừ mã 6 số")  # the server's answer


def test_a_browser_that_is_wrong_about_the_network_holds_no_form(browser: Browser):
    """In a hall without Internet, on a machine with nothing but itself: the site answers all the same."""
    context = new_context(browser)
    context.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false });")
    page = context.new_page()
    sign_up(page)
    assert "/dang-ky/" not in page.url or "/them/" in page.url
    leave(page)
    context.close()


def test_signing_out_without_network_says_that_she_is_still_in(page: Page, context: BrowserContext):
    sign_up(page)
    ready(page)
    page.goto(f"/khoa-hoc/{COURSE}/")
    page.get_by_role("button", name="Thoát").wait_for()
    context.set_offline(True)
    page.get_by_role("button", name="Thoát").click()
    expect(page.locator("main [role=alert]")).to_contain_text("Bạn chưa thoát, vì thoát cần có mạng")
    page.goto("/dang-xuat/")
    expect(page.locator("main")).to_contain_text("Bạn vẫn đang đăng nhập trên máy này")
    expect(page.get_by_text("Chưa mở được trang này")).to_be_hidden()
    expect(page.locator("[data-account]")).to_have_text("Của tôi")
    context.set_offline(False)  # the page asks again by itself
    page.locator("main").get_by_role("button", name="Thoát").click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")


def test_a_sign_out_lost_on_the_way_is_asked_for_again(wired: Page, wire: Wire):
    sign_up(wired)
    ready(wired)
    wired.goto("/dang-xuat/")
    wired.wait_for_load_state("networkidle")
    wire.cut = True
    wired.locator("main form[method=post] button:not([type=button])").last.evaluate(
        "one => one.form.submit()"
    )
    expect(wired.locator("main")).to_contain_text("Bạn vẫn đang đăng nhập trên máy này")
    wire.cut = False
    wired.get_by_role("button", name="Thử lại").click()
    wired.locator("main").get_by_role("button", name="Thoát").click()
    expect(wired.locator("main")).to_contain_text("Bạn đã thoát")


def test_waiting_after_the_handing_in_takes_the_focus_from_no_link(page: Page, context: BrowserContext):
    sign_up(page, "Cao Thị Bảy")
    ready(page)
    begin(page)
    answer_right(page.locator("fieldset.question").all())
    expect(page.locator("[data-saved]").last).to_contain_text("Đã gửi")
    context.clear_cookies()
    page.get_by_role("button", name="Nộp bài").click()
    link = page.locator("#tinh-hinh a")
    link.focus()
    for _ in range(3):
        page.evaluate("new BroadcastChannel('hvs-queue').postMessage({ what: 'waiting' })")
        page.wait_for_timeout(500)
    expect(link).to_be_focused()


def test_handing_in_one_test_keeps_the_sheet_of_another(page: Page):
    sign_up(page, "Cao Thị Bảy")
    ready(page)
    begin(page)
    page.goto("/kiem-tra/dien-thoai-va-internet/")
    page.get_by_role("button", name="Bắt đầu làm bài").click()

    def begun() -> list[str]:
        kept = [path for name, paths in caches(page).items() if name.startswith("sheet-") for path in paths]
        return sorted(path for path in kept if path.endswith("/"))

    until(page, lambda: len(begun()) == 2)
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text("chưa trả lời")
    asked = page.get_by_text("bấm “Nộp bài” lần nữa để nộp luôn")  # where the page takes her
    expect(asked).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua/**")
    until(page, lambda: begun() == [TEST])
