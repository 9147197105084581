"""What an uploaded film and its captions are: read from the bytes, never believed from the name."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import IO

from django.core.exceptions import ValidationError

MOST_BYTES = 25 * 1024 * 1024
MOST_SECONDS = 600
MOST_CAPTIONS = 200 * 1024
_MOST_MOOV = 4 * 1024 * 1024
_MOST_BOXES = 2000
_CUE = re.compile(r"^(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})[ \t]+-->[ \t]+(?:(\d+):)?(\d\d):(\d\d)\.(\d{3})", re.M)


class NoFilm(ValidationError):
    """The bytes are no film that every phone plays."""


def boxes(data: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes of an MP4 between two places: kind, where its body begins, where it ends."""
    count = 0
    while start + 8 <= end:
        data.seek(start)
        size, kind = struct.unpack(">I4s", data.read(8))
        body = start + 8
        if size == 1:
            size, body = struct.unpack(">Q", data.read(8))[0], start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            raise NoFilm("Tệp phim bị hỏng hay thiếu đoạn cuối. Hãy xuất lại phim rồi tải lên.")
        if (count := count + 1) > _MOST_BOXES:
            raise NoFilm("Tệp phim có quá nhiều mảnh. Hãy xuất lại phim.")
        yield kind, body, stop
        start = stop


def seconds_of(data: IO[bytes], size: int) -> int:
    """How long the film is. Raises NoFilm unless it is an MP4 (H.264) that plays while it loads."""
    if size > MOST_BYTES:
        raise NoFilm(f"Phim nặng quá {MOST_BYTES // 1024 // 1024} MB. Hãy cắt ngắn hoặc nén nhỏ hơn.")
    try:
        top = list(boxes(data, 0, size))
        if not top or top[0][0] != b"ftyp":
            raise NoFilm("Tệp này không phải phim MP4.")
        kinds = [kind for kind, _, _ in top]
        if b"moov" not in kinds or b"mdat" not in kinds:
            raise NoFilm("Tệp phim bị hỏng hay thiếu đoạn cuối. Hãy xuất lại phim rồi tải lên.")
        if kinds.index(b"moov") > kinds.index(b"mdat"):
            raise NoFilm(
                "Phim này phải tải hết mới xem được. Hãy xuất lại, chọn “tối ưu cho mạng” (fast start)."
            )
        _, begin, end = top[kinds.index(b"moov")]
        return _length(data, begin, end)
    except struct.error as error:
        raise NoFilm("Tệp phim bị hỏng. Hãy xuất lại phim rồi tải lên.") from error


def _length(data: IO[bytes], begin: int, end: int) -> int:
    data.seek(begin)
    moov = data.read(min(end - begin, _MOST_MOOV))
    if b"avc1" not in moov and b"avc3" not in moov:
        raise NoFilm("Phim cần mã hóa H.264 để máy nào cũng xem được. Hãy xuất lại phim.")
    header = next((body for kind, body, _ in boxes(data, begin, end) if kind == b"mvhd"), None)
    if header is None:
        raise NoFilm("Tệp phim không nói dài bao lâu. Hãy xuất lại phim.")
    data.seek(header)
    wide = data.read(4)[:1] == b"\x01"
    data.seek(header + (20 if wide else 12))
    scale, length = struct.unpack(">IQ" if wide else ">II", data.read(12 if wide else 8))
    seconds = -(-length // scale) if scale else 0
    if not 1 <= seconds <= MOST_SECONDS:
        raise NoFilm(f"Phim cần dài từ 1 giây đến {MOST_SECONDS // 60} phút.")
    return int(seconds)


def check_captions(data: bytes, seconds: int) -> None:
    """Raises ValidationError unless these are WebVTT captions of a film this long."""
    if len(data) > MOST_CAPTIONS:
        raise ValidationError("Tệp phụ đề nặng quá 200 KB.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ValidationError("Tệp phụ đề không phải UTF-8. Hãy lưu lại bằng UTF-8.") from error
    if not re.match(r"WEBVTT(?:[ \t\n]|\Z)", text):
        raise ValidationError("Tệp phụ đề cần là WebVTT: dòng đầu ghi WEBVTT.")
    cues = _CUE.findall(text)
    if not cues:
        raise ValidationError("Tệp phụ đề chưa có câu nào.")
    for cue in cues:
        begin, end = _moment(*cue[:4]), _moment(*cue[4:])
        if end <= begin or begin > seconds:
            raise ValidationError("Phụ đề có câu nằm ngoài phim, hoặc kết thúc trước khi bắt đầu.")


def _moment(hours: str, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
