"""load_populations FILE: dated, sourced populations (code, group, value, as_of, source)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from places.csvfiles import BadRow
from places.loading import load_populations


class Command(BaseCommand):
    help = "Thêm số dân từ tệp CSV; có dòng sai thì từ chối và không ghi gì."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            added = load_populations(file)
        except BadRow as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Đã thêm {added} số dân.")
