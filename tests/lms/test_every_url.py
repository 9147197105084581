"""Every URL of ours, asked for by every role: one table, and no URL without a row.

200 shown, 302 sent on (to the sign-in page, or away from a door that is shut), 403 wrong role,
404 not found and not yours alike, 405 only POST.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.certificates.make import make_attempt, make_paper
from tests.quizzes.make import make_course

ROLES = ("nobody", "lan", "binh", "chi", "sau", "bien", "quan_tri")
EVERYBODY = dict.fromkeys(ROLES, 200)
SIGNED_IN = EVERYBODY | {"nobody": 302}
# Officials of the place and of what is above it; others of the same kind see nothing.
OFFICIALS = dict.fromkeys(ROLES, 403) | {"nobody": 302, "chi": 200, "sau": 200, "quan_tri": 200}
OF_PHU_THAI = OFFICIALS | {"sau": 404}
NOBODY = dict.fromkeys(ROLES, 404)
SENT_ON = dict.fromkeys(ROLES, 302)
# Learning needs a learner; who only works here is told so.
LEARNERS = dict.fromkeys(ROLES, 403) | {"lan": 200}

# path → role → status of GET. {serial}: Lan's paper of Phú Thái. {attempt}: hers.
TABLE: dict[str, dict[str, int]] = {
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/media/secret.txt": NOBODY,
    "/tim/": EVERYBODY,
    "/dang-ky/": EVERYBODY,
    "/dang-nhap/": EVERYBODY,
    "/giay/": EVERYBODY,
    "/giay/{serial}/": EVERYBODY,
    "/giay/0000000000/": NOBODY,
    "/giay/{serial}/giay-ghi-nhan.png": EVERYBODY,
    # The sheet bears the full name: its owner's, and the officials' of the place.
    "/giay/{serial}/giay-ghi-nhan.pdf": LEARNERS | {"nobody": 302, "chi": 200, "quan_tri": 200},
    "/dang-ky/them/": SENT_ON | {"lan": 200},
    "/dang-xuat/": SIGNED_IN,
    "/du-lieu-cua-toi/": SIGNED_IN,
    "/du-lieu-cua-toi/ma/": SENT_ON | {"lan": 200},
    "/hoc-tap/": LEARNERS | {"nobody": 200},
    "/hoc-tap/{course}/hoan-thanh/": LEARNERS | {"nobody": 302},
    "/hoc-tap/{course}/ban-moi/": dict.fromkeys(ROLES, 405),
    "/hoc-tap/{course}/{lesson}/xong/": LEARNERS | {"nobody": 200},
    "/hoc-tap/{course}/{lesson}/": LEARNERS | {"nobody": 302, "lan": 302},
    "/kiem-tra/{course}/": LEARNERS | {"nobody": 302},
    "/kiem-tra/{course}/ket-qua/{attempt}/": LEARNERS | {"nobody": 302},
    "/kiem-tra/{course}/ket-qua/00000000-0000-4000-8000-000000000000/": LEARNERS
    | {"nobody": 302, "lan": 404},
    "/thong-ke/": EVERYBODY,
    "/thong-ke/10750/": EVERYBODY,
    "/thong-ke/10750/cach-tinh/learning/": EVERYBODY,
    "/quan-ly/": OFFICIALS,
    "/quan-ly/10750/": OF_PHU_THAI,
    "/quan-ly/giay/": OFFICIALS,
    "/quan-ly/giay/{serial}/": OF_PHU_THAI,
    "/quan-ly/giay/{serial}/thu-hoi/": OF_PHU_THAI,
    "/quan-ly/giay/{serial}/cap-lai/": OF_PHU_THAI,
    "/quan-ly/99999/": OFFICIALS | {"chi": 404, "sau": 404, "quan_tri": 404},
    "/thong-ke/99999/": NOBODY,
    # The doors of Wagtail and Django lead to the one guarded door.
    "/admin/login/": SENT_ON,
    "/admin/password_reset/": SENT_ON,
    "/_util/login/": SENT_ON,
    "/admin/": SENT_ON | {"bien": 200, "quan_tri": 200},
    "/admin/bulk/accounts/user/delete/": NOBODY,
}


def routes(resolver: URLResolver, prefix: str = "") -> set[str]:
    """The route of every pattern outside Wagtail's own screens and the API."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not route.startswith(("admin/", "api/", "documents/")) and "wagtail" not in str(
                entry.urlconf_name
            ):
                found |= routes(entry, route)
        elif isinstance(entry, URLPattern):
            found.add(route)
    return found


@pytest.fixture
def cast(request, phu_thai, cam_giang):
    return {role: request.getfixturevalue(role) for role in ROLES if role != "nobody"}


@pytest.fixture
def paths(lan):
    """The table's paths with what exists in this database."""
    course = make_course()
    paper = make_paper(lan, course)
    attempt = make_attempt(lan, course, correct=9)
    return {
        "serial": paper.serial,
        "course": course.slug,
        "lesson": course.items.first().slug,
        "attempt": str(attempt.public_id),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_url_as(role, cast, paths, client):
    if role != "nobody":
        person = cast[role]
        client.force_login(getattr(person, "user", None) or person)
    found = {path: client.get(path.format(**paths)).status_code for path in TABLE}
    assert found == {path: statuses[role] for path, statuses in TABLE.items()}


@pytest.mark.django_db
def test_no_url_is_forgotten(paths):
    walked = {resolve(path.format(**paths)).route for path in TABLE}
    assert routes(get_resolver()) - walked == set()
