"""Who reads the ledger. A room registers in its `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Iterable

_readers: dict[str, frozenset[str]] = {}


def register(name: str, kinds: Iterable[str]) -> None:
    """From now on facts of these kinds (and their retractions) leave a pending row for `name`."""
    _readers[name] = frozenset(kinds)


def wanting(kind: str) -> list[str]:
    return [name for name, kinds in _readers.items() if kind in kinds]
