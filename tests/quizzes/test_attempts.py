"""The final test: draw, deadline, limits, compare-and-set, judging."""

import datetime
import random
import uuid
from collections import Counter

import pytest
from django.utils import timezone

from courses import progress
from courses.models import ItemDone
from ledger.models import Fact
from quizzes import attempts, banking, sheets
from quizzes.errors import (
    AlreadyPassed,
    Closed,
    NotFound,
    NotReady,
    Stale,
    TooManySteps,
    TooSoon,
    UnknownChoice,
)
from quizzes.models import Attempt, AttemptQuestion, AttemptStep, Question, QuestionRevision

from ..make import make_learner
from .make import make_course, put, quiz_of

MINUTE = datetime.timedelta(minutes=1)
NOON = datetime.datetime(2026, 10, 10, 12, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))


@pytest.fixture
def attempt(lan, quiz):
    return attempts.start(learner=lan, quiz=quiz)


def say(attempt, number=1, choices=("b",), **fields):
    """Answer the question at that place; "b" is the right choice of every question here."""
    fields = {"uuid": uuid.uuid4(), "seq": attempt.seq, **fields}
    question = attempt.questions.get(position=number).key
    return attempts.answer(attempt=attempt, question=question, choices=list(choices), **fields)


def hand_in(attempt, **fields):
    return attempts.submit(attempt=attempt, **{"uuid": uuid.uuid4(), "seq": attempt.seq, **fields})


def run(lan, quiz, *, right, now):
    """A whole attempt with so many right answers."""
    attempt = attempts.start(learner=lan, quiz=quiz, now=now)
    for number in range(1, right + 1):
        say(attempt, number, now=now + MINUTE)
    return hand_in(attempt, now=now + 2 * MINUTE)


# --- Drawing ----------------------------------------------------------------


def test_a_draw_takes_only_exam_questions_spread_over_the_lessons(lan, quiz):
    attempt = attempts.start(learner=lan, quiz=quiz)
    drawn = attempt.questions.select_related("revision__question")
    assert {one.revision.purpose for one in drawn} == {Question.Purpose.EXAM}
    assert sorted(Counter(one.revision.question.item_id for one in drawn).values()) == [3, 3, 4]
    assert [one.position for one in drawn] == list(range(1, 11))


def test_retired_questions_are_not_drawn(lan, course):
    kept = list(Question.objects.filter(purpose="exam")[:10])
    for question in Question.objects.filter(purpose="exam").exclude(pk__in=[one.pk for one in kept]):
        banking.retire(question=question)
    attempt = attempts.start(learner=lan, quiz=quiz_of(course))
    assert {one.key for one in attempt.questions.all()} == {one.key for one in kept}


def test_questions_and_choices_come_in_an_order_of_chance(lan, quiz):
    first = attempts.start(learner=lan, quiz=quiz, rng=random.Random(1))
    other = attempts.start(learner=make_learner("Hoa"), quiz=quiz, rng=random.Random(2))
    assert [one.key for one in first.questions.all()] != [one.key for one in other.questions.all()]
    assert len({tuple(one.order) for one in first.questions.all()}) > 1


def test_right_or_wrong_stay_in_their_order(lan):
    course = make_course(lessons=1, exam_per_lesson=0, rules={"draw": 1})
    choices = [{"text": "Đúng"}, {"text": "Sai", "correct": True}]
    put(course, "k1", "exam", kind="truefalse", choices=choices)
    for seed in range(5):
        learner = make_learner(f"Hoa {seed}")
        attempt = attempts.start(learner=learner, quiz=quiz_of(course), rng=random.Random(seed))
        assert attempt.questions.get().order == ["a", "b"]


def test_too_small_a_bank_opens_no_test(lan):
    course = make_course(lessons=1, exam_per_lesson=9)
    with pytest.raises(NotReady, match="chưa đủ câu hỏi"):
        attempts.start(learner=lan, quiz=quiz_of(course))
    assert not Attempt.objects.exists()


def test_an_unreleased_course_has_no_test(lan, course):
    course.current_edition = None
    course.save()
    with pytest.raises(NotReady, match="chưa phát hành"):
        attempts.start(learner=lan, quiz=quiz_of(course))


# --- Starting and limits ----------------------------------------------------


def test_starting_again_gives_the_open_attempt(lan, quiz, attempt):
    again = attempts.start(learner=lan, quiz=quiz)
    assert again == attempt
    assert AttemptQuestion.objects.count() == 10


