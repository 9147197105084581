import pytest

from places.loading import load_city
from places.models import Place


@pytest.fixture
def city(db) -> Place:
    """Hải Phòng as the files of the room have it."""
    load_city()
    return Place.objects.get(code="31")
