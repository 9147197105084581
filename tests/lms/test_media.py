"""Pictures and recordings of pages are public, everything else under MEDIA_ROOT is not."""

import pytest


@pytest.fixture
def root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("original_images", "images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "audio").mkdir()
    (tmp_path / "audio" / "a.mp3").write_bytes(bytes(range(100)))
    (tmp_path / "audio" / "a.html").write_text("<script>")
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
        "audio/none.mp3",
        "audio/a.html",
        "audio/",
        "audio/../secret.txt",
    ],
)
def test_anything_else_is_not_found(client, root, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_nothing_is_put_there(client, root):
    assert client.post("/media/images/a.svg").status_code == 405


def test_a_recording_is_handed_out_whole(client, root):
    response = client.get("/media/audio/a.mp3", headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response["Content-Type"]) == (200, "audio/mpeg")
    assert response["Content-Length"] == "100"
    assert (response["Accept-Ranges"], response["X-Content-Type-Options"]) == ("bytes", "nosniff")
    assert b"".join(response.streaming_content) == bytes(range(100))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-", 0, 99), ("bytes=10-19", 10, 19), ("bytes=90-999", 90, 99), ("bytes=-5", 95, 99)],
)
def test_a_player_jumps_in_it(client, root, asked, first, last):
    response = client.get("/media/audio/a.mp3", headers={"Range": asked, "Accept-Encoding": "gzip"})
    assert response.status_code == 206
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert response.content == bytes(range(first, last + 1))


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=500-600"])
def test_a_piece_behind_its_end_is_refused(client, root, asked):
    response = client.get("/media/audio/a.mp3", headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=" + "9" * 40 + "-"]
)
def test_what_is_not_understood_brings_the_whole(client, root, asked):
    assert client.get("/media/audio/a.mp3", headers={"Range": asked}).status_code == 200
