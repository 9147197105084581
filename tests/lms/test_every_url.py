"""Every URL of ours, asked for by every role: one table, and no URL without a row.

200 shown, 302 sent on (to the sign-in page, or away from a door that is shut), 403 wrong role,
404 not found and not yours alike, 405 only POST.
"""

from __future__ import annotations

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from tests.certificates.make import make_paper
from tests.quizzes.make import make_course

ROLES = ("nobody", "lan", "binh", "chi", "sau", "bien", "quan_tri")
EVERYBODY = dict.fromkeys(ROLES, 200)
SIGNED_IN = EVERYBODY | {"nobody": 302}
# Officials of the place and of what is above it; others of the same kind see nothing.
OFFICIALS = dict.fromkeys(ROLES, 403) | {"nobody": 302, "chi": 200, "sau": 200, "quan_tri": 200}
OF_PHU_THAI = OFFICIALS | {"sau": 404}
NOBODY = dict.fromkeys(ROLES, 404)

# path → role → status of GET. {serial}: Lan's paper of Phú Thái. {attempt}: one that nobody here made.
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
    "/thong-ke/": EVERYBODY,
    "/thong-ke/10750/": EVERYBODY,
    "/thong-ke/10750/cach-tinh/learning/": EVERYBODY,
    "/quan-ly/": OFFICIALS,
    "/quan-ly/10750/": OF_PHU_THAI,
    "/quan-ly/giay/": OFFICIALS,
    "/quan-ly/giay/{serial}/": OF_PHU_THAI,
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
    paper = make_paper(lan)
    course = make_course()
    return {"serial": paper.serial, "course": course.slug, "lesson": course.items.first().slug}


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
