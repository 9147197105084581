"""The editor's screens speak Vietnamese: nothing that Wagtail would say in English remains."""

import html
import json
import re
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils.translation import override
from wagtail.admin.paginator import WagtailPaginator
from wagtail.models import Collection, Page

from certificates.models import Design
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
    "Explore child pages", "page log entr",
    "There are ", "There is ", "Add a child page to", "Site history",
    "GMT", "Deutsch", "There are no differences",
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
    yield from (reverse("ngan-hang:index") + f"?q={word}" for word in ("zzz", "cau", "0"))
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


def test_words_that_wagtail_does_not_offer_to_translate(editor, khoa):  # noqa: F811
    Design.objects.create(issuer="Xã An Dương", city="Hải Phòng", active=True)
    home = editor.get(reverse("wagtailadmin_home")).content.decode()
    assert 'type="submit" value="Tìm"' in home
    assert 'value="Search"' not in home
    for name in ("ngan-hang:index", "mau-giay:index", "wagtailimages:index", "wagtailadmin_explore_root"):
        page = editor.get(reverse(name)).content.decode()
        assert 'aria-label="Actions"' not in page, name
        assert "Pages created here" not in page, name
    found = editor.get(reverse("wagtailadmin_pages:search"), {"q": "an"}).content.decode()
    assert "None" not in re.sub(r"<[^>]*>", "", found)


def test_designs_are_listed_in_vietnamese(editor):  # noqa: F811
    Design.objects.create(issuer="Xã An Dương", city="Hải Phòng", active=True)
    Design.objects.create(issuer="Xã Cũ", city="Hải Phòng", active=False)
    page = editor.get(reverse("mau-giay:index")).content.decode()
    cells = [re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r"<t[dh].*?</t[dh]>", page, re.S)]
    assert {"Khóa học", "có", "không"} <= set(cells)
    assert not {"Course", "True", "False"} & set(cells)


def test_counted_things_are_named_in_vietnamese():
    with override("vi"):
        assert WagtailPaginator(["một"], 20).items_count_label == "1 mục"


def test_the_roots_are_named_before_anything_else_runs():
    """As a fresh database is after its migrations."""
    rename = import_module("cms.migrations.0003_vietnamese_root").rename
    Page.objects.filter(depth=1).update(title="Root", draft_title="Root")
    Collection.objects.filter(depth=1).update(name="Root")
    rename(apps, None)
    assert list(Page.objects.filter(depth=1).values_list("title", "draft_title")) == [("Gốc", "Gốc")]
    assert list(Collection.objects.filter(depth=1).values_list("name", flat=True)) == ["Gốc"]


def test_an_official_at_the_editors_door_is_told_in_vietnamese_and_led_back(client, chi):
    client.force_login(chi)
    words = client.get("/admin/", follow=True).content.decode()
    assert "You do not have" not in words
    assert "Tên này không được mở trang soạn bài." in words
    assert 'href="/quan-ly/">Về trang làm việc của bạn' in words
