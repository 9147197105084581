"""What the question bank and the final test refuse, each with words for the person at the screen."""

from __future__ import annotations

import datetime
import re
from typing import Any


class Refused(Exception):
    """A refusal in plain Vietnamese; nothing was changed.

    `code` names it for programs: the class's name, as in too_soon. `data` is what a screen
    needs to go on.
    """

    code = "refused"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.data = data


class BadQuestion(Refused):
    """A question or a quiz that cannot be put into the bank."""


class BankTooSmall(Refused):
    """The final test of a released course would draw more questions than the bank has left."""

    def __init__(self, *, course: str, draws: int, left: int) -> None:
        super().__init__(
            f"Bài kiểm tra của khóa {course} rút {draws} câu, mà ngân hàng chỉ còn {left} câu thì không mở "
            "được nữa. Hãy thêm câu khác trước, hoặc giảm số câu rút ở trang khóa học rồi xuất bản trang đó.",
            draws=draws,
            left=left,
        )


class UnknownChoice(Refused):
    """An answer names a choice that the question does not have."""


class NotFound(Refused):
    """There is no such thing, or it is somebody else's: both look the same."""


class NotReady(Refused):
    """The course's test cannot be taken by anybody now."""


class Dropped(Refused):
    """Neither her edition nor the current one asks the test any more."""


class AlreadyPassed(Refused):
    """She has passed the test: once is enough."""


class TooSoon(Refused):
    """A limit: `again_at` says when the test can be tried again."""

    def __init__(self, message: str, *, again_at: datetime.datetime) -> None:
        super().__init__(message, again_at=again_at.isoformat())
        self.again_at = again_at


class Closed(Refused):
    """The attempt was handed in, or its time is over."""


class Stale(Refused):
    """Another tab or phone went on: `data` has the seq and answers now kept, to merge."""


class TooManySteps(Refused):
    """More changed answers than one attempt keeps."""
