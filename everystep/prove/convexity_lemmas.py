"""Further named inequalities: Jensen's for any weights, means below the largest entry, means of powers, Young's.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import product

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape, same_size
from everystep.algebra.substitution import instance
from everystep.calculus.networks import subtract
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import addends_of, factors_of, inner_products, without_abs
from everystep.records import dataclass

ZERO, UNIT = ex.Num(0), ex.Num(1)
CONVEX, CONCAVE = ("exp", "softplus", "abs", "relu"), ("log", "sqrt")
MOST_MEANS = 4  # numbers of which a geometric mean is taken
Tag = tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """Some of the terms of a weighted sum of values f(x_k): the sum of their weights, and that of weight times x_k.

    ``sound``: whether the weights are >= 0 and every x_k is where f is known to be convex.
    """

    mass: Expression
    moment: Expression
    sound: Callable[[], bool]


def values_of_convex(e: Expression) -> Iterator[tuple[Tag, Expression, bool]]:
    """(f, x, whether f is convex rather than concave) where an expression is f(x)."""
    if isinstance(e, ex.Norm):
        yield ("norm", e.kind), e.operands[0], True
    elif isinstance(e, ex.Max) and len(e.operands) == 1:
        yield ("max",), e.operands[0], True
    elif isinstance(e, ex.LogSumExp):
        yield ("lse",), e.operands[0], True
    elif isinstance(e, ex.EigMax):
        yield ("largest eigenvalue",), e.operands[0], True
    elif isinstance(e, ex.EigMin):
        yield ("least eigenvalue",), e.operands[0], False
    elif isinstance(e, ex.Apply) and not e.order:
        (inside,) = e.operands
        if e.function in CONVEX + CONCAVE:
            yield ("function", e.function), inside, e.function in CONVEX
        if e.function == "log" and isinstance(inside, ex.Det):
            yield ("log det",), inside.operands[0], False
        if e.function == "log" and isinstance(inside, ex.Add) and len(inside.operands) == 2:
            for one, other in (inside.operands, inside.operands[::-1]):
                if one == UNIT and isinstance(other, ex.Apply) and other.function == "exp" and not other.order:
                    yield ("function", "softplus"), other.operands[0], True
    elif isinstance(e, ex.Trace) and isinstance(e.operands[0], ex.Inverse):
        yield ("trace of the inverse",), e.operands[0].operands[0], True
    elif isinstance(e, ex.Div) and e.is_number_shaped and e.operands[0] == UNIT:
        yield ("reciprocal",), e.operands[1], True
    elif isinstance(e, ex.Pow) and e.operands[1] in (ex.Num(2), ex.Num(4)):
        base, exponent = e.operands[0], "2" if e.operands[1] == ex.Num(2) else "4"
        if isinstance(base, ex.Norm):
            yield ("norm", base.kind, exponent), base.operands[0], True
        elif base.is_number_shaped:
            yield ("power", exponent), base, True
    elif isinstance(e, ex.Mul) and len(e.operands) == 2:
        for x, other in (e.operands, e.operands[::-1]):
            if isinstance(other, ex.Apply) and other.function == "log" and other.operands == (x,) and not other.order:
                yield ("x log x",), x, True


def in_domain(lemmas: Lemmas, tag: Tag, x: Expression) -> bool:
    """Whether x is where f is convex (or concave): 1/x for x > 0; log, roots and x log x are defined nowhere else.

    log det and the trace of the inverse for positive definite matrices, eigenvalues for symmetric ones.
    """
    if tag == ("reciprocal",):
        return lemmas.positive(x)
    if tag[0] in ("log det", "trace of the inverse"):
        return lemmas.definite(x)
    if tag[0] in ("largest eigenvalue", "least eigenvalue"):
        return lemmas.symmetric(x)
    return True


def _parts(lemmas: Lemmas, e: Expression, tag: Tag, weight: Expression) -> list[Part] | None:
    """A number as a weighted sum of values of one function; None where it is not written as one."""
    for found, x, _ in values_of_convex(e):
        if found == tag:
            return [_one(lemmas, tag, weight, x)]
    if isinstance(e, ex.Add):
        return _joined(_parts(lemmas, addend, tag, weight) for addend in e.operands)
    if isinstance(e, ex.Neg):
        return _parts(lemmas, e.operands[0], tag, ex.Neg(weight))
    if isinstance(e, ex.Div) and e.is_number_shaped:
        above, below = e.operands
        if tag == ("reciprocal",) and not any(t == tag for n in ex.walk(above) for t, _, _ in values_of_convex(n)):
            return [_one(lemmas, tag, ex.Mul(weight, above), below)]
        return _parts(lemmas, above, tag, ex.Div(weight, below))
    if isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver):
        return _over_range(lemmas, e, tag, weight)
    if isinstance(e, ex.Mul) and e.is_number_shaped:
        return _scaled(lemmas, e, tag, weight)
    return None


def _joined(found: Iterator[list[Part] | None]) -> list[Part] | None:
    parts: list[Part] = []
    for some in found:
        if some is None:
            return None
        parts += some
    return parts


def _one(lemmas: Lemmas, tag: Tag, weight: Expression, x: Expression) -> Part:
    return Part(weight, ex.Mul(weight, x), lambda: lemmas.nonnegative(weight) and in_domain(lemmas, tag, x))


def _over_range(lemmas: Lemmas, e: ex.SumOver, tag: Tag, weight: Expression) -> list[Part] | None:
    """``weight sum_k w_k f(x_k)`` as one part."""
    with lemmas.held(e) as (_, body):
        inner = _parts(lemmas, body, tag, UNIT)
    if inner is None or len(inner) != 1:
        return None

    def sound() -> bool:
        with lemmas.held(e) as (_, body):
            again = _parts(lemmas, body, tag, UNIT)
            return again is not None and lemmas.nonnegative(weight) and all(part.sound() for part in again)

    with lemmas.held(e) as (at, _):
        mass, moment = (ex.SumOver(side, at, *e.range) for side in (inner[0].mass, inner[0].moment))
    return [Part(ex.Mul(weight, mass), ex.Mul(weight, moment), sound)]


def _scaled(lemmas: Lemmas, e: ex.Mul, tag: Tag, weight: Expression) -> list[Part] | None:
    """A number times what is a weighted sum; ``w^T f(x)`` with f taken of every entry."""
    if all(f.is_number_shaped for f in e.operands):
        for position in range(len(e.operands)):
            rest = [*e.operands[:position], *e.operands[position + 1 :]]
            parts = _parts(lemmas, e.operands[position], tag, ex.Mul(weight, *rest))
            if parts is not None:
                return parts
        if tag == ("x log x",):
            for x, log in product(e.operands, e.operands):
                if isinstance(log, ex.Apply) and log.function == "log" and log.operands == (x,) and not log.order:
                    rest = [f for f in e.operands if f is not x and f is not log]
                    return [_one(lemmas, tag, ex.Mul(weight, *rest), x)]
        return None
    for w, values in inner_products(e):
        inside: Expression | None = None
        if tag[0] == "function" and isinstance(values, ex.Apply) and (values.function, values.order) == (tag[1], 0):
            (inside,) = values.operands
        elif tag == ("power", "2") and isinstance(values, ex.Hadamard) and len(set(values.operands)) == 1:
            inside = values.operands[0]
        if inside is not None and inside.shape[1] == ONE:
            mass = ex.Mul(weight, ex.Transpose(w), ex.Ones(w.shape[0], 1))
            moment = ex.Mul(weight, ex.Transpose(w), inside)
            return [Part(mass, moment, partial(_sound_entries, lemmas, weight, w))]
    return None


def _sound_entries(lemmas: Lemmas, weight: Expression, w: Expression) -> bool:
    return lemmas.nonnegative(weight) and lemmas.nonnegative_entries(w)


def jensen(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """f(sum w_k x_k) <= sum w_k f(x_k) for f convex and weights w_k >= 0 with the sum 1; turned around for f concave.

    Convex are norms and their squares, the largest entry, log-sum-exp, the largest eigenvalue, exp, softplus, abs,
    relu, x^2, x^4, x log x, 1/x for x > 0 and tr(X^-1) for definite X; concave are log, roots, the least eigenvalue
    and log det of definite X.  Weights may be negative where they are not known to be anything else, and then it fails.
    """
    for value, mean, convex in ((small, large, True), (large, small, False)):
        for tag, x, is_convex in values_of_convex(value):
            if is_convex is not convex:
                continue
            parts = _parts(lemmas, mean, tag, UNIT)
            if parts is None or not all(part.sound() for part in parts):
                continue  # where f is convex is a convex set: x is in it as well
            if not all(same_shape(part.moment.shape, x.shape) for part in parts):
                continue
            if lemmas.equal(_total([p.mass for p in parts]), UNIT) and lemmas.equal(
                _total([p.moment for p in parts]), x
            ):
                return True
    return False


def _total(addends: list[Expression]) -> Expression:
    return addends[0] if len(addends) == 1 else ex.Add(*addends)


def mean_below_largest(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """w^T x <= max(x), and min(x) <= w^T x, for weights w >= 0 with the sum 1; w = 1/n gives the mean."""
    for mean, extreme, kind in ((small, large, ex.Max), (large, small, ex.Min)):
        if not isinstance(extreme, kind) or len(extreme.operands) != 1 or extreme.operands[0].shape[1] != ONE:
            continue
        (x,) = extreme.operands
        size = x.shape[0]
        ones = ex.Ones(size, 1)
        weights = [n for n in dict.fromkeys(ex.walk(mean)) if same_shape(n.shape, x.shape) and n != x]
        for w in (ex.Div(ones, ex.Int(size)), *weights):
            if not lemmas.nonnegative_entries(w) or not lemmas.equal(ex.Mul(ex.Transpose(ones), w), UNIT):
                continue
            if lemmas.equal(mean, ex.Mul(ex.Transpose(w), x)):
                return True
    return False


def lipschitz_in_entries(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """f(x) - f(y) <= ||x - y||_inf, also with bars, for the largest and the least entry and log-sum-exp.

    They grow with every entry, and by c where all entries grow by c.
    """
    terms = addends_of(without_abs(small))
    if len(terms) != 2 or not isinstance(large, ex.Norm) or large.kind != "inf" or not isinstance(terms[1], ex.Neg):
        return False
    first, second = terms[0], terms[1].operands[0]
    if type(first) is not type(second) or not isinstance(first, (ex.Max, ex.Min, ex.LogSumExp)):
        return False
    if len(first.operands) != 1 or len(second.operands) != 1:
        return False
    x, y, gap = first.operands[0], second.operands[0], large.operands[0]
    if x.shape[1] != ONE or not same_shape(x.shape, y.shape) or not same_shape(x.shape, gap.shape):
        return False
    return lemmas.equal(gap, ex.Add(x, ex.Neg(y))) or lemmas.equal(gap, ex.Add(y, ex.Neg(x)))


def geometric_mean(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """prod a_k^w_k <= sum w_k a_k for a_k > 0 and weights w_k >= 0 with the sum 1.  Young's inequality is
    w = 1/p, 1/q with a = x^p, y^q.
    """
    return any(_is_geometric(lemmas, small, list(_spread(large, UNIT, apart))) for apart in (False, True))


def _is_geometric(lemmas: Lemmas, small: Expression, addends: list[tuple[Expression, Expression]]) -> bool:
    """Whether a number is the weighted geometric mean of addends, for one way to read each as weight times power."""
    if not 1 < len(addends) <= MOST_MEANS:
        return False
    for chosen in product(*(list(_powers(weight, value)) for weight, value in addends)):
        if not lemmas.equal(_total([weight for weight, _, _ in chosen]), UNIT):
            continue
        if not all(lemmas.positive(base) and lemmas.nonnegative(weight) for weight, base, _ in chosen):
            continue
        factors: list[Expression] = []
        for weight, base, exponent in chosen:
            power = ex.Mul(exponent, weight)
            factors.append(base if lemmas.equal(power, UNIT) else ex.Pow(base, power))
        if lemmas.equal(small, ex.Mul(*factors)):
            return True
    return False


def _spread(e: Expression, weight: Expression, apart: bool) -> Iterator[tuple[Expression, Expression]]:
    """The addends of a number, those of a quotient as well, each with what scales it; ``apart``: also those of a
    product with one sum.
    """
    if isinstance(e, ex.Add):
        for addend in e.operands:
            yield from _spread(addend, weight, apart)
    elif isinstance(e, ex.Div) and e.is_number_shaped:
        yield from _spread(e.operands[0], ex.Div(weight, e.operands[1]), apart)
    elif apart and isinstance(e, ex.Mul) and sum(isinstance(f, ex.Add) for f in e.operands) == 1:
        (inner,) = (f for f in e.operands if isinstance(f, ex.Add))
        rest = [f for f in e.operands if f is not inner]
        yield from _spread(inner, ex.Mul(weight, *rest), apart)
    else:
        yield weight, e


def _powers(scale: Expression, e: Expression) -> Iterator[tuple[Expression, Expression, Expression]]:
    """(w, a, p) for every way to read ``scale e`` as w times a^p, a one of the factors."""
    factors = factors_of(e)
    if not all(f.is_number_shaped for f in factors):
        return
    for position, factor in enumerate(factors):
        rest = [*factors[:position], *factors[position + 1 :]]
        weight = ex.Mul(scale, *rest) if rest else scale
        if isinstance(factor, ex.Pow):
            yield weight, factor.operands[0], factor.operands[1]
        else:
            yield weight, factor, UNIT


def mean_over_range(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """(prod a_k)^(1/N) <= (sum a_k) / N and prod a_k <= ((sum a_k) / N)^N for a_k >= 0, N of them.

    There is at least one: the mean of no numbers has no value.
    """
    products = [n for n in dict.fromkeys(ex.walk(small)) if isinstance(n, ex.ProdOver) and n.is_number_shaped]
    for node in products:
        low, high = node.range
        count = ex.Int(high - low + 1)
        mean = ex.Div(ex.SumOver(node.operands[0], node.index, low, high), count)
        rooted = [n for n in ex.walk(small) if isinstance(n, ex.Pow) and n.operands[0] == node]
        root = any(small == r and lemmas.equal(ex.Mul(r.operands[1], count), UNIT) for r in rooted)
        if not (root and lemmas.equal(large, mean)) and not (
            small == node and lemmas.equal(large, ex.Pow(mean, count))
        ):
            continue
        with lemmas.held(node) as (_, body):
            if lemmas.nonnegative(body):
                return True
    return False


def weighted_sums(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """(sum c_k)^2 <= (sum a_k)(sum b_k) over one range for a_k, b_k >= 0 with a_k b_k = c_k^2; N is the sum of ones."""
    factors = [f for f in _sums_apart(large) if isinstance(f, ex.SumOver) and not isinstance(f, ex.ProdOver)]
    if len(factors) != 2 or len(_sums_apart(large)) != 2 or not all(f.is_number_shaped for f in factors):
        return False
    if not isinstance(small, ex.Pow) or small.operands[1] != ex.Num(2):
        return False
    first, second = factors
    if not all(same_size(*ends) for ends in zip(first.range, second.range, strict=True)):
        return False
    roots = [n for n in (small.operands[0],) if isinstance(n, ex.SumOver) and not isinstance(n, ex.ProdOver)]
    with lemmas.held(first) as (at, a):
        b = instance(second.operands[0], {second.index: at})
        if not (lemmas.nonnegative(a) and lemmas.nonnegative(b)):
            return False
        for root in roots:
            c = instance(root.operands[0], {root.index: at})
            same = all(same_size(*ends) for ends in zip(first.range, root.range, strict=True))
            if same and lemmas.equal(ex.Mul(a, b), ex.Pow(c, ex.Num(2))):
                return True
        low, high = first.range
        count: Expr = high - low + 1
        return lemmas.equal(ex.Mul(a, b), UNIT) and lemmas.equal(small.operands[0], ex.Int(count))


def _sums_apart(e: Expression) -> tuple[Expression, ...]:
    """The factors of a product; of ``sum_i a_i sum_j b_j``, where the inner sum is a factor of the outer one's terms,
    the two sums.
    """
    if not isinstance(e, ex.SumOver) or isinstance(e, ex.ProdOver):
        return factors_of(e)
    inside = factors_of(e.operands[0])
    inner = [f for f in inside if isinstance(f, ex.SumOver) and e.index not in f.free_symbols]
    rest = [f for f in inside if f not in inner]
    if len(inner) != 1 or not rest or not all(f.is_number_shaped for f in inside):
        return (e,)
    return ex.SumOver(rest[0] if len(rest) == 1 else ex.Mul(*rest), *e.args[1:]), inner[0]


def exponential_and_logarithm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """c (1 + u - log c) <= e^u for c > 0: the tangent of exp at log c.  So is x y <= e^x + y log y - y."""
    nodes = [n for side in (small, large) for n in dict.fromkeys(ex.walk(side)) if isinstance(n, ex.Apply)]
    exponentials = [n for n in nodes if n.function == "exp" and not n.order and n.is_number_shaped]
    logarithms = [n for n in nodes if n.function == "log" and not n.order and n.is_number_shaped]
    difference = lemmas.form.poly(ex.Add(large, ex.Neg(small))) if exponentials and logarithms else {}
    for e, log in product(exponentials, logarithms):
        (u,), (c,) = e.operands, log.operands
        gap = ex.Add(e, ex.Neg(ex.Mul(c, ex.Add(UNIT, u, ex.Neg(log)))))
        if lemmas.positive(c) and not subtract(difference, lemmas.form.poly(gap)):
            return True
    return False


CONVEXITY: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "Jensen's inequality": jensen,
    "mean below the largest entry": mean_below_largest,
    "change of the largest entry": lipschitz_in_entries,
    "weighted geometric mean": geometric_mean,
    "geometric mean over a range": mean_over_range,
    "Cauchy-Schwarz for weighted sums": weighted_sums,
    "tangent of exp at a logarithm": exponential_and_logarithm,
}
