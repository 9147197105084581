"""Where a learner stands in all her courses, in a number of queries that does not grow with them."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Learner
from certificates.models import Paper
from courses.models import Course, EditionItem, Enrolment, Item, ItemDone
from quizzes import attempts
from quizzes.models import Attempt


def url_of(item: Item, course: Course) -> str:
    """Where an item of the course is read or done now; a withdrawn lesson has its uncached page."""
    if item.kind == Item.Kind.TEST:
        return reverse("learning:test", args=[course.slug])
    if item.url:
        return item.url
    return reverse("learning:withdrawn", args=[course.slug, item.slug or item.key])


@dataclass
class Card:
    """One course of a learner: what her edition asks, and what she has done of it."""

    enrolment: Enrolment
    items: list[Item] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    last_at: datetime.datetime | None = None
    paper: Paper | None = None
    revoked: Paper | None = None  # the last one taken back, when none holds
    attempt: Attempt | None = None

    @property
    def course(self) -> Course:
        return self.enrolment.course

    @property
    def url(self) -> str:
        return f"/khoa-hoc/{self.course.slug}/"

    @property
    def lessons(self) -> list[Item]:
        return [item for item in self.items if item.kind == Item.Kind.LESSON]

    @property
    def lessons_done(self) -> int:
        return sum(item.key in self.done for item in self.lessons)

    @property
    def words(self) -> str:
        total = len(self.lessons)
        return f"{self.lessons_done} trong {total} bài" if self.lessons_done else f"{total} bài"

    @property
    def test(self) -> Item | None:
        return next((item for item in self.items if item.kind == Item.Kind.TEST), None)

    @property
    def test_done(self) -> bool:
        return bool(self.test and self.test.key in self.done)

    @property
    def test_open(self) -> bool:
        return bool(self.attempt and self.attempt.is_open and self.attempt.deadline > timezone.now())

    @property
    def again_at(self) -> datetime.datetime | None:
        """When the test may be tried again; None when at once, or not tried yet."""
        if self.attempt is None or self.attempt.is_open or self.test_done:
            return None
        return attempts.again_after(self.attempt, self.attempt.quiz, timezone.now())

    @property
    def next(self) -> Item | None:
        """The first thing her edition asks that is not done yet."""
        return next((item for item in self.items if item.key not in self.done), None)

    @property
    def next_url(self) -> str:
        return url_of(self.next, self.course) if self.next else self.url

    @property
    def completed(self) -> bool:
        return self.enrolment.completed_at is not None

    @property
    def newer_edition(self) -> bool:
        return self.enrolment.edition_id != self.course.current_edition_id


def cards(learner: Learner) -> list[Card]:
    """Her courses, the one she touched last first. Five queries, however many there are."""
    rows = Enrolment.objects.filter(learner=learner).select_related("course", "edition")
    kept = {row.course_id: Card(row) for row in rows}
    for row in rows:
        row.learner = learner
    by_edition = {card.enrolment.edition_id: card for card in kept.values()}
    if not kept:
        return []
    asked = EditionItem.objects.filter(edition__in=by_edition).select_related("item").order_by("position")
    for one in asked:
        by_edition[one.edition_id].items.append(one.item)
    _add_done(kept, learner)
    _add_papers(kept, learner)
    for attempt in Attempt.objects.of(learner).order_by("day", "ordinal"):
        if card := kept.get(attempt.quiz.item.course_id):
            card.attempt = attempt
    return sorted(kept.values(), key=lambda card: card.last_at or card.enrolment.started_at, reverse=True)


def first_lesson() -> str:
    """Where to begin when nothing is begun: a live lesson of the first course by code; "" when none."""
    asked = EditionItem.objects.filter(
        edition__course__current_edition=F("edition"), item__kind=Item.Kind.LESSON
    ).exclude(item__url="")
    return (
        asked.order_by("edition__course__code", "position").values_list("item__url", flat=True).first() or ""
    )


def _add_done(kept: dict[int, Card], learner: Learner) -> None:
    rows = ItemDone.objects.filter(learner=learner, item__course__in=kept).order_by("done_at")
    for course, key, at in rows.values_list("item__course", "item__key", "done_at"):
        kept[course].done.add(key)
        kept[course].last_at = at


def _add_papers(kept: dict[int, Card], learner: Learner) -> None:
    papers: dict[int, list[Paper]] = defaultdict(list)
    for paper in Paper.objects.filter(learner=learner).order_by("-issued_at", "-pk"):
        papers[paper.course_id].append(paper)
    for course, card in kept.items():
        card.paper = next((paper for paper in papers[course] if paper.is_live), None)
        card.revoked = papers[course][0] if papers[course] and not card.paper else None
