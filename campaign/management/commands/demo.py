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
    help = "Invent people who learned over the last days: the same ones for the same numbers. Needs DEMO=1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--learners", type=int, default=600, metavar="N", help="1 to 5,000,000")
        parser.add_argument("--days", type=int, default=60, metavar="D", help="1 to 3,650")
        parser.add_argument("--again", action="store_true", help="add more people to those of an earlier run")

    def handle(self, *, learners: int, days: int, again: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("DEMO=1 is not set: invented people do not belong in a real city's figures.")
        if not 1 <= learners <= 5_000_000 or not 1 <= days <= 3650:
            raise CommandError("--learners must be 1 to 5000000 and --days 1 to 3650.")
        if not again and Fact.objects.filter(actor=ACTOR).exists():
            raise CommandError("The demonstration's people are here already; --again adds more.")
        began = time.monotonic()
        try:
            facts = tell(learners=learners, days=days, say=self.stdout.write)
        except NothingToLearn:
            raise CommandError("No communes or no released course yet: run `seed` first.") from None
        told = time.monotonic()
        self.stdout.write(f"{learners} người, {facts} việc, {told - began:.1f} giây; đang đếm …")
        fold()
        close_days()
        self.stdout.write(f"đã đếm xong, {time.monotonic() - told:.1f} giây")
