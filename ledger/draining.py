"""Reading the ledger exactly once, without cursors.

A fact leaves one pending row per reader. A drainer deletes a batch of them and
writes what it makes of them in one transaction: killed before the commit, the
rows are still there; killed after it, the result is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from common.retrying import again

from .models import Fact

_CLAIM_SQLITE = """
    DELETE FROM ledger_pending WHERE id IN (
        SELECT id FROM ledger_pending WHERE reader = %s ORDER BY fact_id LIMIT %s
    ) RETURNING fact_id
"""
# The materialised CTE runs once; SKIP LOCKED lets several drainers share the work.
_CLAIM_POSTGRESQL = """
    WITH claimed AS MATERIALIZED (
        SELECT id FROM ledger_pending WHERE reader = %s
        ORDER BY fact_id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    DELETE FROM ledger_pending USING claimed
    WHERE ledger_pending.id = claimed.id RETURNING ledger_pending.fact_id
"""


@dataclass(frozen=True)
class Batch:
    """The facts of one claim, in the order in which they were recorded.

    `sql` is a SELECT with the one column `fact_id`, to be joined by a statement that
    takes `param` for it: `... JOIN ({batch.sql}) b ON b.fact_id = f.id` with
    `[batch.param]`.
    """

    ids: list[int]

    @property
    def sql(self) -> str:
        if connection.vendor == "postgresql":
            return "SELECT unnest(%s::bigint[]) AS fact_id"
        return "SELECT value AS fact_id FROM json_each(%s)"

    @property
    def param(self) -> Any:
        return self.ids if connection.vendor == "postgresql" else json.dumps(self.ids)

    def facts(self) -> QuerySet[Fact]:
        """The facts themselves, in the order in which they were recorded."""
        return Fact.objects.filter(pk__in=RawSQL(self.sql, [self.param])).order_by("pk")  # noqa: S611


def drain(reader: str, write: Callable[[Batch], object], *, batch: int = 5000, alone: bool = False) -> int:
    """Hand every pending fact of `reader` to `write`, a batch a transaction; returns how many.

    `write` runs in the transaction that deletes the batch's pending rows: what it
    writes and their deletion commit together. When it raises, the batch stays
    pending and the error goes up. `alone` allows one drainer of this reader at a
    time: another one returns at once (SQLite has a single writer anyway).
    """
    total = 0
    while True:
        taken = _drain_batch(reader, write, batch, alone)
        total += taken
        if taken < batch:
            return total


@again()
@transaction.atomic
def _drain_batch(reader: str, write: Callable[[Batch], object], size: int, alone: bool) -> int:
    if alone and not hold_alone(reader):
        return 0
    with connection.cursor() as cursor:
        claim = _CLAIM_POSTGRESQL if connection.vendor == "postgresql" else _CLAIM_SQLITE
        cursor.execute(claim, [reader, size])
        ids = sorted(row[0] for row in cursor.fetchall())
    if ids:
        write(Batch(ids))
    return len(ids)


def hold_alone(reader: str, *, wait: bool = False) -> bool:
    """Be this reader's only drainer until the transaction ends; False when another one is.

    SQLite needs nothing: every transaction of ours holds the one write lock (IMMEDIATE).
    """
    if connection.vendor != "postgresql":
        return True
    key = int.from_bytes(hashlib.sha256(f"drain/{reader}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        return bool(cursor.fetchone()[0])
