"""A person is erased: no table and no file knows her any more, and every figure stays."""

from __future__ import annotations

import datetime
import re
import unicodedata
import uuid

from django.db import connection

from accounts.models import (
    Consent,
    Learner,
    Message,
    Notice,
    OneTimeCode,
)
from accounts.people import announce_consent
from certificates import issuing
from common.text import fold as folded
from courses import progress
from ledger.models import Receipt
from places.models import Neighbourhood
from quizzes import attempts
from tests.make import make_commune, make_learner, make_user
from tests.quizzes.make import quiz_of

NAME = "Trịnh Thị Huệ Mẫn"


PHONE = "+84987123654"


BORN = 1947


BECAUSE = "asked"


def make_hue(**fields) -> Learner:
    """A learner who has left something in every room: lessons, a test, a paper, notices, a session."""
    commune = make_commune()
    near = Neighbourhood.objects.get_or_create(place=commune, name="Thôn Đình Ba")[0]
    user = make_user(phone=PHONE, name=NAME, password="482915")
    hue = make_learner(
        NAME, user=user, commune=commune, birth_year=BORN, gender="female", neighbourhood=near, **fields
    )
    consent = Consent.objects.create(learner=hue, purpose="learning", version=1, channel="online")
    announce_consent(consent)
    Notice.objects.create(learner=hue, text=f"Chào {NAME}")
    Notice.objects.create(user=user, text=f"Số {PHONE} đã đổi mã")
    now = datetime.datetime.now(tz=datetime.UTC)
    Message.objects.create(to=PHONE, text=f"Ma cua {NAME}", purpose="code", parts=1, cost=1, expires_at=now)
    OneTimeCode.objects.create(purpose="own_number", phone=PHONE, holder="h", mark="m", expires_at=now)
    return hue


def learn(hue: Learner, course) -> None:
    for item in course.items.filter(kind="lesson"):
        progress.finish_lesson(actor=f"user:{hue.user_id}", uuid=uuid.uuid4(), learner=hue, item=item)
    attempt = attempts.start(learner=hue, quiz=quiz_of(course))
    for number, drawn in enumerate(attempt.questions.select_related("revision")):
        right = [choice["id"] for choice in drawn.revision.choices if choice.get("correct")]
        step = uuid.uuid4()
        Receipt.objects.create(actor=f"user:{hue.user_id}", uuid=step, digest="d")
        attempts.answer(attempt=attempt, uuid=step, seq=number, question=drawn.key, choices=right)
    attempts.submit(attempt=attempt, uuid=uuid.uuid4(), seq=attempt.seq)
    assert issuing.issue(learner=hue, course=course)


def needles() -> list[str]:
    bare = PHONE.removeprefix("+84")
    return [
        NAME,
        unicodedata.normalize("NFD", NAME),
        folded(NAME),
        folded(NAME).title(),
        folded(NAME).replace(" ", "-"),
        bare,
        f"0{bare[:3]} {bare[3:6]} {bare[6:]}",
        f"{bare[:3]} {bare[3:6]} {bare[6:]}",
        f"{bare[:3]}.{bare[3:6]}.{bare[6:]}",
    ]


def traces() -> list[str]:
    """Every cell of every table that says her name, her number or her year."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description or ()]
            for row in cursor.fetchall():
                found += [
                    f"{table}.{column}: {value}"
                    for column, value in zip(columns, row, strict=True)
                    if not is_key(column, value) and says_her(value)
                ]
    return found


def is_key(column: str, value: object) -> bool:
    """A serial number is nobody's year of birth."""
    return isinstance(value, int) and (column == "id" or column.endswith("_id"))


def says_her(value: object) -> bool:
    if value is None or isinstance(value, uuid.UUID | datetime.datetime | bool):
        return False
    if isinstance(value, bytes | memoryview):
        value = bytes(value).decode(errors="replace")
    # A letter as JSON writes it; twice over where a text in it is JSON itself.
    text = re.sub(r"\\+u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), str(value))
    if value == BORN or re.search(rf"(?<![0-9a-f.-]){BORN}(?![0-9a-f-])", text):
        return True
    return any(needle.casefold() in text.casefold() for needle in needles())


ELSEWHERE = "10888"


def one_more(**fields) -> Learner:
    return make_learner("Phạm Văn Sơn", commune=make_commune(ELSEWHERE, "Xã Cẩm Giang"), **fields)


def guardian(hue, chi):
    Consent.objects.create(
        learner=one_more(), purpose="reminders", version=1, channel="online", guardian_name=NAME
    )
