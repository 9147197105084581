"""Which records of a commune look like one person twice. Suggests; an official decides.

Alike are two records with the same name, without accents, and years of birth at most one
apart; or with the same year and one name inside the other ("Nguyễn Lan", "Nguyễn Thị
Lan"). Compared in memory, a commune at a time: 40,000 people take 2 s on a busy machine, most
of it folding names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from django.db.models import Count, F, QuerySet

from common.text import fold
from places.models import Place

from .models import Learner, TwoPeople, User

_NEAR_YEARS = 1
_CROWD = 60  # of one first and last name and year: more are compared by whole name alone


@dataclass(frozen=True)
class Alike:
    """The pk of the older record and of the younger one, and how sure it looks."""

    one: int
    other: int
    exact: bool  # same name as written, same year


@dataclass(frozen=True)
class _Person:
    pk: int
    name: str
    words: tuple[str, ...]
    folded: str
    year: int


def alike_in(commune: Place) -> list[Alike]:
    """Pairs of standing records of the commune, the surest first. Two queries."""
    rows = Learner.objects.standing().filter(commune=commune, is_test=False)
    people = [
        _Person(pk, name, tuple(fold(name).split()), fold(name), year)
        for pk, name, year in rows.order_by("pk").values_list("pk", "name", "birth_year")
    ]
    told = TwoPeople.objects.filter(one__commune=commune).values_list("one", "other")
    apart = set(told)
    pairs = {pair for pair in _pairs(people) if (pair.one, pair.other) not in apart}
    return sorted(pairs, key=lambda pair: (not pair.exact, pair.one, pair.other))


def exact_by_commune(places: QuerySet[Place]) -> dict[int, int]:
    """Commune → pairs with the same name and year as written that nobody told apart. Two queries.

    Where to look first in a city; the pairs that are only alike come with the commune's own list.
    """
    same = (
        Learner.objects.standing()
        .filter(commune__in=places, is_test=False)
        .values("commune", "name", "birth_year")
        .annotate(number=Count("pk"))
        .filter(number__gt=1)
    )
    found: dict[int, int] = defaultdict(int)
    for commune, number in same.order_by().values_list("commune", "number"):
        found[commune] += number * (number - 1) // 2
    apart = TwoPeople.objects.filter(
        one__commune__in=found, other__commune=F("one__commune"), one__name=F("other__name")
    ).filter(one__birth_year=F("other__birth_year"))
    for commune in apart.values_list("one__commune", flat=True):
        found[commune] -= 1
    return {commune: number for commune, number in found.items() if number > 0}


def alike(one: Learner, other: Learner) -> bool:
    """Whether these two would be suggested, wherever they live."""
    return any(True for _ in _pairs([_person(one), _person(other)]))


def tell_apart(*, one: Learner, other: Learner, by: User | None) -> TwoPeople:
    """They are two people: not suggested again."""
    first, second = sorted([one, other], key=lambda learner: learner.pk)
    return TwoPeople.objects.get_or_create(one=first, other=second, defaults={"said_by": by})[0]


def _person(learner: Learner) -> _Person:
    folded = fold(learner.name)
    return _Person(learner.pk, learner.name, tuple(folded.split()), folded, learner.birth_year)


def _pairs(people: list[_Person]) -> Iterator[Alike]:
    same_name: dict[str, list[_Person]] = defaultdict(list)
    same_ends: dict[tuple[str, str, int], list[_Person]] = defaultdict(list)
    for person in people:
        same_name[person.folded].append(person)
        if len(person.words) > 1:
            same_ends[person.words[0], person.words[-1], person.year].append(person)
    for group in same_name.values():
        for one, other in combinations(sorted(group, key=lambda each: each.pk), 2):
            if abs(one.year - other.year) <= _NEAR_YEARS:
                yield Alike(one.pk, other.pk, one.name == other.name and one.year == other.year)
    for group in same_ends.values():
        if len(group) <= _CROWD:
            yield from _inside(group)


def _inside(group: list[_Person]) -> Iterator[Alike]:
    for one, other in combinations(sorted(group, key=lambda each: each.pk), 2):
        shorter, longer = sorted([one.words, other.words], key=len)
        if shorter != longer and _in_order(shorter, longer):
            yield Alike(one.pk, other.pk, False)


def _in_order(shorter: tuple[str, ...], longer: tuple[str, ...]) -> bool:
    rest = iter(longer)
    return all(word in rest for word in shorter)
