"""Every URL of ours, asked for by every role: one table, and no URL without a row.

200 shown, 302 sent on (to the sign-in page, or away from a door that is shut), 403 wrong role,
404 not found and not yours alike, 405 only POST.
"""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts import cards

from .everybody import ROLES, Row, everybody, signed_in

EVERYBODY = everybody(200)
SIGNED_IN = everybody(200, nobody=302)
# Officials of the place and of what is above it; others of the same kind see nothing.
OFFICIALS = everybody(403, nobody=302, chi=200, sau=200, quan_tri=200)
OF_PHU_THAI = OFFICIALS | {"sau": 404}
# Who looks after people there; the same three, also where officials who only look are turned away.
MANAGERS = OFFICIALS
POST_ONLY = everybody(403, nobody=302, chi=405, sau=405, quan_tri=405)
OF_CITY = everybody(403, nobody=302, quan_tri=200)
NOBODY = everybody(404)
STAFF = everybody(200, nobody=302, lan=404, hoa=404)
CONFIRMED = everybody(302, lan=404, hoa=404)  # asked first that it is still she
SENT_ON = everybody(302)
# Learning needs a learner; who only works here is told so.
LEARNERS = everybody(403, nobody=200, lan=200, hoa=200)
LEARNERS_IN = LEARNERS | {"nobody": 302}
EDITORS = SENT_ON | {"bien": 200, "quan_tri": 200}

