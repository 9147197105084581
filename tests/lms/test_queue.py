"""POST /api/v1/queue/: each action once, each by itself, never under another's name."""

import datetime
import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from certificates.models import Paper
from courses.models import ItemDone
from ledger.models import Fact, Receipt
from quizzes import attempts
from quizzes.models import Attempt, PracticeAnswer

from ..make import make_learner, make_user
from .queueing import QUEUE, action, post, send, token

KINDS = ["lesson_done", "check_answer", "test_start", "test_answer", "test_submit"]


def done(learner, subject="kns04-01", **fields):
    return action(learner, "lesson_done", subject, **fields)


def test_a_lesson_is_done_once_with_its_fact(lan, lan_in, course):
    [answer] = post(lan_in, sent := done(lan))
    assert (answer["uuid"], answer["status"]) == (sent["uuid"], "accepted")
    assert answer["data"] == {
        "done": ["kns04-01"],
        "percent": 25,
        "next": "kns04-02",
        "completed": False,
        "finished": False,
    }
    fact = Fact.objects.get(kind="lesson_done")
    assert (fact.actor, str(fact.uuid), fact.asserted_by) == (f"user:{lan.user_id}", sent["uuid"], "client")


def test_a_repeat_gets_the_first_answer(lan, lan_in, course):
    [first] = post(lan_in, sent := done(lan))
    [again] = post(lan_in, sent)
    assert again == {**first, "status": "repeat"}
    assert Fact.objects.filter(kind="lesson_done").count() == 1


def test_a_repeat_within_one_post(lan, lan_in, course):
    sent = done(lan)
    assert [one["status"] for one in post(lan_in, sent, sent)] == ["accepted", "repeat"]


def test_the_same_uuid_with_another_payload_is_refused(lan, lan_in, course):
    post(lan_in, sent := done(lan))
    [answer] = post(lan_in, {**sent, "subject": "kns04-02"})
    assert (answer["status"], answer["message"]) == (
        "refused",
        "Mã của việc này đã dùng cho một việc khác, nên việc này chưa được ghi.",
    )
    assert answer["data"] == {"code": "reused"}
    assert ItemDone.objects.count() == 1


def test_the_uuid_of_another_sign_in_is_unknown(lan, lan_in, course):
    post(lan_in, sent := done(lan))
    hoa = make_learner("Hoa")
    client = Client()
    client.force_login(hoa.user)
    [answer] = post(client, {**done(hoa, "kns04-02"), "uuid": sent["uuid"]})
    assert answer["status"] == "accepted"


def test_a_learner_not_on_this_sign_in_is_not_found(lan, lan_in, course):
    hoa = make_learner("Hoa")
    strangers = [done(hoa), {**done(lan), "learner": str(uuid.uuid4())}, {**done(lan), "learner": None}]
    answers = post(lan_in, *strangers, {**done(lan), "learner": lan.pk})
    assert {(one["status"], one["message"]) for one in answers} == {
        ("refused", "Không tìm thấy người học này trong lần đăng nhập hiện tại, nên chưa ghi.")
    }
    assert not ItemDone.objects.exists()


def test_two_people_of_one_phone_are_kept_apart(lan, lan_in, course):
    minh = make_learner("Minh", user=lan.user)
    assert [one["status"] for one in post(lan_in, done(lan), done(minh))] == ["accepted", "accepted"]
    assert set(ItemDone.objects.values_list("learner__name", flat=True)) == {lan.name, "Minh"}


@pytest.mark.parametrize(
    "change",
    [
        {"uuid": None},
        {"uuid": "x"},
        {"uuid": 7},
        {"uuid": {"a": 1}},
        {"kind": "dance"},
        {"kind": None},
        {"kind": ["lesson_done"]},
        {"subject": ""},
        {"subject": 5},
        {"subject": "a" * 201},
        {"subject": "nothing"},
        {"subject": "kns04-test"},
        {"subject": "kns04\x00"},
        {"subject": "\ud800"},
        {"data": "x"},
        {"data": [1]},
        {"at": "yesterday"},
        {"at": "2026-10-10T10:00:00"},
        {"at": "2026-13-40T10:00:00+07:00"},
        {"at": 5},
    ],
)
def test_garbage_is_refused_in_words_and_the_others_go_on(lan, lan_in, course, change):
    bad, good = post(lan_in, {**done(lan), **change}, done(lan, "kns04-02"))
    assert (bad["status"], good["status"]) == ("refused", "accepted")
    assert bad["message"].endswith((".", "lại trang."))
    assert ItemDone.objects.count() == Receipt.objects.count() == 1