def test_the_waiting_time_is_told(lan, quiz):
    run(lan, quiz, right=3, now=NOON)
    with pytest.raises(TooSoon, match="từ 12:12 ngày 10/10/2026") as refusal:
        attempts.start(learner=lan, quiz=quiz, now=NOON + 11 * MINUTE)
    assert refusal.value.again_at == NOON + 12 * MINUTE
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 12 * MINUTE).ordinal == 2


def test_no_waiting_time_when_the_rule_says_so(lan):
    quiz = quiz_of(make_course(rules={"wait_minutes": 0}))
    run(lan, quiz, right=0, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 3 * MINUTE).ordinal == 2


def test_the_limit_of_the_day_is_told_and_ends_at_midnight(lan, quiz):
    for number in range(3):
        run(lan, quiz, right=number, now=NOON + number * 30 * MINUTE)
    with pytest.raises(TooSoon, match=r"đủ 3 lần.*từ 0 giờ ngày 11/10/2026") as refusal:
        attempts.start(learner=lan, quiz=quiz, now=NOON + 600 * MINUTE)
    assert refusal.value.again_at == NOON + 720 * MINUTE
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 720 * MINUTE).ordinal == 1


def test_who_passed_does_not_start_again(lan, quiz):
    run(lan, quiz, right=10, now=NOON)
    with pytest.raises(AlreadyPassed):
        attempts.start(learner=lan, quiz=quiz, now=NOON + 60 * MINUTE)


def test_limits_are_each_learners_own(lan, quiz):
    run(lan, quiz, right=0, now=NOON)
    assert attempts.start(learner=make_learner("Hoa"), quiz=quiz, now=NOON + 3 * MINUTE).ordinal == 1


def test_an_open_attempt_that_is_over_is_closed_by_the_next_start(lan, quiz):
    old = attempts.start(learner=lan, quiz=quiz, now=NOON)
    new = attempts.start(learner=lan, quiz=quiz, now=NOON + 60 * MINUTE)
    old.refresh_from_db()
    assert (old.expired, old.passed, old.correct, old.submitted_at) == (True, False, 0, NOON + 30 * MINUTE)
    assert (new.ordinal, new.is_open) == (2, True)


def test_an_open_attempt_of_yesterday_counts_for_yesterday(lan, quiz):
    attempts.start(learner=lan, quiz=quiz, now=NOON)
    assert attempts.start(learner=lan, quiz=quiz, now=NOON + 1440 * MINUTE).ordinal == 1


# --- Answering --------------------------------------------------------------


def test_an_answer_is_kept_and_may_be_changed(attempt):
    say(attempt, 1, ["a"])
    say(attempt, 1, ["c"])
    say(attempt, 2, ["b"])
    key = {one.position: one.key for one in attempt.questions.all()}
    assert attempts.current_answers(attempt) == {key[1]: ["c"], key[2]: ["b"]}
    assert attempt.seq == 3


def test_an_answer_may_be_taken_back(attempt):
    say(attempt, 1, ["a"])
    say(attempt, 1, [])
    assert attempts.current_answers(attempt) == {}


def test_the_same_act_twice_is_one_step(attempt):
    act = {"uuid": uuid.uuid4(), "seq": 0}
    say(attempt, 1, ["a"], **act)
    say(attempt, 1, ["a"], **act)
    assert (attempt.seq, attempt.steps.count()) == (1, 1)


def test_a_stale_tab_gets_the_answers_back_and_loses_nothing(lan, attempt):
    tab, other = attempts.find(learner=lan, public_id=attempt.public_id), attempt
    say(other, 1, ["a"])
    with pytest.raises(Stale) as refusal:
        say(tab, 2, ["b"])
    key = {one.position: one.key for one in attempt.questions.all()}
    assert refusal.value.data == {"seq": 1, "answers": {key[1]: ["a"]}}
    say(tab, 2, ["b"], seq=refusal.value.data["seq"])
    assert attempts.current_answers(attempt) == {key[1]: ["a"], key[2]: ["b"]}


def test_a_seq_of_the_future_is_stale_too(attempt):
    with pytest.raises(Stale):
        say(attempt, 1, seq=7)


def test_an_unknown_choice_is_refused(attempt):
    with pytest.raises(UnknownChoice):
        say(attempt, 1, ["z"])
    assert attempt.steps.count() == 0


def test_two_choices_for_a_single_one_are_refused(attempt):
    with pytest.raises(UnknownChoice):
        say(attempt, 1, ["a", "b"])


def test_a_question_not_drawn_is_refused(course, attempt):
    drawn = {one.key for one in attempt.questions.all()}
    other = Question.objects.filter(purpose="exam").exclude(key__in=drawn).first()
    with pytest.raises(NotFound):
        attempts.answer(attempt=attempt, uuid=uuid.uuid4(), seq=0, question=other.key, choices=["a"])


