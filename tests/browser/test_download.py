"""A course on the phone: never more than was said, full phones, eviction, weak networks, new versions."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import BASE_URL, ROOT, new_context
from .people import COURSE, sign_up
from .test_every_page import look
from .test_offline import begin
from .test_queue import finish, lessons, until_lit
from .wire import Wire
from .worker import DOWNLOAD, HOME, LIST, PICTURES, TEST, caches, download, ready, until, until_kept

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]


SLOWLY = """() => { const real = read; read = async (...all) => {
    await new Promise((go) => setTimeout(go, 300));
    return real(...all);
}; }"""
NET = "Object.defineProperty(navigator, 'connection', {{ value: {{ type: 'wifi', saveData: {} }} }});"
# The kind of network as the page's own note says it: a phone that leaves the house.
ROAMING = """Object.defineProperty(navigator, 'connection', { get: () => ({
    type: localStorage.getItem('network') || 'wifi', saveData: false,
}) });"""
CUT = "() => { read = async () => { throw new TypeError('cut off'); }; }"
GONE = "navigator.serviceWorker.getRegistration().then((one) => !one)"
WAITS = "navigator.serviceWorker.getRegistration().then((one) => Boolean(one && one.waiting))"
UPDATE = "() => navigator.serviceWorker.getRegistration().then((one) => one.update()).then(() => true)"


def said_bytes(words: str) -> int:
    """`122 KB` or `1,2 MB`, in bytes."""
    number, unit = re.search(r"([\d,]+)\s(KB|MB)", words).groups()
    return int(float(number.replace(",", ".")) * {"KB": 1000, "MB": 1_000_000}[unit])


def test_no_more_is_fetched_than_was_said(wired: Page, wire: Wire):
    """From a phone that has nothing: the button's number against the bytes on the wire."""
    wired.goto(f"/khoa-hoc/{COURSE}/")
    button = wired.get_by_role("button", name=DOWNLOAD)
    expect(button).to_be_visible()
    wired.wait_for_timeout(1000)
    said, before = said_bytes(button.inner_text()), wire.sent
    button.click()
    expect(wired.locator("[data-download]")).to_contain_text("đã có trên máy", timeout=60_000)
    assert said / 2 < wire.sent - before <= said


def test_a_lesson_costs_what_it_says(wired: Page, wire: Wire):
    """The first visit of an empty phone with all that it brings, and the next lesson: bytes on the wire."""
    wire.plain = True
    first, second, *_ = (str(one["url"]) for one in wired.request.get(f"{BASE_URL}{LIST}").json()["lessons"])
    before = wire.sent
    wired.goto(first)
    ready(wired)
    wired.wait_for_function(PICTURES)
    wired.wait_for_load_state("networkidle")
    words = wired.locator(".over").first.inner_text()
    said, sent = said_bytes(words.split("lần đầu")[0]), wire.sent - before
    assert said * 0.85 < sent <= said  # the rest are manifest and icon, which only phones look at unasked
    before = wire.sent
    wired.goto(second)
    wired.wait_for_function(PICTURES)
    wired.wait_for_load_state("networkidle")
    words = wired.locator(".over").first.inner_text()
    said, sent = said_bytes(words.split("lần đầu")[1]), wire.sent - before
    assert said * 0.75 < sent <= said  # headers and padding at their largest


def test_no_more_than_was_said_over_a_network_that_is_cut(wired: Page, wire: Wire):
    """In the middle of a file, again and again: what a lost part cost is not spent twice unasked."""
    wired.goto(f"/khoa-hoc/{COURSE}/")
    box = wired.locator("[data-download]")
    button, rest = (box.get_by_role("button", name=name) for name in (DOWNLOAD, re.compile("Tải nốt · ")))
    expect(button).to_be_visible()
    wired.wait_for_timeout(1000)
    said, before = said_bytes(button.inner_text()), wire.sent
    wire.room = 30_000
    button.click()
    for _ in range(8):
        until(wired, lambda: wire.cut)
        expect(box).to_contain_text("Mất mạng")
        assert wire.sent - before <= said
        wire.cut, wire.room = False, 9_000
        wired.evaluate("dispatchEvent(new Event('online'))")
        until(wired, lambda: wire.cut or rest.count() > 0)
        if rest.count():
            break
    wire.room = None
    said = wire.sent - before + said_bytes(rest.inner_text())
    rest.click()
    expect(box).to_contain_text("đã có trên máy", timeout=60_000)
    assert wire.sent - before <= said


def test_a_file_that_grew_stops_the_download(page: Page, context: BrowserContext):
    """The list says less than a lesson is: nothing of it is kept, and it is said."""
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    real = page.request.get(LIST).json()
    lesson = real["files"][-1]
    lesson["size"] -= 100
    worker = context.service_workers[0]
    worker.evaluate("(list) => { listOf = async () => structuredClone(list); }", real)
    page.get_by_role("button", name=DOWNLOAD).click()
    expect(page.locator("[data-download]")).to_contain_text("vừa được sửa")
    kept = caches(page)[f"kept-{COURSE}"]
    assert lesson["url"] not in kept
    assert LIST not in kept  # half a course is not said to be a whole one
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()


