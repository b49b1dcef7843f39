"""The sides of a claim as they are written, taken apart: terms, factors, inner products.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ShapeError, same_shape


def addends_of(e: Expression) -> tuple[Expression, ...]:
    """The terms of a sum as written; of anything else itself."""
    return e.operands if isinstance(e, ex.Add) else (e,)


def signed_terms(e: Expression, sign: int = 1) -> Iterator[tuple[int, Expression]]:
    """The terms of a number with their signs, those of sums within it and of sums that are divided as well."""
    if isinstance(e, ex.Neg):
        yield from signed_terms(e.operands[0], -sign)
    elif isinstance(e, ex.Add):
        for term in e.operands:
            yield from signed_terms(term, sign)
    elif isinstance(e, ex.Div) and isinstance(e.operands[0], (ex.Add, ex.Neg)):
        for inner, term in signed_terms(e.operands[0], sign):
            yield inner, ex.Div(term, e.operands[1])
    else:
        yield sign, e


def factors_of(e: Expression) -> tuple[Expression, ...]:
    """The factors of a product as written; of anything else itself."""
    return e.operands if isinstance(e, ex.Mul) else (e,)


def without_abs(e: Expression) -> Expression:
    """What an absolute value is taken of; anything else itself."""
    return e.operands[0] if isinstance(e, ex.Apply) and e.function == "abs" and not e.order else e


def inner_products(e: Expression) -> Iterator[tuple[Expression, Expression]]:
    """(u, v) for every way to read a number as u^T v or tr(u^T v)."""
    inside = e.operands[0] if isinstance(e, ex.Trace) else e
    factors = factors_of(inside)
    if isinstance(e, ex.Trace) and isinstance(inside, ex.Pow) and inside.operands[1] == ex.Num(2):
        factors = (inside.operands[0],) * 2
    for cut in range(1, len(factors)):
        left, right = factors[:cut], factors[cut:]
        u = ex.Transpose(left[0] if cut == 1 else ex.Mul(*left))
        v = right[0] if len(right) == 1 else ex.Mul(*right)
        try:
            fits = same_shape(u.shape, v.shape)
        except ShapeError:
            continue  # the cut goes through a factor that is itself an inner product
        if fits:
            yield u, v


def matrix_factors(e: Expression) -> tuple[Expression, ...]:
    """The factors of a product that are multiplied as matrices; the numbers that scale it are left out."""
    if not isinstance(e, ex.Mul):
        return (e,)
    for segment in e.segments:
        factors = [e.operands[k] for k in segment]
        if len(e.segments) == 1 or not (factors[0].shape[0] == 1 and factors[-1].shape[1] == 1):
            return tuple(factors)
    return ()


def squared_norm(e: Expression) -> Expression:
    """The squared Euclidean (Frobenius) norm of a vector (a matrix)."""
    kind = "2" if 1 in e.shape else "F"
    return ex.Pow(ex.Norm(e, kind), ex.Num(2))
