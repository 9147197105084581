"""Which questions a refresher asks. Pure: no database, no clock, chance comes in as an argument."""

from __future__ import annotations

import random
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .drawing import spread

ASKED = 5  # questions of a refresher: two minutes

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True)
class Past(Generic[T]):
    """What she got wrong, the worst first: questions by key, and lessons of wrong test questions."""

    forgotten: Collection[T] = ()  # wrong in the refresher before this one
    wrong: Collection[T] = ()  # check questions whose last answer was wrong
    once_wrong: Collection[T] = ()  # wrong at first, right since
    lessons: Collection[Hashable] = ()


def choose(
    live: Sequence[tuple[T, Hashable]], past: Past[T], *, rng: random.Random, count: int = ASKED
) -> list[T]:
    """`count` of the live (question, lesson) pairs: what she got wrong first, the rest to fill up.

    Test questions never come: those she got wrong bring the check questions of their
    lessons. The rest is spread evenly over the lessons.
    """
    lesson_of = dict(live)
    near = [key for key, lesson in live if lesson is not None and lesson in past.lessons]
    rest = spread([(lesson, key) for key, lesson in live], len(live), rng)
    groups: tuple[Iterable[T], ...] = (past.forgotten, past.wrong, past.once_wrong, near, rest)
    chosen: dict[T, None] = {}
    for key in (key for group in groups for key in group):
        if key in lesson_of:
            chosen.setdefault(key)
    return list(chosen)[:count]
