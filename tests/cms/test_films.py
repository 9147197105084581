"""Films of lessons: read from their bytes, never without captions, picture and words; loaded when played."""

from __future__ import annotations

import io
import re
import struct

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms import authoring, films, weighing
from cms.importing.exporting import export
from cms.importing.problems import PackageRefused
from cms.models import Film, LessonPage

from .conftest import paragraph, put_lesson

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:04.000\nChuông điện thoại reo.\n".encode()
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"/>'
LESSON = "/khoa-hoc/an-toan-tren-mang/bai-3/"


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def header(seconds: float, scale: int = 1000) -> bytes:
    return box(b"mvhd", bytes(12) + struct.pack(">II", scale, round(seconds * scale)) + bytes(80))


FTYP = box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
MDAT = box(b"mdat", bytes(4000))


def mp4(seconds: float = 45, codec: bytes = b"avc1") -> bytes:
    return FTYP + box(b"moov", header(seconds) + box(b"trak", bytes(8) + codec)) + MDAT


def length(data: bytes) -> int:
    return films.seconds_of(io.BytesIO(data), len(data))


def test_the_length_is_read_from_the_film():
    assert length(mp4(45)) == 45
    assert length(mp4(44.2)) == 45


def test_the_length_of_a_wide_header_is_read():
    wide = box(b"mvhd", b"\x01" + bytes(19) + struct.pack(">IQ", 600, 600 * 90) + bytes(80))

    assert length(FTYP + box(b"moov", wide + b"....avc1") + MDAT) == 90


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không phải phim MP4"),
        (b"GIF89a" + bytes(100), "bị hỏng"),
        (b"<html><script>alert(1)</script></html>", "bị hỏng"),
        (MDAT, "không phải phim MP4"),
        (FTYP, "thiếu đoạn cuối"),
        (mp4()[:-10], "thiếu đoạn cuối"),
        (FTYP + MDAT + box(b"moov", header(45) + b"avc1"), "tối ưu cho mạng"),
        (mp4(codec=b"hvc1"), "H.264"),
        (FTYP + box(b"moov", b"\x00\x00\x00\x0cavc1....") + MDAT, "dài bao lâu"),
        (mp4(0), "từ 1 giây"),
        (mp4(601), "từ 1 giây"),
        (FTYP + box(b"moov", header(45, 0) + b"avc1") + MDAT, "từ 1 giây"),
        (FTYP + box(b"free", b"") * 3000, "quá nhiều mảnh"),
        (FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63), "bị hỏng"),
    ],
)
def test_what_is_no_film_for_every_phone_is_refused(data, said):
    with pytest.raises(films.NoFilm, match=said):
        length(data)


def test_a_film_too_heavy_is_refused():
    with pytest.raises(films.NoFilm, match="25 MB"):
        films.seconds_of(io.BytesIO(b""), films.MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"1\n00:00:01,000 --> 00:00:02,000\nA", "WebVTT"),
        (b"WEBVTTX\n\n00:01.000 --> 00:02.000\nA", "WebVTT"),
        (b"WEBVTT\n\n", "chưa có câu nào"),
        (b"WEBVTT\n\n\xff\xfe", "UTF-8"),
        (b"WEBVTT\n\n00:04.000 --> 00:02.000\nA", "trước khi bắt đầu"),
        (b"WEBVTT\n\n05:00.000 --> 05:02.000\nA", "ngoài phim"),
        (b"WEBVTT\n\n" + b"x" * films.MOST_CAPTIONS, "200 KB"),
    ],
)
def test_what_are_no_captions_is_refused(data, said):
    with pytest.raises(ValidationError, match=said):
        films.check_captions(data, 45)


def test_captions_may_come_from_windows():
    films.check_captions(b"\xef\xbb\xbf" + CAPTIONS.replace(b"\n", b"\r\n"), 45)


# --- In the editor's screens -----------------------------------------------------------------------


