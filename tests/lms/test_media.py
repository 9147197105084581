"""Pictures, films and recordings of pages are public, everything else under MEDIA_ROOT is not."""

import errno
from pathlib import Path

import pytest


@pytest.fixture
def root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for folder in ("original_images", "images", "documents"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for folder in ("audio", "films"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.html").write_text("<script>")
    (tmp_path / "audio" / "a.mp3").write_bytes(bytes(range(100)))
    (tmp_path / "films" / "a.mp4").write_bytes(bytes(range(100)))
    (tmp_path / "films" / "a.vtt").write_text("WEBVTT")
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
        "films/none.mp4",
        "films/a.html",
        "films/",
    ],
)
def test_anything_else_is_not_found(client, root, path):
    assert client.get(f"/media/{path}").status_code == 404


def test_nothing_is_put_there(client, root):
    assert client.post("/media/images/a.svg").status_code == 405


PLAYED = [("audio/a.mp3", "audio/mpeg"), ("films/a.mp4", "video/mp4")]


def played(client, path, asked):
    return client.get(f"/media/{path}", headers={"Range": asked, "Accept-Encoding": "gzip"})


@pytest.mark.parametrize(("path", "kind"), PLAYED)
def test_what_is_played_is_handed_out_whole(client, root, path, kind):
    response = client.get(f"/media/{path}", headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response["Content-Type"]) == (200, kind)
    assert response["Content-Length"] == "100"
    assert (response["Accept-Ranges"], response["X-Content-Type-Options"]) == ("bytes", "nosniff")
    assert response.getvalue() == bytes(range(100))


@pytest.mark.parametrize(("path", "kind"), PLAYED)
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-", 0, 99), ("bytes=10-19", 10, 19), ("bytes=90-999", 90, 99), ("bytes=-5", 95, 99)],
)
def test_a_player_jumps_in_it(client, root, path, kind, asked, first, last):
    response = played(client, path, asked)
    assert (response.status_code, response["Content-Type"]) == (206, kind)
    assert response["Content-Range"] == f"bytes {first}-{last}/100"
    assert response["Content-Length"] == str(last - first + 1)
    assert response["Content-Encoding"] == "identity"
    assert response.getvalue() == bytes(range(first, last + 1))


def test_a_long_piece_is_never_whole_in_memory(client, root):
    data = bytes(range(256)) * 1024
    (root / "films" / "b.mp4").write_bytes(data)

    parts = list(played(client, "films/b.mp4", "bytes=5-").streaming_content)
    assert max(len(part) for part in parts) <= 65536
    assert b"".join(parts) == data[5:]


@pytest.mark.parametrize(("path", "kind"), PLAYED)
@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=5000-", "bytes=-0", "bytes=500-600"])
def test_a_piece_behind_its_end_is_refused(client, root, path, kind, asked):
    response = played(client, path, asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */100")


@pytest.mark.parametrize(("path", "kind"), PLAYED)
@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=" + "9" * 40 + "-"]
)
def test_what_is_not_understood_brings_the_whole(client, root, path, kind, asked):
    assert played(client, path, asked).status_code == 200


def test_captions_are_handed_out(client, root):
    response = client.get("/media/films/a.vtt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/vtt")


@pytest.mark.parametrize(
    "path",
    [
        *(f"films/{'a' * 300}.{end}" for end in ("mp4", "vtt")),
        *(f"images/{'a' * 300}.svg", f"films/{'a' * 300}/b.mp4", f"films/{'ế' * 200}.mp4"),
    ],
)
def test_a_name_that_no_disk_takes_is_not_there(client, root, path):
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("path", ["films/a.mp4", "films/a.vtt", "images/a.svg"])
def test_a_disk_that_fails_is_not_an_empty_one(client, root, monkeypatch, path, number):
    def fails(*args, **kwargs):
        raise OSError(number, "the disk")

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(OSError, match="the disk"):
        client.get(f"/media/{path}")


@pytest.mark.parametrize("path", ["films/a.mp4", "films/a.vtt", "images/a.svg"])
def test_a_file_that_goes_while_it_is_opened_is_not_there(client, root, monkeypatch, path):
    def gone(*args, **kwargs):
        raise FileNotFoundError(errno.ENOENT, "replaced just now")

    monkeypatch.setattr(Path, "open", gone)
    assert client.get(f"/media/{path}").status_code == 404
