"""Static files carry a mark of their content; pages can be written before they are collected."""

import json

import pytest
from django.core.files.base import ContentFile
from django.templatetags.static import static

from cms.publishing import frozen
from deploy.embedded import read_static_names
from lms.staticfiles import ModuleManifestStorage


@pytest.fixture
def storage(tmp_path):
    return ModuleManifestStorage(location=tmp_path, base_url="/static/")


def test_file_that_was_not_collected_keeps_its_name(storage):
    assert storage.url("lms/img/none.svg") == "/static/lms/img/none.svg"


def test_collected_file_carries_a_mark(storage):
    assert storage.hashed_name("a.css", ContentFile(b"body{}")) != "a.css"


def test_frozen_lesson_does_not_change_with_a_release():
    html = '<use href="/static/lms/img/icons.0123456789ab.svg#i-tip"/><a href="/khoa-hoc/">'
    assert frozen(html) == '<use href="/static/lms/img/icons.svg#i-tip"/><a href="/khoa-hoc/">'


def test_names_collected_after_loading_are_read_again(settings, tmp_path):
    """`make run` loads the site once, before the first start collects the files."""
    settings.STATIC_ROOT = tmp_path
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "lms.staticfiles.ModuleManifestStorage"}}
    settings.STORAGES = storages
    assert static("lms/js/lesson.js") != "/static/lms/js/lesson.1234.js"
    manifest = {"version": "1.1", "paths": {"lms/js/lesson.js": "lms/js/lesson.1234.js"}, "hash": "1"}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    read_static_names()
    assert static("lms/js/lesson.js") == "/static/lms/js/lesson.1234.js"
