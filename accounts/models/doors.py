"""What guards the doors: wrong tries and alarms."""

from __future__ import annotations

from django.db import models

from ..personal import DAY_1, DAYS_30, SAFETY, Personal


class SlowDown(models.Model):
    """Wrong tries at one door: of an account from unknown devices, or from one known device.

    A row and not a cache entry: what guards a PIN must not be forgotten.
    """

    personal = Personal(
        what="Dấu khóa của tài khoản và máy đã gõ sai mã",
        why="Chặn người đoán mã",
        basis=SAFETY,
        keep=DAYS_30,
    )

    key = models.CharField(max_length=64, unique=True, help_text="HMAC of the account and the device")
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField()
    open_at = models.DateTimeField(help_text="no try is taken before")


class TriedPin(models.Model):
    """That a wrong PIN was tried on an account on a day: both as keyed marks, never the PIN."""

    personal = Personal(
        what="Dấu khóa của mã sai và tài khoản trong ngày",
        why="Nhận ra người thử một mã trên nhiều tài khoản",
        basis=SAFETY,
        keep=DAY_1,
    )

    day = models.DateField()
    pin_mark = models.CharField(max_length=64)
    account_mark = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "pin_mark", "account_mark"], name="tried_pin_once_a_day")
        ]


class PinAlarm(models.Model):
    """One PIN was tried over many accounts on a day."""

    day = models.DateField()
    pin_mark = models.CharField(max_length=64)
    accounts = models.PositiveIntegerField(help_text="accounts tried when the alarm was raised")
    raised_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "pin_mark"], name="pin_alarm_once_a_day")]
