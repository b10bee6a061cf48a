"""What only a statement's text says: which table an outer join may leave out, which expression is never NULL, which
parameter may be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from pglast import ast, parse_sql
from pglast.enums import A_Expr_Kind, JoinType, OnConflictAction, SubLinkType

Schema = dict[str, dict[str, bool]]
"""For each table its columns, and whether they are NOT NULL."""

_AGGREGATES = {"count", "min", "max", "sum", "jsonb_agg"}
_NEVER_NULL = {"count", "row_number", "clock_timestamp", "pg_try_advisory_lock", "pg_advisory_unlock"}
_AS_ITS_OPERANDS = {"=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "||", "?", "?&"}
_DISTINCT = (A_Expr_Kind.AEXPR_DISTINCT, A_Expr_Kind.AEXPR_NOT_DISTINCT)


class Parsed:
    """One statement with its parameters as $1, $2, ..."""

    def __init__(self, sql: str, schema: Schema) -> None:
        [whole] = parse_sql(sql)
        self._statement = whole.stmt
        self._nodes = list(_within(self._statement))
        self._schema = schema

    def never_null(self, column: str) -> bool:
        """Of a result column that is no table's own."""
        own = [one.val for one in self._targets if _name(one) == column]
        return bool(own) and all(self._never_null(one) for one in own)

    def gives_objects(self, column: str) -> bool:
        """Of a jsonb column: whether it is a list of objects."""
        return any(
            _name(one) == column and any(_function(part) == "jsonb_agg" for part in _within(one))
            for one in self._targets
        )

    def may_leave_out(self, table: str) -> bool:
        """Whether a column of the table is NULL where an outer join finds no row."""
        return any(isinstance(node, ast.RangeVar) and node.relname == table for node in self._left_out)

    @cached_property
    def parameters_that_may_be_null(self) -> set[int]:
        """What goes as it is into a column that may be, and what the statement itself compares with NULL."""
        return {number for number in (_parameter(node) for node in self._compared_with_null) if number} | {
            number
            for table, column, value in self._written
            if (number := _parameter(value)) and not self._schema[table][column]
        }

    @property
    def always_gives_a_row(self) -> bool:
        said = self._statement
        if isinstance(said, ast.SelectStmt):
            if said.fromClause is None:
                return said.whereClause is None
            called = {_function(node) for one in said.targetList for node in _outside_of_queries(one)}
            return bool(called & _AGGREGATES) and said.groupClause is None and said.havingClause is None
        conflict = getattr(said, "onConflictClause", None)
        return isinstance(said, ast.InsertStmt) and (
            conflict is None or (conflict.action == OnConflictAction.ONCONFLICT_UPDATE and conflict.whereClause is None)
        )

    @cached_property
    def _targets(self) -> list[ast.ResTarget]:
        """Of the statement itself, then those of the queries that a star of it may stand for."""
        returning = getattr(self._statement, "returningClause", None)
        own = returning.exprs if returning else getattr(self._statement, "targetList", None) or ()
        names = {_name(one) for one in own}
        left_out = {id(node) for node in self._left_out}
        behind = (
            node.targetList for node in self._nodes if isinstance(node, ast.SelectStmt) and id(node) not in left_out
        )
        return [
            *own,
            *(one for targets in behind for one in targets or () if one not in own and _name(one) not in names),
        ]

    @cached_property
    def _left_out(self) -> list[ast.Node]:
        """All that stands on a side of an outer join which may be missing."""
        missing = {
            JoinType.JOIN_LEFT: lambda join: (join.rarg,),
            JoinType.JOIN_RIGHT: lambda join: (join.larg,),
            JoinType.JOIN_FULL: lambda join: (join.larg, join.rarg),
        }
        joins = [node for node in self._nodes if isinstance(node, ast.JoinExpr) and node.jointype in missing]
        return [node for join in joins for node in _within(missing[join.jointype](join))]

    @property
    def _compared_with_null(self) -> Iterator[Any]:
        for node in self._nodes:
            if isinstance(node, ast.NullTest):
                yield node.arg
            elif isinstance(node, ast.CoalesceExpr):
                yield from node.args
            elif isinstance(node, ast.A_Expr) and node.kind in _DISTINCT:
                yield from (node.lexpr, node.rexpr)

    @property
    def _written(self) -> Iterator[tuple[str, str, Any]]:
        """Table, column and value of whatever is inserted or set."""
        for node in self._nodes:
            if isinstance(node, ast.InsertStmt):
                rows = node.selectStmt.valuesLists or [[one.val for one in node.selectStmt.targetList]]
                for row in rows:
                    yield from (
                        (node.relation.relname, to.name, value) for to, value in zip(node.cols, row, strict=True)
                    )
                if node.onConflictClause:
                    for to in node.onConflictClause.targetList or ():
                        yield node.relation.relname, to.name, to.val
            elif isinstance(node, ast.UpdateStmt):
                yield from ((node.relation.relname, to.name, to.val) for to in node.targetList)

    def _never_null(self, node: Any) -> bool:
        match node:
            case ast.A_Const():
                return not node.isnull
            case ast.ParamRef():
                return node.number not in self.parameters_that_may_be_null
            case ast.ColumnRef():
                return self._column_never_null([one.sval for one in node.fields if isinstance(one, ast.String)])
            case ast.NullTest():
                return True
            case ast.SubLink():
                return node.subLinkType in (SubLinkType.EXISTS_SUBLINK, SubLinkType.ARRAY_SUBLINK)
            case ast.FuncCall():
                return _function(node) in _NEVER_NULL
            case ast.CoalesceExpr() | ast.MinMaxExpr():
                return any(self._never_null(one) for one in node.args)
            case ast.BoolExpr():
                return all(self._never_null(one) for one in node.args)
            case ast.TypeCast():
                return self._never_null(node.arg)
            case ast.A_Expr():
                operator = node.name[-1].sval
                return node.kind in _DISTINCT or (
                    operator in _AS_ITS_OPERANDS and self._never_null(node.lexpr) and self._never_null(node.rexpr)
                )
            case _:
                return False

    def _column_never_null(self, names: list[str]) -> bool:
        left_out = {id(node) for node in self._left_out}
        tables = [node for node in self._nodes if isinstance(node, ast.RangeVar)]
        if len(names) == 2:
            tables = [one for one in tables if names[0] == (one.alias.aliasname if one.alias else one.relname)]
        columns = [(one, self._schema.get(one.relname, {}).get(names[-1])) for one in tables]
        known = [(one, not_null) for one, not_null in columns if not_null is not None]
        return bool(known) and all(not_null and id(one) not in left_out for one, not_null in known)


