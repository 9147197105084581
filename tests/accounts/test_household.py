"""`/ai-dang-hoc/`: several people on one sign-in, each under her own name."""

import datetime
import re
import uuid

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import acting, coming_back, correcting, erasing, household, requesting, retention, returning
from accounts.household import Full, HouseholdError, LastOne, NotHere
from accounts.models import HOUSEHOLD, Consent, Identity, Learner, Look, Message, Notice, Parting, User
from courses.models import ItemDone
from ledger.models import Fact
from tests.make import make_learner
from tests.racing import at_once

from ..lms.queueing import action, post
from ..quizzes.make import make_course

WHO, ADD = "/ai-dang-hoc/", "/ai-dang-hoc/them/"
PIN = "482951"


@pytest.fixture
def tu(lan):
    """Lan's husband, on the same phone."""
    return make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)


@pytest.fixture
def phone(client, lan, tu):
    """The browser of the phone they share; nobody said yet who is learning."""
    lan.user.set_password(PIN)
    lan.user.save()
    client.force_login(lan.user)
    return client


def choose(client, learner, **more):
    return client.post(WHO, {"learner": str(learner.public_id), **more})


def new(**changed):
    return {
        "uuid": str(uuid.uuid4()),
        "name": "Trần Thị Hoa",
        "birth_year": "1990",
        "group": "citizen",
        "commune": "Xã Phú Thái",
        "commune_code": "10750",
        "commune_for": "Xã Phú Thái",
        "picture": "boat",
        "colour": "plum",
        "consent": "on",
    } | changed


def fill(user, upto=HOUSEHOLD):
    while user.learners.count() < upto:
        make_learner(f"Người {user.learners.count()}", user=user)


# --- Choosing ------------------------------------------------------------------


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


# --- Two tabs with two people: nothing under the wrong name -----------------------


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


# --- Adding ----------------------------------------------------------------------


def test_a_person_is_added_with_her_consent(phone, lan):
    assert phone.post(ADD, new())["Location"] == WHO
    hoa = Learner.objects.get(name="Trần Thị Hoa")
    assert (hoa.user, hoa.seat, hoa.commune, hoa.colour, hoa.picture) == (
        lan.user, 3, lan.commune, "plum", "boat"
    )  # fmt: skip
    assert Consent.objects.get(learner=hoa).purpose == "learning"
    assert Fact.objects.filter(person=hoa.pk).count() == 1


def test_the_form_knows_the_commune_and_offers_a_free_picture(phone):
    page = phone.get(ADD).content.decode()
    assert 'value="Xã Phú Thái"' in page
    assert re.search(r'value="flower"[^>]*checked', page)
    assert re.search(r'value="lamp"[^>]*id_colour[^>]*checked', page)


def test_adding_twice_by_a_double_press_is_one_person(phone, lan):
    sent = new()
    assert [phone.post(ADD, sent).status_code for _ in range(2)] == [302, 302]
    assert lan.user.learners.count() == 3


