"""data_register: the register of personal data as a table in Markdown or CSV."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import personal


class Command(BaseCommand):
    help = "Print what is held about people, why, on what basis and for how long, from the models."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=("markdown", "csv"), default="markdown")

    def handle(self, *, format: str, **options: Any) -> None:
        rows = [personal.COLUMNS, *personal.rows()]
        if format == "csv":
            csv.writer(self.stdout, lineterminator="\n").writerows(rows)
            return
        rows.insert(1, tuple("---" for _ in personal.COLUMNS))
        for row in rows:
            self.stdout.write("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
