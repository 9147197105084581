"""The editor's screens, Wagtail's and ours: who has no business below /admin/ gets nowhere there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from PIL import Image

from accounts.models import Role
from certificates.models import Design
from cms.models import Film, Picture
from cms.permissions import ensure_groups
from quizzes.models import Question
from tests.lms.everybody import digest
from tests.make import make_province, make_role, make_user

# Pictures of buttons and words for scripts: the same for everyone, and nothing of ours.
OPEN_TO_ALL = {"admin/sprite/", "admin/jsi18n/"}
WORDS = {"app_label": "accounts", "app_name": "wagtailcore", "model_name": "page"}
DOORS = {"/dang-nhap/", "/admin/login/"}  # the second leads to the first: tests/lms/test_every_url.py


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, route)
        else:
            yield route, entry


def screens() -> dict[str, str]:
    """Route → an address that it answers, for everything below /admin/."""
    found = {}
    for route, _ in routes(get_resolver()):
        if route.startswith(("admin/", "^admin/")):
            path = re.sub(r"<(?:\w+:)?(\w+)>", lambda name: WORDS.get(name[1], "1"), route)
            path = re.sub(r"\((?:live\|)?(?:\w+\|)?\\d\+\)", "1", path).replace("\\.", ".")
            found[route] = "/" + re.sub(r"[\^$]", "", path).replace(".*", "x")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "verb"),
    [("nobody", "get"), ("nobody", "post"), ("lan", "get"), ("binh", "get"), ("chi", "get"), ("chi", "post")],
)
def test_who_does_not_edit_gets_nowhere(who, verb, request):
    """Sent to the one door, or told that there is nothing."""
    client = Client()
    if who != "nobody":
        person = request.getfixturevalue(who)
        client.force_login(getattr(person, "user", None) or person)
    let_in = {}
    for route, path in screens().items():
        answer = getattr(client, verb)(path)
        sent_to = urlsplit(answer.headers.get("Location", "")).path
        if not (sent_to in DOORS or answer.status_code in {404, 405}):
            let_in[route] = (answer.status_code, sent_to)
    assert let_in.keys() - OPEN_TO_ALL == set(), let_in


def test_all_of_them_were_asked():
    """A change of Wagtail's address patterns must not make the walk above empty."""
    assert len(screens()) > 150
    assert not [path for path in screens().values() if re.search(r"[<>()|\\]", path)]


# --- editors and administrators ----------------------------------------------

BOTH, ADMINISTRATORS, NEITHER = (200, 200), (302, 200), (302, 302)
OF_STAFF = (404, 200)
GONE = (404, 404)

# Screens of ours and those that give power: path → (status for an editor, for an administrator).
STAFF: dict[str, tuple[int, int]] = {
    "/admin/": BOTH,
    "/admin/pages/{page}/edit/": BOTH,
    "/admin/khoa-hoc/{page}/phat-hanh/": BOTH,
    "/admin/khoa-hoc/999/phat-hanh/": GONE,
    "/admin/khoa-hoc/{page}/tieng-doc/": BOTH,
    "/admin/bai-hoc/{lesson}/tieng-doc/": BOTH,
    "/admin/bai-hoc/{page}/tieng-doc/": GONE,
    "/admin/ngan-hang/": BOTH,
    "/admin/ngan-hang/results/": BOTH,
    "/admin/ngan-hang/new/": BOTH,
    "/admin/ngan-hang/edit/{question}/": BOTH,
    "/admin/ngan-hang/delete/{question}/": BOTH,
    "/admin/ngan-hang/history/{question}/": BOTH,
    "/admin/ngan-hang/history-results/{question}/": BOTH,
    "/admin/ngan-hang/usage/{question}/": BOTH,
    "/admin/ngan-hang/edit/{practice}/": GONE,  # written in its lesson
    "/admin/mau-giay/": BOTH,
    "/admin/mau-giay/results/": BOTH,
    "/admin/mau-giay/new/": BOTH,
    "/admin/mau-giay/edit/{design}/": BOTH,
    "/admin/mau-giay/{design}/xem/": BOTH,
    "/admin/mau-giay/delete/{design}/": NEITHER,  # papers name it
    "/admin/mau-giay/history/{design}/": BOTH,
    "/admin/mau-giay/history-results/{design}/": BOTH,
    "/admin/mau-giay/usage/{design}/": BOTH,
    "/admin/phim/": BOTH,
    "/admin/phim/results/": BOTH,
    "/admin/phim/new/": BOTH,
    "/admin/phim/edit/{film}/": BOTH,
    "/admin/phim/delete/{film}/": BOTH,
    "/admin/phim/history/{film}/": BOTH,
    "/admin/phim/history-results/{film}/": BOTH,
    "/admin/phim/usage/{film}/": BOTH,
    "/admin/images/": BOTH,
    "/admin/images/add/": BOTH,
    "/admin/users/": ADMINISTRATORS,
    "/admin/users/results/": ADMINISTRATORS,
    "/admin/users/new/": NEITHER,  # leads to the desk of roles
    "/admin/users/edit/{staff}/": OF_STAFF,
    "/admin/users/history/{staff}/": OF_STAFF,
    "/admin/users/history-results/{staff}/": OF_STAFF,
    "/admin/users/usage/{staff}/": OF_STAFF,
    "/admin/users/delete/{staff}/": (404, 302),
    "/admin/users/copy/{staff}/": GONE,
    # A learner, a superuser, somebody with a role elsewhere: not there for an administrator.
    "/admin/users/edit/{learner}/": GONE,
    "/admin/users/edit/{superuser}/": GONE,
    "/admin/users/edit/{elsewhere}/": GONE,
    "/admin/users/usage/{learner}/": GONE,
    "/admin/users/history/{superuser}/": GONE,
    "/admin/groups/": NEITHER,
    "/admin/collections/": NEITHER,
    "/admin/workflows/list/": NEITHER,
}
# Ours, or replaced by ours.
OURS = (
    "admin/khoa-hoc/",
    "admin/bai-hoc/",
    "admin/ngan-hang/",
    "admin/mau-giay/",
    "admin/phim/",
    "admin/users/",
)


