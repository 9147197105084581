"""What tired eyes choose, on every page of learning and every sheet of the design; the phone's colours."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page, Route, expect

from .cast import Cast, run_inside
from .conftest import DESK, PHONE, new_context
from .pages import PAGES
from .test_every_page import violations
from .test_eyes import LESSON

LOOKS = {
    "high contrast": {"contrast": "high", "theme": "light", "text": "200"},
    "high contrast, dark": {"contrast": "high", "theme": "dark", "text": "200"},
    "dark": {"theme": "dark", "text": "200"},
}
LEARNERS = ("public", "household", "card", "learner", "fresh", "failed", "finished")
WALK = [pytest.param(role, path, id=f"{role} {path}") for role in LEARNERS for path in PAGES[role]]
SHEETS = """
import json, sys, types
from django.test import Client, override_settings
from django.urls import include, path
from lms.ui import SHEETS
from lms.urls import urlpatterns
shown = types.ModuleType("shown")
shown.urlpatterns = [path("ui/", include("lms.ui")), *urlpatterns]
sys.modules["shown"] = shown
with override_settings(ROOT_URLCONF="shown", ALLOWED_HOSTS=["*"]):
    pages = {name: Client().get(f"/ui/{name}/" if name else "/ui/").content.decode() for name in SHEETS}
print(json.dumps(pages))
"""
WEAR = """look => {
  const worn = document.documentElement.dataset;
  for (const name of ["text", "theme", "contrast"]) delete worn[name];
  Object.assign(worn, look);
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def cast(browser, accounts) -> Iterator[Cast]:
    cast = Cast(browser, accounts)
    yield cast
    cast.close()


def seen(page: Page) -> dict[str, list[str]]:
    """What axe says of the page in each look, and whether it scrolls sideways."""
    page.emulate_media(reduced_motion="reduce")
    found = {}
    for name, look in LOOKS.items():
        page.evaluate(WEAR, look)
        found[name] = violations(page)
        if (wide := page.evaluate(SIDEWAYS)) > 0:
            found[name].append(f"scrolls sideways by {wide} px")
    return {name: wrong for name, wrong in found.items() if wrong}


@pytest.mark.parametrize(("role", "path"), WALK)
def test_page(cast, role, path):
    page = cast.page(role)
    page.goto(cast.path(path))
    page.wait_for_load_state("networkidle")
    wrong = seen(page)
    page.close()
    assert wrong == {}


@pytest.fixture(scope="module")
def sheets(browser) -> Iterator[tuple[Page, dict[str, object]]]:
    context = new_context(browser, bypass_csp=True)
    yield context.new_page(), run_inside(SHEETS)
    context.close()


def test_sheets_of_the_design(sheets):
    page, made = sheets
    assert len(made) >= 12
    wrong = {}
    for name, body in made.items():
        page.unroute_all()
        page.route("**/ui/**", partial(Route.fulfill, content_type="text/html", body=body))
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.goto(f"/ui/{name}")
            page.wait_for_load_state("networkidle")
            if found := seen(page):
                wrong[f"{name} {size['width']}"] = found
    assert wrong == {}


# --- The colours of the phone itself (Windows' high contrast, forced-colors) ------------------------


def drawn(place: Locator) -> Image.Image:
    return Image.open(io.BytesIO(place.screenshot())).convert("RGB")


def differ(one: Image.Image, other: Image.Image) -> int:
    """How many dots differ."""
    assert one.size == other.size
    return sum(1 for dot in ImageChops.difference(one, other).getdata() if sum(dot) > 60)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_show_what_is_chosen_lit_and_focused(browser, scheme):
    context = new_context(browser, forced_colors="active", color_scheme=scheme, reduced_motion="reduce")
    page = context.new_page()
    page.goto(LESSON)
    section = page.locator("section[data-question]").first
    choice = section.locator("label.choice").first
    plain = drawn(choice)
    choice.locator("input").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    focused = drawn(choice)
    assert differ(plain, focused) > 80
    page.keyboard.press("Space")
    expect(section.locator(".feedback")).to_be_visible()
    assert choice.evaluate("one => getComputedStyle(one).borderTopWidth") == "3px"
    expect(section.locator(".feedback .verdict")).to_be_visible()
    button = page.get_by_role("link", name="Tôi đã hiểu, đi tiếp")
    box = button.bounding_box()
    assert box
    around = {"x": box["x"] - 8, "y": box["y"] - 8, "width": box["width"] + 16, "height": box["height"] + 16}
    before = Image.open(io.BytesIO(page.screenshot(clip=around))).convert("RGB")
    page.keyboard.press("Tab")
    button.focus()
    after = Image.open(io.BytesIO(page.screenshot(clip=around))).convert("RGB")
    assert differ(before, after) > 400

    page.goto("/hien-thi/")
    page.locator("[data-look] input[name=theme][value=light]").check()
    look = page.locator("[data-look] label.choice", has_text="Nền sáng")
    chosen = drawn(look)
    page.locator("[data-look] input[name=theme][value='']").check()
    assert differ(chosen, drawn(look)) > 600  # the frame, not the dot alone

    page.goto("/khoa-hoc/an-toan-tren-mang/")
    lamp = page.locator("main svg.lamp").first
    unlit = drawn(lamp)
    lamp.evaluate("one => one.classList.add('lit')")
    assert differ(unlit, drawn(lamp)) > 60
    assert violations(page, without=["color-contrast"]) == []  # axe sees ours, not the browser's
    context.close()
