import pytest
from django.test import Client

from ..quizzes.make import make_course


@pytest.fixture
def course(db):
    return make_course()


@pytest.fixture
def lan_in(lan) -> Client:
    """Lan's browser, signed in, that asks for tokens like a real one."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(lan.user)
    return client
