"""Pages from plain data: made once, changed when the data changed, refused whole."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Page, Site

from cms import authoring
from cms.models import CourseIndexPage, CoursePage, HomePage, LessonPage, Picture
from courses.errors import WrongCourse
from courses.models import Course, Item

from .conftest import paragraph, put_course, put_lesson

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"><rect width="9" height="9"/></svg>'


def test_the_site_is_made_once():
    authoring.ensure_site()
    authoring.ensure_site()
    assert (HomePage.objects.count(), CourseIndexPage.objects.count()) == (1, 1)
    assert CourseIndexPage.objects.get().path_of_site() == "/khoa-hoc/"
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get()
    assert not Page.objects.filter(slug="home").exists()


def test_the_same_course_twice_changes_nothing(khoa):
    revisions = khoa.revisions.count()
    assert put_course() == khoa
    assert put_lesson(khoa, 1).revisions.count() == 1
    assert khoa.revisions.count() == revisions
    assert not LessonPage.objects.filter(has_unpublished_changes=True).exists()


def test_new_pages_are_drafts_until_made_live():
    course = put_course()
    put_lesson(course, 1)
    assert not CoursePage.objects.live().exists()
    assert not LessonPage.objects.live().exists()
    assert not Item.objects.exists()


def test_a_changed_lesson_waits_as_a_draft(khoa):
    page = put_lesson(khoa, 1, title="Tên mới")
    assert page.has_unpublished_changes
    assert Item.objects.get(key="kns04-01").title == "Bài 1"
    authoring.make_live([page])
    assert Item.objects.get(key="kns04-01").title == "Tên mới"


def test_making_live_gives_items_in_order(khoa):
    items = Item.objects.filter(course__code="KNS04")
    assert list(items.values_list("key", "position", "url")) == [
        ("kns04-01", 1, "/khoa-hoc/an-toan-tren-mang/bai-1/"),
        ("kns04-02", 2, "/khoa-hoc/an-toan-tren-mang/bai-2/"),
        ("kns04-kiem-tra", 32_000, "/kiem-tra/an-toan-tren-mang/"),
    ]
    assert Course.objects.get().current_edition.items.count() == 3


def test_a_lesson_of_another_course_is_refused(khoa):
    other = put_course("KNS01", slug="dien-thoai", title="Điện thoại")
    with pytest.raises(WrongCourse):
        authoring.put_lesson(
            course=other,
            key="kns04-01",
            slug="x",
            title="x",
            objective="x",
            minutes=1,
            blocks=[paragraph("x")],
        )


def test_a_bad_question_is_refused_and_nothing_is_written(khoa):
    bad = {
        "type": "question",
        "value": {"kind": "single", "text": "?", "choices": [{"text": "a"}, {"text": "b"}]},
    }
    with pytest.raises(ValidationError):
        put_lesson(khoa, 3, blocks=[bad])
    assert not LessonPage.objects.filter(item_key="kns04-03").exists()


def test_hostile_html_is_cleaned(khoa):
    text = (
        '<p>Xem <a href="javascript:alert(1)" onclick="x()">đây</a><script>alert(1)</script> <b>nhé</b></p>'
    )
    page = put_lesson(khoa, 3, blocks=[{"type": "paragraph", "value": text}])
    assert page.body[0].value.source == "<p>Xem <a>đây</a> <b>nhé</b></p>"


def test_a_picture_of_the_same_bytes_is_kept():
    first, made = authoring.put_picture(origin="kns04/x.svg", title="x", data=SVG, filename="x.svg")
    again, changed = authoring.put_picture(origin="kns04/x.svg", title="x", data=SVG, filename="x.svg")
    assert (made, changed, first) == (True, False, again)
    changed_bytes = SVG.replace(b"9", b"8")
    other, changed = authoring.put_picture(
        origin="kns04/x.svg", title="x", data=changed_bytes, filename="x.svg"
    )
    assert (changed, other) == (True, first)
    assert Picture.objects.count() == 1


def test_a_picture_that_is_none_is_refused():
    with pytest.raises(ValidationError):
        authoring.put_picture(origin="a", title="x", data=b"khong phai hinh", filename="x.svg")
    with pytest.raises(ValidationError):
        authoring.put_picture(origin="a", title="x", data=b"khong phai hinh", filename="x.png")
    assert not Picture.objects.exists()


def test_a_drawing_that_would_fill_the_memory_is_refused(db):
    authoring.ensure_site()
    deep = SVG.replace(b"<rect", b"<g>" * 80 + b"</g>" * 80 + b"<rect")
    with pytest.raises(ValidationError, match="quá 64 tầng"):
        authoring.put_picture(origin="a", title="x", data=deep, filename="x.svg")
