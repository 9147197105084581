"""Tired eyes: what somebody chose to see is kept for her, and every page keeps to it."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .cast import Cast
from .conftest import BASE_URL, PHONE, new_context
from .people import sign_up
from .test_every_page import violations
from .test_overflow import SIDEWAYS
from .wire import Wire
from .worker import ready

COURSE = "/khoa-hoc/an-toan-tren-mang/"
LESSON = f"{COURSE}nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
VIDEO = f"{COURSE}deepfake-giong-noi-hinh-anh-gia/"
LOOKS = {
    "high contrast": {"contrast": "high"},
    "high contrast, dark": {"contrast": "high", "theme": "dark"},
    "dark by hand": {"theme": "dark"},
    "step by step, letters twice as large": {"simple": "1", "text": "200"},
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
    expect(page.locator("[data-look] [role=status]")).to_have_text("Đã lưu cho Mắt, ở mọi máy bạn đăng nhập.")
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


# --- One step a screen ----------------------------------------------------------------------------


def step(page: Page) -> str:
    return page.locator(".by-step > h2.over").text_content() or ""


def shown(page: Page) -> list[str]:
    """What of the lesson is on this screen."""
    return page.locator(".by-step > :not(.step-off):not(h1):not(.over):not([data-listen])").evaluate_all(
        "all => all.map(one => one.matches('ol.steps')"
        " ? [...one.children].filter(li => li.offsetHeight).map(li => li.textContent.trim()).join('|')"
        " : one.textContent.trim())"
    )


def test_what_is_said_of_a_lesson_begins_in_view_in_large_letters(browser):
    context, page = looking(browser, {"text": "200"}, viewport=PHONE)
    page.goto(LESSON)
    page.get_by_role("link", name="Tôi đã hiểu, đi tiếp").click()
    words = page.get_by_text("Đã lưu trên máy này: bạn học xong bài.")
    expect(words).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Học tiếp")).to_be_focused()
    context.close()


def test_a_lesson_one_step_a_screen_by_keyboard_alone(browser):
    context, page = looking(browser, {"simple": "1"})
    page.goto(LESSON)
    expect(page.locator(".by-step > h2.over")).to_have_text(re.compile(r"Bước 1 trong \d+"))
    last = int(step(page).split()[-1])
    assert last > 10
    expect(page.locator("[data-done]")).to_be_hidden()
    actions, questions = 0, 0
    for number in range(2, last + 1):
        page.get_by_role("button", name="Tiếp").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".by-step > h2.over")).to_have_text(f"Bước {number} trong {last}")
        expect(page.locator(".by-step > h2.over")).to_be_focused()
        assert page.url.endswith(f"#buoc-{number}")
        actions += page.locator(".by-step > ol.steps > li:visible").count()
        if page.locator(".by-step > [data-question]:visible").count():
            questions += 1
            page.locator("[data-question]:visible input").first.focus()
            page.keyboard.press("Space")
            if page.locator("[data-question]:visible .btn.small").count():
                page.get_by_role("button", name="Kiểm tra câu trả lời").focus()
                page.keyboard.press("Enter")
            expect(page.locator("[data-question]:visible .feedback")).to_be_visible()
    assert actions == page.locator(".by-step > ol.steps > li").count()
    assert questions == page.locator(".by-step > [data-question]").count()
    expect(page.get_by_role("button", name="Tiếp")).to_be_hidden()
    page.locator("[data-done]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".bar [role=status]").first).to_contain_text("bạn học xong bài")
    context.close()


def test_back_goes_a_step_back_and_an_address_leads_to_its_step(browser):
    context, page = looking(browser, {"simple": "1"})
    page.goto(LESSON)
    for _ in range(3):
        page.get_by_role("button", name="Tiếp").click()
    fourth = shown(page)
    page.get_by_role("button", name="Tiếp").click()
    page.go_back()
    expect(page.locator(".by-step > h2.over")).to_contain_text("Bước 4 trong")
    assert shown(page) == fourth
    page.get_by_role("button", name="Quay lại").click()
    expect(page.locator(".by-step > h2.over")).to_contain_text("Bước 3 trong")
    page.goto("/khoa-hoc/")
    page.goto(f"{LESSON}#buoc-4")
    expect(page.locator(".by-step > h2.over")).to_contain_text("Bước 4 trong")
    assert shown(page) == fourth
    context.close()


def test_numbered_actions_keep_their_numbers_and_paper_has_all(browser):
    context, page = looking(browser, {"simple": "1"})
    page.goto(LESSON)
    expect(page.locator(".by-step")).to_be_attached()
    assert page.locator(".steps > li").nth(1).evaluate("one => getComputedStyle(one).counterSet") == "step 2"
    page.emulate_media(media="print")
    unprinted = page.locator(".by-step > :not(.no-print)").evaluate_all(
        "all => all.filter(one => getComputedStyle(one).display === 'none').length"
    )
    assert unprinted == 0
    context.close()


def test_a_practice_is_a_step_of_its_own_and_plays(browser):
    context, page = looking(browser, {"simple": "1"})
    page.goto(LESSON)
    expect(page.locator(".by-step")).to_be_attached()
    while not page.locator("[data-practice]:visible").count():
        page.get_by_role("button", name="Tiếp").click()
    assert page.locator(".by-step > :not(.step-off):not(h1):not(.over):not([data-listen])").count() == 1
    page.locator("[data-practice]:visible .p-stage").get_by_role("button", name="Nghe máy").click()
    expect(page.locator("[data-practice]:visible .p-stage h3")).not_to_have_text("Chuông reo")
    context.close()


# --- Words alone, paper, price --------------------------------------------------------------------


def transferred(page: Page, wire: Wire, path: str) -> int:
    """Bytes on the wire until everything of the page was scrolled past and the worker has its files."""
    page.goto(path)
    page.evaluate(
        "async () => { for (const one of document.querySelectorAll('main details')) one.open = true;"
        " for (let y = 0; y < document.body.scrollHeight; y += 300)"
        " { scrollTo(0, y); await new Promise(go => setTimeout(go, 30)); } }"
    )
    page.wait_for_load_state("networkidle")
    ready(page)
    before = -1
    while before < wire.sent:
        before = wire.sent
        page.wait_for_timeout(1500)
    return wire.sent


@pytest.mark.parametrize("path", [LESSON, f"{LESSON}chi-chu/", VIDEO])
def test_no_more_is_transferred_than_the_price_says(wired: Page, wire: Wire, path):
    """With all that the worker fetches for days without network."""
    sent = transferred(wired, wire, path)
    said = re.search(r"(\d+)\sKB", wired.locator(".lesson > .over").text_content() or "")
    assert said
    # Too much, never too little: gzip where she has brotli, room for headers, the icon of the manifest.
    assert sent <= int(said[1]) * 1000 <= sent * 1.3


def test_who_chose_words_alone_is_led_to_them_and_no_picture_is_loaded(browser):
    context, page = looking(browser, {"words": "1"})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(COURSE)
    page.locator("ol.list a").first.click()
    page.wait_for_url(f"**{LESSON}chi-chu/")
    page.get_by_role("link", name=re.compile("Bài tiếp theo")).click()
    page.wait_for_url(lambda url: url.endswith("/chi-chu/") and LESSON not in url)
    page.go_back()
    page.wait_for_url(f"**{LESSON}chi-chu/")
    asked.clear()
    page.reload()
    assert not [url for url in asked if "/media/" in url]
    page.get_by_role("link", name="Xem bản có hình").click()
    page.wait_for_url(f"**{LESSON}")
    context.close()


def test_the_hand_out_is_large_and_its_code_leads_back(page, tmp_path):
    page.goto(f"{LESSON}in/")
    page.emulate_media(media="print")
    sizes = page.locator(".sheet *:visible").evaluate_all(
        "all => all.filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()))"
        ".map(one => [parseFloat(getComputedStyle(one).fontSize) * .75, one.localName])"
    )
    assert min(size for size, name in sizes if name != "code") > 15.99
    sheet = tmp_path / "sheet.pdf"
    page.pdf(path=sheet, prefer_css_page_size=True)
    subprocess.run(["pdftoppm", "-r", "100", "-png", sheet, tmp_path / "side"], check=True)
    told = subprocess.run(
        ["zbarimg", "-q", "--raw", *sorted(tmp_path.glob("side*.png"))], capture_output=True, text=True
    ).stdout.split()
    assert told == [f"{BASE_URL}{LESSON}"]
    said = subprocess.run(["pdftotext", sheet, "-"], capture_output=True, text=True, check=True).stdout
    assert "In bài này ra giấy" not in said
    assert said.index("Câu hỏi 1") < said.index("Đáp án")
    info = subprocess.run(["pdfinfo", sheet], capture_output=True, text=True, check=True).stdout
    assert "(A4)" in info


def test_the_hand_out_may_leave_its_answers_away(page):
    page.goto(f"{LESSON}in/")
    page.get_by_label("In cả đáp án ở trang cuối").uncheck()
    expect(page.locator(".sheet-answers")).to_be_hidden()


# --- Large letters, fingers ---


def test_the_header_leaves_room_for_letters_twice_as_large(browser):
    context, page = looking(browser, {"text": "200"})
    for path in ("/khoa-hoc/", LESSON):
        page.goto(path)
        header = page.locator("header.top").bounding_box()
        assert header is not None
        assert header["height"] < PHONE["height"] / 2
    for mark in page.locator(".steps > li").all():  # the number stays in its circle
        high, wide, letters = mark.evaluate(
            "one => { const s = getComputedStyle(one, '::before');"
            " return [s.height, s.width, s.lineHeight].map(parseFloat); }"
        )
        assert letters <= min(high, wide)
    context.close()


def test_what_a_finger_unticked_does_not_look_chosen(browser):
    context, page = looking(browser, {}, has_touch=True, is_mobile=True)
    page.goto(LESSON)
    choice = page.locator("label.choice:has(input[type=checkbox])").first
    look = "one => { const s = getComputedStyle(one); return [s.backgroundColor, s.borderColor]; }"
    before = choice.evaluate(look)
    choice.tap()
    expect(choice.locator("input")).to_be_checked()
    assert choice.evaluate(look) != before
    choice.tap()
    expect(choice.locator("input")).not_to_be_checked()
    assert choice.evaluate(look) == before
    context.close()


def test_without_script_the_page_of_looks_promises_nothing(browser):
    context, page = looking(browser, {}, java_script_enabled=False)
    page.goto("/hien-thi/")
    expect(page.get_by_text("chưa chạy được JavaScript")).to_be_visible()
    expect(page.get_by_text("máy này nhớ giúp bạn ở mọi trang")).to_be_hidden()
    expect(page.get_by_text("lựa chọn được giữ cùng hồ sơ của bạn")).to_be_hidden()
    context.close()
