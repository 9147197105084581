"""From a code to the place it means today."""

from __future__ import annotations

import re

from django.utils import timezone

from .models import Place, Succession


class PlaceError(Exception):
    """A code that names no place of today; the message is for the person who typed it."""


class MalformedCode(PlaceError):
    pass


class UnknownCode(PlaceError):
    pass


class EndedCode(PlaceError):
    """The code named a unit that is no more; `became` lists what it turned into."""

    def __init__(self, former: Place, successions: list[Succession]) -> None:
        self.former, self.became = former, [s.successor for s in successions]
        parts = [
            f"{s.successor.name} (mã {s.successor.code})"
            + (", một phần" if s.part == Succession.Part.PARTIAL else "")
            for s in successions
        ]
        became = f" Nơi đó nay thuộc: {'; '.join(parts)}." if parts else ""
        ended = former.valid_to.strftime("%d/%m/%Y") if former.valid_to else ""
        super().__init__(f"Mã {former.code} là của {former.name} cũ, đã hết dùng từ ngày {ended}.{became}")


def by_code(code: str) -> Place:
    """The commune (5 digits) or province (2 digits) that this code means today.

    Raises MalformedCode, UnknownCode, or EndedCode with what the unit became.
    Costs one query, and two more when it fails.
    """
    text = str(code or "").strip()
    if not re.fullmatch(r"\d{2}|\d{5}", text, re.ASCII):
        raise MalformedCode(
            f"“{text[:20]}” không phải mã nơi: mã tỉnh, thành phố có 2 chữ số, mã xã, phường có 5 chữ số."
        )
    level = Place.Level.PROVINCE if len(text) == 2 else Place.Level.COMMUNE
    today = timezone.localdate()
    place = Place.objects.valid_on(today).filter(code=text, level=level).select_related("parent").first()
    if place:
        return place
    former = Place.objects.filter(code=text, valid_to__lte=today).order_by("-valid_to").first()
    if former is None:
        raise UnknownCode(f"Không có nơi nào mang mã {text}.")
    successions = former.successions.select_related("successor").order_by("part", "successor__code")
    raise EndedCode(former, sorted(successions, key=lambda s: s.part != Succession.Part.WHOLE))
