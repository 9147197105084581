"""Several at the same moment: threads with connections of their own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def together(*acts: Callable[[], object]) -> list[object]:
    """The answers or refusals of acts that set off together, a thread each."""
    gate = threading.Barrier(len(acts))
    answers: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            gate.wait(20)
            answers.append(act())
        except Exception as refusal:
            answers.append(refusal)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def at_once(count: int, act: Callable[[], object]) -> list[object]:
    """The same act by so many threads."""
    return together(*[act] * count)
