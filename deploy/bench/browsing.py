"""What a phone's browser gets: the first view of a lesson, and Lighthouse's marks."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import machine
from .cached import pages_of
from .results import Missing, Row, at_least, limit, none_of

IDLE_SECONDS, VIEW_SECONDS = 5, 60
BYTES, REQUESTS = 60_000, 8
RUNS = int(os.environ.get("RUNS", "5"))
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
LIGHTHOUSE = machine.ROOT / "deploy" / "bench" / "node_modules" / "lighthouse" / "cli" / "index.js"
PAINT_MS = 1500  # on Lighthouse's slow phone
BARS = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 95}


def chromium() -> str:
    return os.environ.get("CHROMIUM") or machine.program("chromium", "chromium")


def first_view_rows(seeded: Path) -> Iterator[Row]:
    """A lesson, nothing in the browser's cache, until nothing was loaded for five seconds."""
    with machine.site(seeded) as port:
        url = f"http://127.0.0.1:{port}{pages_of(port)['lesson']}"
        loads = _view(url)
    told = [load for load in loads if not load["url"].startswith(("data:", "blob:"))]
    plain = [load for load in told if load["type"] != "Image"]
    foreign = [load for load in told if urlsplit(load["url"]).netloc != f"127.0.0.1:{port}"]
    for load in told:
        print(f"    {load['bytes']:>8.0f} B  {load['type']:<12} {urlsplit(load['url']).path}")
    yield limit("first_view_bytes", sum(load["bytes"] for load in plain), BYTES, "bytes")
    yield limit("first_view_requests", len(plain), REQUESTS, "requests")
    yield none_of("first_view_third_party", len(foreign), "requests")


def _view(url: str) -> list[dict[str, Any]]:
    """Every request of the page and its transferred bytes, headers included."""
    from playwright.sync_api import sync_playwright

    loads: dict[str, dict[str, Any]] = {}
    last = time.monotonic()

    def sent(event: dict[str, Any]) -> None:
        nonlocal last
        last = time.monotonic()
        kind, address = event.get("type", "Other"), event["request"]["url"]
        loads[event["requestId"]] = {"url": address, "type": kind, "bytes": 0.0}

    def received(event: dict[str, Any]) -> None:
        if event["response"].get("mimeType", "").startswith("image/"):
            loads[event["requestId"]]["type"] = "Image"  # a picture loaded as anything else

    def finished(event: dict[str, Any]) -> None:
        nonlocal last
        last = time.monotonic()
        loads[event["requestId"]]["bytes"] = event["encodedDataLength"]

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_context(viewport={"width": 360, "height": 640}, locale="vi-VN").new_page()
        network = page.context.new_cdp_session(page)
        network.on("Network.requestWillBeSent", sent)
        network.on("Network.responseReceived", received)
        network.on("Network.loadingFinished", finished)
        network.send("Network.enable")
        page.goto(url)
        until = time.monotonic() + VIEW_SECONDS
        while time.monotonic() < min(until, last + IDLE_SECONDS):
            page.wait_for_timeout(200)
        browser.close()
    return list(loads.values())


def lighthouse_rows(seeded: Path) -> Iterator[Row]:
    """Simulated mobile, median of five, for public pages and for an open final test."""
    node = machine.program("node", "nodejs")
    if not LIGHTHOUSE.is_file():
        raise Missing("lighthouse is not installed: see docs/bench.md")
    browser = chromium()
    opened = json.loads(machine.inside(machine.environment(seeded), "sheet").splitlines()[-1])
    with machine.site(seeded) as port, machine.folder() as folder:
        pages = pages_of(port)
        for name, path in {"home": "/", "course": pages["course"], "lesson": pages["lesson"]}.items():
            reports = _reports(node, browser, folder, f"http://127.0.0.1:{port}{path}", list(BARS))
            for category, mark in _marks(reports, list(BARS)).items():
                yield at_least(f"lighthouse_{name}_{category}", mark, BARS[category], "of 100")
            paints = [report["audits"]["largest-contentful-paint"]["numericValue"] for report in reports]
            yield limit(f"lighthouse_{name}_largest_paint", statistics.median(paints), PAINT_MS, "ms")
        url = f"http://127.0.0.1:{port}{opened['path']}"
        asked = ["accessibility", "best-practices"]
        reports = _reports(node, browser, folder, url, asked, opened["cookie"])
        for category, mark in _marks(reports, asked).items():
            yield at_least(f"lighthouse_test_{category}", mark, BARS[category], "of 100")


def _reports(
    node: str, browser: str, folder: Path, url: str, categories: list[str], cookie: str = ""
) -> list[dict[str, Any]]:
    return [_report(node, browser, folder, url, categories, cookie) for _ in range(RUNS)]


def _marks(reports: list[dict[str, Any]], categories: list[str]) -> dict[str, float]:
    """The median mark of each category, and what kept it below its bar."""
    found = {}
    for category in categories:
        marks = [100 * (report["categories"][category]["score"] or 0) for report in reports]
        found[category] = statistics.median(marks)
        if found[category] < BARS[category]:
            _why(reports[-1], category)
    return found


def _report(
    node: str, browser: str, folder: Path, url: str, categories: list[str], cookie: str
) -> dict[str, Any]:
    file = folder / "report.json"
    command = [
        node, str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--output-path={file}",
        f"--only-categories={','.join(categories)}", "--max-wait-for-load=45000",
        f"--chrome-flags=--headless {' '.join(FLAGS)} --user-data-dir={folder / 'profile'}",
    ]  # fmt: skip
    if cookie:
        command.append(f"--extra-headers={json.dumps({'Cookie': cookie})}")
    env = machine.clean_environment() | {"CHROME_PATH": browser}
    done = subprocess.run(command, env=env, cwd=folder, capture_output=True, text=True, timeout=180)
    if done.returncode:
        raise RuntimeError(f"lighthouse {url}: {done.stderr[-600:]}")
    report: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if report.get("runtimeError"):
        raise RuntimeError(f"lighthouse {url}: {report['runtimeError']['message']}")
    if urlsplit(report["finalDisplayedUrl"]).path != urlsplit(url).path:
        raise RuntimeError(f"lighthouse was led from {url} to {report['finalDisplayedUrl']}")
    return report


def _why(report: dict[str, Any], category: str) -> None:
    for part in report["categories"][category]["auditRefs"]:
        audit = report["audits"][part["id"]]
        if part["weight"] and audit["score"] is not None and audit["score"] < 1:
            print(f"    {category}: {audit['score']:.2f} {audit['title']} {audit.get('displayValue', '')}")
            for item in audit.get("details", {}).get("items", [])[:3]:
                print(f"        {json.dumps(item, ensure_ascii=False)[:300]}")
