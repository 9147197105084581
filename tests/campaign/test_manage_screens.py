"""/quan-ly/: officials see the places of their role and below, and nothing else."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaign import managing
from campaign.closing import close_days
from campaign.folding import fold
from courses.models import Course
from ledger import kinds
from places.models import Place
from tests.make import make_commune, make_role, make_user

from .ledger_maker import at, make_fact, noon


@pytest.fixture
def counted(phu_thai, cam_giang):
    Place.objects.filter(pk=phu_thai.pk).update(folded="xa phu thai")
    Place.objects.filter(pk=cam_giang.pk).update(folded="xa cam giang")
    Course.objects.create(code="A", slug="a", title="An toàn")
    for person in range(4):
        make_fact(kinds.COURSE_STARTED, person, phu_thai, on=0, course="A")
        make_fact(kinds.LESSON_DONE, person, phu_thai, on=1, item="a", course="A")
    make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=5, course="A")
    make_fact(kinds.COURSE_COMPLETED, 2, phu_thai, on=15, course="A")
    make_fact(kinds.COURSE_STARTED, 11, cam_giang, on=0, course="A")
    make_fact(kinds.LESSON_DONE, 11, cam_giang, on=16, item="a", course="A")
    with at(noon(20)):
        fold()
        close_days()


@pytest.fixture(autouse=True)
def _now(db):
    with at(noon(20, 15)):
        yield


def names(response):
    return {row.place.name for row in response.context["rows"]}


def test_the_city_sees_every_commune(client, counted, quan_tri):
    client.force_login(quan_tri)
    response = client.get("/quan-ly/")
    assert names(response) == {"Xã Phú Thái", "Xã Cẩm Giang"}
    rate = response.context["total"]["rate"]
    assert (rate.numerator, rate.denominator, rate.text) == (2, 5, "40,0")
    assert "no-store" in response["Cache-Control"]


def test_an_official_sees_her_commune_only(client, counted, chi, sau):
    client.force_login(chi)
    assert names(client.get("/quan-ly/")) == {"Xã Phú Thái"}
    assert client.get("/quan-ly/10750/").status_code == 200
    client.force_login(sau)
    assert names(client.get("/quan-ly/")) == {"Xã Cẩm Giang"}
    assert "Phú Thái" not in client.get("/quan-ly/").content.decode()


def test_another_commune_looks_as_if_it_were_not_there(client, counted, sau):
    client.force_login(sau)
    assert client.get("/quan-ly/10750/").status_code == 404
    assert client.get("/quan-ly/99999/").status_code == 404
    rows = client.get("/quan-ly/", {"q": "phu thai", "dinh-dang": "csv"}).content.decode()
    assert "Phú Thái" not in rows


@pytest.mark.parametrize("path", ["/quan-ly/", "/quan-ly/10750/"])
def test_who_may_not(client, counted, lan, binh, bien, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/dang-nhap/?next=/quan-ly/")
    for user in (lan.user, binh, bien):
        client.force_login(user)
        assert client.get(path).status_code == 403


def test_a_role_that_only_looks_is_enough(client, counted, phu_thai):
    user = make_user(email="xem@example.vn")
    make_role(user, "official_view", phu_thai)
    client.force_login(user)
    assert client.get("/quan-ly/").status_code == 200


def test_a_period_is_compared_with_the_one_before(client, counted, quan_tri):
    client.force_login(quan_tri)
    response = client.get("/quan-ly/", {"ky": "khoang", "tu": "2026-03-12", "den": "2026-03-21"})
    row = next(row for row in response.context["rows"] if row.place.code == "10750")
    assert (row.before.text, row.rate.text, row.change, row.change_text) == ("25,0", "50,0", 25.0, "+25,0")
    assert (row.learning, row.lessons) == (0, 0)
    assert response.context["before"].label == "từ ngày 02/03/2026 đến hết ngày 11/03/2026"


def test_whom_to_urge(client, counted, quan_tri):
    client.force_login(quan_tri)
    urge = client.get("/quan-ly/").context["urge"]
    assert [row.place.name for row in urge["quiet"]] == ["Xã Phú Thái"]
    assert [row.place.name for row in urge["lowest"]] == ["Xã Cẩm Giang", "Xã Phú Thái"]


@pytest.mark.parametrize(
    ("only", "shown"),
    [
        ("im-ang", {"Xã Phú Thái"}),
        ("giam", set()),
        ("chua-bat-dau", set()),
        ("", {"Xã Phú Thái", "Xã Cẩm Giang"}),
    ],
)
def test_filters(client, counted, quan_tri, only, shown):
    client.force_login(quan_tri)
    assert names(client.get("/quan-ly/", {"loc": only})) == shown


@pytest.mark.parametrize("by", managing.KEYS)
def test_every_column_sorts_both_ways(client, counted, quan_tri, by):
    client.force_login(quan_tri)
    up, down = (
        [row.place.name for row in client.get("/quan-ly/", {"sap-xep": order}).context["rows"]]
        for order in (by, f"-{by}")
    )
    assert up == down[::-1] or by == "change"


def test_csv(client, counted, quan_tri):
    client.force_login(quan_tri)
    response = client.get("/quan-ly/", {"sap-xep": "-rate", "dinh-dang": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1][:6] == ["10750", "Xã Phú Thái", "50.0", "", "2", "4"]
    assert len(rows) == 3


@pytest.mark.parametrize("path", ["/quan-ly/", "/quan-ly/10750/"])
@pytest.mark.parametrize("tu", ["31/02/2026", "9999-01-01", "abc", "2026-05-01"])
def test_a_bad_date_gets_a_message_and_nothing_else(client, counted, quan_tri, path, tu):
    client.force_login(quan_tri)
    response = client.get(path, {"ky": "khoang", "tu": tu, "den": "2026-04-01"})
    assert response.status_code == 400
    assert "Phú Thái</a>" not in response.content.decode()


def test_a_commune_s_own_page(client, counted, chi):
    client.force_login(chi)
    response = client.get("/quan-ly/10750/", {"ky": "khoang", "tu": "2026-03-12", "den": "2026-03-21"})
    [(course, rate)] = response.context["courses"]
    assert (course.title, rate.text, rate.denominator) == ("An toàn", "50,0", 4)
    now = {figure.measure.key: (figure.text, then.text) for figure, then in response.context["figures"]}
    assert now["completed"] == ("1", "1")
    assert now["rate"] == ("50,0", "25,0")
    assert client.get("/quan-ly/10750/").context["before"] is None


def test_few_queries_however_many_communes(client, counted, quan_tri):
    for number in range(40):
        make_commune(f"{20000 + number}", f"Xã Mới {number}")
    client.force_login(quan_tri)
    for query in ({}, {"ky": "khoang", "tu": "2026-03-03", "den": "2026-05-04"}):
        with CaptureQueriesContext(connection) as queries:
            client.get("/quan-ly/", query)
        assert len(queries) <= 10, "\n".join(query["sql"] for query in queries)


@pytest.mark.parametrize("path", ["/thong-ke/", "/quan-ly/"])
def test_each_cell_says_its_column_for_the_cards_of_a_phone(client, counted, quan_tri, path):
    client.force_login(quan_tri)
    body = client.get(path).content.decode()
    body = body[body.index('<div class="table cards sorts"') :]
    heads = re.findall(r'<th scope="col".*?</th>', body, re.DOTALL)
    rows = re.findall(r'<tr><th scope="row".*?</tr>', body, re.DOTALL)
    assert len(rows) == 2
    for row in rows:
        assert len(re.findall(r'<td [^>]*data-label="[^"]+ \([^)]+\)"', row)) == len(heads) - 1
        assert row.count("<td") == len(heads) - 1


def test_this_month_is_named_until_today(client, counted, quan_tri):
    client.force_login(quan_tri)
    body = client.get("/quan-ly/", {"ky": "thang"}).content.decode()
    assert f"đến hết ngày {timezone.localdate():%d/%m/%Y}" in body


def test_days_beside_a_named_period_are_used_and_said(client, counted, quan_tri):
    client.force_login(quan_tri)
    response = client.get("/quan-ly/", {"ky": "thang", "tu": "2026-03-02", "den": "2026-03-09"})
    words = response.content.decode()
    assert "từ ngày 02/03/2026 đến hết ngày 09/03/2026" in words
    assert '<option value="khoang" selected>' in words
    assert "Đang xem theo ngày bạn ghi" in words


def test_a_wrong_filter_keeps_every_choice(client, counted, quan_tri):
    client.force_login(quan_tri)
    response = client.get("/quan-ly/", {"tu": "2026-03-20", "den": "2026-03-10", "loc": "giam"})
    assert response.status_code == 400
    words = response.content.decode()
    assert '<option value="giam" selected>' in words
    assert all(f'value="{key}"' in words for key, _ in managing.FILTERS)
    assert '<details class="narrow" open>' in words


def test_the_filter_is_folded_until_one_is_set(client, counted, quan_tri):
    client.force_login(quan_tri)
    assert '<details class="narrow">' in client.get("/quan-ly/").content.decode()
    for query in ({"q": "phu"}, {"loc": "giam"}, {"ky": "thang"}):
        assert '<details class="narrow" open>' in client.get("/quan-ly/", query).content.decode()


def test_one_commune_is_neither_searched_nor_sorted(client, counted, chi):
    client.force_login(chi)
    words = client.get("/quan-ly/").content.decode()
    assert "sap-xep=rate" not in words.replace("sap-xep=rate&amp;dinh-dang", "")
    assert 'name="q"' not in words
    assert "Xã Phú Thái" in words


def test_the_arrow_shows_the_column_that_is_sorted(client, counted, quan_tri):
    client.force_login(quan_tri)
    words = client.get("/quan-ly/", {"sap-xep": "-lessons"}).content.decode()
    assert words.count('#i-down"') == 1
    assert "#i-down" in words[words.index('aria-sort="descending"') :].split("</th>")[0]
    assert words.count("#i-sort") == len(managing.COLUMNS) - 1
