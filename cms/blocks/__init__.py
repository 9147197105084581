"""What a lesson is made of: one file per family."""

from wagtail.blocks import StreamBlock

from .boxes import ExampleBlock, TipBlock, WarningBlock
from .pictures import IllustrationBlock
from .questions import QuestionBlock
from .words import HeadingBlock, ListBlock, ParagraphBlock, StepsBlock


class LessonBlocks(StreamBlock):
    heading = HeadingBlock(group="Chữ")
    paragraph = ParagraphBlock(group="Chữ")
    steps = StepsBlock(group="Chữ")
    list = ListBlock(group="Chữ")
    illustration = IllustrationBlock(group="Hình")
    tip = TipBlock(group="Khung")
    warning = WarningBlock(group="Khung")
    example = ExampleBlock(group="Khung")
    question = QuestionBlock(group="Câu hỏi")

    class Meta:
        block_counts = {"question": {"max_num": 12}}


__all__ = ["LessonBlocks"]
