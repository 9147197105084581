"""The kinds of actions a learner's pages queue: lessons, check questions, the final test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from courses import progress
from courses.models import Course
from quizzes import attempts
from quizzes.errors import Closed, NotFound
from quizzes.models import Attempt, Quiz
from quizzes.practising import answer_check

from .queue import Action, BadAction, Done, OwnPinDue, handles


@handles("lesson_done")
def lesson_done(action: Action) -> Done:
    """Subject: the key of the lesson."""
    got = progress.finish_lesson(
        actor=action.actor,
        uuid=action.uuid,
        learner=action.learner,
        item=action.subject,
        happened_at=action.at,
    )
    data = {
        "done": sorted(got.done),
        "percent": got.percent,
        "next": got.next_key,
        "completed": got.completed_at is not None,
        "finished": got.completed_now,
    }
    return Done("Đã ghi: bạn đã học xong bài này.", data, action.subject if got.completed_now else None)


@handles("check_answer")
def check_answer(action: Action) -> Done:
    """Subject: the key of the check question; data.choices: ids chosen."""
    kept = answer_check(
        learner=action.learner,
        question=action.subject,
        choices=_choices(action.data),
        happened_at=action.at,
    )
    return Done("Đã lưu câu trả lời.", {"correct": kept.correct})


@handles("test_start")
def test_start(action: Action) -> Done:
    """Subject: the slug of the course."""
    quiz = (
        Quiz.objects.filter(item__course__slug=action.subject)
        .select_related("item__course__current_edition")
        .first()
    )
    if quiz is None:
        raise NotFound("Không tìm thấy bài kiểm tra của khóa học này.")
    if not action.proved(None):
        raise OwnPinDue(reverse("learning:test", args=[action.subject]))
    attempt = attempts.start(learner=action.learner, quiz=quiz)
    action.proved(attempt)  # remembered for this attempt to its end
    return Done("Đã mở bài kiểm tra.", _attempt(attempt) | {"deadline": attempt.deadline.isoformat()})


@handles("test_answer")
def test_answer(action: Action) -> Done:
    """Subject: the public id of the attempt; data: {seq, question, choices}."""
    question = action.data.get("question")
    if not isinstance(question, str):
        raise BadAction("Việc này không nói trả lời câu nào, nên chưa ghi.")
    attempt, choices = _hers(action), _choices(action.data)
    try:
        attempt = attempts.answer(
            attempt=attempt,
            uuid=action.uuid,
            seq=_seq(action.data),
            question=question,
            choices=choices,
            happened_at=action.at,
        )
    except Closed:  # handed in by the form meanwhile: what it carried is no news
        kept = attempts.current_answers(attempt).get(question, [])
        if attempt.is_open or sorted(kept) != sorted(map(str, choices)):
            raise
    return Done("Đã lưu câu trả lời.", _attempt(attempt))


@handles("test_submit")
def test_submit(action: Action) -> Done:
    """Subject: the public id of the attempt; data: {seq}."""
    attempt = attempts.submit(
        attempt=_hers(action),
        uuid=action.uuid,
        seq=_seq(action.data),
        happened_at=action.at,
    )
    message = "Đã hết giờ: bài được chấm với các câu đã gửi kịp." if attempt.expired else "Đã nộp bài."
    data = _attempt(attempt) | {
        "correct": attempt.score.correct,
        "total": attempt.score.total,
        "passed": bool(attempt.passed),
    }
    return Done(message, data, attempt.quiz.item.key if attempt.passed else None)


def _hers(action: Action) -> Attempt:
    """Her attempt, behind her own PIN where several share the phone. Raises NotFound, OwnPinDue."""
    attempt = attempts.find(learner=action.learner, public_id=action.subject)
    if not action.proved(attempt):
        raise OwnPinDue(reverse("learning:test", args=[attempt.quiz.item.course.slug]))
    return attempt


def course_of(completed: object) -> Course | None:
    """The course of the item, by key, that an action finished it with."""
    return Course.objects.filter(items__key=completed).first() if completed else None


def _attempt(attempt: Attempt) -> dict[str, Any]:
    name = "learning:test" if attempt.is_open else "learning:result"
    args = [attempt.quiz.item.course.slug] + ([] if attempt.is_open else [attempt.public_id])
    return {"attempt": str(attempt.public_id), "seq": attempt.seq, "url": reverse(name, args=args)}


def _choices(data: Mapping[str, Any]) -> list[object]:
    chosen = data.get("choices")
    if not isinstance(chosen, list) or len(chosen) > 20:
        raise BadAction("Không đọc được câu trả lời, nên chưa ghi.")
    return chosen


def _seq(data: Mapping[str, Any]) -> int:
    seq = data.get("seq")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < 1_000_000:
        raise BadAction("Không biết trang này đã lưu đến đâu (seq), nên chưa ghi. Bạn hãy tải lại trang.")
    return seq
