"""What `make bench` and `make mutants` say must be true of what they saw."""

import ast
import json

import pytest

from deploy.bench import results
from deploy.mutation import operators

SOURCE = '''
LEAST = 8

def passed(correct: int, total: int) -> bool:
    """At least 8 of 10."""
    if total > 0 and correct * 10 >= LEAST * total:
        return True
    raise ValueError("not 8 of 10")
'''


@pytest.mark.parametrize(
    ("row", "ratio", "good"),
    [
        (results.limit("queries", 8, 8, "queries"), 1.0, True),
        (results.limit("queries", 9, 8, "queries"), 1.125, False),
        (results.at_least("cached", 500, 1000, "req/s", bar=0.5), 0.5, True),
        (results.at_least("cached", 499, 1000, "req/s", bar=0.5), 0.499, False),
        (results.none_of("third_party", 0, "requests"), 0.0, True),
        (results.none_of("third_party", 1, "requests"), 1.0, False),
    ],
)
def test_a_row_is_good_up_to_its_bar(row, ratio, good):
    assert (row.ratio, row.good) == (ratio, good)


def test_bench_json_holds_three_numbers_a_row_and_keeps_the_other_rows(tmp_path):
    file = tmp_path / "bench.json"
    results.keep([results.limit("a", 3, 8, "queries"), results.limit("b", 1, 2, "s")], file)
    results.keep([results.limit("a", 4, 8, "queries")], file)
    assert json.loads(file.read_text()) == {
        "a": {"value": 4, "base": 8, "ratio": 0.5},
        "b": {"value": 1, "base": 2, "ratio": 0.5},
    }


def changes(source: str) -> dict[str, str]:
    tree = ast.parse(source)
    found = {}
    for site in operators.sites(tree):
        site.apply()
        found[site.says] = ast.unparse(tree)
        site.revert()
    assert ast.unparse(tree) == ast.unparse(ast.parse(source))
    return found


def test_every_change_is_one_change_and_is_undone():
    found = changes(SOURCE)
    assert "total >= 0 and" in found["total > 0 → total >= 0"]
    assert "LEAST = 9" in found["8 → 9"]
    assert len(set(found.values())) == len(found)


def test_what_is_said_and_annotated_is_left_alone():
    found = " ".join(changes(SOURCE).values())
    assert found.count("'not 8 of 10'") == len(changes(SOURCE)) - 1  # but the raise itself may go
    assert "correct: int" in found


def test_sql_is_changed_too():
    found = changes('SQL = "SELECT MIN(day) FROM t WHERE day <= 3"')
    assert {"SELECT MAX(day) FROM t WHERE day <= 3", "SELECT MIN(day) FROM t WHERE day < 3"} <= {
        ast.literal_eval(text.removeprefix("SQL = ")) for text in found.values()
    }
