"""A package on the site: all of it or nothing, once, and never over a person's work unasked."""

import random
import time
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from wagtail.models import Page, Revision

from cms import release
from cms.importing.landing import land
from cms.importing.problems import PackageRefused
from cms.importing.reading import read_files
from cms.importing.turns import one_at_a_time
from cms.models import CoursePage, LessonPage, Picture
from courses.models import Course, Edition, Item, ItemRevision
from quizzes import banking
from quizzes.models import Question, QuestionRevision, Quiz

from ...racing import at_once
from .packages import FINAL, LESSON, SVG, TEXTS, bent, changed

pytestmark = pytest.mark.django_db
COUNTED = [
    Page, Revision, Picture, Course, Edition, Item, ItemRevision, Question, QuestionRevision, Quiz
]  # fmt: skip


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def put(files=None, **options):
    return land(read_files(files or bent()), **{"publish": True, **options})


def counts() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def stored() -> list[str]:
    root = Path(default_storage.path(""))
    return sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file())


def lesson(number: int = 1) -> LessonPage:
    return LessonPage.objects.get(item_key=f"thu01-0{number}")


def edit(page, user, *, publish=True, **fields):
    draft = page.get_latest_revision_as_object()
    for name, value in fields.items():
        setattr(draft, name, value)
    revision = draft.save_revision(user=user)
    if publish:
        revision.publish()


def reasons(lines) -> dict[str, tuple[bool, str]]:
    return {line.origin: (line.taken, line.reason) for line in lines}


def test_a_package_lands_live_and_released(client):
    report = put()
    assert [line.origin for line in report.pages] == ["lessons/01-mot.md", "lessons/02-hai.md"]
    assert len(report.questions) == 6
    assert len(report.media) == 2
    assert all(line.taken for line in (*report.pages, *report.questions, *report.media))
    assert report.changed == 3 + 4 + 2  # pages, bank, pictures
    course = Course.objects.get(code="THU01")
    assert [i.key for i in course.current_edition.items.order_by("edition_items__position")] == [
        "thu01-01",
        "thu01-02",
        "thu01-kiem-tra",
    ]
    assert Quiz.objects.get(item__course=course).draw == 2
    assert set(Question.objects.filter(purpose="practice").values_list("key", flat=True)) == {
        "thu01-01-c1",
        "thu01-01-c2",
    }
    assert Question.objects.get(key="thu01-f01").item.key == "thu01-02"
    page = client.get("/khoa-hoc/khoa-thu/bai-mot/").content.decode()
    for words in (
        "Bài một: thắp đèn",
        "Châm dầu.",
        "Để đèn xa màn.",
        "Việc đầu tiên là gì?",
        "Đèn dầu thời trước.",
    ):
        assert words in page


def test_the_same_package_again_changes_nothing():
    put()
    before, files = counts(), stored()
    report = put()
    assert report.changed == 0
    assert {line.reason for line in (*report.pages, *report.questions, *report.media)} == {"không đổi"}
    assert (counts(), stored()) == (before, files)


def test_a_second_import_asks_little(django_assert_max_num_queries):
    put()
    with django_assert_max_num_queries(100):
        put()


def test_without_publish_pages_are_drafts_and_publishing_later_makes_them_live(client):
    report = put(publish=False)
    assert report.changed
    assert not CoursePage.objects.live().exists()
    assert not Edition.objects.exists()
    assert client.get("/khoa-hoc/khoa-thu/").status_code == 404
    assert put(publish=False).changed == 0
    assert put().changed == 3 + 4  # pages, and questions that now know their lesson
    assert Edition.objects.count() == 1
    assert client.get("/khoa-hoc/khoa-thu/").status_code == 200


def test_a_changed_lesson_makes_one_revision_and_no_edition():
    put()
    before = counts()
    report = put(changed("lessons/01-mot.md", "Đừng để tràn.", "Rót từ từ."))
    assert report.changed == 1
    assert reasons(report.pages)["lessons/01-mot.md"] == (True, "cập nhật")
    after = dict(
        zip(
            (m.__name__ for m in COUNTED), (a - b for a, b in zip(counts(), before, strict=True)), strict=True
        )
    )
    assert {name: n for name, n in after.items() if n} == {"Revision": 1, "ItemRevision": 1}
    assert (
        "Rót từ từ."
        in lesson().get_parent().specific.lessons().get(item_key="thu01-01").body.render_as_block()
    )


