"""Completed courses and their papers, made the way people make them."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import Learner
from certificates import issuing
from certificates.models import Paper
from courses import progress
from courses.models import Course
from quizzes.models import Attempt
from tests.make import make_course


def complete(learner: Learner, course: Course) -> None:
    """She does everything that her edition asks."""
    progress.start(learner, course)
    for item in course.items.exclude(kind="test"):
        progress.finish_lesson(actor=f"user:{learner.user_id}", uuid=uuid.uuid4(), learner=learner, item=item)
    test = course.items.filter(kind="test").first()
    if test:
        progress.pass_test(learner=learner, item=test, at=timezone.now())


def make_paper(learner: Learner, course: Course | None = None, **pinned: Any) -> Paper:
    """A paper issued from a completion; `pinned` changes what it says."""
    course = course or make_course()
    complete(learner, course)
    paper = issuing.issue(learner=learner, course=course)
    assert paper is not None
    if pinned:
        Paper.objects.filter(pk=paper.pk).update(**pinned)
        paper.refresh_from_db()
    return paper


def make_attempt(
    learner: Learner, course: Course, *, correct: int, total: int = 10, **fields: Any
) -> Attempt:
    """A closed attempt at the final test; judged by a pass mark of 80 %."""
    quiz = course.items.get(kind="test").quiz
    now = timezone.now()
    return Attempt.objects.create(
        learner=learner,
        quiz=quiz,
        edition=course.current_edition,
        day=now.date(),
        ordinal=Attempt.objects.filter(learner=learner).count() + 1,
        day_limit=9,
        started_at=now,
        deadline=now,
        submitted_at=fields.pop("submitted_at", now),
        total=total,
        correct=correct,
        pass_percent=80,
        passed=correct * 100 >= 80 * total,
        **fields,
    )
