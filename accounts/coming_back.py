"""Coming back after a forgotten PIN, a lost number or a lost phone.

A one-time code opens the way: texted to the number, or handed out by a member of the
staff who has the person before her. The code proves; then a new PIN is chosen, in the
same browser within 15 minutes. Nobody ever sees a PIN. A text to a number that was never
proved before proves the number and no more: who she is, is asked too (`is_stranger`).
"""

from __future__ import annotations

import datetime
import time
from typing import Any, cast

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format

from common.retrying import again
from common.text import fold

from . import acting, alarms, at_work, codes, household, looks, messages, own_pin, staffing, trust
from .access import roles_of
from .devices import forget_others
from .doors import NotIn, mark, note_address
from .models import Learner, OneTimeCode, Parting, Role, User
from .pins import check_pin
from .registering import PhoneTaken
from .signing import renew

Purpose = OneTimeCode.Purpose
MINUTES = 15
_SESSION = "coming_back"
SIGN_IN, OWN, NUMBER, ALONE = "sign_in", "own", "number", "alone"
KINDS = {
    SIGN_IN: "Quên mã đăng nhập",
    OWN: "Quên mã của riêng mình",
    NUMBER: "Đổi số điện thoại để đăng nhập",
    ALONE: "Học riêng bằng số điện thoại của mình",
}


KNOWN_TRIES = 5


class Unknown(NotIn):
    """Name and year are of nobody who learns by this number."""


class Refused(Exception):
    """The staff cannot help this person so; the message is in Vietnamese."""


# --- The person's side ---------------------------------------------------------------


def ask(request: HttpRequest, phone: str) -> None:
    """Text a code to the number; the same answers when nobody uses it.

    Raises NotIn, TooMany, `messages.CannotSend`.
    """
    user = _of(phone)
    if user:
        codes.text(request, purpose=Purpose.FORGOTTEN, user=user)
    else:
        codes.text(request, purpose=Purpose.FORGOTTEN, phone=phone, nobody=True)


def prove(request: HttpRequest, phone: str, code: str) -> None:
    """The code of a text or of the staff is right: a new PIN may be chosen. Raises NotIn, TooMany."""
    user = _of(phone) or _colleague(phone)
    nobody = f"{Purpose.FORGOTTEN} {user.pk if user else phone}"
    used = codes.use_any(request, _open(phone), code=code, user=user, nobody=nobody)
    if not used.user and not used.learner:
        raise codes.NoCode("Mã này không còn dùng được. Hãy xin mã mới.")
    renew(request)
    request.session[_SESSION] = {"row": used.pk, "at": time.time()}


def proved(request: HttpRequest) -> OneTimeCode | None:
    """The code that was proved in this browser in the last 15 minutes, and not yet used for a PIN."""
    kept = request.session.get(_SESSION) or {}
    if not 0 <= time.time() - float(kept.get("at", 0)) < MINUTES * 60:
        return None
    rows = OneTimeCode.objects.select_related("user", "learner")
    return rows.filter(pk=kept.get("row") or 0, used_at__isnull=False, ended_at=None).first()


def is_stranger(request: HttpRequest, row: OneTimeCode) -> bool:
    """The text proved the number alone: nobody ever showed that it is the number of these people.

    A mistyped number, or one that the carrier gave to somebody else, opens no record.
    """
    texted = row.purpose == Purpose.FORGOTTEN and row.user is not None
    known = (request.session.get(_SESSION) or {}).get("known") == row.pk
    return bool(texted and row.user and row.user.phone_verified_at is None and not known)


def recognise(request: HttpRequest, row: OneTimeCode, *, name: str, birth_year: int) -> None:
    """Her whole name and year of birth, of one of the people of the sign-in. Raises NotIn.

    Five tries for a sign-in a day, from wherever, counted by rows; then a person looks.
    """
    user = cast(User, row.user)
    if alarms.count("known", mark("known", user.pk), alarm_from=KNOWN_TRIES) > KNOWN_TRIES:
        raise Unknown(
            "Hôm nay đã thử nhiều lần. Hãy gặp cán bộ văn hóa – xã hội của Ủy ban nhân dân xã, phường."
        )
    people = Learner.objects.standing().filter(user=user, birth_year=birth_year)
    if not any(fold(one.name) == fold(name) for one in people):
        note_address(request)
        raise Unknown("Họ tên hoặc năm sinh không khớp với người đã đăng ký số này. Hãy xem lại.")
    request.session[_SESSION] = {**request.session[_SESSION], "known": row.pk}


