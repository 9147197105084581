"""The worker, the manifest, the offline home, and the list of what a course weighs."""

from __future__ import annotations

import gzip
import hashlib
import json
import re

import pytest
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import RequestFactory
from PIL import Image

from cms import authoring
from cms.aloud import recordings
from cms.aloud.reading import text_of
from common import audio
from lms import offline_files, pagecache
from tests import sounds
from tests.cms.conftest import paragraph, put_course, put_lesson

LIST = "/ngoai-tuyen/an-toan-tren-mang.json"
PLAIN = ["/sw.js", "/manifest.webmanifest", "/ngoai-tuyen/", LIST]


@pytest.fixture
def khoa(db):
    course = put_course()
    lessons = [put_lesson(course, number) for number in (1, 2)]
    authoring.make_live([course, *lessons])
    return course


@pytest.mark.parametrize("path", PLAIN)
def test_the_same_for_everybody(client, khoa, lan, path):
    anonymous = client.get(path)
    client.force_login(lan.user)
    signed_in = client.get(path)
    assert anonymous.status_code == 200
    assert signed_in.content == anonymous.content
    for answer in (anonymous, signed_in):
        assert "cookie" not in answer.headers.get("Vary", "").lower()
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-cache"  # asked again each time: a new worker is seen at once
        assert lan.name not in answer.content.decode()


@pytest.mark.parametrize("path", PLAIN)
def test_only_read(client, khoa, path):
    assert client.post(path).status_code == 405


# --- The worker ---


def shell(client) -> list[str]:
    found = re.search(r"^const SHELL = (.+);$", client.get("/sw.js").content.decode(), re.MULTILINE)
    assert found
    return list(json.loads(found[1]))


def version(client) -> str:
    found = re.match(r'const VERSION = "([0-9a-f]{12})";\n', client.get("/sw.js").content.decode())
    assert found
    return found[1]


def test_the_shell_holds_what_a_page_without_network_names(client, khoa):
    urls = shell(client)
    assert urls[:2] == ["/ngoai-tuyen/", "/viec-tren-may/"]
    for name in ("state", "queue", "store", "offline", "download", "offline-home", "test", "practice"):
        assert f"/static/lms/js/{name}.js" in urls
    assert {"/static/lms/css/site.css", "/static/lms/img/icons.svg"} <= set(urls)
    assert len(urls) == len(set(urls))
    assert not [url for url in urls if url.startswith(("/hoc-tap/", "/api/", "/media/"))]


def test_a_script_as_the_browser_wants_it(client, khoa):
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert not re.search(r"^\s*(import|export) ", answer.content.decode(), re.MULTILINE)  # classic
    # Nothing that is open loses its files: never by itself.
    assert re.findall(r".*skipWaiting.*", answer.content.decode()) == [
        "  if (length === 1) await self.skipWaiting();"
    ]


def test_another_file_makes_another_version(client, khoa, monkeypatch):
    before = version(client)
    assert version(client) == before
    monkeypatch.setattr("lms.offline.FILES", ("lms/js/lesson.js",))
    pagecache.bump()
    assert version(client) != before


def test_the_way_out_of_a_broken_worker(client, khoa, settings):
    settings.OFFLINE = False
    worker = client.get("/sw.js").content.decode()
    assert "skipWaiting()" in worker
    assert "registration.unregister()" in worker
    assert "kept-" not in worker
    assert "sheet-" not in worker
    page = client.get("/khoa-hoc/an-toan-tren-mang/").content.decode()
    assert "offline.js" not in page
    assert "manifest" not in page


def test_every_page_brings_the_worker(client, khoa, lan):
    client.force_login(lan.user)
    for path in ("/", "/khoa-hoc/an-toan-tren-mang/bai-1/", "/hoc-tap/", "/ngoai-tuyen/"):
        page = client.get(path).content.decode()
        assert '<script type="module" src="/static/lms/js/offline.js"></script>' in page
        assert '<link rel="manifest" href="/manifest.webmanifest">' in page


# --- The manifest ---


def test_the_manifest_is_in_vietnamese_with_icons_that_are_there(client, khoa):
    answer = client.get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json; charset=utf-8"
    said = answer.json()
    assert (said["name"], said["lang"], said["scope"], said["display"]) == (
        "Học Vụ Số",
        "vi",
        "/",
        "standalone",
    )
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    for icon in said["icons"]:
        path = finders.find(icon["src"].removeprefix("/static/"))
        with Image.open(path) as picture:
            assert f"{picture.width}x{picture.height}" == icon["sizes"]


# --- What a course weighs ---


def test_the_list_is_what_is_really_sent(client, khoa):
    said = client.get(LIST).json()
    files = {file["url"]: file for file in said["files"]}
    assert said["bytes"] == sum(file["bytes"] for file in said["files"])
    pages = [said["url"], *(lesson["url"] for lesson in said["lessons"])]
    assert [file["url"] for file in said["files"]][-3:] == pages  # a page comes after what it names
    for url in pages:
        sent = client.get(url, HTTP_ACCEPT_ENCODING="gzip")
        headers = sum(len(name) + len(value) + 4 for name, value in sent.items())
        body = gzip.decompress(sent.content)
        assert files[url]["size"] == len(body)
        assert files[url]["digest"] == hashlib.sha256(body).hexdigest()[:16]
        assert files[url]["bytes"] >= len(sent.content) + headers
        assert files[url]["bytes"] <= len(sent.content) + 1000  # and not much more than the truth


