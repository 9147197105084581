"""Reading CSV files that people prepare: a bad row is refused with its line number."""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterator
from pathlib import Path

from common.text import visible


class BadRow(Exception):
    """A file that cannot be taken, with the line at fault (the heading is line 1)."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path.name}, dòng {line}: {message}")
        self.line = line


class Row:
    """One line of a file; every getter raises BadRow with its line number."""

    def __init__(self, path: Path, line: int, cells: dict[str, str]) -> None:
        self.path, self.line, self.cells = path, line, cells

    def bad(self, message: str) -> BadRow:
        return BadRow(self.path, self.line, message)

    def text(self, column: str, *, longest: int, required: bool = True) -> str:
        value = visible(self.cells[column])
        if required and not value:
            raise self.bad(f"cột {column} để trống.")
        if len(value) > longest:
            raise self.bad(f"cột {column} dài {len(value)} chữ, nhiều nhất {longest}.")
        return value

    def code(self, column: str, pattern: str = r"\d{5}") -> str:
        value = self.text(column, longest=20)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self.bad(f"cột {column} phải là mã gồm các chữ số, ví dụ 10750, không phải “{value}”.")
        return value

    def number(self, column: str, *, low: float, high: float) -> float | None:
        """A number within [low, high], or None when the cell is empty."""
        value = self.text(column, longest=40, required=False)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            raise self.bad(f"cột {column} phải là số, không phải “{value}”.") from None
        if not low <= number <= high:  # also refuses nan
            raise self.bad(f"cột {column} phải từ {low:g} đến {high:g}, không phải {value}.")
        return number

    def whole(self, column: str, *, low: int, high: int) -> int:
        number = self.number(column, low=low, high=high)
        if number is None or number != int(number):
            raise self.bad(f"cột {column} phải là số nguyên.")
        return int(number)

    def day(self, column: str) -> datetime.date:
        value = self.text(column, longest=20)
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise self.bad(f"cột {column} phải là ngày dạng 2025-12-31, không phải “{value}”.") from None

    def one_of(self, column: str, values: list[str]) -> str:
        value = self.text(column, longest=40)
        if value not in values:
            raise self.bad(f"cột {column} phải là một trong: {', '.join(values)}; không phải “{value}”.")
        return value


def read(path: Path, columns: list[str]) -> Iterator[Row]:
    """The rows of a UTF-8 CSV file that has at least these columns; BadRow otherwise."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadRow(path, 1, f"không đọc được tệp ({_why(error)}).") from None
    except UnicodeDecodeError:
        raise BadRow(path, 1, "tệp không ở dạng UTF-8.") from None
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = next(reader, [])
        missing = [column for column in columns if column not in heading]
        if missing:
            raise BadRow(path, 1, f"thiếu cột {', '.join(missing)}.")
        for cells in reader:
            if len(cells) != len(heading):
                raise BadRow(path, reader.line_num, f"có {len(cells)} ô, cần {len(heading)} ô.")
            yield Row(path, reader.line_num, dict(zip(heading, cells, strict=True)))
    except csv.Error as error:
        said = "dấu ngoặc kép chưa đóng hoặc đặt sai chỗ, hay có ký tự lạ"
        raise BadRow(path, reader.line_num, f"không đúng dạng CSV ({said}).") from error


def _why(error: OSError) -> str:
    known = {
        FileNotFoundError: "không có tệp nào tên như vậy",
        IsADirectoryError: "đó là một thư mục",
        PermissionError: "không có quyền đọc",
    }
    return known.get(type(error), f"lỗi hệ thống số {error.errno}")
