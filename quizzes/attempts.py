"""A try at the final test: the server draws, keeps the deadline, and judges.

Who locks what: her own row first (`accounts.acting`); unique (learner, quiz) while open decides
between two starts of hers and of a record merged into hers; every
step is a compare-and-set on `Attempt.seq` (`filter(seq=…).update(seq=…)`), so of two
tabs that both saw step 7 one writes step 8 and the other gets the kept answers back
to merge. Nothing holds a lock while a person thinks.

The deadline is judged when an act arrives. It counts when it comes before the
deadline, or within TOLERANCE after it with a device time before it: a slow network
costs nobody an answer, a false clock wins nobody more than TOLERANCE. An attempt
that nobody hands in is closed after deadline + TOLERANCE with the answers it has.
"""

from __future__ import annotations

import datetime
import random
import uuid as uuids
from collections.abc import Mapping, Sequence
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import acting
from accounts.merging import canonical_of
from accounts.models import Learner
from common.retrying import again
from courses import progress
from courses.models import Edition, EditionItem, Enrolment, ItemDone
from ledger.recording import clamp

from . import drawing, grading
from .errors import AlreadyPassed, Closed, Dropped, NotFound, NotReady, Stale, TooManySteps, TooSoon
from .models import Attempt, AttemptQuestion, AttemptStep, Question, QuestionRevision, Quiz

TOLERANCE = datetime.timedelta(minutes=2)
MAX_STEPS = 500
Answers = dict[str, list[str]]
_CHANCE = random.SystemRandom()
_JUDGEMENT = ["seq", "submitted_at", "correct", "passed", "expired"]


def find(*, learner: Learner, public_id: object) -> Attempt:
    """Her attempt; one that is another's, or none, raises NotFound."""
    try:
        wanted = uuids.UUID(str(public_id))
    except ValueError:
        wanted = None
    attempt = Attempt.objects.of(learner).filter(public_id=wanted).first() if wanted else None
    if attempt is None:
        raise NotFound("Không tìm thấy bài làm này.")
    return attempt


# --- Starting ---------------------------------------------------------------


@again()
@transaction.atomic
def start(
    *,
    learner: Learner,
    quiz: Quiz,
    now: datetime.datetime | None = None,
    rng: random.Random = _CHANCE,
) -> Attempt:
    """Her open attempt: the one already open, or a new one with its questions drawn.

    Raises acting.CannotAct, AlreadyPassed, TooSoon (waiting time or limit of the day), NotReady,
    or Dropped; an attempt begun before the course dropped the test may be finished.
    """
    now = now or timezone.now()
    acting.begin(learner)
    for _ in range(3):
        open_one = Attempt.objects.of(learner).filter(quiz=quiz).open().first()
        if open_one and not close_if_over(attempt=open_one, now=now):
            return open_one
        try:
            edition = _edition(learner=learner, quiz=quiz)
            ordinal = _next_ordinal(learner=learner, quiz=quiz, now=now)
            with transaction.atomic():
                return _draw(learner=learner, quiz=quiz, edition=edition, ordinal=ordinal, now=now, rng=rng)
        except IntegrityError:
            continue  # another tab was faster: its attempt is hers too
        except TooSoon:
            # Begun by another tab between the two looks, it is the open one, not the last try.
            if not Attempt.objects.of(learner).filter(quiz=quiz).open().exists():
                raise
    raise TooSoon("Bài kiểm tra đang được mở ở nơi khác. Bạn hãy thử lại sau một phút.", again_at=now)


def again_after(last: Attempt, quiz: Quiz, now: datetime.datetime) -> datetime.datetime | None:
    """When the attempt after this last one may start; None when at once."""
    today = timezone.localdate(now)
    if last.day >= today and last.ordinal >= quiz.attempts_per_day:
        tomorrow = datetime.datetime.combine(last.day + datetime.timedelta(days=1), datetime.time())
        return timezone.make_aware(tomorrow)
    ready = (last.submitted_at or now) + datetime.timedelta(minutes=quiz.wait_minutes)
    return ready if ready > now else None


