"""An action is done once, however often and from however many threads it is sent."""

import threading
import uuid

import pytest
from django.db import connection

from ledger.models import Receipt
from ledger.receipts import UuidReused, with_receipt
from places.models import Organisation, Place
from tests.make import make_commune

PAYLOAD = {"kind": "lesson_done", "subject": "kns04-01"}


def test_first_answer_is_given_again(db):
    key = uuid.uuid4()
    assert with_receipt("user:1", key, PAYLOAD, lambda: {"n": 1}) == ({"n": 1}, False)
    assert with_receipt("user:1", key, PAYLOAD, lambda: {"n": 2}) == ({"n": 1}, True)
    assert Receipt.objects.count() == 1


def test_another_payload_under_the_same_uuid_is_refused(db):
    key = uuid.uuid4()
    with_receipt("user:1", key, PAYLOAD, lambda: {"n": 1})
    with pytest.raises(UuidReused):
        with_receipt("user:1", key, {**PAYLOAD, "subject": "kns04-02"}, lambda: {"n": 2})


def test_another_actor_s_uuid_looks_unknown(db):
    key = uuid.uuid4()
    with_receipt("user:1", key, PAYLOAD, lambda: {"n": 1})
    assert with_receipt("user:2", key, PAYLOAD, lambda: {"n": 2}) == ({"n": 2}, False)


def test_an_act_that_raises_leaves_no_receipt(db):
    key = uuid.uuid4()

    def fail() -> dict[str, int]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        with_receipt("user:1", key, PAYLOAD, fail)
    assert with_receipt("user:1", key, PAYLOAD, lambda: {"n": 3}) == ({"n": 3}, False)


def test_key_order_of_the_payload_does_not_matter(db):
    key = uuid.uuid4()
    with_receipt("user:1", key, {"a": 1, "b": 2}, lambda: {"n": 1})
    assert with_receipt("user:1", key, {"b": 2, "a": 1}, lambda: {"n": 2}) == ({"n": 1}, True)


@pytest.mark.django_db(transaction=True)
def test_fifty_threads_act_once():
    key = uuid.uuid4()
    place = make_commune()
    got: list[tuple[dict[str, int], bool]] = []
    start = threading.Barrier(50)

    def act() -> dict[str, int]:
        made = Organisation.objects.create(name="x", kind="school", place=Place(pk=place.pk))
        return {"made": made.pk}

    def send() -> None:
        try:
            start.wait()
            got.append(with_receipt("user:1", key, PAYLOAD, act))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 50
    assert [repeated for _, repeated in got].count(False) == 1
    assert len({answer["made"] for answer, _ in got}) == 1
    assert Organisation.objects.count() == 1
