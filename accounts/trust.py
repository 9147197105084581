"""Who may vouch for whom beside the officials of the place: rooms that know of meetings register.

A trainer who sees somebody in her own open class knows who it is; nobody else does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .models import Learner, User

MayVouch = Callable[[User, Learner], bool]
Roster = Callable[[User], Iterable[int]]
_rooms: dict[str, MayVouch] = {}
_rosters: dict[str, Roster] = {}


def register(room: str, may: MayVouch, *, roster: Roster | None = None) -> None:
    """`may(user, learner)`: whether she may vouch for this person at this moment.

    `roster(user)`: the primary keys of the people she may be asked about, a hall's worth at most.
    """
    _rooms[room] = may
    if roster:
        _rosters[room] = roster


def vouched(user: User) -> list[int]:
    """The primary keys of those on her rosters for whom she may vouch now."""
    asked = {pk for roster in _rosters.values() for pk in roster(user)}
    return [one.pk for one in Learner.objects.filter(pk__in=asked) if may_vouch(user, one)]


def may_vouch(user: User, learner: Learner) -> bool:
    return any(may(user, learner) for may in _rooms.values())


def anybody_may() -> bool:
    """Whether any room lets somebody vouch."""
    return bool(_rooms)
