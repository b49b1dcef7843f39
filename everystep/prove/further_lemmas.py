"""Further named inequalities: entries and extremes, sums, convex functions at their minimum.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape
from everystep.calculus.networks import subtract
from everystep.prove.analysis_lemmas import ANALYSIS
from everystep.prove.as_written import Written
from everystep.prove.convexity_lemmas import CONVEXITY
from everystep.prove.course_lemmas import COURSE
from everystep.prove.determinant_lemmas import DETERMINANTS
from everystep.prove.entropy_lemmas import ENTROPY
from everystep.prove.jacobian_bounds import JACOBIANS
from everystep.prove.known_bounds import KNOWN
from everystep.prove.lemmas import LEMMAS, Lemmas
from everystep.prove.norm_bounds import NORM_BOUNDS
from everystep.prove.rank_lemmas import RANKS
from everystep.prove.sides import addends_of, factors_of, squared_norm, without_abs
from everystep.prove.slope_lemmas import SLOPE
from everystep.prove.trace_lemmas import TRACES

MOST_TERMS, MOST_VARIABLES = 4, 4


def nodes(kind: type[Expression], *sides: Expression) -> list[Expression]:
    """The different nodes of a kind that occur."""
    return list(dict.fromkeys(n for side in sides for n in ex.walk(side) if isinstance(n, kind)))


def extremes(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """x_i <= max(x) <= log-sum-exp(x) <= max(x) + log n, also of b x and divided by b > 0, and min(x) <= x_i."""
    if isinstance(small, ex.Entry) and small.operands[0].shape[1] == 1:
        (x,) = small.operands
        return lemmas.equal(large, ex.Max(x)) or lemmas.equal(large, ex.LogSumExp(x))
    if isinstance(large, ex.Entry) and large.operands[0].shape[1] == 1:
        return lemmas.equal(small, ex.Min(large.operands[0]))
    written = (lemmas.form.lowering.constants.get(n.name) for n in nodes(ex.Var, small, large))
    for node in nodes(ex.Max, small, large, *(rule.body for rule in written if rule is not None)):
        if len(node.operands) != 1 or node.operands[0].shape[1] != 1 or node.operands[0].is_number_shaped:
            continue
        (x,) = node.operands
        log_of_size = ex.log(ex.Int(x.shape[0]))
        if lemmas.equal(small, node) and lemmas.equal(large, ex.LogSumExp(x)):
            return True
        if lemmas.equal(small, ex.LogSumExp(x)) and lemmas.equal(large, ex.Add(node, log_of_size)):
            return True
        for b in (v for v in nodes(ex.Var, small, large) if v.is_number_shaped and lemmas.positive(v)):
            scaled = ex.Div(ex.LogSumExp(ex.Mul(b, x)), b)
            if lemmas.equal(small, node) and lemmas.equal(large, scaled):
                return True
            if lemmas.equal(small, scaled) and lemmas.equal(large, ex.Add(node, ex.Div(log_of_size, b))):
                return True
    return False


def entry_below_norm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|x_i| <= ||x|| and |A_ij| <= ||A||_F, also squared; for vectors in the norms 1, 2 and inf."""
    square = isinstance(small, ex.Pow) and small.operands[1] == ex.Num(2)
    bare = without_abs(small.operands[0] if square else small)
    if not isinstance(bare, ex.Entry):
        return False
    (x,) = bare.operands
    if square:
        return lemmas.equal(large, squared_norm(x))
    return isinstance(large, ex.Norm) and large.operands[0] == x and (x.shape[1] == 1 or large.kind == "F")


