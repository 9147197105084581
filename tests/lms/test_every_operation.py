"""Every operation of `/api/v1/`, called by everybody; what is another's looks like nothing at all."""

from __future__ import annotations

import json
import uuid

import pytest

from accounts import cards
from courses.models import ItemDone
from lms.api import api
from quizzes import attempts

from ..make import make_learner
from ..quizzes.make import quiz_of
from .everybody import ROLES, Row, everybody, signed_in
from .queueing import action, post, send

# (method, operation) → (path, role → status).
OPERATIONS: dict[tuple[str, str], tuple[str, Row]] = {
    ("post", "/api/v1/queue/"): ("/api/v1/queue/", everybody(200, nobody=401)),
    ("get", "/api/v1/who/"): ("/api/v1/who/", everybody(200)),
    ("get", "/api/v1/me/"): ("/api/v1/me/", everybody(200)),
    ("get", "/api/v1/course/{course}/"): ("/api/v1/course/{course}/", everybody(200)),
    ("get", "/api/v1/item/{course}/{lesson}/"): ("/api/v1/item/{course}/{lesson}/", everybody(200)),
    ("post", "/api/v1/carry/code/"): ("/api/v1/carry/code/", everybody(400)),
    ("get", "/api/v1/places/"): ("/api/v1/places/?q=phu+thai", everybody(200)),
    ("get", "/api/v1/figures/"): ("/api/v1/figures/?measure=learning&place=10750", everybody(200)),
}
PERSONAL = ["/api/v1/who/", "/api/v1/me/", "/api/v1/course/{course}/", "/api/v1/item/{course}/{lesson}/"]
NEVER = uuid.UUID("00000000-0000-4000-8000-000000000000")


def test_no_operation_is_forgotten():
    described = api.get_openapi_schema()["paths"]
    assert {(method, path) for path, methods in described.items() for method in methods} == set(OPERATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_operation_as(role, cast, hers):
    client = signed_in(role, cast)
    found = {}
    for key, (path, _) in OPERATIONS.items():
        ask = client.get if key[0] == "get" else lambda url: client.post(url, "[]", "application/json")
        found[key] = ask(path.format(**hers)).status_code
    assert found == {key: statuses[role] for key, (_, statuses) in OPERATIONS.items()}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_no_operation_takes_another_verb(role, cast, hers):
    client = signed_in(role, cast)
    for verb, path in OPERATIONS:
        others = {"get", "post", "put", "patch", "delete"} - {verb}
        url = OPERATIONS[verb, path][0].format(**hers)
        assert {getattr(client, other)(url).status_code for other in others} == {405}, url


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role != "nobody"])
def test_the_queue_asks_for_its_token(role, cast, lan, course):
    client = signed_in(role, cast, enforce_csrf_checks=True)
    assert send(client, action(lan, "lesson_done", "kns04-01"), csrf="").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", PERSONAL)
def test_state_is_ones_own(path, cast, hers):
    said = {role: signed_in(role, cast).get(path.format(**hers)).json() for role in ROLES}
    assert (said["lan"]["name"], said["hoa"]["name"]) == ("Nguyễn Thị Lan", "Trần Thị Hoa")
    for role in set(ROLES) - {"lan"}:
        assert "Lan" not in json.dumps(said[role], ensure_ascii=False)
        assert not any(course["done"] for course in said[role].get("courses", []))
    assert said["nobody"]["csrf"] is None
    assert said["chi"]["learner"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"nobody", "lan"}])
def test_anothers_learner_looks_like_none(role, cast, lan, course):
    client = signed_in(role, cast, enforce_csrf_checks=True)
    theirs = action(lan, "lesson_done", "kns04-01")
    nobodys = action(lan, "lesson_done", "kns04-01") | {"learner": str(NEVER)}
    answers = post(client, theirs, nobodys)
    assert {(one["status"], one["message"], str(one["data"])) for one in answers} == {
        ("refused", "Không tìm thấy người học này trong lần đăng nhập hiện tại, nên chưa ghi.", "{}")
    }
    assert not ItemDone.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["test_answer", "test_submit"])
def test_anothers_attempt_looks_like_none(kind, cast, lan, hoa, course):
    """Even to a learner of the same commune, with a course of her own."""
    attempt = attempts.start(learner=lan, quiz=quiz_of(course))
    question = attempt.questions.first()
    data = {"seq": 0, "question": question.key, "choices": []}
    client = signed_in("hoa", cast, enforce_csrf_checks=True)
    answers = post(client, *(action(hoa, kind, one, data) for one in (attempt.public_id, NEVER)))
    assert answers[0]["status"] == "refused"
    assert len({(one["status"], one["message"], str(one["data"])) for one in answers}) == 1
    attempt.refresh_from_db()
    assert (attempt.seq, attempt.submitted_at) == (0, None)


@pytest.mark.django_db
def test_every_operation_by_a_learner_card(client, cast, hers):
    """Learning needs all of them: a page that is sent to the PIN's door instead would wait for ever."""
    token = cards.address(cards.card_of(cast["lan"], by=None)).split("#")[1]
    client.post("/the/vao/", {"token": token})
    for (method, name), (path, roles) in OPERATIONS.items():
        ask = client.get if method == "get" else lambda url: client.post(url, "[]", "application/json")
        assert ask(path.format(**hers)).status_code == roles["lan"], name
    make_learner("Trần Minh", user=cast["lan"].user)
    said = client.get("/api/v1/who/").json()
    lan = str(cast["lan"].public_id)
    assert (said["learners"], said["names"]) == ([lan], {lan: "Lan"})
