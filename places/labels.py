"""Short names of communes for the tiles of the map: they fit, and no two are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.text import fold

LONGEST = 7


def labels(short_names: Iterable[str]) -> dict[str, str]:
    """A label of at most 7 letters for every name, the same for the same set of names.

    `Cát Hải` stays whole; `Phú Thái` is `P.Thái`; `Nguyễn Bỉnh Khiêm` is `NBKhiêm`.
    Labels that differ only by marks or full stops are kept apart too, as far as letters allow.
    """
    chosen: dict[str, str] = {}
    names = sorted(set(short_names), key=lambda name: (len(name), name))
    for strictly in (True, False):
        for name in names:
            if name in chosen:
                continue
            taken = {_key(label, strictly) for label in chosen.values()}
            free = (label for label in _candidates(name) if _key(label, strictly) not in taken)
            if label := next(free, ""):
                chosen[name] = label
    for number, name in enumerate((name for name in names if name not in chosen), start=1):
        chosen[name] = f"{name[:3]}{number}"
    return chosen


def _key(label: str, strictly: bool) -> str:
    return fold(label).replace(".", "") if strictly else label


def _candidates(name: str) -> Iterator[str]:
    """From the most to the least telling, each within the length."""
    first, *rest = name.split()
    if len(name) <= LONGEST:
        yield name
    if not rest:
        yield from (name[:length] for length in range(LONGEST, 1, -1))
        return
    last = rest[-1]
    initials = "".join(word[0] for word in [first, *rest[:-1]])
    middle = "".join(word[0] for word in rest[:-1])
    tries = [f"{initials}.{last}", f"{initials}{last}"]
    tries += [f"{first[:length]}{middle}.{last}" for length in range(2, LONGEST)]
    tries += [f"{first[:length]}{middle}{last}" for length in range(2, LONGEST)]
    tries += [f"{first}.{middle}{last[0]}", f"{first}{middle}{last[0]}"]
    tries += [f"{initials}.{last[:length]}" for length in range(len(last), 0, -1)]
    yield from (label for label in tries if len(label) <= LONGEST)
