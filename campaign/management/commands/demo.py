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
from ledger import kinds
from ledger.models import Fact


class Command(BaseCommand):
    help = (
        "Bịa ra người học trong những ngày qua cho đủ số, cùng số thì cùng người; "
        "đã đủ thì không thêm ai. Cần DEMO=1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--learners", type=int, default=600, metavar="N", help="từ 1 đến 5.000.000")
        parser.add_argument("--days", type=int, default=60, metavar="D", help="từ 1 đến 3.650")

    def handle(self, *, learners: int, days: int, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Lệnh này chỉ chạy khi DEMO=1: người bịa ra không được lẫn vào số liệu thật.")
        if not 1 <= learners <= 5_000_000 or not 1 <= days <= 3650:
            raise CommandError("--learners phải từ 1 đến 5000000, --days phải từ 1 đến 3650.")
        there = Fact.objects.filter(actor=ACTOR, kind=kinds.REGISTERED).count()
        if there >= learners:
            self.stdout.write(f"Đã có {there} người học mẫu, không cần thêm.")
            return
        began = time.monotonic()
        try:
            facts = tell(learners=learners - there, days=days, say=self.stdout.write)
        except NothingToLearn:
            raise CommandError(
                "Chưa có xã, phường hoặc chưa có khóa học nào được phát hành: hãy chạy lệnh seed trước."
            ) from None
        told = time.monotonic()
        self.stdout.write(f"{learners - there} người, {facts} việc, {told - began:.1f} giây; đang đếm …")
        fold()
        close_days()
        self.stdout.write(f"đã đếm xong, {time.monotonic() - told:.1f} giây")
