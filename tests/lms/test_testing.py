"""/kiem-tra/<course>/: the whole test as a plain form, and its result."""

import datetime
import re
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from certificates import issuing
from certificates.models import Paper
from courses import progress, releasing
from quizzes import attempts
from quizzes.models import Attempt

from ..make import make_learner
from ..quizzes.make import quiz_of

URL = "/kiem-tra/an-toan-kns04/"


@pytest.fixture
def browser(lan):
    client = Client()
    client.force_login(lan.user)
    return client


def text(response) -> str:
    return response.content.decode()


def start(browser) -> Attempt:
    assert browser.post(URL, {"action": "start"}).status_code == 302
    return Attempt.objects.get(submitted_at=None)


def sheet(attempt, action="submit", *, right=10, **fields):
    """What the form sends with so many right answers and no others."""
    keys = [one.key for one in attempt.questions.all()]
    answers = {f"q-{key}": ["b"] for key in keys[:right]}
    hidden = {"attempt": attempt.public_id, "uuid": uuid.uuid4(), "seq": attempt.seq, "action": action}
    return {**hidden, **answers, **fields}


def test_nobody_signed_in_is_asked_to_and_comes_back(course):
    assert Client().get(URL)["Location"] == f"/dang-nhap/?next={URL}"


def test_staff_cannot_take_it(binh, course):
    client = Client()
    client.force_login(binh)
    assert client.get(URL).status_code == 403


def test_no_such_course(browser, course):
    assert browser.get("/kiem-tra/nothing/").status_code == 404


def test_the_rules_come_first_and_nothing_starts(browser, course):
    page = text(browser.get(URL))
    for words in ("10 câu hỏi", "80 %", "30 phút", "mỗi ngày 3 lần", "cách nhau ít nhất 10 phút"):
        assert words in page
    assert not Attempt.objects.exists()


def test_lessons_not_done_are_told_but_do_not_hinder(browser, course):
    page = text(browser.get(URL))
    assert "Bạn còn bài chưa học" in page
    assert "/khoa-hoc/an-toan-kns04/bai-1/" in page
    assert start(browser).total == 10


def test_the_sheet_has_all_questions_and_no_key(browser, course):
    attempt = start(browser)
    page = text(browser.get(URL))
    for one in attempt.questions.select_related("revision"):
        assert one.revision.text in page
    assert page.count('type="radio"') == 30
    assert "Còn 30 phút" in page
    for leak in ("correct", "Chưa đúng.", "Vì sao.", "data-right", "feedback"):
        assert leak not in page


def test_a_dropped_test_is_told_and_offers_no_start(browser, course):
    releasing.release(course, course.items.exclude(kind="test"), None)
    page = text(browser.get(URL))
    assert "không còn bài kiểm tra cuối khóa" in page
    assert "Bắt đầu làm bài" not in page
    assert "Bạn còn bài chưa học" not in page
    response = browser.post(URL, {"action": "start"})
    assert response.status_code == 409
    assert text(response).count("không còn bài kiểm tra cuối khóa") == 1
    assert not Attempt.objects.exists()


def test_a_running_attempt_at_a_dropped_test_is_finished(browser, course):
    attempt = start(browser)
    releasing.release(course, course.items.exclude(kind="test"), None)
    assert "Còn 30 phút" in text(browser.get(URL))
    assert "Bạn đã đạt" in text(browser.post(URL, sheet(attempt), follow=True))


def test_starting_twice_is_one(browser, course):
    start(browser)
    browser.post(URL, {"action": "start"})
    assert Attempt.objects.count() == 1


def test_saving_keeps_and_resumes_on_another_device(browser, lan, course):
    attempt = start(browser)
    assert "Đã lưu" in text(browser.post(URL, sheet(attempt, "save", right=4), follow=True))
    other = Client()
    other.force_login(lan.user)
    page = text(other.get(URL))
    assert page.count("checked") == 4
    assert "4 trong 10 câu đã lưu" in page


def test_handing_in_with_gaps_is_asked_once(browser, course):
    attempt = start(browser)
    page = text(browser.post(URL, sheet(attempt, right=8)))
    assert "Còn 2 câu chưa trả lời" in page
    assert 'href="#cau-9"' in page
    assert 'name="confirmed"' in page
    attempt.refresh_from_db()
    assert (attempt.is_open, attempt.seq) == (True, 8)
    response = browser.post(URL, sheet(attempt, right=8, confirmed="1"), follow=True)
    assert "Bạn đã đạt bài kiểm tra" in text(response)


def test_a_pass_is_told_and_what_is_left(browser, lan, course):
    page = text(browser.post(URL, sheet(start(browser)), follow=True))
    assert "10/10" in page
    assert "học nốt các bài còn lại" in page
    assert progress.state(lan, course).percent == 25
    assert "Bạn không cần làm lại" in text(browser.get(URL))


def test_a_pass_that_finishes_leads_to_the_paper(browser, lan, course):
    for key in ("kns04-01", "kns04-02", "kns04-03"):
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=lan, item=key)
    page = text(browser.post(URL, sheet(start(browser)), follow=True))
    paper = Paper.objects.get(learner=lan)
    assert f'<a class="btn" href="/giay/{paper.serial}/">' in page  # one press, not by way of another page
    assert f"/giay/{paper.serial}/" in text(browser.get("/hoc-tap/an-toan-kns04/hoan-thanh/"))


def test_a_result_does_not_promise_a_paper_that_was_taken_back(browser, lan, chi, course):
    for key in ("kns04-01", "kns04-02", "kns04-03"):
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=lan, item=key)
    response = browser.post(URL, sheet(start(browser)), follow=True)
    issuing.revoke(paper=Paper.objects.get(learner=lan), by=chi, reason="Ghi nhầm người")
    page = text(browser.get(response.redirect_chain[-1][0]))
    assert "Giấy đã bị thu hồi" in page
    assert "Ghi nhầm người" in page
    assert "đã sẵn sàng" not in page