def test_steps_have_a_bound(attempt):
    Attempt.objects.filter(pk=attempt.pk).update(seq=500)
    attempt.refresh_from_db()
    with pytest.raises(TooManySteps):
        say(attempt, 1)


def test_another_learners_attempt_looks_like_none(attempt):
    hoa = make_learner("Hoa")
    for public_id in (attempt.public_id, uuid.uuid4(), "x", "", None):
        with pytest.raises(NotFound, match="Không tìm thấy bài làm này"):
            attempts.find(learner=hoa, public_id=public_id)


def test_a_sheet_is_saved_at_once_and_only_what_changed(attempt):
    say(attempt, 1, ["b"])
    keys = [one.key for one in attempt.questions.all()]
    posted = {keys[0]: ["b"], keys[1]: ["a"], keys[2]: []}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=1, answers=posted)
    assert attempts.current_answers(attempt) == {keys[0]: ["b"], keys[1]: ["a"]}
    assert attempt.seq == 2


def test_a_sheet_sent_twice_is_quiet_but_a_changed_one_is_not_lost(attempt):
    keys = [one.key for one in attempt.questions.all()]
    form = {"attempt": attempt, "uuid": uuid.uuid4(), "seq": 0}
    attempts.answer_sheet(**form, answers={keys[0]: ["a"]})
    assert attempts.answer_sheet(**form, answers={keys[0]: ["a"]}).seq == 1
    with pytest.raises(Stale):
        attempts.answer_sheet(**form, answers={keys[0]: ["b"]})


def test_a_stale_sheet_is_refused_whole(attempt):
    keys = [one.key for one in attempt.questions.all()]
    say(attempt, 1, ["b"])
    with pytest.raises(Stale):
        attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers={keys[1]: ["a"]})
    assert attempts.current_answers(attempt) == {keys[0]: ["b"]}


# --- Time -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arrives", "happened", "kept"),
    [
        (30 * MINUTE, None, True),
        (31 * MINUTE, 29 * MINUTE, True),
        (32 * MINUTE, 30 * MINUTE, True),
        (32 * MINUTE + MINUTE / 60, 29 * MINUTE, False),
        (31 * MINUTE, 31 * MINUTE, False),
        (31 * MINUTE, None, False),
    ],
)
def test_the_deadline_is_judged_on_arrival_with_a_tolerance(lan, quiz, arrives, happened, kept):
    attempt = attempts.start(learner=lan, quiz=quiz, now=NOON)
    times = {"now": NOON + arrives, "happened_at": NOON + happened if happened else None}
    if kept:
        assert say(attempt, 1, **times).steps.count() == 1
        assert hand_in(attempt, **times).expired is False
    else:
        with pytest.raises(Closed, match="Đã hết giờ"):
            say(attempt, 1, **times)
        assert hand_in(attempt, **times).expired is True


def test_a_false_clock_is_clamped_to_the_attempt(lan, quiz):
    attempt = attempts.start(learner=lan, quiz=quiz, now=NOON)
    say(attempt, 1, now=NOON + MINUTE, happened_at=NOON - 999 * MINUTE)
    say(attempt, 1, now=NOON + 2 * MINUTE, happened_at=NOON + 999 * MINUTE)
    assert [step.happened_at for step in attempt.steps.all()] == [NOON, NOON + 2 * MINUTE]


def test_answers_in_time_count_when_nobody_hands_in(lan, quiz):
    attempt = attempts.start(learner=lan, quiz=quiz, now=NOON)
    for number in range(1, 9):
        say(attempt, number, now=NOON + MINUTE)
    assert attempts.close_overdue(now=NOON + 32 * MINUTE) == 0
    assert attempts.close_overdue(now=NOON + 33 * MINUTE) == 1
    attempt.refresh_from_db()
    assert (attempt.correct, attempt.passed, attempt.expired) == (8, True, True)
    assert ItemDone.objects.filter(learner=lan, item=quiz.item).exists()
    assert attempts.close_overdue(now=NOON + 33 * MINUTE) == 0


# --- Handing in and judging -------------------------------------------------


@pytest.mark.parametrize(("right", "passed"), [(8, True), (7, False), (10, True), (0, False)])
def test_judging(lan, quiz, right, passed):
    attempt = run(lan, quiz, right=right, now=NOON)
    assert (attempt.correct, attempt.passed, attempt.expired) == (right, passed, False)
    assert ItemDone.objects.filter(learner=lan, item=quiz.item).exists() is passed
    assert Fact.objects.filter(kind="test_passed").count() == passed


