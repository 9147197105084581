"""Publishing makes revisions, releasing makes editions, and neither more often than needed."""

import pytest
from django.db import IntegrityError

from courses import releasing
from courses.errors import ItemRequired, NothingRequired, NotLive, WrongCourse
from courses.models import Course, Edition, Item
from tests.make import make_course, make_item

pytestmark = pytest.mark.django_db


def test_publishing_the_same_text_makes_no_revision():
    course = make_course(lessons=1, released=False)
    make_item(course, 1)
    assert course.items.get().revisions.count() == 1


def test_publishing_another_text_makes_a_revision():
    course = make_course(lessons=1, released=False)
    item = make_item(course, 1, html="<p>Khác</p>")
    assert [r.number for r in item.revisions.order_by("number")] == [1, 2]
    assert item.revision.html == "<p>Khác</p>"


def test_publishing_with_another_address_moves_the_item_without_a_revision():
    course = make_course(lessons=1, released=False)
    item = course.items.get()
    releasing.publish_item(
        course=course,
        key=item.key,
        title=item.title,
        slug="moi",
        url="/khoa-hoc/kns04/moi/",
        html=item.revision.html,
    )
    item.refresh_from_db()
    assert (item.slug, item.url, item.revision.number) == ("moi", "/khoa-hoc/kns04/moi/", 1)


def test_a_key_stays_in_its_course():
    make_course("KNS04", lessons=1)
    other = make_course("KNS01", lessons=1)
    with pytest.raises(WrongCourse):
        releasing.publish_item(course=other, key="kns04-01", title="x", slug="x", url="/x/", html="")


def test_a_lesson_key_is_not_a_test():
    course = make_course(lessons=1)
    with pytest.raises(WrongCourse):
        releasing.publish_item(
            course=course, key=releasing.put_test(course=course).key, title="", slug="", url="", html=""
        )


def test_release_freezes_the_set_in_order(bien):
    course = make_course(lessons=3, test=True, released=False)
    edition = releasing.release(course, course.items.all(), bien)
    assert [row.item.key for row in edition.edition_items.all()] == [
        "kns04-01",
        "kns04-02",
        "kns04-03",
        "kns04-kiem-tra",
    ]
    assert (edition.number, edition.released_by, edition.rule) == (1, bien, releasing.DEFAULT_RULE)
    assert Course.objects.get().current_edition == edition


def test_release_of_the_same_set_returns_the_current_edition():
    course = make_course(lessons=3)
    make_item(course, 1, html="<p>sửa chữ</p>")
    assert releasing.release(course, list(course.items.all())[::-1], None) == course.current_edition
    assert Edition.objects.count() == 1


def test_release_of_another_set_or_rule_makes_an_edition():
    course = make_course(lessons=3)
    second = releasing.release(course, course.items.all()[:2], None)
    third = releasing.release(
        course, course.items.all()[:2], None, rule={"required": "all", "pass_percent": 90}
    )
    assert (second.number, third.number, third.rule["pass_percent"]) == (2, 3, 90)


def test_release_is_refused_while_a_lesson_is_not_live():
    course = make_course(lessons=2, released=False)
    releasing.withdraw_item(course.items.get(key="kns04-02"))
    with pytest.raises(NotLive, match="Bài 2") as refused:
        releasing.release(course, course.items.all(), None)
    assert [item.key for item in refused.value.items] == ["kns04-02"]
    assert not Edition.objects.exists()


def test_release_of_nothing_is_refused():
    course = make_course(lessons=0, test=True, released=False)
    with pytest.raises(NothingRequired):
        releasing.release(course, course.items.all(), None)


def test_release_of_another_courses_lesson_is_refused():
    course, other = make_course("KNS04", lessons=1), make_course("KNS01", lessons=1)
    with pytest.raises(WrongCourse):
        releasing.release(course, [*course.items.all(), *other.items.all()], None)


def test_a_required_lesson_is_not_withdrawn():
    course = make_course(lessons=2)
    item = course.items.first()
    with pytest.raises(ItemRequired):
        releasing.withdraw_item(item)
    item.refresh_from_db()
    assert item.is_live


def test_a_lesson_no_longer_required_is_withdrawn_and_keeps_its_text():
    course = make_course(lessons=2)
    releasing.release(course, course.items.all()[:1], None)
    item = course.items.last()
    releasing.withdraw_item(item)
    item.refresh_from_db()
    assert not item.is_live
    assert item.revision.html


def test_one_test_per_course():
    course = make_course(lessons=1, test=True)
    assert releasing.put_test(course=course) == course.items.get(kind=Item.Kind.TEST)


def test_an_edition_holds_an_item_once():
    course = make_course(lessons=1)
    with pytest.raises(IntegrityError):
        course.current_edition.edition_items.create(item=course.items.get(), position=9)


@pytest.mark.parametrize("lessons", [5, 110])
def test_release_costs_the_same_for_any_course(lessons, django_assert_max_num_queries):
    course = make_course(lessons=lessons, released=False)
    with django_assert_max_num_queries(9):
        releasing.release(course, course.items.all(), None)
