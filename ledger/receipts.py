"""One answer per action: a device may send the same action again, it is done once."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from common.retrying import again

from .models import Receipt
from .recording import UuidReused, digest_of

__all__ = ["UuidReused", "with_receipt"]

Answer = dict[str, Any]


@again()
@transaction.atomic
def with_receipt(
    actor: str, uuid: uuids.UUID, payload: object, act: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """Do `act` once for (actor, uuid); returns its JSON answer and whether it is a repeat.

    The receipt is written first and is the lock: a second sender of the same uuid
    waits for the first one's transaction (PostgreSQL: the unique index; SQLite: the
    write lock), then reads its answer. When `act` raises, nothing is kept and the
    uuid may be tried again; an answer that must stand, a refusal too, is returned,
    not raised. The same uuid with another payload raises UuidReused. Costs two
    queries and a savepoint beside what `act` does.
    """
    receipt = Receipt(actor=actor, uuid=uuid, digest=digest_of(payload))
    try:
        with transaction.atomic():
            receipt.save(force_insert=True)
    except IntegrityError:
        first = Receipt.objects.filter(actor=actor, uuid=uuid).first()
        if first is None:
            raise
        if first.digest != receipt.digest:
            raise UuidReused(f"{actor} {uuid}") from None
        return first.answer, True
    answer = act()
    Receipt.objects.filter(pk=receipt.pk).update(answer=answer)
    return answer, False
