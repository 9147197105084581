"""How long an answer may take: working days in Viet Nam, and the terms of Law 91/2025/QH15. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ANSWER_WORKING_DAYS = 2
DONE_DAYS, DONE_DAYS_THIRD_PARTY = 15, 20  # calendar days
_FILE = Path(__file__).parent / "data" / "holidays.yaml"
_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Days off, Saturdays and Sundays that are worked instead, and which years are known."""

    off: frozenset[datetime.date]
    working: frozenset[datetime.date]
    years: frozenset[int]
    confirmed: frozenset[int]

    def is_working(self, day: datetime.date) -> bool:
        return day in self.working or (day.weekday() < 5 and day not in self.off)

    def after(self, day: datetime.date, working_days: int) -> datetime.date:
        """The last day of a term of so many working days that begins the day after `day`."""
        while working_days > 0:
            day += _DAY
            working_days -= self.is_working(day)
        return day

    def warning(self, day: datetime.date) -> str:
        """What the desk is told about the year of a day; empty when its holidays are known."""
        if day.year not in self.years:
            return f"Chưa có lịch nghỉ lễ năm {day.year}: hạn trả lời chỉ trừ thứ Bảy, Chủ nhật."
        if day.year not in self.confirmed:
            return (
                f"Lịch nghỉ Tết và Quốc khánh năm {day.year} chưa được xác nhận: "
                "hạn trả lời có thể sớm hơn luật định, không bao giờ muộn hơn."
            )
        return ""


def read(years: Mapping[int, Mapping[str, Any]]) -> Calendar:
    """A calendar from the form of data/holidays.yaml."""
    return Calendar(
        off=frozenset(day for year in years.values() for day in year["days_off"]),
        working=frozenset(day for year in years.values() for day in year["working"]),
        years=frozenset(years),
        confirmed=frozenset(number for number, year in years.items() if year["confirmed"]),
    )


@cache
def vietnam() -> Calendar:
    return read(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


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
