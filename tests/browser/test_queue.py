"""What a weak network, a full phone, a second tab and a second person do to learning: nothing is lost."""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Response, Route, expect

from .conftest import kill_browser, lasting_context, new_context
from .people import (
    COURSE,
    PIN,
    fill_sign_up,
    hand_in_without_network,
    judged_once_there_is_network,
    sign_up,
    words,
)

pytestmark = pytest.mark.requests_fail

QUEUE = "**/api/v1/queue/"
DONE = "Tôi đã hiểu, đi tiếp"
HERE = Path(__file__).parent


def enter(page: Page, phone: str) -> None:
    page.goto("/dang-nhap/")
    page.locator("input[name=login]").fill(phone)
    page.locator("input[name=password]").fill(PIN)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile("/hoc-tap/"))


def leave(page: Page) -> None:
    page.goto("/dang-xuat/")
    page.locator("main form[method=post] button:not([type=button])").last.click()
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")


def lessons(page: Page) -> list[str]:
    """The addresses of the course's lessons."""
    page.goto(f"/khoa-hoc/{COURSE}/")
    return page.eval_on_selector_all("li[data-item] a", "links => links.map(a => a.getAttribute('href'))")


def standing(page: Page) -> dict[str, object]:
    return dict(page.request.get(f"/api/v1/course/{COURSE}/").json()["state"] or {})


def lit(page: Page) -> int:
    return int(str(standing(page)["lit"]))


def finish(page: Page) -> None:
    page.get_by_role("link", name=DONE).click()


def until_lit(page: Page, many: int) -> None:
    until = time.monotonic() + 30
    while lit(page) != many and time.monotonic() < until:
        page.wait_for_timeout(300)
    assert lit(page) == many


def waiting(page: Page) -> list[dict[str, object]]:
    """What the phone keeps and has not sent."""
    return list(
        page.evaluate(
            """() => new Promise((done, fail) => {
                const request = indexedDB.open('hvs');
                request.onerror = () => fail(request.error);
                request.onsuccess = () => {
                    const all = request.result.transaction('actions').objectStore('actions').getAll();
                    all.onsuccess = () => { request.result.close(); done(all.result); };
                };
            })"""
        )
    )


def test_offline_at_the_end_of_a_lesson(page: Page, context: BrowserContext):
    sign_up(page)
    first, second, *_ = lessons(page)
    page.goto(first)
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy. Khi có mạng, máy sẽ tự gửi.")
    assert len(waiting(page)) == 1
    page.close()
    context.set_offline(False)
    other = context.new_page()  # the tab was closed: the next page sends it
    other.goto(second)
    until_lit(other, 1)
    assert waiting(other) == []