@pytest.mark.parametrize("raw", [None, 5, "x", [], [[]], {}])
def test_what_is_no_action_is_refused(lan_in, course, raw):
    [answer] = post(lan_in, raw)
    assert (answer["uuid"], answer["status"]) == (None, "refused")


@pytest.mark.parametrize("kind", ["test_answer", "check_answer"])
@pytest.mark.parametrize("choices", [None, "a", {"a": 1}, [1], [None], ["z"], ["a"] * 21])
def test_choices_that_are_none_are_refused(lan, lan_in, course, kind, choices):
    subject, data = "kns04-01-c1", {"choices": choices}
    if kind == "test_answer":
        attempt = start(lan, lan_in, course)
        subject, data = attempt.public_id, {"seq": 0, "question": attempt.questions.first().key} | data
    assert post(lan_in, action(lan, kind, subject, data))[0]["status"] == "refused"
    assert not PracticeAnswer.objects.exists()


@pytest.mark.parametrize("seq", [None, "0", -1, True, 1.5, 10**9])
@pytest.mark.parametrize("kind", ["test_answer", "test_submit"])
def test_a_step_without_a_seq_is_refused(lan, lan_in, course, kind, seq):
    attempt = start(lan, lan_in, course)
    data = {"seq": seq, "question": attempt.questions.first().key, "choices": ["a"]}
    assert "(seq)" in post(lan_in, action(lan, kind, attempt.public_id, data))[0]["message"]


def test_a_refused_action_may_be_sent_again_later(lan, lan_in, course):
    edition, course.current_edition = course.current_edition, None
    course.save()
    [answer] = post(lan_in, sent := done(lan))
    assert (answer["status"], answer["message"]) == (
        "refused",
        "Khóa học này chưa được phát hành, nên chưa ghi kết quả học được.",
    )
    course.current_edition = edition
    course.save()
    assert post(lan_in, sent)[0]["status"] == "accepted"


def test_an_action_that_breaks_does_not_break_the_others(lan, lan_in, course, monkeypatch, caplog):
    from lms import queue

    monkeypatch.setitem(queue._handlers, "check_answer", lambda action: 1 / 0)
    bad, good = post(lan_in, action(lan, "check_answer", "x"), done(lan))
    assert (bad["status"], good["status"]) == ("refused", "accepted")
    assert "ZeroDivisionError" in caplog.text


# --- The request ------------------------------------------------------------


def test_signed_out_is_told_that_nothing_is_lost(db):
    response = Client().post(QUEUE, "[]", content_type="application/json")
    assert response.status_code == 401
    assert "Việc bạn làm vẫn còn" in response.json()["message"]


def test_staff_without_a_learner_posts_for_nobody(binh, lan, course):
    client = Client()
    client.force_login(binh)
    assert post(client, done(lan))[0]["status"] == "refused"


@pytest.mark.parametrize("csrf", ["", "x" * 32])
def test_without_the_token_nothing_is_done(lan, lan_in, course, csrf):
    response = send(lan_in, done(lan), csrf=csrf)
    assert response.status_code == 403
    assert "tải lại trang" in response.json()["message"]
    assert not ItemDone.objects.exists()


