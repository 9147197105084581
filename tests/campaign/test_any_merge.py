"""Whatever real people do, merge and un-merge: nothing is lost, and every count stays right."""

from __future__ import annotations

import contextlib
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import acting, household, leaving, merging
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
from quizzes import remembering
from quizzes.errors import Refused
from quizzes.models import PracticeAnswer, Refresher
from tests.make import make_commune, make_course, make_learner, make_role, make_user
from tests.quizzes.make import put

from .ledger_maker import at, kept, noon
from .test_any_history import rows_of

PEOPLE = 4
act = st.one_of(
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("learn"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("late"), st.integers(0, PEOPLE - 1), st.integers(0, 3)),
    st.tuples(st.just("recall"), st.integers(0, PEOPLE - 1), st.integers(0, 1), st.integers(0, 2)),
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("fold"), st.sampled_from([1, 2, 100])),
    st.tuples(st.just("papers")),
    st.tuples(st.just("days"), st.integers(1, 2)),
    st.tuples(st.just("days"), st.sampled_from([1, 8])),
)
merging_too = st.one_of(
    act,
    act,
    st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("unmerge"), st.integers(0, 5)),
)
# What she does after the merge, on her own screens: her acts, her papers, leaving and staying.
since = st.one_of(
    act,
    act,
    st.tuples(st.just("leave"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("stay"), st.integers(0, PEOPLE - 1)),
    st.tuples(st.just("part"), st.integers(0, PEOPLE - 1)),
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
        for home in homes:  # one of the city would need a second factor, and merge nobody without
            make_role(self.official, "official_manage", home)
        self.people = [make_learner(f"Người {n}", commune=homes[n % 2]) for n in range(PEOPLE)]
        with at(noon(5)):
            self.items = [
                item
                for code in ("A", "B")
                for item in make_course(code, lessons=2).items.order_by("position")
            ]
            for item in self.items:
                put(item.course, f"{item.key}-c1", "practice", item)
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
        learner = self.person(who)
        with contextlib.suppress(acting.Leaving):
            progress.finish_lesson(
                actor=f"user:{learner.user_id}",
                uuid=uuid.uuid4(),
                learner=learner,
                item=self.items[what].key,
                happened_at=happened,
            )

    def person(self, who) -> Learner:
        return merging.canonical_of(Learner.objects.get(pk=self.people[who].pk))

    def leave(self, who):
        """She asks to be erased; nobody's time to undo it ends in these days."""
        leaving.leave(learner=self.person(who), kind="erase")

    def stay(self, who):
        leaving.stay(learner=self.person(who))

    def part(self, who):
        """Off the phone she shares, or to a phone of her own."""
        learner = self.person(who)
        if learner.user:
            with contextlib.suppress(household.HouseholdError):
                household.unlink(user=learner.user, learner=learner)

    def late(self, who, what):
        self.learn(who, what, noon(self.today - 2))

    def recall(self, who, which, answers):
        """A refresher of a course, begun and so many of its two questions answered."""
        learner, course = self.person(who), self.items[2 * which].course
        with contextlib.suppress(acting.Leaving, Refused):
            row = remembering.begin(learner=learner, course=course)
            for position in range(1, answers + 1):
                remembering.answer(learner=learner, refresher=row, position=position, choices=["b"])

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
        with contextlib.suppress(
            merging.SamePerson,
            merging.AlreadyMerged,
            merging.IntoMerged,
            merging.HasDuplicates,
            merging.OneIsLeaving,
        ):
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
        for model in (Learner, Enrolment, ItemDone, PracticeAnswer, Refresher)
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


@pytest.mark.django_db
@settings(SLOWLY, max_examples=8, phases=[Phase.generate])
@given(
    before=st.lists(act, min_size=2, max_size=10),
    after=st.lists(since, min_size=2, max_size=12),
    twice=st.booleans(),
)
def test_after_the_merge_she_goes_on_and_then_they_are_two_again(db, before, after, twice):
    """Whatever she does in between: the other has her own back, and nothing anybody did is lost."""
    with transaction.atomic():
        town = Town()
        town.play(before)
        town.settle()
        twin, hers = town.people[0], town.people[1]
        had = of(twin)
        consents = standing_consents(twin)
        done_before = {row.pk for row in ItemDone.objects.all()}
        papers = set(Paper.objects.live_of(twin).values_list("pk", flat=True))
        town.play([("merge", 0, 1)])
        merged = Merge.objects.get()
        for step in after:
            town.play([step])
            assert town.difference() == []
        stands = set(ItemDone.objects.values_list("pk", flat=True))
        left = Learner.objects.get(pk=hers.pk).leaving_at
        with at(noon(town.today, 13)):
            merging.unmerge(by=town.official, merge=merged)
        if twice:
            with contextlib.suppress(merging.MergeRefused):
                town.play([("merge", 0, 1), ("unmerge", 0)])
        town.settle()
        assert set(ItemDone.objects.values_list("pk", flat=True)) == stands, "nothing done is lost"
        gone = done_before - stands  # taken back meanwhile
        back = {line for line in had["done"] if line[0] not in gone}
        assert of(twin)["done"] == back, "hers alone are hers again; what was done since is the other's"
        assert of(twin)["started"] == had["started"]
        if not gone:
            assert papers <= set(Paper.objects.live_of(twin).values_list("pk", flat=True))
        twin.refresh_from_db()
        hers.refresh_from_db()
        assert (twin.leaving_at, hers.leaving_at) == (None, left), "only she leaves who asked"
        assert standing_consents(twin) == consents
        town.play([("days", 1), ("fold", 2)])
        assert town.difference() == []
        figures = kept()
        rebuild(batch=3)
        assert kept() == figures
        transaction.set_rollback(True)


def of(learner) -> dict[str, set]:
    """What is hers by key: lessons done, courses with their day of completion."""
    enrolments = Enrolment.objects.filter(learner=learner)
    return {
        "done": set(ItemDone.objects.filter(learner=learner).values_list("pk", "item__key")),
        "started": set(enrolments.values_list("course__code", "started_at", "completed_at")),
    }


def standing_consents(learner) -> set[int]:
    return set(Consent.objects.filter(learner=learner, withdrawn_at=None).values_list("pk", flat=True))
