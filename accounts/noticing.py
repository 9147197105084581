"""Which notices a session may show: what is told to a person is for her, not for all on her phone."""

from __future__ import annotations

from django.http import HttpRequest

from . import messages, own_pin
from .cards import by_card
from .models import Learner, Notice, User


def shown(request: HttpRequest, user: User, learner: Learner | None, *, unread: bool = False) -> list[Notice]:
    """Of the sign-in, and of her who is learning once she typed the own PIN she may have; none by card."""
    if by_card(request):
        return []
    return messages.notices_for(user, _reader(request, learner), unread=unread)


def waiting(request: HttpRequest, learner: Learner) -> int:
    """How many unread ones of hers are not shown before she types her own PIN; none by card."""
    if by_card(request) or _reader(request, learner):
        return 0
    return Notice.objects.filter(learner=learner, read_at=None).count()


def put_away(request: HttpRequest, user: User, learner: Learner | None, *, up_to: int) -> int:
    """She has read what was shown; what was not shown stays new."""
    return messages.read(user, _reader(request, learner), up_to=up_to)


def _reader(request: HttpRequest, learner: Learner | None) -> Learner | None:
    return learner if learner and own_pin.confirmed(request, learner) else None
