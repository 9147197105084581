"""What this room refuses, in words for a person."""


class PaperError(Exception):
    """A refusal whose message may be shown."""


class ReasonMissing(PaperError):
    def __init__(self) -> None:
        super().__init__("Hãy ghi lý do. Người giữ giấy và người kiểm tra giấy sẽ đọc lý do này.")


class ReasonTooLong(PaperError):
    def __init__(self, length: int) -> None:
        super().__init__(
            f"Lý do dài {length} chữ cái; chỉ ghi được nhiều nhất 300 chữ cái. Hãy ghi ngắn lại."
        )


class NotCompleted(PaperError):
    """The completion that the paper reports does not stand any more."""

    def __init__(self) -> None:
        super().__init__("Không cấp giấy được: người học chưa hoàn thành khóa này, hoặc kết quả đã được hủy.")
