"""`make mutants`: change one thing at a time and see whether a test notices.

    MODULES=quizzes/grading.py,courses/progress.py   only these
    SAMPLE=60     at most so many changes a module, drawn with a fixed seed (0: all)
    MINUTES=60    stop drawing after so long; what was not tried is said

The tests that reach each line are found once, with coverage. The site is then loaded
once and forked for every change, so a change costs about a second. Ends with 1 when
the score is below 80 %.
"""

from __future__ import annotations

import ast
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from . import operators, reach, trying

MODULES = [
    "quizzes/grading.py",
    "quizzes/attempts.py",
    "campaign/measures.py",
    "campaign/folding.py",
    "campaign/statements.py",
    "campaign/closing.py",
    "campaign/figures.py",
    "certificates/issuing.py",
    "courses/progress.py",
    "accounts/access.py",
    "ledger/recording.py",
    "ledger/receipts.py",
    "ledger/draining.py",
]
SEED = 20260731
ENOUGH = 80  # percent


def main() -> int:
    modules = [path for path in os.environ.get("MODULES", "").split(",") if path] or MODULES
    sample, minutes = int(os.environ.get("SAMPLE", "60")), float(os.environ.get("MINUTES", "60"))
    missing = [path for path in modules if not Path(path).is_file()]
    for path in missing:
        print(f"{path}: not there", file=sys.stderr)
    modules = [path for path in modules if path not in missing]
    began = time.monotonic()
    tests = reach.find({path.split("/")[0] for path in modules})
    trying.load_site()
    until = time.monotonic() + minutes * 60
    total: Counter[str] = Counter()
    for path in modules:
        total += _module(path, sample, tests.of(path), until)
    print(_line(f"total, in {(time.monotonic() - began) / 60:.0f} minutes", total))
    return 0 if _score(total) >= ENOUGH and not missing else 1


def _module(path: str, sample: int, reached: reach.Reached, until: float) -> Counter[str]:
    tree = ast.parse(Path(path).read_text(encoding="utf-8"))
    sites = operators.sites(tree)
    numbers = list(range(len(sites)))
    if sample and len(numbers) > sample:
        numbers = sorted(random.Random(SEED).sample(numbers, sample))  # noqa: S311
    trying.check(path, tree, reached.quickest())
    counts: Counter[str] = Counter()
    for number in numbers:
        if time.monotonic() > until:
            counts["not tried"] += 1
            continue
        verdict = trying.one(path, tree, sites, number, reached.by(sites[number]))
        counts[verdict] += 1
        if verdict != "killed":
            print(f"  {verdict}: {path}:{sites[number].node.lineno}: {sites[number].says}", flush=True)
    print(_line(f"{path} ({len(sites)} possible)", counts), flush=True)
    return counts


def _score(counts: Counter[str]) -> float:
    tried = sum(counts.values()) - counts["not tried"]
    return 100 * counts["killed"] / tried if tried else 100.0


def _line(name: str, counts: Counter[str]) -> str:
    said = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
    return f"{_score(counts):5.1f} %  {name}: {said}"


if __name__ == "__main__":
    sys.exit(main())
