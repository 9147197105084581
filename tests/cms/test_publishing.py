"""Publishing makes items, revisions and questions; editing text makes no edition."""

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from cms import authoring
from cms.models import CoursePage, LessonPage
from courses.models import Course, Edition, Item, ItemRevision
from quizzes.models import Question, Quiz

from .conftest import QUESTION, edit, paragraph, put_course, put_lesson

pytestmark = pytest.mark.django_db


def test_publishing_freezes_the_body(bai):
    item = Item.objects.get(key="kns04-01")
    assert "Nội dung bài 1" in item.revision.html
    assert 'data-question="kns04-01-c1"' in item.revision.html
    assert (item.slug, item.title, item.revision.number) == ("bai-1", "Bài 1", 1)


def test_a_new_icon_is_no_new_revision(bai, settings):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "tests.cms.hashing.HashingStorage"}}
    edit(bai)
    revision = Item.objects.get(key="kns04-01").revision
    assert (revision.number, "icons.svg#" in revision.html) == (1, True)


def test_publishing_without_a_change_makes_no_revision(bai):
    edit(bai)
    assert ItemRevision.objects.filter(item__key="kns04-01").count() == 1


def test_a_text_edit_makes_a_revision_and_no_edition(bai):
    edit(bai, body=[("paragraph", "<p>Chữ mới</p>")])
    assert Item.objects.get(key="kns04-01").revision.number == 2
    assert Edition.objects.count() == 1


def test_a_draft_changes_nothing(bai):
    bai.title = "Nháp"
    bai.save_revision()
    assert Item.objects.get(key="kns04-01").title == "Bài 1"


def test_check_questions_go_to_the_bank_as_practice(bai):
    question = Question.objects.get(key="kns04-01-c1")
    assert (question.purpose, question.item.key, question.revision.kind) == ("practice", "kns04-01", "single")
    assert [choice["id"] for choice in question.revision.choices] == ["a", "b"]


def test_a_removed_question_is_retired_and_comes_back(bai):
    body = bai.body
    edit(bai, body=[("paragraph", "<p>Không còn câu hỏi</p>")])
    assert Question.objects.get(key="kns04-01-c1").revision is None
    edit(bai, body=body)
    assert Question.objects.get(key="kns04-01-c1").revision is not None


def test_a_new_question_gets_its_key_once(bai):
    edit(bai, body=[("question", QUESTION["value"])])
    key = Question.objects.get(revision__isnull=False, item__key="kns04-01").key
    assert key.startswith("kns04-01-")
    edit(bai, title="Lần nữa")
    assert Question.objects.get(revision__isnull=False, item__key="kns04-01").key == key


def test_a_copied_lesson_gets_its_own_keys(bai, khoa):
    copy = bai.copy(update_attrs={"slug": "ban-sao", "title": "Bản sao"}, keep_live=False)
    assert copy.specific.item_key is None
    assert Item.objects.filter(kind="lesson").count() == 2
    copy.get_latest_revision().publish()
    copy = LessonPage.objects.get(slug="ban-sao")
    assert copy.item_key
    assert copy.item_key != bai.item_key
    keys = set(Question.objects.filter(item__key=copy.item_key).values_list("key", flat=True))
    assert keys
    assert not keys & {"kns04-01-c1"}
    assert Question.objects.get(key="kns04-01-c1").item.key == "kns04-01"


def test_a_copied_course_has_no_code_and_no_items(khoa):
    copy = khoa.copy(recursive=True, update_attrs={"slug": "khac", "title": "Khác"}, keep_live=False)
    copy = CoursePage.objects.get(pk=copy.pk)
    assert copy.code is None
    assert not copy.lessons().filter(item_key__isnull=False).exists()
    assert Course.objects.count() == 1


