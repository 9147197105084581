"""Addresses that are too long."""

import pytest

from cms import authoring
from lms.addresses import MAX_BYTES


@pytest.fixture
def site(hai_phong):
    authoring.ensure_site()


@pytest.mark.parametrize("address", ["/tim/?q={}", "/khong-co/{}/", "/api/v1/places/?q={}"])
def test_an_address_too_long_is_refused_in_vietnamese(client, db, address):
    response = client.get(address.format("a" * MAX_BYTES))
    assert response.status_code == 414
    assert "Địa chỉ này quá dài" in response.content.decode()
    assert "default-src" in response["Content-Security-Policy"]


def test_the_longest_address_allowed_is_answered(client, db):
    assert client.get("/tim/?q=" + "a" * (MAX_BYTES - len("/tim/q="))).status_code != 414


@pytest.mark.parametrize("address", ["/metrics", "/khong-co", "/khoa-hoc/khong-co"])
def test_an_address_of_nothing_is_not_sent_on(client, site, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/khoa-hoc", "/dang-nhap", "/thong-ke"])
def test_a_forgotten_last_slash_is_added(client, site, address):
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (301, f"{address}/")
