"""Requests a second of pages that everybody sees alike, against bare Django, in turns."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from . import machine
from .results import Row, at_least, none_of

ROUNDS, SECONDS, CONNECTIONS = 5, 3, 8
GZIP = {"Accept-Encoding": "gzip"}  # as every browser asks
HREF = re.compile(rb'href="(/khoa-hoc/[^"/]+/)"')
LESSON = re.compile(rb'href="(/khoa-hoc/[^"/]+/[^"/]+/)"')


def pages_of(port: int) -> dict[str, str]:
    """The catalogue, its first course with lessons, and that course's first lesson."""
    _, catalogue = machine.get(port, "/khoa-hoc/")
    for course in dict.fromkeys(HREF.findall(catalogue)):
        _, page = machine.get(port, course.decode())
        for lesson in LESSON.findall(page):
            if lesson.startswith(course):
                return {"catalogue": "/khoa-hoc/", "course": course.decode(), "lesson": lesson.decode()}
    raise RuntimeError("no course with a lesson in /khoa-hoc/: is the site seeded?")


def rows(seeded: Path) -> Iterator[Row]:
    """Embedded: pages kept as files."""
    wrk = machine.program("wrk", "wrk")
    with machine.site(seeded) as port, _bare() as bare:
        pages = pages_of(port)
        yield from _compared(wrk, pages, port, bare, "cached", 0.5)
    found = json.loads(machine.inside(machine.environment(seeded), "cached", *pages.values()))
    for (name, _), (queries, renders) in zip(pages.items(), found, strict=True):
        yield none_of(f"cached_{name}_queries", queries, "queries")
        yield none_of(f"cached_{name}_renders", renders, "renders")


def redis_rows(seeded: Path) -> Iterator[Row]:
    """The same site with its pages kept in Redis."""
    wrk = machine.program("wrk", "wrk")
    with (
        machine.redis_server() as redis,
        machine.site(seeded, redis=redis) as port,
        _bare() as bare,
    ):
        yield from _compared(wrk, pages_of(port), port, bare, "redis", 0.3)


@contextlib.contextmanager
def _bare() -> Iterator[int]:
    port = machine.free_port()
    with machine.folder() as folder:
        env = machine.environment(folder, port)
        with machine.running(machine.gunicorn("deploy.bench.bare", port), env, folder / "bare.log"):
            machine.wait(port, "/10/", folder / "bare.log")
            yield port


def _compared(
    wrk: str, pages: dict[str, str], ours: int, bare: int, prefix: str, bar: float
) -> Iterator[Row]:
    for name, path in pages.items():
        status, body = machine.get(ours, path, GZIP)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}")
        targets = {"ours": f"http://127.0.0.1:{ours}{path}", "bare": f"http://127.0.0.1:{bare}/{len(body)}/"}
        for url in targets.values():
            _rate(wrk, url, 1)  # warm
        pairs = [[_rate(wrk, url, SECONDS) for url in targets.values()] for _ in range(ROUNDS)]
        # The turn whose ratio is the median: its two halves met the same neighbours.
        value, base = sorted(pairs, key=lambda pair: pair[0] / pair[1])[ROUNDS // 2]
        yield at_least(f"{prefix}_{name}", value, base, "req/s", bar=bar)


def _rate(wrk: str, url: str, seconds: int) -> float:
    said = subprocess.run(
        [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-H", "Accept-Encoding: gzip", url],
        capture_output=True, text=True, check=True, timeout=seconds + 30,
    ).stdout  # fmt: skip
    if "Non-2xx" in said:
        raise RuntimeError(f"{url}: not every answer was 200\n{said}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if not found:
        raise RuntimeError(f"wrk said nothing of requests per second:\n{said}")
    return float(found[1])