@pytest.fixture
def there(khoa, bai, hai_phong, cam_giang, binh, lan):
    """The rows that the table names, by their number."""
    elsewhere = make_user(email="noi-khac@example.vn", name="Người Nơi Khác", is_staff=True)
    make_role(elsewhere, Role.Kind.TRAINER, make_province("01", "Thành phố Hà Nội"))
    superuser = make_user(email="goc@example.vn", name="Gốc", is_superuser=True, is_staff=True)
    return {
        "page": khoa.pk,
        "lesson": bai.pk,
        "question": Question.objects.get(key="kns04-f00").pk,
        "practice": Question.objects.get(key="kns04-01-c1").pk,
        "design": Design.objects.create(issuer="Ủy ban nhân dân xã", city="Hải Phòng").pk,
        "film": Film.objects.create(title="Gọi lại", film="films/a.mp4", captions="films/a.vtt").pk,
        "staff": binh.pk,
        "learner": lan.user.pk,
        "superuser": superuser.pk,
        "elsewhere": elsewhere.pk,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("column", "who"), enumerate(["bien", "quan_tri"]))
def test_what_staff_reach(column, who, request, there, client):
    ensure_groups()
    client.force_login(request.getfixturevalue(who))
    found = {path: client.get(path.format(**there)).status_code for path in STAFF}
    assert found == {path: statuses[column] for path, statuses in STAFF.items()}


@pytest.mark.django_db
def test_no_screen_of_ours_is_forgotten(there):
    walked = {resolve(path.format(**there)).route for path in STAFF}
    ours = {route for route in screens() if route.startswith(OURS)}
    assert ours - walked == set()


# What the forms of these screens would take: of a design all of it, of the others as much as makes a change.
CHANGED = {
    "title": "Đổi tên", "slug": "doi-ten", "name": "Đổi tên", "issuer": "Nơi khác", "city": "Hà Nội",
    "email": "doi@example.vn", "is_active": "on", "text": "Câu khác", "alt": "Hình khác",
    "action-publish": "action-publish", "confirm": "on", "reason": "Thử", "sure": "on",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "lan", "binh", "chi"])
def test_who_does_not_edit_changes_nothing(who, request, there, client):
    ensure_groups()
    if who != "nobody":
        person = request.getfixturevalue(who)
        client.force_login(getattr(person, "user", None) or person)
    before = digest("cms", "wagtailcore", "wagtailimages", "auth")
    let_in = {}
    for path in STAFF:
        answer = client.post(path.format(**there), CHANGED)
        sent_to = urlsplit(answer.headers.get("Location", "")).path
        if not (sent_to in DOORS or answer.status_code in {404, 405}):
            let_in[path] = (answer.status_code, sent_to)
    assert let_in == {}
    assert digest("cms", "wagtailcore", "wagtailimages", "auth") == before


@pytest.mark.django_db
def test_what_they_sent_would_have_changed_something(bien, there, client):
    ensure_groups()
    client.force_login(bien)
    before = digest()
    assert client.post("/admin/mau-giay/edit/{design}/".format(**there), CHANGED).status_code == 302
    assert digest() != before


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["bien", "quan_tri"])
def test_staff_add_pictures(who, request, client):
    ensure_groups()
    client.force_login(request.getfixturevalue(who))
    pixel = BytesIO()
    Image.new("RGB", (4, 4)).save(pixel, "PNG")
    file = SimpleUploadedFile("a.png", pixel.getvalue(), "image/png")
    answer = client.post("/admin/images/add/", {"title": "Ảnh", "file": file, "alt": "Một ô màu đen"})
    assert answer.status_code == 302
    assert Picture.objects.filter(title="Ảnh").exists()
