"""Every page of ours: axe finds nothing (phone, 200 % text, desk, dark), and its HTML validates."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Page, Response

from .cast import Cast
from .conftest import BASE_URL, DESK, HERE, PHONE
from .pages import PAGES, SCREENS
from .states import STATES

AXE = (HERE / "node_modules" / "axe-core" / "axe.min.js").read_text()
VNU = HERE / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
VIEWS = {"phone": (PHONE, 1), "large text": (PHONE, 2), "desk": (DESK, 1)}
WALK = [pytest.param(role, path, id=f"{role} {path}") for role, paths in PAGES.items() for path in paths]
STATED = [pytest.param(role, name, id=f"{role} {name}") for role, name in STATES]
# Wagtail's fixed bars lie over what has scrolled beneath them, and its page numbers are small.
NOT_OF_WAGTAIL = ["target-size"]
# Parts of Wagtail that fail by themselves, whatever is in them; each with what axe says.
WAGTAILS_OWN = {
    ".bulk-action-btn": "label-content-name-mismatch: what is done to the pages that are ticked",
    "form[role=search]": "landmark-unique: the menu's search and the list's have no names",
    ".xdsoft_datetimepicker": "button-name: the calendar of a date filter, hidden until asked for",
    ".page-status-tag": "label-content-name-mismatch: the link to the live page",
    ".public-DraftEditor-content": "aria-input-field-name: the rich text editor is named by a placeholder",
    ".ui-autocomplete-input": "label: the box of tags",
    "section.w-panel--nested": "landmark-unique: blocks of one kind carry one name",
}
SCREENED = [
    pytest.param(role, path, id=f"{role} {path}") for role, paths in SCREENS.items() for path in paths
]


@pytest.fixture(scope="module")
def cast(browser, accounts) -> Iterator[Cast]:
    cast = Cast(browser, accounts)
    yield cast
    cast.close()


@pytest.fixture(scope="session")
def checker() -> Iterator[str]:
    """The Nu checker, started once: it takes seconds to start and a blink to check."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    bound = "-Dnu.validator.servlet.bind-address=127.0.0.1"
    java = ["java", "-Xss2m", bound, "-cp", str(VNU), "nu.validator.servlet.Main", str(port)]
    process = subprocess.Popen(java, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ)
    url = f"http://127.0.0.1:{port}/?out=json"
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            html_errors(url, b"<!doctype html><html lang=vi><title>A</title>")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    yield url
    process.kill()
    process.wait()


def html_errors(url: str, body: bytes) -> list[str]:
    request = urllib.request.Request(url, body, {"Content-Type": "text/html; charset=utf-8"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        said = json.load(answer)["messages"]
    return [f"{one.get('lastLine')}: {one['message']}" for one in said if one["type"] == "error"]


def violations(page: Page, leave_out: Iterable[str] = (), without: Iterable[str] = ()) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(
        "([rules, out, without]) => axe.run({include: [['html']], exclude: out.map(one => [one])},"
        " {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations'],"
        " rules: Object.fromEntries(without.map(one => [one, {enabled: false}]))})",
        [RULES, list(leave_out), list(without)],
    )["violations"]
    return [
        f"{v['id']}: {node['html'][:160]} — {node['failureSummary'][:200]}"
        for v in found
        for node in v["nodes"]
    ]


def look(page: Page) -> dict[str, list[str]]:
    """What axe says of the page as it stands, by view, and whether it scrolls sideways."""
    wrong = {}
    page.emulate_media(color_scheme="light", reduced_motion="reduce")  # colours half-way are no colours
    for name, (size, zoom) in VIEWS.items():
        page.set_viewport_size(size)
        page.evaluate(
            "zoom => { document.documentElement.style.fontSize = zoom > 1 ? `${19 * zoom}px` : '' }", zoom
        )
        wrong[name] = violations(page)
        sideways = page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if sideways > 0:
            wrong[name].append(f"scrolls sideways by {sideways} px")
    page.set_viewport_size(PHONE)
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    wrong["dark"] = violations(page)
    return {name: found for name, found in wrong.items() if found}


def walk(page: Page, prepare: Callable[[], None], checker: str) -> None:
    """Bring the page about, then ask axe, the Nu checker, and where its parts came from."""
    asked: list[str] = []
    documents: list[Response] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on(
        "response",
        lambda answer: documents.append(answer) if answer.request.is_navigation_request() else None,
    )
    prepare()
    page.wait_for_load_state("networkidle")
    last = documents[-1]
    assert last.status < 500
    body = last.body() if not 300 <= last.status < 400 else b""
    wrong = look(page)
    page.close()
    assert wrong == {}
    assert html_errors(checker, body) == []
    assert [url for url in asked if not url.startswith((BASE_URL, "data:"))] == []


@pytest.mark.parametrize(("role", "path"), WALK)
def test_page(cast, checker, role, path):
    page = cast.page(role)
    path = cast.path(path)
    walk(page, lambda: page.goto(path), checker)


@pytest.mark.parametrize(("role", "name"), STATED)
def test_state(cast, checker, role, name):
    page = cast.page(role)
    walk(page, lambda: STATES[role, name](page, cast), checker)


@pytest.mark.parametrize(("role", "path"), SCREENED)
def test_screen_of_the_editor(cast, role, path):
    page = cast.page(role)
    page.set_viewport_size(DESK)
    page.goto(cast.path(path))
    page.wait_for_load_state("networkidle")
    found = violations(page, leave_out=WAGTAILS_OWN, without=NOT_OF_WAGTAIL)
    page.close()
    assert found == []
