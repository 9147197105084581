"""Refreshers 7 and 30 days after a course: when, what, once, and never at the cost of a completion."""

import datetime
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import acting, erasing, leaving, merging
from campaign.folding import fold
from campaign.models import Delta
from campaign.verifying import verify
from courses.models import Enrolment, ItemDone
from ledger.models import Fact
from quizzes import attempts, banking, remembering
from quizzes.errors import NotFound, UnknownChoice
from quizzes.models import Refresher, RefresherQuestion
from quizzes.remembering import NotDue, NothingToAsk, next_day, round_on
from tests.make import make_learner
from tests.racing import at_once

from .make import quiz_of
from .remembering import aged, check, course_with_checks, finish

DAY = datetime.date(2026, 10, 1)


@pytest.fixture
def course(db):
    return course_with_checks()


def on(days):
    return DAY + datetime.timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "number"),
    [(0, None), (6, None), (7, 7), (29, 7), (30, 30), (89, 30), (90, None), (400, None), (-1, None)],
)
def test_a_round_is_offered_from_its_day_until_the_next(days, number):
    assert round_on(DAY, on(days)) == number


@pytest.mark.parametrize(("days", "then"), [(0, 7), (6, 7), (7, 30), (29, 30), (30, None), (99, None)])
def test_the_next_day_is_told(days, then):
    assert next_day(DAY, on(days)) == (on(then) if then else None)


def answer_all(learner, row, *choices):
    for one, choice in zip(row.questions.order_by("position"), choices, strict=True):
        remembering.answer(learner=learner, refresher=row, position=one.position, choices=[choice])
    row.refresh_from_db()


# --- When ---------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [0, 6, 90])
def test_before_and_after_nothing_is_due(lan, course, days):
    finish(lan, course, days=days)
    with pytest.raises(NotDue) as refusal:
        remembering.begin(learner=lan, course=course)
    assert not Refresher.objects.exists()
    assert (refusal.value.due_on is None) == (days == 90)


def test_a_course_not_finished_has_none(lan, course):
    with pytest.raises(NotFound):
        remembering.begin(learner=lan, course=course)
    assert remembering.standing(lan, course) is None


def test_a_course_without_check_questions_has_none(lan, course):
    finish(lan, course, days=7)
    for one in remembering.live_questions():
        banking.retire(question=one)
    with pytest.raises(NothingToAsk):
        remembering.begin(learner=lan, course=course)
    assert not Refresher.objects.exists()


def test_two_rounds_two_rows(lan, course):
    finish(lan, course, days=7)
    first = remembering.begin(learner=lan, course=course)
    assert (first.round, first.total, first.questions.count()) == (7, 5, 5)
    assert first.due_on == timezone.localdate()
    aged(lan, course, 30)
    second = remembering.begin(learner=lan, course=course)
    assert (second.round, second.pk == first.pk) == (30, False)


def test_begun_twice_is_one_with_the_same_questions(lan, course):
    finish(lan, course, days=7)
    first = remembering.begin(learner=lan, course=course)
    asked = list(first.questions.values_list("revision_id", flat=True))
    check(lan, "kns04-03-c2")  # what she gets wrong meanwhile changes nothing
    again = remembering.begin(learner=lan, course=course)
    assert (again.pk, list(again.questions.values_list("revision_id", flat=True))) == (first.pk, asked)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_begin_one_and_answer_once(lan):
    course = course_with_checks()
    finish(lan, course, days=7)
    rows = at_once(2, lambda: remembering.begin(learner=lan, course=course).pk)
    assert len(set(rows)) == 1
    row = Refresher.objects.get()
    assert row.questions.count() == 5
    answer = {"learner": lan, "refresher": row, "position": 1}
    given = at_once(2, lambda: remembering.answer(**answer, choices=["b"]))
    assert [(one.choices, one.correct) for one in given] == [(["b"], True)] * 2
    assert len({one.answered_at for one in given}) == 1
    for position in (2, 3, 4):
        remembering.answer(**answer | {"position": position}, choices=["b"])
    last = at_once(2, lambda: remembering.answer(**answer | {"position": 5}, choices=["b"]))
    assert [one.correct for one in last] == [True, True]
    row.refresh_from_db()
    assert (row.remembered, row.total) == (5, 5)
    assert Fact.objects.filter(kind="refreshed").count() == 1


def test_the_database_refuses_a_second_row_of_a_round(lan, course):
    more = {"learner": lan, "course": course, "due_on": DAY}
    Refresher.objects.create(round=7, **more)
    for number in (7, 8):
        with pytest.raises(IntegrityError), transaction.atomic():
            Refresher.objects.create(round=number, **more)


# --- What ---------------------------------------------------------------------------------


def asked(learner, course):
    row = remembering.begin(learner=learner, course=course)
    return [one.revision.question.key for one in row.questions.select_related("revision__question")]


