"""Bounds on both sides: ``|a| <= b`` from ``a <= b`` and ``-b <= a``, squares below a number likewise.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from sympy import Rational, sqrt

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num
from everystep.prove.sides import addends_of

_TURNED = {">=": "<=", ">": "<"}


def both_bounds(claim: Hypothesis) -> tuple[Relation, ...]:
    """Claims that together say what an order of two numbers says; none where it is no such bound.

    ``|a| <= b``, ``a^2 <= r`` and ``0 <= r - a^2`` for the square r of a rational number, and ``0 <= r + a``.
    """
    if not isinstance(claim, Relation) or not claim.left.is_number_shaped or not claim.right.is_number_shaped:
        return ()
    if claim.op in _TURNED:
        claim = Relation(claim.right, _TURNED[claim.op], claim.left)
    if claim.op not in ("<=", "<"):
        return ()
    small, op, large = claim.left, claim.op, claim.right
    moved = small == Num(0)
    if moved:  # 0 <= r - a^2, 0 <= r + a
        numbers = [a for a in addends_of(large) if isinstance(a, Num)]
        others = [a for a in addends_of(large) if not isinstance(a, Num)]
        if len(numbers) != 1 or len(others) != 1:
            return ()
        if not isinstance(others[0], ex.Neg):
            return (Relation(Num(-numbers[0].value), op, others[0]),)
        small, large = others[0].operands[0], numbers[0]
    if isinstance(small, ex.Apply) and small.function == "abs" and not small.order:
        return _between(small.operands[0], op, large)
    if isinstance(small, ex.Pow) and small.operands[1] == Num(2) and isinstance(large, Num) and large.value >= 0:
        root = sqrt(Rational(large.value))
        return _between(small.operands[0], op, Num(root)) if root.is_Rational else ()
    return (Relation(small, op, large),) if moved else ()


def _between(inner: Expression, op: str, bound: Expression) -> tuple[Relation, ...]:
    opposite = Num(-bound.value) if isinstance(bound, Num) else ex.Neg(bound)
    return Relation(inner, op, bound), Relation(opposite, op, inner)
