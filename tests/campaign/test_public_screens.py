"""/thong-ke/: for everybody, nothing personal, every figure with its unit and its proof."""

import csv
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.closing import close_days
from campaign.folding import fold
from campaign.models import Book
from campaign.verifying import verify
from ledger import kinds
from lms import pagecache
from places.models import Place, Population, Succession
from tests.make import MERGER, make_commune

from .ledger_maker import at, day, make_fact, noon


@pytest.fixture
def counted(phu_thai, cam_giang):
    Place.objects.filter(pk=phu_thai.pk).update(
        tile_label="P.Thái", tile_column=1, tile_row=2, folded="xa phu thai"
    )
    Place.objects.filter(pk=cam_giang.pk).update(
        tile_label="C.Giang", tile_column=0, tile_row=0, folded="xa cam giang"
    )
    for person in (1, 2, 3):
        make_fact(kinds.COURSE_STARTED, person, phu_thai, on=0, course="A")
        make_fact(kinds.LESSON_DONE, person, phu_thai, on=person, item="a", course="A", asserted_by="client")
    make_fact(kinds.COURSE_COMPLETED, 1, phu_thai, on=35, course="A")
    make_fact(kinds.LESSON_DONE, 9, phu_thai, on=35, item="a", course="A", left_out="staff")
    with at(noon(36)):
        fold()
        close_days()


@pytest.fixture(autouse=True)
def _now(db):
    with at(noon(36, 15)):
        yield


def get(client, path="/thong-ke/", **query):
    return client.get(path, query)


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_city_page_shows_totals_units_time_and_every_commune(client, counted):
    response = get(client)
    assert response.status_code == 200
    words = text(response)
    assert "3 người" in words
    assert "33,3 %" in words
    assert "tính đến 12:00 ngày 07/04/2026" in words
    assert "Xã Cẩm Giang" in words
    assert words.count("Xem cách tính") == 7


def test_it_is_the_same_for_everyone(client, counted, quan_tri, django_assert_num_queries):
    anonymous = get(client)
    with django_assert_num_queries(0):
        assert get(client).content == anonymous.content, "the page cache keeps it"
    assert "Cookie" not in anonymous.get("Vary", "")
    assert not anonymous.cookies
    client.force_login(quan_tri)
    pagecache.bump()
    assert get(client).content == anonymous.content


def test_few_queries(client, counted, django_assert_max_num_queries):
    for number in range(30):
        make_commune(f"{20000 + number}", f"Xã Mới {number}")
    with django_assert_max_num_queries(10):
        get(client, ky="khoang", tu="2026-03-03", den="2026-04-05")


def test_an_empty_city_is_whole(client, phu_thai):
    response = get(client)
    assert response.status_code == 200
    assert "Chưa có lượt học xong bài nào trong 26 tuần qua" in text(response)
    assert "Chưa có số liệu nào được tính" in text(response)


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("-learning", "Phú Thái"),
        ("learning", "Cẩm Giang"),
        ("ten", "Cẩm Giang"),
        ("-ten", "Phú Thái"),
        ("x", "Phú Thái"),
    ],
)
def test_the_table_sorts_without_script(client, counted, order, first):
    body = get(client, **{"sap-xep": order}).content.decode()
    table = body[body.index("<tbody", body.index('id="bang"')) :]
    assert table.index(first) < table.index("Phú Thái" if first == "Cẩm Giang" else "Cẩm Giang")


def test_the_sorted_column_says_so(client, counted):
    body = get(client, **{"sap-xep": "-lessons"}).content.decode()
    assert body.count('aria-sort="descending"') == 1
    assert body.count('aria-sort="none"') == 6
    assert "sap-xep=lessons#bang" in body


def test_search_without_accents(client, counted):
    body = get(client, q="phu thai").content.decode()
    table = body[body.index("<tbody", body.index('id="bang"')) :]
    assert "Phú Thái" in table
    assert "Cẩm Giang" not in table
    assert "Không có xã, phường nào tên như vậy" in text(get(client, q="<script>"))


