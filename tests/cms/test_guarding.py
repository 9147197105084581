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


def call(client, page, action, **data):
    url = reverse("wagtailadmin_api:pages:action", args=[page.pk, action])
    return client.post(url, data, content_type="application/json")


@pytest.mark.parametrize("action", ["delete", "unpublish"])
@pytest.mark.parametrize("which", ["lesson", "course", "index"])
def test_the_interface_of_the_editor_refuses_with_the_sentence(editor, khoa, bai, which, action):
    page = {"lesson": bai, "course": khoa, "index": khoa.get_parent()}[which]
    response = call(editor, page, action, **({"recursive": True} if action == "unpublish" else {}))
    assert response.status_code == 409
    assert "bản phát hành hiện tại" in response.json()["detail"]
    assert stands(page)
    assert Page.objects.get(pk=bai.pk).live
    assert Page.objects.get(pk=khoa.pk).numchild == 2


def test_the_interface_of_the_editor_moves_no_lesson_away(editor, khoa, bai):
    other = put_course("KNS01", slug="dien-thoai", title="Điện thoại")
    response = call(editor, bai, "move", destination_page_id=other.pk, position="last-child")
    assert (response.status_code, "khóa học khác" in response.json()["detail"]) == (409, True)
    assert LessonPage.objects.get(pk=bai.pk).get_parent().pk == khoa.pk


def test_the_interface_of_the_editor_copies_to_drafts_only(editor, khoa):
    assert call(editor, khoa, "copy", recursive=True, keep_live=True).status_code == 201
    copy = CoursePage.objects.exclude(pk=khoa.pk).get()
    assert not copy.get_descendants(inclusive=True).live().exists()
    assert copy.get_children().count() == 2
    assert call(editor, copy, "publish").status_code == 400
    assert not CoursePage.objects.get(pk=copy.pk).live


@pytest.mark.parametrize("action", ["create_alias", "convert_alias", "copy_for_translation"])
def test_the_interface_of_the_editor_makes_no_alias(editor, khoa, action):
    assert call(editor, khoa, action, recursive=True).status_code == 404
    assert CoursePage.objects.count() == 1


def copied(client, page, **data):
    given = {"new_title": "Khác", "new_slug": "khac", "new_parent_page": page.get_parent().pk, **data}
    return client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), given)


def test_a_copy_in_the_editor_is_a_draft(editor, khoa):
    html = editor.get(reverse("wagtailadmin_pages:copy", args=[khoa.pk])).content.decode()
    assert "copy_subpages" in html
    assert "publish_copies" not in html
    assert 'name="alias"' not in html
    assert copied(editor, khoa, copy_subpages="on", publish_copies="on").status_code == 302
    copy = CoursePage.objects.get(slug="khac")
    assert not copy.get_descendants(inclusive=True).live().exists()
    assert "Khác" not in editor.get("/khoa-hoc/").content.decode()


@pytest.mark.parametrize("which", ["lesson", "course"])
def test_an_alias_is_refused_in_the_editor(editor, khoa, bai, which):
    response = copied(editor, {"lesson": bai, "course": khoa}[which], alias="on", copy_subpages="on")
    assert response.status_code == 302
    assert "không có trang bí danh được" in editor.get(response.url).content.decode()
    assert Page.objects.filter(slug="khac").count() == 0


def test_a_lesson_waits_for_the_code_of_its_course(editor, khoa):
    copied(editor, khoa, copy_subpages="on")
    copy = CoursePage.objects.get(slug="khac")
    bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = editor.post(f"{bulk}?id={copy.pk}&next=/admin/", {"include_descendants": "on"})
    assert response.status_code == 302
    assert "chưa có mã" in editor.get(response.url).content.decode()
    assert not copy.get_descendants(inclusive=True).live().exists()


def test_publishing_a_lesson_of_a_course_without_a_code_says_why(editor, khoa, bai):
    from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

    copied(editor, khoa, copy_subpages="on")
    lesson = LessonPage.objects.child_of(CoursePage.objects.get(slug="khac")).first()
    data = {"title": "Bài", "slug": "bai", "objective": "Làm được.", "minutes": "5", "required": "on"}
    body = {"body": streamfield([("paragraph", rich_text("<p>Chữ</p>"))]), "sources": rich_text("")}
    posted = {**nested_form_data({**data, **body}), "action-publish": "1"}
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[lesson.pk]), posted)
    assert "chưa có mã" in response.content.decode()
    assert not LessonPage.objects.get(pk=lesson.pk).live
