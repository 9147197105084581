"""Refreshers: a few questions 7 and 30 days after she finished a course. They never touch a completion.

They ask check questions only (luyện tập): what leaves here leaves with its key.

Who locks what: every act holds the learner's row first (`accounts.acting`), so of two tabs the second
finds what the first wrote. One row for each learner, course and round, and one answer to each of its
questions: the first.
"""

from __future__ import annotations

import datetime
import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import acting
from accounts.models import Learner, Merge
from common.retrying import again
from courses.models import Course, Enrolment
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, Stamp, record_all, server_uuid

from . import grading
from .choosing import Past, choose
from .errors import NotFound, Refused
from .models import (
    AttemptQuestion,
    AttemptStep,
    PracticeAnswer,
    Question,
    QuestionRevision,
    Refresher,
    RefresherQuestion,
)

# Days after the completion: from the first one to before the second one it is offered.
ROUNDS: dict[int, tuple[int, int]] = {7: (7, 30), 30: (30, 90)}
STILL_PERCENT = 80  # of its questions right: "còn nhớ" in figures


class NotDue(Refused):
    """No refresher of this course is due; `due_on` is the next day, if there will be one."""

    def __init__(self, due_on: datetime.date | None) -> None:
        when = f" Bạn mở lại trang này từ ngày {due_on:%d/%m/%Y}." if due_on else ""
        super().__init__(f"Chưa có gì cần ôn lại.{when}")
        self.due_on = due_on


class NothingToAsk(Refused):
    """The course has no check question."""


@dataclass(frozen=True)
class Standing:
    """Where she is with the refreshers of a course she finished on `completed_on`."""

    course: Course
    completed_on: datetime.date
    round: int | None  # offered today
    due_on: datetime.date | None  # the next one, when none is offered today
    refreshers: dict[int, Refresher]

    @property
    def refresher(self) -> Refresher | None:
        """Today's, once it was begun."""
        return self.begun(self.round or 0)

    def begun(self, number: int) -> Refresher | None:
        """That of a round, once it was begun: whoever has begun may finish, whatever is offered today."""
        row = self.refreshers.get(number)
        return row if row and row.begun_at else None

    @property
    def unfinished(self) -> Refresher | None:
        """An earlier round's, begun and left open."""
        rows = [row for row in self.refreshers.values() if row.begun_at and row.round != self.round]
        return next((row for row in rows if not row.finished_at), None)

    @property
    def finished(self) -> list[Refresher]:
        """Those with a result, the last one first."""
        rows = [row for row in self.refreshers.values() if row.finished_at]
        return sorted(rows, key=lambda row: row.round, reverse=True)


def round_on(completed_on: datetime.date, today: datetime.date) -> int | None:
    """The round that is offered on a day; None before, between and after."""
    days = (today - completed_on).days
    return next((number for number, (first, end) in ROUNDS.items() if first <= days < end), None)


def due_on(completed_on: datetime.date, number: int) -> datetime.date:
    return completed_on + datetime.timedelta(days=ROUNDS[number][0])


def next_day(completed_on: datetime.date, today: datetime.date) -> datetime.date | None:
    """The first day after today on which a round begins."""
    days = (due_on(completed_on, number) for number in ROUNDS)
    return next((day for day in days if day > today), None)


def live_questions() -> QuerySet[Question]:
    """Check questions that can be asked: not retired, and no pretend screens."""
    return (
        Question.objects.filter(purpose=Question.Purpose.PRACTICE, revision__isnull=False)
        .exclude(revision__kind=QuestionRevision.Kind.PRACTICE)
        .filter(Q(item=None) | ~Q(item__url=""))
    )


def standing(learner: Learner, course: Course, *, today: datetime.date | None = None) -> Standing | None:
    """None when she has not finished the course, or is merged into another. Two queries."""
    today = today or timezone.localdate()
    merged = Merge.objects.filter(duplicate=learner, undone_at=None)
    enrolments = Enrolment.objects.filter(learner=learner, course=course).filter(~Exists(merged))
    at = enrolments.values_list("completed_at", flat=True).first()
    if at is None:
        return None
    day = timezone.localdate(at)
    rows = {row.round: row for row in Refresher.objects.filter(learner=learner, course=course)}
    return Standing(course, day, round_on(day, today), next_day(day, today), rows)


@again()
@transaction.atomic
def begin(*, learner: Learner, course: Course) -> Refresher:
    """Today's refresher with its questions, drawn once. Raises NotFound, NotDue, NothingToAsk, CannotAct."""
    acting.begin(learner)
    now = standing(learner, course)
    if now is None:
        raise NotFound("Bạn chưa học xong khóa này, nên chưa có gì để ôn lại.")
    if now.round is None:
        raise NotDue(now.due_on)
    refresher = open_row(learner, course, now.round, now.completed_on)
    if refresher.begun_at:
        return refresher
    asked = _drawn(learner, course, now.round)
    if not asked:
        raise NothingToAsk("Khóa học này không có câu hỏi để ôn lại.")
    refresher.begun_at, refresher.total = timezone.now(), len(asked)
    refresher.save(update_fields=["begun_at", "total"])
    RefresherQuestion.objects.bulk_create(
        RefresherQuestion(refresher=refresher, position=number, revision=revision)
        for number, revision in enumerate(asked, 1)
    )
    return refresher


