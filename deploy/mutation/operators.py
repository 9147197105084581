"""What is changed: fixed operators over a module's syntax tree, in source order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType
from typing import Any

COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
NARROWING = {"filter", "exclude", "update"}
# Said to people or to operators, not decided upon.
TALK = {"logger", "log", "warnings"}
SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|JOIN|GROUP BY|ON CONFLICT|CASE WHEN)\b")
SQL_CHANGES = (
    ("<=", "<"), (">=", ">"), (" < ", " <= "), (" > ", " >= "), (" = ", " <> "), (" <> ", " = "),
    ("MIN(", "MAX("), ("MAX(", "MIN("), ("SUM(", "COUNT("), ("COUNT(DISTINCT ", "COUNT("),
    (" AND ", " OR "), (" OR ", " AND "), (" + ", " - "), (" - ", " + "), ("IS NOT NULL", "IS NULL"),
    ("IS NULL", "IS NOT NULL"), ("NOT EXISTS", "EXISTS"), (" * ", " + "), ("NOT IN", "IN"),
    ("SELECT DISTINCT", "SELECT"),
)  # fmt: skip


@dataclass
class Site:
    """One change: `node` in `holder` (a field, or a place in a list field) becomes `new`."""

    holder: ast.AST
    field: str
    index: int | None
    node: Any
    new: Any
    says: str
    hot: bool  # inside a function's body: can be changed in a process that has imported the module

    @property
    def lines(self) -> range:
        """The lines whose tests may notice: a statement's header, not its body."""
        body = getattr(self.node, "body", None)
        last = body[0].lineno - 1 if isinstance(body, list) and body else self.node.end_lineno
        return range(self.node.lineno, max(last, self.node.lineno) + 1)

    def apply(self) -> None:
        if self.index is None:
            setattr(self.holder, self.field, self.new)
        else:
            getattr(self.holder, self.field)[self.index] = self.new

    def revert(self) -> None:
        self.new, self.node = self.node, self.new
        self.apply()
        self.new, self.node = self.node, self.new


def sites(tree: ast.Module) -> list[Site]:
    """Every change that can be made to the module, in source order."""
    return sorted(_walk(tree, False), key=lambda site: (site.node.lineno, site.node.col_offset))


def compiled(tree: ast.Module, site: Site, path: str) -> CodeType:
    """The module's code with one change made; the tree is left as it was."""
    site.apply()
    try:
        return compile(ast.fix_missing_locations(tree), path, "exec")
    finally:
        site.revert()


def _walk(holder: ast.AST, hot: bool) -> Iterator[Site]:
    for field, value in ast.iter_fields(holder):
        if field in {"annotation", "returns", "decorator_list", "type_params", "type_comment"}:
            continue
        inside = hot or (field == "body" and isinstance(holder, ast.FunctionDef))
        if field == "args" and isinstance(holder, ast.FunctionDef):
            inside = False  # default values are made when the function is defined
        for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(node, ast.AST) or _is_left_alone(node):
                continue
            for new, says in _changes(node):
                ast.copy_location(new, node)
                yield Site(holder, field, index, node, new, says, inside)
            if not isinstance(node, ast.Raise):  # what an error says is not a rule
                yield from _walk(node, inside)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return True
    if isinstance(node, ast.Expr):
        call = node.value
        if isinstance(call, ast.Constant):
            return True
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[0] in TALK:
            return True
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in {"logger", "__all__"}


def _changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    match node:
        case ast.Compare(ops=operators):
            for at, operator in enumerate(operators):
                changed = [*operators[:at], COMPARE[type(operator)](), *operators[at + 1 :]]
                yield _said(node, ast.Compare(node.left, changed, node.comparators))
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            yield _said(node, ast.BinOp(node.left, ARITHMETIC[type(operator)](), node.right))
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield _said(node, ast.BoolOp(other, node.values))
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand, f"{ast.unparse(node)} → {ast.unparse(node.operand)}"
        case ast.Constant(value=bool() as value):
            yield _said(node, ast.Constant(not value))
        case ast.Constant(value=int() as value):
            yield _said(node, ast.Constant(value + 1))
        case ast.Constant(value=str() as value) if SQL.search(value):
            yield from _sql(node, value)
        case ast.Call(func=ast.Attribute(attr=name)) if name in NARROWING and node.keywords:
            if name != "update" or len(node.keywords) > 1:
                for at in range(len(node.keywords)):
                    kept = [*node.keywords[:at], *node.keywords[at + 1 :]]
                    gone = ast.unparse(node.keywords[at])
                    yield ast.Call(node.func, node.args, kept), f"{name}() without {gone}"
        case _:
            yield from _statement_changes(node)


def _statement_changes(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    match node:
        case ast.Return(value=ast.expr() as value) if not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            yield _said(node, ast.Return(ast.Constant(None)))
        case ast.If() | ast.While() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            test = ast.UnaryOp(ast.Not(), node.test)
            new = type(node)(ast.copy_location(test, node.test), node.body, node.orelse)
            yield new, f"if {ast.unparse(node.test)} → if not …"
        case ast.IfExp() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield _said(node, ast.IfExp(node.test, node.orelse, node.body))
        case ast.Expr(value=ast.Call()) | ast.Raise():
            yield ast.Pass(), f"{_short(node)} → nothing"
        case ast.AugAssign(op=operator) if type(operator) in ARITHMETIC:
            yield _said(node, ast.AugAssign(node.target, ARITHMETIC[type(operator)](), node.value))
        case ast.Break():
            yield ast.Continue(), "break → continue"
        case ast.Continue():
            yield ast.Break(), "continue → break"


def _sql(node: ast.Constant, text: str) -> Iterator[tuple[ast.AST, str]]:
    for old, new in SQL_CHANGES:
        for found in re.finditer(re.escape(old), text):
            changed = text[: found.start()] + new + text[found.end() :]
            around = " ".join(text[max(0, found.start() - 25) : found.end() + 25].split())
            yield ast.Constant(changed), f"SQL {old.strip()} → {new.strip()} in “{around}”"


def _said(old: ast.AST, new: ast.AST) -> tuple[ast.AST, str]:
    return new, f"{_short(old)} → {_short(new)}"


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) < 70 else text[:67] + "…"
