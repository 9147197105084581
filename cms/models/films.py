"""Films of lessons: never without captions, a picture to look at before, and their words."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import models, transaction

from common import transfer

from .. import films
from .files import drop_files, fresh, in_its_place
from .pictures import Picture


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
        if _new(self.film):
            with films.scrubbed(self.film.file) as copy:
                self.film = File(copy, name=self.film.name)
                self._put(*args, **kwargs)
        else:
            self._put(*args, **kwargs)

    def _put(self, *args: Any, **kwargs: Any) -> None:
        """Stores it; lessons that were withdrawn, and say what they said, name the new files.

        Of two who replace it at once the second takes the first one's files away, not those it read.
        """
        with transaction.atomic():
            held = Film.objects.select_for_update().filter(pk=self.pk).first()
            if held and not _new(self.film):
                self.film, self.seconds, self.size = held.film, held.seconds, held.size
            if held and not _new(self.captions):
                self.captions = held.captions
            super().save(*args, **kwargs)
            before = held.names if held else ()
            gone = [(old, new) for old, new in zip(before, self.names, strict=False) if old and old != new]
            for pair in gone:
                in_its_place(*pair)
            drop_files(old for old, _ in gone)

    @property
    def sent(self) -> int:
        """Bytes that playing it takes, with captions and all."""
        files = (transfer.file(one.url) for one in (self.film, self.captions) if one)
        return sum(file.bytes for file in files if file)

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


def on_gone(instance: Film, **kwargs: object) -> None:
    """After a row went."""
    drop_files(instance.names)
