"""A fixed cast: named people with a story, so that a permission test reads like a sentence."""

import os
import time
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings
from hypothesis import settings as hypothesis
from wagtail.models import Collection, Locale, Page

from accounts import roles
from accounts.hashers import PepperedArgon2Hasher
from accounts.models import Learner, User
from places.models import Place

from .make import make_commune, make_learner, make_province, make_role, make_user, protect

# The same examples in every run, however loaded the machine: what fails once fails again.
hypothesis.register_profile("fixed", derandomize=True, deadline=None, max_examples=100)
hypothesis.load_profile("fixed")

# A real hash costs 60 ms on purpose; tests make hundreds.
PepperedArgon2Hasher.time_cost, PepperedArgon2Hasher.memory_cost = 1, 8


@pytest.fixture(scope="session", autouse=True)
def _own_caches(request):
    """Each worker has caches of its own: clearing empties a whole folder or Redis database."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    own = {alias: dict(cache) for alias, cache in settings.CACHES.items()}
    for cache in own.values():
        if settings.REDIS_URL:
            cache["LOCATION"] = f"{settings.REDIS_URL.rsplit('/', 1)[0]}/{number + 1}"
        else:
            cache["LOCATION"] = f"{cache['LOCATION']}-{number}"
    with override_settings(CACHES=own):
        yield


@pytest.fixture(autouse=True)
def _clear_caches(settings):
    for alias in settings.CACHES:
        caches[alias].clear()


@pytest.fixture(autouse=True)
def _windows(monkeypatch):
    """Counters' windows begin with the test: none ends in the middle of one."""
    ahead = time.time() % 86400
    monkeypatch.setattr("common.throttles.time", SimpleNamespace(time=lambda: time.time() - ahead))


@pytest.fixture(autouse=True)
def _wagtail_rows(request):
    """Rows that Wagtail's migrations make once and a transactional test's flush removes."""
    if not request.node.get_closest_marker("django_db") and "db" not in request.fixturenames:
        return
    request.getfixturevalue("db")
    Locale.objects.get_or_create(language_code="vi")
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
    if not Collection.objects.filter(depth=1).exists():
        Collection.add_root(name="Root")


@pytest.fixture
def hai_phong(db) -> Place:
    return make_province()


@pytest.fixture
def phu_thai(hai_phong) -> Place:
    return make_commune("10750", "Xã Phú Thái")


@pytest.fixture
def cam_giang(hai_phong) -> Place:
    return make_commune("10888", "Xã Cẩm Giang")


@pytest.fixture
def lan(phu_thai) -> Learner:
    """A learner of Phú Thái, 62, with a sign-in."""
    return make_learner("Nguyễn Thị Lan", commune=phu_thai, gender="female")


@pytest.fixture
def binh(phu_thai) -> User:
    """Lan's trainer."""
    user = make_user(email="binh@example.vn", name="Trần Văn Bình", password="mat-khau-cua-binh")
    make_role(user, "trainer", phu_thai)
    return user


@pytest.fixture
def chi(phu_thai) -> User:
    """An official of Phú Thái."""
    user = make_user(email="chi@example.vn", name="Phạm Thị Chi", password="mat-khau-cua-chi")
    make_role(user, "official_manage", phu_thai)
    return user


@pytest.fixture
def sau(cam_giang) -> User:
    """An official of another commune: must never see Phú Thái's people."""
    user = make_user(email="sau@example.vn", name="Lê Văn Sáu", password="mat-khau-cua-sau")
    make_role(user, "official_manage", cam_giang)
    return user


@pytest.fixture
def bien(hai_phong) -> User:
    """An editor of the city."""
    user = make_user(email="bien@example.vn", name="Vũ Thị Biên", password="mat-khau-cua-bien")
    roles.grant(by=None, user=user, kind="editor", place=hai_phong)
    return user


@pytest.fixture
def quan_tri(hai_phong) -> User:
    """The city's administrator."""
    user = make_user(
        email="quan-tri@example.vn", name="Đỗ Quản Trị", password="mat-khau-quan-tri", is_staff=True
    )
    roles.grant(by=None, user=user, kind="administrator", place=hai_phong)
    return protect(user)
