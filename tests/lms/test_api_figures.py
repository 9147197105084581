"""GET /api/v1/figures/: public totals, any range, and a plain message when the question is wrong."""

import csv
import io

import pytest

from campaign.closing import close_days
from campaign.folding import fold
from ledger import kinds
from lms import api_figures
from tests.campaign.ledger_maker import at, make_fact, noon

URL = "/api/v1/figures/"


@pytest.fixture
def counted(phu_thai, cam_giang):
    for person in (1, 2, 3):
        make_fact(kinds.COURSE_STARTED, person, phu_thai, on=0, course="A")
        make_fact(kinds.LESSON_DONE, person, phu_thai, on=person, item="a", course="A")
    make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=35, recorded=36, course="A")
    with at(noon(36)):
        fold()
        close_days()


def test_a_total_with_its_unit_and_time(client, counted):
    answer = client.get(URL, {"measure": "learning"}).json()
    assert answer == {
        "unit": "người",
        "as_of": "2026-04-07T12:00:00+07:00",
        "rows": [{"place": "31", "value": 3}],
    }


def test_by_commune_lists_all_and_zeros_and_adds_up(client, counted):
    answer = client.get(URL, {"measure": "learning", "by": "commune"}).json()
    assert {row["place"]: row["value"] for row in answer["rows"]} == {"10750": 3, "10888": 0}


@pytest.mark.parametrize(
    ("days", "value"),
    [
        ({"from": "2026-03-03", "to": "2026-03-04"}, 2),
        ({"from": "2026-03-01", "to": "2026-03-31"}, 3),
        ({"from": "2026-03-05"}, 1),
        ({"to": "2026-03-03"}, 1),
        ({"from": "2026-04-01", "to": "2026-05-15"}, 0),
    ],
)
def test_any_range(client, counted, days, value):
    assert client.get(URL, {"measure": "learning", **days}).json()["rows"][0]["value"] == value


def test_the_rate_looks_to_the_last_day_with_one_decimal(client, counted):
    def rate(**days):
        return client.get(URL, {"measure": "rate", "place": "10750", **days}).json()["rows"][0]["value"]

    assert rate() == 33.3
    assert rate(**{"from": "2026-04-01"}) == 33.3
    assert rate(to="2026-04-05") == 0
    assert rate(to="2026-04-06") == 33.3
    assert rate(to="2026-03-01") is None


def test_csv_has_the_names_too(client, counted):
    response = client.get(URL, {"measure": "lessons", "by": "commune", "format": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0] == ["place", "name", "value", "unit"]
    assert ["10750", "Xã Phú Thái", "3", "lượt"] in rows
    assert ["10888", "Xã Cẩm Giang", "0", "lượt"] in rows


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"measure": "started"},
        {"measure": "tất cả"},
        {"measure": "learning", "from": "2026-02-31"},
        {"measure": "learning", "from": "31/02/2026"},
        {"measure": "learning", "from": "2026-03-05", "to": "2026-03-04"},
        {"measure": "learning", "to": "9999-12-31"},
        {"measure": "learning", "to": "mai"},
        {"measure": "learning", "to": "20260301"},
        {"measure": "learning", "place": "99999"},
        {"measure": "learning", "place": "x"},
        {"measure": "learning", "by": "gender"},
        {"measure": "learning", "as_of": "2026-03-01"},
        {"measure": "learning", "gender": "female"},
        {"measure": "learning", "format": "xml"},
    ],
)
def test_a_wrong_question_gets_a_message_and_no_figure(client, counted, query):
    response = client.get(URL, query)
    assert response.status_code == 400
    assert set(response.json()) == {"message"}
    assert len(response.json()["message"]) > 10


def test_few_queries_however_many_places(client, counted, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(URL, {"measure": "rate", "by": "commune", "from": "2026-03-03", "to": "2026-05-04"})


def test_the_description_names_every_parameter(client, db):
    described = client.get("/api/v1/openapi.json").json()["paths"]["/api/v1/figures/"]["get"]
    assert {one["name"] for one in described["parameters"]} == api_figures.PARAMETERS
    assert {"200", "400"} <= described["responses"].keys()
