"""A merge is a fact like any other, and so is its undoing: counts are rebuilt from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import kinds
from .models import Fact
from .recording import SERVER, Stamp, record, retract, server_uuid

if TYPE_CHECKING:
    from accounts.models import Merge, User


def merge(merge: Merge) -> None:
    """Say that the duplicate's facts are the canonical person's: all of them, the later ones too."""
    record(
        actor=_actor(merge.merged_by),
        uuid=server_uuid(kinds.MERGED, merge.pk),
        kind=kinds.MERGED,
        stamp=Stamp.of(merge.duplicate),
        channel=Fact.Channel.ONLINE,
        asserted_by=Fact.Asserter.SERVER,
        same_as=merge.canonical_id,
    )


def unmerge(merge: Merge) -> None:
    fact = Fact.objects.get(
        kind=kinds.MERGED, person=merge.duplicate_id, uuid=server_uuid(kinds.MERGED, merge.pk)
    )
    retract(actor=_actor(merge.undone_by), fact=fact, reason="", kind=kinds.UNMERGED)


def _actor(by: User | None) -> str:
    return f"user:{by.pk}" if by else SERVER
