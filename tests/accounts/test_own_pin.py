"""A PIN of one's own on a shared phone, once there is a paper to guard."""

import time
import uuid

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.test import Client

from accounts import household, own_pin
from accounts.models import Learner
from quizzes import attempts
from tests.certificates.make import make_paper
from tests.make import make_learner
from tests.racing import at_once

from ..lms.queueing import action, post
from ..quizzes.make import make_course, quiz_of

SIGN_IN, OWN = "482951", "739164"
ASK, CHANGE = "/ma-rieng/", "/ma-rieng/doi/"
GUARDED = ["/du-lieu-cua-toi/", "/dang-ky/them/", "/giay/{serial}/giay-ghi-nhan.pdf"]


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def paper(lan, course):
    lan.user.set_password(SIGN_IN)
    lan.user.save()
    return make_paper(lan, course)


@pytest.fixture
def tu(lan):
    return make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)


@pytest.fixture
def phone(client, lan, tu, paper):
    """The shared phone, with Lan learning."""
    client.force_login(lan.user)
    choose(client, lan)
    return client


def choose(client, learner):
    client.post("/ai-dang-hoc/", {"learner": str(learner.public_id)})


def set_own(client, learner, *, current=SIGN_IN, pin=OWN, to="/du-lieu-cua-toi/"):
    return client.post(ASK, {"for": str(learner.public_id), "current": current, "pin": pin, "next": to})


def type_own(client, learner, pin=OWN, to="/du-lieu-cua-toi/"):
    return client.post(ASK, {"for": str(learner.public_id), "pin": pin, "next": to})


def asked(answer):
    return answer.status_code == 302 and answer["Location"].startswith(ASK)


# --- When it is due ---------------------------------------------------------------


@pytest.mark.parametrize("path", GUARDED)
def test_what_is_hers_is_shut_until_she_sets_one(phone, paper, path):
    path = path.format(serial=paper.serial)
    assert asked(phone.get(path))
    assert "Đặt mã của riêng bạn" in phone.get(phone.get(path)["Location"]).content.decode()


def test_alone_on_the_phone_none_is_asked(client, lan, paper):
    client.force_login(lan.user)
    assert client.get("/du-lieu-cua-toi/").status_code == 200


def test_without_a_paper_none_is_asked(phone, tu):
    choose(phone, tu)
    assert phone.get("/du-lieu-cua-toi/").status_code == 200


def test_taking_the_others_off_does_not_open_what_a_pin_guards(phone, lan, tu):
    set_own(phone, lan)
    household.unlink(user=lan.user, learner=tu)
    own = Client()
    own.force_login(lan.user)
    assert asked(own.get("/du-lieu-cua-toi/"))


def test_taking_the_others_off_opens_nothing_before_she_set_one(phone, lan, tu):
    """Else whoever holds the phone takes him off, looks, and brings him back."""
    household.unlink(user=lan.user, learner=tu)
    for path in GUARDED[:2]:
        assert asked(phone.get(path))
    assert "Đặt mã của riêng bạn" in phone.get("/hoc-tap/").content.decode()
    assert set_own(phone, lan)["Location"] == "/du-lieu-cua-toi/"
    assert phone.get("/du-lieu-cua-toi/").status_code == 200


def test_another_who_left_with_his_record_opens_nothing_either(phone, lan, tu):
    household.leave(user=lan.user, learner=tu, phone="+84987654321", pin="604827")
    assert asked(phone.get("/du-lieu-cua-toi/"))
    lan.user.partings.all().delete()  # 30 days later
    assert phone.get("/du-lieu-cua-toi/").status_code == 200


def test_she_is_asked_to_set_one_where_she_learns(phone, lan):
    assert "Đặt mã của riêng bạn" in phone.get("/hoc-tap/").content.decode()
    set_own(phone, lan)
    assert "Đặt mã của riêng bạn" not in phone.get("/hoc-tap/").content.decode()


# --- Setting it -------------------------------------------------------------------


def test_the_first_one_is_set_with_the_pin_of_the_sign_in(phone, lan):
    assert set_own(phone, lan)["Location"] == "/du-lieu-cua-toi/"
    lan.refresh_from_db()
    assert lan.pin.startswith("pepper_argon2$")
    assert check_password(OWN, lan.pin)
    assert OWN not in lan.pin
    assert phone.get("/du-lieu-cua-toi/").status_code == 200