def test_recordings_are_listed_apart_with_their_own_price(
    client, khoa, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    before = client.get(LIST).json()
    first, second = khoa.live_lessons()
    with django_capture_on_commit_callbacks(execute=True):
        row = recordings.put(page=first, sound=audio.read(sounds.mp3(8)), text_digest=text_of(first).digest)
        recordings.put(page=second, sound=audio.read(sounds.mp3(9)), text_digest="of another text")
    said = client.get(LIST).json()
    assert before["sounds"] == []
    (sound,) = said["sounds"]  # the second one is out of date: it is not offered
    with row.file.open("rb") as file:
        body = file.read()
    assert (sound["url"], sound["size"]) == (row.file.url, len(body))
    assert sound["digest"] == hashlib.sha256(body).hexdigest()[:16]
    sent = client.get(sound["url"])
    headers = sum(len(name) + len(value) + 4 for name, value in sent.items())
    assert len(body) + headers <= sound["bytes"] <= len(body) + 1000
    assert not [file for file in said["files"] if "/audio/" in file["url"]]
    assert said["bytes"] == sum(file["bytes"] for file in said["files"])
    first.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        recordings.remove(page=first)
    assert client.get(LIST).json()["sounds"] == []


def test_the_list_names_lessons_and_edition(client, khoa):
    said = client.get(LIST).json()
    assert (said["course"], said["title"], said["edition"]) == (
        "an-toan-tren-mang",
        "An toàn trên mạng",
        None,
    )
    assert [(one["title"], one["item"]) for one in said["lessons"]] == [
        ("Bài 1", "kns04-01"),
        ("Bài 2", "kns04-02"),
    ]


def test_a_changed_lesson_changes_the_list_at_once(client, khoa, django_capture_on_commit_callbacks):
    before = {file["url"]: file["digest"] for file in client.get(LIST).json()["files"]}
    lesson = khoa.live_lessons().first()
    with django_capture_on_commit_callbacks(execute=True):
        put_lesson(khoa, 1, blocks=[paragraph("Lời mới của bài này")])
        authoring.make_live([lesson])
    after = {file["url"]: file["digest"] for file in client.get(LIST).json()["files"]}
    assert {url for url in after if after[url] != before.get(url)} >= {"/khoa-hoc/an-toan-tren-mang/bai-1/"}
    assert after["/khoa-hoc/an-toan-tren-mang/bai-2/"] == before["/khoa-hoc/an-toan-tren-mang/bai-2/"]


@pytest.mark.parametrize("course", ["khong-co", "AN-TOAN", "an-toan-tren-mang-2"])
def test_no_such_course(client, khoa, course):
    assert client.get(f"/ngoai-tuyen/{course}.json").status_code == 404


def test_a_course_that_is_not_live_has_no_list(client, khoa):
    khoa.unpublish()
    assert client.get(LIST).status_code == 404


def test_scripts_bring_what_they_import_and_drawings_count_once(db):
    html = '<script src="/static/lms/js/lesson.js"></script><use href="/static/lms/img/icons.svg#i-tip"/>'
    files = offline_files.files_of([html, html])
    names = [file.url.rsplit("/", 1)[1] for file in files]
    assert {"lesson.js", "queue.js", "store.js", "state.js", "practice.js", "icons.svg"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "named",
    [
        'href="https://example.vn/static/x.js"',
        'href="//example.vn/x.png"',
        'href="/hoc-tap/"',
        'href="/media/secret.txt"',
        'src="/media/original_images/khong-co.svg"',
        'src="/static/lms/js/khong-co.js"',
        'src="/media/phim.mp4"',
    ],
)
def test_what_is_no_file_of_ours_is_left_out(db, named):
    assert offline_files.files_of([f"<a {named}>"]) == []


def test_a_picture_counts_as_large_as_it_may_be_sent(db):
    body = bytes(range(256)) * 40
    name = default_storage.save("images/do-can.webp", ContentFile(body))
    try:
        (file,) = offline_files.files_of([f'<img src="/media/{name}">'])
    finally:
        default_storage.delete(name)
    assert file.size == len(body)
    assert file.bytes >= len(body)


def test_a_page_is_rendered_for_nobody(client, khoa, lan):
    """Whoever asks for the list first: her cookies reach no page that is measured."""
    request = RequestFactory().get(LIST, HTTP_COOKIE="sessionid=abc; hvs_in=1")
    body = offline_files.rendered(request, "/khoa-hoc/an-toan-tren-mang/bai-1/")
    assert body == client.get("/khoa-hoc/an-toan-tren-mang/bai-1/").content
    with pytest.raises(Http404):
        offline_files.rendered(request, "/khoa-hoc/khong-co/")
