"""Doing what a browser queued: each action once, each by itself.

An action is {uuid, learner, kind, subject, at, data}, and `claim` when it was done on a phone
before anybody signed in there (`ledger.claims`). It is done in a transaction of
its own together with its receipt, so a repeat gets the first answer and a refused
action changes nothing and leaves no receipt: the same action may be sent again when
what stood in its way is gone. One bad action never stops the others.

Who locks what: the receipt of (actor, uuid) is the lock between two senders of the
same action; what an action changes is guarded by the verb that changes it.
"""

from __future__ import annotations

import datetime
import json
import logging
import uuid as uuids
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode

from accounts.acting import CannotAct
from accounts.merged_doors import now_sent_by
from accounts.models import Learner, User
from courses.errors import CourseError
from ledger import claims
from ledger.claims import Claimed
from ledger.receipts import UuidReused, with_receipt
from quizzes.errors import Refused
from quizzes.models import Attempt

logger = logging.getLogger(__name__)

MAX_ACTIONS = 50
REUSED = "Mã của việc này đã dùng cho một việc khác, nên việc này chưa được ghi."
FAILED = "Máy chủ gặp lỗi với việc này nên chưa ghi. Chúng tôi sẽ xem lại."
# The database is busy or away: the whole request is tried again, and what was done answers "repeat".
PASSING = (OperationalError, InterfaceError, IntegrityError)
ACCEPTED, REPEAT, REFUSED = "accepted", "repeat", "refused"
_FIRST = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_LAST = datetime.datetime(3000, 1, 1, tzinfo=datetime.UTC)
FIELDS = ("uuid", "learner", "kind", "subject", "at", "data")
OPTIONAL = ("claim",)


class BadAction(Exception):
    """An action that cannot be understood or is not this sign-in's; the message says it."""


class OwnPinDue(Exception):
    """A final test on a shared phone, and her own PIN was not typed; the page to type it leads on."""

    def __init__(self, test: str) -> None:
        super().__init__(
            "Bài kiểm tra này cần mã của riêng bạn. Hãy gõ mã rồi làm tiếp; các câu bạn chọn còn trên máy."
        )
        self.test = test


@dataclass(frozen=True)
class Action:
    uuid: uuids.UUID
    actor: str
    learner: Learner
    kind: str
    subject: str
    at: datetime.datetime | None  # the device's time, corrected by its measured offset
    data: Mapping[str, Any]
    claim: uuids.UUID | None = None
    proved: Callable[[Attempt | None], bool] = lambda attempt: True  # her own PIN was typed, where due


@dataclass(frozen=True)
class Done:
    """What a handler answers. `data` is kept with the receipt, so it must be JSON.

    `completed` is the key of the item that finished a course: a paper may be due after commit.
    """

    message: str
    data: dict[str, Any] = field(default_factory=dict)
    completed: str | None = None


@dataclass(frozen=True)
class Answer:
    uuid: str | None
    status: str
    message: str
    data: dict[str, Any] = field(default_factory=dict)
    completed: str | None = None
    learner: Learner | None = None

    def as_json(self) -> dict[str, Any]:
        return {"uuid": self.uuid, "status": self.status, "message": self.message, "data": self.data}


@dataclass(frozen=True)
class Word:
    """Something that nobody in particular says: kept without a name, also when somebody is signed in."""

    subject: str
    data: Mapping[str, Any]


Handler = Callable[[Action], Done]
Proved = Callable[[Learner, Attempt | None], bool]
Listener = Callable[[Word], Done]
_handlers: dict[str, Handler] = {}
_listeners: dict[str, Listener] = {}
NOBODY = "anyone"  # the actor of the receipts of words: nothing leads from one to who said it


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does actions of this kind."""

    def keep(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return keep


def hears(kind: str) -> Callable[[Listener], Listener]:
    """Register the function that takes the words of this kind, from anybody."""

    def keep(listener: Listener) -> Listener:
        _listeners[kind] = listener
        return listener

    return keep


def is_word(raw: object) -> bool:
    """Whether the action needs nobody's name."""
    kind = raw.get("kind") if isinstance(raw, dict) else None
    return isinstance(kind, str) and kind in _listeners


