"""Everything between a checkout and a site that answers, in one process."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import Learner
from campaign import folding

DEMO_LEARNERS = 600
DEMO_DAYS = 60


def static_digest() -> str:
    """Changes with any static file's name, size or time: collecting is skipped while it is the same."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


class Command(BaseCommand):
    help = "Migrate, collect static files and seed; with DEMO=1 also a small demo. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        self.step("database", "migrate", interactive=False)
        self.collect_static()
        call_command("seed", stdout=self.stdout)
        if settings.DEMO:
            if not Learner.objects.exists():
                call_command("demo", learners=DEMO_LEARNERS, days=DEMO_DAYS, stdout=self.stdout)
            self.step("demo accounts", "demo_accounts")
        folding.fold()

    def collect_static(self) -> None:
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        digest = static_digest()
        if stamp.is_file() and stamp.read_text() == digest:
            self.stdout.write("static files: unchanged")
            return
        self.step("static files", "collectstatic", interactive=False)
        stamp.write_text(digest)

    def step(self, name: str, command: str, **options: Any) -> None:
        """Run a command that says too much, and say one line."""
        call_command(command, stdout=io.StringIO(), verbosity=0, **options)
        self.stdout.write(f"{name}: ok")
