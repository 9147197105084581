"""What is learned when the sign-in ends, the page is an old one, the disk is full or an answer is refused."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from .conftest import BASE_URL, CHROMIUM, new_context
from .people import COURSE, PIN, answer_test, sign_up
from .test_every_page import violations
from .test_queue import FULL, QUEUE, enter, finish, leave, lessons, until_lit, waiting
from .test_queue_people import keep, row

pytestmark = pytest.mark.requests_fail

CASES, STORE_CASES = ((Path(__file__).parent / f"{name}_cases.js").read_text() for name in ("queue", "store"))
OTHER = "00000000-0000-4000-8000-0000000000bb"


@pytest.fixture
def case(page: Page):
    """What a case of queue_cases.js says, with the site's own queue."""
    page.goto("/khoa-hoc/")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    source, memory = (next(url for url in loaded if f"/{name}." in url) for name in ("queue", "store"))
    return lambda name, cases=CASES: page.evaluate(f"({cases})({json.dumps([source, memory, name])})")


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


def states_of(kind: str, rows: list[list[str]]) -> list[str]:
    return [state for of, state, _ in rows if of == kind]


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
    assert violations(page) == []
    page.get_by_role("link", name="Đăng nhập lại").click()
    page.locator("input[name=login]").fill(phone)
    page.locator("input[name=password]").fill(PIN)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile("/khoa-hoc/"))
    until_lit(page, 1)
    assert waiting(page) == []