# path → role → status of GET. {serial}: Lan's paper of Phú Thái. {attempt}: hers. {role}, {member}: of Dung,
# whom Chi invited with the link {token}; {batch}: Chi's list.
TABLE: dict[str, Row] = {
    "/healthz": EVERYBODY,
    "/readyz": EVERYBODY,
    "/media/secret.txt": NOBODY,
    "/tim/": EVERYBODY,
    "/dang-ky/": EVERYBODY,
    "/dang-nhap/": EVERYBODY,
    "/giay/": EVERYBODY,
    "/giay/{serial}/": EVERYBODY,
    "/giay/0000000000/": NOBODY,
    "/giay/{serial}/giay-ghi-nhan.png": EVERYBODY,
    # The sheet bears the full name: its owner's, and the officials' of the place.
    "/giay/{serial}/giay-ghi-nhan.pdf": everybody(403, nobody=302, lan=200, chi=200, quan_tri=200),
    "/dang-ky/them/": SENT_ON | {"lan": 200, "hoa": 200},
    # Who learns on a shared sign-in: one's own people, {me} being Lan; a stranger looks like none.
    "/ai-dang-hoc/": SENT_ON | {"lan": 200, "hoa": 200},
    "/ai-dang-hoc/them/": SENT_ON | {"lan": 200, "hoa": 200},
    "/ai-dang-hoc/ve-may-cu/": everybody(302),
    "/ai-dang-hoc/{me}/": everybody(404, nobody=302, lan=200),
    "/ai-dang-hoc/{me}/roi-may/": everybody(404, nobody=302, lan=200),
    "/ai-dang-hoc/{me}/ra-rieng/": everybody(404, nobody=302, lan=200),
    "/ai-dang-hoc/{me}/tro-lai/": everybody(405),
    "/dang-nhap/ma/": SENT_ON,
    # No identity provider is set up here; tests/accounts/test_identity.py has one.
    "/dang-nhap/dinh-danh/": NOBODY,
    "/dang-nhap/dinh-danh/nha-nuoc/ve/": NOBODY,
    "/dang-nhap/dinh-danh/noi/": SENT_ON,
    "/du-lieu-cua-toi/dinh-danh/bo/": everybody(405),
    # Alone on her phone, with no PIN of her own: nothing to ask.
    "/ma-rieng/": SENT_ON,
    "/ma-rieng/doi/": SENT_ON,
    # Staff only; who must have a second factor and has none: tests/accounts/test_second_factor.py.
    "/hai-buoc/": STAFF,
    "/hai-buoc/xac-nhan/": STAFF,
    "/hai-buoc/ung-dung/": CONFIRMED,
    "/hai-buoc/khoa/": CONFIRMED,
    "/hai-buoc/ma-du-phong/": CONFIRMED,
    "/hai-buoc/ung-dung/bo/": CONFIRMED,
    "/hai-buoc/khoa/1/bo/": CONFIRMED,
    "/ma-rieng/quen/": SENT_ON,
    "/dang-ky/so-cua-toi/": SENT_ON | {"nobody": 200},
    "/du-lieu-cua-toi/so/": SENT_ON,  # no gateway
    "/du-lieu-cua-toi/thiet-bi/": SIGNED_IN,
    "/du-lieu-cua-toi/thiet-bi/1/quen/": everybody(405),
    "/du-lieu-cua-toi/thiet-bi/thoat-het/": everybody(405),
    "/quen-ma/": EVERYBODY,
    "/quen-ma/ma/": EVERYBODY,
    "/quen-ma/ban-la-ai/": SENT_ON,
    "/quen-ma/ma-moi/": SENT_ON,
    "/quan-ly/giup-vao-lai/": OFFICIALS,
    "/quan-ly/giup-vao-lai/{me}/": OF_PHU_THAI,
    "/quan-ly/giup-vao-lai/{me}/dua-ve/": OF_PHU_THAI,
    "/dang-xuat/": EVERYBODY,
    "/chua-gui/": everybody(200, nobody=302),
    "/du-lieu-cua-toi/": SIGNED_IN,
    "/du-lieu-cua-toi/ai-da-xem/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/dong-y/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/tat-ca/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/ban-sao.json": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/ban-sao.pdf": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/yeu-cau/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/yeu-cau/{request}/rut/": everybody(405),
    "/du-lieu-cua-toi/xoa/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/o-lai/": everybody(405),
    "/du-lieu-cua-toi/thong-bao/": everybody(405),
    "/du-lieu-cua-toi/ma/": SENT_ON | {"lan": 200, "hoa": 200},
    "/hoc-tap/": LEARNERS,
    "/hoc-tap/{course}/hoan-thanh/": LEARNERS_IN | {"hoa": 302},
    "/hoc-tap/{course}/ban-moi/": everybody(405),
    "/hoc-tap/{course}/{lesson}/xong/": LEARNERS,
    "/hoc-tap/{course}/{lesson}/": LEARNERS_IN | {"lan": 302, "hoa": 302},
    # One question is too few to know a lesson by. Hoa has not begun the course.
    "/hoc-tap/{course}/{lesson}/da-biet/": LEARNERS_IN | {"lan": 404, "hoa": 404},
    "/on-lai/{course}/": LEARNERS_IN | {"hoa": 404},
    "/kiem-tra/{course}/": LEARNERS_IN,
    # Another's attempt answers as one that does not exist.
    "/kiem-tra/{course}/ket-qua/{attempt}/": LEARNERS_IN | {"hoa": 404},
    "/kiem-tra/{course}/ket-qua/00000000-0000-4000-8000-000000000000/": LEARNERS_IN
    | {"lan": 404, "hoa": 404},
    "/thong-ke/": EVERYBODY,
    "/thong-ke/10750/": EVERYBODY,
    "/thong-ke/10750/cach-tinh/learning/": EVERYBODY,
    "/quan-ly/": OFFICIALS,
    "/quan-ly/10750/": OF_PHU_THAI,
    "/quan-ly/giay/": OFFICIALS,
    "/quan-ly/giay/{serial}/": OF_PHU_THAI,
    "/quan-ly/giay/{serial}/thu-hoi/": OF_PHU_THAI,
    "/quan-ly/giay/{serial}/cap-lai/": OF_PHU_THAI,
    "/quan-ly/so-du-lieu/": MANAGERS,
    "/quan-ly/so-du-lieu/so-du-lieu.csv": MANAGERS,
    "/quan-ly/trung-nhau/": MANAGERS,
    "/quan-ly/trung-nhau/{one}/{other}/": OF_PHU_THAI,
    "/quan-ly/trung-nhau/{one}/{other}/hai-nguoi/": POST_ONLY,
    "/quan-ly/trung-nhau/da-gop/": MANAGERS,
    "/quan-ly/trung-nhau/da-gop/{merge}/bo/": OF_PHU_THAI,
    "/tro-giup/": EVERYBODY,
    "/tro-giup/nhan/10750/": EVERYBODY,
    "/gop-y/": EVERYBODY,
    "/viec-tren-may/": EVERYBODY,
    "/hien-thi/": EVERYBODY,
    "/mang-theo/": EVERYBODY,
    "/sw.js": EVERYBODY,
    "/manifest.webmanifest": EVERYBODY,
    "/ngoai-tuyen/": EVERYBODY,
    "/ngoai-tuyen/{course}.json": NOBODY,  # no page of the course here; tests/lms/test_offline.py has one
    "/gop-y/cam-on/": EVERYBODY,
    "/quan-ly/tin-nhan/": MANAGERS,
    "/quan-ly/tin-nhan/{message}/": POST_ONLY,
    "/quan-ly/tro-giup/10750/": OF_PHU_THAI,
    "/quan-ly/tro-giup/nguoi/{helper}/rut/": POST_ONLY,
    "/quan-ly/gop-y/": MANAGERS | {"bien": 200},
    "/the/": EVERYBODY,
    "/the/vao/": everybody(405),
    "/the/can-ma/": SENT_ON,
    "/du-lieu-cua-toi/the/": SENT_ON | {"lan": 200, "hoa": 200},
    "/du-lieu-cua-toi/the/the-hoc.png": everybody(404, nobody=302, lan=200),
    "/du-lieu-cua-toi/the/the-hoc.pdf": everybody(404, nobody=302, lan=200),
    # Trainers make cards too.
    "/quan-ly/the/": OFFICIALS | {"binh": 200},
    "/quan-ly/the/in/": POST_ONLY | {"binh": 405},
    "/quan-ly/the/{learner}/thay/": OF_PHU_THAI | {"binh": 404},
    "/quan-ly/yeu-cau/": MANAGERS,
    "/quan-ly/yeu-cau/{request}/": OF_PHU_THAI,
    "/quan-ly/yeu-cau/{parent}/tim/": OF_PHU_THAI,
    "/quan-ly/yeu-cau/{wrong}/sua/": OF_PHU_THAI,
    "/quan-ly/yeu-cau/00000000-0000-4000-8000-000000000000/": MANAGERS
    | {"chi": 404, "sau": 404, "quan_tri": 404},
    # Of the whole city: an official of one commune is turned away.
    "/quan-ly/bao-dong/": OF_CITY,
    "/quan-ly/bao-dong/{alarm}/": OF_CITY,
    "/quan-ly/tin-da-gui/": OF_CITY,
    "/quan-ly/bao-dong/999999/": OF_CITY | {"quan_tri": 404},
    "/quan-ly/vai-tro/": MANAGERS,
    "/quan-ly/vai-tro/giao/": MANAGERS,
    "/quan-ly/vai-tro/lich-su/": MANAGERS,
    "/quan-ly/vai-tro/{role}/": OF_PHU_THAI,
    "/quan-ly/vai-tro/{role}/thu-lai/": OF_PHU_THAI,
    "/quan-ly/vai-tro/999999/": MANAGERS | {"chi": 404, "sau": 404, "quan_tri": 404},
    "/quan-ly/moi/nguoi/{member}/": OF_PHU_THAI,
    "/quan-ly/moi/nguoi/{member}/hai-buoc/": everybody(403, nobody=302, quan_tri=302),  # confirms first
    "/quan-ly/moi/nguoi/{member}/gui-lai/": POST_ONLY,
    "/quan-ly/moi/nguoi/{member}/thu-lai/": POST_ONLY,
    "/quan-ly/moi/": MANAGERS,
    "/quan-ly/moi/mau.xlsx": MANAGERS,
    # A list belongs to whoever sent the file up.
    "/quan-ly/moi/{batch}/": MANAGERS | {"sau": 404, "quan_tri": 404},
    "/quan-ly/moi/{batch}/lien-ket/": MANAGERS | {"sau": 404, "quan_tri": 404},
    "/quan-ly/moi/{batch}/xac-nhan/": POST_ONLY,
    "/loi-moi/{token}/": EVERYBODY,
    "/loi-moi/x/": NOBODY,
    "/loi-moi/so/{number_token}/": EVERYBODY,
    "/loi-moi/so/x/": NOBODY,
    "/quan-ly/moi/so/{number_offer}/": OF_PHU_THAI,
    "/quan-ly/99999/": OFFICIALS | {"chi": 404, "sau": 404, "quan_tri": 404},
    "/thong-ke/99999/": NOBODY,
    # The doors of Wagtail and Django lead to the one guarded door.
    "/admin/login/": SENT_ON,
    "/admin/password_reset/": SENT_ON,
    "/_util/login/": SENT_ON,
    "/admin/password_reset/confirm/MQ/x/": SENT_ON,
    "/_util/authenticate_with_password/1/1/": NOBODY,
    "/django-admin/": NOBODY,
    "/admin/": EDITORS,
    "/admin/jsi18n/": EDITORS,
    "/admin/bulk/accounts/user/delete/": NOBODY,
}


