"""Practices in a package: read with their faults, landed, exported and read again the same."""

import pytest
import yaml

from cms.importing.exporting import export
from cms.importing.landing import land
from cms.importing.problems import PackageRefused
from cms.importing.reading import read_files
from cms.models import LessonPage
from quizzes.models import Question, QuestionRevision

from .packages import LESSON, SVG, bent
from .test_landing import edit

ORIGIN = "practices/01-mot.yaml"
MARK = "\n> [!PRACTICE]\n> thu01-01-t1\n"
PRACTICE = """- key: thu01-01-t1
  title: Thắp đèn thử
  intro: Đây là chỗ để tập.
  screens:
    - name: Trên bàn
      say: Đèn chưa có dầu.
      parts:
        - {part: bar, title: Bàn, note: gỗ}
        - part: picture
          picture: media/ban.svg
          alt: Cái bàn có đèn và diêm
          places:
            - {label: Bao diêm, left: 0, top: 5, width: 20, height: 20, wrong: true, why: Chưa có dầu.}
        - {part: toggle, label: Cửa sổ, turned_on: true, why: Gió thì khó thắp.}
        - {part: button, label: Châm dầu, to: Gõ số}
    - name: Gõ số
      say: Gõ mấy lần?
      parts:
        - {part: keypad, label: Số lần, accept: [1, 2], refuse: ["9"], to: Đèn sáng, why: Ít thôi, digits: 1}
        - part: choice
          label: Hay là
          options:
            - {label: Thôi, to: Tối om, wrong: true, why: Tiếc quá.}
            - {label: Xong, to: Đèn sáng}
    - name: Đèn sáng
      say: Sáng rồi.
      ending: good
    - name: Tối om
      say: Vẫn tối.
      ending: tricked
      signs: [Chưa châm dầu]
"""
FILES = {
    "lessons/01-mot.md": LESSON + MARK,
    ORIGIN: PRACTICE,
    "media/ban.svg": SVG.replace("Cái đèn", "Cái bàn"),
}


def files(**changes):
    return bent({**FILES, **changes})


def with_text(old: str, new: str) -> dict[str, bytes]:
    assert old in PRACTICE
    return files(**{ORIGIN: PRACTICE.replace(old, new, 1)})


def faults(given) -> str:
    with pytest.raises(PackageRefused) as error:
        read_files(given)
    return "\n".join(error.value.lines)


@pytest.fixture
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def test_it_is_read_as_the_editors_block_would_say_it():
    package = read_files(files())
    [practice] = package.practices
    assert (practice.key, practice.lesson, practice.media()) == ("thu01-01-t1", "thu01-01", ["media/ban.svg"])
    assert practice.screens[1]["parts"][0]["accept"] == ["1", "2"]
    assert practice.screens[0]["parts"][3] == {
        "part": "button",
        "label": "Châm dầu",
        "to": "Gõ số",
        "look": "quiet",
    }
    assert "media/ban.svg" in package.media
    assert package.left_out == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            with_text("to: Gõ số}", "to: Đâu đó}"),
            f"{ORIGIN}, dòng 5: thử làm thu01-01-t1: “Trên bàn”: “Châm dầu”",
        ),
        (with_text("wrong: true, why: Chưa có dầu.", "wrong: true"), "cần lời giải thích"),
        (with_text("alt: Cái bàn có đèn và diêm", "alt: ''"), "không được để trống"),
        (with_text("picture: media/ban.svg", "picture: ../../etc/passwd"), "không đúng dạng"),
        (with_text("picture: media/ban.svg", "picture: https://example.com/a.svg"), "không đúng dạng"),
        (with_text("part: toggle", "part: iframe"), "mục part phải là một trong"),
        (with_text("part: bar, title: Bàn", "title: Bàn"), "mục part phải là một trong"),
        (with_text("turned_on: true", "onclick: alert(1)"), "không có mục tên “onclick”"),
        (with_text("ending: good", "ending: happy"), "phải là một trong: good, tricked"),
        (with_text("left: 0", "left: -5"), "số nguyên"),
        (with_text("width: 20", "width: 400"), "phải từ 5 đến 100"),
        (with_text("wrong: true", "wrong: yes"), "true hoặc false"),
        (with_text("say: Sáng rồi.", f"say: {'x' * 501}"), "nhiều nhất 500"),
        (with_text("say: Sáng rồi.", "say: &a Sáng"), "neo"),
        (with_text("say: Sáng rồi.", 'say: "Sáng\\u202e rồi"'), "không nhìn thấy"),
        (with_text("say: Sáng rồi.", "say: [[[[[[[[[x]]]]]]]]]"), "nhiều tầng"),
        (with_text("key: thu01-01-t1", "key: thu01-01-c1"), "đã dùng ở"),
        (with_text("key: thu01-01-t1", "key: thu01-01-t2"), "không có phần thử làm “thu01-01-t1”"),
        (files(**{ORIGIN: None}), "không có phần thử làm “thu01-01-t1”"),
        (files(**{"lessons/01-mot.md": LESSON}), "chưa có chỗ trong bài"),
        (files(**{"lessons/01-mot.md": LESSON + MARK + MARK}), "hai lần trong bài"),
        (files(**{"lessons/01-mot.md": LESSON + MARK + ">\n> thêm\n"}), "[!PRACTICE] chỉ có khóa"),
        (files(**{"lessons/01-mot.md": LESSON + "\n> [!PRACTICE]\n> **đậm** [a](/b/)\n"}), "chỉ có khóa"),
        (files(**{"media/ban.svg": None}), "gói thiếu hình “media/ban.svg”"),
        (files(**{ORIGIN: PRACTICE * 5}), "đang có 5"),
        (files(**{ORIGIN: "- " * 2000}), ORIGIN),
        (files(**{ORIGIN: b"\xff\xfe"}), "không phải UTF-8"),
    ],
)
def test_every_fault_is_named(given, told):
    assert told in faults(given)