def test_the_answer_is_lost_after_the_server_did_it(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(lessons(page)[0])
    sent: list[str] = []

    def lose_the_first(route: Route) -> None:
        sent.append(str(route.request.post_data))
        if len(sent) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    context.route(QUEUE, lose_the_first)
    finish(page)
    until_lit(page, 1)
    page.wait_for_timeout(3000)
    assert len(sent) == 2
    assert sent[0] == sent[1]  # the same to the byte: the server answers with the first answer
    assert waiting(page) == []


def test_a_server_in_trouble_for_a_while(page: Page, context: BrowserContext):
    sign_up(page)
    page.goto(lessons(page)[0])
    troubles = iter([500, 502, 503, 429])
    context.route(
        QUEUE, lambda route: route.fulfill(status=code) if (code := next(troubles, 0)) else route.continue_()
    )
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    for _ in range(4):  # "Gửi ngay" tries at once
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(400)
    until_lit(page, 1)


def test_two_tabs_send_each_action_once(page: Page, context: BrowserContext):
    sign_up(page)
    first, second, *_ = lessons(page)
    other = context.new_page()
    page.goto(first)
    other.goto(second)
    for tab in (page, other):
        tab.wait_for_load_state("networkidle")
    context.set_offline(True)
    done: list[
        str
    ] = []  # each action in a sending that was answered; one whose answer is lost has to come again

    def answered(one: Response) -> None:
        if "/queue/" in one.url and one.status == 200:
            done.extend(action["uuid"] for action in json.loads(str(one.request.post_data)))

    context.on("response", answered)
    finish(page)
    finish(other)
    expect(other.locator(".bar")).to_contain_text("Đã lưu trên máy")
    kept = [action["uuid"] for action in waiting(page)]
    assert len(kept) == 2
    context.set_offline(False)
    until_lit(page, 2)
    until = time.monotonic() + 20
    while waiting(page) and time.monotonic() < until:
        page.wait_for_timeout(200)
    page.wait_for_timeout(1500)  # whatever the other tab had under way
    assert sorted(done) == sorted(map(str, kept))


def test_an_expired_session_keeps_everything_for_her(page: Page, context: BrowserContext):
    phone = sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.clear_cookies(name="sessionid")
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Bạn đã bị thoát")
    assert len(waiting(page)) == 1
    page.get_by_role("link", name="Đăng nhập lại").click()
    page.locator("input[name=login]").fill(phone)
    page.locator("input[name=password]").fill(PIN)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url(re.compile("/khoa-hoc/"))
    until_lit(page, 1)


def test_never_under_another_learners_name(page: Page, context: BrowserContext):
    hoa = sign_up(page, "Phạm Thị Hoa")
    page.goto(lessons(page)[0])
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    leave(page)
    context.unroute(QUEUE)
    sign_up(page, "Trần Văn Hai")
    page.goto("/viec-tren-may/")
    expect(page.locator("main")).to_contain_text("của người khác dùng máy này")
    page.wait_for_timeout(1500)
    assert lit(page) == 0
    assert len(waiting(page)) == 1
    leave(page)
    enter(page, hoa)
    page.goto(f"/khoa-hoc/{COURSE}/")
    until_lit(page, 1)


def test_signing_out_of_a_borrowed_phone_loses_nobodys_learning(page: Page, context: BrowserContext):
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    first, second, third, *_ = lessons(page)
    page.goto(first)
    finish(page)  # nobody's
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    owner = sign_up(page, "Phạm Thị Hoa")
    page.goto(second)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    leave(page)
    page.goto("/dang-ky/?xa=10750")
    borrower = fill_sign_up(page, "Trần Văn Hai")
    page.locator("input[name=borrowed]").check()
    page.locator("main form[method=post] button:not([type=button])").last.click()
    page.wait_for_url(re.compile("/dang-ky/them/|/hoc-tap/|/khoa-hoc/"))
    page.goto(third)
    page.wait_for_load_state("networkidle")
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    before = {action["uuid"]: action["learner"] for action in waiting(page)}
    assert len(set(before.values())) == len(before) == 3
    with page.expect_response(
        lambda answer: answer.request.method == "POST" and "/dang-xuat/" in answer.url
    ) as said:
        leave(page)
    assert said.value.header_value("clear-site-data") == '"cache"'  # it was a borrowed phone, and forgot her
    assert page.evaluate("document.cookie").count("hvs_") == 0
    assert {action["uuid"]: action["learner"] for action in waiting(page)} == before
    context.unroute(QUEUE)
    for phone in (owner, borrower):  # each gets what she did, and only that
        enter(page, phone)
        page.goto(f"/khoa-hoc/{COURSE}/")
        until_lit(page, 1)
        leave(page)
    assert [action["learner"] for action in waiting(page)] == [None]


def test_an_old_tab_records_nothing_under_another_name(page: Page, context: BrowserContext):
    sign_up(page, "Phạm Thị Hoa")
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    other = context.new_page()
    leave(other)
    sign_up(other, "Trần Văn Hai")
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Người học trên máy này đã đổi")
    assert waiting(page) == []
    assert lit(other) == 0


def test_learned_before_signing_up_and_claimed_once(page: Page, context: BrowserContext):
    first, second, *_ = lessons(page)
    page.goto(first)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này: bạn học xong bài.")
    page.get_by_role("link", name="Học tiếp").click()
    page.wait_for_url(f"**{second}")
    finish(page)
    expect(page.locator(".bar")).to_contain_text("2 trong")
    sign_up(page, "Vũ Thị Mận")
    page.get_by_role("button", name=re.compile("Đúng, ghi cho")).click()
    until_lit(page, 2)
    assert waiting(page) == []
    # Somebody else on the same phone begins anew: what she learns without an account is not Mận's.
    leave(page)
    page.goto(first)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("1 trong")
    sign_up(page, "Bùi Thị Đào")
    page.get_by_role("button", name="Không phải").click()
    page.wait_for_timeout(500)
    assert lit(page) == 0
    assert len(waiting(page)) == 1


def test_carried_to_another_browser(page: Page, browser):
    page.goto(lessons(page)[0])
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    page.goto("/viec-tren-may/")
    code = page.get_by_role("img", name=re.compile("Mã QR"))
    expect(code).to_be_visible()
    expect(code).to_have_js_property("complete", True)
    assert code.evaluate("picture => picture.naturalWidth") > 0
    link = page.locator("[data-carry-here] input").input_value()
    chrome = new_context(browser)
    there = chrome.new_page()
    there.goto(link)
    expect(there.locator("main")).to_contain_text("Đã mang sang máy này 1 bài đã học")
    there.goto(link)  # opened twice
    expect(there.locator("main")).to_contain_text("1 bài đã học")
    assert len(waiting(there)) == 1
    sign_up(there)
    there.get_by_role("button", name=re.compile("Đúng, ghi cho")).click()
    until_lit(there, 1)
    # The first browser still has it: whoever signs in there reads that it is somebody's.
    sign_up(page, "Người Thứ Hai")
    page.get_by_role("button", name=re.compile("Đúng, ghi cho")).click()
    page.goto("/viec-tren-may/")
    expect(page.locator("main")).to_contain_text("đã được ghi cho người khác")
    assert lit(page) == 0
    page.get_by_role("button", name="Bỏ khỏi máy").click()
    page.get_by_role("button", name="Bỏ hẳn").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")
    chrome.close()


def packed(page: Page, rows: list[list[object]]) -> str:
    """A link as `carried.js` writes it, with whatever in it."""
    data = base64.urlsafe_b64encode(gzip.compress(json.dumps(rows).encode())).decode().rstrip("=")
    return f"/mang-theo/#{data}"


def lesson_row(page: Page, number: int, choices: object = 0) -> list[object]:
    item = page.evaluate("document.querySelector('li[data-item]').dataset.item")
    return [
        f"00000000-0000-4000-8000-{number:012x}",
        "00000000-0000-4000-8000-0000000c1a1d",
        "lesson_done",
        item,
        choices,
        "2026-11-01T08:00:00Z",
        COURSE,
    ]


def test_a_link_names_lessons_by_the_sites_words_only(page: Page):
    first = lessons(page)[0]
    title = page.locator(f"li[data-item] a[href='{first}']").inner_text()
    older = lesson_row(page, 1)  # a link made when they still had labels
    older.insert(6, "Tài khoản của bạn bị khóa, gọi 0900 000 000")
    link = packed(page, [older])
    page.goto(link)
    expect(page.locator("[data-carried]")).to_contain_text("1 bài đã học")
    expect(page.locator("[data-carried]")).to_contain_text(words(title).split(": ", 1)[1][:20])
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue]")).to_contain_text("chưa ghi tên ai")
    expect(page.locator("[data-queue]")).to_contain_text(re.compile(r"\d\d:\d\d \d\d/\d\d/\d{4}"))
    expect(page.get_by_role("link", name="Đăng ký để ghi tên")).to_have_class("btn full")
    expect(page.locator("main")).not_to_contain_text("bị khóa")
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-lamps]")).to_contain_text("1 trong 5 bài")
    page.goto("/viec-tren-may/")
    page.get_by_role("button", name="Bỏ khỏi máy").click()  # whoever sent it, she can be rid of it
    page.get_by_role("button", name="Bỏ hẳn").click()
    expect(page.locator("main")).to_contain_text("Mọi việc đã gửi hết")
    page.goto(f"/khoa-hoc/{COURSE}/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-lamps]")).not_to_contain_text("1 trong 5 bài")


