"""A package read without a database: every fault named with its file and line."""

import random
import time
import unicodedata

import pytest

from cms.importing.landing import land
from cms.importing.problems import PackageRefused
from cms.importing.reading import read_files, read_path

from .packages import CHECK, COURSE, LESSON, SVG, TEXTS, bent, changed, put_in


def faults(files) -> list[str]:
    with pytest.raises(PackageRefused) as error:
        read_files(files)
    assert "\n" not in error.value.summary
    assert "chưa có gì thay đổi" in error.value.summary
    return error.value.lines


def test_the_small_package_is_read():
    package = read_files(bent())
    assert (package.code, len(package.lessons), len(package.questions), len(package.bank)) == (
        "THU01",
        2,
        6,
        4,
    )
    assert [q.key for q in package.check_questions("thu01-01")] == ["thu01-01-c1", "thu01-01-c2"]
    assert package.bank[0].lesson == "thu01-02"
    assert package.media["media/den.svg"].title == "Cái đèn dầu"
    assert package.left_out == ()


def test_a_lesson_without_the_newer_fields_is_required_and_has_no_sources():
    lesson = read_files(bent()).lessons[0]
    assert (lesson.required, lesson.sources) == (True, ())


def test_bom_crlf_and_nfd_are_tolerated():
    plain = read_files(bent())
    odd = {
        name: ("\ufeff" + unicodedata.normalize("NFD", text).replace("\n", "\r\n")).encode()
        for name, text in TEXTS.items()
        if not name.endswith(".svg")
    }
    read = read_files(bent(odd))
    assert (read.lessons, read.questions) == (plain.lessons, plain.questions)


def test_values_mean_what_was_typed():
    package = read_files(changed("questions/final.yaml", "Câu số 1 của ngân hàng?", "no"))
    assert package.bank[0].text == "no"
    assert package.bank[0].choices[2].text == "113"


