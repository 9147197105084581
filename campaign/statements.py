"""The SQL of the fold: one batch of facts at a time, the same text on both databases.

The statements of one batch talk through a temporary table of signed rows
(`campaign_change`): +1 where somebody or something is counted now, -1 where it was
counted before. The last two statements add them up into deltas and standings.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.draining import Batch

from . import measures

# The canonical person of a fact `f` and the map of those who are merged, one row each.
PERSON = "COALESCE(k.canonical, f.person)"
MERGED_INTO = "LEFT JOIN campaign_canonical k ON k.person = f.person"
EVER = datetime.date(2000, 1, 1)

_CLIENT = "CASE WHEN {0}.asserted_by = 'client' THEN 1 ELSE 0 END"


def _values(rows: list[tuple[str, str, int]]) -> str:
    """A VALUES list of our own constants (never of anything a person typed)."""
    return "VALUES " + ", ".join("(" + ", ".join(repr(cell) for cell in row) + ")" for row in rows)


WANTED = "wanted(kind, measure, by_course) AS (" + _values(measures.firsts()) + ")"
COUNTED = "counted(kind, measure, sign) AS (" + _values(measures.counted()) + ")"

CHANGE_COLUMNS = "step, measure, course, part, person, fact_id, happened_on, place_id, client, value"
CREATE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS campaign_change (
        step smallint, measure varchar(20), course varchar(40), part varchar(6), person bigint,
        fact_id bigint, happened_on date, place_id bigint, client smallint, value integer)
"""
CLEAR = "DELETE FROM campaign_change"
CREATE_CANONICAL = """
    CREATE TEMPORARY TABLE IF NOT EXISTS campaign_canonical (person bigint PRIMARY KEY, canonical bigint)
"""
CLEAR_CANONICAL = "DELETE FROM campaign_canonical"
# Merges that are folded and not undone; they make a star, so one step finds the canonical person.
CANONICAL = """
    INSERT INTO campaign_canonical (person, canonical)
    SELECT m.person, m.same_as FROM ledger_fact m
    WHERE m.kind = 'merged' AND {folded_m}
        AND NOT EXISTS (SELECT 1 FROM ledger_fact u WHERE u.undoes_id = m.id AND {folded_u})
"""

# A revoked paper is taken off where it was counted: at the commune and part of its issue.
COUNTS = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH {COUNTED}, news AS (
        SELECT COALESCE(r.undoes_id, r.id) AS id,
               CASE WHEN r.undoes_id IS NULL THEN 1 ELSE -1 END AS sign
        FROM ({{batch}}) b JOIN ledger_fact r ON r.id = b.fact_id),
    effect AS (
        SELECT c.measure, c.sign * n.sign AS value, f.happened_on,
               COALESCE(i.left_out, f.left_out) AS part, COALESCE(i.commune_id, f.commune_id) AS place_id,
               CASE WHEN i.id IS NULL THEN {_CLIENT.format("f")} ELSE {_CLIENT.format("i")} END AS client
        FROM news n JOIN ledger_fact f ON f.id = n.id JOIN counted c ON c.kind = f.kind
        LEFT JOIN ledger_fact i ON f.kind = 'paper_revoked' AND i.id = (
            SELECT MAX(p.id) FROM ledger_fact p WHERE p.person = f.person AND p.kind = 'paper_issued'
                AND p.course = f.course AND p.item = f.item AND p.id < f.id)
        WHERE f.kind <> 'paper_revoked' OR i.id IS NOT NULL)
    SELECT 0, measure, '', part, CAST(NULL AS bigint), CAST(NULL AS bigint), happened_on, place_id,
           client, SUM(value)
    FROM effect GROUP BY measure, part, happened_on, place_id, client
