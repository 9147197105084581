import pytest

from .make import make_course, quiz_of


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def quiz(course):
    return quiz_of(course)
