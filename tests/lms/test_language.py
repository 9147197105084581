"""No sentence of a library reaches our screens in English: gettext is wrapped while they are walked."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from tests.make import app_code

from .everybody import ROLES, signed_in
from .test_every_form import FORMS
from .test_every_url import TABLE

# Said to no person: names of settings, formats and languages; words that are the same in both.
SILENT = re.compile(r"^(\W*|[A-Z_]+|[a-z]{2}|[djnNYmyFGgHhiAPs/:., \\-]+)$")
SAME = {"Email", "OpenID Connect"}


@pytest.fixture
def untranslated(monkeypatch):
    """The English msgids that came back as they were, with the page that asked."""
    found: set[tuple[str, str]] = set()
    now = {"path": ""}

    def wrap(name: str, msgid: int) -> None:
        original = getattr(translation._trans, name)

        def asked(*args):
            answer = original(*args)
            message = str(args[msgid])
            if (
                str(answer) == message
                and message.isascii()
                and not SILENT.match(message)
                and message not in SAME
            ):
                found.add((message, now["path"]))
            return answer

        monkeypatch.setattr(translation._trans, name, asked)

    for name, msgid in (("gettext", 0), ("ngettext", 0), ("pgettext", 1), ("npgettext", 1)):
        wrap(name, msgid)
    return found, now


def test_the_wrap_hears_english_and_not_what_has_words(untranslated):
    found, _ = untranslated
    str(translation.gettext_lazy("An English sentence."))
    translation.gettext("This field is required.")
    translation.gettext("Thoát")
    translation.pgettext("naming", "Another one")
    assert found == {("An English sentence.", ""), ("Another one", "")}


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_screen_speaks_vietnamese(role, cast, hers, untranslated):
    found, now = untranslated
    client = signed_in(role, cast)
    for path in TABLE:
        if path.startswith("/admin/"):
            continue  # the editor's screens: tests/cms
        now["path"] = path
        client.get(path.format(**hers))
    for path in FORMS:
        if path == "/dang-xuat/":
            continue  # the rest is asked by who is in
        for data in ({}, {"code": "x", "login": "x", "password": "x", "phone": "x", "next": "//x"}):
            now["path"] = f"POST {path}"
            client.post(path.format(**hers), data)
    assert found == set()


@pytest.mark.django_db
def test_the_second_step_and_its_set_up_too(client, quan_tri, untranslated):
    found, now = untranslated
    sign_in = {"login": quan_tri.email, "password": "mat-khau-quan-tri", "cach": "thu"}
    for path, data in (
        ("/dang-nhap/", sign_in),
        ("/dang-nhap/ma/", {"code": "x"}),
        ("/dang-nhap/ma/", {"credential": "x"}),
        ("/dang-nhap/ma/", {"code": app_code()}),
        ("/hai-buoc/ung-dung/bo/", {}),
        ("/hai-buoc/khoa/", {"name": "x" * 90, "credential": "{}"}),
        ("/hai-buoc/ma-du-phong/", {}),
    ):
        now["path"] = path
        client.post(path, data)
        client.get(path)
    assert "_auth_user_id" in client.session  # she was in, so the screens were shown
    assert found == set()
