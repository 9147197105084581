"""A commune's lamps: one for every lesson somebody finished, and how far it is to the next round number.

Only its own way is told. No commune is set beside another here.
"""

from __future__ import annotations

from dataclasses import dataclass

from .figures import grouped
from .measures import BY_KEY

LAMPS = BY_KEY["lessons"]
FIRST = 10


@dataclass(frozen=True)
class Lamps:
    """`drawn` of `of` lamps burn in the picture, and none that burns goes out as more is learned.

    The first ten stand for a lesson each, every other one for a goal that was reached: 20, 50, 100, … The one
    that is dark beside ten or more is the next goal.
    """

    lit: int
    goal: int
    passed: int  # goals reached after the first

    @property
    def drawn(self) -> int:
        return min(self.lit, FIRST) + self.passed

    @property
    def of(self) -> int:
        """When a goal is reached all burn; with the next lesson there is the next one."""
        return max(FIRST, self.drawn + (self.lit != self.goal))

    @property
    def beyond(self) -> bool:
        """The picture stands for more than one lesson a lamp."""
        return self.goal > FIRST

    @property
    def number(self) -> str:
        return grouped(self.lit)

    @property
    def words(self) -> str:
        return f"{grouped(self.lit)} trong {grouped(self.goal)} ngọn"


def lamps_of(lit: int) -> Lamps:
    """Goals are 10, 20, 50, 100, 200, …; fewer than none are none."""
    lit, goal, passed = max(lit, 0), FIRST, 0
    while goal < lit:
        passed += goal > FIRST
        goal = goal * 5 // 2 if str(goal).startswith("2") else goal * 2
    return Lamps(lit, goal, passed + (lit == goal > FIRST))
