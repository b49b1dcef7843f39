"""Strict and weak inequalities from the order of matrices: quadratic forms, traces, determinants, extreme eigenvalues.

One function a rule, asked with ``strict`` for ``small < large`` and without for ``small <= large``.  Which matrix is
above which is a matter of :mod:`everystep.prove.as_written`.  May import the normal form, the order and the lemmas;
never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import ONE, same_shape, same_size
from everystep.calculus.networks import Exhausted, Undecided
from everystep.prove.as_written import Written
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import addends_of, factors_of

MOST_FACTORS = 6
TWO = ex.Num(2)


def ordered(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """Whether ``small < large``, or ``small <= large``, is an instance of a rule."""
    small, large = lemmas.expanded(small), lemmas.expanded(large)
    for name, rule in ORDERED.items():
        try:
            if rule(lemmas, small, large, strict):
                lemmas.form.core.used(name)
                return True
        except (Undecided, Exhausted):
            continue
    return False


def _product(factors: list[Expression]) -> Expression:
    return factors[0] if len(factors) == 1 else ex.Mul(*factors)


def _linear(e: Expression, of: Callable[[Expression], Expression | None]) -> list[Expression] | None:
    """The matrices of which a number is the sum of the values, such as A, -2 B of tr(A) - 2 tr(B); none of 0.

    ``of`` gives the matrix of a single value.
    """
    if e in (ex.Num(0), ex.Int(0)):
        return []
    whole = of(e)
    if whole is not None:
        return [whole]
    if isinstance(e, ex.Add):
        parts = [_linear(operand, of) for operand in e.operands]
        return None if any(p is None for p in parts) else [m for p in parts if p is not None for m in p]
    if isinstance(e, ex.Neg):
        inner = _linear(e.operands[0], of)
        return None if inner is None else [ex.Neg(m) for m in inner]
    if isinstance(e, ex.Div):
        inner = _linear(e.operands[0], of)
        return None if inner is None else [ex.Div(m, e.operands[1]) for m in inner]
    if isinstance(e, ex.Mul) and len(e.segments) > 1:
        parts_ = [_product([e.operands[k] for k in segment]) for segment in e.segments]
        for position, part in enumerate(parts_):
            inner = _linear(part, of) if part not in (ex.Num(0), ex.Int(0)) else None
            if inner is not None:
                scale = parts_[:position] + parts_[position + 1 :]
                return [ex.Mul(*scale, m) for m in inner]
    return None


def _gap(small: list[Expression] | None, large: list[Expression] | None) -> Expression | None:
    """The matrix that is added to the smaller side's to make the larger side's; None where a side has none."""
    if small is None or large is None or not (small or large):
        return None
    parts = [*large, *(m.operands[0] if isinstance(m, ex.Neg) else ex.Neg(m) for m in small)]
    return parts[0] if len(parts) == 1 else ex.Add(*parts)


def quadratic_forms(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """x^T P x <= x^T Q x where Q - P is positive semidefinite; < where it is definite and x is not 0.

    ``||W x||^2`` is the form of W^T W, and a side may be a sum of multiples of forms, or 0.
    """
    for x in dict.fromkeys((*_vectors(small), *_vectors(large))):

        def of(e: Expression, x: Expression = x) -> Expression | None:
            return _matrix_of_form(e, x)

        gap = _gap(_linear(small, of), _linear(large, of))
        if gap is None or isinstance(gap, ex.Eye) or not Written(lemmas).definite(gap, strict):
            continue  # of 0 < ||x||^2 the order takes care
        if not strict or lemmas.has(x, "nonzero") or lemmas.positive(ex.Mul(ex.Transpose(x), x)):
            return True
    return False


def _vectors(e: Expression) -> Iterator[Expression]:
    """The vectors larger than a number at the ends of the products, and in the norms, of a number."""
    for node in ex.walk(e):
        if isinstance(node, ex.Mul):
            ends = [node.operands[segment[-1]] for segment in node.segments if len(segment) > 1]
        elif isinstance(node, ex.Norm) and node.is_euclidean:
            (inside,) = node.operands
            ends = [inside.operands[-1] if isinstance(inside, ex.Mul) and len(inside.segments) == 1 else inside]
        else:
            continue
        yield from (x for x in ends if x.shape[1] == ONE and not x.is_number_shaped)


def _matrix_of_form(e: Expression, x: Expression) -> Expression | None:
    """M of x^T M x and W^T W of ||W x||^2; None for other numbers."""
    if isinstance(e, ex.Pow) and e.operands[1] == TWO and isinstance(e.operands[0], ex.Norm):
        norm = e.operands[0]
        (inside,) = norm.operands
        if not norm.is_euclidean or inside.shape[1] != ONE:
            return None
        if inside == x:
            return ex.Eye(x.shape[0])
        if isinstance(inside, ex.Mul) and len(inside.segments) == 1 and inside.operands[-1] == x:
            before = _product(list(inside.operands[:-1]))
            return ex.Mul(ex.Transpose(before), before)
        return None
    if not isinstance(e, ex.Mul) or len(e.segments) != 1 or len(e.operands) < 2 or e.operands[-1] != x:
        return None
    first, *middle, _ = e.operands
    if first != ex.Transpose(x):
        return None
    matrix = _product(middle) if middle else ex.Eye(x.shape[0])
    return matrix if same_shape(matrix.shape, (x.shape[0], x.shape[0])) else None


def _matrix_of_trace(e: Expression) -> Expression | None:
    return e.operands[0] if isinstance(e, ex.Trace) and not e.operands[0].is_number_shaped else None


def traces(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """tr(P) <= tr(Q) where Q - P is positive semidefinite, < where it is definite; also of sums of traces, and with a
    number c as the trace of (c / n) I.
    """
    sizes = [n.operands[0].shape[0] for e in (small, large) for n in ex.walk(e) if isinstance(n, ex.Trace)]
    if not sizes or any(size == ONE for size in sizes):
        return False

    left, right = _with_numbers(small, sizes[0]), _with_numbers(large, sizes[0])
    if left is None or right is None:
        return False
    together = [*left, *right]
    if not all(same_shape(m.shape, together[0].shape) for m in together):
        return False
    gap = _gap(left, right)
    return gap is not None and same_size(*gap.shape) and Written(lemmas).definite(gap, strict)


def _with_numbers(e: Expression, size: Expr) -> list[Expression] | None:
    """The matrices of whose traces a number is the sum; an addend without a trace is that of a multiple of I."""
    numbers = [a for a in addends_of(e) if not a.has_kind(ex.Trace) and a not in (ex.Num(0), ex.Int(0))]
    others = [a for a in addends_of(e) if a not in numbers]
    units: list[Expression] = [ex.Mul(ex.Div(number, ex.Int(size)), ex.Eye(size)) for number in numbers]
    found = _linear(others[0] if len(others) == 1 else ex.Add(*others), _matrix_of_trace) if others else []
    return None if found is None else [*found, *units]


def trace_of_definite(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """0 <= c tr(M) and 0 <= c tr(P Q) for c >= 0 and M, P and Q positive semidefinite, < where c > 0 and they are
    definite: the trace of P Q is that of R^T Q R for a root R of P.

    The product may be turned and cut anywhere into two such matrices, not into three: tr(A B C) has any sign.
    """
    zeros = (ex.Num(0), ex.Int(0))
    number = large if small in zeros else _opposite(small) if large in zeros else None
    factors = list(factors_of(number)) if number is not None else []
    traces = [f for f in factors if isinstance(f, ex.Trace)]
    if len(traces) != 1 or not all(f.is_number_shaped for f in factors):
        return False
    rest = [f for f in factors if f is not traces[0]]
    if not all(lemmas.positive(f) if strict else lemmas.nonnegative(f) for f in rest):
        return False
    written = Written(lemmas)
    (matrix,) = traces[0].operands
    if written.definite(matrix, strict):
        return True
    around = list(factors_of(matrix))
    if not 1 < len(around) <= MOST_FACTORS or any(f.is_number_shaped for f in around):
        return False
    for start in range(len(around)):
        turned = around[start:] + around[:start]
        for cut in range(1, len(turned)):
            pair = (_product(turned[:cut]), _product(turned[cut:]))
            if all(same_size(*part.shape) and written.definite(part, strict) for part in pair):
                return True
    return False


def _opposite(e: Expression) -> Expression | None:
    """What a number is written as minus of; None where it is not."""
    if isinstance(e, ex.Neg):
        return e.operands[0]
    if isinstance(e, ex.Mul) and isinstance(e.operands[0], (ex.Neg, ex.Num)):
        first = e.operands[0]
        turned = first.operands[0] if isinstance(first, ex.Neg) else ex.Num(-first.value)
        return ex.Mul(turned, *e.operands[1:])
    return None


def traces_beside_one_matrix(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """tr(P B) <= tr(Q B) where B and Q - P are positive semidefinite, < where both are definite; also of sums, with
    tr(B) as that of I B, B first or last: ``tr(A B) <= lambda_max(A) tr(B)``.
    """
    nodes = dict.fromkeys(n.operands[0] for e in (small, large) for n in ex.walk(e) if isinstance(n, ex.Trace))
    ends = dict.fromkeys(end for m in nodes for end in (m, factors_of(m)[0], factors_of(m)[-1]))
    for b in [end for end in ends if not end.is_number_shaped and same_size(*end.shape)][:MOST_FACTORS]:

        def of(e: Expression, b: Expression = b) -> Expression | None:
            return _beside(e, b)

        left, right = _linear(small, of), _linear(large, of)
        gap = _gap(left, right)
        if gap is None or not all(same_shape(m.shape, b.shape) for m in (*(left or ()), *(right or ()))):
            continue
        if isinstance(gap, ex.Add) and Written(lemmas).definite(b, strict) and Written(lemmas).definite(gap, strict):
            return True
    return False


def _beside(e: Expression, b: Expression) -> Expression | None:
    """P of tr(P B) and tr(B P); I of tr(B)."""
    if not isinstance(e, ex.Trace):
        return None
    (inside,) = e.operands
    if inside == b:
        return ex.Eye(b.shape[0])
    factors = list(factors_of(inside))
    if isinstance(inside, ex.Pow) and inside.operands == (b, TWO):
        factors = [b, b]
    if len(factors) < 2 or any(f.is_number_shaped for f in factors):
        return None
    if factors[-1] == b:
        return _product(factors[:-1])
    return _product(factors[1:]) if factors[0] == b else None


def trace_of_ordered_products(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """tr(C P) < tr(C Q) where hypotheses call C and Q - P positive definite."""
    if not strict:
        return False
    gap = ex.Add(large, ex.Neg(small))
    known = [h.subject for h in lemmas.form.context.hypotheses if isinstance(h, Predicate)]
    firm = [m for m in dict.fromkeys(known) if lemmas.has(m, "positive definite") and not m.is_number_shaped]
    return any(
        same_shape(c.shape, d.shape) and lemmas.equal(gap, ex.Trace(ex.Mul(c, d)))
        for d in firm
        if isinstance(d, ex.Add)
        for c in firm
    )


def determinants_and_eigenvalues(lemmas: Lemmas, small: Expression, large: Expression, strict: bool) -> bool:
    """det(B) < det(A), lambda_max(B) < lambda_max(A), lambda_min(B) < lambda_min(A) where A - B is positive definite;
    for the determinants B has to be positive semidefinite, for the eigenvalues symmetric.

    det(B + D) is at least det(B) + det(D); the form of an eigenvector of the one compares with that of the other.  Also
    log det(B) < log det(A), and c^n for det(c I); with such a power also <=.
    """
    written = small, large
    small, large = (_as_determinant(*pair) for pair in (written, written[::-1]))
    if not strict and (small, large) == written:
        return False  # a matter of other lemmas
    if all(isinstance(e, ex.Apply) and e.function == "log" and not e.order for e in (small, large)):
        small, large = small.operands[0], large.operands[0]
        if not isinstance(small, ex.Det):
            return False
    if type(small) is not type(large) or not isinstance(small, (ex.Det, ex.EigMax, ex.EigMin)):
        return False
    (b,), (a,) = small.operands, large.operands
    if not same_shape(a.shape, b.shape) or not Written(lemmas).definite(ex.Add(a, ex.Neg(b)), strict):
        return False
    return Written(lemmas).definite(b, False) if isinstance(small, ex.Det) else lemmas.symmetric(b)


def _as_determinant(e: Expression, beside: Expression) -> Expression:
    """c^n, and 1, as the determinant of c I where a determinant of an n x n matrix stands on the other side."""
    if not isinstance(beside, ex.Det) or beside.operands[0].is_number_shaped:
        return e
    size = beside.operands[0].shape[0]
    if e == ex.Num(1):
        return ex.Det(ex.Eye(size))
    power = isinstance(e, ex.Pow) and isinstance(e.operands[1], ex.Int) and same_size(e.operands[1].value, size)
    return ex.Det(ex.Mul(e.operands[0], ex.Eye(size))) if power else e


ORDERED: dict[str, Callable[[Lemmas, Expression, Expression, bool], bool]] = {
    "quadratic forms of ordered matrices": quadratic_forms,
    "traces of matrices in order": traces,
    "trace of a definite matrix": trace_of_definite,
    "traces of products beside one matrix": traces_beside_one_matrix,
    "traces of products in strict order": trace_of_ordered_products,
    "determinants and eigenvalues in strict order": determinants_and_eigenvalues,
}
