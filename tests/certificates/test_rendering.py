"""The PDF and the picture: right letters, right size, readable by machines."""

import datetime
import io
import re
import subprocess
import unicodedata

import pytest
from django.core.cache import cache
from PIL import Image

from accounts.models import Learner
from certificates import rendering
from certificates.models import Design, Paper
from common.paper import typesetting
from tests.common.test_paper import LETTERS

A4 = r"Page size:\s+841\.89 x 595\.2[78]\d* pts \(A4\)"
AT = datetime.datetime(2026, 1, 5, 3, 0, 0, 123456, tzinfo=datetime.UTC)


def make(**said) -> Paper:
    """A paper that no database keeps."""
    fields = {
        "serial": "7Q3XKMR2TDH",
        "learner": Learner(birth_year=1964),
        "name": "Nguyễn Thị Lan",
        "course_title": "An toàn trên mạng và phòng chống lừa đảo",
        "score_percent": 90,
        "issuer": "Học Vụ Số thành phố Hải Phòng",
        "place_name": "Hải Phòng",
        "completed_at": AT,
        "issued_at": AT,
    }
    return Paper(**(fields | said))


def tool(tmp_path, content: bytes, *command: str) -> str:
    """What a Debian tool says about the file; `{}` in the command is the file."""
    path = tmp_path / "file"
    path.write_bytes(content)
    done = subprocess.run(
        [part.replace("{}", str(path)) for part in command], capture_output=True, check=True, text=True
    )
    return done.stdout


def text_of(tmp_path, pdf: bytes) -> str:
    return " ".join(tool(tmp_path, pdf, "pdftotext", "-layout", "{}", "-").split())


def qr_of(tmp_path, png: bytes) -> str:
    return tool(tmp_path, png, "zbarimg", "-q", "--raw", "{}").strip()


def as_png(tmp_path, pdf: bytes) -> bytes:
    tool(tmp_path, pdf, "pdftoppm", "-r", "100", "-png", "-singlefile", "{}", str(tmp_path / "page"))
    return (tmp_path / "page.png").read_bytes()


def test_the_paper_says_what_it_pinned(tmp_path):
    text = text_of(tmp_path, rendering.pdf(make(signature="Đã đối chiếu")))
    for said in (
        "GIẤY GHI NHẬN HOÀN THÀNH KHÓA HỌC",
        "Nguyễn Thị Lan",
        "An toàn trên mạng và phòng chống lừa đảo",
        "Hoàn thành ngày 05/01/2026",
        "Kết quả bài kiểm tra cuối khóa: 90 %",
        "Hải Phòng, ngày 05 tháng 01 năm 2026",
        "Học Vụ Số thành phố Hải Phòng",
        "Đã đối chiếu",
        "7Q3XK-MR2TD-H",
        "127.0.0.1:8000/giay/7Q3XKMR2TDH",
        "không phải xác nhận phổ cập kỹ năng số.",
    ):
        assert said in text
    assert "Ẫ" not in text.split()


def test_a_course_without_a_test_says_nothing_of_a_result(tmp_path):
    assert "Kết quả" not in text_of(tmp_path, rendering.pdf(make(score_percent=None)))
    assert "0 %" in text_of(tmp_path, rendering.pdf(make(score_percent=0)))


@pytest.mark.parametrize("field", ["name", "course_title", "issuer", "signature", "place_name"])
def test_every_vietnamese_letter_comes_back(tmp_path, field):
    for start in range(0, len(LETTERS), 25):
        part = LETTERS[start : start + 25]
        words = " ".join("".join(part[n : n + 5]) for n in range(0, len(part), 5))
        text = unicodedata.normalize("NFC", text_of(tmp_path, rendering.pdf(make(**{field: words}))))
        assert words in text


def test_a_name_in_decomposed_letters_is_composed(tmp_path):
    pdf = rendering.pdf(make(name=unicodedata.normalize("NFD", "Nguyễn Thị Ưỡng")))
    assert "Nguyễn Thị Ưỡng" in text_of(tmp_path, pdf)


def test_it_is_one_tagged_a4_page_across_with_title_and_language(tmp_path):
    pdf = rendering.pdf(make())
    info = tool(tmp_path, pdf, "pdfinfo", "{}")
    assert re.search(r"Pages:\s+1\n", info)
    assert re.search(A4, info)
    assert re.search(r"Tagged:\s+yes", info)
    assert "Giấy ghi nhận hoàn thành khóa học: An toàn trên mạng" in info
    assert re.search(r"JavaScript:\s+no", info)
    assert b"/Lang(vi" in pdf.replace(b" ", b"")
    assert len(pdf) < 100_000


def test_its_fonts_are_ours_and_embedded(tmp_path):
    lines = tool(tmp_path, rendering.pdf(make()), "pdffonts", "{}").splitlines()[2:]
    assert lines
    for line in lines:
        assert re.search(r"Lora|BeVietnamPro", line)
        embedded, subset, unicode = line.split()[-5:-2]
        assert (embedded, subset, unicode) == ("yes", "yes", "yes")


def test_the_same_paper_gives_the_same_file():
    assert rendering.pdf(make()) == rendering.pdf(make())


def test_the_code_leads_to_the_page(tmp_path, settings):
    settings.SITE_URL = "https://hocvuso.hai-phong.example.vn"
    wanted = "https://hocvuso.hai-phong.example.vn/giay/7Q3XKMR2TDH/"
    assert qr_of(tmp_path, as_png(tmp_path, rendering.pdf(make()))) == wanted
    assert qr_of(tmp_path, rendering.picture(make())) == wanted


