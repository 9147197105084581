"""Pages that no address shows: forms sent wrongly, pages of faults, the last question before handing in."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from .cast import SECRET, Cast
from .conftest import sign_in
from .pages import RECALL, TEST
from .people import choose

State = Callable[[Page, Cast], None]


def _send(page: Page) -> None:
    others = ":not([action*=dinh-danh]):not([action*=dang-xuat])"  # the state's door, and the way out
    page.locator(f"main form{others} button").last.click()
    page.wait_for_load_state("networkidle")


def _wrong(path: str, **typed: str) -> State:
    def state(page: Page, cast: Cast) -> None:
        page.goto(cast.path(path))
        for name, value in typed.items():
            page.locator(f"main [name={name}]").first.fill(value)
        _send(page)
        page.locator("main [aria-invalid=true], main .errors, main .alert").first.wait_for()

    return state


def _fault(name: str) -> State:
    def state(page: Page, cast: Cast) -> None:
        body = cast.inside["pages"][name]  # type: ignore[index]
        page.route("**/loi/", lambda route: route.fulfill(status=200, content_type="text/html", body=body))
        page.goto("/loi/")

    return state


def _without_token(page: Page, cast: Cast) -> None:
    page.goto("/dang-nhap/")
    page.locator("input[name=login]").fill("0912345678")
    page.locator("input[name=password]").fill("835271")
    page.context.clear_cookies()
    _send(page)


def _second_factor(page: Page, cast: Cast) -> None:
    assert cast.inside
    sign_in(page, {"login": "buoc-hai@demo.invalid", "secret": SECRET}, leaves=False)
    page.wait_for_url(re.compile("/dang-nhap/ma/"))
    _send(page)


def _printed_code(page: Page, cast: Cast) -> None:
    page.goto(cast.path("/quan-ly/giup-vao-lai/{helped}/"))
    page.locator("main input[name=kind][value=sign_in]").check()
    page.locator("main [name=reason]").fill("Đến Ủy ban, đã nhận đúng người")
    _send(page)
    page.locator("main .score-value").wait_for()


def _conflict(page: Page, cast: Cast) -> None:
    """Her form, sent when somebody else had been chosen in another tab."""
    choose(page, "Đỗ Thị Hà")
    page.goto("/du-lieu-cua-toi/")
    tab = page.context.new_page()
    choose(tab, "Đỗ Văn Bình")
    tab.close()
    page.get_by_role("button", name="Lưu", exact=False).first.click()
    page.get_by_role("heading", name="Bây giờ Đỗ Văn Bình đang học").wait_for()


def _is_it_you(page: Page, cast: Cast) -> None:
    page.goto("/the/")
    page.locator("main [name=number]").fill(str(cast.inside["card_number"]))
    _send(page)
    page.get_by_role("heading", name="Bạn là").wait_for()


def _corrected(page: Page, cast: Cast) -> None:
    page.goto(cast.path("/quan-ly/yeu-cau/{wrong}/sua/"))
    page.locator("main [name=name]").fill("Đỗ Thị Hà Sửa")
    page.locator("main [name=text]").fill("Đã sửa theo giấy tờ.")
    _send(page)
    page.get_by_role("heading", name="Đã sửa").wait_for()


def _recalling(page: Page, cast: Cast, *, answered: int) -> None:
    """A refresher, begun by whoever comes first, with so many of its questions answered."""
    choose(page, "Đỗ Văn Bình")
    page.goto(RECALL)
    begin = page.get_by_role("button", name="Bắt đầu ôn lại")
    if begin.count():
        begin.click()
        page.locator("fieldset.question").wait_for()
    while (left := page.locator("main .question-number").first.inner_text()) and answered:
        if int(left.split()[1]) > answered:
            break
        page.locator("label.choice input").last.check()
        page.get_by_role("button", name="Trả lời").click()
        page.locator("main .feedback").wait_for()
        if int(left.split()[1]) == answered:
            break
        page.get_by_role("link", name="Câu tiếp theo").click()
        page.locator("fieldset.question").wait_for()


def _recalled(page: Page, cast: Cast) -> None:
    _recalling(page, cast, answered=5)
    page.goto(RECALL)
    page.locator("main .score").wait_for()


def _unanswered(page: Page, cast: Cast) -> None:
    page.goto(TEST)
    page.get_by_role("button", name=re.compile("^Nộp bài")).click()
    page.wait_for_timeout(500)


STATES: dict[tuple[str, str], State] = {
    ("public", "sign-up, nothing filled in"): _wrong("/dang-ky/"),
    ("public", "sign-up, all wrong"): _wrong(
        "/dang-ky/", name="A" * 300, phone="12", birth_year="1066", pin="123456"
    ),
    ("public", "sign-in, nothing filled in"): _wrong("/dang-nhap/"),
    ("public", "sign-in, unknown number"): _wrong("/dang-nhap/", login="0900000009", password="835271"),
    ("stranger", "form without its token"): _without_token,
    ("stranger", "second factor, no code"): _second_factor,
    ("learner", "my data, all wrong"): _wrong("/du-lieu-cua-toi/", name="", birth_year="1066"),
    ("learner", "new PIN, nothing filled in"): _wrong("/du-lieu-cua-toi/ma/"),
    ("official", "revoking without a reason"): _wrong("/quan-ly/giay/{serial}/thu-hoi/"),
    ("official", "issuing again without a reason"): _wrong("/quan-ly/giay/{serial}/cap-lai/"),
    ("fresh", "handing in with questions left"): _unanswered,
    ("public", "card: a slip"): _wrong("/the/", number="1234"),
    ("public", "card: is it you?"): _is_it_you,
    ("public", "feedback, nothing chosen"): _wrong("/gop-y/"),
    ("public", "message to the commune, nothing filled in"): _wrong("/tro-giup/nhan/10750/"),
    ("public", "invited, a short password"): _wrong("/loi-moi/{token}/", password="ngan"),
    ("card", "the PIN that a card does not open, wrong"): _wrong("/the/can-ma/", pin="111222"),
    ("official", "help back: the code to hand over"): _printed_code,
    ("official", "bulk: no file"): _wrong("/quan-ly/moi/"),
    ("official", "correcting, all wrong"): _wrong(
        "/quan-ly/yeu-cau/{wrong}/sua/", name="", birth_year="1066", phone="12"
    ),
    ("official", "correcting, done"): _corrected,
    ("official", "search, too short"): _wrong("/quan-ly/yeu-cau/{parent}/tim/", q="a"),
    ("administrator", "alarm, a note with a number"): _wrong(
        "/quan-ly/bao-dong/{alarm}/", note="Gọi 0912 345 678"
    ),
    ("household", "request, nothing filled in"): _wrong("/du-lieu-cua-toi/yeu-cau/"),
    ("household", "a form of another"): _conflict,
    ("household", "refresher: a question"): lambda page, cast: _recalling(page, cast, answered=0),
    ("household", "refresher: explained"): lambda page, cast: _recalling(page, cast, answered=1),
    ("household", "refresher: the result"): _recalled,
    ("learner", "known already, nothing chosen"): _wrong(
        "/hoc-tap/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/da-biet/"
    ),
    ("public", "400"): _fault("400"),
    ("public", "429"): _fault("429"),
    ("public", "500"): _fault("500"),
}
