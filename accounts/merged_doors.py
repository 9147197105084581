"""The sign-in of a person whose two records are merged, and both sign-ins when they are two again.

A canonical person without a sign-in takes the duplicate's. One with her own keeps it: the
duplicate's seat on a shared phone becomes free, and a phone where nobody else learns
stays, only to say at the door where its record is now (`merged_only`).
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from common.phones import masked

from . import acting
from .access import roles_of
from .at_work import seats, works_by_number
from .merging import Working, note
from .models import Learner, Merge, Role, User

_TABLE = "accounts.Learner"
_SEAT = ("user_id", "seat", "colour", "picture", "pin")
_NOWHERE: dict[str, Any] = {"user_id": None, "seat": None, "colour": "", "picture": "", "pin": ""}


def merge(merge: Merge) -> None:
    duplicate, canonical = merge.duplicate, merge.canonical
    if duplicate.user_id is None:
        return
    seat = _of(duplicate)
    others = Learner.objects.standing().filter(user=duplicate.user_id).exclude(pk=duplicate.pk)
    if canonical.user_id is None and Role.objects.active().filter(user=duplicate.user_id).exists():
        raise Working  # whose the role is cannot be told: the other record would sit on its seat
    if canonical.user_id is None:
        _set(merge, duplicate, _NOWHERE)
        _set(merge, canonical, seat)
    elif others.exists():
        _set(merge, duplicate, _NOWHERE)


def unmerge(merge: Merge) -> None:
    rows = {row.row: row for row in merge.rows.filter(table=_TABLE)}
    canonical = Learner.objects.get(pk=merge.canonical_id)
    taken = rows.get(canonical.pk)
    if taken and canonical.user_id == taken.after["user_id"]:
        Learner.objects.filter(pk=canonical.pk).update(**taken.before)
    given = rows.get(merge.duplicate_id)
    duplicate = Learner.objects.get(pk=merge.duplicate_id)
    if given and duplicate.user_id is None:
        acting.hold_sign_ins(given.before["user_id"])
        if given.before["user_id"] and works_by_number(given.before["user_id"]):
            raise Working
        seat = _free_seat(given.before["user_id"], given.before["seat"])
        if seat:
            Learner.objects.filter(pk=merge.duplicate_id).update(**{**given.before, "seat": seat})


def merged_only(user: User) -> Learner | None:
    """The canonical record of a sign-in whose people were all merged into others; else None.

    A sign-in with a role is a member of staff's whatever became of her learner.
    """
    if Learner.objects.standing().filter(user=user).exists():
        return None
    merge = (
        Merge.objects.filter(duplicate__user=user, undone_at=None).select_related("canonical__user").first()
    )
    return merge.canonical if merge and not roles_of(user).exists() else None


def words_of(canonical: Learner) -> str:
    """Where the record of this sign-in lives now, said to whoever holds the phone."""
    phone = canonical.user.phone if canonical.user else None
    return "Hồ sơ của số này đã được gộp vào hồ sơ kia của bạn. " + (
        f"Hãy đăng nhập bằng số {masked(phone)}." if phone else "Hãy hỏi cán bộ xã, phường của bạn."
    )


def now_sent_by(user: User) -> dict[str, Learner]:
    """Public id of each merged record that learned on this sign-in → the canonical person. One query."""
    left_here = Q(rows__table=_TABLE, rows__row=F("duplicate"), rows__before__user_id=user.pk)
    merges = (
        Merge.objects.filter(Q(duplicate__user=user) | left_here, undone_at=None)
        .select_related(
            "duplicate", "canonical__commune", "canonical__neighbourhood", "canonical__organisation"
        )
        .distinct()
    )
    return {str(merge.duplicate.public_id): merge.canonical for merge in merges}


def _of(learner: Learner) -> dict[str, Any]:
    return {name: getattr(learner, name) for name in _SEAT}


def _set(merge: Merge, learner: Learner, seat: dict[str, Any]) -> None:
    note(merge, _TABLE, learner.pk, _of(learner), seat)
    Learner.objects.filter(pk=learner.pk).update(**seat)
    for name, value in seat.items():
        setattr(learner, name, value)


def _free_seat(user: int, wanted: int) -> int | None:
    """Her old seat, else the first that may be given; None when the sign-in is gone or full."""
    if not User.objects.filter(pk=user).exists():
        return None
    taken = set(Learner.objects.filter(user=user).values_list("seat", flat=True))
    return next((seat for seat in (wanted, *seats(user)) if seat not in taken), None)
