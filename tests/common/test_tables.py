"""A table that leaves as CSV opens in Excel and runs nothing there."""

import csv
import io

import pytest

from common.tables import BOM, csv_response, csv_text, neutral


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+84912",
        "-2",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=cmd|' /C calc'!A0",
        "\ufeff=1",
    ],
)
def test_what_a_spreadsheet_would_run_is_quoted(text):
    assert neutral(text) == "'" + text


@pytest.mark.parametrize("cell", ["Xã Phú Thái", "1=1", -3, 35.1, None, "'=1", ""])
def test_everything_else_stays(cell):
    assert neutral(cell) == cell


def test_rows_are_read_back_as_they_were():
    rows = [["Xã, phường", "Số"], ['Xã "Cẩm Giàng"', 3], ["hai\ndòng", None]]
    assert list(csv.reader(io.StringIO(csv_text(rows)))) == [
        ["Xã, phường", "Số"],
        ['Xã "Cẩm Giàng"', "3"],
        ["hai\ndòng", ""],
    ]


def test_the_download_starts_with_a_mark_for_excel():
    response = csv_response("thong-ke", [["Xã"]])
    assert response.content.decode() == BOM + "Xã\r\n"
    assert response["Content-Disposition"] == 'attachment; filename="thong-ke.csv"'
