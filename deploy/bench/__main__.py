"""Measure the rows, print them as ratios, write bench.json.

    make bench                              everything (about half an hour)
    make bench ROWS=queries,first_view      only these groups
    make bench ROWS=demo LEARNERS=2000 DAYS=60
    make bench ROWS=lighthouse RUNS=1

Ends with 1 when a group broke; a missed bar or a missing tool is told, not an error.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from . import browsing, cached, counting, hall, machine, sizing, slow, starting
from .results import HEAD, Missing, Row, keep, line

OUT = Path("bench.json")


class Bench:
    """The groups of rows; those on a seeded site share one, made when the first asks."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.groups: dict[str, Callable[[], Iterator[Row]]] = {
            "start": starting.rows,
            "cached": lambda: cached.rows(self.seeded),
            "redis": lambda: cached.redis_rows(self.seeded),
            "queries": lambda: counting.rows(self.seeded),
            "hall": lambda: hall.rows(self.seeded),
            "first_view": lambda: browsing.first_view_rows(self.seeded),
            "poster": lambda: slow.poster_rows(self.seeded),
            "lessons": lambda: slow.lesson_rows(self.seeded),
            "lighthouse": lambda: browsing.lighthouse_rows(self.seeded),
            "demo": sizing.rows,
        }

    @functools.cached_property
    def seeded(self) -> Path:
        data = self.stack.enter_context(machine.folder())
        machine.manage(machine.environment(data), "prepare")
        return data


def main() -> int:
    asked = [name for name in os.environ.get("ROWS", "").replace(",", " ").split() if name]
    broken: list[str] = []
    rows: list[Row] = []
    with ExitStack() as stack:
        bench = Bench(stack)
        if unknown := [name for name in asked if name not in bench.groups]:
            sys.exit(f"no such rows: {', '.join(unknown)}; there are {', '.join(bench.groups)}")
        print(HEAD)
        for name in asked or bench.groups:
            began = time.monotonic()
            try:
                for row in bench.groups[name]():
                    rows.append(row)
                    print(line(row), flush=True)
            except Missing as reason:
                print(f"{name}: MISSING, {reason}", flush=True)
            except Exception as error:  # the other groups are still worth knowing
                broken.append(name)
                print(f"{name}: BROKE, {type(error).__name__}: {error}", flush=True)
            print(f"  ({name}: {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f})", flush=True)
    keep(rows, OUT)
    missed = [row.name for row in rows if not row.good]
    print(f"{len(rows)} rows in {OUT}, {len(missed)} beyond their bar" + (": " if missed else ""), *missed)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