def test_the_picture_is_1200_by_630():
    content = rendering.picture(make())
    with Image.open(io.BytesIO(content)) as image:
        assert (image.size, image.format) == (rendering.PICTURE_SIZE, "PNG")
    assert len(content) < 60_000


def test_marks_above_a_capital_stay_clear_of_the_headline():
    with Image.open(io.BytesIO(rendering.picture(make(name="Trần Văn Ổn")))) as image:
        middle = image.convert("RGB").crop((200, 140, 1000, 300))
    rows: dict[tuple[int, int, int], list[int]] = {SEA: [], INK: []}
    for at in range(middle.width * middle.height):
        y, x = divmod(at, middle.width)
        if (colour := middle.getpixel((x, y))) in rows:
            rows[colour].append(y)
    assert min(rows[INK]) - max(rows[SEA]) >= 8


def test_the_picture_is_drawn_once_for_what_it_says(monkeypatch):
    drawn = []
    real = typesetting.png
    monkeypatch.setattr(typesetting, "png", lambda *a: drawn.append(a[1]["name"]) or real(*a))
    for paper in (make(), make(), make(name="Trần Văn Bình")):
        rendering.picture(paper)
    assert drawn == ["Nguyễn Thị Lan", "Trần Văn Bình"]
    cache.clear()
    rendering.picture(make())
    assert len(drawn) == 3


def test_the_picture_of_a_child_shows_initials_the_paper_her_name(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr(typesetting, "png", lambda _, data: said.append(data["name"]) or TINY)
    child = make(name="Trần Đức Minh", initials_only=True)
    rendering.picture(child)
    assert said == ["T. Đ. M."]
    assert "Trần Đức Minh" in text_of(tmp_path, rendering.pdf(child))


SEA, INK = (11, 90, 122), (29, 42, 51)  # of the headline and of the name, as in drawing.typ
TINY = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xff\xff?\0\5\xfe\2\xfe"
    b"\r\xefF\xb8\0\0\0\0IEND\xaeB`\x82"
)


@pytest.mark.parametrize(
    ("hostile", "read"),
    [
        ('#panic("x")', '#panic("x")'),
        ('#read("/etc/passwd") $x$ `c`', "#read"),
        ("]#set page(width: 1cm)[", "]#set page(width: 1cm)["),
        ("= Tựa\n- mục", "= Tựa - mục"),
        ('"}, "name": "khác', '"}, "name": "khác'),
        ("\\u{1F600} \\n", "\\u{1F600} \\n"),
        ("Lan 🎉 Hoa", "Lan Hoa"),
        ("\u202eLan\u2066 Hoa", "Lan Hoa"),
        ("李小龍", "???"),
        ("Nguyễn\x00\x07 Lan", "Nguyễn Lan"),
        ("", "Ghi nhận"),
        ("🎉", "Ghi nhận"),
        (" ".join(["Ưỡng"] * 75), "Ưỡng"),
        ("W" * 300, "W"),
    ],
)
def test_whatever_stands_in_a_name_or_title_is_only_text(tmp_path, hostile, read):
    pdf = rendering.pdf(make(name=hostile, course_title=hostile, issuer=hostile, signature=hostile))
    info = tool(tmp_path, pdf, "pdfinfo", "{}")
    assert re.search(r"Pages:\s+1\n", info)
    assert re.search(A4, info)
    assert read in text_of(tmp_path, pdf)
    with Image.open(io.BytesIO(rendering.picture(make(name=hostile, course_title=hostile)))) as image:
        assert image.size == rendering.PICTURE_SIZE


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("name", "Nguyễn Hoàng Phương Thị Quỳnh Trang Công Tằng Tôn Nữ Thục Đoan"),
        ("course_title", ("Sử dụng điện thoại thông minh và dịch vụ công trực tuyến " * 5)[:255].strip()),
    ],
)
def test_the_longest_names_and_titles_stand_on_the_page_whole(tmp_path, field, longest):
    text = text_of(tmp_path, rendering.pdf(make(**{field: longest})))
    assert longest in text


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((2026, 1, 5), "Hải Phòng, ngày 05 tháng 01 năm 2026"),
        ((2026, 2, 28), "Hải Phòng, ngày 28 tháng 02 năm 2026"),
        ((2026, 3, 9), "Hải Phòng, ngày 09 tháng 3 năm 2026"),
        ((2026, 11, 21), "Hải Phòng, ngày 21 tháng 11 năm 2026"),
    ],
)
def test_dates_are_written_as_decree_30_asks(day, words):
    assert rendering.in_words("Hải Phòng", datetime.date(*day)) == words


def test_the_date_is_the_local_one(tmp_path):
    late = datetime.datetime(2026, 3, 9, 17, 30, tzinfo=datetime.UTC)  # 00:30 of the 10th
    text = text_of(tmp_path, rendering.pdf(make(issued_at=late, completed_at=late)))
    assert "ngày 10 tháng 3 năm 2026" in text
    assert "Hoàn thành ngày 10/03/2026" in text


def test_a_sample_is_marked_as_one(tmp_path):
    text = text_of(tmp_path, rendering.sample(Design(issuer="Sở Khoa học", city="Huế", signature="Dòng ký")))
    assert {"M", "Ẫ", "U"} <= set(text.split())  # written across
    assert "Huế, ngày" in text
    assert "Dòng ký" in text
