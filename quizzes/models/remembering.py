"""What is asked again after a course, and what is asked instead of a lesson. Neither ever scores."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import Learner
from accounts.personal import CONSENT, UNTIL_ERASED, Personal
from courses.models import Course, Item

from .bank import QuestionRevision, refers_to


class Refresher(models.Model):
    """A few questions some days after she finished a course; one row for her, the course and the round.

    The row is there from the moment she was told of it or began, whichever came first: a second
    message, a second tab and a retry find it.
    """

    personal = Personal(
        what="Lần ôn lại sau khi học xong một khóa: đã nhắc chưa, còn nhớ mấy câu",
        why="Giúp nhớ lâu, và biết bài nào cần dạy kỹ hơn",
        basis=CONSENT,
        keep="Lần làm xong: đến khi người học xin xóa. Lần bỏ dở: 90 ngày, rồi tự xóa",
    )

    class Round(models.IntegerChoices):
        WEEK = 7, "sau 7 ngày"
        MONTH = 30, "sau 30 ngày"

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="refreshers")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField(choices=Round, help_text="days after the completion")
    due_on = models.DateField(help_text="local day from which it is offered")
    told_at = models.DateTimeField(null=True, blank=True, help_text="when a text message was put on its way")
    begun_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveSmallIntegerField(null=True, blank=True, help_text="questions asked")
    remembered = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of them right")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "course", "round"], name="refresher_once_per_round"),
            models.CheckConstraint(condition=Q(round__in=[7, 30]), name="refresher_round_is_known"),
            models.CheckConstraint(
                condition=Q(begun_at=None, total=None) | Q(begun_at__isnull=False, total__gte=1),
                name="refresher_begun_with_questions",
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None, remembered=None)
                | Q(finished_at__isnull=False, begun_at__isnull=False, remembered__lte=F("total")),
                name="refresher_finished_with_a_result",
            ),
        ]

    def as_answered(self) -> list[dict[str, object]]:
        """For her own copy."""
        return [
            {"Câu hỏi": one.revision.text, "Đã chọn": one.choices, "Đúng": one.correct}
            for one in self.questions.select_related("revision")
        ]


class RefresherQuestion(models.Model):
    """A question of a refresher, pinned as it was worded when she began. Her first answer stays."""

    personal = Personal(
        what="Từng câu trả lời khi ôn lại",
        why="Giải thích câu sai, và hỏi lại câu đó lần sau",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    refresher = models.ForeignKey(Refresher, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField()
    revision = models.ForeignKey(QuestionRevision, models.PROTECT, to_field="ref", related_name="+")
    choices = models.JSONField(default=list, blank=True, help_text="ids chosen")
    correct = models.BooleanField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["refresher", "position"], name="refresher_question_position_once"
            ),
            models.UniqueConstraint(fields=["refresher", "revision"], name="refresher_question_once"),
            models.CheckConstraint(
                condition=refers_to("revision_id", "practice"), name="refresher_asks_practice_questions_only"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, correct=None)
                | Q(answered_at__isnull=False, correct__isnull=False),
                name="refresher_answer_is_judged",
            ),
        ]


class Placement(models.Model):
    """A try at "Tôi đã biết": the check questions of a lesson instead of the lesson. One a day."""

    personal = Personal(
        what="Lần thử bỏ qua một bài vì đã biết: đúng mấy câu",
        why="Bỏ qua bài đã biết, và đếm riêng những bài như thế",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="placements")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    day = models.DateField(help_text="local day of the try")
    total = models.PositiveSmallIntegerField(help_text="questions asked")
    correct = models.PositiveSmallIntegerField()
    passed = models.BooleanField(help_text="the lesson was finished by it")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "item", "day"], name="placement_once_a_day"),
            models.UniqueConstraint(
                fields=["learner", "item"], condition=Q(passed=True), name="placement_passed_once"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=2, correct__lte=F("total"))
                & (Q(passed=False) | Q(correct=F("total"))),
                name="placement_passes_with_all_right",
            ),
        ]
