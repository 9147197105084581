"""`demo --learners N --days D`: invented people who learned, for showing and measuring the site."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaign.closing import close_days
from campaign.demonstration.telling import ACTOR, NothingToLearn, tell
from campaign.folding import fold
from ledger.models import Fact


class Command(BaseCommand):
    help = "Bịa ra người học trong những ngày qua, cùng số thì cùng người. Cần DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--learners", type=int, default=600, metavar="N", help="từ 1 đến 5.000.000")
        parser.add_argument("--days", type=int, default=60, metavar="D", help="từ 1 đến 3.650")
        parser.add_argument("--again", action="store_true", help="thêm người vào lần chạy trước")

    def handle(self, *, learners: int, days: int, again: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Lệnh này chỉ chạy khi DEMO=1: người bịa ra không được lẫn vào số liệu thật.")
        if not 1 <= learners <= 5_000_000 or not 1 <= days <= 3650:
            raise CommandError("--learners phải từ 1 đến 5000000, --days phải từ 1 đến 3650.")
        if not again and Fact.objects.filter(actor=ACTOR).exists():
            raise CommandError("Đã có người học mẫu; muốn thêm người thì chạy với --again.")
        began = time.monotonic()
        try:
            facts = tell(learners=learners, days=days, say=self.stdout.write)
        except NothingToLearn:
            raise CommandError(
                "Chưa có xã, phường hoặc chưa có khóa học nào được phát hành: hãy chạy lệnh seed trước."
            ) from None
        told = time.monotonic()
        self.stdout.write(f"{learners} người, {facts} việc, {told - began:.1f} giây; đang đếm …")
        fold()
        close_days()
        self.stdout.write(f"đã đếm xong, {time.monotonic() - told:.1f} giây")