def hear(raw: Mapping[str, object], *, allow: Callable[[], None]) -> Answer:
    """Take one word. `allow` raises BadAction when this address said too much lately."""
    uuid = _uuid_as_sent(raw)
    try:
        key, kind, subject, data = _parts(raw)

        def act() -> dict[str, Any]:
            allow()
            return {"message": _listeners[kind](Word(subject, data)).message}

        kept, repeated = with_receipt(NOBODY, key, _payload(raw), act)
        return Answer(uuid, REPEAT if repeated else ACCEPTED, kept["message"])
    except BadAction as refusal:
        return Answer(uuid, REFUSED, str(refusal))
    except UuidReused:
        return Answer(uuid, REFUSED, REUSED, {"code": "reused"})
    except PASSING:
        raise
    except Exception:
        logger.exception("A word of the queue failed: %s", uuid)
        return Answer(uuid, REFUSED, FAILED)


def run(
    raws: Sequence[object],
    *,
    user: User,
    learners: Sequence[Learner],
    offset: datetime.timedelta,
    only: Learner | None = None,
    proved: Proved = lambda learner, attempt: True,
) -> list[Answer]:
    """Answer every action, in order. `offset` is server time minus device time.

    With `only` the sign-in was by that person's card: nobody else's actions, and no final test.
    `proved(learner, attempt)` says whether the own PIN of hers that may be due was typed, for a
    new test or for the attempt that is open.

    What a phone did under the id of a record that was merged since is the canonical person's.
    """
    mine = {str(learner.public_id): learner for learner in learners}
    if any(isinstance(raw, dict) and _whose(raw) not in mine for raw in raws):
        mine = now_sent_by(user) | mine
    if only is not None:
        mine = {sent: learner for sent, learner in mine.items() if learner.pk == only.pk}
    return [
        (only and _needs_pin(raw)) or _answer(raw, user=user, mine=mine, offset=offset, proved=proved)
        for raw in raws
    ]


def _needs_pin(raw: object) -> Answer | None:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or not kind.startswith("test_"):
        return None
    words = "Bạn đang học bằng thẻ. Hãy gõ mã 6 số để làm bài kiểm tra; việc này còn trên máy."
    return Answer(_uuid_as_sent(raw), REFUSED, words, {"code": "card"})


def _answer(
    raw: object,
    *,
    user: User,
    mine: Mapping[str, Learner],
    offset: datetime.timedelta,
    proved: Proved,
) -> Answer:
    uuid = _uuid_as_sent(raw)
    try:
        action = _read(raw, actor=f"user:{user.pk}", mine=mine, offset=offset)
        action = replace(action, proved=lambda attempt: proved(action.learner, attempt))
        done = _do(action, payload=_payload(raw))  # type: ignore[arg-type]
        return replace(done, uuid=uuid)  # spelled as sent: the device looks for it
    except (BadAction, CourseError) as refusal:
        return Answer(uuid, REFUSED, str(refusal))
    except OwnPinDue as due:
        url = f"{reverse('accounts:own_pin')}?{urlencode({'next': due.test})}"
        return Answer(uuid, REFUSED, str(due), {"code": "own_pin", "url": url})
    except CannotAct as refusal:
        return Answer(uuid, REFUSED, refusal.message, {"code": refusal.code})
    except Claimed as refusal:
        return Answer(uuid, REFUSED, str(refusal), {"code": "claimed"})
    except Refused as refusal:
        return Answer(uuid, REFUSED, refusal.message, {"code": refusal.code, **refusal.data})
    except UuidReused:
        return Answer(uuid, REFUSED, REUSED, {"code": "reused"})
    except PASSING:
        raise
    except Exception:
        logger.exception("An action of the queue failed: %s", uuid)
        return Answer(uuid, REFUSED, FAILED)


