"""The people of one sign-in: added, taken off, brought back, leaving with their own record.

A seat (1 to 8) is the lock: of two tabs that add somebody at the same moment each
gets a seat of its own, and nobody gets a ninth.
"""

from __future__ import annotations

import datetime
import uuid as uuids

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from common.phones import masked
from common.retrying import again
from places.models import Place

from . import acting, at_work, messages
from .mentions import Person
from .models import HOUSEHOLD, Learner, Parting, Role, User
from .registering import PhoneTaken, first_consent

UNDO_DAYS = 30
ADDED_A_DAY = 12  # people on one sign-in, those taken off again too: each is one more in the figures
LEAVE_DAYS = 7  # in which leaving with one's record is undone (`returning`)
_OLD = "Trang này đã cũ. Bạn hãy mở lại trang rồi thêm lần nữa."


class HouseholdError(Exception):
    """The household stays as it is; the message is for the person."""


class Full(HouseholdError):
    def __init__(self) -> None:
        super().__init__(f"Máy này đã đủ {HOUSEHOLD} người học. Muốn thêm, hãy cho bớt một người rời máy.")


class TooManyToday(HouseholdError):
    def __init__(self) -> None:
        super().__init__("Hôm nay máy này đã thêm nhiều người học. Hãy thêm tiếp vào ngày mai.")


class LastOne(HouseholdError):
    def __init__(self) -> None:
        super().__init__("Đây là người duy nhất học trên máy này, nên chưa rời máy được.")


class NotHere(HouseholdError):
    def __init__(self) -> None:
        super().__init__("Người này không còn học trên máy này.")


class HoldsRole(HouseholdError):
    """A role by number is one person's: nobody else comes onto its sign-in."""

    def __init__(self) -> None:
        super().__init__(
            "Số này đang giữ vai trò cán bộ hoặc người hướng dẫn, nên chỉ một người dùng được. "
            "Người kia hãy học bằng số khác, hoặc người giữ vai trò nhờ cán bộ thu lại vai trò trước."
        )


class WorksOnly(HouseholdError):
    """A sign-in by e-mail: an official's, an editor's."""

    def __init__(self) -> None:
        super().__init__(
            "Tài khoản đăng nhập bằng thư điện tử chỉ để làm việc, không có người học. "
            "Muốn học, hãy đăng ký bằng số điện thoại."
        )


class HolderStays(HouseholdError):
    """The role would stay behind, with whoever learns on."""

    def __init__(self) -> None:
        super().__init__(
            "Người này giữ vai trò cán bộ hoặc người hướng dẫn bằng cách đăng nhập này, nên không rời được. "
            "Hãy để người khác ra học riêng, hoặc nhờ cán bộ thu lại vai trò trước."
        )


@again()
def add(
    *,
    user: User,
    uuid: uuids.UUID,
    name: str,
    birth_year: int,
    group: str,
    commune: Place,
    colour: str,
    picture: str,
    guardian_name: str = "",
) -> Learner:
    """One more person, with her consent. The same `uuid` twice is the person of the first time.

    Raises Full, TooManyToday, HoldsRole, WorksOnly.
    """
    fields = {"name": name, "birth_year": birth_year, "group": group, "commune": commune}
    with transaction.atomic():
        if not acting.hold_sign_ins(user):  # her only neighbour was erased a moment ago
            raise HouseholdError(_OLD)
        if not Learner.objects.filter(public_id=uuid).exists():
            refuse_working(user)
            _refuse_many(user)
        learner = Learner(public_id=uuid, colour=colour, picture=picture, **fields)
        if not sit(learner, user):
            known = Learner.objects.filter(public_id=uuid, user=user).first()
            if known:
                return known
            raise HouseholdError(_OLD)
        first_consent(learner=learner, guardian_name=guardian_name)
    return learner


def refuse_working(user: User | int) -> None:
    """Raises HoldsRole, WorksOnly. With the sign-in held, so that a role taken in this moment is seen."""
    if at_work.works_by_number(user):
        raise HoldsRole
    pk = user if isinstance(user, int) else user.pk
    if User.objects.filter(pk=pk, email__isnull=False).exists():
        raise WorksOnly


def _keep_holder(user: User, learner: Learner) -> None:
    """Raises HolderStays: what the role opens would be the others'."""
    if learner.seat == 1:
        refuse_leaving_work(user)


def refuse_leaving_work(user: User) -> None:
    """Raises HolderStays for who would leave the sign-in that her role is held by."""
    if Role.objects.active().filter(user=user).exists():
        raise HolderStays


def _refuse_many(user: User) -> None:
    """Rows and not a cache count: who was added today is here still, or was taken off here."""
    since = timezone.now() - datetime.timedelta(days=1)
    here = Q(user=user) | Q(partings__user=user)
    if Learner.objects.filter(here, created_at__gt=since).distinct().count() >= ADDED_A_DAY:
        raise TooManyToday


def sit(learner: Learner, user: User) -> bool:
    """Take the first free seat; False when this new learner is there already. Raises Full."""
    seats = at_work.seats(user)
    for _ in range(HOUSEHOLD + 1):
        taken = set(Learner.objects.filter(user=user).values_list("seat", flat=True))
        if learner.pk is None and Learner.objects.filter(public_id=learner.public_id).exists():
            return False
        free = [seat for seat in seats if seat not in taken]
        if not free:
            raise Full
        learner.user, learner.seat = user, free[0]
        try:
            with transaction.atomic():
                learner.save(update_fields=["user", "seat"] if learner.pk else None)
        except IntegrityError:
            continue  # another tab took the seat in this very moment
        return True
    raise Full


