"""A hint to the worker after a fact was recorded, so that figures need not wait for the minute.

The pending rows are the work and beat sweeps them each minute: a hint that is lost, late or
refused costs only that wait. One hint is on its way at a time. It is sent DELAY seconds late
and the sweep takes the mark away before it folds, so what was recorded meanwhile is folded
with it, and a busy hour folds once in DELAY seconds, not once for each lesson.
"""

from __future__ import annotations

import logging

from celery import current_app
from django.core.cache import cache

logger = logging.getLogger(__name__)

TASK = "campaign.tasks.sweep"
DELAY = 2  # seconds
LIFE = 60  # seconds; then beat has swept anyway. Also how long a broker that refused is left alone
_MARK = "campaign/hint"
# Without these, sending to a broker that does not answer tries again for ever.
_ONCE = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}


def send() -> None:
    """Ask the worker for a sweep unless it is asked already. Never raises, no query."""
    if current_app.conf.task_always_eager:
        return  # no worker: a sweep would run here, in somebody's request
    try:
        if cache.add(_MARK, True, timeout=LIFE):
            _publish()
    except Exception:
        logger.warning("No hint to the worker; beat sweeps within a minute", exc_info=True)


def taken() -> None:
    """The worker is about to fold: what is recorded from now on needs another hint."""
    try:
        cache.delete(_MARK)
    except Exception:
        logger.warning("The mark of the hint stays for %s s", LIFE, exc_info=True)


def _publish() -> None:
    """Through a connection of its own: the pool's waits for a dead broker."""
    with current_app.connection_for_write(connect_timeout=1, transport_options=_ONCE) as connection:
        current_app.send_task(TASK, countdown=DELAY, expires=LIFE, connection=connection, retry=False)
