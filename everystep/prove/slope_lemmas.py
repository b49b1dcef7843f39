"""Further named inequalities: functions of bounded slope, Jensen's for expectations, squared sums of norms.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

from sympy import Rational

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape
from everystep.calculus.networks import subtract
from everystep.prove.convexity_lemmas import in_domain, values_of_convex
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import factors_of, without_abs

SLOPES = {
    "tanh": "1",
    "sin": "1",
    "cos": "1",
    "relu": "1",
    "abs": "1",
    "softplus": "1",
    "logistic": "1/4",
}
"""The greatest absolute value of the slope of a function."""
MOST_NORMS, MOST_ARGUMENTS, MOST_LIMITS = 4, 4, 6


def bounded_slope(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|f(u) - f(v)| <= c |u - v| for f with slopes of at most c, by the mean value theorem; also without the bars, of
    the value f(0), and ||f(x) - f(y)|| <= c ||x - y|| for f entry by entry.

    The norm is one of the entries: 1, 2 or inf of columns, F of matrices; of the operator norm it fails.
    """
    norm = small if isinstance(small, ex.Norm) else None
    if norm is not None and norm.operands[0].shape[1] != ONE and norm.kind != "F":
        return False
    if norm is None and not small.is_number_shaped:
        return False
    inside = norm.operands[0] if norm is not None else without_abs(small)
    for name, slope in SLOPES.items():
        zero = ex.Num(0) if inside.is_number_shaped else ex.Zeros(*inside.shape)
        found = [u for u in _arguments(inside, name) if same_shape(u.shape, inside.shape)]
        for u in found:
            for v in (*(v for v in found if v != u), zero):
                if not lemmas.equal(inside, ex.Add(ex.Apply(name, u), ex.Neg(ex.Apply(name, v)))):
                    continue
                gap = ex.Add(u, ex.Neg(v))
                measured = ex.Apply("abs", gap) if norm is None else ex.Norm(gap, norm.kind)
                bound = ex.Mul(ex.Num(slope), measured)
                if lemmas.equal(large, bound) or lemmas.order.at_least(large, bound, False):
                    return True
    return False


def _arguments(e: Expression, name: str) -> list[Expression]:
    """What a function is taken of; of log(1 + e^u) and 1 / (1 + e^-u) that is u."""
    found: dict[Expression, None] = {}
    for node in ex.walk(e):
        if not isinstance(node, ex.Apply) or node.order:
            continue
        (u,) = node.operands
        if node.function == name or (node.function == "exp" and name in ("softplus", "logistic")):
            found[u] = None
        if node.function == "exp" and name == "logistic" and isinstance(u, ex.Neg):
            found[u.operands[0]] = None
    return list(found)[:MOST_ARGUMENTS]


def jensen_for_expectations(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """f(E[x]) <= E[f(x)] for f convex, and E[f(x)] <= f(E[x]) for f concave, where f is on all values of x."""
    for value, mean, convex in ((small, large, True), (large, small, False)):
        if not isinstance(mean, ex.Expectation):
            continue
        for tag, x, is_convex in values_of_convex(mean.operands[0]):
            if is_convex is not convex:
                continue
            for other, y, _ in values_of_convex(value):
                if other != tag or not same_shape(x.shape, y.shape) or not in_domain(lemmas, tag, x):
                    continue
                if lemmas.equal(y, ex.Expectation(x)):
                    return True
    return False


def norms_multiplied_out(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """small <= large where the difference is c (||u|| ||v|| - u^T v) or c (||u|| ||v|| + u^T v) with c > 0, and
    something that is not negative: Cauchy-Schwarz in a square that is multiplied out; u and v columns or matrices.
    """
    norms = [n for side in (small, large) for n in dict.fromkeys(ex.walk(side)) if isinstance(n, ex.Norm)]
    inside = list(dict.fromkeys(n.operands[0] for n in norms if n.is_euclidean))
    if not 1 < len(inside) <= MOST_NORMS:
        return False
    form = lemmas.form
    difference = subtract(form.poly(large), form.poly(small))
    for u, v in combinations(inside, 2):
        if not same_shape(u.shape, v.shape):
            continue
        kind = "2" if ONE in u.shape else "F"
        inner = ex.Trace(ex.Mul(ex.Transpose(u), v))
        for other in (inner, ex.Neg(inner)):
            gap = form.poly(ex.Add(ex.Mul(ex.Norm(u, kind), ex.Norm(v, kind)), other))
            ratios = {Fraction(difference[key]) / Fraction(value) for key, value in gap.items() if key in difference}
            for ratio in sorted(r for r in ratios if r > 0):
                rest = subtract(difference, {key: ratio * value for key, value in gap.items()})
                if form.is_zero(rest) or lemmas.order.nonnegative(rest):
                    return True
    return False


def diagonal_factors(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||A diag(d) B|| <= c ||A|| ||B|| for entries |d_i| <= c, in any norm; ||diag(d)|| <= c in the norms 1, 2 and inf.

    The bounds that are tried are the slopes of known functions and the numbers on the larger side.
    """
    if not isinstance(small, ex.Norm) or small.operands[0].is_number_shaped:
        return False
    (whole,) = small.operands
    if isinstance(whole, ex.Mul) and len(whole.segments) > 1:
        return False  # x^T diag(d) y A is a number times A
    factors = list(factors_of(whole))
    if not any(isinstance(f, ex.Diag) for f in factors) or any(f.is_number_shaped for f in factors):
        return False
    values = {Fraction(slope) for slope in SLOPES.values()}
    values |= {abs(Fraction(int(n.value.p), int(n.value.q))) for n in ex.walk(large) if isinstance(n, ex.Num)}
    values |= {1 / value for value in values if value}
    pieces: list[list[Expression]] = [[]]
    bounds: list[Expression] = []
    for factor in factors:
        if not isinstance(factor, ex.Diag):
            pieces[-1].append(factor)
            continue
        (d,) = factor.operands
        ones = ex.Ones(d.shape[0], 1)
        limits = (ex.Num(Rational(v.numerator, v.denominator)) for v in sorted(values)[:MOST_LIMITS])
        limit = next(
            (
                c
                for c in limits
                if lemmas.nonnegative_entries(ex.Add(ex.Mul(c, ones), d))
                and lemmas.nonnegative_entries(ex.Add(ex.Mul(c, ones), ex.Neg(d)))
            ),
            None,
        )
        if limit is None:
            return False
        bounds += [limit] if limit != ex.Num(1) else []
        pieces.append([])
    rest = [piece[0] if len(piece) == 1 else ex.Mul(*piece) for piece in pieces if piece]
    if (small.kind == "F" and len(rest) != 1) or (small.kind in ("1", "inf") and ONE in small.operands[0].shape[:1]):
        return False  # the Frobenius norm of diag(d) is more; the norm 1 of a row is another than that of a matrix
    bounds += [ex.Norm(piece, small.kind) for piece in rest]
    bound = ex.Num(1) if not bounds else bounds[0] if len(bounds) == 1 else ex.Mul(*bounds)
    lemmas.form.see(bound)
    return lemmas.below(bound, large)


SLOPE: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "bounded slope": bounded_slope,
    "Jensen's inequality for expectations": jensen_for_expectations,
    "norms multiplied out": norms_multiplied_out,
    "bounded diagonal factors": diagonal_factors,
}
