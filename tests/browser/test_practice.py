"""A pretend screen played to its end: by touch, by keyboard alone, and read without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from .cast import Cast
from .conftest import DESK, new_context, sign_in
from .people import sign_up
from .test_every_page import look
from .test_queue import waiting

CALL = "/khoa-hoc/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
LINK = "/khoa-hoc/an-toan-tren-mang/duong-dan-la-ung-dung-gia/"
LOCK = "/khoa-hoc/dien-thoai-va-internet/khoa-man-hinh-mat-khau-cap-nhat/"
VIDEO = "/khoa-hoc/an-toan-tren-mang/deepfake-giong-noi-hinh-anh-gia/"
STEPS = ["Nghe máy", "“Tôi sẽ tự gọi lại.”", "Cúp máy", "Công an xã, phường"]


def opened(page: Page, path: str, key: str) -> Locator:
    page.goto(path)
    section = page.locator(f"[data-practice={key}]")
    expect(section.locator(".p-stage h3")).to_be_visible()
    return section


def press(section: Locator, name: str) -> Locator:
    return section.locator(".p-stage").get_by_role("button", name=name)


def test_played_by_touch(browser):
    context = new_context(browser, has_touch=True, is_mobile=True)
    page = context.new_page()
    section = opened(page, CALL, "kns04-01-t1")
    for name in STEPS:
        press(section, name).tap()
        expect(section.locator(".p-stage h3")).to_be_focused()
        expect(section.locator(".p-stage h3")).to_be_in_viewport()
    expect(section.locator(".p-stage")).to_contain_text("Bạn làm đúng rồi")
    expect(section.locator(".p-stage .over")).to_have_text("Bước 5 · đã đến cuối")
    press(section, "Làm lại từ đầu").tap()
    expect(section.locator(".p-stage h3")).to_have_text("Chuông reo")
    context.close()


def test_played_by_keyboard_alone(page):
    section = opened(page, LINK, "kns04-02-t1")
    press(section, "Tự gõ địa chỉ thật").focus()
    page.keyboard.press("Enter")
    expect(section.locator(".p-stage h3")).to_be_focused()
    page.keyboard.press("Tab")
    expect(section.get_by_role("textbox", name="Dòng địa chỉ")).to_be_focused()
    page.keyboard.type("dichvucong-gov.vn")
    page.keyboard.press("Enter")
    expect(section.get_by_role("status")).to_contain_text("Chưa khớp")
    expect(section.get_by_role("textbox", name="Dòng địa chỉ")).to_have_value("dichvucong-gov.vn")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(" Dichvucong.GOV.vn ")
    page.keyboard.press("Enter")
    expect(section.locator(".p-stage")).to_contain_text("Bạn làm đúng rồi")
    expect(section.get_by_role("status")).to_contain_text("Đuôi .gov.vn")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(section.locator(".p-stage h3")).to_have_text("Tự gõ địa chỉ")


def test_a_slip_is_explained_and_the_place_is_kept(page):
    section = opened(page, CALL, "kns04-01-t2")
    press(section, "Nhắn lại để hỏi").click()
    expect(section.get_by_role("status")).to_contain_text("Bạn muốn hỏi là phải")
    expect(section.locator(".p-aside")).to_be_in_viewport()
    expect(section.locator(".p-stage h3")).to_have_text("Tin nhắn mới")
    section.locator(".p-bar").first.click()
    expect(section.get_by_role("status")).to_contain_text("chỉ là hình vẽ")
    press(section, "Mở đường dẫn").click()
    expect(section.locator(".p-stage .p-aside")).to_contain_text("Tin giả vẫn chen")
    press(section, "Gõ mật khẩu").click()
    press(section, "Gõ mã 6 số").click()
    expect(section.locator(".p-stage")).to_contain_text("bạn vừa bị lừa")
    expect(section.locator(".p-stage")).to_contain_text("Bạn không mất gì cả")
    press(section, "Quay lại").click()
    expect(section.locator(".p-stage h3")).to_have_text("Trang đòi mã")


def test_a_keypad_and_places_on_a_picture(page):
    section = opened(page, LOCK, "kns01-06-t1")
    for name in ("Bảo mật", "Khóa màn hình", "Mã PIN"):
        press(section, name).click()
    pad = section.get_by_role("group", name="Bàn phím số")
    pad.get_by_role("button", name="1", exact=True).focus()
    page.keyboard.type("123456")
    expect(section.locator(".visually-hidden[role=status]")).to_contain_text("người ta thử đầu tiên")
    expect(pad).to_have_accessible_description("6 số, khó đoán")
    for digit in "482915":
        pad.get_by_role("button", name=digit, exact=True).click()
    expect(section.locator(".p-stage h3")).to_have_text("Cất mã cho kỹ")
    expect(section.locator(".p-stage .p-aside")).not_to_contain_text("đoán")  # no praise that may be wrong
    section = opened(page, VIDEO, "kns04-04-t1")
    press(section, "Nghe máy").click()
    spot = press(section, "Vùng miệng")
    box = spot.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 48
    spot.click()
    expect(section.get_by_role("status")).to_contain_text("Miệng không khớp")


EASY = [
    "444444", "777777", "121212", "123123", "112211", "112233", "012345", "654321", "890123", "210987",
    "123321", "191945", "201990", "150868",
]  # fmt: skip


def test_no_number_that_is_easy_to_guess_is_taken(page):
    with page.expect_response(re.compile(r"/practice\.[\w.]*js$")) as script:
        page.goto(LOCK)
    taken = page.evaluate(
        """async ([url, all]) => {
        const { isTaken } = await import(url);
        return all.filter(one => isTaken(one, { accept: ["*"], refuse: ["dedoan"] })); }""",
        [script.value.url, [*EASY, "482915", "739204", "604817"]],
    )
    assert taken == ["482915", "739204", "604817"]


def test_what_is_to_be_typed_is_told_and_a_refusal_marks_the_box(page):
    section = opened(page, LINK, "kns04-02-t1")
    press(section, "Tự gõ địa chỉ thật").click()
    box = section.get_by_role("textbox", name="Dòng địa chỉ")
    expect(box).to_have_accessible_description(section.locator(".p-stage .p-hint").inner_text())
    box.fill("dichvucong-gov.vn")
    box.press("Enter")
    expect(box).to_have_attribute("aria-invalid", "true")


def test_without_script_every_screen_is_written_out(browser):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(CALL)
    section = page.locator("[data-practice=kns04-01-t1]")
    expect(section.locator("h3").first).to_be_hidden()
    section.get_by_text("Xem từng bước bằng chữ").click()
    for words in (
        "8. Tiền đã mất",
        "Nên: chọn “Từ chối”",
        "Chưa nên: chọn “Giữ máy nghe tiếp”",
        "Dọa bắt, giục",
    ):
        expect(section).to_contain_text(re.compile(re.sub(r"\s+", r"\\s+", words)))
    assert section.get_by_role("button").count() == 0
    context.close()


def test_steps_are_kept_for_who_is_signed_in(browser):
    context = new_context(browser)
    page = context.new_page()
    sign_up(page, "Đỗ Thị Bảy")
    section = opened(page, CALL, "kns04-01-t1")
    with page.expect_response("**/api/v1/queue/") as sent:
        press(section, "Nghe máy").click()
    assert sent.value.json()[0]["status"] == "accepted"
    said = page.request.get("/api/v1/item/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/").json()
    assert said["state"]["answers"]["kns04-01-t1"] == ["chuong-reo.1"]
    context.close()


@pytest.mark.parametrize(("key", "question", "kept"), [("", "", 2), ("nhap-thu-1", "nhap-1", 0)])
def test_what_is_tried_on_a_draft_waits_nowhere(context, key, question, kept):
    """Keys as `LessonPage.parts` gives them to what is not in the bank yet."""
    page = context.new_page()

    def as_draft(route):
        html = route.fetch().text()
        if key:
            html = re.sub(r'data-practice="[^"]+', f'data-practice="{key}', html)
            html = re.sub(r'data-question="[^"]+', f'data-question="{question}', html)
        route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route(f"**{CALL}", as_draft)
    page.goto(CALL)
    press(page.locator("[data-practice]").first, "Nghe máy").click()
    page.locator("[data-question] label.choice").first.click()
    page.wait_for_timeout(1200)  # an answer is kept once she stays on it
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue]")).not_to_be_empty()
    assert len(waiting(page)) == kept


def test_what_is_typed_never_leaves_the_phone(browser):
    context = new_context(browser)
    page = context.new_page()
    sign_up(page, "Ngô Văn Tám")
    section = opened(page, LINK, "kns04-02-t1")
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data or ""))
    press(section, "Tự gõ địa chỉ thật").click()
    section.get_by_role("textbox").fill("matkhauthatcuatoi")
    with page.expect_response("**/api/v1/queue/"):
        press(section, "Xong").click()
    page.wait_for_load_state("networkidle")
    assert any("tu-go-dia-chi.2" in body for body in bodies)
    assert not any("matkhau" in body for body in bodies)
    context.close()


@pytest.mark.parametrize(
    ("path", "key"), [(CALL, "kns04-01-t1"), (LOCK, "kns01-06-t1"), (VIDEO, "kns04-04-t1")]
)
def test_axe_finds_nothing_on_the_way(browser, path, key):
    context = new_context(browser)
    page = context.new_page()
    section = opened(page, path, key)
    for _ in range(3):
        assert look(page) == {}
        button = section.locator(".p-stage .phone button")
        if button.count():
            button.last.click()
    context.close()


@pytest.mark.parametrize("path", [CALL, LOCK])
def test_it_costs_little(browser, path):
    """Scripts of the page under 25 KB sent; no picture of a practice before it is looked at."""
    context = new_context(browser)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(e => /\\.js($|\\?)/.test(e.name)).map(e => e.encodedBodySize)"
    )
    assert sum(sizes) <= 25 * 1024
    assert not [url for url in asked if "moi-cau" in url]
    asked.clear()
    page.goto("/khoa-hoc/dien-thoai-va-internet/chup-luu-va-tim-lai-anh-tai-lieu/")
    page.wait_for_load_state("networkidle")
    assert asked
    assert not [url for url in asked if "practice" in url]
    context.close()


def test_printed_it_is_the_written_version(page):
    section = opened(page, CALL, "kns04-01-t1")
    page.emulate_media(media="print")
    expect(section.locator(".p-stage")).to_be_hidden()
    expect(section.locator(".written li").first).to_be_visible()


def test_an_editor_makes_one_and_sees_it_play(browser, accounts):
    context = new_context(browser, viewport=DESK)
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, accounts["editor"])
    lesson = Cast(browser, accounts).inside["lesson"]
    page.goto(f"/admin/pages/{lesson}/edit/")
    target = page.locator("[name$='-value-to']").first
    target.fill("Nơi không có")
    page.locator("[name=action-publish]").evaluate("button => button.click()")
    expect(page.get_by_text("dẫn tới màn hình không có")).to_be_visible(timeout=20_000)
    target.fill("Người gọi xưng danh")
    page.goto(f"/admin/pages/{lesson}/view_draft/")
    section = page.locator("[data-practice]").first
    press(section, "Nghe máy").click()
    expect(section.locator(".p-stage h3")).to_have_text("Người gọi xưng danh")
    assert complaints == []
    context.close()
