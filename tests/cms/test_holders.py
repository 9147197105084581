"""Which lessons show a picture: found in every kind of block, weighed again when the picture changes."""

import io
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.signals import post_init
from django.test import Client
from django.urls import reverse
from PIL import Image

from cms import authoring, release, weighing
from cms.holders import lessons_with
from cms.importing.exporting import _media_name
from cms.models import LessonPage, Picture, Weighing
from cms.permissions import ensure_groups
from cms.receivers import AT_ONCE
from courses import progress, releasing
from courses.models import Course, Enrolment, Item

from .conftest import paragraph, put_lesson
from .test_practices import VALUE

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"/>'
OTHER = b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="36"><path d="M0 0h64v36"/></svg>'


@pytest.fixture(autouse=True)
def own_media(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo(colour="teal", size=(1600, 900)):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG")
    return out.getvalue()


def uploaded(name="den.svg", data=DRAWING):
    return Picture.objects.create(title="Đèn", file=ContentFile(data, name=name))


def put(khoa, *blocks):
    page = put_lesson(khoa, 3, blocks=[paragraph("Đèn dầu."), *blocks])
    authoring.make_live([page])
    return LessonPage.objects.get(pk=page.pk)


def illustrated(picture):
    return {"type": "illustration", "value": {"picture": picture.pk, "alt": "Đèn", "caption": ""}}


BLOCKS = {
    "illustration": illustrated,
    "steps": lambda picture: {
        "type": "steps",
        "value": [{"action": "Cúp máy", "explanation": "", "picture": picture.pk, "alt": "Nút"}],
    },
    "practice": lambda picture: {
        "type": "practice",
        "id": "kns04-03-t1",
        "value": {
            **VALUE,
            "screens": [
                *VALUE["screens"][:2],
                {
                    **VALUE["screens"][2],
                    "parts": [
                        {"type": "picture", "value": {"picture": picture.pk, "alt": "Đèn", "places": []}}
                    ],
                },
                VALUE["screens"][3],
            ],
        },
    },
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_lesson_that_shows_a_picture_is_found(khoa, kind):
    picture, other = uploaded(), uploaded()
    page = put(khoa, BLOCKS[kind](picture))

    assert lessons_with(picture) == [page]
    assert lessons_with(other) == []


def test_a_draft_shows_nothing_yet(khoa):
    picture = uploaded()
    put_lesson(khoa, 3, blocks=[illustrated(picture)])

    assert lessons_with(picture) == []


def test_only_bodies_that_hold_its_number_are_read(khoa):
    picture = uploaded()
    page = put(khoa, illustrated(picture), {"type": "steps", "value": [{"action": "1", "explanation": ""}]})
    assert lessons_with(picture) == [page]
    loaded = []
    post_init.connect(lambda instance, **_: loaded.append(instance), LessonPage, weak=False, dispatch_uid="t")
    assert lessons_with(Picture(id=10**6 + picture.pk)) == []
    post_init.disconnect(sender=LessonPage, dispatch_uid="t")
    assert loaded == []


def test_a_few_lessons_are_weighed_at_once_and_all_others_by_the_task(
    khoa, monkeypatch, django_capture_on_commit_callbacks
):
    picture = uploaded()
    pages = [put_lesson(khoa, number, blocks=[illustrated(picture)]) for number in range(3, 8)]
    authoring.make_live(pages)
    weighing.keep_stale()
    weighed = []
    monkeypatch.setattr(weighing, "keep", weighed.append)
    with django_capture_on_commit_callbacks(execute=True):
        picture.save()

    assert len(weighed) == AT_ONCE
    assert Weighing.objects.filter(stamp="").count() == 5


# --- Its name ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["den.svg", "Đèn dầu đang sáng.svg", "d" * 200 + ".svg"])
def test_a_name_is_never_given_out_again(name, django_capture_on_commit_callbacks):
    first = uploaded(name)
    url = first.file.url
    with django_capture_on_commit_callbacks(execute=True):
        first.delete()

    assert uploaded(name, OTHER).file.url != url


def test_names_of_what_is_made_of_a_picture_are_never_given_out_again(django_capture_on_commit_callbacks):
    picture = uploaded("d" * 80 + ".jpg", photo())
    url = picture.get_rendition("width-720|format-webp").url
    with django_capture_on_commit_callbacks(execute=True):
        picture.renditions.all().delete()

    assert Picture.objects.get().get_rendition("width-720|format-webp").url != url


def test_a_package_names_a_picture_as_it_was_named(khoa):
    assert _media_name(khoa, uploaded("den-dau.svg"), set()) == "media/den-dau.svg"


def test_a_name_of_before_names_began_by_chance_stays_as_it_is():
    name = "original_images/screenshot20240101-2.png"
    picture = Picture()
    picture.file.name = name
    assert picture.plain_name == name


# --- Another file ------------------------------------------------------------------------------------


def test_a_picture_that_was_replaced_in_the_editors_screens(
    client, khoa, bien, django_capture_on_commit_callbacks
):
    ensure_groups()
    picture = uploaded()
    page = put(khoa, illustrated(picture))
    weighing.keep(page)
    before, url = Weighing.objects.get(page=page).first, picture.file.url
    client.force_login(bien)
    form = {"title": "Đèn", "file": SimpleUploadedFile("den.svg", OTHER), "collection": picture.collection_id}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/admin/images/{picture.pk}/", form).status_code == 302

    picture.refresh_from_db()
    assert picture.file.url != url
    assert client.get(url).status_code == 404
    assert b"M0 0h64v36" in client.get(picture.file.url).getvalue()
    assert Weighing.objects.get(page=page).first > before


@pytest.fixture
def old_reader(khoa, lan):
    """Lan began an edition with a lesson that shows a photograph; it is off the site since."""
    picture = uploaded("den.jpg", photo())
    page = put(khoa, illustrated(picture))
    release.release(page=khoa, by=None)
    course = Course.objects.get(code="KNS04")
    progress.start(lan, course)
    item = Item.objects.get(key=page.item_key)
    releasing.release(course=course, items=list(course.items.exclude(pk=item.pk).exclude(url="")), by=None)
    page.unpublish()
    reader = Client()
    reader.force_login(lan.user)
    reader.address = reverse("learning:withdrawn", args=["an-toan-tren-mang", page.slug])
    return reader


def shown_to(reader):
    """The pictures of the page that can be had."""
    page = reader.get(reader.address).content.decode()
    urls = set(re.findall(r"/media/[^ \"]+", page))
    assert urls
    return {url for url in urls if reader.get(url).status_code == 200}, urls


@pytest.mark.parametrize(("name", "data"), [("a.jpg", photo("maroon")), ("a.svg", OTHER)])
def test_a_withdrawn_lesson_shows_the_picture_that_took_its_place(
    old_reader, name, data, django_capture_on_commit_callbacks
):
    before, named = shown_to(old_reader)
    assert before == named
    picture = Picture.objects.get()
    picture.file = SimpleUploadedFile(name, data)
    with django_capture_on_commit_callbacks(execute=True):
        picture.save()

    there, named = shown_to(old_reader)
    assert there == named
    assert not there & before


def test_a_lesson_withdrawn_later_shows_the_newer_picture_too(khoa, django_capture_on_commit_callbacks):
    page = put(khoa, illustrated(picture := uploaded("den.jpg", photo())))
    picture.file = SimpleUploadedFile("a.jpg", photo("maroon"))
    with django_capture_on_commit_callbacks(execute=True):
        picture.save()

    html = Item.objects.get(key=page.item_key).revision.html
    names = re.findall(r"/media/([^ \"]+)", html)
    assert set(names) <= set(Picture.objects.get().names)
    assert names


def of_a_picture(picture, verb):
    if verb == "one":
        return f"/admin/images/{picture.pk}/delete/"
    return reverse("wagtail_bulk_action", args=["cms", "picture", "delete"]) + f"?id={picture.pk}"


@pytest.mark.parametrize("verb", ["one", "many"])
def test_what_a_lesson_shows_is_not_deleted(client, khoa, bien, verb):
    ensure_groups()
    client.force_login(bien)
    picture = uploaded()
    page = put(khoa, illustrated(picture))
    answer = client.post(of_a_picture(picture, verb), follow=True)

    assert "Hình đang có trong bài “Bài 3”." in answer.content.decode()
    page.delete()
    assert client.post(of_a_picture(picture, verb)).status_code == 302
    assert not Picture.objects.exists()


def test_what_was_uploaded_and_shown_since_is_not_deleted_beside_its_upload(client, khoa, bien):
    ensure_groups()
    client.force_login(bien)
    page = put(khoa, illustrated(picture := uploaded()))
    beside = f"/admin/images/multiple/{picture.pk}/delete/"
    assert client.post(beside).json()["success"] is False
    assert "Hình đang có trong bài “Bài 3”." in client.get("/admin/images/").content.decode()
    page.delete()
    assert client.post(beside).json()["success"] is True
    assert not Picture.objects.exists()


def test_what_a_withdrawn_lesson_shows_is_not_deleted(client, old_reader, bien):
    ensure_groups()
    client.force_login(bien)
    picture = Picture.objects.get()
    assert "người học từ trước" in client.get(of_a_picture(picture, "one")).content.decode()
    client.post(of_a_picture(picture, "one"))
    assert Picture.objects.exists()
    Enrolment.objects.all().delete()
    client.post(of_a_picture(picture, "one"))
    assert not Picture.objects.exists()


def test_of_two_who_replace_a_picture_nothing_is_left_behind(django_capture_on_commit_callbacks):
    uploaded()
    one, two = Picture.objects.get(), Picture.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        for mine in (one, two):
            mine.file = SimpleUploadedFile("a.svg", OTHER)
            mine.save()

    assert [file.name for file in Path(two.file.path).parent.iterdir()] == [Path(two.file.name).name]


def test_of_a_photograph_put_again_by_a_package_nothing_old_is_shown(django_capture_on_commit_callbacks):
    said = {"origin": "p", "title": "p", "filename": "p.jpg"}
    picture, _ = authoring.put_picture(**said, data=photo())
    old = picture.get_rendition("width-720|format-webp")
    with django_capture_on_commit_callbacks(execute=True):
        authoring.put_picture(**said, data=photo("maroon"))

    picture = Picture.objects.get()
    assert picture.get_rendition("width-720|format-webp").url != old.url
    assert not old.file.storage.exists(old.file.name)
