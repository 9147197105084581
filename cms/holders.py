"""Which lessons show a film or a picture: both live longer than a text, and change without a publication."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from courses.models import Item

from .models import Film, LessonPage, Picture


def lessons_with(shown: Film | Picture) -> list[LessonPage]:
    """The live ones, in one query or two: no body is read that does not hold its number."""
    if isinstance(shown, Film):
        named = {"film": {str(shown.pk)}}
    else:
        before = Film.objects.filter(poster=shown).values_list("pk", flat=True)
        named = {"picture": {shown.pk}, "film": {str(pk) for pk in before}}
    pages = LessonPage.objects.live().order_by("path").annotate(written=Cast("body", TextField()))
    return [page for page in pages.filter(_held(named)) if _names(page.body.get_prep_value(), named)]


def _held(named: dict[str, Any]) -> Q:
    """What is stored says `"film": "12"`, or `"picture": 12`, on both databases; some of it means 123."""
    found = Q(pk__in=())
    for key, ids in named.items():
        for one in ids:
            found |= Q(written__contains=f'"{key}": {json.dumps(one)}')
    return found


def withdrawn_with(shown: Film | Picture) -> list[str]:
    """Titles of lessons that are on the site no more, and that learners of an older edition still open:
    in the text that they had last.
    """
    told = Q(pk__in=())
    for name in shown.names:
        told |= Q(revision__html__contains=name)
    items = Item.objects.filter(told, url="", editions__enrolments__isnull=False)
    return sorted(set(items.values_list("title", flat=True)))


def why_kept(shown: Film | Picture) -> str:
    """Why it cannot be deleted; empty when no lesson shows it."""
    word = "phim" if isinstance(shown, Film) else "hình"
    if titles := _row(page.title for page in lessons_with(shown)):
        return (
            f"{word.capitalize()} đang có trong bài {titles}. "
            f"Hãy bỏ {word} khỏi bài và xuất bản bài, hoặc thay tệp {word}."
        )
    if titles := _row(withdrawn_with(shown)):
        return (
            f"{word.capitalize()} còn trong bài đã gỡ {titles}, người học từ trước vẫn mở bài ấy. "
            f"Muốn bỏ {word}, hãy thay bằng tệp {word} khác."
        )
    return ""


def _row(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


def _names(raw: Any, named: dict[str, Any]) -> bool:
    """Whether a body, as it is stored, names one of these anywhere."""
    if isinstance(raw, dict):
        mine = (isinstance(raw.get(key), (int, str)) and raw[key] in ids for key, ids in named.items())
        return any(mine) or any(_names(value, named) for value in raw.values())
    return isinstance(raw, (list, tuple)) and any(_names(one, named) for one in raw)
