"""Papers: issued once from a completion, checked in public, revoked with a reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Learner, User
from courses.models import Course, Edition


class Paper(models.Model):
    """A "Giấy ghi nhận hoàn thành khóa học" with everything it says pinned when issued."""

    serial = models.CharField(
        max_length=11, unique=True, help_text="10 Crockford base32 characters and a check character"
    )
    learner = models.ForeignKey(Learner, models.CASCADE, related_name="papers")
    course = models.ForeignKey(Course, models.PROTECT, related_name="papers")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="papers")
    series = models.PositiveIntegerField(
        default=1, help_text="number of the last edition that asked for a new paper"
    )
    name = models.CharField(max_length=100)
    course_title = models.CharField(max_length=255)
    score_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    issuer = models.CharField(max_length=200)
    place_name = models.CharField(max_length=100)
    completed_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "course", "series"],
                condition=Q(revoked_at=None),
                name="paper_once_per_course",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(reason=""), name="paper_revoked_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.serial
