"""`/on-lai/<course>/` without script: begin, answer one a screen, read the result."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts import leaving
from courses.models import Enrolment
from quizzes import practising, remembering
from quizzes.models import Question, Refresher, RefresherQuestion
from tests.make import make_learner
from tests.quizzes.make import put
from tests.quizzes.remembering import aged, course_with_checks, finish

PAGE = "/on-lai/an-toan-kns04/"
HOME = "/hoc-tap/"


@pytest.fixture
def course(db):
    return course_with_checks()


@pytest.fixture
def browser(lan) -> Client:
    client = Client()
    client.force_login(lan.user)
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def play(browser, *choices):
    browser.post(PAGE, {"act": "begin"})
    return go_on(browser, *choices)


def go_on(browser, *choices, first=1, number=None):
    number = number or Refresher.objects.latest("begun_at").round
    for position, choice in enumerate(choices, first):
        sent = {"act": "answer", "round": number, "position": position, "choice": choice}
        shown = browser.post(PAGE, sent, follow=True)
    return shown


def test_the_card_comes_after_seven_days_and_goes_when_done(browser, lan, course):
    finish(lan, course, days=6)
    assert PAGE not in text(browser.get(HOME))
    aged(lan, course, 7)
    assert f'href="{PAGE}"' in text(browser.get(HOME))
    play(browser, *"bbbba")
    page = text(browser.get(HOME))
    assert PAGE not in page
    assert "Ôn lại sau 7 ngày: còn nhớ 4 trong 5 câu" in page
    aged(lan, course, 30)
    assert f'href="{PAGE}"' in text(browser.get(HOME))


def test_no_card_without_questions_or_while_leaving(browser, lan, course):
    finish(lan, course, days=7)
    leaving.leave(learner=lan, kind="erase")
    assert PAGE not in text(browser.get(HOME))
    leaving.stay(learner=lan)
    assert PAGE in text(browser.get(HOME))
    remembering.live_questions().update(revision=None)
    assert PAGE not in text(browser.get(HOME))
    assert "không có câu hỏi để ôn lại" in text(browser.get(PAGE))


def test_before_it_is_due_the_day_is_said(browser, lan, course):
    finish(lan, course)
    assert "Bạn mở lại trang này từ ngày" in text(browser.get(PAGE))
    answer = browser.post(PAGE, {"act": "begin"})
    assert answer.status_code == 409
    assert not Refresher.objects.exists()


def test_a_course_begun_and_not_finished_leads_home(browser, lan, course):
    remembering_nothing = browser.get(PAGE)
    assert remembering_nothing.status_code == 404
    finish(lan, course)
    Enrolment.objects.update(completed_at=None, finished_edition=None)
    assert browser.get(PAGE)["Location"] == HOME


def test_one_question_a_screen_each_explained_at_once(browser, lan, course):
    finish(lan, course, days=7)
    assert "Bắt đầu ôn lại" in text(browser.get(PAGE))
    browser.post(PAGE, {"act": "begin"})
    first = text(browser.get(PAGE))
    assert "Câu 1 trong 5" in first
    assert "Vì sao." not in first
    assert "Câu trả lời đúng" not in first
    wrong = browser.post(PAGE, {"act": "answer", "round": 7, "position": 1, "choice": "a"})
    assert wrong["Location"] == f"{PAGE}?lan=7&cau=1"
    said = text(browser.get(wrong["Location"]))
    assert "Chưa đúng, không sao cả" in said
    assert "Câu trả lời đúng" in said
    assert "Vì sao." in said
    assert "Đọc lại: Bài" in said
    assert "Câu tiếp theo" in said
    assert "Câu 2 trong 5" in text(browser.get(PAGE))


def test_a_key_never_comes_before_its_answer(browser, lan, course):
    finish(lan, course, days=7)
    browser.post(PAGE, {"act": "begin"})
    assert "Vì sao." not in text(browser.get(f"{PAGE}?cau=3"))
    assert "Câu 1 trong 5" in text(browser.get(f"{PAGE}?cau=3"))
    for odd in ("x", "-1", "9" * 50, "²"):
        assert "Câu 1 trong 5" in text(browser.get(PAGE, {"cau": odd}))


def test_nothing_chosen_says_so(browser, lan, course):
    finish(lan, course, days=7)
    browser.post(PAGE, {"act": "begin"})
    answer = browser.post(PAGE, {"act": "answer", "round": 7, "position": 1})
    assert answer.status_code == 409
    assert "Bạn chọn một câu trả lời trước đã" in text(answer)


@pytest.mark.parametrize(
    "sent",
    [
        {"round": 7, "position": "x", "choice": "b"},
        {"round": 7, "position": 9, "choice": "b"},
        {"round": 30, "position": 1, "choice": "b"},
        {"round": 8, "position": 1, "choice": "b"},
        {"position": 1, "choice": "b"},
        {},
    ],
)
def test_nonsense_changes_nothing(browser, lan, course, sent):
    finish(lan, course, days=7)
    browser.post(PAGE, {"act": "begin"})
    answer = browser.post(PAGE, {"act": "answer", **sent})
    assert answer.status_code in {302, 409}
    assert not Refresher.objects.get().questions.exclude(answered_at=None).exists()


def test_an_answer_before_it_was_begun_leads_to_its_beginning(browser, lan, course):
    finish(lan, course, days=7)
    assert browser.post(PAGE, {"act": "answer", "round": 7, "position": 1, "choice": "b"})["Location"] == PAGE


@pytest.mark.parametrize("day", [30, 90], ids=["the next round begins", "no round is left"])
def test_begun_before_midnight_it_is_finished_after(browser, lan, course, day):
    finish(lan, course, days=day - 1)
    play(browser, *"bbbb")
    number = Refresher.objects.get().round
    aged(lan, course, day)
    assert f'href="?lan={number}"' in text(browser.get(PAGE))
    assert "Câu 5 trong 5" in text(browser.get(PAGE, {"lan": number}))
    said = text(go_on(browser, "b", first=5))
    assert "Bạn còn nhớ" in said
    assert f'href="{PAGE}?lan={number}"' in said
    assert "Bạn còn nhớ tất cả" in text(browser.get(PAGE, {"lan": number}))
    row = Refresher.objects.get()
    assert (row.remembered, row.total, row.finished_at is not None) == (5, 5, True)
    assert "làm nốt" not in text(browser.get(PAGE))


def test_a_stale_tab_answers_the_refresher_it_shows(browser, lan, course):
    finish(lan, course, days=29)
    play(browser, *"bb")
    third = re.search(r'name="round" value="(\d+)"', text(browser.get(PAGE)))
    aged(lan, course, 30)
    browser.post(PAGE, {"act": "begin"})
    go_on(browser, "a", first=3, number=third[1])
    answered = RefresherQuestion.objects.exclude(answered_at=None)
    assert set(answered.values_list("refresher__round", "position")) == {(7, 1), (7, 2), (7, 3)}
    assert 'name="round" value="30"' in text(browser.get(PAGE))


@pytest.mark.parametrize("odd", ["x", "-7", "8", "²", "9" * 50])
def test_a_round_nobody_has_is_todays(browser, lan, course, odd):
    finish(lan, course, days=7)
    assert "Bắt đầu ôn lại" in text(browser.get(PAGE, {"lan": odd}))
    browser.post(PAGE, {"act": "begin"})
    assert "Câu 1 trong 5" in text(browser.get(PAGE, {"lan": odd}))


def test_the_result_comforts_and_keeps_the_paper(browser, lan, course):
    finish(lan, course, days=7)
    page = text(play(browser, *"bbbaa"))
    assert "Xem kết quả" in page
    page = text(browser.get(PAGE))
    assert "Bạn còn nhớ 3 trong 5 câu" in page
    assert "Khóa đã học xong và giấy của bạn vẫn giữ nguyên" in page
    assert page.count("Đọc lại: Bài") == 2
    assert "Lần ôn sau: từ ngày" in page


def test_all_right_is_said(browser, lan, course):
    finish(lan, course, days=30)
    play(browser, *"bbbbb")
    assert "Bạn còn nhớ tất cả" in text(browser.get(PAGE))


def test_pretend_screens_she_slipped_on_are_offered_not_asked(browser, lan, course):
    lesson = course.items.get(key="kns04-01")
    shown = put(course, "kns04-01-t9", "practice", lesson, text="Nghe cuộc gọi lạ")
    practising.answer_check(learner=lan, question=shown.key, choices=["a"])
    Question.objects.get(pk=shown.pk).revisions.update(kind="practice")
    finish(lan, course, days=7)
    play(browser, *"bbbbb")
    page = text(browser.get(PAGE))
    assert f'href="{lesson.url}#kns04-01-t9-t"' in page
    assert "Nghe cuộc gọi lạ" in page


def test_two_on_a_phone_keep_theirs_apart(browser, lan, course, phu_thai):
    minh = make_learner("Phạm Văn Minh", user=lan.user, commune=phu_thai, birth_year=1990)
    finish(lan, course, days=7)
    finish(minh, course, days=7)
    session = browser.session
    session["learner"] = minh.pk
    session.save()
    sent = {"act": "begin", "for": str(lan.public_id)}
    assert browser.post(PAGE, sent).status_code == 409
    assert browser.post(PAGE, {"act": "begin", "for": str(minh.public_id)}).status_code == 302
    assert Refresher.objects.get().learner == minh
