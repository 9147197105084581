"""Phones and computers that signed in, kept 90 days after they were last seen."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from ..personal import DAYS_90, SAFETY, Personal
from .people import User

_PERSONAL = Personal(
    what="Máy đã đăng nhập: loại máy, trình duyệt và ngày dùng lần cuối; không có vị trí, không có số máy",
    why="Người lạ gõ sai mã ở máy khác không khóa cửa của bạn; bạn thấy máy nào đang đăng nhập",
    basis=SAFETY,
    keep=DAYS_90,
)


class Device(models.Model):
    """A browser, known by the random value of its cookie."""

    personal = _PERSONAL

    mark = models.CharField(max_length=64, unique=True, help_text="keyed mark of the cookie's value")
    label = models.CharField(max_length=80, help_text="what it is, in plain words")
    made_at = models.DateTimeField(default=timezone.now)
    seen_on = models.DateField(help_text="by anybody")


class DeviceUse(models.Model):
    """A sign-in that succeeded on a device."""

    personal = _PERSONAL

    device = models.ForeignKey(Device, models.CASCADE, related_name="uses")
    user = models.ForeignKey(User, models.CASCADE, related_name="device_uses")
    made_at = models.DateTimeField(default=timezone.now)
    seen_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "user"], name="device_use_once")]


class DeviceSession(models.Model):
    """A session that was opened on a device, so that forgetting the device ends it."""

    use = models.ForeignKey(DeviceUse, models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
