"""What learner cards and help keep under a key to a person (see `accounts.holdings`)."""

from __future__ import annotations

from .holdings import FORGETS, GOES, STAYS, Holding, Words

_STAFF = "tên cán bộ đã làm việc này, không phải dữ liệu của người học"

HOLDS = (
    Holding(
        "accounts.Card",
        "learner",
        merge=STAYS,  # a card opens the record it was made for
        erase=GOES,
        title="Thẻ học",
        shows={"Làm ngày": "made_at", "Dùng lần cuối": "last_used_at", "Hết dùng": "ended_at"},
    ),
    Holding("accounts.Card", "made_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Card", "ended_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.HelpContact", "changed_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.HelpMember", "recorded_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.HelpMessage", "handled_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Feedback", "closed_by", erase=FORGETS, why=_STAFF),
    Holding("accounts.CardPrint", "by", erase=FORGETS, why=_STAFF),
    Holding("accounts.Alarm", "handled_by", erase=FORGETS, why=_STAFF),
)

# Named columns (who a request is for, a guardian, who wrote to a commune) have rules of their own
# in `erasing_words`; their texts are here.
WORDS = (
    Words("accounts.Notice", ("text",), grows=True),
    Words("accounts.Message", ("text",), grows=True),
    Words("accounts.OneTimeCode", ("reason",), grows=True),
    Words("accounts.DataRequest", ("text",), grows=True),
    Words("accounts.DataRequestStep", ("text",), grows=True),
    Words("accounts.Merge", ("reason", "undone_why"), grows=True, touched="undone_at"),
    Words("accounts.Look", ("why",), grows=True, touched="day"),
    Words("accounts.HelpMessage", ("text",), grows=True),
    Words("accounts.Feedback", ("text",), grows=True),
    Words("accounts.Alarm", ("note",)),
    Words("accounts.Role", ("offered_name",), grows=True),
    Words("accounts.NumberOffer", ("name",), grows=True),
)
