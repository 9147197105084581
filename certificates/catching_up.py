"""The reader "certificates": what a request did not issue itself, the worker issues; once."""

from __future__ import annotations

import logging

from django.db.models import Exists, OuterRef

from accounts import merging
from accounts.models import Learner
from courses.models import Course, Edition, Enrolment
from ledger import kinds
from ledger.draining import Batch, drain
from ledger.models import Fact

from . import issuing
from .models import Paper

logger = logging.getLogger(__name__)

READER = "certificates"
KINDS = frozenset({kinds.COURSE_COMPLETED})
RETRACTED = "Kết quả hoàn thành khóa học đã được hủy."
_BATCH = 100  # facts a transaction: about 12 queries each, well under 2 s of write lock
_SWEEP = 500  # of each edition a minute


def catch_up() -> int:
    """Issue and revoke what is pending; returns how many completions were looked at.

    Killed anywhere, it goes on where it stopped; run beside a request or another
    worker, the constraints of Paper decide and nobody gets two.
    """
    return drain(READER, write, batch=_BATCH) + sweep()


def write(batch: Batch) -> None:
    """One batch, in the transaction that deletes its pending rows."""
    facts = list(batch.facts().select_related("undoes"))
    people = {fact.person for fact in facts}
    canonical = merging.canonical_ids(people)
    learners = Learner.objects.in_bulk({canonical.get(person, person) for person in people})
    courses = {c.code: c for c in Course.objects.filter(code__in={fact.course for fact in facts})}
    # By person: whoever holds several takes them in the order of their numbers (`accounts.acting`).
    for fact in sorted(facts, key=lambda fact: (canonical.get(fact.person, fact.person), fact.pk)):
        learner = learners.get(canonical.get(fact.person, fact.person))
        course = courses.get(fact.course)
        if learner is None or course is None:
            continue  # erased meanwhile: papers went with the person
        if fact.undoes_id:
            _take_back(learner, course, fact)
        else:
            issuing.issue(learner=learner, course=course)


def _take_back(learner: Learner, course: Course, fact: Fact) -> None:
    """A retracted completion revokes its papers, of whatever series, with its reason.

    Unless another record of the same person completed the course too.
    """
    if issuing.completion_of(learner, course):
        return
    reason = fact.reason[: issuing.REASON_LETTERS] or RETRACTED
    for paper in Paper.objects.live_of(learner).filter(course=course):
        issuing.revoke(paper=paper, by=None, reason=reason)


def sweep() -> int:
    """Papers for a later edition that says "cấp giấy mới".

    A course is completed once, in one fact; finishing a later edition leaves none. So
    the state is looked at: enrolments whose finished edition asks for a new paper.
    """
    total = 0
    for edition in (
        Edition.objects.filter(new_paper=True, number__gt=1).select_related("course").order_by("pk")
    ):
        papers = Paper.objects.filter(
            learner=OuterRef("learner"), course=edition.course_id, edition__number__gte=edition.number
        )
        completion = Fact.objects.filter(
            person=OuterRef("learner_id"),
            kind=kinds.COURSE_COMPLETED,
            course=edition.course.code,
            undone_by=None,
        )
        due = Enrolment.objects.filter(
            Exists(completion),  # a retracted one earns nothing, and must not stand in the way of others
            ~Exists(papers),
            finished_edition__course=edition.course_id,
            finished_edition__number__gte=edition.number,
        ).select_related("learner", "course")
        for enrolment in due.order_by("pk")[:_SWEEP]:
            issuing.issue(learner=enrolment.learner, course=enrolment.course)
            total += 1
    return total
