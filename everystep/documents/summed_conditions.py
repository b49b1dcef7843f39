r"""Conditions at a free index, added up: ``n_k / p_k - a = 0`` for all k gives ``\sum_k (n_k - a p_k) = 0``.

That is how a multiplier is found from its constraint. May import ``everystep.algebra`` and the documents' ``spoken``.
"""

from __future__ import annotations

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression, Int
from everystep.algebra.shapes import ONE
from everystep.algebra.substitution import BINDERS, instance
from everystep.documents.spoken import all_in, positions_derived


def summed(slope: object, condition: Relation, context: Context) -> Relation | None:
    """The sum of a condition on the derivative by the entry or the number p_k, over all places that p has in what is
    differentiated; times p_k where the condition divides by it.

    A free index means "for all", so that the condition holds at each of them. None where the derivative is by something
    else, where the index is bounded or fixed by something, or has another letter than what is summed over (``p_c`` of a
    class c), or where it is not clear over which places a sum takes p_k.
    """
    if condition.op != "=" or not condition.left.is_number_shaped or not isinstance(slope, ex.PARTIAL_DERIVATIVES):
        return None
    variable = slope.operands[1]
    if not isinstance(variable, (ex.Entry, ex.Member)) or len(variable.at) != 1 or not variable.is_number_shaped:
        return None
    (at,) = variable.at
    if not isinstance(at, Symbol) or at.is_positive or any(isinstance(n, ex.Differential) for n in ex.walk(slope)):
        return None
    inside = all_in(Relation(slope.operands[0], "=", slope.operands[0]), context)
    if not any(isinstance(n, ex.SumOver) and str(n.index) == str(at) for n in inside):
        return None
    ends = _ends(slope, variable, at, context)
    if ends is None or _is_spoken_of(at, context):
        return None
    index = Symbol(f"{at}'", integer=True)
    terms = [instance(term, {at: index}) for term in _terms(condition, variable)]
    sums = [ex.SumOver(term, index, *ends) for term in terms]
    return Relation(sums[0] if len(sums) == 1 else ex.Add(*sums), "=", ex.Num(0))


def _ends(slope: Expression, variable: Expression, at: Expr, context: Context) -> tuple[Expr, Expr] | None:
    """The first and the last place of an entry, or of the members that a sum takes."""
    if isinstance(variable, ex.Entry):
        rows, columns = variable.operands[0].shape
        return (ONE, rows) if columns == ONE else None
    positions = positions_derived((slope,), context)
    if len(positions) != 1:
        return None
    low = high = None
    for end in positions[0]:
        left, right = (side.value if isinstance(side, Int) else None for side in end.sides)
        low, high = (left if right == at else low), (right if left == at else high)
    return None if low is None or high is None or low.free_symbols else (low, high)


def _is_spoken_of(at: Expr, context: Context) -> bool:
    """Whether an equation or a bound speaks of an index: then it may be a certain one."""
    for h in context.hypotheses:
        if isinstance(h, Relation) and any(isinstance(side, Int) and at in side.free_symbols for side in h.sides):
            return True
    return False


def _terms(condition: Relation, variable: Expression) -> list[Expression]:
    """The terms of left - right, times the variable where one of them is divided by it."""
    whole = [*_addends(condition.left), *(ex.Neg(term) for term in _addends(condition.right) if term != ex.Num(0))]
    divided = any(
        isinstance(n, ex.Div) and any(part == variable for part in ex.walk(n.operands[1]))
        for term in whole
        for n in ex.walk(term)
        if not isinstance(n, BINDERS)
    )
    return [ex.Mul(variable, term) for term in whole] if divided else whole


def _addends(e: Expression) -> list[Expression]:
    if isinstance(e, ex.Add):
        return [term for part in e.operands for term in _addends(part)]
    if isinstance(e, ex.Neg):
        return [ex.Neg(term) for term in _addends(e.operands[0])]
    return [e]
