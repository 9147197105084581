"""`/ai-dang-hoc/`: several people on one sign-in, each under her own name."""

import datetime
import re
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import household
from accounts.household import Full
from accounts.models import HOUSEHOLD, Consent, Learner
from ledger.models import Fact
from tests.make import make_learner
from tests.racing import at_once

from .parts import ADD, WHO, fill, new


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
