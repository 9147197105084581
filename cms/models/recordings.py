"""A lesson read aloud by a person or a machine, kept beside its page."""

from __future__ import annotations

from typing import Any

from django.db import models

from .lessons import LessonPage


class LessonAudio(models.Model):
    """`text_digest` is of the sentences that were read: another text, and it is out of date.

    `marks`: where each sentence begins, in milliseconds; none when nobody measured them.
    """

    page = models.OneToOneField(LessonPage, models.CASCADE, related_name="audio")
    file = models.FileField("tệp tiếng", max_length=200)
    size = models.PositiveIntegerField("số byte")
    milliseconds = models.PositiveIntegerField("độ dài (phần nghìn giây)")
    marks = models.JSONField("mốc thời gian", default=list, blank=True)
    text_digest = models.CharField(max_length=64)
    by_machine = models.BooleanField("giọng máy", default=False)
    credit = models.CharField("giọng đọc", max_length=120, blank=True)
    made_at = models.DateTimeField("ghi lúc", auto_now=True)

    class Meta:
        verbose_name = "tiếng đọc của bài học"
        verbose_name_plural = "tiếng đọc của bài học"
        constraints = [
            models.CheckConstraint(condition=models.Q(milliseconds__gt=0), name="audio_has_length"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="audio_has_bytes"),
        ]

    def __str__(self) -> str:
        return f"Tiếng đọc: {self.page}"

    def drop_file(self, *args: Any) -> None:
        """Its file, when no row names it any more."""
        if self.file.name and not LessonAudio.objects.filter(file=self.file.name).exists():
            self.file.storage.delete(self.file.name)
