"""What this room refuses, in words for a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .models import Item


class Titled(Protocol):
    title: Any


class CourseError(Exception):
    """A refusal whose message may be shown."""


class NotReleased(CourseError):
    """The course has no edition yet."""

    def __init__(self) -> None:
        super().__init__("Khóa học này chưa được phát hành, nên chưa ghi kết quả học được.")


class NotALesson(CourseError):
    """A final test is passed, never ticked off."""

    def __init__(self) -> None:
        super().__init__("Mục này là bài kiểm tra, không phải bài học.")


class NotATest(CourseError):
    def __init__(self) -> None:
        super().__init__("Mục này là bài học, không phải bài kiểm tra.")


class ItemGone(CourseError):
    """Withdrawn (or never published), and not part of the learner's own edition."""

    def __init__(self) -> None:
        super().__init__("Bài học này không còn trong khóa học. Các bài bạn đã học vẫn được giữ.")


class WrongCourse(CourseError):
    """A key stays in its course for ever."""

    def __init__(self, key: str) -> None:
        super().__init__(f"Mã “{key}” đã thuộc về khóa học khác. Mỗi bài học chỉ thuộc một khóa học.")


class ItemRequired(CourseError):
    """The current edition requires the item."""

    def __init__(self, item: Item) -> None:
        super().__init__(
            f"Bài “{item.title}” đang nằm trong bản phát hành hiện tại của khóa học. "
            "Hãy phát hành một bản không có bài này trước."
        )


class NotLive(CourseError):
    """Required lessons (items, or pages that have none yet) that are not published."""

    def __init__(self, items: Sequence[Titled]) -> None:
        self.items = list(items)
        names = ", ".join(f"“{item.title}”" for item in self.items)
        super().__init__(f"Chưa phát hành được: {names} chưa được xuất bản.")


class NothingRequired(CourseError):
    def __init__(self) -> None:
        super().__init__("Chưa phát hành được: khóa học chưa có bài học nào.")
