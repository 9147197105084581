import pytest

from tests.make import make_learner

from .parts import PIN


@pytest.fixture
def tu(lan):
    """Lan's husband, on the same phone."""
    return make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune)


@pytest.fixture
def phone(client, lan, tu):
    """The browser of the phone they share; nobody said yet who is learning."""
    lan.user.set_password(PIN)
    lan.user.save()
    client.force_login(lan.user)
    return client
