"""No form of ours is sent without its token: every template read, every page of ours walked.

`include … only` takes the token away in silence, and only a browser notices.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts import leaving
from accounts.models import Learner

from .everybody import ROLES, signed_in
from .test_every_url import TABLE

TEMPLATES = {
    str(path.relative_to(folder)): path.read_text()
    for folder in sorted(Path(settings.BASE_DIR).glob("*/templates"))
    for path in sorted(folder.rglob("*.html"))
}
FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.DOTALL)
INCLUDE = re.compile(r'{% include "([^"]+)"([^%]*)%}')
POSTS = re.compile(r'method="?post', re.IGNORECASE)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w{64}"')


def posts(form: str) -> bool:
    """Whether the form's own tag says that it is sent; `%}` and `>` both end one."""
    return bool(POSTS.search(form.split("csrf", 1)[0][:400]))


def needs_token(name: str) -> bool:
    text = TEMPLATES.get(name, "")
    return "csrf_token" in text or any(needs_token(inner) for inner, _ in INCLUDE.findall(text))


def test_every_form_of_every_template_has_its_token():
    forms = [(name, form) for name, text in TEMPLATES.items() for form in FORM.findall(text) if posts(form)]
    assert len(forms) > 60
    assert [name for name, form in forms if "csrf_token" not in form] == []


def test_no_template_with_a_form_is_included_alone():
    alone = [
        (name, inner)
        for name, text in TEMPLATES.items()
        for inner, rest in INCLUDE.findall(text)
        if "only" in rest.split() and "csrf_token=csrf_token" not in rest and needs_token(inner)
    ]
    assert alone == []


def bare(client: Client, hers: dict[str, object]) -> list[str]:
    """The pages of ours that show a form without its token."""
    found = []
    for path in TABLE:
        answer = client.get(path.format(**hers))
        if "html" in answer.get("Content-Type", "") and not answer.streaming:
            forms = [form for form in FORM.findall(answer.content.decode()) if posts(form)]
            found += [path for form in forms if not TOKEN.search(form)]
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_page_shows_forms_with_their_token(role, cast, hers):
    assert bare(signed_in(role, cast, enforce_csrf_checks=True), hers) == []


@pytest.mark.django_db
def test_who_waits_to_be_erased_can_say_that_she_stays(hers, lan_in, lan):
    leaving.leave(learner=lan, kind="erase")
    assert bare(lan_in, hers) == []
    for page in ("/du-lieu-cua-toi/", "/du-lieu-cua-toi/xoa/"):
        leaving.leave(learner=lan, kind="erase")
        html = lan_in.get(page).content.decode()
        form = next(form for form in FORM.findall(html) if "/du-lieu-cua-toi/o-lai/" in form)
        sent = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
        assert lan_in.post("/du-lieu-cua-toi/o-lai/", sent).status_code == 302
        assert Learner.objects.get(pk=lan.pk).leaving_at is None