def test_a_check_answer_of_another_learner_is_not_passed_over_in_silence(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    who(context, OTHER)
    page.locator("section[data-question]").first.locator("label.choice").first.click()
    expect(page.locator(".bar")).to_contain_text("Người học trên máy này đã đổi")
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


def test_a_page_from_the_browsers_memory_asks_whose_it_is(browser: Browser):
    keeps = browser.browser_type.launch(
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=CHROMIUM,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    page = new_context(keeps).new_page()
    phone = sign_up(page)
    leave(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    enter(page, phone)
    page.evaluate("setTimeout(() => history.go(-2), 50)")
    page.wait_for_url("**/khoa-hoc/**")
    expect(page.locator(".account")).to_contain_text("Thoát")
    assert page.evaluate("performance.getEntriesByType('navigation')[0].type") == "reload"
    finish(page)
    until_lit(page, 1)
    keeps.close()


def test_a_sheet_of_somebody_else_is_not_filled_in(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)

    def choose_another(route: Route) -> None:
        answer = route.fetch()
        who(context, OTHER)  # between the coming of the page and its script
        kept = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=kept)

    page.route("**/kiem-tra/**", choose_another)
    page.reload()
    expect(page.locator("#tinh-hinh")).to_contain_text("Người học trên máy này đã đổi")
    expect(page.locator("fieldset.question input").first).to_be_disabled()
    page.unroute("**/kiem-tra/**")
    page.get_by_role("link", name="Tải lại trang").click()
    expect(page.locator("fieldset.question input").first).to_be_enabled()


# --- An answer of the test that was refused ---


def test_a_refused_answer_holds_the_test_until_it_is_replaced_or_dropped(case):
    replaced = case("replaced")
    assert replaced["held"]
    for said in (replaced, case("refused_under_way")):
        assert said["sent"] == ["test_answer bad", "test_answer good", "test_submit"]
        assert said["left"] == []
    dropped = case("dropped")
    assert (dropped["sent"], dropped["left"]) == (["test_answer bad", "test_submit"], [])


def test_a_sheet_handed_in_says_which_answer_to_look_at(page: Page, context: BrowserContext):
    sign_up(page)
    begin_test(page)
    sent: list[str] = []

    def refuse_the_first(route: Route) -> None:
        actions = json.loads(str(route.request.post_data))
        sent.append(actions[0]["uuid"])
        if len(sent) > 1:
            return route.continue_()
        return route.fulfill(json=[{"uuid": sent[0], "status": "refused", "message": "Thử lại.", "data": {}}])

    context.route(QUEUE, refuse_the_first)
    answer_test(page, "kns04")
    page.get_by_role("button", name="Nộp bài").click()
    expect(page.locator("#tinh-hinh")).to_contain_text("1 câu cần xem lại")
    page.reload()
    expect(page.locator("#tinh-hinh")).to_contain_text("1 câu cần xem lại")
    page.locator("#tinh-hinh").get_by_role("link", name="câu 1").click()
    expect(page).to_have_url(re.compile("#cau-1$"))
    held = page.locator("fieldset.question:enabled")
    expect(held).to_have_count(1)
    expect(held.locator("[data-saved]")).to_contain_text("Thử lại.")
    choices = held.locator("label.choice input")
    kept = [choice.is_checked() for choice in choices.all()]
    choices.nth(0 if not kept[0] else 1).click()  # another, and the first again
    choices.nth(kept.index(True)).click()
    if held.locator("input[type=checkbox]").count():
        choices.nth(0 if not kept[0] else 1).click()
        choices.nth(kept.index(True)).click()
    page.wait_for_timeout(1000)
    assert [action["state"] for action in waiting(page)] == ["review", "waiting"]  # sent when she says so
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")


# --- A full disk ---


def test_a_full_disk_stops_no_test(case):
    said = case("full_disk")
    assert said["sent"] == [
        "test_answer a", "test_answer bad", "test_answer b", "lesson_done", "test_answer c", "test_submit",
    ]  # fmt: skip
    assert states_of("test_submit", said["before"]) == ["waiting"]  # held by the answer that was refused
    assert said["left"] == []
    assert case("spare_first")["sent"][-1] == "test_submit"
    assert case("lease_on_a_full_disk") == {"sent": [1], "left": 0}


def test_a_full_disk_is_not_called_kept(case):
    """The second choice of a question too: it takes the place of one that is on no disk."""
    said = case("fleeting")
    durable = [said[name] for name in ("roomy", "changed", "first", "second")]
    assert durable == [True, False, False, False]
    assert said["rows"] == [["q1", "a", False], ["q1", "b", True], ["q2", "b", True]]


def test_a_step_that_a_full_disk_cannot_note_goes_on(case):
    said = case("stale_on_a_full_disk")
    assert said["did"] == ["test_answer a", "test_answer b", "test_submit"]
    assert said["left"] == []
    lost = case("lost_on_a_full_disk")
    assert lost["same"] == 1  # within the page what is sent again is the same to the byte
    assert lost["left"] == []  # after it, what the server did already is no refusal


def test_a_refusal_on_a_full_disk_is_to_be_looked_at(case):
    said = case("refused_on_a_full_disk")
    assert said["sent"] == 1
    assert states_of("lesson_done", said["left"]) == ["review"]


def test_a_disk_that_cannot_be_read_stops_nothing_but_the_handing_in(case):
    said = case("unread")
    assert (said["mute"], said["unread"], said["shown"]) == (["test_answer b"], True, 1)
    assert said["pauses"] > 0  # it tries again by itself
    assert said["sent"] == ["test_answer b", "test_answer a", "test_submit"]
    assert said["left"] == []


def test_a_disk_that_answers_late_gets_everything_once(case):
    said = case("late", STORE_CASES)
    assert (said["unread"], said["after"] or False) == (True, False)
    assert said["kept"] == said["shown"] == said["added"]
    assert sorted(said["sealed"]) == [["s-29", 8], ["s-3", 7]]
    assert said["marked"] == 0
    assert said["seq"] == 7
    assert said["mute"] == [
        0,
        True,
    ]  # whoever holds the store of before hears, too, that the disk cannot be read


def test_what_did_not_fit_outlives_the_database(case):
    said = case("closed", STORE_CASES)
    assert said == {"durable": False, "again": 2, "rows": [["s-1", True]]}


def test_a_database_that_a_newer_page_changed(case):
    assert case("outdated", STORE_CASES) == {"durable": False, "rows": 1}


def test_a_test_on_a_full_phone(browser: Browser):
    context = new_context(browser)
    context.add_init_script(FULL)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    sign_up(page)
    begin_test(page)
    answer_test(page, "kns04")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("10 trong 10")
    assert broken == []
    context.close()


# --- Who sends, and what holds it up ---


def test_what_the_server_breaks_over_stops_no_other(case):
    said = case("poison")
    assert said["sent"] == 24
    assert said["left"] == ["old", "new"]  # of one question, and so in order
    assert said["rounds"] < 10


def test_a_lease_ends_when_the_clock_is_set_right(case):
    said = case("lease_of_the_dead")
    assert said["dead"]["sent"] == 1
    assert said["living"] == {"sent": 1, "pauses": 1}  # another tab sends: tried again later


def test_nothing_is_written_before_the_last_act_of_a_page(case):
    said = case("leaving_without_a_name")
    assert said["wrote"] == ["put"]
    assert said["same"]  # and it can be claimed with what was done before


def test_two_tabs_claim_once(case):
    assert case("claimed_in_another_tab") == {"first": 1, "second": 0}


# --- Leaving a phone ---


def test_leaving_sends_first_and_says_what_stays(page: Page, context: BrowserContext):
    phone = sign_up(page)
    hers = who(context)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.get_by_role("button", name="Thoát").click()
    page.wait_for_url("**/dang-xuat/")
    expect(page.locator("[data-leaving]")).to_contain_text("1 việc của bạn chưa gửi được")
    context.unroute(QUEUE)
    page.get_by_role("button", name="Gửi lại ngay").click()
    expect(page.locator("[data-leaving]")).to_contain_text("Đã gửi hết")
    assert waiting(page) == []
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-lamps]").first).to_contain_text("1 trong")
    page.get_by_role("button", name="Thoát").click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")
    assert f"lit:{hers}" not in kept_names(page)
    enter(page, phone)
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-lamps]").first).to_contain_text("1 trong")


