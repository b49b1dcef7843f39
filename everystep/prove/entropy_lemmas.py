"""Further named inequalities: Gibbs' inequality, the log sum inequality, entropies and cross-entropies.

Matched like the lemmas of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and the lemmas; never
the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import permutations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, index, integer, same_size
from everystep.algebra.substitution import instance
from everystep.calculus.indices import slot_of
from everystep.calculus.networks import Poly, subtract
from everystep.prove.lemmas import Lemmas

MOST_WEIGHTS = 5
MOST_GAPS = 2
Range = tuple[Expr, Expr]


def _vectors(lemmas: Lemmas, *sides: Expression) -> Iterator[Expression]:
    """The columns that may be probabilities: those with a hypothesis about the sign of every entry, softmax, also that
    of log-sum-exp and a name for one, and what logarithms are taken of.
    """
    constants = lemmas.form.lowering.constants
    for leaf in (n for side in sides for n in side.leaves):
        if isinstance(leaf, ex.Var) and isinstance(lemmas.expanded(leaf), ex.Softmax) and leaf.name in constants:
            yield leaf
    signed = {n.operands[0] for h in lemmas.form.context.hypotheses for n in h.sides if isinstance(n, ex.Entry)}
    yield from (n for side in sides for n in side.leaves if n in signed)
    for node in (n for side in sides for n in ex.walk(side)):
        if isinstance(node, ex.LogSumExp):
            yield ex.Softmax(node.operands[0])
        elif isinstance(node, ex.Softmax):
            yield node
        elif isinstance(node, ex.Apply) and node.function == "log" and not node.order:
            (inside,) = node.operands
            if not inside.is_number_shaped:
                yield inside
            yield from (n.operands[0] for n in ex.walk(inside) if isinstance(n, ex.Entry) and len(n.at) == 1)


def _terms(*sides: Expression) -> Iterator[tuple[Expression, ex.SumOver]]:
    """What logarithms are taken of within sums over an index, numerator and denominator apart, with the sum."""
    for total in (n for side in sides for n in ex.walk(side)):
        if not isinstance(total, ex.SumOver) or isinstance(total, ex.ProdOver) or not total.is_number_shaped:
            continue
        for node in ex.walk(total.operands[0]):
            if isinstance(node, ex.Apply) and node.function == "log" and not node.order:
                (inside,) = node.operands
                for p in inside.operands if isinstance(inside, ex.Div) else (inside,):
                    if p.is_number_shaped and total.index in p.free_symbols:
                        yield p, total


def _summands(*sides: Expression) -> Iterator[tuple[Expression, ex.SumOver]]:
    """What is summed under logarithms, with the sum, and its share of the sum."""
    for node in (n for side in sides for n in ex.walk(side)):
        if isinstance(node, ex.Apply) and node.function == "log" and not node.order and node.is_number_shaped:
            for total in ex.walk(node.operands[0]):
                if isinstance(total, ex.SumOver) and not isinstance(total, ex.ProdOver) and total.is_number_shaped:
                    yield total.operands[0], total
                    yield ex.Div(total.operands[0], total), total


def _weights(lemmas: Lemmas, at: Expr, *sides: Expression) -> dict[Range, list[Expression]]:
    """By range of an index: numbers at the index ``at`` that may be probabilities, the equal ones among them."""
    found: dict[Range, dict[Expression, None]] = {}
    for vector in dict.fromkeys(_vectors(lemmas, *sides)):
        if vector.shape[1] == ONE and not vector.is_number_shaped:
            found.setdefault((integer(1), vector.shape[0]), {})[ex.Entry(vector, at)] = None
    for p, total in dict.fromkeys((*_terms(*sides), *_summands(*sides))):
        found.setdefault(total.range, {})[instance(p, {total.index: at})] = None
    for low, high in found:
        count = integer(high - low + 1)
        equal = any(isinstance(n, ex.Int) and same_size(n.value, count) for side in sides for n in ex.walk(side))
        if equal:
            found[low, high][ex.Div(ex.Num(1), ex.Int(count))] = None
    return {ends: list(numbers) for ends, numbers in found.items() if len(numbers) <= MOST_WEIGHTS}


def _gaps(lemmas: Lemmas, *sides: Expression) -> Iterator[Poly]:
    """Sums that are >= 0: sum_k (p_k log(p_k / q_k) - p_k + q_k) for p_k, q_k > 0, and -sum_k p_k log q_k for p_k >= 0
    and q_k > 0 whose sum is at most 1.
    """
    probe = index("·p")
    for (low, high), numbers in _weights(lemmas, probe, *sides).items():
        node = ex.SumOver(ex.Num(1), probe, low, high)
        with lemmas.held(node) as (at, _):
            own = [instance(p, {probe: at}) for p in numbers]
            positive = [p for p in own if lemmas.positive(p)]

            def total(e: Expression, node: ex.SumOver = node, at: Expr = at) -> Expression:
                return ex.SumOver(e, at, *node.range)

            for q in positive:
                for p in positive:
                    if p != q:
                        logs = ex.Add(ex.log(p), ex.Neg(ex.log(q)))
                        yield lemmas.form.poly(total(ex.Add(ex.Mul(p, logs), ex.Neg(p), q)))
                rest = ex.Add(ex.Num(1), ex.Neg(total(q)))
                if lemmas.equal(rest, ex.Num(0)) or lemmas.nonnegative(rest):
                    for p in own:
                        if lemmas.nonnegative(p):
                            yield lemmas.form.poly(total(ex.Neg(ex.Mul(p, ex.log(q)))))


def _value(lemmas: Lemmas, e: Expression) -> Expression:
    """A sum of which hypotheses say what number it is as that number."""
    poly = lemmas.form.by_scalar_rules(lemmas.form.poly(e))
    return ex.Num(str(Fraction(poly[()]))) if set(poly) == {()} else e


def _log_sum_gaps(lemmas: Lemmas, *sides: Expression) -> Iterator[Poly]:
    """sum_k p_k log(p_k / q_k) - P log(P / Q) for p_k, q_k > 0 with the sums P, Q, over a range that is not empty."""
    probe = index("·p")
    integers = lemmas.form.core.integers
    for (low, high), numbers in _weights(lemmas, probe, *sides).items():
        if not integers.at_least(slot_of(high), slot_of(low)):
            continue
        with lemmas.held(ex.SumOver(ex.Num(1), probe, low, high)) as (at, _):
            positive = [p for p in (instance(p, {probe: at}) for p in numbers) if lemmas.positive(p)]
        for p, q in permutations(positive, 2):
            logs = ex.Add(ex.log(p), ex.Neg(ex.log(q)))
            terms, mine, theirs = (ex.SumOver(e, at, low, high) for e in (ex.Mul(p, logs), p, q))
            mine, theirs = _value(lemmas, mine), _value(lemmas, theirs)
            whole = ex.Mul(mine, ex.Add(ex.log(mine), ex.Neg(ex.log(theirs))))
            yield lemmas.form.poly(ex.Add(terms, ex.Neg(whole)))


def chi_squared_gaps(lemmas: Lemmas, *sides: Expression) -> Iterator[Poly]:
    """sum_k (p_k^2 / q_k - p_k - p_k log(p_k / q_k)) for p_k, q_k > 0 over one range: it is >= 0 term by term."""
    probe = index("·p")
    for (low, high), numbers in _weights(lemmas, probe, *sides).items():
        with lemmas.held(ex.SumOver(ex.Num(1), probe, low, high)) as (at, _):
            positive = [p for p in (instance(p, {probe: at}) for p in numbers) if lemmas.positive(p)]
        for p, q in permutations(positive, 2):
            logs = ex.Mul(p, ex.Add(ex.log(p), ex.Neg(ex.log(q))))
            body = ex.Add(ex.Div(ex.Mul(p, p), q), ex.Neg(p), ex.Neg(logs))
            yield lemmas.form.poly(ex.SumOver(body, at, low, high))


def gibbs(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """sum p log q <= sum p log p for p, q > 0 with equal sums; 0 <= -sum p log q where q sums up to 1 at most.

    log x <= x - 1 at x = q / p, times p.  So relative entropy and entropy are >= 0, cross-entropy is at least the
    entropy, and that is at most log n.  Numbers that are not known to be > 0 have no logarithm: p = 0 is left out.
    """
    if not any(n in ("log", "lse") for side in (small, large) for n in map(_kind, ex.walk(side))):
        return False
    form = lemmas.form
    difference = form.by_scalar_rules(subtract(form.poly(large), form.poly(small)))
    gaps = [gap for gap in map(form.by_scalar_rules, _gaps(lemmas, small, large)) if gap]
    return _is_sum(lemmas, difference, gaps, MOST_GAPS)


def log_sum(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """P log(P / Q) <= sum p log(p / q) for p, q > 0 with the sums P and Q: the log sum inequality.

    Jensen's for x log x at p / q with the weights q / Q.  So is the evidence lower bound, log sum p >= sum q log(p / q)
    for q with the sum 1, and the mean of log p below log of the mean.  An empty sum has no logarithm.
    """
    if not any(n == "log" for side in (small, large) for n in map(_kind, ex.walk(side))):
        return False
    form = lemmas.form
    difference = form.by_scalar_rules(subtract(form.poly(large), form.poly(small)))
    found = (*_log_sum_gaps(lemmas, small, large), *_gaps(lemmas, small, large))
    gaps = [gap for gap in map(form.by_scalar_rules, found) if gap]
    return _is_sum(lemmas, difference, gaps, MOST_GAPS)


def _kind(e: Expression) -> str:
    if isinstance(e, ex.LogSumExp):
        return "lse"
    return e.function if isinstance(e, ex.Apply) and not e.order else ""


def _is_sum(lemmas: Lemmas, rest: Poly, gaps: list[Poly], steps: int) -> bool:
    """Whether a number is a positive combination of at most so many gaps, and of what is known to be >= 0."""
    for position, gap in enumerate(gaps):
        ratios = {Fraction(rest[key]) / Fraction(value) for key, value in gap.items() if key in rest}
        for ratio in sorted(r for r in ratios if r > 0):
            left = subtract(rest, {key: ratio * value for key, value in gap.items()})
            if not left or lemmas.order.nonnegative(left):
                return True
            if steps > 1 and _is_sum(lemmas, left, gaps[position + 1 :], steps - 1):
                return True
    return False


ENTROPY: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "Gibbs' inequality": gibbs,
    "log sum inequality": log_sum,
}
