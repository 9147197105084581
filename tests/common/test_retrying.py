"""What the database gave up on is done again; nothing else is."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, OperationalError, transaction

from accounts.models import User
from common import retrying
from common.retrying import again
from tests.make import make_user
from tests.racing import together


class Deadlock(Exception):
    sqlstate = "40P01"


def given_up() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = Deadlock()
    return error


def failing(*errors: Exception, also: tuple[type[Exception], ...] = ()):
    """A function that raises these in turn, and then answers how often it ran."""
    left, ran = list(errors), []

    @again(*also)
    def act() -> int:
        ran.append(1)
        if left:
            raise left.pop(0)
        return len(ran)

    act.ran = ran
    return act


@pytest.fixture
def outside(monkeypatch):
    """No transaction is open, and nobody waits."""
    connection = SimpleNamespace(in_atomic_block=False)
    monkeypatch.setattr(retrying, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(retrying, "connection", connection)
    return connection


def test_a_deadlock_is_begun_again(outside):
    assert failing(given_up(), given_up())() == 3


def test_not_for_ever(outside):
    act = failing(*[given_up() for _ in range(9)])
    with pytest.raises(OperationalError):
        act()
    assert len(act.ran) == retrying.TIMES == 5


@pytest.mark.parametrize("error", [OperationalError("disk full"), IntegrityError("taken"), ValueError("no")])
def test_anything_else_is_raised_at_once(outside, error):
    act = failing(error)
    with pytest.raises(type(error)):
        act()
    assert len(act.ran) == 1


def test_what_a_function_says_means_the_same(outside):
    assert failing(IntegrityError("taken"), also=(IntegrityError,))() == 2


def test_inside_another_transaction_only_that_one_can_be_begun_again(outside):
    outside.in_atomic_block = True
    act = failing(given_up())
    with pytest.raises(OperationalError):
        act()
    assert len(act.ran) == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_wait_for_each_other_both_succeed(monkeypatch):
    """PostgreSQL ends one of them; SQLite has one writer, so they never meet."""
    monkeypatch.setattr(retrying, "PAUSE_SECONDS", 0.02)
    one, other = make_user().pk, make_user().pk

    def both(first: int, second: int) -> str:
        @again()
        @transaction.atomic
        def act() -> str:
            for pk in (first, second):
                User.objects.filter(pk=pk).update(name=f"{first}")
                time.sleep(0.1)
            return "done"

        return act()

    assert together(lambda: both(one, other), lambda: both(other, one)) == ["done", "done"]
