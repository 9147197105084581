"""The sheet of a test in a real Chromium: what is chosen on it is sent, and its words are true."""

from __future__ import annotations

import datetime
import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from .conftest import new_context
from .people import COURSE, answer_test, sign_up
from .test_queue import FULL, NOTHING, QUEUE, waiting
from .test_queue_ends import begin_test, who
from .worker import caches, ready, until

pytestmark = pytest.mark.requests_fail

SCRIPT = re.compile(r"/lms/js/test\.[^/]*js$")
BY_PHONE = re.compile(r"Còn \d+ phút theo đồng hồ của máy")
SLOW_CACHES = """const has = CacheStorage.prototype.has;
CacheStorage.prototype.has = async function (name) {
    await new Promise((go) => setTimeout(go, 1500));
    return has.call(this, name);
};"""


def first(page: Page) -> Locator:
    """The inputs of a question of one answer."""
    single = page.locator("fieldset.question:has(input[type=radio])").first
    return single.locator("label.choice input")


def hold_the_script(page: Page) -> list[Route]:
    held: list[Route] = []
    page.route(SCRIPT, lambda route: held.append(route))
    return held


def let_go(page: Page, held: list[Route]) -> None:
    for route in held:
        route.continue_()
    page.unroute(SCRIPT)
    page.wait_for_load_state("networkidle")


def test_what_was_chosen_before_the_script_ran_is_sent(page: Page):
    sign_up(page)
    held = hold_the_script(page)
    page.goto(f"/kiem-tra/{COURSE}/")
    page.get_by_role("button", name="Bắt đầu làm bài").click(no_wait_after=True)
    expect(page.locator("fieldset.question").last).to_be_visible()
    until(page, lambda: bool(held))
    answer_test(page, "kns04")
    let_go(page, held)
    expect(page.locator("[data-saved]").last).to_contain_text("Đã gửi")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")


