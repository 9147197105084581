"""Headings, paragraphs, numbered steps and lists."""

from __future__ import annotations

from typing import Any

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from .checks import need

FEATURES = ["bold", "link"]


class HeadingBlock(blocks.CharBlock):
    """A heading inside a lesson; the lesson's title is the only one above it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 150, **kwargs})

    class Meta:
        label = "Tiêu đề nhỏ"
        icon = "title"
        template = "cms/blocks/heading.html"
        description = "Chia bài thành từng phần."
        preview_value = "Ba dấu hiệu dễ nhận ra"


class ParagraphBlock(blocks.RichTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})

    class Meta:
        label = "Đoạn văn"
        icon = "pilcrow"
        template = "cms/blocks/paragraph.html"
        description = "Câu ngắn, lời thường. Chỉ có chữ đậm và đường dẫn."
        preview_value = "<p>Kẻ lừa đảo thường <b>giục bạn làm ngay</b>. Bạn có quyền cúp máy.</p>"


class StepBlock(blocks.StructBlock):
    action = blocks.CharBlock(
        label="Việc cần làm", max_length=200, help_text="Một việc, bắt đầu bằng động từ."
    )
    explanation = blocks.RichTextBlock(label="Giải thích", features=FEATURES, required=False)
    picture = ImageChooserBlock(label="Hình", required=False)
    alt = blocks.CharBlock(
        label="Lời tả hình",
        required=False,
        max_length=250,
        search_index=False,
        help_text="Cho người không thấy hình.",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned.get("picture") and not cleaned.get("alt"):
            need(self, alt="Hình này cần lời tả cho người không thấy hình.")
        return cleaned

    class Meta:
        label = "Bước"
        icon = "check"


class StepsBlock(blocks.ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(StepBlock(), **{"min_num": 1, "max_num": 20, **kwargs})

    class Meta:
        label = "Các bước"
        icon = "list-ol"
        template = "cms/blocks/steps.html"
        description = "Làm lần lượt, mỗi bước một việc. Số thứ tự tự hiện."
        preview_value = [
            {
                "action": "Cúp máy.",
                "explanation": "<p>Không cần xin phép ai.</p>",
                "picture": None,
                "alt": "",
            },
            {"action": "Gọi lại số chính thức.", "explanation": "", "picture": None, "alt": ""},
        ]


class ListBlock(blocks.ListBlock):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            blocks.RichTextBlock(label="Mục", features=FEATURES), **{"min_num": 1, "max_num": 20, **kwargs}
        )

    class Meta:
        label = "Danh sách"
        icon = "list-ul"
        template = "cms/blocks/list.html"
        description = "Những điều ngang hàng nhau, không theo thứ tự."
        preview_value = ["<p>Số lạ</p>", "<p>Giọng gấp gáp</p>"]
