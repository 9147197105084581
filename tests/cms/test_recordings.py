"""A recording beside its lesson: uploaded, refused, out of date, replaced, taken away."""

from __future__ import annotations

import itertools
import re
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from wagtail.models import GroupPagePermission

from cms import weighing
from cms.aloud import recordings
from cms.aloud.reading import text_of
from cms.models import LessonAudio, LessonPage, Weighing
from cms.permissions import ensure_groups
from common import audio
from tests import sounds

from .conftest import edit, paragraph

pytestmark = pytest.mark.django_db
_times = itertools.count()


@pytest.fixture(autouse=True)
def root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def editor(client, bien):
    ensure_groups()
    client.force_login(bien)
    return client


def put(bai, data=None, **fields):
    sound = audio.read(data or sounds.mp3(8))
    return recordings.put(page=bai, sound=sound, text_digest=text_of(bai).digest, **fields)


def send(client, bai, data, name="a.mp3", **more):
    form = {"file": SimpleUploadedFile(name, data), "text": text_of(bai).digest, **more}
    return client.post(f"/admin/bai-hoc/{bai.pk}/tieng-doc/", form)


def shown(client, bai) -> str:
    return client.get(f"{bai.path_of_site()}?lan={next(_times)}").content.decode()  # never a kept one


def fresh(bai) -> LessonPage:
    return LessonPage.objects.get(pk=bai.pk)


@pytest.mark.parametrize(("make", "kind"), [(sounds.mp3, "mp3"), (sounds.ogg, "ogg"), (sounds.m4a, "m4a")])
def test_an_editor_uploads(editor, bai, root, make, kind):
    data = make(8)
    assert send(editor, bai, data, name="ten-nao-cung-duoc.exe", credit="Cô Minh đọc").status_code == 302
    row = LessonAudio.objects.get(page=bai)
    assert re.fullmatch(rf"audio/kns04-01-[0-9a-f]{{16}}\.{kind}", row.file.name)
    assert (root / row.file.name).stat().st_size == row.size == len(data)
    page = shown(editor, bai)
    assert f'data-audio="/media/{row.file.name}"' in page
    assert "Cô Minh đọc" in page
    marks = re.search(r'data-marks="([\d ]+)"', page)
    assert marks
    assert len(marks[1].split()) == len(text_of(bai).sentences)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html>", "không phải tiếng ghi"),
        (sounds.mp3(0.3), "từ 1 giây"),
        (sounds.m4a(kind=b"vide"), "chỉ có tiếng"),
        (sounds.mp3(2) * 4, "lớn quá"),
    ],
)
def test_what_is_refused(editor, bai, monkeypatch, data, words):
    monkeypatch.setattr(recordings, "MOST_BYTES", len(sounds.mp3(3)))
    answer = send(editor, bai, data)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not LessonAudio.objects.exists()


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        (b"[0, 1]", "có 2 mốc"),
        (b"\xff\xfe", "UTF-8"),
        (b"{}", "dãy số"),
        (b"[0, 1, 2, NaN, 4, 5, 6, 7]", "dãy số"),
        (b"[true, 1, 2, 3, 4, 5, 6, 7]", "dãy số"),
        (b"[" * 5000, "WebVTT"),
        (b"[0, 1, 2, 2, 4, 5, 6, 7]", "tăng dần"),
        (b"[0, 1, 2, 3, 4, 5, 6, 70]", "ngoài độ dài"),
        (b"x" * 300_000, "quá lớn"),
    ],
)
def test_marks_that_fit_nothing_are_refused(editor, bai, marks, words):
    answer = send(editor, bai, sounds.mp3(8), marks=SimpleUploadedFile("a.json", marks))
    assert words in answer.content.decode()
    assert not LessonAudio.objects.exists()


def test_marks_are_kept(editor, bai):
    cues = "\n\n".join(f"00:0{n}.500 --> 00:0{n + 1}.000\nCâu" for n in range(8))
    vtt = SimpleUploadedFile("a.vtt", f"WEBVTT\n\n{cues}\n".encode())
    assert send(editor, bai, sounds.mp3(9), marks=vtt).status_code == 302
    assert LessonAudio.objects.get().marks == [500 + 1000 * n for n in range(8)]
    assert 'data-marks="5 15 25 35 45 55 65 75"' in shown(editor, bai)


def test_marks_of_a_text_that_changed_meanwhile_are_refused(editor, bai):
    marks = SimpleUploadedFile("a.json", b"[0, 1, 2, 3, 4, 5, 6, 7]")
    answer = send(editor, bai, sounds.mp3(9), marks=marks, text="x" * 64)
    assert "không còn khớp" in answer.content.decode()


def test_out_of_date_is_said_and_not_offered(editor, bai):
    put(bai)
    assert "data-audio" in shown(editor, bai)
    edit(bai, body=[(block["type"], block["value"]) for block in [paragraph("Khác hẳn")]])
    assert "data-audio" not in shown(editor, bai)
    assert "data-listen" in shown(editor, bai)  # the phone's own voice goes on
    assert "Tiếng đọc đã cũ" in editor.get(f"/admin/bai-hoc/{bai.pk}/tieng-doc/").content.decode()
    assert (
        "Tiếng đọc đã cũ" in editor.get(f"/admin/khoa-hoc/{bai.get_parent().pk}/tieng-doc/").content.decode()
    )
    screen = editor.get(f"/admin/pages/{bai.pk}/edit/").content.decode()
    assert "đã cũ: người học không nghe được" in screen
    assert "Tiếng đọc (đã cũ)" in screen


