"""Issuing papers, revoking them, issuing them again. docs/certificates.md tells the whole story."""

from __future__ import annotations

import datetime
import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import acting
from accounts.models import Learner, Merge, User
from common.retrying import again
from common.text import fold, visible
from courses.models import Course, Edition, Enrolment, ItemDone
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, Stamp, record, server_uuid
from quizzes.models import Attempt

from . import designs, serials
from .errors import NotCompleted, ReasonMissing, ReasonTooLong
from .models import Paper

REASON_LETTERS = 300
ADULT_ENOUGH = 16  # years, by year of birth: younger people's names stay off the public page
_DRAWS = 5  # a serial already taken is drawn again; 10^15 numbers make even one a surprise


@dataclass(frozen=True)
class Completion:
    """A completion that stands: what she finished, and the fact that says so."""

    learner: Learner
    course: Course
    edition: Edition
    series: int
    first_at: datetime.datetime
    fact: Fact

    @property
    def at(self) -> datetime.datetime:
        """When she finished this edition: the first one with the course, a later one with its last item."""
        if self.series == 1:
            return self.first_at
        done = ItemDone.objects.filter(learner=self.learner, item__editions=self.edition)
        return done.aggregate(at=Max("done_at"))["at"] or self.first_at


@again()
def issue(*, learner: Learner, course: Course) -> Paper | None:
    """Her live paper for the course: the one there is, or a new one, or None when none is due.

    Safe to call any number of times from any number of processes: unique (learner,
    course, series) decides, and the fact of the issue is written in the same
    transaction. A paper that staff revoked is not issued by this again. 3 queries
    when there is nothing to do, 12 and three savepoints for a new paper.
    """
    completion = completion_of(learner, course)
    if completion is None:
        return None
    existing = _existing(completion)
    if existing:
        return existing if existing.is_live else None
    for _ in range(_DRAWS):
        try:
            with transaction.atomic():
                return _write(completion, at=timezone.now()) if _stands(completion) else None
        except IntegrityError:
            # Somebody else was faster; if not, the serial was taken: draw another.
            existing = _existing(completion)
            if existing:
                return existing if existing.is_live else None
    raise RuntimeError("no free serial was drawn")


@again()
def revoke(*, paper: Paper, by: User | None, reason: str) -> Paper:
    """Take the paper's validity away, for a reason that everybody who checks it reads.

    `by` is None for the machine (a retracted completion). The WHERE clause is the
    lock: of two revocations at once the first stays, the second changes nothing.
    Raises ReasonMissing, ReasonTooLong.
    """
    reason = _cleaned(reason)
    with transaction.atomic():
        acting.hold(paper.learner_id)
        won = Paper.objects.live().filter(pk=paper.pk)
        if won.update(revoked_at=timezone.now(), revoked_by=by, reason=reason):
            _record_revocation(paper, by)
    paper.refresh_from_db()
    return paper


@again()
def reissue(*, paper: Paper, by: User, reason: str) -> Paper:
    """A new paper in the place of this one, with today's name, issuer and date.

    The old one is revoked with the reason if it is still live; what was learned (course,
    edition, score, day) is taken over. Asked twice, the first answer is given again.
    Raises NotCompleted, ReasonMissing, ReasonTooLong.
    """
    reason = _cleaned(reason)
    for _ in range(_DRAWS):
        try:
            with transaction.atomic():
                return _replace(paper, by, reason)
        except IntegrityError:  # at the same moment, or a serial already taken
            continue
    raise RuntimeError("no free serial was drawn")


def may_reissue(paper: Paper) -> bool:
    """Whether the completion that the paper reports stands."""
    return completion_of(paper.learner, paper.course) is not None


def _replace(paper: Paper, by: User, reason: str) -> Paper:
    acting.hold(paper.learner_id)
    successor = Paper.objects.filter(replaces=paper).first()
    if successor:
        return successor
    completion = completion_of(paper.learner, paper.course)
    if completion is None or not _stands(completion):
        raise NotCompleted
    revoke(paper=paper, by=by, reason=reason)
    return _write(completion, at=timezone.now(), instead_of=paper, by=by)


def completion_of(learner: Learner, course: Course) -> Completion | None:
    """What stands behind a paper, read afresh; None when the course is not completed (any more)."""
    asked = Edition.objects.filter(
        course=OuterRef("course"), new_paper=True, number__lte=OuterRef("finished_edition__number")
    )
    enrolment = (
        Enrolment.objects.filter(learner=learner, course=course, completed_at__isnull=False)
        .select_related("learner__commune__parent", "course", "finished_edition")
        .annotate(
            series=Coalesce(
                Subquery(asked.order_by("-number").values("number")[:1]),
                Value(1),
                output_field=IntegerField(),
            )
        )
        .first()
    )
    if enrolment is None or enrolment.finished_edition is None or enrolment.completed_at is None:
        return None
    fact = (
        Fact.objects.filter(
            Q(person=learner.pk) | Q(person__in=_merged_into(learner)),
            kind=kinds.COURSE_COMPLETED,
            course=enrolment.course.code,
            undone_by=None,
        )
        .order_by("-pk")
        .first()
    )
    if fact is None:
        return None
    return Completion(
        learner=enrolment.learner,
        course=enrolment.course,
        edition=enrolment.finished_edition,
        series=enrolment.series,
        first_at=enrolment.completed_at,
        fact=fact,
    )


