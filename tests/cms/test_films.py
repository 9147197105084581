"""Films of lessons: read from their bytes, never without captions, picture and words; loaded when played."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cms import authoring, films, release, weighing
from cms.aloud import recordings
from cms.aloud.reading import text_of
from cms.holders import lessons_with
from cms.importing.exporting import export
from cms.importing.problems import PackageRefused
from cms.models import Film, LessonPage, Weighing
from cms.permissions import ensure_groups
from common import audio
from courses import progress, releasing
from courses.models import Course, Enrolment, Item
from tests import sounds
from tests.sounds import box, track

from .conftest import paragraph, put_lesson

CAPTIONS = "WEBVTT\n\n00:01.000 --> 00:04.000\nChuông điện thoại reo.\n".encode()
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"/>'
LESSON = "/khoa-hoc/an-toan-tren-mang/bai-3/"


def header(seconds: float, scale: int = 1000) -> bytes:
    return box(b"mvhd", bytes(12) + struct.pack(">II", scale, round(seconds * scale)) + bytes(80))


FTYP = box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41")
MDAT = box(b"mdat", bytes(4000))


PLACE = b"+20.8449+106.6881/"


def mp4(seconds: float = 45, codec: bytes = b"avc1", *more: bytes) -> bytes:
    return FTYP + box(b"moov", header(seconds), track(b"vide", codec), *more) + MDAT


def length(data: bytes) -> int:
    return films.seconds_of(io.BytesIO(data), len(data))


def test_the_length_is_read_from_the_film():
    assert length(mp4(45)) == 45
    assert length(mp4(44.2)) == 45


def test_the_length_of_a_wide_header_is_read():
    wide = box(b"mvhd", b"\x01" + bytes(19) + struct.pack(">IQ", 600, 600 * 90) + bytes(80))

    assert length(FTYP + box(b"moov", wide, track(b"vide", b"avc1")) + MDAT) == 90


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "không phải phim MP4"),
        (b"GIF89a" + bytes(100), "bị hỏng"),
        (b"<html><script>alert(1)</script></html>", "bị hỏng"),
        (MDAT, "không phải phim MP4"),
        (FTYP, "thiếu đoạn cuối"),
        (mp4()[:-10], "thiếu đoạn cuối"),
        (FTYP + MDAT + box(b"moov", header(45), track(b"vide", b"avc1")), "tối ưu cho mạng"),
        (mp4(codec=b"hvc1"), "H.264"),
        (mp4(45, b"hvc1", box(b"udta", b"avc1")), "H.264"),
        (mp4(45, b"avc1", track(b"vide", b"hvc1")), "H.264"),
        (FTYP + box(b"moov", header(45), track(b"soun", b"mp4a")) + MDAT, "H.264"),
        (mp4(45, b"avc1", track(b"soun", b"ac-3")), "AAC"),
        (mp4(45, b"avc1", track(b"meta", b"gpmd")), "nơi quay"),
        (mp4(45, b"avc1", track(b"sbtl", b"tx3g")), "nơi quay"),
        (mp4(45, b"avc1", track(b"tmcd", b"tmcd")), "nơi quay"),
        (FTYP + box(b"moov", track(b"vide", b"avc1")) + MDAT, "dài bao lâu"),
        (mp4(0), "từ 1 giây"),
        (mp4(601), "từ 1 giây"),
        (FTYP + box(b"moov", header(45, 0), track(b"vide", b"avc1")) + MDAT, "từ 1 giây"),
        (FTYP + box(b"free", b"") * 20_001, "quá nhiều mảnh"),
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
        (b"WEBVTT\n\n" + b"9" * 5000 + b":00:01.000 --> 00:04.000\nA", "viết sai"),
        (CAPTIONS + b"\n00:05,000 --> 00:06,000\nA", "viết sai"),
        (CAPTIONS + "\n00:0٣.000 --> 00:04.000\nA".encode(), "viết sai"),
    ],
)
def test_what_are_no_captions_is_refused(data, said):
    with pytest.raises(ValidationError, match=said):
        films.check_captions(data, 45)


def test_captions_may_come_from_windows():
    films.check_captions(b"\xef\xbb\xbf" + CAPTIONS.replace(b"\n", b"\r\n"), 45)


def test_captions_may_say_hours_and_where_they_stand():
    films.check_captions(b"WEBVTT\n\n00:00:01.000 --> 00:00:04.000 line:0 align:start\nA", 45)


# --- In the editor's screens -----------------------------------------------------------------------


@pytest.fixture
def poster(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_groups()
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
    assert re.fullmatch(r"films/[a-z0-9]{12}-phim\.mp4", film.film.name)
    assert re.fullmatch(r"films/[a-z0-9]{12}-phim\.vtt", film.captions.name)
    assert film.film.open().read() == films.scrubbed(io.BytesIO(mp4())).read()
    assert film.captions.open().read() == CAPTIONS


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(45, "45 giây"), (60, "1 phút"), (90, "1 phút 30 giây"), (150, "2 phút 30 giây"), (600, "10 phút")],
)
def test_it_says_how_long_it_is(seconds, said):
    assert Film(seconds=seconds).length == said


def test_where_when_and_by_whom_it_was_taken_is_not_kept(client, poster, bien):
    data = mp4(45, b"avc1", box(b"udta", box("©xyz".encode("latin-1"), PLACE)), box(b"meta", PLACE))
    client.force_login(bien)
    client.post("/admin/phim/new/", sent(poster, film=SimpleUploadedFile("phim.mp4", data)))

    film = Film.objects.get()
    kept = film.film.open().read()
    assert PLACE not in kept
    assert b"Kim's camera" not in kept
    assert kept.endswith(MDAT)
    assert (len(kept), length(kept)) == (film.size, 45)


def of(film, /, **fields):
    """What the form of a film sends when only this changes."""
    return {"title": film.title, "poster": film.poster_id, "transcript": film.transcript, **fields}


def change(client, film, /, **fields):
    answer = client.post(f"/admin/phim/edit/{film.pk}/", of(film, **fields), follow=True)
    assert answer.redirect_chain
    film.refresh_from_db()
    return answer


def test_a_film_that_was_replaced_is_gone_from_its_old_address(
    client, film, django_capture_on_commit_callbacks
):
    old, captions = film.film.url, film.captions.url
    with django_capture_on_commit_callbacks(execute=True):
        change(client, film, film=SimpleUploadedFile("a.mp4", mp4(30)))

    assert client.get(old).status_code == 404
    assert client.get(film.film.url).status_code == 200
    assert client.get(captions).status_code == 200
    assert film.seconds == 30


def test_captions_that_were_replaced_are_gone_too(client, film, django_capture_on_commit_callbacks):
    old = film.captions.url
    with django_capture_on_commit_callbacks(execute=True):
        change(client, film, captions=SimpleUploadedFile("a.vtt", CAPTIONS + b"\nNOTE x\n"))

    assert client.get(old).status_code == 404
    assert client.get(film.captions.url).status_code == 200


def test_an_editor_deletes_a_film_and_its_files(client, film, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/phim/delete/{film.pk}/").status_code == 302

    assert not Film.objects.exists()
    assert client.get(film.film.url).status_code == 404
    assert client.get(film.captions.url).status_code == 404


def test_a_film_whose_captions_were_lost_can_still_be_mended(client, film):
    film.captions.storage.delete(film.captions.name)

    change(client, film, title="Tên khác")
    assert film.title == "Tên khác"
    answer = client.post(f"/admin/phim/edit/{film.pk}/", of(film, film=SimpleUploadedFile("a.mp4", mp4(30))))
    assert "Tệp phụ đề đã mất." in answer.content.decode()
    change(client, film, captions=SimpleUploadedFile("a.vtt", CAPTIONS))


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


@pytest.fixture
def old_reader(filmed, khoa, lan):
    """She began the edition with the film; the lesson is off the site since."""
    release.release(page=khoa, by=None)
    course = Course.objects.get(code="KNS04")
    progress.start(lan, course)
    item = Item.objects.get(key=filmed.item_key)
    releasing.release(course=course, items=list(course.items.exclude(pk=item.pk).exclude(url="")), by=None)
    releasing.withdraw_item(item)
    LessonPage.objects.filter(pk=filmed.pk).update(live=False)
    reader = Client()
    reader.force_login(lan.user)
    return reader


def withdrawn(reader, filmed):
    answer = reader.get(reverse("learning:withdrawn", args=["an-toan-tren-mang", filmed.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_withdrawn_lesson_shows_the_film_that_took_its_place(
    client, film, filmed, old_reader, django_capture_on_commit_callbacks
):
    assert film.film.url in withdrawn(old_reader, filmed)
    with django_capture_on_commit_callbacks(execute=True):
        change(
            client,
            film,
            film=SimpleUploadedFile("a.mp4", mp4(30)),
            captions=SimpleUploadedFile("a.vtt", CAPTIONS),
        )
    page = withdrawn(old_reader, filmed)
    assert film.film.url in page
    assert film.captions.url in page


def test_a_film_of_a_withdrawn_lesson_is_not_deleted_under_who_reads_it(client, film, old_reader, filmed):
    assert filmed.title in client.get(f"/admin/phim/delete/{film.pk}/").content.decode()
    client.post(f"/admin/phim/delete/{film.pk}/")
    assert Film.objects.exists()
    Enrolment.objects.all().delete()
    client.post(f"/admin/phim/delete/{film.pk}/")
    assert not Film.objects.exists()


def test_of_two_who_replace_a_film_nothing_is_left_behind(film, django_capture_on_commit_callbacks):
    one, two = Film.objects.get(), Film.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        for mine in (one, two):
            mine.film = SimpleUploadedFile("a.mp4", mp4(30))
            mine.save()

    folder = Path(film.film.path).parent
    assert {file.name for file in folder.iterdir()} == {Path(name).name for name in Film.objects.get().names}


def test_a_name_changed_meanwhile_takes_no_film_back(film, django_capture_on_commit_callbacks):
    named = Film.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        film.film = SimpleUploadedFile("a.mp4", mp4(30))
        film.full_clean()
        film.save()
        named.title = "Tên khác"
        named.save()

    named.refresh_from_db()
    assert (named.title, named.film.name, named.seconds) == ("Tên khác", film.film.name, 30)
    assert named.film.storage.exists(named.film.name)


def test_a_locked_lesson_keeps_its_film(client, quan_tri, film, filmed):
    LessonPage.objects.filter(pk=filmed.pk).update(locked=True, locked_by=quan_tri)
    answer = change(client, film, film=SimpleUploadedFile("a.mp4", mp4(30)))

    assert "phim đang có trong bài “Bài 3”, bài đang khóa" in answer.content.decode()
    assert film.seconds == 45
    LessonPage.objects.filter(pk=filmed.pk).update(locked=False)
    change(client, film, film=SimpleUploadedFile("a.mp4", mp4(30)))
    assert film.seconds == 30


def test_nothing_is_loaded_before_it_is_played_and_its_price_is_said(client, filmed, film):
    page = client.get(LESSON).content.decode()
    video = page[page.index("<video") : page.index("</video>")]

    assert 'preload="none"' in video
    assert "autoplay" not in video
    assert f'poster="{film.poster.file.url}"' in video
    assert f'<track kind="captions" srclang="vi" label="Tiếng Việt" src="{film.captions.url}">' in video
    assert "default" not in video  # a browser would fetch the captions with the page
    price = weighing.words(weighing.weigh(filmed).video)  # with captions and what an answer has in front
    assert page.index(f"45 giây · {price} · có phụ đề") < page.index("<video")
    assert "Tôi sẽ tự gọi lại." in page[page.index("Đọc lời trong phim") :]


def test_a_film_is_weighed_apart(filmed, film):
    weight = weighing.weigh(filmed)
    played = {film.film.url, film.captions.url}

    assert weight.video == pytest.approx(film.size + len(CAPTIONS), abs=2 * weighing.HEADERS + 200)
    assert weight.more == weight.video
    assert {one.url for one in weight.assets if one.kind == "video"} == played
    assert weight.total == sum(one.bytes for one in weight.assets if one.url not in played)


def test_a_film_that_was_replaced_has_another_price(client, filmed, film, django_capture_on_commit_callbacks):
    weighing.keep(filmed)
    before = Weighing.objects.get(page=filmed).more
    heavy = mp4() + box(b"mdat", bytes(500_000))
    with django_capture_on_commit_callbacks(execute=True):
        change(client, film, film=SimpleUploadedFile("a.mp4", heavy))

    assert Weighing.objects.get(page=filmed).more == before + len(heavy) - len(mp4())


def test_the_picture_before_a_film_belongs_to_its_lessons_too(filmed, film):
    assert lessons_with(film) == lessons_with(film.poster) == [filmed]


def test_what_could_not_be_weighed_at_once_is_weighed_by_the_task(client, filmed, film):
    weighing.keep(filmed)
    change(client, film, title="Tên khác")  # the test's transaction never ends

    assert Weighing.objects.get(page=filmed).stamp == ""


def test_a_film_that_a_live_lesson_shows_is_not_deleted(client, filmed, film):
    assert "“Bài 3”" in client.get(f"/admin/phim/delete/{film.pk}/").content.decode()
    answer = client.post(f"/admin/phim/delete/{film.pk}/", follow=True)

    assert "Phim đang có trong bài “Bài 3”." in answer.content.decode()
    assert Film.objects.exists()


def recorded(page):
    text = text_of(page)
    recordings.put(page=page, sound=audio.read(sounds.mp3(8)), text_digest=text.digest)
    return text.sentences


def test_a_film_that_was_replaced_leaves_a_recording_as_good_as_it_was(client, filmed, film):
    said = recorded(filmed)
    change(client, film, film=SimpleUploadedFile("a.mp4", mp4(90)))

    assert not [one for one in said if "KB" in one or "giây" in one]
    assert recordings.recording_of(LessonPage.objects.get(pk=filmed.pk))


def test_a_film_of_another_name_makes_a_recording_old_and_says_so(client, filmed, film):
    recorded(filmed)
    answer = change(client, film, title="Cúp máy trước")

    assert "Tiếng đọc của bài “Bài 3” đã cũ" in answer.content.decode()


@pytest.mark.parametrize("end", ["chi-chu/", "in/"])
def test_of_a_film_words_and_paper_have_what_is_said(client, filmed, end):
    page = client.get(LESSON + end).content.decode()

    assert "<video" not in page
    assert "Gọi lại cho ngân hàng" in page
    assert "45 giây" not in page
    assert "có phụ đề" not in page
    assert 'class="transcript"' not in page
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


def test_a_film_is_handed_out_in_pieces(client, filmed, film):
    answer = client.get(film.film.url, headers={"Range": "bytes=4-11", "Accept-Encoding": "gzip"})

    assert (answer.status_code, answer["Content-Type"]) == (206, "video/mp4")
    assert (answer["Content-Range"], answer["Content-Length"]) == (f"bytes 4-11/{film.size}", "8")
    assert answer.getvalue() == b"ftypisom"
    assert client.get(film.captions.url)["Content-Type"] == "text/vtt"


def test_a_package_cannot_carry_a_film_and_says_so(filmed):
    with pytest.raises(PackageRefused, match="Bài 3: có phim"):
        export("KNS04")
