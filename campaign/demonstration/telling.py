"""Writing the story down, a day a transaction, in the order in which it was recorded."""

from __future__ import annotations

import datetime
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts import consents
from accounts.models import Consent, Learner
from certificates import designs, serials
from certificates.issuing import ADULT_ENOUGH
from certificates.models import Paper
from common.text import fold
from courses import models as courses
from ledger import kinds, readers
from ledger.models import Fact, Pending
from ledger.recording import digest_of
from places.models import Place

from .people import make_person
from .rows import Table, moment, reserve
from .story import Course, Event, Life, Storyteller, day_weights, make_communes

ACTOR = "demo"
SEED = "học vụ số"
Say = Callable[[str], None]


class NothingToLearn(Exception):
    """The story needs communes and released courses: run `seed` first."""


@dataclass(frozen=True)
class Released:
    """What the story needs to know of a course with an edition."""

    course: courses.Course
    edition: courses.Edition
    items: dict[str, tuple[int, int | None]]  # key -> item, live revision
    told: Course


def released() -> list[Released]:
    """Every released course, in the order of their codes. Two queries each."""
    found = []
    for course in courses.Course.objects.select_related("current_edition").order_by("code"):
        edition = course.current_edition
        if edition is None:
            continue
        items = [row.item for row in edition.edition_items.select_related("item").order_by("position")]
        lessons = tuple(item.key for item in items if item.kind == courses.Item.Kind.LESSON)
        tests = [item.key for item in items if item.kind == courses.Item.Kind.TEST]
        found.append(
            Released(
                course=course,
                edition=edition,
                items={item.key: (item.pk, item.revision_id) for item in items},
                told=Course(course.code, lessons, tests[0] if tests else None),
            )
        )
    return found


def tell(*, learners: int, days: int, say: Say) -> int:
    """Invent `learners` people over the last `days` days and write what they did; the facts' number."""
    open_courses = released()
    rows = list(
        Place.objects.current()
        .communes()
        .filter(parent__code=settings.PROVINCE_CODE)
        .order_by("code")
        .values_list("pk", "code", "kind")
    )
    if not open_courses or not rows:
        raise NothingToLearn
    now = timezone.localtime()
    first = now.date() - datetime.timedelta(days=days - 1)
    start = reserve(Learner, learners)
    communes = make_communes(rows, SEED)
    chance = random.Random(f"{SEED}/{learners}/{days}/{start}")
    teller = Storyteller(
        seed=f"{SEED}/{start}/lives",
        communes=communes,
        courses=[each.told for each in open_courses],
        days=days,
        until=now.hour * 3600 + now.minute * 60 + now.second,
    )
    signed_up = chance.choices(range(days), day_weights(first, days), k=learners)
    homes = chance.choices(communes, [commune.weight for commune in communes], k=learners)
    lives = [
        teller.life(make_person(chance, first.year), home, day)
        for day, home in zip(sorted(signed_up), homes, strict=True)
    ]
    return Scribe(first, days, open_courses, start, chance).write(lives, say)


