"""Whoever of the staff is shown a person's name or number leaves a trace that the person can read.

Every staff URL has a row: whom it shows and the words she reads of it, or that it shows nobody.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver, resolve

from accounts.models import Learner, Look
from common.phones import spoken

from ..cms.test_every_screen import screens
from .everybody import signed_in

TWINS, FIND = "Hồ sơ trùng nhau", "Tìm người trong yêu cầu gửi thay"
# path → (whose name stands there, the words of the look). Of `hers`: lan, and the four records of one name.
SEEN: dict[str, tuple[set[str], str]] = {
    "/giay/{serial}/giay-ghi-nhan.pdf": ({"lan"}, "Tờ giấy để in"),
    "/quan-ly/giay/": ({"lan"}, "Danh sách giấy đã cấp"),
    "/quan-ly/giay/?q=nguyen": ({"lan"}, "Danh sách giấy đã cấp"),
    "/quan-ly/giay/{serial}/": ({"lan"}, "Một giấy đã cấp"),
    "/quan-ly/giay/{serial}/thu-hoi/": ({"lan"}, "Thu hồi hoặc cấp lại giấy"),
    "/quan-ly/giay/{serial}/cap-lai/": ({"lan"}, "Thu hồi hoặc cấp lại giấy"),
    "/quan-ly/the/": ({"lan", "hoa", "one", "other", "away", "kept"}, "Danh sách để in thẻ"),
    "/quan-ly/the/?q=nguyen": ({"lan"}, "Danh sách để in thẻ"),
    "/quan-ly/the/{learner}/thay/": ({"lan"}, "Thay thẻ học bị mất"),
    "/quan-ly/giup-vao-lai/?q=nguyen": ({"lan"}, "Tìm người cần giúp vào lại"),
    "/quan-ly/giup-vao-lai/{me}/": ({"lan"}, "Giúp vào lại"),
    "/quan-ly/giup-vao-lai/{me}/dua-ve/": ({"lan"}, "Đưa về máy cũ"),
    "/quan-ly/yeu-cau/": ({"lan"}, "Danh sách yêu cầu về dữ liệu"),
    "/quan-ly/yeu-cau/{request}/": ({"lan"}, "Một yêu cầu về dữ liệu"),
    "/quan-ly/yeu-cau/{wrong}/sua/": ({"lan"}, "Sửa hồ sơ theo yêu cầu"),
    "/quan-ly/yeu-cau/{parent}/tim/": ({"lan"}, FIND),
    "/quan-ly/yeu-cau/{parent}/tim/?q=mận": ({"lan", "one", "other", "kept"}, FIND),
    "/quan-ly/trung-nhau/?xa=10750": ({"one", "other", "kept"}, TWINS),
    "/quan-ly/trung-nhau/{one}/{other}/": ({"one", "other"}, TWINS),
    "/quan-ly/trung-nhau/da-gop/": ({"away", "kept"}, TWINS),
    "/quan-ly/trung-nhau/da-gop/{merge}/bo/": ({"away", "kept"}, TWINS),
}
# What was sent and answered with a page or a file that names her.
SENT: dict[str, tuple[dict[str, str], set[str], str]] = {
    "/quan-ly/the/in/": ({"nguoi": "{learner}"}, {"lan"}, "In thẻ học"),
    "/quan-ly/giay/{serial}/thu-hoi/": ({"reason": ""}, {"lan"}, "Thu hồi hoặc cấp lại giấy"),
    "/quan-ly/giup-vao-lai/{me}/": (
        {"kind": "sign_in", "reason": "Đến Ủy ban, đã nhận đúng người"},
        {"lan"},
        "Giúp vào lại",
    ),
    "/quan-ly/giup-vao-lai/{me}/dua-ve/": ({"reason": ""}, {"lan"}, "Đưa về máy cũ"),
    "/quan-ly/yeu-cau/{request}/": ({"act": "answer", "text": ""}, {"lan"}, "Một yêu cầu về dữ liệu"),
    "/quan-ly/yeu-cau/{wrong}/sua/": ({"name": ""}, {"lan"}, "Sửa hồ sơ theo yêu cầu"),
    "/quan-ly/trung-nhau/{one}/{other}/": ({"keep": "x"}, {"one", "other"}, TWINS),
}
# Figures, colleagues, and what people wrote of their own accord: of nobody's record.
SILENT = {
    "/quan-ly/",
    "/quan-ly/10750/",
    "/quan-ly/so-du-lieu/",
    "/quan-ly/so-du-lieu/so-du-lieu.csv",
    "/quan-ly/bao-dong/",
    "/quan-ly/bao-dong/{alarm}/",
    "/quan-ly/tin-da-gui/",  # a part of a number, and no name
    "/quan-ly/giup-vao-lai/",
    "/quan-ly/tin-nhan/",
    "/quan-ly/tin-nhan/{message}/",
    "/quan-ly/tro-giup/10750/",
    "/quan-ly/tro-giup/nguoi/{helper}/rut/",
    "/quan-ly/gop-y/",
    "/quan-ly/trung-nhau/{one}/{other}/hai-nguoi/",
    "/quan-ly/vai-tro/",
    "/quan-ly/vai-tro/giao/",
    "/quan-ly/vai-tro/lich-su/",
    "/quan-ly/vai-tro/{role}/",
    "/quan-ly/vai-tro/{role}/thu-lai/",
    "/quan-ly/moi/nguoi/{member}/",
    "/quan-ly/moi/nguoi/{member}/hai-buoc/",
    "/quan-ly/moi/nguoi/{member}/gui-lai/",
    "/quan-ly/moi/nguoi/{member}/thu-lai/",
    "/quan-ly/moi/",
    "/quan-ly/moi/mau.xlsx",
    "/quan-ly/moi/{batch}/",
    "/quan-ly/moi/so/{number_offer}/",
    "/quan-ly/moi/{batch}/lien-ket/",
    "/quan-ly/moi/{batch}/xac-nhan/",
}


@pytest.fixture
def named(hers, lan, hoa) -> dict[str, Any]:
    """`hers`, with a name of each record's own: {key: Learner}."""
    lan.name = "Nguyễn Thị Lan Duy Nhất"
    lan.save(update_fields=["name"])
    lan.papers.update(name=lan.name)
    one = Learner.objects.get(public_id=hers["one"])
    other = Learner.objects.get(public_id=hers["other"])
    away, kept = Learner.objects.filter(name=one.name).exclude(pk__in=[one.pk, other.pk]).order_by("pk")
    twins = {"one": one, "other": other, "away": away, "kept": kept}
    # Alike to the eye of the machine that looks for twins, and told apart by this test.
    for learner, name in zip(
        twins.values(), ("ĐỖ THỊ MẬN", "Đỗ Thị MẬN", "Đỗ THỊ Mận", "ĐỖ Thị Mận"), strict=True
    ):
        learner.name = name
        learner.save(update_fields=["name"])
    return {"lan": lan, "hoa": hoa, **twins}