def test_a_link_with_an_endless_choice_brings_nothing(page: Page):
    lessons(page)
    page.goto(packed(page, [lesson_row(page, 2, ["a" * 60_000])]))
    expect(page.locator("[data-carried]")).to_contain_text("bị hỏng")
    assert waiting(page) == []


def test_a_link_of_other_things_than_words_brings_nothing(page: Page):
    lessons(page)
    row = lesson_row(page, 3)
    page.goto(packed(page, [[[row[0]], *row[1:]]]))
    expect(page.locator("[data-carried]")).to_contain_text("bị hỏng")
    assert waiting(page) == []


def test_a_link_that_names_one_action_twice_brings_it_once(page: Page):
    lessons(page)
    page.goto(packed(page, [lesson_row(page, 4), lesson_row(page, 4)]))
    expect(page.locator("[data-carried]")).to_contain_text("1 bài đã học")
    expect(page.locator("[data-carried]")).to_contain_text("Phần này nằm trên máy")
    assert len(waiting(page)) == 1


def test_links_fill_no_phone(page: Page):
    lessons(page)
    links = [packed(page, [lesson_row(page, 1000 * many + one) for one in range(190)]) for many in range(3)]
    for link in links:
        page.goto("/khoa-hoc/")
        page.goto(link)
        expect(page.locator("[data-carried]")).to_contain_text(re.compile("190 bài|chưa mang thêm được"))
    expect(page.locator("[data-carried]")).to_contain_text("chưa mang thêm được")
    assert len(waiting(page)) == 380


