"""Searching courses and lessons by words typed with or without accents, alike on both databases.

Wagtail's index holds a folded shadow of each page; the query is folded the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wagtail.models import Page

from common.text import fold

from .models import CoursePage, LessonPage

MAX_WORDS = 10
EXCERPT = 160  # letters
_MATCHED_ON_PAGE = 500  # results looked at; nobody reads further


@dataclass(frozen=True)
class Hit:
    title: str
    url: str
    kind: str
    excerpt: Sequence[tuple[str, bool]]  # pieces of text, and whether they match


def words_of(query: str) -> list[str]:
    """The folded words of what somebody typed; signs that a search engine reads as commands go."""
    return re.findall(r"\w+", fold(query[:300]).replace("_", " "))[:MAX_WORDS]


def find(query: str) -> list[int]:
    """Ids of the live pages that hold every word, best first: one query, two when nothing is whole."""
    words = words_of(query)
    if not words:
        return []
    pages = Page.objects.live().public().type((CoursePage, LessonPage))
    text = " ".join(words)
    found = pages.search(text, operator="and")[:_MATCHED_ON_PAGE]
    ids = [page.pk for page in found]
    if not ids:
        ids = [page.pk for page in pages.autocomplete(text, operator="and")[:_MATCHED_ON_PAGE]]
    return ids


def hits(ids: Sequence[int], query: str) -> list[Hit]:
    """What to show of these pages, in their order: three queries."""
    words = words_of(query)
    courses = {page.pk: page for page in CoursePage.objects.filter(pk__in=ids)}
    lessons = {page.pk: page for page in LessonPage.objects.filter(pk__in=ids).defer_streamfields()}
    titles = _course_titles(lessons.values())
    shown = []
    for pk in ids:
        page = courses.get(pk) or lessons.get(pk)
        if page is None:
            continue
        kind = "Khóa học" if pk in courses else f"Bài học · {titles.get(page.path[: -Page.steplen], '')}"
        shown.append(Hit(page.title, page.path_of_site(), kind, excerpt(page.plain, words)))
    return shown


def _course_titles(lessons: Iterable[LessonPage]) -> dict[str, str]:
    paths = {lesson.path[: -Page.steplen] for lesson in lessons}
    return dict(CoursePage.objects.filter(path__in=paths).values_list("path", "title"))


def excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """About 160 letters around the first match, cut between words, with every match told apart."""
    pieces = text.split()
    matched = [any(part in words for part in re.findall(r"\w+", fold(piece))) for piece in pieces]
    first = matched.index(True) if True in matched else 0
    start = max(0, first - 8)
    shown: list[tuple[str, bool]] = [("… ", False)] if start else []
    length = 0
    for piece, hot in zip(pieces[start:], matched[start:], strict=True):
        if length > EXCERPT:
            shown.append(("…", False))
            break
        shown += [*(_bared(piece) if hot else [(piece, False)]), (" ", False)]
        length += len(piece) + 1
    return _joined(shown)


def _bared(piece: str) -> list[tuple[str, bool]]:
    """A matched word without the signs around it: “lừa,” lights up as “lừa”."""
    found = re.match(r"(\W*)(.*?)(\W*)\Z", piece, re.DOTALL)
    before, word, after = found.groups() if found else ("", piece, "")
    return [(text, hot) for text, hot in ((before, False), (word, True), (after, False)) if text]


def _joined(pieces: Sequence[tuple[str, bool]]) -> list[tuple[str, bool]]:
    joined: list[tuple[str, bool]] = []
    for text, hot in pieces:
        if joined and joined[-1][1] == hot:
            joined[-1] = (joined[-1][0] + text, hot)
        else:
            joined.append((text, hot))
    return joined
