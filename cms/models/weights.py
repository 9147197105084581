"""What a lesson costs to open, as lists show it: written by `cms.weighing`, never edited."""

from __future__ import annotations

from django.db import models

from .lessons import LessonPage

WORTH = 2000  # bytes


class Weighing(models.Model):
    """Bytes of `first`: a browser that has nothing; `alone`: after another page; `more`: all of it played."""

    page = models.OneToOneField(LessonPage, models.CASCADE, primary_key=True, related_name="weight")
    stamp = models.CharField(max_length=64)
    first = models.PositiveBigIntegerField(default=0)
    alone = models.PositiveBigIntegerField(default=0)
    more = models.PositiveBigIntegerField(default=0)
    words_only = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "cân nặng của bài"
        verbose_name_plural = "cân nặng của bài"

    def __str__(self) -> str:
        return f"{self.page_id}: {self.first}"

    @property
    def saved(self) -> int:
        """By reading its words alone; nothing where that is not worth a link."""
        return max(0, self.first - self.words_only) if self.first - self.words_only >= WORTH else 0