def shown_in(answer: Any, named: dict[str, Any]) -> set[str]:
    """Whose name or number stands in a page."""
    if answer.status_code != 200 or not answer["Content-Type"].startswith("text/"):
        return set()
    page = answer.content.decode()
    numbers = re.sub(r"\D", "", page)
    return {
        key
        for key, learner in named.items()
        if learner.name in page or spoken(learner.user.phone) in page or learner.user.phone[3:] in numbers
    }


def looked_at(by: Any, named: dict[str, Any]) -> dict[str, str]:
    """Key → the screen, of all looks there are."""
    keys = {learner.pk: key for key, learner in named.items()}
    return {keys[look.learner_id]: look.screen for look in Look.objects.filter(by=by)}


def staff_routes(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Every route that only staff may see, but the editor's."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= staff_routes(entry, route)
        elif route.startswith("quan-ly/") or hasattr(entry.callback, "staff_only"):
            found.add(route)
    return found


@pytest.mark.django_db
def test_every_staff_url_says_whom_it_shows(hers):
    paths = {*SEEN, *SENT, *SILENT}
    told = {resolve(path.partition("?")[0].format(**hers)).route for path in paths}
    assert staff_routes(get_resolver()) - told == set()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["chi", "quan_tri"])
def test_whom_a_screen_shows_is_noted(role, cast, hers, named):
    client, wrong = signed_in(role, cast), {}
    for path, (whom, screen) in SEEN.items():
        Look.objects.all().delete()
        answer = client.get(path.format(**hers))
        assert answer.status_code == 200, path
        noted = looked_at(cast[role], named)
        shown = whom if path.endswith(".pdf") else shown_in(answer, named)
        if shown != whom or noted != dict.fromkeys(whom, screen):
            wrong[path] = (shown, noted)
    assert wrong == {}


@pytest.mark.django_db
def test_what_a_form_answers_is_noted(cast, hers, named):
    client = signed_in("chi", cast)
    for path, (data, whom, screen) in SENT.items():
        Look.objects.all().delete()
        answer = client.post(path.format(**hers), {key: value.format(**hers) for key, value in data.items()})
        assert answer.status_code == 200, path
        assert answer["Content-Type"] == "application/pdf" or shown_in(answer, named) == whom, path
        assert looked_at(cast["chi"], named) == dict.fromkeys(whom, screen), path


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["chi", "quan_tri", "binh", "bien"])
def test_the_other_screens_show_nobody(role, cast, hers, named):
    """And a trainer or an editor sees no more of anybody than is noted."""
    client = signed_in(role, cast)
    for path in SILENT if role in {"chi", "quan_tri"} else {*SILENT, *SEEN}:
        Look.objects.all().delete()
        shown = shown_in(client.get(path.format(**hers)), named)
        assert shown <= set(looked_at(cast[role], named)), path
        assert path in SEEN or not shown, path


@pytest.mark.django_db
def test_no_screen_of_the_editor_shows_a_learner(cast, hers, named):
    """Lists of people, of what was done, and whatever is searched there."""
    client = signed_in("quan_tri", cast)
    found = [path for path in screens().values() if re.search("user|report|history|home|search", path)]
    number = named["lan"].user.pk
    paths = [
        *found,
        "/admin/",
        "/admin/users/?q=Duy+Nhất",
        f"/admin/users/edit/{number}/",
        f"/admin/users/history/{number}/",
    ]
    assert len(paths) > 20
    for path in paths:
        assert shown_in(client.get(path), named) == set(), path


@pytest.mark.django_db
def test_her_own_sheet_is_no_look(cast, hers):
    signed_in("lan", cast).get(f"/giay/{hers['serial']}/giay-ghi-nhan.pdf")
    assert not Look.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/quan-ly/giay/", "/quan-ly/giay/{serial}/", "/giay/{serial}/giay-ghi-nhan.pdf"]
)
def test_who_only_views_papers_leaves_the_same_trace(path, vy, hers, lan):
    """They name people, so `official_view` sees them under the same rule as who manages (docs/roles.md)."""
    client = signed_in("vy", {"vy": vy})
    assert client.get(path.format(**hers)).status_code == 200
    assert Look.objects.get(learner=lan).screen == SEEN[path][1]
