"""Plain functions that make rows for tests."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)

from accounts.models import Learner, Role, User
from courses import releasing
from courses.models import Course, Item
from places.models import Place

_numbers = itertools.count(1)
MERGER = datetime.date(2025, 7, 1)


def make_province(code: str = "31", name: str = "Thành phố Hải Phòng") -> Place:
    place, _ = Place.objects.get_or_create(
        code=code,
        valid_to=None,
        defaults={
            "level": "province",
            "kind": "thành phố",
            "name": name,
            "short_name": name.split(" ", 2)[-1],
            "valid_from": MERGER,
            "folded": "",
        },
    )
    return place


def make_commune(code: str = "10750", name: str = "Xã Phú Thái", **fields: Any) -> Place:
    kind, short = name.split(" ", 1)
    place, _ = Place.objects.get_or_create(
        code=code,
        valid_to=None,
        defaults={
            "level": "commune",
            "kind": kind.lower(),
            "name": name,
            "short_name": short,
            "parent": make_province(),
            "valid_from": MERGER,
            "folded": "",
            **fields,
        },
    )
    return place


def make_user(
    *, phone: str | None = None, email: str | None = None, password: str | None = None, **fields: Any
) -> User:
    if not phone and not email:
        phone = f"+8491{next(_numbers):07d}"
    return User.objects.create_user(phone=phone, email=email, password=password, **fields)


def make_learner(
    name: str = "Nguyễn Thị Lan",
    *,
    user: User | None = None,
    commune: Place | None = None,
    with_user: bool = True,
    **fields: Any,
) -> Learner:
    if user is None and with_user:
        user = make_user(name=name)
    return Learner.objects.create(
        user=user,
        seat=user.learners.count() + 1 if user else None,
        name=name,
        commune=commune or make_commune(),
        birth_year=fields.pop("birth_year", 1964),
        group=fields.pop("group", Learner.Group.CITIZEN),
        **fields,
    )


APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # of everybody's authenticator app


def protect(user: User) -> User:
    """Set up the second factor that administrators and officials of the city must have."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, APP_SECRET)
    return user


def app_code() -> str:
    """What everybody's authenticator app shows now."""
    return format_hotp_value(hotp_value(APP_SECRET, list(yield_hotp_counters_from_time())[1]))


def make_role(user: User, kind: str, place: Place, **fields: Any) -> Role:
    return Role.objects.create(user=user, kind=kind, place=place, **fields)


def make_course(
    code: str = "KNS04", *, lessons: int = 3, test: bool = False, released: bool = True
) -> Course:
    """A course with live lessons (keys kns04-01, …), released unless said otherwise."""
    course = Course.objects.create(code=code, slug=code.lower(), title=f"Khóa học {code}")
    for number in range(1, lessons + 1):
        make_item(course, number)
    if test:
        releasing.put_test(course=course)
    if released:
        releasing.release(course, course.items.all(), None)
        course.refresh_from_db()
    return course


def make_item(course: Course, number: int, html: str = "<p>Nội dung</p>", **fields: Any) -> Item:
    key = f"{course.code.lower()}-{number:02d}"
    releasing.publish_item(
        course=course,
        key=key,
        title=f"Bài {number}",
        slug=f"bai-{number}",
        url=f"/khoa-hoc/{course.slug}/bai-{number}/",
        html=html,
        position=number,
        **fields,
    )
    return Item.objects.get(key=key)
