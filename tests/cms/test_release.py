"""Releasing from the course page: only with the permission, only when everything is live."""

import pytest
from django.urls import reverse

from cms import authoring, release
from cms.models import CoursePage, LessonPage
from cms.permissions import ensure_groups
from courses.errors import NotLive
from courses.models import Course, Edition

from .conftest import edit, put_bank, put_course, put_lesson
from .test_bank_suffices import course_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, bien):
    from django.contrib.auth.models import Group

    ensure_groups()
    bien.groups.add(Group.objects.get(name="Editors"))
    client.force_login(bien)
    return client


def url(page) -> str:
    return reverse("cms_release", args=[page.pk])


def test_an_editor_releases_and_sees_what_changes(editor, khoa, bien):
    authoring.make_live([put_lesson(khoa, 3)])
    shown = editor.get(url(khoa)).content.decode()
    assert "Thêm: Bài 3" in shown
    assert editor.post(url(khoa)).status_code == 302
    edition = Course.objects.get().current_edition
    assert (edition.number, edition.released_by, edition.items.count()) == (2, bien, 4)


def test_nothing_changed_makes_no_edition(editor, khoa):
    assert "Không có gì thay đổi" in editor.get(url(khoa)).content.decode()
    editor.post(url(khoa))
    assert Edition.objects.count() == 1


def test_a_text_edit_is_no_change(khoa, bai):
    edit(bai, title="Tên khác")
    assert not release.plan(CoursePage.objects.get()).changes


def test_a_changed_pass_mark_is_a_change(editor, khoa):
    edit(khoa, pass_percent=90)
    assert "từ 80 % thành 90 %" in editor.get(url(khoa)).content.decode()
    editor.post(url(khoa))
    assert Course.objects.get().current_edition.rule["pass_percent"] == 90


def test_a_new_paper_when_asked_for(editor, khoa):
    authoring.make_live([put_lesson(khoa, 3)])
    editor.post(url(khoa), {"new_paper": "on"})
    assert Course.objects.get().current_edition.new_paper


def test_a_required_draft_refuses_with_a_link(editor, khoa):
    draft = put_lesson(khoa, 3)
    with pytest.raises(NotLive, match="Bài 3"):
        release.release(page=khoa, by=None)
    response = editor.post(url(khoa))
    assert response.status_code == 200
    assert reverse("wagtailadmin_pages:edit", args=[draft.pk]) in response.content.decode()
    assert Edition.objects.count() == 1


def test_a_draft_that_is_not_required_does_not_stand_in_the_way(khoa):
    put_lesson(khoa, 3, required=False)
    assert release.release(page=khoa, by=None).number == 1


def test_a_bank_smaller_than_the_draw_refuses(khoa):
    edit(khoa, test_draw=9, pass_percent=70)
    with pytest.raises(release.BankTooSmall):
        release.release(page=khoa, by=None)


def test_a_course_that_is_not_live_refuses():
    course = put_course()
    with pytest.raises(release.CourseNotLive):
        release.release(page=course, by=None)


def test_dropping_the_test_takes_it_out_of_the_next_edition(khoa):
    edit(khoa, has_test=False)
    test = Course.objects.get().items.get(kind="test")
    assert test.is_live  # the current edition still asks for it
    assert release.release(page=khoa, by=None).items.count() == 2
    test.refresh_from_db()
    assert not test.is_live


def test_the_button_is_on_the_course_page_only(editor, khoa, bai):
    assert url(khoa) in editor.get(reverse("wagtailadmin_pages:edit", args=[khoa.pk])).content.decode()
    assert "phat-hanh" not in editor.get(reverse("wagtailadmin_pages:edit", args=[bai.pk])).content.decode()


@pytest.mark.parametrize("who", ["chi", "binh"])
def test_others_do_not_release(client, khoa, who, request):
    client.force_login(request.getfixturevalue(who))
    response = client.post(url(khoa), {"new_paper": "on"})
    assert response.status_code in (302, 403)
    assert Edition.objects.count() == 1


def test_an_editor_without_the_permission_does_not_release(editor, khoa, bien):
    from django.contrib.auth.models import Permission

    bien.groups.get().permissions.remove(Permission.objects.get(codename="release_course"))
    authoring.make_live([put_lesson(khoa, 3)])
    editor.post(url(khoa))
    assert Edition.objects.count() == 1
    assert "phat-hanh" not in editor.get(reverse("wagtailadmin_pages:edit", args=[khoa.pk])).content.decode()


def test_planning_costs_the_same_for_any_course(khoa, django_assert_max_num_queries):
    put_bank(khoa, 5)
    for number in range(3, 12):
        put_lesson(khoa, number)
    with django_assert_max_num_queries(8):
        assert len(release.plan(CoursePage.objects.get()).dark) == 9
    assert LessonPage.objects.count() == 11


def publish(editor, page, **fields):
    """Press "Publish" on the course's screen; what the editor is then told."""
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = course_form(page, **{"test_draw": "2", "action-publish": "1", **fields})
    assert editor.post(address, form).status_code == 302
    return editor.get(reverse("ngan-hang:index")).content.decode()


def test_publishing_what_a_release_waits_for_says_so_and_leads_there(editor, khoa):
    told = publish(editor, khoa, pass_percent="90")
    assert "có thay đổi chưa phát hành: người học vẫn học theo bản cũ" in told
    assert url(khoa) in told


def test_publishing_a_text_edit_asks_for_no_release(editor, khoa):
    assert "người học vẫn học theo bản cũ" not in publish(editor, khoa, title="Tên khác")


def test_the_first_screen_shows_each_course_and_its_release_state(editor, khoa):
    shown = editor.get("/admin/").content.decode()
    assert khoa.title in shown
    assert "đã phát hành bản 1" in shown
    edit(khoa, pass_percent=90)
    shown = editor.get("/admin/").content.decode()
    assert "có thay đổi chưa phát hành" in shown
    assert url(khoa) in shown