def test_a_choice_of_now_is_not_put_back_by_one_of_before(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    first(page).nth(0).check()
    until(page, lambda: len(waiting(page)) == 1)
    # Before the script of the page ran,
    held = hold_the_script(page)
    page.reload(wait_until="commit")
    expect(page.locator("fieldset.question").last).to_be_visible()
    until(page, lambda: bool(held))
    first(page).nth(1).check()
    let_go(page, held)
    second = first(page).nth(1).input_value()
    until(page, lambda: chosen(page)[-1] == [second])
    expect(first(page).nth(1)).to_be_checked()
    # and while it looks up what the phone keeps.
    page.add_init_script(SLOW_CACHES)
    page.reload()
    first(page).nth(2).check()
    page.wait_for_timeout(2500)
    expect(first(page).nth(2)).to_be_checked()
    until(page, lambda: chosen(page)[-1] == [first(page).nth(2).input_value()])


def chosen(page: Page) -> list[object]:
    return [dict(action["data"])["choices"] for action in waiting(page)]  # type: ignore[call-overload]


NO_CACHES = "CacheStorage.prototype.has = () => new Promise(() => {});"


def test_what_was_chosen_before_the_script_waits_for_no_cache(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)
    page.add_init_script(NO_CACHES)
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    held = hold_the_script(page)
    page.reload(wait_until="commit")
    expect(page.locator("fieldset.question").last).to_be_visible()
    until(page, lambda: bool(held))
    first(page).nth(1).check()
    let_go(page, held)
    until(page, lambda: len(waiting(page)) == 1)
    expect(page.locator("[data-saved]", has_text="Đã lưu trên máy")).to_have_count(1)


@pytest.mark.service_worker
def test_handing_in_counts_what_is_kept_beside_the_sheet(page: Page, context: BrowserContext):
    """Pressed before the page looked it up: no word of questions left empty that are answered."""
    sign_up(page)
    ready(page)
    begin_test(page)
    until(page, lambda: any(name.startswith("sheet-") for name in caches(page)))
    context.set_offline(True)
    answer_test(page, "kns04")
    expect(page.locator("[data-saved]").last).to_contain_text("Đã lưu trên máy")
    page.add_init_script(SLOW_CACHES)
    page.reload(wait_until="commit")
    expect(page.locator("#tinh-hinh")).to_be_attached()
    page.wait_for_load_state()
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text(re.compile("Đang nộp bài|Bạn đã nộp bài|chưa trả lời"))
    expect(page.locator("#tinh-hinh")).not_to_contain_text("chưa trả lời")
    context.set_offline(False)
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")


def test_what_the_browser_puts_back_is_no_choice_over_hers(page: Page, context: BrowserContext):
    """An older state of the form, from before what she chose on another phone."""
    sign_up(page)
    begin_test(page)
    first(page).nth(1).check()
    until(page, lambda: waiting(page) == [] and "Đã gửi" in page.locator("main").inner_text())
    page.add_init_script(
        """document.addEventListener("readystatechange", () => {
            const field = document.querySelector("fieldset.question:has(input[type=radio])");
            if (field && document.readyState === "interactive") field.querySelector("input").checked = true;
        });"""
    )
    page.reload()
    page.wait_for_timeout(1500)
    expect(first(page).nth(1)).to_be_checked()
    assert waiting(page) == []


@pytest.mark.parametrize("broken", [NOTHING, FULL], ids=["keeps nothing", "full"])
def test_a_sheet_that_cannot_be_kept_says_so(browser: Browser, broken: str):
    context = new_context(browser)
    context.add_init_script(broken)
    page = context.new_page()
    sign_up(page)
    begin_test(page)
    context.set_offline(True)
    answer_test(page, "kns04")
    last = page.locator("[data-saved]").last
    expect(last).to_contain_text("không cho lưu trên máy")
    page.wait_for_timeout(1500)  # no network is news too, and tells nothing else
    words = page.locator("[data-saved]").all_inner_texts()
    assert [line for line in words if "Đã lưu trên máy" in line] == []
    expect(page.locator("section.queue")).to_contain_text("chỉ nằm trong trang này")
    expect(page.locator("section.queue")).not_to_contain_text("đã lưu trên máy")
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text("xin giữ trang này mở")
    expect(page.locator("#tinh-hinh")).not_to_contain_text("trên máy này")
    context.set_offline(False)
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")
    context.close()


def test_a_later_choice_of_another_tab_stands(page: Page, context: BrowserContext):
    """The first tab's own earlier choice is not given to the phone again after it."""
    sign_up(page)
    begin_test(page)
    single = "fieldset.question:has(input[type=radio])"
    other = context.new_page()
    other.goto(page.url)
    other.wait_for_load_state("networkidle")
    context.route("**/api/v1/queue/", lambda route: route.abort())
    page.locator(single).nth(0).locator("label.choice input").first.check()
    until(page, lambda: any("sealed" in row for row in waiting(page)))  # so that the next one is not sealed
    page.locator(single).nth(1).locator("label.choice input").nth(0).check()
    until(page, lambda: len(waiting(page)) == 2)
    other.locator(single).nth(1).locator("label.choice input").nth(1).check()
    chosen = other.locator(single).nth(1).locator("input:checked").get_attribute("value")
    until(page, lambda: [row["data"]["choices"] for row in waiting(page)][1] == [chosen])
    expect(page.locator(single).nth(1).locator("input:checked")).to_have_value(str(chosen))
    sent: list[object] = []
    context.on("request", lambda one: sent.extend(one.post_data_json if "/api/v1/queue/" in one.url else []))
    context.unroute("**/api/v1/queue/")
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: waiting(page) == [])
    page.wait_for_timeout(1000)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(2000)
    assert [one["data"]["choices"] for one in sent][1:] == [[chosen]]


# --- The clock ---


@pytest.mark.parametrize("network", [True, False])
def test_the_phones_clock_is_set_right_in_the_middle(page: Page, context: BrowserContext, network: bool):
    page.clock.install(time=0)
    sign_up(page)
    begin_test(page)
    left = page.locator("#con-lai")
    before = minutes(left)
    assert before > 10
    if not network:
        context.route("**/api/v1/who/", lambda route: route.abort())
    page.clock.set_system_time(datetime.datetime.now(datetime.UTC))
    page.clock.run_for(6000)
    page.wait_for_timeout(500)
    page.clock.run_for(6000)
    assert before - 1 <= minutes(left) <= before
    expect(left).not_to_have_text(BY_PHONE)
    page.reload()
    page.clock.run_for(6000)
    assert before - 1 <= minutes(left) <= before


def slept_five_minutes(page: Page, context: BrowserContext) -> tuple[Locator, int, float]:
    """Over a begun test, without network: the clock on the sheet, its minutes before, the time then (s)."""
    page.clock.install()
    sign_up(page)
    begin_test(page)
    context.route("**/api/v1/who/", lambda route: route.abort())
    left = page.locator("#con-lai")
    before = minutes(left)
    now = page.evaluate("Date.now()") / 1000
    page.clock.set_system_time(now + 300)
    page.clock.run_for(6000)
    return left, before, now


def test_the_time_that_a_phone_slept_is_over(page: Page, context: BrowserContext):
    left, before, _ = slept_five_minutes(page, context)
    assert before - 6 <= minutes(left) <= before - 5