@pytest.mark.parametrize(
    ("current", "pin", "words"),
    [
        ("111222", OWN, "chưa đúng"),
        (SIGN_IN, SIGN_IN, "cả nhà đều biết"),
        (SIGN_IN, "123456", "quá dễ đoán"),
        (SIGN_IN, "196412", "năm sinh"),
        (SIGN_IN, "", "Hãy chọn mã mới"),
    ],
)
def test_why_none_is_set_is_said(phone, lan, current, pin, words):
    assert words in set_own(phone, lan, current=current, pin=pin).content.decode()
    lan.refresh_from_db()
    assert lan.pin == ""


def test_the_form_does_not_tell_what_the_pin_of_the_sign_in_is(phone, lan):
    """Trying PINs as the new one, without knowing the present one, learns nothing."""
    page = set_own(phone, lan, current="111222", pin=SIGN_IN).content.decode()
    assert "cả nhà đều biết" not in page


@pytest.mark.django_db(transaction=True)
def test_two_tabs_set_one_and_one_stands(lan, rf):
    lan.user.set_password(SIGN_IN)
    lan.user.save()
    make_learner("Nguyễn Văn Tư", user=lan.user)
    pins = ["739164", "604827"]

    def act():
        request = rf.post("/")
        request.user, request.session = lan.user, {}
        mine = Learner.objects.get(pk=lan.pk)
        try:
            own_pin.set_first(request, mine, sign_in_pin=SIGN_IN, pin=pins.pop())
        except own_pin.AlreadySet:
            return "already"
        return "set"

    assert sorted(at_once(2, act)) == ["already", "set"]


# --- Being asked ------------------------------------------------------------------


@pytest.fixture
def locked(phone, lan):
    """Lan has an own PIN; a new session of the household, with Lan chosen."""
    set_own(phone, lan)
    client = Client()
    client.force_login(lan.user)
    choose(client, lan)
    return client


def test_it_opens_and_is_remembered_a_quarter_of_an_hour(locked, lan, monkeypatch):
    assert asked(locked.get("/du-lieu-cua-toi/"))
    assert type_own(locked, lan)["Location"] == "/du-lieu-cua-toi/"
    assert locked.get("/du-lieu-cua-toi/").status_code == 200
    now = time.time()
    monkeypatch.setattr(own_pin.time, "time", lambda: now + 14 * 60)
    assert locked.get("/du-lieu-cua-toi/").status_code == 200
    monkeypatch.setattr(own_pin.time, "time", lambda: now + 16 * 60)
    assert asked(locked.get("/du-lieu-cua-toi/"))
    monkeypatch.setattr(own_pin.time, "time", lambda: now - 60)
    assert asked(locked.get("/du-lieu-cua-toi/"))


def test_a_form_that_comes_too_late_changes_nothing_and_says_so(locked, lan):
    answer = locked.post("/du-lieu-cua-toi/", {"for": str(lan.public_id), "name": "Tên Khác"})
    assert asked(answer)
    assert "Chưa lưu gì cả" in locked.get(answer["Location"]).content.decode()
    lan.refresh_from_db()
    assert lan.name == "Nguyễn Thị Lan"


@pytest.mark.parametrize("pin", ["111222", SIGN_IN, "", "x" * 41])
def test_a_wrong_one_does_not_open(locked, lan, pin):
    assert type_own(locked, lan, pin).status_code == 200
    assert asked(locked.get("/du-lieu-cua-toi/"))


def test_guessing_is_slowed_down(locked, lan):
    for number in range(5):
        page = type_own(locked, lan, f"48{number}913").content.decode()
    assert "chưa đúng" in page
    assert "hãy đợi" in type_own(locked, lan).content.decode().lower()


def test_choosing_another_forgets_it(locked, lan, tu):
    type_own(locked, lan)
    choose(locked, tu)
    choose(locked, lan)
    assert asked(locked.get("/du-lieu-cua-toi/"))


def test_choosing_herself_again_keeps_it(locked, lan):
    type_own(locked, lan)
    choose(locked, lan)
    assert locked.get("/du-lieu-cua-toi/").status_code == 200


def test_one_persons_pin_opens_nothing_of_another(locked, lan, tu, course):
    Learner.objects.filter(pk=tu.pk).update(pin=Learner.objects.get(pk=lan.pk).pin)
    type_own(locked, lan)
    choose(locked, tu)
    assert asked(locked.get("/du-lieu-cua-toi/"))


