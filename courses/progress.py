"""What a learner has done of a course: written once, with its facts, and never falling on an edit.

Every write holds the learner's row first (`accounts.acting`), then that of her enrolment, so two
last lessons finished at the same moment see each other, and an erasure sees all or nothing of them.
"""

from __future__ import annotations

import datetime
import uuid as uuids
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, F, IntegerField, OuterRef, QuerySet, Subquery, When
from django.utils import timezone

from accounts import acting
from accounts.models import Learner, Merge
from common.retrying import again
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, Stamp, clamp, record_all, server_uuid

from .errors import ItemGone, NotALesson, NotATest, NotReleased
from .models import Course, Edition, EditionItem, Enrolment, Item, ItemDone, ItemRevision


@dataclass(frozen=True)
class Progress:
    """Where a learner stands. `percent` counts only what her own edition requires."""

    done: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()
    started_at: datetime.datetime | None = None
    completed_at: datetime.datetime | None = None
    edition: int | None = None
    newer_edition: bool = False
    recorded: bool = False  # this call wrote something new
    completed_now: bool = False  # this call finished an edition: a paper may be due

    @property
    def percent(self) -> int:
        """|done ∩ required| / |required|, rounded down: 100 only when all is done."""
        if not self.required:
            return 0
        return 100 * len(self.done.intersection(self.required)) // len(self.required)

    @property
    def next_key(self) -> str | None:
        """The first required item not done yet."""
        return next((key for key in self.required if key not in self.done), None)


@dataclass
class _Act:
    """One action of a learner in a course: its enrolment (locked), and the facts to write."""

    learner: Learner
    course: Course  # fresh, with its current edition
    at: datetime.datetime
    channel: str = Fact.Channel.ONLINE
    assisted: bool = False
    clamped: bool = False  # `at` is not what the device said: every fact dated by it is flagged
    merged_into: int | None = None  # her record was, since it was read: this is that person's act

    def __post_init__(self) -> None:
        if self.merged_into:
            acting.begin(self.merged_into)
            people = Learner.objects.select_related("commune", "neighbourhood", "organisation")
            self.learner = people.get(pk=self.merged_into)
        self.facts: list[dict[str, Any]] = []
        self.enrolment = _locked(self.learner, self.course)
        self.started = False

    def begin(self) -> Enrolment:
        """Her enrolment; made, with the fact of the start, when this is her first act here."""
        if self.enrolment is None:
            self.enrolment, made = _enrol(self.learner, self.course, self.at)
            self.started = made
            if made:
                self.server_fact(kinds.COURSE_STARTED, self.course.code, at=self.at)
        return self.enrolment

    def server_fact(self, kind: str, subject: str, *, at: datetime.datetime, item: str = "") -> None:
        self.fact(
            actor=SERVER,
            uuid=server_uuid(kind, self.learner.pk, subject),
            kind=kind,
            item=item,
            happened_at=at,
            clamped=self.clamped and at == self.at,
            asserted_by=Fact.Asserter.SERVER,
        )

    def fact(self, **fields: Any) -> None:
        self.facts.append(
            {
                "course": self.course.code,
                "edition": self.begin().edition.number,
                "channel": self.channel,
                "assisted": self.assisted,
                **fields,
            }
        )

    def do(self, item: Item, revision: ItemRevision | None) -> bool:
        """Mark the item done; False when it was already."""
        self.begin()
        done = ItemDone(learner=self.learner, item=item, revision=revision, done_at=self.at)
        try:
            with transaction.atomic():
                done.save(force_insert=True)
        except IntegrityError:
            return False
        return True

    def finish(self, *, recorded: bool) -> Progress:
        """Complete the course when its last required item is done, then write all facts at once."""
        enrolment = self.begin()
        progress, last = _progress(enrolment, self.course, self.learner)
        finished = progress.percent == 100 and enrolment.finished_edition_id != enrolment.edition_id
        if finished and last:
            if enrolment.completed_at is None:
                enrolment.completed_at = last
                self.server_fact(kinds.COURSE_COMPLETED, self.course.code, at=last)
            enrolment.finished_edition = enrolment.edition
            enrolment.save(update_fields=["completed_at", "finished_edition"])
        if self.facts:
            record_all(stamp=Stamp.of(self.learner), facts=self.facts)
        return replace(
            progress, completed_at=enrolment.completed_at, recorded=recorded, completed_now=finished
        )


@again()
@transaction.atomic
def finish_lesson(
    *,
    actor: str,
    uuid: uuids.UUID,
    learner: Learner,
    item: Item | str,
    happened_at: datetime.datetime | None = None,
    channel: str = Fact.Channel.ONLINE,
    asserted_by: str = Fact.Asserter.CLIENT,
    assisted: bool = False,
) -> Progress:
    """The learner finished the lesson: once, whatever is repeated; at most 9 queries.

    `item` is its row, or its key, which saves a query. `happened_at` is clamped to
    [publication of the revision live then, now]. Raises NotALesson, NotReleased, acting.CannotAct, or
    ItemGone for a withdrawn lesson that is not in her edition.
    """
    if isinstance(item, Item) and item.kind != Item.Kind.LESSON:
        raise NotALesson
    acting.begin(learner)
    revision, into = _revision(item, happened_at, learner)
    item, earliest = revision.item, revision.published_at
    at, clamped = clamp(happened_at, earliest=earliest, now=timezone.now())
    act = _Act(learner, item.course, at, channel, assisted, clamped, into)
    if not item.is_live and not _in_edition(act.enrolment, item):
        raise ItemGone
    recorded = act.do(item, revision)
    if recorded:
        act.fact(
            actor=actor,
            uuid=uuid,
            kind=kinds.LESSON_DONE,
            item=item.key,
            happened_at=happened_at,
            earliest=earliest,
            asserted_by=asserted_by,
        )
    return act.finish(recorded=recorded)


