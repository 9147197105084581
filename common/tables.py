"""Tables that leave as CSV: read by Excel, safe to open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

BOM = "\ufeff"  # tells Excel that the file is UTF-8
# What makes a spreadsheet take a text for a formula.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def neutral(cell: object) -> object:
    """A text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff").startswith(_STARTS):
        return "'" + cell
    return cell


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 with CRLF; None is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return out.getvalue()


def csv_response(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download named `name`.csv (our own ASCII name, never what somebody typed)."""
    response = HttpResponse(BOM + csv_text(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