def _merged_into(learner: Learner) -> QuerySet[Merge, int]:
    """The numbers of the records that are hers too: their facts are hers."""
    return Merge.objects.filter(canonical=learner, undone_at=None).values_list("duplicate_id", flat=True)


def _existing(completion: Completion) -> Paper | None:
    """The last paper of this series, live or revoked."""
    papers = Paper.objects.filter(
        learner=completion.learner, course=completion.course, series=completion.series
    )
    return papers.order_by("pk").last()


def _score(completion: Completion) -> int | None:
    """Percent of the first attempt that passed, as the result page showed it; None without a test."""
    first = (
        Attempt.objects.filter(learner=completion.learner, quiz__item__course=completion.course, passed=True)
        .order_by("submitted_at")
        .first()
    )
    return first.score.percent if first else None


def _stands(completion: Completion) -> bool:
    """Whether the completion still stands; from now to the end of the transaction it does.

    Her own row is held first, as everywhere (`accounts.acting`). A retraction points at the fact, so
    it needs the row that is locked here (on SQLite the one write lock). Either
    it is seen here, or it comes after the paper and its drain finds it.
    """
    if not acting.hold(completion.learner):
        return False  # erased meanwhile
    Fact.objects.select_for_update(of=("self",)).only("pk").get(pk=completion.fact.pk)
    return not Fact.objects.filter(undoes=completion.fact).exists()


def _write(
    completion: Completion, *, at: datetime.datetime, instead_of: Paper | None = None, by: User | None = None
) -> Paper:
    """The fact and the paper; the caller's transaction makes it both or neither.

    Raises IntegrityError when a constraint decides otherwise.
    """
    learner, course = completion.learner, completion.course
    design = designs.for_paper(course=course, commune=learner.commune)
    pinned = _pinned(completion, instead_of)
    name = visible(learner.name)
    fact, _ = record(
        actor=_actor(by),
        uuid=uuids.uuid4(),  # unique (learner, course, series) makes it once, not this
        kind=kinds.PAPER_ISSUED,
        stamp=Stamp.of(learner),
        channel=completion.fact.channel,
        asserted_by=Fact.Asserter.SERVER,
        happened_at=at,
        course=course.code,
        edition=pinned["edition"].number,
        item=f"paper-{pinned['series']}",
    )
    return Paper.objects.create(
        serial=serials.new(),
        learner=learner,
        course=course,
        fact=fact,
        name=name,
        folded=fold(name),
        initials_only=timezone.localtime(at).year - learner.birth_year < ADULT_ENOUGH,
        issuer=design.issuer,
        place_name=design.city,
        signature=design.signature,
        issued_at=at,
        issued_by=by,
        replaces=instead_of,
        **pinned,
    )


def _pinned(completion: Completion, instead_of: Paper | None) -> dict[str, Any]:
    """What was learned: as the paper that is replaced said it, else as it is now."""
    if instead_of:
        names = ("edition", "series", "course_title", "score_percent", "completed_at")
        return {name: getattr(instead_of, name) for name in names}
    return {
        "edition": completion.edition,
        "series": completion.series,
        "course_title": visible(completion.edition.title),
        "score_percent": _score(completion),
        "completed_at": completion.at,
    }


def _record_revocation(paper: Paper, by: User | None) -> None:
    """A fact of its own, stamped as the issue was: it counts where the paper counted."""
    issued = Fact.objects.select_related("commune").get(pk=paper.fact_id)
    record(
        actor=_actor(by),
        uuid=server_uuid(kinds.PAPER_REVOKED, paper.pk),
        kind=kinds.PAPER_REVOKED,
        stamp=Stamp.on(issued),
        channel=issued.channel,
        asserted_by=Fact.Asserter.SERVER,
        course=issued.course,
        edition=issued.edition,
        item=issued.item,
    )


def _actor(by: User | None) -> str:
    return f"user:{by.pk}" if by else SERVER


def _cleaned(reason: str) -> str:
    reason = visible(reason)
    if not reason:
        raise ReasonMissing
    if len(reason) > REASON_LETTERS:
        raise ReasonTooLong(len(reason))
    return reason
