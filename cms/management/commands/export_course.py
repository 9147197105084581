"""Write the live state of a course as a package .zip (docs/course-package.md)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.importing.exporting import NothingToExport, export, lessons_of
from cms.importing.problems import PackageRefused
from cms.models import LessonAudio
from common.archives import write_zip


class Command(BaseCommand):
    help = "Xuất một khóa học đang mở thành gói .zip; nhập lại gói ấy không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", metavar="CODE")
        parser.add_argument("file", metavar="FILE")

    def handle(self, *args: Any, code: str, file: str, **options: Any) -> None:
        try:
            files = export(code)
            write_zip(files, file)
        except NothingToExport as error:
            raise CommandError(str(error)) from error
        except PackageRefused as error:
            raise CommandError(f"Không xuất được {code}: {error.lines[0]}") from error
        except OSError as error:
            raise CommandError(f"Không ghi được tệp “{file}”: {error.strerror or error}.") from error
        self.stdout.write(f"{code}: {len(files)} tệp → {file}")
        if silent := LessonAudio.objects.filter(page__in=lessons_of(code)).count():
            self.stdout.write(f"  không mang theo tiếng đọc của {silent} bài (docs/read-aloud.md)")
