"""`/hoc-tap/<course>/<lesson>/da-biet/` without script: “Tôi đã biết”."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from certificates.models import Paper
from courses import progress
from ledger.models import Fact
from quizzes import placing
from quizzes.models import Placement
from tests.quizzes.make import put
from tests.quizzes.remembering import course_with_checks, finish

PAGE = "/hoc-tap/an-toan-kns04/bai-1/da-biet/"


@pytest.fixture
def course(db):
    return course_with_checks(per_lesson=3)


@pytest.fixture
def browser(lan) -> Client:
    client = Client()
    client.force_login(lan.user)
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def sheet(course, *choices, item="kns04-01"):
    refs = [one.ref for one in placing.questions(course.items.get(key=item))]
    answers = {f"q-{ref}": choice for ref, choice in zip(refs, choices, strict=True) if choice}
    return {"asked": refs, **answers}


def test_nobody_signed_in_is_sent_to_the_door(course):
    answer = Client().get(PAGE)
    assert answer["Location"].startswith("/dang-nhap/?next=")


def test_it_asks_without_telling(browser, course):
    page = text(browser.get(PAGE))
    assert "Trả lời đúng cả 3 câu là bỏ qua được bài này" in page
    assert page.count("<fieldset") == 3
    assert "Vì sao." not in page
    assert "Đúng." not in page


def test_all_right_lights_the_lamp(browser, lan, course):
    answer = browser.post(PAGE, sheet(course, *"bbb"))
    assert answer["Location"] == PAGE
    page = text(browser.get(PAGE))
    assert "Đúng cả 3 câu: bạn đã biết bài này" in page
    assert "Bài tiếp theo: Bài 2" in page
    assert "kns04-01" in progress.state(lan, course).done
    assert "1 trong 3 bài" in text(browser.get("/hoc-tap/"))


def test_one_wrong_leads_to_the_lesson_and_tomorrow(browser, lan, course):
    browser.post(PAGE, sheet(course, *"bba"))
    page = text(browser.get(PAGE))
    assert "Đúng 2 trong 3 câu" in page
    assert "để ngày mai" in page
    assert "<fieldset" not in page
    browser.post(PAGE, sheet(course, *"bbb"))
    assert not Fact.objects.exists()


def test_an_open_question_keeps_what_she_chose(browser, course):
    answer = browser.post(PAGE, sheet(course, "b", "", "b"))
    assert answer.status_code == 409
    assert text(answer).count(" checked") == 2
    assert not Placement.objects.exists()


def test_questions_edited_meanwhile(browser, course):
    sent = sheet(course, *"bbb")
    put(course, "kns04-01-c1", "practice", course.items.get(key="kns04-01"), text="Khác?")
    answer = browser.post(PAGE, sent)
    assert answer.status_code == 409
    assert "vừa được sửa" in text(answer)


def test_read_already(browser, lan, course):
    finish(lan, course)
    assert "Bạn đã học xong bài này rồi" in text(browser.get(PAGE))
    assert browser.post(PAGE, sheet(course, *"bbb"))["Location"] == PAGE
    assert not Placement.objects.exists()


def test_the_last_one_leads_to_the_paper(browser, lan, course):
    for number in (2, 3):
        path = PAGE.replace("bai-1", f"bai-{number}")
        browser.post(path, sheet(course, *"bbb", item=f"kns04-0{number}"))
    test = course.items.get(kind="test")
    progress.pass_test(learner=lan, item=test, at=course.current_edition.released_at)
    answer = browser.post(PAGE, sheet(course, *"bbb"))
    assert answer["Location"] == "/hoc-tap/an-toan-kns04/hoan-thanh/"
    assert Paper.objects.get().learner == lan


@pytest.mark.parametrize("path", ["/hoc-tap/an-toan-kns04/x/da-biet/", "/hoc-tap/x/bai-1/da-biet/"])
def test_what_is_not_there(browser, course, path):
    assert browser.get(path).status_code == 404
