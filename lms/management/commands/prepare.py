"""Everything between a checkout and a site that answers, in one process."""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Learner

DEMO_LEARNERS = 600
DEMO_DAYS = 60


class Command(BaseCommand):
    help = "Migrate, collect static files and seed; with DEMO=1 also a small demo. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.step("database", "migrate", interactive=False)
        self.step("static files", "collectstatic", interactive=False)
        call_command("seed", stdout=self.stdout)
        if settings.DEMO:
            if not Learner.objects.exists():
                call_command("demo", learners=DEMO_LEARNERS, days=DEMO_DAYS, stdout=self.stdout)
            self.step("demo accounts", "demo_accounts")

    def step(self, name: str, command: str, **options: Any) -> None:
        """Run a command that says too much, and say one line."""
        call_command(command, stdout=io.StringIO(), verbosity=0, **options)
        self.stdout.write(f"{name}: ok")
