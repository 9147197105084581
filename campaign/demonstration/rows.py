"""Many rows at once: COPY on PostgreSQL, executemany on SQLite (`bulk_create` takes six times as long)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import connection, models


class Table:
    """Inserts rows of some columns of a model; every other column gets its default."""

    def __init__(self, model: type[models.Model], *columns: str) -> None:
        self.table = model._meta.db_table
        given = {column.removesuffix("_id") for column in columns}
        others = [
            field
            for field in model._meta.concrete_fields
            if not field.primary_key and field.name not in given and field.attname not in columns
        ]
        self.columns = [*columns, *(str(field.column) for field in others)]
        self.defaults = [field.get_db_prep_save(field.get_default(), connection) for field in others]

    def insert(self, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        names = ", ".join(connection.ops.quote_name(column) for column in self.columns)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {self.table} ({names}) FROM STDIN") as copy:
                    for row in rows:
                        copy.write_row([*row, *self.defaults])
                return
            marks = ", ".join(["%s"] * len(self.columns))
            cursor.executemany(
                f"INSERT INTO {self.table} ({names}) VALUES ({marks})",
                [[*row, *self.defaults] for row in rows],
            )


def reserve(model: type[models.Model], count: int) -> int:
    """The first of `count` ids that nobody else will be given."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"pg_get_serial_sequence('{table}', 'id')"
            cursor.execute(f"SELECT nextval({sequence})")
            first = int(cursor.fetchone()[0])
            cursor.execute(f"SELECT setval({sequence}, %s)", [first + count])
            return first
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
        last = int(cursor.fetchone()[0])
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        last = max(last, int(cursor.fetchone()[0]))
        cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last + count, table])
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last + count])
        return last + 1


def moment(at: datetime.datetime) -> str:
    """An aware time as a text that both databases take for the same moment."""
    text = at.astimezone(datetime.UTC).strftime("%Y-%m-%d %H:%M:%S")
    return text if connection.vendor == "sqlite" else text + "+00"
