"""Have lessons read by a machine's voice (docs/read-aloud.md)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.aloud import recordings, voice
from cms.aloud.reading import text_of
from cms.models import CoursePage, LessonAudio, LessonPage


class Command(BaseCommand):
    help = "Cho máy đọc những bài học chưa có tiếng đọc, hoặc tiếng của máy đã cũ. Cần VOICE_COMMAND."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("courses", metavar="CODE", nargs="*", help="chỉ những khóa học này")
        parser.add_argument(
            "--force", action="store_true", help="đọc lại cả bài có tiếng còn mới hay do người đọc"
        )

    def handle(self, *args: Any, courses: list[str], force: bool, **options: Any) -> None:
        made, unread = 0, []
        try:
            voice.command()
            for page in self._lessons(courses):
                try:
                    made += self._read(page, force)
                except (voice.Unspoken, ValidationError) as error:  # the other lessons are read all the same
                    unread.append(f"{page.title}: {' '.join(getattr(error, 'messages', [str(error)]))}")
        except voice.NoVoice as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã đọc {made} bài.")
        if unread:
            raise CommandError("\n".join([f"{len(unread)} bài chưa đọc được:", *unread]))

    def _lessons(self, codes: list[str]) -> list[LessonPage]:
        parents = CoursePage.objects.live()
        if codes:
            parents = parents.filter(code__in=[code.upper() for code in codes])
            if missing := {code.upper() for code in codes} - set(parents.values_list("code", flat=True)):
                raise CommandError(f"Không có khóa học đang mở mang mã {', '.join(sorted(missing))}.")
        return [page for parent in parents for page in LessonPage.objects.child_of(parent).live()]

    def _read(self, page: LessonPage, force: bool) -> int:
        """1 when it was read. A person's recording stays, even out of date, unless forced."""
        text, row = text_of(page), LessonAudio.objects.filter(page=page).first()
        if row and not force and (not row.by_machine or row.text_digest == text.digest):
            if row.text_digest != text.digest:
                self.stdout.write(f"{page.title}: tiếng người đọc đã cũ, để nguyên.")
            return 0
        sound, marks = voice.speak(text)
        recordings.put(
            page=page,
            sound=recordings.check(sound.data),
            text_digest=text.digest,
            marks=marks,
            credit=settings.VOICE_CREDIT,
            by_machine=True,
        )
        self.stdout.write(f"{page.title}: {len(text.sentences)} câu, {sound.milliseconds // 1000} giây.")
        return 1
