"""Learning without network in a real Chromium: lessons, begun tests, and nothing personal left.

Downloads and updates are tests/browser/test_download.py's; what the queue does with a lost or a troubled
network is tests/browser/test_queue.py's.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .people import COURSE, answer_right, hand_in_without_network, judged_once_there_is_network, sign_up
from .test_queue import QUEUE, enter, finish, leave, lessons, until_lit, waiting
from .worker import HOME, PICTURES, TEST, caches, download, ready, until, until_kept

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]


def test_a_lesson_opens_again_without_network(page: Page, context: BrowserContext):
    first, second, *_ = lessons(page)
    page.goto(first)
    ready(page)
    until_kept(page, "seen", first)
    context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.btn')).minHeight") != "0px"
    page.locator("section[data-question] label.choice").first.click()
    expect(page.locator("section[data-question] .feedback").first).to_be_visible()
    finish(page)
    expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy")
    page.goto(second)  # never opened
    expect(page.locator("h1")).to_have_text("Học khi không có mạng")
    expect(page.locator("[data-lost]")).to_be_visible()
    expect(page.locator(".queue")).to_contain_text("2 việc đã lưu trên máy")


def test_a_whole_course_without_network_arrives_once(page: Page, context: BrowserContext):
    sign_up(page)
    ready(page)
    download(page)
    context.set_offline(True)
    page.goto(HOME)
    expect(page.locator("[data-account]")).to_have_text("Của tôi")
    links = page.locator(f"main a[href^='/khoa-hoc/{COURSE}/']")
    expect(links).to_have_count(6)
    links.nth(1).click()
    for number in range(5):
        page.wait_for_url(re.compile(f"/khoa-hoc/{COURSE}/[^/]+/$"))
        page.locator("section[data-question] label.choice").first.click()
        expect(page.locator("section[data-question] .feedback").first).to_be_visible()
        finish(page)
        expect(page.locator(".bar")).to_contain_text("Đã lưu trên máy. Khi có mạng, máy sẽ tự gửi.")
        if number < 4:
            page.get_by_role("link", name="Đi tiếp").click()
    assert page.evaluate(PICTURES)
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-lamps]")).to_contain_text("5 trong 5 bài")
    context.set_offline(False)
    page.reload()
    until_lit(page, 5)
    assert waiting(page) == []


def test_a_begun_test_goes_on_without_network(page: Page, context: BrowserContext):
    sign_up(page, "Đỗ Thị Sen")
    ready(page)
    begin(page)
    context.set_offline(True)
    answer_right(page.locator("fieldset.question").all()[:4])
    expect(page.locator("[data-saved]").nth(3)).to_contain_text("Đã lưu trên máy. Chưa có mạng")
    page.reload()
    expect(page.locator("#tinh-hinh")).to_contain_text("4 trong 10 câu")
    # With network the server's page comes, which knows none of them: then they are sent.
    context.route(QUEUE, lambda route: route.fulfill(status=500))
    context.set_offline(False)
    page.reload()
    expect(page.locator("html:not([data-kept])")).to_be_attached()
    expect(page.locator("#tinh-hinh")).to_contain_text("4 trong 10 câu")
    assert len(waiting(page)) == 4
    context.unroute(QUEUE)
    page.evaluate("dispatchEvent(new Event('online'))")
    until(page, lambda: waiting(page) == [])
    context.set_offline(True)
    page.close()  # sent meanwhile: the kept page has to know it too
    page = context.new_page()
    page.goto(TEST)
    expect(page.locator("#tinh-hinh")).to_contain_text("4 trong 10 câu")
    hand_in_without_network(page, after=4)
    page.reload()
    expect(page.locator("#tinh-hinh")).to_contain_text("Bạn đã nộp bài trên máy này")
    judged_once_there_is_network(page)
    until(page, lambda: sheets(page) == [])


def begin(page: Page) -> None:
    page.goto(TEST)
    page.get_by_role("button", name="Bắt đầu làm bài").click()
    expect(page.locator("fieldset.question").first).to_be_visible()
    until(page, lambda: bool(sheets(page)))


def sheets(page: Page) -> list[str]:
    return [name for name in caches(page) if name.startswith("sheet-")]


def test_a_begun_test_is_hers_alone(page: Page, context: BrowserContext):
    phone = sign_up(page, "Phạm Thị Hoa")
    ready(page)
    begin(page)
    context.set_offline(True)
    page.goto(HOME)
    expect(page.get_by_role("link", name="Làm tiếp")).to_be_visible()
    context.set_offline(False)
    leave(page)
    assert sheets(page) == []
    context.set_offline(True)
    page.goto(TEST)
    expect(page.locator("h1")).to_have_text("Học khi không có mạng")
    page.goto("about:blank")  # with network, that page would load again by itself
    context.set_offline(False)
    enter(page, phone)
    page.goto(TEST)
    until(page, lambda: bool(sheets(page)))
    # Her session ends behind her back, and somebody else signs in.
    context.clear_cookies(name="sessionid")
    sign_up(page, "Trần Văn Hai")
    until(page, lambda: sheets(page) == [])


def test_two_begun_tests_have_two_ways_back(page: Page, context: BrowserContext):
    sign_up(page, "Phạm Thị Nụ")
    paths = ["/kiem-tra/khoa-mot/", "/kiem-tra/khoa-hai/"]
    page.evaluate(
        """async (paths) => {
            const [, who] = /hvs_who=([^;]*)/.exec(document.cookie);
            const cache = await caches.open(`sheet-${who}`);
            for (const path of paths) await cache.put(path, new Response("a sheet"));
        }""",
        paths,
    )
    page.goto(HOME)
    links = page.get_by_role("link", name="Làm tiếp")
    expect(links).to_have_count(2)
    assert sorted(link.get_attribute("href") or "" for link in links.all()) == sorted(paths)


def test_another_of_the_phone_does_not_see_it(page: Page, context: BrowserContext):
    """Without network too: a cookie says who learns, and the worker reads it."""
    sign_up(page, "Phạm Thị Hoa")
    ready(page)
    begin(page)
    mine = sheets(page)[0]
    other = "sheet-00000000-0000-4000-8000-000000000000"
    page.evaluate(
        """async ([mine, other]) => {
            const [from, to] = [await caches.open(mine), await caches.open(other)];
            for (const key of await from.keys()) await to.put(key, await from.match(key));
            await caches.delete(mine);
        }""",
        [mine, other],
    )
    context.set_offline(True)
    page.goto(TEST)
    expect(page.locator("h1")).to_have_text("Học khi không có mạng")
    until(page, lambda: sheets(page) == [])


PRIVATE = re.compile("^/(hoc-tap|du-lieu-cua-toi|quan-ly|api|admin|ai-dang-hoc|dang-|giay|ma-rieng)")


def test_nothing_personal_is_kept(page: Page, context: BrowserContext):
    sign_up(page, "Phạm Thị Hoa")
    ready(page)
    for path in ("/", "/hoc-tap/", "/du-lieu-cua-toi/", f"/khoa-hoc/{COURSE}/", "/thong-ke/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    leave(page)
    page.wait_for_timeout(1000)
    kept = [path for paths in caches(page).values() for path in paths]
    assert f"/khoa-hoc/{COURSE}/" in kept
    assert [path for path in kept if PRIVATE.match(path)] == []
    text = page.evaluate("""async () => {
        let all = "";
        for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const key of await cache.keys()) all += await (await cache.match(key)).text();
        }
        return all;
    }""")
    assert "Phạm Thị Hoa" not in text
    assert 'name="csrfmiddlewaretoken"' not in text  # only scripts name it
    context.set_offline(True)
    for path in ("/hoc-tap/", "/du-lieu-cua-toi/"):
        page.goto(path)
        expect(page.locator("h1")).to_have_text("Học khi không có mạng")


def test_words_alone_fall_back_on_the_lesson_that_is_kept(page: Page, context: BrowserContext):
    """Whoever reads lessons without pictures has the downloaded ones."""
    download(page)
    first = lessons(page)[0]
    context.set_offline(True)
    page.goto(f"{first}chi-chu/")
    expect(page.locator("article.lesson h1")).to_be_visible()
