"""No lesson, test sheet or result scrolls sideways, however narrow the phone and large the letters."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .cast import Cast
from .pages import TEST

WIDTHS = (360, 320)
LETTERS = ("100%", "200%")
SIDEWAYS = """letters => {
  const root = document.documentElement;
  root.style.fontSize = letters;
  for (const answer of document.querySelectorAll("main details")) answer.open = true;
  const widest = [...document.querySelectorAll("main *")]
    .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1).slice(0, 3)
    .map(one => `<${one.localName} class="${one.className}"> ${one.textContent.trim().slice(0, 60)}`);
  return root.scrollWidth > root.clientWidth ? [`${root.scrollWidth} px`, ...widest] : [];
}"""


@pytest.fixture(scope="module")
def cast(browser, accounts):
    cast = Cast(browser, accounts)
    yield cast
    cast.close()


def sideways(page: Page, path: str) -> list[str]:
    """What of the page is wider than the phone, its answers unfolded; nothing when all is well."""
    page.goto(path)
    found = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 640})
        for letters in LETTERS:
            found[f"{path} at {width} px, {letters}"] = page.evaluate(SIDEWAYS, letters)
    return [f"{where}: {wide}" for where, wide in found.items() if wide]


def lessons(page: Page) -> list[str]:
    """The address of every lesson of every course, as the site itself links them."""

    def links(pattern: str) -> list[str]:
        found = page.locator(f"main a[href^='{pattern}']").evaluate_all(
            "all => all.map(a => new URL(a.href).pathname)"
        )
        return list(dict.fromkeys(found))

    page.goto("/khoa-hoc/")
    found: list[str] = []
    for course in [path for path in links("/khoa-hoc/") if path.count("/") == 3]:
        page.goto(course)
        found += [path for path in links(course) if path.count("/") == 4]
    return list(dict.fromkeys(found))


def test_no_lesson_is_wider_than_the_phone(cast):
    page = cast.page("public")
    walked = lessons(page)
    assert len(walked) >= 11
    assert [wide for path in walked for wide in sideways(page, path)] == []


@pytest.mark.parametrize(
    ("role", "path"), [("fresh", TEST), ("failed", "{failed}"), ("finished", "{passed}")]
)
def test_no_test_is_wider_than_the_phone(cast, role, path):
    page = cast.page(role)
    assert sideways(page, cast.path(path)) == []
