"""Background work of the final test and of refreshers: rows decide, so that running twice does nothing."""

from celery import shared_task

from . import attempts, reminding


@shared_task
def close_overdue() -> int:
    """Close attempts that nobody handed in."""
    return attempts.close_overdue()


@shared_task
def tell_of_refreshers() -> int:
    """Text messages to whoever agreed; hourly in daytime."""
    return reminding.sweep()
