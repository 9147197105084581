"""The first fact of a person: she agreed that her learning is kept."""

from __future__ import annotations

from accounts.models import Consent

from . import kinds
from .models import Fact
from .recording import SERVER, Stamp, record, server_uuid


def consented(consent: Consent) -> None:
    """Record `registered` once per learner, in the transaction that stores her consent."""
    if consent.purpose != Consent.Purpose.LEARNING:
        return
    in_class = consent.channel == Consent.Channel.CLASS
    record(
        actor=SERVER,
        uuid=server_uuid(kinds.REGISTERED, consent.learner_id),
        kind=kinds.REGISTERED,
        stamp=Stamp.of(consent.learner),
        channel=Fact.Channel.CLASS if in_class else Fact.Channel.ONLINE,
        asserted_by=Fact.Asserter.TRAINER if in_class else Fact.Asserter.SERVER,
        happened_at=consent.given_at,
    )