def test_stopped_and_gone_on_with(page: Page, context: BrowserContext):
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.get_by_role("button", name=DOWNLOAD)
    whole = said_bytes(button.inner_text())
    worker = context.service_workers[0]
    worker.evaluate(SLOWLY)
    button.click()
    page.wait_for_timeout(1000)
    page.get_by_role("button", name="Dừng tải").click()
    expect(page.locator("[data-download]")).to_contain_text("Đã dừng")
    assert said_bytes(button.inner_text()) < whole
    page.reload()  # it was stopped by hand: it does not go on by itself
    expect(button).to_be_visible()
    button.click()
    expect(page.locator("[data-download]")).to_contain_text("đã có trên máy", timeout=60_000)
    page.get_by_role("button", name="Xóa khỏi máy").click()
    expect(button).to_be_visible()
    assert f"kept-{COURSE}" not in caches(page)


def test_a_download_goes_on_with_the_next_page(page: Page, context: BrowserContext):
    first, *_ = lessons(page)
    button = page.get_by_role("button", name=DOWNLOAD)
    expect(button).to_be_visible()
    worker = context.service_workers[0]
    worker.evaluate(SLOWLY)
    button.click()
    page.goto(first)
    until(page, lambda: LIST in caches(page).get(f"kept-{COURSE}", []), seconds=40)


def test_a_full_phone_says_so(page: Page, context: BrowserContext):
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.get_by_role("button", name=DOWNLOAD)
    expect(button).to_be_visible()
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": BASE_URL, "quotaSize": 50_000})
    button.click()
    expect(page.locator("[data-download]")).to_contain_text("Máy hết chỗ trống")
    assert f"kept-{COURSE}" not in caches(page)
    page.goto(lessons(page)[0])  # learning goes on
    finish(page)
    expect(page.locator(".bar")).to_contain_text("học xong bài")
    session.send("Storage.overrideQuotaForOrigin", {"origin": BASE_URL})


def test_a_disk_that_fills_up_half_way(page: Page, context: BrowserContext):
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.get_by_role("button", name=DOWNLOAD)
    expect(button).to_be_visible()
    worker = context.service_workers[0]
    worker.evaluate(
        """() => { let left = 8; const real = Cache.prototype.put; Cache.prototype.put = function (...all) {
            if (left-- < 0) throw new DOMException("full", "QuotaExceededError");
            return real.apply(this, all);
        }; }"""
    )
    button.click()
    expect(page.locator("[data-download]")).to_contain_text("Máy hết chỗ trống")
    assert f"kept-{COURSE}" not in caches(page)  # half a course on a full phone helps nobody


def test_a_course_that_the_browser_took_back_is_said(page: Page, context: BrowserContext):
    download(page)
    page.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name); }")
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("Máy đã tự xóa khóa")
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-download]")).to_contain_text("Máy đã tự xóa khóa này để lấy chỗ trống")
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()


def test_a_browser_without_a_worker_learns_as_before(browser):
    context = new_context(browser, service_workers="allow")
    context.add_init_script("delete Navigator.prototype.serviceWorker; delete window.caches;")
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_up(page)
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-download]")).to_contain_text("không giữ bài trên máy được")
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("không giữ bài trên máy được")
    page.goto(lessons(page)[0])
    finish(page)
    until_lit(page, 1)
    page.goto(TEST)
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("fieldset.question").first).to_be_visible()
    assert broken == []
    context.close()


def test_offered_after_the_first_lesson_and_by_itself_on_wifi(page: Page, context: BrowserContext):
    first, second, *_ = lessons(page)
    page.goto(first)
    ready(page)
    page.wait_for_timeout(2500)
    expect(page.locator("[data-download]")).to_be_hidden()
    finish(page)
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    context.add_init_script(NET.format("false"))
    page.goto(second)
    expect(page.locator("[data-download]")).to_contain_text("đã có trên máy", timeout=60_000)


def test_not_by_itself_where_data_is_dear(page: Page, context: BrowserContext):
    context.add_init_script(NET.format("true"))
    first, second, *_ = lessons(page)
    page.goto(first)
    ready(page)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    page.goto(second)
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    assert f"kept-{COURSE}" not in caches(page)


def test_begun_on_wifi_it_asks_before_going_on_with_mobile_data(page: Page, context: BrowserContext):
    context.add_init_script(ROAMING)
    first, second, *_ = lessons(page)
    page.evaluate("localStorage.setItem('network', 'cellular')")
    page.goto(first)
    ready(page)
    finish(page)
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    worker = context.service_workers[0]
    worker.evaluate(CUT)
    page.evaluate("localStorage.setItem('network', 'wifi')")
    page.goto(second)
    expect(page.locator("[data-download]")).to_contain_text("Mất mạng")
    before = len(caches(page).get(f"kept-{COURSE}", []))
    page.evaluate("localStorage.setItem('network', 'cellular')")
    page.reload()
    expect(page.get_by_role("button", name=re.compile("Tải nốt · "))).to_be_visible()
    expect(page.locator("[data-download]")).to_contain_text("mới tải về máy một phần")
    assert len(caches(page).get(f"kept-{COURSE}", [])) == before


