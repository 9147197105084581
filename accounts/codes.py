"""One-time codes of six digits: made, texted, used once.

Kept is a keyed mark. A code lasts 15 minutes and takes 5 tries of strangers, 30 when a
member of staff told it: a text is asked for anew in a minute, the staff are not. A newer one
ends the older. Guessing is slowed down for each sign-in and sender, stopped for an address
that fails very often, and counted over the whole site.
"""

from __future__ import annotations

import datetime
import logging
import re
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from common import throttles
from common.retrying import again

from . import alarms, messages
from .devices import known_device
from .doors import NotIn, Wait, address_of, claim, mark, note_address, refuse_crowd
from .models import Learner, Message, OneTimeCode, SlowDown, User
from .pins import digits_of

logger = logging.getLogger(__name__)

Purpose = OneTimeCode.Purpose
MINUTES, TRIES, VOUCHED_TRIES = 15, 5, 30
ASKED = "asked_code"  # in the session: the code that this browser asked for
PAUSE_SECONDS = 60  # between two codes for the same sign-in or number
A_DAY = 8  # codes for one sign-in or number
STAFF_A_DAY = 40  # handed out by one member of staff before the alarm: a hall's worth
ADDRESS_AN_HOUR = 120  # texts asked for from one address, known devices apart: three halls
WRONG_A_DAY = 200  # wrong codes over the whole site before the alarm


class WrongCode(NotIn):
    pass


class NoCode(WrongCode):
    """None was made, or it is too old, used, or tried too often."""


class TooSoon(NotIn):
    """A code was made a moment ago, or too many today."""


@again()
def make(
    *,
    purpose: str,
    user: User | None = None,
    phone: str = "",
    learner: Learner | None = None,
    issued_by: User | None = None,
    reason: str = "",
) -> tuple[OneTimeCode, str]:
    """A new code for a sign-in, a number, or both, and its six digits: told or texted, never kept.

    The codes of the same purpose before it end. Raises TooSoon.
    """
    if not user and not phone:
        raise ValueError("a code is for a sign-in or for a number")
    holder = _holder(purpose, user, phone, learner)
    _refuse_often(user, phone, purpose)
    if issued_by:
        alarms.count("issued", mark("issued", issued_by.pk), alarm_from=STAFF_A_DAY)
    code = f"{secrets.randbelow(1_000_000):06d}"
    now = timezone.now()
    row = OneTimeCode(
        purpose=purpose,
        user=user,
        phone=phone,
        learner=learner,
        holder=holder,
        issued_by=issued_by,
        reason=reason,
    )
    row.mark, row.made_at = mark("one-time", holder, code), now
    row.expires_at = now + datetime.timedelta(minutes=MINUTES)
    try:
        with transaction.atomic():
            _open(holder).update(ended_at=now)
            row.save()
    except IntegrityError:  # another was made at this very moment
        raise TooSoon(_wait_words(1)) from None
    said = (row.pk, purpose, _pk(user), _pk(issued_by))
    transaction.on_commit(lambda: logger.info("One-time code %s (%s) for user %s by %s.", *said))
    return row, code


def text(
    request: HttpRequest,
    *,
    purpose: str,
    user: User | None = None,
    phone: str = "",
    learner: Learner | None = None,
    nobody: bool = False,
) -> OneTimeCode:
    """Make a code and text it to `phone`, or to the sign-in's number; with a `learner` for her alone.

    With `nobody` everything happens but the text: whoever asks for a number that is not in
    use gets the same answers, and no stranger gets a text.
    Raises TooSoon, `messages.CannotSend` (nothing is made then) or `doors.TooMany`.
    """
    to = phone or (user.phone if user else "") or ""
    if not (user and known_device(request, user)):
        refuse_crowd(request)
        address = address_of(request)
        if not throttles.allowed(f"texts:{address}", limit=ADDRESS_AN_HOUR, seconds=3600):
            alarms.count("address", mark("address", address))
            raise TooSoon("Vừa có nhiều người ở đây xin mã. Hãy đợi một lát rồi thử lại.")
    try:
        with transaction.atomic():
            row, code = make(purpose=purpose, user=user, phone=phone, learner=learner)
            if not nobody:
                messages.send(
                    to=to,
                    text=words(code),
                    purpose=Message.Purpose.CODE,
                    user=user,
                    expires_at=row.expires_at,
                    leave=messages.FOR_COMING_BACK if purpose == Purpose.OWN_NUMBER else 0,
                )
    except messages.NoMoney:
        alarms.count("spending")  # outside: what was begun inside is undone
        raise
    if hasattr(request, "session"):
        request.session[ASKED] = row.pk
    return row


def words(code: str) -> str:
    """The text message. Its last line lets phones offer the code to this site and to no other (WebOTP).

    No letter has a mark: one part instead of two, so half the price, as people know it from their bank.
    """
    return (
        f"Hoc Vu So: ma cua ban la {code}. Ma dung mot lan, trong {MINUTES} phut. "
        f"Khong doc ma nay cho bat cu ai.\n\n@{urlsplit(settings.SITE_URL).hostname} #{code}"
    )