@transaction.atomic
def look(*, learner: Learner, colour: str, picture: str) -> None:
    acting.hold(learner)
    Learner.objects.filter(pk=learner.pk).update(colour=colour, picture=picture)


@again()
@transaction.atomic
def unlink(*, user: User, learner: Learner) -> Parting:
    """She no longer learns on this sign-in; her record stays whole. Raises LastOne, NotHere, HolderStays."""
    acting.hold(learner)
    acting.hold_sign_ins(user)  # two tabs that take off the last two people
    if not user.learners.filter(pk=learner.pk).exists():
        raise NotHere
    if _number(user) < 2:
        raise LastOne
    _keep_holder(user, learner)
    Learner.objects.filter(pk=learner.pk, user=user).update(user=None, seat=None)
    number = f" (số {masked(user.phone)})" if user.phone else ""
    at = f"{timezone.localtime():%H:%M %d/%m/%Y}"
    messages.tell(  # read once she comes back: on this phone, or by a number of her own
        learner=learner,
        text=f"Bạn đã được cho rời máy học chung{number} lúc {at}. Người làm việc này biết mã đăng nhập "
        "của máy. Kết quả học vẫn còn nguyên. Không phải ý bạn? Hãy báo xã, phường.",
    )
    rename(user, Person((learner.name,)))
    return Parting.objects.create(user=user, learner=learner)


def rename(user: User, *gone: Person) -> None:
    """A shared sign-in never keeps the name of somebody who left it: it bears that of the next person."""
    first = Learner.objects.standing().filter(user=user).order_by("seat").first()
    if first and any(person.is_named(user.name) for person in gone):
        User.objects.filter(pk=user.pk).update(name=first.name)


def _number(user: User) -> int:
    """How many learn on it; a record merged into another is nobody."""
    return Learner.objects.standing().filter(user=user).count()


def gone(user: User) -> list[Parting]:
    """Who was taken off in the last 30 days and has no sign-in since: can be brought back."""
    since = timezone.now() - datetime.timedelta(days=UNDO_DAYS)
    open_ones = user.partings.filter(ended_at=None, left_at__gt=since, learner__user=None, with_record=False)
    return list(open_ones.select_related("learner").order_by("-left_at"))


@again()
@transaction.atomic
def bring_back(*, user: User, learner: Learner) -> Learner:
    """Undo `unlink`; twice is the same as once. Raises NotHere, Full, HoldsRole."""
    acting.hold(learner)
    if not acting.hold_sign_ins(user):
        raise NotHere
    if user.learners.filter(pk=learner.pk).exists():
        return learner
    refuse_working(user)
    since = timezone.now() - datetime.timedelta(days=UNDO_DAYS)
    mine = Parting.objects.filter(
        user=user, learner=learner, ended_at=None, left_at__gt=since, with_record=False
    )
    if not mine.update(ended_at=timezone.now()) or not _free(learner):
        raise NotHere
    learner.refresh_from_db()
    sit(learner, user)
    return learner


def _free(learner: Learner) -> bool:
    return Learner.objects.filter(pk=learner.pk, user=None).exists()


@again()
def leave(*, user: User, learner: Learner, phone: str, pin: str) -> User:
    """She takes her record to a sign-in of her own. Raises PhoneTaken, LastOne, NotHere, HolderStays.

    Hashing the PIN takes longest and happens before the transaction.
    """
    own = User(phone=phone, name=learner.name, password=make_password(pin))
    with transaction.atomic():
        acting.hold(learner)
        acting.hold_sign_ins(user)
        if not user.learners.filter(pk=learner.pk).exists():
            raise NotHere
        if _number(user) < 2:
            raise LastOne
        _keep_holder(user, learner)
        try:
            with transaction.atomic():
                own.save(force_insert=True)
        except IntegrityError:
            raise PhoneTaken from None
        settle(learner=learner, user=own)
        rename(user, Person((learner.name,)))
    return own


def settle(*, learner: Learner, user: User) -> None:
    """Give a person the first seat of a new sign-in; its PIN is hers. In the caller's transaction."""
    was = Learner.objects.select_related("user").get(pk=learner.pk)
    Learner.objects.filter(pk=learner.pk).update(user=user, seat=1, pin="")
    now = timezone.now()
    Parting.objects.filter(learner=learner, ended_at=None).update(ended_at=now, pin="")
    learner.one_time_codes.filter(used_at=None, ended_at=None).update(ended_at=now)
    if was.user:
        Parting.objects.create(user=was.user, learner=learner, with_record=True, pin=was.pin, left_at=now)
        _tell_of_leaving(learner=learner, old=was.user, new=user)


def _tell_of_leaving(*, learner: Learner, old: User, new: User) -> None:
    """To her, and to the household she left."""
    at = f"{timezone.localtime():%H:%M %d/%m/%Y}"
    messages.tell(
        learner=learner,
        text=f"Bạn đã ra học riêng bằng số {masked(new.phone or '')} lúc {at}. Đổi ý, hoặc không phải "
        f"bạn làm? Trong {LEAVE_DAYS} ngày, bạn trở về được ở trang “Ai đang học?”, hoặc nhờ xã, phường.",
    )
    messages.tell(
        user=old,
        text=f"{learner.name} đã ra học riêng bằng một số khác lúc {at}, và mang theo kết quả học. "
        f"Nếu không phải chính người đó làm, hãy báo xã, phường trong {LEAVE_DAYS} ngày để đưa trở lại.",
        sms_text="Học Vụ Số: một người học trên số này vừa ra học riêng bằng số khác. "
        f"Không phải người đó làm? Hãy báo xã, phường trong {LEAVE_DAYS} ngày.",
    )
