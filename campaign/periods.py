"""Periods that a figure can be asked for: all time, this month, this week, or from one day to another."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.http import QueryDict
from django.utils import timezone

EARLIEST = datetime.date(2020, 1, 1)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Whole local days, both ends included; None is open."""

    first: datetime.date | None = None
    last: datetime.date | None = None

    @property
    def label(self) -> str:
        if self.first is None and self.last is None:
            return "từ trước đến nay"
        if self.first is None:
            return f"đến hết ngày {self.last:%d/%m/%Y}"
        if self.last is None:
            return f"từ ngày {self.first:%d/%m/%Y} đến nay"
        if self.first == self.last:
            return f"ngày {self.first:%d/%m/%Y}"
        return f"từ ngày {self.first:%d/%m/%Y} đến hết ngày {self.last:%d/%m/%Y}"

    def before(self) -> Period | None:
        """The period of equal length that ends the day before this one begins."""
        if self.first is None or self.last is None:
            return None
        return Period(self.first - (self.last - self.first) - DAY, self.first - DAY)


def month_of(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def next_month(day: datetime.date) -> datetime.date:
    return (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def this_month(today: datetime.date) -> Period:
    """The days of the month that have come; the rest has no figures to name."""
    return Period(month_of(today), today)


def this_week(today: datetime.date) -> Period:
    """From Monday to today."""
    return Period(today - datetime.timedelta(days=today.weekday()), today)


def until_today(period: Period, today: datetime.date) -> Period:
    """A period that is not over ends today; one that has not begun stays as it was asked."""
    begun = period.first is None or period.first <= today
    if period.last is None or period.last <= today or not begun:
        return period
    return Period(period.first, today)


def whole_months(period: Period) -> tuple[datetime.date | None, datetime.date | None, list[Period]]:
    """Split into whole months [first, last] (by their first days) and the loose days at the ends.

    An open end belongs to the months. (None, None, …) with both ends open is all months;
    when no whole month fits, the first result lies after the second.
    """
    first = last = None
    loose: list[Period] = []
    if period.first is not None:
        first = month_of(period.first)
        if period.first != first:
            first = next_month(first)
            end = first - DAY
            if period.last is not None and period.last < end:
                return first, month_of(period.first), [period]
            loose.append(Period(period.first, end))
    if period.last is not None:
        last = month_of(period.last)
        if next_month(last) - DAY != period.last:
            loose.append(Period(last, period.last))
            last = month_of(last - DAY)
    return first, last, loose


def weeks(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    """The Mondays from the week of `first` to the week of `last`."""
    monday = first - datetime.timedelta(days=first.weekday())
    while monday <= last:
        yield monday
        monday += datetime.timedelta(days=7)


def check_day(day: datetime.date) -> None:
    """Raise ValidationError when nobody can have learned then."""
    latest = datetime.date(timezone.localdate().year + 1, 12, 31)
    if not EARLIEST <= day <= latest:
        raise forms.ValidationError(
            f"Ngày phải nằm trong khoảng từ {EARLIEST:%d/%m/%Y} đến {latest:%d/%m/%Y}."
        )


BACKWARDS = "Ngày bắt đầu phải trước hoặc trùng ngày kết thúc."


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


MONTH, WEEK = "thang", "tuan"
NAMES = {MONTH: "Tháng này", WEEK: "Tuần này"}


class PeriodForm(forms.Form):
    """?ky=tat-ca|thang|tuan|khoang&tu=&den= with messages in plain words."""

    ALL, RANGE = "tat-ca", "khoang"
    ky = forms.ChoiceField(
        label="Kỳ",
        required=False,
        choices=[(ALL, "Từ trước đến nay"), *NAMES.items(), (RANGE, "Chọn ngày")],
        error_messages={"invalid_choice": "Kỳ này không có. Bạn chọn lại một kỳ trong danh sách."},
    )
    tu = forms.DateField(
        label="Từ ngày",
        required=False,
        widget=DateInput,
        validators=[check_day],
        error_messages={"invalid": "Ngày bắt đầu không có thật. Bạn viết như 01/10/2026."},
    )
    den = forms.DateField(
        label="Đến hết ngày",
        required=False,
        widget=DateInput,
        validators=[check_day],
        error_messages={"invalid": "Ngày kết thúc không có thật. Bạn viết như 31/10/2026."},
    )

    instead_of = ""  # the name of the period that was chosen too, where days were given and won

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        first, last = data.get("tu"), data.get("den")
        if (first or last) and "ky" in data and not self._are_the_days_of(data["ky"], first, last):
            self._take_the_days(data)
        if data.get("ky") == self.RANGE and not self.errors:
            if not first and not last:
                self.add_error("tu", "Bạn chưa chọn ngày nào.")
            elif first and last and first > last:
                self.add_error("den", BACKWARDS)
        return data

    def _are_the_days_of(self, ky: str, first: datetime.date | None, last: datetime.date | None) -> bool:
        return ky == self.RANGE or (ky in NAMES and _named(ky) == Period(first, last))

    def _take_the_days(self, data: dict[str, object]) -> None:
        """Days that were given are meant: they win, and the form shows and says so."""
        self.instead_of = NAMES.get(str(data["ky"]), "")
        data["ky"] = self.RANGE
        shown = QueryDict(mutable=True)
        shown.update(self.data)
        shown["ky"] = self.RANGE
        self.data = shown

    @property
    def is_set(self) -> bool:
        """Something narrower than all time was asked for, or something that makes no sense."""
        return not self.is_valid() or bool(self.query)

    @property
    def period(self) -> Period:
        """The period that was asked for; only of a valid form."""
        data = self.cleaned_data
        if data["ky"] == self.RANGE:
            return until_today(Period(data["tu"], data["den"]), timezone.localdate())
        return _named(data["ky"])

    @property
    def query(self) -> str:
        """What the links of the page carry on, ending in "&", or nothing for all time."""
        data = self.cleaned_data
        if not data["ky"] or data["ky"] == self.ALL:
            return ""
        query = f"ky={data['ky']}&"
        if data["ky"] == self.RANGE:
            query += "".join(f"{key}={data[key]:%Y-%m-%d}&" for key in ("tu", "den") if data[key])
        return query


def _named(ky: str) -> Period:
    """The days of a period that has a name, today."""
    named = {MONTH: this_month, WEEK: this_week}
    return named[ky](timezone.localdate()) if ky in named else Period()
