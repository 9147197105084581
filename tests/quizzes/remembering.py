"""Courses finished some days ago, and what was answered on the way."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

from django.utils import timezone

from accounts.models import Learner
from courses import progress
from courses.models import Course, Enrolment
from quizzes import practising

from .make import make_course, put


def course_with_checks(per_lesson: int = 2, **more: Any) -> Course:
    """Three lessons with so many check questions each, and a final test."""
    course = make_course(**more)
    for item in course.items.filter(kind="lesson"):
        for number in range(2, per_lesson + 1):
            put(course, f"{item.key}-c{number}", "practice", item, position=number)
    return course


def finish(learner: Learner, course: Course, *, days: int = 0) -> Enrolment:
    """She finished it so many days ago."""
    for item in course.items.filter(kind="lesson"):
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=item)
    for test in course.items.filter(kind="test"):
        progress.pass_test(learner=learner, item=test, at=timezone.now())
    return aged(learner, course, days)


def aged(learner: Learner, course: Course, days: int) -> Enrolment:
    at = timezone.now() - datetime.timedelta(days=days)
    Enrolment.objects.filter(learner=learner, course=course).update(completed_at=at)
    return Enrolment.objects.get(learner=learner, course=course)


def check(learner: Learner, key: str, choice: str = "a") -> None:
    """Her answer to a check question; b is right."""
    practising.answer_check(learner=learner, question=key, choices=[choice])
