"""Courses, their frozen editions, and what each learner has done of them. Knows no Wagtail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Learner, User
from accounts.personal import CONSENT, OFFICE, UNTIL_ERASED, Personal


class Course(models.Model):
    code = models.CharField(max_length=40, unique=True, help_text="KNS04")
    slug = models.SlugField(max_length=100, unique=True, help_text="as in /khoa-hoc/<slug>/")
    title = models.CharField(max_length=255)
    current_edition = models.ForeignKey("Edition", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        permissions = [("release_course", "Được phát hành khóa học")]

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """Something to do in a course: a lesson, or its final test. Never points at a page."""

    class Kind(models.TextChoices):
        LESSON = "lesson", "Bài học"
        TEST = "test", "Bài kiểm tra cuối khóa"

    course = models.ForeignKey(Course, models.CASCADE, related_name="items")
    key = models.CharField(max_length=60, unique=True, help_text="kns04-01; stable for ever")
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.LESSON)
    slug = models.SlugField(max_length=100, blank=True, help_text="of the live page")
    title = models.CharField(max_length=255)
    position = models.PositiveSmallIntegerField(default=0)
    url = models.CharField(max_length=400, blank=True, help_text="of its live page; empty when withdrawn")
    revision = models.ForeignKey(
        "ItemRevision", models.PROTECT, null=True, blank=True, related_name="+", help_text="the live one"
    )

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_live(self) -> bool:
        """Published, and its page not taken away since."""
        return bool(self.url and self.revision_id) if self.kind == self.Kind.LESSON else bool(self.url)


class ItemRevision(models.Model):
    """What a lesson said from one publication to the next."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    html = models.TextField(blank=True, help_text="rendered body, read when the lesson is withdrawn")
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "number"], name="item_revision_number_once")]


class Edition(models.Model):
    """The frozen set of required items and the pass rule of a course."""

    personal = Personal(
        what="Biên tập viên nào đã công bố khóa học",
        why="Biết ai đã công bố",
        basis=OFFICE,
        keep="Cùng với khóa học",
    )

    course = models.ForeignKey(Course, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    items = models.ManyToManyField(Item, through="EditionItem", related_name="editions")
    rule = models.JSONField(default=dict, help_text='{"required": "all", "pass_percent": 80}')
    new_paper = models.BooleanField("cấp giấy mới", default=False)
    released_at = models.DateTimeField()
    released_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "number"], name="edition_number_once")]


class EditionItem(models.Model):
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="edition_items")
    item = models.ForeignKey(Item, models.PROTECT, related_name="edition_items")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["edition", "item"], name="edition_item_once")]


class Enrolment(models.Model):
    """A learner in a course, with the edition she keeps until she finishes or chooses the new one."""

    personal = Personal(
        what="Học khóa nào, bắt đầu và xong ngày nào",
        why="Nhớ việc học",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="enrolments")
    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="enrolments")
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True, help_text="the first time; never undone")
    finished_edition = models.ForeignKey(
        Edition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="the last one done in full",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["learner", "course"], name="enrolment_once_per_course"),
            models.CheckConstraint(
                condition=Q(completed_at=None, finished_edition=None)
                | Q(completed_at__isnull=False, finished_edition__isnull=False),
                name="enrolment_completed_in_an_edition",
            ),
        ]


class ItemDone(models.Model):
    """A learner finished an item, at this revision. No edit removes it."""

    personal = Personal(
        what="Bài nào đã học xong, ngày nào",
        why="Nhớ việc học",
        basis=CONSENT,
        keep=UNTIL_ERASED,
    )

    learner = models.ForeignKey(Learner, models.CASCADE, related_name="items_done")
    item = models.ForeignKey(Item, models.PROTECT, related_name="done")
    revision = models.ForeignKey(ItemRevision, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["learner", "item"], name="item_done_once")]
        verbose_name_plural = "items done"