def test_a_clock_set_forward_without_network_is_the_phones_word_only(page: Page, context: BrowserContext):
    left, before, now = slept_five_minutes(page, context)
    expect(left).to_have_text(BY_PHONE)  # slept, or set
    page.clock.set_system_time(now + 3900)
    page.clock.run_for(6000)
    expect(left).to_contain_text("Đã hết giờ theo đồng hồ của máy")
    context.unroute("**/api/v1/who/")
    page.clock.run_for(40_000)  # asked again by itself
    page.wait_for_timeout(500)
    page.clock.run_for(6000)
    assert before - 2 <= minutes(left) <= before
    expect(left).not_to_have_text(BY_PHONE)


def minutes(left: Locator) -> int:
    found = re.search(r"Còn (\d+) phút", left.inner_text())
    return int(found[1]) if found else 0


# --- Words about a page ---


def tell(page: Page, text: str) -> None:
    page.goto("/gop-y/?trang=/khoa-hoc/")
    page.wait_for_load_state("networkidle")
    page.locator("input[name=helped]").first.check()
    page.locator("textarea").evaluate("(area) => area.removeAttribute('maxlength')")
    page.locator("textarea").fill(text)
    page.locator("main form[method=post] button[type=submit]").click()


def test_words_are_thanked_for_when_they_arrived(page: Page):
    tell(page, "Chữ nhỏ quá")
    expect(page.locator("main")).to_contain_text("Ý kiến của bạn đã được gửi")
    assert waiting(page) == []


def test_words_outlive_a_server_in_trouble(page: Page, context: BrowserContext):
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    tell(page, "Chữ nhỏ quá")
    expect(page.locator("main")).to_contain_text("Đã lưu ý kiến của bạn trên máy")
    assert [action["kind"] for action in waiting(page)] == ["feedback"]
    context.unroute(QUEUE)
    page.goto("/khoa-hoc/")
    until(page, lambda: waiting(page) == [])


def test_words_pressed_again_are_not_passed_over_in_silence(browser: Browser):
    context = new_context(browser)
    context.add_init_script(NOTHING)
    page = context.new_page()
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    tell(page, "Chữ nhỏ quá")
    button = page.locator("main form[method=post] button[type=submit]")
    button.click()
    status = page.locator("main [role=status]")
    expect(status).to_contain_text("Đang gửi ý kiến")
    expect(status).to_contain_text("xin giữ trang mở")
    button.focus()
    context.unroute(QUEUE)
    button.click()
    expect(page.locator("main")).to_contain_text("Ý kiến của bạn đã được gửi")
    context.close()


# --- What a chosen answer looks like ---


def test_a_chosen_answer_is_drawn_where_nothing_stands_before_an_input(page: Page):
    """Firefox draws no ::before of a radio: there the choice itself has another edge and ground."""
    page.goto("/hien-thi/")
    label = page.locator("label.choice:has(input[name=theme])")
    looks = "one => getComputedStyle(one).borderTopColor + getComputedStyle(one).backgroundColor"
    before = label.last.evaluate(looks)
    label.last.locator("input").check()
    page.mouse.move(0, 0)
    expect(label.last.locator("input")).to_be_checked()
    assert label.last.evaluate(looks) != before
    label.first.locator("input").check()


def test_words_that_the_server_refuses_stay_in_the_form(page: Page):
    tell(page, "a" * 1001)
    expect(page.get_by_role("status").filter(has_text="nhiều nhất 1000 chữ")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("a" * 1001)
    until(page, lambda: waiting(page) == [])
    page.locator("textarea").fill("Chữ nhỏ quá")
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Ý kiến của bạn đã được gửi")


# --- Whose lamps ---


def test_lamps_of_nobody_are_not_hers_before_she_says_so(page: Page, browser: Browser):
    page.goto(f"/khoa-hoc/{COURSE}/")
    lesson = page.locator("li[data-item] a").first.get_attribute("href")
    page.goto(str(lesson))
    page.wait_for_load_state("networkidle")
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    page.goto("/viec-tren-may/")
    link = page.locator("[data-carry-here] input").input_value()
    context = new_context(browser)
    there = context.new_page()
    sign_up(there)
    hers = who(context)
    there.goto(link)
    expect(there.locator("[data-carried]")).to_contain_text("1 bài đã học")
    lit = there.evaluate(
        """(name) => new Promise((done) => {
            indexedDB.open("hvs").onsuccess = ({ target: { result } }) => {
                const got = result.transaction("kept").objectStore("kept").get(name);
                got.onsuccess = () => { result.close(); done(got.result ?? {}); };
            };
        })""",
        f"lit:{hers}",
    )
    assert [item for items in lit.values() for item in items] == []
    context.close()
