"""Pictures of pages are public, everything else under MEDIA_ROOT is not."""

import pytest


@pytest.fixture
def root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("original_images", "images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "secret.txt").write_text("secret")
    return tmp_path


@pytest.mark.parametrize("folder", ["original_images", "images"])
def test_picture_is_handed_out_harmless(client, root, folder):
    response = client.get(f"/media/{folder}/a.svg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "max-age" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "documents/a.svg",
        "secret.txt",
        "images/../secret.txt",
        "images/%2e%2e/secret.txt",
        "images/",
        "images/b.png",
    ],
)
def test_anything_else_is_not_found(client, root, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_nothing_is_put_there(client, root):
    assert client.post("/media/images/a.svg").status_code == 405
