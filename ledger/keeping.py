"""What the ledger tells a person about herself."""

from __future__ import annotations

from typing import Any

from django.db.models import TextChoices

from accounts.holdings import Words, plain
from accounts.models import Learner

from . import kinds
from .models import Claim, Fact

_SHOWS = {
    "Xảy ra lúc": "happened_at",
    "Ghi lúc": "recorded_at",
    "Xã, phường lúc đó": "commune.name",
    "Thôn, tổ dân phố lúc đó": "neighbourhood.name",
    "Tổ chức lúc đó": "organisation.name",
    "Khoảng năm sinh, từ năm": "birth_band",
    "Khóa học": "course",
    "Bản của khóa học": "edition",
    "Bài": "item",
    "Cách học": "get_channel_display",
    "Có người giúp": "assisted",
    "Ai xác nhận": "get_asserted_by_display",
    "Tính vào số liệu": "get_left_out_display",
    "Lý do": "reason",
}

# Why an official took back a fact of somebody else.
WORDS = (Words("ledger.Fact", ("reason",), where={"undoes__isnull": False}, grows=True),)


def export(learner: Learner) -> list[dict[str, Any]]:
    facts = Fact.objects.filter(person=learner.pk).select_related(
        "commune", "neighbourhood", "organisation", "undoes"
    )
    rows = [
        {
            "Việc": _what(fact),
            **{label: plain(fact, path) for label, path in _SHOWS.items()},
            "Nhóm lúc đó": _words(Learner.Group, fact.group),
            "Giới tính lúc đó": _words(Learner.Gender, fact.gender),
        }
        for fact in facts.order_by("pk")
    ]
    claims = Claim.objects.filter(person=learner.pk).order_by("pk")
    return [
        {"title": "Sổ ghi việc học", "rows": rows},
        {
            "title": "Phần học trên máy trước khi đăng ký",
            "rows": [
                {"Mã": str(claim.uuid), "Ghi cho bạn lúc": plain(claim, "claimed_at")} for claim in claims
            ],
        },
    ]


def _words(choices: type[TextChoices], value: str) -> str:
    """The fact keeps the bare value, as others read it by machine; a person reads words."""
    return str(choices(value).label) if value in choices.values else value


def _what(fact: Fact) -> str:
    if fact.undoes:
        return f"Hủy: {kinds.NAMES.get(fact.undoes.kind, fact.undoes.kind)}"
    return kinds.NAMES.get(fact.kind, fact.kind)