def test_adding_under_the_uuid_of_a_stranger_changes_nothing(phone, lan):
    stranger = make_learner("Người Lạ")
    assert phone.post(ADD, new(uuid=str(stranger.public_id))).status_code == 409
    stranger.refresh_from_db()
    assert (stranger.name, lan.user.learners.count()) == ("Người Lạ", 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"consent": ""}, "Cần người này đồng ý"),
        ({"name": ""}, "Hãy ghi"),
        ({"name": "nguyen thi lan"}, "đã có người tên như vậy"),
        ({"colour": "black"}, "màu"),
        ({"birth_year": str(timezone.localdate().year - 10)}, "cha, mẹ hoặc người giám hộ"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(phone, lan, changed, words):
    answer = phone.post(ADD, new(**changed))
    assert answer.status_code == 200
    assert words.lower() in answer.content.decode().lower()
    assert lan.user.learners.count() == 2


def test_a_child_is_added_with_a_guardian(phone):
    year = str(timezone.localdate().year - 10)
    sent = new(birth_year=year, guardian_name="Nguyễn Thị Lan", guardian_consent="on")
    assert phone.post(ADD, sent).status_code == 302
    assert Consent.objects.get(learner__name="Trần Thị Hoa").guardian_name == "Nguyễn Thị Lan"


def test_a_ninth_person_finds_no_seat(phone, lan):
    fill(lan.user)
    assert "đủ 8 người" in phone.get(ADD).content.decode()
    answer = phone.post(ADD, new())
    assert answer.status_code == 409
    assert "Máy này đã đủ 8 người học" in answer.content.decode()
    assert lan.user.learners.count() == HOUSEHOLD


def test_nobody_adds_people_all_day(phone, lan, tu, monkeypatch):
    monkeypatch.setattr(household, "ADDED_A_DAY", 4)  # Lan and Tư signed up today too
    for name in ("Một", "Hai"):
        phone.post(ADD, new(name=f"Người {name}"))
        household.unlink(user=lan.user, learner=Learner.objects.get(name=f"Người {name}"))
    answer = phone.post(ADD, new(name="Người Ba"))
    assert (answer.status_code, "Hãy thêm tiếp vào ngày mai" in answer.content.decode()) == (409, True)
    Learner.objects.update(created_at=timezone.now() - datetime.timedelta(days=2))
    monkeypatch.setattr(household, "ADDED_A_DAY", 1)
    sent = new(name="Người Ba")
    assert [phone.post(ADD, sent).status_code for _ in range(2)] == [302, 302]


def test_the_database_knows_eight_seats_and_each_once(lan):
    for seat in (0, 9, 1):
        other = make_learner("Khác", with_user=False)
        with pytest.raises(IntegrityError), transaction.atomic():
            Learner.objects.filter(pk=other.pk).update(user=lan.user, seat=seat)


def arguments(lan, name):
    return {
        "user": lan.user, "uuid": uuid.uuid4(), "name": name, "birth_year": 1990, "group": "citizen",
        "commune": lan.commune, "colour": "sea", "picture": "fish",
    }  # fmt: skip


def adding(lan, **given):
    def act():
        try:
            return household.add(**(arguments(lan, "Người Thứ Tám") | given)).seat
        except Full:
            return "full"

    return act


@pytest.mark.django_db(transaction=True)
def test_two_tabs_add_the_eighth_at_once(lan):
    fill(lan.user, HOUSEHOLD - 1)
    assert sorted(map(str, at_once(6, adding(lan)))) == ["8"] + ["full"] * 5
    assert lan.user.learners.count() == HOUSEHOLD


@pytest.mark.django_db(transaction=True)
def test_the_same_press_many_times_at_once_is_one_person(lan):
    assert at_once(6, adding(lan, uuid=uuid.uuid4())) == [2] * 6
    assert Consent.objects.count() == 1


# --- Looks -----------------------------------------------------------------------


def test_colour_and_picture_can_be_changed(phone, tu):
    path = f"{WHO}{tu.public_id}/"
    assert phone.post(path, {"colour": "leaf", "picture": "drum"})["Location"] == WHO
    tu.refresh_from_db()
    assert (tu.colour, tu.picture) == ("leaf", "drum")
    assert phone.post(path, {"colour": "leaf", "picture": "cat"}).status_code == 200


@pytest.mark.parametrize("end", ["", "roi-may/", "ra-rieng/"])
def test_a_strangers_pages_look_like_none(phone, end):
    stranger = make_learner("Người Lạ")
    for one in (stranger.public_id, uuid.uuid4()):
        assert phone.get(f"{WHO}{one}/{end}").status_code == 404
        assert phone.post(f"{WHO}{one}/{end}").status_code == 404


# --- Off this phone, and back ------------------------------------------------------


def test_taking_off_unlinks_and_keeps_everything(phone, lan, tu):
    choose(phone, tu)
    assert "rời máy này" in phone.get(f"{WHO}{tu.public_id}/roi-may/").content.decode()
    assert phone.post(f"{WHO}{tu.public_id}/roi-may/", {"current": PIN})["Location"] == WHO
    tu.refresh_from_db()
    assert (tu.user, tu.seat, tu.name) == (None, None, "Nguyễn Văn Tư")
    assert "rời máy học chung" in Notice.objects.get(learner=tu).text
    assert phone.get("/api/v1/me/").json()["name"] == lan.name


@pytest.mark.parametrize("sent", [{}, {"current": "739164"}])
def test_a_phone_left_lying_takes_nobody_off(phone, lan, tu, sent):
    answer = phone.post(f"{WHO}{tu.public_id}/roi-may/", sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    tu.refresh_from_db()
    assert (tu.user, Notice.objects.filter(learner=tu).count()) == (lan.user, 0)


def test_who_was_taken_off_reads_it_when_he_comes_back(phone, lan, tu, chi):
    """By a number of his own, with an official's help; nobody read it meanwhile."""
    phone.post(f"{WHO}{tu.public_id}/roi-may/", {"current": PIN})
    assert "rời máy học chung" not in phone.get("/du-lieu-cua-toi/").content.decode()
    tu.refresh_from_db()
    number = "+84987654321"
    code = coming_back.vouch(by=chi, learner=tu, kind="alone", reason="Đến Ủy ban", phone=number)
    his = Client()
    his.post("/quen-ma/ma/", {"phone": number, "code": code})
    his.post("/quen-ma/ma-moi/", {"pin": "604827"})
    html = his.get("/du-lieu-cua-toi/").content.decode()
    assert "rời máy học chung (số 09" in html
    assert "biết mã đăng nhập của máy" in html


def test_taking_off_is_undone(phone, lan, tu):
    phone.post(f"{WHO}{tu.public_id}/roi-may/", {"current": PIN})
    assert "Đưa trở lại" in phone.get(WHO).content.decode()
    for _ in range(2):
        phone.post(f"{WHO}{tu.public_id}/tro-lai/")
    tu.refresh_from_db()
    assert (tu.user, tu.seat) == (lan.user, 2)
    assert "Đưa trở lại" not in phone.get(WHO).content.decode()


def test_a_stranger_cannot_bring_her_to_his_phone(phone, lan, tu):
    phone.post(f"{WHO}{tu.public_id}/roi-may/", {"current": PIN})
    other = Client()
    stranger = make_learner("Người Lạ")
    other.force_login(stranger.user)
    assert other.post(f"{WHO}{tu.public_id}/tro-lai/").status_code == 404
    tu.refresh_from_db()
    assert tu.user is None


def test_the_last_one_stays(phone, lan, tu):
    household.unlink(user=lan.user, learner=tu)
    answer = phone.post(f"{WHO}{lan.public_id}/roi-may/", {"current": PIN})
    assert answer.status_code == 409
    assert "người duy nhất" in answer.content.decode()
    with pytest.raises(NotHere):
        household.unlink(user=lan.user, learner=tu)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_do_not_take_off_the_last_two(lan):
    tu = make_learner("Nguyễn Văn Tư", user=lan.user)
    people = [lan, tu]

    def act():
        try:
            household.unlink(user=lan.user, learner=people.pop())
        except LastOne:
            return "last"
        return "off"

    assert sorted(at_once(2, act)) == ["last", "off"]


def test_after_thirty_days_nobody_brings_her_back(phone, lan, tu):
    household.unlink(user=lan.user, learner=tu)
    Parting.objects.update(left_at=timezone.now() - datetime.timedelta(days=31))
    assert "Đưa trở lại" not in phone.get(WHO).content.decode()
    with pytest.raises(NotHere):
        household.bring_back(user=lan.user, learner=tu)
    assert retention.run()["partings"] == 1


def test_there_is_no_way_back_into_a_full_house(lan, tu):
    household.unlink(user=lan.user, learner=tu)
    fill(lan.user)
    with pytest.raises(Full):
        household.bring_back(user=lan.user, learner=tu)
    assert Parting.objects.get().ended_at is None


# --- Leaving with one's record -------------------------------------------------------


def leaving(**changed):
    return {"phone": "0987 654 321", "pin": PIN, "current": "739164"} | changed


@pytest.fixture
def his(phone, lan, tu):
    """The shared phone with Tư learning; its PIN is 739164."""
    lan.user.set_password("739164")
    lan.user.save()
    phone.force_login(lan.user)
    choose(phone, tu)
    return phone


def test_she_leaves_with_her_record(his, phone, lan, tu):
    make_course()
    post(phone, action(tu, "lesson_done", "kns04-01"))
    answer = phone.post(f"{WHO}{tu.public_id}/ra-rieng/", leaving())
    assert "0987 654 321" in answer.content.decode()
    tu.refresh_from_db()
    assert (tu.user.phone, tu.seat) == ("+84987654321", 1)
    own = Client()
    own.post("/dang-nhap/", {"login": "0987654321", "password": PIN})
    assert own.get("/api/v1/me/").json()["courses"][0]["done"] == ["kns04-01"]
    assert phone.get("/api/v1/me/").json()["learner"] == str(lan.public_id)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"phone": "taken"}, "Số này đã có người dùng"),
        ({"phone": "12"}, "Số điện thoại"),
        ({"pin": "123456"}, "quá dễ đoán"),
        ({"pin": "196400"}, "năm sinh"),
        ({"current": "111222"}, "chưa đúng"),
        ({"current": ""}, "Hãy gõ mã đăng nhập"),
    ],
)
def test_why_she_cannot_leave_is_said(his, phone, lan, tu, changed, words):
    if changed.get("phone") == "taken":
        changed = {"phone": make_learner("Người Lạ").user.phone}
    before = User.objects.count()
    answer = phone.post(f"{WHO}{tu.public_id}/ra-rieng/", leaving(**changed))
    assert words in answer.content.decode()
    tu.refresh_from_db()
    assert (tu.user, User.objects.count()) == (lan.user, before)


