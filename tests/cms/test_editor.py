"""The editor's screens: they load, preview drafts, and keep the question bank."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.contrib.staticfiles import finders
from django.urls import reverse

from cms import authoring
from cms.bank import QuestionForm
from cms.blocks import LessonBlocks
from cms.blocks.questions import QuestionBlock, what_is_wrong
from cms.models import LessonPage
from cms.permissions import ensure_groups
from courses.models import Item
from quizzes.models import Question, QuestionRevision

from .conftest import QUESTION, put_bank, put_lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, bien):
    ensure_groups()
    bien.groups.add(Group.objects.get(name="Editors"))
    client.force_login(bien)
    return client


@pytest.mark.parametrize("name", ["home", "index", "course", "lesson"])
def test_screens_load(editor, khoa, bai, name):
    page = {
        "home": khoa.get_parent().get_parent(),
        "index": khoa.get_parent(),
        "course": khoa,
        "lesson": bai,
    }[name]
    assert editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    assert editor.get(reverse("wagtailadmin_explore", args=[page.pk])).status_code == 200


def test_the_first_screen_has_our_name(editor, khoa):
    page = editor.get("/admin/").content.decode()
    assert "Học Vụ Số" in page
    assert "cms/admin.css" in page
    assert reverse("ngan-hang:index") in page
    assert reverse("wagtaildocs:index") not in page


def test_new_pages_can_be_begun(editor, khoa):
    for model, parent in (("coursepage", khoa.get_parent()), ("lessonpage", khoa)):
        assert (
            editor.get(reverse("wagtailadmin_pages:add", args=["cms", model, parent.pk])).status_code == 200
        )


def test_an_official_has_no_business_here(client, khoa, chi):
    client.force_login(chi)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[khoa.pk])).status_code in (302, 403)


def test_a_draft_previews_and_makes_no_item(editor, khoa):
    page = put_lesson(khoa, 3, title="Bản nháp xem thử", blocks=[{**QUESTION, "id": "moi"}])
    response = editor.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert response.status_code == 200
    text = response.content.decode()
    assert "Bản nháp xem thử" in text
    assert "Bài 3 trong 3" in text
    assert not Item.objects.filter(title="Bản nháp xem thử").exists()


def test_a_live_lesson_previews_its_draft(editor, bai):
    bai.title = "Tên đang sửa"
    bai.save_revision()
    text = editor.get(reverse("wagtailadmin_pages:view_draft", args=[bai.pk])).content.decode()
    assert "Tên đang sửa" in text
    assert "Bài 1 trong 2" in text
    assert Item.objects.get(key="kns04-01").title == "Bài 1"


@pytest.mark.parametrize("name", list(LessonBlocks().child_blocks))
def test_every_block_is_chosen_by_seeing(name):
    block = LessonBlocks().child_blocks[name]
    assert block.meta.icon
    assert block.meta.template
    assert block.meta.description
    assert block.meta.preview_value
    assert block.meta.label
    html = block.render(block.get_preview_value(), context={"key": "x", "number": 1})
    assert html.strip()


@pytest.mark.parametrize(
    ("kind", "choices", "wrong"),
    [
        ("single", [("a", True), ("b", False)], ""),
        ("single", [("a", True), ("b", True)], "đúng một"),
        ("single", [("a", False), ("b", False)], "đúng một"),
        ("multiple", [("a", True), ("b", True)], ""),
        ("multiple", [("a", False), ("b", False)], "ít nhất một"),
        ("truefalse", [("Đúng", True), ("Sai", False)], ""),
        ("truefalse", [("Có", True), ("Không", False)], "“Đúng”, “Sai”"),
        ("single", [("a", True), ("a", False)], "giống nhau"),
    ],
)
def test_what_makes_a_question(kind, choices, wrong):
    message = what_is_wrong(kind, [{"text": text, "correct": right} for text, right in choices])
    assert (wrong in message) if wrong else message == ""


def test_a_half_written_question_may_be_saved_as_a_draft():
    block = LessonBlocks().child_blocks["question"]
    half = block.to_python(
        {"kind": "single", "text": "", "choices": [{"text": "", "correct": False}], "explanation": ""}
    )
    assert block.clean_deferred(half)


# --- the bank ---------------------------------------------------------------


def form(course, **fields):
    data = {
        "course": course.pk,
        "item": "",
        "content-kind": "single",
        "content-text": "Mã 6 số dùng để làm gì?",
        "content-explanation": "Vì thế.",
        "content-choices-count": "2",
    }
    for number, (text, right) in enumerate([("Để vào tài khoản", True), ("Để chơi", False)]):
        data |= {
            f"content-choices-{number}-deleted": "",
            f"content-choices-{number}-order": str(number),
            f"content-choices-{number}-type": "item",
            f"content-choices-{number}-id": "",
            f"content-choices-{number}-value-text": text,
            f"content-choices-{number}-value-feedback": "",
        }
        if right:
            data[f"content-choices-{number}-value-correct"] = "on"
    return {**data, **fields}


@pytest.fixture
def course(khoa):
    return khoa.course()


def test_the_bank_lists_exam_questions(editor, course):
    page = editor.get(reverse("ngan-hang:index")).content.decode()
    assert "Câu kiểm tra 0" in page
    assert "Người lạ hỏi mã 6 số" not in page


def test_the_bank_is_searched_without_accents(editor, course):
    page = editor.get(reverse("ngan-hang:index"), {"q": "cau kiem TRA 1"}).content.decode()
    assert "Câu kiểm tra 1" in page
    assert "Câu kiểm tra 0" not in page


def test_a_question_is_added(editor, course):
    response = editor.post(reverse("ngan-hang:add"), form(course))
    assert response.status_code == 302, response.context["form"].errors
    question = Question.objects.get(revision__text="Mã 6 số dùng để làm gì?")
    assert (question.purpose, question.course) == ("exam", course)
    assert [(c["id"], c["correct"]) for c in question.revision.choices] == [("a", True), ("b", False)]


def test_a_question_is_edited_as_a_new_revision(editor, course):
    question = Question.objects.get(key="kns04-f00")
    url = reverse("ngan-hang:edit", args=[question.pk])
    assert "Câu kiểm tra 0" in editor.get(url).content.decode()
    response = editor.post(url, form(course))
    assert response.status_code == 302, response.context["form"].errors
    question.refresh_from_db()
    assert (question.key, question.revision.number) == ("kns04-f00", 2)
    assert QuestionRevision.objects.filter(question=question).count() == 2


def test_a_bad_question_is_refused(editor, course):
    bad = form(course, **{"content-choices-1-value-correct": "on"})
    response = editor.post(reverse("ngan-hang:add"), bad)
    assert response.status_code == 200
    assert not Question.objects.filter(revision__text="Mã 6 số dùng để làm gì?").exists()


@pytest.mark.parametrize("screen", ["add", "edit"])
@pytest.mark.parametrize(
    "lost", [("content-choices-count",), ("content-choices-0-deleted",), ("content-",)], ids=str
)
def test_a_form_without_its_script_is_refused_and_nothing_is_lost(editor, course, screen, lost):
    args = [Question.objects.get(key="kns04-f00").pk] if screen == "edit" else []
    sent = {name: value for name, value in form(course).items() if not name.startswith(lost)}
    before = QuestionRevision.objects.count()
    response = editor.post(reverse(f"ngan-hang:{screen}", args=args), sent)
    assert response.status_code == 200
    assert "có bật JavaScript, rồi lưu lại" in response.content.decode()
    assert QuestionRevision.objects.count() == before
    shown = response.context["form"]
    assert str(shown["course"].value()) == str(course.pk)
    text = shown["content"].value()["text"]
    if "content-text" in sent:
        assert text == sent["content-text"]
    elif screen == "edit":
        assert text == "Câu kiểm tra 0"


@pytest.mark.parametrize("button", [{}, {"action-publish": "1"}], ids=["draft", "publish"])
def test_a_lesson_without_its_script_is_refused_and_keeps_its_body(editor, khoa, bai, button):
    sent = {"title": "Tên mới", "slug": "bai-1", "objective": "Mới.", "minutes": "5", **button}
    response = editor.post(reverse("wagtailadmin_pages:edit", args=[bai.pk]), sent)
    assert response.status_code == 200
    assert "có bật JavaScript, rồi lưu lại" in response.content.decode()
    assert response.context["form"]["title"].value() == "Tên mới"
    block = bai.body.stream_block
    assert block.get_prep_value(response.context["form"]["body"].value()) == block.get_prep_value(bai.body)
    bai.refresh_from_db()
    assert bai.get_latest_revision_as_object().title == "Bài 1"


def test_a_question_is_retired_not_deleted(editor, khoa, course):
    put_bank(khoa, 3)
    question = Question.objects.get(key="kns04-f00")
    url = reverse("ngan-hang:delete", args=[question.pk])
    assert "không được rút" in editor.get(url).content.decode()
    editor.post(url)
    question.refresh_from_db()
    assert question.revision is None
    assert question.revisions.count() == 1


def test_practice_questions_are_not_edited_here(editor, course):
    practice = Question.objects.get(key="kns04-01-c1")
    assert editor.get(reverse("ngan-hang:edit", args=[practice.pk])).status_code == 404


def test_the_bank_is_closed_to_others(client, course, chi):
    client.force_login(chi)
    assert client.get(reverse("ngan-hang:index")).status_code in (302, 403)


def test_publishing_from_the_editor_makes_the_item(editor, khoa):
    draft = put_lesson(khoa, 3)
    authoring.make_live([draft])
    page = LessonPage.objects.get(pk=draft.pk)
    assert json.loads(json.dumps(page.question_keys)) == {"kns04-03-c1": "kns04-03-c1"}


def test_a_new_question_offers_the_two_choices_it_needs():
    assert len(QuestionForm().initial["content"]["choices"]) == 2


@pytest.mark.parametrize("screen", ["add", "edit"])
def test_a_lone_question_brings_the_script_that_lets_it_stand_alone(editor, course, screen):
    """Wagtail's script fails on a lone StructBlock, and with it the error marks and the row buttons."""
    args = [Question.objects.get(key="kns04-f00").pk] if screen == "edit" else []
    page = editor.get(reverse(f"ngan-hang:{screen}", args=args)).content.decode()
    assert "cms.ExamQuestion" in page
    assert page.index("telepath/blocks") < page.index("cms/exam-question")
    script = Path(finders.find("cms/exam-question.js")).read_text()
    assert "telepath.register('cms.ExamQuestion'" in script


def test_a_course_lists_its_lessons_in_the_order_of_learning(editor, khoa, bai):
    bai.save_revision()  # the last one changed is the first one learned
    put_lesson(khoa, 3)
    pages = editor.get(reverse("wagtailadmin_explore", args=[khoa.pk])).context["pages"]
    assert [page.title for page in pages] == ["Bài 1", "Bài 2", "Bài 3"]


def test_a_new_lesson_says_where_its_title_goes_and_its_questions_begin_with_two_choices(editor, khoa):
    page = editor.get(reverse("wagtailadmin_pages:add", args=["cms", "lessonpage", khoa.pk]))
    assert 'placeholder="Tên trang*"' in page.content.decode()
    choices = QuestionBlock().child_blocks["choices"]
    # Of a field that is left out, the form's script makes the word "undefined".
    assert [set(choice) for choice in choices.meta.default] == [set(choices.child_block.child_blocks)] * 2
