"""The menu of the desk: what each may reach, where she is, folded on a phone without script."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from accounts import trust
from lms.templatetags.desk import GROUPS

from .everybody import signed_in

ALL = [entry.url for _, entries in GROUPS for entry in entries]
# The first screen of each role, and what the menu there offers.
OFFERED = {
    "chi": ("/quan-ly/", set(ALL) - {"/quan-ly/bao-dong/", "/quan-ly/tin-da-gui/", "/admin/"}),
    "quan_tri": ("/quan-ly/", set(ALL)),
    "binh": ("/quan-ly/the/", {"/thong-ke/"}),  # cards once a room has classes (`trust`)
    "bien": ("/quan-ly/gop-y/", {"/quan-ly/gop-y/", "/thong-ke/", "/admin/"}),
}


def menu(html: str) -> str:
    return re.search(r'<nav class="desk-nav".*?</nav>', html, re.DOTALL)[0]


def links(html: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', menu(html))


@pytest.mark.django_db
@pytest.mark.parametrize("role", OFFERED)
def test_it_offers_what_opens_and_nothing_that_does_not(role, cast):
    client, (start, offered) = signed_in(role, cast), OFFERED[role]
    found = links(client.get(start).content.decode())
    assert set(found) == offered
    assert len(found) == len(offered)
    assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200)


@pytest.mark.django_db
@pytest.mark.parametrize("url", [url for url in ALL if url.startswith("/quan-ly/")])
def test_it_marks_where_she_is(url, cast):
    html = menu(signed_in("quan_tri", cast).get(url).content.decode())
    marked = re.findall(r'href="([^"]+)" aria-current="page"', html)
    assert marked == [url]
    words = {entry.url: entry.words for _, entries in GROUPS for entry in entries}
    assert f"<summary>Mục: {words[url]}</summary>" in html


@pytest.mark.django_db
def test_it_is_folded_and_its_groups_are_named(cast):
    html = menu(signed_in("chi", cast).get("/quan-ly/").content.decode())
    assert re.search(r"<details class=\"narrow\">\s*<summary>", html)
    named = re.findall(r'<p class="over" id="([\w-]+)">', html)
    assert re.findall(r'<ul aria-labelledby="([\w-]+)">', html) == named
    assert len(named) == len(GROUPS)


@pytest.mark.django_db
def test_a_trainer_who_may_vouch_finds_the_way(cast, monkeypatch):
    monkeypatch.setattr(trust, "anybody_may", lambda: True)
    html = signed_in("binh", cast).get("/quan-ly/the/").content.decode()
    assert "/quan-ly/giup-vao-lai/" in links(html)


@pytest.mark.django_db
def test_it_costs_one_query_and_one_more_for_the_city(cast, django_assert_num_queries):
    template = Template("{% load desk %}{% desk_menu as menu %}{% desk_menu as again %}")
    for role, queries in (("chi", 1), ("quan_tri", 2)):
        request = RequestFactory().get("/")
        request.user = cast[role]
        with django_assert_num_queries(queries):
            template.render(Context({"request": request}))


def test_without_a_sign_in_there_is_no_menu(db):
    assert Client().get("/quan-ly/").status_code == 302
