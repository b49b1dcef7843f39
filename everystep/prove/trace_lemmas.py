"""Further named inequalities: traces, determinants and eigenvalues of (semi)definite matrices.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import index, same_shape, same_size
from everystep.prove.as_written import Written
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import addends_of, factors_of, inner_products, squared_norm, without_abs


def _inside(kind: type[Expression], *sides: Expression) -> list[Expression]:
    """The square matrices larger than a number of which a trace, a determinant, ... occurs; each once."""
    found = dict.fromkeys(n.operands[0] for side in sides for n in ex.walk(side) if isinstance(n, kind))
    return [m for m in found if not m.is_number_shaped and same_size(*m.shape)]


def _two_factors(e: Expression) -> tuple[Expression, Expression] | None:
    """(A, B) of a product A B, and (A, A) of A^2."""
    if isinstance(e, ex.Pow) and e.operands[1] == ex.Num(2):
        return e.operands[0], e.operands[0]
    if isinstance(e, ex.Mul) and len(e.operands) == 2 and not any(f.is_number_shaped for f in e.operands):
        return e.operands[0], e.operands[1]
    return None


def trace_and_root(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|tr(A)| <= sqrt(n) ||A||_F for an n x n matrix, also without the bars: Cauchy-Schwarz with the identity."""
    bare = without_abs(small)
    if not isinstance(bare, ex.Trace) or not lemmas.order.surface_nonnegative(large):
        return False
    (matrix,) = bare.operands
    bound = ex.Mul(ex.Int(matrix.shape[0]), squared_norm(matrix))
    return lemmas.equal(ex.Pow(large, ex.Num(2)), bound)


