"""A person corrects what we keep about her. Facts keep what was true when they happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from common.phones import masked, spoken
from places.models import Place

from . import acting, codes, consents, household, messages
from .doors import enter_as
from .mentions import Person
from .models import Correction, DataRequest, Learner, Role, User
from .registering import neighbourhood_of


@transaction.atomic
def correct(
    *,
    learner: Learner,
    name: str,
    commune: Place,
    neighbourhood: str,
    birth_year: int,
    group: str,
    gender: str,
    guardian_name: str = "",
    guardian_consent: bool = False,
    noted: bool = False,
) -> Learner:
    """Store the corrections; a guardian who joins is recorded as a new consent.

    A former name is kept until she is erased (`noted`: the caller did), as words elsewhere bear it.
    Raises acting.Gone.
    """
    if not acting.hold(learner):
        raise acting.Gone
    former = learner.name
    if former != name and not noted:
        Correction.objects.create(learner=learner, what=Correction.What.NAME, before=former, after=name)
    learner.name, learner.commune, learner.birth_year = name, commune, birth_year
    learner.group, learner.gender = group, gender or Learner.Gender.UNSTATED
    learner.neighbourhood = neighbourhood_of(commune, neighbourhood)
    learner.save(update_fields=["name", "commune", "birth_year", "group", "gender", "neighbourhood"])
    if learner.user and learner.user.learners.count() == 1 and learner.user.name != name:
        User.objects.filter(pk=learner.user.pk).update(name=name)
    elif learner.user and former != name:
        household.rename(learner.user, Person((former,)))
    if guardian_name and guardian_consent:
        consents.renew(learner=learner, guardian_name=guardian_name)
    return learner


@dataclass(frozen=True)
class Changes:
    """What an official writes; a field that stays as it was changes nothing. No phone: it stays."""

    name: str
    birth_year: int
    commune: Place
    phone: str = ""


class CorrectionRefused(Exception):
    """The record stays as it is; the message may be shown."""


class NotYours(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__("Người này không ở nơi bạn quản lý, nên bạn không sửa được hồ sơ này.")


class OwnRecord(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__("Đây là hồ sơ của chính bạn. Hãy sửa ở trang Dữ liệu của tôi.")


class NothingChanged(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__("Bạn chưa sửa gì. Hãy sửa chỗ sai, hoặc ghi là đã làm xong ở trang yêu cầu.")


class NoSignIn(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__("Không sửa được số điện thoại của người này ở đây.")


class OthersOnIt(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__(
            "Số này còn người của xã, phường khác dùng chung, nên bạn không đổi được. "
            "Hãy mở “Giúp vào lại” để người này ra học riêng bằng số của mình."
        )


class NumberTaken(CorrectionRefused):
    def __init__(self) -> None:
        super().__init__("Số điện thoại này đã có người dùng. Hãy hỏi lại số, hoặc xem có hồ sơ trùng không.")


@transaction.atomic
def correct_at_request(
    *, learner: Learner, by: User, request: DataRequest, changes: Changes
) -> list[Correction]:
    """Store what an official changed, with what stood there before, and tell the person.

    What happened before keeps the name and the place of then. Raises CorrectionRefused, GuardianMissing.
    """
    if learner.user_id == by.pk:
        raise OwnRecord
    if not Learner.objects.visible_to(by, Role.Kind.OFFICIAL_MANAGE).filter(pk=learner.pk).exists():
        raise NotYours
    if not acting.hold(learner):
        raise acting.Gone
    learner = Learner.objects.select_related("user", "commune").get(pk=learner.pk)
    rows = [
        Correction(learner=learner, request=request, by=by, what=what, before=before, after=after)
        for what, before, after in _differences(learner, changes)
    ]
    if not rows:
        raise NothingChanged
    if consents.needs_guardian(learner, changes.birth_year):
        raise consents.GuardianMissing
    if rows[-1].what == Correction.What.PHONE:
        _change_phone(learner, changes.phone, by=by)
    correct(
        learner=learner,
        name=changes.name,
        commune=changes.commune,
        neighbourhood=_neighbourhood(learner, changes.commune),
        birth_year=changes.birth_year,
        group=learner.group,
        gender=learner.gender,
        noted=True,
    )
    Correction.objects.bulk_create(rows)
    said = "; ".join(f"{row.get_what_display().lower()}: {row.before} → {row.after}" for row in rows)
    messages.tell(learner=learner, text=f"{by.name or 'Cán bộ'} đã sửa hồ sơ của bạn: {said}."[:500])
    return rows


def _differences(learner: Learner, changes: Changes) -> list[tuple[str, str, str]]:
    """What, before, after: of the fields that differ, the number last."""
    phone = (learner.user.phone or "") if learner.user else ""
    asked: list[tuple[str, str, str]] = [
        (Correction.What.NAME, learner.name, changes.name),
        (Correction.What.BIRTH_YEAR, str(learner.birth_year), str(changes.birth_year)),
    ]
    if changes.commune != learner.commune:
        was, now = (f"{place.name} ({place.code})" for place in (learner.commune, changes.commune))
        asked.append((Correction.What.COMMUNE, was, now))
    if changes.phone and changes.phone != phone:
        asked.append((Correction.What.PHONE, spoken(phone) if phone else "", spoken(changes.phone)))
    return [(what, before, after) for what, before, after in asked if before != after]


def _neighbourhood(learner: Learner, commune: Place) -> str:
    """A thôn stays with its commune."""
    kept = learner.neighbourhood
    return kept.name if kept and learner.commune_id == commune.pk else ""


def may_change_phone(learner: Learner) -> bool:
    """Of a learner's sign-in; the staff's own is another matter."""
    return learner.user is not None and not learner.user.email and not learner.user.is_staff


def _change_phone(learner: Learner, phone: str, *, by: User) -> None:
    """The sign-in's number, unproved from now on; the old number hears of it. Raises CorrectionRefused."""
    if not may_change_phone(learner):
        raise NoSignIn
    user = cast(User, learner.user)
    reach = Learner.objects.visible_to(by, Role.Kind.OFFICIAL_MANAGE).values("pk")
    if Learner.objects.standing().filter(user=user).exclude(pk__in=reach).exists():
        raise OthersOnIt
    messages.tell(
        user=user,
        text=f"Số điện thoại để đăng nhập đã đổi thành {masked(phone)} theo yêu cầu gửi cho cán bộ. "
        "Nếu bạn không nhờ, hãy báo ngay cho xã, phường.",
        sms_text="Học Vụ Số: số để đăng nhập của bạn đã đổi theo yêu cầu gửi cho cán bộ. "
        "Bạn không nhờ? Hãy báo ngay cho xã, phường.",
    )
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(phone=phone, phone_verified_at=None, phone_lost_at=None)
    except IntegrityError:
        raise NumberTaken from None
    codes.cancel(user=user)


def change_pin(request: HttpRequest, *, current: str, pin: str) -> User:
    """A new PIN for whoever knows the present one; guarded like the door. Raises NotIn, TooMany."""
    me = cast(User, request.user)
    user = enter_as(request, me, current)
    user.set_password(pin)
    user.save(update_fields=["password"])
    return user
