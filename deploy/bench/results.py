"""A measured row, its bar, and how the rows are printed and kept."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class Missing(Exception):
    """A tool that the row needs is not on this machine; the message says which."""


@dataclass(frozen=True)
class Row:
    """`value` against `base`, in `unit`; good when the ratio is at most (or at least) `bar`."""

    name: str
    value: float
    base: float
    unit: str
    bar: float = 1.0
    more_is_better: bool = False

    @property
    def ratio(self) -> float:
        return round(self.value / self.base, 4)

    @property
    def good(self) -> bool:
        return self.ratio >= self.bar if self.more_is_better else self.ratio <= self.bar

    def as_json(self) -> dict[str, float]:
        return {"value": round(self.value, 4), "base": round(self.base, 4), "ratio": self.ratio}


def limit(name: str, value: float, base: float, unit: str) -> Row:
    """A row that must not be more than its base."""
    return Row(name, value, base, unit)


def none_of(name: str, value: float, unit: str) -> Row:
    """A row that must be zero: told against one, since nothing divides by zero."""
    return Row(name, value, 1, unit, bar=0.0)


def at_least(name: str, value: float, base: float, unit: str, *, bar: float = 1.0) -> Row:
    """A row that must be at least `bar` of its base."""
    return Row(name, value, base, unit, bar=bar, more_is_better=True)


def line(row: Row) -> str:
    sign = "≥" if row.more_is_better else "≤"
    verdict = "ok" if row.good else "OVER" if not row.more_is_better else "UNDER"
    return (
        f"{row.name:<44} {row.value:>11.4g} {row.base:>11.4g} {row.unit:<9}"
        f"{row.ratio:>8.3f}  {sign} {row.bar:<5g} {verdict}"
    )


HEAD = f"{'row':<44} {'value':>11} {'base':>11} {'unit':<9}{'ratio':>8}  {'bar':<7} verdict"


def keep(rows: Iterable[Row], file: Path) -> None:
    """Write {row: {value, base, ratio}}; rows measured before and not now stay as they were."""
    kept = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    kept |= {row.name: row.as_json() for row in rows}
    file.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n", encoding="utf-8")
