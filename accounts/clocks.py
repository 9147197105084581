"""How long an answer may take: working days in Viet Nam, and the terms of Law 91/2025/QH15. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ANSWER_WORKING_DAYS = 2
DONE_DAYS, DONE_DAYS_THIRD_PARTY = 15, 20  # calendar days
_FILE = Path(__file__).parent / "data" / "holidays.yaml"
_DAY = datetime.timedelta(days=1)


# Days with a fixed date in the law (article 112 of the Labour Code; 24 November by resolution
# 28/2026/QH16): what is known of a year whose holidays nobody wrote down.
_FIXED = ((1, 1), (4, 30), (5, 1), (9, 2), (11, 24))
_NEAR = 14  # days around a swap nobody decided in which the desk speaks of it


@dataclass(frozen=True)
class Calendar:
    """Days off, Saturdays and Sundays that are worked instead, and which years are known.

    `maybe_off` and `maybe_working`: swaps that were proposed and not (to our knowledge) decided.
    """

    off: frozenset[datetime.date]
    working: frozenset[datetime.date]
    years: frozenset[int]
    confirmed: frozenset[int]
    maybe_off: frozenset[datetime.date] = frozenset()
    maybe_working: frozenset[datetime.date] = frozenset()

    def is_working(self, day: datetime.date) -> bool:
        if day.year not in self.years and (day.month, day.day) in _FIXED:
            return False
        return day in self.working or (day.weekday() < 5 and day not in self.off)

    def after(self, day: datetime.date, working_days: int) -> datetime.date:
        """The last day of a term of so many working days that begins the day after `day`.

        Where a swap is only proposed: the earlier of the two terms.
        """
        if self.maybe_off or self.maybe_working:
            certain = replace(self, maybe_off=frozenset(), maybe_working=frozenset())
            swapped = replace(
                certain, off=self.off | self.maybe_off, working=self.working | self.maybe_working
            )
            return min(certain.after(day, working_days), swapped.after(day, working_days))
        while working_days > 0:
            day += _DAY
            working_days -= self.is_working(day)
        return day

    def warning(self, day: datetime.date) -> str:
        """What the desk is told about the holidays around a day; empty when they are known."""
        if day.year not in self.years:
            return (
                f"Chưa có lịch nghỉ lễ năm {day.year}: hạn trả lời chỉ trừ thứ Bảy, Chủ nhật và các ngày lễ "
                "có ngày cố định trong luật."
            )
        if day.year not in self.confirmed:
            return (
                f"Lịch nghỉ Tết và Quốc khánh năm {day.year} chưa được công bố: hạn trả lời tính theo các "
                "ngày luật đã định, nên có thể sớm hơn lịch chính thức."
            )
        undecided = sorted(self.maybe_off | self.maybe_working)
        if any(abs((other - day).days) <= _NEAR for other in undecided):
            days = ", ".join(f"{other.day}/{other.month}" for other in undecided)
            return (
                f"Việc hoán đổi ngày làm việc {days} chưa được xác nhận: hạn trả lời tính theo cách sớm hơn."
            )
        return ""


def read(years: Mapping[int, Mapping[str, Any]]) -> Calendar:
    """A calendar from the form of data/holidays.yaml."""
    proposed = [year["proposed"] for year in years.values() if "proposed" in year]
    return Calendar(
        off=frozenset(day for year in years.values() for day in year["days_off"]),
        working=frozenset(day for year in years.values() for day in year["working"]),
        years=frozenset(years),
        confirmed=frozenset(number for number, year in years.items() if year["confirmed"]),
        maybe_off=frozenset(day for swap in proposed for day in swap["days_off"]),
        maybe_working=frozenset(day for swap in proposed for day in swap["working"]),
    )


@cache
def vietnam() -> Calendar:
    return read(written())


def written() -> dict[int, dict[str, Any]]:
    """The file as it is."""
    found: dict[int, dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return found


def answer_by(asked: datetime.date, calendar: Calendar | None = None) -> datetime.date:
    return (calendar or vietnam()).after(asked, ANSWER_WORKING_DAYS)


def done_by(asked: datetime.date, *, third_party: bool = False) -> datetime.date:
    """15 days; 20 where somebody else holds a copy too."""
    return asked + datetime.timedelta(days=DONE_DAYS_THIRD_PARTY if third_party else DONE_DAYS)


def left(today: datetime.date, last: datetime.date) -> str:
    """How much of a term is left, in words."""
    days = (last - today).days
    if days < 0:
        return f"Quá hạn {-days} ngày"
    return "Hết hạn hôm nay" if days == 0 else f"Còn {days} ngày"
