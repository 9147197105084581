"""Whatever real people do, merge and un-merge: nothing is lost, and every count stays right."""

from __future__ import annotations

import contextlib
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import merging
from accounts.models import Consent, Learner, Merge
from accounts.people import announce_consent
from campaign.closing import close_days
from campaign.folding import fold
from campaign.models import Day, First, Standing
from campaign.rebuilding import rebuild
from campaign.verifying import verify
from certificates.catching_up import catch_up
from certificates.models import Paper
from courses import progress
from courses.models import Enrolment, ItemDone
from ledger import kinds
from ledger.models import Fact
from ledger.recording import SERVER, retract
from quizzes.models import PracticeAnswer
from tests.make import make_commune, make_course, make_learner, make_role, make_user

from .ledger_maker import at, kept, noon
from .test_any_history import rows_of

PEOPLE = 4
act = st.one_of(
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("late"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("fold"), st.sampled_from([1, 2, 100])),
    st.tuples(st.just("papers")),
    st.tuples(st.just("days"), st.integers(1, 2)),
)
merging_too = st.one_of(
    act,
    act,
    st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("unmerge"), st.integers(0, 5)),
)
SLOWLY = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Town:
    """Four records of two communes, two courses of two lessons, an official who merges."""

    def __init__(self) -> None:
        self.today = 10
        homes = [make_commune(), make_commune("10888", "Xã Cẩm Giang")]
        self.official = make_user(email="chi@example.vn")
        make_role(self.official, "official_manage", homes[0].parent)
        self.people = [make_learner(f"Người {n}", commune=homes[n % 2]) for n in range(PEOPLE)]
        with at(noon(5)):
            self.items = [
                item
                for code in ("A", "B")
                for item in make_course(code, lessons=2).items.order_by("position")
            ]
        with at(noon(9)):
            for learner in self.people:
                consent = Consent.objects.create(
                    learner=learner, purpose="learning", version=1, channel="online", given_at=noon(9)
                )
                announce_consent(consent)

    def play(self, steps) -> None:
        for name, *values in steps:
            with at(noon(self.today, 13)):
                getattr(self, name)(*values)

    def learn(self, who, what, happened=None):
        """As the site does it: a merged record's acts are the canonical person's."""
        learner = merging.canonical_of(Learner.objects.get(pk=self.people[who].pk))
        progress.finish_lesson(
            actor=f"user:{learner.user_id}",
            uuid=uuid.uuid4(),
            learner=learner,
            item=self.items[what].key,
            happened_at=happened,
        )

    def late(self, who, what):
        self.learn(who, what, noon(self.today - 2))

    def undo(self, which):
        """A start is counted no more: nobody's row says so, so the state is not compared with it."""
        facts = list(Fact.objects.filter(kind=kinds.LESSON_DONE, undone_by=None).order_by("pk"))
        if facts:
            fact = facts[which % len(facts)]
            owners = [fact.person, *merging.canonical_ids({fact.person}).values()]
            row = ItemDone.objects.filter(learner__in=owners, item__key=fact.item).first()
            if row and not Enrolment.objects.filter(learner=row.learner, completed_at__isnull=False).exists():
                row.delete()
                retract(actor=SERVER, fact=fact, reason="Nhầm")

    def merge(self, one, other):
        with contextlib.suppress(merging.MergeRefused):
            merging.merge(
                by=self.official, duplicate=self.people[one], canonical=self.people[other], reason="Một người"
            )

    def unmerge(self, which):
        standing = list(Merge.objects.filter(undone_at=None).order_by("pk"))
        if standing:
            with contextlib.suppress(merging.LaterMergeStands):
                merging.unmerge(by=self.official, merge=standing[which % len(standing)])

    def fold(self, batch):
        fold(batch=batch)
        close_days()

    def papers(self):
        catch_up()

    def days(self, number):
        self.today += number

    def settle(self):
        """Everything is done that the worker does."""
        self.play([("papers",), ("fold", 3)])

    def difference(self):
        with at(noon(self.today, 14)):
            return verify()[1].lines


def records() -> dict[str, list]:
    """Every row that a merge may touch, as it stands; of papers those that are valid."""
    told = {
        model.__name__: list(model.objects.order_by("pk").values())
        for model in (Learner, Enrolment, ItemDone, PracticeAnswer)
    }
    return told | {"Paper": list(Paper.objects.live().order_by("pk").values())}


@pytest.mark.django_db
@SLOWLY
@given(steps=st.lists(merging_too, min_size=5, max_size=30))
def test_the_counts_follow_merges_at_every_step(db, steps):
    with transaction.atomic():
        town = Town()
        for step in steps:
            town.play([step])
            assert town.difference() == []
        town.settle()
        town.play([("days", 1), ("fold", 2)])
        assert town.difference() == []
        figures = kept()
        closed = {day: kept(until=day) for day in Day.objects.values_list("day", flat=True)}
        firsts = (rows_of(First), rows_of(Standing))
        rebuild(batch=3)
        assert kept() == figures
        assert (rows_of(First), rows_of(Standing)) == firsts
        assert {day: kept(until=day) for day in closed} == closed
        assert town.difference() == []
        transaction.set_rollback(True)


@pytest.mark.django_db
@SLOWLY
@given(
    steps=st.lists(merging_too, min_size=3, max_size=25),
    pair=st.permutations(range(PEOPLE)),
    between=st.lists(st.sampled_from([("fold", 1), ("papers",)]), max_size=3),
)
def test_an_unmerge_gives_back_every_figure_and_record(db, steps, pair, between):
    with transaction.atomic():
        town = Town()
        town.play(steps)
        town.settle()
        before, figures = records(), kept()
        standing = set(Merge.objects.filter(undone_at=None).values_list("pk", flat=True))
        town.play([("merge", pair[0], pair[1])])
        new = Merge.objects.filter(undone_at=None).exclude(pk__in=standing).first()
        town.play(between)
        if new:
            with at(noon(town.today, 13)):
                merging.unmerge(by=town.official, merge=new)
        town.settle()
        assert records() == before
        assert kept() == figures
        assert town.difference() == []
        transaction.set_rollback(True)
