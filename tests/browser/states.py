"""Pages that no address shows: forms sent wrongly, pages of faults, the last question before handing in."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page

from .cast import SECRET, Cast
from .conftest import sign_in
from .pages import TEST

State = Callable[[Page, Cast], None]


def _send(page: Page) -> None:
    page.locator("main form button").last.click()
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
    ("public", "400"): _fault("400"),
    ("public", "429"): _fault("429"),
    ("public", "500"): _fault("500"),
}