"""

# Of the candidates, ranked: who is counted by an earlier fact than before, and no more by the old one.
_EARLIER = """    earlier AS (
        SELECT r.*, o.fact_id AS old_fact, o.happened_on AS old_on, o.place_id AS old_place,
               CASE WHEN o.client THEN 1 ELSE 0 END AS old_client
        FROM ranked r LEFT JOIN campaign_first o ON o.book = {book} AND o.measure = r.measure
            AND o.person = r.person AND o.course = r.course AND o.part = r.part
        WHERE r.n = 1 AND (o.id IS NULL OR r.happened_on < o.happened_on
            OR (r.happened_on = o.happened_on AND r.fact_id < o.fact_id)))
    SELECT 1, measure, course, part, person, fact_id, happened_on, place_id, client, 1 FROM earlier
    UNION ALL
    SELECT 1, measure, course, part, person, old_fact, old_on, old_place, old_client, -1
    FROM earlier WHERE old_fact IS NOT NULL"""
# People: the batch's earliest fact of each, where it is earlier than the one she is counted by.
FIRSTS = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH {WANTED}, candidate AS (
        SELECT w.measure, CASE WHEN w.by_course = 1 THEN f.course ELSE '' END AS course,
               f.left_out AS part, {PERSON} AS person, f.id AS fact_id, f.happened_on,
               f.commune_id AS place_id, {_CLIENT.format("f")} AS client
        FROM ({{batch}}) b JOIN ledger_fact f ON f.id = b.fact_id {MERGED_INTO}
        JOIN wanted w ON w.kind = f.kind),
    ranked AS (
        SELECT *, ROW_NUMBER() OVER (
            PARTITION BY measure, course, part, person ORDER BY happened_on, fact_id) AS n
        FROM candidate),
{_EARLIER}
"""

KEEP_FIRSTS = """
    INSERT INTO campaign_first
        (book, measure, course, part, person, fact_id, happened_on, place_id, client)
    SELECT {book}, measure, course, part, person, fact_id, happened_on, place_id, client = 1
    FROM campaign_change WHERE step = {step} AND value = 1
    ON CONFLICT (book, measure, person, course, part) DO UPDATE SET
        fact_id = excluded.fact_id, happened_on = excluded.happened_on,
        place_id = excluded.place_id, client = excluded.client
"""

# Retractions: who was counted by a fact that is undone now ...
UNDONE = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH {WANTED}
    SELECT 2, o.measure, o.course, o.part, o.person, o.fact_id, o.happened_on, o.place_id,
           CASE WHEN o.client THEN 1 ELSE 0 END, -1
    FROM ({{batch}}) b JOIN ledger_fact r ON r.id = b.fact_id JOIN ledger_fact f ON f.id = r.undoes_id
    {MERGED_INTO} JOIN wanted w ON w.kind = f.kind
    JOIN campaign_first o ON o.book = {{book}} AND o.measure = w.measure AND o.person = {PERSON}
        AND o.course = CASE WHEN w.by_course = 1 THEN f.course ELSE '' END
        AND o.part = f.left_out AND o.fact_id = f.id
"""
FORGET_UNDONE = """
    DELETE FROM campaign_first WHERE id IN (
        SELECT o.id FROM campaign_change c JOIN campaign_first o ON o.book = {book}
            AND o.measure = c.measure AND o.person = c.person AND o.course = c.course AND o.part = c.part
        WHERE c.step = 2)
"""
# The canonical person of a change and everybody merged into her.
_RECORDS = """
    SELECT c.person AS person UNION ALL
    SELECT k.person FROM campaign_canonical k WHERE k.canonical = c.person"""
# ... and the earliest of her other facts that is folded and not undone takes its place.
REPLACED = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH {WANTED}
    SELECT 3, c.measure, c.course, c.part, c.person, g.id, g.happened_on, g.commune_id,
           {_CLIENT.format("g")}, 1
    FROM campaign_change c JOIN ledger_fact g ON g.id = (
        SELECT f.id FROM ({_RECORDS}) p JOIN ledger_fact f ON f.person = p.person
        JOIN wanted w ON w.kind = f.kind AND w.measure = c.measure
        WHERE f.left_out = c.part
            AND w.by_course = CASE WHEN c.course = '' THEN 0 ELSE 1 END
            AND (c.course = '' OR f.course = c.course)
            AND {{folded_f}}
            AND NOT EXISTS (SELECT 1 FROM ledger_fact r WHERE r.undoes_id = f.id AND {{folded_r}})
        ORDER BY f.happened_on, f.id LIMIT 1)
    WHERE c.step = 2
"""

# A merge: whoever the duplicate was counted by is the canonical person's candidate now ...
TAKEN_OVER = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    SELECT 2, o.measure, o.course, o.part, o.person, o.fact_id, o.happened_on, o.place_id,
           CASE WHEN o.client THEN 1 ELSE 0 END, -1
    FROM campaign_first o WHERE o.book = {{book}} AND o.person = %s AND o.measure <> 'finished'