def test_a_course_without_a_code_and_its_lessons_are_not_live(khoa):
    attributes = {"slug": "khac", "title": "Khác"}
    with pytest.raises(ValidationError, match="chưa có mã"), transaction.atomic():
        khoa.copy(recursive=True, update_attrs=attributes)
    copy = khoa.copy(recursive=True, update_attrs=attributes, keep_live=False)
    for page in (CoursePage.objects.get(pk=copy.pk), LessonPage.objects.child_of(copy).first()):
        with pytest.raises(ValidationError, match="chưa có mã"), transaction.atomic():
            page.get_latest_revision().publish()
    assert not copy.get_descendants(inclusive=True).live().exists()
    with pytest.raises(ValidationError, match="chưa có mã"), transaction.atomic():
        LessonPage.objects.get(slug="bai-1", live=True).copy(to=copy, update_attrs={"slug": "x"})


def test_a_course_copied_live_gets_items_with_its_code(khoa):
    copy = khoa.copy(recursive=True, update_attrs={"slug": "khac", "title": "Khác"}, keep_live=False)
    copy.get_descendants(inclusive=True).update(live=True)  # as a copy could be once
    assert (Course.objects.count(), Item.objects.filter(kind="lesson").count()) == (1, 2)
    edit(CoursePage.objects.get(pk=copy.pk), code="MOI")
    assert Item.objects.filter(course__code="MOI", kind="lesson").count() == 2
    assert Question.objects.filter(course__code="MOI").count() == 2


def test_a_new_address_of_a_lesson_moves_its_item(bai):
    edit(bai, slug="ten-moi")
    item = Item.objects.get(key="kns04-01")
    assert (item.slug, item.url) == ("ten-moi", "/khoa-hoc/an-toan-tren-mang/ten-moi/")
    assert item.revision.number == 1


def test_a_new_address_of_a_course_moves_all_its_items(khoa):
    edit(khoa, slug="an-toan", title="An toàn")
    assert Course.objects.get().slug == "an-toan"
    assert set(Item.objects.values_list("url", flat=True)) == {
        "/khoa-hoc/an-toan/bai-1/",
        "/khoa-hoc/an-toan/bai-2/",
        "/kiem-tra/an-toan/",
    }


def test_the_final_test_takes_the_rules_of_the_page(khoa):
    edit(khoa, test_draw=5, pass_percent=70)
    quiz = Quiz.objects.get()
    assert (quiz.draw, quiz.pass_percent, quiz.item.key) == (5, 70, "kns04-kiem-tra")


def test_reordering_lessons_reorders_items(khoa, bai):
    bai.move(khoa, "last-child")
    assert list(Item.objects.filter(kind="lesson").values_list("key", flat=True)) == ["kns04-02", "kns04-01"]


def test_unpublishing_a_free_lesson_withdraws_it(khoa):
    page = put_lesson(khoa, 3)
    authoring.make_live([page])
    page.unpublish()
    assert not Item.objects.get(key="kns04-03").is_live
    authoring.make_live([LessonPage.objects.get(pk=page.pk)])
    assert Item.objects.get(key="kns04-03").is_live


def test_deleting_a_free_lesson_withdraws_it(khoa):
    page = put_lesson(khoa, 3, blocks=[paragraph("x")])
    authoring.make_live([page])
    page.delete()
    assert not Item.objects.get(key="kns04-03").is_live


def test_a_code_once_published_stays(khoa):
    from django.core.exceptions import ValidationError

    khoa.code = "KHAC"
    with pytest.raises(ValidationError, match="KNS04"):
        khoa.full_clean()


def test_two_courses_never_share_a_code(khoa):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        CoursePage(title="x", slug="x", code="KNS04", summary="x").full_clean()
    assert put_course() == khoa


@pytest.mark.parametrize(
    ("code", "slug", "field"), [("kns04", "khac", "code"), ("KNS99", "an-toan-tren-mang", "slug")]
)
def test_a_new_page_may_not_take_the_name_of_a_course(khoa, code, slug, field):
    """The course may have no page any more; to publish under its name would end in a 500."""
    with pytest.raises(ValidationError) as refused:
        CoursePage(title="Khác", code=code, slug=slug, summary="x").clean()
    assert list(refused.value.message_dict) == [field]


def test_a_question_fits_under_the_longest_key_of_a_lesson(khoa):
    page = put_lesson(khoa, 7, key="k" * 60, blocks=[QUESTION])
    authoring.make_live([page])
    assert len(Question.objects.get(item__key="k" * 60).key) == 60
