"""Which lessons show a picture: found in every kind of block, weighed again when the picture changes."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms import authoring, weighing
from cms.holders import lessons_with
from cms.importing.exporting import _media_name
from cms.models import LessonPage, Picture, Weighing
from cms.permissions import ensure_groups

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


def test_of_a_photograph_put_again_by_a_package_nothing_old_is_shown(django_capture_on_commit_callbacks):
    said = {"origin": "p", "title": "p", "filename": "p.jpg"}
    picture, _ = authoring.put_picture(**said, data=photo())
    old = picture.get_rendition("width-720|format-webp")
    with django_capture_on_commit_callbacks(execute=True):
        authoring.put_picture(**said, data=photo("maroon"))

    picture = Picture.objects.get()
    assert picture.get_rendition("width-720|format-webp").url != old.url
    assert not old.file.storage.exists(old.file.name)
