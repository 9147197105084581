"""Films of lessons: never without captions, a picture to look at before, and their words."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import get_random_string

from .. import films
from .pictures import Picture

_NAME = "abcdefghijklmnopqrstuvwxyz0123456789"


def film_name(film: Film, filename: str) -> str:
    """A name that never comes back with another content."""
    return f"films/{get_random_string(20, _NAME)}.mp4"


def captions_name(film: Film, filename: str) -> str:
    return f"films/{get_random_string(20, _NAME)}.vtt"


class Film(models.Model):
    """`seconds` and `size` (bytes) are read from the file when it is uploaded."""

    title = models.CharField("tên phim", max_length=120)
    film = models.FileField(
        "tệp phim",
        upload_to=film_name,
        help_text="MP4 (H.264), xuất với “tối ưu cho mạng”. Nhiều nhất 25 MB, 10 phút; 2–5 MB là vừa.",
    )
    captions = models.FileField(
        "phụ đề", upload_to=captions_name, help_text="Tệp .vtt (WebVTT, UTF-8), tiếng Việt."
    )
    poster = models.ForeignKey(
        Picture, models.SET_NULL, null=True, related_name="+", verbose_name="hình hiện trước khi xem"
    )
    transcript = models.TextField(
        "lời trong phim",
        help_text="Đủ để người không nghe, không xem được vẫn hiểu: ai nói gì, trên màn hình có gì.",
    )
    seconds = models.PositiveIntegerField(default=0, editable=False)
    size = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = "phim"
        verbose_name_plural = "phim"
        ordering = ("title", "pk")

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Raises ValidationError beside the file that is not what it should be."""
        super().clean()
        if self.film and not getattr(self.film, "_committed", True):
            try:
                self.seconds = films.seconds_of(self.film.file, self.film.size)
            except films.NoFilm as refusal:
                raise ValidationError({"film": refusal.messages}) from refusal
            self.size = self.film.size
        if self.captions and self.seconds:
            try:
                file = self.captions.open("rb")  # not closed: what was uploaded is still to be stored
                films.check_captions(file.read(films.MOST_CAPTIONS + 1), self.seconds)
                file.seek(0)
            except ValidationError as refusal:
                raise ValidationError({"captions": refusal.messages}) from refusal

    @property
    def length(self) -> str:
        """ "45 giây", "3 phút"."""
        return f"{self.seconds} giây" if self.seconds < 60 else f"{round(self.seconds / 60)} phút"
