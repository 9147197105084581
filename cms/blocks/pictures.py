"""Illustrations."""

from __future__ import annotations

from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class IllustrationBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label="Hình")
    alt = blocks.CharBlock(
        label="Lời tả hình",
        max_length=250,
        search_index=False,
        help_text="Đọc lên cho người không thấy hình: trong hình có gì?",
    )
    caption = blocks.CharBlock(label="Chú thích", required=False, max_length=250)

    class Meta:
        label = "Hình minh họa"
        icon = "image"
        template = "cms/blocks/illustration.html"
        description = "Hình vẽ hoặc ảnh, luôn có lời tả."
        preview_value = {
            "picture": None,
            "alt": "Một bác cầm điện thoại",
            "caption": "Dừng lại trước khi bấm",
        }
