"""Bring in a course package: a folder or a .zip (docs/course-package.md)."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms.importing.landing import land
from cms.importing.problems import PackageRefused
from cms.importing.reading import read_path
from cms.importing.report import Report, refusal


class Command(BaseCommand):
    help = "Nhập một gói khóa học (thư mục hoặc tệp .zip). Nhập lại cùng gói thì không đổi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--publish", action="store_true", help="xuất bản và phát hành khóa học")
        parser.add_argument(
            "--force", action="store_true", help="lấy theo gói cả những trang đã có người sửa"
        )
        parser.add_argument("--json", action="store_true", help="in kết quả dạng JSON")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        code = ""
        try:
            package = read_path(file)
            code = package.code
            report = land(package, publish=options["publish"], force=options["force"])
        except PackageRefused as error:
            if options["json"]:
                self.stdout.write(json.dumps(refusal(error, code), ensure_ascii=False))
            details = "\n".join(f"  {line}" for line in error.lines) if len(error.problems) > 1 else ""
            raise CommandError(f"{error.summary}\n{details}".rstrip()) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            self.stdout.write(said(report))


def said(report: Report) -> str:
    """One line, and one more for each thing left aside."""
    first = (
        f"{report.course}: {len(report.pages)} bài, {len(report.questions)} câu hỏi, "
        f"{len(report.media)} hình; {report.changed} thay đổi."
    )
    return "\n".join([first, *(f"  bỏ qua {x.origin}: {x.reason}" for x in report.refused_lines)])
