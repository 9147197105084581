"""The courses of a person whose two records are merged, and of two people again.

A course that only the duplicate started becomes the canonical person's. Where both started
it, each keeps her row; but when only the duplicate had completed it, the two rows change
what they say, so that the person has completed it. When only both together have done
everything, she completes it now, by a fact of the merge that the un-merge retracts.

What happened after the merge stays with the canonical person, as if she had been alone.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Min
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.merging import move, note
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, Stamp, record, retract, server_uuid

from .keeping import ITEMS
from .models import Course, EditionItem, Enrolment, ItemDone

if TYPE_CHECKING:
    from accounts.models import Learner, Merge

_TABLE = "courses.Enrolment"
_SAYS = ("edition_id", "started_at", "completed_at", "finished_edition_id")
TOOK_BACK = "Bỏ gộp hồ sơ: không còn đủ bài của cả hai hồ sơ."


def merge(merge: Merge) -> None:
    """Her rows have the duplicate's items already; now the courses themselves."""
    mine = _of(merge.canonical)
    theirs = _of(merge.duplicate)
    move(merge, ITEMS)  # what an act in flight did until it let go of its course
    for course, row in theirs.items():
        if course not in mine:
            _hand_over(merge, row)
        elif row.completed_at and mine[course].completed_at is None:
            _exchange(merge, mine[course], row)
    for course in sorted(_courses_moved(merge) | theirs.keys()):
        enrolment = _of(merge.canonical).get(course)
        if enrolment and enrolment.finished_edition_id != enrolment.edition_id and _all_done(enrolment):
            _complete(merge, enrolment)


def _of(learner: Learner) -> dict[int, Enrolment]:
    rows = Enrolment.objects.select_for_update(of=("self",)).filter(learner=learner).order_by("pk")
    return {row.course_id: row for row in rows}


def _hand_over(merge: Merge, row: Enrolment) -> None:
    said = _said(row)
    note(
        merge,
        _TABLE,
        row.pk,
        {"learner_id": row.learner_id, **said},
        {"learner_id": merge.canonical_id, **said},
    )
    Enrolment.objects.filter(pk=row.pk).update(learner=merge.canonical)


def _exchange(merge: Merge, mine: Enrolment, theirs: Enrolment) -> None:
    """Hers says that the course is completed; the duplicate's says what hers said."""
    said, other = _said(mine), _said(theirs)
    for row, before, after in ((mine, said, other), (theirs, other, said)):
        learner = {"learner_id": row.learner_id}
        note(merge, _TABLE, row.pk, {**learner, **before}, {**learner, **after})
        _say(row.pk, after)


def _courses_moved(merge: Merge) -> set[int]:
    moved = merge.rows.filter(table="courses.ItemDone").values("row")
    return set(Course.objects.filter(items__done__in=moved).values_list("pk", flat=True))


def _all_done(enrolment: Enrolment) -> bool:
    """Whether she has done all that her edition asks (an edition asks something)."""
    asked = EditionItem.objects.filter(edition=enrolment.edition_id)
    done = ItemDone.objects.filter(learner=enrolment.learner_id).values("item")
    return asked.exists() and not asked.exclude(item__in=done).exists()


def _complete(merge: Merge, enrolment: Enrolment) -> None:
    """Completed by the two records together, at the moment of the merge."""
    before = _said(enrolment)
    first = enrolment.completed_at is None
    if first:
        enrolment.completed_at = merge.merged_at
        _record(merge, enrolment, kinds.COURSE_COMPLETED, merge.merged_at)
    enrolment.finished_edition_id = enrolment.edition_id
    enrolment.save(update_fields=["completed_at", "finished_edition"])
    learner = {"learner_id": enrolment.learner_id}
    after = {**learner, **_said(enrolment), "completed_by_merge": first}
    note(merge, _TABLE, enrolment.pk, {**learner, **before}, after)


# --- Two people again --------------------------------------------------------


