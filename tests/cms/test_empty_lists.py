"""Lists of the editor's screens that have nothing to show say so in Vietnamese."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.models import Page

from certificates.models import Design
from cms.models import Picture
from cms.permissions import ensure_groups

pytestmark = pytest.mark.django_db
LISTS = (
    *("ngan-hang:index", "mau-giay:index", "phim:index", "wagtailimages:index"),
    *("wagtailusers_users:index", "wagtailadmin_pages:search", "wagtailimages_chooser:choose_results"),
    *("wagtailimages_chooser:choose", "wagtailadmin_choose_page", "wagtailadmin_choose_page_search"),
    *(
        f"wagtailadmin_reports:{name}"
        for name in ("aging_pages", "locked_pages", "site_history", "page_types_usage")
    ),
)
SILENT = {"script", "style", "svg", "template"}
# Words of every sentence in English, and of none in Vietnamese.
ENGLISH = re.compile(
    r"\b(?:the|there|are|not|why|you|your|haven't|match|matches|any|with|for|this|these|that|of|and|by|have|"
    r"been|was|search|filter|filters|clear|show|all|add|sorry|results?|nothing|found|display|upload\w*|"
    r"users?|images?|pages?|select|choose|yet|log|entries)\b",
    re.IGNORECASE,
)
MODEL = re.compile(r"[a-z]+\.[a-z]+")  # its name in the code, beside the one in words


class Said(HTMLParser):
    """What is read or heard."""

    def __init__(self, page):
        super().__init__()
        self.words, self._silent = [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._silent += tag in SILENT
        heard = {"aria-label", "placeholder", "title", "alt"}
        self.words += [value for name, value in attrs if value and name in heard]

    def handle_endtag(self, tag):
        self._silent -= tag in SILENT

    def handle_data(self, data):
        if not self._silent:
            self.words.append(" ".join(data.split()))


def english(answer):
    page = answer.content.decode()
    if answer["Content-Type"] == "application/json":
        page = json.loads(page)["html"]
    said = Said(page).words
    return [words for words in said if ENGLISH.search(words) and not MODEL.fullmatch(words)]


@pytest.mark.parametrize("query", ["", "?q=zzz"])
def test_nothing_to_show_is_said_in_vietnamese(client, quan_tri, query):
    ensure_groups()
    quan_tri.is_superuser = True
    quan_tri.save()
    client.force_login(quan_tri)
    Page.objects.filter(depth=2).update(title="Trang chủ", draft_title="Trang chủ")  # Wagtail's own welcome
    left = {}
    for name in LISTS:
        answer = client.get(reverse(name) + query)
        assert answer.status_code == 200, name
        if found := english(answer):
            left[name] = found
    assert left == {}


PIXEL = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
FORMS = {
    "phim": {},
    "mau-giay": {"issuer": "Xã", "city": "Hải Phòng", "active": "on"},
    "images": {"title": "Đèn", "collection": 1},
}


@pytest.mark.parametrize("name", FORMS)
def test_what_was_saved_or_refused_is_said_in_vietnamese(client, quan_tri, bien, name, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ensure_groups()
    client.force_login(bien)
    new = {"images": "/admin/images/add/"}.get(name, f"/admin/{name}/new/")
    assert english(client.get(new)) == []
    assert english(client.post(new, {})) == []
    if not FORMS[name]:
        return
    file = {"file": SimpleUploadedFile("a.svg", PIXEL)} if name == "images" else {}
    answer = client.post(new, {**FORMS[name], **file}, follow=True)
    assert answer.redirect_chain
    assert english(answer) == []
    row = (Design if name == "mau-giay" else Picture).objects.get().pk
    edit = f"/admin/images/{row}/" if name == "images" else f"/admin/{name}/edit/{row}/"
    assert english(client.get(edit)) == []
    assert english(client.post(edit, {})) == []
    answer = client.post(edit, FORMS[name], follow=True)
    assert answer.redirect_chain
    assert english(answer) == []
