"""What a learner chose to see goes up by the queue, and down with the small request and private pages."""

from __future__ import annotations

import datetime
import re

import pytest
from django.test import Client
from django.utils import timezone

from accounts import cards, display, merging
from accounts.models import Learner
from ledger.models import Fact

from ..make import make_learner
from .queueing import action, post, send

STATES = ["/api/v1/who/", "/api/v1/me/", "/api/v1/course/an-toan-kns04/", "/api/v1/item/an-toan-kns04/bai-1/"]
LARGE = {"text": "200", "contrast": "high"}


def choice(learner, chosen, **fields):
    return action(learner, "display", "display", {"chosen": chosen}, **fields)


def seen(client: Client) -> dict[str, str] | None:
    return client.get("/api/v1/who/").json()["look"]


@pytest.mark.parametrize("url", STATES)
def test_it_comes_with_every_small_request(lan, lan_in, course, url):
    before = lan_in.get(url).json()
    assert (before["look"], before["look_at"]) == (None, None)
    [answer] = post(lan_in, choice(lan, LARGE))
    assert (answer["status"], answer["data"]) == ("accepted", {"kept": True})
    after = lan_in.get(url).json()
    assert after["look"] == LARGE
    assert list(after["look"]) == ["text", "contrast"]  # in the page's order: the phone compares
    assert after["look_at"]


def test_it_is_no_learning(lan, lan_in, course):
    before = Fact.objects.count()
    post(lan_in, choice(lan, LARGE))
    assert Fact.objects.count() == before


def test_the_phones_time_decides_not_the_order_of_arrival(lan, lan_in, course):
    now = timezone.now()
    late, early = (
        choice(lan, chosen, at=(now - datetime.timedelta(minutes=ago)).isoformat())
        for chosen, ago in (({"theme": "dark"}, 1), (LARGE, 30))
    )
    post(lan_in, late)
    [answer] = post(lan_in, early)
    assert (answer["status"], answer["data"]) == ("accepted", {"kept": False})
    assert seen(lan_in) == {"theme": "dark"}


def test_a_phone_in_1970_is_set_right_by_its_own_clock(lan, lan_in, course):
    post(
        lan_in, choice(lan, {"theme": "dark"}, at=(timezone.now() - datetime.timedelta(hours=1)).isoformat())
    )
    sent = choice(lan, LARGE, at="1970-01-01T00:10:00Z")
    post(lan_in, sent, **{"X-Device-Time": "1970-01-01T00:11:00Z"})
    assert seen(lan_in) == LARGE


def test_taken_back_is_told_apart_from_never_chosen(lan, lan_in, course):
    post(lan_in, choice(lan, LARGE), choice(lan, None))
    said = lan_in.get("/api/v1/who/").json()
    assert said["look"] is None
    assert said["look_at"]


@pytest.mark.parametrize("data", [{}, {"chosen": "dark"}, {"chosen": [["text", "200"]]}, {"chosen": 5}])
def test_what_is_no_choice_is_refused(lan, lan_in, course, data):
    [answer] = post(lan_in, action(lan, "display", "display", data))
    assert answer["status"] == "refused"
    assert lan_in.get("/api/v1/who/").json()["look_at"] is None


def test_two_people_of_one_phone_have_each_their_own(lan, lan_in, minh, course):
    post(lan_in, choice(lan, LARGE), choice(minh, {"theme": "dark"}))
    found = dict(Learner.objects.values_list("name", "display"))
    assert (found[lan.name], found[minh.name]) == (LARGE, {"theme": "dark"})
    assert seen(lan_in) is None  # nobody said yet who is learning


def test_anothers_is_not_hers_to_choose(lan, lan_in, hoa, course):
    [answer] = post(lan_in, choice(hoa, LARGE))
    assert answer["status"] == "refused"
    hoa.refresh_from_db()
    assert hoa.display is None


def test_a_merged_records_phone_chooses_for_the_person(lan, lan_in, chi, phu_thai, course):
    kept = make_learner("Nguyễn Thị Lan", commune=phu_thai)
    merging.merge(by=chi, duplicate=lan, canonical=kept, reason="Một người")
    client = Client()
    client.force_login(lan.user)
    post(client, choice(lan, LARGE))
    kept.refresh_from_db()
    assert kept.display == LARGE


def test_staff_without_a_learner_keep_the_phones_only(binh, course):
    client = Client(enforce_csrf_checks=True)
    client.force_login(binh)
    assert seen(client) is None


def test_by_a_learner_card_it_is_read_and_changed(lan, client, course):
    token = cards.address(cards.card_of(lan, by=None)).split("#")[1]
    client.post("/the/vao/", {"token": token})
    page = client.get("/hien-thi/")
    assert page.status_code == 200
    assert page.content == Client().get("/hien-thi/").content
    assert [one["status"] for one in post(client, choice(lan, LARGE))] == ["accepted"]
    assert seen(client) == LARGE


def test_the_page_offers_what_can_be_kept_and_nothing_else(client, db):
    html = client.get("/hien-thi/").content.decode()
    offered: dict[str, set[str]] = {}
    for name, value in re.findall(r'name="(\w+)" value="(\w*)"', html):
        offered.setdefault(name, set()).add(value)
    assert {name: values - {""} for name, values in offered.items()} == {
        name: set(values) for name, values in display.CHOICES.items()
    }


def frame(response) -> str:
    return re.search("<html[^>]*>", response.content.decode())[0]


def test_a_private_page_brings_it_without_script(lan, lan_in, course):
    assert frame(lan_in.get("/hoc-tap/")) == '<html lang="vi">'
    post(lan_in, choice(lan, LARGE))
    assert frame(lan_in.get("/hoc-tap/")) == '<html lang="vi" data-hers data-text="200" data-contrast="high">'
    assert frame(lan_in.get("/hien-thi/")) == '<html lang="vi">'  # the same for everybody
    post(lan_in, choice(lan, None))
    assert frame(lan_in.get("/hoc-tap/")) == '<html lang="vi">'


def test_a_row_that_holds_more_than_can_be_chosen_shows_none_of_it(lan, lan_in, course):
    Learner.objects.filter(pk=lan.pk).update(
        display={"text": '"><script>', "x": "1", "theme": "dark"}, display_at=timezone.now()
    )
    assert frame(lan_in.get("/hoc-tap/")) == '<html lang="vi" data-hers data-theme="dark">'
    assert seen(lan_in) == {"theme": "dark"}


def test_it_asks_for_the_token(lan, lan_in, course):
    assert send(lan_in, choice(lan, LARGE), csrf="").status_code == 403
