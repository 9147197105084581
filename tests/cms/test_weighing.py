"""What a lesson says it costs: every file once, packed as it is sent, never less than it is."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from cms import authoring, weighing
from cms.models import LessonPage, Picture, Weighing
from common import transfer
from common.transfer import HEADERS, STATIC_HEADERS
from lms import offline

from .conftest import put_lesson

pytestmark = pytest.mark.django_db
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="32"/>'


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def drawn(khoa, *names):
    blocks = []
    for name in names:
        picture, _ = authoring.put_picture(origin=name, title=name, filename=f"{name}.svg", data=DRAWING)
        blocks.append({"type": "illustration", "value": {"picture": picture.pk, "alt": "Đèn", "caption": ""}})
    page = put_lesson(khoa, 3, blocks=blocks)
    authoring.make_live([page])
    return LessonPage.objects.get(pk=page.pk)


def test_the_page_is_counted_as_it_is_packed(client, bai):
    weight = weighing.weigh(bai)

    answer = client.get(bai.path_of_site(), HTTP_ACCEPT_ENCODING="gzip")
    sent = len(answer.content) + sum(len(name) + len(value) + 4 for name, value in answer.items())
    assert sent <= weight.html <= sent + 700
    assert weight.total == weight.html + weight.pictures + weight.other
    assert weight.alone == weight.html + weight.pictures


def test_styles_and_every_module_behind_a_script_are_counted(bai):
    urls = {one.url for one in weighing.weigh(bai).assets}

    for name in (
        "css/site.css",
        "js/lesson.js",
        "js/state.js",
        "js/queue.js",
        "js/store.js",
        "img/icons.svg",
    ):
        assert f"/static/lms/{name}" in urls


def test_what_only_some_pages_load_is_counted_there():
    html = '<p data-practice="a"></p><script type="module" src="/static/lms/js/lesson.js"></script>'

    kinds = {one.url: one.kind for one in weighing.assets_of(html)}
    assert kinds["/static/lms/js/practice.js"] == "other"
    assert kinds["/static/lms/js/aloud.js"] == "later"
    assert kinds["/static/lms/js/steps.js"] == "later"


def test_what_a_button_fetches_is_said_apart(bai, settings):
    """Where the worker has not brought it."""
    settings.OFFLINE = False
    weight = weighing.weigh(bai)
    later = {one.url for one in weight.assets if one.kind == "later"}

    assert {"/static/lms/js/aloud.js", "/static/lms/css/aloud.css", "/static/lms/js/steps.js"} <= later
    assert weight.later == weight.more > 0
    assert not later & {one.url for one in weight.assets if one.kind == "other"}


def test_what_every_page_brings_for_days_without_network_is_in_its_price(client, bai, settings):
    weight = weighing.weigh(bai)
    others = {one.url: one for one in weight.assets if one.kind == "other"}
    worker = client.get("/sw.js", HTTP_ACCEPT_ENCODING="gzip")

    assert others["/sw.js"].bytes >= len(worker.content) + 500
    assert {*offline.PAGES, "/manifest.webmanifest", "/static/lms/img/icon-192.png"} <= set(others)
    for name in ("js/practice.js", "js/aloud.js", "js/steps.js", "js/test.js", "css/aloud.css"):
        assert f"/static/lms/{name}" in others
    assert weight.later == 0  # it is on the phone already
    settings.OFFLINE = False
    weighing.forget(bai)
    assert weighing.weigh(bai).other < weight.other - 20_000


def test_a_picture_twice_in_a_lesson_is_loaded_once(khoa):
    weight = weighing.weigh(drawn(khoa, "a", "a"))

    assert weight.pictures == len(Picture.objects.get(origin="a").file.read()) + HEADERS


def test_pictures_of_a_lesson_are_counted(khoa):
    one = weighing.weigh(drawn(khoa, "a"))

    assert [asset.kind for asset in one.assets].count("picture") == 1
    assert one.alone > one.html


def test_the_widest_picture_that_a_phone_may_choose_is_counted():
    for name, size in (("s.webp", 10), ("l.webp", 900)):
        default_storage.save(f"images/{name}", ContentFile(b"x" * size))
    html = '<img src="/media/images/s.webp" srcset="/media/images/s.webp 480w, /media/images/l.webp 960w">'

    assert weighing.summed(weighing.assets_of(html)).pictures == 900 + HEADERS


def test_what_is_played_is_told_apart():
    default_storage.save("films/a.mp4", ContentFile(b"x" * 700))
    default_storage.save("audio/a.mp3", ContentFile(b"x" * 500))
    weight = weighing.summed(
        weighing.assets_of('<video src="/media/films/a.mp4"></video><p data-audio="/media/audio/a.mp3">')
    )

    assert (weight.video, weight.audio, weight.total) == (700 + HEADERS, 500 + HEADERS, 0)
    assert weight.more == weight.video + weight.audio


def test_what_lessons_share_is_counted_once(khoa, bai):
    other = LessonPage.objects.exclude(pk=bai.pk).get()
    one, two = weighing.weigh(bai), weighing.weigh(other)

    both = weighing.together([one, two])

    assert both.other == one.other
    assert both.html == one.html + two.html


def test_however_a_file_is_sent_it_is_not_more(settings, tmp_path):
    """Brotli over TLS, gzip without; before anything is collected, as it is."""
    settings.STATIC_ROOT = tmp_path / "static"
    css = Path(settings.STATIC_ROOT) / "lms/css/a.css"
    css.parent.mkdir(parents=True)
    for end, size in (("", 900), (".gz", 300), (".br", 200)):
        Path(f"{css}{end}").write_bytes(b" " * size)

    def sent(url: str) -> int:
        file = transfer.file(url)
        return file.bytes - STATIC_HEADERS if file else 0

    assert sent("/static/lms/css/a.css") == 300
    settings.HTTPS = True
    assert sent("/static/lms/css/a.css") == 200
    settings.HTTPS = False
    Path(f"{css}.gz").unlink()
    assert sent("/static/lms/css/a.css") == 900
    assert sent("/static/lms/js/look.js") == len(
        (settings.BASE_DIR / "lms/static/lms/js/look.js").read_bytes()
    )


def test_a_name_that_comes_back_with_another_content_is_read_anew(tmp_path):
    name = default_storage.save("original_images/a.svg", ContentFile(b"<svg/>"))
    before = transfer.file(f"/media/{name}")
    default_storage.delete(name)
    assert transfer.file(f"/media/{name}") is None
    default_storage.save(name, ContentFile(b"<svg></svg>"))
    os.utime(tmp_path / name, (1, 1))
    after = transfer.file(f"/media/{name}")

    assert before
    assert after
    assert before.digest != after.digest


def test_the_price_and_the_download_agree(client, bai):
    """Two lists, one set of figures."""
    listed = {
        one["url"]: one["bytes"] for one in client.get("/ngoai-tuyen/an-toan-tren-mang.json").json()["files"]
    }
    weighed = {one.url: one.bytes for one in weighing.weigh(bai).assets}

    assert bai.path_of_site() in listed
    assert {url: listed[url] for url in listed if url in weighed} == {
        url: weighed[url] for url in weighed if url in listed
    }


def test_files_elsewhere_and_files_that_are_gone_weigh_nothing():
    assert weighing.assets_of('<img src="data:image/png;base64,AA"><img src="/media/images/gone.svg">') == []


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "1 KB"), (92_000, "92 KB"), (92_001, "93 KB"), (1_000_000, "1,0 MB"), (4_150_001, "4,2 MB")],
)
def test_sizes_are_said_rounded_up(count, said):
    assert weighing.words(count).replace("\u00a0", " ") == said


def test_publishing_weighs_a_lesson(khoa, django_capture_on_commit_callbacks):
    page = put_lesson(khoa, 3)
    with django_capture_on_commit_callbacks(execute=True):
        authoring.make_live([page])

    kept = Weighing.objects.get(page=page)
    assert kept.first > kept.alone > 0
    assert kept.words_only > kept.first - kept.alone


def test_what_was_missed_is_weighed_by_the_task_and_then_left_alone(bai):
    from cms.tasks import weigh

    assert weigh() == 2
    assert weigh() == 0
    Weighing.objects.filter(page=bai).update(stamp="old")
    assert weigh() == 1


def test_what_changed_under_the_same_text_is_weighed_anew_by_the_task(bai, monkeypatch):
    """A film was replaced, and the process died before it weighed."""
    from cms.tasks import weigh

    weigh()
    monkeypatch.setattr(weighing, "measured", lambda page, version="": weighing.Weight(html=123_456))
    Weighing.objects.filter(page=bai).update(stamp="")
    weigh()
    assert Weighing.objects.get(page=bai).first == 123_456
