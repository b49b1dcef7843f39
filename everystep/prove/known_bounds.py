"""Inequalities with what hypotheses bound, or add up, put in: ``||u|| ||v|| <= 1`` for vectors in the unit ball, and
``sum p_k^2 / q_k >= 1`` for probabilities.

Matched like the lemmas of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and the lemmas; never
the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_size
from everystep.algebra.substitution import instance
from everystep.prove.lemmas import Lemmas
from everystep.prove.norm_bounds import bounded_by_hypotheses, kind_of

UNIT, TWO = ex.Num(1), ex.Num(2)
MOST_SUMS = 6


class _Sizes:
    """Bounds of numbers and of norms, by what hypotheses say of the norms in them."""

    def __init__(self, lemmas: Lemmas) -> None:
        """``used``: whether a bound that a hypothesis gives has been put in."""
        self.lemmas = lemmas
        self.known = [(m, b, kind) for m, b, kind in bounded_by_hypotheses(lemmas) if kind not in ("1", "inf")]
        self.numbers = list(_bounded_numbers(lemmas))
        self.used = False

    def number(self, e: Expression) -> Expression:
        """c with |e| <= c."""
        if isinstance(e, ex.Neg) or (isinstance(e, ex.Apply) and e.function == "abs" and not e.order):
            return self.number(e.operands[0])
        bound = next((b for n, b in self.numbers if n == e), None)
        if bound is not None:
            self.used = True
            return bound
        if isinstance(e, ex.Norm):
            return self.norm(e.operands[0], e.kind) if e.kind in ("2", "F") else e
        if isinstance(e, ex.Add):
            return ex.Add(*map(self.number, e.operands))
        if isinstance(e, ex.Pow) and _is_natural(e.operands[1]):
            return ex.Pow(self.number(e.operands[0]), e.operands[1])
        if isinstance(e, ex.Mul):
            return self._product(e, "2")
        return e if self.lemmas.order.surface_nonnegative(e) else ex.Apply("abs", e)

    def norm(self, e: Expression, kind: str) -> Expression:
        """c with ||e|| <= c in the operator norm, or the Frobenius norm; of a vector both are its length."""
        if e.is_number_shaped:
            return self.number(e)
        if isinstance(e, (ex.Neg, ex.Transpose)):
            return self.norm(e.operands[0], kind)
        of = kind_of(ex.Norm(e, kind))
        fitting = (of, "frobenius") if of == "operator" else (of,)
        bound = next((b for m, b, measured in self.known if measured in fitting and m == e), None)
        if bound is not None:
            self.used = True
            return bound
        if isinstance(e, ex.Add):
            return ex.Add(*(self.norm(part, kind) for part in e.operands))
        if isinstance(e, ex.Pow) and _is_natural(e.operands[1]) and ONE not in e.shape:
            return ex.Pow(self.norm(e.operands[0], kind), e.operands[1])
        if isinstance(e, ex.Mul):
            return self._product(e, kind)
        return UNIT if isinstance(e, ex.Eye) and of == "operator" else ex.Norm(e, kind)

    def _product(self, e: ex.Mul, kind: str) -> Expression:
        """The product of the bounds of the factors: both norms are submultiplicative, and Cauchy and Schwarz."""
        return ex.Mul(*(self.norm(factor, kind) for factor in e.operands))


def _is_natural(e: Expression) -> bool:
    return isinstance(e, ex.Num) and bool(e.value.is_integer) and e.value > 0


def _bounded_numbers(lemmas: Lemmas) -> Iterator[tuple[Expression, Expression]]:
    """(a, c) of the hypotheses |a| <= c and |a| < c."""
    for h in lemmas.form.context.hypotheses:
        if isinstance(h, Relation) and h.op in ("<=", "<", ">=", ">"):
            small, large = (h.left, h.right) if h.op in ("<=", "<") else (h.right, h.left)
            if isinstance(small, ex.Apply) and small.function == "abs" and not small.order:
                yield small.operands[0], large


def bounds_put_in(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|e| <= c where c is e with every norm and absolute value at its bound by a hypothesis: norms of sums by the
    triangle inequality, of products by the norms of the factors, u^T A v by Cauchy and Schwarz; also e <= c and
    -c <= e.
    """
    order = lemmas.order
    sizes = _Sizes(lemmas)
    if not (sizes.known or sizes.numbers):
        return False
    bound = sizes.number(small)
    if sizes.used and order.at_least(large, bound, False):
        return True
    sizes.used = False
    bound = sizes.number(large)
    return sizes.used and order.at_least(ex.Neg(small), bound, False)


