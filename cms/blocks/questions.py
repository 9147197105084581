"""Check questions: luyện tập, which leave the server with their key and never score."""

from __future__ import annotations

from typing import Any

from wagtail import blocks

from .checks import need

IDS = "abcdef"
KINDS = [("single", "Chọn một"), ("multiple", "Chọn nhiều"), ("truefalse", "Đúng hay sai")]

# Whole: of a field that is left out, the form's script makes the word "undefined".
EMPTY = {"text": "", "correct": False, "feedback": ""}


class ChoiceBlock(blocks.StructBlock):
    text = blocks.CharBlock(label="Câu trả lời", max_length=300, search_index=False)
    correct = blocks.BooleanBlock(label="Đúng", required=False)
    feedback = blocks.CharBlock(
        label="Lời giải thích",
        required=False,
        max_length=400,
        search_index=False,
        help_text="Một câu ngắn, tử tế: vì sao đúng hoặc chưa đúng.",
    )

    class Meta:
        label = "Lựa chọn"
        icon = "circle-check"


class QuestionValue(blocks.StructValue):
    def options(self) -> list[dict[str, Any]]:
        """The choices with ids a, b, c…, as the question bank keeps them."""
        return [
            {
                "id": IDS[index],
                "text": choice["text"],
                "correct": bool(choice["correct"]),
                "feedback": choice["feedback"] or "",
            }
            for index, choice in enumerate(list(self["choices"])[: len(IDS)])
        ]

    @property
    def several(self) -> bool:
        return bool(self["kind"] == "multiple")


class QuestionBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(label="Loại", choices=KINDS, default="single", search_index=False)
    text = blocks.TextBlock(label="Câu hỏi", max_length=600, rows=2)
    choices = blocks.ListBlock(
        ChoiceBlock(), label="Các lựa chọn", min_num=2, max_num=5, default=[EMPTY, EMPTY]
    )
    explanation = blocks.TextBlock(
        label="Giải thích chung",
        required=False,
        rows=3,
        max_length=1000,
        search_index=False,
        help_text="Hai ba câu ngắn, hiện ra sau khi trả lời, dù đúng hay chưa đúng.",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if message := what_is_wrong(cleaned.get("kind"), cleaned.get("choices") or []):
            need(self, choices=message)
        return cleaned

    class Meta:
        label = "Câu hỏi luyện tập"
        icon = "help"
        template = "cms/blocks/question.html"
        value_class = QuestionValue
        description = "Để tự thử xem đã hiểu chưa. Không chấm điểm; không dùng trong bài kiểm tra."
        preview_value = {
            "kind": "single",
            "text": "Người lạ hỏi mã 6 số vừa gửi tới máy bạn. Bạn làm gì?",
            "choices": [
                {
                    "text": "Cúp máy, không đọc mã",
                    "correct": True,
                    "feedback": "Đúng. Mã là chìa khóa của bạn.",
                },
                {
                    "text": "Đọc mã cho xong việc",
                    "correct": False,
                    "feedback": "Chưa đúng. Mất mã là mất tiền.",
                },
            ],
            "explanation": "Không ai có quyền hỏi mã của bạn.",
        }


def what_is_wrong(kind: str | None, choices: Any) -> str:
    """Why these choices make no answerable question; empty when they do."""
    texts = [(choice.get("text") or "").strip() for choice in choices]
    right = sum(bool(choice.get("correct")) for choice in choices)
    if len(set(texts)) < len(texts):
        return "Có hai lựa chọn giống nhau."
    if kind == "truefalse" and texts != ["Đúng", "Sai"]:
        return "Câu đúng hay sai cần đúng hai lựa chọn, theo thứ tự: “Đúng”, “Sai”."
    if kind == "multiple" and not right:
        return "Hãy đánh dấu ít nhất một lựa chọn đúng."
    if kind != "multiple" and right != 1:
        return "Hãy đánh dấu đúng một lựa chọn đúng."
    return ""