def _do(action: Action, *, payload: Mapping[str, object]) -> Answer:
    done = Done("")

    def act() -> dict[str, Any]:
        nonlocal done
        if action.claim:
            claims.own(action.claim, learner=action.learner)
        done = _handlers[action.kind](action)
        return {"message": done.message, "data": done.data}

    kept, repeated = with_receipt(action.actor, action.uuid, payload, act)
    answer = Answer(str(action.uuid), ACCEPTED, kept["message"], kept["data"], learner=action.learner)
    return replace(answer, status=REPEAT) if repeated else replace(answer, completed=done.completed)


def _payload(raw: Mapping[str, object]) -> dict[str, object]:
    """What makes an action the same action."""
    sent = {name: raw.get(name) for name in FIELDS}
    return sent | {name: raw[name] for name in OPTIONAL if raw.get(name) is not None}


# --- Reading what a device sent ---------------------------------------------


def _uuid_as_sent(raw: object) -> str | None:
    sent = raw.get("uuid") if isinstance(raw, dict) else None
    return sent if isinstance(sent, str) and len(sent) <= 64 else None


def _read(raw: object, *, actor: str, mine: Mapping[str, Learner], offset: datetime.timedelta) -> Action:
    uuid, kind, subject, data = _parts(raw)
    if kind not in _handlers:
        raise BadAction("Trang này còn bản cũ: máy chủ không biết loại việc này. Bạn hãy tải lại trang.")
    assert isinstance(raw, dict)  # noqa: S101 - _parts read it
    learner = mine.get(_whose(raw))
    if learner is None:
        raise BadAction("Không tìm thấy người học này trong lần đăng nhập hiện tại, nên chưa ghi.")
    at = _time(raw.get("at"))
    claim = _uuid(raw["claim"]) if raw.get("claim") is not None else None
    return Action(uuid, actor, learner, kind, subject, _corrected(at, offset), data, claim)


def _parts(raw: object) -> tuple[uuids.UUID, str, str, dict[str, Any]]:
    """uuid, kind, subject and data of an action that a device can have meant. Raises BadAction."""
    if not isinstance(raw, dict) or not _storable(raw):
        raise BadAction("Không đọc được việc này.")
    uuid, kind, subject, data = _uuid(raw.get("uuid")), raw.get("kind"), raw.get("subject"), raw.get("data")
    if not isinstance(kind, str):
        raise BadAction("Không đọc được việc này.")
    if not isinstance(subject, str) or not 0 < len(subject) <= 200 or not isinstance(data, dict | None):
        raise BadAction("Không đọc được việc này.")
    return uuid, kind, subject, data or {}


def _whose(raw: Mapping[str, object]) -> str:
    return str(raw.get("learner") or "").lower()


def _storable(raw: dict[str, object]) -> bool:
    """Text that every database can keep: no half characters, no NUL."""
    try:
        return b"\\u0000" not in json.dumps(raw, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False


def _uuid(sent: object) -> uuids.UUID:
    try:
        return uuids.UUID(sent) if isinstance(sent, str) else _no_uuid()
    except ValueError:
        return _no_uuid()


def _no_uuid() -> uuids.UUID:
    raise BadAction("Việc này không có mã hợp lệ (uuid), nên chưa ghi.")


def _time(sent: object) -> datetime.datetime | None:
    """An ISO 8601 time with its zone; none means now."""
    if sent is None:
        return None
    try:
        at = parse_datetime(sent) if isinstance(sent, str) else None
    except ValueError:
        at = None
    if at is None or timezone.is_naive(at):
        raise BadAction("Không đọc được thời gian của việc này, nên chưa ghi.")
    return at


def _corrected(at: datetime.datetime | None, offset: datetime.timedelta) -> datetime.datetime | None:
    """The device's time as the server's clock would have said it, within what databases can compare."""
    if at is None:
        return None
    with suppress(OverflowError):  # a clock at the end of the calendar: its fact is clamped and flagged
        at += offset
    return min(max(at, _FIRST), _LAST)


def offset_of(device_now: str | None, *, now: datetime.datetime) -> datetime.timedelta:
    """Server time minus the device's time at sending; none when the device did not say."""
    try:
        said = _time(device_now)
    except BadAction:
        return datetime.timedelta()
    return now - said if said else datetime.timedelta()
