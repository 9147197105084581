"""One command that tells an operator what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from wagtail.models import Site

from courses.models import Course
from ledger.models import Pending
from lms import health
from places.models import Place

ENOUGH_BYTES = 1024**3
MANY_PENDING = 10_000


def state() -> Iterator[tuple[str, str]]:
    """What health checks do not ask: data, secrets, disk, queue. "ok …" or what to do."""
    communes = Place.objects.current().communes().count()
    yield "communes", f"ok {communes}" if communes else "none: run manage.py seed"
    released = Course.objects.exclude(current_edition=None).count()
    yield "released courses", f"ok {released}" if released else "none: run manage.py seed"
    site = Site.objects.filter(is_default_site=True).exists()
    yield "site", "ok" if site else "no default site: run manage.py seed"
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield (
        "disk",
        f"ok {free // 1024**2} MiB free" if free > ENOUGH_BYTES else f"only {free // 1024**2} MiB free",
    )
    pending = Pending.objects.count()
    yield "pending rows", f"ok {pending}" if pending < MANY_PENDING else f"{pending}: is the worker running?"
    yield (
        "secrets",
        "ok"
        if len(settings.SECRET_KEY) >= 32 and len(settings.PIN_PEPPER) >= 32
        else ("SECRET_KEY or PIN_PEPPER is shorter than 32 characters"),
    )
    yield "demo", "ok off" if not settings.DEMO else "ok ON: demo accounts can sign in"


def worker() -> str:
    """Whether a worker answers within two seconds."""
    try:
        answers = current_app.control.ping(timeout=2)
    except Exception as error:  # whatever the broker's client raises when it is down
        return f"the broker does not answer: {type(error).__name__}: {error}"
    return f"ok {len(answers)}" if answers else "no worker answers: start celery -A lms worker -B"


class Command(BaseCommand):
    help = "Check the installation and say what to do about what is wrong."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-worker", action="store_true", help="do not ask for a running worker")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"database: {connection.vendor}, data: {settings.DATA_DIR}")
        lines = list(health.results())
        if dict(lines)["database"] == "ok" and dict(lines)["migrations"] == "ok":
            lines += state()
        if not options["no_worker"]:
            lines.append(("worker", worker()))
        for name, said in lines:
            self.stdout.write(f"{'ok  ' if said.startswith('ok') else 'BAD '} {name}: {said}")
        bad = [name for name, said in lines if not said.startswith("ok")]
        if bad:
            raise CommandError(f"{len(bad)} of {len(lines)} checks failed: {', '.join(bad)}")
