"""Background work of the counts. A message is only a hint: the pending rows are the work."""

from __future__ import annotations

import logging

from celery import shared_task

from . import closing, folding, hinting, rebuilding, verifying

log = logging.getLogger(__name__)


@shared_task
def sweep() -> int:
    """Each minute and soon after a fact: fold what is pending, note until when, close days that are over."""
    hinting.taken()
    total = folding.fold()
    closing.close_days()
    return total


@shared_task
def check() -> int:
    """Each night: recount; when it differs, say so loudly, rebuild, and recount again."""
    sweep()
    run, _ = verifying.verify()
    if run.difference:
        log.error("counts differ by %s; rebuilding (verify run %s)", run.difference, run.pk)
        rebuilding.rebuild()
        sweep()
        run, _ = verifying.verify()
    return run.difference