def give_up(request: HttpRequest, row: OneTimeCode) -> str:
    """She is not who signed up by this number: uses the code up, and returns the number it proved."""
    request.session.pop(_SESSION, None)
    ended = OneTimeCode.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now())
    return (row.user.phone if row.user else "") or "" if ended else ""


def check_new(row: OneTimeCode, pin: str) -> str:
    """The rules of `pins` for everybody who will use it; ValidationError in Vietnamese."""
    people = [row.learner] if row.learner else list(row.user.learners.all()) if row.user else []
    phone = row.phone or (row.user.phone if row.user else "") or ""
    for learner in people:
        check_pin(pin, birth_year=learner.birth_year, phone=phone)
    return check_pin(pin, phone=phone)


@again()
def finish(request: HttpRequest, row: OneTimeCode, pin: str) -> User:
    """The new PIN; the sign-in it opens. Raises PhoneTaken, NoCode when another tab was first.

    Hashing takes longest and happens before the transaction.
    """
    if is_stranger(request, row):
        raise codes.NoCode("Hãy cho biết bạn là ai trước khi chọn mã mới.")
    hashed = make_password(pin)
    with transaction.atomic():
        held = acting.hold(row.learner_id) if row.learner_id else {}
        acting.hold_sign_ins(row.user_id, *(each.user_id for each in held.values()))
        if not OneTimeCode.objects.filter(pk=row.pk, ended_at=None).update(ended_at=timezone.now()):
            raise codes.NoCode("Mã này đã dùng rồi. Hãy xin mã mới.")
        users = {row.user_id, *(each.user_id for each in held.values())}
        if any(pk and at_work.works_by_number(pk) and not _told_for_work(row) for pk in users):
            raise codes.NoCode("Số này nay dùng để làm việc. Hãy gặp cán bộ để nhận mã.")
        user = _alone(row, hashed) if row.learner else _renewed(row, hashed)
        codes.cancel(user=user)
        messages.tell(
            user=user,
            text=f"Mã 6 số để đăng nhập vừa được đặt lại lúc {_now()}. Nếu không phải bạn làm, hãy báo ngay "
            "cán bộ văn hóa – xã hội của xã, phường.",
        )
    forget_others(request, user)
    request.session.pop(_SESSION, None)
    return user


def _told_for_work(row: OneTimeCode) -> bool:
    """Whether `vouch` would tell this code today: she may have taken a role since it was told."""
    by, user = row.issued_by, row.user
    told = row.purpose == Purpose.VOUCHED and not row.phone
    return bool(told and by and user and staffing.may_reset(by, user))


def _renewed(row: OneTimeCode, hashed: str) -> User:
    """The sign-in with a new PIN, and with the new number the staff wrote down. Raises PhoneTaken."""
    user = cast(User, row.user)
    changed: dict[str, Any] = {"password": hashed}
    if row.purpose == Purpose.FORGOTTEN:
        changed["phone_verified_at"] = timezone.now()
    if row.phone:
        changed |= {"phone": row.phone, "phone_verified_at": None, "phone_lost_at": None}
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(**changed)
    except IntegrityError:
        raise PhoneTaken from None
    user.refresh_from_db()
    return user


def _alone(row: OneTimeCode, hashed: str) -> User:
    """A sign-in of her own, with her record. Raises PhoneTaken."""
    learner = cast(Learner, row.learner)
    user = User(phone=row.phone, name=learner.name, password=hashed)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        raise PhoneTaken from None
    household.settle(learner=learner, user=user)
    return user