def _next_ordinal(*, learner: Learner, quiz: Quiz, now: datetime.datetime) -> int:
    last = Attempt.objects.filter(learner=learner, quiz=quiz).order_by("-day", "-ordinal").first()
    if last is None:
        return 1
    if ready := again_after(last, quiz, now):
        raise TooSoon(wait_message(quiz, ready, now), again_at=ready)
    return last.ordinal + 1 if last.day == timezone.localdate(now) else 1


def wait_message(quiz: Quiz, ready: datetime.datetime, now: datetime.datetime) -> str:
    local = timezone.localtime(ready)
    if local.date() > timezone.localdate(now) and local.time() == datetime.time():
        return (
            f"Hôm nay bạn đã làm đủ {quiz.attempts_per_day} lần. "
            f"Bạn làm lại được từ 0 giờ ngày {local:%d/%m/%Y}."
        )
    return f"Bạn hãy nghỉ một chút và xem lại bài. Bạn làm lại được từ {local:%H:%M} ngày {local:%d/%m/%Y}."


def _draw(
    *,
    learner: Learner,
    quiz: Quiz,
    edition: Edition,
    ordinal: int,
    now: datetime.datetime,
    rng: random.Random,
) -> Attempt:
    revisions = _drawn(quiz, rng)
    attempt = Attempt.objects.create(
        learner=learner,
        quiz=quiz,
        edition=edition,
        day=timezone.localdate(now),
        ordinal=ordinal,
        day_limit=quiz.attempts_per_day,
        started_at=now,
        deadline=now + datetime.timedelta(minutes=quiz.time_limit_minutes),
        total=len(revisions),
        pass_percent=quiz.pass_percent,
    )
    AttemptQuestion.objects.bulk_create(
        AttemptQuestion(
            attempt=attempt,
            position=position,
            revision=revision,
            order=drawing.choice_order(
                [choice["id"] for choice in revision.choices], kind=revision.kind, rng=rng
            ),
        )
        for position, revision in enumerate(revisions, 1)
    )
    return attempt


def _drawn(quiz: Quiz, rng: random.Random) -> list[QuestionRevision]:
    bank = Question.objects.filter(
        course=quiz.item.course_id, purpose=Question.Purpose.EXAM, revision__isnull=False
    ).select_related("revision")
    pairs = [(question.item_id, question.revision) for question in bank if question.revision]
    revisions = drawing.spread(pairs, quiz.draw, rng)
    if len(revisions) < quiz.draw:
        raise NotReady("Bài kiểm tra này chưa đủ câu hỏi nên chưa mở. Bạn hãy quay lại sau.")
    return revisions


def _edition(*, learner: Learner, quiz: Quiz) -> Edition:
    """The edition she is learning, else the current one, when there is a test for her in it."""
    if ItemDone.objects.filter(learner=learner, item=quiz.item_id).exists():
        raise AlreadyPassed("Bạn đã đạt bài kiểm tra này rồi, không cần làm lại.")
    course = quiz.item.course
    enrolment = Enrolment.objects.filter(learner=learner, course=course).select_related("edition").first()
    edition = enrolment.edition if enrolment else course.current_edition
    if edition is None:
        raise NotReady("Khóa học này chưa phát hành nên chưa có bài kiểm tra.")
    if not asked(learner=learner, quiz=quiz):
        raise Dropped(
            "Khóa học này không còn bài kiểm tra cuối khóa, bạn không cần làm nữa. "
            "Những gì bạn đã học vẫn được giữ."
        )
    return edition


def asked(*, learner: Learner, quiz: Quiz) -> bool:
    """Whether the test counts for her: her own edition asks it, or the current one. One query."""
    hers = Enrolment.objects.filter(learner=learner, course=quiz.item.course_id).values("edition")
    current = Q(edition=F("edition__course__current_edition"))
    return EditionItem.objects.filter(current | Q(edition__in=hers), item=quiz.item_id).exists()


# --- Answering --------------------------------------------------------------


