"""Static files carry a mark of their content; pages can be written before they are collected."""

import pytest
from django.core.files.base import ContentFile

from cms.publishing import frozen
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
