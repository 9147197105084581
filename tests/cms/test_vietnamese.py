"""The editor's screens speak Vietnamese: nothing that Wagtail would say in English remains."""

import html
import json
import re

import pytest
from django.urls import reverse

from cms.models import Picture
from quizzes.models import Question

from .test_editor import editor  # noqa: F401

pytestmark = pytest.mark.django_db
ENGLISH = [
    "Skip to main content", "All keyboard shortcuts", "Show keyboard shortcuts", "Paste without formatting",
    "Edit account avatar", "Date updated", "Edited by", "Has child pages", "Page type", "Side panel width",
    "No publishing schedule", "Anyone can edit", "Once live anyone", "Change privacy", "Privacy changes",
    "Referenced ", "Focus on the drag button", "Disable custom ordering", "selected pages", "Select row",
    "Correct the validation errors", "Content metrics", "A network error", "Toggle s", "Autosave is",
    "Item 1 of", "is referenced", "Are you sure", "Select a new parent", "matching pages", "Sorry, no",
    "Usage count", "Add to collection", "Delete selected", "Supported formats", "focal point",
    "Max dimensions", "Profile picture", "System default", "More contrast", "match your query",
    "Explore child pages", "page log entr", "Site history", "GMT", "Deutsch", "There are no differences",
]  # fmt: skip
JS = [
    "Collapse all", "Expand all", "Search options…", "Insert a block", "Duplicate", "Move up", "Drag",
    "Pin toolbar", "Split block", "Page explorer", "Main menu", "Autosave in progress…",
    "Enter your comments...",
]  # fmt: skip


def screens(khoa, bai):
    question = Question.objects.get(key="kns04-f00").pk
    picture = Picture.objects.create(title="Đèn", file="x.svg", width=1, height=1, file_size=1).pk
    yield reverse("wagtailadmin_home")
    yield reverse("wagtailadmin_explore", args=[khoa.pk])
    yield reverse("wagtailadmin_explore", args=[khoa.pk]) + "?ordering=title"
    for name in ("edit", "history", "copy", "move", "usage"):
        yield reverse(f"wagtailadmin_pages:{name}", args=[khoa.pk])
    yield reverse("wagtailadmin_pages:edit", args=[bai.pk])
    yield reverse("wagtailadmin_pages:revisions_compare", args=[bai.pk, "earliest", "latest"])
    for name in ("move", "publish"):
        yield reverse("wagtail_bulk_action", args=["wagtailcore", "page", name]) + f"?id={bai.pk}"
    yield from (reverse("wagtailadmin_pages:search") + f"?q={word}" for word in ("an", "zzz"))
    yield reverse("wagtailimages:index")
    yield from (reverse(f"wagtailimages:{name}", args=[picture]) for name in ("edit", "delete"))
    yield reverse("wagtailimages:add_multiple")
    yield reverse("ngan-hang:index") + "?q=zzz"
    yield from (reverse(f"ngan-hang:{name}", args=[question]) for name in ("edit", "delete", "history"))
    yield from (reverse(f"ngan-hang:{name}") for name in ("index", "add"))
    yield reverse("wagtailadmin_account")
    yield reverse("cms_release", args=[khoa.pk])


def test_no_screen_speaks_english(editor, khoa, bai):  # noqa: F811
    left = {}
    for url in screens(khoa, bai):
        response = editor.get(url)
        assert response.status_code == 200, url
        text = re.sub(r"\s+", " ", html.unescape(response.content.decode()))
        left |= {word: url for word in ENGLISH if word in text}
    assert left == {}


def test_the_scripts_speak_vietnamese(editor):  # noqa: F811
    response = editor.get(reverse("wagtailadmin_javascript_catalog"))
    words = json.loads(re.search(r"const newcatalog = (\{.*?\n\s*\});", response.content.decode(), re.S)[1])
    assert [word for word in JS if words.get(word, word) == word] == []
    assert words["Collapse all"] == "Gập tất cả"


def test_the_words_of_scripts_are_for_the_admin(client, khoa):
    assert client.get(reverse("wagtailadmin_javascript_catalog")).status_code == 302
