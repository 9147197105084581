"""Answers to check questions and steps on pretend screens: kept to help, never scored, never a fact."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts import acting
from accounts.models import Learner
from common.retrying import again
from ledger.recording import clamp

from . import grading
from .errors import NotFound
from .models import PracticeAnswer, Question, QuestionRevision


@again()
@transaction.atomic
def answer_check(
    *,
    learner: Learner,
    question: str,
    choices: Sequence[object],
    happened_at: datetime.datetime | None = None,
) -> PracticeAnswer:
    """Keep an answer to the check question of this key, or one step on a pretend screen. Three queries.

    Raises NotFound for an unknown, retired or exam question (all look the same), UnknownChoice,
    acting.CannotAct.
    """
    acting.begin(learner)
    asked = (
        Question.objects.filter(key=question, purpose=Question.Purpose.PRACTICE)
        .exclude(revision=None)
        .select_related("revision")
        .first()
    )
    if asked is None or asked.revision is None:
        raise NotFound("Không tìm thấy câu hỏi này. Bài học có thể đã được sửa, bạn hãy tải lại trang.")
    revision = _as_seen(asked, asked.revision, choices)
    chosen = grading.checked(revision.choices, choices, kind=revision.kind)
    at, _ = clamp(happened_at, earliest=revision.created_at, now=timezone.now())
    return PracticeAnswer.objects.create(
        learner=learner,
        question=asked,
        revision=revision,
        choices=chosen,
        correct=_right(revision, chosen),
        answered_at=at,
    )


def _as_seen(asked: Question, live: QuestionRevision, choices: Sequence[object]) -> QuestionRevision:
    """The revision a step was made on: a page kept on the phone may show earlier screens.

    Only for practices: their acts are known by name, where a question's a, b, c mean something else
    in each revision.
    """
    if live.kind != QuestionRevision.Kind.PRACTICE or _has(live, choices):
        return live
    earlier = asked.revisions.filter(kind=live.kind).order_by("-number")
    return next((revision for revision in earlier if _has(revision, choices)), live)


def _has(revision: QuestionRevision, choices: Sequence[object]) -> bool:
    ids = [choice["id"] for choice in revision.choices]
    return all(one in ids for one in choices)


def _right(revision: QuestionRevision, chosen: list[str]) -> bool:
    """A step on a pretend screen is one act, and many acts are right; a question has one right answer."""
    if revision.kind == QuestionRevision.Kind.PRACTICE:
        return bool(chosen) and set(chosen) <= grading.right_ids(revision.choices)
    return grading.is_right(revision.choices, chosen)
