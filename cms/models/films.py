"""Films of lessons: never without captions, a picture to look at before, and their words."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Replace

from courses.models import ItemRevision

from .. import films
from .pictures import Picture, fresh


def film_name(film: Film, filename: str) -> str:
    return f"films/{fresh('phim.mp4')}"


def captions_name(film: Film, filename: str) -> str:
    return f"films/{fresh('phim.vtt')}"


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Files that it held before go: a film taken back must not live on at its old address."""
        before = Film.objects.filter(pk=self.pk).values_list("film", "captions").first() or ()
        if _new(self.film):
            with films.scrubbed(self.film.file) as copy:
                self.film = File(copy, name=self.film.name)
                self._put(before, *args, **kwargs)
        else:
            self._put(before, *args, **kwargs)

    def _put(self, before: Iterable[str], *args: Any, **kwargs: Any) -> None:
        """Stores it; lessons that were withdrawn, and say what they said, name the new files."""
        with transaction.atomic():
            super().save(*args, **kwargs)
            gone = [(old, new) for old, new in zip(before, self.names, strict=False) if old and old != new]
            for old, new in gone:
                told = ItemRevision.objects.filter(html__contains=old)
                told.update(html=Replace("html", Value(old), Value(new)))
            drop_files(old for old, _ in gone)

    @property
    def names(self) -> tuple[str, str]:
        """Of its files, below the media folder."""
        return self.film.name or "", self.captions.name or ""

    def clean(self) -> None:
        """Raises ValidationError beside the file that is not what it should be."""
        super().clean()
        if _new(self.film):
            try:
                self.seconds = films.seconds_of(self.film.file, self.film.size)
            except films.NoFilm as refusal:
                raise ValidationError({"film": refusal.messages}) from refusal
            self.size = self.film.size
        if self.captions and self.seconds and (_new(self.film) or _new(self.captions)):
            self._check_captions()

    def _check_captions(self) -> None:
        try:
            file = self.captions.open("rb")  # not closed: what was uploaded is still to be stored
            films.check_captions(file.read(films.MOST_CAPTIONS + 1), self.seconds)
            file.seek(0)
        except ValidationError as refusal:
            raise ValidationError({"captions": refusal.messages}) from refusal
        except OSError as error:
            raise ValidationError({"captions": "Tệp phụ đề đã mất. Hãy tải lên lại."}) from error

    @property
    def length(self) -> str:
        """ "45 giây", "3 phút", "2 phút 30 giây"."""
        minutes, seconds = divmod(self.seconds, 60)
        if not minutes:
            return f"{seconds} giây"
        return f"{minutes} phút {seconds} giây" if seconds else f"{minutes} phút"


def _new(file: Any) -> bool:
    """Whether it was uploaded just now."""
    return bool(file) and not getattr(file, "_committed", True)


def drop_files(names: Iterable[str]) -> None:
    """Once all is committed."""
    for name in filter(None, names):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)


def on_gone(instance: Film, **kwargs: object) -> None:
    """After a row went."""
    drop_files(instance.names)