@pytest.mark.parametrize(
    ("origin", "old", "new", "why"),
    [
        ("course.yaml", "format: 1", "format: 2", "course.yaml: format phải là 1"),
        ("course.yaml", "format: 1", "format: một", "dòng 1: format: phải là số nguyên"),
        ("course.yaml", "code: THU01", "code: Khóa 1", "dòng 2: code: “Khóa 1” không đúng dạng"),
        ("course.yaml", "slug: khoa-thu", "slug: Khóa thử", "dòng 3: slug"),
        ("course.yaml", "title: Khóa thử", "title: ", "dòng 4: title: không được để trống"),
        ("course.yaml", "title: Khóa thử", "title: " + "a" * 300, "dài 300 ký tự"),
        ("course.yaml", "title: Khóa thử", "title: [a, b]", "phải là một dòng chữ"),
        ("course.yaml", "title: Khóa thử", "tittle: Khóa thử", "không có mục tên “tittle”"),
        ("course.yaml", "title: Khóa thử", "tittle: Khóa thử", "thiếu mục “title”"),
        ("course.yaml", "title: Khóa thử", "title: a\ntitle: b", "dòng 5: mục “title” viết hai lần"),
        ("course.yaml", "language: vi", "language: en", "phải là một trong: vi"),
        ("course.yaml", 'competences: ["1.1"]', 'competences: ["bơi"]', "mã năng lực"),
        ("course.yaml", 'competences: ["1.1"]', "competences: bơi", "phải là một danh sách"),
        ("course.yaml", "cover: media/cover.svg", "cover: ../cover.svg", "một tệp trong media/"),
        ("course.yaml", "cover: media/cover.svg", "cover: https://example.com/a.svg", "một tệp trong media/"),
        ("course.yaml", "cover: media/cover.svg", "cover: media/mat.svg", "gói thiếu hình “media/mat.svg”"),
        ("course.yaml", "lessons:\n  - 01-mot\n  - 02-hai", "lessons: []", "từ 1 đến 200 mục"),
        ("course.yaml", "lessons:\n  - 01-mot\n  - 02-hai", "lessons: {a: b}", "phải là một danh sách"),
        ("course.yaml", "  - 02-hai", "  - ../02-hai", "tên tệp trong lessons/"),
        ("course.yaml", "  - 02-hai", "  - 03-ba", "lessons/03-ba.md: gói thiếu tệp này"),
        ("course.yaml", "  - 02-hai", "  - 02-hai\n  - 02-hai", "“02-hai” có hai lần"),
        ("course.yaml", "{required: all, pass_percent: 80}", "80", "“tên: giá trị”"),
        (
            "course.yaml",
            "{required: all, pass_percent: 80}",
            "{required: all, pass_percent: 101}",
            "từ 1 đến 100",
        ),
        (
            "course.yaml",
            "{draw: 2, pass_percent: 80,",
            "{draw: 5, pass_percent: 80,",
            "rút 5 câu, ngân hàng chỉ có 4",
        ),
        (
            "course.yaml",
            "{draw: 2, pass_percent: 80,",
            "{draw: 2, pass_percent: 70,",
            "phải bằng rule.pass_percent",
        ),
        ("course.yaml", "code: THU01", "code: &a THU01", "neo (&)"),
        ("course.yaml", "code: THU01", "code: !!python/object:os.system x", "nhãn kiểu"),
        ("course.yaml", "code: THU01", "code: 'THU01", "không đúng cú pháp YAML"),
        ("course.yaml", "code: THU01", "code: THU01\n--- \na: 1", "cú pháp YAML"),
        ("course.yaml", "code: THU01", "code: [[[[[[[[[[a]]]]]]]]]]", "lồng nhau"),
        (
            "lessons/01-mot.md",
            "key: thu01-01",
            "key: thu01-02",
            "khóa “thu01-02” đã dùng ở lessons/01-mot.md",
        ),
        ("lessons/01-mot.md", "key: thu01-01", "key: thu01-kiem-tra", "đã dùng ở course.yaml"),
        ("lessons/01-mot.md", "slug: bai-mot", "slug: bai-hai", "slug “bai-hai” đã dùng"),
        ("lessons/01-mot.md", "minutes: 5", "minutes: -5", "dòng 6: minutes: phải là số nguyên từ 1"),
        ("lessons/01-mot.md", "minutes: 5", "minutes: 5\nauthor: ai", "dòng 7: không có mục tên “author”"),
        *(
            ("lessons/01-mot.md", "minutes: 5", f"minutes: 5\n{lines}", f"dòng {line}: {why}")
            for lines, line, why in [
                ("required: no", 7, "required: phải là true hoặc false"),
                ("required: all", 7, "required: phải là true hoặc false"),
                ("sources: Sách", 7, "sources: phải là một danh sách"),
                ('sources:\n  - Sách\n  - ""', 9, "sources.2: không được để trống"),
                ("sources:\n  - {tên: Sách}", 8, "sources.1: phải là một dòng chữ"),
                ("sources:\n  - <b>Sách</b>", 8, "sources.1: không dùng thẻ HTML"),
                ("sources:\n  - '[Sách](javascript:alert)'", 8, "sources.1: đường dẫn phải bắt đầu"),
                ("sources:\n  - '## Sách'", 8, "sources.1: mỗi nguồn là một đoạn chữ"),
                ("sources:\n  - '![Bìa](../media/den.svg)'", 8, "sources.1: mỗi nguồn là một đoạn chữ"),
                ("sources:\n  - '&#32;'", 8, "sources.1: mỗi nguồn là một đoạn chữ"),
                ("sources:\n  - " + "a" * 2001, 8, "sources.1: dài 2001 ký tự"),
                ("sources:" + "\n  - a" * 51, 8, "sources: phải có từ 0 đến 50 mục"),
            ]
        ),
        ("lessons/01-mot.md", "---\nkey", "key", "phần đầu bài phải nằm giữa hai dòng ---"),
        (
            "lessons/01-mot.md",
            "> Để đèn xa màn.",
            "> Để <script>alert(1)</script>",
            "dòng 21: không dùng thẻ HTML",
        ),
        (
            "lessons/01-mot.md",
            "../media/den.svg",
            "../media/khong-co.svg",
            "gói thiếu hình “media/khong-co.svg”",
        ),
        ("lessons/01-mot.md", "../media/den.svg", "../../etc/passwd", "../media/"),
        (
            "lessons/01-mot.md",
            "https://dichvucong.gov.vn",
            "javascript:alert(1)",
            "dòng 9: đường dẫn phải bắt đầu",
        ),
        ("lessons/01-mot.md", "Một đoạn", "Một\u200b đoạn", "dòng 9: có ký tự không nhìn thấy"),
        ("questions/01-mot.yaml", "kind: single", "kind: essay", "dòng 2: 1.kind: phải là một trong"),
        (
            "questions/01-mot.yaml",
            'correct: true, feedback: "Đúng."',
            "feedback: x",
            "chưa có lựa chọn nào đúng",
        ),
        (
            "questions/01-mot.yaml",
            '"Đánh diêm", ',
            '"Đánh diêm", correct: true, ',
            "chỉ được có một lựa chọn đúng",
        ),
        ("questions/01-mot.yaml", '"Đánh diêm"', '"Châm dầu"', "hai lựa chọn giống nhau"),
        ("questions/01-mot.yaml", "correct: true", "correct: yes", "phải là true hoặc false"),
        ("questions/01-mot.yaml", '{text: "Sai"', '{text: "Không"', "“Đúng” và “Sai”"),
        ("questions/01-mot.yaml", "thu01-01-c2", "thu01-01-c1", "khóa “thu01-01-c1” đã dùng"),
        ("questions/01-mot.yaml", "thu01-01-c2", "thu01-f01", "khóa “thu01-f01” đã dùng"),
        (
            "questions/final.yaml",
            "lesson: thu01-02",
            "lesson: thu01-09",
            "không có bài nào mang khóa “thu01-09”",
        ),
    ],
)
def test_a_fault_is_named(origin, old, new, why):
    lines = faults(changed(origin, old, new))
    assert any(why in line for line in lines), lines


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"course.yaml": None}, "không có tệp course.yaml"),
        ({"course.yaml": ""}, "course.yaml: tệp để trống"),
        ({"course.yaml": "- a\n- b"}, "“tên: giá trị”"),
        ({"course.yaml": COURSE.encode("utf-16")}, "không phải UTF-8"),
        ({"course.yaml": "a: b\n" * 100_000}, "dài quá"),
        ({"lessons/01-mot.md": LESSON.encode("cp1258", "ignore")}, "lessons/01-mot.md, dòng"),
        ({"lessons/01-mot.md": LESSON.split("Một đoạn")[0]}, "bài không có nội dung"),
        ({"questions/final.yaml": None}, "questions/final.yaml: gói thiếu tệp này"),
        ({"questions/final.yaml": "[]"}, "từ 1 đến 500 mục"),
        ({"questions/01-mot.yaml": "key: a"}, "phải là một danh sách"),
        (
            {"questions/01-mot.yaml": "".join(CHECK.replace("01-c", f"01-c{n}") for n in range(7))},
            "nhiều nhất 12 câu luyện tập",
        ),
        ({"media/den.svg": None}, "gói thiếu hình “media/den.svg”"),
        ({"media/den.svg": SVG + " " * 10_000_000}, "nhiều nhất 200 KB"),
        ({"media/den.svg": "không phải hình"}, "không đúng cú pháp SVG"),
        ({"media/den.svg": "<html xmlns='http://www.w3.org/1999/xhtml'/>"}, "thẻ gốc"),
        ({"media/den.svg": SVG.replace("viewBox", "view")}, "không đọc được hình"),
        ({"media/den.svg": SVG.replace("<rect", "<g>" * 80 + "</g>" * 80 + "<rect")}, "quá 64 tầng"),
        ({"media/den.svg": SVG.replace("<rect", "<script>alert(1)</script><rect")}, "thẻ <script>"),
        ({"media/den.svg": SVG.replace("<rect", "<rect onload='x()'")}, "thuộc tính “onload”"),
        ({"media/den.svg": SVG.replace("<rect", "<a href='javascript:x'/><rect")}, "trỏ ra ngoài"),
        ({"media/den.svg": SVG.replace("<rect", "<image href='https://example.com/a.png'/><rect")}, "trỏ ra"),
        ({"media/den.svg": SVG.replace("<rect", "<rect style='fill:url(https://example.com)'")}, "ra ngoài"),
        ({"media/den.svg": SVG.replace("<rect", "<style>@import url(x);</style><rect")}, "trỏ ra ngoài"),
        ({"media/den.svg": '<!DOCTYPE svg [<!ENTITY a "aa">]>' + SVG}, "DOCTYPE"),
        ({"media/den.svg": SVG.encode("utf-16")}, "UTF-8"),
        ({"chay.exe": b"MZ"}, "chay.exe: gói khóa học không có loại tệp này"),
        ({"lessons/con/01.md": "x"}, "không có loại tệp này"),
    ],
)
def test_a_file_that_is_wrong_or_missing_is_named(changes, why):
    lines = faults(bent(changes))
    assert any(why in line for line in lines), lines