def test_csv_is_what_is_shown(client, counted):
    response = get(client, q="phu", ky="khoang", tu="2026-03-04", **{"dinh-dang": "csv"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 2
    assert rows[1][:4] == ["10750", "Xã Phú Thái", "0", "2"]
    assert rows[1][-3] == "33.3"


def test_a_downloaded_row_says_its_period_and_when_that_was_known(client, counted, quan_tri):
    client.force_login(quan_tri)
    known = f"{timezone.localtime(Book.now().folded_at):%H:%M %d/%m/%Y}"
    for path in ("/thong-ke/", "/quan-ly/"):
        text = client.get(path, {"dinh-dang": "csv", "tu": "2026-03-04"}).content.decode("utf-8-sig")
        heads, *rows = csv.reader(io.StringIO(text))
        assert heads[-2:] == ["Kỳ", "Tính đến"]
        assert {tuple(row[-2:]) for row in rows} == {("từ ngày 04/03/2026 đến nay", known)}


@pytest.mark.parametrize("query", [{}, {"tu": "2026-03-02"}, {"den": "2026-03-05"}])
def test_the_communes_add_up_to_the_city(client, counted, query):
    response = get(client, **query)
    rows, city = response.context["rows"], response.context["figures"]
    for figure in city:
        parts = [f for row in rows for f in row.figures if f.measure == figure.measure]
        if parts and not figure.measure.is_rate:
            assert sum(f.value for f in parts) == figure.value
        elif parts:
            assert sum(f.numerator for f in parts) == figure.numerator
            assert sum(f.denominator for f in parts) == figure.denominator


@pytest.mark.parametrize(
    "query",
    [
        {"ky": "khoang", "tu": "31/02/2026"},
        {"ky": "khoang", "tu": "2026-04-02", "den": "2026-04-01"},
        {"ky": "khoang", "den": "31/12/9999"},
        {"ky": "khoang", "tu": "mai"},
        {"ky": "nam"},
    ],
)
@pytest.mark.parametrize("path", ["/thong-ke/", "/thong-ke/10750/", "/thong-ke/10750/cach-tinh/rate/"])
def test_a_bad_date_gets_a_message_and_no_figure(client, counted, path, query):
    response = get(client, path, **query)
    assert response.status_code == 400
    assert 'role="alert"' in response.content.decode()
    assert "Bộ lọc có chỗ chưa đúng" in response.content.decode()
    assert "Chưa gửi được" not in response.content.decode()
    assert "fig-value" not in response.content.decode()


def test_every_tile_leads_to_its_commune_and_says_its_name_and_figure(client, counted):
    body = get(client, ky="khoang", tu="2026-03-03", den="2026-03-04").content.decode()
    assert "<title>Xã Phú Thái: 2 người đã học</title>" in body
    assert (
        'class="tile none" href="/thong-ke/10888/?ky=khoang&amp;tu=2026-03-03&amp;den=2026-03-04&amp;"'
        in body
    )
    assert ">P.Thái</text>" in body


def test_a_commune_page(client, counted):
    response = get(client, "/thong-ke/10750/")
    assert "Xã Phú Thái: người học kỹ năng số" in text(response)
    assert 'href="/thong-ke/10750/cach-tinh/learning/"' in response.content.decode()


def test_the_province_code_is_the_city_page(client, counted):
    assert get(client, "/thong-ke/31/").headers["Location"] == "/thong-ke/"


@pytest.mark.parametrize(
    "path",
    ["/thong-ke/99999/", "/thong-ke/1075/", "/thong-ke/phu-thai/", "/thong-ke/10750/cach-tinh/started/",
     "/thong-ke/10750/cach-tinh/x/", "/thong-ke/99999/cach-tinh/rate/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client, counted, path):
    assert get(client, path).status_code == 404


def test_a_code_that_ended_says_what_became_of_it(client, counted, phu_thai):
    former = Place.objects.create(
        code="10751", level="commune", kind="xã", name="Xã Kim Anh", short_name="Kim Anh", folded="",
        parent=phu_thai.parent, valid_from=MERGER.replace(year=1900), valid_to=MERGER,
    )  # fmt: skip
    Succession.objects.create(former=former, successor=phu_thai, part="whole")
    response = get(client, "/thong-ke/10751/")
    assert response.status_code == 410
    assert "Xã Kim Anh nay đã thay đổi" in text(response)
    assert 'href="/thong-ke/10750/"' in response.content.decode()


def test_the_proof_of_a_rate(client, counted, django_assert_max_num_queries):
    verify()
    with django_assert_max_num_queries(10):
        response = get(client, "/thong-ke/10750/cach-tinh/rate/")
    words = text(response)
    assert "1 ÷ 3 × 100" in words
    assert "Tử số: người đã bắt đầu và đã hoàn thành 1 người" in words
    assert "Mẫu số: người đã bắt đầu học một khóa 3 người" in words
    assert "chênh lệch 0" in words


def test_the_proof_says_what_is_left_out_and_what_only_devices_say(client, counted):
    words = text(get(client, "/thong-ke/10750/cach-tinh/lessons/"))
    assert "1 lượt là người hướng dẫn, cán bộ; 0 lượt là tài khoản thử" in words
    assert "3 lượt trong số đã tính" in words
    assert "Chưa có số dân của nơi này" in words
    assert "Chưa đếm lại lần nào" in words


def test_the_proof_names_the_population_and_its_source(client, counted, phu_thai):
    Population.objects.create(place=phu_thai, group="all", value=16204, as_of=day(0), source="Báo cáo của xã")
    words = text(get(client, "/thong-ke/10750/cach-tinh/learning/"))
    assert "16.204 người (toàn dân, ngày 02/03/2026; nguồn: Báo cáo của xã)" in words


def test_the_movements_of_the_proof_add_up(client, counted):
    response = get(client, "/thong-ke/10750/cach-tinh/learning/", ky="khoang", tu="2026-03-04")
    moves = response.context["moves"].object_list
    assert sum(move["value"] for move in moves) == response.context["figure"].value == 2


def test_addresses_are_kept():
    assert reverse("campaign:public") == "/thong-ke/"
    assert reverse("campaign:public_place", args=["10750"]) == "/thong-ke/10750/"
    assert reverse("campaign:manage") == "/quan-ly/"


def test_nothing_is_posted(client, counted):
    assert client.post("/thong-ke/").status_code == 405


def test_the_page_says_how_far_behind_it_may_be_and_why_more_began_than_learned(client, counted):
    for path in ("/thong-ke/", "/thong-ke/10750/"):
        words = text(get(client, path))
        assert "chậm nhiều nhất một phút" in words
        assert "“Bắt đầu”: đã vào một khóa, dù chưa xong bài nào." in words
    assert "chậm nhiều nhất một phút" in text(get(client, "/thong-ke/10750/cach-tinh/rate/"))
