"""Further named inequalities: contractions in norms of products, forms below norms, sums term by term, relative
entropy below the chi-squared divergence.

Matched like the lemmas of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and the lemmas; never
the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from sympy import Expr, Rational

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape, same_size
from everystep.algebra.substitution import instance
from everystep.prove.as_written import Written
from everystep.prove.entropy_lemmas import chi_squared_gaps
from everystep.prove.lemmas import Lemmas
from everystep.prove.norm_bounds import bounded_by_hypotheses, operator_at_most
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.semidefinite_lemmas import weighted_cauchy_schwarz
from everystep.prove.sides import factors_of, matrix_factors, without_abs

UNIT, TWO, HALF = ex.Num(1), ex.Num(2), ex.Num(Rational(1, 2))
MOST_SUMS = 6


def contractions_left_out(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||A B C|| <= c ||B|| where ||A|| <= 1 and ||C|| <= 1 in the operator norm, in the norms 2 and F, also squared; as
    Q^T B for Q^T Q = I, and diag(d) B for 0 <= d_i <= 1.  A number c in front stands on both sides.

    Both sides have the same norm, but that 2 and F are one for a vector, and its norm 1 is not less; inf is.
    """
    if isinstance(small, ex.Pow) and small.operands[1] == TWO:
        root = large.operands[0] if isinstance(large, ex.Pow) and large.operands[1] == TWO else None
        return root is not None and contractions_left_out(lemmas, small.operands[0], root)
    if not isinstance(small, ex.Norm) or not isinstance(large, ex.Norm):
        return False
    if small.kind not in ("2", "F") or large.kind not in ("1", "2", "F"):
        return False
    (whole,), (part,) = small.operands, large.operands
    if small.kind != large.kind and not (ONE in whole.shape and ONE in part.shape):
        return False
    factors = list(matrix_factors(whole))
    if not isinstance(whole, ex.Mul) or len(factors) != len(whole.operands) or len(factors) < 2:
        return False
    while len(factors) > 1 and not _is_turned(factors, part):
        end = next((k for k in (0, -1) if _is_contraction(lemmas, factors[k])), None)
        if end is None:
            return False
        factors.pop(end)
    return _is_turned(factors, part)


def _is_turned(factors: list[Expression], part: Expression) -> bool:
    """Whether a matrix, or its transpose, is the product of factors, as it is written."""
    rest = factors[0] if len(factors) == 1 else ex.Mul(*factors)
    return rest == part or ex.Transpose(rest) == part or rest == ex.Transpose(part)


def _is_contraction(lemmas: Lemmas, factor: Expression) -> bool:
    """Whether the operator norm of a matrix is at most 1: by a hypothesis, or by the order of matrices."""
    if factor.is_number_shaped:
        return False
    bounds = (b for m, b, kind in bounded_by_hypotheses(lemmas) if m == factor and kind in ("operator", "frobenius"))
    return any(b == UNIT for b in bounds) or operator_at_most(lemmas, factor, UNIT)


