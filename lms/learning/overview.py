"""Where a learner stands in all her courses, in a number of queries that does not grow with them."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from accounts.models import Learner
from campaign.figures import standing_of
from campaign.lamps import LAMPS
from certificates.models import Paper
from courses.models import Course, EditionItem, Enrolment, Item, ItemDone
from quizzes import attempts, remembering
from quizzes.models import Attempt, Refresher


def url_of(item: Item, course: Course) -> str:
    """Where an item of the course is read or done now; a withdrawn lesson has its uncached page."""
    if item.kind == Item.Kind.TEST:
        return reverse("learning:test", args=[course.slug])
    if item.url:
        return item.url
    return reverse("learning:withdrawn", args=[course.slug, item.slug or item.key])


@dataclass(frozen=True)
class Recall:
    """What she still remembered of a course so many days after it."""

    round: int
    remembered: int
    total: int


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
    def commune_lit(self) -> int:
        """Lamps of her commune, of everybody there."""
        row: Any = self.enrolment
        return row.commune_lit or 0

    @property
    def recalls(self) -> list[Recall]:
        """The results of her refreshers of this course, the first one first."""
        row: Any = self.enrolment  # with what `_told` adds
        said = [
            (number, getattr(row, f"recall_{number}"), getattr(row, f"recall_{number}_of"))
            for number in remembering.ROUNDS
        ]
        return [Recall(number, kept, total) for number, kept, total in said if kept is not None]

    @property
    def to_recall(self) -> int | None:
        """The round that is due today and not done: so many days after the completion."""
        row: Any = self.enrolment
        if row.completed_at is None or not row.can_recall:
            return None
        day = timezone.localdate(row.completed_at)
        number = remembering.round_on(day, timezone.localdate())
        return None if number in {one.round for one in self.recalls} else number

    @property
    def newer_edition(self) -> bool:
        return self.enrolment.edition_id != self.course.current_edition_id


def cards(learner: Learner, *, family: Counter[int] | None = None) -> list[Card]:
    """Her courses, the one she touched last first. Five queries, however many there are.

    `family`: learners by number, whose lamps are counted into it with no query more.
    """
    rows = _told(Enrolment.objects.filter(learner=learner).select_related("course", "edition"), learner)
    kept = {row.course_id: Card(row) for row in rows}
    for row in rows:
        row.learner = learner
    by_edition = {card.enrolment.edition_id: card for card in kept.values()}
    if not kept:
        _add_done(kept, learner, family)
        return []
    asked = EditionItem.objects.filter(edition__in=by_edition).select_related("item").order_by("position")
    for one in asked:
        by_edition[one.edition_id].items.append(one.item)
    _add_done(kept, learner, family)
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


def _told(rows: QuerySet[Enrolment], learner: Learner) -> QuerySet[Enrolment]:
    """With what her refreshers said, whether there is something to ask, and her commune's lamps."""
    rounds = {number: Refresher.objects.filter(_of_row, round=number) for number in remembering.ROUNDS}
    said = {f"recall_{number}": Subquery(found.values("remembered")) for number, found in rounds.items()}
    said |= {f"recall_{number}_of": Subquery(found.values("total")) for number, found in rounds.items()}
    return rows.annotate(
        **said,
        can_recall=Exists(remembering.live_questions().filter(course=OuterRef("course"))),
        commune_lit=standing_of(LAMPS.key, learner.commune_id),
    )


_of_row = Q(learner=OuterRef("learner"), course=OuterRef("course"))


def _add_done(kept: dict[int, Card], learner: Learner, family: Counter[int] | None) -> None:
    """What she has done; of her family on this phone how many lamps burn."""
    people = {learner.pk, *(family or ())}
    if not kept and len(people) < 2:
        return
    rows = ItemDone.objects.filter(learner__in=people).order_by("done_at")
    for who, course, key, kind, at in rows.values_list(
        "learner", "item__course", "item__key", "item__kind", "done_at"
    ):
        if family is not None and kind == Item.Kind.LESSON:
            family[who] += 1
        if who == learner.pk and course in kept:
            kept[course].done.add(key)
            kept[course].last_at = at


def _add_papers(kept: dict[int, Card], learner: Learner) -> None:
    papers: dict[int, list[Paper]] = defaultdict(list)
    for paper in Paper.objects.filter(learner=learner).order_by("-issued_at", "-pk"):
        papers[paper.course_id].append(paper)
    for course, card in kept.items():
        card.paper = next((paper for paper in papers[course] if paper.is_live), None)
        card.revoked = papers[course][0] if papers[course] and not card.paper else None
