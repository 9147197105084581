"""From an empty folder to a site that answers."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import machine
from .results import Missing, Row, limit

FRESH, SECOND = 180, 15  # seconds
PATIENCE = 600


def rows() -> Iterator[Row]:
    """Clone what is committed, `make run`, stop, `make run` again."""
    git, make = machine.program("git", "git"), machine.program("make", "make")
    if not (machine.ROOT / ".git").exists():
        raise Missing("this is no git checkout, so there is nothing to clone")
    with machine.folder() as folder:
        clone = folder / "hoc-vu-so"
        subprocess.run([git, "clone", "--quiet", str(machine.ROOT), str(clone)], check=True)
        yield limit("fresh_start", _start(make, clone), FRESH, "s")
        yield limit("second_start", _start(make, clone), SECOND, "s")


def _start(make: str, clone: Path) -> float:
    """Seconds until /readyz and the home page answer 200."""
    port, log = machine.free_port(), clone.parent / "run.log"
    began = time.monotonic()
    with machine.running([make, "run", f"PORT={port}"], machine.clean_environment(), log, cwd=clone):
        machine.wait(port, "/readyz", log, PATIENCE)
        machine.wait(port, "/", log, 60)
        return time.monotonic() - began
