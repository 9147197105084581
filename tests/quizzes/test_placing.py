"""“Tôi đã biết”: all right finishes the lesson, once a day, told apart, and never a final test."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import acting, erasing, leaving, merging
from campaign.folding import fold
from campaign.models import Delta
from campaign.verifying import verify
from courses import progress
from courses.models import ItemDone
from ledger.models import Fact
from quizzes import placing, remembering
from quizzes.errors import NotFound, UnknownChoice
from quizzes.models import Placement, PracticeAnswer
from tests.make import make_learner
from tests.racing import at_once

from .make import put
from .remembering import check, course_with_checks, finish


@pytest.fixture
def course(db):
    return course_with_checks(per_lesson=3)


@pytest.fixture
def lesson(course):
    return course.items.get(key="kns04-01")


def answered(item, *choices):
    refs = [one.ref for one in placing.questions(item)]
    return {"item": item, "asked": refs, "answers": dict(zip(refs, [[c] for c in choices], strict=True))}


def judge(learner, item, *choices):
    return placing.judge(learner=learner, **answered(item, *choices))


def test_all_right_finishes_the_lesson_and_says_how(lan, lesson):
    tried, got = judge(lan, lesson, "b", "b", "b")
    assert (tried.passed, tried.correct, tried.total) == (True, 3, 3)
    assert got.recorded
    assert lesson.key in progress.state(lan, lesson.course).done
    done, known = (Fact.objects.get(kind=kind) for kind in ("lesson_done", "lesson_known"))
    for fact in (done, known):
        assert (fact.person, fact.item, fact.asserted_by, fact.actor) == (
            lan.pk,
            lesson.key,
            "client",
            "server",
        )
        assert (fact.assisted, fact.edition, fact.course) == (False, 1, "KNS04")


@pytest.mark.parametrize("choices", ["bba", "abb", "aaa"])
def test_one_wrong_finishes_nothing(lan, lesson, choices):
    tried, got = judge(lan, lesson, *choices)
    assert (tried.passed, got) == (False, None)
    assert not ItemDone.objects.exists()
    assert not Fact.objects.exists()


def test_one_try_a_day_and_the_first_stands(lan, lesson):
    first, _ = judge(lan, lesson, "b", "b", "a")
    again, _ = judge(lan, lesson, "b", "b", "b")
    assert (again.pk, again.passed) == (first.pk, False)
    Placement.objects.update(day=timezone.localdate() - datetime.timedelta(days=1))
    later, _ = judge(lan, lesson, "b", "b", "b")
    assert later.passed
    assert Placement.objects.count() == 2


def test_sent_again_after_a_pass_is_the_same_pass(lan, lesson):
    first, _ = judge(lan, lesson, "b", "b", "b")
    again, got = judge(lan, lesson, "b", "b", "b")
    assert (again.pk, got) == (first.pk, None)
    assert Fact.objects.filter(kind="lesson_done").count() == 1
    assert PracticeAnswer.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_tabs_are_one_try(lan):
    lesson = course_with_checks(per_lesson=2).items.get(key="kns04-01")
    sent = answered(lesson, "b", "b")
    answers = at_once(3, lambda: placing.judge(learner=lan, **sent))
    assert {tried.pk for tried, _ in answers} == {Placement.objects.get().pk}, "all three are told of the one"
    assert [got is not None and got.recorded for _, got in answers].count(True) == 1
    assert Placement.objects.get().passed
    assert ItemDone.objects.count() == 1
    assert list(Fact.objects.order_by("kind").values_list("kind", flat=True)) == [
        "course_started",
        "lesson_done",
        "lesson_known",
    ]


def test_a_lesson_finished_by_reading_is_not_tried(lan, course, lesson):
    finish(lan, course)
    with pytest.raises(placing.AlreadyDone):
        judge(lan, lesson, "b", "b", "b")
    assert not Fact.objects.filter(kind="lesson_known").exists()


def test_with_fewer_than_two_questions_it_is_not_offered(lan, db):
    lesson = course_with_checks(per_lesson=1).items.get(key="kns04-01")
    assert placing.questions(lesson) == []
    with pytest.raises(NotFound):
        placing.judge(learner=lan, item=lesson, asked=[], answers={})


def test_never_for_the_final_test_nor_a_withdrawn_lesson(lan, course, lesson):
    test = course.items.get(kind="test")
    put(course, "kns04-t1", "practice", test)
    put(course, "kns04-t2", "practice", test)
    assert placing.questions(test) == []
    lesson.url = ""
    lesson.save()
    assert placing.questions(lesson) == []


def test_at_most_five_and_no_test_question(course, lesson):
    for number in range(4, 9):
        put(course, f"kns04-01-c{number}", "practice", lesson, position=number)
    asked = placing.questions(lesson)
    assert len(asked) == 5
    assert {one.purpose for one in asked} == {"practice"}


def test_an_open_question_is_no_try(lan, lesson):
    sent = answered(lesson, "b", "b", "b")
    sent["answers"].popitem()
    with pytest.raises(placing.Incomplete):
        placing.judge(learner=lan, **sent)
    assert not Placement.objects.exists()
    assert not PracticeAnswer.objects.exists()


def test_questions_edited_meanwhile_are_asked_anew(lan, course, lesson):
    sent = answered(lesson, "b", "b", "b")
    put(course, "kns04-01-c1", "practice", lesson, text="Khác?")
    with pytest.raises(placing.Changed):
        placing.judge(learner=lan, **sent)
    assert not Placement.objects.exists()


def test_an_unknown_choice_is_refused(lan, lesson):
    with pytest.raises(UnknownChoice):
        judge(lan, lesson, "b", "b", "z")


def test_the_last_lesson_known_finishes_the_course(lan, course, lesson):
    for item in course.items.exclude(pk=lesson.pk):
        if item.kind == "test":
            progress.pass_test(learner=lan, item=item, at=timezone.now())
        else:
            judge(lan, item, "b", "b", "b")
    _, got = judge(lan, lesson, "b", "b", "b")
    assert got.completed_now
    assert got.percent == 100


def test_what_was_wrong_is_asked_again_in_the_refresher(lan, course, lesson):
    judge(lan, lesson, "b", "b", "a")
    finish(lan, course, days=7)
    row = remembering.begin(learner=lan, course=course)
    assert row.questions.first().revision.question.key == "kns04-01-c3"


def test_the_counts_tell_it_apart_and_agree(lan, course, lesson):
    judge(lan, lesson, "b", "b", "b")
    progress.finish_lesson(actor="user:1", uuid=lan.public_id, learner=lan, item="kns04-02")
    fold()
    found = {
        key: Delta.objects.get(measure=key, place=lan.commune, part="").value for key in ("lessons", "known")
    }
    assert found == {"lessons": 2, "known": 1}
    asserted = {key: Delta.objects.get(measure=key, place=lan.commune, part="client").value for key in found}
    assert asserted == found, "a skip is no better proved than a lesson that was read"
    assert verify()[1].difference == 0


def test_the_database_refuses_a_pass_with_something_wrong(lan, lesson):
    row = {"learner": lan, "item": lesson, "day": timezone.localdate(), "at": timezone.now()}
    for wrong in (
        {"total": 3, "correct": 2, "passed": True},
        {"total": 1, "correct": 1, "passed": True},
        {"total": 3, "correct": 4, "passed": False},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Placement.objects.create(**row, **wrong)


def test_who_is_leaving_is_refused_and_who_was_merged_is_told(lan, lesson, chi, phu_thai):
    twin = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    merging.merge(by=chi, duplicate=twin, canonical=lan, reason="Một người")
    with pytest.raises(NotFound):
        judge(twin, lesson, "b", "b", "b")
    leaving.leave(learner=lan, kind="erase")
    with pytest.raises(acting.Leaving):
        judge(lan, lesson, "b", "b", "b")


def test_erased_it_goes_and_the_figure_stays(lan, lesson):
    check(lan, "kns04-02-c1")
    judge(lan, lesson, "b", "b", "b")
    fold()
    erasing.erase(learner=lan, by=None, reason="asked")
    assert not Placement.objects.exists()
    assert Fact.objects.filter(kind="lesson_known").count() == 1
    assert verify()[1].difference == 0