def test_a_photo_must_be_what_its_name_says():
    lesson = LESSON.replace("den.svg", "den.png")
    assert "không đọc được ảnh" in faults(bent({"lessons/01-mot.md": lesson, "media/den.png": b"x"}))[0]


def test_files_that_nothing_uses_are_told_apart():
    package = read_files(
        bent({"README.md": "chào", "lessons/09.md": "x", "questions/09.yaml": "x", "media/b.png": b"x"})
    )
    assert [(left.kind, left.origin) for left in package.left_out] == [
        ("pages", "lessons/09.md"),
        ("media", "media/b.png"),
        ("questions", "questions/09.yaml"),
    ]


def test_many_faults_are_told_at_once_but_not_all_of_hundreds():
    files = changed("course.yaml", "slug: khoa-thu", "slug: Sai Sai")
    assert len(faults(files)) == 1
    bank = TEXTS["questions/final.yaml"].replace("correct: true", "correct: maybe") * 10
    lines = faults(bent({"questions/final.yaml": bank}))
    assert len(lines) == 21
    assert lines[-1].endswith("lỗi nữa.")


def test_a_bomb_of_aliases_costs_nothing():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
    )
    started = time.perf_counter()
    assert "neo (&)" in faults(bent({"course.yaml": bomb}))[0]
    assert time.perf_counter() - started < 1


