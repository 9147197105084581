"""What other rooms do when something happens to a person.

Every room whose tables name a person registers in its `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .models import Consent


@dataclass(frozen=True)
class Handlers:
    """One room's answers. `consented` is called inside the transaction that stores the consent."""

    consented: Callable[[Consent], None] | None = None


_rooms: dict[str, Handlers] = {}


def register(room: str, *, consented: Callable[[Consent], None] | None = None) -> None:
    _rooms[room] = Handlers(consented=consented)


def announce_consent(consent: Consent) -> None:
    for handlers in _rooms.values():
        if handlers.consented:
            handlers.consented(consent)
