"""Whatever happens, in whatever order and batches: the fold, the recount and a rebuild agree."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.closing import close_days
from campaign.folding import fold
from campaign.models import Day, First, Standing
from campaign.rebuilding import rebuild
from campaign.verifying import recount, verify
from ledger import kinds
from ledger.models import Fact
from tests.make import make_commune

from .ledger_maker import at, kept, make_fact, noon, undo

LEARNING = [kinds.REGISTERED, kinds.ATTENDED, kinds.LESSON_DONE, kinds.COURSE_STARTED, kinds.COURSE_COMPLETED]
happening = st.tuples(
    st.just("fact"),
    st.sampled_from([*LEARNING, kinds.PAPER_ISSUED, kinds.PAPER_REVOKED]),
    st.integers(1, 3),  # person
    st.integers(0, 1),  # commune
    st.sampled_from(["A", "B"]),
    st.integers(0, 4),  # days it arrives late
    st.sampled_from(["server", "client"]),
    st.sampled_from(["", "", "", "staff"]),
)
step = st.one_of(
    happening,
    happening,
    happening,
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("merge"), st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.just("unmerge"), st.integers(0, 5)),
    st.tuples(st.just("fold"), st.sampled_from([1, 2, 3, 100])),
    st.tuples(st.just("days"), st.integers(1, 3)),
    st.tuples(st.just("close")),
)


class Story:
    """Plays the steps and remembers what each closed day said when it was closed."""

    def __init__(self, places):
        self.places = places
        self.today = 10
        self.facts: list[Fact] = []
        self.said: dict = {}
        self.merges: list[Fact] = []

    def play(self, steps) -> None:
        for name, *values in steps:
            with at(noon(self.today, 13)):
                getattr(self, name)(*values)

    def fact(self, kind, person, commune, course, late, asserter, left_out):
        made = make_fact(
            kind,
            person,
            self.places[commune],
            on=self.today - late,
            recorded=self.today,
            course=course,
            item="x",
            asserted_by=asserter,
            left_out=left_out,
        )
        self.facts.append(made)

    def undo(self, which):
        if self.facts:
            undo(self.facts.pop(which % len(self.facts)), recorded=self.today)

    def merge(self, duplicate, canonical):
        """A star, as `accounts.merging` makes it."""
        merged = {fact.person for fact in self.merges}
        roots = {fact.same_as for fact in self.merges}
        if duplicate != canonical and duplicate not in merged | roots and canonical not in merged:
            made = make_fact(
                kinds.MERGED,
                duplicate,
                self.places[0],
                on=self.today,
                recorded=self.today,
                same_as=canonical,
            )
            self.merges.append(made)

    def unmerge(self, which):
        if self.merges:
            undo(self.merges.pop(which % len(self.merges)), recorded=self.today)

    def fold(self, batch):
        fold(batch=batch)

    def days(self, number):
        self.today += number

    def close(self):
        close_days()
        for closed in Day.objects.values_list("day", flat=True):
            self.said.setdefault(closed, kept(until=closed))

    def end(self):
        self.play([("fold", 2), ("close",), ("days", 1), ("close",)])


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(step, min_size=5, max_size=40), pause=st.integers(0, 40))
def test_fold_recount_and_rebuild_agree(db, steps, pause):
    with transaction.atomic():
        story = Story([make_commune(), make_commune("10888", "Xã Cẩm Giang")])
        story.play(steps[:pause])
        with at(noon(story.today, 14)):
            assert verify()[1].lines == [], "half-way, with facts still pending"
        story.play(steps[pause:])
        story.end()
        with at(noon(story.today, 14)):
            _check_all(story)
        transaction.set_rollback(True)


def _check_all(story: Story) -> None:
    assert verify()[1].lines == []
    assert kept() == by_hand(), "the slow way gives the same"
    for closed, said in story.said.items():
        assert kept(until=closed) == said, f"{closed} changed after it was closed"
    before = kept()
    as_of = {closed: kept(until=closed) for closed in Day.objects.values_list("day", flat=True)}
    firsts, standings = rows_of(First), rows_of(Standing)
    rebuild(batch=3)
    assert kept() == before
    assert (rows_of(First), rows_of(Standing)) == (firsts, standings)
    for closed, said in as_of.items():
        assert kept(until=closed) == said, f"the rebuild changed {closed}"
    assert verify()[1].lines == []


def rows_of(model):
    skipped = {"id", "book"}
    rows = model.objects.values()
    return sorted(
        tuple(str(value) for key, value in row.items() if key not in skipped)
        for row in rows
        if row.get("value") != 0
    )


def by_hand():
    """The definitions of `campaign.measures`, in plain Python over the facts that are left."""
    undone = set(Fact.objects.exclude(undoes=None).values_list("undoes_id", flat=True))
    facts = list(Fact.objects.filter(undoes=None).select_related("commune__parent").order_by("pk"))
    live = [fact for fact in facts if fact.pk not in undone]
    figures: Counter = Counter()
    canonical = {fact.person: fact.same_as for fact in live if fact.kind == kinds.MERGED}

    def count(measure, course, fact, on, sign=1, place=None):
        part, commune = fact.left_out, place or fact.commune
        for where in (commune, commune.parent):
            figures[measure, course, part, where.code, on] += sign
            if fact.asserted_by == "client" and not part:
                figures[measure, course, "client", where.code, on] += sign

    def firsts(wanted, course=""):
        found = {}
        for fact in sorted(live, key=lambda fact: (fact.happened_on, fact.pk)):
            if fact.kind in wanted and course in ("", fact.course):
                found.setdefault((canonical.get(fact.person, fact.person), fact.left_out), fact)
        return found

    for measure, wanted in (
        ("registered", {"registered", "attended"}),
        ("learning", {"lesson_done", "attended"}),
    ):
        for fact in firsts(wanted).values():
            count(measure, "", fact, fact.happened_on)
    for course in ("", "A", "B"):
        started, done = firsts({"course_started"}, course), firsts({"course_completed"}, course)
        for measure, people in (("started", started), ("people_completed", done)):
            for fact in people.values():
                count(measure, course, fact, fact.happened_on)
        for who in started.keys() & done.keys():
            on = max(started[who].happened_on, done[who].happened_on)
            count("finished", course, done[who], on, place=started[who].commune)
    for fact in live:
        if fact.kind in ("lesson_done", "course_completed"):
            count("lessons" if fact.kind == "lesson_done" else "completed", "", fact, fact.happened_on)
        if fact.kind == "paper_issued":
            count("papers", "", fact, fact.happened_on)
        if fact.kind == "paper_revoked":
            issues = [
                other
                for other in facts
                if other.kind == "paper_issued"
                and other.pk < fact.pk
                and (other.person, other.course, other.item) == (fact.person, fact.course, fact.item)
            ]
            if issues:
                count("papers", "", issues[-1], fact.happened_on, sign=-1)
    return {key: value for key, value in figures.items() if value}


def test_the_recount_covers_every_measure_that_is_kept(db):
    from campaign.measures import ALL

    assert {measure for measure, _ in recount()} == {m.key for m in ALL if not m.is_rate}
