import csv
import datetime
import unicodedata
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from places.csvfiles import BadRow
from places.loading import DATA, MERGER, Refused, load, load_city, load_populations
from places.models import START_UNKNOWN, Place, Population, Succession

HEADING = "code,name,kind,short_name,lat,lon,area_km2,population,former_district,former_province,source"
GOOD = "99001,Xã Mới,xã,Mới,20.9,106.3,12.2,,Huyện Cũ,Tỉnh Cũ,nguồn"
FORMER_HEADING = "former_code,former_name,former_district,former_province,commune_code,part"


@pytest.fixture
def communes_csv(tmp_path):
    def write(*lines, heading=HEADING):
        path = tmp_path / "communes.csv"
        path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8")
        return path

    return write


@pytest.fixture
def former_csv(tmp_path):
    def write(*lines):
        path = tmp_path / "former.csv"
        path.write_text("\n".join([FORMER_HEADING, *lines]) + "\n", encoding="utf-8")
        return path

    return write


def test_the_city_has_its_communes(city):
    current = Place.objects.current().communes()
    assert Counter(current.values_list("kind", flat=True)) == {"xã": 67, "phường": 45, "đặc khu": 2}
    assert Succession.objects.count() == 451
    assert Succession.objects.filter(part="partial").count() == 133
    former = Place.objects.exclude(valid_to=None)
    assert former.count() == 375
    assert set(former.values_list("valid_from", "valid_to")) == {(START_UNKNOWN, MERGER)}


def test_a_code_means_the_unit_valid_today(city):
    assert Place.objects.current().get(code="10750").name == "Xã Phú Thái"
    before = Place.objects.valid_on(datetime.date(2025, 6, 30)).get(code="10750")
    assert before.valid_to == MERGER


def test_every_commune_has_a_short_label_of_its_own_and_a_tile(city):
    rows = Place.objects.current().communes().values_list("tile_label", "tile_column", "tile_row")
    assert all(label and len(label) <= 7 for label, _, _ in rows)
    assert len({label for label, _, _ in rows}) == len({(column, row) for _, column, row in rows}) == 114


def test_loading_again_changes_nothing(city, django_assert_max_num_queries):
    before = list(Place.objects.order_by("pk").values())
    with django_assert_max_num_queries(20):
        assert load_city().changed == 0
    assert list(Place.objects.order_by("pk").values()) == before


def test_a_corrected_row_is_taken_over(city):
    Place.objects.filter(code="10750", valid_to=None).update(area_km2=1, tile_label="x")
    pk = Place.objects.get(code="10750", valid_to=None).pk
    assert load_city().changed == 1
    place = Place.objects.get(code="10750", valid_to=None)
    assert (place.pk, place.tile_label) == (pk, "P.Thái")
    assert place.area_km2 != 1


def test_a_corrected_part_is_taken_over(city):
    Succession.objects.filter(part="partial").update(part="whole")
    assert load_city().changed == 133


def test_another_province_loads_from_the_same_shape(city, communes_csv, former_csv):
    path = communes_csv(GOOD, "99002,Phường Ðông,phường,Ðông,,,,,,,")
    done = load(communes=path, province="01", former=former_csv("98001,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99001,whole"))
    assert (done.communes, done.former, done.successions) == (2, 1, 1)
    assert Place.objects.get(code="99001").parent.name == "Thành phố Hà Nội"
    assert Place.objects.current().communes().count() == 116