def root_of_forms(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|u^T M v| <= sqrt(u^T M u) sqrt(v^T M v) for semidefinite M, and |u^T v| <= sqrt(u^T M u) sqrt(v^T M^-1 v) for
    definite M, also without the bars: the weighted inequality of Cauchy and Schwarz, with roots.
    """
    factors = factors_of(large)
    squares = [_under_root(factor) for factor in factors]
    known = [square for square in squares if square is not None]
    if not known or not lemmas.order.surface_nonnegative(large):
        return False
    square = [ex.Pow(f, TWO) if root is None else root for f, root in zip(factors, squares, strict=True)]
    return weighted_cauchy_schwarz(lemmas, ex.Pow(without_abs(small), TWO), ex.Mul(*square))


def _under_root(factor: Expression) -> Expression | None:
    """What a square root is taken of; None of anything else."""
    if isinstance(factor, ex.Apply) and factor.function == "sqrt" and not factor.order:
        return factor.operands[0]
    half = isinstance(factor, ex.Pow) and factor.operands[1] in (HALF, ex.Div(UNIT, TWO))
    return factor.operands[0] if half else None


def term_by_term(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """sum a_k <= sum b_k over one range from a_k <= b_k at each index of it, with rational factors in front of sums,
    several sums on a side, and 0 for no sum.
    """
    terms = [*_scaled_sums(large, UNIT), *_scaled_sums(small, ex.Num(-1))]
    sums = [node for _, node in terms if node is not None]
    if not sums or len(sums) < len(terms) or len(sums) > MOST_SUMS or not all(n.is_number_shaped for n in sums):
        return False
    first = sums[0]
    if not all(same_size(*ends) for node in sums for ends in zip(first.range, node.range, strict=True)):
        return False
    with lemmas.held(first) as (at, _):
        bodies = [ex.Mul(scale, instance(node.operands[0], {node.index: at})) for scale, node in terms if node]
        whole = bodies[0] if len(bodies) == 1 else ex.Add(*bodies)
        lemmas.form.see(whole)
        return lemmas.order.nonnegative(lemmas.form.poly(whole)) or _holds_of_letters(lemmas, whole, at)


def _holds_of_letters(lemmas: Lemmas, number: Expression, at: Expr) -> bool:
    """Whether a number is >= 0 with a letter for each entry and member at an index, of which no more is known than its
    sign and the numbers that bound it: what holds for all numbers holds for these.
    """
    parts = [n for n in dict.fromkeys(ex.walk(number)) if isinstance(n, (ex.Entry, ex.Member)) and n.is_number_shaped]
    if not parts or any(n.has_kind(ex.SumOver, *ex.DERIVATIVES, *ex.MEANS) for n in (number, *parts)):
        return False
    letters = {n: ex.Var(f"({k})") for k, n in enumerate(parts, 1) if at in n.free_symbols}
    signs = [(n, op) for n in letters for op in (">" if lemmas.positive(n) else ">=" if lemmas.nonnegative(n) else "",)]
    said = [Relation(letters[n], op, ex.Num(0)) for n, op in signs if op]
    for n, letter in letters.items():
        head = f"m:{n.name}" if isinstance(n, ex.Member) else f"v:{getattr(n.operands[0], 'name', '')}"
        if (bounds := lemmas.order.entry_bounds.get(head)) is not None:
            said += [Relation(letter, ">=", _number(bounds[0])), Relation(letter, "<=", _number(bounds[2]))]
    context = lemmas.form.context
    kept = tuple(h for h in context.hypotheses if all(n.is_number_shaped for side in h.sides for n in ex.walk(side)))
    form = NormalForm(replace(context, hypotheses=(*kept, *said)))
    changed = number.xreplace(letters)
    form.see(changed)
    order = Order(form)
    return order.nonnegative(form.poly(changed))


def _number(value: Fraction) -> Expression:
    return ex.Num(Rational(value.numerator, value.denominator))


def _scaled_sums(e: Expression, scale: Expression) -> Iterator[tuple[Expression, ex.SumOver | None]]:
    """(c, sum) of the addends c * sum of a number; no sum of another addend; none at all of 0."""
    if isinstance(e, ex.Add):
        for part in e.operands:
            yield from _scaled_sums(part, scale)
    elif isinstance(e, ex.Neg):
        yield from _scaled_sums(e.operands[0], ex.Mul(ex.Num(-1), scale))
    elif isinstance(e, ex.Div) and isinstance(e.operands[1], ex.Num):
        yield from _scaled_sums(e.operands[0], ex.Div(scale, e.operands[1]))
    elif isinstance(e, ex.Mul) and all(not f.leaves and f.is_number_shaped for f in e.operands[:-1]):
        yield from _scaled_sums(e.operands[-1], ex.Mul(*e.operands[:-1], scale))
    elif isinstance(e, ex.SumOver) and not isinstance(e, ex.ProdOver):
        yield scale, e
    elif e not in (ex.Num(0), ex.Int(0)):
        yield scale, None


def below_chi_squared(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """sum p log(p / q) <= sum p^2 / q - 1 = sum (p - q)^2 / q for p, q > 0 with the sums 1: p times log x <= x - 1 at
    x = p / q.
    """
    if not any(isinstance(n, ex.Apply) and n.function == "log" for n in ex.walk(small)):
        return False
    form = lemmas.form
    difference = form.by_scalar_rules(form.poly(ex.Add(large, ex.Neg(small))))
    return any(form.by_scalar_rules(gap) == difference for gap in chi_squared_gaps(lemmas, small, large))


def trace_below(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """tr(A M A^T) <= tr(M) for ||A|| <= 1 and semidefinite M: tr((I - A^T A) M) is the trace of a congruence."""
    if not isinstance(small, ex.Trace) or not isinstance(large, ex.Trace):
        return False
    (inside,), (matrix,) = small.operands, large.operands
    factors = matrix_factors(inside)
    if not isinstance(inside, ex.Mul) or len(factors) < 3 or len(factors) < len(inside.operands):
        return False
    first, *middle, last = factors
    rest = middle[0] if len(middle) == 1 else ex.Mul(*middle)
    turned = first == ex.Transpose(last) or last == ex.Transpose(first)
    if not turned or not same_shape(rest.shape, matrix.shape) or not lemmas.equal(rest, matrix):
        return False
    return lemmas.semidefinite(matrix) and _is_contraction(lemmas, first)


def spectrum_between(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||M|| <= max(|a|, |b|) for a symmetric M with a I below and b I above it, as I - eta H between multiples of I."""
    if not isinstance(small, ex.Norm) or small.kind != "2" or not isinstance(large, ex.Max) or len(large.operands) != 2:
        return False
    (matrix,) = small.operands
    if ONE in matrix.shape or not same_size(*matrix.shape) or not lemmas.symmetric(matrix):
        return False
    written, unit = Written(lemmas), ex.Eye(matrix.shape[0])
    ends = [without_abs(end) for end in large.operands]
    if any(end == bare for end, bare in zip(large.operands, ends, strict=True)):
        return False
    return any(
        written.definite(ex.Add(matrix, ex.Neg(ex.Mul(low, unit))), False)
        and written.definite(ex.Add(ex.Mul(high, unit), ex.Neg(matrix)), False)
        for low, high in (ends, ends[::-1])
    )


COURSE: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "contractions left out": contractions_left_out,
    "roots of forms": root_of_forms,
    "sums term by term": term_by_term,
    "relative entropy below chi-squared": below_chi_squared,
    "trace of a contracted matrix": trace_below,
    "spectrum between two numbers": spectrum_between,
}
