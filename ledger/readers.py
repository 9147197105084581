"""Who reads the ledger. A room registers in its `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

Hint = Callable[[], None]

_readers: dict[str, frozenset[str]] = {}
_hints: dict[str, Hint] = {}


def register(name: str, kinds: Iterable[str], *, hint: Hint | None = None) -> None:
    """From now on facts of these kinds (and their retractions) leave a pending row for `name`.

    `hint` is called after the commit of such a fact, in the request: it must be quick and never raise.
    """
    _readers[name] = frozenset(kinds)
    if hint:
        _hints[name] = hint


def wanting(kind: str) -> list[str]:
    return [name for name, kinds in _readers.items() if kind in kinds]


def hint(names: Iterable[str]) -> None:
    """Tell the readers that wish to be told that there is something pending."""
    for name in names:
        if name in _hints:
            _hints[name]()
