"""A browser short of space empties its disk (Chromium: all but localStorage), also under an open page;
a disk that cannot be read; and leaving a phone that has no network.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from .conftest import BASE_URL
from .people import COURSE, FOLDER, answer_test, sign_up
from .test_queue import QUEUE, enter, finish, leave, lessons, waiting
from .test_queue_ends import STORE_CASES, begin_test, case, kept_names, who  # noqa: F401
from .test_queue_people import keep, row
from .worker import until

pytestmark = pytest.mark.requests_fail


def evict(page: Page) -> None:
    """All that a browser takes back when it needs room."""
    taken = "indexeddb,cache_storage,service_workers"
    browser = page.context.new_cdp_session(page)
    browser.send("Storage.clearDataForOrigin", {"origin": BASE_URL, "storageTypes": taken})


def handed_in_right(page: Page) -> None:
    page.wait_for_url(re.compile("/ket-qua/"), timeout=30_000)
    expect(page.locator("main")).to_contain_text("10 trong 10")


@pytest.mark.parametrize("pressed", [False, True], ids=["before", "after"])
def test_answers_on_an_open_page_outlive_the_disk(page: Page, context: BrowserContext, pressed: bool):
    """Ten answers without network, the disk emptied before or after the handing in, then the network."""
    sign_up(page)
    begin_test(page)
    context.set_offline(True)
    answer_test(page, FOLDER)
    expect(page.locator("[data-saved]").last).to_contain_text("Đã lưu trên máy")
    until(page, lambda: len(waiting(page)) == 10)
    button = page.get_by_role("button", name=re.compile("^Nộp bài"))
    if pressed:
        button.click()
        expect(page.locator("#tinh-hinh")).to_contain_text("Bạn đã nộp bài trên máy này")
        until(page, lambda: len(waiting(page)) == 11)
    evict(page)
    if not pressed:
        button.click()
        expect(page.locator("#tinh-hinh")).to_contain_text("Bạn đã nộp bài trên máy này")
        until(page, lambda: len(waiting(page)) == 11)
    context.set_offline(False)
    handed_in_right(page)


def test_a_handing_in_outlives_a_reload_and_the_disk(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)
    context.route("**/api/v1/queue/", lambda route: route.abort())
    answer_test(page, FOLDER)
    page.get_by_role("button", name=re.compile("^Nộp bài")).click()
    until(page, lambda: len(waiting(page)) == 11)
    page.reload()
    expect(page.locator("#tinh-hinh")).to_contain_text("Bạn đã nộp bài trên máy này")
    evict(page)
    context.unroute("**/api/v1/queue/")
    page.evaluate("dispatchEvent(new Event('online'))")
    handed_in_right(page)


@pytest.mark.parametrize("name", [None, "Ngô Thị Đèn"], ids=["nobody", "her"])
def test_work_that_the_browser_dropped_is_said(page: Page, context: BrowserContext, name: str | None):
    if name:
        sign_up(page, name)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    title = page.locator("h1").inner_text()
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue] [role=listitem]")).to_have_count(1)
    expect(page.locator("main")).not_to_contain_text("đã tự xóa")
    page.goto("/hien-thi/")
    evict(page)
    context.unroute(QUEUE)
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("section.queue")).to_contain_text("Trình duyệt đã tự xóa 1 việc chưa gửi")
    page.locator("section.queue").get_by_role("link", name="Xem").click()
    told = page.locator("[data-queue] .alert")
    expect(told).to_contain_text("Trình duyệt đã tự xóa 1 việc chưa gửi")
    expect(told).to_contain_text(f"Bài cần học lại, nếu đèn của bài chưa sáng: {title}")
    expect(page.locator("main")).not_to_contain_text("Mọi việc đã gửi hết")
    told.get_by_role("button", name="Tôi đã biết").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")


def test_what_was_sent_or_learned_anew_is_not_called_dropped(page: Page, context: BrowserContext):
    sign_up(page)
    first, second, *_ = lessons(page)
    page.goto(first)
    page.wait_for_load_state("networkidle")
    finish(page)
    until(page, lambda: waiting(page) == [])
    page.goto(second)
    page.wait_for_load_state("networkidle")
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/hien-thi/")
    evict(page)
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue] .alert")).to_contain_text("1 việc chưa gửi")
    page.goto(second)
    page.wait_for_load_state("networkidle")
    context.unroute(QUEUE)
    finish(page)
    page.wait_for_url(lambda url: url.rstrip("/") != f"{BASE_URL}{second}".rstrip("/"))
    page.goto("/viec-tren-may/")
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")


def test_what_was_dropped_of_another_is_hers_to_know(page: Page, context: BrowserContext):
    """Learned by nobody, claimed, and dropped: others read how much, and she reads what."""
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    title = page.locator("h1").inner_text()
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    phone = sign_up(page, "Ngô Thị Lá")
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    page.get_by_role("button", name=re.compile("Đúng, ghi cho")).click()
    hers = who(context)
    until(page, lambda: [action["learner"] for action in waiting(page)] == [hers])
    page.goto("/hien-thi/")
    evict(page)
    context.unroute(QUEUE)
    leave(page)
    told = page.locator("[data-queue] .alert")
    page.goto("/viec-tren-may/")
    expect(told).to_contain_text("của người đã đăng nhập trên máy này trước đó (nếu là bạn, hãy đăng nhập")
    sign_up(page, "Người Thứ Hai")
    page.goto("/viec-tren-may/")
    expect(told).to_contain_text("trong đó 1 việc của người khác dùng máy này")
    expect(told).not_to_contain_text(title)
    told.get_by_role("button", name="Tôi đã biết").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")
    leave(page)
    enter(page, phone)
    page.goto("/viec-tren-may/")
    expect(told).to_contain_text(f"Bài cần học lại, nếu đèn của bài chưa sáng: {title}")
    told.get_by_role("button", name="Tôi đã biết").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")


def test_marks_follow_their_rows(case):  # noqa: F811
    said = case("marks", STORE_CASES)
    assert said["kept"] == [1, 1, 2, 2, 3, 3]
    assert said["steps"] == [
        ["", "lesson_done", ""],
        ["her", "lesson_done", ""],
        ["her", "lesson_done", "Bài 2"],
    ]


def test_what_another_was_told_of_holds_nothing_up(case):  # noqa: F811
    assert case("told", STORE_CASES) == {"found": [], "opened": 0, "kept": 1}


def test_what_was_taken_while_the_disk_was_emptied_is_not_lost(case):  # noqa: F811
    assert case("emptied_under_way") == {"sent": ["lesson_done"], "marked": ["other"]}


def test_a_code_that_comes_late_is_not_shown(page: Page, context: BrowserContext):
    page.goto("/viec-tren-may/")
    keep(page, [row(1), row(2)])
    asked: list[Route] = []
    context.route("**/api/v1/carry/code/", lambda route: asked.append(route))
    page.reload()
    until(page, lambda: len(asked) == 1)
    page.get_by_role("button", name="Bỏ khỏi máy").first.click()
    page.get_by_role("button", name="Bỏ hẳn").click()
    until(page, lambda: len(asked) == 2)
    for late in reversed(asked):
        with page.expect_response("**/api/v1/carry/code/"):
            late.continue_()
    page.wait_for_timeout(500)
    expect(page.get_by_role("img", name=re.compile("Mã QR"))).to_have_count(1)


def test_the_browser_is_asked_to_keep_once_something_waits(page: Page, context: BrowserContext):
    page.add_init_script(
        """navigator.storage.persist = async () => {
            localStorage.asked = Number(localStorage.asked || 0) + 1;
            return true;
        };"""
    )
    sign_up(page)
    asked = lambda: page.evaluate("localStorage.asked || ''")  # noqa: E731
    first, second, *_ = lessons(page)
    page.goto(first)
    page.wait_for_load_state("networkidle")
    finish(page)
    until(page, lambda: waiting(page) == [])
    assert asked() == ""
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    for path in (second, first):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        finish(page)
        expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    assert asked() == "1"


# --- A disk that cannot be read ---

MUTE = """if (localStorage.mute) for (const name of ["getAll", "getAllKeys"]) {
    IDBObjectStore.prototype[name] = () => { throw new DOMException("mute", "UnknownError"); };
}"""
HANGS = """if (localStorage.mute) {
    IDBFactory.prototype.open = () => new EventTarget();
}"""


@pytest.mark.parametrize("broken", [MUTE, HANGS], ids=["cannot be read", "hangs"])
def test_a_disk_that_cannot_be_read_holds_no_test(page: Page, broken: str):
    """The form itself goes; what the disk kept of it says nothing more when it can be read again."""
    page.add_init_script(broken)
    sign_up(page)
    page.evaluate("localStorage.mute = 1")
    begin_test(page)
    answer_test(page, FOLDER)
    button = page.get_by_role("button", name=re.compile("^Nộp bài"))
    button.click()
    expect(page.locator("#tinh-hinh")).to_contain_text(re.compile("[Xx]in giữ trang này mở"), timeout=15_000)
    handed_in_right(page)
    page.evaluate("localStorage.removeItem('mute')")
    page.goto("/viec-tren-may/")
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết", timeout=20_000)


@pytest.mark.parametrize("broken", [MUTE, HANGS], ids=["cannot be read", "hangs"])
def test_a_disk_that_cannot_be_read_after_the_sign_in_ended(page: Page, context: BrowserContext, broken: str):
    """One voice says it, with the way to sign in, and the link stays the same one: it may have the focus."""
    page.add_init_script(broken)
    sign_up(page)
    page.evaluate("localStorage.mute = 1")
    begin_test(page)
    answer_test(page, FOLDER)
    context.clear_cookies(name="hvs_in")
    page.get_by_role("button", name=re.compile("^Nộp bài")).click()
    said = page.locator("#tinh-hinh")
    expect(said).to_contain_text("bạn đã bị thoát, và máy không đọc được chỗ lưu", timeout=25_000)
    link = said.get_by_role("link", name="đăng nhập ở một trang khác")
    link.focus()
    for _ in range(4):
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(3000)
    expect(link).to_be_focused()


def test_what_does_not_come_together_comes_row_by_row(case):  # noqa: F811
    said = case("by_rows", STORE_CASES)
    assert said == {"rows": ["s-1", "s-2", "s-3"], "unread": False, "less": ["s-1", "s-3"], "then": True}


# --- Leaving without network ---

DEAF = ["**/healthz", "**/api/v1/**"]


def one_lesson_learned(page: Page, context: BrowserContext) -> str:
    """Sent; returns who learned it."""
    sign_up(page)
    hers = who(context)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    finish(page)
    until(page, lambda: waiting(page) == [])
    return hers


@pytest.mark.parametrize("status", [0, 502], ids=["dead", "proxy"])
def test_leaving_without_network_is_told_soon(page: Page, context: BrowserContext, status: int):
    """A network that swallows everything, or whose proxy answers for the server; and no worker."""
    hers = one_lesson_learned(page, context)
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.locator(".account button")
    button.wait_for()
    page.wait_for_load_state("networkidle")
    for url in DEAF:
        context.route(url, lambda route: route.fulfill(status=status) if status else None)
    button.click()
    if not status:  # else it is answered at once
        expect(button).to_have_text("Đợi chút…", timeout=1000)
    expect(page.locator("main [role=alert]")).to_contain_text("Bạn chưa thoát", timeout=7000)
    expect(button).to_have_text("Thoát")
    assert f"lit:{hers}" in kept_names(page)
    for url in DEAF:
        context.unroute(url)
    button.click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")
    assert f"lit:{hers}" not in kept_names(page)


def test_lamps_stay_until_she_leaves(page: Page, context: BrowserContext):
    hers = one_lesson_learned(page, context)
    page.goto("/dang-xuat/")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    assert f"lit:{hers}" in kept_names(page)
    page.locator("main form[method=post] button:not([type=button])").last.click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")
    assert f"lit:{hers}" not in kept_names(page)


def test_a_form_is_not_held_long_by_a_dead_network(page: Page, context: BrowserContext):
    page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false });")
    page.goto("/dang-nhap/")
    page.wait_for_load_state("networkidle")
    context.route("**/healthz", lambda route: None)
    page.locator("input[name=login]").fill("0900 000 009")
    page.locator("input[name=password]").fill("835271")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator("main [role=alert]")).to_contain_text("Chưa có mạng", timeout=6500)


def a_page_that_heard_nothing(page: Page, context: BrowserContext) -> None:
    """Of a course, hers, to which the server's state did not come; now it would."""
    sign_up(page)
    context.route("**/api/v1/course/**", lambda route: route.abort())
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-account]")).to_have_text("Của tôi")
    context.unroute("**/api/v1/course/**")


