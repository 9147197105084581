"""`/ai-dang-hoc/`: several people on one sign-in, each under her own name."""

import datetime

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import timezone

from accounts import acting, coming_back, correcting, erasing, household, requesting, retention, returning
from accounts.household import Full, HouseholdError, LastOne, NotHere
from accounts.models import Identity, Learner, Look, Message, Notice, Parting, User
from tests.make import make_learner
from tests.racing import at_once

from ...lms.queueing import action, post
from ...quizzes.make import make_course
from .parts import PIN, WHO, choose, fill


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