def routes(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Every route but the API's and the editor's screens, which have tables of their own."""
    found: set[str] = set()
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not route.startswith(("admin/", "api/")):
                found |= routes(entry, route)
        elif isinstance(entry, URLPattern):
            found.add(route)
    return found


KEPT = {"/quan-ly/moi/mau.xlsx", "/admin/jsi18n/"}  # an empty template, words of a script


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_url_as(role, cast, hers):
    client = signed_in(role, cast)
    answers = {path: client.get(path.format(**hers)) for path in TABLE}
    found = {path: answer.status_code for path, answer in answers.items()}
    assert found == {path: statuses[role] for path, statuses in TABLE.items()}
    # What not everybody may see stays in no cache, not even of the browser that others use too.
    shown = {path for path, statuses in TABLE.items() if found[path] == 200 and statuses["nobody"] != 200}
    kept = {path for path in shown if "no-store" not in answers[path].get("Cache-Control", "")}
    assert kept <= KEPT


@pytest.mark.django_db
def test_without_her_second_factor_every_staff_screen_leads_to_its_set_up(client, cast, hers):
    """Whatever the administrator may see and a learner may not."""
    Authenticator.objects.all().delete()
    client.force_login(cast["quan_tri"])
    for path, statuses in TABLE.items():
        if (
            statuses["quan_tri"] == 200
            and statuses["lan"] in {403, 404}
            and not path.startswith("/hai-buoc/")
        ):
            answer = client.get(path.format(**hers))
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/hai-buoc/?next=%2F"), path
    sheet = client.get("/giay/{serial}/giay-ghi-nhan.pdf".format(**hers))
    assert sheet.status_code == 403  # a learner's own page too: no screen of staff, but no way around either


# What a learner card opens: what anybody may see, learning, and the doors.
BY_CARD = {
    path
    for path in TABLE
    if path.startswith(("/hoc-tap/", "/on-lai/", "/thong-ke/", "/tro-giup/", "/gop-y/"))
} | {
    "/healthz",
    "/readyz",
    "/media/secret.txt",
    "/hien-thi/",
    "/viec-tren-may/",
    "/mang-theo/",
    "/sw.js",
    "/manifest.webmanifest",
    "/ngoai-tuyen/",
    "/ngoai-tuyen/{course}.json",
    "/tim/",
    "/dang-ky/",
    "/dang-nhap/",
    "/dang-xuat/",
    "/chua-gui/",
    "/quen-ma/",
    "/quen-ma/ma/",
    "/quen-ma/ban-la-ai/",
    "/quen-ma/ma-moi/",
    "/giay/",
    "/giay/{serial}/",
    "/giay/0000000000/",
    "/giay/{serial}/giay-ghi-nhan.png",
    "/the/",
    "/the/vao/",
    "/the/can-ma/",
    "/django-admin/",
}


def _shut(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/the/can-ma/")


@pytest.mark.django_db
def test_every_url_by_a_learner_card(client, cast, hers):
    """Only what is on the list: an address that comes later is shut until somebody opens it."""
    token = cards.address(cards.card_of(cast["lan"], by=None)).split("#")[1]
    client.post("/the/vao/", {"token": token})
    found = {path for path in TABLE if not _shut(client.get(path.format(**hers)))}
    assert found == BY_CARD
    forms = TABLE.keys() - {"/dang-xuat/"}
    assert {path for path in forms if not _shut(client.post(path.format(**hers)))} == BY_CARD - {
        "/dang-xuat/"
    }
    assert client.session["card"]["learner"] == cast["lan"].pk


@pytest.mark.django_db
def test_no_url_is_forgotten(hers):
    walked = {resolve(path.format(**hers)).route for path in TABLE}
    assert routes(get_resolver()) - walked == set()


@pytest.mark.django_db
@pytest.mark.parametrize("door", ["/admin/login/", "/admin/password_reset/", "/_util/login/"])
def test_every_door_leads_to_the_guarded_one(client, door):
    answer = client.get(f"{door}?next=/admin/")
    assert answer["Location"] == "/dang-nhap/?cach=thu&next=%2Fadmin%2F"
    assert client.post(door, {"username": "a", "password": "b"})["Location"] == "/dang-nhap/?cach=thu"
