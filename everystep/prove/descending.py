r"""Products whose index runs downwards: ``\prod_{k=T}^{1} A_k`` is ``A_T \cdots A_1``, the greatest index on the left.

The surface knows indices that grow; such a product becomes one over k' = T + 1 - k.  A sum that is written so is empty
to some authors and counted backwards by others: it is not read.  May import the normal form; never the exact judge.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import integer
from everystep.algebra.substitution import instance
from everystep.calculus.indices import Integers, NotAffine, Slot, constant, difference, slot_of, unpack
from everystep.derivation import Claim
from everystep.prove.said import integer_facts


class Descending(Exception):
    """A sum whose index runs downwards."""


def counted_upwards(claim: Claim, context: Context) -> tuple[Claim, Context]:
    """The claim and the definitions and hypotheses with their indices growing.

    Raises Descending for a sum whose index surely does not.
    """
    parts = [*claim.sides, *(d.body for d in context.definitions), *(r.body for r in context.recurrences)]
    parts += [side for hypothesis in context.hypotheses for side in hypothesis.sides]
    if not any(part.has_kind(ex.SumOver) for part in parts):
        return claim, context
    known = integer_facts(context)
    known.sizes |= {s.name for part in parts for s in part.free_symbols if s.is_positive}
    return _turned(claim, known), replace(
        context,
        definitions=tuple(replace(d, body=_risen(d.body, known)) for d in context.definitions),
        recurrences=tuple(replace(r, body=_risen(r.body, known)) for r in context.recurrences),
        hypotheses=tuple(_turned(h, known) for h in context.hypotheses),
    )


def _turned(claim: Claim, known: Integers) -> Claim:
    if isinstance(claim, Relation):
        return replace(claim, left=_risen(claim.left, known), right=_risen(claim.right, known))
    return replace(claim, subject=_risen(claim.subject, known))


def _risen(e: Expression, known: Integers) -> Expression:
    """Products whose index falls with their index counted upwards; Descending for such a sum: two readings."""
    if not e.has_kind(ex.SumOver):
        return e
    if isinstance(e, ex.SumOver):
        low, high = e.range
        down = _falls(low, high, known)
        if down and not isinstance(e, ex.ProdOver):
            raise Descending(f"two readings: is the sum from {low} to {high} empty, or counted downwards?")
        first, last = (high, low) if down else (low, high)
        body = _risen(e.operands[0], known.with_facts(_within(e.index, first, last)))
        if down:
            body = instance(body, {e.index: integer(low + high - e.index)})
        risen: Expression = e.func(body, e.index, first, last)
        return risen
    rebuilt: Expression = e.func(*(_risen(a, known) if isinstance(a, Expression) else a for a in e.args))
    return rebuilt


def _within(index: Expr, low: Expr, high: Expr) -> list[Slot]:
    try:
        return [difference(slot_of(index), slot_of(low)), difference(slot_of(high), slot_of(index))]
    except NotAffine:
        return []


def _falls(low: Expr, high: Expr, known: Integers) -> bool:
    """Whether an index surely runs downwards: low >= high - 1 is known, and low <= high + 1 is not; or the limits are a
    number above and something that grows below.
    """
    gap = integer(low - high)
    if gap.is_number:
        return False
    try:
        slot = slot_of(gap)
    except NotAffine:
        return False
    if known.at_least(constant(1), slot):
        return False
    grows = high.is_number and all(c > 0 for c in unpack(slot)[1].values())
    return grows or known.at_least(slot, constant(-1))
