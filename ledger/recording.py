"""Writing facts: once, in the transaction of the state they report."""

from __future__ import annotations

import datetime
import hashlib
import json
import uuid as uuids
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Learner, Role
from places.models import Neighbourhood, Organisation, Place

from . import readers
from .models import Fact, Pending

SERVER = "server"
# What a retraction does not take over from the fact it undoes.
_OWN_FIELDS = frozenset(
    [
        "id",
        "actor",
        "uuid",
        "digest",
        "kind",
        "undoes",
        "reason",
        "happened_at",
        "recorded_at",
        "happened_on",
        "recorded_on",
    ]
)
_NAMESPACE = uuids.UUID("6d1d9d7c-6f0b-4b0e-9a56-6c1f5c1f9a31")


class UuidReused(Exception):
    """The actor sent another payload under a uuid already used."""


class NotUndoable(Exception):
    """A retraction is final: what was undone by mistake is recorded again as a new fact."""


@dataclass(frozen=True)
class Stamp:
    """Who a person is at the moment of a fact: what moving house later does not rewrite."""

    person: int
    commune: Place
    neighbourhood: Neighbourhood | None
    organisation: Organisation | None
    group: str
    gender: str
    birth_band: int
    left_out: str

    @classmethod
    def of(cls, learner: Learner) -> Stamp:
        """One query when the learner has a sign-in and was not read `with_work`, none otherwise.

        Who works here is left out of the figures: the holder of the sign-in (seat 1), not her family.
        """
        left_out = Fact.LeftOut.NO
        works = getattr(learner, "works", None)
        if works is None:
            works = bool(learner.user_id) and Role.objects.active().filter(user=learner.user_id or 0).exists()
        if learner.is_test:
            left_out = Fact.LeftOut.TEST
        elif works and learner.seat == 1:
            left_out = Fact.LeftOut.STAFF
        return cls(
            person=learner.pk,
            commune=learner.commune,
            neighbourhood=learner.neighbourhood,
            organisation=learner.organisation,
            group=learner.group,
            gender=learner.gender,
            birth_band=learner.birth_year // 10 * 10,
            left_out=left_out,
        )

    @classmethod
    def on(cls, fact: Fact) -> Stamp:
        """The stamp of an earlier fact: its undoing counts where it was counted."""
        return cls(
            person=fact.person,
            commune=fact.commune,
            neighbourhood=fact.neighbourhood,
            organisation=fact.organisation,
            group=fact.group,
            gender=fact.gender,
            birth_band=fact.birth_band,
            left_out=fact.left_out,
        )


