"""What a lesson is made of: one file per family."""

from wagtail.blocks import StreamBlock

from .boxes import ExampleBlock, TipBlock, WarningBlock
from .films import FilmBlock
from .pictures import IllustrationBlock
from .practices import PracticeBlock
from .questions import QuestionBlock
from .words import HeadingBlock, ListBlock, ParagraphBlock, StepsBlock


class LessonBlocks(StreamBlock):
    heading = HeadingBlock(group="Chữ")
    paragraph = ParagraphBlock(group="Chữ")
    steps = StepsBlock(group="Chữ")
    list = ListBlock(group="Chữ")
    illustration = IllustrationBlock(group="Hình")
    film = FilmBlock(group="Hình")
    tip = TipBlock(group="Khung")
    warning = WarningBlock(group="Khung")
    example = ExampleBlock(group="Khung")
    question = QuestionBlock(group="Câu hỏi")
    practice = PracticeBlock(group="Thử làm")

    class Meta:
        block_counts = {"question": {"max_num": 12}, "practice": {"max_num": 4}, "film": {"max_num": 2}}


__all__ = ["LessonBlocks"]
