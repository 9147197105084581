"""Boxes beside the text: a tip, a warning, an example."""

from __future__ import annotations

from typing import Any

from wagtail import blocks

from .words import FEATURES


class BoxBlock(blocks.RichTextBlock):
    kind = ""
    title = ""
    symbol = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"features": FEATURES, **kwargs})

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        return {
            **super().get_context(value, parent_context=parent_context),
            "kind": self.kind,
            "title": self.title,
            "symbol": self.symbol,
        }


class TipBlock(BoxBlock):
    kind, title, symbol = "tip", "Mẹo", "tip"

    class Meta:
        label = "Mẹo"
        icon = "help"
        template = "cms/blocks/box.html"
        description = "Một cách làm nhanh hơn hoặc dễ hơn."
        preview_value = "<p>Lưu sẵn số của con cháu ở đầu danh bạ.</p>"


class WarningBlock(BoxBlock):
    kind, title, symbol = "warning", "Cẩn thận", "warning"

    class Meta:
        label = "Cảnh báo"
        icon = "warning"
        template = "cms/blocks/box.html"
        description = "Điều có thể làm mất tiền hoặc mất dữ liệu."
        preview_value = "<p>Không đọc <b>mã 6 số</b> cho bất kỳ ai.</p>"


class ExampleBlock(BoxBlock):
    kind, title, symbol = "example", "Ví dụ", "info"

    class Meta:
        label = "Ví dụ"
        icon = "openquote"
        template = "cms/blocks/box.html"
        description = "Một chuyện thường gặp."
        preview_value = "<p>Bà Hoa nhận tin nhắn “trúng thưởng xe máy”.</p>"
