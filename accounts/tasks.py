"""Text messages each minute and hourly tidying; safe to run twice."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from . import (
    alarms,
    bulk,
    cards,
    codes,
    devices,
    doors,
    helping,
    household,
    inviting,
    leaving,
    messages,
    retention,
    roles,
)


@shared_task
def tidy() -> None:
    doors.forget_old()
    devices.forget_old()
    household.forget_old()
    codes.forget_old()
    messages.forget_old()
    alarms.forget_old()
    inviting.forget_old()
    bulk.forget_old()
    cards.forget_old()
    helping.forget_old()
    roles.sweep()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()


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
