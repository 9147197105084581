"""Publishing freezes what an item says; releasing freezes what a course requires.

Learners never point at pages: they point at items, and keep the edition they began with.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from accounts.models import User
from ledger.recording import digest_of

from .errors import ItemRequired, NothingRequired, NotLive, WrongCourse
from .models import Course, Edition, EditionItem, Item, ItemRevision

DEFAULT_RULE = {"required": "all", "pass_percent": 80}


@transaction.atomic
def publish_item(
    *,
    course: Course,
    key: str,
    title: str,
    slug: str,
    url: str,
    html: str,
    at: datetime.datetime | None = None,
    position: int | None = None,
) -> ItemRevision:
    """Make the lesson live at `url`; a new revision only when its title or text changed.

    Raises WrongCourse when the key belongs to a lesson of another course.
    """
    item = _locked(course=course, key=key, kind=Item.Kind.LESSON, title=title)
    item.title, item.slug, item.url = title, slug, url
    if position is not None:
        item.position = position
    digest = digest_of([title, html])
    if item.revision is None or item.revision.digest != digest:
        last = item.revisions.aggregate(last=Max("number"))["last"] or 0
        item.revision = ItemRevision.objects.create(
            item=item,
            number=last + 1,
            title=title,
            html=html,
            digest=digest,
            published_at=at or timezone.now(),
        )
    item.save()
    return item.revision


@transaction.atomic
def put_test(*, course: Course, title: str = "Bài kiểm tra cuối khóa") -> Item:
    """The final test of the course: one item, made once, at /kiem-tra/<course>/."""
    key = f"{course.code.lower()}-kiem-tra"
    item = _locked(course=course, key=key, kind=Item.Kind.TEST, title=title)
    item.title, item.slug, item.url, item.position = title, "", f"/kiem-tra/{course.slug}/", 32_000
    item.save()
    return item


def _locked(*, course: Course, key: str, kind: str, title: str) -> Item:
    """The item, locked; made when the key is new."""
    items = Item.objects.select_for_update(of=("self",)).select_related("revision")
    item = items.filter(key=key).first()
    if item is None:
        try:
            with transaction.atomic():
                item = Item.objects.create(course=course, key=key, kind=kind, title=title)
        except IntegrityError:
            item = items.get(key=key)
    if item.course_id != course.pk or item.kind != kind:
        raise WrongCourse(key)
    return item


def required_among(keys: Iterable[str | None]) -> QuerySet[Item]:
    """Those of the items with these keys (a subquery will do) that a current edition requires."""
    return Item.objects.filter(key__in=keys, edition_items__edition=F("course__current_edition"))


@transaction.atomic
def withdraw_item(item: Item) -> None:
    """Its page is no longer live; raises ItemRequired while the current edition requires it.

    The last revision stays: learners of an older edition go on reading it.
    """
    Course.objects.select_for_update(of=("self",)).get(pk=item.course_id)
    if required_among([item.key]).exists():
        raise ItemRequired(item)
    Item.objects.filter(pk=item.pk).update(url="")
    item.url = ""


@transaction.atomic
def release(
    course: Course,
    items: Iterable[Item],
    by: User | None,
    *,
    new_paper: bool = False,
    rule: dict[str, object] | None = None,
) -> Edition:
    """Freeze what the course requires, in this order; costs the same for 5 items and for 110.

    The current edition is returned when the set and the rule are unchanged. Raises
    NothingRequired, WrongCourse, or NotLive naming every lesson that is not live.
    """
    course = (
        Course.objects.select_for_update(of=("self",)).select_related("current_edition").get(pk=course.pk)
    )
    fresh = _fresh(course, [item.pk for item in items])
    current = course.current_edition
    if current and not differs(current, [item.pk for item in fresh], rule):
        return current
    last = course.editions.aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(
        course=course,
        number=last + 1,
        title=course.title,
        rule=rule or (current.rule if current else DEFAULT_RULE),
        new_paper=new_paper,
        released_at=timezone.now(),
        released_by=by,
    )
    EditionItem.objects.bulk_create(
        EditionItem(edition=edition, item=item, position=position) for position, item in enumerate(fresh)
    )
    Course.objects.filter(pk=course.pk).update(current_edition=edition)
    return edition


def _fresh(course: Course, wanted: Sequence[int]) -> list[Item]:
    """The items as they are now, in the order asked for, all of this course and live."""
    found = {item.pk: item for item in Item.objects.filter(pk__in=wanted)}
    items = [found[pk] for pk in dict.fromkeys(wanted)]
    if not any(item.kind == Item.Kind.LESSON for item in items):
        raise NothingRequired
    for item in items:
        if item.course_id != course.pk:
            raise WrongCourse(item.key)
    if dark := [item for item in items if not item.is_live]:
        raise NotLive(dark)
    return items


def differs(edition: Edition, items: Iterable[int], rule: dict[str, object] | None) -> bool:
    """Would releasing these items (by id) under this rule be another edition than this one?"""
    kept = set(edition.edition_items.values_list("item_id", flat=True))
    return kept != set(items) or (rule is not None and rule != edition.rule)
