"""A film in a lesson: nothing of it is fetched with the page, its captions come when it is played."""

from __future__ import annotations

from playwright.sync_api import Page, Route

from .pages import COURSE

LESSON = f"{COURSE}nhan-dien-cuoc-goi-tin-nhan-gia-danh/"
FILM = (
    '<figure class="film"><video controls preload="none" src="/media/films/thu.mp4">'
    '<track kind="captions" srclang="vi" src="/media/films/thu.vtt"></video></figure>'
)
SHOWN = "document.querySelector('.film:last-of-type video').textTracks[0].mode"


def test_captions_come_with_the_film_and_not_with_the_page(page: Page) -> None:
    def filmed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</article>", f"{FILM}</article>"))

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
