"""Which lessons show a film or a picture: both live longer than a text, and change without a publication."""

from __future__ import annotations

from typing import Any

from courses.models import Item

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


def withdrawn_with(film: Film) -> list[str]:
    """Titles of lessons that are on the site no more, and that learners of an older edition still open."""
    items = Item.objects.filter(url="", editions__enrolments__isnull=False)
    told = items.filter(revisions__html__contains=str(film.film.name))
    return sorted(set(told.values_list("title", flat=True)))


def _names(raw: Any, named: dict[str, Any]) -> bool:
    """Whether a body, as it is stored, names one of these anywhere."""
    if isinstance(raw, dict):
        mine = (isinstance(raw.get(key), (int, str)) and raw[key] in ids for key, ids in named.items())
        return any(mine) or any(_names(value, named) for value in raw.values())
    return isinstance(raw, (list, tuple)) and any(_names(one, named) for one in raw)
