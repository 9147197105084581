"""import_course and export_course: exit codes, one clear line, JSON, and the way there and back."""

import io
import json
import zipfile

import pytest
from django.core.management import CommandError, call_command

from cms.models import CoursePage, LessonPage
from common.archives import open_package, write_zip

from .packages import bent, changed, put_in
from .test_landing import counts, edit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def folder(tmp_path):
    return put_in(tmp_path / "goi", bent())


def run(*args, **options) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_import_says_one_line(folder):
    assert run("import_course", folder, "--publish") == "THU01: 2 bài, 6 câu hỏi, 2 hình; 9 thay đổi.\n"
    assert run("import_course", folder, "--publish").endswith(" 0 thay đổi.\n")


def test_import_answers_json(folder, tmp_path):
    (folder / "media" / "thua.svg").write_bytes(b"<svg/>")
    answer = json.loads(run("import_course", folder, "--publish", "--json"))
    assert set(answer) == {"course", "pages", "questions", "media", "changed"}
    assert answer["course"] == "THU01"
    assert answer["pages"][0] == {"origin": "lessons/01-mot.md", "taken": True, "reason": "mới"}
    assert answer["media"][-1]["taken"] is False
    assert answer["changed"] == 9


def test_a_refused_package_exits_with_one_clear_line_first(tmp_path):
    folder = put_in(tmp_path / "goi", changed("lessons/01-mot.md", "minutes: 5", "minutes: năm"))
    with pytest.raises(CommandError) as error:
        run("import_course", folder, "--publish")
    assert error.value.returncode == 1
    assert str(error.value).startswith(
        "Không nhận gói, chưa có gì thay đổi. lessons/01-mot.md, dòng 6: minutes"
    )
    assert "\n" not in str(error.value)
    assert not CoursePage.objects.exists()