def _within(node: Any) -> Iterator[ast.Node]:
    if isinstance(node, tuple):
        for one in node:
            yield from _within(one)
    elif isinstance(node, ast.Node):
        yield node
        for slot in node:
            yield from _within(getattr(node, slot))


def _outside_of_queries(node: Any) -> Iterator[ast.Node]:
    if isinstance(node, tuple):
        for one in node:
            yield from _outside_of_queries(one)
    elif isinstance(node, ast.Node) and not isinstance(node, ast.SubLink | ast.WindowDef):
        yield node
        for slot in node:
            yield from _outside_of_queries(getattr(node, slot))


def _name(target: ast.ResTarget) -> str | None:
    """As PostgreSQL calls the column; None for a star."""
    if target.name:
        return target.name
    match target.val:
        case ast.ColumnRef(fields=(*_, ast.String(sval=name))):
            return name
        case ast.FuncCall():
            return _function(target.val)
        case ast.CoalesceExpr():
            return "coalesce"
        case ast.SubLink():
            return "exists"
        case ast.BoolExpr():
            return "?column?"
        case _:
            return None


def _function(node: Any) -> str | None:
    return node.funcname[-1].sval if isinstance(node, ast.FuncCall) else None


def _parameter(node: Any) -> int | None:
    if isinstance(node, ast.TypeCast):
        node = node.arg
    return node.number if isinstance(node, ast.ParamRef) else None
