"""Uploaded pictures are served, locked, and nothing outside their folder is."""

import pytest

from cms import authoring

pytestmark = pytest.mark.django_db
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


def test_a_picture_is_served_and_can_run_nothing(client):
    picture, _ = authoring.put_picture(origin="a", title="x", filename="den.svg", data=SVG)
    response = client.get(picture.file.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "max-age" in response["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["khong-co.svg", "../settings.py", "%2e%2e/%2e%2e/manage.py", "/etc/passwd", ""]
)
def test_nothing_else_is(client, path):
    assert client.get(f"/media/{path}").status_code in (400, 404)


def test_media_is_read_only(client):
    assert client.post("/media/x.svg").status_code == 405
