"""Phones that keep nothing: a disk full from the first visit, site data blocked, a shell gone missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import BASE_URL
from .people import COURSE, sign_up
from .test_new_version import NEW, come, shells, take
from .test_queue import finish, lessons, until_lit, waiting
from .wire import Wire
from .worker import HOME, caches, until

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]

DENIED = "new DOMException('denied', 'SecurityError')"
# As where a browser blocks a site's data.
NO_DATA = f"""
const denied = async () => {{ throw {DENIED}; }};
for (const name of ["keys", "has", "open", "match", "delete"]) CacheStorage.prototype[name] = denied;
ServiceWorkerContainer.prototype.register = denied;
"""
NO_LOCKS = f"""
LockManager.prototype.request = async () => {{ throw {DENIED}; }};
window.BroadcastChannel = class {{ constructor() {{ throw {DENIED}; }} }};
"""


def test_a_disk_that_is_full_from_the_first_visit(page: Page, context: BrowserContext):
    session = context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": BASE_URL, "quotaSize": 20_000})
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-download]")).to_contain_text("máy hết chỗ trống", timeout=20_000)
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("máy hết chỗ trống", timeout=20_000)
    expect(page.locator("[data-offline]")).not_to_contain_text("Tải khóa này về máy")
    session.send("Storage.overrideQuotaForOrigin", {"origin": BASE_URL})


def test_site_data_that_is_blocked(page: Page, context: BrowserContext):
    context.add_init_script(NO_DATA)
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(page.locator("[data-download]")).to_contain_text("không giữ bài trên máy được")
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("bị chặn lưu dữ liệu")


def test_no_locks_and_no_channel_send_all_the_same(page: Page, context: BrowserContext):
    context.add_init_script(NO_LOCKS)
    sign_up(page)
    page.goto(lessons(page)[0])
    finish(page)
    until_lit(page, 1)
    until(page, lambda: waiting(page) == [])
    page.goto(HOME)
    expect(page.locator("[data-offline]")).to_contain_text("Học được ngay")


def test_a_shell_that_went_missing_is_fetched_again(wired: Page, wire: Wire):
    """A worker that waits loses its shell to one that comes before it: it has it again when it comes."""
    come(wired, wire)
    expect(take(wired)).to_be_visible()
    whole = set(caches(wired)[f"shell-{NEW}"])
    wired.evaluate("(name) => caches.delete(name)", f"shell-{NEW}")
    take(wired).click()
    until(wired, lambda: shells(wired) == [f"shell-{NEW}"] and set(caches(wired)[f"shell-{NEW}"]) == whole)
    assert HOME in whole
