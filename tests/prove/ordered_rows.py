"""Rows for what follows from the order of matrices, in forms, traces and determinants, and for Hadamard products.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``ordered_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import (
    Det,
    EigMax,
    EigMin,
    Entry,
    Eye,
    Hadamard,
    Norm,
    Rank,
    Trace,
    norm,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    FalseRow,
    M,
    P,
    Row,
    S,
    W,
    X,
    Y,
    a,
    at_most,
    beta,
    equal,
    half,
    i,
    less,
    n,
    x,
    y,
)
from tests.prove.trace_rows import above, definite, log, semidefinite

given = PLAIN.given
eye = Eye(n)
nonzero = Predicate("nonzero", x)
firmly_above = Predicate("positive definite", A - B)
commuting = equal(A * B, B * A)

ROWS = (
    Row(
        "forms-of-inverses",
        at_most(x.T * (S + P).I * x, x.T * S.I * x),
        at_most(x.T * S.I * x, x.T * (S + P).I * x),
        given(*definite(S, P)),
    ),
    Row(
        "forms-of-inverses-strictly",
        less(x.T * (S + P).I * x, x.T * S.I * x),
        less(x.T * S.I * x, x.T * (S + P).I * x),
        given(*definite(S, P), nonzero),
    ),
    Row(
        "form-of-a-hadamard-product",
        less(0, x.T * Hadamard(S, P) * x),
        less(0, x.T * Hadamard(S, P - S) * x),
        given(*definite(S, P), nonzero),
    ),
    Row(
        "form-of-a-congruence",
        less(0, beta.T * X.T * S * X * beta),
        less(0, beta.T * X.T * A * X * beta),
        given(*definite(S), Predicate("invertible", X.T * X), Predicate("nonzero", beta)),
    ),
    Row(
        "forms-and-norms",
        less(norm(x) ** 2 / 2, half * x.T * (S + eye) * x),
        less(norm(x) ** 2, half * x.T * (S + eye) * x),
        given(*definite(S), nonzero),
    ),
    Row("traces-strictly", less(Trace(B), Trace(A)), less(Trace(A), Trace(B)), given(firmly_above)),
    Row(
        "traces-of-inverses-of-sums",
        at_most(4 * Trace((S + P).I), Trace(S.I) + Trace(P.I)),
        at_most(5 * Trace((S + P).I), Trace(S.I) + Trace(P.I)),
        given(*definite(S, P)),
    ),
    Row(
        "weighted-inverses-of-sums",
        Predicate("positive semidefinite", 4 * S.I + P.I - 9 * (S + P).I),
        Predicate("positive semidefinite", 4 * S.I + P.I - 10 * (S + P).I),
        given(*definite(S, P)),
    ),
    Row(
        "inverses-of-sums-strictly",
        Predicate("positive definite", S.I + P.I - 3 * (S + P).I),
        Predicate("positive definite", S.I + P.I - 4 * (S + P).I),
        given(*definite(S, P)),
    ),
    Row(
        "trace-of-two-definite-matrices",
        less(0, Trace(S * P)),
        less(0, Trace(S * A)),
        given(*definite(S, P)),
    ),
    Row(
        "trace-of-a-congruence",
        less(0, Trace(S * P * S)),
        less(0, Trace(S * P * M)),
        given(*definite(S, P, M)),
    ),
    Row(
        "trace-of-a-turned-product",
        less(0, Trace(S * C * P * C.T)),
        less(0, Trace(S * C * P * C)),
        given(*definite(S, P), Predicate("invertible", C)),
    ),
    Row(
        "trace-of-a-product-of-sums",
        at_most(0, Trace(S * C * P * C.T)),
        at_most(0, Trace(S * C * P * C)),
        given(*semidefinite(S, P)),
    ),
    Row(
        "traces-of-products-strictly",
        less(Trace(S * B), Trace(S * A)),
        less(Trace(S * A), Trace(S * B)),
        given(firmly_above, *definite(S)),
    ),
    Row(
        "determinants-strictly",
        less(Det(B), Det(A)),
        less(Det(A), Det(B)),
        given(firmly_above, *definite(B)),
    ),
    Row(
        "log-determinants-strictly",
        less(log(Det(S)), log(Det(S + P))),
        less(log(Det(S + P)), log(Det(S))),
        given(*definite(S, P)),
    ),
    Row(
        "eigenvalues-strictly",
        less(EigMax(S), EigMax(S + P)),
        less(EigMax(S + P), EigMax(S)),
        given(*definite(P), Predicate("symmetric", S)),
    ),
    Row(
        "entry-and-inverse",
        at_most(1, Entry(S, i, i) * Entry(S.I, i, i)),
        at_most(2, Entry(S, i, i) * Entry(S.I, i, i)),
        given(*definite(S)),
    ),
    Row(
        "entry-below-a-quotient",
        at_most(1 / Entry(S, i, i), Entry(S.I, i, i)),
        at_most(2 / Entry(S, i, i), Entry(S.I, i, i)),
        given(*definite(S)),
    ),
    Row(
        "determinants-of-gram-matrices",
        at_most(Det(X.T * Y) ** 2, Det(X.T * X) * Det(Y.T * Y)),
        at_most(Det(X.T * Y) ** 2, half * Det(X.T * X) * Det(Y.T * Y)),
    ),
    Row(
        "determinant-of-commuting-squares",
        at_most(0, Det(A**2 + B**2)),
        at_most(0, Det(A**2 - B**2)),
        given(commuting),
    ),
    Row(
        "determinant-of-a-square-and-the-identity",
        at_most(0, Det(A * A + a**2 * eye)),
        at_most(0, Det(A * A + a * eye)),
    ),
    Row(
        "norm-of-a-hadamard-product",
        at_most(Norm(Hadamard(X, Y), "F"), Norm(X, "F") * Norm(Y, "F")),
        at_most(Norm(Hadamard(X, Y), "F"), half * Norm(X, "F") * Norm(Y, "F")),
    ),
    Row(
        "squared-norm-of-a-hadamard-product-of-vectors",
        at_most(norm(Hadamard(x, y)) ** 2, norm(x) ** 2 * Norm(y, "inf") ** 2),
        at_most(norm(Hadamard(x, y)) ** 2, Norm(x, "inf") ** 2 * Norm(y, "inf") ** 2),
    ),
    Row(
        "rank-of-a-hadamard-product",
        at_most(Rank(Hadamard(X, Y)), Rank(X) * Rank(Y)),
        at_most(Rank(X) * Rank(Y), Rank(Hadamard(X, Y))),
    ),
)

UNTRUE = (
    FalseRow("forms-strictly-of-any-vector", less(x.T * (S + P).I * x, x.T * S.I * x), given(*definite(S, P)), "x = 0"),
    FalseRow(
        "forms-strictly-of-semidefinite",
        less(x.T * S * x, x.T * (S + P) * x),
        given(*semidefinite(S, P), nonzero),
        "P = 0",
    ),
    FalseRow(
        "form-of-a-wide-congruence",
        less(0, x.T * W.T * W * x),
        given(nonzero, Predicate("invertible", W * W.T)),
        "W has more columns than rows",
    ),
    FalseRow("traces-strictly-of-semidefinite", less(Trace(B), Trace(A)), given(above(A, B)), "A = B"),
    FalseRow("traces-of-other-sizes", less(Trace(X.T * X), Trace(X * X.T)), PLAIN, "they are equal"),
    FalseRow(
        "determinants-strictly-of-any",
        less(Det(B), Det(A)),
        given(firmly_above, Predicate("symmetric", B)),
        "A = -I and B = -2 I at size 2",
    ),
    FalseRow(
        "smallest-eigenvalues-strictly-of-semidefinite",
        less(EigMin(S), EigMin(S + P)),
        given(*semidefinite(S, P)),
        "P = 0",
    ),
    FalseRow("trace-of-two-semidefinite", less(0, Trace(S * P)), given(*definite(S), *semidefinite(P)), "P = 0"),
    FalseRow(
        "entry-and-inverse-strictly",
        less(1, Entry(S, i, i) * Entry(S.I, i, i)),
        given(*definite(S)),
        "S = I",
    ),
    FalseRow(
        "entry-and-inverse-of-any-matrix",
        at_most(1, Entry(A, i, i) * Entry(A.I, i, i)),
        given(Predicate("invertible", A)),
        "A exchanges coordinates",
    ),
    FalseRow("determinant-of-squares", at_most(0, Det(A**2 + B**2)), PLAIN, "A and B do not commute"),
    FalseRow(
        "norm-of-a-hadamard-product-by-largest-entries",
        at_most(norm(Hadamard(x, y)), Norm(x, "inf") * Norm(y, "inf")),
        PLAIN,
        "x = y = 1 at size 2",
    ),
)

CLASSES = {"matrices in order": ROWS}
FALSE = {"false matrices in order": UNTRUE}