def test_names_are_stored_composed(communes_csv, db):
    load(communes=communes_csv(unicodedata.normalize("NFD", GOOD)), province="01")
    assert Place.objects.get(code="99001").name == unicodedata.normalize("NFC", "Xã Mới")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("9900,Xã Hai,xã,Hai,,,,,,,", "dòng 3: cột code phải là mã"),
        ("９９００２,Xã Hai,xã,Hai,,,,,,,", "dòng 3: cột code phải là mã"),
        (",Xã Hai,xã,Hai,,,,,,,", "dòng 3: cột code để trống"),
        ("99001,Xã Hai,xã,Hai,,,,,,,", "dòng 3: mã 99001 đã có"),
        ("99002,,xã,Hai,,,,,,,", "dòng 3: cột name để trống"),
        ("99002,Làng Hai,làng,Hai,,,,,,,", "dòng 3: tên “Làng Hai” phải bắt đầu"),
        ("99002,Xã Hai,phường,Hai,,,,,,,", "dòng 3: cột kind"),
        ("99002,Xã Hai,xã,Ba,,,,,,,", "dòng 3: cột short_name"),
        (f"99002,Xã {'á' * 300},xã,Hai,,,,,,,", "dòng 3: cột name dài 303 chữ"),
        ("99002,Xã Hai,xã,Hai,bắc,,,,,,", "dòng 3: cột lat phải là số"),
        ("99002,Xã Hai,xã,Hai,nan,,,,,,", "dòng 3: cột lat phải từ"),
        ("99002,Xã Hai,xã,Hai,,200,,,,,", "dòng 3: cột lon phải từ"),
        ("99002,Xã Hai,xã,Hai,,,-1,,,,", "dòng 3: cột area_km2 phải từ"),
        ("99002,Xã Hai,xã,Hai", "dòng 3: có 4 ô, cần 11"),
        ('99002,Xã "Hai,xã,Hai,,,,,,,"x', "có 4 ô|không đúng dạng CSV|dòng 3"),
        ("10750,Xã Hai,xã,Hai,,,,,,,", "dòng 3: mã 10750 đang là Xã Phú Thái"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_nothing_is_written(communes_csv, phu_thai, line, says):
    with pytest.raises(CommandError, match=says):
        call_command("load_communes", str(communes_csv(GOOD, line)), province="01")
    assert not Place.objects.filter(code__in=["99001", "01"]).exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("10750,Xã Hai,xã,Hai,,,,,,,", "dòng 5: mã 10750 đang là Xã Phú Thái"),
        ("99001,Xã Hai,xã,Hai,,,,,,,", "dòng 5: mã 99001 đã có"),
        ("99002,Xã Hai", "dòng 5: có 2 ô"),
    ],
)
def test_lines_are_the_files_own_after_a_cell_of_several(communes_csv, phu_thai, line, says):
    long = GOOD.replace("nguồn", '"nguồn\nhai\nba"')
    with pytest.raises(CommandError, match=says):
        call_command("load_communes", str(communes_csv(long, line)), province="01")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("98001,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99009,whole", "dòng 3: mã 99009 không có"),
        ("98001,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99001,half", "dòng 3: cột part phải là một trong: whole, partial"),
        ("98000,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99001,whole", "dòng 3: cặp 98000 – 99001 đã có"),
        ("98000,Xã Khác,Huyện Cũ,Tỉnh Cũ,99001,whole", "dòng 3: mã 98000 đã là Xã Xưa"),
        ("98,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99001,whole", "dòng 3: cột former_code phải là mã"),
    ],
)
def test_a_bad_former_row_is_refused(communes_csv, former_csv, db, line, says):
    former = former_csv("98000,Xã Xưa,Huyện Cũ,Tỉnh Cũ,99001,whole", line)
    with pytest.raises(BadRow, match=says):
        load(communes=communes_csv(GOOD), province="01", former=former)
    assert not Place.objects.exists()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("99002,X,1,1", "dòng 3: mã 99002 không có"),
        ("99001,X,1,1", "dòng 3: mã 99001 đã có"),
        ("99003,X,0,0", "dòng 3: ô này đã có"),
        ("99003,X,một,0", "dòng 3: cột col phải là số"),
        ("99003,X,,0", "dòng 3: cột col phải là số nguyên"),
        ("99003,X,0.5,0", "dòng 3: cột col phải là số nguyên"),
    ],
)
def test_a_bad_tile_is_refused(communes_csv, tmp_path, db, line, says):
    tiles = tmp_path / "tiles.csv"
    tiles.write_text(f"code,name,col,row\n99001,X,0,0\n{line}\n", encoding="utf-8")
    with pytest.raises(BadRow, match=says):
        load(communes=communes_csv(GOOD, GOOD.replace("99001", "99003")), province="01", tiles=tiles)


def test_a_missing_column_is_named(communes_csv, db):
    with pytest.raises(BadRow, match="dòng 1: thiếu cột kind, short_name"):
        load(
            communes=communes_csv(
                heading="code,name,lat,lon,area_km2,former_district,former_province,source"
            ),
            province="01",
        )


