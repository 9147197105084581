"""What a learner chose to see goes with her: to another phone, past days without network, on a shared one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from .cast import MADE, run_inside
from .conftest import new_context, sign_in
from .people import PIN, choose, sign_up
from .test_eyes import choose as tap
from .test_queue import QUEUE, enter, waiting

EVERYWHERE = "ở mọi máy bạn đăng nhập"
SAID = "[data-look] [role=status]"
NAMES = ("text", "theme", "contrast", "motion", "simple", "words")


@pytest.fixture
def other(browser: Browser) -> Iterator[Page]:
    """Her second phone."""
    context = new_context(browser)
    yield context.new_page()
    context.close()


def tap_kept(page: Page, name: str, value: str) -> None:
    page.goto("/hien-thi/")
    tap(page, name, value)
    expect(page.locator(SAID)).to_contain_text(EVERYWHERE)


def look(page: Page) -> dict[str, str]:
    found = page.evaluate("({...document.documentElement.dataset})")
    return {name: found[name] for name in NAMES if name in found}


def looks_like(page: Page, wanted: dict[str, str], path: str = "/khoa-hoc/") -> None:
    """Once the page has heard of it; and from then on before anything is asked."""
    page.goto(path)
    for name in NAMES:
        frame = expect(page.locator("html"))
        if name in wanted:
            frame.to_have_attribute(f"data-{name}", wanted[name])
        else:
            frame.not_to_have_attribute(f"data-{name}", re.compile(""))
    page.route("**/api/v1/**", lambda route: route.abort())
    page.reload()
    assert look(page) == wanted
    page.unroute("**/api/v1/**")


def kept(page: Page) -> dict[str, object]:
    return json.loads(page.evaluate("localStorage.hvs_look || '{}'"))


@pytest.mark.requests_fail
def test_her_letters_are_large_on_her_other_phone(page: Page, other: Page):
    phone = sign_up(page, "Bùi Thị Hai Máy")
    tap_kept(page, "text", "200")
    tap_kept(page, "theme", "dark")

    enter(other, phone)  # a private page brings it: seen before any script asked
    assert look(other) == {"text": "200", "theme": "dark"}
    assert kept(other) == {}
    looks_like(other, {"text": "200", "theme": "dark"})

    tap_kept(other, "text", "130")
    looks_like(page, {"text": "130", "theme": "dark"})
    page.goto("/hien-thi/")
    expect(page.locator("input[name=text][value='130']")).to_be_checked()
    page.get_by_role("button", name="Bỏ hết lựa chọn").click()
    expect(page.locator(SAID)).to_contain_text(EVERYWHERE)
    looks_like(other, {})


def test_the_page_that_chooses_shows_what_another_phone_chose(page: Page, other: Page):
    phone = sign_up(page, "Bùi Thị Trang Mở")
    enter(other, phone)
    tap_kept(page, "contrast", "high")
    other.goto("/hien-thi/")
    expect(other.locator("input[name=contrast]")).to_be_checked()


@pytest.mark.requests_fail
def test_without_network_the_phones_own_stands_and_is_sent_later(page: Page, other: Page):
    phone = sign_up(page, "Bùi Thị Mất Mạng")
    tap_kept(page, "text", "115")
    page.goto("/hien-thi/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    tap(page, "text", "200")
    expect(page.locator(SAID)).to_contain_text("Có mạng là máy khác của bạn cũng theo")
    page.context.route(QUEUE, lambda route: route.abort())  # the page goes, and the sending with it
    page.context.set_offline(False)
    page.goto("/khoa-hoc/")
    expect(page.locator("[data-account]")).to_contain_text("Mạng")  # the server answered
    page.wait_for_load_state("networkidle")
    assert look(page) == {"text": "200"}
    enter(other, phone)
    looks_like(other, {"text": "115"})
    page.context.unroute(QUEUE)
    page.goto("/hien-thi/")
    gone(page)
    looks_like(other, {"text": "200"})


def gone(page: Page) -> None:
    """Everything was sent."""
    for _ in range(100):
        if not waiting(page):
            return
        page.wait_for_timeout(200)
    assert waiting(page) == []


@pytest.mark.requests_fail
def test_of_two_phones_the_later_choice_stands_though_the_earlier_arrives_last(page: Page, other: Page):
    phone = sign_up(page, "Bùi Thị Sau Cùng")
    enter(other, phone)
    page.goto("/hien-thi/")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    tap(page, "text", "200")
    expect(page.locator(SAID)).to_contain_text("Có mạng là máy khác của bạn cũng theo")
    tap_kept(other, "text", "150")
    page.context.set_offline(False)
    expect(page.locator(SAID)).to_contain_text("Ở máy khác bạn chọn sau")
    looks_like(page, {"text": "150"})
    looks_like(other, {"text": "150"})


def test_two_people_of_one_phone_carry_each_their_own(page: Page, other: Page):
    account = {"login": str(run_inside(MADE)["household"]), "secret": PIN}
    first, second = "Đỗ Thị Hà", "Đỗ Văn Bình"
    for on in (page, other):
        sign_in(on, account)
    choose(page, first)
    tap_kept(page, "text", "175")
    choose(page, second)
    assert look(page) == {}
    tap_kept(page, "theme", "dark")
    choose(other, second)
    looks_like(other, {"theme": "dark"})
    choose(other, first)
    looks_like(other, {"text": "175"})
    assert len(kept(other)) == 2


def test_without_script_private_pages_keep_to_it(browser: Browser, page: Page):
    phone = sign_up(page, "Bùi Thị Không Script")
    tap_kept(page, "text", "200")
    context = new_context(browser, java_script_enabled=False)
    plain = context.new_page()
    enter(plain, phone)
    assert plain.locator("html").get_attribute("data-text") == "200"
    assert plain.locator("html").evaluate("one => getComputedStyle(one).fontSize") == "32px"
    context.close()


def test_a_browser_that_keeps_nothing_follows_her_all_the_same(browser: Browser, page: Page):
    phone = sign_up(page, "Bùi Thị Riêng Tư")
    tap_kept(page, "text", "200")
    context: BrowserContext = new_context(browser)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    private = context.new_page()
    enter(private, phone)
    private.goto("/khoa-hoc/")
    expect(private.locator("html")).to_have_attribute("data-text", "200")
    context.close()


@pytest.mark.requests_fail
def test_what_a_phone_kept_before_the_server_did_stays_on_it(page: Page):
    """She was told so when she chose it."""
    sign_up(page, "Bùi Thị Từ Trước")
    page.goto("/hien-thi/")
    page.evaluate(
        "localStorage.hvs_look ="
        " JSON.stringify({[/hvs_who=([^;]*)/.exec(document.cookie)[1]]: {text: '150'}})"
    )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto("/khoa-hoc/")
    page.wait_for_load_state("networkidle")
    looks_like(page, {"text": "150"})
    assert not [url for url in sent if url.endswith("/queue/")]
