"""A refresher and “Tôi đã biết” to their ends, with script and without; showing a paper; axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import pytest
import yaml
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .cast import MADE, run_inside
from .conftest import ROOT, new_context, sign_in
from .pages import RECALL
from .people import COURSE, FOLDER, PIN, sign_up, words
from .test_every_page import look
from .wire import Wire
from .worker import ready

LESSON = "nhan-dien-cuoc-goi-tin-nhan-gia-danh"
KNOWN = f"/hoc-tap/{COURSE}/{LESSON}/da-biet/"
SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


@cache
def right() -> dict[str, set[str]]:
    """The right choices of the course's check questions, by the question's words."""
    found = {}
    for path in (ROOT / "content" / FOLDER / "questions").glob("0*.yaml"):
        for question in yaml.safe_load(path.read_text()):
            choices = {words(one["text"]) for one in question["choices"] if one.get("correct")}
            found[words(question["text"])] = choices
    return found


@pytest.fixture
def phone(browser, script: bool) -> Iterator[BrowserContext]:
    context = new_context(browser, java_script_enabled=script)
    yield context
    context.close()


def answer(page: Page, *, well: bool = True) -> None:
    """Answer every question on the screen."""
    page.locator("fieldset.question").first.wait_for()
    for question in page.locator("fieldset.question").all():
        text = words(question.locator("legend").inner_text())
        choices = next(kept for asked, kept in right().items() if text.endswith(asked))
        for choice in question.locator("label.choice").all():
            if (words(choice.inner_text()) in choices) == well:
                choice.locator("input").check()
                if not well:
                    break


def she_who_recalls(page: Page) -> None:
    """Somebody who finished the course eight days ago, signed in."""
    sign_in(page, {"login": str(run_inside(MADE)["recalls"]), "secret": PIN})


def recalling(page: Page) -> None:
    """The same at her first question, the worker there."""
    she_who_recalls(page)
    page.goto(RECALL)
    ready(page)
    page.get_by_role("button", name="Bắt đầu ôn lại").click()


@SCRIPT
def test_a_refresher(phone):
    page = phone.new_page()
    she_who_recalls(page)
    page.goto("/hoc-tap/")
    page.get_by_role("link", name="Ôn lại hai phút").click()
    page.get_by_role("button", name="Bắt đầu ôn lại").click()
    for number in range(1, 6):
        expect(page.locator("legend")).to_contain_text(f"Câu {number} trong 5")
        answer(page, well=number != 2)
        page.get_by_role("button", name="Trả lời").click()
        expect(page.locator(".feedback")).to_contain_text("không sao cả" if number == 2 else "Bạn còn nhớ")
        page.locator("main a.btn.full").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bạn còn nhớ 4 trong 5 câu")
    page.goto("/hoc-tap/")
    expect(page.get_by_text("Ôn lại sau 7 ngày: còn nhớ 4 trong 5 câu")).to_be_visible()
    expect(page.get_by_role("link", name="Ôn lại hai phút")).to_have_count(0)


@pytest.mark.requests_fail
def test_a_choice_of_a_refresher_outlives_the_network(wired: Page, wire: Wire):
    """Pressed without network, reloaded, lost on the way: it is still chosen, and answered once."""
    recalling(wired)
    press = wired.get_by_role("button", name="Trả lời")
    chosen = wired.locator("fieldset.question input:checked")
    answer(wired)
    hers = [one.get_attribute("value") for one in chosen.all()]
    assert hers
    wired.context.set_offline(True)
    press.click()
    expect(wired.locator("main [role=alert]")).to_contain_text("vẫn còn ở đây")
    wired.reload()
    expect(wired.get_by_text("Chưa mở được trang này")).to_be_visible()
    wired.context.set_offline(False)  # the page comes back by itself
    expect(press).to_be_visible()
    assert [one.get_attribute("value") for one in chosen.all()] == hers
    wire.cut = True
    press.click()
    expect(wired.get_by_text("Chưa mở được trang này")).to_be_visible()
    wire.cut = False
    wired.get_by_role("button", name="Thử lại").click()
    expect(press).to_be_visible()
    assert [one.get_attribute("value") for one in chosen.all()] == hers
    press.click()
    expect(wired.locator(".feedback")).to_contain_text("Bạn còn nhớ")
    wired.locator("main a.btn.full").click()
    expect(wired.locator("legend")).to_contain_text("Câu 2 trong 5")
    expect(chosen).to_have_count(0)


@pytest.mark.requests_fail
def test_an_answer_of_a_refresher_that_the_server_has_is_explained(wired: Page, wire: Wire):
    recalling(wired)
    answer(wired)
    wire.deaf_to = b"POST /on-lai/"
    wired.get_by_role("button", name="Trả lời").click()
    expect(wired.get_by_text("Chưa mở được trang này")).to_be_visible()
    wire.deaf_to = b"-"
    wired.get_by_role("button", name="Thử lại").click()
    expect(wired.locator(".feedback")).to_contain_text("Bạn còn nhớ")


def test_what_was_chosen_for_a_known_lesson_outlives_a_reload(page: Page):
    sign_up(page, "Bùi Thị Biết")
    page.goto(KNOWN)
    page.wait_for_load_state("networkidle")
    answer(page)
    chosen = page.locator("fieldset.question input:checked")
    hers = [one.get_attribute("value") for one in chosen.all()]
    page.goto("/hoc-tap/")
    page.go_back()
    page.wait_for_load_state("networkidle")
    assert [one.get_attribute("value") for one in chosen.all()] == hers
    page.reload()
    page.wait_for_load_state("networkidle")
    assert [one.get_attribute("value") for one in chosen.all()] == hers
    page.get_by_role("button", name="Xong, xem kết quả").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bạn đã biết bài này")


@SCRIPT
def test_a_lesson_known_already(phone):
    page = phone.new_page()
    sign_up(page, "Bùi Thị Biết")
    page.goto(f"/khoa-hoc/{COURSE}/{LESSON}/")
    page.get_by_role("link", name="Tôi đã biết bài này").click()
    answer(page)
    page.get_by_role("button", name="Xong, xem kết quả").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bạn đã biết bài này")
    page.get_by_role("link", name=re.compile("Bài tiếp theo")).click()
    page.wait_for_url(re.compile(f"/khoa-hoc/{COURSE}/"))
    page.goto("/hoc-tap/")
    expect(page.locator("main .lamps .words").first).to_have_text("1 trong 5 bài")


@SCRIPT
def test_what_was_chosen_outlives_the_end_of_her_sign_in(phone, script: bool):
    """Also of a tab whose token is old, because she signed in again in another one."""
    page = phone.new_page()
    number = sign_up(page, "Bùi Thị Biết")
    page.goto(KNOWN)
    answer(page)
    phone.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Xong, xem kết quả").click()
    expect(page.get_by_role("alert")).to_contain_text("vừa chọn, vừa điền vẫn còn")
    assert not script or look(page) == {}  # axe is a script
    page.locator("input[name=login]").fill(number)
    page.locator("input[name=password]").fill(PIN)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Phần bạn vừa điền chưa được gửi")
    assert not script or look(page) == {}  # axe is a script
    page.get_by_role("button", name="Không gửi, mở lại trang").click()
    page.wait_for_url(f"**{KNOWN}")
    answer(page)
    phone.clear_cookies(name="sessionid")
    other = phone.new_page()
    sign_in(other, {"login": number, "secret": PIN})
    other.close()
    page.get_by_role("button", name="Xong, xem kết quả").click()
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("bạn đã biết bài này")


@SCRIPT
def test_a_lesson_not_known_is_read(phone):
    page = phone.new_page()
    sign_up(page, "Bùi Thị Chưa Biết")
    page.goto(KNOWN)
    page.get_by_role("button", name="Xong, xem kết quả").click()
    expect(page.get_by_role("alert")).to_contain_text("Còn câu chưa trả lời")
    answer(page, well=False)
    page.get_by_role("button", name="Xong, xem kết quả").click()
    expect(page.get_by_text("để ngày mai")).to_be_visible()
    page.get_by_role("link", name="Đọc bài này").click()
    page.wait_for_url(re.compile(f"/khoa-hoc/{COURSE}/{LESSON}/$"))


def test_by_keyboard_alone_and_axe_finds_nothing(page):
    she_who_recalls(page)
    page.goto(RECALL)
    assert look(page) == {}
    page.get_by_role("button", name="Bắt đầu ôn lại").focus()
    page.keyboard.press("Enter")
    page.locator("fieldset.question input").first.focus()
    page.keyboard.press("Space")
    assert look(page) == {}
    page.keyboard.press("Enter")
    expect(page.locator(".feedback")).to_be_visible()
    assert look(page) == {}


# A share sheet as phones have it: only for a moment after a tap (here half a second).
SHARE = """
window.shared = [];
window.tapped = -Infinity;
addEventListener("click", event => { if (event.isTrusted) window.tapped = performance.now(); }, true);
navigator.share = async what => {
  if (window.refused) throw new DOMException("no", window.refused);
  if (performance.now() - window.tapped > 500) throw new DOMException("too late", "NotAllowedError");
  window.tapped = -Infinity;
  window.shared.push({...what, files: (what.files || []).map(file => file.type)});
};
navigator.canShare = () => true;
const real = window.fetch;
window.fetch = async (...what) => {  // slow 4G
  const answer = await real(...what);
  await new Promise(done => setTimeout(done, window.slow || 0));
  return answer;
};
"""
PICTURE = re.compile(r"/giay-ghi-nhan\.png$")
DONE = f"/hoc-tap/{COURSE}/hoan-thanh/"


@pytest.fixture
def shows(browser) -> Iterator[Page]:
    """Somebody with a paper, on a phone with a share sheet."""
    context = new_context(browser, bypass_csp=True)  # waiting for a value is an eval
    context.add_init_script(SHARE)
    page = context.new_page()
    she_who_recalls(page)
    yield page
    context.close()


def to_show(page: Page) -> tuple[Locator, Locator]:
    """The button, and the way by hand."""
    hand = page.get_by_role("link", name="Tải ảnh khoe với gia đình").first
    return page.get_by_role("button", name="Khoe với gia đình").first, hand


def was_shared(page: Page) -> None:
    page.wait_for_function("() => window.shared.length === 1")
    [what] = page.evaluate("window.shared")
    assert what["files"] == ["image/png"]
    assert re.search(r"http://[^ ]+/giay/[^/]+/$", what["text"])


def test_a_paper_is_shown_to_the_family(shows):
    with shows.expect_response(PICTURE):  # before anybody taps
        shows.goto(DONE)
    share, by_hand = to_show(shows)
    expect(by_hand).to_be_hidden()
    share.click()
    was_shared(shows)
    expect(by_hand).to_be_hidden()


def test_on_a_slow_network_the_picture_is_there_before_the_tap(shows):
    shows.context.add_init_script("window.slow = 1500")
    with shows.expect_response(PICTURE):
        shows.goto(DONE)
    shows.wait_for_timeout(2000)
    to_show(shows)[0].click()
    was_shared(shows)


def test_a_picture_that_comes_too_late_is_for_the_next_tap(shows):
    shows.goto(DONE)  # where she gets her paper
    shows.goto("/hoc-tap/")
    shows.evaluate("window.slow = 1500")
    share, by_hand = to_show(shows)
    share.click()
    said = shows.locator("[data-pride] [data-said]").first
    expect(said).to_contain_text("Đang lấy ảnh")
    expect(said).to_contain_text("bấm nút này lần nữa")
    expect(by_hand).to_be_visible()
    share.click()
    was_shared(shows)
    expect(said).to_have_text("")


def test_a_share_sheet_that_does_not_open_gives_back_the_way_by_hand(shows):
    shows.goto(DONE)
    share, by_hand = to_show(shows)
    said = shows.locator("[data-pride] [data-said]").first
    shows.evaluate("window.refused = 'AbortError'")  # she closed it
    share.click()
    shows.wait_for_timeout(500)
    expect(by_hand).to_be_hidden()
    expect(said).to_have_text("")
    shows.evaluate("window.refused = 'DataError'")
    share.click()
    expect(by_hand).to_be_visible()
    expect(said).to_contain_text("tải ảnh về")


def test_without_a_share_sheet_the_picture_is_downloaded(browser):
    context = new_context(browser)
    context.add_init_script("delete Navigator.prototype.share;")
    page = context.new_page()
    she_who_recalls(page)
    page.goto(DONE)
    share, by_hand = to_show(page)
    expect(share).to_be_hidden()
    with page.expect_download() as download:
        by_hand.click()
    assert re.fullmatch(r"giay-ghi-nhan-.*\.png", download.value.suggested_filename)
    context.close()
