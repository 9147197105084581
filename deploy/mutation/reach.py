"""Which tests reach which line, from one run of the rooms' tests under coverage."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as Xml
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .operators import Site

PATIENCE = 40  # seconds of tests for one change
# Beside a room's own folder: where its code is reached from.
ALSO = {"ledger": ["tests/courses"], "courses": ["tests/ledger"], "campaign": ["tests/lms"]}


@dataclass(frozen=True)
class Reached:
    """Tests by line of one module; under "" the lines that ran while it was imported."""

    lines: dict[int, set[str]]
    seconds: dict[str, float]

    def by(self, site: Site) -> list[str]:
        """The tests that may notice the change, the quickest first.

        A line that ran while the module was imported (a table, a decorator) may be noticed
        by every test of the module, and only in a process that imports it changed.
        """
        found = set().union(*(self.lines.get(line, set()) for line in site.lines))
        if not site.hot or found == {""}:
            site.hot = False
            found = set().union(*self.lines.values())
        return self._ordered(found)

    def quickest(self, most: int = 20) -> list[str]:
        return self._ordered(set().union(*self.lines.values()))[:most]

    def _ordered(self, tests: set[str]) -> list[str]:
        """The quickest first, and no more than PATIENCE together: a race is no judge of one change."""
        spent, kept = 0.0, []
        for test in sorted(tests - {""}, key=lambda test: (self.seconds.get(test, 0.0), test)):
            spent += self.seconds.get(test, 0.0)
            if kept and spent > PATIENCE:
                break
            kept.append(test)
        return kept


@dataclass(frozen=True)
class Tests:
    lines: dict[str, dict[int, set[str]]]
    seconds: dict[str, float]

    def of(self, path: str) -> Reached:
        return Reached(self.lines.get(path, {}), self.seconds)


def find(rooms: Iterable[str]) -> Tests:
    """Run the rooms' tests once; stops when one fails, since then nothing can be told."""
    wanted = {folder for room in rooms for folder in (f"tests/{room}", *ALSO.get(room, []))}
    folders = sorted(folder for folder in wanted if Path(folder).is_dir())
    with tempfile.TemporaryDirectory(prefix="hvs-mutants-") as folder:
        data, durations = Path(folder, "coverage"), Path(folder, "junit.xml")
        command = [
            sys.executable, "-m", "pytest", *folders, "-x", "-q", "--reuse-db", "-p", "no:randomly",
            "--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0",
            f"--junitxml={durations}", "-o", "junit_family=xunit1", "-p", "no:cacheprovider",
        ]  # fmt: skip
        print(f"finding the tests that reach each line: {' '.join(folders)}", flush=True)
        if subprocess.run(command, env=os.environ | {"COVERAGE_FILE": str(data)}).returncode:
            sys.exit("the tests fail without any change: mend them first")
        return Tests(_lines(data), _seconds(durations))


def _lines(file: Path) -> dict[str, dict[int, set[str]]]:
    from coverage import CoverageData

    data, root = CoverageData(str(file)), Path.cwd()
    data.read()
    found: dict[str, dict[int, set[str]]] = {}
    for name in data.measured_files():
        by_line = data.contexts_by_lineno(name)
        found[str(Path(name).relative_to(root))] = {
            line: {_test(context) for context in contexts} for line, contexts in by_line.items()
        }
    return found


def _test(context: str) -> str:
    """`tests/x.py::test_y|call` without its phase."""
    return context.rsplit("|", 1)[0]


def _seconds(file: Path) -> dict[str, float]:
    cases = Xml.parse(file).iter("testcase")  # noqa: S314 our own pytest wrote it
    return {f"{case.get('file')}::{case.get('name')}": float(case.get("time", 0)) for case in cases}