@again()
@transaction.atomic
def answer(
    *,
    attempt: Attempt,
    uuid: uuids.UUID,
    seq: int,
    question: str,
    choices: Sequence[object],
    happened_at: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> Attempt:
    """Append one answer (nothing chosen takes it back); until handing in it may be changed.

    `seq` is the last step the tab has seen. Raises Stale (with seq and answers to merge),
    Closed, NotFound for a question not drawn, UnknownChoice. The same uuid again is quiet.
    """
    acting.begin(attempt.learner_id)
    if attempt.steps.filter(uuid=uuid).exists():
        attempt.refresh_from_db(fields=["seq", "submitted_at"])
        return attempt
    return _append(
        attempt, uuid, seq, {question: choices}, happened_at=happened_at, now=now or timezone.now()
    )


@again()
@transaction.atomic
def answer_sheet(
    *,
    attempt: Attempt,
    uuid: uuids.UUID,
    seq: int,
    answers: Mapping[str, Sequence[object]],
    now: datetime.datetime | None = None,
) -> Attempt:
    """Append what a whole sheet changes, at once: the form without script.

    A sheet that says what is kept already changes nothing, so pressing twice is quiet.
    """
    acting.begin(attempt.learner_id)
    kept = current_answers(attempt)
    changed = {key: chosen for key, chosen in answers.items() if set(chosen) != set(kept.get(key, []))}
    if not changed:
        attempt.refresh_from_db(fields=["seq", "submitted_at"])
        _check_open(attempt)
        return attempt
    return _append(attempt, uuid, seq, changed, happened_at=None, now=now or timezone.now())


def current_answers(attempt: Attempt) -> Answers:
    """What is kept now: the last answer to each question. One query."""
    steps = attempt.steps.filter(kind=AttemptStep.Kind.ANSWER).select_related("question").order_by("seq")
    kept = {step.question.key: list(step.choices) for step in steps if step.question}
    return {key: chosen for key, chosen in kept.items() if chosen}


def _append(
    attempt: Attempt,
    uuid: uuids.UUID,
    seq: int,
    answers: Mapping[str, Sequence[object]],
    *,
    happened_at: datetime.datetime | None,
    now: datetime.datetime,
) -> Attempt:
    _check_time(attempt, happened_at, now)
    if seq + len(answers) > MAX_STEPS:
        raise TooManySteps("Bạn đã đổi câu trả lời quá nhiều lần. Bạn hãy nộp bài với các câu đang có.")
    drawn = {one.key: one for one in attempt.questions.select_related("revision")} if answers else {}
    at, _ = clamp(happened_at, earliest=attempt.started_at, now=now)
    steps = [
        AttemptStep(
            attempt=attempt,
            seq=seq + number,
            uuid=uuid,
            kind=AttemptStep.Kind.ANSWER,
            question=_question(drawn, key),
            choices=grading.checked(drawn[key].revision.choices, chosen, kind=drawn[key].revision.kind),
            happened_at=at,
            recorded_at=now,
        )
        for number, (key, chosen) in enumerate(answers.items(), 1)
    ]
    _advance(attempt, seq, len(steps))
    AttemptStep.objects.bulk_create(steps)
    return attempt


def _question(drawn: Mapping[str, AttemptQuestion], key: str) -> AttemptQuestion:
    if key not in drawn:
        raise NotFound("Câu hỏi này không có trong bài kiểm tra của bạn.")
    return drawn[key]


def _advance(attempt: Attempt, seq: int, by: int) -> None:
    """The compare-and-set: this tab saw the last step, and goes on from it."""
    mine = Attempt.objects.filter(pk=attempt.pk, submitted_at=None, seq=seq)
    if not mine.update(seq=seq + by):
        attempt.refresh_from_db(fields=["seq", "submitted_at"])
        _check_open(attempt)
        raise Stale(
            "Bạn đã trả lời ở một trang hay một máy khác. Các câu trả lời đều còn; "
            "trang này đã được cập nhật, bạn hãy xem lại rồi làm tiếp.",
            seq=attempt.seq,
            answers=current_answers(attempt),
        )
    attempt.seq = seq + by


def _check_open(attempt: Attempt) -> None:
    if not attempt.is_open:
        raise Closed("Bài này đã nộp rồi. Bạn hãy xem kết quả.")


def _check_time(attempt: Attempt, happened_at: datetime.datetime | None, now: datetime.datetime) -> None:
    _check_open(attempt)
    if not in_time(attempt, happened_at, now):
        raise Closed("Đã hết giờ làm bài. Các câu trả lời gửi trước đó vẫn được chấm.")


def in_time(attempt: Attempt, happened_at: datetime.datetime | None, now: datetime.datetime) -> bool:
    """Before the deadline, or within the tolerance with a device time before it."""
    if now <= attempt.deadline:
        return True
    return now <= attempt.deadline + TOLERANCE and (happened_at or now) <= attempt.deadline


# --- Handing in -------------------------------------------------------------


@again()
@transaction.atomic
def submit(
    *,
    attempt: Attempt,
    uuid: uuids.UUID,
    seq: int,
    happened_at: datetime.datetime | None = None,
    now: datetime.datetime | None = None,
) -> Attempt:
    """Hand in and judge; a pass is recorded in the same transaction.

    Unanswered questions are wrong. After the deadline the attempt is closed as
    expired, with the answers that came in time. Handing in twice is quiet. Raises Stale.
    """
    now = now or timezone.now()
    acting.begin(attempt.learner_id)
    attempt.refresh_from_db(fields=_JUDGEMENT)
    if not attempt.is_open:
        return attempt
    if not in_time(attempt, happened_at, now):
        _judge(attempt, at=attempt.deadline, expired=True)
        return attempt
    at, _ = clamp(happened_at, earliest=attempt.started_at, now=now)
    try:
        _advance(attempt, seq, 1)
    except Closed:  # another tab handed in a moment ago: its judgement is hers
        attempt.refresh_from_db(fields=_JUDGEMENT)
        return attempt
    AttemptStep.objects.create(
        attempt=attempt,
        seq=attempt.seq,
        uuid=uuid,
        kind=AttemptStep.Kind.SUBMIT,
        happened_at=at,
        recorded_at=now,
    )
    _judge(attempt, at=at, expired=False)
    return attempt


@again()
@transaction.atomic
def close_if_over(*, attempt: Attempt, now: datetime.datetime | None = None) -> bool:
    """Close an open attempt whose time, with the tolerance, has run out; whether it is closed.

    Raises acting.CannotAct: of somebody who is leaving nothing is judged, unless she stays.
    """
    now = now or timezone.now()
    if attempt.is_open and now > attempt.deadline + TOLERANCE:
        acting.begin(attempt.learner_id)
        attempt.refresh_from_db(fields=_JUDGEMENT)
        _judge(attempt, at=attempt.deadline, expired=True)
    return not attempt.is_open


def close_overdue(*, now: datetime.datetime | None = None, limit: int = 200) -> int:
    """Close what nobody handed in, each in its own transaction; returns how many were due."""
    now = now or timezone.now()
    due = Attempt.objects.open().filter(deadline__lt=now - TOLERANCE, learner__leaving_at=None)
    due = due.order_by("deadline")
    overdue = list(due.select_related("quiz__item__course", "learner")[:limit])
    for attempt in overdue:
        with suppress(acting.CannotAct):  # asked for, or carried out, in this very moment
            close_if_over(attempt=attempt, now=now)
    return len(overdue)


def _judge(attempt: Attempt, *, at: datetime.datetime, expired: bool) -> None:
    """Grade from the pinned revisions and close; the WHERE clause lets one closer win.

    An answer that came in between is graded too: the attempt is closed when this returns.
    """
    closed = 0
    while attempt.is_open and not closed:
        closed = _closed(attempt, at=at, expired=expired)
        attempt.refresh_from_db(fields=_JUDGEMENT)
    if closed and attempt.passed:
        # Her record may have been merged into another since she began.
        progress.pass_test(learner=canonical_of(attempt.learner), item=attempt.quiz.item, at=at)


def _closed(attempt: Attempt, *, at: datetime.datetime, expired: bool) -> int:
    """Grade and close at the step last seen; 0 when another answered or closed meanwhile."""
    kept = current_answers(attempt)
    drawn = attempt.questions.select_related("revision")
    score = grading.score(
        (grading.is_right(one.revision.choices, kept.get(one.key, [])) for one in drawn),
        pass_percent=attempt.pass_percent,
    )
    return Attempt.objects.filter(pk=attempt.pk, submitted_at=None, seq=attempt.seq).update(
        submitted_at=at, correct=score.correct, passed=score.passed, expired=expired
    )