class Scribe:
    """Writes state rows and facts of one day at a time, both or neither."""

    def __init__(
        self,
        first: datetime.date,
        days: int,
        open_courses: Sequence[Released],
        start: int,
        chance: random.Random,
    ) -> None:
        zone = timezone.get_current_timezone()
        dates = [first + datetime.timedelta(days=number) for number in range(days)]
        self.midnights = [datetime.datetime.combine(day, datetime.time(), tzinfo=zone) for day in dates]
        self.dates = [day.isoformat() for day in dates]
        self.now = timezone.now()
        self.courses = {each.course.code: each for each in open_courses}
        self.start, self.chance = start, chance
        province = Place.objects.current().get(code=settings.PROVINCE_CODE, parent=None)
        self.designs = {
            code: designs.for_paper(course=each.course, commune=province)
            for code, each in self.courses.items()
        }
        self.tables = {
            "learner": Table(
                Learner, "id", "public_id", "name", "commune_id", "birth_year", "group", "gender",
                "is_test", "created_at",
            ),
            "consent": Table(Consent, "learner_id", "purpose", "version", "channel", "given_at"),
            "enrolment": Table(courses.Enrolment, "learner_id", "course_id", "edition_id", "started_at"),
            "done": Table(courses.ItemDone, "learner_id", "item_id", "revision_id", "done_at"),
            "paper": Table(
                Paper, "serial", "learner_id", "course_id", "edition_id", "fact_id", "name", "folded",
                "course_title", "score_percent", "issuer", "signature", "place_name",
                "initials_only", "completed_at", "issued_at",
            ),
            "fact": Table(
                Fact, "id", "actor", "uuid", "digest", "kind", "person", "commune_id", "group", "gender",
                "birth_band", "course", "edition", "item", "channel", "assisted", "asserted_by", "left_out",
                "happened_at", "recorded_at", "happened_on", "recorded_on",
            ),
            "pending": Table(Pending, "reader", "fact_id"),
        }  # fmt: skip

    def write(self, lives: Sequence[Life], say: Say) -> int:
        by_day: dict[int, list[tuple[int, int, Event]]] = defaultdict(list)
        total = 0
        for number, life in enumerate(lives):
            for event in life.events:
                if self.at(event.recorded_day, event.second) > self.now:
                    break  # not yet
                by_day[event.recorded_day].append((event.second, number, event))
                total += 1
        fact = reserve(Fact, total)
        for number, day in enumerate(sorted(by_day)):
            happened = sorted(by_day.pop(day), key=lambda row: row[0])  # stable: a life keeps its order
            self.write_day(lives, happened, fact)
            fact += len(happened)
            if number % 30 == 29:
                say(f"đã viết đến ngày {self.midnights[day]:%d/%m/%Y}")
        return total

    @transaction.atomic
    def write_day(self, lives: Sequence[Life], happened: list[tuple[int, int, Event]], fact: int) -> None:
        rows: dict[str, list[list[Any]]] = defaultdict(list)
        for offset, (_, number, event) in enumerate(happened):
            life = lives[number]
            self.state(rows, life, self.start + number, event, fact + offset)
            self.fact(rows, life, self.start + number, event, fact + offset)
        for name in ("learner", "consent", "enrolment", "done", "fact", "paper", "pending"):
            self.tables[name].insert(rows[name])
        self.complete(rows["completed"])

    def state(
        self, rows: dict[str, list[list[Any]]], life: Life, learner: int, event: Event, fact: int
    ) -> None:
        """The row that a real action would have left."""
        at = moment(self.at(event.day, event.second))
        if event.kind == kinds.REGISTERED:
            person = life.person
            rows["learner"].append(
                [learner, self.uuid(), person.name, life.commune, person.birth_year, person.group,
                 person.gender, person.is_test, at]
            )  # fmt: skip
            channel = Consent.Channel.CLASS if life.in_class else Consent.Channel.ONLINE
            purpose = Consent.Purpose.LEARNING
            rows["consent"].append([learner, purpose.value, consents.CURRENT, channel.value, at])
            return
        of = self.courses[event.course]
        if event.kind == kinds.COURSE_STARTED:
            rows["enrolment"].append([learner, of.course.pk, of.edition.pk, at])
        elif event.kind in (kinds.LESSON_DONE, kinds.TEST_PASSED):
            rows["done"].append([learner, *of.items[event.item], at])
        elif event.kind == kinds.COURSE_COMPLETED:
            rows["completed"].append([at, of.edition.pk, learner, of.course.pk])
        elif event.kind == kinds.PAPER_ISSUED:
            score = self.chance.choice((80, 80, 90, 90, 90, 100, 100))
            design, year = self.designs[event.course], self.at(event.day, event.second).year
            rows["paper"].append(
                [self.serial(), learner, of.course.pk, of.edition.pk, fact, life.person.name,
                 fold(life.person.name),
                 of.edition.title, score, design.issuer, design.signature, design.city,
                 year - life.person.birth_year < ADULT_ENOUGH, at, at]
            )  # fmt: skip

    def fact(self, rows: dict[str, list[list[Any]]], life: Life, person: int, event: Event, pk: int) -> None:
        who, by_client = life.person, event.kind == kinds.LESSON_DONE
        asserter = Fact.Asserter.CLIENT if by_client else Fact.Asserter.SERVER
        if life.in_class and event.kind in (kinds.REGISTERED, kinds.LESSON_DONE):
            asserter = Fact.Asserter.TRAINER
        item = "paper-1" if event.kind == kinds.PAPER_ISSUED else event.item
        rows["fact"].append(
            [pk, ACTOR, self.uuid(), digest_of([event.kind, person, event.course, item]), event.kind, person,
             life.commune, who.group, who.gender, who.birth_year // 10 * 10, event.course,
             self.courses[event.course].edition.number if event.course else None, item,
             "class" if life.in_class else "online", life.in_class, asserter.value,
             "test" if who.is_test else "", moment(self.at(event.day, event.second)),
             moment(self.at(event.recorded_day, event.second)), self.dates[event.day],
             self.dates[event.recorded_day]]
        )  # fmt: skip
        # Their papers are here already: only the counts read these facts.
        rows["pending"] += [[name, pk] for name in readers.wanting(event.kind) if name == "campaign"]

    def complete(self, rows: list[list[Any]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE courses_enrolment SET completed_at = %s, finished_edition_id = %s "
                "WHERE learner_id = %s AND course_id = %s",
                rows,
            )

    def at(self, day: int, second: int) -> datetime.datetime:
        return self.midnights[day] + datetime.timedelta(seconds=second)

    def uuid(self) -> str:
        return uuid.UUID(int=self.chance.getrandbits(128), version=4).hex

    def serial(self) -> str:
        while True:
            body = self.chance.getrandbits(50)
            if body % 37 < 32:  # the others would need a sign that is no letter
                letters = [serials.ALPHABET[(body >> shift) & 31] for shift in range(45, -1, -5)]
                return "".join(letters) + serials.ALPHABET[body % 37]
