"""Further named inequalities: norms of sums, Hoelder, bilinear forms, eigenvalues of sums and of single entries.

One function a lemma, matched like those of :mod:`everystep.prove.lemmas`.  May import the normal form, the order and
the lemmas; never the exact judge.
"""

from __future__ import annotations

from collections.abc import Callable

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import addends_of, factors_of, inner_products, without_abs


def triangle_of_sum(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """||sum v_t|| <= sum ||v_t|| in any norm, and |sum a_t| <= sum |a_t|, over one range."""
    if (
        not isinstance(small, (ex.Norm, ex.Apply))
        or isinstance(large, ex.ProdOver)
        or not isinstance(large, ex.SumOver)
    ):
        return False
    if isinstance(small, ex.Apply) and (small.function != "abs" or small.order):
        return False
    (inside,) = small.operands
    if not isinstance(inside, ex.SumOver) or isinstance(inside, ex.ProdOver):
        return False
    bare = small.func(*[inside.operands[0] if a is inside else a for a in small.args])
    return lemmas.equal(large, ex.SumOver(bare, *inside.args[1:]))


def hoelder(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|u^T v| <= ||u||_1 ||v||_inf, also without the bars and with u and v exchanged."""
    norms = factors_of(large)
    if len(norms) != 2 or not all(isinstance(n, ex.Norm) and n.operands[0].shape[1] == 1 for n in norms):
        return False
    if {n.kind for n in norms if isinstance(n, ex.Norm)} != {"1", "inf"}:
        return False
    a, b = (n.operands[0] for n in norms)
    bare = without_abs(small)
    return any(
        (lemmas.equal(u, a) and lemmas.equal(v, b)) or (lemmas.equal(u, b) and lemmas.equal(v, a))
        for u, v in inner_products(bare)
        if u.shape == a.shape
    )


def bilinear_form(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """|x^T A y| <= ||x|| ||A|| ||y||, also without the bars: Cauchy-Schwarz, then the operator or Frobenius norm."""
    norms = list(factors_of(large))
    if len(norms) < 3 or not all(isinstance(n, ex.Norm) for n in norms):
        return False
    for u, v in inner_products(without_abs(small)):
        rest = [n for n in norms if not (isinstance(n, ex.Norm) and n.is_euclidean and n.operands[0] in (u, _plain(u)))]
        if len(rest) == len(norms) - 1 and u.shape[1] == 1:
            measured = ex.Norm(v)
            if measured.shape and lemmas.at_most(measured, ex.Mul(*rest)):
                return True
    return False


def _plain(e: Expression) -> Expression:
    """The matrix itself for a transposed transpose."""
    inner = e.operands[0] if isinstance(e, ex.Transpose) else e
    return inner.operands[0] if isinstance(e, ex.Transpose) and isinstance(inner, ex.Transpose) else e


def eigenvalues_of_sum(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_max(A + B) <= lambda_max(A) + lambda_max(B), and the reverse of lambda_min, for symmetric A, B, ...

    Weyl's inequality: the Rayleigh quotient of a sum is the sum of the Rayleigh quotients.
    """
    for whole, parts, kind in ((small, large, ex.EigMax), (large, small, ex.EigMin)):
        if not isinstance(whole, kind):
            continue
        terms = addends_of(parts)
        matrices = addends_of(whole.operands[0])
        if len(terms) != len(matrices) or len(terms) < 2 or not all(isinstance(t, kind) for t in terms):
            continue
        written = sorted((t.operands[0] for t in terms), key=str)
        if written == sorted(matrices, key=str) and all(map(lemmas.symmetric, matrices)):
            return True
    return False


def entry_between_eigenvalues(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """lambda_min(A) <= A_ii <= lambda_max(A) for a symmetric A: it is the Rayleigh quotient of a unit vector."""
    for entry, bound, kind in ((small, large, ex.EigMax), (large, small, ex.EigMin)):
        if isinstance(entry, ex.Entry) and isinstance(bound, kind) and len(entry.at) == 2:
            (matrix,) = entry.operands
            if entry.at[0] == entry.at[1] and bound.operands == (matrix,) and lemmas.symmetric(matrix):
                return True
    return False


def cauchy_schwarz_of_means(lemmas: Lemmas, small: Expression, large: Expression) -> bool:
    """E[X Y]^2 <= E[X^2] E[Y^2] and Cov(X, Y)^2 <= Var(X) Var(Y) of random numbers, whatever law they have together;
    |E[X Y]| and |Cov(X, Y)|, also without the bars, below a bound that is not negative and whose square is that.

    The Cauchy-Schwarz inequality for the inner product E[X Y].  It fails for vectors, where E[X Y] is no number.
    """
    squared = isinstance(small, ex.Pow) and small.operands[1] == ex.Num(2)
    mean = without_abs(small.operands[0] if squared else small)
    square = large if squared else ex.Pow(large, ex.Num(2))
    if not squared and not lemmas.order.surface_nonnegative(large):
        return False
    if isinstance(mean, ex.Covariance) and all(part.is_number_shaped for part in mean.operands):
        left, right = mean.operands
        return lemmas.equal(square, ex.Mul(ex.Variance(left), ex.Variance(right)))
    if isinstance(mean, ex.Expectation) and isinstance(mean.operands[0], ex.Mul):
        factors = mean.operands[0].operands
        if len(factors) == 2 and all(factor.is_number_shaped for factor in factors):
            return lemmas.equal(square, ex.Mul(*(ex.Expectation(ex.Pow(f, ex.Num(2))) for f in factors)))
    return False


ANALYSIS: dict[str, Callable[[Lemmas, Expression, Expression], bool]] = {
    "triangle inequality of a sum": triangle_of_sum,
    "Hoelder's inequality": hoelder,
    "Cauchy-Schwarz for means": cauchy_schwarz_of_means,
    "bilinear form": bilinear_form,
    "eigenvalues of a sum": eigenvalues_of_sum,
    "diagonal entry and eigenvalues": entry_between_eigenvalues,
}
