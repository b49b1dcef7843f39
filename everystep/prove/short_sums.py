r"""Sums over a few numbers written out: ``\sum_{k=0}^{2} x_k`` is ``x_0 + x_1 + x_2``.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.substitution import instance

MOST_TERMS = 8


def with_short_sums_apart(claim: Relation) -> Relation | None:
    """The claim with its sums over two to eight numbers as their terms; None where it has none."""
    if not any(_is_short(node) for side in (claim.left, claim.right) for node in ex.walk(side)):
        return None
    return Relation(_apart(claim.left), claim.op, _apart(claim.right))


def _is_short(e: Expression) -> bool:
    if not isinstance(e, ex.SumOver) or isinstance(e, ex.ProdOver):
        return False
    low, high = e.range
    return bool(low.is_Integer and high.is_Integer and 0 < high - low < MOST_TERMS)


def _apart(e: Expression) -> Expression:
    parts = [_apart(a) if isinstance(a, Expression) else a for a in e.args]
    if isinstance(e, ex.SumOver) and _is_short(e):
        low, high = (int(end) for end in e.range)
        return ex.Add(*(instance(parts[0], {e.index: Integer(k)}) for k in range(low, high + 1)))
    return e.func(*parts) if parts else e
