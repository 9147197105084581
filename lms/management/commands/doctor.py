"""One command that tells an operator what is wrong and what to do."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Iterator
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from wagtail.models import Site

from accounts.models import Alarm, Message
from courses.models import Course
from ledger.models import Pending
from lms import health
from places.models import Place

ENOUGH_BYTES = 1024**3
MANY_PENDING = 10_000
NO_SEED = "chưa có: chạy manage.py seed"
NAMES = {
    "database": "cơ sở dữ liệu",
    "migrations": "bảng dữ liệu",
    "cache": "bộ nhớ đệm",
    "data_dir": "thư mục dữ liệu",
}


def state() -> Iterator[tuple[str, str]]:
    """What health checks do not ask: data, secrets, disk, queue. "ok …" or what to do."""
    communes = Place.objects.current().communes().count()
    yield "xã, phường", f"ok {communes}" if communes else NO_SEED
    released = Course.objects.exclude(current_edition=None).count()
    yield "khóa đã phát hành", f"ok {released}" if released else NO_SEED
    site = Site.objects.filter(is_default_site=True).exists()
    yield "trang web", "ok" if site else "chưa có trang mặc định: chạy manage.py seed"
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield (
        "ổ đĩa",
        f"ok còn {free // 1024**2} MiB" if free > ENOUGH_BYTES else f"chỉ còn {free // 1024**2} MiB: dọn bớt",
    )
    pending = Pending.objects.count()
    yield (
        "việc chờ tính",
        f"ok {pending}" if pending < MANY_PENDING else f"{pending}: worker có đang chạy không?",
    )
    yield from _people()
    yield (
        "khóa bí mật",
        "ok"
        if len(settings.SECRET_KEY) >= 32 and len(settings.PIN_PEPPER) >= 32
        else ("SECRET_KEY hoặc PIN_PEPPER ngắn hơn 32 ký tự"),
    )
    yield "chạy thử", "ok tắt" if not settings.DEMO else "ok BẬT: tài khoản thử đăng nhập được"


def _people() -> Iterator[tuple[str, str]]:
    """What somebody of the staff has to look at."""
    alarms = Alarm.objects.filter(handled_at=None).exclude(raised_at=None).count()
    yield "báo động", "ok 0" if not alarms else f"{alarms} chưa xử lý: xem /quan-ly/bao-dong/"
    since = timezone.now() - datetime.timedelta(days=1)
    lost = [Message.Status.GIVEN_UP, Message.Status.UNSURE]
    failed = Message.objects.filter(status__in=lost, done_at__gt=since).count()
    yield (
        "tin nhắn",
        f"{failed} tin không gửi được trong 24 giờ qua: xem /quan-ly/tin-da-gui/"
        if failed
        else "ok 0 tin hỏng",
    )


def worker() -> str:
    """Whether a worker answers within two seconds."""
    try:
        answers = current_app.control.ping(timeout=2)
    except Exception as error:  # whatever the broker's client raises when it is down
        return f"máy chuyển việc không trả lời: {type(error).__name__}: {error}"
    return f"ok {len(answers)}" if answers else "không worker nào trả lời: chạy celery -A lms worker -B"


class Command(BaseCommand):
    help = "Check the installation and say what to do about what is wrong."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--no-worker", action="store_true", help="do not ask for a running worker")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Cơ sở dữ liệu: {connection.vendor}, dữ liệu: {settings.DATA_DIR}")
        lines = list(health.results())
        if dict(lines)["database"] == "ok" and dict(lines)["migrations"] == "ok":
            lines += state()
        if not options["no_worker"]:
            lines.append(("worker", worker()))
        for name, said in lines:
            said_shown = said.removeprefix("ok").strip() or "được"
            self.stdout.write(
                f"{'tốt ' if said.startswith('ok') else 'HỎNG'} {NAMES.get(name, name)}: {said_shown}"
            )
        bad = [name for name, said in lines if not said.startswith("ok")]
        if bad:
            named = ", ".join(NAMES.get(name, name) for name in bad)
            raise CommandError(f"Có {len(bad)} trong {len(lines)} mục chưa ổn: {named}.")
