"""Which questions a test asks, and in which order. Pure: chance comes in as an argument."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

T = TypeVar("T")


def spread(questions: Iterable[tuple[Hashable, T]], count: int, rng: random.Random) -> list[T]:
    """`count` of the (lesson, question) pairs, as evenly over the lessons as they allow.

    No lesson gives a second question before every lesson that still has one gave its
    first. Fewer than `count` only when there are not so many.
    """
    lessons: dict[Hashable, list[T]] = defaultdict(list)
    for lesson, question in questions:
        lessons[lesson].append(question)
    piles = list(lessons.values())
    for pile in piles:
        rng.shuffle(pile)
    drawn: list[T] = []
    while piles and len(drawn) < count:
        rng.shuffle(piles)
        drawn += [pile.pop() for pile in piles[: count - len(drawn)]]
        piles = [pile for pile in piles if pile]
    rng.shuffle(drawn)
    return drawn


def choice_order(ids: Sequence[str], *, kind: str, rng: random.Random) -> list[str]:
    """The choices as shown: shuffled, but "Đúng" stays before "Sai"."""
    order = list(ids)
    if kind != "truefalse":
        rng.shuffle(order)
    return order
