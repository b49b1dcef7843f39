"""Rows for traces and determinants of (semi)definite matrices, for updates by dyads, and for matrices that are ordered.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``trace_mutations`` breaks the rules.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import (
    Apply,
    Det,
    Diag,
    EigMax,
    EigMin,
    Entry,
    Expression,
    Eye,
    Gradient,
    Int,
    MatrixFunction,
    Norm,
    Num,
    ProdOver,
    Rank,
    ScalarDerivative,
    SumOver,
    Trace,
    norm,
    sq,
    sqrt,
)
from tests.prove.statements import PLAIN as plain
from tests.prove.statements import (
    A,
    B,
    C,
    FalseRow,
    Row,
    S,
    a,
    at_most,
    d,
    equal,
    half,
    i,
    invertible,
    k,
    n,
    u,
    v,
    w,
    x,
    y,
)

given = plain.given
eye = Eye(n)
size = Int(n)


def semidefinite(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("positive semidefinite", matrix) for matrix in matrices)


def definite(*matrices: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("positive definite", matrix) for matrix in matrices)


def above(one: Expression, other: Expression) -> Predicate:
    return Predicate("positive semidefinite", one - other)


def exp(e: Expression) -> MatrixFunction:
    return MatrixFunction("exp", e)


def log(e: Expression) -> Apply:
    return Apply("log", e)


diagonal = ProdOver(Entry(S, i, i), i, 1, n)
update = u * v.T + w * x.T
symmetric = Predicate("symmetric", A)
line = A + a * B

ROWS = (
    Row("trace-of-a-square", at_most(Trace(A * A), sq(Norm(A, "F"))), at_most(sq(Norm(A, "F")), Trace(A * A))),
    Row("trace-of-a-square-as-a-trace", at_most(Trace(A**2), Trace(A.T * A)), at_most(Trace(A.T * A), Trace(A**2))),
    Row("trace-and-root", at_most(Trace(A), sqrt(size) * Norm(A, "F")), at_most(Trace(A), Norm(A, "F"))),
    Row(
        "trace-of-the-square-of-a-definite-matrix",
        at_most(Trace(S**2), Trace(S) ** 2),
        at_most(Trace(S) ** 2, Trace(S**2)),
        given(*semidefinite(S)),
    ),
    Row(
        "traces-of-inverses",
        at_most(size**2, Trace(S) * Trace(S.I)),
        at_most(size**2, half * Trace(S) * Trace(S.I)),
        given(*definite(S)),
    ),
    Row(
        "root-of-a-determinant",
        at_most(Det(S) ** (Num(1) / size), Trace(S) / size),
        at_most(Det(S) ** (Num(1) / size), Trace(S) / size / 2),
        given(*semidefinite(S)),
    ),
    Row(
        "determinant-below-a-power",
        at_most(Det(S), (Trace(S) / size) ** size),
        at_most((Trace(S) / size) ** size, Det(S)),
        given(*semidefinite(S)),
    ),
    Row("hadamard", at_most(Det(S), diagonal), at_most(diagonal, Det(S)), given(*semidefinite(S))),
    Row(
        "trace-below-an-eigenvalue",
        at_most(Trace(A * S), EigMax(A) * Trace(S)),
        at_most(Trace(A * S), EigMin(A) * Trace(S)),
        given(symmetric, *semidefinite(S)),
    ),
    Row(
        "trace-above-an-eigenvalue",
        at_most(EigMin(A) * Trace(S), Trace(S * A)),
        at_most(EigMax(A) * Trace(S), Trace(S * A)),
        given(symmetric, *semidefinite(S)),
    ),
    Row("ordered-traces", at_most(Trace(B), Trace(A)), at_most(Trace(A), Trace(B)), given(above(A, B))),
    Row(
        "ordered-traces-of-products",
        at_most(Trace(S * B), Trace(A * S)),
        at_most(Trace(A * S), Trace(B * S)),
        given(above(A, B), *semidefinite(S)),
    ),
    Row(
        "traces-of-ordered-inverses",
        at_most(Trace(A.I), Trace(B.I)),
        at_most(Trace(B.I), Trace(A.I)),
        given(above(A, B), *definite(B), *definite(A)),
    ),
    Row(
        "ordered-determinants",
        at_most(Det(B), Det(A)),
        at_most(Det(A), Det(B)),
        given(above(A, B), *semidefinite(B), symmetric),
    ),
    Row(
        "ordered-log-determinants",
        at_most(log(Det(B)), log(Det(A))),
        at_most(log(Det(A)), log(Det(B))),
        given(above(A, B), *definite(B), symmetric),
    ),
    Row(
        "ordered-eigenvalues",
        at_most(EigMax(B), EigMax(A)),
        at_most(EigMax(A), EigMax(B)),
        given(above(A, B), symmetric, Predicate("symmetric", B)),
    ),
    Row(
        "congruence-of-a-difference",
        Predicate("positive semidefinite", C.T * A * C - C.T * B * C),
        Predicate("positive semidefinite", C.T * B * C - C.T * A * C),
        given(above(A, B)),
    ),
    Row(
        "two-dyads",
        equal(Det(eye + update), (1 + v.T * u) * (1 + x.T * w) - (v.T * w) * (x.T * u)),
        equal(Det(eye + update), (1 + v.T * u) * (1 + x.T * w) - (v.T * x) * (w.T * u)),
    ),
    Row(
        "two-dyads-beside-a-matrix",
        equal(
            Det(A + update),
            Det(A) * ((1 + v.T * A.I * u) * (1 + x.T * A.I * w) - (v.T * A.I * w) * (x.T * A.I * u)),
        ),
        equal(Det(A + update), Det(A) * (1 + v.T * A.I * u) * (1 + x.T * A.I * w)),
        given(*invertible(A)),
    ),
    Row(
        "gradient-with-two-dyads",
        equal(Gradient(Det(eye + x * x.T + y * y.T), x), 2 * (1 + y.T * y) * x - 2 * (x.T * y) * y),
        equal(Gradient(Det(eye + x * x.T + y * y.T), x), 2 * (1 + y.T * y) * x),
    ),
    Row(
        "derivative-of-a-determinant-on-a-line",
        equal(ScalarDerivative(Det(line), a), Det(line) * Trace(line.I * B)),
        equal(ScalarDerivative(Det(line), a), Det(line) * Trace(A.I * B)),
        given(*invertible(A, line)),
    ),
    Row(
        "rank-of-an-outer-product-with-a-known-product",
        equal(Rank(u * v.T), 1),
        equal(Rank(u * v.T), size),
        given(equal(v.T * u, 1)),
    ),
    Row(
        "reordered-square",
        at_most(Trace((A * S) ** 2), Trace(A**2 * S**2)),
        at_most(Trace(A**2 * S**2), Trace((A * S) ** 2)),
        given(symmetric, Predicate("symmetric", S)),
    ),
    Row(
        "form-below-a-norm",
        at_most(x.T * A * x, Norm(A) * sq(norm(x))),
        at_most(x.T * A * x, Norm(A) * norm(x)),
    ),
    Row(
        "determinant-above-one-and-a-determinant",
        at_most(1 + Det(S), Det(eye + S)),
        at_most(2 + Det(S), Det(eye + S)),
        given(*semidefinite(S)),
    ),
    Row("norm-of-a-dyad", equal(Norm(u * v.T), norm(u) * norm(v)), equal(Norm(u * v.T), sq(u.T * v))),
    Row(
        "norm-beside-orthogonal-matrices",
        equal(Norm(C * A * C.T), Norm(A)),
        equal(Norm(C * A * C.T), Norm(A * A)),
        given(Predicate("orthogonal", C)),
    ),
    Row(
        "determinant-of-an-involution-squared",
        equal(Det(eye - 2 * A) ** 2, 1),
        equal(Det(eye - A) ** 2, 1),
        given(Predicate("idempotent", A)),
    ),
    Row(
        "exponential-of-a-diagonal-matrix",
        equal(exp(Diag(x)), Diag(Apply("exp", x))),
        equal(exp(Diag(x)), Diag(Apply("exp", 2 * x))),
    ),
    Row(
        "trace-of-an-exponential-by-eigenvalues",
        equal(Trace(exp(A)), SumOver(Apply("exp", Entry(x, i)), i, 1, n)),
        equal(Trace(exp(A)), Apply("exp", SumOver(Entry(x, i), i, 1, n))),
        given(equal(A, C * Diag(x) * C.T), Predicate("orthogonal", C)),
    ),
    Row(
        "trace-of-a-power-by-eigenvalues",
        equal(Trace(A ** Int(k)), SumOver(Entry(x, i) ** Int(k), i, 1, n)),
        equal(Trace(A ** Int(k)), SumOver(Entry(x, i), i, 1, n) ** Int(k)),
        given(equal(A, C * Diag(x) * C.T), Predicate("orthogonal", C), at_most(Int(1), Int(k))),
    ),
    Row(
        "shifted-determinant-by-eigenvalues",
        equal(Det(A + a * eye), ProdOver(Entry(x, i) + a, i, 1, n)),
        equal(Det(A + a * eye), ProdOver(Entry(x, i), i, 1, n) + a ** Int(n)),
        given(equal(A, C * Diag(x) * C.T), Predicate("orthogonal", C)),
    ),
    Row(
        "trace-of-an-exponential-on-a-line",
        equal(ScalarDerivative(Trace(exp(a * A)), a), Trace(A * exp(a * A))),
        equal(ScalarDerivative(Trace(exp(a * A)), a), Trace(exp(a * A))),
    ),
    Row(
        "norms-of-orthogonal-vectors",
        equal(norm(x - y), norm(x + y)),
        equal(norm(x - y), norm(x)),
        given(equal(x.T * y, 0)),
    ),
    Row(
        "geometric-sum-by-an-inverse",
        equal(SumOver(A ** Int(i), i, 0, k), (eye - A).I * (eye - A ** Int(k + 1))),
        equal(SumOver(A ** Int(i), i, 0, k), (eye - A).I * (eye - A ** Int(k))),
        given(at_most(Int(1), Int(k)), *invertible(eye - A)),
    ),
)

UNTRUE = (
    FalseRow("trace-of-a-square-of-two", at_most(Trace(A * B), sq(Norm(A, "F"))), plain, "B is larger than A"),
    FalseRow("trace-and-root-of-any-size", at_most(Trace(A), sqrt(Int(d)) * Norm(A, "F")), plain, "n > d, A = I"),
    FalseRow(
        "traces-of-any-inverses", at_most(size**2, Trace(A) * Trace(A.I)), given(*invertible(A)), "A = diag(1, -1)"
    ),
    FalseRow("root-of-any-determinant", at_most(Det(A), (Trace(A) / size) ** size), plain, "A is skew"),
    FalseRow("hadamard-of-any-matrix", at_most(Det(A), ProdOver(Entry(A, i, i), i, 1, n)), plain, "A is skew"),
    FalseRow(
        "trace-below-an-eigenvalue-of-any-matrix",
        at_most(Trace(A * B), EigMax(A) * Trace(B)),
        given(symmetric),
        "B = -I where A is not a multiple of I",
    ),
    FalseRow(
        "ordered-traces-of-any-products",
        at_most(Trace(B * C), Trace(A * C)),
        given(above(A, B)),
        "C = -I",
    ),
    FalseRow(
        "ordered-determinants-of-any-matrices",
        at_most(Det(B), Det(A)),
        given(above(A, B), symmetric),
        "B = -I and A = 0",
    ),
    FalseRow(
        "ordered-squares",
        Predicate("positive semidefinite", A * A - B * B),
        given(above(A, B), *semidefinite(B), symmetric),
        "squares do not keep the order",
    ),
    FalseRow(
        "congruence-with-other-ends",
        Predicate("positive semidefinite", C * A * C - C * B * C),
        given(above(A, B)),
        "C is not symmetric",
    ),
    FalseRow("rank-of-a-product-that-is-zero", equal(Rank(u * v.T), 1), given(equal(v.T * u, 0)), "u = 0"),
    FalseRow(
        "reordered-square-of-any-matrices",
        at_most(Trace((A * B) ** 2), Trace(A**2 * B**2)),
        plain,
        "A B is a swap where A^2 = B^2 = 0",
    ),
    FalseRow(
        "exponential-between-other-matrices",
        equal(exp(C * Diag(x) * C.T), C * Diag(Apply("exp", x)) * C.T),
        plain,
        "C is not orthogonal",
    ),
    FalseRow(
        "exponential-between-two-orthogonal-matrices",
        equal(Trace(exp(C * Diag(x) * B.T)), SumOver(Apply("exp", Entry(x, i)), i, 1, n)),
        given(Predicate("orthogonal", C), Predicate("orthogonal", B)),
        "B is not C",
    ),
    FalseRow("norm-beside-any-matrix", equal(Norm(C * A), Norm(A)), plain, "C = 2 I"),
    FalseRow(
        "norm-between-matrices", equal(Norm(A * C * B), Norm(A * B)), given(Predicate("orthogonal", C)), "C turns"
    ),
    FalseRow("rank-of-other-vectors", equal(Rank(u * w.T), 1), given(equal(v.T * u, 1)), "w = 0"),
)
CLASSES = {"definite traces": ROWS}
FALSE = {"false definite traces": UNTRUE}