def unmerge(merge: Merge) -> None:
    """The journal backwards: what was changed since is not hers to lose."""
    for line in merge.rows.filter(table=_TABLE).order_by("-pk"):
        row = Enrolment.objects.select_for_update(of=("self",)).select_related("course").get(pk=line.row)
        if line.before["learner_id"] != line.after["learner_id"]:
            _hand_back(merge, row, line.before, line.after)
        elif row.learner_id == merge.duplicate_id:
            _say(row.pk, line.before)
        else:
            _restore(merge, row, line.before, line.after)


def _hand_back(merge: Merge, row: Enrolment, before: dict[str, Any], after: dict[str, Any]) -> None:
    """The duplicate's row is hers again; the canonical person keeps one for what she did herself."""
    now = _said(row)
    _say(row.pk, before)
    Enrolment.objects.filter(pk=row.pk).update(learner=merge.duplicate)
    since = ItemDone.objects.filter(learner=merge.canonical, item__course=row.course)
    first = since.aggregate(at=Min("done_at"))["at"]
    if first is None and now == {name: after[name] for name in _SAYS}:
        return
    finished = now["finished_edition_id"] != after["finished_edition_id"]
    own = Enrolment(
        learner=merge.canonical,
        course=row.course,
        edition_id=now["edition_id"],
        started_at=first or merge.undone_at or timezone.now(),
        completed_at=_time(now["completed_at"]) if finished else None,
        finished_edition_id=now["finished_edition_id"] if finished else None,
    )
    own.save(force_insert=True)
    _record(merge, own, kinds.COURSE_STARTED, own.started_at)
    if finished and after["completed_at"] is not None:
        # The first completion went back; she finished a later edition herself.
        _complete_alone(merge, own)


def _restore(merge: Merge, row: Enrolment, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Her own row says what it said before, but for what she did since."""
    now = _said(row)
    said = dict(before)
    if now["edition_id"] != after["edition_id"]:
        said["edition_id"] = now["edition_id"]
    if now["finished_edition_id"] != after["finished_edition_id"]:
        said |= {name: now[name] for name in ("completed_at", "finished_edition_id")}
        _say(row.pk, said)
        if before["completed_at"] is None and not after.get("completed_by_merge"):
            row.refresh_from_db()
            _complete_alone(merge, row)
        return
    _say(row.pk, said)
    if after.get("completed_by_merge"):
        fact = Fact.objects.get(actor=SERVER, uuid=_uuid(merge, row, kinds.COURSE_COMPLETED))
        retract(actor=SERVER, fact=fact, reason=TOOK_BACK)


def _complete_alone(merge: Merge, row: Enrolment) -> None:
    """She finished an edition herself while the first completion was the duplicate's."""
    row.completed_at = merge.undone_at or timezone.now()
    row.save(update_fields=["completed_at"])
    _record(merge, row, kinds.COURSE_COMPLETED, row.completed_at)


def _record(merge: Merge, enrolment: Enrolment, kind: str, at: datetime.datetime) -> None:
    """A fact of the canonical person with a uuid of this merge: her own of this kind may still come."""
    record(
        actor=SERVER,
        uuid=_uuid(merge, enrolment, kind),
        kind=kind,
        stamp=Stamp.of(merge.canonical),
        channel=Fact.Channel.ONLINE,
        asserted_by=Fact.Asserter.SERVER,
        happened_at=at,
        course=enrolment.course.code,
        edition=enrolment.edition.number,
    )


def _uuid(merge: Merge, enrolment: Enrolment, kind: str) -> Any:
    return server_uuid(kind, merge.canonical_id, enrolment.course.code, "merge", merge.pk)


def _said(row: Enrolment) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in _SAYS}
    return {k: v.isoformat() if isinstance(v, datetime.datetime) else v for k, v in said.items()}


def _say(row: int, said: dict[str, Any]) -> None:
    times = {name: _time(said[name]) for name in ("started_at", "completed_at")}
    kept = {name: said[name] for name in ("edition_id", "finished_edition_id")}
    Enrolment.objects.filter(pk=row).update(**kept, **times)


def _time(text: str | None) -> datetime.datetime | None:
    return parse_datetime(text) if text else None
