"""“Tôi đã biết”: the check questions of a lesson, all right, finish the lesson without reading it.

Once a day for each lesson, never for a final test. The lesson is finished by the one way there is
(`courses.progress`), and a second fact beside it says how: figures tell the two apart.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from accounts import acting
from accounts.models import Learner, Merge
from common.retrying import again
from courses import progress
from courses.models import Item, ItemDone
from courses.progress import Progress
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, Stamp, record, server_uuid

from . import grading
from .errors import NotFound, Refused
from .models import Placement, PracticeAnswer, QuestionRevision
from .remembering import live_questions

LEAST, MOST = 2, 5  # questions: with fewer it is not offered


class Changed(Refused):
    """The questions are not those she answered: an editor published the lesson meanwhile."""


class Incomplete(Refused):
    """Questions without an answer: an open sheet is not a try."""


class AlreadyDone(Refused):
    """She has finished the lesson already."""


def questions(item: Item) -> list[QuestionRevision]:
    """What is asked instead of the lesson, in its order; empty when that is too little. One query."""
    if item.kind != Item.Kind.LESSON or not item.is_live:
        return []
    rows = live_questions().filter(item=item).select_related("revision__question").order_by("position", "key")
    asked = [row.revision for row in rows[:MOST] if row.revision]
    return asked if len(asked) >= LEAST else []


def of_today(learner: Learner, item: Item, *, today: datetime.date | None = None) -> Placement | None:
    """Her try of today."""
    return Placement.objects.filter(learner=learner, item=item, day=today or timezone.localdate()).first()


@again()
@transaction.atomic
def judge(
    *, learner: Learner, item: Item, asked: Sequence[str], answers: Mapping[str, Sequence[str]]
) -> tuple[Placement, Progress | None]:
    """Her try of today: the first one stands, whatever is sent again. All right finishes the lesson.

    `asked` are the refs of the questions she was shown, `answers` by ref. Raises Changed, Incomplete,
    AlreadyDone, NotFound, UnknownChoice, CourseError, CannotAct.
    """
    acting.begin(learner)
    if Merge.objects.filter(duplicate=learner, undone_at=None).exists():
        raise NotFound("Hồ sơ này đã được gộp vào hồ sơ khác.")
    if tried := of_today(learner, item):
        return tried, None
    live = questions(item)
    if not live:
        raise NotFound("Bài này không có câu hỏi để bỏ qua.")
    if ItemDone.objects.filter(learner=learner, item=item).exists():
        raise AlreadyDone("Bạn đã học xong bài này rồi.")
    if [one.ref for one in live] != list(asked):
        raise Changed("Câu hỏi của bài vừa được sửa. Bạn hãy trả lời lại.")
    tried = _tried(learner, item, _judged(learner, live, answers))
    return tried, _finish(learner, item) if tried.passed else None


def _judged(
    learner: Learner, live: Sequence[QuestionRevision], answers: Mapping[str, Sequence[str]]
) -> list[PracticeAnswer]:
    """Her answers, kept like every answer to a check question: a refresher asks the wrong ones again."""
    now, rows = timezone.now(), []
    for one in live:
        chosen = grading.checked(one.choices, answers.get(one.ref, []), kind=one.kind)
        if not chosen:
            raise Incomplete("Còn câu chưa trả lời. Bạn chọn câu trả lời cho mọi câu rồi bấm lại.")
        right = grading.is_right(one.choices, chosen)
        rows.append(
            PracticeAnswer(
                learner=learner,
                question=one.question,
                revision=one,
                choices=chosen,
                correct=right,
                answered_at=now,
            )
        )
    return PracticeAnswer.objects.bulk_create(rows)


def _tried(learner: Learner, item: Item, rows: Sequence[PracticeAnswer]) -> Placement:
    right = sum(row.correct for row in rows)
    return Placement.objects.create(
        learner=learner,
        item=item,
        day=timezone.localdate(),
        total=len(rows),
        correct=right,
        passed=right == len(rows),
        at=timezone.now(),
    )


def _finish(learner: Learner, item: Item) -> Progress:
    """The lesson is finished; the fact beside it says that she knew it.

    Asserted by her own device, like a lesson that was read: the answers stand on the lesson's page, one tab
    away, so nothing better is proved. Figures without what devices say leave out both alike.
    """
    got = progress.finish_lesson(
        actor=SERVER,
        uuid=server_uuid(kinds.LESSON_DONE, learner.pk, item.key, "known"),
        learner=learner,
        item=item,
        asserted_by=Fact.Asserter.CLIENT,
    )
    people = Learner.objects.select_related("commune", "neighbourhood", "organisation")
    record(
        actor=SERVER,
        uuid=server_uuid(kinds.LESSON_KNOWN, learner.pk, item.key),
        kind=kinds.LESSON_KNOWN,
        stamp=Stamp.of(people.get(pk=learner.pk)),
        course=item.course.code,
        edition=got.edition,
        item=item.key,
        channel=Fact.Channel.ONLINE,
        asserted_by=Fact.Asserter.CLIENT,
    )
    return got
