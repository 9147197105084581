#!/usr/bin/env python
"""Run the whole site on one machine: gunicorn and one Celery worker with beat.

Started by `make run` after set-up. Both end together: when one dies the other is
stopped and the exit code says so; Ctrl+C and SIGTERM stop both in an orderly way.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PORT = os.environ.get("PORT", "8000")
STOP_SECONDS = 20


def commands(data_dir: str) -> list[list[str]]:
    web = [str(BIN / "gunicorn"), "lms.wsgi", "--config", str(ROOT / "deploy" / "gunicorn.conf.py")]
    worker = [
        str(BIN / "celery"), "--app", "lms", "worker", "--beat",
        "--concurrency", "2", "--loglevel", "WARNING", "--schedule", f"{data_dir}/celerybeat-schedule",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip
    return [[*web, "--bind", f"127.0.0.1:{PORT}"], worker]


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask each to end, wait, and only then insist."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
    sys.path.insert(0, str(ROOT))
    from django.conf import settings

    processes = [subprocess.Popen(command, cwd=ROOT) for command in commands(str(settings.DATA_DIR))]
    stopping = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.append(True))
    print(f"Học Vụ Số: http://127.0.0.1:{PORT}  (Ctrl+C to stop)", flush=True)
    try:
        while not stopping and all(process.poll() is None for process in processes):
            time.sleep(0.2)
    finally:
        died = [process for process in processes if process.poll() is not None]
        stop(processes)
    if stopping:
        return 0
    print(f"ended by itself: {died[0].args}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
