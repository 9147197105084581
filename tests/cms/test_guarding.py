"""A lesson of the current edition stays: refused politely in the editor, refused to code."""

import pytest
from django.db import transaction
from django.urls import reverse
from wagtail.models import Page

from cms import authoring, guarding, release
from cms.models import CoursePage, LessonPage
from courses.errors import ItemRequired
from courses.models import Item

from .conftest import edit, put_course, put_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, quan_tri):
    """The administrator at the editor's screens, with everything allowed."""
    quan_tri.is_superuser = True
    quan_tri.save()
    client.force_login(quan_tri)
    return client


def stands(page) -> bool:
    return Page.objects.filter(pk=page.pk, live=True).exists() and Item.objects.get(key="kns04-01").is_live


def refused(response) -> str:
    assert response.status_code == 302
    page = response.client.get(response.url)
    text = page.content.decode()
    assert "bản phát hành hiện tại" in text or "khóa học khác" in text
    return text


@pytest.mark.parametrize("which", ["lesson", "course", "index"])
def test_deleting_is_refused_in_the_editor(editor, khoa, bai, which):
    page = {"lesson": bai, "course": khoa, "index": khoa.get_parent()}[which]
    text = refused(editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk])))
    assert "Bài 1" in text
    assert stands(bai)


@pytest.mark.parametrize("which", ["lesson", "course", "index"])
def test_unpublishing_is_refused_in_the_editor(editor, khoa, bai, which):
    page = {"lesson": bai, "course": khoa, "index": khoa.get_parent()}[which]
    refused(
        editor.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]), {"include_descendants": "on"})
    )
    assert stands(page)


@pytest.mark.parametrize("action", ["delete", "unpublish"])
def test_bulk_actions_are_refused(editor, khoa, bai, action):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action]) + f"?id={bai.pk}"
    refused(editor.post(url))
    assert stands(bai)


def test_a_lesson_does_not_move_to_another_course(editor, khoa, bai):
    other = put_course("KNS01", slug="dien-thoai", title="Điện thoại")
    url = reverse("wagtailadmin_pages:move_confirm", args=[bai.pk, other.pk])
    refused(editor.post(url))
    assert LessonPage.objects.get(pk=bai.pk).get_parent().pk == khoa.pk


def test_a_bulk_move_to_another_course_is_refused(editor, khoa, bai):
    other = put_course("KNS01", slug="dien-thoai", title="Điện thoại")
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"]) + f"?id={bai.pk}"
    editor.post(url, {"chooser": other.pk})
    assert LessonPage.objects.get(pk=bai.pk).get_parent().pk == khoa.pk


def test_code_does_not_delete_a_required_lesson(bai):
    with pytest.raises(ItemRequired), transaction.atomic():
        bai.delete()
    assert stands(bai)


def test_code_does_not_delete_the_course_above(khoa, bai):
    before = Page.objects.get(pk=khoa.pk).get_parent().numchild
    with pytest.raises(ItemRequired), transaction.atomic():
        Page.objects.get(pk=khoa.pk).delete()
    assert stands(bai)
    assert Page.objects.get(pk=khoa.pk).get_parent().numchild == before
    assert CoursePage.objects.get(pk=khoa.pk).numchild == 2


def test_code_does_not_unpublish_a_required_lesson(bai):
    with pytest.raises(ItemRequired):
        LessonPage.objects.get(pk=bai.pk).unpublish()
    assert stands(bai)


def test_code_does_not_unpublish_the_course_of_required_lessons(khoa, bai):
    with pytest.raises(guarding.PageRequired):
        CoursePage.objects.get(pk=khoa.pk).unpublish()
    assert stands(khoa)


def test_code_does_not_move_a_lesson_to_another_course(khoa, bai):
    other = put_course("KNS01", slug="dien-thoai", title="Điện thoại")
    with pytest.raises(guarding.OtherCourse):
        bai.move(other, "last-child")
    assert LessonPage.objects.get(pk=bai.pk).get_parent().pk == khoa.pk


def test_an_expiry_date_never_takes_hold(bai):
    from django.utils import timezone

    edit(bai, expire_at=timezone.now())
    assert bai.expire_at is None
    assert bai.get_latest_revision_as_object().expire_at is None


def test_after_a_release_without_it_a_lesson_may_go(editor, khoa, bai):
    edit(bai, required=False)
    release.release(page=khoa, by=None)
    response = editor.post(reverse("wagtailadmin_pages:unpublish", args=[bai.pk]))
    assert response.status_code == 302
    assert not Item.objects.get(key="kns04-01").is_live
    LessonPage.objects.get(pk=bai.pk).delete()
    assert Item.objects.filter(key="kns04-01").exists()


def test_a_free_lesson_may_be_deleted_in_the_editor(editor, khoa):
    page = put_lesson(khoa, 3)
    authoring.make_live([page])
    editor.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert not LessonPage.objects.filter(pk=page.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_refused_deletion_leaves_the_tree_whole(khoa, bai):
    with pytest.raises(ItemRequired):
        Page.objects.get(pk=bai.pk).delete()
    assert CoursePage.objects.get(pk=khoa.pk).numchild == 2
    assert stands(bai)


@pytest.mark.parametrize("chooser", ["abc", "1 OR 1", "²"])
def test_a_bulk_move_to_nowhere_is_refused(editor, bai, chooser):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
    response = editor.post(f"{url}?id={bai.pk}&next=/admin/", {"chooser": chooser, "move_applicable": ""})
    assert response.status_code == 302
    assert "vẫn ở chỗ cũ" in editor.get(response.url).content.decode()


@pytest.mark.parametrize("chooser", ["", "999999", "999999999999999999999"])
def test_a_bulk_move_without_a_place_asks_again(editor, bai, chooser):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "move"])
    assert editor.post(f"{url}?id={bai.pk}&next=/admin/", {"chooser": chooser}).status_code == 200
