"""Addresses that are too long."""

import pytest

from lms.addresses import MAX_BYTES


@pytest.mark.parametrize("address", ["/tim/?q={}", "/khong-co/{}/", "/api/v1/places/?q={}"])
def test_an_address_too_long_is_refused_in_vietnamese(client, db, address):
    response = client.get(address.format("a" * MAX_BYTES))
    assert response.status_code == 414
    assert "Địa chỉ này quá dài" in response.content.decode()
    assert "default-src" in response["Content-Security-Policy"]


def test_the_longest_address_allowed_is_answered(client, db):
    assert client.get("/tim/?q=" + "a" * (MAX_BYTES - len("/tim/q="))).status_code != 414
