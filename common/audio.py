"""Recordings that strangers send: told by their bytes, measured, freed of what they say of their maker.

MP3 (ISO 11172-3, 13818-3), Ogg with Opus or Vorbis (RFC 3533, 7845) and MP4 with sound alone (ISO 14496-12).
Nothing is decoded: whoever may play it has a browser for that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

from . import mp4

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}  # by version bits
_KBITS = {
    True: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),  # MPEG 1, layer III
    False: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),  # MPEG 2 and 2.5
}
_JUNK = 64 * 1024  # bytes between the frames of an MP3 that are let pass


class NotAudio(Exception):
    """The bytes are none of the three; the message says so in Vietnamese."""

    def __init__(self, why: str = "Tệp này không phải tiếng ghi dạng MP3, OGG hay M4A.") -> None:
        super().__init__(why)


@dataclass(frozen=True)
class Audio:
    """`kind` is also the ending of its name; `data` is what may be handed out."""

    kind: str
    milliseconds: int
    data: bytes


def read(data: bytes) -> Audio:
    """Raises NotAudio."""
    if data[:4] == b"OggS":
        return _ogg(data)
    if data[4:8] == b"ftyp":
        return _mp4(data)
    frames = list(mp3_frames(data))
    if not frames:
        raise NotAudio
    return Audio(
        "mp3", round(1000 * sum(frame.seconds for frame in frames)), b"".join(f.data for f in frames)
    )


# --- MP3 ----------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    data: bytes
    seconds: float
    rate: int  # Hz

    @property
    def is_index(self) -> bool:
        """A frame without sound that tells of the others (Xing, Info, VBRI)."""
        return any(name in self.data[4:44] for name in (b"Xing", b"Info", b"VBRI"))


def mp3_frames(data: bytes) -> Iterator[Frame]:
    """The frames in order, without tags. Raises NotAudio when there is more between them than tags."""
    at, junk, end = _after_id3(data), 0, len(data)
    if data[-128:-125] == b"TAG":
        end -= 128
    while at + 4 <= end:
        frame = _frame(data, at)
        if frame is None:
            at, junk = at + 1, junk + 1
            if junk > _JUNK or (junk > 4096 and not at - junk):
                raise NotAudio
            continue
        yield frame
        at += len(frame.data)


def _after_id3(data: bytes) -> int:
    if data[:3] != b"ID3" or len(data) < 10:
        return 0
    size = (data[6] & 127) << 21 | (data[7] & 127) << 14 | (data[8] & 127) << 7 | data[9] & 127
    return min(10 + size, len(data))


def _frame(data: bytes, at: int) -> Frame | None:
    """The frame that begins here: layer III, whole, and followed by another or by the end."""
    head = _head(data, at)
    if head is None:
        return None
    length, seconds, rate = head
    if at + length > len(data):
        return None
    after = at + length
    if after + 4 <= len(data) and data[after : after + 3] != b"TAG" and _head(data, after) is None:
        return None
    return Frame(data[at:after], seconds, rate)


def _head(data: bytes, at: int) -> tuple[int, float, int] | None:
    """Length in bytes, seconds and Hz of the frame whose four bytes stand here."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, kbits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or kbits in {0, 15} or rate == 3:
        return None
    first = version == 3
    hertz, samples = _RATES[version][rate], 1152 if first else 576
    return samples * 125 * _KBITS[first][kbits - 1] // hertz + (head[2] >> 1 & 1), samples / hertz, hertz


def join(pieces: list[bytes]) -> tuple[Audio, list[int]]:
    """One MP3 of several, and where each begins, in milliseconds.

    Raises NotAudio when one is no MP3 or has another rate.
    """
    whole, starts, seconds, rates = [], [], 0.0, set()
    for piece in pieces:
        frames = [frame for frame in mp3_frames(piece) if not frame.is_index]
        if not frames:
            raise NotAudio("Giọng đọc phải cho ra tệp MP3.")
        starts.append(round(1000 * seconds))
        seconds += sum(frame.seconds for frame in frames)
        rates |= {frame.rate for frame in frames}
        whole += [frame.data for frame in frames]
    if len(rates) != 1:
        raise NotAudio("Các câu phải cùng một tần số lấy mẫu.")
    return Audio("mp3", round(1000 * seconds), b"".join(whole)), starts


# --- Ogg ----------------------------------------------------------------------


def _ogg(data: bytes) -> Audio:
    """One stream of sound; its last page says how many samples there are."""
    at, serial, samples, first = 0, None, 0, b""
    while at < len(data):
        head = data[at : at + 27]
        if len(head) < 27 or head[:4] != b"OggS":
            raise NotAudio
        table = data[at + 27 : at + 27 + head[26]]
        body = at + 27 + head[26]
        at = body + sum(table)
        if at > len(data):
            raise NotAudio("Tệp OGG này bị đứt giữa chừng.")
        if serial is None:
            serial, first = head[14:18], data[body:at]
        if head[14:18] != serial:
            raise NotAudio("Tệp OGG này có nhiều hơn một dòng tiếng.")
        if (granule := int.from_bytes(head[6:14], "little")) < 1 << 62:
            samples = max(samples, granule)
    if first[:8] == b"OpusHead":
        hertz, skipped = 48000, int.from_bytes(first[10:12], "little")
    elif first[:7] == b"\x01vorbis":
        hertz, skipped = int.from_bytes(first[12:16], "little"), 0
    else:
        raise NotAudio
    if not 8000 <= hertz <= 192_000:
        raise NotAudio
    return Audio("ogg", max(0, samples - skipped) * 1000 // hertz, data)


# --- MP4 ----------------------------------------------------------------------


def _mp4(data: bytes) -> Audio:
    kept = io.BytesIO(data)
    try:
        movie = mp4.read(kept, len(data))
        mp4.scrub(kept, len(data))
    except mp4.Broken as error:
        raise NotAudio("Tệp M4A này bị đứt giữa chừng.") from error
    if b"moov" not in movie.top or b"mdat" not in movie.top or not movie.per_second:
        raise NotAudio
    if {track.kind for track in movie.tracks} != {b"soun"}:
        raise NotAudio("Tệp này có hình hoặc không có tiếng. Hãy tải lên tệp chỉ có tiếng.")
    if {codec for track in movie.tracks for codec in track.codecs} != {b"mp4a"}:
        raise NotAudio("Tệp này không phải tiếng AAC nên có máy không đọc được. Hãy xuất lại thành MP3.")
    return Audio("m4a", movie.ticks * 1000 // movie.per_second, kept.getvalue())