def open_row(learner: Learner, course: Course, number: int, completed_on: datetime.date) -> Refresher:
    """The one row of this round; made by whoever comes first."""
    row, _ = Refresher.objects.get_or_create(
        learner=learner, course=course, round=number, defaults={"due_on": due_on(completed_on, number)}
    )
    return row


@again()
@transaction.atomic
def answer(
    *, learner: Learner, refresher: Refresher, position: int, choices: Iterable[object]
) -> RefresherQuestion:
    """Judge her answer to one question; asked again, her first answer stands.

    The last answer finishes the refresher and records it. Raises NotFound, UnknownChoice, CannotAct.
    """
    acting.begin(learner)
    held = Refresher.objects.filter(pk=refresher.pk, learner=learner).select_related("course").first()
    questions = list(held.questions.select_related("revision")) if held else []
    asked = next((one for one in questions if one.position == position), None)
    if held is None or asked is None:
        raise NotFound("Không tìm thấy câu hỏi này. Bạn hãy tải lại trang.")
    if asked.answered_at is None:
        wording = asked.revision
        asked.choices = grading.checked(wording.choices, choices, kind=wording.kind)
        asked.correct = grading.is_right(wording.choices, asked.choices)
        asked.answered_at = timezone.now()
        asked.save(update_fields=["choices", "correct", "answered_at"])
        if all(one.answered_at for one in questions):
            _finish(learner, held, questions)
    return asked


def _finish(learner: Learner, refresher: Refresher, questions: list[RefresherQuestion]) -> None:
    """Its result, and the facts of it: apart from what a completion is counted by."""
    refresher.finished_at = timezone.now()
    refresher.remembered = sum(bool(one.correct) for one in questions)
    refresher.save(update_fields=["finished_at", "remembered"])
    still = refresher.remembered * 100 >= STILL_PERCENT * len(questions)
    people = Learner.objects.select_related("commune", "neighbourhood", "organisation")
    stamp = Stamp.of(people.get(pk=learner.pk))
    record_all(
        stamp=stamp,
        facts=[
            {
                "actor": SERVER,
                "uuid": fact_uuid(kind, learner.pk, refresher),
                "kind": kind,
                "course": refresher.course.code,
                "channel": Fact.Channel.ONLINE,
                "asserted_by": Fact.Asserter.SERVER,
            }
            for kind in ([kinds.REFRESHED, kinds.REMEMBERED] if still else [kinds.REFRESHED])
        ],
    )


def fact_uuid(kind: str, learner: int, refresher: Refresher) -> uuid.UUID:
    """The uuid of its fact, when that learner finished it."""
    return server_uuid(kind, learner, refresher.course.code, refresher.round)


# --- Which questions ---------------------------------------------------------


def _drawn(learner: Learner, course: Course, number: int) -> list[QuestionRevision]:
    """Six queries, whatever the size of the course and of her history."""
    live = {one.key: one for one in live_questions().filter(course=course).select_related("revision")}
    rng = random.Random(f"{learner.pk}/{course.pk}/{number}")  # noqa: S311 - which question, no secret
    chosen = choose([(one.key, one.item_id) for one in live.values()], _past(learner, course), rng=rng)
    return [revision for key in chosen if (revision := live[key].revision)]


def _past(learner: Learner, course: Course) -> Past[str]:
    forgotten = RefresherQuestion.objects.filter(
        refresher__learner=learner, refresher__course=course, correct=False
    )
    answers = PracticeAnswer.objects.filter(learner=learner, question__course=course).exclude(
        revision__kind=QuestionRevision.Kind.PRACTICE
    )
    last: dict[str, bool] = {}
    ever: dict[str, None] = {}
    for key, correct in answers.order_by("answered_at", "pk").values_list("question__key", "correct"):
        last.pop(key, None)  # to the end: the newest comes last
        last[key] = correct
        if not correct:
            ever.setdefault(key)
    wrong = [key for key, correct in reversed(last.items()) if not correct]
    return Past(
        forgotten=list(forgotten.order_by("position").values_list("revision__question__key", flat=True)),
        wrong=wrong,
        once_wrong=[key for key in ever if key not in wrong],
        lessons=_lessons_of_wrong_test_questions(learner, course),
    )


def _lessons_of_wrong_test_questions(learner: Learner, course: Course) -> set[int]:
    """The lessons by which the test questions she got wrong, or left out, are explained. Two queries."""
    closed = Q(attempt__learner=learner, attempt__quiz__item__course=course)
    closed &= Q(attempt__submitted_at__isnull=False)
    steps = AttemptStep.objects.filter(closed, kind=AttemptStep.Kind.ANSWER).order_by("seq")
    chosen = dict(steps.values_list("question", "choices"))
    drawn = AttemptQuestion.objects.filter(closed).exclude(revision__question__item=None)
    rows = drawn.values_list("pk", "revision__choices", "revision__question__item")
    return {item for pk, choices, item in rows if not grading.is_right(choices, chosen.get(pk) or [])}


def practices_to_try(learner: Learner, course: Course) -> list[Question]:
    """Live pretend screens on which she slipped: played again in their lessons, two at most. One query."""
    slips = PracticeAnswer.objects.filter(learner=learner, question=OuterRef("pk"), correct=False)
    practices = Question.objects.filter(
        Exists(slips), course=course, revision__kind=QuestionRevision.Kind.PRACTICE
    )
    return list(practices.exclude(item=None).exclude(item__url="").select_related("revision", "item")[:2])
