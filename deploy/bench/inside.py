"""What is counted inside a Django process of its own: queries, renders, server time.

    python -m deploy.bench.inside WHAT [ARG …]      prints one line of JSON

Runs on the data folder that the environment names; `counts` and `sheet` write to it.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import django

# Sessions, savepoints and the borders of transactions are not counted.
BORDERS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")
SIZES = (5, 110)
FINISHERS = 15
VISITS = 20


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """The SQL that runs in the block, in order."""
    from django.db import connection

    seen: list[str] = []

    def see(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.lstrip().upper().startswith(BORDERS) and "django_session" not in sql:
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        yield seen


def client(user: Any = None) -> Any:
    """A browser that goes through every middleware; signed in as the user when one is given."""
    from django.conf import settings
    from django.test import Client

    browser = Client(HTTP_HOST="127.0.0.1")
    if user is not None:
        browser.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return browser


def good(response: Any, *allowed: int) -> Any:
    if response.status_code not in (allowed or (200,)):
        raise SystemExit(f"{response.request['PATH_INFO']} answered {response.status_code}")
    return response


def cached(*paths: str) -> list[tuple[int, int]]:
    """(queries, template renders) of the second visit to each page."""
    from django.test.signals import template_rendered
    from django.test.utils import setup_test_environment

    setup_test_environment()
    found = []
    for path in paths:
        good(client().get(path))
        renders: list[object] = []

        def rendered(sender: object, renders: list[object] = renders, **_: object) -> None:
            renders.append(sender)

        template_rendered.connect(rendered)
        with counted() as queries:
            good(client().get(path))
        template_rendered.disconnect(rendered)
        found.append((len(queries), len(renders)))
    return found


def counts() -> dict[str, Any]:
    """Queries of a learner's requests in a course of 5 and of 110 lessons, and what finishing takes."""
    from campaign.folding import fold
    from tests.quizzes.make import make_course

    found: dict[str, Any] = {}
    for size in SIZES:
        course = make_course(lessons=size, exam_per_lesson=2, code=f"BENCH{size}")
        fold()
        for _ in range(2):  # the first round fills what a process keeps for good
            for name, number in _one_learner(course, fold).items():
                found[f"{name}_{size}"] = number
        spent = [_finish(course) for _ in range(FINISHERS)]
        found[f"finish_queries_{size}"] = spent[-1][1]
        found[f"finish_ms_{size}"] = 1000 * statistics.median(seconds for seconds, _ in spent)
    return found


def _learner() -> Any:
    from places.models import Place
    from tests.make import make_learner, make_user

    commune = Place.objects.current().communes().order_by("code").first()
    user = make_user(phone=f"+8499{uuid.uuid4().int % 10**7:07d}", name="Người đo")
    return make_learner("Người đo", user=user, commune=commune)


def _one_learner(course: Any, fold: Callable[[], int]) -> dict[str, int]:
    from django.core.cache import cache

    learner = _learner()
    browser = client(learner.user)
    lessons = list(course.items.filter(kind="lesson").order_by("position"))
    _post(browser, learner, "lesson_done", lessons[0].key)
    found = {}
    with counted() as queries:
        _post(browser, learner, "lesson_done", lessons[1].key)
    found["lesson_done"] = len(queries)
    with counted() as queries:
        _post(browser, learner, "check_answer", f"{lessons[1].key}-c1", {"choices": ["b"]})
    found["check_answer"] = len(queries)
    fold()
    _post(browser, learner, "lesson_done", lessons[2].key)
    with counted() as queries:
        fold()
    found["fold"] = len(queries)
    for name, path in {
        "item_state": f"/api/v1/item/{course.slug}/{lessons[1].slug}/",
        "my_learning": "/hoc-tap/",
    }.items():
        cache.clear()
        with counted() as queries:
            good(browser.get(path))
        found[name] = len(queries)
    return found


