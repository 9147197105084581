"""A cheap phone on a weak network: from a poster's QR to the first success, and what a lesson costs."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import machine
from .browsing import FLAGS, chromium
from .cached import LESSON, pages_of
from .results import Row, limit

# "Slow 4G" as Chromium's tools and Lighthouse apply it to a request, and a processor at a quarter.
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 1_474_560 / 8,
    "uploadThroughput": 675_000 / 8,
}
SLOWER = 4
SUCCESS_SECONDS, SUCCESS_TAPS = 60, 3
LESSON_BYTES, SCRIPT_BYTES = 200_000, 25 * 1024
PHONE = {"width": 360, "height": 640}


def poster_rows(seeded: Path) -> Iterator[Row]:
    """Opens what the QR names, goes to the first lesson and answers its first question right.

    Seconds are the machine's: loading and answering, not a person's reading.
    """
    with machine.site(seeded) as port, _phone(port) as page:
        tools = page.context.new_cdp_session(page)
        tools.send("Network.enable")
        tools.send("Network.emulateNetworkConditions", SLOW_4G)
        tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        taps = 0

        def tap(place: Any) -> None:
            nonlocal taps
            place.click()
            taps += 1

        began = time.monotonic()
        page.goto("/")
        tap(page.get_by_role("link", name="Bắt đầu bài đầu tiên"))
        question = page.locator("section[data-question]:not([data-practice])").first
        question.wait_for()
        right = question.locator("[data-correct=true]").first.get_attribute("data-choice")
        tap(question.locator(f"label[data-choice='{right}']"))
        question.locator("p.verdict.right").wait_for()
        seconds = time.monotonic() - began
    yield limit("poster_to_success_seconds", seconds, SUCCESS_SECONDS, "seconds")
    yield limit("poster_to_success_taps", taps, SUCCESS_TAPS, "taps")


def lesson_rows(seeded: Path) -> Iterator[Row]:
    """Every lesson in an empty browser, read to its end: all that travelled, and its scripts alone."""
    heaviest, most = 0.0, 0.0
    with machine.site(seeded) as port:
        paths = _lessons(port)
        if not paths:
            raise RuntimeError("no lesson in /khoa-hoc/: is the site seeded?")
        for path in paths:
            with _phone(port) as page:
                loads = _read_through(page, path)
            total, scripts = (
                sum(loads.values()),
                sum(size for url, size in loads.items() if url.endswith(".js")),
            )
            print(f"    {total:>8.0f} B, scripts {scripts:>6.0f} B  {path}")
            heaviest, most = max(heaviest, total), max(most, scripts)
    yield limit("lesson_bytes", heaviest, LESSON_BYTES, "bytes")
    yield limit("lesson_scripts_bytes", most, SCRIPT_BYTES, "bytes")


def _lessons(port: int) -> list[str]:
    catalogue = machine.get(port, pages_of(port)["catalogue"])[1]
    courses = dict.fromkeys(re.findall(rb'href="(/khoa-hoc/[^"/]+/)"', catalogue))
    found = {
        lesson: None for course in courses for lesson in LESSON.findall(machine.get(port, course.decode())[1])
    }
    return [lesson.decode() for lesson in found]


def _read_through(page: Any, path: str) -> dict[str, float]:
    """Each address of our own that the page loaded and the bytes that travelled for it."""
    addresses: dict[str, str] = {}
    sizes: dict[str, float] = {}
    network = page.context.new_cdp_session(page)
    network.on(
        "Network.requestWillBeSent",
        lambda event: addresses.update({event["requestId"]: event["request"]["url"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    network.send("Network.enable")
    page.goto(path)
    height = page.evaluate("document.documentElement.scrollHeight")
    for at in range(0, height, PHONE["height"] // 2):
        page.evaluate("at => scrollTo(0, at)", at)
        page.wait_for_timeout(50)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    ours = {one: url for one, url in addresses.items() if url.startswith("http")}
    return {url: sizes.get(one, 0.0) for one, url in ours.items()}


@contextmanager
def _phone(port: int) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(
            base_url=f"http://127.0.0.1:{port}", viewport=PHONE, locale="vi-VN", service_workers="block"
        )
        context.set_default_timeout(90_000)
        yield context.new_page()
        browser.close()