def test_a_changed_lesson_without_publish_waits_as_a_draft():
    put()
    put(changed("lessons/01-mot.md", "Đừng để tràn.", "Rót từ từ."), publish=False)
    assert lesson().has_unpublished_changes
    assert "Rót từ từ." not in str(lesson().body)
    assert put(changed("lessons/01-mot.md", "Đừng để tràn.", "Rót từ từ.")).changed == 1
    assert "Rót từ từ." in str(lesson().body)


SOURCES = "sources: ['**Luật** An ninh mạng', '[Cổng](https://dichvucong.gov.vn) & trang']"


def test_sources_and_an_optional_lesson_arrive(client):
    put()
    report = put(changed("lessons/01-mot.md", "minutes: 5", f"minutes: 5\nrequired: false\n{SOURCES}"))
    assert report.changed == 1
    assert lesson().sources == (
        '<p><b>Luật</b> An ninh mạng</p><p><a href="https://dichvucong.gov.vn">Cổng</a> &amp; trang</p>'
    )
    items = Course.objects.get().current_edition.items.values_list("key", flat=True)
    assert "thu01-01" not in items
    assert "Nguồn tham khảo" in client.get("/khoa-hoc/khoa-thu/bai-mot/").content.decode()
    assert put().changed == 1  # a package that says nothing of them has neither
    assert (lesson().sources, lesson().required) == ("", True)


@pytest.mark.parametrize(
    "fields", [{"required": False}, {"sources": "<p>Sách của cô Biên</p>"}], ids=["required", "sources"]
)
def test_a_persons_sources_and_choice_are_not_taken_for_the_packages(bien, fields):
    """The rest of the lesson reads like the new package: still not the same lesson."""
    put()
    edit(lesson(), bien, objective="Thắp đèn cho an toàn.", **fields)
    report = put(changed("lessons/01-mot.md", "Thắp được một ngọn đèn.", "Thắp đèn cho an toàn."))
    assert not reasons(report.pages)["lessons/01-mot.md"][0]
    assert {name: getattr(lesson(), name) for name in fields} == fields


def test_a_changed_drawing_is_a_new_picture_and_the_old_one_stays():
    put()
    old = Picture.objects.get(origin="thu01/media/den.svg")
    report = put(bent({"media/den.svg": SVG.replace("#fbf7ee", "#ffffff")}))
    assert report.changed == 2  # the picture and the lesson that shows it
    new = Picture.objects.get(origin="thu01/media/den.svg")
    assert new.pk != old.pk
    assert Picture.objects.filter(pk=old.pk, origin=None).exists()
    assert [b.value["picture"].pk for b in lesson().body if b.block_type == "illustration"] == [new.pk]


def test_a_changed_question_is_revised_and_a_dropped_one_retired():
    put()
    bank = FINAL.replace("Câu số 1 ", "Câu số một ").split("- key: thu01-f04")[0]
    report = put(bent({"questions/final.yaml": bank}))
    assert report.changed == 2
    assert Question.objects.get(key="thu01-f01").revision.text.startswith("Câu số một")
    assert Question.objects.get(key="thu01-f01").revisions.count() == 2
    assert Question.objects.get(key="thu01-f04").revision is None
    assert put(bent({"questions/final.yaml": bank})).changed == 0
    assert put().changed == 2
    assert Question.objects.get(key="thu01-f04").revision is not None


def test_the_bank_of_an_open_course_changes_only_when_publishing():
    put()
    report = put(changed("questions/final.yaml", "Câu số 1 ", "Câu số một "), publish=False)
    taken, reason = reasons(report.questions)["questions/final.yaml#thu01-f01"]
    assert not taken
    assert "--publish" in reason
    assert Question.objects.get(key="thu01-f01").revision.text.startswith("Câu số 1")


