"""What an uploaded film and its captions are: read from the bytes, never believed from the name."""

from __future__ import annotations

import re
import shutil
from tempfile import TemporaryFile
from typing import IO

from django.core.exceptions import ValidationError

from common import mp4

MOST_BYTES = 25 * 1024 * 1024
MOST_SECONDS = 600
MOST_CAPTIONS = 200 * 1024
# Captions come as a file of their own. A track of sensors says where the camera was; drones write it as text.
_TRACKS = {b"vide", b"soun"}
_TORN = "Tệp phim bị hỏng hay thiếu đoạn cuối. Hãy xuất lại phim rồi tải lên."
_TIME = r"(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_CUE = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?", re.ASCII)


class NoFilm(ValidationError):
    """The bytes are no film that every phone plays."""


def seconds_of(data: IO[bytes], size: int) -> int:
    """How long the film is. Raises NoFilm unless it is an MP4 (H.264, AAC) that plays while it loads."""
    if size > MOST_BYTES:
        raise NoFilm(f"Phim nặng quá {MOST_BYTES // 1024 // 1024} MB. Hãy cắt ngắn hoặc nén nhỏ hơn.")
    try:
        movie = mp4.read(data, size)
    except mp4.TooMany as error:
        raise NoFilm("Tệp phim có quá nhiều mảnh. Hãy xuất lại phim.") from error
    except mp4.Broken as error:
        raise NoFilm(_TORN) from error
    if movie.top[:1] != (b"ftyp",):
        raise NoFilm("Tệp này không phải phim MP4.")
    if b"moov" not in movie.top or b"mdat" not in movie.top:
        raise NoFilm(_TORN)
    if movie.top.index(b"moov") > movie.top.index(b"mdat"):
        raise NoFilm("Phim này phải tải hết mới xem được. Hãy xuất lại, chọn “tối ưu cho mạng” (fast start).")
    _check_tracks(movie.tracks)
    if movie.per_second is None:
        raise NoFilm("Tệp phim không nói dài bao lâu. Hãy xuất lại phim.")
    seconds = -(-movie.ticks // movie.per_second) if movie.per_second else 0
    if not 1 <= seconds <= MOST_SECONDS:
        raise NoFilm(f"Phim cần dài từ 1 giây đến {MOST_SECONDS // 60} phút.")
    return seconds


def _check_tracks(tracks: tuple[mp4.Track, ...]) -> None:
    def codecs(kind: bytes) -> set[bytes]:
        return {codec for track in tracks if track.kind == kind for codec in track.codecs}

    if not codecs(b"vide") or codecs(b"vide") - {b"avc1", b"avc3"}:
        raise NoFilm("Phim cần mã hóa H.264 để máy nào cũng xem được. Hãy xuất lại phim.")
    if codecs(b"soun") - {b"mp4a"}:
        raise NoFilm("Tiếng của phim cần mã hóa AAC để máy nào cũng nghe được. Hãy xuất lại phim.")
    if {track.kind for track in tracks} - _TRACKS:
        raise NoFilm("Phim này còn ghi kèm chữ, giờ hoặc nơi quay. Hãy xuất lại, chỉ giữ hình và tiếng.")


def scrubbed(data: IO[bytes]) -> IO[bytes]:
    """A copy without place, time and maker. Raises NoFilm."""
    copy = TemporaryFile()  # noqa: SIM115 - the caller stores it, then it goes
    data.seek(0)
    shutil.copyfileobj(data, copy)
    try:
        mp4.scrub(copy, copy.tell())
    except mp4.Broken as error:
        raise NoFilm(_TORN) from error
    copy.seek(0)
    return copy


def check_captions(data: bytes, seconds: int) -> None:
    """Raises ValidationError unless these are WebVTT captions of a film this long."""
    if len(data) > MOST_CAPTIONS:
        raise ValidationError("Tệp phụ đề nặng quá 200 KB.")
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise ValidationError("Tệp phụ đề không phải UTF-8. Hãy lưu lại bằng UTF-8.") from error
    if not re.match(r"WEBVTT(?:[ \t\n]|\Z)", text):
        raise ValidationError("Tệp phụ đề cần là WebVTT: dòng đầu ghi WEBVTT.")
    timed = [line for line in text.split("\n") if "-->" in line]
    if not timed:
        raise ValidationError("Tệp phụ đề chưa có câu nào.")
    for line in timed:
        cue = _CUE.fullmatch(line)
        if not cue:
            raise ValidationError("Phụ đề có dòng thời gian viết sai. Ví dụ đúng: 00:01.000 --> 00:04.000")
        begin, end = _moment(*cue.groups()[:4]), _moment(*cue.groups()[4:])
        if end <= begin or begin > seconds:
            raise ValidationError("Phụ đề có câu nằm ngoài phim, hoặc kết thúc trước khi bắt đầu.")


def _moment(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000
