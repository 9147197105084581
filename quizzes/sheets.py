"""What a person sees of an attempt: the sheet without the key, and after handing in the result with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.models import Item

from . import grading
from .attempts import current_answers
from .errors import NotFound
from .models import Attempt, AttemptQuestion


@dataclass(frozen=True)
class SheetChoice:
    id: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class SheetQuestion:
    """A question as asked: nothing here says which choice is right."""

    number: int
    key: str
    kind: str
    text: str
    choices: list[SheetChoice]
    elsewhere: str = ""  # what another tab chose, when it is not what this one chose
    unsaved: bool = False  # what is chosen came with a form that was not taken

    @property
    def answered(self) -> bool:
        return any(choice.chosen for choice in self.choices)


@dataclass(frozen=True)
class JudgedChoice:
    text: str
    chosen: bool
    correct: bool
    feedback: str


@dataclass(frozen=True)
class JudgedQuestion:
    number: int
    text: str
    right: bool
    answered: bool
    choices: list[JudgedChoice]
    explanation: str
    lesson: Item | None


def sheet(attempt: Attempt, *, posted: Mapping[str, Sequence[str]] | None = None) -> list[SheetQuestion]:
    """The questions of an attempt with her answers; `posted` is what a stale tab still shows.

    Two queries.
    """
    kept = current_answers(attempt)
    return [
        _asked(one, kept.get(one.key, []), None if posted is None else posted.get(one.key))
        for one in attempt.questions.select_related("revision")
    ]


def _asked(one: AttemptQuestion, kept: Sequence[str], posted: Sequence[str] | None) -> SheetQuestion:
    texts = {choice["id"]: choice["text"] for choice in one.revision.choices}
    chosen = list(posted) if posted else list(kept)
    differs = bool(kept) and set(kept) != set(chosen)
    return SheetQuestion(
        number=one.position,
        key=one.key,
        kind=one.revision.kind,
        text=one.revision.text,
        choices=[SheetChoice(id=id_, text=texts[id_], chosen=id_ in chosen) for id_ in one.order],
        elsewhere="; ".join(texts[id_] for id_ in one.order if id_ in kept) if differs else "",
        unsaved=set(kept) != set(chosen),
    )


def result(attempt: Attempt) -> list[JudgedQuestion]:
    """Each answer explained: hers, the right one, why, and the lesson to read again. Two queries.

    Raises NotFound while the attempt is open: no key leaves before handing in.
    """
    if attempt.is_open:
        raise NotFound("Bài này chưa nộp nên chưa có kết quả.")
    kept = current_answers(attempt)
    drawn = attempt.questions.select_related("revision__question__item__course")
    return [_judged(one, kept.get(one.key, [])) for one in drawn]


def _judged(one: AttemptQuestion, chosen: Sequence[str]) -> JudgedQuestion:
    revision = one.revision
    by_id: dict[str, dict[str, Any]] = {choice["id"]: choice for choice in revision.choices}
    return JudgedQuestion(
        number=one.position,
        text=revision.text,
        right=grading.is_right(revision.choices, chosen),
        answered=bool(chosen),
        choices=[
            JudgedChoice(
                text=by_id[id_]["text"],
                chosen=id_ in chosen,
                correct=bool(by_id[id_].get("correct")),
                feedback=by_id[id_].get("feedback", ""),
            )
            for id_ in one.order
        ],
        explanation=revision.explanation,
        lesson=revision.question.item,
    )
