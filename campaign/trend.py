"""The weekly trend: bars that a server draws, a title that says what they show."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from .figures import grouped
from .periods import weeks

WIDTH, HEIGHT, TOP, LEFT = 420, 170, 24, 4
WEEKS = 26


@dataclass(frozen=True)
class Bar:
    """One week; coordinates are texts, as in `tilemap`."""

    monday: datetime.date
    value: int
    running: bool  # the week is not over
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class Trend:
    finding: str
    bars: list[Bar]
    view_box: str
    base: str
    highest: Bar | None


def since(today: datetime.date) -> datetime.date:
    """The Monday of the first week shown."""
    return today - datetime.timedelta(days=today.weekday(), weeks=WEEKS - 1)


def trend(values: Counter[datetime.date], *, today: datetime.date, unit: str) -> Trend:
    mondays = list(weeks(since(today), today))
    most = max([values[monday] for monday in mondays] + [0])
    step = (WIDTH - 2 * LEFT) / WEEKS
    base = HEIGHT - 26
    bars = []
    for number, monday in enumerate(mondays):
        value = max(values[monday], 0)
        height = (base - TOP) * value / most if most else 0
        bars.append(
            Bar(
                monday=monday,
                value=values[monday],
                running=number == len(mondays) - 1,
                x=f"{LEFT + number * step:.1f}",
                y=f"{base - height:.1f}",
                width=f"{step * 0.74:.1f}",
                height=f"{height:.1f}",
            )
        )
    return Trend(
        finding=finding(bars, unit),
        bars=bars,
        view_box=f"0 0 {WIDTH} {HEIGHT}",
        base=str(base),
        highest=max(bars, key=lambda bar: bar.value) if most else None,
    )


def finding(bars: list[Bar], unit: str) -> str:
    """What the last whole week says against the one before it."""
    last, before = bars[-2].value, bars[-3].value
    if not any(bar.value for bar in bars):
        return f"Chưa có {unit} nào trong {len(bars)} tuần qua"
    said = f"Tuần trước có {grouped(last)} {unit}"
    if last == before:
        return f"{said}, bằng tuần trước đó"
    how = "nhiều hơn" if last > before else "ít hơn"
    if not before:
        return f"{said}; tuần trước đó chưa có {unit} nào"
    share = round(100 * abs(last - before) / before)
    return f"{said}, {how} tuần trước đó {f'{share} %' if share else 'một chút'}"
