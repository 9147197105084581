"""Every form, sent by everybody: the wrong role is refused, changes nothing, and CSRF is demanded.

200 the form again with what is wrong (or "you are in already"), 302 done or sent on, 403 wrong
role or no token, 404 not hers, 405 takes no form.
"""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import unsent

from .everybody import ROLES, Row, digest, everybody, signed_in
from .test_every_url import TABLE

NEW = {
    "name": "Vũ Văn Mới",
    "phone": "0987 654 321",
    "commune": "Xã Phú Thái",
    "commune_code": "10750",
    "commune_for": "Xã Phú Thái",
    "birth_year": "1970",
    "group": "citizen",
    "pin": "482951",
    "consent": "on",
}
LEARNERS = everybody(403, lan=302, hoa=302)
REASON = {"reason": "Sai tên trên giấy", "sure": "on"}
OF_PHU_THAI = everybody(403, nobody=302, chi=302, sau=404, quan_tri=302)

EVERY_DESK = everybody(403, nobody=302, chi=302, sau=302, quan_tri=302)
CORRECTED = {
    "name": "Nguyễn Thị Lan Mới",
    "birth_year": "1964",
    "commune": "Xã Phú Thái",
    "commune_code": "10750",
    "commune_for": "Xã Phú Thái",
    "text": "Đã sửa tên",
}
MEMBER = {**NEW, "uuid": "{uuid}", "name": "Vũ Văn Út", "picture": "drum", "colour": "sea"}
MINE = {**CORRECTED, "group": "citizen", "gender": "female"}
TRAINER = {"email": "moi@example.vn", "name": "Vũ Thị Mới", "kind": "trainer", "place": "{place}"}
MANAGERS = everybody(403, nobody=302, chi=200, sau=200, quan_tri=200)

