"""What `make run` keeps alive and leaves behind, with two small parts in place of the servers.

The test reads what every process of the site inherited as its standard output: the end of
that pipe is the end of the last of them, whoever its parent has become.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy import embedded

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30  # seconds; nothing here waits for a time, only until something is so

SITE = """
import http.server, os, sys, time
from deploy import embedded

class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass

def web():
    if "no-web" in sys.argv:
        sys.exit(3)
    embedded.say(f"is web {os.getpid()}")
    http.server.HTTPServer(("127.0.0.1", embedded.PORT), Ready).serve_forever()

def worker():
    embedded.say(f"is worker {os.getpid()}")
    if "child" in sys.argv and os.fork() == 0:
        embedded.say(f"is child {os.getpid()}")
    while True:
        time.sleep(1)

def prepare():
    sys.exit(4 if "no-prepare" in sys.argv else 0)

embedded.load = lambda: None
embedded.web, embedded.worker, embedded.prepare = web, worker, prepare
sys.exit(embedded.main())
"""


class Site:
    def __init__(self, *words: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SITE, *words],
            cwd=ROOT,
            env=os.environ | {"PORT": str(self.port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.append(line.strip())

    def pids(self, name: str) -> list[int]:
        return [int(line.split()[2]) for line in list(self.lines) if line.startswith(f"is {name} ")]

    def until(self, so: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not so():
            assert time.monotonic() < end, self.lines
            time.sleep(0.02)

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def nothing_left(self) -> bool:
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return not self.reader.is_alive()

    def end(self) -> None:
        for pid in [self.process.pid, *self.pids("web"), *self.pids("worker"), *self.pids("child")]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()


@pytest.fixture
def start() -> Iterator[Callable[..., Site]]:
    sites: list[Site] = []

    def started(*words: str) -> Site:
        sites.append(Site(*words))
        return sites[-1]

    yield started
    for site in sites:
        site.end()


def running(site: Site) -> Site:
    site.until(lambda: site.pids("worker") and any("Ctrl+C" in line for line in list(site.lines)))
    return site


@pytest.mark.parametrize("name", ["worker", "web"])
def test_a_part_that_dies_comes_back_and_the_site_goes_on(start, name):
    site = running(start())
    os.kill(site.pids(name)[0], signal.SIGKILL)
    site.until(lambda: len(site.pids(name)) == 2)
    site.until(site.answers)
    assert site.process.poll() is None
    assert f"{name}: ended by itself (-9), starts again in 1 s" in site.lines
    other = {"web": "worker", "worker": "web"}[name]
    assert len(site.pids(other)) == 1


def test_the_pause_grows_to_half_a_minute_and_falls_after_a_steady_hour(monkeypatch):
    clock, pauses = [0.0], []
    monkeypatch.setattr(embedded.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(embedded, "ended", lambda part: 1)
    part = embedded.Part("worker", lambda: None)
    for ran in [0.5] * 7 + [3600, 0.5]:
        part.pid, part.started = 1, clock[0]
        clock[0] += ran
        embedded.tend(part)
        pauses.append(part.due - clock[0])
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 1, 2]


def test_a_dead_worker_leaves_no_child_behind(start):
    site = running(start("child"))
    site.until(lambda: site.pids("child"))
    os.kill(site.pids("worker")[0], signal.SIGKILL)
    site.until(lambda: len(site.pids("child")) == 2)
    site.process.send_signal(signal.SIGTERM)
    assert site.nothing_left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(start, number):
    site = running(start("child"))
    site.process.send_signal(number)
    assert site.nothing_left()
    assert site.process.returncode == 0
    assert site.lines[-1] == "Học Vụ Số: stopped"


def test_nothing_outlives_a_killed_parent(start):
    site = running(start())
    site.process.kill()
    assert site.nothing_left()
    assert not site.answers()


def test_a_site_that_cannot_start_says_so_and_ends(start):
    site = start("no-web")
    assert site.nothing_left()
    assert site.process.returncode == 1
    assert "the site did not start; the lines above say why" in site.lines


def test_nothing_is_served_when_preparing_failed(start):
    site = start("no-prepare")
    assert site.nothing_left()
    assert (site.process.returncode, site.pids("web")) == (4, [])


def test_a_port_in_use_is_named(start):
    first = running(start())
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", first.port)) == 0
    second = subprocess.run(
        [sys.executable, "-c", SITE],
        cwd=ROOT,
        env=os.environ | {"PORT": str(first.port)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert second.returncode == 1
    assert f"port {first.port} is in use" in second.stdout