def may_text_own(learner: Learner) -> bool:
    """Whether a text may open her own PIN: the phone must be hers alone, and proved.

    Her own PIN guards her from whoever holds the phone too. So nobody else may learn on it, nor have
    left it in the last 30 days: taking the others off first must not help. Nor may it open her work.
    """
    user = learner.user
    if user is None or not user.phone or not user.phone_verified_at or not messages.can_send():
        return False
    if at_work.works_by_number(user):
        return False
    alone = not Learner.objects.standing().filter(user=user).exclude(pk=learner.pk).exists()
    since = timezone.now() - datetime.timedelta(days=household.UNDO_DAYS)
    return alone and not user.partings.filter(left_at__gt=since).exists()


def ask_own(request: HttpRequest, learner: Learner) -> None:
    """Text a code for her own PIN to her own phone. Raises Refused, NotIn, `messages.CannotSend`."""
    if not may_text_own(learner):
        raise Refused("Số điện thoại này chưa chắc là của riêng bạn. Hãy gặp cán bộ để nhận mã.")
    codes.text(request, purpose=Purpose.FORGOTTEN, user=learner.user, learner=learner)
    messages.tell(learner=learner, text=f"Có người vừa xin mã để đặt lại mã của riêng bạn lúc {_now()}.")


def reset_own(request: HttpRequest, learner: Learner, *, code: str, pin: str) -> None:
    """Another own PIN with the code of the staff or of a text. Raises NotIn, TooMany."""
    user = cast(User, request.user)
    hashed = make_password(pin)
    by = [Purpose.VOUCHED, *([Purpose.FORGOTTEN] if may_text_own(learner) else [])]
    given = OneTimeCode.objects.filter(
        user=user, learner=learner, phone="", purpose__in=by, used_at=None, ended_at=None
    )
    works = at_work.works_by_number(user)
    open_ones = [row for row in given if not works or _told_for_work(row)]
    codes.use_any(request, open_ones, code=code, user=user, nobody=f"own {learner.pk}")
    own_pin.replace(learner, hashed)
    own_pin.remember(request, learner)
    messages.tell(learner=learner, text=f"Mã của riêng bạn vừa được đặt lại lúc {_now()}.")


def _of(phone: str) -> User | None:
    """Who signs in by this number alone: staff, who have an e-mail address, come back another way."""
    return User.objects.filter(phone=phone, email=None, is_staff=False, is_active=True).first()


def _colleague(phone: str) -> User | None:
    """Staff by number: with a code that was told to them; none is texted."""
    return User.objects.filter(phone=phone, email=None, is_staff=True, is_active=True).first()


def _open(phone: str) -> list[OneTimeCode]:
    """The codes that somebody with this number was given, or asked for; also where nobody uses it."""
    texted = Q(user__phone=phone, phone="") | Q(user=None, phone=phone)
    given = Q(purpose=Purpose.VOUCHED, phone=phone) | Q(
        texted, learner=None, purpose__in=[Purpose.VOUCHED, Purpose.FORGOTTEN]
    )
    rows = OneTimeCode.objects.filter(given, used_at=None, ended_at=None)
    return list(rows.select_related("user", "learner").order_by("-made_at"))


def _now() -> str:
    return date_format(timezone.localtime(), "H:i d/m/Y")


# --- The staff's side ------------------------------------------------------------------


def may_help(by: User) -> bool:
    """An official who manages; a trainer where some room lets trainers vouch."""
    if roles_of(by, Role.Kind.OFFICIAL_MANAGE).exists():
        return True
    return trust.anybody_may() and roles_of(by, Role.Kind.TRAINER).exists()


def helps(by: User, learner: Learner) -> bool:
    """Whether she may hand this person a code."""
    if learner.user_id == by.pk:
        return False
    official = Learner.objects.visible_to(by, Role.Kind.OFFICIAL_MANAGE).filter(pk=learner.pk)
    return official.exists() or (roles_of(by, Role.Kind.TRAINER).exists() and trust.may_vouch(by, learner))


def kinds_for(by: User, learner: Learner) -> list[str]:
    """What she can do for this person: for the whole sign-in only when she may help everybody on it."""
    user = learner.user
    people = list(Learner.objects.standing().filter(user=user)) if user else []
    whole = user is not None and all(helps(by, one) for one in people)
    kinds = [SIGN_IN] if user and user.phone and whole else []
    kinds += [OWN] if user and learner.pin else []
    kinds += [NUMBER] if whole else []
    return kinds + ([ALONE] if len(people) > 1 or not user else [])