def test_nobody_leaves_with_the_record_of_another(his, lan, tu):
    choose(his, lan)
    path = f"{WHO}{tu.public_id}/ra-rieng/"
    for answer in (his.get(path), his.post(path, leaving())):
        assert answer["Location"].startswith(f"{WHO}?next=")
    tu.refresh_from_db()
    assert tu.user == lan.user


def test_she_and_the_household_hear_of_it_and_the_text_names_nobody(his, lan, tu, settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}
    his.post(f"{WHO}{tu.public_id}/ra-rieng/", leaving())
    assert "0987 ••• 321" in Notice.objects.get(learner=tu).text
    assert "Nguyễn Văn Tư đã ra học riêng" in Notice.objects.get(user=lan.user).text
    assert "Tu" not in Message.objects.get(to=lan.user.phone).text.replace("Tư", "Tu")


@pytest.fixture
def left(his, lan, tu):
    """Tư left; his own phone."""
    Learner.objects.filter(pk=tu.pk).update(pin="kept as it was")
    tu.refresh_from_db()
    household.leave(user=lan.user, learner=tu, phone="+84987654321", pin=PIN)
    tu.refresh_from_db()
    own = Client()
    own.force_login(tu.user)
    return own


BACK = "/ai-dang-hoc/ve-may-cu/"