def traces_of_inverses(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """n^2 <= tr(A) tr(A^-1) for a positive definite A: Cauchy-Schwarz with the roots of A and of A^-1."""
    for matrix in _inside(ex.Trace, large):
        size = ex.Int(matrix.shape[0])
        both = ex.Mul(ex.Trace(matrix), ex.Trace(ex.Inverse(matrix)))
        if lemmas.equal(small, ex.Pow(size, ex.Num(2))) and lemmas.definite(matrix) and lemmas.equal(large, both):
            return True
    return False


def determinant_and_trace(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(A) <= (tr(A) / n)^n and det(A)^(1/n) <= tr(A) / n for a positive semidefinite n x n matrix A; 1 + tr(A) <=
    det(I + A).

    The geometric mean of the eigenvalues is at most their arithmetic mean; 1 + their sum is part of what the product of
    all 1 + lambda is multiplied out.
    """
    parts = addends_of(large.operands[0]) if isinstance(large, ex.Det) else []
    if len(parts) == 2 and any(isinstance(p, ex.Eye) for p in parts):
        matrix = parts[isinstance(parts[0], ex.Eye)]
        if lemmas.equal(small, ex.Add(ex.Num(1), ex.Trace(matrix))) and lemmas.semidefinite(matrix):
            return True
    for matrix in _inside(ex.Det, small):
        size = ex.Int(matrix.shape[0])
        mean = ex.Div(ex.Trace(matrix), size)
        if lemmas.equal(small, ex.Det(matrix)) and lemmas.equal(large, ex.Pow(mean, size)):
            return lemmas.semidefinite(matrix)
        for root in (n for n in ex.walk(small) if isinstance(n, ex.Pow) and n.operands[0] == ex.Det(matrix)):
            if not lemmas.equal(ex.Mul(root.operands[1], size), ex.Num(1)):
                continue
            scaled = (root, mean), (ex.Mul(size, root), ex.Trace(matrix))
            if any(small == a and lemmas.equal(large, b) for a, b in scaled):
                return lemmas.semidefinite(matrix)
    return False


def hadamard_determinant(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(A) <= A_11 ... A_nn for a positive semidefinite A, as it is written: also of A o B."""
    for matrix in _inside(ex.Det, small):
        used = {str(s) for side in (small, large) for s in side.free_symbols}
        free = index(next(name for name in ("i", "j", "k", "l", "r", "s", "t", "q") if name not in used))
        diagonal = ex.ProdOver(ex.Entry(matrix, free, free), free, 1, matrix.shape[0])
        if lemmas.equal(small, ex.Det(matrix)) and lemmas.equal(large, diagonal):
            return lemmas.semidefinite(matrix) or Written(lemmas).definite(matrix, False)
    return False


def trace_and_eigenvalue(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_min(A) tr(B) <= tr(A B) <= lambda_max(A) tr(B) for a symmetric A and a positive semidefinite B.

    tr(A B) is the sum of the forms v^T A v over the columns v of a root of B.
    """
    for form, bound, kind in ((small, large, ex.EigMax), (large, small, ex.EigMin)):
        pair = _two_factors(form.operands[0]) if isinstance(form, ex.Trace) else None
        for a, b in (pair, pair[::-1]) if pair is not None else ():
            rest = [f for f in factors_of(bound) if f != kind(a)]
            if len(rest) == 1 and len(factors_of(bound)) == 2 and lemmas.equal(rest[0], ex.Trace(b)):
                return lemmas.symmetric(a) and lemmas.semidefinite(b)
    return False


def _known_gaps(lemmas: Lemmas) -> Iterator[Expression]:
    """The matrices that hypotheses call positive (semi)definite, such as A - B where A is above B."""
    for h in lemmas.form.context.hypotheses:
        if isinstance(h, Predicate) and h.kind in ("positive definite", "positive semidefinite"):
            yield h.subject


def loewner_traces(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """large - small = tr(D), or tr(C D), where hypotheses call C and D positive semidefinite."""
    gap = ex.Add(large, ex.Neg(small))
    known = [m for m in _known_gaps(lemmas) if not m.is_number_shaped]
    for d in known:
        if not isinstance(d, ex.Add):
            continue  # a single matrix is a matter of other lemmas
        if lemmas.equal(gap, ex.Trace(d)):
            return True
        for c in known:
            if same_shape(c.shape, d.shape) and lemmas.equal(gap, ex.Trace(ex.Mul(c, d))):
                return True
    return False


def loewner_determinants(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(B) <= det(A), lambda_max(B) <= lambda_max(A), lambda_min(B) <= lambda_min(A) where A - B is positive
    semidefinite, and A and B are symmetric; for the determinants B is positive semidefinite.
    """
    if type(small) is not type(large) or not isinstance(small, (ex.Det, ex.EigMax, ex.EigMin)):
        return False
    (b,), (a,) = small.operands, large.operands
    above = ex.Add(a, ex.Neg(b))
    if not same_shape(a.shape, b.shape) or not Written(lemmas).definite(above, False):
        return False
    if isinstance(small, ex.Det):
        return lemmas.semidefinite(b)
    return lemmas.symmetric(a) and lemmas.symmetric(b)


def trace_of_reordered_square(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """tr((A B)^2) <= tr(A^2 B^2) for symmetric A and B: the difference is ||A B - B A||_F^2 / 2."""
    inside = small.operands[0] if isinstance(small, ex.Trace) else None
    if isinstance(inside, ex.Mul) and len(inside.operands) == 4:
        inside = ex.Pow(ex.Mul(*inside.operands[:2]), ex.Num(2))
    square = _two_factors(inside) if inside is not None else None
    pair = _two_factors(square[0]) if square is not None and square[0] == square[1] else None
    if pair is None:
        return False
    a, b = pair
    if not same_shape(a.shape, b.shape):
        return False
    gap = ex.Div(squared_norm(ex.Add(ex.Mul(a, b), ex.Neg(ex.Mul(b, a)))), ex.Num(2))
    return lemmas.equal(ex.Add(large, ex.Neg(small)), gap)


def form_below_norm(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|x^T A x| <= ||A|| ||x||^2 in the operator or the Frobenius norm, also without the bars."""
    factors = factors_of(large)
    norms = [f for f in factors if isinstance(f, ex.Norm) and f.kind in ("2", "F") and 1 not in f.operands[0].shape]
    if len(norms) != 1 or len(factors) != 2:
        return False
    (matrix,) = norms[0].operands
    (rest,) = [f for f in factors if f is not norms[0]]
    for u, v in inner_products(without_abs(small)):
        inner = factors_of(v)
        if len(inner) == 2 and inner[0] == matrix and lemmas.equal(u, inner[1]):
            return lemmas.equal(rest, squared_norm(inner[1]))
    return False


TRACES: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "trace and the root of the size": trace_and_root,
    "traces of a matrix and its inverse": traces_of_inverses,
    "determinant and trace": determinant_and_trace,
    "Hadamard's inequality": hadamard_determinant,
    "trace and extreme eigenvalues": trace_and_eigenvalue,
    "trace of a reordered square": trace_of_reordered_square,
    "quadratic form below a norm": form_below_norm,
    "traces of ordered matrices": loewner_traces,
    "determinants and eigenvalues of ordered matrices": loewner_determinants,
}
