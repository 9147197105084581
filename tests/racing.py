"""Several at the same moment: threads with connections of their own."""

from __future__ import annotations

import threading
import time
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


def in_the_middle(
    monkeypatch, where: object, name: str, act: Callable[[], object], other: Callable[[], object]
) -> tuple[object, object]:
    """The answers of `act`, which dawdles when it first comes to `where.name`, and of `other`, begun then.

    `act` dawdles once and by a third of a second: `other` meets whatever it holds.
    """
    real, reached, answers = getattr(where, name), threading.Event(), {}
    monkeypatch.setattr(where, name, dawdling := _Dawdling(real, reached))

    def run(key: str, act: Callable[[], object]) -> None:
        try:
            if key == "act":
                dawdling.by = threading.get_ident()
            else:
                assert reached.wait(20), f"{name} was never reached"
            answers[key] = act()
        except Exception as refusal:
            answers[key] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in (("act", act), ("other", other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    monkeypatch.setattr(where, name, real)
    return answers["act"], answers["other"]


class _Dawdling:
    """A function that the one thread runs late, the first time."""

    def __init__(self, real: Callable[..., object], reached: threading.Event) -> None:
        self.real, self.reached, self.by = real, reached, 0

    def __call__(self, *args: object, **kwargs: object) -> object:
        if threading.get_ident() == self.by and not self.reached.is_set():
            self.reached.set()
            time.sleep(0.3)
        return self.real(*args, **kwargs)
