"""The question bank with frozen revisions, and attempts as appended steps."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length, Substr
from django.db.models.lookups import Exact

from accounts.models import Learner
from accounts.personal import CONSENT, UNTIL_ERASED, Personal
from courses.models import Course, Edition, Item

from ..grading import Score


def refers_to(column: str, purpose: str) -> Q:
    """A condition on a key to a question's revision: it was written for this purpose."""
    prefix = f"{purpose}:"
    return Q(Exact(Substr(F(column), 1, len(prefix)), Value(prefix)))


def _starts_with(column: str, other: str, mark: str) -> Q:
    """A condition: the column begins with what the other column says, and then the mark."""
    return Q(Exact(Substr(F(column), 1, Length(other) + 1), Concat(other, Value(mark))))


class Question(models.Model):
    """A question of a course: for practice or for the final test, never both.

    `ref` carries the purpose ("exam:kns04-f01") and every table that uses a question
    points at such a ref, so the database itself refuses a practice question in a test
    and a change of purpose once anything was written under it (docs/adr/0007).
    """

    class Purpose(models.TextChoices):
        PRACTICE = "practice", "luyện tập"
        EXAM = "exam", "kiểm tra"

    course = models.ForeignKey(Course, models.CASCADE, related_name="questions")
    key = models.CharField(max_length=60, unique=True, help_text="kns04-f01; stable for ever")
    purpose = models.CharField(max_length=8, choices=Purpose)
    ref = models.CharField(max_length=70, unique=True, editable=False, help_text="exam:kns04-f01")
    item = models.ForeignKey(
        Item,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        help_text="the lesson it belongs to or is explained by",
    )
    source_digest = models.CharField(
        max_length=64, blank=True, editable=False, help_text="the wording as last imported from a package"
    )
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.ForeignKey(
        "QuestionRevision",
        models.PROTECT,
        to_field="ref",
        null=True,
        blank=True,
        related_name="+",
        help_text="the live one; empty when retired",
    )

    class Meta:
        verbose_name = "câu hỏi"
        verbose_name_plural = "câu hỏi"
        ordering = ["position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=["practice", "exam"]), name="question_purpose_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ref=Concat("purpose", Value(":"), "key")), name="question_ref_says_purpose"
            ),
            models.CheckConstraint(
                condition=Q(revision=None) | _starts_with("revision_id", "ref", "/"),
                name="question_live_revision_is_its_own",
            ),
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.ref = f"{self.purpose}:{self.key}"
        super().save(*args, **kwargs)


class QuestionRevision(models.Model):
    """The frozen wording of a question. `choices` is [{id, text, correct, feedback}].

    A pretend screen ("Thử làm") is one too: `choices` are all its acts, `screens` what they
    are done on (quizzes/pretending.py). It is luyện tập by constraint.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", "chọn một"
        MULTIPLE = "multiple", "chọn nhiều"
        TRUEFALSE = "truefalse", "đúng hay sai"
        PRACTICE = "practice", "thử làm"

    question = models.ForeignKey(Question, models.CASCADE, to_field="ref", related_name="revisions")
    purpose = models.CharField(max_length=8, choices=Question.Purpose)
    number = models.PositiveIntegerField()
    ref = models.CharField(max_length=80, unique=True, editable=False, help_text="exam:kns04-f01/2")
    kind = models.CharField(max_length=9, choices=Kind)
    text = models.TextField()
    choices = models.JSONField()
    screens = models.JSONField(default=list, blank=True, help_text="of a pretend screen; else empty")
    explanation = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_revision_number_once"),
            models.CheckConstraint(
                condition=_starts_with("question_id", "purpose", ":"),
                name="question_revision_has_its_purpose",
            ),
            models.CheckConstraint(
                condition=_starts_with("ref", "question_id", "/"),
                name="question_revision_ref_is_its_own",
            ),
            models.CheckConstraint(
                condition=~Q(kind="practice") | Q(purpose="practice"),
                name="question_revision_pretends_in_practice_only",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.ref = f"{self.question_id}/{self.number}"
        super().save(*args, **kwargs)


class Quiz(models.Model):
    """The final test of a course: what is drawn and how often it may be tried."""

    item = models.OneToOneField(Item, models.CASCADE, related_name="quiz")
    draw = models.PositiveSmallIntegerField(default=10)
    pass_percent = models.PositiveSmallIntegerField(default=80)
    attempts_per_day = models.PositiveSmallIntegerField(default=3)
    wait_minutes = models.PositiveSmallIntegerField(default=10)
    time_limit_minutes = models.PositiveSmallIntegerField(default=30)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pass_percent__gte=1, pass_percent__lte=100), name="quiz_pass_is_percent"
            ),
            models.CheckConstraint(condition=Q(draw__gte=1), name="quiz_draws_something"),
        ]


class AttemptQuerySet(models.QuerySet["Attempt"]):
    def open(self) -> AttemptQuerySet:
        return self.filter(submitted_at=None)

    def of(self, learner: Learner) -> AttemptQuerySet:
        """Hers alone: somebody else's attempt looks like none at all."""
        return self.filter(learner=learner).select_related("quiz__item__course")