@pytest.mark.parametrize("body", ["", "{}", "x", "5", "null", '"a"', "[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_list_is_refused(lan_in, course, body):
    response = send(lan_in, body=body)
    assert response.status_code == 400
    assert response.json()["message"]


def test_too_many_or_too_large_is_refused(lan, lan_in, course):
    assert send(lan_in, *[done(lan) for _ in range(51)]).status_code == 413
    assert send(lan_in, done(lan, data={"x": "a" * 300_000})).status_code == 413
    assert not ItemDone.objects.exists()


def test_an_empty_list_and_fifty_are_fine(lan, lan_in, course):
    assert post(lan_in) == []
    assert len(post(lan_in, *[done(lan) for _ in range(50)])) == 50


def test_get_is_not_allowed(lan_in):
    assert lan_in.get(QUEUE).status_code == 405


# --- Time -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "said", "true"), [(0, -600, -600), (7200, 6600, -600), (-7200, -7800, -600), (0, None, 0)]
)
def test_the_devices_time_is_corrected_by_its_measured_offset(lan, lan_in, course, clock, said, true):
    now = timezone.now()
    at = None if said is None else (now + datetime.timedelta(seconds=said)).isoformat()
    device = (now + datetime.timedelta(seconds=clock)).isoformat()
    post(lan_in, done(lan, at=at), **{"x-device-time": device})
    fact = Fact.objects.get(kind="lesson_done")
    assert abs((fact.happened_at - now).total_seconds() - true) < 5
    assert fact.clamped is False


def test_a_time_of_the_future_is_clamped_and_flagged(lan, lan_in, course):
    post(lan_in, done(lan, at=(timezone.now() + datetime.timedelta(days=3)).isoformat()))
    assert Fact.objects.get(kind="lesson_done").clamped is True


@pytest.mark.parametrize("header", ["", "x", "2026-10-10", "9999-12-31T23:59:59+00:00"])
def test_a_device_clock_that_cannot_be_read_is_no_reason_to_refuse(lan, lan_in, course, header):
    at = timezone.now().isoformat()
    assert post(lan_in, done(lan, at=at), **{"x-device-time": header})[0]["status"] == "accepted"


# --- Check questions and the test -------------------------------------------


def start(lan, client, course) -> Attempt:
    [answer] = post(client, action(lan, "test_start", course.slug))
    assert answer["status"] == "accepted"
    return Attempt.objects.get(public_id=answer["data"]["attempt"])


def test_a_check_answer_is_kept(lan, lan_in, course):
    [answer] = post(lan_in, action(lan, "check_answer", "kns04-01-c1", {"choices": ["b"]}))
    assert (answer["status"], answer["data"]) == ("accepted", {"correct": True})
    assert PracticeAnswer.objects.get().learner == lan


def test_an_exam_question_is_no_check_question(lan, lan_in, course):
    [answer] = post(lan_in, action(lan, "check_answer", "kns04-01-f00", {"choices": ["b"]}))
    assert (answer["status"], answer["data"]) == ("refused", {"code": "not_found"})


def test_a_test_from_start_to_paper(lan, lan_in, course):
    attempt = start(lan, lan_in, course)
    for number, question in enumerate(attempt.questions.all()):
        data = {"seq": number, "question": question.key, "choices": ["b"]}
        [answer] = post(lan_in, action(lan, "test_answer", attempt.public_id, data))
        assert (answer["status"], answer["data"]["seq"]) == ("accepted", number + 1)
        assert "correct" not in answer["data"]
    [answer] = post(lan_in, action(lan, "test_submit", attempt.public_id, {"seq": 10}))
    assert answer["data"]["passed"] is True
    assert (answer["data"]["correct"], answer["data"]["total"]) == (10, 10)
    assert answer["data"]["url"] == f"/kiem-tra/{course.slug}/ket-qua/{attempt.public_id}/"


def test_what_finishes_the_course_answers_with_the_paper(lan, lan_in, course):
    attempt = start(lan, lan_in, course)
    answers = {one.key: ["b"] for one in attempt.questions.all()}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=answers)
    post(lan_in, action(lan, "test_submit", attempt.public_id, {"seq": 10}))
    first, last = post(lan_in, done(lan, "kns04-01"), done(lan, "kns04-02")), done(lan, "kns04-03")
    assert all("paper" not in one["data"] for one in first)
    [answer] = post(lan_in, last)
    assert answer["data"]["finished"] is True
    assert answer["data"]["paper"] == f"/giay/{Paper.objects.get(learner=lan).serial}/"


def test_a_paper_that_cannot_be_issued_now_loses_nothing(lan, lan_in, course, monkeypatch, caplog):
    monkeypatch.setattr("certificates.issuing.issue", lambda **fields: 1 / 0)
    attempt = start(lan, lan_in, course)
    answers = {one.key: ["b"] for one in attempt.questions.all()}
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers=answers)
    [answer] = post(lan_in, action(lan, "test_submit", attempt.public_id, {"seq": 10}))
    assert (answer["status"], answer["data"]["passed"]) == ("accepted", True)
    assert "was not issued" in caplog.text


def test_a_stale_tab_gets_its_answers_back(lan, lan_in, course):
    attempt = start(lan, lan_in, course)
    keys = [one.key for one in attempt.questions.all()]
    first = {"seq": 0, "question": keys[0], "choices": ["a"]}
    stale = {"seq": 0, "question": keys[1], "choices": ["b"]}
    post(lan_in, action(lan, "test_answer", attempt.public_id, first))
    [answer] = post(lan_in, action(lan, "test_answer", attempt.public_id, stale))
    assert answer["status"] == "refused"
    assert answer["data"] == {"code": "stale", "seq": 1, "answers": {keys[0]: ["a"]}}
    [merged] = post(lan_in, action(lan, "test_answer", attempt.public_id, {**stale, "seq": 1}))
    assert merged["status"] == "accepted"


