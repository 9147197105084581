"""A drained fact is handed over once; an error or a rollback leaves it pending."""

import uuid

import pytest
from django.db import connection

from ledger import kinds, readers
from ledger.draining import Batch, drain
from ledger.models import Fact, Pending
from ledger.recording import Stamp, record


@pytest.fixture
def facts(lan, monkeypatch) -> list[Fact]:
    monkeypatch.setattr(readers, "_readers", {"here": frozenset([kinds.LESSON_DONE])})
    made = []
    for number in range(7):
        fact, _ = record(
            actor="user:1",
            uuid=uuid.uuid4(),
            kind=kinds.LESSON_DONE,
            stamp=Stamp.of(lan),
            channel="online",
            asserted_by="client",
            course="KNS04",
            item=f"kns04-{number}",
        )
        made.append(fact)
    return made


def test_every_fact_once_in_order_by_batches(facts):
    batches: list[list[int]] = []
    assert drain("here", lambda batch: batches.append(batch.ids), batch=3) == 7
    ids = [fact.pk for fact in facts]
    assert batches == [ids[:3], ids[3:6], ids[6:]]
    assert drain("here", lambda batch: batches.append(batch.ids), batch=3) == 0
    assert not Pending.objects.exists()


def test_another_reader_s_rows_stay(facts):
    Pending.objects.create(reader="there", fact=facts[0])
    drain("here", lambda batch: None)
    assert list(Pending.objects.values_list("reader", flat=True)) == ["there"]


def test_an_error_leaves_the_batch_pending(facts):
    def fail(batch: Batch) -> None:
        if facts[4].pk in batch.ids:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        drain("here", fail, batch=3)
    assert Pending.objects.count() == 4


def test_a_statement_can_join_the_batch(facts):
    found: list[int] = []

    def write(batch: Batch) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT f.id FROM ledger_fact f JOIN ({batch.sql}) b ON b.fact_id = f.id ORDER BY f.id",
                [batch.param],
            )
            found.extend(row[0] for row in cursor.fetchall())
        assert [fact.pk for fact in batch.facts()] == batch.ids

    drain("here", write, batch=4, alone=True)
    assert found == [fact.pk for fact in facts]
