"""What this room keeps under a key to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.holdings import GOES, MOVES, Holding, as_json, plain
from accounts.merging import MergeRefused
from accounts.retention import DAYS_90, Rule
from ledger import kinds
from ledger.models import Fact, Receipt
from ledger.recording import SERVER

from . import remembering
from .models import Attempt, AttemptStep, Refresher

if TYPE_CHECKING:
    from accounts.models import Learner, Merge

HOLDS = (
    Holding("quizzes.Attempt", "learner", merge=MOVES, erase=GOES, why="được ghi riêng, kèm câu trả lời"),
    Holding(
        "quizzes.PracticeAnswer",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Câu hỏi luyện tập đã trả lời",
        shows={
            "Câu hỏi": "revision.text",
            "Mã câu": "question.key",
            "Đã chọn": "choices",
            "Đúng": "correct",
            "Trả lời lúc": "answered_at",
        },
    ),
    Holding(
        "quizzes.Refresher",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Lần ôn lại sau khi học xong",
        shows={
            "Khóa học": "course.title",
            "Lần": "get_round_display",
            "Nhắn tin nhắc lúc": "told_at",
            "Bắt đầu": "begun_at",
            "Xong": "finished_at",
            "Số câu": "total",
            "Số câu còn nhớ": "remembered",
            "Từng câu": "as_answered",
        },
    ),
    Holding(
        "quizzes.Placement",
        "learner",
        merge=MOVES,
        erase=GOES,
        title="Bài đã thử bỏ qua vì đã biết",
        shows={
            "Khóa học": "item.course.title",
            "Bài": "item.title",
            "Lúc": "at",
            "Số câu": "total",
            "Số câu đúng": "correct",
            "Đã bỏ qua bài": "passed",
        },
    ),
)
TIMES = (
    Rule(
        "refreshers",
        "Lần ôn lại chưa làm xong",
        DAYS_90,
        # The last day it was offered on is 60 days after it was due: nobody is told of it twice.
        lambda at: Refresher.objects.filter(finished_at=None, due_on__lt=timezone.localdate(at)),
    ),
)
_SHOWS = {
    "Khóa học": "quiz.item.course.title",
    "Bắt đầu": "started_at",
    "Nộp bài": "submitted_at",
    "Hết giờ mà chưa nộp": "expired",
    "Số câu": "total",
    "Số câu đúng": "correct",
    "Đạt": "passed",
}


class InATest(MergeRefused):
    message = "Hồ sơ sẽ gộp vào đang làm dở một bài kiểm tra. Hãy đợi đến khi nộp bài hoặc hết giờ rồi gộp."


def merge(merge: Merge) -> None:
    """Attempts and answers moved already; one in the middle of a test is not disturbed."""
    moved = merge.rows.filter(table="quizzes.Attempt").values("row")
    theirs = Q(learner=merge.duplicate_id) | Q(pk__in=moved)
    if Attempt.objects.open().filter(theirs).exists():
        raise InATest


def unmerge(merge: Merge) -> None:
    """A refresher finished since the merge stays with the canonical person: its fact names her.

    Her own row of that round cannot be in the way: it would have kept the other from moving.
    """
    moved = merge.rows.filter(table="quizzes.Refresher").values_list("row", flat=True)
    back = Refresher.objects.filter(pk__in=list(moved), learner=merge.duplicate_id, finished_at__isnull=False)
    for row in back.select_related("course"):
        hers = remembering.fact_uuid(kinds.REFRESHED, merge.canonical_id, row)
        if Fact.objects.filter(actor=SERVER, uuid=hers).exists():
            Refresher.objects.filter(pk=row.pk).update(learner=merge.canonical_id)


def erase(learner: Learner, number: int) -> None:
    """The first answers to her device's steps; her attempts and answers go as declared."""
    steps = AttemptStep.objects.filter(attempt__learner=learner, uuid=OuterRef("uuid"))
    Receipt.objects.filter(Exists(steps), actor=f"user:{learner.user_id}").delete()


def export(learner: Learner) -> list[dict[str, Any]]:
    """Her attempts with what she answered; the wording of test questions is not given out."""
    attempts = Attempt.objects.of(learner).order_by("pk").prefetch_related("steps__question")
    return [{"title": "Bài kiểm tra cuối khóa", "rows": [_attempt(each) for each in attempts]}]


def _attempt(attempt: Attempt) -> dict[str, Any]:
    answers = [
        {"Câu": step.question.key, "Đã chọn": as_json(step.choices), "Lúc": as_json(step.happened_at)}
        for step in attempt.steps.all()
        if step.question
    ]
    return {label: plain(attempt, path) for label, path in _SHOWS.items()} | {"Câu trả lời": answers}