# path → (what is sent, role → status). The paths are those of TABLE.
FORMS: dict[str, tuple[dict[str, str], Row]] = {
    "/dang-ky/": (NEW, everybody(200, nobody=302)),
    "/dang-nhap/": ({"login": "{phone}", "password": "{pin}"}, everybody(302)),
    "/dang-nhap/ma/": ({"code": "123456"}, everybody(302)),
    "/dang-ky/them/": ({"gender": "female"}, everybody(302)),
    "/ai-dang-hoc/": (
        {"learner": "{me}"},
        everybody(404, nobody=302, lan=302, binh=302, chi=302, sau=302, bien=302, quan_tri=302),
    ),
    "/ai-dang-hoc/them/": (MEMBER, everybody(302)),
    "/ai-dang-hoc/{me}/": ({"colour": "sea", "picture": "drum"}, everybody(404, nobody=302, lan=302)),
    # Alone on her phone, she neither leaves it nor is brought back.
    "/ai-dang-hoc/{me}/roi-may/": ({"current": "{pin}"}, everybody(404, nobody=302, lan=409)),
    "/ai-dang-hoc/{me}/ra-rieng/": (
        {"current": "{pin}", "phone": "0987 654 322", "pin": "739164"},
        everybody(404, nobody=302, lan=200),
    ),
    "/ai-dang-hoc/{me}/tro-lai/": ({}, everybody(404, nobody=302)),
    "/ma-rieng/": ({"pin": "739164"}, everybody(302)),
    "/du-lieu-cua-toi/thiet-bi/1/quen/": ({}, everybody(404, nobody=302)),
    "/du-lieu-cua-toi/thiet-bi/thoat-het/": ({}, everybody(302)),
    "/dang-ky/so-cua-toi/": ({"phone": "0900 000 000"}, everybody(302, nobody=200)),
    "/ma-rieng/quen/": ({"code": "123456", "pin": "739164"}, everybody(302)),
    "/quen-ma/": ({"phone": "0900 000 000"}, everybody(200)),
    "/quen-ma/ma/": ({"phone": "0900 000 000", "code": "123456"}, everybody(200)),
    "/quen-ma/ban-la-ai/": ({"learner": "{me}"}, everybody(302)),
    "/quen-ma/ma-moi/": ({"pin": "739164"}, everybody(302)),
    "/quan-ly/giup-vao-lai/{me}/": (
        {"kind": "sign_in", "reason": "Đến Ủy ban, nhận đúng người"},
        OF_PHU_THAI | {"chi": 200, "quan_tri": 200},
    ),
    "/quan-ly/giup-vao-lai/{me}/dua-ve/": (
        {"reason": "Đến Ủy ban, nhận đúng người"},
        OF_PHU_THAI | {"chi": 200, "quan_tri": 200},
    ),
    "/ai-dang-hoc/ve-may-cu/": ({}, everybody(302)),
    "/ma-rieng/doi/": ({"current": "1", "pin": "739164"}, everybody(302)),
    "/dang-xuat/": ({}, everybody(302)),
    "/chua-gui/": ({}, everybody(302)),
    "/du-lieu-cua-toi/": (MINE, everybody(200, nobody=302, lan=302, hoa=302)),
    "/hai-buoc/xac-nhan/": ({"code": "x"}, everybody(200, nobody=302, lan=404, hoa=404)),
    "/du-lieu-cua-toi/dong-y/": ({"act": "give"}, everybody(302)),
    "/du-lieu-cua-toi/yeu-cau/": ({"kind": "other", "text": "Ai giữ số của tôi?"}, everybody(302)),
    "/du-lieu-cua-toi/yeu-cau/{request}/rut/": ({}, everybody(302, hoa=404)),
    "/du-lieu-cua-toi/xoa/": ({"pin": "{pin}", "sure": "on"}, everybody(302)),
    "/du-lieu-cua-toi/o-lai/": ({}, everybody(302)),
    "/du-lieu-cua-toi/so/": ({"phone": "0987 654 323", "current": "{pin}", "pin": "{pin}"}, everybody(302)),
    "/du-lieu-cua-toi/thong-bao/": ({"up_to": "999999"}, everybody(302)),
    "/du-lieu-cua-toi/dinh-danh/bo/": ({"pin": "{pin}"}, everybody(302)),
    "/quan-ly/yeu-cau/{request}/": (
        {"act": "answer", "text": "Đang xem"},
        everybody(403, nobody=302, chi=302, sau=404, quan_tri=302),
    ),
    "/quan-ly/yeu-cau/{wrong}/sua/": (CORRECTED, OF_PHU_THAI),
    "/quan-ly/yeu-cau/{parent}/tim/": ({"nguoi": "{one}"}, OF_PHU_THAI),
    "/du-lieu-cua-toi/ma/": ({"current": "{pin}", "pin": "739164"}, everybody(302, hoa=200)),
    "/hoc-tap/{course}/ban-moi/": ({}, LEARNERS | {"nobody": 302, "hoa": 404}),
    "/hoc-tap/{course}/{lesson}/xong/": ({"uuid": "{uuid}"}, LEARNERS | {"nobody": 200}),
    "/hoc-tap/{course}/{lesson}/da-biet/": ({}, everybody(403, nobody=302, lan=404, hoa=404)),
    # Lan finished today: nothing is due.
    "/on-lai/{course}/": ({"act": "begin"}, everybody(403, nobody=302, lan=409, hoa=404)),
    # Lan has passed already, so she is told; Hoa starts.
    "/kiem-tra/{course}/": ({"action": "start"}, LEARNERS | {"nobody": 302, "lan": 409}),
    "/tro-giup/nhan/10750/": ({"name": "Lan"}, everybody(200)),
    "/gop-y/": ({}, everybody(200)),
    "/quan-ly/tin-nhan/{message}/": ({"state": "closed"}, OF_PHU_THAI),
    "/quan-ly/tro-giup/10750/": ({"lienhe-name": "Bà Chi, văn hóa xã"}, OF_PHU_THAI),
    "/quan-ly/tro-giup/nguoi/{helper}/rut/": ({}, OF_PHU_THAI),
    "/quan-ly/gop-y/": (
        {"pk": "{feedback}"},  # of a page of the whole city
        EVERY_DESK | {"bien": 302, "chi": 404, "sau": 404},
    ),
    "/the/": ({"number": "{card}"}, everybody(200)),
    "/the/vao/": ({"number": "{card}"}, everybody(302)),
    "/the/can-ma/": ({"pin": "{pin}"}, everybody(302)),
    "/du-lieu-cua-toi/the/": ({}, everybody(302)),
    "/quan-ly/the/in/": (
        {"nguoi": "{keep}"},  # who has no card yet
        OF_PHU_THAI | {"chi": 200, "sau": 302, "binh": 302, "quan_tri": 200},
    ),
    "/quan-ly/the/{learner}/thay/": ({}, OF_PHU_THAI | {"binh": 404}),
    "/quan-ly/bao-dong/{alarm}/": (
        {"note": "Đã gọi hỏi"},
        everybody(403, nobody=302, quan_tri=302),
    ),
    "/quan-ly/vai-tro/giao/": (TRAINER, EVERY_DESK | {"sau": 200, "quan_tri": 200}),
    "/quan-ly/trung-nhau/{one}/{other}/": (
        {"keep": "{keep}", "reason": "Đã gặp và hỏi", "sure": "on"},
        OF_PHU_THAI | {"quan_tri": 404},  # Chi was first
    ),
    "/quan-ly/trung-nhau/{one}/{other}/hai-nguoi/": ({}, OF_PHU_THAI),
    "/quan-ly/trung-nhau/da-gop/{merge}/bo/": ({"sure": "on", "reason": "Trùng tên"}, OF_PHU_THAI),
    "/quan-ly/vai-tro/{role}/": ({"until": "2027-12-31"}, OF_PHU_THAI | {"quan_tri": 200}),
    "/quan-ly/vai-tro/{role}/thu-lai/": ({"sure": "on"}, OF_PHU_THAI),
    "/quan-ly/moi/nguoi/{member}/": ({"reason": "Gọi điện, đúng giọng"}, OF_PHU_THAI),
    "/quan-ly/moi/nguoi/{member}/hai-buoc/": (
        {"reason": "Đã gặp tận mặt", "sure": "on"},
        everybody(403, nobody=302, quan_tri=302),
    ),
    "/quan-ly/moi/nguoi/{member}/gui-lai/": ({}, OF_PHU_THAI),
    "/quan-ly/moi/nguoi/{member}/thu-lai/": ({}, OF_PHU_THAI),
    "/quan-ly/moi/": ({}, MANAGERS),
    "/quan-ly/moi/{batch}/xac-nhan/": ({}, OF_PHU_THAI | {"quan_tri": 404}),
    "/loi-moi/{token}/": ({"password": "ngan"}, everybody(200)),
    "/loi-moi/so/{number_token}/": ({"act": "no"}, everybody(200)),  # none of them has the number
    "/quan-ly/moi/so/{number_offer}/": ({"act": "renew"}, OF_PHU_THAI),
    "/quan-ly/giay/{serial}/thu-hoi/": (REASON, OF_PHU_THAI),
    "/quan-ly/giay/{serial}/cap-lai/": (REASON, OF_PHU_THAI),
}
# Machines ask these; whatever the verb they change nothing.
READ_ANY_WAY = {"/healthz", "/readyz"}
AWAY = ("/quan-ly/", "/hoc-tap/", "/on-lai/", "/du-lieu-cua-toi/", "/ai-dang-hoc/")
DOORS = ("/dang-nhap/", "/hai-buoc/xac-nhan/")  # she shows again that it is she