def test_a_persons_edit_is_kept_and_told_unless_forced(bien):
    put()
    edit(lesson(), bien, title="Bài một, cô Biên sửa")
    assert put().changed == 0
    assert lesson().title == "Bài một, cô Biên sửa"
    files = changed("lessons/01-mot.md", "Đừng để tràn.", "Rót từ từ.")
    report = put(files)
    taken, reason = reasons(report.pages)["lessons/01-mot.md"]
    assert (taken, "--force" in reason, report.changed) == (False, True, 0)
    assert not reasons(report.questions)["questions/01-mot.yaml#thu01-01-c1"][0]
    assert lesson().title == "Bài một, cô Biên sửa"
    assert put(files, force=True).changed == 1
    assert lesson().title == "Bài một: thắp đèn"


def test_force_takes_even_the_package_of_last_time(bien):
    put()
    edit(lesson(), bien, title="Bài một, cô Biên sửa")
    edit(CoursePage.objects.get(), bien, summary="Cô Biên tóm tắt.")
    assert put(force=True).changed == 2
    assert (lesson().title, CoursePage.objects.get().summary) == (
        "Bài một: thắp đèn",
        "Một khóa rất ngắn để thử.",
    )
    assert put(force=True).changed == 0


def test_a_persons_draft_is_never_published_by_an_import(bien):
    put()
    edit(lesson(), bien, publish=False, title="Còn dở")
    put()
    assert lesson().title == "Bài một: thắp đèn"
    assert lesson().has_unpublished_changes


def test_a_package_that_caught_up_with_a_persons_edit_is_the_same(bien):
    put()
    edit(lesson(), bien, objective="Thắp đèn cho an toàn.")
    report = put(changed("lessons/01-mot.md", "Thắp được một ngọn đèn.", "Thắp đèn cho an toàn."))
    assert report.changed == 0
    assert reasons(report.pages)["lessons/01-mot.md"] == (True, "không đổi")


def test_a_course_page_a_person_edited_is_kept(bien):
    put()
    edit(CoursePage.objects.get(), bien, summary="Cô Biên tóm tắt.")
    assert put().changed == 0
    report = put(changed("course.yaml", "Một khóa rất ngắn", "Một khóa ngắn"))
    assert not reasons(report.pages)["course.yaml"][0]
    assert CoursePage.objects.get().summary == "Cô Biên tóm tắt."
    assert put(changed("course.yaml", "Một khóa rất ngắn để thử.", "Cô Biên tóm tắt.")).changed == 0


def test_a_question_a_person_changed_or_retired_is_kept(bien):
    put()
    one, two = (Question.objects.get(key=f"thu01-f0{n}") for n in (1, 2))
    banking.put_question(
        course=one.course, key=one.key, purpose="exam", kind="single", text="Cô Biên hỏi?",
        choices=[{"text": "Có", "correct": True}, {"text": "Không"}], position=one.position, item=one.item,
    )  # fmt: skip
    banking.retire(question=two)
    assert put().changed == 0
    report = put(changed("questions/final.yaml", "Câu số 1 ", "Câu số một "))
    assert "--force" in reasons(report.questions)["questions/final.yaml#thu01-f01"][1]
    assert Question.objects.get(key="thu01-f01").revision.text == "Cô Biên hỏi?"
    put(force=True)
    assert Question.objects.get(key="thu01-f01").revision.text.startswith("Câu số 1")
    assert Question.objects.get(key="thu01-f02").revision is not None


def test_an_editors_own_lesson_and_question_stay(bien):
    put()
    course = CoursePage.objects.get()
    own = LessonPage(title="Bài của cô Biên", slug="bai-rieng", objective="Thêm.", required=False)
    course.add_child(instance=own)
    own.save_revision(user=bien).publish()
    banking.put_question(
        course=course.course(), key="rieng", purpose="exam", kind="single", text="Riêng?",
        choices=[{"text": "Có", "correct": True}, {"text": "Không"}], position=99,
    )  # fmt: skip
    assert put().changed == 0
    assert LessonPage.objects.get(slug="bai-rieng").live
    assert Question.objects.get(key="rieng").revision is not None