@pytest.fixture
def poster(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    picture, _ = authoring.put_picture(origin="p", title="p", filename="p.svg", data=DRAWING)
    return picture


def sent(poster, **fields):
    return {
        "title": "Gọi lại cho ngân hàng",
        "film": SimpleUploadedFile("../phim.MP4", mp4()),
        "captions": SimpleUploadedFile("phu-de.vtt", CAPTIONS),
        "poster": poster.pk,
        "transcript": "Bà Hoa: Tôi sẽ tự gọi lại.",
        **fields,
    }


@pytest.fixture
def film(client, poster, bien):
    client.force_login(bien)
    assert client.post("/admin/phim/new/", sent(poster)).status_code == 302
    return Film.objects.get()


def test_an_editor_uploads_a_film(film):
    assert (film.seconds, film.size, film.length) == (45, len(mp4()), "45 giây")
    assert re.fullmatch(r"films/[a-z0-9]{20}\.mp4", film.film.name)
    assert re.fullmatch(r"films/[a-z0-9]{20}\.vtt", film.captions.name)
    assert film.film.open().read() == mp4()
    assert film.captions.open().read() == CAPTIONS


@pytest.mark.parametrize("missing", ["film", "captions", "poster", "transcript"])
def test_a_film_without_what_others_need_is_refused(client, poster, bien, missing):
    client.force_login(bien)
    fields = sent(poster)
    fields[missing] = ""

    assert client.post("/admin/phim/new/", fields).status_code == 200
    assert not Film.objects.exists()


@pytest.mark.parametrize(
    ("field", "data", "said"),
    [("film", b"MZ" + bytes(90), "bị hỏng"), ("captions", b"<script>", "WebVTT")],
)
def test_a_hostile_upload_is_refused_in_words(client, poster, bien, field, data, said):
    client.force_login(bien)
    answer = client.post("/admin/phim/new/", sent(poster, **{field: SimpleUploadedFile("a.mp4", data)}))

    assert said in answer.content.decode()
    assert not Film.objects.exists()


def test_learners_upload_nothing(client, poster, lan):
    client.force_login(lan.user)
    client.post("/admin/phim/new/", sent(poster))

    assert not Film.objects.exists()


# --- In a lesson -----------------------------------------------------------------------------------


@pytest.fixture
def filmed(film, khoa):
    page = put_lesson(
        khoa, 3, blocks=[paragraph("Chuông reo."), {"type": "film", "value": {"film": str(film.pk)}}]
    )
    authoring.make_live([page])
    return LessonPage.objects.get(pk=page.pk)


def test_nothing_is_loaded_before_it_is_played_and_its_price_is_said(client, filmed, film):
    page = client.get(LESSON).content.decode()
    video = page[page.index("<video") : page.index("</video>")]

    assert 'preload="none"' in video
    assert "autoplay" not in video
    assert f'poster="{film.poster.file.url}"' in video
    assert (
        f'<track kind="captions" srclang="vi" label="Tiếng Việt" src="{film.captions.url}" default>' in video
    )
    assert page.index("45 giây · 5\u00a0KB · có phụ đề") < page.index("<video")
    assert "Tôi sẽ tự gọi lại." in page[page.index("Đọc lời trong phim") :]


def test_a_film_is_weighed_apart(filmed, film):
    weight = weighing.weigh(filmed)

    assert weight.video == pytest.approx(film.size + len(CAPTIONS), abs=2 * weighing.HEADERS + 200)
    assert weight.more == weight.video
    assert weight.total < weight.html + weight.other + weight.pictures + 1


@pytest.mark.parametrize("end", ["chi-chu/", "in/"])
def test_of_a_film_words_and_paper_have_what_is_said(client, filmed, end):
    page = client.get(LESSON + end).content.decode()

    assert "<video" not in page
    assert "Tôi sẽ tự gọi lại." in page


def test_a_film_is_found_by_its_words(client, filmed):
    assert "bai-3" in client.get("/tim/?q=goi+lai+ngan+hang").content.decode()


def test_a_film_that_was_deleted_leaves_no_hole(client, filmed, film):
    film.delete()

    answer = client.get(LESSON)
    assert answer.status_code == 200
    assert "<video" not in answer.content.decode()


def test_a_film_whose_picture_was_deleted_still_plays(client, filmed, film):
    film.poster.delete()

    page = client.get(LESSON).content.decode()
    assert "<video" in page
    assert "poster=" not in page


def test_a_photograph_before_a_film_is_made_light(client, filmed, film):
    photo = io.BytesIO()
    Image.new("RGB", (1600, 900), "teal").save(photo, "JPEG")
    film.poster, _ = authoring.put_picture(origin="q", title="q", filename="q.jpg", data=photo.getvalue())
    film.save()

    assert re.search(r'poster="/media/images/[^"]+\.webp"', client.get(LESSON).content.decode())


def test_a_film_is_handed_out(client, filmed, film):
    answer = client.get(film.film.url)

    assert answer.status_code == 200
    assert answer["Content-Type"] == "video/mp4"
    assert client.get(film.captions.url)["Content-Type"] == "text/vtt"


def test_a_package_cannot_carry_a_film_and_says_so(filmed):
    with pytest.raises(PackageRefused, match="Bài 3: có phim"):
        export("KNS04")