def kept_names(page: Page) -> list[str]:
    return list(
        page.evaluate(
            """() => new Promise((done) => {
                indexedDB.open('hvs').onsuccess = ({ target: { result } }) => {
                    const all = result.transaction('kept').objectStore('kept').getAllKeys();
                    all.onsuccess = () => { result.close(); done(all.result); };
                };
            })"""
        )
    )


# --- Who stands between the phone and the server ---


def test_a_refusal_in_other_words_than_ours(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.route(QUEUE, lambda route: route.fulfill(status=401, content_type="text/html", body="<p>401"))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Bạn đã bị thoát")
    assert len(waiting(page)) == 1


def test_a_state_that_never_comes_holds_no_sending(page: Page, context: BrowserContext):
    sign_up(page)
    first, second, *_ = lessons(page)
    page.goto(first)
    page.wait_for_load_state("networkidle")
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    context.unroute(QUEUE)
    page.clock.install()
    context.route("**/api/v1/item/**", lambda route: None)
    page.goto(second)
    page.wait_for_timeout(500)
    assert len(waiting(page)) == 1
    page.clock.run_for(16_000)
    until_lit(page, 1)


def test_a_row_that_the_server_cannot_name_stops_no_test(page: Page, context: BrowserContext):
    sign_up(page)
    lessons(page)
    named = row(1, learner=who(context), claim=None)
    keep(page, [{**named, "uuid": [named["uuid"]]}])
    begin_test(page)
    page.locator("fieldset.question").first.locator("label.choice").first.click()
    expect(page.locator("[data-saved]").first).to_contain_text("Đã gửi")
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue]")).to_contain_text("Cần xem lại")
    page.get_by_role("button", name="Bỏ khỏi máy").click()
    page.get_by_role("button", name="Bỏ hẳn").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")
