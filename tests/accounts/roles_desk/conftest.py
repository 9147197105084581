import pytest
from django.test import Client

from accounts.models import User

from .parts import give


@pytest.fixture
def desk(chi):
    client = Client()
    client.force_login(chi)
    return client


@pytest.fixture
def new(desk, phu_thai, chi):
    """Dung, invited by Chi as a trainer."""
    answer = give(desk, email="Dung@Example.vn", name="Vũ Thị Dung", kind="trainer", place=phu_thai.pk)
    assert answer.status_code == 302, answer.context["form"].errors
    return User.objects.get(email="dung@example.vn")


@pytest.fixture
def known(desk, sau, phu_thai):
    """Chi has invited Sáu, whom she does not know to be an official elsewhere."""
    give(desk, email="sau@example.vn", name="Ai Đó", kind="trainer", place=phu_thai.pk)
    return sau.roles.get(kind="trainer")