def test_what_she_got_wrong_comes_first_the_newest_before_the_older(lan, course):
    check(lan, "kns04-02-c1", "a")
    check(lan, "kns04-03-c2", "c")
    check(lan, "kns04-01-c1", "a")
    check(lan, "kns04-01-c1", "b")  # wrong once, right since
    check(lan, "kns04-01-c2", "b")
    finish(lan, course, days=7)
    found = asked(lan, course)
    assert found[:3] == ["kns04-03-c2", "kns04-02-c1", "kns04-01-c1"]
    assert len(found) == 5


def test_another_learners_slips_are_not_hers(lan, course, phu_thai):
    hoa = make_learner("Hoa", commune=phu_thai)
    check(hoa, "kns04-03-c1", "a")
    finish(lan, course, days=7)
    assert remembering._past(lan, course).wrong == []


def test_wrong_test_questions_bring_the_checks_of_their_lessons_and_never_themselves(lan, course):
    attempt = attempts.start(learner=lan, quiz=quiz_of(course))
    drawn = list(attempt.questions.select_related("revision__question__item"))
    right = {one.key: ["b"] for one in drawn if one.revision.question.item.key != "kns04-03"}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=right)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=len(right))
    finish(lan, course, days=7)
    found = asked(lan, course)
    assert set(found[:2]) == {"kns04-03-c1", "kns04-03-c2"}
    assert not RefresherQuestion.objects.exclude(revision__purpose="practice").exists()


def test_a_test_question_cannot_be_asked(lan, course):
    row = Refresher.objects.create(learner=lan, course=course, round=7, due_on=DAY)
    exam = course.questions.filter(purpose="exam").first().revision
    with pytest.raises(IntegrityError), transaction.atomic():
        RefresherQuestion.objects.create(refresher=row, position=1, revision=exam)


def test_what_was_forgotten_last_time_is_asked_first(lan, course):
    finish(lan, course, days=7)
    row = remembering.begin(learner=lan, course=course)
    answer_all(lan, row, "b", "b", "b", "b", "a")
    forgotten = row.questions.get(position=5).revision.question.key
    aged(lan, course, 30)
    assert asked(lan, course)[0] == forgotten


def test_withdrawn_lessons_and_pretend_screens_are_left_out(lan, course):
    finish(lan, course, days=7)
    course.items.filter(key="kns04-01").update(url="")
    for one in remembering.live_questions().filter(key="kns04-02-c1"):
        one.revisions.update(kind="practice")
    found = asked(lan, course)
    assert sorted(found) == ["kns04-02-c2", "kns04-03-c1", "kns04-03-c2"]


def test_the_queries_do_not_grow_with_her_history(lan, course, django_assert_max_num_queries):
    for number in range(12):
        check(lan, f"kns04-0{number % 3 + 1}-c{number % 2 + 1}")
    finish(lan, course, days=7)
    with django_assert_max_num_queries(18):
        remembering.begin(learner=lan, course=course)


# --- Its result ---------------------------------------------------------------------------


def test_the_first_answer_stands(lan, course):
    finish(lan, course, days=7)
    row = remembering.begin(learner=lan, course=course)
    first = remembering.answer(learner=lan, refresher=row, position=1, choices=["a"])
    again = remembering.answer(learner=lan, refresher=row, position=1, choices=["b"])
    assert (first.correct, again.correct, again.choices) == (False, False, ["a"])


@pytest.mark.parametrize(("choices", "kept", "facts"), [("bbbba", 4, 2), ("bbbaa", 3, 1), ("bbbbb", 5, 2)])
def test_four_in_five_is_still_known_and_told_apart(lan, course, choices, kept, facts):
    finish(lan, course, days=7)
    before = Enrolment.objects.values().get(learner=lan)
    row = remembering.begin(learner=lan, course=course)
    answer_all(lan, row, *choices)
    assert (row.remembered, row.total, row.finished_at is not None) == (kept, 5, True)
    told = Fact.objects.filter(kind__in=["refreshed", "remembered"], person=lan.pk)
    assert told.count() == facts
    assert {(one.course, one.asserted_by, one.actor) for one in told} == {("KNS04", "server", "server")}
    assert Enrolment.objects.values().get(learner=lan) == before


def test_a_bad_result_takes_nothing_away(lan, course):
    finish(lan, course, days=7)
    done = ItemDone.objects.filter(learner=lan).count()
    counted = set(Fact.objects.filter(kind="course_completed").values_list("pk", flat=True))
    row = remembering.begin(learner=lan, course=course)
    answer_all(lan, row, *"aaaaa")
    assert row.remembered == 0
    assert ItemDone.objects.filter(learner=lan).count() == done
    assert set(Fact.objects.filter(kind="course_completed").values_list("pk", flat=True)) == counted
    assert not Fact.objects.filter(undoes__isnull=False).exists()


