"""Recordings in a downloaded course: her own choice at its own price, heard and jumped in without network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from .cast import run_inside
from .people import COURSE
from .test_aloud import opener, playing
from .test_download import NET, ROAMING, said_bytes
from .test_queue import finish, lessons
from .wire import Wire
from .worker import DOWNLOAD, LIST, caches, download, ready

pytestmark = [pytest.mark.requests_fail, pytest.mark.service_worker]

SOUND = re.compile("Tải (kèm )?tiếng đọc")
HEARD = "kèm tiếng đọc: không có mạng vẫn học và nghe được"
# `seconds` of recording for the first lessons of the course, none for the others; prints their addresses.
RECORD = f"""
import json
from cms.aloud import recordings
from cms.aloud.reading import text_of
from cms.models import CoursePage
from common import audio
from tests import sounds
urls = []
for n, page in enumerate(CoursePage.objects.get(slug="{COURSE}").live_lessons()):
    row = getattr(page, "audio", None)
    if n < len(SECONDS):
        sound = audio.read(sounds.mp3(SECONDS[n]))
        if not row or row.size != len(sound.data):
            row = recordings.put(page=page, sound=sound, text_digest=text_of(page).digest)
        urls.append(row.file.url)
    else:
        recordings.remove(page=page)
print(json.dumps(urls))
"""
# Only the second recording is cut off.
CUT = """() => { const real = read; let n = 0; read = async (answer, file) => {
    if (file.url.includes("/audio/") && ++n === 2) throw new TypeError("cut off");
    return real(answer, file);
}; }"""
ASK = """async ([url, range]) => {
    const answer = await fetch(url, { cache: "no-store", headers: range ? { Range: range } : {} });
    const { status, headers } = answer;
    const body = new Uint8Array(await answer.arrayBuffer());
    const names = ["Content-Range", "Accept-Ranges", ...(status < 300 ? ["Content-Type"] : [])];
    const told = names.map((name) => headers.get(name));
    return [status, status < 300 ? body.join() : "", ...told];
}"""
RANGES = ["", "bytes=0-", "bytes=5-9", "bytes=100-", "bytes=-10", "bytes=0-99999999", "bytes=9-5",
          "bytes=99999999-", "bytes=-0", "bytes=-", "bytes=0-1,4-5"]  # fmt: skip


def record(*seconds: int) -> list[str]:
    return list(run_inside(f"SECONDS = {seconds!r}\n{RECORD}"))


@pytest.fixture
def recorded() -> Iterator[list[str]]:
    """Two lessons of the course with a recording of about a minute."""
    yield record(60, 65)
    record()


def box(page: Page) -> Locator:
    return page.locator("[data-download]")


def button(page: Page) -> Locator:
    return page.get_by_role("button", name=SOUND)


def kept(page: Page) -> list[str]:
    return [path for paths in caches(page).values() for path in paths if "/audio/" in path]


def test_heard_without_network_for_what_was_said(wired: Page, wire: Wire, recorded: list[str]):
    wired.goto(f"/khoa-hoc/{COURSE}/")
    expect(button(wired)).to_be_visible()
    wired.wait_for_timeout(1000)
    words = said_bytes(wired.get_by_role("button", name=DOWNLOAD).inner_text())
    said, before = said_bytes(button(wired).inner_text()), wire.sent
    assert said - words > 240_000
    button(wired).click()
    expect(box(wired)).to_contain_text(HEARD, timeout=60_000)
    expect(button(wired)).to_have_count(0)
    assert said / 2 < wire.sent - before <= said
    assert sorted(kept(wired)) == sorted(recorded)
    playing(wired).goto(lessons(wired)[0])
    wired.context.new_cdp_session(wired).send("Network.clearBrowserCache")
    wired.context.set_offline(True)
    wired.reload()
    opener(wired).click()
    wired.wait_for_function("() => window.heard && heard.currentTime > 0.2 && heard.duration > 55")
    wired.evaluate("() => { heard.ontimeupdate = null; heard.currentTime = 40; }")
    wired.wait_for_function("() => !heard.paused && heard.currentTime > 40.2")


def test_pieces_of_a_kept_recording_are_the_servers(page: Page, context: BrowserContext, recorded: list[str]):
    """The worker answers each range as lms/media.py does: 206, 416, or the whole."""
    page.goto(f"/khoa-hoc/{COURSE}/")
    ready(page)
    network = [page.evaluate(ASK, [recorded[1], asked]) for asked in RANGES]
    assert {answer[0] for answer in network} == {200, 206, 416}
    button(page).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)
    context.new_cdp_session(page).send("Network.clearBrowserCache")
    context.set_offline(True)
    assert [page.evaluate(ASK, [recorded[1], asked]) for asked in RANGES] == network


def test_recordings_never_come_by_themselves_and_go_with_the_course(
    page: Page, context: BrowserContext, recorded: list[str]
):
    context.add_init_script(NET.format("false"))
    first, second, *_ = lessons(page)
    page.goto(first)
    ready(page)
    finish(page)
    page.goto(second)
    expect(box(page)).to_contain_text("đã có trên máy", timeout=60_000)
    expect(button(page)).to_be_visible()
    assert kept(page) == []
    button(page).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)
    page.get_by_role("button", name="Xóa khỏi máy").click()
    expect(page.get_by_role("button", name=DOWNLOAD)).to_be_visible()
    assert kept(page) == []


def test_cut_off_and_gone_on_with(page: Page, context: BrowserContext, recorded: list[str]):
    context.add_init_script(ROAMING)
    page.goto(f"/khoa-hoc/{COURSE}/")
    page.evaluate("localStorage.setItem('network', 'cellular')")
    page.reload()
    expect(button(page)).to_be_visible()
    context.service_workers[0].evaluate(CUT)
    button(page).click()
    expect(box(page)).to_contain_text("Mất mạng")
    assert LIST in caches(page)[f"kept-{COURSE}"]  # the course itself is whole
    assert kept(page) == recorded[:1]
    page.evaluate("localStorage.setItem('network', 'wifi')")
    page.reload()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)


def test_cut_off_it_costs_no_mobile_data_unasked(page: Page, context: BrowserContext, recorded: list[str]):
    page.goto(f"/khoa-hoc/{COURSE}/")
    expect(button(page)).to_be_visible()
    context.service_workers[0].evaluate(CUT)
    button(page).click()
    expect(box(page)).to_contain_text("Mất mạng")
    page.reload()
    expect(box(page)).to_contain_text("Tiếng đọc mới có một phần")
    assert 120_000 < said_bytes(button(page).inner_text()) < 140_000
    button(page).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)


def test_another_recording_leaves_nothing_of_the_one_before(page: Page, recorded: list[str]):
    download(page)
    button(page).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)
    another = record(62, 65)  # an editor replaces the first
    assert another[0] not in recorded
    page.reload()
    expect(box(page)).to_contain_text("vừa có bản mới")
    page.get_by_role("button", name=re.compile("Tải bản mới")).click()
    expect(box(page)).to_contain_text("Tiếng đọc mới có một phần", timeout=60_000)
    assert kept(page) == recorded[1:]
    button(page).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)
    assert sorted(kept(page)) == sorted(another)
    record(62)  # and removes the second
    page.reload()
    page.get_by_role("button", name=re.compile("Tải bản mới")).click()
    expect(box(page)).to_contain_text(HEARD, timeout=60_000)
    assert kept(page) == another[:1]