def test_what_an_editor_took_off_the_site_stays_off(bien):
    put()
    page = CoursePage.objects.get()
    edit(lesson(2), bien, required=False)
    release.release(page=page, by=bien)
    lesson(2).unpublish()
    assert put().changed == 0
    assert not lesson(2).live


def test_a_lesson_the_package_dropped_leaves_the_next_edition_and_the_site():
    put()
    smaller = changed("course.yaml", "\n  - 02-hai", "")
    smaller["questions/final.yaml"] = FINAL.replace("thu01-02", "thu01-01").encode()
    del smaller["lessons/02-hai.md"]
    put(smaller)
    course = Course.objects.get()
    assert course.current_edition.number == 2
    assert set(course.current_edition.items.values_list("key", flat=True)) == {"thu01-01", "thu01-kiem-tra"}
    assert not lesson(2).live
    before = counts()
    assert put(smaller).changed == 0
    assert counts() == before
    put()
    assert lesson(2).live
    assert Course.objects.get().current_edition.number == 3


def test_lessons_follow_the_order_of_the_package():
    put()
    turned = changed("course.yaml", "  - 01-mot\n  - 02-hai", "  - 02-hai\n  - 01-mot")
    put(turned)
    assert [p.item_key for p in CoursePage.objects.get().lessons()] == ["thu01-02", "thu01-01"]
    assert list(Item.objects.filter(kind="lesson").order_by("position").values_list("key", flat=True)) == [
        "thu01-02",
        "thu01-01",
    ]
    assert Edition.objects.count() == 1
    assert put(turned).changed == 0


def test_a_course_without_a_test():
    files = bent({"course.yaml": TEXTS["course.yaml"].split("final_test")[0], "questions/final.yaml": None})
    put(files)
    assert not Quiz.objects.exists()
    assert Course.objects.get().current_edition.items.count() == 2


