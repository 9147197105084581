"""The one guarded way in: phone number and PIN, or e-mail address and password.

A PIN has a million values, so guessing must be slow, while a hall of forty
people behind one router must not wait:

- wrong tries are counted per account for unknown devices, and per account and
  device for devices that signed in before; from the fifth on the wait grows;
- an address is only stopped after very many failures, and known devices are exempt;
- one PIN tried over many accounts raises an alarm, and from then on waits as if
  all accounts were one, for unknown devices.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import logging
import math
import re

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from common import throttles
from common.phones import normalise

from . import alarms
from .devices import known_device
from .merged_doors import merged_only, words_of
from .models import PinAlarm, SlowDown, TriedPin, User
from .pins import digits_of

logger = logging.getLogger(__name__)

FREE_TRIES = 4  # wrong tries before the first wait
WAITS = (1, 2, 4, 8, 15, 30, 60)  # minutes, the last one stays
FORGET_AFTER = datetime.timedelta(days=1)
ADDRESS_FAILURES = 100
ADDRESS_SECONDS = 600
ALARM_ACCOUNTS = 10
ALARM_TRIES = 10  # tries at one door within an hour, the refused ones too; or wrong ones however slow


class NotIn(Exception):
    """Nobody was let in; the message is for the person at the door."""


class WrongSecret(NotIn):
    pass


class MergedAway(NotIn):
    """The right secret, of a record that was merged into another."""


class UnknownNumber(NotIn):
    pass


class Wait(NotIn):
    def __init__(self, until: datetime.datetime) -> None:
        minutes = max(1, math.ceil((until - timezone.now()).total_seconds() / 60))
        self.minutes = minutes
        super().__init__(
            f"Vừa có nhiều lần gõ sai. Để giữ an toàn cho bạn, hãy đợi {minutes} phút rồi thử lại. "
            "Kết quả học của bạn vẫn còn nguyên."
        )


class TooMany(Exception):
    """Too many failures from one address: answered with 429."""


def mark(*parts: object) -> str:
    """A keyed digest: tells whether two things are equal, and nothing else."""
    text = "\x00".join(map(str, parts))
    return hmac.new(settings.PIN_PEPPER.encode(), text.encode(), hashlib.sha256).hexdigest()


def find_user(login: str) -> User | None:
    """By e-mail address or by a phone number in any spelling; ValidationError when it is neither."""
    if "@" in login:
        return User.objects.filter(email=login.strip().lower()).first()
    return User.objects.filter(phone=normalise(login)).first()


def enter(request: HttpRequest, *, login: str, secret: str) -> User:
    """The user whose secret this is.

    Where codes can be texted, a number that nobody uses answers as one with another PIN, as slowly:
    whoever forgot asks for a code. Without a gateway the screen says that nobody signed up with it.

    Raises WrongSecret, UnknownNumber, Wait (all NotIn), TooMany, or a
    ValidationError when `login` is neither a phone number nor an address.
    """
    user = find_user(login)
    name = login.strip().lower() if "@" in login else normalise(login)
    return _let_through(request, user, secret, name=name)


def enter_as(request: HttpRequest, user: User, secret: str) -> User:
    """She is in, and shows that it is she; also who has no number any more. Raises as `enter`."""
    return _let_through(request, user, secret, name=user.email or user.phone or f"user:{user.pk}")


def _let_through(request: HttpRequest, user: User | None, secret: str, *, name: str) -> User:
    device = known_device(request, user)
    if not device:
        refuse_crowd(request)
    key = mark("door", user.pk if user else name, device)
    if user is None and "@" not in name and not settings.SMS["GATEWAY"]:
        note_address(request)
        raise UnknownNumber("Chưa có ai đăng ký bằng số điện thoại này.")
    if not device:
        refuse_sprayed(secret)
    claim(key)
    # Each answer takes as long: of an unknown login, and of a sign-in that was closed.
    right = user.check_password(_as_kept(user, secret)) if user else not make_password(secret)
    if user and right and user.is_active:
        SlowDown.objects.filter(key=key).delete()
        _refuse_merged(user)
        return user
    note_address(request)
    note_pin(secret, account=name)
    raise WrongSecret(_wrong(key, words=_words(request, user, name)))


def _words(request: HttpRequest, user: User | None, name: str) -> str:
    if user and getattr(request, "user", None) == user:  # she is in: there is no number to look at
        return "Mã 6 số chưa đúng. Hãy thử lần nữa."
    if "@" in name:
        return "Thư điện tử hoặc mật khẩu chưa đúng. Hãy xem lại rồi thử lần nữa."
    return "Mã 6 số chưa đúng. Hãy xem lại số điện thoại và mã, rồi thử lần nữa."


def _refuse_merged(user: User) -> None:
    """Raises MergedAway at the door of a record that lives elsewhere now."""
    canonical = merged_only(user)
    if canonical:
        raise MergedAway(words_of(canonical))


def _as_kept(user: User, secret: str) -> str:
    return secret if user.email else digits_of(secret)


def _wrong(key: str, *, words: str) -> str:
    row = SlowDown.objects.filter(key=key).first()
    if row and row.open_at > timezone.now():
        return str(Wait(row.open_at))
    return words


def claim(key: str) -> None:
    """Take one try at a door, counted as wrong until it proves right. Raises Wait.

    The WHERE clause is the lock: of tries made at the same moment each counts.
    """
    tries = throttles.hit(f"tries:{key}", seconds=3600)
    if tries == ALARM_TRIES or tries % 100 == 0:
        alarms.count("account", key)
    for _ in range(5):
        row = SlowDown.objects.filter(key=key).first()
        now = timezone.now()  # after the read: a row written meanwhile must not look shut
        if row is None:
            try:
                with transaction.atomic():
                    SlowDown.objects.create(key=key, failures=1, failed_at=now, open_at=now)
            except IntegrityError:
                continue
            return
        if row.open_at > now:
            raise Wait(row.open_at)
        failures = 1 if row.failed_at < now - FORGET_AFTER else row.failures + 1
        taken = SlowDown.objects.filter(pk=row.pk, failures=row.failures, failed_at=row.failed_at).update(
            failures=min(failures, 10_000), failed_at=now, open_at=now + wait_after(failures)
        )
        if taken:
            if failures == ALARM_TRIES or failures % 100 == 0:
                alarms.count("account", key)  # also of who waits as long as he is told
            return
    raise Wait(now + datetime.timedelta(minutes=1))


def wait_after(failures: int) -> datetime.timedelta:
    """How long the door stays shut after this many wrong tries in a row."""
    if failures <= FREE_TRIES:
        return datetime.timedelta()
    return datetime.timedelta(minutes=WAITS[min(failures - FREE_TRIES, len(WAITS)) - 1])


def note_address(request: HttpRequest) -> None:
    """Count a failure for this address; very many are an alarm."""
    if throttles.hit(_address(request), seconds=ADDRESS_SECONDS) == ADDRESS_FAILURES:
        alarms.count("address", mark("address", address_of(request)))


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, as it is counted."""
    return throttles.network(get_adapter().get_client_ip(request))