"""
# ... and where it is the earlier one, she is counted by it.
TAKES_OVER = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH ranked AS (
        SELECT c.measure, c.course, c.part, CAST(%s AS bigint) AS person, c.fact_id, c.happened_on,
               c.place_id, c.client, 1 AS n
        FROM campaign_change c WHERE c.step = 2),
{_EARLIER}
"""
# An un-merge: the canonical person is counted no more by the other's facts; hers take their place ...
GIVEN_BACK = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    SELECT 2, o.measure, o.course, o.part, o.person, o.fact_id, o.happened_on, o.place_id,
           CASE WHEN o.client THEN 1 ELSE 0 END, -1
    FROM campaign_first o JOIN ledger_fact f ON f.id = o.fact_id
    WHERE o.book = {{book}} AND o.person = %s AND f.person = %s AND o.measure <> 'finished'
"""
# ... and the other is counted by her own again.
TAKES_BACK = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH {WANTED}, ranked AS (
        SELECT w.measure, CASE WHEN w.by_course = 1 THEN f.course ELSE '' END AS course,
               f.left_out AS part, f.person, f.id AS fact_id, f.happened_on, f.commune_id AS place_id,
               {_CLIENT.format("f")} AS client,
               ROW_NUMBER() OVER (
                   PARTITION BY w.measure, CASE WHEN w.by_course = 1 THEN f.course ELSE '' END, f.left_out
                   ORDER BY f.happened_on, f.id) AS n
        FROM ledger_fact f JOIN wanted w ON w.kind = f.kind
        WHERE f.person = %s AND {{folded_f}}
            AND NOT EXISTS (SELECT 1 FROM ledger_fact r WHERE r.undoes_id = f.id AND {{folded_r}}))
    SELECT 3, measure, course, part, person, fact_id, happened_on, place_id, client, 1
    FROM ranked WHERE n = 1
"""

# Completion rate: started and completed, counted where she started, on the later of the two days.
_TOUCHED = """
    SELECT DISTINCT course, part, person FROM campaign_change
    WHERE step IN (1, 2, 3) AND measure IN ('started', 'people_completed')
"""
FINISHED = f"""
    INSERT INTO campaign_change ({CHANGE_COLUMNS})
    WITH touched AS ({_TOUCHED})
    SELECT 4, o.measure, o.course, o.part, o.person, o.fact_id, o.happened_on, o.place_id,
           CASE WHEN o.client THEN 1 ELSE 0 END, -1
    FROM touched t JOIN campaign_first o ON o.book = {{book}} AND o.measure = 'finished'
        AND o.person = t.person AND o.course = t.course AND o.part = t.part
    UNION ALL
    SELECT 4, 'finished', t.course, t.part, t.person, e.fact_id,
           CASE WHEN e.happened_on > s.happened_on THEN e.happened_on ELSE s.happened_on END,
           s.place_id, CASE WHEN e.client THEN 1 ELSE 0 END, 1
    FROM touched t
    JOIN campaign_first s ON s.book = {{book}} AND s.measure = 'started'
        AND s.person = t.person AND s.course = t.course AND s.part = t.part
    JOIN campaign_first e ON e.book = {{book}} AND e.measure = 'people_completed'
        AND e.person = t.person AND e.course = t.course AND e.part = t.part
"""
FORGET_FINISHED = f"""
    DELETE FROM campaign_first WHERE id IN (
        SELECT o.id FROM ({_TOUCHED}) t JOIN campaign_first o ON o.book = {{book}}
            AND o.measure = 'finished' AND o.person = t.person AND o.course = t.course AND o.part = t.part)
"""

# Each change counts for its commune and for the province above, and for `client` when it is one.
_EFFECTS = """
    SELECT c.happened_on, CASE WHEN up.level = 0 THEN p.id ELSE p.parent_id END AS place_id,
           c.measure, c.course, s.part, c.value
    FROM campaign_change c JOIN places_place p ON p.id = c.place_id
    CROSS JOIN (SELECT 0 AS level UNION ALL SELECT 1) up
    JOIN (SELECT '' AS part, 0 AS client UNION ALL SELECT 'staff', 0 UNION ALL SELECT 'test', 0
          UNION ALL SELECT 'client', 1) s
        ON (s.client = 0 AND s.part = c.part) OR (s.client = 1 AND c.client = 1 AND c.part = '')
    WHERE up.level = 0 OR p.parent_id IS NOT NULL
"""
DELTAS = f"""
    INSERT INTO campaign_delta (book, day, happened_on, place_id, measure, course, part, value)
    SELECT {{book}}, %s, happened_on, place_id, measure, course, part, SUM(value)
    FROM ({_EFFECTS}) e WHERE TRUE
    GROUP BY happened_on, place_id, measure, course, part HAVING SUM(value) <> 0
    ON CONFLICT (book, measure, course, part, happened_on, place_id, day)
    DO UPDATE SET value = campaign_delta.value + excluded.value
"""
STANDINGS = f"""
    INSERT INTO campaign_standing (book, span, starts_on, place_id, measure, course, part, value)
    SELECT {{book}}, span, starts_on, place_id, measure, course, part, SUM(value) FROM (
        SELECT e.*, k.span, CASE WHEN k.span = 'ever' THEN %s ELSE {{month}} END AS starts_on
        FROM ({_EFFECTS}) e CROSS JOIN (SELECT 'ever' AS span UNION ALL SELECT 'month') k) x WHERE TRUE
    GROUP BY span, starts_on, place_id, measure, course, part HAVING SUM(value) <> 0
    ON CONFLICT (book, measure, course, part, span, starts_on, place_id)
    DO UPDATE SET value = campaign_standing.value + excluded.value
"""


