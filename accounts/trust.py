"""Who may vouch for whom beside the officials of the place: rooms that know of meetings register.

A trainer who sees somebody in her own open class knows who it is; nobody else does.
"""

from __future__ import annotations

from collections.abc import Callable

from .models import Learner, User

MayVouch = Callable[[User, Learner], bool]
_rooms: dict[str, MayVouch] = {}


def register(room: str, may: MayVouch) -> None:
    """`may(user, learner)`: whether she may vouch for this person at this moment."""
    _rooms[room] = may


def may_vouch(user: User, learner: Learner) -> bool:
    return any(may(user, learner) for may in _rooms.values())


def anybody_may() -> bool:
    """Whether any room lets somebody vouch."""
    return bool(_rooms)
