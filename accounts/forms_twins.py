"""What an official says of two records that look alike."""

from __future__ import annotations

from typing import Any

from django import forms

from places.models import Place

from .merging import REASON_LETTERS
from .models import Learner


class PlaceForm(forms.Form):
    """One of the communes she manages."""

    xa = forms.ModelChoiceField(
        Place.objects.none(), to_field_name="code", label="Xã, phường", empty_label=None
    )

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["xa"].queryset = places  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """Which record stays, and why they are one person."""

    keep = forms.ChoiceField(
        label="Giữ hồ sơ nào làm hồ sơ chính?",
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn hồ sơ chính."},
        help_text="Bài học, kết quả và giấy của hồ sơ kia sẽ chuyển sang hồ sơ này.",
    )
    reason = forms.CharField(
        label="Vì sao bạn biết đây là một người?",
        max_length=REASON_LETTERS,
        help_text="Ví dụ: đã gặp và hỏi; hai số điện thoại của cùng một người.",
        error_messages={"required": "Hãy ghi vì sao bạn biết hai hồ sơ là của một người."},
    )
    sure = forms.BooleanField(
        label="Tôi đã kiểm tra: hai hồ sơ này là của cùng một người.",
        error_messages={"required": "Hãy đánh dấu vào ô này."},
    )

    def __init__(self, *args: Any, pair: list[Learner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"Hồ sơ {letter}: {each.name}, sinh {each.birth_year}")
            for letter, each in zip("AB", pair, strict=True)
        ]


class UndoForm(forms.Form):
    reason = forms.CharField(
        label="Vì sao bạn biết đây là hai người?",
        max_length=REASON_LETTERS,
        help_text="Ví dụ: cả hai người đã đến gặp; gộp nhầm hai người trùng tên.",
        error_messages={
            "required": "Hãy ghi vì sao bạn biết hai hồ sơ là của hai người.",
            "max_length": "Lý do này quá dài. Hãy viết ngắn hơn.",
        },
    )
    sure = forms.BooleanField(
        label="Tôi hiểu: đây sẽ lại là hai người, mỗi người một hồ sơ.",
        error_messages={"required": "Hãy đánh dấu vào ô này."},
    )
