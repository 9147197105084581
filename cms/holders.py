"""Which lessons show a film or a picture: both live longer than a text, and change without a publication."""

from __future__ import annotations

from typing import Any

from .models import Film, LessonPage, Picture


def lessons_with(shown: Film | Picture) -> list[LessonPage]:
    """The live ones, in one query or two."""
    if isinstance(shown, Film):
        named = {"film": {str(shown.pk)}}
    else:
        before = Film.objects.filter(poster=shown).values_list("pk", flat=True)
        named = {"picture": {shown.pk}, "film": {str(pk) for pk in before}}
    pages = LessonPage.objects.live().order_by("path")
    return [page for page in pages if _names(page.body.get_prep_value(), named)]


def _names(raw: Any, named: dict[str, Any]) -> bool:
    """Whether a body, as it is stored, names one of these anywhere."""
    if isinstance(raw, dict):
        mine = (isinstance(raw.get(key), (int, str)) and raw[key] in ids for key, ids in named.items())
        return any(mine) or any(_names(value, named) for value in raw.values())
    return isinstance(raw, (list, tuple)) and any(_names(one, named) for one in raw)