class Attempt(models.Model):
    """One try at a final test; its answers are appended steps.

    `seq` is the number of the last step: the compare-and-set that a stale tab fails.
    `expired` says that nobody handed it in: it was closed with the answers that had
    come in time.
    """

    personal = Personal(
        what="Lượt làm bài kiểm tra và kết quả",
        why="Biết đã đạt hay chưa",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="attempts")
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempts")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    day = models.DateField(help_text="local day of the start")
    ordinal = models.PositiveSmallIntegerField(help_text="1 for the day's first")
    day_limit = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    expired = models.BooleanField(default=False)
    total = models.PositiveSmallIntegerField(help_text="questions drawn")
    correct = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField()
    passed = models.BooleanField(null=True, blank=True)

    objects = AttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "quiz"], condition=Q(submitted_at=None), name="attempt_one_open"
            ),
            models.UniqueConstraint(
                fields=["learner", "quiz", "day", "ordinal"], name="attempt_ordinal_once"
            ),
            models.CheckConstraint(
                condition=Q(ordinal__gte=1) & Q(ordinal__lte=F("day_limit")), name="attempt_within_day_limit"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at=None, correct=None, passed=None)
                | Q(submitted_at__isnull=False, correct__isnull=False, passed__isnull=False),
                name="attempt_is_judged_when_closed",
            ),
        ]
        indexes = [
            # What the sweep of forgotten attempts looks for: few rows, whatever the history.
            models.Index(fields=["deadline"], condition=Q(submitted_at=None), name="attempt_open_deadline")
        ]

    @property
    def is_open(self) -> bool:
        return self.submitted_at is None

    @property
    def score(self) -> Score:
        """Of a closed attempt; an open one has none yet and scores 0."""
        return Score(correct=self.correct or 0, total=self.total, pass_percent=self.pass_percent)


class AttemptQuestion(models.Model):
    """A question drawn for an attempt, pinned as it was worded and ordered then."""

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, to_field="ref", related_name="+")
    order = models.JSONField(help_text="ids of its choices as shown")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "position"], name="attempt_question_position_once"),
            models.UniqueConstraint(fields=["attempt", "revision"], name="attempt_question_once"),
            models.CheckConstraint(
                condition=refers_to("revision_id", "exam"), name="attempt_draws_exam_questions_only"
            ),
        ]

    @property
    def key(self) -> str:
        """The key of the question, read from what it points at: "exam:kns04-f01/2"."""
        return self.revision_id.partition(":")[2].rpartition("/")[0]


class AttemptStep(models.Model):
    """One appended act of an attempt: an answer to a question, or handing in."""

    personal = Personal(
        what="Từng câu trả lời trong một lượt kiểm tra",
        why="Chấm bài, xem lại khi có thắc mắc",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    class Kind(models.TextChoices):
        ANSWER = "answer", "trả lời"
        SUBMIT = "submit", "nộp bài"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="steps")
    seq = models.PositiveIntegerField()
    uuid = models.UUIDField()
    kind = models.CharField(max_length=6, choices=Kind)
    question = models.ForeignKey(AttemptQuestion, models.CASCADE, null=True, related_name="+")
    choices = models.JSONField(default=list, help_text="ids chosen")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="attempt_step_seq_once"),
            models.CheckConstraint(
                condition=Q(kind="submit", question=None) | Q(kind="answer", question__isnull=False),
                name="attempt_step_answers_a_question_or_submits",
            ),
        ]


class PracticeAnswer(models.Model):
    """An answer to a check question in a lesson. Never scores."""

    personal = Personal(
        what="Câu trả lời khi luyện tập",
        why="Nhớ câu đã làm",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="practice_answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="practice_answers")
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, to_field="ref", related_name="+")
    choices = models.JSONField()
    correct = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner", "question"])]
        constraints = [
            models.CheckConstraint(
                condition=refers_to("revision_id", "practice"), name="practice_answer_is_to_practice"
            )
        ]