def test_a_recording_of_what_stood_before_is_out_of_date_at_once(editor, bai):
    """She read the text of her screen, and somebody published another meanwhile."""
    assert send(editor, bai, sounds.mp3(8), text="x" * 64).status_code == 302
    assert "data-audio" not in shown(editor, bai)


def test_another_takes_its_place_and_the_file_goes(bai, root, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = put(bai).file.name
        put(fresh(bai), sounds.ogg(8))
    assert LessonAudio.objects.count() == 1
    assert not (root / first).exists()
    assert (root / LessonAudio.objects.get().file.name).exists()


def test_the_same_again_keeps_a_file(bai, root, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        put(bai)
        put(fresh(bai))
    assert (root / LessonAudio.objects.get().file.name).exists()


def test_it_is_taken_away(editor, bai, root, django_capture_on_commit_callbacks):
    name = put(bai).file.name
    with django_capture_on_commit_callbacks(execute=True):
        editor.post(f"/admin/bai-hoc/{bai.pk}/tieng-doc/", {"remove": "1"})
    assert not LessonAudio.objects.exists()
    assert not (root / name).exists()
    assert "data-audio" not in shown(editor, bai)


def test_who_may_not_edit_may_not_upload(client, bai, binh, lan):
    for user in (binh, lan.user):
        client.force_login(user)
        assert send(client, bai, sounds.mp3(8)).status_code in {302, 403}
    assert not LessonAudio.objects.exists()


def test_a_locked_lesson_keeps_what_it_has(editor, bai, quan_tri):
    """What is uploaded is heard at once: that is a publication."""
    name = put(bai).file.name
    LessonPage.objects.filter(pk=bai.pk).update(locked=True, locked_by=quan_tri)
    screen = editor.get(f"/admin/bai-hoc/{bai.pk}/tieng-doc/").content.decode()
    assert "tiếng đọc giữ nguyên" in screen
    assert 'enctype="multipart' not in screen
    assert send(editor, bai, sounds.mp3(9)).status_code in {302, 403}
    editor.post(f"/admin/bai-hoc/{bai.pk}/tieng-doc/", {"remove": "1"})
    assert LessonAudio.objects.get().file.name == name


def test_who_may_not_publish_may_not_upload(editor, bai):
    GroupPagePermission.objects.filter(permission__codename="publish_page").delete()
    assert editor.get(f"/admin/bai-hoc/{bai.pk}/tieng-doc/").status_code == 200
    assert send(editor, bai, sounds.mp3(9)).status_code in {302, 403}
    assert not LessonAudio.objects.exists()


def test_what_could_not_be_weighed_at_once_is_weighed_by_the_task(bai):
    weighing.keep(bai)
    put(bai)  # the test's transaction never ends
    assert Weighing.objects.get(page=bai).stamp == ""


def test_it_is_weighed_with_its_lesson(bai, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        row = put(bai)
    assert weighing.weigh(fresh(bai)).audio == row.size + weighing.HEADERS
    with django_capture_on_commit_callbacks(execute=True):
        recordings.remove(page=bai)
    assert weighing.weigh(fresh(bai)).audio == 0


def test_a_copy_is_not_read_by_it(bai, khoa):
    put(bai)
    copy = fresh(bai).copy(update_attrs={"slug": "ban-sao", "title": "Bài 1"}, to=khoa)
    assert not LessonAudio.objects.filter(page_id=copy.pk).exists()


@pytest.mark.parametrize("field", ["size", "milliseconds"])
def test_one_without_sound_is_impossible(bai, field):
    row = put(bai)
    with pytest.raises(IntegrityError), transaction.atomic():
        LessonAudio.objects.filter(pk=row.pk).update(**{field: 0})


def test_an_export_says_what_stays_behind(bai, tmp_path):
    put(bai)
    out = StringIO()
    call_command("export_course", "kns04", str(tmp_path / "a.zip"), stdout=out)
    assert "không mang theo tiếng đọc của 1 bài" in out.getvalue()


def test_words_alone_say_where_the_recording_is_heard_and_what_it_costs(client, bai):
    """Their sentences are others (pictures told, films read): its marks would not fit."""
    address = f"{bai.path_of_site()}chi-chu/"
    assert "ghi âm" not in client.get(f"{address}?lan={next(_times)}").content.decode()
    row = put(bai)
    price = weighing.words(row.size + weighing.HEADERS)
    page = client.get(f"{address}?lan={next(_times)}").content.decode()
    assert "data-audio" not in page
    link = rf'href="{bai.path_of_site()}" data-full>.*Nghe ghi âm ở bản có hình \(1 phút, {price}\)'
    assert re.search(link, page, re.S)
