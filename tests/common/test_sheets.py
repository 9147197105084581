"""Spreadsheets of strangers: what is read, and what is refused before it costs anything."""

import datetime
import io
import time
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from common import sheets
from common.sheets import BadSheet

COLUMNS = {"Họ và tên": "name", "Thư điện tử": "email", "Đến hết ngày": "until"}
NEEDED = ("Họ và tên", "Thư điện tử")
HEADER = ["Họ và tên", "Thư điện tử", "Đến hết ngày"]


def book(*rows, header=HEADER, before=()):
    made = Workbook()
    for row in (*before, header, *rows):
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def read(content, most=2000):
    return sheets.read(content, columns=COLUMNS, needed=NEEDED, most=most)


def with_file(content, name, data):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, data)
    return out.getvalue()


def test_rows_come_with_their_numbers():
    day = datetime.datetime(2026, 12, 31)
    found = read(book(["  Nguyễn\u200b  Thị Lan ", "lan@x.vn", day], [], ["Bình", 5.0, None]))
    assert [(line.number, dict(line.cells)) for line in found] == [
        (2, {"name": "Nguyễn Thị Lan", "email": "lan@x.vn", "until": "2026-12-31"}),
        (4, {"name": "Bình", "email": "5", "until": ""}),
    ]


@pytest.mark.parametrize("header", [["HO VA TEN", "Thư điện tử *"], ["Ghi chú", "Thư điện tử:", "Họ và tên"]])
def test_headers_in_any_order_with_or_without_marks(header):
    row = ["a@x.vn"] * len(header)
    assert read(book(row, header=header, before=[["Danh sách của xã"], []]))[0].cells["name"] == "a@x.vn"


def test_the_sheet_is_looked_for():
    made = Workbook()
    made.active.append(["Hướng dẫn"])
    second = made.create_sheet("Danh sách")
    second.append(HEADER)
    second.append(["Lan", "lan@x.vn"])
    out = io.BytesIO()
    made.save(out)
    assert len(read(out.getvalue())) == 1


def test_formulas_are_named():
    [line] = read(book(["=HYPERLINK(1)", "lan@x.vn"]))
    assert line.formulas == {"name"}


def test_ours_reads_back():
    content = sheets.write(
        {"Danh sách": [HEADER, ["=1+1", "a@x.vn", ""]]}, widths=(30,), choices={0: ["Có", "Không"]}
    )
    assert read(content)[0].cells["name"] == "'=1+1"
    assert load_workbook(io.BytesIO(content))["Danh sách"].freeze_panes == "A2"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "không phải tệp Excel"),
        (b"ten,thu\r\nlan,a@x.vn", "không phải tệp Excel"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "không phải tệp Excel"),  # .xls, or with a password
        (b"PK\x03\x04" + b"0" * 600, "Không mở được"),
        (book(["Lan", "a@x.vn"], header=["Tên", "Thư"]), "Không thấy dòng tiêu đề"),
        (with_file(book(), "xl/vbaProject.bin", b"x"), "macro"),
        (with_file(book(), "xl/externalLinks/externalLink1.xml", b"<x/>"), "macro hoặc nối sang"),
        (with_file(book(), "xl/media/bomb.bin", b"0" * (13 * 2**20)), "Không mở được"),
        (with_file(book(), "xl/worksheets/sheet1.xml", b"<not xml"), "Không đọc được"),
        (with_file(book(), "xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "b">]><a>&b;</a>'), "Không đọc được"),
    ],
)
def test_what_is_refused(content, says):
    with pytest.raises(BadSheet, match=says):
        read(content)


def test_a_row_of_very_many_cells_is_refused_before_it_is_read():
    """A megabyte of them took a worker ten seconds."""
    wide = "".join(f'<c r="{n}"/>' for n in range(180_000))
    sheet = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>{wide}'
    )
    content = with_file(book(), "xl/worksheets/sheet1.xml", sheet + "</row></sheetData></worksheet>")
    started = time.process_time()
    with pytest.raises(BadSheet, match="quá nhiều ô"):
        read(content)
    assert time.process_time() - started < 1


@pytest.mark.parametrize("place", ["xl/sharedStrings.xml", "xl/elsewhere.bin"])
def test_very_many_words_are_refused_wherever_they_stand(place):
    words = "".join(f"<si>{n}</si>" for n in range(310_000))
    with pytest.raises(BadSheet, match="quá nhiều ô"):
        read(with_file(book(), place, f"<sst>{words}</sst>"))


def test_a_full_list_with_styled_empty_cells_is_read():
    assert len(read(book(*[["Lan", "a@x.vn", *[None] * 9, "x"]] * 1999))) == 1999


def test_who_stands_far_below_is_read():
    made = book(["Lan", "a@x.vn"], *[[]] * 4100, ["Bình", "b@x.vn"])
    assert [line.number for line in read(made)] == [2, 4103]


def test_too_many_rows():
    with pytest.raises(BadSheet, match="quá 10 dòng"):
        read(book(*[["Lan", "a@x.vn"]] * 11), most=10)


@pytest.mark.parametrize("cell", ['t="inlineStr"><is><t>x</t></is></c>', 's="1"/>'])
def test_a_sheet_that_says_it_has_a_million_rows_costs_nothing(cell):
    """Rows far down, and a dimension that lies. What stands down there is not dropped without a word."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<dimension ref="A1:XFD1048576"/><sheetData>'
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Họ và tên</t></is></c>'
        '<c r="B1" t="inlineStr"><is><t>Thư điện tử</t></is></c></row>'
        f'<row r="1048576"><c r="XFD1048576" {cell}</row></sheetData></worksheet>'
    )
    started = time.monotonic()
    content = with_file(book(), "xl/worksheets/sheet1.xml", sheet)
    if "<is>" in cell:
        with pytest.raises(BadSheet, match="dòng 1048576"):
            read(content)
    else:
        assert read(content) == []
    assert time.monotonic() - started < 5
