"""Zalo's and Facebook's own browsers: the way to the real one, where it helps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import BASE_URL, new_context
from .people import COURSE, PIN, fill_sign_up, sign_up
from .test_every_page import look
from .test_overflow import SIDEWAYS
from .worker import ready

LESSON = f"/khoa-hoc/{COURSE}/nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A125F) AppleWebKit/537.36 Chrome/119.0 Mobile Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
AGENTS = {
    "Zalo, Android": f"{ANDROID} Zalo android/12100700 ZaloTheme/light",
    "Zalo, iPhone": f"{IPHONE} Zalo iOS/570 ZaloTheme/light",
    "Facebook, Android": f"{ANDROID} [FB_IAB/FB4A;FBAV/440.0.0.0;]",
    "Facebook, iPhone": f"{IPHONE} [FBAN/FBIOS;FBAV/440.0.0.0;FBBV/1]",
}
HOST = urlsplit(BASE_URL).netloc
DONE = "Tôi đã hiểu, đi tiếp"


@pytest.fixture
def inside(browser: Browser, agent: str) -> Iterator[Page]:
    context = new_context(browser, user_agent=AGENTS.get(agent, ANDROID))
    yield context.new_page()
    context.close()


def way(page: Page):
    return page.locator("[data-in-app]")


@pytest.mark.parametrize("agent", AGENTS)
def test_a_lesson_that_cannot_be_heard_there_and_what_was_learned(inside: Page, agent: str):
    name, system = agent.split(", ")
    inside.goto(LESSON)
    hint = inside.locator("article [data-in-app]").first
    expect(hint).to_contain_text(f"Bạn đang học trong {name}. Ở đây chưa có giọng đọc", timeout=15_000)
    leads = hint.get_by_role("link", name="Mở bằng trình duyệt")
    if system == "Android":
        scheme = urlsplit(BASE_URL).scheme
        rest = f"#Intent;scheme={scheme};action=android.intent.action.VIEW;end"
        expect(leads).to_have_attribute("href", f"intent://{HOST}{LESSON}{rest}")
    else:
        expect(leads).to_have_count(0)
        expect(hint).to_contain_text("rồi chọn “Mở bằng trình duyệt”")
    assert look(inside) == {}
    inside.get_by_role("link", name=DONE).click()
    said = inside.locator("[role=status] [data-in-app]")
    expect(said).to_contain_text("dọn ứng dụng là mất")
    expect(inside.get_by_role("link", name="Học tiếp")).to_be_focused()
    said.get_by_role("link", name="mang theo phần đã học").click()
    carry = inside.locator("[data-carry-here]")
    expect(carry.get_by_role("button", name="Chép đường dẫn")).to_be_in_viewport()
    if system == "Android":
        href = carry.get_by_role("link", name="Mở bằng trình duyệt").get_attribute("href")
        assert re.fullmatch(
            rf"intent://{re.escape(HOST)}/mang-theo/#[\w-]+#Intent;scheme=http;"
            r"action=android\.intent\.action\.VIEW;end",
            href or "",
        )
        link = carry.get_by_label("Đường dẫn mang phần đã học").input_value()
        assert link.split("#")[1] in (href or "")
    else:
        expect(carry).to_contain_text("mở Safari rồi dán vào ô địa chỉ")


@pytest.mark.parametrize("agent", AGENTS)
def test_with_letters_twice_as_large_nothing_is_wider_than_the_phone(inside: Page, agent: str):
    inside.goto(LESSON)
    inside.get_by_role("link", name=DONE).click()
    said = inside.locator("[role=status] [data-in-app]")
    said.wait_for()
    assert inside.evaluate(SIDEWAYS, "200%") == []
    said.get_by_role("link").click()
    inside.get_by_label("Đường dẫn mang phần đã học").wait_for()
    assert inside.evaluate(SIDEWAYS, "200%") == []


@pytest.mark.parametrize("agent", ["Zalo, Android"])
def test_it_is_said_once(inside: Page, agent: str):
    inside.goto(LESSON)
    inside.get_by_role("link", name=DONE).click()
    expect(inside.locator("[role=status] [data-in-app]")).to_be_visible()
    inside.get_by_role("link", name="Học tiếp").click()
    inside.wait_for_url(lambda url: LESSON not in url)
    inside.get_by_role("link", name=DONE).click()
    expect(inside.get_by_role("link", name="Học tiếp")).to_be_visible()
    inside.wait_for_load_state("networkidle")
    expect(inside.locator("[role=status] [data-in-app]")).to_have_count(0)


@pytest.mark.parametrize("agent", ["a browser"])
def test_a_real_browser_reads_and_loads_nothing_of_it(inside: Page, agent: str):
    asked: list[str] = []
    inside.on("request", lambda request: asked.append(request.url))
    inside.goto(LESSON)
    inside.get_by_role("link", name=DONE).click()
    expect(inside.get_by_role("link", name="Học tiếp")).to_be_visible()
    inside.wait_for_timeout(5500)  # when a voice was waited for
    expect(way(inside)).to_have_count(0)
    assert [url for url in asked if "inapp" in url] == []


# --- A script on demand that does not come -----------------------------------------


@pytest.mark.requests_fail
def test_a_pretend_screen_that_does_not_come_is_read(page: Page):
    page.route("**/practice*.js", lambda route: route.abort())
    page.goto(LESSON)
    practice = page.locator("[data-practice]").first
    expect(practice.get_by_role("status")).to_contain_text("Chưa mở được phần tập bấm")
    expect(practice.locator(".p-acts").first).to_be_visible()


@pytest.mark.requests_fail
def test_simple_mode_that_does_not_come_is_said(page: Page):
    page.add_init_script("""localStorage.setItem("hvs_look", '{"": {"simple": "1"}}')""")
    page.route("**/steps*.js", lambda route: route.abort())
    page.goto(LESSON)
    expect(page.get_by_text("Chưa mở được từng bước một")).to_be_visible()


# --- Signing up: what is typed outlives a reload ------------------------------------


@pytest.mark.requests_fail
@pytest.mark.service_worker
def test_a_reload_without_network_takes_nothing_typed_at_signing_up(page: Page):
    page.goto("/dang-ky/")
    ready(page)
    page.wait_for_load_state("networkidle")
    fill_sign_up(page, "Bùi Thị Biết")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Chưa mở được trang này")).to_be_visible()
    page.context.set_offline(False)  # the page comes back by itself
    expect(page.locator("input[name=name]")).to_have_value("Bùi Thị Biết")
    expect(page.locator("input[name=birth_year]")).to_have_value("1964")
    expect(page.locator("input[name=group][value=citizen]")).to_be_checked()
    expect(page.locator("input[name=pin]")).to_have_value("")
    expect(page.locator("input[name=consent]")).not_to_be_checked()
    assert PIN not in str(page.evaluate("({...sessionStorage})"))
    page.goto("/")
    page.goto("/dang-ky/")  # opened anew, perhaps by somebody else
    expect(page.locator("input[name=name]")).to_have_value("")
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator("input[name=name]")).to_have_value("")


def test_who_is_in_leaves_nothing_typed_behind(page: Page):
    sign_up(page, "Bùi Thị Biết")
    page.wait_for_load_state("networkidle")
    assert "Biết" not in str(page.evaluate("({...sessionStorage})"))


def test_after_a_reload_her_own_commune_stands_not_the_posters(page: Page):
    page.goto("/dang-ky/?xa=10750")
    page.wait_for_load_state("networkidle")
    box = page.get_by_role("combobox")
    box.fill("Ái Quốc")
    page.get_by_role("option").first.click()
    hers = box.input_value()
    code = page.locator("input[name=commune_code]").input_value()
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(box).to_have_value(hers)
    expect(page.locator("input[name=commune_code]")).to_have_value(code)
    assert code != "10750"


def test_a_commune_chosen_in_the_page_that_asks_again_is_taken(page: Page):
    """What the server put into the form that it refused is not overwritten with what was there before."""
    page.goto("/dang-ky/")
    fill_sign_up(page, "Bùi Thị Hai Nơi")
    page.get_by_role("combobox").fill("An Phú")  # one of today, and a former one elsewhere
    page.get_by_role("button", name="Đăng ký", exact=True).click()
    expect(page.get_by_text("Nơi bạn ở là")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.locator("input[name=commune_code]").first.check()
    page.locator("input[name=pin]").fill(PIN)
    page.locator("input[name=consent]").check()
    page.get_by_role("button", name="Đăng ký", exact=True).click()
    page.wait_for_url(re.compile("/dang-ky/them/"), timeout=10_000)