def test_a_refused_package_answers_json_too(tmp_path, capsys):
    folder = put_in(tmp_path / "goi", bent({"media/den.svg": None, "questions/01-mot.yaml": "[]"}))
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("import_course", folder, "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["changed"] == 0
    assert answer["pages"] == [
        {"origin": "lessons/01-mot.md", "taken": False, "reason": "gói thiếu hình “media/den.svg”."}
    ]
    assert len(answer["errors"]) == 2
    assert str(error.value).count("\n") == 2


@pytest.mark.parametrize("name", ["khong-co.zip", "khong-co"])
def test_nothing_there_is_refused(tmp_path, name):
    with pytest.raises(CommandError, match="Không có tệp"):
        run("import_course", tmp_path / name)


def test_a_zip_with_a_way_out_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        for name, content in {**bent(), "../ngoai.md": b"x"}.items():
            archive.writestr(name, content)
    before = counts()
    with pytest.raises(CommandError, match="không hợp lệ"):
        run("import_course", tmp_path / "x.zip", "--publish")
    assert counts() == before


def test_export_then_import_changes_nothing(folder, tmp_path):
    run("import_course", folder, "--publish")
    run("export_course", "THU01", tmp_path / "a.zip")
    before = counts()
    answer = json.loads(run("import_course", tmp_path / "a.zip", "--publish", "--json"))
    assert answer["changed"] == 0
    assert all(line["taken"] for kind in ("pages", "questions", "media") for line in answer[kind])
    assert counts() == before
    run("export_course", "THU01", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_an_exported_course_arrives_whole_elsewhere(folder, tmp_path):
    run("import_course", folder, "--publish")
    run("export_course", "thu01", tmp_path / "a.zip")
    renamed = {
        name: text.replace(b"thu01", b"thu09").replace(b"THU01", b"THU09").replace(b"khoa-thu", b"khoa-moi")
        for name, text in open_package(tmp_path / "a.zip").items()
    }
    write_zip(renamed, tmp_path / "b.zip")
    report = json.loads(run("import_course", tmp_path / "b.zip", "--publish", "--json"))
    assert report["changed"] == 7  # the drawings are here already
    run("export_course", "THU09", tmp_path / "c.zip")
    texts = {
        n: t for n, t in open_package(tmp_path / "c.zip").items() if n.endswith((".md", "questions/*.yaml"))
    }
    assert texts == {name: renamed[name] for name in texts}


def test_what_editors_write_comes_out_and_goes_in_again(folder, tmp_path, bien):
    """Bold, links and page links typed in the editor; a draft in progress stays at home."""
    run("import_course", folder, "--publish")
    page = LessonPage.objects.get(item_key="thu01-02")
    course = CoursePage.objects.get()
    body = page.body.stream_block.to_python(
        [
            {"type": "heading", "value": "Số 1. # Thử & xem"},
            {
                "type": "paragraph",
                "value": '<p data-block-key="a">Một <b>hai </b>ba'
                f'<a linktype="page" id="{course.pk}">đây</a></p>'
                '<p>1. không phải bước * _ [x] <a href="mailto:a@b.vn">thư</a></p>',
            },
            {"type": "steps", "value": [{"action": "Làm *ngay*", "explanation": "<p><b>Vội</b> thôi.</p>"}]},
            {"type": "list", "value": ["<p>- gạch</p>", "<p>+ cộng</p>"]},
            {"type": "tip", "value": "<p>Một.</p><p>Hai.</p>"},
        ]
    )
    edit(page, bien, body=body, title="Cô Biên: viết lại")
    edit(LessonPage.objects.get(item_key="thu01-01"), bien, publish=False, title="Còn dở")
    run("export_course", "THU01", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        text = archive.read("lessons/02-bai-hai.md").decode()
        assert "Còn dở" not in archive.read("lessons/01-bai-mot.md").decode()
    assert "Cô Biên: viết lại" in text
    assert "[đây](/khoa-hoc/khoa-thu/)" in text
    before = counts()
    answer = json.loads(run("import_course", tmp_path / "a.zip", "--publish", "--json"))
    told = {line["origin"]: line["taken"] for line in answer["pages"]}
    assert told["lessons/01-bai-mot.md"] is True
    assert answer["changed"] == 0
    assert counts() == before


FIELDS = {  # each field of the editor's panels, with something that is not its default
    CoursePage: {
        "title": "Tên: mới # thử",
        "summary": "Tóm tắt “mới”.",
        "audience": "bà con",
        "competences": ["1.1", "4.2"],
        "licence": "CC0-1.0",
        "test_draw": 3,
        "pass_percent": 70,
        "attempts_per_day": 5,
        "wait_minutes": 0,
        "time_limit_minutes": 45,
    },
    LessonPage: {
        "title": "Bài: hai",
        "slug": "bai-hai-moi",
        "objective": "Tắt đèn - ngay.",
        "minutes": 9,
        "required": False,
        "competences": ["4.2"],
        "sources": '<p>1. <b>Sách</b> [x] <a href="https://a.gov.vn/?a=1&amp;b=2">trang</a></p><p>Hai</p>',
    },
}
ELSEWHERE = {  # how a package holds the other fields, and which other test tries them
    CoursePage: {"code", "slug", "cover", "has_test"},
    LessonPage: {"body"},
}


def test_all_an_editor_sets_goes_out_and_comes_in(folder, tmp_path, bien):
    run("import_course", folder, "--publish")
    for page in (CoursePage.objects.get(), LessonPage.objects.get(item_key="thu01-02")):
        panels = page.get_edit_handler().get_form_options()["fields"]
        assert set(panels) == FIELDS[type(page)].keys() | ELSEWHERE[type(page)] | {"slug"}
        edit(page, bien, **FIELDS[type(page)])
    run("export_course", "THU01", tmp_path / "a.zip")
    run("import_course", folder, "--publish", "--force")
    assert LessonPage.objects.get(item_key="thu01-02").minutes == 5
    run("import_course", tmp_path / "a.zip", "--publish")
    for page in (CoursePage.objects.get(), LessonPage.objects.get(item_key="thu01-02")):
        for name, value in FIELDS[type(page)].items():
            assert getattr(page, name) == value, name
    run("export_course", "THU01", tmp_path / "b.zip")
    assert open_package(tmp_path / "a.zip") == open_package(tmp_path / "b.zip")


def test_nothing_to_export_is_said(folder, tmp_path):
    with pytest.raises(CommandError, match="mang mã “KHONG”"):
        run("export_course", "KHONG", tmp_path / "a.zip")
    run("import_course", folder)
    with pytest.raises(CommandError, match="mang mã “THU01”"):
        run("export_course", "THU01", tmp_path / "a.zip")
    run("import_course", folder, "--publish")
    with pytest.raises(CommandError, match="Không ghi được"):
        run("export_course", "THU01", tmp_path / "khong" / "co" / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_zip_made_by_hand_lands_like_its_folder(folder, tmp_path):
    run("import_course", folder, "--publish")
    write_zip({f"goi/{name}": content for name, content in bent().items()}, tmp_path / "a.zip")
    assert run("import_course", tmp_path / "a.zip", "--publish").endswith(" 0 thay đổi.\n")
