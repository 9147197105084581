"""Staff look for a person by name or number, among those they may see."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db.models import Q

from common import phones, throttles
from common.text import fold

from .models import LearnerQuerySet, User

FOUND = 20
FOLD_MOST = 20_000  # names compared without accents, one by one
AN_HOUR = 120  # searches of one member of the staff: a hall's worth, and no way through a commune


class TooOften(Exception):
    """The message is for the member of the staff."""

    def __init__(self) -> None:
        super().__init__("Bạn đã tìm quá nhiều lần trong một giờ. Hãy đợi một lát rồi tìm tiếp.")


def allow(by: User) -> None:
    """Count one search. Raises TooOften."""
    if not throttles.allowed(f"find-person:{by.pk}", limit=AN_HOUR, seconds=3600):
        raise TooOften


def named(reach: LearnerQuerySet, query: str) -> LearnerQuerySet:
    """Those of the number, or with any part of the name; without accents where the place is not too large."""
    return reach.filter(_match(reach, query)).select_related("user", "commune").order_by("name", "pk")


def _match(reach: LearnerQuerySet, query: str) -> Q:
    try:
        return Q(user__phone=phones.normalise(query))
    except ValidationError:
        pass  # not a number: a name
    wanted = fold(query)
    if reach.count() > FOLD_MOST:
        return Q(name__icontains=query)
    names = reach.values_list("pk", "name").iterator()
    return Q(pk__in=[pk for pk, name in names if wanted in fold(name)][: FOUND * 2])