def test_what_a_form_carried_is_no_news_after_the_handing_in(lan, lan_in, course):
    """A phone whose disk could not be read hands in by the form; its rows come later."""
    attempt = start(lan, lan_in, course)
    one, other = list(attempt.questions.all())[:2]
    attempts.answer_sheet(attempt=attempt, uuid=uuid.uuid4(), seq=0, answers={one.key: ["b"]})
    late = [
        action(lan, "test_answer", attempt.public_id, {"seq": 0, "question": question.key, "choices": chosen})
        for question, chosen in ((one, ["b"]), (one, ["a"]), (other, ["b"]), (one, [["b"]]))
    ]
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=attempt.seq)
    answers = post(lan_in, *late, action(lan, "test_submit", attempt.public_id, {"seq": 0}))
    codes = [answer["data"].get("code") or answer["status"] for answer in answers]
    assert codes == ["accepted", "closed", "closed", "closed", "accepted"]
    assert attempt.steps.count() == 2


@pytest.mark.parametrize("kind", ["test_answer", "test_submit"])
def test_another_learners_attempt_looks_like_none(lan, lan_in, course, kind):
    attempt = start(lan, lan_in, course)
    hoa = make_learner("Hoa", user=make_user())
    client = Client()
    client.force_login(hoa.user)
    data = {"seq": 0, "question": attempt.questions.first().key, "choices": ["a"]}
    theirs, none, garbage = post(
        client, *[action(hoa, kind, subject, data) for subject in (attempt.public_id, uuid.uuid4(), "x")]
    )
    assert theirs["message"] == none["message"] == garbage["message"] == "Không tìm thấy bài làm này."
    assert {one["status"] for one in (theirs, none, garbage)} == {"refused"}


def test_a_limit_is_refused_with_the_time(lan, lan_in, course):
    attempt = start(lan, lan_in, course)
    post(lan_in, action(lan, "test_submit", attempt.public_id, {"seq": 0}))
    [answer] = post(lan_in, action(lan, "test_start", course.slug))
    assert (answer["status"], answer["data"]["code"]) == ("refused", "too_soon")
    assert "Bạn làm lại được từ" in answer["message"]
    assert answer["data"]["again_at"]


def test_a_course_without_a_test_is_refused(lan, lan_in, course):
    assert post(lan_in, action(lan, "test_start", "nothing"))[0]["data"] == {"code": "not_found"}


# --- Cost -------------------------------------------------------------------


def queries(captured) -> int:
    """Statements that count: not those of sessions and savepoints."""
    skipped = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
    counted = [
        one["sql"]
        for one in captured
        if not one["sql"].startswith(skipped) and "django_session" not in one["sql"]
    ]
    return len(counted)


def test_a_lesson_done_and_a_question_answered_cost_at_most_12_queries(
    lan, lan_in, course, django_assert_max_num_queries
):
    csrf = token(lan_in)
    attempt = start(lan, lan_in, course)
    first, last = ({"seq": n, "question": attempt.questions.first().key, "choices": ["a"]} for n in (0, 1))
    acts = {
        "first lesson": done(lan),
        "next lesson": done(lan, "kns04-02"),
        "the same lesson": done(lan, "kns04-02"),
        "check": action(lan, "check_answer", "kns04-01-c1", {"choices": ["a"]}),
        "answer": action(lan, "test_answer", attempt.public_id, first),
        "answer again": action(lan, "test_answer", attempt.public_id, last),
    }
    costs = {}
    for name, sent in acts.items():
        with django_assert_max_num_queries(40) as captured:
            response = lan_in.post(
                QUEUE, json.dumps([sent]), content_type="application/json", headers={"x-csrftoken": csrf}
            )
        assert response.json()[0]["status"] == "accepted"
        costs[name] = queries(captured.captured_queries)
    assert max(costs.values()) <= 12, costs


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_clock_at_the_end_of_the_calendar_loses_nothing(lan, lan_in, course, at):
    [answer] = post(lan_in, done(lan, at=at))
    assert answer["status"] == "accepted"
    assert Fact.objects.get(kind="lesson_done").clamped


def test_the_uuid_is_answered_as_it_was_spelled(lan, lan_in, course):
    spelled = str(uuid.uuid4()).upper()
    for status in ("accepted", "repeat"):
        [answer] = post(lan_in, done(lan, uuid=spelled))
        assert (answer["uuid"], answer["status"]) == (spelled, status)


@pytest.mark.parametrize("data", [[], 0, "", False])
def test_data_that_is_no_object_is_refused(lan, lan_in, course, data):
    [answer] = post(lan_in, {**done(lan), "data": data})
    assert answer["status"] == "refused"


def test_no_proxy_may_keep_an_answer(lan, lan_in, course):
    assert lan_in.get("/api/v1/me/")["Cache-Control"] == "private, no-store"
    assert lan_in.get("/api/v1/khong-co/").status_code == 404
