"""`/ai-dang-hoc/`: several people on one sign-in, each under her own name."""

import re
import uuid

import pytest

from accounts import household
from accounts.models import Learner
from courses.models import ItemDone
from tests.make import make_learner

from ...lms.queueing import action, post
from ...quizzes.make import make_course
from .parts import ADD, PIN, WHO, choose, new


@pytest.mark.parametrize(
    "path", ["/hoc-tap/", "/du-lieu-cua-toi/", "/dang-ky/them/", "/kiem-tra/an-toan-kns04/"]
)
def test_nothing_of_ones_own_is_shown_before_somebody_says_who_is_learning(phone, path):
    make_course()
    answer = phone.get(path)
    assert answer.status_code == 302
    assert answer["Location"] == f"{WHO}?next={path.replace('/', '%2F')}"


def test_the_chosen_one_is_named_at_the_top(phone, lan, tu):
    assert choose(phone, tu, next="/hoc-tap/")["Location"] == "/hoc-tap/"
    for path in ("/hoc-tap/", "/du-lieu-cua-toi/", WHO):
        assert "Đang học: <strong>Nguyễn Văn Tư</strong>" in phone.get(path).content.decode(), path
    page = phone.get("/hoc-tap/").content.decode()
    assert "Đổi người học" in page
    choose(phone, lan)
    assert "Đang học: <strong>Nguyễn Thị Lan</strong>" in phone.get("/hoc-tap/").content.decode()


def test_a_shared_phone_is_asked_after_sign_in(client, lan, tu):
    lan.user.set_password(PIN)
    lan.user.save()
    sent = {"login": lan.user.phone, "password": PIN, "next": "/kiem-tra/x/"}
    assert client.post("/dang-nhap/", sent)["Location"] == f"{WHO}?next=%2Fkiem-tra%2Fx%2F"
    assert client.get("/api/v1/me/").json()["learner"] is None


def test_one_person_is_not_asked(client, lan):
    client.force_login(lan.user)
    assert client.get("/hoc-tap/").status_code == 200
    assert "Đổi người học" not in client.get("/hoc-tap/").content.decode()
    assert "Thêm người học" in client.get(WHO).content.decode()


def test_a_stranger_cannot_be_chosen(phone, tu):
    stranger = make_learner("Người Lạ")
    assert choose(phone, stranger).status_code == 404
    assert choose(phone, tu).status_code == 302
    assert choose(phone, stranger).status_code == 404
    assert phone.get("/api/v1/me/").json()["name"] == tu.name


def test_nobody_is_sent_to_another_site(phone, tu):
    assert choose(phone, tu, next="https://example.com/")["Location"] == "/hoc-tap/"


def test_staff_without_a_learner_have_nobody_to_choose(client, binh):
    client.force_login(binh)
    assert client.get(WHO)["Location"] == client.get(ADD)["Location"] == "/du-lieu-cua-toi/"


def hidden(client, path):
    page = client.get(path).content.decode()
    names = ("for", "uuid", "attempt", "seq")
    found = {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page) for name in names}
    return {name: match[1] for name, match in found.items() if match}


def test_a_lesson_of_the_other_tab_is_not_recorded_under_the_wrong_name(phone, lan, tu):
    course = make_course()
    path = f"/hoc-tap/{course.slug}/bai-1/xong/"
    choose(phone, lan)
    of_lan = hidden(phone, path)
    choose(phone, tu)
    answer = phone.post(path, of_lan)
    assert answer.status_code == 409
    assert "Bây giờ Nguyễn Văn Tư đang học" in answer.content.decode()
    assert "Trang đó của <strong>Nguyễn Thị Lan</strong>" in answer.content.decode()
    assert not ItemDone.objects.exists()
    choose(phone, lan)
    phone.post(path, of_lan)
    assert [done.learner for done in ItemDone.objects.all()] == [lan]


def test_a_form_that_names_nobody_is_not_recorded_on_a_shared_phone(phone, tu):
    course = make_course()
    choose(phone, tu)
    answer = phone.post(f"/hoc-tap/{course.slug}/bai-1/xong/", {"uuid": str(uuid.uuid4())})
    assert answer.status_code == 409
    assert not ItemDone.objects.exists()


def test_a_test_of_the_other_tab_is_neither_started_nor_handed_in(phone, lan, tu):
    course = make_course()
    path = f"/kiem-tra/{course.slug}/"
    choose(phone, lan)
    of_lan = hidden(phone, path)
    choose(phone, tu)
    assert phone.post(path, of_lan | {"action": "start"}).status_code == 409
    choose(phone, lan)
    assert phone.post(path, of_lan | {"action": "start"}).status_code == 302
    sheet = hidden(phone, path)
    choose(phone, tu)
    assert phone.post(path, sheet | {"action": "submit", "confirmed": "1"}).status_code == 409
    attempt = lan.attempts.get()
    assert attempt.submitted_at is None
    assert not tu.attempts.exists()


def test_corrections_of_the_other_tab_change_nobody(phone, lan, tu):
    choose(phone, lan)
    sent = new(name="Tên Mới", **hidden(phone, "/du-lieu-cua-toi/"))
    choose(phone, tu)
    assert phone.post("/du-lieu-cua-toi/", sent).status_code == 409
    assert phone.post("/dang-ky/them/", {"gender": "male", "for": sent["for"]}).status_code == 409
    assert not Learner.objects.filter(name="Tên Mới").exists()
    tu.refresh_from_db()
    assert tu.gender == "unstated"


def test_queued_actions_go_to_the_one_they_name(phone, lan, tu):
    """Both pages are open; whoever is chosen, each action is that of its page."""
    make_course()
    choose(phone, tu)
    answers = post(phone, action(lan, "lesson_done", "kns04-01"), action(tu, "lesson_done", "kns04-02"))
    assert [answer["status"] for answer in answers] == ["accepted", "accepted"]
    assert set(ItemDone.objects.values_list("learner", "item__key")) == {
        (lan.pk, "kns04-01"),
        (tu.pk, "kns04-02"),
    }


def test_queued_actions_of_one_who_left_are_refused(phone, lan, tu):
    make_course()
    household.unlink(user=lan.user, learner=tu)
    [answer] = post(phone, action(tu, "lesson_done", "kns04-01"))
    assert answer["status"] == "refused"
    assert not ItemDone.objects.exists()


def test_the_state_says_whose_it_is(phone, lan, tu):
    said = phone.get("/api/v1/me/").json()
    assert (said["learner"], said["name"], said["people"], said["choose"]) == (None, "", 2, True)
    choose(phone, tu)
    said = phone.get("/api/v1/me/").json()
    assert (said["learner"], said["name"], said["choose"]) == (str(tu.public_id), tu.name, False)
