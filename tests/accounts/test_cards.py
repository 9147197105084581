"""Learner cards: two hours, learning only; the old one dies with the new one."""

import datetime
import subprocess
import uuid

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import cards, retention, trust
from accounts.models import Alarm, Card, CardPrint, CardUse, DeviceUse, Look, Notice
from tests.make import make_learner, make_role

from ..quizzes.make import make_course

PIN = "482951"


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    return lan


@pytest.fixture
def card(lan):
    return cards.card_of(lan, by=None)


def token(card):
    return cards.address(card).split("#")[1]


@pytest.fixture
def by_card(card):
    client = Client()
    answer = client.post("/the/vao/", {"token": token(card)})
    assert answer["Location"] == "/hoc-tap/"
    return client


def shown(pdf, tmp_path, text=True):
    path = tmp_path / "the.pdf"
    path.write_bytes(pdf)
    if text:
        return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True).stdout
    subprocess.run(["pdftoppm", "-r", "200", "-png", path, tmp_path / "the"], check=True)
    return scanned(*sorted(tmp_path.glob("the*.png")))


def scanned(*pictures):
    """Set of what the QR codes on them say."""
    run = subprocess.run(["zbarimg", "-q", "--raw", *pictures], capture_output=True, text=True)
    return set(run.stdout.split())


# --- signing in -----------------------------------------------------------------


def test_a_scanned_card_asks_and_lets_in(card, lan):
    client = Client()
    asked = client.post("/the/", {"token": token(card)}).content.decode()
    assert "Bạn là Lan N.?" in asked
    assert "Nguyễn" not in asked
    assert "_auth_user_id" not in client.session
    client.post("/the/vao/", {"token": token(card)})
    assert client.session["_auth_user_id"] == str(lan.user.pk)
    assert client.get("/hoc-tap/").status_code == 200
    card.refresh_from_db()
    assert card.last_used_at


@pytest.mark.parametrize("spelling", ["{}", "{0}".replace("{0}", "  {} "), "thẻ số {}"])
def test_a_typed_number_does_the_same(card, spelling):
    client, number = Client(), spelling.format(cards.grouped(cards.number(card)))
    assert "Bạn là Lan N.?" in client.post("/the/", {"number": number}).content.decode()
    assert client.post("/the/vao/", {"number": number}).status_code == 302


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("", "Hãy gõ số thẻ"),
        ("1234", "bạn mới gõ 4"),
        ("1" * 17, "bạn mới gõ 17"),
        ("4111 1111 1111 1112", "gõ nhầm"),
        ("4111 1111 1111 1111", "không dùng được"),
        ("٤١١١١١١١١١١١١١١١", "bạn mới gõ 0"),
    ],
)
def test_a_wrong_number_is_explained(card, number, says):
    answer = Client().post("/the/", {"number": number})
    assert answer.status_code == 200
    assert says in answer.content.decode()


def test_a_made_up_token_opens_nothing(card):
    from accounts import tokens

    for made_up in (
        "x",
        "A" * 43,
        tokens.seal("card", uuid.uuid4()),
        tokens.seal("invitation", card.reference),
    ):
        client = Client()
        assert "không dùng được" in client.post("/the/vao/", {"token": made_up}).content.decode()
        assert "_auth_user_id" not in client.session


def test_nothing_in_the_database_is_the_card(card):
    number = cards.number(card)
    said = " ".join(str(value) for value in vars(card).values())
    assert token(card) not in said
    assert number not in said


def test_two_hours_and_no_longer(by_card):
    session = Session.objects.get(pk=by_card.session.session_key)
    left = session.expire_date - timezone.now()
    assert datetime.timedelta(minutes=118) < left <= datetime.timedelta(hours=2)
    key = by_card.session.session_key
    by_card.get("/hoc-tap/")
    assert Session.objects.get(pk=key).expire_date == session.expire_date
    assert "hvs_device" not in by_card.cookies


