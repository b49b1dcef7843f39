"""Comparisons of integers, such as indices: ``i > j`` is ``i - j > 1/2``, so that no step is taken at 0.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Int, Num

Comparison: TypeAlias = tuple[Expression, str, Expression]
HALF = Rational(1, 2)


def is_whole(e: Expression) -> bool:
    """Whether a number is written with integers alone, their sums and their products."""
    if isinstance(e, Num):
        return bool(e.value.is_integer)
    return isinstance(e, Int) or (isinstance(e, (ex.Add, ex.Neg, ex.Mul)) and all(map(is_whole, e.operands)))


def of_integers(comparisons: Sequence[Comparison]) -> Expression:
    """1 where all comparisons of integers hold, else 0."""
    values = [_holds(*comparison) for comparison in comparisons]
    return values[0] if len(values) == 1 else ex.Mul(*values)


def _holds(left: Expression, op: str, right: Expression) -> Expression:
    if op in ("<", "<="):
        return _holds(right, {"<": ">", "<=": ">="}[op], left)
    if op in (">", ">="):
        parts = [p for p in (left, ex.Neg(right)) if p not in (Num(0), ex.Neg(Num(0)))]
        return ex.Apply("step", ex.Add(*parts, Num(HALF if op == ">=" else -HALF)))
    both = ex.Mul(_holds(left, ">=", right), _holds(left, "<=", right))
    return both if op == "=" else ex.Add(Num(1), ex.Neg(both))


def jumps(
    number: Expression, threshold: Expression, at: Sequence[Expression], beyond: Expression, from_left: bool
) -> list[tuple[Expression, Expression]]:
    """What is added to the excess of a number over a threshold, and the values beyond the steps that are taken there.

    Of integers there are two steps, on both sides of the threshold, so that it has the value that is said; of other
    numbers, and where none or several are said, there is one at the threshold itself.
    """
    if len(at) != 1 or not (is_whole(number) and is_whole(threshold)):
        return [(Num(0), beyond)]
    sides = (HALF, -HALF) if from_left else (-HALF, HALF)
    return [(Num(sides[0]), at[0]), (Num(sides[1]), beyond)]
