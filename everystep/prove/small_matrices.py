"""Matrices whose norm hypotheses say is below 1: I - M has an inverse, and the sum of all powers of M is that inverse.

As they are written.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import integer, same_size


def is_small(matrix: Expression, context: Context) -> bool:
    """Whether ``||M|| < 1`` in the operator, the Frobenius norm or that of column or row sums, or ``||M|| <= c`` with
    ``c < 1``; also of -M.

    All eigenvalues lie within the norm.
    """
    norms = [
        small.operands[0]
        for small, large, strict in _bounds(context)
        if isinstance(small, ex.Norm) and small.kind in ("2", "F", "1", "inf") and _within_one(large, strict, context)
    ]
    return same_size(*matrix.shape) and any(m in norms for m in (matrix, _opposite(matrix)))


def _bounds(context: Context) -> Iterator[tuple[Expression, Expression, bool]]:
    """(a, b, strict) of the hypotheses a <= b and a < b."""
    for h in context.hypotheses:
        if isinstance(h, Relation) and h.op in ("<", "<="):
            yield h.left, h.right, h.op == "<"
        elif isinstance(h, Relation) and h.op in (">", ">="):
            yield h.right, h.left, h.op == ">"


def _within_one(bound: Expression, strict: bool, context: Context) -> bool:
    if isinstance(bound, (ex.Num, ex.Int)):
        value = bound.args[0]
        return bool(value <= 1) if strict else bool(value < 1)
    return any(
        small == bound and isinstance(large, (ex.Num, ex.Int)) and (large.args[0] < 1 or (firm and large.args[0] == 1))
        for small, large, firm in _bounds(context)
    )


def _opposite(e: Expression) -> Expression:
    return e.operands[0] if isinstance(e, ex.Neg) else ex.Neg(e)


def beside_identity(e: Expression, context: Context) -> bool:
    """Whether a matrix is I - M or I + M with a small M: it has an inverse."""
    parts = e.operands if isinstance(e, ex.Add) else ()
    if len(parts) != 2 or e.is_number_shaped:
        return False
    return any(isinstance(one, ex.Eye) and is_small(other, context) for one, other in (parts, parts[::-1]))


def sum_of_powers(e: Expression, context: Context) -> Expression | None:
    """(I - M)^-1 for the limit of ``M^0 + ... + M^N``, M^a (I - M)^-1 where the sum starts at a, of a small M; the
    terms may be written ``(-1)^k A^k``.

    None for any other limit, and where a hypothesis speaks of one of the indices.
    """
    total = e.operands[0] if isinstance(e, ex.Limit) else None
    if not isinstance(e, ex.Limit) or not isinstance(total, ex.SumOver) or isinstance(total, ex.ProdOver):
        return None
    low, high = total.range
    spoken = {s for h in context.hypotheses for side in h.sides for s in side.free_symbols}
    if high != e.index or not low.is_Integer or low < 0 or {e.index, total.index} & spoken:
        return None
    matrix = _base(total.operands[0], ex.Int(total.index))
    if matrix is None or total.index in matrix.free_symbols or not is_small(matrix, context):
        return None
    inverse = ex.Inverse(ex.Add(ex.Eye(matrix.shape[0]), ex.Neg(matrix)))
    return inverse if low == 0 else ex.Mul(ex.Pow(matrix, ex.Int(integer(low))), inverse)


def _base(body: Expression, power: ex.Int) -> Expression | None:
    """A of A^k and -A of (-1)^k A^k."""
    if isinstance(body, ex.Mul) and len(body.operands) == 2:
        sign, rest = body.operands
        alternating = isinstance(sign, ex.Pow) and sign.operands == (ex.Neg(ex.Num(1)), power)
        plain = _base(rest, power) if alternating or sign == ex.Pow(ex.Num(-1), power) else None
        return None if plain is None else ex.Neg(plain)
    if not isinstance(body, ex.Pow) or body.operands[1] != power or body.is_number_shaped:
        return None
    return body.operands[0]
