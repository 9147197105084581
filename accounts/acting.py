"""Whose act it is, and whether she may: asked at the start of every act, in its transaction.

**Who locks what, in which order**: first the rows of the people, by number; then the sign-ins,
by number; then anything else. Whoever writes about a person begins by holding her row, so
her acts, merging, leaving and erasing come one after the other, and each sees what the one
before it wrote. Held is NO KEY UPDATE: rows that only point to her may still be written.

**What a person may do who is leaving** (she asked to be erased, and has three days to undo it):
sign in, choose who is learning and what she sees, read, copy, correct and ask about her data, and stay
(`leaving.stay`). Not learn: no lesson, no check question, no test; nor agree to anything,
be merged, or get a new card or another way to sign in. What she had earned before
(a paper on its way) still comes. This is the one place that says so.
"""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Learner, User


class CannotAct(Exception):
    """A refusal whose message may be shown; `code` names it for programs."""

    code, message = "", ""

    def __init__(self) -> None:
        super().__init__(self.message)


class Leaving(CannotAct):
    code = "leaving"
    message = (
        "Bạn đã xin xóa dữ liệu, nên việc này không được ghi. "
        "Muốn học tiếp, hãy mở “Dữ liệu của tôi” và bấm “Tôi ở lại”."
    )


class Gone(CannotAct):
    code = "gone"
    message = "Hồ sơ này vừa được xóa theo yêu cầu, nên việc này không được ghi."


def hold(*people: Learner | int) -> dict[int, Learner]:
    """Their rows as they are now, by number, held until the transaction ends; without those erased."""
    pks = {each if isinstance(each, int) else each.pk for each in people}
    return {learner.pk: learner for learner in _held(Learner.objects.filter(pk__in=pks))}


def hold_sign_ins(*users: User | int | None) -> set[int]:
    """The numbers of those that are still there, held; after the people's rows."""
    pks = {each if isinstance(each, int) else each.pk for each in users if each is not None}
    rows = User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=pks)
    return set(rows.order_by("pk").values_list("pk", flat=True)) if pks else set()


def begin(learner: Learner | int) -> None:
    """She does something that is recorded: hers alone from now on. Raises Leaving, Gone. One query."""
    pk = learner if isinstance(learner, int) else learner.pk
    found = list(_held(Learner.objects.filter(pk=pk)).values_list("leaving_at", flat=True))
    if not found:
        raise Gone
    if found[0]:
        raise Leaving


def _held(rows: QuerySet[Learner]) -> QuerySet[Learner]:
    return rows.select_for_update(of=("self",), no_key=True).order_by("pk")
