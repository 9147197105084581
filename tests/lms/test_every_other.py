"""The tables of URLs and forms for those who are nearly somebody of them, and see other things.

Minh learns on Lan's phone, Vy only looks at figures, Tám trains elsewhere, Quý is an official of a
school, and Thôi's role ran out yesterday. Each walks both tables once, beside the column of
whom they are like; what differs is written here.
"""

from __future__ import annotations

import pytest

from .everybody import OTHERS, digest, signed_in
from .test_every_form import FORMS, send
from .test_every_url import TABLE

LIKE = {"minh": "hoa", "vy": "binh", "tam": "binh", "quy": "sau", "thoi": "binh"}
# The people who work here and have no second factor yet may set one up.
SETS_UP = {
    "/hai-buoc/ung-dung/": 200,
    "/hai-buoc/khoa/": 200,
    "/hai-buoc/ung-dung/bo/": 405,
    "/hai-buoc/khoa/1/bo/": 405,
}
NO_CARDS = {"/quan-ly/the/": 403, "/quan-ly/the/in/": 403, "/quan-ly/the/{learner}/thay/": 403}
SEES: dict[str, dict[str, int]] = {
    # Everybody on a phone may see who else is there, and take her off it; her things are her own.
    "minh": {
        "/ai-dang-hoc/{me}/": 200,
        "/ai-dang-hoc/{me}/roi-may/": 200,
        "/ai-dang-hoc/{me}/ra-rieng/": 302,  # asks for Lan's own PIN
        "/ma-rieng/doi/": 200,
    },
    "vy": {
        **SETS_UP,
        **NO_CARDS,
        "/giay/{serial}/giay-ghi-nhan.pdf": 200,
        "/quan-ly/": 200,
        "/quan-ly/10750/": 200,
        "/quan-ly/giay/": 200,
        "/quan-ly/giay/{serial}/": 200,
        "/quan-ly/99999/": 404,
    },
    "tam": {**SETS_UP, "/quan-ly/the/{learner}/thay/": 404},
    "quy": SETS_UP,
    "thoi": {
        **{path: 404 for path in TABLE if path.startswith("/hai-buoc/")},
        **NO_CARDS,
    },
}
SENDS: dict[str, dict[str, int]] = {
    "minh": {
        "/ai-dang-hoc/{me}/": 302,
        "/ai-dang-hoc/{me}/ra-rieng/": 302,
        "/ma-rieng/doi/": 200,
        "/du-lieu-cua-toi/ma/": 302,  # the PIN of the phone is his too
    },
    "vy": {path: 403 for path in FORMS if path.startswith("/quan-ly/the/")},
    "tam": {"/quan-ly/the/{learner}/thay/": 404},
    "quy": {},
    "thoi": {"/hai-buoc/xac-nhan/": 404} | {path: 403 for path in FORMS if path.startswith("/quan-ly/the/")},
}
# They end the session, or put another person in the place of the one who asks.
LAST = {
    "/du-lieu-cua-toi/xoa/",
    "/dang-nhap/",
    "/the/vao/",
    "/dang-xuat/",
    "/du-lieu-cua-toi/thiet-bi/thoat-het/",
    "/ai-dang-hoc/",
    "/ai-dang-hoc/{me}/roi-may/",
}
REFUSED = {403, 404}


@pytest.mark.django_db
@pytest.mark.parametrize("role", OTHERS)
def test_every_url_and_every_form_as(role, request, hers):
    who = request.getfixturevalue(role)
    client = signed_in(role, {role: who})
    hers["asks"] = getattr(who, "public_id", "")
    sees = {path: row[LIKE[role]] for path, row in TABLE.items()} | SEES[role]
    assert {path: client.get(path.format(**hers)).status_code for path in TABLE} == sees
    sends = {path: row[LIKE[role]] for path, (_, row) in FORMS.items() if path not in LAST} | SENDS[role]
    refused = [path for path, status in sends.items() if status in REFUSED]
    before = digest()
    found = {path: send(client, path, {**FORMS[path][0], "for": "{asks}"}, hers) for path in refused}
    assert digest() == before
    found |= {
        path: send(client, path, {**FORMS[path][0], "for": "{asks}"}, hers)
        for path in sends.keys() - found.keys()
    }
    assert found == sends
