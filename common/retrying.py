"""Doing a transaction again that the database gave up on.

Two transactions that wait for each other are a deadlock: PostgreSQL ends one of them, and
nothing of it was written. Whoever takes locks in the agreed order (`accounts.acting`) meets
that seldom; what a library or a foreign key locks has no order of ours.
"""

from __future__ import annotations

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

TIMES = 5
PAUSE_SECONDS = 0.05  # at first; twice as long each time, more or less
_GAVE_UP = frozenset({"40P01", "40001"})  # deadlock detected, could not serialise


def again(*also: type[Exception]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """For a function that is one transaction: done anew after a deadlock, at most 5 times in all.

    It must bear being done again: what it changed of its arguments is set anew. Inside
    another transaction it does nothing: only the outermost one can be begun again. `also`
    are exceptions that mean the same for this function, as IntegrityError does where
    others may write rows that point to what it deletes.
    """

    caught: tuple[type[Exception], ...] = (OperationalError, *also)

    def decorate(act: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(act)
        def acting(*args: P.args, **kwargs: P.kwargs) -> T:
            if connection.in_atomic_block:
                return act(*args, **kwargs)
            for number in range(1, TIMES):
                try:
                    return act(*args, **kwargs)
                except caught as error:
                    if not isinstance(error, also) and not gave_up(error):
                        raise
                time.sleep(PAUSE_SECONDS * 2**number * random.uniform(0.5, 1.5))  # noqa: S311
            return act(*args, **kwargs)

        return acting

    return decorate


def gave_up(error: Exception) -> bool:
    """Whether the database ended the transaction so that another one could go on."""
    return getattr(error.__cause__, "sqlstate", None) in _GAVE_UP