def test_more_than_a_browser_leaves_behind_is_sent(page: Page, context: BrowserContext):
    """Over 64 KB a request that outlives its page is refused by the browser: it has to be a plain one."""
    sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    source = page.evaluate(
        "performance.getEntriesByType('resource').find(entry => entry.name.includes('/queue.')).name"
    )
    status = page.evaluate(
        """async (source) => {
            const { queue } = await import(source);
            const choices = Array.from({ length: 20 }, (_, n) => String(n).padStart(4000, 'x'));
            const { uuid } = await queue.add('check_answer', 'khong-co', { choices });
            return queue.outcome(uuid).then(() => 'sent', (error) => error.constructor.name);
        }""",
        source,
    )
    assert status == "Refused"  # by the server, in words; not stuck on the phone


@pytest.mark.parametrize("link", ["", "#", "#x", "#" + "A" * 5000, "#H4sIAAAAAAAAA-NgYGBgAAAAAP__"])
def test_a_broken_link_brings_nothing(page: Page, link: str):
    page.goto(f"/mang-theo/{link}")
    expect(page.locator("[data-carried]")).to_contain_text(re.compile("không mang theo bài nào|bị hỏng"))


NOTHING = "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };"
FULL = (
    "const full = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    "IDBObjectStore.prototype.add = full; IDBObjectStore.prototype.put = full;"
)


@pytest.mark.parametrize("broken", [NOTHING, FULL], ids=["keeps nothing", "full"])
def test_a_phone_that_cannot_keep_says_so_and_still_sends(browser, broken: str):
    context = new_context(browser)
    context.add_init_script(broken)
    page = context.new_page()
    sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("không cho lưu trên máy")
    context.set_offline(False)
    until_lit(page, 1)
    page.goto("/viec-tren-may/")
    if broken == NOTHING:  # a full phone is known at the first action that does not fit
        expect(page.locator("main")).to_contain_text("không cho lưu trên máy")
    context.close()


def test_a_clock_in_1970(page: Page):
    page.clock.install(time=0)
    sign_up(page)
    page.goto(lessons(page)[0])
    with page.expect_request(QUEUE) as asked:
        finish(page)
        page.clock.run_for(5000)
    until_lit(page, 1)
    # The server learns from both how late it is on this phone (tests/lms/test_queue.py).
    assert asked.value.headers["x-device-time"].startswith("1970-01-01T")
    assert str(json.loads(str(asked.value.post_data))[0]["at"]).startswith("1970-01-01T")


def test_a_killed_browser_sends_when_it_is_opened_again(browser, tmp_path):
    context = lasting_context(browser, tmp_path)
    page = context.new_page()
    phone = sign_up(page)
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    kill_browser(tmp_path)
    with pytest.raises(Error):
        page.wait_for_timeout(10_000)  # ended by the death of the browser
    again = lasting_context(browser, tmp_path)
    page = again.new_page()
    page.goto(f"/khoa-hoc/{COURSE}/")
    assert len(waiting(page)) == 1
    enter(page, phone)  # a browser writes its cookies late: she may have to sign in again
    until_lit(page, 1)
    again.close()


def test_the_final_test_goes_on_without_network(page: Page, context: BrowserContext):
    sign_up(page, "Đỗ Thị Sen")
    page.goto(f"/kiem-tra/{COURSE}/")
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("fieldset.question").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    hand_in_without_network(page)
    judged_once_there_is_network(page)


SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_of_losses_ends_as_the_orderly_run(page: Page, seed: int):
    """Random acts, lost requests, lost answers, duplicates and tabs against a server that keeps receipts."""
    page.goto("/khoa-hoc/")
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    source, memory = (next(url for url in loaded if f"/{name}." in url) for name in ("queue", "store"))
    script = (HERE / "interleaving.js").read_text()
    result = page.evaluate(f"({script})({json.dumps([source, memory, seed])})")
    assert result["state"] == result["orderly"]
    assert result["doubled"] == []
    assert result["left"] == result["refused"]
