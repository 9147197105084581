#!/usr/bin/env python
"""Prepare and run the whole site on one machine: gunicorn and one Celery worker with beat.

Started by `make run`. Django is loaded once; each part is forked from here, so a start costs
one loading. A part that dies is started again after a pause that grows. Parts have a process
group of their own and ask the kernel for a signal when this process dies, so nothing is left.
"""

from __future__ import annotations

import contextlib
import ctypes
import http.client
import os
import signal
import socket
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PORT", "8000"))
STOP_SECONDS = 5.0  # then what still runs is killed: its work is rows, and continues at the next start
ANSWER_SECONDS = 120.0
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_SECONDS = 60.0  # a part that ran this long died of something new
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass
class Part:
    """A long-lived child; pid 0 while it waits for its next start. Times are monotonic seconds."""

    name: str
    run: Callable[[], object]
    pid: int = 0
    started: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE


def say(line: str) -> None:
    sys.stdout.write(line + "\n")  # in one piece: the parts write to the same terminal
    sys.stdout.flush()


def web() -> None:
    from gunicorn.app.wsgiapp import run

    read_static_names()
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    sys.argv = ["gunicorn", "lms.wsgi", "--config", config, "--bind", f"127.0.0.1:{PORT}"]
    run()


def worker() -> None:
    from celery.__main__ import main as celery
    from django.conf import settings

    read_static_names()
    # Whoever tries the site as root in a container knows it; messages are JSON, never pickle.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    sys.argv = [
        "celery", "--quiet", "--app", "lms", "worker", "--beat",
        "--concurrency", "2", "--loglevel", "WARNING",
        "--schedule", f"{settings.DATA_DIR}/celerybeat-schedule",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    celery()


def load() -> None:
    """What every part needs, read once before the forks."""
    import django

    django.setup()


def prepare() -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "prepare"])


def read_static_names() -> None:
    """Read the list of hashed file names again: loading may have read it before it was written."""
    from django.contrib.staticfiles.storage import staticfiles_storage

    if hasattr(staticfiles_storage, "load_manifest"):
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = (
            staticfiles_storage.load_manifest()
        )


def start(part: Part) -> None:
    """Fork. Only this process's main thread exists so far, and no connection is open."""
    sys.stdout.flush()
    parent, part.started = os.getpid(), time.monotonic()
    part.pid = os.fork()
    if part.pid == 0:
        _become(part, parent)


def _become(part: Part, parent: int) -> NoReturn:
    """The child's whole life; it must never return into the caller's frames."""
    code = 1
    try:
        os.setsid()  # Ctrl+C in the terminal reaches the parent alone, which stops us in order
        # Started in the background of a shell, SIGQUIT would be ignored here and in all that follow.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)  # both servers then stop at once
        if os.getppid() == parent:
            part.run()
            code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def ended(part: Part) -> int | None:
    """The exit code of a part that died (negative: the signal), its whole group gone; else None."""
    if os.waitid(os.P_PID, part.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        return None
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(part.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
    code = os.waitstatus_to_exitcode(os.waitpid(part.pid, 0)[1])
    part.pid = 0
    return code


def answers() -> bool:
    """The site is ready, as /readyz says it."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
    try:
        connection.request("GET", "/readyz", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def tend(part: Part) -> None:
    """Start a part that is due; see whether a running one died and say when it comes back."""
    now = time.monotonic()
    if not part.pid:
        if now >= part.due:
            start(part)
            say(f"{part.name}: started again")
        return
    code = ended(part)
    if code is None:
        return
    if now - part.started > STEADY_SECONDS:
        part.pause = FIRST_PAUSE
    say(f"{part.name}: ended by itself ({code}), starts again in {part.pause:.0f} s")
    part.due, part.pause = now + part.pause, min(2 * part.pause, LONGEST_PAUSE)


def stop(parts: list[Part], asked: list[int]) -> None:
    """Ask each to end, wait a little (a second Ctrl+C does not wait), then insist."""
    running, until, before = [part for part in parts if part.pid], time.monotonic() + STOP_SECONDS, len(asked)
    for part in running:
        os.kill(part.pid, signal.SIGTERM)
    while running and time.monotonic() < until and len(asked) == before:
        running = [part for part in running if ended(part) is None]
        time.sleep(0.05)
    for part in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(part.pid, signal.SIGKILL)
        os.waitpid(part.pid, 0)


def finish(part: Part, asked: list[int]) -> int:
    """Wait for a part that ends by itself; its exit code."""
    start(part)
    while not asked:
        code = ended(part)
        if code is not None:
            return code
        time.sleep(0.02)
    stop([part], asked)
    return 130


def wait_for_site(part: Part, asked: list[int]) -> bool:
    """Until the site answers; False when it never will."""
    until = time.monotonic() + ANSWER_SECONDS
    while not asked and time.monotonic() < until:
        if answers():
            return True
        if ended(part) is not None:
            return False
        time.sleep(0.05)
    return False


def port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def serve(asked: list[int]) -> int:
    site, helper = Part("web", web), Part("worker", worker)
    try:
        start(site)
        if not wait_for_site(site, asked):
            say("the site did not start; the lines above say why")
            return 0 if asked else 1
        start(helper)  # after the first answer: it would only take the processor from it
        say(f"Học Vụ Số: http://127.0.0.1:{PORT}  (Ctrl+C to stop)")
        while not asked:
            tend(site)
            tend(helper)
            time.sleep(0.2)
        return 0
    finally:
        stop([site, helper], asked)
        say("Học Vụ Số: stopped")


def main() -> int:
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: asked.append(number))
    if not port_is_free():
        say(f"port {PORT} is in use: stop what uses it, or PORT=8080 make run")
        return 1
    load()
    return finish(Part("prepare", prepare), asked) or serve(asked)


if __name__ == "__main__":
    sys.exit(main())
