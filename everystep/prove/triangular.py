"""Triangular matrices: their determinant is the product of the diagonal, and the entries on one side of it are 0.

May import ``everystep.algebra`` and the integers of the core.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate
from everystep.algebra.expressions import Expression, Var
from everystep.calculus.indices import Integers, NotAffine, constant, difference, slot_of

LOWER, UPPER = "lower triangular", "upper triangular"


def triangular(context: Context) -> dict[Expression, str | Expression]:
    """The names that are said to be triangular, each with the kind, and those that are defined, each with its value."""
    found = (h for h in context.hypotheses if isinstance(h, Predicate) and h.kind in (LOWER, UPPER))
    known: dict[Expression, str | Expression] = {h.subject: h.kind for h in found if isinstance(h.subject, Var)}
    return known | {d.target: d.body for d in context.definitions if isinstance(d.target, Var)} if known else known


def without_triangles(e: Expression, known: Mapping[Expression, str | Expression], integers: Integers) -> Expression:
    """An expression with what is known of triangular matrices put in.

    Not inside of a derivative: that by a triangular matrix is the unstructured one.
    """
    if isinstance(e, ex.DERIVATIVES):
        return e
    if isinstance(e, ex.Det):
        value = _determinant(e.operands[0], known)
        return e if value is None else value
    if isinstance(e, ex.Entry) and len(e.at) == 2:
        (matrix,) = e.operands
        kind = _kind(matrix, known)
        if kind and _is_outside(e, kind, integers):
            return ex.Num(0)
        return _on_diagonal(matrix, e.at[0]) if kind and e.at[0] == e.at[1] else e
    if isinstance(e, ex.Trace) and not isinstance(e.operands[0], Var) and _kind(e.operands[0], known):
        index = Symbol("k diagonal", integer=True)
        return ex.SumOver(_on_diagonal(e.operands[0], index), index, 1, e.operands[0].shape[0])
    parts = [without_triangles(a, known, integers) if isinstance(a, Expression) else a for a in e.args]
    rebuilt: Expression = e.func(*parts) if parts else e
    return rebuilt


def _kind(e: Expression, known: Mapping[Expression, str | Expression]) -> str:
    """Which triangle a matrix is by the way it is made of triangular ones; empty where that is not known."""
    if isinstance(e, Var):
        kind = known.get(e)
        return kind if isinstance(kind, str) else ""
    if isinstance(e, ex.Transpose):
        return {LOWER: UPPER, UPPER: LOWER}.get(_kind(e.operands[0], known), "")
    if isinstance(e, ex.Inverse):
        return _kind(e.operands[0], known)
    if isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Num) and e.operands[1].value.is_Integer:
        return _kind(e.operands[0], known)
    if isinstance(e, ex.Mul) and all(f.shape == e.shape and not f.is_number_shaped for f in e.operands):
        kinds = {_kind(f, known) for f in e.operands}
        return kinds.pop() if len(kinds) == 1 else ""
    return ""


def _on_diagonal(e: Expression, at: Expr) -> Expression:
    """The entry on the diagonal of a matrix that has a :func:`_kind`: each of its factors there, multiplied."""
    if isinstance(e, ex.Transpose):
        return _on_diagonal(e.operands[0], at)
    if isinstance(e, ex.Inverse):
        return ex.Div(ex.Num(1), _on_diagonal(e.operands[0], at))
    if isinstance(e, ex.Pow):
        return ex.Pow(_on_diagonal(e.operands[0], at), e.operands[1])
    if isinstance(e, ex.Mul):
        return ex.Mul(*(_on_diagonal(f, at) for f in e.operands))
    return ex.Entry(e, at, at)


def _determinant(e: Expression, known: Mapping[Expression, str | Expression]) -> Expression | None:
    """The determinant of what is made of square matrices one of which is triangular; None where none is."""
    meant = known.get(e)
    if isinstance(meant, Expression):
        return _determinant(meant, {name: value for name, value in known.items() if name != e})
    if meant is not None:
        index = Symbol("k diagonal", integer=True)
        return ex.ProdOver(ex.Entry(e, index, index), index, 1, e.shape[0])
    if isinstance(e, ex.Transpose):
        return _determinant(e.operands[0], known)
    if isinstance(e, ex.Inverse):
        value = _determinant(e.operands[0], known)
        return None if value is None else ex.Div(ex.Num(1), value)
    if isinstance(e, ex.Mul) and all(f.shape == e.shape and not f.is_number_shaped for f in e.operands):
        values = [_determinant(f, known) for f in e.operands]
        if all(v is None for v in values):
            return None
        return ex.Mul(*(ex.Det(f) if v is None else v for f, v in zip(e.operands, values, strict=True)))
    return None


def _is_outside(e: ex.Entry, kind: str, integers: Integers) -> bool:
    """Whether an entry surely stands above the diagonal (below it, of an upper triangular matrix)."""
    row, column = e.at
    low, high = (row, column) if kind == LOWER else (column, row)
    try:
        return integers.at_least(difference(slot_of(high - 1), slot_of(low)), constant(0))
    except NotAffine:
        return False
