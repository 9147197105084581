"""The question bank with frozen revisions, and attempts as appended steps."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import Learner
from courses.models import Course, Edition, Item


class Question(models.Model):
    """A question of a course: for practice or for the final test, never both."""

    class Purpose(models.TextChoices):
        PRACTICE = "practice", "luyện tập"
        EXAM = "exam", "kiểm tra"

    course = models.ForeignKey(Course, models.CASCADE, related_name="questions")
    key = models.CharField(max_length=60, unique=True, help_text="kns04-f01; stable for ever")
    purpose = models.CharField(max_length=8, choices=Purpose)
    item = models.ForeignKey(
        Item,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="questions",
        help_text="the lesson it belongs to or is explained by",
    )
    position = models.PositiveSmallIntegerField(default=0)
    revision = models.ForeignKey(
        "QuestionRevision",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the live one; empty when retired",
    )

    class Meta:
        ordering = ["position"]


class QuestionRevision(models.Model):
    """The frozen wording of a question. `choices` is [{id, text, correct, feedback}]."""

    class Kind(models.TextChoices):
        SINGLE = "single", "chọn một"
        MULTIPLE = "multiple", "chọn nhiều"
        TRUEFALSE = "truefalse", "đúng hay sai"

    question = models.ForeignKey(Question, models.CASCADE, related_name="revisions")
    purpose = models.CharField(max_length=8, choices=Question.Purpose)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    text = models.TextField()
    choices = models.JSONField()
    explanation = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "number"], name="question_revision_number_once")
        ]


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


class Attempt(models.Model):
    """One try at a final test; its answers are appended steps.

    `drawn` pins what was asked and in which order: [{revision, choices: [id, …]}].
    `seq` is the number of the last step: the compare-and-set that a stale tab fails.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True)
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="attempts")
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="attempts")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    day = models.DateField(help_text="local day of the start")
    ordinal = models.PositiveSmallIntegerField(help_text="1 for the day's first")
    day_limit = models.PositiveSmallIntegerField()
    drawn = models.JSONField()
    seq = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    correct = models.PositiveSmallIntegerField(null=True, blank=True)
    pass_percent = models.PositiveSmallIntegerField()
    passed = models.BooleanField(null=True, blank=True)

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
        ]


class AttemptStep(models.Model):
    """One appended act of an attempt: an answer to a question, or handing in."""

    class Kind(models.TextChoices):
        ANSWER = "answer", "trả lời"
        SUBMIT = "submit", "nộp bài"

    attempt = models.ForeignKey(Attempt, models.CASCADE, related_name="steps")
    seq = models.PositiveIntegerField()
    uuid = models.UUIDField()
    kind = models.CharField(max_length=6, choices=Kind)
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, null=True, related_name="+")
    choices = models.JSONField(default=list, help_text="ids chosen")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["seq"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "seq"], name="attempt_step_seq_once"),
            models.UniqueConstraint(fields=["attempt", "uuid"], name="attempt_step_uuid_once"),
        ]


class PracticeAnswer(models.Model):
    """An answer to a check question in a lesson. Never scores."""

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="practice_answers")
    question = models.ForeignKey(Question, models.CASCADE, related_name="practice_answers")
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, related_name="+")
    choices = models.JSONField()
    correct = models.BooleanField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner", "question"])]
