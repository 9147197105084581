"""What is counted: which facts make which figure, in which unit.

This file is the definition; the fold, the recount and the proof page read it. A
measure of people counts each person once, by her earliest live fact, in the commune
stamped on it, so that communes add up to the city.
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger import kinds

READER = "campaign"
KINDS = frozenset(kinds.ALL) - {kinds.TEST_PASSED}

PEOPLE = "người"
TIMES = "lượt"
PAPERS = "giấy"
PERCENT = "%"


@dataclass(frozen=True)
class Measure:
    """One figure. `kinds` maps fact kinds to +1 or -1; a rate divides two other measures."""

    key: str
    name: str
    short: str  # heads a column
    unit: str
    counts: str  # what counts, as an official would say it
    period: str  # what a period means for it
    kinds: dict[str, int]
    people: bool = True
    by_course: bool = False
    public: bool = True
    numerator: str = ""
    denominator: str = ""

    @property
    def is_rate(self) -> bool:
        return bool(self.numerator)


_NEW_PEOPLE = "Người có lần đầu tiên nằm trong kỳ. Mỗi người chỉ được tính một lần, ở xã, phường lúc đó."
_EVENTS = "Những lượt xảy ra trong kỳ, tính cho xã, phường của người học lúc đó."

ALL = (
    Measure(
        key="registered",
        name="Người đã đăng ký",
        short="Đăng ký",
        unit=PEOPLE,
        counts="Người đã đồng ý lưu việc học khi đăng ký trên mạng, hoặc đã có mặt ở một lớp học.",
        period=_NEW_PEOPLE,
        kinds={kinds.REGISTERED: 1, kinds.ATTENDED: 1},
    ),
    Measure(
        key="learning",
        name="Người đã học",
        short="Đã học",
        unit=PEOPLE,
        counts="Người đã học xong ít nhất một bài, hoặc đã có mặt ở một lớp học.",
        period=_NEW_PEOPLE,
        kinds={kinds.LESSON_DONE: 1, kinds.ATTENDED: 1},
    ),
    Measure(
        key="lessons",
        name="Lượt học xong bài",
        short="Lượt học xong",
        unit=TIMES,
        counts="Mỗi bài một người học xong là một lượt; học lại bài đó không thêm lượt. "
        "Khi hai hồ sơ của một người được gộp, lượt đã ghi của cả hai hồ sơ vẫn giữ.",
        period=_EVENTS,
        kinds={kinds.LESSON_DONE: 1},
        people=False,
    ),
    Measure(
        key="known",
        name="Lượt bỏ qua bài vì đã biết",
        short="Bỏ qua vì đã biết",
        unit=TIMES,
        counts="Trong lượt học xong bài: những lượt bỏ qua bài nhờ trả lời đúng hết câu hỏi của bài.",
        period=_EVENTS,
        kinds={kinds.LESSON_KNOWN: 1},
        people=False,
        public=False,
    ),
    Measure(
        key="completed",
        name="Lượt hoàn thành khóa học",
        short="Lượt hoàn thành",
        unit=TIMES,
        counts="Mỗi khóa một người hoàn thành là một lượt: đủ bài bắt buộc và đạt bài kiểm tra cuối khóa. "
        "Khi hai hồ sơ của một người được gộp, lượt đã ghi của cả hai hồ sơ vẫn giữ.",
        period=_EVENTS,
        kinds={kinds.COURSE_COMPLETED: 1},
        people=False,
    ),
    Measure(
        key="people_completed",
        name="Người hoàn thành ít nhất một khóa",
        short="Hoàn thành",
        unit=PEOPLE,
        counts="Người đã hoàn thành ít nhất một khóa học. Hoàn thành nhiều khóa vẫn là một người.",
        period=_NEW_PEOPLE,
        kinds={kinds.COURSE_COMPLETED: 1},
        by_course=True,
    ),
    Measure(
        key="papers",
        name="Giấy ghi nhận còn hiệu lực",
        short="Giấy",
        unit=PAPERS,
        counts="Số giấy ghi nhận hoàn thành khóa học đã cấp, trừ số giấy đã thu hồi.",
        period="Giấy cấp trong kỳ trừ giấy thu hồi trong kỳ, tính cho xã, phường của người học lúc cấp; "
        "kỳ nào thu hồi nhiều hơn cấp thì số này âm.",
        kinds={kinds.PAPER_ISSUED: 1, kinds.PAPER_REVOKED: -1},
        people=False,
    ),
    Measure(
        key="started",
        name="Người đã bắt đầu học một khóa",
        short="Đã bắt đầu",
        unit=PEOPLE,
        counts="Người đã bắt đầu ít nhất một khóa học.",
        period=_NEW_PEOPLE,
        kinds={kinds.COURSE_STARTED: 1},
        by_course=True,
        public=False,
    ),
    Measure(
        key="finished",
        name="Người đã bắt đầu và đã hoàn thành",
        short="Đã hoàn thành",
        unit=PEOPLE,
        counts="Người đã bắt đầu một khóa và đã hoàn thành một khóa, tính cho xã, phường lúc bắt đầu.",
        period="Người mà cả hai việc đều đã xảy ra trước hết ngày cuối kỳ.",
        kinds={},
        by_course=True,
        public=False,
    ),
    Measure(
        key="refreshed",
        name="Lượt ôn lại",
        short="Lượt ôn lại",
        unit=TIMES,
        counts="Mỗi lần một người làm hết câu hỏi ôn lại, 7 hoặc 30 ngày sau khi hoàn thành một khóa.",
        period=_EVENTS,
        kinds={kinds.REFRESHED: 1},
        people=False,
        public=False,
    ),
    Measure(
        key="remembered",
        name="Lượt ôn lại còn nhớ",
        short="Còn nhớ",
        unit=TIMES,
        counts="Trong lượt ôn lại: những lượt đúng từ 80 % số câu trở lên. Số này đứng riêng, không làm "
        "mất hay thêm lượt hoàn thành nào.",
        period=_EVENTS,
        kinds={kinds.REMEMBERED: 1},
        people=False,
        public=False,
    ),
    Measure(
        key="rate",
        name="Tỷ lệ hoàn thành",
        short="Tỷ lệ hoàn thành",
        unit=PERCENT,
        counts="Trong những người đã bắt đầu học một khóa tính đến hết ngày cuối kỳ, có bao nhiêu phần trăm "
        "đã hoàn thành ít nhất một khóa tính đến ngày đó. Cả hai số đều tính cho xã, phường lúc bắt đầu học. "
        "Đây không phải là tỷ lệ trên dân số.",
        period="Chỉ ngày cuối kỳ có ý nghĩa: tỷ lệ luôn tính từ trước đến hết ngày đó.",
        kinds={},
        numerator="finished",
        denominator="started",
    ),
)
BY_KEY = {measure.key: measure for measure in ALL}
PUBLIC = tuple(measure for measure in ALL if measure.public)

LEFT_OUT = (
    "Ai được giao việc hướng dẫn hay quản lý thì từ lúc đó việc học không được tính. "
    "Người đã xóa dữ liệu vẫn được tính nhưng không còn tên. "
    "Hai hồ sơ được gộp vì là của một người thì từ ngày gộp chỉ còn là một người."
)


def firsts() -> list[tuple[str, str, int]]:
    """(fact kind, measure, 1 for a slice of each course beside all of them) of measures of people."""
    return [
        (kind, measure.key, by_course)
        for measure in ALL
        if measure.people
        for kind in sorted(measure.kinds)
        for by_course in ((0, 1) if measure.by_course else (0,))
    ]


def counted() -> list[tuple[str, str, int]]:
    """(fact kind, measure, sign) of measures that count occurrences."""
    return [
        (kind, measure.key, sign)
        for measure in ALL
        if not measure.people
        for kind, sign in sorted(measure.kinds.items())
    ]


def percent(numerator: int, denominator: int) -> float | None:
    """With one decimal, half up; None of nobody."""
    if not denominator:
        return None
    return (numerator * 2000 + denominator) // (denominator * 2) / 10