@again()
def vouch(*, by: User, learner: Learner, kind: str, reason: str, phone: str = "") -> str:
    """Six digits to tell the person who stands before her; told once, logged, and the owner learns of it.

    Raises Refused, `codes.TooSoon`.
    """
    user = learner.user
    if not helps(by, learner) or kind not in kinds_for(by, learner):
        raise Refused("Không giúp được người này theo cách đó.")
    if user and (user.email or user.is_staff) and not _helps_staff(by, user, kind):
        raise Refused(_why_not_staff(user, kind))
    phone = phone if kind in {NUMBER, ALONE} else ""
    if kind in {NUMBER, ALONE} and not phone:
        raise Refused("Hãy ghi số điện thoại mới của người này.")
    if phone and User.objects.filter(phone=phone).exists():
        raise Refused("Số này đã có người dùng. Hãy hỏi số khác, hoặc xem người này có hồ sơ khác không.")
    with transaction.atomic():
        if learner.pk not in acting.hold(learner):
            raise Refused(acting.Gone.message)
        _, code = codes.make(
            purpose=Purpose.VOUCHED,
            user=None if kind == ALONE else user,
            phone=phone,
            learner=learner if kind in {OWN, ALONE} else None,
            issued_by=by,
            reason=reason,
        )
        _tell_owner(by, learner, kind, reason)
        looks.note(by=by, learners=[learner], screen="Giúp vào lại", why=reason)
    return code


def _helps_staff(by: User, user: User, kind: str) -> bool:
    """A colleague who signs in by number forgot her PIN: whoever could give all her roles helps."""
    return not user.email and kind in {SIGN_IN, OWN} and staffing.may_reset(by, user)


def _why_not_staff(user: User, kind: str) -> str:
    """What to do instead: a link only for who has a password; a number only after the role is gone."""
    if user.email:
        return (
            "Người này là cán bộ, người hướng dẫn. Hãy nhờ cán bộ mở mục “Vai trò” để làm liên kết đặt lại."
        )
    if kind in {SIGN_IN, OWN}:
        return "Người này làm việc bằng số điện thoại. Hãy nhờ cán bộ giao được mọi vai trò của người này."
    return (
        "Người này làm việc bằng số điện thoại. Hãy thu lại vai trò trước, đổi số ở “Giúp vào lại”, "
        "rồi mời lại số mới."
    )


def _tell_owner(by: User, learner: Learner, kind: str, reason: str) -> None:
    """Her with the reason; the sign-in without name and reason, and not at all of what is hers alone.

    Who is alone on the phone is told once.
    """
    who = by.name or "Cán bộ"
    text = (
        f"{who} vừa cấp một mã dùng một lần cho {learner.name} lúc {_now()}: {KINDS[kind].lower()}. "
        f"Lý do: {reason}. Nếu bạn không nhờ, hãy báo ngay cho xã, phường."
    )[:500]
    user = learner.user
    short = f"Học Vụ Số: vừa có mã dùng một lần được cấp cho số này. {KINDS[kind]}."
    warning = f"{short} Không ai trong nhà nhờ? Hãy báo ngay cho xã, phường."
    alone = user is not None and not _others_on(user, learner)
    messages.tell(learner=learner, text=text, sms_text=warning if alone and kind != OWN else "")
    if user is None or alone or kind == OWN:
        return
    messages.tell(
        user=user,
        text=f"{who} vừa cấp một mã dùng một lần cho số này lúc {_now()}: {KINDS[kind].lower()}. "
        "Nếu không ai trong nhà nhờ, hãy báo ngay cho xã, phường.",
        sms_text=warning,
    )


def _others_on(user: User, learner: Learner) -> bool:
    """Others learn on it, or left it and may hold the phone still: what is told to her they do not read."""
    others = Learner.objects.standing().filter(user=user).exclude(pk=learner.pk)
    return others.exists() or Parting.objects.filter(user=user, ended_at=None).exists()