def test_a_fail_explains_each_answer_and_when_again(browser, course):
    attempt = start(browser)
    wrong = {f"q-{one.key}": ["a"] for one in attempt.questions.all()}
    page = text(browser.post(URL, sheet(attempt, **wrong), follow=True))
    assert "Lần này bạn chưa đạt" in page
    assert page.count("Bạn đã chọn, chưa đúng") == 10
    assert page.count("Câu trả lời đúng") == 10
    assert "Vì sao." in page
    assert "Đọc lại: Bài 1" in page
    assert "Bạn làm lại được từ" in page


def test_a_limit_is_told_on_the_rules_and_on_starting(browser, course):
    browser.post(URL, sheet(start(browser), right=0, confirmed="1"))
    assert "Bạn làm lại được từ" in text(browser.get(URL))
    response = browser.post(URL, {"action": "start"})
    assert response.status_code == 409
    assert "Bạn làm lại được từ" in text(response)
    assert text(response).count("Bạn làm lại được từ") == 1


def test_the_attempts_so_far_are_listed(browser, course):
    browser.post(URL, sheet(start(browser), right=3, confirmed="1"))
    assert "3 trong 10 câu đúng, chưa đạt" in text(browser.get(URL))


def test_a_stale_tab_is_merged_and_loses_nothing(browser, lan, course):
    attempt = start(browser)
    keys = [one.key for one in attempt.questions.all()]
    stale = sheet(attempt, "save", right=0, **{f"q-{keys[0]}": ["b"], f"q-{keys[1]}": ["c"]})
    elsewhere = {keys[0]: ["a"], keys[2]: ["b"]}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=elsewhere)
    response = browser.post(URL, stale)
    assert response.status_code == 409
    assert "Các câu trả lời đều còn" in text(response)
    assert "Ở trang hoặc máy khác bạn đã chọn: Nghe máy, chuyển tiền" in text(response)
    shown = response.context["questions"]
    chosen = [[choice.id for choice in one.choices if choice.chosen] for one in shown[:3]]
    assert chosen == [["b"], ["c"], ["b"]]
    assert [one.unsaved for one in shown[:4]] == [True, True, False, False]
    seq = re.search(r'name="seq" value="(\d+)"', text(response))[1]
    merged = {f"q-{key}": ids for key, ids in zip(keys, chosen, strict=False)}
    browser.post(URL, sheet(attempt, "save", right=0, seq=seq, **merged))
    assert attempts.current_answers(attempt) == {keys[0]: ["b"], keys[1]: ["c"], keys[2]: ["b"]}


@pytest.mark.parametrize(
    "change", [{"seq": "x"}, {"seq": -1}, {"uuid": ""}, {"attempt": uuid.uuid4()}, {"attempt": "x"}]
)
def test_a_form_that_is_not_of_this_attempt_is_shown_again(browser, course, change):
    attempt = start(browser)
    response = browser.post(URL, sheet(attempt) | change)
    assert response.status_code == 409
    assert "Trang này đã cũ" in text(response)
    assert attempt.steps.count() == 0


def test_a_choice_that_is_none_is_refused(browser, course):
    attempt = start(browser)
    key = attempt.questions.first().key
    response = browser.post(URL, sheet(attempt, **{f"q-{key}": ["zz"]}))
    assert response.status_code == 409
    assert attempt.steps.count() == 0


@pytest.mark.parametrize("data", [{}, {"action": "x"}, {"action": "submit"}])
def test_an_act_that_does_not_fit_leads_back(browser, course, data):
    assert browser.post(URL, data)["Location"] == URL
    assert not Attempt.objects.exists()


@pytest.mark.parametrize(("minutes", "correct"), [(31, 0), (45, 0)])
def test_time_that_ran_out_is_judged_with_what_came_in_time(browser, course, minutes, correct):
    attempt = start(browser)
    past = timezone.now() - datetime.timedelta(minutes=minutes)
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=past, deadline=past + datetime.timedelta(minutes=30)
    )
    response = browser.post(URL, sheet(attempt), follow=True)
    assert "Đã hết giờ" in text(response)
    attempt.refresh_from_db()
    assert (attempt.expired, attempt.correct) == (True, correct)


def test_looking_at_a_test_that_is_over_shows_its_result(browser, course):
    attempt = start(browser)
    Attempt.objects.filter(pk=attempt.pk).update(deadline=timezone.now() - datetime.timedelta(hours=1))
    assert f"/ket-qua/{attempt.public_id}/" in browser.get(URL)["Location"]


def test_an_open_attempt_shows_no_result(browser, course):
    attempt = start(browser)
    assert browser.get(f"{URL}ket-qua/{attempt.public_id}/")["Location"] == URL


def test_a_result_is_hers_alone(browser, course):
    attempt = start(browser)
    browser.post(URL, sheet(attempt))
    url = f"{URL}ket-qua/{attempt.public_id}/"
    assert browser.get(url).status_code == 200
    hoa = Client()
    hoa.force_login(make_learner("Hoa").user)
    assert hoa.get(url).status_code == 404
    assert Client().get(url)["Location"] == f"/dang-nhap/?next={url}"


def test_a_bank_too_small_is_told(browser, course):
    quiz = quiz_of(course)
    quiz.draw = 99
    quiz.save()
    response = browser.post(URL, {"action": "start"})
    assert response.status_code == 409
    assert "chưa đủ câu hỏi" in text(response)


def test_the_tokens_are_asked_for(lan, course):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan.user)
    assert client.post(URL, {"action": "start"}).status_code == 403
