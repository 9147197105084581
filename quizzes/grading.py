"""Judging answers. Pure: no database, no clock.

A question counts one point, whole or nothing. An answer is right when exactly the
right choices are chosen; an unanswered question is wrong. The percentage that is
shown is rounded down, so it reaches the pass mark exactly when the test is passed;
passing itself is compared in whole numbers, never on a rounded figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import UnknownChoice

Choice = dict[str, Any]


@dataclass(frozen=True)
class Score:
    correct: int
    total: int
    pass_percent: int

    @property
    def percent(self) -> int:
        """0–100, rounded down."""
        return self.correct * 100 // self.total if self.total else 0

    @property
    def passed(self) -> bool:
        return self.total > 0 and self.correct * 100 >= self.pass_percent * self.total


def checked(choices: Sequence[Choice], chosen: Iterable[object], *, kind: str) -> list[str]:
    """The chosen ids, once each and in the question's order.

    Raises UnknownChoice for an id the question does not have, and for several
    choices where one is to be chosen. Nothing chosen is an answer taken back.
    """
    wanted = list(chosen)
    if not all(isinstance(one, str) for one in wanted):
        raise UnknownChoice("Câu trả lời không đọc được. Bạn hãy chọn lại.")
    ids = [choice["id"] for choice in choices]
    if set(wanted) - set(ids):
        raise UnknownChoice("Câu trả lời không có trong câu hỏi này. Bạn hãy tải lại trang rồi chọn lại.")
    if kind != "multiple" and len(set(wanted)) > 1:
        raise UnknownChoice("Câu hỏi này chỉ được chọn một câu trả lời.")
    return [one for one in ids if one in wanted]


def right_ids(choices: Sequence[Choice]) -> set[str]:
    return {choice["id"] for choice in choices if choice.get("correct")}


def is_right(choices: Sequence[Choice], chosen: Iterable[str]) -> bool:
    """Exactly the right choices, no more and no fewer."""
    return bool(right := right_ids(choices)) and set(chosen) == right


def score(verdicts: Iterable[bool], *, pass_percent: int) -> Score:
    """The score of a test from the verdict of each question drawn."""
    marks = list(verdicts)
    return Score(correct=sum(marks), total=len(marks), pass_percent=pass_percent)
