"""Named inequalities of positive (semi)definite matrices: entries, minors, eigenvalues, determinants, traces.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`, whose table they stand in.  May import
``everystep.algebra``; never the exact judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from everystep.algebra import expressions as ex
from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import same_shape
from everystep.prove.sides import addends_of, factors_of, inner_products, without_abs

if TYPE_CHECKING:
    from everystep.prove.lemmas import Lemmas


def semidefinite_diagonal(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= M_ii and 0 <= tr(M) for a positive semidefinite M."""
    if small not in (ex.Num(0), ex.Int(0)):
        return False
    if isinstance(large, ex.Entry) and len(large.at) == 2 and large.at[0] == large.at[1]:
        return lemmas.semidefinite(large.operands[0])
    return isinstance(large, ex.Trace) and lemmas.semidefinite(large.operands[0])


def semidefinite_entry(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """M_ij^2 <= M_ii M_jj for a positive semidefinite M: a 2 x 2 minor of it is not negative."""
    if not isinstance(small, ex.Pow) or small.operands[1] != ex.Num(2):
        return False
    entry = without_abs(small.operands[0])
    if not isinstance(entry, ex.Entry) or len(entry.at) != 2:
        return False
    (matrix,), (i, j) = entry.operands, entry.at
    diagonal = ex.Mul(ex.Entry(matrix, i, i), ex.Entry(matrix, j, j))
    return lemmas.equal(large, diagonal) and lemmas.semidefinite(matrix)


def weighted_cauchy_schwarz(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """(u^T M v)^2 <= (u^T M u) (v^T M v) for M positive semidefinite; (u^T v)^2 <= (u^T M u) (v^T M^-1 v) for M
    definite, which is the same of u and M^-1 v.
    """
    if not isinstance(small, ex.Pow) or small.operands[1] != ex.Num(2):
        return False
    matrices = [h.subject for h in lemmas.form.context.hypotheses if isinstance(h, Predicate)]
    pairs = list(inner_products(without_abs(small.operands[0])))
    for u, v in [*pairs, *((v, u) for u, v in pairs)]:
        if u.shape[1] != 1:
            continue
        for m in dict.fromkeys(matrices):
            if m.shape[0] != u.shape[0] or m.shape[1] != u.shape[0]:
                continue
            form = ex.Mul(ex.Transpose(u), m, u)
            factors = factors_of(v)
            if len(factors) > 1 and factors[0] == m and lemmas.semidefinite(m):
                w = factors[1] if len(factors) == 2 else ex.Mul(*factors[1:])
                if lemmas.equal(large, ex.Mul(form, ex.Mul(ex.Transpose(w), m, w))):
                    return True
            inverse = ex.Mul(ex.Transpose(v), ex.Inverse(m), v)
            if lemmas.has(m, "positive definite") and lemmas.equal(large, ex.Mul(form, inverse)):
                return True
    return False


def largest_eigenvalue(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= lambda_min(M) and 0 <= lambda_max(M) <= tr(M) for a positive semidefinite M."""
    if small in (ex.Num(0), ex.Int(0)) and isinstance(large, (ex.EigMax, ex.EigMin)):
        return lemmas.semidefinite(large.operands[0])
    if isinstance(small, (ex.EigMax, ex.EigMin)) and isinstance(large, ex.Trace):
        return small.operands[0] == large.operands[0] and lemmas.semidefinite(large.operands[0])
    return False


def minkowski_determinant(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """det(A) + det(B) <= det(A + B), and det(A) <= det(A + B), for positive semidefinite A and B; det(A) by its value,
    such as c^n for c I.
    """
    if not isinstance(large, ex.Det):
        return False
    parts = addends_of(large.operands[0])
    if len(parts) < 2 or not all(isinstance(p, ex.Eye) or lemmas.semidefinite(p) for p in parts):
        return False
    if any(isinstance(p, ex.Mul) and lemmas.equal(small, ex.Det(p)) for p in parts):
        return True
    one = ex.Eye(large.operands[0].shape[0])
    wanted = [
        one if t == ex.Num(1) else t.operands[0] for t in addends_of(small) if isinstance(t, ex.Det) or t == ex.Num(1)
    ]
    return len(wanted) == len(addends_of(small)) and len(set(wanted)) == len(wanted) and set(wanted) <= set(parts)


def trace_of_product(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """0 <= tr(A B) <= tr(A) tr(B) for positive semidefinite A and B."""

    def pair(e: Expression) -> tuple[Expression, ...]:
        inside = e.operands[0] if isinstance(e, ex.Trace) else None
        if isinstance(inside, ex.Pow) and inside.operands[1] == ex.Num(2):
            return (inside.operands[0],) * 2
        return factors_of(inside) if inside is not None else ()

    if small == ex.Num(0):
        factors = pair(large)
        return len(factors) == 2 and all(lemmas.semidefinite(f) for f in factors)
    factors = pair(small)
    if len(factors) != 2 or not all(lemmas.semidefinite(f) for f in factors):
        return False
    return lemmas.equal(large, ex.Mul(ex.Trace(factors[0]), ex.Trace(factors[1])))


def semidefinite_difference(lemmas: Lemmas, matrix: Expression) -> bool:
    """diag(s) - s s^T for entries s_i >= 0 with a sum of at most 1, and |u|^2 I - u u^T, are positive semidefinite:
    v^T of them v is sum_i s_i (v_i - s^T v)^2 and a nonnegative multiple of (s^T v)^2; |u|^2 |v|^2 - (u^T v)^2.
    """
    nodes = dict.fromkeys(ex.walk(matrix))
    for diagonal in (n for n in nodes if isinstance(n, ex.Diag)):
        s = diagonal.operands[0]
        ones = ex.Ones(s.shape[0], 1)
        rest = ex.Add(ex.Num(1), ex.Neg(ex.Mul(ex.Transpose(ones), s)))
        if not lemmas.equal(matrix, ex.Add(diagonal, ex.Neg(ex.Mul(s, ex.Transpose(s))))):
            continue
        below = lemmas.equal(rest, ex.Num(0)) or lemmas.order.nonnegative(lemmas.form.poly(rest))
        if below and lemmas.nonnegative_entries(s):
            return True
    for u in nodes:
        if (
            isinstance(u, (ex.Var, ex.Member))
            and u.shape[1] == 1
            and same_shape((u.shape[0], u.shape[0]), matrix.shape)
        ):
            spread = ex.Mul(ex.Mul(ex.Transpose(u), u), ex.Eye(u.shape[0]))
            if lemmas.equal(matrix, ex.Add(spread, ex.Neg(ex.Mul(u, ex.Transpose(u))))):
                return True
    return False
