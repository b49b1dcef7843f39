"""Equations that say that a matrix has a structure: ``A = A^T``, ``Q^T Q = I``, ``A A = A``.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate

_STRUCTURAL = (
    "symmetric",
    "positive definite",
    "positive semidefinite",
    "orthogonal",
    "diagonal",
    "idempotent",
)


def structure_of(hypothesis: Hypothesis) -> tuple[ex.Expression, str] | None:
    """The name and the structure that a hypothesis gives it, if it is one of the usual forms."""
    if isinstance(hypothesis, Predicate):
        if hypothesis.kind in _STRUCTURAL:
            return hypothesis.subject, hypothesis.kind
        return None
    if hypothesis.op != "=":
        return None
    for left, right in (
        (hypothesis.left, hypothesis.right),
        (hypothesis.right, hypothesis.left),
    ):
        found = _one_way(left, right)
        if found is not None:
            return found
    return None


def _one_way(left: ex.Expression, right: ex.Expression) -> tuple[ex.Expression, str] | None:
    if isinstance(left, ex.Var | ex.Member):
        if right == ex.Transpose(left):
            return left, "symmetric"
        if right in (ex.Neg(ex.Transpose(left)), ex.Transpose(ex.Neg(left))):
            return left, "skew"
        if _square_of(right) == left:
            return left, "idempotent"
        if isinstance(right, ex.Inverse):
            inner = right.operands[0]
            if inner == left:
                return left, "involution"
            if inner == ex.Transpose(left):
                return left, "orthogonal"
    if isinstance(left, ex.Transpose) and right == ex.Inverse(left.operands[0]):
        return left.operands[0], "orthogonal"
    if isinstance(left, ex.Transpose) and right == ex.Neg(left.operands[0]):
        return left.operands[0], "skew"
    if isinstance(right, ex.Eye):
        return _of_identity(left)
    return _nilpotent(left) if isinstance(right, ex.Zeros) else None


def _nilpotent(left: ex.Expression) -> tuple[ex.Expression, str] | None:
    """N and "nilpotent k" when the expression is ``N^k``; k is ``?`` where it is an integer expression."""
    factors = left.operands if isinstance(left, ex.Mul) else (left,)
    base, order = factors[0], str(len(factors))
    if isinstance(left, ex.Pow):
        base, exponent = left.operands
        if isinstance(exponent, ex.Int):
            order = str(exponent.value) if exponent.value.is_Integer else "?"
        elif isinstance(exponent, ex.Num) and exponent.value.is_Integer:
            order = str(exponent.value)
        else:
            return None
    if len(set(factors)) > 1 or not isinstance(base, ex.Var | ex.Member) or base.shape == (1, 1):
        return None
    return (base, f"nilpotent {order}") if order == "?" or int(order) > 1 else None


def _of_identity(left: ex.Expression) -> tuple[ex.Expression, str] | None:
    if isinstance(left, ex.Mul) and len(left.operands) == 2:
        first, second = left.operands
        if first == ex.Transpose(second):
            return second, "orthogonal"
        if second == ex.Transpose(first):
            square = first.shape[0] == first.shape[1]
            return first, "orthogonal" if square else "orthonormal rows"
    base = _square_of(left)
    return None if base is None else (base, "involution")


def _square_of(expression: ex.Expression) -> ex.Expression | None:
    """A when the expression is ``A A`` or ``A^2``."""
    if isinstance(expression, ex.Mul) and len(expression.operands) == 2:
        first, second = expression.operands
        base = first if first == second else None
    elif isinstance(expression, ex.Pow) and expression.operands[1] == ex.Num(2):
        base = expression.operands[0]
    else:
        base = None
    return base if isinstance(base, ex.Var | ex.Member) and base.shape != (1, 1) else None
