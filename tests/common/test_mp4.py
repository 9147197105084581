"""MP4: what does not serve to play it is taken out where it stands; nothing moves, nothing breaks."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import mp4
from tests.sounds import box, m4a, track

FTYP, MDAT = box(b"ftyp", b"isom\0\0\2\0"), box(b"mdat", b"picture")
PLACE = b"+20.8449+106.6881/"


def scrubbed(data: bytes) -> bytes:
    kept = io.BytesIO(data)
    mp4.scrub(kept, len(data))
    return kept.getvalue()


@pytest.mark.parametrize("name", [b"udta", b"meta", b"uuid", b"free", b"skip", b"smta", b"auth"])
@pytest.mark.parametrize(
    "around",
    [
        lambda one: FTYP + box(b"moov", track(b"vide", b"avc1")) + one + MDAT,
        lambda one: FTYP + box(b"moov", track(b"vide", b"avc1"), one) + MDAT,
        lambda one: FTYP + box(b"moov", box(b"trak", one, track(b"vide", b"avc1")[8:])) + MDAT,
        lambda one: FTYP + box(b"moov", box(b"trak", box(b"mdia", one))) + MDAT,
    ],
    ids=["beside", "film", "track", "media"],
)
def test_what_tells_of_its_maker_goes_wherever_it_stands(around, name):
    data = around(box(name, box("©xyz".encode("latin-1"), PLACE)))
    clean = scrubbed(data)

    assert PLACE in data
    assert PLACE not in clean
    assert len(clean) == len(data)
    assert clean[-len(MDAT) :] == MDAT
    assert mp4.read(io.BytesIO(clean), len(clean)).tracks == mp4.read(io.BytesIO(data), len(data)).tracks


@pytest.mark.parametrize(("version", "last"), [(0, 12), (1, 20)])
@pytest.mark.parametrize("name", [b"mvhd", b"tkhd", b"mdhd"])
def test_when_it_was_taken_goes_and_how_long_it_is_stays(name, version, last):
    body = bytes([version, 0, 0, 7]) + b"\xe1" * 16 + bytes(range(60))
    around = {
        b"mvhd": lambda one: box(b"moov", one),
        b"tkhd": lambda one: box(b"moov", box(b"trak", one)),
        b"mdhd": lambda one: box(b"moov", box(b"trak", box(b"mdia", one))),
    }[name]

    kept = body[:4] + bytes(last - 4) + body[last:]
    assert scrubbed(around(box(name, body))) == around(box(name, kept))


HERE = box(b"dinf", box(b"dref", bytes(7), b"\1", box(b"url ", b"\0\0\0\1")))
TABLES = box(b"stbl", box(b"stsd", bytes(8)), box(b"stts", b"times"), box(b"stco", b"offsets"))


def whole(*media: bytes) -> bytes:
    return FTYP + box(b"moov", box(b"trak", box(b"mdia", box(b"minf", *media)))) + MDAT


def test_what_is_needed_to_play_it_stays_byte_for_byte():
    media = box(b"mdia", box(b"minf", box(b"vmhd", bytes(12)), HERE, TABLES))
    part = box(b"moof", box(b"mfhd", b"1"), box(b"traf", box(b"tfhd", b"2"), box(b"trun", b"3")))
    track = box(b"trak", box(b"edts", box(b"elst", b"list")), media)
    data = FTYP + box(b"moov", track, box(b"mvex", box(b"trex", b"4"))) + part + MDAT

    assert scrubbed(data) == data


@pytest.mark.parametrize("name", [b"udta", b"meta", b"uuid", b"free"])
@pytest.mark.parametrize(
    "around",
    [
        lambda one: whole(box(b"stbl", TABLES[8:], one)),
        lambda one: whole(box(b"dinf", HERE[8:], one), TABLES),
        lambda one: whole(TABLES) + box(b"moof", box(b"mfhd", b"1"), one) + MDAT,
        lambda one: whole(TABLES) + box(b"moof", box(b"traf", box(b"tfhd", b"2"), one)) + MDAT,
        lambda one: FTYP + box(b"moov", box(b"mvex", box(b"trex"), one)) + MDAT,
        lambda one: FTYP + box(b"moov", box(b"trak", box(b"edts", box(b"elst"), one))) + MDAT,
    ],
    ids=["tables", "sources", "fragment", "track of a fragment", "fragments", "edits"],
)
def test_nothing_hides_in_the_tables_of_a_track(around, name):
    clean = scrubbed(around(box(name, PLACE)))

    assert PLACE not in clean
    assert clean == around(box(b"free", bytes(len(PLACE))))


@pytest.mark.parametrize("flags", [b"\0\0\0\0", b"\0\0\0\1"])
@pytest.mark.parametrize("kind", [b"alis", b"url ", b"urn "])
def test_the_path_on_a_makers_disk_goes(kind, flags):
    def source(*entry: bytes) -> bytes:
        return whole(box(b"dinf", box(b"dref", bytes(7), b"\1", box(*entry))), TABLES)

    path = b"Macintosh HD:Users:chi:phim.mov"
    assert scrubbed(source(kind, flags, path)) == source(b"url ", b"\0\0\0\1", bytes(len(path)))


def test_it_tells_its_tracks_and_its_length():
    data = m4a(2.5)
    movie = mp4.read(io.BytesIO(data), len(data))

    assert movie.top == (b"ftyp", b"moov", b"mdat")
    assert (movie.ticks, movie.per_second) == (2500, 1000)
    assert movie.tracks == (mp4.Track(b"soun", (b"mp4a",)),)


@given(st.sampled_from([b"", FTYP, m4a(), m4a()[:90]]), st.binary(max_size=200))
def test_no_bytes_break_it_and_what_is_read_can_be_scrubbed(head, rest):
    data = head + rest
    try:
        mp4.read(io.BytesIO(data), len(data))
    except mp4.Broken:
        return
    assert len(scrubbed(data)) == len(data)


def test_boxes_are_counted_over_all_levels():
    """A small file of many small boxes must not become a large memory."""
    many = box(b"moov", *[box(b"trak", *[box(b"tref")] * 500)] * 50)
    with pytest.raises(mp4.TooMany):
        mp4.read(io.BytesIO(FTYP + many + MDAT), len(FTYP + many + MDAT))
