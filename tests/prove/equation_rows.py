"""Rows for what equations say beyond their own: pseudo-inverses of products, determinants, factors that are not 0.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Hypothesis, Predicate, Relation
from everystep.algebra.expressions import (
    Det,
    Entry,
    Expression,
    Eye,
    Hadamard,
    Int,
    Inverse,
    Ones,
    PseudoInverse,
    SumOver,
    Trace,
    Zeros,
    as_expression,
    matrix,
    scalar,
    vector,
)
from everystep.derivation import Induction
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    D,
    FalseRow,
    P,
    Q,
    Row,
    S,
    W,
    X,
    Y,
    a,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    h,
    i,
    invertible,
    k,
    less,
    m,
    n,
    x,
    y,
)

given = PLAIN.given
eye = Eye(n)
V = matrix("V", m, n)
zeta, tau = scalar("zeta"), vector("tau", m)
other = vector("other", d)


def full(*matrices: Expression) -> tuple[Hypothesis, ...]:
    return tuple(Predicate("full column rank", matrix) for matrix in matrices)


def differ(left: object, right: object) -> Relation:
    return Relation(as_expression(left), "!=", as_expression(right))


symmetric = Predicate("symmetric", S)
stochastic = given(equal(A * Ones(n), Ones(n)), equal(B * Ones(n), Ones(n)), equal(Y * Ones(d), x))
eigenvectors = (equal(S * x, a * x), equal(S * y, c * y))

ROWS = (
    Row(
        "row-sums-of-a-product",
        equal(x.T * A * B * A * Ones(n), x.T * Ones(n)),
        equal(x.T * A.T * B * A * Ones(n), x.T * Ones(n)),
        stochastic,
    ),
    Row(
        "row-sums-from-the-left",
        equal(Ones(d).T * Y.T * C * y, x.T * C * y),
        equal(Ones(d).T * Y.T * C * y, x.T * C.T * y),
        stochastic,
    ),
    Row(
        "kernel-of-a-gram-matrix",
        equal(X * beta, Zeros(n, 1)),
        equal(beta, Zeros(d, 1)),
        given(equal(X.T * X * beta, Zeros(d, 1))),
    ),
    Row(
        "kernel-of-a-gram-matrix-on-both-sides",
        equal(X * beta, X * other),
        equal(beta, other),
        given(equal(X.T * X * beta, X.T * X * other)),
    ),
    Row(
        "symmetric-products-with-inner-inverses",
        equal(A * B, A * C),
        equal(B, C),
        given(equal(A * B * A, A), equal(A * C * A, A), equal(A * B, (A * B).T), equal(A * C, (A * C).T)),
    ),
    Row(
        "product-that-is-the-sum",
        equal(A * B, B * A),
        equal(A * B, B * B),
        given(equal(A * B, A + B)),
    ),
    Row(
        "eigenvalue-of-an-eigenvector",
        equal(Det(a * eye - A), 0),
        equal(Det(a * eye + A), 0),
        given(equal(A * x, a * x), differ(x, Zeros(n, 1))),
    ),
    Row(
        "determinant-above-zero",
        equal(x, Zeros(n, 1)),
        equal(x, y),
        given(equal(A * x, Zeros(n, 1)), less(0, Det(A))),
    ),
    Row(
        "factors-on-both-sides",
        equal(C, Inverse(A) * D * Inverse(B)),
        equal(C, Inverse(B) * D * Inverse(A)),
        given(equal(A * C * B, D), *invertible(A, B)),
    ),
    Row(
        "pseudo-inverse-of-a-product",
        equal(PseudoInverse(X * Y.T), PseudoInverse(Y.T) * PseudoInverse(X)),
        equal(PseudoInverse(X * Y.T), 2 * PseudoInverse(Y.T) * PseudoInverse(X)),
        given(*full(X, Y)),
    ),
    Row(
        "pseudo-inverse-of-a-rotated-matrix",
        equal(PseudoInverse(Q * A), PseudoInverse(A) * Q.T),
        equal(PseudoInverse(Q * A), PseudoInverse(A) * Q),
        given(Predicate("orthogonal", Q)),
    ),
    Row("determinant-of-a-root", equal(Det(A) ** 2, 1), equal(Det(A), 1), given(equal(A * A, eye))),
    Row("determinant-of-a-third-root", equal(Det(A) ** 3, 1), equal(Det(A) ** 3, -1), given(equal(A * A * A, eye))),
    Row("determinant-of-a-nilpotent", equal(Det(A), 0), equal(Det(A), 1), given(equal(A * A, Zeros(n, n)))),
    Row(
        "eigenvectors-of-two-eigenvalues",
        equal(x.T * y, 0),
        equal(x.T * y, 1),
        given(symmetric, *eigenvectors, differ(a, c)),
    ),
    Row(
        "determinant-of-factors-as-written",
        equal(Det((eye - 2 * x * x.T) * A), Det(A) * Det(eye - 2 * x * x.T)),
        equal(Det((eye - 2 * x * x.T) * A), Det(A) * Det(eye - x * x.T)),
    ),
    Row(
        "power-of-a-dyad",
        equal((x * y.T) ** Int(k + 1), (x.T * y) ** Int(k) * x * y.T),
        equal((x * y.T) ** Int(k + 1), (x.T * x) ** Int(k) * x * y.T),
        given(at_most(0, Int(k))),
        by=Induction(k, 0),
    ),
    Row(
        "power-of-a-shear",
        equal((eye + A) ** Int(k), eye + Int(k) * A),
        equal((eye + A) ** Int(k), eye + A),
        given(at_most(0, Int(k)), equal(A * A, Zeros(n, n))),
        by=Induction(k, 0),
    ),
    Row(
        "left-inverse-of-a-square-matrix",
        equal(B * A, eye),
        equal(B * A, A * B + eye),
        given(equal(A * B, eye)),
    ),
    Row(
        "equation-within-inverses",
        equal(S, P),
        equal(S, 2 * P),
        given(*invertible(S), equal(S.I * P * S.I, S.I)),
    ),
    Row(
        "invertible-by-its-determinant",
        Predicate("invertible", A * B),
        Predicate("invertible", A + B),
        given(differ(Det(A) * Det(B), 0)),
    ),
    Row(
        "entries-whose-squares-are-zero",
        equal(x, 0 * x),
        equal(y, 0 * y),
        given(equal(Hadamard(x, x), 0 * x)),
    ),
    Row(
        "multiple-by-what-is-not-zero",
        equal(x, 0 * x),
        equal(y, 0 * y),
        given(equal((a - c) * x, 0 * x), differ(a, c)),
    ),
    Row(
        "determinants-in-a-sum",
        equal(SumOver(h[k] * Det(A * S), k, 1, n), Det(A) * Det(S) * SumOver(h[k], k, 1, n)),
        equal(SumOver(h[k] * Det(A * S), k, 1, n), Det(A) * SumOver(h[k], k, 1, n)),
        given(equal(A * S, B), *invertible(S)),
    ),
)
UNTRUE = (
    FalseRow(
        "pseudo-inverse-of-any-product",
        equal(PseudoInverse(A * B), PseudoInverse(B) * PseudoInverse(A)),
        PLAIN,
        "A = diag(1, 0) and B with two rows (1, 0)",
    ),
    FalseRow(
        "pseudo-inverse-of-a-tall-times-any",
        equal(PseudoInverse(X.T * Y), PseudoInverse(Y) * PseudoInverse(X.T)),
        given(*full(X, Y)),
        "X^T has full row rank, not full column rank",
    ),
    FalseRow(
        "left-inverse-of-a-tall-matrix",
        equal(X * Y.T, eye),
        given(equal(Y.T * X, Eye(d))),
        "X and Y with more rows than columns",
    ),
    FalseRow(
        "kernel-of-a-product",
        equal(B * x, Zeros(n, 1)),
        given(equal(A * B * x, Zeros(n, 1))),
        "A = diag(1, 0), B x = e_2",
    ),
    FalseRow(
        "products-with-inner-inverses",
        equal(A * B, A * C),
        given(equal(A * B * A, A), equal(A * C * A, A)),
        "A = diag(1, 0), B = A, and C = A with another entry beside the 1",
    ),
    FalseRow(
        "product-of-factors-that-may-be-singular",
        equal(A * B, B * A),
        given(equal(A * B, A + B - eye)),
        "(A - I)(B - I) = 0",
    ),
    FalseRow(
        "determinant-above-minus-one",
        equal(x, Zeros(n, 1)),
        given(equal(A * x, Zeros(n, 1)), less(-1, Det(A))),
        "A = 0",
    ),
    FalseRow(
        "matrix-with-a-product-that-is-zero",
        equal(Det(A), 0),
        given(equal(A * x, Zeros(n, 1))),
        "x = 0",
    ),
    FalseRow("determinant-of-an-involution", equal(Det(A), 1), given(equal(A * A, eye)), "A = -1"),
    FalseRow(
        "eigenvectors-of-one-eigenvalue", equal(x.T * y, 0), given(symmetric, *eigenvectors), "S = I, x = y, a = c = 1"
    ),
    FalseRow(
        "eigenvectors-of-any-matrix",
        equal(x.T * y, 0),
        given(equal(A * x, a * x), equal(A * y, c * y), differ(a, c)),
        "A is a shear",
    ),
    FalseRow("factor-that-may-be-zero", equal(c, 0), given(equal(a * c, 0), at_most(0, a)), "a = 0"),
    FalseRow(
        "vector-with-entries-that-are-zero",
        equal(x, 0 * x),
        given(equal(Hadamard(y, x), 0 * x), Predicate("nonzero", y)),
        "x = (1, 0), y = (0, 1)",
    ),
    FalseRow(
        "product-of-wide-and-tall-is-the-identity",
        equal(Trace(V.T * W), Int(n)),
        given(equal(W * V.T, Eye(m))),
        "the trace is m",
    ),
    FalseRow(
        "equation-of-shorter-vectors",
        equal(zeta**2 * tau, 0 * tau),
        given(
            equal(zeta**2 * Ones(n), Hadamard(x, x)),
            equal(SumOver(Entry(x, k) ** 4 * Entry(tau, k) ** 2, k, 1, n), 0),
            at_most(Int(n), Int(m)),
        ),
        "nothing is said of the entries of tau behind the first n",
    ),
    FalseRow(
        "row-sums-without-the-last",
        equal(SumOver(Entry(A, k, i) * Entry(x, k), i, 1, n - 1), Entry(x, k)),
        stochastic,
        "the last column is missing",
    ),
    FalseRow(
        "weighted-row-sums",
        equal(A * (Hadamard(x, Ones(n))), Ones(n)),
        stochastic,
        "the entries of a row are weighted",
    ),
    FalseRow(
        "traces-as-row-sums",
        equal(SumOver(Entry(A, i, i), i, 1, n), 1),
        stochastic,
        "the diagonal is no row",
    ),
    FalseRow("square-that-may-not-be-zero", equal(a, 0), given(equal(a**2, b.T * b)), "a = |b|"),
)
CLASSES = {"equations": ROWS}
FALSE = {"false equations": UNTRUE}
