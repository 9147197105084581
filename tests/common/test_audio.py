"""Recordings are told by their bytes; anything else is refused in words, and nothing private is kept."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import audio
from tests import sounds


@pytest.mark.parametrize(("make", "kind"), [(sounds.mp3, "mp3"), (sounds.ogg, "ogg"), (sounds.m4a, "m4a")])
def test_kind_and_length(make, kind):
    found = audio.read(make(3))
    assert found.kind == kind
    assert abs(found.milliseconds - 3000) < 30


def test_tags_of_an_mp3_go():
    tag = b"ID3\x04\0\0" + bytes([0, 0, 1, 0]) + b"Nha 12 pho Lan <script>".ljust(128, b"\0")
    found = audio.read(tag + sounds.mp3() + b"TAG" + b"Nguyen Van A".ljust(125, b"\0"))
    assert found.data == sounds.mp3()


def test_what_a_phone_writes_into_an_m4a_goes_and_nothing_moves():
    place = b"+20.8449+106.6881/"
    data = sounds.m4a(private=place)
    found = audio.read(data)
    assert place in data
    assert place not in found.data
    assert b"udta" not in found.data
    assert b"Kim's camera" in data
    assert b"Kim's camera" not in found.data
    assert len(found.data) == len(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ" + bytes(5000),
        b"RIFF" + bytes(4) + b"WAVEfmt ",
        sounds.FRAME[:40],
        bytes(5000) + sounds.mp3(),
        sounds.mp3(1) + bytes(70_000) + sounds.mp3(1),
        sounds.ogg()[:-3],
        sounds.ogg() + sounds.page(b"\x01video", serial=8),
        sounds.page(b"\x80theora") + sounds.page(b"x", granule=48000),
        sounds.m4a(kind=b"vide"),
        sounds.m4a(codec=b"alac"),
        sounds.m4a()[:-20],
        b"\0\0\0\x08ftyp",
        sounds.box(b"ftyp", b"M4A "),
    ],
    ids=lambda data: f"{data[:12]!r}-{len(data)}",
)
def test_what_is_no_sound_is_refused(data):
    with pytest.raises(audio.NotAudio, match=r"Tệp"):
        audio.read(data)


HEADS = st.sampled_from([b"", b"ID3", b"OggS", b"\0\0\0\x10ftyp", sounds.FRAME, sounds.ogg(), sounds.m4a()])


@given(HEADS, st.binary(max_size=300))
def test_no_bytes_break_it(head, rest):
    with contextlib.suppress(audio.NotAudio):
        assert audio.read(head + rest).milliseconds >= 0


def test_joined_sentences_know_where_they_begin():
    index = sounds.FRAME[:9] + b"Xing" + sounds.FRAME[13:]
    whole, starts = audio.join([index + sounds.mp3(1.2), sounds.mp3(0.6), sounds.mp3(2.4)])
    assert starts == [0, 1200, 1800]
    assert (whole.kind, whole.milliseconds) == ("mp3", 4200)
    assert whole.data == sounds.mp3(4.2)


def test_sentences_of_another_rate_are_not_joined():
    other = bytes([0xFF, 0xF3, 0x20, 0xC0]) + bytes(48)
    with pytest.raises(audio.NotAudio, match="tần số"):
        audio.join([sounds.mp3(), other * 20])
    with pytest.raises(audio.NotAudio, match="MP3"):
        audio.join([sounds.mp3(), b"im lang"])
