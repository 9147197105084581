"""What other rooms do when something happens to a person.

Every room whose tables name a person registers in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps

from .holdings import Holding, Words

if TYPE_CHECKING:
    from .models import Consent, Learner, Merge

Section = dict[str, Any]  # {"title": Vietnamese heading, "rows": [{label: value, …}, …]}


@dataclass(frozen=True)
class Handlers:
    """One room's answers; each is called inside the caller's transaction.

    - `holds`: its keys to people and sign-ins; most rooms need nothing more than these lines.
    - `consented(consent)`: the person agreed that her learning is kept.
    - `export(learner)`: what the room keeps about her beside that, as sections of plain JSON values.
    - `erase(learner, number)`: take away whatever leads to her; `number` stands for her in the ledger.
    - `merge(merge)`, `unmerge(merge)`: the duplicate's rows go to the canonical person, and back.
    - `words`: where people type, so that what is written elsewhere of an erased person is found.
    - `guarded(learner)`: she has something here that another person on her phone must not touch.
    """

    consented: Callable[[Consent], None] | None = None
    export: Callable[[Learner], list[Section]] | None = None
    erase: Callable[[Learner, int], None] | None = None
    merge: Callable[[Merge], None] | None = None
    unmerge: Callable[[Merge], None] | None = None
    guarded: Callable[[Learner], bool] | None = None
    holds: Sequence[Holding] = ()
    words: Sequence[Words] = ()


_rooms: dict[str, Handlers] = {}


def register(
    room: str,
    *,
    consented: Callable[[Consent], None] | None = None,
    export: Callable[[Learner], list[Section]] | None = None,
    erase: Callable[[Learner, int], None] | None = None,
    merge: Callable[[Merge], None] | None = None,
    unmerge: Callable[[Merge], None] | None = None,
    guarded: Callable[[Learner], bool] | None = None,
    holds: Sequence[Holding] = (),
    words: Sequence[Words] = (),
) -> None:
    _rooms[room] = Handlers(consented, export, erase, merge, unmerge, guarded, holds, words)


def rooms() -> dict[str, Handlers]:
    """The rooms that registered, lowest first: INSTALLED_APPS names the highest first."""
    order = [config.label for config in apps.get_app_configs()]
    return {room: _rooms[room] for room in reversed(order) if room in _rooms}


def holdings() -> Iterator[tuple[str, Holding]]:
    """(room, key) of everything that is kept about people, lowest room first."""
    for room, handlers in rooms().items():
        for holding in handlers.holds:
            yield room, holding


def all_words() -> Iterator[Words]:
    """Every table with columns in which people type."""
    for handlers in rooms().values():
        yield from handlers.words


def announce_consent(consent: Consent) -> None:
    for handlers in _rooms.values():
        if handlers.consented:
            handlers.consented(consent)


def is_guarded(learner: Learner) -> bool:
    return any(handlers.guarded(learner) for handlers in _rooms.values() if handlers.guarded)