def test_a_file_of_no_lesson_is_left_out():
    [left] = read_files(bent({"practices/09-la.yaml": PRACTICE})).left_out
    assert (left.origin, left.kind) == ("practices/09-la.yaml", "questions")


@pytest.mark.django_db
@pytest.mark.usefixtures("_media")
class TestOnTheSite:
    def put(self, given=None, **options):
        return land(read_files(given or files()), **{"publish": True, **options})

    def test_it_lands_once_in_its_place(self):
        report = self.put()
        page = LessonPage.objects.get(item_key="thu01-01")
        assert [block.block_type for block in page.body][-3:] == ["practice", "question", "question"]
        assert Question.objects.get(key="thu01-01-t1").revision.kind == "practice"
        assert [(line.taken, line.reason) for line in report.questions if line.origin.startswith(ORIGIN)] == [
            (True, "mới")
        ]
        assert self.put().changed == 0

    def test_out_and_in_again_changes_nothing(self):
        self.put()
        out = export("THU01")
        assert yaml.safe_load(out["practices/01-bai-mot.yaml"]) == yaml.safe_load(
            PRACTICE.replace("accept: [1, 2]", "accept: ['1', '2']")
            .replace("label: Châm dầu,", "label: Châm dầu, look: quiet,")
        )  # fmt: skip
        assert read_files(out).practices[0].screens == read_files(files()).practices[0].screens
        assert self.put(out).changed == 0
        assert export("THU01") == out

    def test_a_changed_word_makes_one_revision(self):
        self.put()
        self.put(with_text("Vẫn tối.", "Vẫn còn tối."))
        self.put(with_text("Vẫn tối.", "Vẫn còn tối."))
        assert QuestionRevision.objects.filter(question__key="thu01-01-t1").count() == 2

    def test_a_persons_screens_are_kept(self, bien):
        self.put()
        page = LessonPage.objects.get(item_key="thu01-01")
        body = page.get_latest_revision_as_object().body
        raw = list(body.get_prep_value())
        at = next(n for n, one in enumerate(raw) if one["type"] == "practice")
        raw[at]["value"]["screens"][0]["value"]["say"] = "Chị Biên sửa lời dặn."
        edit(page, bien, body=body.stream_block.to_python(raw))
        news = with_text("Vẫn tối.", "Vẫn còn tối.")
        report = self.put(news)
        assert not all(line.taken for line in report.pages)
        assert "Chị Biên" in str(Question.objects.get(key="thu01-01-t1").revision.screens)
        self.put(news, force=True)
        assert "Chị Biên" not in str(Question.objects.get(key="thu01-01-t1").revision.screens)

    def test_the_key_of_another_course_is_refused(self):
        self.put()
        other = {name.replace("thu01", "thu02"): text for name, text in files().items()}
        other = {
            name: text.replace(b"THU01", b"THU02").replace(b"khoa-thu", b"khoa-hai")
            for name, text in other.items()
        }
        with pytest.raises(PackageRefused) as error:
            self.put(other)
        assert any("thu01-01-t1" in line and "THU01" in line for line in error.value.lines)
