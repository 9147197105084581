"""The one small request of a learner's page: her state, and nothing for anybody else."""

import uuid

import pytest
from django.test import Client

from courses import progress
from courses.models import Course

from ..make import make_learner
from ..quizzes.make import make_course
from .queueing import action, post

COURSE = "an-toan-kns04"
URLS = ["/api/v1/me/", f"/api/v1/course/{COURSE}/", f"/api/v1/item/{COURSE}/bai-1/"]


def finish(learner, *keys):
    for key in keys:
        progress.finish_lesson(actor="user:1", uuid=uuid.uuid4(), learner=learner, item=key)


def test_the_state_of_a_lesson(lan, lan_in, course):
    finish(lan, "kns04-01")
    post(lan_in, action(lan, "check_answer", "kns04-01-c1", {"choices": ["a"]}))
    post(lan_in, action(lan, "check_answer", "kns04-01-c1", {"choices": ["b"]}))
    said = lan_in.get(URLS[2]).json()
    assert said.pop("csrf")
    assert said == {
        "learner": str(lan.public_id),
        "learners": [str(lan.public_id)],
        "names": {str(lan.public_id): lan.given_name},
        "name": lan.name,
        "people": 1,
        "choose": False,
        "look": None,
        "look_at": None,
        "signed_in": True,
        "course": COURSE,
        "item": "kns04-01",
        "questions": ["kns04-01-c1"],
        "state": {
            "done": True,
            "answers": {"kns04-01-c1": ["b"]},
            "progress": {
                "done": ["kns04-01"],
                "required": ["kns04-01", "kns04-02", "kns04-03", "kns04-test"],
                "percent": 25,
                "lessons": 3,
                "lit": 1,
                "lit_items": ["kns04-01"],
                "completed": False,
                "next": f"/khoa-hoc/{COURSE}/bai-2/",
                "next_title": "Bài 2",
            },
        },
    }


def test_the_state_of_a_course_and_of_her_courses(lan, lan_in, course):
    finish(lan, "kns04-01", "kns04-02", "kns04-03")
    state = lan_in.get(URLS[1]).json()["state"]
    assert (state["percent"], state["next"]) == (75, f"/kiem-tra/{COURSE}/")
    [lamps] = lan_in.get(URLS[0]).json()["courses"]
    assert (lamps["course"], lamps["lit"], lamps["lessons"], lamps["percent"]) == (COURSE, 3, 3, 75)
    assert lamps["next"] == f"/kiem-tra/{COURSE}/"


def test_a_withdrawn_lesson_is_gone_on_to_at_its_own_page(lan, lan_in, course):
    finish(lan, "kns04-01")
    course.items.filter(key="kns04-02").update(url="")
    assert lan_in.get(URLS[1]).json()["state"]["next"] == f"/hoc-tap/{COURSE}/bai-2/"


@pytest.mark.parametrize("url", URLS)
def test_nobody_signed_in_costs_no_query_and_gets_no_cookie(course, url, django_assert_num_queries):
    Client().get(url)
    with django_assert_num_queries(0):
        response = Client().get(url)
    assert response.status_code == 200
    assert not response.cookies
    assert response.json().get("csrf") is None
    assert response.json()["learner"] is None


def test_anybody_may_read_the_ids_to_post_about(course):
    said = Client().get(URLS[2]).json()
    assert (said["item"], said["questions"], said["state"]) == ("kns04-01", ["kns04-01-c1"], None)


def test_no_exam_question_is_named(course):
    assert b"-f0" not in Client().get(URLS[2]).content


def test_another_learner_sees_her_own(lan, course):
    finish(lan, "kns04-01")
    client = Client()
    client.force_login(make_learner("Hoa").user)
    assert client.get(URLS[2]).json()["state"]["done"] is False


def test_staff_without_a_learner_have_no_state(binh, course):
    client = Client()
    client.force_login(binh)
    for url in URLS:
        said = client.get(url).json()
        assert (said["signed_in"], said["learner"], said.get("state")) == (True, None, None)


@pytest.mark.parametrize(
    "url", ["/api/v1/item/x/bai-1/", f"/api/v1/item/{COURSE}/x/", "/api/v1/course/x/", "/api/v1/nothing/"]
)
def test_what_is_not_there_is_not_found(course, url):
    assert Client().get(url).status_code == 404


def test_the_interface_is_described(db):
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    assert {"/api/v1/queue/", "/api/v1/me/"} <= set(paths)


@pytest.mark.parametrize("url", [*URLS, "/hoc-tap/"])
def test_at_most_8_queries_whatever_the_size(lan, lan_in, course, url, django_assert_max_num_queries):
    """Sessions and savepoints are not counted."""
    for number in range(3):
        other = make_course(lessons=12, exam_per_lesson=0, code=f"KNS1{number}")
        finish(lan, f"kns1{number}-01", f"kns1{number}-02")
        assert Course.objects.filter(pk=other.pk).exists()
    finish(lan, "kns04-01")
    with django_assert_max_num_queries(30) as captured:
        assert lan_in.get(url).status_code == 200
    counted = [one["sql"] for one in captured.captured_queries if "django_session" not in one["sql"]]
    assert len(counted) <= 8, "\n".join(counted)
