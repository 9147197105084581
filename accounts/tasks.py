"""Hourly tidying; safe to run twice."""

from importlib import import_module

from celery import shared_task
from django.conf import settings

from . import doors, roles


@shared_task
def tidy() -> None:
    doors.forget_old()
    roles.sweep()
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
