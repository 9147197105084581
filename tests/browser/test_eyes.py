"""Tired eyes: what somebody chose to see is kept for her on this phone, and every page keeps to it."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .cast import Cast
from .conftest import PHONE, new_context
from .people import sign_up
from .test_every_page import violations
from .test_overflow import SIDEWAYS

COURSE = "/khoa-hoc/an-toan-tren-mang/"
LESSON = f"{COURSE}nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
LOOKS = {
    "high contrast": {"contrast": "high"},
    "high contrast, dark": {"contrast": "high", "theme": "dark"},
    "dark by hand": {"theme": "dark"},
}
WALKED = [
    "/",
    "/khoa-hoc/",
    COURSE,
    LESSON,
    "/hien-thi/",
    "/hoc-tap/",
    "/dang-ky/",
    "/viec-tren-may/",
    "/tim/?q=lua",
]


@pytest.fixture(scope="module")
def cast(browser, accounts):
    cast = Cast(browser, accounts)
    yield cast
    cast.close()


def looking(browser, look: dict[str, str], **options: object) -> tuple[BrowserContext, Page]:
    """A phone on which nobody in particular chose this look."""
    context = new_context(browser, reduced_motion="reduce", **options)
    kept = json.dumps(json.dumps({"": look}))
    context.add_init_script(f"if (!localStorage.hvs_look) localStorage.setItem('hvs_look', {kept})")
    return context, context.new_page()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[data-look] input[name={name}][value='{value}']").check()


def seen(page: Page, path: str = "/khoa-hoc/") -> dict[str, str]:
    page.goto(path)
    return page.evaluate("({...document.documentElement.dataset})")


def test_a_choice_is_seen_at_once_and_on_the_next_page(page):
    page.goto(LESSON)
    page.get_by_role("link", name="Cỡ chữ, màu").click()
    choose(page, "text", "150")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    expect(page.locator("[data-look] [role=status]")).to_have_text("Đã lưu trên máy này.")
    page.get_by_role("link", name="Xong, quay lại trang vừa xem").click()
    page.wait_for_url(f"**{LESSON}")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"


def test_the_look_is_there_before_the_first_paint(browser):
    context, page = looking(browser, {"theme": "dark"})
    page.route("**/*.js", lambda route: route.continue_() if "/look" in route.request.url else route.abort())
    page.goto("/khoa-hoc/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 33, 43)"
    head = page.evaluate("[...document.head.children].map(one => one.outerHTML)")
    script = next(place for place, one in enumerate(head) if "/look" in one)
    assert script < next(place for place, one in enumerate(head) if "stylesheet" in one)
    assert not re.search("defer|async|module", head[script])
    context.close()


def test_two_learners_of_one_phone_have_each_their_own_look(page):
    context = page.context
    sign_up(page, "Bùi Thị Mắt")
    page.goto("/hien-thi/")
    choose(page, "text", "200")
    choose(page, "contrast", "high")
    expect(page.locator("[data-look] [role=status]")).to_have_text("Đã lưu cho Mắt trên máy này.")
    assert seen(page)["text"] == "200"
    mine = next(one["value"] for one in context.cookies() if one["name"] == "hvs_who")

    context.clear_cookies()
    assert "text" not in seen(page)
    sign_up(page, "Bùi Văn Tinh")
    assert "text" not in seen(page)
    page.goto("/hien-thi/")
    choose(page, "theme", "dark")
    assert "contrast" not in seen(page)

    context.add_cookies([{"name": "hvs_who", "value": mine, "url": page.url}])
    assert {"text": "200", "contrast": "high"}.items() <= seen(page).items()
    assert "theme" not in seen(page)


def test_who_chose_before_she_signed_up_keeps_large_letters(page):
    page.goto("/hien-thi/")
    choose(page, "text", "175")
    sign_up(page, "Bùi Thị Giữ")
    assert seen(page)["text"] == "175"
    page.goto("/hien-thi/")
    page.get_by_role("button", name="Bỏ hết lựa chọn").click()
    assert seen(page)["text"] == "175"  # nobody's is what she sees again


def test_everything_chosen_can_be_taken_back(page):
    page.goto("/hien-thi/")
    for name, value in (("text", "130"), ("theme", "dark"), ("contrast", "high"), ("motion", "less")):
        choose(page, name, value)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    page.get_by_role("button", name="Bỏ hết lựa chọn").click()
    assert page.locator("[data-look] input[name=text][value='']").is_checked()
    assert not {"text", "theme", "contrast", "motion"} & set(seen(page))


def test_a_browser_that_keeps_nothing_says_so(browser):
    context = new_context(browser)
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage',"
        " {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page = context.new_page()
    page.goto("/hien-thi/")
    choose(page, "text", "150")
    expect(page.locator("[data-look] [role=status]")).to_contain_text("không cho lưu trên máy")
    context.close()


def test_without_script_the_page_says_what_the_browser_can_do(browser):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto("/hien-thi/")
    expect(page.get_by_text("chọn Thu phóng hay Cỡ chữ")).to_be_visible()
    expect(page.locator("[data-look]")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("name", LOOKS)
def test_axe_finds_nothing_in_any_look(browser, name):
    context, page = looking(browser, LOOKS[name])
    wrong = {}
    for path in WALKED:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if found := violations(page):
            wrong[path] = found
    context.close()
    assert wrong == {}


@pytest.mark.parametrize("path", WALKED)
def test_letters_twice_as_large_fit_a_narrow_phone(browser, path):
    context, page = looking(browser, {"text": "200"}, viewport=PHONE)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert page.evaluate(SIDEWAYS, "200%") == []
    context.close()
