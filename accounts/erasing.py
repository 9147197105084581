"""A person is erased: nothing leads to her any more, and every figure stays as it was.

In the ledger a random number, held nowhere else, stands in her place (each of her
records gets its own, so that a merge of two of them is still one in a rebuild). All
other rows about her go, room by room, the highest first; the way to sign in goes with
the last person on it who has no role. docs/your-data.md says what remains and why.

One transaction: all of it or nothing. It waits for acts in flight and for the fold's lock
(`acting` says who locks what).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from common.retrying import again

from . import acting, erasing_words, household
from .holdings import GOES
from .mentions import Person
from .merging import family, hold_family, managed_by
from .models import (
    CardUse,
    DeviceSession,
    Erasure,
    Invitation,
    Learner,
    Message,
    Notice,
    OneTimeCode,
    Role,
    User,
)
from .people import holdings, rooms

_FIRST_NUMBER = 2**61  # far above any learner's id


class EraseRefused(Exception):
    """A refusal whose message may be shown."""

    message = ""

    def __init__(self) -> None:
        super().__init__(self.message)


class NotYours(EraseRefused):
    message = "Bạn chỉ xóa được dữ liệu của chính mình, hoặc của người ở nơi bạn quản lý."


class AlreadyErased(EraseRefused):
    message = "Dữ liệu của người này đã được xóa trước đó."


class ReasonMissing(EraseRefused):
    message = "Hãy chọn lý do xóa."


def look(learner: Learner) -> erasing_words.Candidates:
    """What may tell of her in what people typed: whole tables, so before the transaction."""
    members = family(learner)
    users = User.objects.filter(pk__in=erasing_words.sign_ins_of(members))
    gone = [user for user in users if goes_too(user, but=members)]
    return erasing_words.look(erasing_words.with_numbers(erasing_words.person_of(members), gone))


def erase(
    *,
    learner: Learner,
    by: User | None,
    reason: str,
    found: erasing_words.Candidates | None = None,
) -> Erasure:
    """Erase her, with the records merged into hers. `by` is None for the machine.

    `reason` is one of `Erasure.Reason`; `found`: of `look`, by whoever opened a transaction. Raises
    EraseRefused.
    """
    return _erase(learner=learner, by=by, reason=reason, found=found or look(learner))


@again(IntegrityError)  # somebody wrote a row that points to her, a look or a notice, meanwhile
@transaction.atomic
def _erase(*, learner: Learner, by: User | None, reason: str, found: erasing_words.Candidates) -> Erasure:
    if reason not in Erasure.Reason.values:
        raise ReasonMissing
    try:
        members = hold_family(learner)
    except acting.Gone:
        raise AlreadyErased from None
    for member in members:  # as held: she may have been corrected since the caller read her
        member.refresh_from_db(fields=["name", "birth_year"])
    users = set(User.objects.filter(pk__in=acting.hold_sign_ins(*erasing_words.sign_ins_of(members))))
    herself = by is not None and any(each.user_id == by.pk for each in members)
    if by and not herself and not managed_by(by).filter(pk=members[0].pk).exists():
        raise NotYours
    gone = [user for user in users if goes_too(user, but=members)]
    person = erasing_words.person_of(members)
    erasing_words.forget(person, members, gone, found)
    _end_sessions(users, gone, members)
    for member in reversed(members):
        _erase_record(member)
    for user in users:
        if user in gone:
            _forget_sign_in(user)
        else:
            household.rename(user, person)
            _forget_words(user, person)
    transaction.on_commit(_empty_journal)
    return Erasure.objects.create(
        erased_on=timezone.localdate(),
        by=None if by in gone else by,
        herself=herself,
        reason=reason,
        records=len(members),
    )


def goes_too(user: User, *, but: Iterable[Learner] = ()) -> bool:
    """Whether nobody learns on this sign-in (but those who are being erased) and it has no role."""
    others = Learner.objects.filter(user=user).exclude(pk__in=[each.pk for each in but])
    staff = user.is_staff or user.is_superuser or Role.objects.active().filter(user=user).exists()
    return not others.exists() and not staff


def why_it_stays(learner: Learner) -> str:
    """Why her sign-in would stay if she were erased now: "staff", "shared"; empty when it goes with her."""
    members = family(learner)
    if learner.user is None or goes_too(learner.user, but=members):
        return ""
    others = Learner.objects.filter(user=learner.user).exclude(pk__in=[each.pk for each in members])
    return "shared" if others.exists() else "staff"


def _erase_record(learner: Learner) -> None:
    pk, number = learner.pk, _FIRST_NUMBER + secrets.randbelow(_FIRST_NUMBER)
    for handlers in reversed(rooms().values()):
        if handlers.erase:
            handlers.erase(learner, number)
        for holding in handlers.holds:
            if holding.of_learner and holding.erase == GOES:
                holding.table._default_manager.filter(**{holding.key: pk}).delete()
    learner.delete()
    learner.pk = pk  # the object stays in its caller's hands


def _forget_sign_in(user: User) -> None:
    """The way to sign in, and what is kept about it in tables of others."""
    # Before the giver's name goes: a link to a password that is nobody's counts as the operator's.
    Invitation.objects.standing().filter(invited_by=user).update(ended_at=timezone.now())
    for _, holding in holdings():
        if holding.of_learner:
            continue
        rows = holding.table._default_manager.filter(**{holding.key: user.pk})
        if holding.erase == GOES:
            rows.delete()
        elif holding.model != "accounts.Learner":
            rows.update(**{holding.key: None, **dict.fromkeys(holding.blanks, erasing_words.REMOVED)})
    if user.phone:  # written before anybody had signed up with the number
        Message.objects.filter(to=user.phone).delete()
        OneTimeCode.objects.filter(phone=user.phone).delete()
    User.objects.get(pk=user.pk).delete()


def _forget_words(user: User, person: Person) -> None:
    """What a sign-in that others use was told about her by name."""
    notices = Notice.objects.filter(user=user)
    notices.filter(pk__in=[each.pk for each in notices if person.is_in(each.text, near=True)]).delete()
    texts = Message.objects.filter(Q(user=user) | Q(to=user.phone or "")).exclude(text="")
    texts.filter(pk__in=[each.pk for each in texts if person.is_in(each.text, near=True)]).delete()
    for code in OneTimeCode.objects.filter(user=user).exclude(reason=""):
        if person.is_in(code.reason, near=True):
            OneTimeCode.objects.filter(pk=code.pk).update(reason=erasing_words.REMOVED)


def _end_sessions(users: set[User], gone: list[User], members: list[Learner]) -> None:
    """The sessions of sign-ins that go, and those in which she was learning, by device or by card.

    Found by the keys that devices and cards keep: to look for them among all would decode
    everybody's. One without a device (a borrowed phone) finds no user, or no such person, any more.
    """
    hers = {each.pk for each in members}
    known = DeviceSession.objects.filter(use__user__in=users)
    by_card = CardUse.objects.filter(card__learner__in=hers).values_list("session_key", flat=True)
    ended = {*known.filter(use__user__in=gone).values_list("key", flat=True), *by_card}
    shared = set(known.exclude(use__user__in=gone).values_list("key", flat=True)) - ended
    for session in Session.objects.filter(session_key__in=shared):
        if session.get_decoded().get("learner") in hers:
            ended.add(session.session_key)
    Session.objects.filter(session_key__in=ended).delete()


def _empty_journal() -> None:
    """SQLite keeps what was deleted in its write-ahead log until that is emptied."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
