"""Rows for bounds of norms and eigenvalues: as matrices in order, factor by factor, by sizes; and for ranks.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``bound_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import (
    Apply,
    Det,
    EigMax,
    EigMin,
    Entry,
    Expression,
    Eye,
    Hadamard,
    Int,
    Norm,
    Num,
    Pow,
    ProdOver,
    Rank,
    Trace,
    Zeros,
    matrix,
    norm,
    sqrt,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    D,
    FalseRow,
    P,
    Row,
    S,
    W,
    a,
    alpha,
    at_most,
    b,
    c,
    equal,
    half,
    i,
    invertible,
    less,
    m,
    n,
    r,
    x,
    y,
)
from tests.prove.trace_rows import definite, semidefinite

given = PLAIN.given
eye = Eye(n)
symmetric = Predicate("symmetric", A)
bounded = at_most(Norm(A), a)
firmly_bounded = (bounded, at_most(0, a), less(a, 1))
positive = less(0, a)
above = Predicate("positive semidefinite", A - a * eye)
below = Predicate("positive semidefinite", c * eye - A)
rate = less(0, c)
K = matrix("K", n, m)


def size(e: Expression) -> Expression:
    return Apply("abs", e)


def value(e: Expression) -> Expression:
    return half * e.T * A * e - b.T * e


def root(e: object) -> Expression:
    return sqrt(1 + norm(e) ** 2)


ORDER = (
    Row(
        "form-below-a-bound",
        at_most(x.T * A * x, a * norm(x) ** 2),
        at_most(a * norm(x) ** 2, x.T * A * x),
        given(symmetric, bounded),
    ),
    Row(
        "form-of-any-matrix-below-a-bound",
        at_most(norm(W * x) ** 2, a**2 * norm(x) ** 2),
        at_most(norm(W * x) ** 2, a * norm(x) ** 2),
        given(at_most(Norm(W), a)),
    ),
    Row(
        "quadratic-upper-bound",
        at_most(
            half * y.T * A * y - b.T * y,
            half * x.T * A * x - b.T * x + (A * x - b).T * (y - x) + a * norm(y - x) ** 2 / 2,
        ),
        at_most(
            half * y.T * A * y - b.T * y,
            half * x.T * A * x - b.T * x + (A * x - b).T * (y - x) + a * norm(y - x) ** 2 / 4,
        ),
        given(symmetric, bounded),
    ),
    Row(
        "gram-matrix-below-its-norm",
        Predicate("positive semidefinite", Norm(W) ** 2 * eye - W.T * W),
        Predicate("positive semidefinite", Norm(W) * eye - W.T * W),
    ),
    Row(
        "matrix-below-its-eigenvalue",
        Predicate("positive semidefinite", EigMax(A) * eye - A),
        Predicate("positive semidefinite", EigMin(A) * eye - A),
        given(symmetric),
    ),
    Row(
        "matrix-above-its-eigenvalue",
        Predicate("positive semidefinite", A - EigMin(A) * eye),
        Predicate("positive semidefinite", A - EigMax(A) * eye),
        given(symmetric),
    ),
    Row(
        "matrix-below-its-trace",
        Predicate("positive semidefinite", Trace(S) * eye - S),
        Predicate("positive semidefinite", Trace(S) * S - S),
        given(*semidefinite(S)),
    ),
    Row(
        "least-eigenvalue-of-at-least",
        at_most(a * norm(x) ** 2, x.T * A * x),
        at_most(2 * a * norm(x) ** 2, x.T * A * x),
        given(symmetric, at_most(a, EigMin(A)), positive),
    ),
    Row("symmetric-where-a-shift-is", equal(A, A.T), equal(A, -A.T), given(above)),
    Row(
        "symmetric-where-a-multiple-is",
        equal(A, A.T),
        equal(A, -A.T),
        given(Predicate("positive semidefinite", eye - c * A), rate),
    ),
    Row(
        "cocoercive",
        at_most(norm(A * x - A * y) ** 2, c * (A * x - A * y).T * (x - y)),
        at_most(c * norm(A * x - A * y) ** 2, (A * x - A * y).T * (x - y)),
        given(*semidefinite(A), below),
    ),
    Row(
        "between-two-bounds",
        at_most(norm(A * x) ** 2 + a * c * norm(x) ** 2, (a + c) * x.T * A * x),
        at_most((a + c) * x.T * A * x, norm(A * x) ** 2 + a * c * norm(x) ** 2),
        given(above, below),
    ),
    Row(
        "expanding",
        at_most(a * norm(x - y), norm(A * x - A * y)),
        at_most(norm(A * x - A * y), a * norm(x - y)),
        given(above, positive),
    ),
    Row(
        "square-below-a-multiple",
        Predicate("positive semidefinite", c * S - S * S),
        Predicate("positive semidefinite", S * S - c * S),
        given(*semidefinite(S), Predicate("positive semidefinite", c * eye - S)),
    ),
    Row(
        "strictly-between",
        Predicate("positive definite", (A - a * eye) * (c * eye - A)),
        Predicate("positive definite", (A - a * eye) * (A - c * eye)),
        given(Predicate("positive definite", A - a * eye), Predicate("positive definite", c * eye - A)),
    ),
    Row(
        "form-of-an-inverse-below",
        at_most(x.T * A.I * x, norm(x) ** 2 / a),
        at_most(x.T * A.I * x, a * norm(x) ** 2),
        given(*definite(A), above, positive),
    ),
    Row(
        "form-of-an-inverse-above",
        at_most(half * norm(x) ** 2 / c, half * x.T * A.I * x),
        at_most(c * norm(x) ** 2, x.T * A.I * x),
        given(*definite(A), below, rate),
    ),
    Row(
        "trace-of-an-inverse",
        at_most(Trace(A.I), Int(n) / a),
        at_most(Trace(A.I), 1 / a),
        given(*definite(A), above, positive),
    ),
    Row(
        "determinant-above-a-power",
        at_most(Pow(a, Int(n)), Det(A)),
        at_most(Det(A), Pow(a, Int(n))),
        given(above, positive),
    ),
    Row(
        "determinant-below-a-power",
        at_most(Det(A), Pow(c, Int(n))),
        at_most(Det(A), c),
        given(*semidefinite(A), below, rate),
    ),
    Row(
        "trace-of-a-product-and-an-eigenvalue",
        at_most(Trace(A * S), Norm(A) * Trace(S)),
        at_most(Norm(A) * Trace(S), Trace(A * S)),
        given(symmetric, *semidefinite(S)),
    ),
    Row(
        "frobenius-norm-below-the-trace",
        at_most(Norm(S, "F"), Trace(S)),
        at_most(Trace(S), Norm(S, "F")),
        given(*semidefinite(S)),
    ),
    Row(
        "diagonal-of-a-hadamard-product",
        at_most(Det(Hadamard(S, P)), ProdOver(Entry(S, i, i) * Entry(P, i, i), i, 1, n)),
        at_most(ProdOver(Entry(S, i, i) * Entry(P, i, i), i, 1, n), Det(Hadamard(S, P))),
        given(*definite(S, P)),
    ),
)
EIGENVALUES = (
    Row(
        "eigenvalue-below-frobenius",
        at_most(EigMax(A), Norm(A, "F")),
        at_most(Norm(A, "F"), EigMax(A)),
        given(symmetric),
    ),
    Row("eigenvalue-above-minus-the-norm", at_most(-Norm(A), EigMin(A)), at_most(Norm(A), EigMin(A)), given(symmetric)),
    Row(
        "eigenvalue-below-row-sums",
        at_most(EigMax(A), Norm(A, "inf")),
        at_most(Norm(A, "inf"), EigMax(A)),
        given(symmetric),
    ),
    Row(
        "norms-1-2-inf",
        at_most(Norm(W) ** 2, Norm(W, "1") * Norm(W, "inf")),
        at_most(Norm(W, "F") ** 2, Norm(W, "1") * Norm(W, "inf")),
    ),
    Row(
        "eigenvalues-are-lipschitz",
        at_most(size(EigMax(A) - EigMax(B)), Norm(A - B)),
        at_most(size(EigMax(A) - EigMin(B)), Norm(A - B)),
        given(symmetric, Predicate("symmetric", B)),
    ),
    Row("eigenvalue-at-most-a-bound", at_most(EigMax(A), c), at_most(c, EigMax(A)), given(below)),
    Row("eigenvalue-at-least-a-bound", at_most(a, EigMin(A)), at_most(EigMin(A), a), given(above)),
    Row("norm-of-a-semidefinite-matrix", equal(Norm(S), EigMax(S)), equal(Norm(S), EigMin(S)), given(*semidefinite(S))),
    Row("norm-of-a-square", equal(Norm(A * A), Norm(A) ** 2), equal(Norm(A * A), Norm(A)), given(symmetric)),
    Row("norm-between", at_most(Norm(A), c), at_most(Norm(A), a), given(above, below, positive)),
    Row("norm-of-an-inverse", at_most(Norm(A.I), 1 / a), at_most(Norm(A.I), a), given(above, positive)),
)
FACTORS = (
    Row(
        "difference-of-inverses",
        at_most(Norm(A.I - B.I), Norm(A.I) * Norm(A - B) * Norm(B.I)),
        at_most(Norm(A.I - B.I), Norm(A) * Norm(A - B) * Norm(B)),
        given(*invertible(A, B)),
    ),
    Row(
        "difference-of-products",
        at_most(Norm(A * B - C * D), Norm(A - C) * Norm(B) + Norm(C) * Norm(B - D)),
        at_most(Norm(A * B - C * D), Norm(A - C) * Norm(B - D)),
    ),
    Row(
        "difference-of-products-in-the-frobenius-norm",
        at_most(Norm(A * B - C * D, "F"), Norm(A - C, "F") * Norm(B) + Norm(C) * Norm(B - D, "F")),
        at_most(Norm(A * B - C * D, "F"), Norm(A - C, "F") * Norm(B - D, "F")),
    ),
    Row(
        "commutator",
        at_most(Norm(A * B - B * A), 2 * Norm(A) * Norm(B)),
        at_most(Norm(A * B - B * A), Norm(A) * Norm(B)),
    ),
    Row(
        "lipschitz",
        at_most(norm(A * x - A * y), a * norm(x - y)),
        at_most(norm(A * x - A * y), a * norm(x + y)),
        given(bounded),
    ),
    Row(
        "contraction-thrice",
        at_most(norm(A**3 * x), a**3 * norm(x)),
        at_most(norm(A**3 * x), a**4 * norm(x)),
        given(bounded, equal(a, Num("1/2"))),
        refuted=False,  # few instances have such a norm
    ),
    Row(
        "affine",
        at_most(norm(A * x + b), Norm(A) * norm(x) + norm(b)),
        at_most(norm(A * x + b), Norm(A) * norm(x) - norm(b)),
    ),
    Row(
        "solution",
        at_most(norm(x), Norm(A.I) * norm(A * x)),
        at_most(norm(x), Norm(A) * norm(A * x)),
        given(*invertible(A)),
    ),
    Row(
        "condition-number",
        at_most(1, Norm(A) * Norm(A.I)),
        at_most(2, Norm(A) * Norm(A.I)),
        given(*invertible(A)),
    ),
    Row(
        "neumann",
        at_most(Norm((eye - A).I), 1 / (1 - a)),
        at_most(Norm((eye - A).I), 1 - a),
        given(*firmly_bounded, *invertible(eye - A)),
        refuted=False,  # few instances have such a norm
    ),
    Row(
        "neumann-by-its-norm",
        at_most(norm((eye - A).I * x), norm(x) / (1 - Norm(A))),
        at_most(norm((eye - A).I * x), (1 - Norm(A)) * norm(x)),
        given(less(Norm(A), 1), *invertible(eye - A)),
    ),
    Row(
        "near-the-identity",
        at_most((1 - a) * norm(x), norm(x - A * x)),
        at_most(norm(x - A * x), (1 - a) * norm(x)),
        given(*firmly_bounded),
        refuted=False,  # few instances have such a norm
    ),
    Row(
        "squares",
        at_most(Norm(A * B, "F") ** 2, Norm(A) ** 2 * Norm(B, "F") ** 2),
        at_most(Norm(A * B, "F") ** 2, Norm(A) ** 2 * Norm(B) ** 2),
    ),
)
SIZES = (
    Row(
        "norm-1-below-n-times-inf",
        at_most(Norm(x, "1"), Int(n) * Norm(x, "inf")),
        at_most(Norm(x, "1"), Norm(x, "inf")),
    ),
    Row(
        "norm-2-between-1-and-inf",
        at_most(norm(x) ** 2, Norm(x, "1") * Norm(x, "inf")),
        at_most(norm(x) ** 2, Norm(x, "inf") ** 2),
    ),
    Row("operator-below-columns", at_most(Norm(W), sqrt(Int(n)) * Norm(W, "1")), at_most(Norm(W), Norm(W, "1"))),
    Row("operator-below-rows", at_most(Norm(W), sqrt(Int(m)) * Norm(W, "inf")), at_most(Norm(W), Norm(W, "inf"))),
    Row(
        "columns-below-operator",
        at_most(Norm(W, "1"), sqrt(Int(m)) * Norm(W)),
        at_most(Norm(W, "1"), sqrt(Int(n)) * Norm(W)),
    ),
    Row(
        "rows-below-operator",
        at_most(Norm(W, "inf"), sqrt(Int(n)) * Norm(W)),
        at_most(Norm(W, "inf"), sqrt(Int(m)) * Norm(W)),
    ),
    Row(
        "frobenius-squared", at_most(Norm(W, "F") ** 2, Int(n) * Norm(W) ** 2), at_most(Norm(W, "F") ** 2, Norm(W) ** 2)
    ),
    Row(
        "smoothed",
        at_most(size(root(x) - root(y)), norm(x - y)),
        at_most(size(root(x) - root(y)), half * norm(x - y)),
    ),
)
RANKS = (
    Row(
        "frobenius",
        at_most(Rank(W * A) + Rank(A * K), Rank(A) + Rank(W * A * K)),
        at_most(Rank(W * A) + Rank(A * K), Rank(W * A * K)),
    ),
    Row(
        "sylvester-of-three",
        at_most(Rank(W) + Rank(A) + Rank(K) - 2 * Int(n), Rank(W * A * K)),
        at_most(Rank(W) + Rank(A) + Rank(K) - Int(n), Rank(W * A * K)),
    ),
    Row("powers", at_most(2 * Rank(A**2), Rank(A) + Rank(A**3)), at_most(2 * Rank(A**2), Rank(A))),
    Row(
        "product-that-is-zero",
        at_most(Rank(A) + Rank(B), Int(n)),
        at_most(Rank(A) + Rank(B), Int(n) - 1),
        given(equal(A * B, Zeros(n, n))),
    ),
    Row(
        "sums-and-differences",
        at_most(Rank(A - C), Rank(A - B) + Rank(B - C)),
        at_most(Rank(A - C), Rank(A - B)),
    ),
    Row(
        "complementary",
        equal(Rank(A) + Rank(B), Int(n)),
        equal(Rank(A) + Rank(B), Int(n) + 1),
        given(equal(A * B, Zeros(n, n)), *invertible(A + B)),
    ),
    Row(
        "of-the-two-projections-of-an-involution",
        equal(Rank(eye + A) + Rank(eye - A), Int(n)),
        equal(Rank(eye + A), Int(n)),
        given(equal(A**2, eye)),
    ),
    Row(
        "one-step-after-the-other",
        at_most(Rank(eye - A * B), Rank(eye - A) + Rank(eye - B)),
        at_most(Rank(eye - A * B), Rank(eye - A)),
    ),
    Row(
        "of-a-turned-product",
        equal(Rank(eye - A * B * C), Rank(eye - C * A * B)),
        equal(Rank(eye - A * B * C), Rank(eye - B * A * C)),
    ),
    Row(
        "of-an-inner-inverse",
        equal(Trace(A * B), Rank(A)),
        equal(Trace(A * B), Rank(B)),
        given(equal(A * B * A, A)),
    ),
)
CLASSES = {
    "bounds as matrices": ORDER,
    "bounds of eigenvalues": EIGENVALUES,
    "bounds of factors": FACTORS,
    "bounds by sizes": SIZES,
    "bounds of ranks": RANKS,
}
FALSE = {
    "false bounds of ranks": (
        FalseRow(
            "of-a-product-that-may-vanish",
            equal(Rank(A * B), Rank(C)),
            given(equal(c * A * B, C)),
            "c = 0",
        ),
    ),
    "false bounds": (
        FalseRow(
            "form-of-a-matrix-that-is-not-definite",
            at_most(norm(A * x) ** 2, a * x.T * A * x),
            given(symmetric, bounded, positive),
            "A may be -a I: only where A is semidefinite is A (a I - A)",
        ),
        FalseRow(
            "expanding-by-a-negative-number",
            at_most(a**2 * norm(x) ** 2, norm(A * x) ** 2),
            given(above),
            "a may be negative and A zero",
        ),
        FalseRow(
            "negative-multiple-of-a-norm",
            Predicate("positive semidefinite", eye - a * A),
            given(symmetric, at_most(Norm(A), 1), at_most(a * Norm(A), 1)),
            "a = -2 and A = -I meet the hypotheses",
        ),
        FalseRow(
            "products-that-do-not-commute",
            Predicate("positive semidefinite", A * B + B * A),
            given(*semidefinite(A, B)),
            "a product of two projections onto different lines has no sign",
        ),
        FalseRow(
            "inverse-of-what-is-not-definite",
            Predicate("positive semidefinite", A.I - eye / c),
            given(symmetric, below, rate, *invertible(A)),
            "A may be negative",
        ),
        FalseRow(
            "inverse-below-zero",
            Predicate("positive semidefinite", c * eye - A.I),
            given(Predicate("positive semidefinite", eye - c * A), rate, *invertible(A)),
            "the hypothesis bounds A from above",
        ),
        FalseRow(
            "symmetric-where-zero-times-it-is",
            equal(A, A.T),
            given(Predicate("positive semidefinite", eye - c * A)),
            "c may be 0",
        ),
        FalseRow(
            "symmetric-where-a-sum-is",
            equal(A, A.T),
            given(Predicate("positive semidefinite", A + B)),
            "B may make up for it",
        ),
        FalseRow(
            "eigenvalue-of-no-symmetric-matrix-below-c",
            Predicate("positive semidefinite", a * eye - A),
            given(bounded),
            "a definite matrix is symmetric",
        ),
        FalseRow(
            "determinant-below-a-power-of-any",
            at_most(Det(A), Pow(c, Int(n))),
            given(below, rate),
            "two large negative eigenvalues have a large product",
        ),
        FalseRow(
            "trace-of-a-product-with-any",
            at_most(Trace(A * B), Norm(A) * Trace(B)),
            given(symmetric, Predicate("symmetric", B)),
            "B may be -A",
        ),
        FalseRow(
            "trace-below-its-matrix",
            Predicate("positive semidefinite", Trace(A) * eye - A),
            given(symmetric),
            "A may be diag(1, -1)",
        ),
    ),
    "false bounds of factors": (
        FalseRow(
            "frobenius-norm-of-two-operators",
            at_most(Norm(A.I - B.I, "F"), Norm(A.I) * Norm(A - B) * Norm(B.I)),
            given(*invertible(A, B)),
            "of A = 1 and B = -1 times I it is the root of the size",
        ),
        FalseRow(
            "negative-number-beside-a-norm",
            at_most(norm(r * x), r * norm(x)),
            PLAIN,
            "r may be negative",
        ),
        FalseRow(
            "neumann-beyond-one",
            at_most(Norm((eye - A).I), 1 / (1 - a)),
            given(bounded, Predicate("nonzero", 1 - a), *invertible(eye - A)),
            "a may be more than 1",
        ),
        FalseRow(
            "neumann-in-another-norm",
            at_most(Norm((eye - A).I), 1 / (1 - a)),
            given(at_most(Norm(A, "1"), a), at_most(0, a), less(a, 1), *invertible(eye - A)),
            "the operator norm of A may be more than the norm 1",
        ),
        FalseRow(
            "neumann-of-another-multiple",
            at_most(Norm((eye - 2 * A).I), 1 / (1 - a)),
            given(*firmly_bounded, *invertible(eye - 2 * A)),
            "2 A is not bounded by a",
        ),
        FalseRow(
            "identity-in-the-frobenius-norm",
            at_most(Int(n), Norm(A, "F") * Norm(A.I)),
            given(*invertible(A)),
            "it is the root of n",
        ),
        FalseRow(
            "rows-in-the-norm-1",
            at_most(Norm(x.T * A, "1"), Norm(x.T, "1") * Norm(A, "1")),
            PLAIN,
            "of a row the norm 1 is no operator norm",
        ),
        FalseRow(
            "roots-of-different-numbers",
            at_most(sqrt(1 + norm(x) ** 2) - sqrt(alpha**2 + norm(y) ** 2), norm(x - y)),
            PLAIN,
            "at x = y and alpha = 0 it is positive",
        ),
        FalseRow(
            "roots-of-a-negative-constant",
            at_most(size(sqrt(c + norm(x) ** 2) - sqrt(c + norm(y) ** 2)), norm(x - y)),
            given(less(0, c + norm(x) ** 2), less(0, c + norm(y) ** 2)),
            "near 0 the root is steep",
        ),
        FalseRow(
            "norm-1-of-a-single-row",
            at_most(Norm(x.T, "1"), norm(x)),
            PLAIN,
            "a row is measured by its entries",
        ),
    ),
}
