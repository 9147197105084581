"""A film in a lesson: nothing of it is fetched with the page, its captions come when it is played."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from .pages import COURSE

LESSON = f"{COURSE}nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
FILM = (
    '<figure class="film"><video controls preload="none" src="/media/films/thu.mp4">'
    '<track kind="captions" srclang="vi" src="/media/films/thu.vtt"></video></figure>'
)
SHOWN = "document.querySelector('.film:last-of-type video').textTracks[0].mode"


def filmed(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</article>", f"{FILM}</article>"))


def test_captions_come_with_the_film_and_not_with_the_page(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/films/" in request.url else None)
    page.route(f"**{LESSON}", filmed)
    words = "WEBVTT\n\n00:00.000 --> 00:04.000\nChuông reo."
    page.route("**/thu.vtt", lambda route: route.fulfill(content_type="text/vtt", body=words))

    page.goto(LESSON, wait_until="networkidle")
    assert page.evaluate(SHOWN) == "disabled"
    assert asked == []

    with page.expect_request("**/thu.vtt"):
        page.evaluate("document.querySelector('.film:last-of-type video').dispatchEvent(new Event('play'))")
    assert page.evaluate(SHOWN) == "showing"
    assert not [url for url in asked if url.endswith(".mp4")]


@pytest.mark.requests_fail
def test_a_film_says_that_it_needs_the_network(page: Page, context: BrowserContext) -> None:
    page.route(f"**{LESSON}", filmed)
    page.goto(LESSON, wait_until="networkidle")
    told = page.locator(".film:last-of-type [role=status]")
    expect(told).to_be_hidden()
    context.set_offline(True)
    expect(told).to_contain_text("cần có mạng mới xem được")
    context.set_offline(False)
    expect(told).to_be_hidden()
    # A browser that believes in its network: the player that found none says so, and can be pressed again.
    page.route("**/thu.mp4", lambda route: route.abort())
    page.evaluate("document.querySelector('.film:last-of-type video').play().catch(() => {})")
    expect(told).to_be_visible()
    assert page.evaluate("document.querySelector('.film:last-of-type video').error") is None


@pytest.mark.requests_fail
def test_a_lesson_opened_without_network_says_it_of_its_film(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'onLine', { get: () => false });")
    page.route(f"**{LESSON}", filmed)
    page.route("**/healthz", lambda route: route.abort())
    page.goto(LESSON)
    expect(page.locator(".film:last-of-type [role=status]")).to_contain_text("cần có mạng")
