"""A lesson read aloud: by a phone's voice (made up here: Chromium has none) and by a recording."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests import sounds

from .cast import Cast
from .conftest import DESK, new_context, sign_in
from .test_every_page import look

CALL = "/khoa-hoc/an-toan-tren-mang/nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
FIRST = "/khoa-hoc/dien-thoai-va-internet/"

PRICE = re.compile(r"\d+ phút · [\d,]+\s[KM]B · Cô Minh đọc")

# Says a sentence in `pace` milliseconds, unless it is silenced. `said` is what was begun.
VOICE = """
window.said = [];
window.pace = 400;
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const voice = {
  voices: LATE ? [] : [{ lang: "en-US", localService: true }, { lang: "vi_VN", localService: true }],
  getVoices() { return this.voices; },
  speak(one) {
    window.said.push(one);
    if (window.pace < 0) { this.timer = setTimeout(() => one.onerror(), 20); return; }
    const speak = () => { one.onstart(); this.timer = setTimeout(() => one.onend(), window.pace); };
    this.timer = setTimeout(speak, 20);
  },
  cancel() { clearTimeout(this.timer); sessionStorage.silenced = String(window.said.length); },
};
Object.defineProperty(window, "speechSynthesis", { value: voice });
"""


def with_voice(context: BrowserContext, *, late: bool = False) -> Page:
    context.add_init_script(f"{{ const LATE = {str(late).lower()}; {VOICE} }}")
    return context.new_page()


@pytest.fixture
def phone(context) -> Iterator[Page]:
    page = with_voice(context)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(CALL)
    yield page
    assert complaints == []


def opener(page: Page) -> Locator:
    return page.get_by_role("button", name="Nghe bài", exact=True)


def control(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Nghe bài").get_by_role("button", name=name)


def texts(page: Page) -> list[str]:
    return page.evaluate("said.map(one => one.text.replace(/\\s+/g, ' ').trim())")


def sentences(page: Page) -> list[str]:
    """What the server marked, in order."""
    return page.evaluate(
        """() => { const all = [];
        for (const one of document.querySelectorAll("[data-s],[data-c]")) {
          const text = one.alt ? `Hình: ${one.alt}` : one.textContent;
          if (one.matches("[data-s]")) all.push(text); else all[all.length - 1] += text;
        }
        return all.map(text => text.replace(/\\s+/g, " ").trim()); }"""
    )


# --- Whether there is a button -----------------------------------------------------


def test_without_a_voice_there_is_no_button(page):
    page.goto(CALL)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("speechSynthesis.getVoices().length") == 0
    expect(page.locator("[data-listen]")).to_be_hidden()


def test_a_voice_that_comes_late_brings_the_button(context):
    page = with_voice(context, late=True)
    page.goto(CALL)
    page.wait_for_load_state("networkidle")
    expect(opener(page)).to_have_count(0)
    page.evaluate("speechSynthesis.voices = [{ lang: 'en-US' }]; speechSynthesis.onvoiceschanged()")
    expect(opener(page)).to_have_count(0)
    page.evaluate("speechSynthesis.voices = [{ lang: 'vi-VN' }]; speechSynthesis.onvoiceschanged()")
    expect(opener(page)).to_be_visible()


def test_without_script_there_is_no_button(browser):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(CALL)
    expect(page.locator("[data-listen]")).to_be_hidden()
    context.close()


def test_nothing_is_loaded_before_it_is_pressed(phone):
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url))
    phone.reload()
    phone.wait_for_load_state("networkidle")
    assert not [url for url in asked if "aloud" in url]
    opener(phone).click()
    expect(control(phone, "Dừng đọc")).to_be_visible()
    sizes = phone.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(e => /aloud/.test(e.name)).map(e => e.encodedBodySize)"
    )
    assert len(sizes) == 2
    assert sum(sizes) <= 3 * 1024


# --- The phone's voice --------------------------------------------------------------


def test_it_reads_sentence_by_sentence_and_shows_where(phone):
    phone.evaluate("window.pace = 30")
    opener(phone).click()
    expect(phone.get_by_text("Đã đọc hết.")).to_be_visible(timeout=60_000)
    assert texts(phone) == sentences(phone)
    answers = phone.locator("[data-feedback], [data-explanation], details summary").all_text_contents()
    assert answers
    assert not {answer.strip() for answer in answers} & set(texts(phone))
    assert phone.evaluate("said.every(one => one.lang === 'vi-VN' && one.voice.lang === 'vi_VN')")
    expect(phone.locator(".said")).to_have_count(0)
    control(phone, "Đọc tiếp").click()
    expect(phone.locator("h1 .said").first).to_be_visible()


def test_what_is_read_is_in_sight(phone):
    opener(phone).click()
    for _ in range(6):
        control(phone, "Câu sau").click()
        expect(phone.locator(".said").first).to_be_in_viewport(ratio=0.9)
        bar = phone.locator(".bar").bounding_box()
        box = phone.locator(".said").first.bounding_box()
        assert bar
        assert box
        assert box["y"] + min(box["height"], 60) <= bar["y"] + 1


def test_with_letters_twice_as_large_controls_and_words_stay_in_sight(phone):
    phone.evaluate("document.documentElement.dataset.text = '200'")
    opener(phone).click()
    for _ in range(5):
        control(phone, "Câu sau").click()
        expect(control(phone, "Dừng đọc")).to_be_in_viewport(ratio=1)
        expect(phone.locator(".said").first).to_be_in_viewport()
        said, player = phone.locator(".said").first.bounding_box(), phone.locator(".aloud").bounding_box()
        assert said
        assert player
        assert said["y"] < player["y"]
        assert player["height"] < 200


def test_a_pause_goes_on_where_it_was(phone):
    opener(phone).click()
    control(phone, "Câu sau").click()
    control(phone, "Dừng đọc").click()
    before = texts(phone)
    phone.wait_for_timeout(700)
    assert texts(phone) == before
    control(phone, "Đọc tiếp").click()
    assert texts(phone) == [*before, before[-1]]


def test_the_speed_is_kept(phone):
    opener(phone).click()
    speed = phone.get_by_label("Tốc độ đọc")
    expect(speed).to_have_value("1")
    speed.select_option("Chậm")
    assert phone.evaluate("said[said.length - 1].rate") == 0.75
    phone.reload()
    opener(phone).click()
    expect(speed).to_have_value("0.75")
    assert phone.evaluate("said[0].rate") == 0.75


def test_it_begins_at_a_tapped_sentence_but_choosing_an_answer_is_choosing(phone):
    opener(phone).click()
    control(phone, "Dừng đọc").click()
    steps = phone.locator("article h2 [data-s]")
    steps.nth(1).click()
    assert texts(phone)[-1] == steps.nth(1).inner_text()
    control(phone, "Dừng đọc").click()
    before = len(texts(phone))
    choice = phone.locator("label.choice").first
    choice.click()
    expect(choice.locator("input")).to_be_checked()
    assert len(texts(phone)) == before


def test_by_keyboard_alone(phone):
    opener(phone).focus()
    phone.keyboard.press("Enter")
    expect(control(phone, "Dừng đọc")).to_be_focused()
    phone.keyboard.press("Space")
    expect(control(phone, "Đọc tiếp")).to_be_focused()
    for name in ("Câu sau", "Tốc độ đọc", "Thôi nghe"):
        phone.keyboard.press("Tab")
        expect(phone.get_by_label(name)).to_be_focused()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("group", name="Nghe bài")).to_have_count(0)
    expect(opener(phone)).to_be_focused()
    opener(phone).press("Enter")
    expect(control(phone, "Dừng đọc")).to_be_focused()


def test_it_is_silent_when_she_leaves(phone):
    opener(phone).click()
    expect(control(phone, "Dừng đọc")).to_be_visible()
    phone.evaluate("delete sessionStorage.silenced")
    phone.goto("/khoa-hoc/")
    assert phone.evaluate("sessionStorage.silenced")


def test_a_voice_that_fails_says_so(phone):
    phone.evaluate("window.pace = -1")
    opener(phone).click()
    expect(phone.get_by_text("Chưa nghe được")).to_be_visible()
    expect(control(phone, "Đọc tiếp")).to_be_visible()


def test_what_is_hidden_is_not_read(phone):
    """A screen that shows one step at a time reads that step."""
    phone.evaluate(
        "window.pace = 30; document.querySelectorAll('[data-s], [data-c]')"
        ".forEach(one => { one.hidden = !one.closest('h1, .lead'); })"
    )
    opener(phone).click()
    expect(phone.get_by_text("Đã đọc hết.")).to_be_visible()
    assert texts(phone) == sentences(phone)[: phone.locator(":is(h1, .lead) [data-s]").count()]


def by_step(phone: Page, at: int) -> Locator:
    """One step a screen, at that step."""
    phone.evaluate("localStorage.setItem('hvs_look', JSON.stringify({'': {simple: '1'}}))")
    phone.goto(f"{CALL}#buoc-{at}")
    phone.reload()
    where = phone.locator(".by-step > h2.over")
    expect(where).to_contain_text(f"Bước {at} trong")
    return where


def test_one_step_a_screen_follows_what_is_read(phone):
    where = by_step(phone, 1)
    last = int(where.inner_text().split()[-1])
    opener(phone).click()
    expect(control(phone, "Dừng đọc")).to_be_focused()
    expect(where).to_contain_text("Bước 2 trong", timeout=20_000)
    phone.evaluate("window.pace = 30")
    expect(control(phone, "Dừng đọc")).to_be_focused()  # the keyboard stays where she can stop it
    assert phone.locator(".said").first.is_visible()
    expect(phone.get_by_text("Đã đọc hết.")).to_be_visible(timeout=60_000)
    expect(where).to_contain_text(f"Bước {last} trong")
    assert phone.url.endswith(f"#buoc-{last}")
    assert texts(phone) == sentences(phone)
    phone.go_back()  # what was read is not walked back through
    assert f"#buoc-{last - 1}" not in phone.url


def test_one_step_a_screen_is_read_from_the_step_that_is_seen(phone):
    where = by_step(phone, 4)
    opener(phone).click()
    expect(phone.locator(".by-step > :not(.step-off) .said").first).to_be_visible()
    expect(where).to_contain_text("Bước 4 trong")
    phone.get_by_role("button", name="Tiếp", exact=True).click()
    expect(where).to_contain_text("Bước 5 trong")
    said = texts(phone)[-1]
    assert said in " ".join(phone.locator(".by-step > :not(.step-off)").all_inner_texts()).replace("\n", " ")
    phone.wait_for_timeout(300)
    expect(where).to_contain_text("Bước 5 trong")
    control(phone, "Thôi nghe").click()
    expect(opener(phone)).to_be_focused()  # there with every step


def test_axe_finds_nothing_while_it_reads(browser):
    context = new_context(browser, bypass_csp=True)
    page = with_voice(context)
    page.goto(CALL)
    opener(page).click()
    control(page, "Dừng đọc").click()
    assert look(page) == {}
    page.locator("label.choice [data-s]").first.evaluate("one => one.classList.add('said')")
    page.locator("img[data-s]").first.evaluate("one => one.classList.add('said')")
    assert look(page) == {}
    context.close()


# --- A recording ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def recorded(browser, accounts) -> Iterator[str]:
    """The address of a lesson for which an editor uploads four seconds a sentence, and takes them away."""
    context = new_context(browser, viewport=DESK)
    page = context.new_page()
    sign_in(page, accounts["editor"])
    lesson = Cast(browser, accounts).inside["lesson"]
    page.goto(f"/admin/bai-hoc/{lesson}/tieng-doc/")
    count = page.locator("ol[lang=vi] > li").count()
    page.get_by_label("Tệp tiếng").set_input_files(
        {"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": sounds.mp3(4 * count)}
    )
    marks = ", ".join(str(4 * n) for n in range(count))
    page.get_by_label("Mốc thời gian").set_input_files(
        {"name": "a.json", "mimeType": "application/json", "buffer": f"[{marks}]".encode()}
    )
    page.get_by_label("Giọng đọc").fill("Cô Minh đọc")
    page.get_by_role("button", name="Tải lên").click()
    expect(page.get_by_text("Đã nhận tiếng đọc")).to_be_visible()
    page.goto(f"/admin/pages/{lesson}/edit/")
    live = page.locator("a[href*='/khoa-hoc/']").first.get_attribute("href") or ""
    yield re.sub(r"^https?://[^/]+", "", live)
    page.goto(f"/admin/bai-hoc/{lesson}/tieng-doc/")
    page.get_by_role("button", name="Bỏ tiếng đọc này").click()
    expect(page.get_by_text("Đã bỏ tiếng đọc")).to_be_visible()
    context.close()


def playing(page: Page) -> Page:
    """The recording under the test's eye: `heard` is the player's element."""
    page.add_init_script(
        "const Made = Audio; window.Audio = function () { return window.heard = new Made(); };"
    )
    return page


def test_a_recording_needs_no_voice_and_says_its_price(page, recorded):
    playing(page).goto(recorded)
    expect(opener(page)).to_be_visible()
    expect(page.locator("[data-listen]")).to_contain_text(PRICE)
    opener(page).click()
    page.wait_for_function("() => window.heard && heard.currentTime > 0.3")
    expect(page.locator("h1 .said").first).to_be_visible()
    assert page.evaluate("navigator.mediaSession.metadata.title") == page.locator("h1").inner_text()


def test_a_recording_follows_its_marks(page, recorded):
    playing(page).goto(recorded)
    opener(page).click()
    page.get_by_label("Tốc độ đọc").select_option("Rất nhanh")
    assert page.evaluate("heard.playbackRate") == 1.5
    control(page, "Câu sau").click()
    control(page, "Câu sau").click()
    page.wait_for_function("() => heard.currentTime >= 8 && heard.currentTime < 12")
    page.evaluate("heard.currentTime = 15.9")
    page.wait_for_function("() => document.querySelector('.said') && heard.currentTime > 16.1")
    all_marks = page.locator("[data-s]")
    expect(all_marks.nth(4)).to_have_class("said")
    page.evaluate("heard.pause()")  # as the lock screen does
    expect(control(page, "Đọc tiếp")).to_be_visible()
    control(page, "Đọc tiếp").click()
    page.wait_for_function("() => !heard.paused && heard.currentTime > 16")


def test_who_has_heard_enough_fetches_no_more(page, recorded):
    playing(page).goto(recorded)
    opener(page).click()
    page.wait_for_function("() => window.heard && heard.currentTime > 0.1")
    page.evaluate("() => { window.first = heard; }")
    control(page, "Thôi nghe").click()
    assert page.evaluate("[first.hasAttribute('src'), first.networkState, first.paused]") == [False, 0, True]
    opener(page).click()  # and again from where she was
    page.wait_for_function("() => heard !== first && heard.currentTime > 0.1")
    expect(control(page, "Dừng đọc")).to_be_visible()


def test_a_browser_that_wants_another_tap_is_obeyed(page, recorded):
    playing(page).add_init_script(
        "const play = HTMLMediaElement.prototype.play; HTMLMediaElement.prototype.play = function () {"
        " HTMLMediaElement.prototype.play = play;"
        " return Promise.reject(new DOMException('', 'NotAllowedError')); };"
    )
    page.goto(recorded)
    opener(page).click()
    expect(page.get_by_text("Bấm nút đọc tiếp để nghe.")).to_be_visible()
    control(page, "Đọc tiếp").click()
    page.wait_for_function("() => heard.currentTime > 0.1")
    expect(control(page, "Dừng đọc")).to_be_visible()


def test_a_recording_that_is_gone_leaves_the_phones_voice(context, recorded):
    page = with_voice(context)
    page.route("**/media/audio/**", lambda route: route.abort())
    page.goto(recorded)
    opener(page).click()
    page.wait_for_function("() => said.length > 0")
    expect(page.locator("h1 .said").first).to_be_visible()


def test_a_recording_that_is_gone_says_so_without_a_voice(context, recorded):
    page = context.new_page()
    page.route("**/media/audio/**", lambda route: route.abort())
    page.goto(recorded)
    opener(page).click()
    expect(page.get_by_text("Chưa nghe được")).to_be_visible()
