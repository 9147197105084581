"""One import at a time: what one takes back must not be what another has built upon."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from .problems import PackageRefused, Problem

BUSY = "một lần nhập khác đang chạy; hãy đợi nó xong rồi thử lại."


@contextmanager
def one_at_a_time(*, seconds: float = 120) -> Iterator[None]:
    """Wait for the turn, at most so long. The lock is a file on the disk that all nodes share
    (DATA_DIR), so a killed import gives it back by itself. Raises PackageRefused."""
    until = time.monotonic() + seconds
    with (settings.DATA_DIR / "import.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() >= until:
                    raise PackageRefused([Problem("", 0, BUSY)]) from None
                time.sleep(0.1)
        yield