def test_one_changed_elsewhere_is_asked_anew(locked, phone, lan):
    type_own(locked, lan)
    phone.post(CHANGE, {"for": str(lan.public_id), "current": OWN, "pin": "604827"})
    assert asked(locked.get("/du-lieu-cua-toi/"))
    assert type_own(locked, lan).status_code == 200
    assert type_own(locked, lan, "604827").status_code == 302


@pytest.mark.parametrize(
    ("current", "pin", "words"),
    [("111222", "604827", "chưa đúng"), (OWN, SIGN_IN, "cả nhà đều biết"), (OWN, "111111", "quá dễ đoán")],
)
def test_why_it_is_not_changed_is_said(phone, lan, current, pin, words):
    set_own(phone, lan)
    answer = phone.post(CHANGE, {"for": str(lan.public_id), "current": current, "pin": pin})
    assert words in answer.content.decode()
    lan.refresh_from_db()
    assert check_password(OWN, lan.pin)


def test_the_form_of_another_tab_does_not_ask_the_wrong_person(locked, lan, tu):
    choose(locked, tu)
    assert type_own(locked, lan).status_code == 409


# --- The paper and the final test ---------------------------------------------------


def test_the_full_name_is_shown_after_it(locked, lan, paper):
    url = f"/giay/{paper.serial}/"
    assert "Mở giấy của bạn" in locked.get(url).content.decode()
    type_own(locked, lan)
    assert "Giấy ghi nhận của bạn" in locked.get(url).content.decode()
    assert locked.get(f"{url}giay-ghi-nhan.pdf").status_code == 200


def test_another_person_of_the_phone_sees_what_the_public_sees(locked, tu, paper):
    choose(locked, tu)
    assert "Giấy ghi nhận của bạn" not in locked.get(f"/giay/{paper.serial}/").content.decode()
    assert locked.get(f"/giay/{paper.serial}/giay-ghi-nhan.pdf").status_code == 403


def test_a_final_test_starts_after_it(locked, lan, course):
    other = make_course(code="KNS05")
    path = f"/kiem-tra/{other.slug}/"
    sent = {"for": str(lan.public_id), "action": "start"}
    assert asked(locked.post(path, sent))
    [answer] = post(locked, action(lan, "test_start", other.slug))
    assert (answer["status"], "mã của riêng bạn" in answer["message"]) == ("refused", True)
    assert not lan.attempts.filter(quiz__item__course=other).exists()
    type_own(locked, lan)
    assert locked.post(path, sent)["Location"] == path
    assert lan.attempts.filter(quiz__item__course=other).count() == 1


def test_leaving_with_her_record_needs_it(locked, lan):
    path = f"/ai-dang-hoc/{lan.public_id}/ra-rieng/"
    sent = {"phone": "0987654321", "pin": "604827"}
    assert asked(locked.post(path, sent))
    type_own(locked, lan)
    assert locked.post(path, sent).status_code == 200
    lan.refresh_from_db()
    assert (lan.user.phone, lan.pin) == ("+84987654321", "")


def test_nobody_else_leaves_with_her_record(locked, lan, tu):
    type_own(locked, lan)
    choose(locked, tu)
    answer = locked.post(f"/ai-dang-hoc/{lan.public_id}/ra-rieng/", {"phone": "0987654321", "pin": "604827"})
    assert answer["Location"].startswith("/ai-dang-hoc/?next=")
    lan.refresh_from_db()
    assert lan.user.phone != "+84987654321"


# --- A final test that is open -------------------------------------------------------


@pytest.fixture
def exam(phone, locked, lan):
    """Lan began a test with her own PIN typed, in the session of `phone`; `locked` is the neighbour."""
    attempt = attempts.start(learner=lan, quiz=quiz_of(make_course(code="KNS05")))
    assert phone.get(url_of(attempt)).status_code == 200
    return attempt


def url_of(attempt):
    return f"/kiem-tra/{attempt.quiz.item.course.slug}/"


def sheet(attempt, action="submit"):
    keys = [one.key for one in attempt.questions.all()]
    return {
        "for": str(attempt.learner.public_id), "attempt": attempt.public_id, "uuid": uuid.uuid4(),
        "seq": attempt.seq, "action": action, "confirmed": "1",
    } | {f"q-{key}": ["b"] for key in keys}  # fmt: skip


def queued(learner, attempt, kind):
    question = attempt.questions.first().key
    return action(
        learner, kind, str(attempt.public_id), {"seq": attempt.seq, "question": question, "choices": ["b"]}
    )


