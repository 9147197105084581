"""Background work of papers. A message is only a hint: the pending rows are the work."""

from celery import shared_task

from . import catching_up


@shared_task
def issue() -> int:
    """Each minute, and after a completion whose request could not do it."""
    return catching_up.catch_up()