def send(client: Client, path: str, data: dict[str, str], hers: dict[str, str]) -> int:
    filled = {name: value.format(uuid=uuid.uuid4(), **hers) for name, value in data.items()}
    return client.post(path.format(**hers), filled).status_code


LAST = "quan_tri"  # she may do everything, and finds done what Chi did before her


@pytest.mark.django_db
@pytest.mark.parametrize("path", FORMS)
def test_every_form_as_everybody(path, cast, hers):
    data, statuses = FORMS[path]
    before = digest()
    away = path.startswith(AWAY)  # who is not signed in is sent away, and did nothing
    refused = [role for role in ROLES if statuses[role] in {403, 404} or (away and role == "nobody")]
    refused = [role for role in refused if role != LAST]
    done = [role for role in ROLES if role not in refused]
    found = {role: send(signed_in(role, cast), path, data, hers) for role in refused}
    assert digest() == before
    found |= {role: send(signed_in(role, cast), path, data, hers) for role in done}
    assert found == statuses


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_no_form_is_taken_without_its_token(role, cast, hers):
    before = digest()
    client = signed_in(role, cast, enforce_csrf_checks=True)
    for path, (data, _) in FORMS.items():
        status = send(client, path, data, hers)
        assert status == 403, path
        assert ("_auth_user_id" in client.session) == (role != "nobody"), path
    assert digest() == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_nothing_else_takes_a_form(role, cast, hers):
    before = digest()
    client = signed_in(role, cast)
    taken = {}
    for path in TABLE.keys() - FORMS.keys() - READ_ANY_WAY:
        answer = client.post(path.format(**hers))
        to = answer.headers.get("Location", "")
        if answer.status_code not in {405, 403, 404} and not to.startswith(DOORS):
            taken[path] = (answer.status_code, to)
    assert taken == {}
    assert digest() == before


def exempt(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Routes whose view asks for no token of its own accord."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found |= exempt(entry, route)
        elif isinstance(entry, URLPattern) and getattr(entry.callback, "csrf_exempt", False):
            found.add(route)
    return found


def test_only_the_apis_do_without_djangos_guard():
    """They ask for the token themselves: ours in test_every_operation, Wagtail's for every session."""
    apis = ("api/v1/", "admin/api/main/")
    assert {route for route in exempt(get_resolver()) if not route.startswith(apis)} == set()


# Who is not signed in yet sends these, or they end the sign-in: nothing of them waits for one.
NEVER_LATE = ("/dang-nhap/", "/quen-ma/", "/dang-xuat/", "/chua-gui/", "/the/", "/loi-moi/", "/hai-buoc/")


@pytest.mark.parametrize("path", [path for path in FORMS if not path.startswith(NEVER_LATE)])
def test_a_form_that_came_too_late_waits_where_it_is_a_learners(path):
    """A new form for learners must stand in `unsent.LEARNERS`; what staff send never does."""
    _, row = FORMS[path]
    assert path.startswith(unsent.LEARNERS) is (row["lan"] != 403)
