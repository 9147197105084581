"""Text messages each minute, what ran out each hour, what is over its time each night; safe to run twice."""

from celery import shared_task

from . import bulk, inviting, leaving, messages, retention, roles


@shared_task
def tidy() -> None:
    """Staff whose last role ran out."""
    roles.sweep()


@shared_task
def send_messages() -> int:
    return messages.sweep()


@shared_task
def send_invitations() -> int:
    return inviting.send_due()


@shared_task
def advance_invitations() -> int:
    return bulk.sweep()


@shared_task
def erase_leavers() -> int:
    """Whose time to undo is over."""
    return leaving.sweep()


@shared_task
def erase_old() -> None:
    """The nightly rules of `accounts.retention`."""
    retention.run()