def digest_of(payload: object) -> str:
    """SHA-256 of the payload's canonical JSON: the same payload gives the same digest."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def server_uuid(*parts: object) -> uuids.UUID:
    """The uuid of a fact that the server derives: the same news always has the same one."""
    return uuids.uuid5(_NAMESPACE, "/".join(map(str, parts)))


def clamp(
    at: datetime.datetime | None, *, earliest: datetime.datetime | None, now: datetime.datetime
) -> tuple[datetime.datetime, bool]:
    """The time of a fact, forced into [earliest, now], and whether it had to be."""
    if at is None:
        return now, False
    if at > now:
        return now, True
    if earliest and at < earliest:
        return min(earliest, now), True
    return at, False


@transaction.atomic
def record(
    *,
    actor: str,
    uuid: uuids.UUID,
    kind: str,
    stamp: Stamp,
    channel: str,
    asserted_by: str,
    happened_at: datetime.datetime | None = None,
    earliest: datetime.datetime | None = None,
    course: str = "",
    edition: int | None = None,
    item: str = "",
    assisted: bool = False,
    same_as: int | None = None,
) -> tuple[Fact, bool]:
    """Write a fact and its pending rows; returns it and whether it is new.

    The same (actor, uuid) with the same payload returns the first fact; with
    another payload it raises UuidReused. `happened_at` is clamped to
    [earliest, now] and flagged. Costs two queries and a savepoint.
    """
    fact = _fact(
        stamp,
        actor=actor,
        uuid=uuid,
        kind=kind,
        channel=channel,
        asserted_by=asserted_by,
        happened_at=happened_at,
        earliest=earliest,
        course=course,
        edition=edition,
        item=item,
        assisted=assisted,
        same_as=same_as,
    )
    return _write(fact)


@transaction.atomic
def record_all(*, stamp: Stamp, facts: Sequence[dict[str, Any]]) -> None:
    """`record` for several facts of one person at once: two queries and a savepoint for all."""
    rows = [_fact(stamp, **fields) for fields in facts]
    try:
        with transaction.atomic():
            Fact.objects.bulk_create(rows)
    except IntegrityError:
        for fields in facts:  # one of them was written before: tell them apart
            _write(_fact(stamp, **fields))
        return
    _leave([(fact, fact.kind) for fact in rows])


def _fact(
    stamp: Stamp,
    *,
    kind: str,
    happened_at: datetime.datetime | None = None,
    earliest: datetime.datetime | None = None,
    course: str = "",
    item: str = "",
    clamped: bool = False,
    **fields: Any,
) -> Fact:
    """`clamped`: the caller already had to force the time of the act into its limits."""
    now = timezone.now()
    at, forced = clamp(happened_at, earliest=earliest, now=now)
    return Fact(
        digest=digest_of([kind, stamp.person, course, item]),
        kind=kind,
        person=stamp.person,
        commune=stamp.commune,
        neighbourhood=stamp.neighbourhood,
        organisation=stamp.organisation,
        group=stamp.group,
        gender=stamp.gender,
        birth_band=stamp.birth_band,
        left_out=stamp.left_out,
        course=course,
        item=item,
        happened_at=at,
        recorded_at=now,
        happened_on=timezone.localdate(at),
        recorded_on=timezone.localdate(now),
        clamped=clamped or forced,
        **fields,
    )


def _write(fact: Fact) -> tuple[Fact, bool]:
    """Insert the fact, or find the one that has its uuid. Raises UuidReused."""
    try:
        with transaction.atomic():
            fact.save(force_insert=True)
    except IntegrityError:
        first = Fact.objects.filter(actor=fact.actor, uuid=fact.uuid).first()
        if first is None:
            raise
        if first.digest != fact.digest:
            raise UuidReused(f"{fact.actor} {fact.uuid}") from None
        return first, False
    announce(fact, fact.kind)
    return fact, True


@transaction.atomic
def retract(*, actor: str, fact: Fact, reason: str, kind: str = "retracted") -> tuple[Fact, bool]:
    """Undo a fact by another that points at it; the second retraction returns the first.

    The fact keeps its (actor, uuid): what is done again after a retraction needs a
    new uuid (for a server's uuid, one more part).
    """
    if fact.undoes_id:
        raise NotUndoable(f"fact {fact.pk} is a retraction")
    now = timezone.now()
    undoing = Fact(
        **{
            field.attname: getattr(fact, field.attname)
            for field in Fact._meta.concrete_fields
            if field.name not in _OWN_FIELDS
        },
        actor=actor,
        uuid=server_uuid("retract", fact.pk),
        digest=digest_of(["retract", fact.pk]),
        kind=kind,
        undoes=fact,
        reason=reason,
        happened_at=now,
        recorded_at=now,
        happened_on=timezone.localdate(now),
        recorded_on=timezone.localdate(now),
    )
    try:
        with transaction.atomic():
            undoing.save(force_insert=True)
    except IntegrityError:
        return Fact.objects.get(undoes=fact), False
    announce(undoing, fact.kind)
    return undoing, True


def announce(fact: Fact, kind: str) -> None:
    """One pending row per reader that wants facts of this kind, and a hint after the commit."""
    _leave([(fact, kind)])


def _leave(news: Sequence[tuple[Fact, str]]) -> None:
    rows = [Pending(reader=name, fact=fact) for fact, kind in news for name in readers.wanting(kind)]
    Pending.objects.bulk_create(rows)
    names = {row.reader for row in rows}
    transaction.on_commit(lambda: readers.hint(names), robust=True)
