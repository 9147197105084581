import pytest

from accounts.models import Consent

from .parts import PIN


@pytest.fixture
def lan(lan):
    lan.user.set_password(PIN)
    lan.user.save()
    Consent.objects.create(learner=lan, purpose="learning", version=1, channel="online")
    return lan


@pytest.fixture
def inside(client, lan):
    client.force_login(lan.user)
    return client
