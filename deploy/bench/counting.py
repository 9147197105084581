"""Queries of a learner's requests, and whether a long course costs more than a short one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from . import machine
from .results import Row, limit

# Queries; sessions, savepoints and BEGIN/COMMIT are not counted.
BASES = {"item_state": 8, "my_learning": 8, "lesson_done": 12, "check_answer": 12, "fold": 12}
TIME_BAR = 1.25  # the answer itself lists more keys


def rows(seeded: Path) -> Iterator[Row]:
    with machine.folder() as folder:
        copy = folder / "data"
        shutil.copytree(seeded, copy, ignore=shutil.ignore_patterns("broker"))
        said = machine.inside(machine.environment(copy), "counts")
    found = json.loads(said.splitlines()[-1])
    for name, base in BASES.items():
        for size in (5, 110):
            yield limit(f"queries_{name}_{size}", found[f"{name}_{size}"], base, "queries")
    for size in (5, 110):
        more = found[f"finish_queries_{size}"] - found[f"lesson_done_{size}"]
        yield limit(f"queries_inline_drain_{size}", more, 12, "queries")
    finish = [found["finish_queries_110"], found["finish_queries_5"]]
    yield limit("completion_110_vs_5_queries", *finish, "queries")
    yield Row("completion_110_vs_5_time", found["finish_ms_110"], found["finish_ms_5"], "ms", bar=TIME_BAR)