def test_passing_last_completes_the_course(lan, course, quiz):
    for item in course.items.filter(kind="lesson"):
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=lan, item=item)
    run(lan, quiz, right=9, now=timezone.now() - 5 * MINUTE)
    assert progress.state(lan, course).completed_at
    assert Fact.objects.filter(kind="course_completed").count() == 1


def test_passing_before_the_lessons_completes_nothing_yet(lan, course, quiz):
    run(lan, quiz, right=9, now=NOON)
    assert progress.state(lan, course).completed_at is None
    assert not Fact.objects.filter(kind="course_completed").exists()


def test_handing_in_twice_is_quiet(lan, attempt):
    hand_in(attempt)
    again = attempts.find(learner=lan, public_id=attempt.public_id)
    assert hand_in(again).submitted_at == attempt.submitted_at
    assert AttemptStep.objects.filter(kind="submit").count() == 1


def test_after_handing_in_no_answer_is_taken(attempt):
    hand_in(attempt)
    with pytest.raises(Closed, match="đã nộp"):
        say(attempt, 1)


def test_a_tab_that_did_not_see_the_handing_in_is_told(lan, attempt):
    tab = attempts.find(learner=lan, public_id=attempt.public_id)
    hand_in(attempt)
    with pytest.raises(Closed, match="đã nộp"):
        say(tab, 1)


def test_a_stale_tab_cannot_hand_in(lan, attempt):
    tab = attempts.find(learner=lan, public_id=attempt.public_id)
    say(attempt, 1)
    with pytest.raises(Stale):
        attempts.submit(attempt=tab, uuid=uuid.uuid4(), seq=0)
    attempt.refresh_from_db()
    assert attempt.is_open


def test_the_wording_pinned_at_the_start_is_judged(lan, course, quiz):
    attempt = attempts.start(learner=lan, quiz=quiz, now=NOON)
    for question in Question.objects.filter(purpose="exam"):
        put(
            course,
            question.key,
            "exam",
            question.item,
            choices=[{"text": "Mới", "correct": True}, {"text": "B"}],
        )
    for number in range(1, 9):
        say(attempt, number, now=NOON + MINUTE)
    assert hand_in(attempt, now=NOON + MINUTE).passed
    assert QuestionRevision.objects.filter(number=2).count() == 24


def test_the_rule_pinned_at_the_start_is_judged(lan, quiz):
    attempt = attempts.start(learner=lan, quiz=quiz, now=NOON)
    banking.put_quiz(item=quiz.item, pass_percent=10)
    say(attempt, 1, now=NOON + MINUTE)
    assert hand_in(attempt, now=NOON + MINUTE).passed is False


# --- What a person sees -----------------------------------------------------


def test_the_sheet_has_no_key(attempt):
    say(attempt, 1, ["a"])
    shown = sheets.sheet(attempt)
    assert "correct" not in repr(shown)
    assert "feedback" not in repr(shown)
    assert "Vì sao" not in repr(shown)
    assert [choice.id for choice in shown[0].choices if choice.chosen] == ["a"]
    assert [one.answered for one in shown[:2]] == [True, False]


def test_an_open_attempt_has_no_result(attempt):
    with pytest.raises(NotFound):
        sheets.result(attempt)


def test_the_result_explains_each_answer(attempt):
    say(attempt, 1, ["a"])
    say(attempt, 2, ["b"])
    judged = sheets.result(hand_in(attempt))
    assert [(one.right, one.answered) for one in judged[:3]] == [(False, True), (True, True), (False, False)]
    assert [choice.correct for choice in judged[0].choices].count(True) == 1
    assert [choice.text for choice in judged[0].choices if choice.chosen] == ["Nghe máy, chuyển tiền"]
    assert judged[0].explanation == "Vì sao."
    assert judged[0].lesson.url.startswith("/khoa-hoc/")


def test_a_merged_sheet_shows_what_this_tab_chose_and_what_the_other_did(attempt):
    keys = [one.key for one in attempt.questions.all()]
    say(attempt, 1, ["a"])
    say(attempt, 2, ["a"])
    shown = sheets.sheet(attempt, posted={keys[0]: ["b"], keys[1]: [], keys[2]: ["c"]})
    assert [[choice.id for choice in one.choices if choice.chosen] for one in shown[:3]] == [
        ["b"],
        ["a"],
        ["c"],
    ]
    assert shown[0].elsewhere == "Nghe máy, chuyển tiền"
    assert [one.elsewhere for one in shown[1:3]] == ["", ""]
