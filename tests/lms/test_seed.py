"""seed: communes, site and curriculum; again, and nothing changes."""

import io
import time

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Revision, Site

from certificates.models import Design
from cms.models import CoursePage, LessonPage
from courses.models import Course, Edition, ItemRevision
from lms.management.commands.seed import CONTENT, packages
from places.models import Place
from quizzes.models import QuestionRevision
from tests.cms.importing.packages import bent, changed, put_in

pytestmark = pytest.mark.django_db
COUNTED = [Design, Place, Page, Revision, Site, Edition, ItemRevision, QuestionRevision]


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def seed(**options) -> str:
    out = io.StringIO()
    call_command("seed", stdout=out, stderr=out, **options)
    return out.getvalue()


def test_the_curriculum_comes_in_live_and_released(client):
    seed()
    assert Place.objects.current().communes().count() == 114
    assert Design.objects.count() == 1
    assert [place.name for place in packages(CONTENT)] == ["kns01", "kns04"]
    for code, lessons in (("KNS01", 6), ("KNS04", 5)):
        course = Course.objects.get(code=code)
        assert course.current_edition.items.count() == lessons + 1
    assert client.get("/khoa-hoc/an-toan-tren-mang/").status_code == 200
    before = [model.objects.count() for model in COUNTED]
    started = time.perf_counter()
    said = seed()
    assert time.perf_counter() - started < 5
    assert said.count("changed 0") == 3
    assert [model.objects.count() for model in COUNTED] == before


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "lms.management.commands.seed.load_city", lambda: type("L", (), {"communes": 0, "changed": 0})
    )
    put_in(tmp_path / "content" / "thu", bent())
    return tmp_path / "content"


def test_what_an_editor_changed_survives_a_restart(folder, bien):
    seed(content=folder)
    page = LessonPage.objects.get(item_key="thu01-01")
    draft = page.get_latest_revision_as_object()
    draft.title = "Cô Biên sửa"
    draft.save_revision(user=bien).publish()
    assert "changed 0" in seed(content=folder)
    put_in(folder / "thu", changed("lessons/01-mot.md", "Đừng để tràn.", "Rót từ từ."))
    assert "left aside lessons/01-mot.md" in seed(content=folder)
    assert LessonPage.objects.get(item_key="thu01-01").title == "Cô Biên sửa"


def test_a_package_that_is_wrong_stops_the_start_with_the_reason(folder):
    (folder / "thu" / "course.yaml").write_text("format: 9", encoding="utf-8")
    with pytest.raises(CommandError, match=r"thu: Không nhận gói, chưa có gì thay đổi\."):
        seed(content=folder)
    assert not CoursePage.objects.exists()


def test_a_folder_that_is_not_there_is_said(folder, tmp_path):
    with pytest.raises(CommandError, match="Không có thư mục"):
        seed(content=tmp_path / "khong-co")


def test_another_city_seeds_without_the_list_of_this_one(folder, monkeypatch, settings):
    monkeypatch.undo()
    settings.PROVINCE_CODE = "01"
    assert "load_communes" in seed(content=folder)
    assert Course.objects.filter(code="THU01").exists()
