"""The whole of learning by one person who never touches a pointer: narrow phone, letters twice as large.

At every page on her way: the keyboard's ring is seen and nothing lies over it, everything is reached and
nothing holds her, nothing scrolls sideways, the screen reader's tree has names in Vietnamese, what changes
is announced, and axe finds nothing. The tests go on where the one before ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from . import people
from .cast import run_inside
from .keyboard import HEARD, Hands
from .people import COURSE, FOLDER, PIN, key, words
from .test_aloud import VOICE
from .test_eyes import LESSON, looking
from .test_queue import QUEUE, waiting
from .test_remember import right as checks
from .worker import DOWNLOAD, HOME, TEST, caches, ready, until

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]

FIRST = "/khoa-hoc/dien-thoai-va-internet/nut-bam-man-hinh-va-co-chu/"
SECOND, THIRD, FOURTH, FIFTH = (
    f"/khoa-hoc/{COURSE}/{slug}/"
    for slug in (
        "duong-dan-la-ung-dung-gia",
        "giu-kin-du-lieu-ca-nhan",
        "deepfake-giong-noi-hinh-anh-gia",
        "lo-bi-lua-lam-gi-ngay",
    )
)
A_WEEK_LATER = """
import datetime, json
from accounts.models import Learner
from courses.models import Enrolment
from django.utils import timezone
mine = Enrolment.objects.filter(learner=Learner.objects.filter(name="Trần Thị Phím").latest("pk"))
mine.update(completed_at=timezone.now() - datetime.timedelta(days=8))
print(json.dumps({}))
"""
LARGE = {"text": "200"}
DONE = "Tôi đã hiểu, đi tiếp"
VOICED = f"{{ const LATE = false; {VOICE} }}"


@pytest.fixture(scope="module")
def phone(browser) -> Iterator[BrowserContext]:
    """Hers, with a Vietnamese voice."""
    context, _ = looking(browser, LARGE, service_workers="allow", bypass_csp=True)
    context.add_init_script(VOICED)
    context.add_init_script(HEARD)
    yield context
    context.close()


@pytest.fixture(scope="module")
def page(phone) -> Page:
    return phone.pages[0]


@pytest.fixture
def she(page: Page) -> Iterator[Hands]:
    hands = Hands(page)
    yield hands
    assert not hands.wrong, "\n".join(["", *hands.wrong])


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name)


def link(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def test_from_the_poster_to_the_first_lesson(she: Hands, page: Page):
    page.goto("/#xa=10750")
    she.look()
    page.reload()
    page.keyboard.press("Tab")
    expect(link(page, "Đến phần nội dung")).to_be_focused()
    she.stop()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(link(page, "Bắt đầu bài đầu tiên")).to_be_focused()  # past all that is the same everywhere
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{FIRST}")
    she.look()


def test_check_questions(she: Hands, page: Page):
    page.goto(LESSON)
    she.look()
    for question in page.locator("section[data-question]").all():
        page.evaluate("window.heard = []")
        if question.locator("input[type=radio]").count():
            she.choose(question.locator("input").last)
        else:
            she.press(button(question, "Kiểm tra câu trả lời"))
            she.hears("chọn ít nhất một")
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Space")
            she.press(button(question, "Kiểm tra câu trả lời"))
        expect(question.locator(".feedback")).to_be_visible()
        she.hears(words(question.locator(".feedback .verdict").inner_text()))
    she.look(around=False)


def test_a_practice_with_a_wrong_act(she: Hands, page: Page):
    page.goto(LESSON)
    section = page.locator("[data-practice=kns04-01-t1]")
    stage = section.locator(".p-stage")
    for act, says in (
        ("Nghe máy", ""),
        ("“Vậy tôi phải làm gì?”", "Lo thì ai cũng hỏi vậy"),
        ("Cúp máy", ""),
        ("Công an xã, phường", "Bạn làm đúng rồi"),
    ):
        she.press(button(stage, act))
        expect(stage.locator("h3")).to_be_focused()  # said by the screen reader as it comes there
        she.stop()
        if says:
            she.hears(says)
    expect(stage.locator(".over")).to_contain_text("đã đến cuối")
    she.look()
    she.press(button(stage, "Làm lại từ đầu"))
    expect(stage.locator("h3")).to_have_text("Chuông reo")


def test_read_aloud(she: Hands, page: Page):
    page.goto(LESSON)
    page.evaluate("window.pace = 60000")
    she.press(button(page, "Nghe bài"))
    group = page.get_by_role("group", name="Nghe bài")
    expect(button(group, "Dừng đọc")).to_be_focused()
    expect(page.locator("h1 .said").first).to_be_visible()
    she.press(button(group, "Dừng đọc"))
    expect(button(group, "Đọc tiếp")).to_be_focused()
    she.look()
    for name in ("Câu sau", "Câu sau", "Câu trước"):
        she.press(button(group, name))
    expect(page.locator(".lead .said")).to_be_visible()
    she.to(group.get_by_role("combobox", name="Tốc độ đọc"))
    page.keyboard.press("ArrowDown")
    page.evaluate("window.pace = 5")
    she.press(button(group, "Câu sau"))
    she.hears("Đã đọc hết.")
    she.press(button(group, "Thôi nghe"))
    expect(button(page, "Nghe bài")).to_be_focused()
    she.stop()


def test_how_it_looks_is_chosen_and_kept(she: Hands, page: Page):
    page.goto(LESSON)
    she.press(link(page, "Cỡ chữ, màu"))
    page.wait_for_url("**/hien-thi/")
    she.look()
    look = page.locator("[data-look]")
    she.tick(look.locator("input[name=contrast]"))
    she.hears("Đã lưu trên máy này.")
    she.choose(look.locator("input[name=theme][value=dark]"))
    she.look(around=False)
    she.choose(look.locator("input[name=text][value='175']"))
    she.choose(look.locator("input[name=text][value='200']"))
    she.tick(look.locator("input[name=simple]"))
    she.press(link(page, "Xong, quay lại trang vừa xem"))
    page.wait_for_url(f"**{LESSON}")
    kept = page.evaluate("({...document.documentElement.dataset})")
    assert {"text": "200", "theme": "dark", "contrast": "high", "simple": "1"}.items() <= kept.items()


def test_one_step_a_screen(she: Hands, page: Page):
    page.goto(LESSON)
    heading = page.locator(".by-step > h2.over")
    expect(heading).to_contain_text("Bước 1 trong")
    she.look()
    for number in range(2, 12):
        she.press(button(page, "Tiếp"))
        expect(heading).to_contain_text(f"Bước {number} trong")
        expect(heading).to_be_focused()
        she.stop()
    she.look()
    she.press(button(page, "Quay lại"))
    expect(heading).to_contain_text("Bước 10 trong")
    page.goto("/hien-thi/")
    for name in ("simple", "contrast"):
        she.tick(page.locator(f"[data-look] input[name={name}]"))
    she.choose(page.locator("[data-look] input[name=theme][value='']"))
    she.hears("Đã lưu trên máy này.")


def test_on_paper_and_in_words_alone(she: Hands, page: Page):
    page.goto(LESSON)
    she.press(link(page, "In bài này"))
    page.wait_for_url("**/in/")
    she.look()
    she.press(page.get_by_label("In cả đáp án ở trang cuối"), "Space")
    expect(page.locator(".sheet-answers")).to_be_hidden()
    page.evaluate("window.print = () => { window.printed = true; }")
    she.press(button(page, "In"))
    assert page.evaluate("printed")
    page.go_back()
    she.press(link(page, "Chỉ đọc chữ"))
    page.wait_for_url("**/chi-chu/")
    she.look()
    she.press(link(page, "Xem bản có hình"))
    page.wait_for_url(f"**{LESSON}")


def test_a_lesson_learned_before_anybody_is_known(she: Hands, page: Page):
    page.goto(LESSON)
    she.press(link(page, DONE), back=True)
    she.hears("học xong bài")
    she.keeps_place("“Tôi đã hiểu, đi tiếp”")
    she.look()
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue] [role=listitem]").first).to_be_visible()
    she.look()


def test_signing_up_and_what_was_learned_before(she: Hands, page: Page):
    page.goto("/viec-tren-may/")
    she.press(link(page.locator("[data-queue]"), "Đăng ký"))
    page.wait_for_url("**/dang-ky/**")
    she.look()
    she.press(button(page, "Đăng ký"))  # nothing filled in
    page.locator("main .errors, main [aria-invalid=true]").first.wait_for()
    she.look()
    she.type(page.locator("input[name=name]"), "Trần Thị Phím")
    she.type(page.locator("input[name=phone]"), f"09 8{next(people.numbers)}")
    she.type(page.locator("input[name=commune]"), "phu thai")
    she.hears("Dùng phím mũi tên để chọn.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    she.hears("Đã chọn Xã Phú Thái")
    she.type(page.locator("input[name=birth_year]"), "1964")
    she.choose(page.locator("input[name=group][value=citizen]"))
    she.type(page.locator("input[name=pin]"), PIN)
    she.tick(page.locator("input[name=consent]"))
    she.press(button(page, "Đăng ký"))
    page.wait_for_url(re.compile("/dang-ky/them/"))
    she.look()
    page.goto("/hoc-tap/")
    strip = page.locator(".queue")
    expect(strip).to_contain_text("Có phải Phím đã học không?")
    she.hears("Có phải Phím đã học không?")
    she.look()
    she.press(button(strip, "Đúng, ghi cho Phím"))
    expect(strip).not_to_contain_text("Có phải")
    until(page, lambda: waiting(page) == [])
    she.hears("Đã ghi cho Phím")
    she.keeps_place("“Đúng, ghi cho Phím”")


def test_what_waits_is_sent_by_hand(she: Hands, page: Page, phone: BrowserContext):
    phone.route(QUEUE, lambda route: route.abort())
    page.goto(SECOND)
    she.press(link(page, DONE), back=True)
    she.hears("Đã lưu trên máy")
    expect(page.locator(".queue")).to_contain_text("chưa gửi")
    she.hears("chưa gửi")
    page.goto("/viec-tren-may/")
    expect(page.locator("[data-queue] [role=listitem]").first).to_be_visible()
    she.look()
    she.to(button(page, "Gửi ngay"))
    phone.unroute(QUEUE)  # before, it could go by itself while she comes to the button
    page.keyboard.press("Enter")
    she.hears("Mọi việc đã gửi hết")
    she.keeps_place("“Gửi ngay”")
    assert waiting(page) == []


def test_a_course_is_downloaded_and_removed(she: Hands, page: Page):
    page.goto(f"/khoa-hoc/{COURSE}/")
    ready(page)
    she.look()
    she.press(page.get_by_role("button", name=DOWNLOAD))
    she.hears("đã có trên máy")
    she.keeps_place("the download")
    page.context.set_offline(True)
    page.goto(HOME)
    expect(button(page, "Xóa khỏi máy")).to_be_visible()
    she.look()
    she.press(link(page.locator("[data-offline]"), "Nhận diện cuộc gọi"))
    page.wait_for_url(f"**{LESSON}")
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    page.context.set_offline(False)
    she.press(button(page, "Xóa khỏi máy"))
    she.hears("Đã xóa")
    until(page, lambda: f"kept-{COURSE}" not in caches(page))
    she.keeps_place("“Xóa khỏi máy”")


def answered(she: Hands, page: Page, right: dict[str, set[str]], *, wrong: int = 0) -> None:
    """Every question on the page by arrows and Space, the first `wrong` ones wrongly."""
    for number, question in enumerate(page.locator("fieldset.question").all()):
        text = words(question.locator("legend").inner_text())
        good = next(choices for asked, choices in right.items() if text.endswith(asked))
        for choice in question.locator("label.choice").all():
            if (words(choice.inner_text()) in good) == (number < wrong):
                continue
            box = choice.locator("input")
            if box.get_attribute("type") == "radio":
                she.choose(box)
            else:
                she.tick(box)
            if number < wrong:
                break


def test_a_lesson_known_already(she: Hands, page: Page):
    page.goto(THIRD)
    she.press(link(page, "Tôi đã biết bài này"))
    page.wait_for_url("**/da-biet/")
    she.look()
    answered(she, page, checks())
    she.press(button(page, "Xong, xem kết quả"))
    expect(page.locator("h1")).to_contain_text("bạn đã biết bài này")
    she.look()


def test_the_final_test_and_the_paper(she: Hands, page: Page):
    for path in (FOURTH, FIFTH):
        page.goto(path)
        she.press(link(page, DONE), back=True)
        she.hears("học xong bài")
        page.wait_for_url(lambda url, path=path: path not in url)
    page.goto(TEST)
    she.look()
    she.press(button(page, "Bắt đầu làm bài"))
    page.locator("form#bai-lam").wait_for()
    she.look()
    answered(she, page, key(FOLDER), wrong=1)
    she.hears("10 trong 10 câu đã trả lời")
    she.press(button(page, "Nộp bài"))
    page.wait_for_url(re.compile("/ket-qua/"))
    expect(page.locator("main")).to_contain_text("9 trong 10")
    she.look()
    page.goto(f"/hoc-tap/{COURSE}/hoan-thanh/")
    she.look()
    she.press(link(page, "Xem giấy của bạn"))
    page.wait_for_url(re.compile("/giay/"))
    she.look()
    she.press(button(page, "Chép đường dẫn"))
    she.hears("ép")  # copied, or how to copy by hand
    with page.expect_download():
        she.press(link(page, "Tải ảnh để gửi Zalo"))


def test_a_refresher(she: Hands, page: Page):
    run_inside(A_WEEK_LATER)
    page.goto("/hoc-tap/")
    she.look()
    she.press(link(page, "Ôn lại hai phút"))
    page.wait_for_url("**/on-lai/**")
    she.look()
    she.press(button(page, "Bắt đầu ôn lại"))
    for number in range(1, 6):
        expect(page.locator("legend")).to_contain_text(f"Câu {number} trong 5")
        answered(she, page, checks())
        she.press(button(page, "Trả lời"))
        expect(page.locator(".feedback")).to_be_visible()
        if number == 1:
            she.look()
        she.press(page.locator("main a.btn.full"))
    expect(page.locator("h1")).to_contain_text("Bạn còn nhớ")
    she.look()


def test_lamps_of_the_family_and_the_commune_and_out(she: Hands, page: Page):
    page.goto("/ai-dang-hoc/")
    she.look()
    she.press(link(page, "Thêm"))
    page.wait_for_url("**/them/")
    she.look()
    she.type(page.locator("input[name=name]"), "Trần Văn Bút")
    she.type(page.locator("input[name=birth_year]"), "1960")
    she.choose(page.locator("input[name=group][value=citizen]"))
    for box in page.locator("main input[type=checkbox][required]").all():
        she.tick(box)
    she.press(page.locator("main form[method=post] button:not([type=button])").last)
    page.wait_for_url(lambda url: "/them/" not in url)
    she.look()
    page.goto("/ai-dang-hoc/")
    she.press(page.locator("main .people button", has_text="Trần Thị Phím"))
    page.wait_for_url(lambda url: "/ai-dang-hoc/" not in url)
    page.goto("/hoc-tap/")
    expect(page.locator("main")).to_contain_text("Đèn của cả nhà")
    she.look()
    she.press(button(page, "Thoát"))
    page.wait_for_url("**/dang-xuat/**")
    expect(page.locator("main")).to_contain_text("Bạn đã thoát")
    she.look()
