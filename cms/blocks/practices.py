"""Pretend screens ("Thử làm"): a drawn phone to try something on, where a slip costs nothing.

The value as plain data (`screens()`) and the rules it keeps are `quizzes.pretending`'s.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from quizzes import pretending

from .practice_staging import Stage, stage

ICONS = [
    ("phone", "Gọi điện"), ("message", "Tin nhắn"), ("settings", "Cài đặt"), ("search", "Tìm"),
    ("download", "Tải về"), ("lock", "Khóa"), ("text-size", "Cỡ chữ"), ("sound", "Âm thanh"),
    ("mic", "Micrô"), ("user", "Người"), ("users", "Nhiều người"), ("home", "Nhà"), ("link", "Đường dẫn"),
    ("file", "Tệp"), ("warning", "Cẩn thận"), ("sun", "Độ sáng"), ("star", "Ngôi sao"),
]  # fmt: skip
LOOKS = [
    ("quiet", "Viền"),
    ("main", "Nổi bật"),
    ("danger", "Đỏ (từ chối, ngắt)"),
    ("call", "Xanh (nghe máy)"),
]
# Whole: of a field that is left out, the form's script makes the word "undefined".
NO_SCREEN: dict[str, Any] = {"name": "", "say": "", "parts": [], "ending": "", "signs": []}
NO_CHOICE: dict[str, Any] = {"label": "", "to": "", "wrong": False, "why": ""}
ENDINGS = [(pretending.GOOD, "Làm đúng"), (pretending.TRICKED, "Bị lừa")]


def line(label: str, most: int = 120, **more: Any) -> blocks.CharBlock:
    return blocks.CharBlock(label=label, max_length=most, search_index=False, **more)


def said(label: str, most: int = 400, **more: Any) -> blocks.TextBlock:
    return blocks.TextBlock(label=label, max_length=most, rows=2, search_index=False, **more)


class Acted(blocks.StructBlock):
    """What a finger can do, and where it leads."""

    label = line("Chữ trên đó", 80)
    to = line("Dẫn tới màn hình", 60, required=False, help_text="Tên của màn hình. Để trống: ở lại đây.")
    wrong = blocks.BooleanBlock(label="Việc chưa nên làm", required=False)
    why = said(
        "Lời giải thích",
        required=False,
        help_text="Hiện ra sau khi chạm. Với việc chưa nên làm: nói tử tế vì sao, không trách.",
    )


class ChoiceBlock(Acted):
    class Meta:
        label = "Lựa chọn"
        icon = "circle-check"


class PlaceBlock(Acted):
    """In percent of the picture, so that it stays in place at every size."""

    left = blocks.IntegerBlock(label="Cách trái (%)", min_value=0, max_value=95, default=10)
    top = blocks.IntegerBlock(label="Cách trên (%)", min_value=0, max_value=95, default=10)
    width = blocks.IntegerBlock(label="Rộng (%)", min_value=5, max_value=100, default=30)
    height = blocks.IntegerBlock(label="Cao (%)", min_value=5, max_value=100, default=20)

    class Meta:
        label = "Chỗ chạm"
        icon = "crosshairs"


class BarBlock(blocks.StructBlock):
    title = line("Tên ứng dụng hay trang", 60)
    note = line("Dòng nhỏ", 80, required=False)

    class Meta:
        label = "Thanh trên cùng"
        icon = "minus"


class AddressBlock(blocks.StructBlock):
    text = line("Địa chỉ trang mạng", help_text="Dùng tên miền bịa ra, đuôi .example.")

    class Meta:
        label = "Thanh địa chỉ"
        icon = "link"


class WordsBlock(blocks.StructBlock):
    text = said("Chữ trên màn hình")

    class Meta:
        label = "Chữ"
        icon = "pilcrow"


class BubbleBlock(blocks.StructBlock):
    text = said("Tin nhắn")
    mine = blocks.BooleanBlock(label="Do người học gửi đi", required=False)

    class Meta:
        label = "Bong bóng tin nhắn"
        icon = "comment"


class CallBlock(blocks.StructBlock):
    who = line("Ai gọi", 60)
    note = line("Dòng nhỏ", 80, required=False, help_text="Ví dụ: Số lạ · đang gọi tới")
    picture = ImageChooserBlock(label="Hình trong cuộc gọi video", required=False)
    alt = line("Lời tả hình", 250, required=False)

    class Meta:
        label = "Cuộc gọi"
        icon = "mobile-alt"


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock(label="Hình")
    alt = line("Lời tả hình", 250, help_text="Đọc lên cho người không thấy hình: trong hình có gì?")
    places = blocks.ListBlock(PlaceBlock(), label="Chỗ chạm trên hình", default=[], max_num=6)

    class Meta:
        label = "Hình, có chỗ chạm"
        icon = "image"


class RowBlock(Acted):
    note = line("Dòng nhỏ", 80, required=False)
    icon = blocks.ChoiceBlock(label="Hình nhỏ", choices=ICONS, required=False, search_index=False)

    class Meta:
        label = "Dòng trong danh sách"
        icon = "list-ul"


class ButtonBlock(Acted):
    look = blocks.ChoiceBlock(label="Kiểu nút", choices=LOOKS, default="quiet", search_index=False)

    class Meta:
        label = "Nút"
        icon = "pick"


class ToggleBlock(Acted):
    turned_on = blocks.BooleanBlock(label="Đang bật", required=False)

    class Meta:
        label = "Nút gạt"
        icon = "radio-full"


class TypedBlock(blocks.StructBlock):
    label = line("Tên ô", 80)
    hint = line("Lời dặn: gõ gì", 160, required=False)
    accept = blocks.ListBlock(
        line("Cách gõ", 80),
        label="Gõ thế này thì được",
        default=[""],
        max_num=12,
        help_text="Không kể hoa thường, dấu, khoảng trắng. Một dấu * là gõ gì cũng được.",
    )
    refuse = blocks.ListBlock(line("Cách gõ", 80), label="Trừ những cách gõ này", default=[], max_num=12)
    to = line("Gõ được thì tới màn hình", 60)
    praise = said("Lời nói khi gõ được", required=False)
    why = said("Lời giải thích khi gõ chưa được")


class FieldBlock(TypedBlock):
    class Meta:
        label = "Ô gõ chữ"
        icon = "edit"


class KeypadBlock(TypedBlock):
    digits = blocks.IntegerBlock(label="Mấy chữ số", min_value=1, max_value=12, default=6)

    class Meta:
        label = "Bàn phím số"
        icon = "table"


class OptionsBlock(blocks.StructBlock):
    label = line("Câu hỏi", 160, default="Bạn làm gì?")
    options = blocks.ListBlock(
        ChoiceBlock(), label="Các lựa chọn", min_num=2, max_num=5, default=[NO_CHOICE, NO_CHOICE]
    )

    class Meta:
        label = "Lựa chọn cách làm"
        icon = "list-ol"


class PartsBlock(blocks.StreamBlock):
    bar = BarBlock()
    address = AddressBlock()
    words = WordsBlock()
    bubble = BubbleBlock()
    call = CallBlock()
    picture = PictureBlock()
    row = RowBlock()
    button = ButtonBlock()
    toggle = ToggleBlock()
    field = FieldBlock()
    keypad = KeypadBlock()
    choice = OptionsBlock()

    class Meta:
        max_num = pretending.PARTS


class ScreenBlock(blocks.StructBlock):
    name = line(
        "Tên màn hình", 60, help_text="Ngắn, mỗi màn hình một tên. Các chỗ chạm dẫn tới nhau bằng tên."
    )
    say = said("Lời dặn", 500, help_text="Chuyện gì đang xảy ra, và bạn cần làm gì? Hai ba câu ngắn.")
    parts = PartsBlock(label="Trên màn hình có gì", required=False)
    ending = blocks.ChoiceBlock(label="Kết thúc ở đây", choices=ENDINGS, required=False, search_index=False)
    signs = blocks.ListBlock(
        line("Dấu hiệu", 250), label="Dấu hiệu để lần sau nhận ra", default=[], max_num=8
    )

    class Meta:
        label = "Màn hình"
        icon = "mobile-alt"


class PracticeValue(blocks.StructValue):
    def screens(self) -> list[dict[str, Any]]:
        """Plain data for `quizzes.pretending`; pictures by id."""
        return [_plain_screen(screen) for screen in self["screens"]]

    def pictures(self) -> dict[int, Any]:
        """The pictures on its screens, by id."""
        parts = (part.value for screen in self["screens"] for part in screen["parts"] or ())
        found = (value.get("picture") for value in parts if isinstance(value, blocks.StructValue))
        return {picture.pk: picture for picture in found if picture is not None}

    def stage(self) -> Stage:
        return stage(self.screens(), self.pictures())


class PracticeBlock(blocks.StructBlock):
    title = blocks.CharBlock(label="Thử làm gì", max_length=120)
    intro = said("Lời mở đầu", 400, required=False)
    screens = blocks.ListBlock(
        ScreenBlock(),
        label="Các màn hình",
        min_num=pretending.SCREENS[0],
        max_num=pretending.SCREENS[1],
        default=[NO_SCREEN, NO_SCREEN],
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        found = [] if self.is_deferred_validation else pretending.faults(cleaned.screens())
        if found:
            by_screen = {n: ValidationError(message) for n, message in found if n >= 0}
            whole = [ValidationError(message) for n, message in found if n < 0]
            raise StructBlockValidationError(
                block_errors={
                    "screens": ListBlockValidationError(block_errors=by_screen, non_block_errors=whole)
                }
            )
        return cleaned

    class Meta:
        label = "Thử làm trên màn hình giả"
        icon = "mobile-alt"
        template = "cms/blocks/practice.html"
        value_class = PracticeValue
        description = "Điện thoại vẽ để tập: chạm, gõ, chọn. Làm sai không mất gì, luôn có lời giải thích."
        preview_value = {
            "title": "Từ chối một cuộc gọi lạ",
            "intro": "Điện thoại này chỉ để tập.",
            "screens": [
                {
                    "name": "Cuộc gọi tới",
                    "say": "Số lạ gọi tới. Bạn chưa cần nghe.",
                    "parts": [
                        {"type": "call", "value": {"who": "Số lạ", "note": "đang gọi tới"}},
                        {
                            "type": "button",
                            "value": {
                                "label": "Từ chối", "to": "Xong", "wrong": False, "why": "", "look": "danger",
                            },
                        },
                    ],
                    "ending": "",
                    "signs": [],
                },
                {
                    "name": "Xong", "say": "Bạn đã từ chối.", "parts": [], "ending": "good", "signs": [],
                },
            ],
        }  # fmt: skip


def _plain_screen(screen: Any) -> dict[str, Any]:
    return {
        "name": screen["name"] or "",
        "say": screen["say"] or "",
        "parts": [{"part": part.block_type, **_plain(part.value)} for part in screen["parts"] or ()],
        "ending": screen["ending"] or "",
        "signs": [sign for sign in screen["signs"] if sign],
    }


def _plain(value: Any) -> dict[str, Any]:
    """A struct without what says nothing: texts as they are, pictures by id, lists as lists."""
    plain: dict[str, Any] = {}
    for name, one in value.items():
        if isinstance(one, blocks.list_block.ListValue):
            one = [_plain(part) if isinstance(part, blocks.StructValue) else part for part in one]
            one = [part for part in one if part]
        elif hasattr(one, "pk"):
            one = one.pk
        if one not in ("", None, []) and one is not False:
            plain[name] = one
    return plain
