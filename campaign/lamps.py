"""A commune's lamps: one for every lesson somebody finished, and how far it is to the next round number.

Only its own way is told. No commune is set beside another here.
"""

from __future__ import annotations

from dataclasses import dataclass

from .figures import grouped
from .measures import BY_KEY

LAMPS = BY_KEY["lessons"]
DRAWN = 10


@dataclass(frozen=True)
class Lamps:
    """`drawn` of ten lamps burn in the picture; it fills up towards `goal`, and then the next begins."""

    lit: int
    goal: int

    @property
    def drawn(self) -> int:
        return self.lit * DRAWN // self.goal

    @property
    def number(self) -> str:
        return grouped(self.lit)

    @property
    def words(self) -> str:
        return f"{grouped(self.lit)} trong {grouped(self.goal)} ngọn"


def lamps_of(lit: int) -> Lamps:
    """Goals are 10, 20, 50, 100, 200, …; fewer than none are none."""
    lit, goal = max(lit, 0), DRAWN
    while goal <= lit:
        goal = goal * 5 // 2 if str(goal).startswith("2") else goal * 2
    return Lamps(lit, goal)
