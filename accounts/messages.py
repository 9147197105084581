"""Sending text messages: a row for each, at most once, within the day's money.

The money is put aside when the row is made, so whoever asks learns at once that
none is left. A worker takes a row before it hands the text to the carrier; when
it dies in between, nobody knows whether the text went out, and it is not sent
again: a code that did not come is asked for anew, and a notice also waits on
the site. What certainly did not go out is tried again with growing pauses.
"""

from __future__ import annotations

import datetime
import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from common import sms

from . import alarms
from .models import Learner, Message, Notice, Spending, User

logger = logging.getLogger(__name__)

PAUSES = (30, 120, 600, 1800, 7200)  # seconds before the second try, the third, …
TAKEN_MINUTES = 10  # a row taken longer ago belonged to a worker that died
NOTICE_HOURS = 24
NOTICES_A_DAY = 3  # texts to one sign-in beside codes; the notices themselves wait on its screens
FOR_CODES = 50  # per cent of the day's money that notices leave to codes
FOR_NOTICES = 75  # per cent that reminders leave to codes and notices
FOR_COMING_BACK = 20  # per cent that sign-ups leave to who forgot her PIN
BATCH = 50


class CannotSend(Exception):
    """No text message can go out now; the message is for the person."""


class NoMoney(CannotSend):
    pass


@dataclass(frozen=True)
class Money:
    """đồng of today: put aside, what a day may cost, and until where notices may spend."""

    spent: int
    cap: int
    notices: int

    @property
    def percent(self) -> int:
        return 100 * self.spent // self.cap if self.cap else 100


def money_today() -> Money:
    cap = int(settings.SMS["DAILY_CAP"])
    return Money(_spent_today(), cap, _cap(Message.Purpose.NOTICE))


