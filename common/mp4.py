"""MP4 and M4A (ISO 14496-12) of strangers: read box by box, freed of what is neither picture nor sound.

Nothing moves: what goes becomes free space of the same size, so the places of picture and sound still hold.
What lies inside the picture and the sound themselves (`mdat`) is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import IO, NamedTuple

MOST_BOXES = 20_000  # in all that is walked through
_PIECE = 1 << 16  # bytes written at once
# By the box around them; all others hold place, time, maker, pictures of the cover, or nobody knows what.
_KEPT = {
    b"": {b"ftyp", b"styp", b"moov", b"mdat", b"moof", b"mfra", b"sidx"},
    b"moov": {b"mvhd", b"trak", b"mvex", b"iods"},
    b"trak": {b"tkhd", b"tref", b"edts", b"mdia"},
    b"mdia": {b"mdhd", b"elng", b"hdlr", b"minf"},
    b"minf": {b"vmhd", b"smhd", b"sthd", b"nmhd", b"hmhd", b"gmhd", b"hdlr", b"dinf", b"stbl"},
    b"dinf": {b"dref"},
    b"stbl": {
        *(b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"stps"),
        *(b"stsh", b"sdtp", b"stdp", b"padb", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"),
    },
    b"edts": {b"elst"},
    b"mvex": {b"mehd", b"trex", b"leva", b"trep"},
    b"moof": {b"mfhd", b"traf"},
    b"traf": {b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio"},
    b"mfra": {b"tfra", b"mfro"},
}
_DATED = {b"mvhd", b"tkhd", b"mdhd"}


class Broken(Exception):
    """The boxes do not fit into each other."""


class TooMany(Broken):
    """There are more boxes than any camera writes."""


@dataclass(frozen=True)
class Track:
    kind: bytes  # vide, soun, text, meta, …
    codecs: tuple[bytes, ...]


@dataclass(frozen=True)
class Movie:
    """`top`: the outermost boxes in order. It lasts `ticks / per_second`; None when that is not said."""

    top: tuple[bytes, ...]
    ticks: int
    per_second: int | None
    tracks: tuple[Track, ...]


def boxes(
    data: IO[bytes], start: int, end: int, counted: Iterator[int] | None = None
) -> Iterator[tuple[bytes, int, int, int]]:
    """The boxes between two places: kind, where it begins, where its body begins, where it ends.

    `counted` goes on from box to box of one walk. Raises Broken.
    """
    counted = counted or count()
    while start + 8 <= end:
        head = _at(data, start, 8)
        size, kind, body = int.from_bytes(head[:4], "big"), head[4:], start + 8
        if size == 1:
            size, body = int.from_bytes(_at(data, body, 8), "big"), start + 16
        stop = start + size if size else end
        if stop < body or stop > end:
            raise Broken
        if next(counted) >= MOST_BOXES:
            raise TooMany
        yield kind, start, body, stop
        start = stop


def _at(data: IO[bytes], place: int, count: int) -> bytes:
    data.seek(place)
    found = data.read(count)
    if len(found) < count:
        raise Broken
    return found


def read(data: IO[bytes], size: int) -> Movie:
    """Raises Broken, also for what `scrub` could not walk through."""
    top = list(boxes(data, 0, size))
    for _ in _idle(data, 0, size, b"", count()):
        pass
    ticks, per_second, tracks = 0, None, []
    for kind, _, begin, end in top:
        for inner, _, body, stop in boxes(data, begin, end) if kind == b"moov" else ():
            if inner == b"mvhd":
                ticks, per_second = _length(data, body)
            elif inner == b"trak":
                tracks.append(_track(data, body, stop))
    return Movie(tuple(kind for kind, *_ in top), ticks, per_second, tuple(tracks))


def _length(data: IO[bytes], body: int) -> tuple[int, int]:
    wide = _at(data, body, 1) == b"\x01"
    said = _at(data, body + (20 if wide else 12), 12 if wide else 8)
    return int.from_bytes(said[4:], "big"), int.from_bytes(said[:4], "big")


def _track(data: IO[bytes], start: int, end: int) -> Track:
    handler = _inside(data, start, end, b"mdia", b"hdlr")
    samples = _inside(data, start, end, b"mdia", b"minf", b"stbl", b"stsd")
    kind = _at(data, handler[0] + 8, 4) if handler else b""
    codecs = boxes(data, samples[0] + 8, samples[1]) if samples else iter(())
    return Track(kind, tuple(codec for codec, *_ in codecs))


def _inside(data: IO[bytes], start: int, end: int, *path: bytes) -> tuple[int, int] | None:
    """The body of the first box on this way down."""
    for name in path:
        found = next(((body, stop) for kind, _, body, stop in boxes(data, start, end) if kind == name), None)
        if found is None:
            return None
        start, end = found
    return start, end


def scrub(data: IO[bytes], size: int) -> None:
    """Takes out, in place, what does not serve to play it. Raises Broken."""
    for edit in list(_idle(data, 0, size, b"", count())):
        data.seek(edit.place)
        data.write(edit.word)
        data.seek(edit.begin)
        for place in range(edit.begin, edit.end, _PIECE):
            data.write(bytes(min(_PIECE, edit.end - place)))


class _Edit(NamedTuple):
    """`word` is written at `place`; nothing is left between `begin` and `end`."""

    place: int
    word: bytes
    begin: int
    end: int


def _idle(data: IO[bytes], start: int, end: int, around: bytes, counted: Iterator[int]) -> Iterator[_Edit]:
    """How what does not serve to play it is taken out."""
    for kind, begin, body, stop in boxes(data, start, end, counted):
        if kind not in _KEPT[around]:
            yield _Edit(begin + 4, b"free", body, stop)
        elif kind in _KEPT:
            yield from _idle(data, body, stop, kind, counted)
        elif kind in _DATED:
            wide = _at(data, body, 1) == b"\x01"
            yield _Edit(body, b"", body + 4, min(body + (20 if wide else 12), stop))
        elif kind == b"hdlr":  # behind the kind of its track stands the name of a maker
            yield _Edit(body, b"", body + 12, stop)
        elif kind == b"dref":
            yield from _sources(data, body + 8, stop, counted)


def _sources(data: IO[bytes], start: int, end: int, counted: Iterator[int]) -> Iterator[_Edit]:
    """Where picture and sound lie: "in this file", where a maker wrote the path on a disk of hers."""
    for _, begin, body, stop in boxes(data, start, end, counted):
        yield _Edit(begin + 4, b"url ", body, stop)
        yield _Edit(body, b"\0\0\0\1"[: stop - body], body, body)
