"""Counts: signed deltas by accounting day, what they add up to, and who was counted first where.

Everything here but the days is made from the ledger and can be thrown away and
rebuilt; `docs/how-it-counts.md` says how. Rows carry the number of their book: a
rebuild writes the next book beside the one that is read.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.personal import CONSENT, Personal
from ledger.models import Fact
from places.models import Place

MEASURE = 20
COURSE = 40


class Part(models.TextChoices):
    """Which share of a measure a row counts. Left-out people are counted apart, never added."""

    COUNTED = "", "được tính"
    CLIENT = "client", "trong đó chỉ do thiết bị của người học báo"
    STAFF = "staff", "để ngoài: người hướng dẫn, cán bộ"
    TEST = "test", "để ngoài: tài khoản thử"


class Book(models.Model):
    """Where the counting stands. One row; its fields change only under the fold's lock."""

    number = models.PositiveIntegerField(default=1, help_text="the book that is read and folded into")
    building = models.PositiveIntegerField(null=True, help_text="the book a rebuild is writing")
    beat_at = models.DateTimeField(null=True, help_text="last sign of life of the rebuild")
    open_day = models.DateField(null=True, help_text="accounting day of the facts folded now")
    folded_at = models.DateTimeField(null=True, help_text="when nothing was left to fold")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="book_is_one")]

    @classmethod
    def now(cls) -> Book:
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class Day(models.Model):
    """A closed accounting day: nothing is added to it any more. As-of is one of these."""

    day = models.DateField(primary_key=True)
    closed_at = models.DateTimeField()


class LateFact(models.Model):
    """The accounting day of a fact that was folded after the day it was recorded on had passed."""

    fact = models.OneToOneField(Fact, models.CASCADE, primary_key=True, related_name="+")
    day = models.DateField(db_index=True)


class Delta(models.Model):
    """How much a measure of a place moved on an accounting day, by the day it happened.

    The rows of the open day grow; those of a closed day never change.
    """

    book = models.PositiveIntegerField()
    day = models.DateField(help_text="accounting day")
    happened_on = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=MEASURE)
    course = models.CharField(max_length=COURSE, blank=True, help_text="empty: all courses")
    part = models.CharField(max_length=6, choices=Part, blank=True)
    value = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "measure", "course", "part", "happened_on", "place", "day"],
                name="delta_once_per_key",
            )
        ]


class Standing(models.Model):
    """The sum of a place's deltas: of a calendar month, or of all time."""

    personal = Personal(
        what="Mã người học đã được đếm ở đâu",
        why="Không đếm một người hai lần",
        basis=CONSENT,
        keep="Như sổ ghi nhận: xóa thì thay bằng số ngẫu nhiên",
    )

    class Span(models.TextChoices):
        EVER = "ever", "từ trước đến nay"
        MONTH = "month", "tháng"

    book = models.PositiveIntegerField()
    span = models.CharField(max_length=5, choices=Span)
    starts_on = models.DateField(help_text="first day of the month; 2000-01-01 for all time")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    measure = models.CharField(max_length=MEASURE)
    course = models.CharField(max_length=COURSE, blank=True)
    part = models.CharField(max_length=6, choices=Part, blank=True)
    value = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "measure", "course", "part", "span", "starts_on", "place"],
                name="standing_once_per_key",
            )
        ]


class First(models.Model):
    """The earliest live fact of a person for a measure: the one she is counted by.

    Earliest by (day it happened, number of the fact), so that erasing the hour
    changes nothing. For `finished` the day is the later of start and completion.
    """

    personal = Personal(
        what="Lần đầu một mã người học được đếm",
        why="Không đếm một người hai lần",
        basis=CONSENT,
        keep="Như sổ ghi nhận: xóa thì thay bằng số ngẫu nhiên",
    )

    book = models.PositiveIntegerField()
    measure = models.CharField(max_length=MEASURE)
    course = models.CharField(max_length=COURSE, blank=True)
    part = models.CharField(max_length=6, choices=Part, blank=True)
    person = models.BigIntegerField(help_text="the canonical person")
    fact_id = models.BigIntegerField()
    happened_on = models.DateField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False)
    client = models.BooleanField(help_text="asserted only by the learner's own device")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "measure", "person", "course", "part"], name="first_once_per_person"
            )
        ]


class VerifyRun(models.Model):
    """One recount of everything from the ledger, kept for ever."""

    day = models.DateField(help_text="open accounting day when it ran")
    started_at = models.DateTimeField()
    seconds = models.FloatField()
    difference = models.PositiveIntegerField(help_text="sum of the absolute differences")
    lines = models.JSONField(
        default=list, help_text="[measure, place, kept, recount, which share and time], at most 1,000"
    )

    class Meta:
        ordering = ["-started_at"]