@again()
@transaction.atomic
def pass_test(*, learner: Learner, item: Item, at: datetime.datetime) -> Progress:
    """The learner passed the final test; the first pass counts."""
    if item.kind != Item.Kind.TEST:
        raise NotATest
    acting.begin(learner)
    course, into = _fresh(item.course_id, learner)
    act = _Act(learner, course, at, merged_into=into)
    recorded = act.do(item, None)
    if recorded:
        act.server_fact(kinds.TEST_PASSED, item.key, at=at, item=item.key)
    return act.finish(recorded=recorded)


@again()
@transaction.atomic
def start(learner: Learner, course: Course, at: datetime.datetime | None = None) -> Progress:
    """Enrol the learner in the current edition, once. Raises NotReleased."""
    acting.begin(learner)
    course, into = _fresh(course.pk, learner)
    act = _Act(learner, course, at or timezone.now(), merged_into=into)
    act.begin()
    return act.finish(recorded=act.started)


@again()
@transaction.atomic
def choose_edition(learner: Learner, course: Course) -> Progress:
    """Move the learner to the current edition; a completion already recorded stays."""
    acting.begin(learner)
    course, into = _fresh(course.pk, learner)
    act = _Act(learner, course, timezone.now(), merged_into=into)
    enrolment = act.begin()
    current = _current(act.course)
    moved = enrolment.edition_id != current.pk
    if moved:
        enrolment.edition = current
        enrolment.save(update_fields=["edition"])
    return act.finish(recorded=moved or act.started)


def state(learner: Learner, course: Course) -> Progress:
    """Where she stands, in at most 3 queries; before she starts, what the current edition asks."""
    enrolment = (
        Enrolment.objects.filter(learner=learner, course=course)
        .select_related("edition", "course__current_edition")
        .first()
    )
    if enrolment is None:
        course = _course(course.pk)
        if course.current_edition is None:
            return Progress()
        enrolment = Enrolment(learner=learner, course=course, edition=course.current_edition)
    return _progress(enrolment, enrolment.course, learner)[0]


def _progress(
    enrolment: Enrolment, course: Course, learner: Learner
) -> tuple[Progress, datetime.datetime | None]:
    """One query: the items of the course with their place in her edition and when she did them."""
    rows = list(
        Item.objects.filter(course=course)
        .annotate(
            place=Subquery(
                EditionItem.objects.filter(edition=enrolment.edition_id, item=OuterRef("pk")).values(
                    "position"
                )
            ),
            done_at=Subquery(ItemDone.objects.filter(learner=learner, item=OuterRef("pk")).values("done_at")),
        )
        .values_list("key", "place", "done_at")
        .order_by("place", "position")
    )
    required = tuple(key for key, place, _ in rows if place is not None)
    times = [done_at for _, place, done_at in rows if place is not None and done_at]
    progress = Progress(
        done=frozenset(key for key, _, done_at in rows if done_at),
        required=required,
        started_at=enrolment.started_at,
        completed_at=enrolment.completed_at,
        edition=enrolment.edition.number,
        newer_edition=enrolment.edition_id != course.current_edition_id,
    )
    return progress, max(times, default=None)


def _locked(learner: Learner, course: Course) -> Enrolment | None:
    enrolments: QuerySet[Enrolment] = Enrolment.objects.select_for_update(of=("self",))
    return enrolments.select_related("edition").filter(learner=learner, course=course).first()


def _enrol(learner: Learner, course: Course, at: datetime.datetime) -> tuple[Enrolment, bool]:
    enrolment = Enrolment(learner=learner, course=course, edition=_current(course), started_at=at)
    try:
        with transaction.atomic():
            enrolment.save(force_insert=True)
    except IntegrityError:
        first = _locked(learner, course)
        if first is None:
            raise
        return first, False
    return enrolment, True


def _course(pk: int) -> Course:
    """The course as it is now: an object fetched long ago may name an older edition."""
    return Course.objects.select_related("current_edition").get(pk=pk)


def _fresh(pk: int, learner: Learner) -> tuple[Course, int | None]:
    """`_course`, and whom she was merged into: her row is held, so that stays as it is."""
    course = Course.objects.select_related("current_edition").annotate(into=_into(learner)).get(pk=pk)
    return course, course.into


def _into(learner: Learner) -> Subquery:
    return Subquery(Merge.objects.filter(duplicate=learner, undone_at=None).values("canonical")[:1])


def _current(course: Course) -> Edition:
    if course.current_edition is None:
        raise NotReleased
    return course.current_edition


def _in_edition(enrolment: Enrolment | None, item: Item) -> bool:
    return (
        enrolment is not None and EditionItem.objects.filter(edition=enrolment.edition_id, item=item).exists()
    )


def _revision(
    item: Item | str, at: datetime.datetime | None, learner: Learner
) -> tuple[ItemRevision, int | None]:
    """The revision that was live at that time: the first one for a time before all of them.

    Brings the item, its course and current edition as they are now, and whom she was merged
    into (see `_fresh`), in the same query.
    """
    live_first = Case(
        When(published_at__lte=at or timezone.now(), then=-F("number")),
        default=F("number"),
        output_field=IntegerField(),
    )
    found = (
        ItemRevision.objects.filter(**({"item__key": item} if isinstance(item, str) else {"item": item}))
        .select_related("item__course__current_edition")
        .annotate(into=_into(learner))
        .order_by(live_first)
        .defer("html")
        .first()
    )
    if found is None:
        raise ItemGone
    return found, found.into