def can_send(*, leave: int = 0) -> bool:
    """There is a gateway, and money is left today for a message of one part.

    `leave`: per cent of the day's money that is for others.
    """
    if not settings.SMS["GATEWAY"]:
        return False
    return bool(_spent_today() + settings.SMS["PRICE"] <= settings.SMS["DAILY_CAP"] * (100 - leave) // 100)


def _spent_today() -> int:
    return Spending.objects.filter(day=timezone.localdate()).values_list("spent", flat=True).first() or 0


def arrives(to: str) -> bool:
    """A sign-up may wait for a text to this number: one can go out, and the last one did.

    It did not when, within a quarter of an hour, it was given up or stands untaken for a minute: a
    carrier or a worker that is down shuts nobody out, and a wrong number opens itself alone.
    """
    if not can_send(leave=FOR_COMING_BACK):
        return False
    now = timezone.now()
    codes = Message.objects.filter(to=to, purpose=Message.Purpose.CODE)
    last = codes.filter(created_at__gte=now - datetime.timedelta(minutes=15)).order_by("-pk").first()
    if last is None or last.status == Message.Status.SENT:
        return True
    fresh = last.created_at > now - datetime.timedelta(minutes=1)
    return fresh and last.status in (Message.Status.WAITING, Message.Status.SENDING)


def send(
    *,
    to: str,
    text: str,
    purpose: str,
    user: User | None,
    expires_at: datetime.datetime | None = None,
    leave: int = 0,
) -> Message:
    """Put a text message on its way once the transaction commits. Raises CannotSend.

    `to` is a number as `common.phones.normalise` gives it. Where it halves the
    price the accents go (`sms.cheapest`). After `expires_at` it is of no use. `leave`: as in `can_send`.
    """
    if not settings.SMS["GATEWAY"]:
        raise CannotSend("Hiện chưa gửi được tin nhắn.")
    text = sms.cheapest(text)
    now, parts = timezone.now(), sms.parts(text)
    message = Message(to=to, text=text, purpose=purpose, user=user, parts=parts, created_at=now)
    message.cost = parts * settings.SMS["PRICE"]
    message.expires_at = expires_at or now + datetime.timedelta(hours=NOTICE_HOURS)
    message.next_try_at = now
    with transaction.atomic():
        _put_aside(message.cost, purpose, leave=leave)
        message.save()
    transaction.on_commit(_hint, robust=True)
    return message


def send_untraced(*, to: str, text: str) -> None:
    """Hand one text over right after the commit, and keep nothing: neither a row nor a second try.

    For whoever was erased a moment ago: a row would hold her number again.
    """
    if can_send():
        transaction.on_commit(lambda: _hand_over(to, sms.cheapest(text)), robust=True)


def _hand_over(to: str, text: str) -> None:
    gateway = sms.gateway(settings.SMS)
    if gateway is None:
        return
    try:
        _put_aside(sms.parts(text) * settings.SMS["PRICE"], Message.Purpose.NOTICE)
        gateway.send(sms.Sms(to, text, uuid.uuid4().hex))
    except (CannotSend, sms.NotSent, sms.BadSettings) as error:
        logger.warning("A text message that nothing is kept of did not go out: %s", type(error).__name__)


def _hint() -> None:
    """Wake the worker; a broker that is away only means that beat finds the row within the minute."""
    from .tasks import send_messages

    send_messages.delay()


def _cap(purpose: str, leave: int = 0) -> int:
    """đồng of a day until which this purpose may spend: codes bring people in, so a share is theirs alone.

    Reminders come early in the day and many at once: they leave notices theirs too.
    """
    shares = {Message.Purpose.CODE: leave, Message.Purpose.REMINDER: FOR_NOTICES}
    left = shares.get(Message.Purpose(purpose), FOR_CODES)
    return int(settings.SMS["DAILY_CAP"]) * (100 - left) // 100


def _put_aside(cost: int, purpose: str, *, leave: int = 0) -> None:
    """Take it from today's money. The WHERE clause is the lock: no two can take the last đồng."""
    today = timezone.localdate()
    Spending.objects.bulk_create([Spending(day=today)], ignore_conflicts=True)
    left = _cap(purpose, leave) - cost
    if left >= 0 and Spending.objects.filter(day=today, spent__lte=left).update(spent=F("spent") + cost):
        if not can_send():
            alarms.count("spending")  # now, while somebody can still do something: later nobody tries
        return
    raise NoMoney("Hôm nay đã gửi hết số tin nhắn cho phép. Hãy thử lại vào ngày mai.")


def sweep() -> int:
    """Send whatever is due; returns how many were handed over. Safe to run beside itself."""
    _settle_lost()
    done = 0
    due = Message.objects.filter(status=Message.Status.WAITING, next_try_at__lte=timezone.now())
    for pk in list(due.order_by("next_try_at", "pk").values_list("pk", flat=True)[:BATCH]):
        done += deliver(pk)
    return done


def deliver(pk: int) -> bool:
    """Try one message; True when it was handed over. No transaction is open while the carrier answers."""
    now = timezone.now()
    taken = Message.objects.filter(pk=pk, status=Message.Status.WAITING, next_try_at__lte=now).update(
        status=Message.Status.SENDING, taken_at=now, tries=F("tries") + 1
    )
    if not taken:
        return False  # another worker has it
    message = Message.objects.get(pk=pk)
    if message.expires_at <= now:
        return _finish(message, Message.Status.GIVEN_UP, "too late", unspent=True)
    if not _still_wanted(message):
        return _finish(message, Message.Status.GIVEN_UP, "not wanted any more", unspent=True)
    try:
        gateway = sms.gateway(settings.SMS)
        if gateway is None:
            raise sms.Refused("no gateway")
        Message.objects.filter(pk=pk).update(gateway=gateway.name)
        answer = gateway.send(sms.Sms(message.to, message.text, str(message.reference)))
    except (sms.Refused, sms.BadSettings) as error:
        alarms.count("gateway", alarm_from=5)
        return _finish(message, Message.Status.GIVEN_UP, str(error), unspent=True)
    except sms.Failed as error:
        return _again(message, str(error))
    except sms.Unsure as error:
        alarms.count("gateway", alarm_from=5)
        return _finish(message, Message.Status.UNSURE, str(error))
    return _finish(message, Message.Status.SENT, answer)


def _still_wanted(message: Message) -> bool:
    from . import reminding  # which writes by this module

    return message.purpose != Message.Purpose.REMINDER or reminding.still_wanted(message)


def _again(message: Message, why: str) -> bool:
    """Once more after a pause, unless it would come too late or it was tried often enough."""
    alarms.count("gateway", alarm_from=5)
    at = timezone.now() + datetime.timedelta(seconds=PAUSES[min(message.tries, len(PAUSES)) - 1])
    if message.tries > len(PAUSES) or at >= message.expires_at:
        return _finish(message, Message.Status.GIVEN_UP, why, unspent=True)
    Message.objects.filter(pk=message.pk, status=Message.Status.SENDING).update(
        status=Message.Status.WAITING, next_try_at=at, answer=why[:100]
    )
    return False


def _finish(message: Message, status: str, answer: str, *, unspent: bool = False) -> bool:
    """Keep the log of it and drop the text; what never went out costs nothing."""
    with transaction.atomic():
        ours = Message.objects.filter(pk=message.pk, status=Message.Status.SENDING).update(
            status=status, text="", done_at=timezone.now(), answer=answer[:100]
        )
        if ours and unspent:
            day = timezone.localdate(message.created_at)
            Spending.objects.filter(day=day, spent__gte=message.cost).update(spent=F("spent") - message.cost)
    if status != Message.Status.SENT:
        logger.warning("A text message is %s: %s", status, answer[:100])
    return status == Message.Status.SENT


def _settle_lost() -> None:
    """Rows of workers that died between taking and marking: never sent twice."""
    lost = timezone.now() - datetime.timedelta(minutes=TAKEN_MINUTES)
    Message.objects.filter(status=Message.Status.SENDING, taken_at__lt=lost).update(
        status=Message.Status.UNSURE, text="", done_at=timezone.now(), answer="the worker stopped"
    )


def tell(
    *, text: str, user: User | None = None, learner: Learner | None = None, sms_text: str = ""
) -> Notice:
    """A notice on her screens. To one of the two: the whole sign-in reads what is told to `user`.

    `sms_text` goes out as a text message too where that can be, three a day. The number may be
    anybody's, a shared phone everybody's: it names nobody and tells no reason.
    """
    notice = Notice.objects.create(user=user, learner=learner, text=text)
    owner = user or (learner.user if learner else None)
    if sms_text and owner and owner.phone and can_send() and not _told_often(owner):
        try:
            send(to=owner.phone, text=sms_text, purpose=Message.Purpose.NOTICE, user=owner)
        except CannotSend:
            logger.warning("A notice goes without its text message.")
    return notice


def tell_holder(*, user: User, text: str, sms_text: str = "") -> Notice:
    """About her work here: to the sign-in's own person (seat 1), not to all who learn with it."""
    holder = Learner.objects.standing().filter(user=user, seat=1).first()
    return tell(user=None if holder else user, learner=holder, text=text, sms_text=sms_text)


def tell_each(learners: Iterable[int], *, text: str) -> None:
    """The same notice to many people, without text messages."""
    Notice.objects.bulk_create([Notice(learner_id=pk, text=text) for pk in learners])


def _told_often(user: User) -> bool:
    since = timezone.now() - datetime.timedelta(days=1)
    texts = Message.objects.filter(user=user, purpose=Message.Purpose.NOTICE, created_at__gt=since)
    return texts.count() >= NOTICES_A_DAY


def notices_for(user: User, learner: Learner | None, *, unread: bool = False) -> list[Notice]:
    """The newest 20 notices to the sign-in and to the person who is learning."""
    found = Notice.objects.filter(Q(user=user) | Q(learner=learner) if learner else Q(user=user))
    return list((found.filter(read_at=None) if unread else found)[:20])


def read(user: User, learner: Learner | None, *, up_to: int) -> int:
    """She has seen them, up to the notice with this number; returns how many."""
    hers = Q(user=user) | Q(learner=learner) if learner else Q(user=user)
    return Notice.objects.filter(hers, read_at=None, pk__lte=up_to).update(read_at=timezone.now())