def test_a_package_that_cannot_be_opened_is_refused(tmp_path):
    with pytest.raises(PackageRefused, match="Không có tệp"):
        read_path(tmp_path / "khong-co.zip")
    (tmp_path / "hong.zip").write_bytes(b"PK")
    with pytest.raises(PackageRefused, match="hỏng"):
        read_path(tmp_path / "hong.zip")
    (tmp_path / "nguoc").mkdir()
    put_in(tmp_path / "nguoc", bent())
    (tmp_path / "nguoc" / "lessons" / "lien-ket.md").symlink_to("/etc/passwd")
    with pytest.raises(PackageRefused, match="symlink"):
        read_path(tmp_path / "nguoc")


def test_a_package_gnawed_at_random_is_read_or_refused_but_never_breaks():
    """A few seconds of damaged files, always the same ones."""
    dice = random.Random(4)
    names = sorted(TEXTS)
    scraps = [
        "\t",
        "---",
        "- ",
        ": ",
        "{",
        "]",
        '"',
        "<b>",
        "![",
        "](",
        "**",
        "> ",
        "&a",
        "*a",
        "\x00",
        "\ud7ff",
        "1e9",
        "#",
    ]
    until = time.perf_counter() + 6
    read = 0
    for _ in range(1_500):
        if time.perf_counter() > until:
            break
        name = dice.choice(names)
        text = TEXTS[name]
        for _ in range(dice.randint(1, 3)):
            at, end = sorted((dice.randrange(len(text)), dice.randrange(len(text))))
            end = min(end, at + 30)
            text = text[:at] + dice.choice([*scraps, text[at:end] * 2, ""]) + text[end:]
        content = text.encode()
        if dice.random() < 0.1:
            content = content[: dice.randrange(len(content) + 1)]
        try:
            read_files(bent({name: content}))
            read += 1
        except PackageRefused:
            continue
    assert read


@pytest.mark.parametrize(
    "escape",
    [
        r"\u202E",
        r"\u200b",
        r"\0",
        r"\u0007",
        r"\ud800",
        r"\e",
        r"\P",
        r"\L",
        r"\N",
        r"\r",
        r"\u3164",
        r"\ufffd",
    ],
)
@pytest.mark.parametrize("old", ["Khóa thử", "người mới", "01-mot", "licence"])
def test_yaml_escapes_hide_nothing(old, escape):
    assert "không nhìn thấy" in faults(changed("course.yaml", old, f'"{old}{escape}"'))[0]


@pytest.mark.parametrize("escape", [r"\UFFFFFFFF", r"\U00110000"])
def test_an_escape_of_no_character_is_refused(escape):
    assert "cú pháp YAML" in faults(changed("course.yaml", "Khóa thử", f'"{escape}"'))[0]


def test_yaml_escapes_are_stored_composed():
    assert read_files(changed("course.yaml", "Khóa thử", r'"e\u0301"')).title == "é"


@pytest.mark.parametrize("old", ["Đèn</text>", "Cái đèn dầu</title>", 'img"'])
def test_a_drawing_hides_nothing(old):
    files = changed("media/den.svg", old, f"&#x202e;{old}")
    assert "không nhìn thấy" in faults(files)[0]


@pytest.mark.django_db
def test_a_bent_package_lands_or_is_refused_but_never_breaks():
    """Three seconds of bytes changed, cut and put in, always the same ones."""
    dice = random.Random(20251122)
    names = sorted(TEXTS)
    pieces = [
        b"\\UFFFFFFFF",
        b"\\ud800",
        b"\\0",
        b"&#0;",
        b"&",
        b"*",
        b'"',
        b"\xff",
        b"- ",
        b": ",
        b"{",
        b"\n",
        b"%",
    ]
    until = time.perf_counter() + 3
    for _ in range(100):
        files = bent()
        name = dice.choice(names)
        content = bytearray(files[name])
        for _ in range(dice.choice([1, 1, 2])):
            at = dice.randrange(len(content))
            content[at : at + dice.randint(0, 3)] = dice.choice([*pieces, bytes([dice.randrange(256)])])
        files[name] = bytes(content)
        if time.perf_counter() > until:
            break
        try:
            said = repr(land(read_files(files), publish=True))
        except PackageRefused as refusal:
            said = "\n".join([refusal.summary, *refusal.lines])
        assert said.encode()