def use(
    request: HttpRequest,
    *,
    purpose: str,
    code: str,
    user: User | None = None,
    phone: str = "",
    learner: Learner | None = None,
) -> OneTimeCode:
    """The code's row, used up; of two at the same moment one gets it.

    Raises WrongCode, NoCode, `doors.Wait` or `doors.TooMany`.
    """
    holder = _holder(purpose, user, phone, learner)
    return use_any(request, list(_open(holder)), code=code, user=user, nobody=holder)


def use_any(
    request: HttpRequest, rows: list[OneTimeCode], *, code: str, user: User | None, nobody: str
) -> OneTimeCode:
    """The one of these open codes that was typed: a text may come late, and a helper's code before it.

    `nobody`: what is counted where no code is open. Raises as `use`.
    """
    device = known_device(request, user)
    if not device:
        refuse_crowd(request)
    now = timezone.now()
    rows = [row for row in rows if row.expires_at > now]
    if not rows:
        claim(_door(request, nobody, device))
    taken, waits = [], []
    for row in rows:
        try:
            if key := _take(request, row, device):
                taken.append((row, key))
        except Wait as wait:
            waits.append(wait)
    if waits and not taken:
        raise waits[0]
    if not taken:
        _note_wrong(request)
        raise NoCode("Mã này không còn dùng được. Hãy xin mã mới.")
    found = next(((row, key) for row, key in taken if _is_right(row, digits_of(code))), None)
    if found is None:
        _note_wrong(request)
        raise WrongCode("Mã chưa đúng. Hãy xem lại rồi gõ lần nữa.")
    row, key = found
    if not _open(row.holder).filter(pk=row.pk).update(used_at=now):
        raise NoCode("Mã này không còn dùng được. Hãy xin mã mới.")
    SlowDown.objects.filter(key=key).delete()
    row.refresh_from_db()
    return row


def _is_right(row: OneTimeCode, digits: str) -> bool:
    right = re.fullmatch(r"\d{6}", digits, re.ASCII)
    return bool(right) and secrets.compare_digest(row.mark, mark("one-time", row.holder, digits))


def _door(request: HttpRequest, holder: str, who: str) -> str:
    return mark("one-time-door", holder, who or address_of(request))


def _take(request: HttpRequest, row: OneTimeCode, device: str) -> str:
    """Take one try at a code: the key it is counted under; empty when none is left.

    Wrong tries are counted for each sender, so that a stranger's do not shut the door to her; and for
    the code, but of her own device and of the browser that asked for the text. Raises Wait.
    """
    asked = getattr(request, "session", {}).get(ASKED) == row.pk
    key = _door(request, row.holder, device or (f"asked:{row.pk}" if asked else ""))
    claim(key)
    if device or asked:
        return key
    most = VOUCHED_TRIES if row.purpose == Purpose.VOUCHED else TRIES
    return key if _open(row.holder).filter(pk=row.pk, tries__lt=most).update(tries=F("tries") + 1) else ""


def cancel(*, user: User) -> int:
    """End all open codes of a sign-in: its PIN or its number changed. Returns how many."""
    hers = OneTimeCode.objects.filter(user=user, used_at=None, ended_at=None)
    return hers.update(ended_at=timezone.now())


def _holder(purpose: str, user: User | None, phone: str, learner: Learner | None = None) -> str:
    alone = (learner.pk,) if learner else ()
    return mark("code-holder", purpose, user.pk if user else "", phone, *alone)


def _open(holder: str) -> QuerySet[OneTimeCode]:
    return OneTimeCode.objects.filter(holder=holder, used_at=None, ended_at=None)


def _refuse_often(user: User | None, phone: str, purpose: str) -> None:
    """Rows and not a cache count here: what costs money and patience must not be forgotten.

    Each purpose is counted apart: whoever types another's number at the sign-up does not keep her from
    coming back by text, and the staff hand out codes all the same.
    """
    number = phone or (user.phone if user else "") or ""
    same = Q(user=user) if user else Q(phone=number)
    if number:
        same |= Q(phone=number) | Q(user__phone=number)
    now = timezone.now()
    told = Q(purpose=Purpose.VOUCHED)
    kind = told if purpose == Purpose.VOUCHED else ~told  # a phone rings once a minute, whatever for
    today = OneTimeCode.objects.filter(same, kind, made_at__gt=now - datetime.timedelta(days=1))
    if today.filter(purpose=purpose).count() >= A_DAY:
        raise TooSoon("Hôm nay đã xin mã nhiều lần. Hãy thử lại vào ngày mai, hoặc gặp cán bộ xã, phường.")
    times = list(today.order_by("-made_at").values_list("made_at", flat=True)[:1])
    if times and (left := PAUSE_SECONDS - int((now - times[0]).total_seconds())) > 0:
        raise TooSoon(_wait_words(left))


def _wait_words(seconds: int) -> str:
    return f"Mã vừa được gửi. Hãy đợi {seconds} giây rồi hãy xin mã khác."


def _note_wrong(request: HttpRequest) -> None:
    note_address(request)
    alarms.count("codes", alarm_from=WRONG_A_DAY)


def _pk(user: User | None) -> object:
    return user.pk if user else "-"