def _finish(course: Any) -> tuple[float, int]:
    """(seconds, queries) of the request that does the last lesson of a course, with its paper."""
    from django.utils import timezone

    from courses import progress
    from courses.models import ItemDone

    learner = _learner()
    *lessons, last = course.items.filter(kind="lesson").order_by("position")
    progress.pass_test(learner=learner, item=course.items.get(kind="test"), at=timezone.now())
    ItemDone.objects.bulk_create(
        ItemDone(learner=learner, item=item, revision=item.revision, done_at=timezone.now())
        for item in lessons
    )
    browser = client(learner.user)
    with counted() as queries:
        began = time.perf_counter()
        said = _post(browser, learner, "lesson_done", last.key)
        seconds = time.perf_counter() - began
    if not said["data"].get("completed"):
        raise SystemExit(f"the last lesson did not complete the course: {said}")
    return seconds, len(queries)


def _post(
    browser: Any, learner: Any, kind: str, subject: str, data: dict[str, Any] | None = None
) -> dict[str, Any]:
    action = {
        "uuid": str(uuid.uuid4()),
        "learner": str(learner.public_id),
        "kind": kind,
        "subject": subject,
        "data": data or {},
    }
    response = good(browser.post("/api/v1/queue/", json.dumps([action]), content_type="application/json"))
    (said,) = response.json()
    if said["status"] != "accepted":
        raise SystemExit(f"{kind} was refused: {said['message']}")
    return dict(said)


def sheet() -> dict[str, str]:
    """An open final test of a new learner: its address, and the cookie that opens it."""
    from quizzes.models import Quiz

    quiz = Quiz.objects.select_related("item__course").order_by("item__course__code").first()
    if quiz is None:
        raise SystemExit("no course has a final test: is the site seeded?")
    browser, path = client(_learner().user), f"/kiem-tra/{quiz.item.course.slug}/"
    good(browser.get(path))
    good(browser.post(path, {"action": "start"}), 200, 302)
    good(browser.get(path))
    return {"path": path, "cookie": "; ".join(f"{name}={one.value}" for name, one in browser.cookies.items())}


def dashboards() -> dict[str, list[float]]:
    """[median ms, queries] of /thong-ke/ (not from the page cache) and of /quan-ly/ for the city."""
    from django.conf import settings
    from django.core.cache import caches

    from places.models import Place
    from tests.make import make_role, make_user, protect

    official = make_user(email=f"{uuid.uuid4().hex}@example.vn", name="Cán bộ đo", password=uuid.uuid4().hex)
    city = Place.objects.current().get(code=settings.PROVINCE_CODE)
    make_role(protect(official), "official_manage", city)
    found = {}
    for path, browser in {"/thong-ke/": client(), "/quan-ly/": client(official)}.items():
        good(browser.get(path))
        spent, numbers = [], []
        for _ in range(VISITS):
            caches["pages"].clear()
            with counted() as queries:
                began = time.perf_counter()
                good(browser.get(path))
                spent.append(1000 * (time.perf_counter() - began))
            numbers.append(len(queries))
        found[path] = [statistics.median(spent), max(numbers)]
    return found


def commune() -> dict[str, str]:
    """Some commune of the city, as the sign-up form's place field sends it."""
    from django.conf import settings

    from places.models import Place

    found = Place.objects.current().filter(parent__code=settings.PROVINCE_CODE).order_by("code")[0]
    return {"commune": found.name, "commune_code": found.code, "commune_for": found.name}


def hashing() -> tuple[float, int]:
    """Median milliseconds of one guess, and how many right PINs another pepper lets in."""
    from django.contrib.auth.hashers import check_password, make_password
    from django.test import override_settings

    pins = [f"{352901 + 7 * number}" for number in range(VISITS)]
    kept, spent, wrong = [make_password(pin) for pin in pins], [], 0
    for pin, encoded in zip(pins, kept, strict=True):
        began = time.perf_counter()
        if not check_password(pin, encoded):
            raise SystemExit("a right PIN was refused")
        spent.append(1000 * (time.perf_counter() - began))
        with override_settings(PIN_PEPPER="another-pepper-another-pepper"):
            wrong += check_password(pin, encoded)
    return statistics.median(spent), wrong


WHAT: dict[str, Callable[..., Any]] = {
    "cached": cached,
    "counts": counts,
    "sheet": sheet,
    "dashboards": dashboards,
    "commune": commune,
    "hashing": hashing,
}

if __name__ == "__main__":
    django.setup()
    print(json.dumps(WHAT[sys.argv[1]](*sys.argv[2:])))