def orthogonal_rest(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||u|| <= ||v|| where <u, v> = ||u||^2, so that v - u is orthogonal to u: a projection of v, the smallest
    residual; also squared.  The same of -u.
    """
    squared = all(isinstance(e, ex.Pow) and e.operands[1] == ex.Num(2) for e in (small, large))
    pair = [e.operands[0] if squared else e for e in (small, large)]
    if not all(isinstance(e, ex.Norm) and e.is_euclidean for e in pair):
        return False
    (u,), (v,) = (e.operands for e in pair)
    if not same_shape(u.shape, v.shape) or u.is_number_shaped:
        return False
    inner, whole = (ex.Mul(ex.Transpose(u), e) for e in (v, u))
    if u.shape[1] != ONE:
        inner, whole = ex.Trace(inner), ex.Trace(whole)
    return lemmas.equal(inner, whole) or lemmas.equal(ex.Neg(inner), whole)


def trace_squared(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """tr(A)^2 <= n ||A||_F^2 for an n x n matrix: the Cauchy-Schwarz inequality with the identity."""
    if not isinstance(small, ex.Pow) or small.operands[1] != ex.Num(2):
        return False
    bare = without_abs(small.operands[0])
    if not isinstance(bare, ex.Trace):
        return False
    (matrix,) = bare.operands
    return lemmas.equal(large, ex.Mul(ex.Int(matrix.shape[0]), squared_norm(matrix)))


def sums(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """(sum a b)^2 <= (sum a^2)(sum b^2) over one range, and ||(1/k) sum v||^2 <= (1/k) sum ||v||^2 for k terms."""
    for node in nodes(ex.SumOver, small):
        if isinstance(node, ex.ProdOver):
            continue
        if not isinstance(node, ex.SumOver):
            continue
        body = node.operands[0]
        low, high = node.range

        def total(e: Expression, node: Expression = node) -> Expression:
            return ex.SumOver(e, *node.args[1:])

        factors = factors_of(body)
        if body.is_number_shaped and len(factors) == 2 and all(f.is_number_shaped for f in factors):
            a, b = factors
            squares = ex.Mul(total(ex.Pow(a, ex.Num(2))), total(ex.Pow(b, ex.Num(2))))
            if lemmas.equal(small, ex.Pow(node, ex.Num(2))) and lemmas.equal(large, squares):
                return True
        count = ex.Int(high - low + 1)
        each = total(ex.Pow(body, ex.Num(2)) if body.is_number_shaped else squared_norm(body))
        whole = ex.Pow(node, ex.Num(2)) if body.is_number_shaped else squared_norm(node)
        if lemmas.equal(small, whole) and lemmas.equal(large, ex.Mul(count, each)):
            return True
        mean = ex.Div(whole, ex.Pow(count, ex.Num(2)))
        if lemmas.equal(small, mean) and lemmas.equal(large, ex.Div(each, count)):
            return True
    return False


def eigenvalues(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_min(S) <= tr(S) / n <= lambda_max(S), and lambda_min(S) <= lambda_max(S), for a symmetric S."""
    for node in nodes(ex.EigMax, small, large) + nodes(ex.EigMin, small, large):
        (matrix,) = node.operands
        least, most = ex.EigMin(matrix), ex.EigMax(matrix)
        if (small, large) == (least, most):
            return lemmas.symmetric(matrix)
        size = ex.Int(matrix.shape[0])
        for bound, below in ((most, False), (least, True)):
            side, other = (small, large) if below else (large, small)
            for scaled, trace in (
                (ex.Mul(size, bound), ex.Trace(matrix)),
                (bound, ex.Div(ex.Trace(matrix), size)),
            ):
                if side == scaled and lemmas.equal(other, trace):
                    return lemmas.symmetric(matrix)
    return False


def completed_square(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """large - small = g^T H^-1 g / 2 with g and H the gradient and the Hessian of large by a variable.

    What a quadratic function is above its minimum.  H is positive definite and does not depend on the variable.
    """
    for variable in _variables(large):
        if variable.is_number_shaped:
            slope: Expression = ex.ScalarDerivative(large, variable)
            curve: Expression = ex.ScalarDerivative(slope, variable)
            gap: Expression = ex.Div(ex.Pow(slope, ex.Num(2)), ex.Mul(ex.Num(2), curve))
            firm = lemmas.positive(curve)
        else:
            slope, curve = ex.Gradient(large, variable), ex.Hessian(large, variable)
            gap = ex.Div(ex.Mul(ex.Transpose(slope), ex.Inverse(curve), slope), ex.Num(2))
            firm = lemmas.definite(curve)
        if firm and lemmas.constant(curve, variable) and lemmas.equal(ex.Add(large, ex.Neg(small)), gap):
            return True
    return False


def tangent_plane(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """large - small = (w - v)^T H (w - v) / 2 with H the Hessian of large by w, positive semidefinite.

    A convex quadratic function lies above its tangent planes.
    """
    for w in _variables(large):
        if w.is_number_shaped:
            continue
        for v in _variables(small):
            if v == w or not same_shape(v.shape, w.shape):
                continue
            gap, curve = ex.Add(w, ex.Neg(v)), ex.Hessian(large, w)
            form = ex.Div(ex.Mul(ex.Transpose(gap), curve, gap), ex.Num(2))
            if lemmas.equal(ex.Add(large, ex.Neg(small)), form) and lemmas.semidefinite(curve):
                return True
    return False


def _variables(e: Expression) -> list[Expression]:
    """The column vectors and numbers that a number is a function of, as far as they are plain variables."""
    found = [n for n in nodes(ex.Var, e) if n.shape[1] == 1]
    return found if len(found) <= MOST_VARIABLES else sorted(found, key=lambda n: n.is_number_shaped)[:MOST_VARIABLES]


def relative_entropy(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """c (tr M - n - log det M) + r >= 0 for c > 0, r >= 0 and M a product of two positive definite n x n matrices.

    The eigenvalues of M are positive, and log x <= x - 1.
    """
    difference = ex.Add(large, ex.Neg(small))
    for node in nodes(ex.Trace, large) + nodes(ex.Det, large):
        (matrix,) = node.operands
        factors = factors_of(matrix)
        if len(factors) > 2 or not all(lemmas.definite(f) for f in factors):
            continue
        size = ex.Int(matrix.shape[0])
        gap = ex.Add(ex.Trace(matrix), ex.Neg(size), ex.Neg(ex.log(ex.Det(matrix))))
        for scale in (Fraction(1), Fraction(1, 2), Fraction(2)):
            number = ex.Num(str(scale))
            rest = subtract(lemmas.form.poly(difference), lemmas.form.poly(ex.Mul(number, gap)))
            if lemmas.order.nonnegative(rest):
                return True
    return False


def monotone(lemmas: Lemmas, small: Expression, large: Expression, strict: bool = False) -> bool:
    """f(u) <= f(v) from u <= v for f one of exp, log, sqrt, logistic, tanh, softplus; strictly from u < v; 1 is e^0."""
    increasing = ("exp", "log", "sqrt", "logistic", "tanh", "softplus")
    small, large = (ex.Apply("exp", ex.Num(0)) if side == ex.Num(1) else side for side in (small, large))
    if not isinstance(small, ex.Apply) or not isinstance(large, ex.Apply) or not small.is_number_shaped:
        return False
    if small.function != large.function or small.function not in increasing or small.order or large.order:
        return False
    (low,), (high,) = small.operands, large.operands
    return lemmas.order.at_least(high, low, strict) or (not strict and bool(lemmas.at_most(low, high)))


def logarithm_and_one(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= log u from 1 <= u, and log u <= 0 from u <= 1."""
    one, zero = ex.Num(1), ex.Num(0)
    for side, other in ((large, small), (small, large)):
        if isinstance(side, ex.Apply) and side.function == "log" and not side.order and other == zero:
            (inside,) = side.operands
            return lemmas.below(one, inside) if side is large else lemmas.below(inside, one)
    return False


def softplus_and_relu(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """log(1 + e^u) <= max(u, 0) + log 2: the sum under the logarithm is at most twice its larger term."""
    for node in dict.fromkeys(ex.walk(small)):
        if isinstance(node, ex.Apply) and node.function in ("softplus", "exp") and not node.order:
            (u,) = node.operands
            bounds = (ex.Add(positive, ex.log(ex.Num(2))) for positive in (ex.Apply("relu", u), ex.Max(ex.Num(0), u)))
            is_it = u.is_number_shaped and lemmas.equal(small, ex.Apply("softplus", u))
            if is_it and any(lemmas.equal(large, bound) for bound in bounds):
                return True
    return False


def roots(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """c <= sqrt(u) from c^2 <= u, and sqrt(u) <= c from u <= c^2 and c >= 0; a Euclidean norm is such a root."""

    def square(e: Expression) -> Expression | None:
        if isinstance(e, ex.Apply) and e.function == "sqrt" and not e.order:
            return e.operands[0]
        return squared_norm(e.operands[0]) if isinstance(e, ex.Norm) and e.is_euclidean else None

    above, below = square(large), square(small)
    two = ex.Num(2)
    if above is not None and below is None:
        return lemmas.order.at_least(above, ex.Pow(small, two), False)
    if below is not None and above is None and lemmas.order.surface_nonnegative(large):
        return lemmas.order.at_least(ex.Pow(large, two), below, False)
    return False


def common_addends(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """a + c <= b + c from a <= b, the addends c as they are written, and -a <= b from 0 <= a + b."""
    mine: list[Expression] = []
    theirs: list[Expression] = []
    for side, here, there in ((small, mine, theirs), (large, theirs, mine)):
        for addend in addends_of(side):
            if isinstance(addend, ex.Neg):
                there.append(addend.operands[0])
            elif addend != ex.Num(0):
                here.append(addend)
    for addend in list(mine):
        if addend in theirs:
            mine.remove(addend)
            theirs.remove(addend)
    left, right = _total(mine), _total(theirs)
    return (left, right) != (small, large) and bool(lemmas.at_most(left, right))


def _total(addends: list[Expression]) -> Expression:
    if not addends:
        return ex.Num(0)
    return addends[0] if len(addends) == 1 else ex.Add(*addends)


def diagonal_entries(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """H_ii <= c, and c <= H_ii, from c I - H or H - c I being positive semidefinite; likewise G_ii <= H_ii, with c as
    further addend.  c does not depend on the position.
    """
    parts = [(a, False) for a in addends_of(large)] + [(a, True) for a in addends_of(small)]
    matrices: list[Expression] = []
    places = set()
    numbers: list[Expression] = []
    for addend, minus in parts:
        while isinstance(addend, ex.Neg):
            addend, minus = addend.operands[0], not minus
        if isinstance(addend, ex.Entry) and len(addend.at) == 2 and addend.at[0] == addend.at[1]:
            (matrix,) = addend.operands
            places.add((addend.at, matrix.shape))
            matrices.append(ex.Neg(matrix) if minus else matrix)
        elif isinstance(addend, (ex.Num, ex.Int, ex.Var)):
            numbers.append(ex.Neg(addend) if minus else addend)
        else:
            return False
    if len(places) != 1:
        return False
    identity = ex.Eye(matrices[0].shape[0])
    whole = _total([*(ex.Mul(number, identity) for number in numbers if number != ex.Num(0)), *matrices])
    if lemmas.semidefinite(whole) or Written(lemmas).definite(whole, False):
        return True
    return lemmas.symmetric(whole) and lemmas.equal(ex.Mul(whole, whole), whole)  # an orthogonal projection


FURTHER: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "projection and what is left": orthogonal_rest,
    "entries and extremes": extremes,
    "entry below a norm": entry_below_norm,
    "trace and Frobenius norm": trace_squared,
    "Cauchy-Schwarz and Jensen for sums": sums,
    "eigenvalues and trace": eigenvalues,
    "completed square": completed_square,
    "tangent plane": tangent_plane,
    "relative entropy": relative_entropy,
    "monotone function": monotone,
    "roots and squares": roots,
    "logarithm and one": logarithm_and_one,
    "softplus and relu": softplus_and_relu,
    "entries on the diagonal": diagonal_entries,
    "common addends": common_addends,
}
LEMMAS.update(COURSE)
LEMMAS.update(FURTHER)
LEMMAS.update(ANALYSIS)
LEMMAS.update(TRACES)
LEMMAS.update(CONVEXITY)
LEMMAS.update(ENTROPY)
LEMMAS.update(DETERMINANTS)
LEMMAS.update(SLOPE)
LEMMAS.update(JACOBIANS)
LEMMAS.update(NORM_BOUNDS)
LEMMAS.update(RANKS)
LEMMAS.update(KNOWN)
