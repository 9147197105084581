import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from accounts import coming_back
from accounts.models import (
    Learner,
    User,
)
from tests.make import make_learner

from .parts import OLD


@pytest.fixture
def carrier(settings):
    settings.SMS = settings.SMS | {"GATEWAY": "console", "PRICE": 800, "DAILY_CAP": 100_000}


@pytest.fixture
def lan(lan):
    """Her number was proved before."""
    lan.user.set_password(OLD)
    lan.user.phone_verified_at = timezone.now()
    lan.user.save()
    return lan


@pytest.fixture
def never_proved(lan):
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=None)
    return lan


@pytest.fixture
def tu(lan):
    return make_learner("Nguyễn Văn Tư", user=lan.user, commune=lan.commune, pin=make_password("604827"))


@pytest.fixture
def official(chi):
    client = Client()
    client.force_login(chi)
    return client


@pytest.fixture
def texted(carrier, monkeypatch):
    """What was sent, before the log forgets the text."""
    sent = []
    real = coming_back.codes.messages.send
    monkeypatch.setattr(
        coming_back.codes.messages, "send", lambda **given: (sent.append(given), real(**given))[1]
    )
    return sent


@pytest.fixture
def trainer(binh):
    client = Client()
    client.force_login(binh)
    return client


@pytest.fixture
def own(lan, client):
    """Lan with a PIN of her own, alone on a number that she has proved; signed in."""
    Learner.objects.filter(pk=lan.pk).update(pin=make_password("604827"))
    User.objects.filter(pk=lan.user.pk).update(phone_verified_at=timezone.now())
    client.force_login(User.objects.get(pk=lan.user.pk))
    return client