@dataclass(frozen=True)
class Folded:
    """Which facts a batch may look at beside its own: `sql` about the alias {0}, with `params`."""

    sql: str
    params: list[Any]


Run = Callable[..., None]


def fold_facts(
    *, book: int, day: datetime.date, batch: Batch, folded: Folded, retracts: bool, courses: bool
) -> None:
    """Count these facts on this accounting day, in the transaction that the caller holds.

    `retracts` and `courses` say whether the batch holds retractions, or starts and
    completions: without them their statements have nothing to do. Merges and their
    undoing come one at a time, through `fold_merge`.
    """
    live = _live(folded)
    with _runner(book, folded) as run:
        run(COUNTS, batch.param, batch=batch.sql)
        run(FIRSTS, batch.param, batch=batch.sql)
        run(KEEP_FIRSTS, step=1)
        if retracts:
            run(UNDONE, batch.param, batch=batch.sql)
            run(FORGET_UNDONE)
            run(REPLACED, *folded.params, *folded.params, **live)
            run(KEEP_FIRSTS, step=3)
        if retracts or courses:
            _rates(run, forget=retracts)
        _sum_up(run, day)


def fold_merge(
    *, book: int, day: datetime.date, person: int, canonical: int, undone: bool, folded: Folded
) -> None:
    """Count two records as one person from this accounting day on, or as two again.

    Occurrences stay where they are: only people are counted once.
    """
    live = _live(folded)
    with _runner(book, folded) as run:
        if undone:
            run(GIVEN_BACK, canonical, person)
            run(FORGET_UNDONE)
            run(REPLACED, *folded.params, *folded.params, **live)
            run(TAKES_BACK, person, *folded.params, *folded.params, **live)
            run(KEEP_FIRSTS, step=3)
        else:
            run(TAKEN_OVER, person)
            run(FORGET_UNDONE)
            run(TAKES_OVER, canonical)
            run(KEEP_FIRSTS, step=1)
        _rates(run, forget=True)
        _sum_up(run, day)


def _live(folded: Folded) -> dict[str, str]:
    return {"folded_f": folded.sql.format("f"), "folded_r": folded.sql.format("r")}


@contextmanager
def _runner(book: int, folded: Folded) -> Iterator[Run]:
    """Runs a statement for this book, with an empty table of changes and today's map of merges."""
    month = "date(e.happened_on, 'start of month')"
    if connection.vendor == "postgresql":
        month = "date_trunc('month', e.happened_on)::date"
    with connection.cursor() as cursor:

        def run(sql: str, *params: Any, **names: object) -> None:
            cursor.execute(sql.format(book=book, month=month, **names), params)

        for sql in (CREATE, CLEAR, CREATE_CANONICAL, CLEAR_CANONICAL):
            run(sql)
        names = {"folded_m": folded.sql.format("m"), "folded_u": folded.sql.format("u")}
        run(CANONICAL, *folded.params, *folded.params, **names)
        yield run


def _rates(run: Run, *, forget: bool) -> None:
    run(FINISHED)
    if forget:
        run(FORGET_FINISHED)
    run(KEEP_FIRSTS, step=4)


def _sum_up(run: Run, day: datetime.date) -> None:
    run(DELTAS, as_param(day))
    run(STANDINGS, as_param(EVER))


def as_param(day: datetime.date) -> Any:
    """A date as this database's driver takes it."""
    return connection.ops.adapt_datefield_value(day)
