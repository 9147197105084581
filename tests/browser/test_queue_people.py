"""One phone, several people: whose is what waits on it, who may see it, and what a page says of it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .cast import MADE, run_inside
from .conftest import new_context, sign_in
from .people import PIN, choose, sign_up
from .test_queue import QUEUE, enter, finish, leave, lessons, lit, until_lit, waiting

pytestmark = pytest.mark.requests_fail

STRIP = "section.queue"


@pytest.fixture
def no_queue(context: BrowserContext) -> Iterator[None]:
    """The server takes nothing from the queue."""
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    yield
    context.unroute(QUEUE)


def uuids(page: Page) -> set[str]:
    return {str(action["uuid"]) for action in waiting(page)}


def module(page: Page, name: str) -> str:
    """The address of a script that the page has loaded."""
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return str(next(url for url in loaded if f"/{name}." in url))


def keep(page: Page, rows: list[dict[str, object]]) -> None:
    """Put actions on the phone as another page would have."""
    store = module(page, "store")
    page.evaluate(
        f"""async (rows) => {{
            const phone = await (await import({json.dumps(store)})).store();
            for (const row of rows) await phone.put(row);
        }}""",
        rows,
    )


def row(n: int, kind: str = "lesson_done", **fields: object) -> dict[str, object]:
    return {
        "uuid": f"00000000-0000-4000-8000-{n:012}",
        "claim": "00000000-0000-4000-9000-000000000000",
        "learner": None,
        "state": "waiting",
        "kind": kind,
        "subject": f"kns04-{n:02}",
        "data": {},
        "at": "2026-11-22T03:00:00.000Z",
        "label": f"Bài số {n}",
        "latest": "",
        "course": "an-toan-tren-mang",
        **fields,
    }


# --- What the strip and the lesson say ---


def test_a_colleagues_sign_in_promises_no_sending(page: Page, accounts):
    sign_in(page, accounts["trainer"])
    page.goto(lessons(page)[0])
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Tài khoản cán bộ không ghi kết quả học")
    expect(page.locator(".bar")).not_to_contain_text("tự gửi")
    strip = page.locator(STRIP)
    expect(strip).to_contain_text("người đã học đăng nhập thì máy gửi")
    expect(strip).not_to_contain_text("Chọn người học")
    strip.get_by_role("button", name="Ẩn lời nhắc này").click()
    expect(strip).to_be_hidden()
    page.goto("/quan-ly/the/")  # a page that asks nothing of its own
    page.wait_for_timeout(500)
    expect(strip).to_be_hidden()
    assert len(waiting(page)) == 1


def test_nobody_chosen_is_told_to_choose(page: Page):
    sign_in(page, {"login": str(run_inside(MADE)["household"]), "secret": PIN})
    page.goto(lessons(page)[0])
    finish(page)
    expect(page.locator(".bar")).to_contain_text("chưa ghi tên ai nên máy chưa gửi")
    expect(page.locator(".bar")).not_to_contain_text("tự gửi")
    expect(page.locator(".bar").get_by_role("link", name="Chọn người học")).to_be_visible()
    expect(page.locator(STRIP)).to_contain_text("Ai đã học?")
    choose(page, "Đỗ Thị Hà")
    expect(page.locator(STRIP)).to_contain_text("Có phải Hà đã học không?")


def test_not_i_once_is_not_for_ever(page: Page):
    first, second, *_ = lessons(page)
    page.goto(first)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    sign_up(page, "Bùi Thị Đào")
    page.get_by_role("button", name="Không phải").click()
    expect(page.locator(STRIP)).to_be_hidden()
    leave(page)
    page.goto(second)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    claims = {action["claim"] for action in waiting(page)}
    assert len(claims) == 2  # whose the first was can still claim it
    page.goto("/dang-nhap/")
    sign_up(page, "Vũ Thị Mận")
    expect(page.locator(STRIP)).to_contain_text("có 2 việc học")
    leave(page)
    sign_up(page, "Người Thứ Ba")
    page.get_by_role("button", name="Không phải").click()
    expect(page.locator(STRIP)).to_be_hidden()
    assert lit(page) == 0
    page.goto("/viec-tren-may/")  # said by mistake: there is a way back
    page.get_by_role("button", name="Tôi đã học, ghi tên tôi").click()
    until_lit(page, 2)


def test_who_said_no_is_asked_of_what_came_later_only(page: Page):
    first, second, *_ = lessons(page)
    page.goto(first)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    phone = sign_up(page, "Bùi Thị Đào")
    page.get_by_role("button", name="Không phải").click()
    expect(page.locator(STRIP)).to_be_hidden()
    leave(page)
    page.goto(second)
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy này")
    enter(page, phone)
    expect(page.locator(STRIP)).to_contain_text("có 1 việc học")
    page.get_by_role("button", name="Đúng, ghi cho Đào").click()
    until_lit(page, 1)
    assert [action["subject"] for action in waiting(page)] == ["kns04-01"]


# --- /viec-tren-may/ ---


@pytest.mark.usefixtures("no_queue")
def test_another_persons_work_is_counted_and_not_shown(page: Page):
    sign_up(page, "Phạm Thị Hoa")
    page.goto(lessons(page)[0])
    title = page.locator("h1").inner_text()
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue]")).to_contain_text(title)
    [hers] = waiting(page)
    leave(page)
    for who in ("nobody", "Trần Văn Hai"):
        if who != "nobody":
            sign_up(page, who)
        page.goto("/viec-tren-may/")
        box = page.locator("[data-queue]")
        if who == "nobody":  # it may be herself, whose sign-in ended
            expect(box).to_contain_text("1 việc của người đã đăng nhập trên máy này trước đó, chưa gửi")
            expect(box).to_contain_text("Nếu là bạn, hãy đăng nhập để gửi")
        else:
            expect(box).to_contain_text("1 việc của người khác dùng máy này, chưa gửi")
            expect(box).to_contain_text("Người ấy đăng nhập trên máy này thì máy gửi")
        expect(box).not_to_contain_text(title)
        expect(box.get_by_role("button", name="Bỏ khỏi máy")).to_have_count(0)
    queue = module(page, "queue")
    page.evaluate(f"async (uuid) => (await import('{queue}')).queue.drop(uuid)", hers["uuid"])
    assert uuids(page) == {hers["uuid"]}


@pytest.mark.usefixtures("no_queue")
def test_a_person_of_the_same_sign_in_is_named(page: Page):
    sign_in(page, {"login": str(run_inside(MADE)["household"]), "secret": PIN})
    choose(page, "Đỗ Thị Hà")
    page.goto(lessons(page)[0])
    page.wait_for_load_state("networkidle")
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/ai-dang-hoc/")
    page.locator("main .people button").filter(has_not_text="Đỗ Thị Hà").first.click()
    page.wait_for_url(lambda url: "/ai-dang-hoc/" not in url)
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue]")).to_contain_text("1 việc của Hà, chưa gửi")
    expect(page.locator("[data-queue]")).to_contain_text("Có mạng là máy tự gửi")


def test_words_show_no_address(page: Page, context: BrowserContext):
    page.goto("/gop-y/?trang=/tim/?q=benh")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.locator("input[name=helped]").first.check()
    page.locator("main form[method=post] button[type=submit]").click()
    expect(page.locator("main")).to_contain_text("Đã lưu ý kiến")
    assert [action["label"] for action in waiting(page)] == [""]
    context.set_offline(False)
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    page.goto("/viec-tren-may/")
    keep(page, [row(1, "feedback", claim=None, subject="/tim/", label="/tim/?q=benh")])  # of an older page
    page.reload()
    expect(page.locator("[data-queue]")).to_contain_text("Góp ý")
    expect(page.locator("[data-queue]")).not_to_contain_text("/tim/")


def test_a_link_says_what_it_could_not_carry(page: Page, browser):
    page.goto("/viec-tren-may/")
    tried = {"subject": "kns04-01-thu", "data": {"choices": ["a"]}}
    acts = [row(n, "check_answer", **tried) | {"uuid": str(uuid.uuid4())} for n in range(1, 261)]
    keep(page, [*acts, *(row(n) for n in range(300, 305))])
    page.reload()
    expect(page.locator("[data-carry]")).to_contain_text("65 việc chưa đi theo")
    expect(page.locator("[data-carry]")).to_contain_text("bài đã học thì đủ cả")
    expect(page.locator("[data-carry]")).to_contain_text("dài quá một mã QR")
    link = page.locator("[data-carry-here] input").input_value()
    there = new_context(browser)
    other = there.new_page()
    other.goto(link)
    expect(other.locator("[data-carried]")).to_contain_text("Đã mang sang máy này 5 bài đã học")
    assert len(waiting(other)) == 200
    there.close()


def test_a_disk_that_answers_late_is_not_called_empty(browser):
    context = new_context(browser)
    page = context.new_page()
    page.goto("/viec-tren-may/")
    keep(page, [row(1)])
    page.add_init_script(
        """const open = IDBFactory.prototype.open;
        const later = Promise.withResolvers();
        window.answer = later.resolve;
        IDBFactory.prototype.open = function (...how) {
            const request = open.apply(this, how);
            Object.defineProperty(request, "onsuccess", {
                set: (act) => request.addEventListener("success", () => later.promise.then(act)),
            });
            return request;
        };"""
    )
    page.reload()
    box = page.locator("[data-queue]")
    expect(box).to_contain_text("Chưa đọc được những gì máy đã lưu")
    expect(box).not_to_contain_text("Mọi việc đã gửi hết")
    keep(page, [row(2)])  # into the memory, and onto the disk once that answers
    page.evaluate("answer()")
    page.wait_for_timeout(300)
    other = context.new_page()
    other.goto("/viec-tren-may/")
    assert len(waiting(other)) == 2
    context.close()


# --- Leaving, and an answer that answers nothing ---


def test_a_choice_made_just_before_leaving_is_kept(page: Page, context: BrowserContext):
    sign_up(page)
    first, second, *_ = lessons(page)
    page.goto(first)
    page.wait_for_load_state("networkidle")
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    section = page.locator("section[data-question]").first
    section.scroll_into_view_if_needed()
    section.locator("label.choice").first.click()
    page.evaluate("(url) => location.assign(url)", second)
    page.wait_for_url(f"**{second}")
    assert [action["kind"] for action in waiting(page)] == ["check_answer"]


def test_an_answer_without_our_uuid_is_no_storm(page: Page):
    page.goto("/khoa-hoc/")
    queue, memory = module(page, "queue"), module(page, "store")
    sent = page.evaluate(
        f"""async () => {{
            const {{ createQueue }} = await import({json.dumps(queue)});
            const {{ memoryStore }} = await import({json.dumps(memory)});
            let sent = 0;
            const answer = {{ status: 200, said: [{{ uuid: "other" }}] }};
            const send = async () => {{ sent += 1; return answer; }};
            const store = memoryStore();
            const ask = async () => ({{ csrf: "x", learners: ["me"] }});
            const queue = createQueue({{ open: async () => store, send, ask, signedIn: () => true,
                learns: () => "me", single: (_, work) => work(async () => true), later: () => 0 }});
            await queue.add("lesson_done", "x");
            await new Promise((go) => setTimeout(go, 500));
            return [sent, (await queue.list()).length];
        }}"""
    )
    assert sent[0] <= 2
    assert sent[1] == 1


def test_what_was_learned_of_a_lesson_is_one_card(page: Page):
    lessons(page)
    answers = [row(n, "check_answer", label="Bài 1: Các nút", latest="") for n in range(2, 9)]
    keep(page, [row(1, label="Bài 1: Các nút"), *answers, row(9, label="Bài 2: Wi-Fi")])
    page.goto("/viec-tren-may/")
    cards = page.locator("[data-queue] [role=listitem]")
    expect(cards).to_have_count(2)
    expect(cards.first).to_contain_text("Bài 1: Các nút: học xong bài, 7 lần trả lời")
    expect(page.get_by_role("link", name="Mang phần đã học sang máy khác")).to_be_visible()
    cards.first.get_by_role("button", name="Bỏ khỏi máy").click()
    expect(page.get_by_role("button", name="Bỏ hẳn")).to_be_focused()
    page.get_by_role("button", name="Bỏ hẳn").click()
    expect(cards).to_have_count(1)
    assert [one["label"] for one in waiting(page)] == ["Bài 2: Wi-Fi"]


def test_send_now_is_always_answered_in_words(page: Page, context: BrowserContext, no_queue: None):
    sign_up(page)
    page.goto(lessons(page)[0])
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto("/viec-tren-may/")
    send = page.locator("[data-queue]").get_by_role("button", name="Gửi ngay")
    send.click()
    words = page.locator("[data-queue]").get_by_text(re.compile(r"Thử lúc \d\d:\d\d mà chưa gửi được"))
    expect(words).to_be_visible()
    context.set_offline(True)
    send.click()
    expect(send).to_have_text("Gửi ngay")
    expect(words).to_be_visible()
    expect(send).to_be_focused()
