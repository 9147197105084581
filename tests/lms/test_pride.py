"""The family's and the commune's lamps, and showing a finished course."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import cards, leaving
from accounts.signing import BORROWED
from campaign.folding import fold
from courses import progress
from tests.certificates.make import make_paper
from tests.make import make_commune, make_learner
from tests.quizzes.make import make_course

HOME = "/hoc-tap/"


@pytest.fixture
def browser(lan) -> Client:
    client = Client()
    client.force_login(lan.user)
    return client


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def learn(learner, *keys):
    for key in keys:
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=key)


def of_the_family(page: str) -> list[str]:
    part = re.search(r'aria-labelledby="ca-nha".*?</section>', page)
    if not part:
        return []
    rows = re.findall(r'class="grow">(.*?)<span class="note">(.*?)</span>', part[0])
    return [f"{name}: {words}" for name, words in rows]


@pytest.fixture
def minh(lan):
    return make_learner("Phạm Văn Minh", user=lan.user, commune=lan.commune, birth_year=1990)


def choose(browser, learner):
    session = browser.session
    session["learner"] = learner.pk
    session.save()


def test_everybody_on_the_phone_by_seat_never_ranked(browser, lan, minh, course):
    learn(minh, "kns04-01", "kns04-02")
    learn(lan, "kns04-01")
    for who in (lan, minh):
        choose(browser, who)
        assert of_the_family(text(browser.get(HOME))) == [
            "Nguyễn Thị Lan: Đã thắp 1 ngọn đèn",
            "Phạm Văn Minh: Đã thắp 2 ngọn đèn",
        ]


def test_who_has_learned_nothing_sees_the_others_and_is_not_held_up_beside_them(browser, lan, minh, course):
    choose(browser, minh)
    assert of_the_family(text(browser.get(HOME))) == []
    learn(lan, "kns04-01")
    for who in (minh, lan):
        choose(browser, who)
        page = text(browser.get(HOME))
        assert of_the_family(page) == ["Nguyễn Thị Lan: Đã thắp 1 ngọn đèn"]
        assert "Chưa thắp" not in page


def test_alone_there_is_no_family(browser, lan, course):
    learn(lan, "kns04-01")
    assert of_the_family(text(browser.get(HOME))) == []


def test_a_card_and_a_borrowed_phone_show_nobody_else(browser, lan, minh, course):
    learn(minh, "kns04-01")
    choose(browser, lan)
    session = browser.session
    session[BORROWED] = True
    session.save()
    assert "Minh" not in re.sub(r"<aside.*?</aside>", "", text(browser.get(HOME)))
    card = Client()
    card.post("/the/vao/", {"token": cards.address(cards.card_of(lan, by=None)).split("#")[1]})
    page = text(card.get(HOME))
    assert "Bạn đang học bằng thẻ" in page
    assert of_the_family(page) == []


def test_who_is_leaving_is_not_shown(browser, lan, minh, course):
    learn(minh, "kns04-01")
    leaving.leave(learner=minh, kind="erase")
    choose(browser, lan)
    assert of_the_family(text(browser.get(HOME))) == []


def test_the_lamps_cost_no_query_more_whatever_the_family(browser, lan, minh, course):
    learn(lan, "kns04-01")
    learn(minh, "kns04-01")
    choose(browser, lan)

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(HOME).status_code == 200
        return [one["sql"] for one in captured.captured_queries]

    queries()  # what is looked up once for all is kept from here on
    few = queries()
    assert len([one for one in few if "courses_itemdone" in one]) == 1
    for number in range(4):
        other = make_learner(f"Cháu {number}", user=lan.user, commune=lan.commune, birth_year=1990)
        learn(other, "kns04-01", "kns04-02")
    many = queries()
    assert len(of_the_family(text(browser.get(HOME)))) == 6
    assert len(many) == len(few), "\n".join(many)


# --- The commune --------------------------------------------------------------------------


def test_the_commune_has_a_lamp_for_every_lesson_finished(browser, client, lan, course):
    other = make_learner("Hoa", commune=make_commune("10888", "Xã Cẩm Giang"))
    learn(lan, "kns04-01", "kns04-02")
    learn(other, "kns04-01")
    fold()
    for page in (text(client.get("/thong-ke/10750/")), text(browser.get(HOME))):
        assert "Xã Phú Thái đã thắp 2 ngọn đèn" in page
        assert "2 trong 10 ngọn" in page
        assert "Cẩm Giang" not in page
    assert "Xã Phú Thái đã thắp 2 ngọn đèn" in text(client.get("/thong-ke/10750/?ky=tuan"))


def test_a_dark_commune_is_not_shamed(client, phu_thai):
    page = text(client.get("/thong-ke/10750/"))
    assert "Ngọn đầu tiên có thể là của bạn" in page


def test_who_has_begun_nothing_sees_no_lamps_of_the_commune(browser, lan):
    assert "ngọn đèn nào" not in text(browser.get(HOME))


# --- Showing it ---------------------------------------------------------------------------


def test_a_finished_course_can_be_shown(browser, lan):
    course = make_course()
    paper = make_paper(lan, course)
    picture = f"/giay/{paper.serial}/giay-ghi-nhan.png"
    for path in (HOME, f"/hoc-tap/{course.slug}/hoan-thanh/"):
        page = text(browser.get(path))
        assert f'data-share="http://testserver/giay/{paper.serial}/"' in page
        assert f'href="{picture}" download' in page
        assert "certificates/share.js" in page


def test_the_picture_is_fetched_unasked_only_where_showing_it_is_what_the_page_is_for(browser, lan):
    course = make_course()
    make_paper(lan, course)
    assert "data-early" in text(browser.get(f"/hoc-tap/{course.slug}/hoan-thanh/"))
    assert "data-early" not in text(browser.get(HOME))


def test_on_a_borrowed_phone_nothing_is_handed_on(browser, lan):
    course = make_course()
    make_paper(lan, course)
    session = browser.session
    session[BORROWED] = True
    session.save()
    for path in (HOME, f"/hoc-tap/{course.slug}/hoan-thanh/"):
        page = text(browser.get(path))
        assert "Xem giấy" in page
        assert "data-share" not in page
        assert "share.js" not in page or path == HOME


def test_by_card_nothing_is_shown_to_others(lan):
    course = make_course()
    make_paper(lan, course)
    card = Client()
    card.post("/the/vao/", {"token": cards.address(cards.card_of(lan, by=None)).split("#")[1]})
    for path in (HOME, f"/hoc-tap/{course.slug}/hoan-thanh/"):
        assert "data-share" not in text(card.get(path))