def test_the_way_out_is_there_again_with_the_network(page: Page, context: BrowserContext):
    a_page_that_heard_nothing(page, context)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-account]").get_by_role("button", name="Thoát")).to_be_visible()


@pytest.mark.parametrize(("place", "said"), [("lesson", ".over .tag"), ("course", "[data-continue] ~ .note")])
def test_a_page_that_hears_of_her_late_says_nothing_twice(
    page: Page, context: BrowserContext, place: str, said: str
):
    """The phone's own word is on it already when the server's comes."""
    sign_up(page)
    first = lessons(page)[0]
    page.goto(first)
    page.wait_for_load_state("networkidle")
    finish(page)
    until(page, lambda: waiting(page) == [])
    state = re.compile("/api/v1/(course|item)/")
    context.route(state, lambda route: route.abort())
    page.goto(first if place == "lesson" else f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-account]")).to_have_text("Của tôi")
    expect(page.locator(said)).to_have_count(1)
    context.unroute(state)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-account]").get_by_role("button", name="Thoát")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(said)).to_have_count(1)


def test_a_page_of_hers_hears_nothing_of_another(page: Page, context: BrowserContext):
    a_page_that_heard_nothing(page, context)
    page.evaluate("document.cookie = 'hvs_who=00000000-0000-4000-8000-000000000001; path=/'")  # another tab
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(2000)
    expect(page.locator("[data-account]")).to_have_text("Của tôi")


def test_words_wait_for_no_sign_in_that_ended(case):  # noqa: F811
    assert case("words_after_the_sign_in") == {"sent": ["feedback"], "left": ["lesson_done"]}


def test_leaving_does_not_call_sent_what_it_cannot_read(page: Page):
    page.add_init_script(MUTE)
    sign_up(page)
    page.evaluate("localStorage.mute = 1")
    page.goto("/dang-xuat/")
    expect(page.locator("[data-leaving]")).to_contain_text("chưa biết còn việc nào chưa gửi", timeout=8000)
    page.locator("main form[method=post] button:not([type=button])").last.click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")


@pytest.mark.requests_fail
def test_a_disk_that_hangs_holds_nobody_back_who_leaves(page: Page):
    sign_up(page)
    page.add_init_script(
        "IDBObjectStore.prototype.getAll = IDBObjectStore.prototype.get = () => ({});"
        " IDBObjectStore.prototype.put = () => ({})"
    )
    page.goto("/khoa-hoc/")
    page.locator("[data-account]").get_by_role("button", name="Thoát").click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát", timeout=12_000)
