"""What the tests of learning without network share: the worker, and what the phone keeps."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from playwright.sync_api import Error, Page, expect

from .people import COURSE

HOME = "/ngoai-tuyen/"
LIST = f"{HOME}{COURSE}.json"
PICTURES = """() => Promise.all([...document.images].map((image) => {
    image.loading = 'eager';
    return image.decode().then(() => true, () => false);
})).then((drawn) => drawn.every(Boolean))"""
DOWNLOAD = re.compile("Tải khóa này về máy")
TEST = f"/kiem-tra/{COURSE}/"


def until(page: Page, true: Callable[[], bool], *, seconds: float = 20) -> None:
    def holds() -> bool:
        try:
            return true()
        except Error as error:  # asked while the next page came
            if "Execution context was destroyed" in str(error):
                return False
            raise

    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(200)
    assert holds()


def ready(page: Page) -> None:
    """The worker has come, kept its shell, and looks after this page."""
    until(page, lambda: bool(page.evaluate("Boolean(navigator.serviceWorker.controller)")))


def caches(page: Page) -> dict[str, list[str]]:
    """What the phone keeps: paths by the name of the cache."""
    return dict(
        page.evaluate(
            """async () => {
                const found = {};
                for (const name of await caches.keys()) {
                    const keys = await (await caches.open(name)).keys();
                    found[name] = keys.map((request) => new URL(request.url).pathname);
                }
                return found;
            }"""
        )
    )


def until_kept(page: Page, name: str, path: str) -> None:
    until(page, lambda: path in caches(page).get(name, []))


def download(page: Page) -> str:
    """The whole course; returns what the button said."""
    page.goto(f"/khoa-hoc/{COURSE}/")
    button = page.get_by_role("button", name=DOWNLOAD)
    said = button.inner_text()
    button.click()
    expect(page.locator("[data-download]")).to_contain_text("đã có trên máy", timeout=60_000)
    return said
