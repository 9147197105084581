"""What the people of the demonstration do, and when: pure, and the same for the same seed."""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from ledger import kinds

from .people import Person

# The National Digital Transformation Day: classes, banners, loudspeakers.
FESTIVAL = (10, 10)
EVENING = [1, 1, 1, 1, 1, 2, 4, 6, 9, 9, 7, 5, 4, 4, 6, 7, 7, 6, 9, 18, 20, 14, 6, 2]  # by hour
LATE = 0.03  # of the lessons are learned without network and sent days after


@dataclass(frozen=True)
class Commune:
    """How many take part and how long they stay with it."""

    pk: int
    weight: float
    zeal: float  # chance to go on to the next lesson
    asleep: bool  # nothing happens there any more


@dataclass(frozen=True)
class Course:
    """`items` are the keys of the required ones in order; the last may be the test."""

    code: str
    lessons: tuple[str, ...]
    test: str | None


@dataclass(frozen=True)
class Event:
    """Something a person did: on a day of the story (0 is its first), at a second of that day."""

    kind: str
    day: int
    second: int
    recorded_day: int
    course: str = ""
    item: str = ""


@dataclass
class Life:
    """One person's story: what happened, in order."""

    person: Person
    commune: int
    in_class: bool
    events: list[Event] = field(default_factory=list)


def make_communes(rows: Sequence[tuple[int, str, str]], seed: str) -> list[Commune]:
    """From (id, code, kind): wards are fuller than villages, islands small; each has its own temper."""
    communes = []
    for pk, code, kind in rows:
        chance = random.Random(f"{seed}/{code}")
        size = {"phường": 1.5, "đặc khu": 0.12}.get(kind, 1.0)
        communes.append(
            Commune(
                pk=pk,
                weight=size * chance.lognormvariate(0, 0.45),
                zeal=chance.triangular(0.78, 0.965, 0.92),
                asleep=chance.random() < 0.04,
            )
        )
    return communes


def day_weights(first: datetime.date, days: int) -> list[float]:
    """How many sign up on each day: slowly more, weekends a little more, five times at the festival."""
    weights = []
    for number in range(days):
        day = first + datetime.timedelta(days=number)
        away = min(abs((day - datetime.date(year, *FESTIVAL)).days) for year in (day.year - 1, day.year))
        weekend = 1.25 if day.weekday() >= 5 else 1.0
        growth = 0.6 + 0.8 * number / max(days - 1, 1)
        weights.append(growth * weekend * (1 + 4 * math.exp(-(away**2) / 40)))
    return weights


class Storyteller:
    """Tells lives one by one from a single stream of chance; `until` is the second of the last day now."""

    def __init__(
        self, *, seed: str, communes: Sequence[Commune], courses: Sequence[Course], days: int, until: int
    ):
        self.chance = random.Random(seed)
        self.communes, self.courses, self.days, self.until = communes, courses, days, until
        self.hours = [sum(EVENING[: hour + 1]) for hour in range(24)]

    def second(self) -> int:
        """A moment of the day, mostly in the evening."""
        hour = self.chance.choices(range(24), cum_weights=self.hours)[0]
        return hour * 3600 + self.chance.randrange(3600)

    def life(self, person: Person, commune: Commune, day: int) -> Life:
        life = Life(person, commune.pk, in_class=self.chance.random() < 0.2)
        last = self.days - 19 if commune.asleep else self.days - 1
        now = (max(min(day, last), 0), self.second())
        if now[0] == self.days - 1:
            now = (now[0], min(now[1], self.chance.randrange(self.until + 1)))  # today is not over
        life.events.append(Event(kinds.REGISTERED, *now, now[0]))
        if self.chance.random() < 0.12 or now[0] > last:
            return life  # looked in once
        courses = list(self.courses)
        if self.chance.random() < 0.4:
            courses.reverse()
        for course in courses:
            after = self._course(life, course, now, last, commune.zeal * person.age_slows)
            if after is None or self.chance.random() < 0.5:
                break
            now = self._later(after, 6)
        return life

    def _course(
        self, life: Life, course: Course, now: tuple[int, int], last: int, go_on: float
    ) -> tuple[int, int] | None:
        """Learn a course lesson by lesson; the moment of completion, or None of a drop-out."""
        events, chance = life.events, self.chance
        if now[0] > last:
            return None
        events.append(Event(kinds.COURSE_STARTED, *now, now[0], course.code))
        for lesson in course.lessons:
            now = self._later(now, 0 if chance.random() < 0.55 else 3)
            if chance.random() < 0.01:
                now = self._later(now, 40)  # forgot about it, came back
            if now[0] > last or chance.random() > go_on:
                return None
            late = chance.randint(1, 3) if chance.random() < LATE else 0
            recorded = min(now[0] + late, self.days - 1)
            events.append(Event(kinds.LESSON_DONE, *now, recorded, course.code, lesson))
            now = (recorded, now[1]) if late else now
        if course.test:
            tries = chance.random()
            if tries > 0.92:
                return None
            now = self._later(now, 0 if tries < 0.7 else 2)  # the second try is on another day
            if now[0] > last:
                return None
            events.append(Event(kinds.TEST_PASSED, *now, now[0], course.code, course.test))
        events.append(Event(kinds.COURSE_COMPLETED, *now, now[0], course.code))
        events.append(Event(kinds.PAPER_ISSUED, *now, now[0], course.code))
        return now

    def _later(self, now: tuple[int, int], mean_days: float) -> tuple[int, int]:
        """The same sitting, some minutes on; or another day, `mean_days` away on average."""
        day, second = now
        if mean_days == 0 and second + 1500 < 86_400:
            return day, second + self.chance.randint(240, 1500)
        return day + 1 + int(self.chance.expovariate(1 / mean_days) if mean_days else 0), self.second()
