"""Lists of the editor's screens that have nothing to show say so in Vietnamese."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

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
    r"users?|images?|pages?|select|choose|none|yet|log|entries)\b",
    re.IGNORECASE,
)


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


@pytest.mark.parametrize("query", ["", "?q=zzz"])
def test_nothing_to_show_is_said_in_vietnamese(client, quan_tri, query):
    ensure_groups()
    quan_tri.is_superuser = True
    quan_tri.save()
    client.force_login(quan_tri)
    left = {}
    for name in LISTS:
        answer = client.get(reverse(name) + query)
        assert answer.status_code == 200, name
        page = answer.content.decode()
        if answer["Content-Type"] == "application/json":
            page = json.loads(page)["html"]
        if english := [words for words in Said(page).words if ENGLISH.search(words)]:
            left[name] = english
    assert left == {}