def _address(request: HttpRequest) -> str:
    return f"address-failures:{address_of(request)}"


def refuse_crowd(request: HttpRequest) -> None:
    """Raises TooMany when this address failed very often in the last minutes."""
    if throttles.count(_address(request), seconds=ADDRESS_SECONDS) >= ADDRESS_FAILURES:
        logger.warning("Sign-in stopped for an address after %s failures.", ADDRESS_FAILURES)
        raise TooMany


def refuse_sprayed(secret: str) -> None:
    """A PIN that raised the alarm today has one door for all unknown devices. Raises Wait.

    Whether it is right plays no part: who goes from account to account with it learns nothing.
    """
    today = timezone.localdate()
    pin_mark = mark("pin", today, digits_of(secret))
    if PinAlarm.objects.filter(day=today, pin_mark=pin_mark).exists():
        claim(mark("sprayed", pin_mark))


def note_pin(secret: str, *, account: str) -> None:
    """Remember a wrong PIN by its mark; many accounts under one mark raise the alarm."""
    pin = digits_of(secret)
    if not re.fullmatch(r"\d{6}", pin, re.ASCII):
        return
    today = timezone.localdate()
    pin_mark = mark("pin", today, pin)
    TriedPin.objects.bulk_create(
        [TriedPin(day=today, pin_mark=pin_mark, account_mark=mark("account", account))],
        ignore_conflicts=True,
    )
    accounts = TriedPin.objects.filter(day=today, pin_mark=pin_mark).count()
    if accounts < ALARM_ACCOUNTS:
        return
    _, new = PinAlarm.objects.get_or_create(day=today, pin_mark=pin_mark, defaults={"accounts": accounts})
    alarms.count("pin", pin_mark, number=accounts)
    if not new:
        PinAlarm.objects.filter(day=today, pin_mark=pin_mark, accounts__lt=accounts).update(accounts=accounts)
