"""Background work of pages: rows decide, so that running twice does nothing."""

from celery import shared_task

from . import weighing


@shared_task
def weigh() -> int:
    """Lessons that nobody weighed since they were published, or since the last release."""
    return weighing.keep_stale()