def test_she_goes_back_within_a_week_with_her_own_pin(left, lan, tu):
    assert BACK in left.get(WHO).content.decode()
    assert "Trở về học trên máy cũ?" in left.get(BACK).content.decode()
    left.post(BACK, {"for": str(tu.public_id)})
    tu.refresh_from_db()
    assert (tu.user, tu.seat, tu.pin) == (lan.user, 2, "kept as it was")
    assert not User.objects.filter(phone="+84987654321").exists()
    assert left.get("/api/v1/me/").status_code in {200, 401}
    assert not Parting.objects.exclude(pin="").exists()
    with pytest.raises(returning.CannotReturn):
        returning.go_back(learner=tu)


def test_after_a_week_there_is_no_way_back(left, lan, tu):
    Parting.objects.update(left_at=timezone.now() - datetime.timedelta(days=8))
    assert left.get(BACK)["Location"] == WHO
    assert BACK not in left.get(WHO).content.decode()
    with pytest.raises(returning.CannotReturn):
        returning.go_back(learner=tu)


def test_the_household_does_not_take_her_back_itself(left, phone, lan, tu):
    """Only who left, or an official: whoever holds the old phone may be whom she fled."""
    assert phone.post(f"{WHO}{tu.public_id}/tro-lai/").status_code == 302
    assert "Đưa trở lại" not in phone.get(WHO).content.decode()
    tu.refresh_from_db()
    assert tu.user.phone == "+84987654321"


