"""Lessons read by a machine: only when an operator named a voice and asked for it."""

from __future__ import annotations

import sys
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from cms.aloud import recordings, voice
from cms.aloud.reading import text_of
from cms.models import LessonAudio
from common import audio
from tests import sounds

from .conftest import edit

pytestmark = pytest.mark.django_db

# Says every sentence in as many tenths of a second as it has letters.
VOICE = """
import sys
words = sys.stdin.buffer.read().decode()
assert words == " ".join(words.split()) != ""
sys.stdout.buffer.write(bytes.fromhex("{frame}") * round(len(words) / 10 * {rate}))
"""


@pytest.fixture
def machine(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    script = tmp_path / "giong doc.py"
    script.write_text(VOICE.format(frame=sounds.FRAME.hex(), rate=sounds.PER_SECOND))
    settings.VOICE_COMMAND = f"{sys.executable} '{script}'"
    settings.VOICE_CREDIT = "Giọng máy thử"


def read(*codes, **options) -> str:
    out = StringIO()
    call_command("read_aloud", *codes, stdout=out, **options)
    return out.getvalue()


def by_hand(bai):
    sound = audio.read(sounds.mp3(9))
    return recordings.put(page=bai, sound=sound, text_digest=text_of(bai).digest, credit="Cô Minh")


def test_off_unless_named(settings, khoa):
    assert settings.VOICE_COMMAND == ""
    with pytest.raises(CommandError, match="VOICE_COMMAND"):
        read()


def test_every_lesson_is_read_with_its_marks(machine, bai):
    assert "Đã đọc 2 bài." in read("kns04")
    row, sentences = LessonAudio.objects.get(page=bai), text_of(bai).sentences
    lengths = [len(one) * 100 for one in sentences]
    assert len(row.marks) == len(sentences)
    assert all(abs(row.marks[n] - sum(lengths[:n])) < 15 * (n + 1) for n in range(len(sentences)))
    assert (row.by_machine, row.credit) == (True, "Giọng máy thử")
    assert "Đã đọc 0 bài." in read()


def test_what_changed_is_read_again(machine, bai):
    read()
    edit(bai, title="Tên mới")
    assert "Đã đọc 1 bài." in read()
    assert LessonAudio.objects.get(page=bai).text_digest == text_of(bai).digest


def test_a_person_is_not_talked_over(machine, bai):
    by_hand(bai)
    edit(bai, title="Tên mới")
    said = read()
    assert "tiếng người đọc đã cũ, để nguyên" in said
    assert LessonAudio.objects.get(page=bai).credit == "Cô Minh"
    read(force=True)
    assert LessonAudio.objects.get(page=bai).by_machine


def test_an_unknown_course_is_refused(machine, khoa):
    with pytest.raises(CommandError, match="XYZ"):
        read("xyz")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/khong/co/giong", "Không chạy được"),
        (f"{sys.executable} -c 'import sys; sys.exit(\"hết dây\")'", "dừng với mã 1.*hết dây"),
        (f"{sys.executable} -c 'print(1)'", "MP3"),
        ("'hở nháy", "viết chưa đúng"),
    ],
)
def test_a_broken_voice_changes_nothing(machine, settings, bai, command, words):
    row = by_hand(bai)
    settings.VOICE_COMMAND = command
    with pytest.raises(CommandError, match=words):
        read(force=True)
    assert LessonAudio.objects.get().file.name == row.file.name


def test_one_lesson_that_cannot_be_said_stops_no_other(machine, settings, tmp_path, bai):
    edit(bai, title="Bài câm")
    script = tmp_path / "kén chọn.py"
    script.write_text(
        (tmp_path / "giong doc.py").read_text().replace("assert ", 'assert words != "Bài câm"; assert ')
    )
    settings.VOICE_COMMAND = f"{sys.executable} '{script}'"
    with pytest.raises(CommandError, match=r"(?s)1 bài chưa đọc được:.*Bài câm: Giọng đọc dừng"):
        read()
    assert [row.page.title for row in LessonAudio.objects.all()] == ["Bài 2"]


def test_a_silent_voice_is_given_up(machine, settings, khoa, monkeypatch):
    monkeypatch.setattr(voice, "SECONDS", 0.2)
    settings.VOICE_COMMAND = f"{sys.executable} -c 'import time; time.sleep(9)'"
    with pytest.raises(CommandError, match="im lặng"):
        read()
