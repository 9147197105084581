"""A year of a whole city: how long it takes to make, and what the figures cost then."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

from . import machine
from .results import Row, limit, none_of

SECONDS, PAGE_MS, PAGE_QUERIES = 300, 60, 10
PATIENCE = 1800


def rows() -> Iterator[Row]:
    """`LEARNERS` and `DAYS` make it smaller for a quick try; the rows are named after the size."""
    learners, days = os.environ.get("LEARNERS", "100000"), os.environ.get("DAYS", "365")
    size = f"demo_{learners}x{days}"
    with machine.folder() as folder:
        machine.manage(machine.environment(folder, demo=False), "prepare")
        env = machine.environment(folder)
        began = time.monotonic()
        machine.manage(env, "demo", "--learners", learners, "--days", days, seconds=PATIENCE)
        yield limit(f"{size}_seconds", time.monotonic() - began, SECONDS, "s")
        pages = json.loads(machine.inside(env, "dashboards").splitlines()[-1])
        for path, (ms, queries) in pages.items():
            name = path.strip("/").replace("-", "_")
            yield limit(f"{size}_{name}_ms", ms, PAGE_MS, "ms")
            yield limit(f"{size}_{name}_queries", queries, PAGE_QUERIES, "queries")
        yield none_of(f"{size}_verify", _differences(env), "lines")


def _differences(env: dict[str, str]) -> int:
    """Lines that `counts verify` prints when a kept figure and its recount differ."""
    command = [sys.executable, "manage.py", "counts", "verify"]
    done = subprocess.run(
        command, env=env, cwd=machine.ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode not in {0, 1}:
        raise RuntimeError(done.stderr[-500:])
    return 0 if done.returncode == 0 else max(1, len(done.stdout.splitlines()))