def test_the_counts_tell_it_and_agree(lan, course):
    finish(lan, course, days=7)
    answer_all(lan, remembering.begin(learner=lan, course=course), *"bbbba")
    aged(lan, course, 30)
    answer_all(lan, remembering.begin(learner=lan, course=course), *"aaabb")
    fold()
    sums = {
        measure: sum(
            Delta.objects.filter(measure=measure, place=lan.commune, course="", part="").values_list(
                "value", flat=True
            )
        )
        for measure in ("refreshed", "remembered", "people_completed")
    }
    assert sums == {"refreshed": 2, "remembered": 1, "people_completed": 1}
    assert verify()[1].difference == 0


def test_an_unknown_choice_is_refused(lan, course):
    finish(lan, course, days=7)
    row = remembering.begin(learner=lan, course=course)
    with pytest.raises(UnknownChoice):
        remembering.answer(learner=lan, refresher=row, position=1, choices=["z"])
    with pytest.raises(NotFound):
        remembering.answer(learner=lan, refresher=row, position=9, choices=["b"])


def test_anothers_refresher_looks_like_none(lan, course, phu_thai):
    finish(lan, course, days=7)
    row = remembering.begin(learner=lan, course=course)
    hoa = make_learner("Hoa", commune=phu_thai)
    with pytest.raises(NotFound):
        remembering.answer(learner=hoa, refresher=row, position=1, choices=["b"])


# --- People -------------------------------------------------------------------------------


def test_who_is_leaving_is_refused(lan, course):
    finish(lan, course, days=7)
    leaving.leave(learner=lan, kind="erase")
    with pytest.raises(acting.Leaving):
        remembering.begin(learner=lan, course=course)


def test_erased_nothing_of_it_is_left_but_the_figure(lan, course):
    finish(lan, course, days=7)
    answer_all(lan, remembering.begin(learner=lan, course=course), *"bbbbb")
    erasing.erase(learner=lan, by=None, reason="asked")
    assert not Refresher.objects.exists()
    assert not RefresherQuestion.objects.exists()
    assert Fact.objects.filter(kind="refreshed").count() == 1
    assert verify()[1].difference == 0


def test_merged_it_goes_over_and_back(lan, course, chi, phu_thai):
    twin = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    finish(twin, course, days=7)
    answer_all(twin, remembering.begin(learner=twin, course=course), *"bbbbb")
    merge = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    assert Refresher.objects.get().learner == lan
    assert remembering.standing(twin, course) is None
    assert remembering.standing(lan, course).refresher.remembered == 5
    with pytest.raises(NotFound):
        remembering.begin(learner=twin, course=course)
    fold()
    assert verify()[1].difference == 0
    merging.unmerge(merge=merge, by=chi)
    assert Refresher.objects.get().learner == twin
    fold()
    assert verify()[1].difference == 0


@pytest.mark.parametrize("begun", [True, False], ids=["begun before", "only told before"])
def test_finished_since_the_merge_it_stays_with_who_finished_it(lan, course, chi, phu_thai, begun):
    twin = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    finish(twin, course, days=7)
    if begun:
        remembering.begin(learner=twin, course=course)
    else:
        remembering.open_row(twin, course, 7, timezone.localdate())
    merge = merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    answer_all(lan, remembering.begin(learner=lan, course=course), *"bbbbb")
    fold()
    assert verify()[1].difference == 0
    merging.unmerge(merge=merge, by=chi)
    assert Refresher.objects.get().learner == lan
    fold()
    assert verify()[1].difference == 0
    answer_all(twin, remembering.begin(learner=twin, course=course), *"bbbba")
    fold()
    assert verify()[1].difference == 0
    assert set(Fact.objects.filter(kind="refreshed").values_list("person", flat=True)) == {lan.pk, twin.pk}


def test_merged_where_both_have_the_round_each_keeps_hers(lan, course, chi, phu_thai):
    twin = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    for who in (lan, twin):
        finish(who, course, days=7)
        answer_all(who, remembering.begin(learner=who, course=course), *"bbbbb")
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    assert set(Refresher.objects.values_list("learner", flat=True)) == {lan.pk, twin.pk}
    fold()
    assert verify()[1].difference == 0


def test_the_commune_s_desk_tells_it_apart(client, lan, course, chi):
    finish(lan, course, days=7)
    answer_all(lan, remembering.begin(learner=lan, course=course), *"bbbba")
    fold()
    client.force_login(chi)
    page = client.get("/quan-ly/10750/").content.decode()
    assert "Các số này đứng riêng, không làm đổi số hoàn thành" in page
    assert "Tỷ lệ còn nhớ" in page
    assert "100,0" in page
    assert "Lượt bỏ qua bài vì đã biết" in page