@pytest.mark.parametrize(
    ("origin", "old", "new", "why"),
    [
        ("course.yaml", "slug: khoa-thu", "slug: khoa-khac", "đã có ở địa chỉ “khoa-thu”"),
        ("course.yaml", "code: THU01", "code: thu01", "khác ở chữ hoa chữ thường"),
        ("course.yaml", "code: THU01", "code: THU02", "slug “khoa-thu” đã thuộc về khóa học THU01"),
        (
            "course.yaml",
            "code: THU01\nslug: khoa-thu",
            "code: THU02\nslug: thu-2",
            "khóa “thu01-01” đã thuộc về THU01",
        ),
        (
            "course.yaml",
            "code: THU01\nslug: khoa-thu",
            "code: THU02\nslug: thu-2",
            "câu “thu01-f01” đã thuộc về",
        ),
        ("questions/01-mot.yaml", "thu01-01-c1", "thu01-f05", ""),
    ],
)
def test_what_does_not_go_with_the_site_is_refused(origin, old, new, why):
    put()
    before, files = counts(), stored()
    package = changed(origin, old, new)
    if not why:  # a practice question that was in the bank
        put(
            bent(
                {
                    "questions/final.yaml": FINAL
                    + FINAL[: len(FINAL) // 4].replace("f01", "f05").replace("số 1", "5")
                }
            )
        )
        before, why = counts(), "câu “thu01-f05” đã là câu kiểm tra, không đổi mục đích được"
    with pytest.raises(PackageRefused) as error:
        put(package)
    assert any(why in line for line in error.value.lines), error.value.lines
    assert (counts(), stored()) == (before, files)


def test_a_lesson_address_that_an_editor_uses_is_refused():
    put()
    course = CoursePage.objects.get()
    course.add_child(instance=LessonPage(title="Riêng", slug="bai-ba", objective="x"))
    with pytest.raises(PackageRefused, match="“bai-ba” đã có một bài khác"):
        put(changed("lessons/02-hai.md", "slug: bai-hai", "slug: bai-ba"))


def test_a_course_whose_page_is_gone_is_refused():
    Course.objects.create(code="THU01", slug="khoa-thu", title="Cũ")
    with pytest.raises(PackageRefused, match="trang của khóa học không còn"):
        put()


@pytest.mark.parametrize(
    "where", ["bank.fill", "going_live.make_live", "going_live.release_if_due", "authoring.put_lesson"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_failure_anywhere_leaves_nothing_behind(
    monkeypatch, django_capture_on_commit_callbacks, where, first
):
    import cms.importing.landing as landing
    from cms import authoring

    authoring.ensure_site()
    if not first:
        put()
    before, files = counts(), stored()
    drafts = list(LessonPage.objects.values_list("latest_revision", "has_unpublished_changes", "draft_title"))
    origins = sorted(Picture.objects.values_list("pk", "origin"))
    module, name = where.split(".")
    real, calls = getattr(getattr(landing, module), name), []

    def fail(*args, **kwargs):
        calls.append(1)
        if name == "put_lesson" and len(calls) < 2:
            return real(*args, **kwargs)
        raise banking.BadQuestion("hỏng giữa chừng")

    monkeypatch.setattr(getattr(landing, module), name, fail)
    package = bent(
        {
            "lessons/01-mot.md": LESSON.replace("Đừng để tràn.", "Rót từ từ."),
            "media/den.svg": SVG.replace("#fbf7ee", "#ffffff"),
            "questions/final.yaml": FINAL.replace("Câu số 1 ", "Câu số một "),
        }
    )
    with (
        pytest.raises(PackageRefused, match="hỏng giữa chừng"),
        django_capture_on_commit_callbacks(execute=True),
    ):
        put(package)
    assert (counts(), stored()) == (before, files)
    assert drafts == list(
        LessonPage.objects.values_list("latest_revision", "has_unpublished_changes", "draft_title")
    )
    assert sorted(Picture.objects.values_list("pk", "origin")) == origins


def test_gnawed_packages_land_whole_or_not_at_all():
    """A few seconds of damaged packages on one site: never a traceback, never half a course."""
    dice = random.Random(1945)
    put()
    until = time.perf_counter() + 8
    for _ in range(120):
        if time.perf_counter() > until:
            break
        name = dice.choice([n for n in TEXTS if not n.startswith("media")])
        lines = TEXTS[name].split("\n")
        at = dice.randrange(len(lines))
        lines[at] = dice.choice(["", lines[at] + " thêm", lines[dice.randrange(len(lines))], lines[at][:-2]])
        before = counts()
        try:
            put(bent({name: "\n".join(lines)}))
        except PackageRefused:
            assert counts() == before
        else:
            assert Course.objects.get().current_edition.items.filter(url="").count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_one_course():
    """The second waits for its turn and finds everything done."""
    package = read_files(bent())
    told = at_once(2, lambda: land(package, publish=True).changed)
    assert sorted(told) == [0, 9]
    assert CoursePage.objects.count() == 1
    assert Edition.objects.count() == 1
    assert QuestionRevision.objects.count() == 6
    assert Picture.objects.count() == 2


def test_an_import_that_never_gets_its_turn_is_refused():
    with (
        one_at_a_time(),
        pytest.raises(PackageRefused, match="một lần nhập khác đang chạy"),
        one_at_a_time(seconds=0.2),
    ):
        pass


def test_a_package_may_not_leave_an_open_test_short_of_questions(bien):
    put()
    edit(CoursePage.objects.get(), bien, test_draw=4)
    before = counts()
    with pytest.raises(PackageRefused, match="rút 4 câu"):
        put(changed("questions/final.yaml", FINAL, FINAL.split("- key: thu01-f04")[0]))
    assert counts() == before
    assert Question.objects.filter(purpose="exam", revision__isnull=False).count() == 4


def test_a_package_without_its_test_empties_the_bank():
    put()
    course = TEXTS["course.yaml"].split("final_test:")[0]
    put(bent({"course.yaml": course, "questions/final.yaml": None}))
    assert not Question.objects.filter(purpose="exam", revision__isnull=False).exists()
