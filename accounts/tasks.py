"""Hourly tidying; safe to run twice."""

from celery import shared_task

from . import doors, roles


@shared_task
def tidy() -> None:
    doors.forget_old()
    roles.sweep()
