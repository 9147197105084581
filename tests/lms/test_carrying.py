"""The QR code of a link that carries learning: our own links only, nothing kept."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.test import Client

from lms import api_carry

LINK = "http://127.0.0.1:8000/mang-theo/#H4sIAAAAAAAAA"


def ask(link: object, **extra: str):
    return Client().post("/api/v1/carry/code/", {"link": link}, content_type="application/json", **extra)


def test_a_link_of_ours_is_drawn(settings):
    settings.SITE_URL = "http://127.0.0.1:8000"
    svg = ask(LINK).json()["svg"]
    assert svg.startswith("<svg")
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert 'fill="#fff"' in svg  # no phone reads black on a dark page


@pytest.mark.parametrize(
    "link",
    [
        "",
        "http://evil.example/mang-theo/#abc",
        "http://127.0.0.1:8000/mang-theo/",
        "http://127.0.0.1:8000/dang-xuat/#abc",
        LINK + "<script>",
        LINK + "a" * 1800,
    ],
)
def test_any_other_text_is_refused(settings, link):
    settings.SITE_URL = "http://127.0.0.1:8000"
    response = ask(link)
    assert response.status_code == 400
    assert response.json()["message"]


def test_one_address_cannot_have_it_draw_all_day(settings, monkeypatch):
    settings.SITE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(api_carry, "PER_HOUR", 1)
    assert [ask(LINK).status_code for _ in range(2)] == [200, 429]


def test_a_household_of_ipv6_addresses_counts_as_one(settings, monkeypatch):
    settings.SITE_URL = "http://127.0.0.1:8000"
    monkeypatch.setattr(api_carry, "PER_HOUR", 1)
    found = [ask(LINK, REMOTE_ADDR=f"2001:db8:1:2::{n}").status_code for n in (1, 2)]
    assert found == [200, 429]


@pytest.mark.parametrize("path", ["/viec-tren-may/", "/mang-theo/"])
def test_the_phones_pages_are_the_same_for_everybody(client, lan, path, django_assert_num_queries):
    with django_assert_num_queries(0):
        nobody = Client().get(path)
    client.force_login(lan.user)
    assert client.get(path).content == nobody.content
    assert "Cookie" not in nobody.get("Vary", "")
