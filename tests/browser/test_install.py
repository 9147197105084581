"""On the phone's own screen: the offer at /ngoai-tuyen/ with a made-up event (no headless browser asks by
itself), and the manifest as Chromium judges it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import BASE_URL, CHROMIUM, new_context
from .test_every_page import look
from .worker import HOME, ready

ASK = """(outcome) => {
    window.prompts = 0;
    const event = new Event("beforeinstallprompt", { cancelable: true });
    event.prompt = async () => {
        prompts++;
        if (outcome === "broken") throw new DOMException("", "NotAllowedError");
    };
    event.userChoice = Promise.resolve({ outcome });
    dispatchEvent(event);
    return event.defaultPrevented;
}"""
INSTALL = "Cài lên màn hình"
STANDALONE = """const real = matchMedia; window.matchMedia = (query) =>
    (/display-mode: standalone/.test(query) ? { matches: true, addEventListener() {} } : real(query));"""


@pytest.fixture
def asked(browser: Browser) -> Iterator[Page]:
    context = new_context(browser, bypass_csp=True)  # for axe
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(HOME)
    page.wait_for_load_state("networkidle")
    yield page
    assert complaints == []
    context.close()


def test_written_steps_where_the_browser_does_not_ask(asked: Page):
    box = asked.locator("[data-install]")
    expect(box.get_by_role("button", name=INSTALL)).to_be_hidden()
    for words in ("Trên Android", "Trên iPhone", "Safari", "Zalo", "Mở bằng trình duyệt"):
        expect(box.locator("[data-otherwise]")).to_contain_text(words)


def test_asked_once_and_installed(asked: Page):
    box, button = asked.locator("[data-install]"), asked.get_by_role("button", name=INSTALL)
    assert asked.evaluate(ASK, "accepted")  # the browser's own banner does not come too
    expect(button).to_be_visible()
    expect(box.locator("[data-otherwise]")).to_be_hidden()
    assert look(asked) == {}
    assert asked.evaluate("prompts") == 0
    button.evaluate("one => { one.click(); one.click(); }")
    expect(box.get_by_role("status")).to_contain_text("Máy đang cài")
    expect(button).to_be_hidden()
    expect(box.locator("[data-otherwise]")).to_be_hidden()
    assert asked.evaluate("prompts") == 1
    asked.evaluate("dispatchEvent(new Event('appinstalled'))")
    expect(box.get_by_role("status")).to_contain_text("Đã cài xong")
    expect(button).to_be_hidden()


@pytest.mark.parametrize(
    ("outcome", "words"), [("dismissed", "Bạn chưa cài"), ("broken", "không mở được phần cài")]
)
def test_who_does_not_install_is_told_how_to_later(asked: Page, outcome: str, words: str):
    box, button = asked.locator("[data-install]"), asked.get_by_role("button", name=INSTALL)
    asked.evaluate(ASK, outcome)
    button.click()
    expect(box.get_by_role("status")).to_contain_text(words)
    expect(button).to_be_hidden()
    expect(box.locator("[data-otherwise]")).to_be_visible()
    asked.evaluate(ASK, "accepted")  # a browser that asks once more
    button.click()
    expect(box.get_by_role("status")).to_contain_text("Máy đang cài")


def test_installed_from_the_browsers_own_menu(asked: Page):
    asked.evaluate(ASK, "accepted")
    asked.evaluate("dispatchEvent(new Event('appinstalled'))")
    expect(asked.get_by_role("button", name=INSTALL)).to_be_hidden()
    expect(asked.locator("[data-install]").get_by_role("status")).to_contain_text("Đã cài xong")


def test_never_offered_in_the_installed_app(browser: Browser):
    context = new_context(browser)
    context.add_init_script(STANDALONE)
    page = context.new_page()
    page.goto(HOME)
    page.wait_for_load_state("networkidle")
    page.evaluate(ASK, "accepted")
    expect(page.locator("[data-install]")).to_be_hidden()
    context.close()


def test_chromium_finds_nothing_wrong_with_the_manifest(browser: Browser, tmp_path):
    """In a profile of its own: what is installed from a private window is refused for that alone."""
    context = browser.browser_type.launch_persistent_context(
        tmp_path,
        executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
        args=CHROMIUM,
        base_url=BASE_URL,
    )
    page = context.pages[0]
    page.goto("/")
    ready(page)
    session = context.new_cdp_session(page)
    told = session.send("Page.getAppManifest")
    assert told["url"] == f"{BASE_URL}/manifest.webmanifest"
    assert told["errors"] == []
    assert '"start_url"' in told["data"]
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    assert session.send("Page.getAppId").get("appId") == f"{BASE_URL}/"
    context.close()
