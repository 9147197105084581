"""Finding a commune by any name people still use: new or former, with or without marks."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from common.text import fold, nfc, visible

from .models import Place, PlaceQuerySet, Succession

MOST = 12
_KIND = re.compile(r"^(xa|phuong|dac khu|thi tran|thi xa|tt|x|p)\b[\s.]*")
_DISTRICT_KIND = re.compile(r"^(huyen|quan|thi xa|thanh pho|tinh|tp|tx|h|q|t)\b[\s.]*")
_SCATTERED = 5  # all words are there, but not side by side


@dataclass(frozen=True)
class Answer:
    """A commune of today, and the former one through which it was found, if any."""

    place: Place
    former: Place | None = None
    part: str = ""
    made_of: str = ""

    @property
    def detail(self) -> str:
        """What helps to recognise it: `một phần xã Cổ Dũng cũ, huyện Kim Thành cũ`."""
        if self.former is None:
            return self.made_of or self.place.district
        share = "một phần " if self.part == Succession.Part.PARTIAL else ""
        former = f"{share}{self.former.kind} {self.former.short_name} cũ"
        return ", ".join(filter(None, [former, self.former.district]))

    @property
    def label(self) -> str:
        return f"{self.place.name} ({self.detail})" if self.detail else self.place.name


def find(query: str, *, province: Place | None = None, most: int = MOST) -> list[Answer]:
    """Communes of today for what a person typed, the likeliest first; at most three queries.

    A former name gives every commune it went to: `former` and `part` say so. A
    code of five digits works too. A district after a comma narrows the answers.
    Without a province it searches the city of this site.
    """
    name, *districts = visible(query)[:100].split(",")
    asked = fold(re.sub(r"[^\w\s'-]", " ", name))
    if not asked:
        return []
    communes = Place.objects.communes()
    if province is not None:
        communes = communes.filter(parent=province)
    else:
        communes = communes.filter(parent__code=settings.PROVINCE_CODE, parent__valid_to=None)
    found = _by_code(communes, asked) if asked.isdecimal() else _by_name(communes, asked)
    found = [place for place in found if _rank(asked, place) < _SCATTERED] or found
    for district in districts:
        found = _within(district, found) or found
    ranked = sorted(found, key=lambda place: _order(asked, name, place))
    return _answers(ranked, most)


def sure(answers: list[Answer], query: str) -> Place | None:
    """The commune whose present name (or code) was typed, unless another answers to that name too."""
    if not answers or answers[0].former is not None:
        return None
    place, name = answers[0].place, fold(answers[0].place.short_name)
    alike = [answer for answer in answers if fold((answer.former or answer.place).short_name) == name]
    typed = fold(query) in {fold(place.name), name, place.code}
    return place if typed and len(alike) == 1 else None


def _within(district: str, places: list[Place]) -> list[Place]:
    wanted = _DISTRICT_KIND.sub("", fold(district))
    return [place for place in places if wanted in fold(f"{place.former_district} {place.former_province}")]


def _order(asked: str, typed: str, place: Place) -> tuple[int, bool, bool, str]:
    """Likeliest first; then today's before former units, then the one written with the same marks."""
    same_marks = nfc(place.short_name).casefold() in typed.casefold()
    return _rank(asked, place), place.valid_to is not None, not same_marks, place.code


def _by_code(communes: PlaceQuerySet, code: str) -> list[Place]:
    """The unit valid today; a former one only when the code ended."""
    places = list(communes.filter(code=code))
    today = timezone.localdate()
    return [place for place in places if place.valid_to is None or place.valid_to > today] or places


def _by_name(communes: PlaceQuerySet, asked: str) -> list[Place]:
    wanted = Q()
    for word in _bare(asked).split():
        wanted &= Q(folded__contains=word)
    return list(communes.filter(wanted))


def _bare(asked: str) -> str:
    """Without the word for the kind: `p. le loi` is `le loi`."""
    return _KIND.sub("", asked) or asked


def _rank(asked: str, place: Place) -> int:
    """0 for the whole name, then its beginning, a word's beginning, any part, all words."""
    name, bare = fold(place.short_name), _bare(asked)
    if asked in {place.code, fold(place.name), name}:
        return 0
    if bare == name:
        return 1
    if name.startswith(bare):
        return 2
    if f" {bare}" in name:
        return 3
    return 4 if bare in name else _SCATTERED


def _answers(places: list[Place], most: int) -> list[Answer]:
    today = timezone.localdate()
    former = [place.pk for place in places if place.valid_to is not None and place.valid_to <= today]
    became: dict[int, list[Succession]] = {}
    if former:
        rows = Succession.objects.filter(former__in=former, successor__valid_to=None)
        for row in rows.select_related("successor").order_by("-part", "successor__code"):
            became.setdefault(row.former_id, []).append(row)
    answers: dict[int, Answer] = {}
    for place in places:
        if place.pk not in became:
            if place.valid_to is None or place.valid_to > today:
                answers.setdefault(place.pk, Answer(place))
            continue
        for row in became[place.pk]:
            answers.setdefault(row.successor_id, Answer(row.successor, place, row.part))
    return _told_apart(list(answers.values())[:most])


def _told_apart(answers: list[Answer]) -> list[Answer]:
    """Where one district holds two communes alike but for marks, say what each was made of."""
    looks = Counter((fold(answer.place.short_name), answer.detail) for answer in answers)
    alike = [a.place.pk for a in answers if looks[fold(a.place.short_name), a.detail] > 1]
    if not alike:
        return answers
    made_of: dict[int, list[str]] = {}
    for row in Succession.objects.filter(successor__in=alike).select_related("former").order_by("pk"):
        made_of.setdefault(row.successor_id, []).append(row.former.short_name)
    return [
        replace(answer, made_of=f"gồm {', '.join(made_of[answer.place.pk])} cũ")
        if answer.place.pk in made_of and answer.former is None
        else answer
        for answer in answers
    ]
