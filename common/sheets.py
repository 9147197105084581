"""Spreadsheets (.xlsx): read from strangers without trusting them, written for people to fill in."""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from . import archives
from .tables import neutral
from .text import fold, visible

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LIMITS = archives.Limits(
    packed=2 * archives.MB, total=16 * archives.MB, each=12 * archives.MB, files=200, ratio=60
)
_HEADER_ROWS, _COLUMNS, _SHEETS = 10, 30, 10
_CELL = 300  # letters of a cell that are kept
_FAR = 100_000  # rows; gaps between rows are walked through
# openpyxl takes some 15 µs for a cell whether it is wanted or not, expat a tenth of that.
_CELLS_A_ROW, _ELEMENTS_A_ROW = 20, 150
# Programs, and what reaches for other files: a list of people needs none.
_REFUSED = ("vbaproject", "externallinks/", "activex/", "embeddings/", "customui/", "macrosheets/")


UNREADABLE = "Không đọc được tệp này. Hãy mở bằng Excel, lưu lại thành .xlsx rồi gửi lại."


class BadSheet(Exception):
    """The file cannot be taken; the message says why and what to do, in Vietnamese."""


@dataclass(frozen=True)
class Line:
    """One row: its number in the sheet, its cells by key as clean text, and the keys that hold formulas."""

    number: int
    cells: Mapping[str, str]
    formulas: frozenset[str] = field(default_factory=frozenset)


def read(content: bytes, *, columns: Mapping[str, str], needed: Iterable[str], most: int) -> list[Line]:
    """The rows below the first header row found.

    `columns` maps the header as people write it to a key; `needed` are the headers
    without which a sheet is not ours. Empty rows are left out. Raises BadSheet.
    """
    _look_inside(content, most=most)
    wanted = {fold(header): key for header, key in columns.items()}
    needed = list(needed)
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            for sheet in book.worksheets[:_SHEETS]:
                lines = _lines(sheet, wanted, {fold(header) for header in needed}, most)
                if lines is not None:
                    return lines
        finally:
            book.close()
    except BadSheet:
        raise
    except Exception as error:  # whatever a broken or hostile file makes the reader raise
        raise BadSheet(UNREADABLE) from error
    shown = ", ".join(f"“{header}”" for header in needed)
    raise BadSheet(f"Không thấy dòng tiêu đề có các cột {shown}. Hãy dùng tệp mẫu.")


def _look_inside(content: bytes, *, most: int) -> None:
    """Sizes and cells are counted and programs refused before anything is made of them."""
    if not content.startswith(b"PK"):
        raise BadSheet("Đây không phải tệp Excel .xlsx. Hãy lưu lại thành .xlsx, không đặt mật khẩu.")
    try:
        files = archives.open_bytes(content, limits=LIMITS)
    except archives.BadArchive as error:
        raise BadSheet(f"Không mở được tệp: {error}") from error
    for name in files:
        if any(part in name.lower() for part in _REFUSED):
            raise BadSheet("Tệp có macro hoặc nối sang tệp khác. Hãy lưu lại thành .xlsx không có macro.")
    if "xl/workbook.xml" not in files:
        raise BadSheet("Đây không phải tệp Excel .xlsx.")
    count = _Count(most)
    for name, data in files.items():
        if name.lower().endswith((".xml", ".rels")) or b"<" in data[:64]:
            count.file(data)


class _Count:
    """How much the parts of a workbook hold, as fast as expat reads them."""

    def __init__(self, most: int) -> None:
        self.most, self.cells, self.elements, self.row = most, 0, 0, 0

    def file(self, data: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.StartDoctypeDeclHandler = self._doctype
        self.row = 0
        try:
            parser.Parse(data, True)
        except expat.ExpatError as error:
            raise BadSheet(UNREADABLE) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        name = name.rpartition(":")[2]
        if name == "row":
            number = attributes.get("r", "")
            self.row = int(number) if number.isdecimal() and len(number) < 9 else self.row + 1
        elif name == "c":
            self.cells += 1
        elif name in {"v", "is"} and self.row > _FAR:
            raise BadSheet(
                f"Tệp có chữ ở dòng {self.row}, xa quá nên không đọc được. "
                "Hãy xóa các dòng trống ở giữa rồi gửi lại."
            )
        if self.cells > _CELLS_A_ROW * self.most or self.elements > _ELEMENTS_A_ROW * self.most:
            raise BadSheet(
                "Tệp có quá nhiều ô. Hãy chỉ giữ các cột của tệp mẫu, xóa định dạng thừa, "
                "hoặc chia thành nhiều tệp."
            )

    def _doctype(self, *_: object) -> None:
        raise BadSheet(UNREADABLE)


def _lines(sheet: Any, wanted: Mapping[str, str], needed: set[str], most: int) -> list[Line] | None:
    """None when the sheet has no header row of ours."""
    keys: dict[int, str] = {}
    found: list[Line] = []
    rows = sheet.iter_rows(min_row=1, max_row=_FAR, max_col=_COLUMNS)
    for number, row in enumerate(rows, start=1):
        if not keys:
            if number > _HEADER_ROWS:
                return None
            heads = {at: fold(_text(cell.value)).rstrip(" *:") for at, cell in enumerate(row)}
            if needed <= set(heads.values()):
                keys = {at: wanted[head] for at, head in heads.items() if head in wanted}
            continue
        line = _line(number, row, keys)
        if line is not None:
            found.append(line)
        if len(found) > most:
            raise BadSheet(f"Tệp có quá {most:,} dòng. Hãy chia thành nhiều tệp.".replace(",", "."))
    return found if keys else None


def _line(number: int, row: Sequence[Any], keys: Mapping[int, str]) -> Line | None:
    cells, formulas = {}, set()
    for at, key in keys.items():
        cell = row[at] if at < len(row) else None
        value = getattr(cell, "value", None)
        if getattr(cell, "data_type", "") == "f":
            formulas.add(key)
        cells[key] = _text(value)
    return Line(number, cells, frozenset(formulas)) if any(cells.values()) else None


def _text(value: object) -> str:
    """What a person sees in the cell; a date as 2026-12-31, 45.0 as 45."""
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return visible(str(value)[: 4 * _CELL])[:_CELL]


def write(
    sheets: Mapping[str, Sequence[Sequence[object]]],
    *,
    widths: Sequence[int] = (),
    choices: Mapping[int, Sequence[str]] | None = None,
    rows: int = 2000,
) -> bytes:
    """An .xlsx; first rows are bold, `choices` are lists to pick from in columns of the first sheet."""
    book = Workbook()
    book.remove(book.active)
    for position, (title, lines) in enumerate(sheets.items()):
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([neutral(cell) for cell in line])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.freeze_panes = "A2"
        for at, width in enumerate(widths):
            sheet.column_dimensions[chr(ord("A") + at)].width = width
        for at, words in (choices or {}).items() if position == 0 else ():
            rule = DataValidation(type="list", formula1='"' + ",".join(words) + '"', allow_blank=True)
            sheet.add_data_validation(rule)
            letter = chr(ord("A") + at)
            rule.add(f"{letter}2:{letter}{rows + 1}")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