def test_into_a_full_house_she_does_not_come_back(left, lan, tu):
    fill(lan.user)
    assert "đủ 8 người" in left.post(BACK, {"for": str(tu.public_id)}).content.decode()
    tu.refresh_from_db()
    assert (tu.user.phone, Parting.objects.filter(ended_at=None).count()) == ("+84987654321", 1)


def test_whoever_learns_on_the_new_number_too_keeps_it(left, lan, tu):
    make_learner("Con Gái", user=tu.user)
    returning.go_back(learner=tu)
    assert User.objects.filter(phone="+84987654321").exists()


def test_an_official_brings_her_home(left, lan, tu, chi, sau):
    path = f"/quan-ly/giup-vao-lai/{tu.public_id}/dua-ve/"
    desk = Client()
    desk.force_login(chi)
    assert path in desk.get(path.removesuffix("dua-ve/")).content.decode()
    assert "Hãy ghi lý do" in desk.post(path, {"reason": ""}).content.decode()
    assert desk.post(path, {"reason": "Cháu lấy hồ sơ của ông"}).status_code == 302
    tu.refresh_from_db()
    assert tu.user == lan.user
    assert "Cháu lấy hồ sơ" in Notice.objects.filter(learner=tu).first().text
    assert Look.objects.filter(learner=tu, by=chi, screen="Đưa về máy cũ").exists()
    assert "không vừa ra học riêng" in desk.get(path).content.decode()
    with pytest.raises(coming_back.Refused):
        returning.bring_home(by=sau, learner=tu, reason="Không được")


def test_the_only_one_does_not_leave(lan):
    with pytest.raises(LastOne):
        household.leave(user=lan.user, learner=lan, phone="+84987654321", pin=PIN)
    assert not User.objects.filter(phone="+84987654321").exists()


def test_who_left_does_not_leave_again(lan, tu):
    household.leave(user=lan.user, learner=tu, phone="+84987654321", pin=PIN)
    make_learner("Thứ Ba", user=lan.user)
    with pytest.raises(HouseholdError):
        household.leave(user=lan.user, learner=tu, phone="+84987654322", pin=PIN)


def test_going_back_says_what_ends(phone, lan, tu):
    """Before it is done on the page, and afterwards in a notice of hers."""
    own = household.leave(user=lan.user, learner=tu, phone="+84987654321", pin="604827")
    his = Client()
    his.force_login(own)
    html = his.get("/ai-dang-hoc/ve-may-cu/").content.decode()
    assert "không đăng nhập được nữa" in html
    assert "bỏ nối" not in html
    account = SocialAccount.objects.create(user=own, provider="state", uid="x")
    Identity.objects.create(account=account, learner=tu)
    assert "bỏ nối" in his.get("/ai-dang-hoc/ve-may-cu/").content.decode()
    tu.refresh_from_db()
    returning.go_back(learner=tu)
    said = "\n".join(Notice.objects.filter(learner=tu).values_list("text", flat=True))
    assert "Số riêng 0987 ••• 321 không đăng nhập được nữa" in said


@pytest.mark.parametrize("late", ["correct", "name_person"])
def test_a_write_about_somebody_just_erased_is_refused(lan, chi, late):
    """Not a server error: her row is held first, and it is gone."""
    about = make_learner("Đỗ Thị Mận", commune=lan.commune)
    asked = requesting.ask(learner=lan, kind="other", text="x", relation="parent", about_name="Mận")
    erasing.erase(learner=Learner.objects.get(pk=about.pk), by=chi, reason="asked")
    if late == "name_person":
        with pytest.raises(requesting.Closed):
            requesting.name_person(request=asked, by=chi, learner=about)
    else:
        fields = {"neighbourhood": "", "birth_year": 1960, "group": "citizen", "gender": ""}
        with pytest.raises(acting.Gone):
            correcting.correct(learner=about, name="Mận", commune=about.commune, **fields)