@pytest.mark.parametrize(
    "path",
    [
        "/kiem-tra/an-toan-kns04/",
        "/du-lieu-cua-toi/",
        "/du-lieu-cua-toi/ma/",
        "/du-lieu-cua-toi/the/",
        "/dang-ky/them/",
        "/ai-dang-hoc/",
    ],
)
def test_what_is_hers_alone_asks_for_the_pin(by_card, path):
    for ask in (by_card.get, by_card.post):
        answer = ask(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/the/can-ma/?next=")


def test_with_the_pin_she_is_wholly_in(by_card, lan):
    wrong = by_card.post("/the/can-ma/", {"pin": "111222", "next": "/du-lieu-cua-toi/"})
    assert "chưa đúng" in wrong.content.decode()
    assert by_card.get("/du-lieu-cua-toi/").status_code == 302
    right = by_card.post("/the/can-ma/", {"pin": PIN, "next": "/du-lieu-cua-toi/"})
    assert right["Location"] == "/du-lieu-cua-toi/"
    assert by_card.get("/du-lieu-cua-toi/").status_code == 200
    assert by_card.session.get_expiry_age() > 24 * 3600


def test_signing_in_at_the_door_ends_the_limits_too(by_card, lan):
    by_card.post("/dang-nhap/", {"login": lan.user.phone, "password": PIN})
    assert by_card.get("/du-lieu-cua-toi/").status_code == 200


def test_a_hall_phone_forgets_whoever_came_by_card(by_card, lan):
    assert "checked" in by_card.get("/the/can-ma/").content.decode()
    by_card.post("/the/can-ma/", {"pin": PIN, "borrowed": "on"})
    assert by_card.session.get_expire_at_browser_close()
    assert not DeviceUse.objects.exists()
    assert by_card.post("/dang-xuat/")["Clear-Site-Data"] == '"cache"'


def test_the_end_of_a_card_session_leaves_nothing(by_card):
    assert by_card.post("/dang-xuat/")["Clear-Site-Data"] == '"cache"'


def test_the_final_test_is_refused_in_the_queue(by_card, lan):
    import json

    course = make_course()
    sent = [
        {"uuid": str(uuid.uuid4()), "learner": str(lan.public_id), "kind": kind, "subject": subject}
        for kind, subject in (("test_start", course.slug), ("lesson_done", "kns04-01"))
    ]
    answers = by_card.post("/api/v1/queue/", json.dumps(sent), "application/json").json()
    assert [one["status"] for one in answers] == ["refused", "accepted"]
    assert "mã 6 số" in answers[0]["message"]
    assert not lan.attempts.exists()


def test_another_of_the_phone_does_not_exist_by_card(by_card, lan):
    import json

    make_course()
    binh = make_learner("Trần Văn Bé", user=lan.user)
    sent = [
        {
            "uuid": str(uuid.uuid4()),
            "learner": str(binh.public_id),
            "kind": "lesson_done",
            "subject": "kns04-01",
        }
    ]
    [answer] = by_card.post("/api/v1/queue/", json.dumps(sent), "application/json").json()
    assert (answer["status"], "Không tìm thấy người học này" in answer["message"]) == ("refused", True)
    assert "Nguyễn Thị Lan" in by_card.get("/hoc-tap/").content.decode()


def test_a_paper_shows_what_anybody_sees(by_card, lan):
    from tests.certificates.make import make_paper

    lan.birth_year = timezone.localdate().year - 12  # the public page then says initials
    lan.save()
    paper = make_paper(lan, make_course())
    assert by_card.get(f"/giay/{paper.serial}/").content.decode().count("Nguyễn Thị Lan") == 0
    assert "/the/can-ma/" in by_card.get(f"/giay/{paper.serial}/giay-ghi-nhan.pdf")["Location"]


def test_who_leaves_the_phone_is_out(by_card, lan):
    type(lan).objects.filter(pk=lan.pk).update(user=None, seat=None)
    make_learner("Người Ở Lại", user=lan.user)
    html = by_card.get("/hoc-tap/").content.decode()
    assert "Người Ở Lại" not in html
    assert "_auth_user_id" not in by_card.session


def test_whoever_was_in_is_out(card, chi):
    client = Client()
    client.force_login(chi)
    assert "có người khác đăng nhập" in client.post("/the/", {"token": token(card)}).content.decode()
    client.post("/the/vao/", {"token": token(card)})
    assert client.session["_auth_user_id"] == str(card.learner.user_id)


def test_staff_have_no_card(chi, phu_thai):
    officer = make_learner("Phạm Thị Chi", user=chi, commune=phu_thai)
    with pytest.raises(cards.CannotHave):
        cards.card_of(officer, by=None)


def test_who_becomes_staff_is_not_let_in_by_it(card, lan):
    lan.user.is_staff = True
    lan.user.save()
    assert "không dùng được" in Client().post("/the/vao/", {"token": token(card)}).content.decode()


def test_public_pages_stay_the_same_for_everyone(by_card):
    assert "Cookie" not in by_card.get("/thong-ke/").get("Vary", "")


# --- replacing ------------------------------------------------------------------


def test_a_new_card_kills_the_old_one_and_its_sessions(by_card, card, lan):
    new = cards.replace(lan, by=None)
    assert by_card.get("/hoc-tap/").content.decode().count("Nguyễn Thị Lan") == 0
    assert "_auth_user_id" not in by_card.session
    for old in ({"token": token(card)}, {"number": cards.number(card)}):
        assert "không dùng được" in Client().post("/the/vao/", old).content.decode()
    assert Client().post("/the/vao/", {"token": token(new)}).status_code == 302
    assert (token(new) != token(card), cards.number(new) != cards.number(card)) == (True, True)


def test_her_own_sign_in_stays(card, lan):
    client = Client()
    client.force_login(lan.user)
    cards.replace(lan, by=None)
    assert client.get("/du-lieu-cua-toi/").status_code == 200


def test_uses_are_forgotten(by_card):
    CardUse.objects.update(at=timezone.now() - datetime.timedelta(days=2))
    assert retention.run()["card_uses"] == 1


# --- guessing -------------------------------------------------------------------


def guess(n):
    body = f"{n:015d}"
    return body + str(-cards._luhn(body + "0") % 10)


def test_guessing_is_stopped_and_alarmed_while_a_hall_comes_in(db, phu_thai):
    hall = [cards.card_of(make_learner(commune=phu_thai), by=None) for _ in range(3)]
    client = Client(REMOTE_ADDR="203.0.113.9")
    found = [client.post("/the/", {"number": guess(n)}).status_code for n in range(103)]
    assert found[99:] == [200, 429, 429, 429]
    assert Alarm.objects.get(kind="cards").raised_at
    for card in hall:
        assert Client(REMOTE_ADDR="203.0.113.10").post("/the/vao/", {"token": token(card)}).status_code == 302


def test_a_slip_is_no_guess(card):
    client = Client()
    for _ in range(120):
        client.post("/the/", {"number": "4111 1111 1111 1112"})
    assert client.post("/the/", {"token": token(card)}).status_code == 200


def test_numbers_check_themselves():
    assert cards._luhn("4111111111111111") == 0
    assert cards._luhn("4111111111111112") != 0


# --- made by herself, and for others ----------------------------------------------


@pytest.fixture
def lan_in(lan):
    client = Client()
    client.force_login(lan.user)
    return client


def test_she_makes_her_own(lan_in, lan, tmp_path):
    assert lan_in.get("/du-lieu-cua-toi/the/the-hoc.png").status_code == 404
    assert "Làm thẻ học" in lan_in.get("/du-lieu-cua-toi/the/").content.decode()
    lan_in.post("/du-lieu-cua-toi/the/")
    card = Card.objects.get(learner=lan)
    assert cards.grouped(cards.number(card)) in lan_in.get("/du-lieu-cua-toi/the/").content.decode()
    picture = lan_in.get("/du-lieu-cua-toi/the/the-hoc.png")
    (tmp_path / "a.png").write_bytes(picture.content)
    assert picture["Content-Type"] == "image/png"
    assert scanned(tmp_path / "a.png") == {cards.address(card)}
    pdf = lan_in.get("/du-lieu-cua-toi/the/the-hoc.pdf").content
    assert shown(pdf, tmp_path, text=False) == {cards.address(card)}
    lan_in.post("/du-lieu-cua-toi/the/", {"moi": "1"})  # not marked that she is sure
    assert Card.objects.filter(learner=lan, ended_at=None).get() == card
    lan_in.post("/du-lieu-cua-toi/the/", {"moi": "1", "chac": "on"})
    card.refresh_from_db()
    assert card.ended_at


LONG = "Nguyễn Phước Công Tằng Tôn Nữ Thị Huyền Trân Ngọc Bảo Khuê A"


@pytest.fixture
def class_of(monkeypatch):
    """What the room of classes will register: who is on whose roster in an open session."""

    def registered(trainer, *learners):
        monkeypatch.setattr(trust, "_rooms", {})
        monkeypatch.setattr(trust, "_rosters", {})
        there = [one.pk for one in learners]
        trust.register(
            "classes",
            lambda user, learner: user == trainer and learner.pk in there,
            roster=lambda user: [*there, 1_000_000],
        )

    return registered


def test_a_trainer_prints_for_her_open_class_and_for_nobody_else(binh, chi, lan, class_of):
    hoa = make_learner("Trần Thị Hoa", commune=lan.commune)
    client = Client()
    client.force_login(binh)
    assert "Chưa có ai để in thẻ" in client.get("/quan-ly/the/").content.decode()
    assert client.post("/quan-ly/the/in/", {"nguoi": [lan.pk]}).status_code == 302
    assert client.post(f"/quan-ly/the/{lan.pk}/thay/").status_code == 404
    assert not Card.objects.exists()
    class_of(binh, lan)
    page = client.get("/quan-ly/the/").content.decode()
    assert (lan.name in page, hoa.name in page) == (True, False)
    assert client.post("/quan-ly/the/in/", {"nguoi": [lan.pk, hoa.pk]}).status_code == 200
    assert client.post(f"/quan-ly/the/{lan.pk}/thay/").status_code == 302
    assert {card.learner for card in Card.objects.all()} == {lan}
    assert Look.objects.filter(learner=lan, by=binh, screen="In thẻ học").exists()
    new, printed = [notice.text for notice in Notice.objects.filter(learner=lan)]
    assert ("đã làm thẻ học mới" in new, "đã in thẻ học của bạn" in printed) == (True, True)
    class_of(chi, lan)
    assert client.post("/quan-ly/the/in/", {"nguoi": [lan.pk]}).status_code == 302


def test_of_one_card_she_is_told_once_a_day_by_each(chi, quan_tri, lan, hai_phong):
    make_role(quan_tri, "official_manage", hai_phong)
    for by in (chi, chi, chi, quan_tri):
        cards.to_print([lan], by=by)
    assert CardPrint.objects.count() == 4
    told = Notice.objects.filter(learner=lan, text__contains="đã in thẻ học")
    assert [notice.text.split(" đã in")[0] for notice in told.order_by("pk")] == [chi.name, quan_tri.name]
    CardPrint.objects.update(at=timezone.now() - datetime.timedelta(days=1))
    cards.to_print([lan], by=chi)
    cards.replace(lan, by=chi)
    cards.to_print([lan], by=chi)
    assert told.count() == 4


def test_nine_cards_are_two_sheets_with_names_and_codes(chi, phu_thai, tmp_path):
    assert len(LONG) == 60
    names = [LONG, "Ưng Hoàng Phúc", *[f"Đỗ Thị Hường {c}" for c in "ABCDEFG"]]
    people = [make_learner(name, commune=phu_thai) for name in names]
    client = Client()
    client.force_login(chi)
    answer = client.post("/quan-ly/the/in/", {"nguoi": [one.pk for one in people]})
    assert answer["Content-Type"] == "application/pdf"
    text = shown(answer.content, tmp_path)
    assert text.count("\f") == 2
    words = text.split()
    assert all(word in words for name in names for word in name.split())
    assert shown(answer.content, tmp_path, text=False) == {cards.address(card) for card in Card.objects.all()}
    assert CardPrint.objects.filter(by=chi).count() == 9
    client.post("/quan-ly/the/in/", {"nguoi": [people[0].pk]})
    assert Card.objects.count() == 9


def test_only_people_of_her_place(sau, lan):
    client = Client()
    client.force_login(sau)
    assert lan.name not in client.get("/quan-ly/the/").content.decode()
    assert client.post("/quan-ly/the/in/", {"nguoi": [lan.pk]}).status_code == 302
    assert client.post(f"/quan-ly/the/{lan.pk}/thay/").status_code == 404
    assert not Card.objects.exists()


def test_a_lost_card_is_replaced_by_staff(chi, card, lan):
    client = Client()
    client.force_login(chi)
    url = f"/quan-ly/the/{lan.pk}/thay/"
    assert "Làm thẻ mới cho Nguyễn Thị Lan?" in client.get(url).content.decode()
    client.post(url)
    card.refresh_from_db()
    assert card.ended_by == chi
    assert Card.objects.get(learner=lan, ended_at=None).made_by == chi


def test_the_list_is_searched_without_marks(chi, lan, phu_thai):
    make_learner("Trần Văn Khác", commune=phu_thai)
    make_learner("Không Có Máy", commune=phu_thai, with_user=False)
    client = Client()
    client.force_login(chi)
    html = client.get("/quan-ly/the/?q=thi+lan").content.decode()
    assert ("Nguyễn Thị Lan" in html, "Trần Văn Khác" in html) == (True, False)
    assert "1 người chưa có số điện thoại" in client.get("/quan-ly/the/").content.decode()


def test_the_cost_of_the_list_does_not_grow(chi, phu_thai, django_assert_max_num_queries):
    for _ in range(45):
        make_learner(commune=phu_thai)
    client = Client()
    client.force_login(chi)
    with django_assert_max_num_queries(16):
        client.get("/quan-ly/the/")


def test_in_a_household_her_card_asks_for_her_own_pin(lan_in, lan):
    """Whoever holds the phone would otherwise read the number off the screen."""
    from django.contrib.auth.hashers import make_password

    make_learner("Trần Văn Bé", user=lan.user)
    type(lan).objects.filter(pk=lan.pk).update(pin=make_password("739164"))
    session = lan_in.session
    session["learner"] = lan.pk
    session.save()
    for path in ("", "the-hoc.png", "the-hoc.pdf"):
        answer = lan_in.get(f"/du-lieu-cua-toi/the/{path}")
        assert (answer.status_code, "next=" in answer["Location"]) == (302, True)
    lan_in.post("/du-lieu-cua-toi/the/")
    assert not Card.objects.exists()
