"""Whoever of the staff is shown a person's name leaves a trace that the person can read."""

import pytest

from accounts.models import Look

from .everybody import signed_in
from .test_every_url import TABLE

DESKS = [path for path in TABLE if path.startswith("/quan-ly/")]


def shows(response, name: str) -> bool:
    html = response["Content-Type"].startswith("text/html")
    return response.status_code == 200 and html and name in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["binh", "chi", "quan_tri"])
def test_a_screen_that_shows_lan_is_noted(role, cast, hers, lan):
    lan.name = "Nguyễn Thị Lan Duy Nhất"
    lan.save(update_fields=["name"])
    lan.papers.update(name=lan.name)
    client = signed_in(role, cast)
    silent, shown = [], 0
    for path in DESKS:
        Look.objects.all().delete()
        if shows(client.get(path.format(**hers)), lan.name):
            shown += 1
            if not Look.objects.filter(learner=lan, by=cast[role]).exists():
                silent.append(path)
    assert silent == []
    assert shown >= (0 if role == "binh" else 2)


@pytest.mark.django_db
def test_the_sheet_opened_by_an_official_is_noted_and_by_its_owner_not(cast, hers, lan):
    path = f"/giay/{hers['serial']}/giay-ghi-nhan.pdf"
    signed_in("lan", cast).get(path)
    assert not Look.objects.exists()
    signed_in("chi", cast).get(path)
    assert Look.objects.get().by == cast["chi"]
