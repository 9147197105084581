from __future__ import annotations

from typing import Any

from django import forms

from . import marks, recordings
from .reading import Text


class AudioForm(forms.Form):
    """A recording of the text shown beside it; `text` says which text that was."""

    file = forms.FileField(
        label="Tệp tiếng",
        help_text="MP3, OGG hoặc M4A, nhiều nhất 8 MB. Nên xuất một kênh, 32 kbit/s: khoảng 240 KB một phút.",
        widget=forms.ClearableFileInput(attrs={"accept": ".mp3,.ogg,.oga,.opus,.m4a,audio/*"}),
    )
    marks = forms.FileField(
        label="Mốc thời gian của từng câu",
        required=False,
        help_text="WebVTT, hoặc dãy số giây như [0, 2.5, 6]: mỗi câu một mốc. Không có thì máy ước chừng.",
    )
    credit = forms.CharField(
        label="Giọng đọc",
        required=False,
        max_length=120,
        help_text="Người học thấy dòng này. Ví dụ: Cô giáo Minh đọc.",
    )
    text = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"text": text.digest}
        self.shown = text

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("file"):
            return cleaned
        if cleaned["file"].size > recordings.MOST_BYTES:
            self.add_error("file", f"Tệp tiếng lớn quá {recordings.MOST_BYTES >> 20} MB.")
            return cleaned
        try:
            cleaned["sound"] = recordings.check(cleaned["file"].read())
        except forms.ValidationError as error:
            self.add_error("file", error)
            return cleaned
        self._read_marks(cleaned)
        return cleaned

    def _read_marks(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("marks"):
            return
        if cleaned.get("text") != self.shown.digest:
            self.add_error("marks", "Bài đã sửa sau khi bạn mở trang này: các mốc không còn khớp.")
            return
        try:
            cleaned["starts"] = marks.read(
                cleaned["marks"].read(marks.MOST_BYTES + 1),
                sentences=len(self.shown.sentences),
                milliseconds=cleaned["sound"].milliseconds,
            )
        except forms.ValidationError as error:
            self.add_error("marks", error)