def test_a_neighbour_neither_sees_nor_hands_in_her_test(locked, lan, exam):
    path = url_of(exam)
    assert asked(locked.get(path))
    assert asked(locked.post(path, sheet(exam)))
    assert asked(locked.post(path, sheet(exam, "save")))
    for kind in ("test_answer", "test_submit"):
        [answer] = post(locked, queued(lan, exam, kind))
        assert (answer["status"], answer["data"]["code"]) == ("refused", "own_pin")
        assert answer["data"]["url"] == f"{ASK}?next={path.replace('/', '%2F')}"
        assert "mã của riêng bạn" in answer["message"]
    exam.refresh_from_db()
    assert (exam.is_open, exam.seq) == (True, 0)
    attempts.submit(attempt=exam, uuid=uuid.uuid4(), seq=0)
    assert asked(locked.get(f"{path}ket-qua/{exam.public_id}/"))


def test_what_was_chosen_before_the_pin_is_still_there_after_it(locked, lan, exam):
    answer = locked.post(url_of(exam), sheet(exam))
    assert "Các câu bạn chọn vẫn còn" in locked.get(answer["Location"]).content.decode()
    type_own(locked, lan)
    page = locked.get(url_of(exam)).content.decode()
    assert (page.count("checked"), "chưa được lưu" in page) == (10, True)
    assert page.count("data-unsaved") == 10  # the script sends them with the handing in
    exam.refresh_from_db()
    assert exam.seq == 0
    locked.post(url_of(exam), sheet(exam))
    exam.refresh_from_db()
    assert exam.passed
    assert "sheet" not in locked.session


def test_what_was_chosen_after_the_pin_counts_more(locked, lan, exam):
    locked.post(url_of(exam), sheet(exam))
    type_own(locked, lan)
    first, *others = [one.key for one in exam.questions.all()]
    data = {"seq": 0, "question": first, "choices": ["a"]}
    post(locked, action(lan, "test_answer", str(exam.public_id), data))
    shown = {one.key: one for one in locked.get(url_of(exam)).context["questions"]}
    chosen = {key: [choice.id for choice in one.choices if choice.chosen] for key, one in shown.items()}
    assert chosen == {first: ["a"]} | {key: ["b"] for key in others}
    assert [key for key, one in shown.items() if not one.unsaved] == [first]


def test_the_sheet_of_another_attempt_is_not_kept(locked, exam):
    answer = locked.post(url_of(exam), sheet(exam) | {"attempt": uuid.uuid4()})
    assert "cho=1" in answer["Location"]
    assert "sheet" not in locked.session


def test_typed_once_it_lasts_for_the_attempt_and_no_longer(phone, lan, exam, monkeypatch):
    began = time.time()
    minutes = exam.quiz.time_limit_minutes
    monkeypatch.setattr(own_pin.time, "time", lambda: began + (minutes + 1) * 60)
    assert asked(phone.get("/du-lieu-cua-toi/"))
    assert phone.get(url_of(exam)).status_code == 200
    assert [one["status"] for one in post(phone, queued(lan, exam, "test_answer"))] == ["accepted"]
    monkeypatch.setattr(own_pin.time, "time", lambda: began + (minutes + 3) * 60)
    assert asked(phone.get(url_of(exam)))


@pytest.mark.parametrize("queue", [False, True])
def test_the_start_remembers_it_for_the_attempt(locked, lan, monkeypatch, queue):
    path = f"/kiem-tra/{make_course(code='KNS05').slug}/"
    type_own(locked, lan)
    if queue:
        assert post(locked, action(lan, "test_start", "an-toan-kns05"))[0]["status"] == "accepted"
    else:
        locked.post(path, {"for": str(lan.public_id), "action": "start"})
    now = time.time()
    monkeypatch.setattr(own_pin.time, "time", lambda: now + 16 * 60)
    assert locked.get(path).status_code == 200


def test_choosing_another_forgets_the_test_too(phone, lan, tu, exam):
    choose(phone, tu)
    assert post(phone, queued(lan, exam, "test_submit"))[0]["data"]["code"] == "own_pin"
    choose(phone, lan)
    assert asked(phone.get(url_of(exam)))


def test_another_own_pin_is_asked_anew_in_the_test(phone, lan, exam):
    own_pin.replace(lan, make_password("604827"))
    assert asked(phone.get(url_of(exam)))
