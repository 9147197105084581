"""Where the sentences of a recording begin, as an editor uploads it: WebVTT, or a JSON list of seconds."""

from __future__ import annotations

import itertools
import json
import re

from django.core.exceptions import ValidationError

_CUE = re.compile(r"^\s*(?:(\d{1,2}):)?([0-5]\d):([0-5]\d)[.,](\d{3})\s*-->", re.MULTILINE)
MOST_BYTES = 256 * 1024


def read(data: bytes, *, sentences: int, milliseconds: int) -> list[int]:
    """One mark a sentence, rising, in milliseconds. Raises ValidationError."""
    if len(data) > MOST_BYTES:
        raise ValidationError("Tệp mốc thời gian quá lớn.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError("Tệp mốc thời gian không phải chữ UTF-8.") from error
    marks = _vtt(text) if text.startswith("WEBVTT") else _json(text)
    if len(marks) != sentences:
        raise ValidationError(f"Tệp có {len(marks)} mốc, còn bài có {sentences} câu. Mỗi câu cần một mốc.")
    if any(later <= earlier for earlier, later in itertools.pairwise(marks)):
        raise ValidationError("Các mốc phải tăng dần.")
    if marks and not 0 <= marks[0] <= marks[-1] < milliseconds:
        raise ValidationError("Có mốc nằm ngoài độ dài của tiếng đọc.")
    return marks


def _vtt(text: str) -> list[int]:
    return [
        ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)
        for hours, minutes, seconds, rest in _CUE.findall(text)
    ]


def _json(text: str) -> list[int]:
    try:
        found = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise ValidationError("Tệp mốc thời gian phải là WebVTT hoặc một dãy số JSON.") from error
    plain = isinstance(found, list) and all(type(one) in {int, float} and 0 <= one < 10**5 for one in found)
    if not plain:
        raise ValidationError("Tệp mốc thời gian phải là một dãy số giây, như [0, 2.5, 6].")
    return [round(1000 * one) for one in found]