# sums of known value --------------------------------------------------------------------------------


def _known_sums(lemmas: Lemmas, like: ex.SumOver) -> list[tuple[ex.SumOver, Expression]]:
    """The sums over one range of which hypotheses say the value, and that of ones, with their values."""
    found = []
    for h in lemmas.form.context.hypotheses:
        if isinstance(h, Relation) and h.op == "=":
            for total, value in ((h.left, h.right), (h.right, h.left)):
                if _is_sum(total) and isinstance(total, ex.SumOver):
                    found.append((total, value))
    low, high = like.range
    found.append((ex.SumOver(UNIT, like.index, low, high), ex.Int(high - low + 1)))
    return [
        (total, value)
        for total, value in found
        if all(same_size(*ends) for ends in zip(total.range, like.range, strict=True))
    ][: MOST_SUMS + 1]


def _is_sum(e: Expression) -> bool:
    return isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver) and e.is_number_shaped


def sums_of_known_value(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """By Cauchy and Schwarz, for sums P and Q of p_k and q_k that hypotheses tell, or of ones: sum p_k^2 / q_k >=
    P^2 / Q for q_k > 0, (sum c_k)^2 <= P Q for c_k^2 = p_k q_k with p_k, q_k >= 0; and sum p_k q_k <= P Q for p_k,
    q_k >= 0.
    """
    squared = isinstance(small, ex.Pow) and small.operands[1] == TWO
    if _is_sum(large) and isinstance(large, ex.SumOver) and not _is_sum(small):
        return any(lemmas.order.at_least(bound, small, False) for bound in _least(lemmas, large))
    inner = small.operands[0] if squared else small
    if not _is_sum(inner) or not isinstance(inner, ex.SumOver):
        return False
    if any(lemmas.order.at_least(large, bound, False) for bound in _greatest(lemmas, inner, squared)):
        return True
    if squared or not lemmas.nonnegative(large):
        return False
    square = ex.Pow(large, TWO)
    return any(lemmas.order.at_least(square, bound, False) for bound in _greatest(lemmas, inner, True))


@contextmanager
def _beside(lemmas: Lemmas, total: ex.SumOver) -> Iterator[tuple[Expression, list[tuple[Expression, Expression]]]]:
    """A member of a sum, and the members at its index of the sums of known value, with these values; none of them where
    only the sum of ones has one.
    """
    known = _known_sums(lemmas, total)
    with lemmas.held(total) as (at, body):
        own = [(instance(one.operands[0], {one.index: at}), value) for one, value in known]
        yield body, own if len(own) > 1 else []


def _least(lemmas: Lemmas, total: ex.SumOver) -> list[Expression]:
    """P^2 / Q for a sum of p_k^2 / q_k."""
    found: list[Expression] = []
    with _beside(lemmas, total) as (body, own):
        for q, whole in own:
            if lemmas.positive(q) and lemmas.positive(whole):
                weighted = ex.Mul(body, q)
                found += [ex.Div(ex.Pow(part, TWO), whole) for p, part in own if lemmas.equal(weighted, ex.Pow(p, TWO))]
    return found


def _greatest(lemmas: Lemmas, total: ex.SumOver, squared: bool) -> list[Expression]:
    """P Q for a sum of p_k q_k, or for the square of one of their roots."""
    found: list[Expression] = []
    with _beside(lemmas, total) as (body, known):
        own = [(p, value) for p, value in known if lemmas.nonnegative(p)]
        whole = ex.Pow(body, TWO) if squared else body
        for k, (p, first) in enumerate(own):
            found += [ex.Mul(first, second) for q, second in own[k:] if lemmas.equal(whole, ex.Mul(p, q))]
    return found


KNOWN: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "bounds of factors put in": bounds_put_in,
    "sums of known value": sums_of_known_value,
}
