"""`counts verify` recounts everything from the ledger; `counts rebuild` folds it again."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaign.closing import close_days
from campaign.folding import fold
from campaign.rebuilding import RebuildRefused, rebuild
from campaign.verifying import verify


class Command(BaseCommand):
    help = "verify: đếm lại từ sổ ghi (mã thoát 1 nếu lệch); rebuild: cộng lại toàn bộ từ sổ ghi"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["verify", "rebuild"])

    def handle(self, *, action: str, verbosity: int, **options: Any) -> None:
        fold()
        close_days()
        if action == "rebuild":
            self._rebuild(verbosity)
        else:
            self._verify()

    def _verify(self) -> None:
        run, verdict = verify()
        for line in verdict.lines:
            self.stdout.write("\t".join(map(str, line)).rstrip())
        if verdict.difference or verdict.lines:
            self.stderr.write(f"chênh lệch {run.difference} ({run.seconds:.1f} giây)")
            raise SystemExit(1)
        self.stdout.write(f"chênh lệch 0 ({run.seconds:.1f} giây; {verdict.erased} người đã xóa dữ liệu)")

    def _rebuild(self, verbosity: int) -> None:
        say = self.stdout.write if verbosity > 1 else (lambda line: None)
        try:
            total = rebuild(say=say)
        except RebuildRefused as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"đã cộng lại từ {total} việc")
        fold()
        close_days()
