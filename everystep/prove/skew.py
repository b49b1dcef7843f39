"""Squares of skew-symmetric matrices as they are written: ``M^2 = -M^T M`` where ``M^T = -M``.

May import ``everystep.algebra``; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.derivation import Claim


def with_skew_squares(claim: Claim, context: Context) -> Iterator[tuple[Claim, Context]]:
    """A claim on signs with ``-M^T M`` for ``M^2``, and ``(M^2)^T M^2`` for ``M^4``, of a matrix with ``M^T = -M``;
    what M is, is forgotten then: it holds for all matrices.

    Fails where M stands in the claim in another way, as alone, or is what something is differentiated by.
    """
    if isinstance(claim, Relation) and claim.op == "=":
        return
    for h in context.hypotheses:
        matrix = _skew(h)
        if matrix is None or not any(matrix.name in side.names for side in claim.sides):
            continue
        others = tuple(other for other in context.hypotheses if not _is_of(other, matrix))
        stated = _rewritten(claim, matrix)
        if stated != claim:
            yield stated, replace(context, hypotheses=others)


def _skew(h: Hypothesis) -> Var | None:
    """The matrix of which a hypothesis says ``M^T = -M`` or ``M + M^T = 0``."""
    if not isinstance(h, Relation) or h.op != "=":
        return None
    for left, right in ((h.left, h.right), (h.right, h.left)):
        matrix: Expression | None = None
        if isinstance(left, ex.Neg) and isinstance(left.operands[0], ex.Transpose):
            left, right = ex.Neg(right), left.operands[0]  # M = -M^T
        if isinstance(left, ex.Transpose) and right == ex.Neg(left.operands[0]):
            matrix = left.operands[0]
        elif isinstance(right, ex.Transpose) and left == ex.Neg(right.operands[0]):
            matrix = right.operands[0]
        elif isinstance(left, ex.Add) and len(left.operands) == 2 and right in (ex.Num(0), ex.Zeros(*left.shape)):
            first, last = left.operands
            matrix = first if last == ex.Transpose(first) else last if first == ex.Transpose(last) else None
        if isinstance(matrix, Var) and not matrix.is_number_shaped:
            return matrix
    return None


def _is_of(h: Hypothesis, matrix: Var) -> bool:
    """Whether a hypothesis says that a matrix is skew-symmetric: what else is said of it stays."""
    return _skew(h) == matrix


def _rewritten(claim: Claim, matrix: Var) -> Claim:
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, _with_squares(claim.subject, matrix))
    return Relation(_with_squares(claim.left, matrix), claim.op, _with_squares(claim.right, matrix))


def _with_squares(e: Expression, matrix: Var) -> Expression:
    """An expression with even powers of a skew-symmetric matrix, and products with itself, as Gram matrices."""
    if isinstance(e, ex.DERIVATIVES):
        return e
    if isinstance(e, ex.Pow) and e.operands[0] == matrix and isinstance(e.operands[1], ex.Num):
        exponent = e.operands[1].value
        if not exponent.is_integer or exponent <= 0 or exponent % 2:
            return e
        half = int(exponent) // 2
        root: Expression = matrix if half == 1 else ex.Pow(matrix, half)
        gram = ex.Mul(ex.Transpose(root), root)
        return ex.Neg(gram) if half % 2 else gram
    if isinstance(e, ex.Mul):
        return _product(e, matrix)
    operands = [_with_squares(operand, matrix) for operand in e.operands]
    result: Expression = e.xreplace({a: b for a, b in zip(e.operands, operands, strict=True) if a != b})
    return result


def _product(e: ex.Mul, matrix: Var) -> Expression:
    """A product in which two neighbours M M become -M^T M."""
    factors = [_with_squares(factor, matrix) for factor in e.operands]
    sign, result = 1, []
    k = 0
    while k < len(factors):
        factor = factors[k]
        if factor == matrix and k + 1 < len(factors) and factors[k + 1] == matrix:
            result += [ex.Transpose(matrix), matrix]
            sign, k = -sign, k + 2
            continue
        if isinstance(factor, ex.Neg) and factor != e.operands[k]:
            factor, sign = factor.operands[0], -sign
        result += factor.operands if isinstance(factor, ex.Mul) and factor != e.operands[k] else [factor]
        k += 1
    product = ex.Mul(*result) if len(result) > 1 else result[0]
    return product if sign > 0 else ex.Neg(product)