def test_an_empty_file_is_refused(communes_csv, db):
    with pytest.raises(BadRow, match="không có dòng nào"):
        load(communes=communes_csv(), province="01")


def test_a_file_in_another_encoding_is_refused(tmp_path, db):
    path = tmp_path / "communes.csv"
    path.write_bytes(f"{HEADING}\n{GOOD}".encode("utf-16"))
    with pytest.raises(BadRow, match="không ở dạng UTF-8"):
        load(communes=path, province="01")


def test_a_missing_file_is_refused(tmp_path, db):
    with pytest.raises(BadRow, match=r"không đọc được tệp \(không có tệp nào tên như vậy\)"):
        load(communes=tmp_path / "none.csv", province="01")


def test_an_unknown_province_is_refused(communes_csv, db):
    with pytest.raises(CommandError, match="Không có tỉnh, thành phố nào mang mã “00”"):
        call_command("load_communes", str(communes_csv(GOOD)), province="00")


def test_another_citys_site_is_told_what_to_do(settings):
    settings.PROVINCE_CODE = "01"
    with pytest.raises(Refused, match="load_communes"):
        load_city()


def test_the_command_says_what_it_did(communes_csv, db, capsys):
    call_command("load_communes", str(communes_csv(GOOD)), province="01")
    assert capsys.readouterr().out.startswith("1 xã, phường, đặc khu; 0 đơn vị cũ, 0 cặp")


def test_two_units_of_one_short_name_get_two_labels(communes_csv, db):
    load(
        communes=communes_csv(
            GOOD, GOOD.replace("99001", "99002").replace("Xã", "Phường").replace("xã", "phường")
        ),
        province="01",
    )
    assert set(Place.objects.communes().values_list("tile_label", flat=True)) == {"Mới", "Mới2"}


def test_the_files_of_the_room_hold_no_carriage_return_of_another_shape():
    rows = list(csv.DictReader((DATA / "hai_phong_communes.csv").open(encoding="utf-8")))
    assert len(rows) == 114


POPULATION = "10750,all,12345,2025-12-31,Niên giám 2025"


@pytest.fixture
def populations_csv(tmp_path):
    def write(*lines):
        path = tmp_path / "populations.csv"
        path.write_text("\n".join(["code,group,value,as_of,source", *lines]) + "\n", encoding="utf-8")
        return path

    return write


def test_populations_are_added_once(phu_thai, populations_csv, capsys):
    path = populations_csv(POPULATION, POPULATION.replace("all", "adults").replace("12345", "9000"))
    call_command("load_populations", str(path))
    call_command("load_populations", str(path))
    assert capsys.readouterr().out == "Đã thêm 2 số dân.\nĐã thêm 0 số dân.\n"
    assert Population.objects.get(group="adults").value == 9000


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("10750,all,999,2025-12-31,Niên giám 2025", "dòng 3: nơi, nhóm, ngày và nguồn này đã có"),
        ("99999,all,1,2025-12-31,x", "dòng 3: không có nơi nào hiện nay mang mã 99999"),
        ("10750,men,1,2025-12-31,x", "dòng 3: cột group"),
        ("10750,all,1.5,2025-12-31,x", "dòng 3: cột value phải là số nguyên"),
        ("10750,all,-1,2025-12-31,x", "dòng 3: cột value phải từ"),
        ("10750,all,1,31/12/2025,x", "dòng 3: cột as_of phải là ngày"),
        ("10750,all,1,2025-12-31,", "dòng 3: cột source để trống"),
    ],
)
def test_a_bad_population_is_refused_and_none_is_written(phu_thai, populations_csv, line, says):
    with pytest.raises(CommandError, match=says):
        call_command("load_populations", str(populations_csv(POPULATION, line)))
    assert not Population.objects.exists()


def test_a_recorded_population_cannot_be_changed_by_a_file(phu_thai, populations_csv):
    load_populations(populations_csv(POPULATION))
    with pytest.raises(BadRow, match="dòng 2: nơi, nhóm, ngày"):
        load_populations(populations_csv(POPULATION.replace("12345", "1")))
