"""Putting a recording beside a lesson, taking it away, and what of it is offered to learners."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from common import audio
from common.transfer import HEADERS

from ..models import LessonAudio, LessonPage
from ..weighing import words
from .reading import Text, text_of

MOST_BYTES = 8 * 1024 * 1024
LONGEST = 60 * 60 * 1000  # milliseconds
FOLDER = "audio"  # below MEDIA_ROOT; handed out by lms/media.py


@dataclass(frozen=True)
class Recording:
    """What a page offers: the file at `url` has `size` bytes, and `marks` begin its sentences (ms)."""

    url: str
    size: int
    milliseconds: int
    marks: tuple[int, ...]
    credit: str

    @property
    def price(self) -> str:
        return words(self.size + HEADERS)

    @property
    def minutes(self) -> int:
        return max(1, round(self.milliseconds / 60_000))

    @property
    def tenths(self) -> str:
        """The marks as the page's script reads them: tenths of a second."""
        return " ".join(str(mark // 100) for mark in self.marks)


def recording_of(page: LessonPage, text: Text | None = None) -> Recording | None:
    """The recording of exactly the text that this page has: one query unless `audio` came with the page.

    For who counts or downloads a lesson: `url` and `size` are all that is transferred for it.
    """
    row: LessonAudio | None = getattr(page, "audio", None) if page.pk else None
    if row is None:
        return None
    text = text or text_of(page)
    if row.text_digest != text.digest:
        return None
    marks = row.marks or text.guessed(row.milliseconds)
    return Recording(row.file.url, row.size, row.milliseconds, tuple(marks), row.credit)


def check(data: bytes) -> audio.Audio:
    """The sound in these bytes. Raises ValidationError."""
    if len(data) > MOST_BYTES:
        raise ValidationError(f"Tệp tiếng lớn quá {MOST_BYTES >> 20} MB. Hãy xuất lại ở mức 32 kbit/s.")
    try:
        found = audio.read(data)
    except audio.NotAudio as error:
        raise ValidationError(str(error)) from error
    if not 1000 <= found.milliseconds <= LONGEST:
        raise ValidationError("Tiếng đọc phải dài từ 1 giây đến 60 phút.")
    return found


@transaction.atomic
def put(
    *,
    page: LessonPage,
    sound: audio.Audio,
    text_digest: str,
    marks: list[int] | None = None,
    credit: str = "",
    by_machine: bool = False,
) -> LessonAudio:
    """The recording of this lesson from now on; the one before goes, file and all."""
    row = LessonAudio.objects.select_for_update().filter(page=page).first() or LessonAudio(page=page)
    before = LessonAudio(file=row.file.name) if row.pk else None
    row.size, row.milliseconds, row.marks = len(sound.data), sound.milliseconds, marks or []
    row.text_digest, row.credit, row.by_machine = text_digest, credit, by_machine
    name = f"{page.item_key or page.slug}-{hashlib.sha256(sound.data).hexdigest()[:16]}.{sound.kind}"
    row.file.name = row.file.storage.save(f"{FOLDER}/{name}", ContentFile(sound.data))
    row.save()
    if before:
        transaction.on_commit(before.drop_file)
    return row


@transaction.atomic
def remove(*, page: LessonPage) -> None:
    LessonAudio.objects.filter(page=page).delete()


def on_gone(instance: LessonAudio, **kwargs: object) -> None:
    """After a row went, by itself or with its page."""
    transaction.on_commit(partial(LessonAudio(file=instance.file.name).drop_file))
