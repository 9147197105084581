"""Two at once: one lesson has one key, one item and one question; on both databases."""

import pytest

from cms import authoring, publishing
from cms.models import LessonPage
from courses.models import Item
from quizzes.models import Question
from tests.quizzes.test_races import at_once

from .conftest import QUESTION, put_course


@pytest.fixture
def unpublished(transactional_db) -> LessonPage:
    """As an editor leaves it: saved, never published, without a key."""
    authoring.ensure_site()
    course = put_course()
    authoring.make_live([course])
    page = LessonPage(title="Bài mới", objective="Biết.", body=[("question", QUESTION["value"])], live=False)
    course.add_child(instance=page)
    page.save_revision()
    return page


@pytest.mark.django_db(transaction=True)
def test_two_first_publications_at_once_give_one_key(unpublished):
    answers = at_once(4, lambda: LessonPage.objects.get(pk=unpublished.pk).get_latest_revision().publish())
    assert answers == [None] * 4
    item = Item.objects.get(kind=Item.Kind.LESSON)
    page = LessonPage.objects.get(pk=unpublished.pk)
    assert page.item_key == item.key
    assert list(page.question_keys.values()) == [Question.objects.get(item=item).key]


@pytest.mark.django_db(transaction=True)
def test_a_page_read_before_the_first_publication_takes_the_key_given_meanwhile(unpublished):
    stale, also_stale = (LessonPage.objects.get(pk=unpublished.pk) for _ in range(2))
    unpublished.get_latest_revision().publish()
    keys = LessonPage.objects.values_list("item_key", "question_keys").get(pk=unpublished.pk)
    publishing.publish_lesson(stale)
    also_stale.save()
    assert keys == (stale.item_key, stale.question_keys)
    assert keys == LessonPage.objects.values_list("item_key", "question_keys").get(pk=unpublished.pk)
    assert Item.objects.filter(kind=Item.Kind.LESSON).count() == 1