def test_what_grew_since_she_agreed_is_asked_again(page: Page, context: BrowserContext):
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.get_by_role("button", name=DOWNLOAD)
    agreed = said_bytes(button.inner_text())
    worker = context.service_workers[0]
    worker.evaluate(CUT)
    button.click()
    expect(page.locator("[data-download]")).to_contain_text("Mất mạng")
    worker.evaluate(
        """() => { const real = listOf; listOf = async (course) => {
            const list = await real(course);
            list.files.at(-1).bytes += 400000;
            return list;
        }; }"""
    )
    page.reload()
    rest = page.get_by_role("button", name=re.compile("Tải nốt · "))
    expect(rest).to_be_visible()
    assert said_bytes(rest.inner_text()) > agreed + 300_000


def test_a_weak_network_shows_what_is_kept(page: Page, context: BrowserContext):
    download(page)
    session = context.new_cdp_session(page)
    worker = context.service_workers[0]
    worker.evaluate("() => { self.fetch = () => new Promise(() => {}); }")
    session.send("Network.enable")
    first = lessons(page)[0]
    worker.evaluate("() => self.registration.navigationPreload.disable()")
    begun = time.monotonic()
    page.goto(first)
    assert 3 < time.monotonic() - begun < 12
    expect(page.locator("h1")).to_be_visible()


def test_a_new_version_takes_nothing_from_an_open_page(wired: Page, wire: Wire):
    """From A to B: B waits until no page of A is open; then A's shell goes, and what it kept still opens."""
    wired.goto("/khoa-hoc/")
    ready(wired)
    first = lessons(wired)[0]
    wired.goto(first)
    until_kept(wired, "seen", first)
    before = {name for name in caches(wired) if name.startswith("shell-")}
    source = wired.request.get("/sw.js").text()
    wire.worker = re.sub(r'VERSION = "\w+"', 'VERSION = "bbbbbbbbbbbb"', source)
    # B has another style and another script for a lesson: what the opened page names comes from A alone.
    for name in ("css/site", "js/lesson"):
        wire.worker, dropped = re.subn(rf'"/static/lms/{name}\.[0-9a-f]+\.\w+", ', "", wire.worker, count=1)
        assert dropped
    wired.evaluate(
        """async () => {
            const seen = await caches.open('seen');
            for (const one of await seen.keys()) if (one.url.includes('/static/')) await seen.delete(one);
        }"""
    )
    wired.evaluate(UPDATE)
    until(wired, lambda: bool(wired.evaluate(WAITS)))
    wired.context.new_cdp_session(wired).send("Network.clearBrowserCache")
    wired.wait_for_timeout(1000)
    assert before | {"shell-bbbbbbbbbbbb"} <= set(caches(wired))  # the open page's files are all there
    wired.goto("about:blank")
    wired.wait_for_timeout(1500)
    wired.context.set_offline(True)
    wired.goto(first)
    expect(wired.locator("h1")).to_be_visible()
    assert wired.evaluate("getComputedStyle(document.querySelector('.btn')).borderRadius") != "0px"
    wired.locator("section[data-question] label.choice").first.click()
    expect(wired.locator("section[data-question] .feedback").first).to_be_visible()
    assert [name for name in caches(wired) if name.startswith("shell-")] == ["shell-bbbbbbbbbbbb"]


def test_the_way_out_of_a_broken_worker(wired: Page, wire: Wire):
    sign_up(wired)
    ready(wired)
    begin(wired)
    download(wired)
    wire.worker = (ROOT / "lms/static/lms/js/sw-off.js").read_text()
    wired.evaluate(UPDATE)
    wired.wait_for_timeout(2500)
    expect(wired.locator("body")).not_to_contain_text("có bản mới")  # nothing waits for her
    wired.goto("/khoa-hoc/")
    until(wired, lambda: bool(wired.evaluate(GONE)))
    # What was paid for with her data waits for the worker's return.
    kept, sheet = sorted(caches(wired))
    assert kept == f"kept-{COURSE}"
    assert sheet.startswith("sheet-")


def test_the_box_and_the_offline_home_are_for_everybody(browser):
    """axe, twice the text, dark: the course's box in its states, and the home full, empty and in need."""
    context = new_context(browser, service_workers="allow", bypass_csp=True)
    page = context.new_page()
    sign_up(page)
    ready(page)
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("Trên máy chưa có khóa học nào")
    assert look(page) == {}
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    assert look(page) == {}
    page.get_by_role("button", name=DOWNLOAD).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-download]")).to_contain_text("đã có trên máy", timeout=60_000)
    assert look(page) == {}
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/hoc-tap/")
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator("[data-offline] .card")).to_be_visible()
    assert look(page) == {}
    context.close()
