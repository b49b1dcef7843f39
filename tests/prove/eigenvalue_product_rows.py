"""Rows for extreme eigenvalues and norms of products, values of eigenvalues, and sums of squares of matrices.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``eigenvalue_product_mutations`` breaks
them.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Det,
    EigMax,
    EigMin,
    Expression,
    Eye,
    Inverse,
    Kron,
    MatrixFunction,
    Norm,
    Num,
    Pow,
    Zeros,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    M,
    P,
    Q,
    Row,
    S,
    W,
    X,
    Y,
    a,
    at_most,
    c,
    equal,
    less,
    n,
    one,
    r,
    two,
    u,
    v,
    zero,
)


def given(*properties: tuple[str, Expression]) -> Context:
    return PLAIN.given(*(Predicate(kind, matrix) for kind, matrix in properties))


def norm(matrix: Expression) -> Expression:
    return Norm(matrix, "2")


def semidefinite(matrix: Expression) -> Predicate:
    return Predicate("positive semidefinite", matrix)


identity: Expression = Eye(n)
none: Expression = Zeros(n, n)
symmetric = given(("symmetric", A), ("symmetric", B))
definite = given(("positive definite", A), ("positive definite", B))
weak = given(("positive semidefinite", A), ("positive semidefinite", B))
rotated = symmetric.given(Predicate("orthogonal", Q))
ratio = Context(definitions=(Definition(r, EigMax(A) / EigMin(A)),), hypotheses=definite.hypotheses)
positive = PLAIN.given(less(zero, c))

PRODUCTS = (
    Row(
        "multiple",
        equal(EigMax(c * A), c * EigMax(A)),
        equal(EigMax(c * A), EigMax(A)),
        symmetric.given(*positive.hypotheses),
    ),
    Row("opposite", equal(EigMin(-A), -EigMax(A)), equal(EigMin(-A), -EigMin(A)), symmetric),
    Row(
        "inverse",
        equal(EigMax(Inverse(A)), one / EigMin(A)),
        equal(EigMax(Inverse(A)), one / EigMax(A)),
        definite,
    ),
    Row("square", equal(EigMax(Pow(A, 2)), Pow(EigMax(A), two)), equal(EigMax(Pow(A, 2)), EigMax(A)), weak),
    Row("congruence", equal(EigMax(Q.T * A * Q), EigMax(A)), equal(EigMax(Q.T * A * Q), EigMin(A)), rotated),
    Row(
        "kronecker",
        equal(EigMax(Kron(A, B)), EigMax(A) * EigMax(B)),
        equal(EigMax(Kron(A, B)), EigMax(A) + EigMax(B)),
        weak,
    ),
    Row("gram", equal(EigMax(X.T * X), EigMax(X * X.T)), equal(EigMax(X.T * X), norm(X))),
    Row("norm", equal(norm(Inverse(A)), one / EigMin(A)), equal(norm(Inverse(A)), one / EigMax(A)), definite),
    Row("norm-of-kronecker", equal(norm(Kron(X, W)), norm(X) * norm(W)), equal(norm(Kron(X, W)), norm(X) + norm(W))),
    Row(
        "determinant",
        equal(Det(A - EigMax(A) * identity), zero),
        equal(Det(A + EigMax(A) * identity), zero),
        symmetric,
    ),
    Row("least-is-positive", less(zero, EigMin(A)), less(one, EigMin(A)), definite),
    Row("defined", at_most(one, r), less(one, r), ratio),
)
FALSE_PRODUCTS = (
    FalseRow("multiple-of-any-sign", equal(EigMax(c * A), c * EigMax(A)), symmetric, "c = -1, A = diag(1, 2)"),
    FalseRow(
        "inverse-of-any-signs",
        equal(EigMax(Inverse(A)), one / EigMin(A)),
        symmetric.given(Predicate("invertible", A)),
        "A = diag(-1, 1)",
    ),
    FalseRow("square-of-any-signs", equal(EigMax(Pow(A, 2)), Pow(EigMax(A), two)), symmetric, "A = -1"),
    FalseRow(
        "congruence-by-columns",
        equal(EigMax(X.T * A * X), EigMax(A)),
        symmetric.given(equal(X.T * X, Eye(X.shape[1]))),
        "X = (1, 0), A = diag(0, 1)",
    ),
    FalseRow("congruence-by-any", equal(EigMax(M.T * A * M), EigMax(A)), symmetric, "M = 0"),
    FalseRow("kronecker-of-any-signs", equal(EigMax(Kron(A, B)), EigMax(A) * EigMax(B)), symmetric, "diag(-2, 1)"),
    FalseRow("least-of-a-gram-matrix", equal(EigMin(X.T * X), EigMin(X * X.T)), PLAIN, "X = (1, 0)"),
    FalseRow("norm-of-any-signs", equal(norm(A), EigMax(A)), symmetric, "A = -1"),
    FalseRow("determinant-elsewhere", equal(Det(A - two * EigMax(A) * identity), zero), symmetric, "A = 1"),
    FalseRow("least-of-a-semidefinite-one", less(zero, EigMin(A)), weak, "A = 0"),
    FalseRow("largest-of-any", less(EigMax(A), zero), symmetric, "A = 1"),
)


def pair(matrix: Expression, *hypotheses: Relation | Predicate) -> Context:
    return PLAIN.given(equal(matrix * v, r * v), Relation(v, "!=", Zeros(n)), *hypotheses)


VALUES = (
    Row("projection", equal(r**2, r), equal(r, one), pair(P, equal(P * P, P))),
    Row("orthogonal", equal(r**2, one), equal(r, one), pair(Q, equal(Q.T * Q, identity))),
    Row("involution", equal(r**2, one), equal(r, one), pair(M, equal(M * M, identity))),
    Row("nilpotent", equal(r, zero), equal(r, one), pair(M, equal(Pow(M, 3), none)), refuted=False),  # no instance
    Row("norm", at_most(Apply("abs", r), norm(M)), at_most(norm(M), Apply("abs", r)), pair(M)),
    Row("between-extremes", at_most(EigMin(A), r), at_most(EigMax(A), r), pair(A, Predicate("symmetric", A))),
)
FALSE_VALUES = (
    FalseRow(
        "projection-of-a-vector-that-may-vanish",
        equal(r**2, r),
        PLAIN.given(equal(P * v, r * v), equal(P * P, P)),
        "v = 0",
    ),
    FalseRow("value-of-another-matrix", equal(r**2, r), pair(M, equal(P * P, P)), "M = 2"),
    FalseRow("cube-that-is-one", equal(r**2, one), pair(M, equal(Pow(M, 3), M)), "M = 0"),
    FalseRow("square-that-is-another", equal(r**2, one), pair(M, equal(M * M, P)), "M = P = 0"),
)

SQUARES = (
    Row(
        "two",
        semidefinite(X.T * X - X.T * Y - Y.T * X + Y.T * Y),
        semidefinite(X.T * X - two * X.T * Y - two * Y.T * X + Y.T * Y),
    ),
    Row(
        "weighted",
        semidefinite(c * X.T * X + X.T * Y + Y.T * X + one / c * Y.T * Y),
        semidefinite(c * X.T * X + X.T * Y + Y.T * X + Y.T * Y),
        positive,
    ),
    Row(
        "beside-one",
        semidefinite(Pow(A, 2) - two * A + identity),
        semidefinite(Pow(A, 2) - Num(3) * A + identity),
        symmetric,
    ),
    Row(
        "outer-products",
        semidefinite(u * u.T + v * v.T - u * v.T - v * u.T),
        semidefinite(u * u.T - v * v.T),
    ),
)
ordered = weak.given(semidefinite(A * A - B * B))
EXPONENTIALS = (
    Row(
        "exponential",
        Predicate("positive definite", MatrixFunction("exp", A)),
        Predicate("positive definite", MatrixFunction("exp", A) - identity),
        symmetric,
    ),
    Row("roots", semidefinite(A - B), semidefinite(B - A), ordered),
)
FALSE_EXPONENTIALS = (
    FalseRow("exponential-of-any", semidefinite(MatrixFunction("exp", M)), PLAIN, "not symmetric"),
    FalseRow("squares-in-order", semidefinite(A * A - B * B), weak.given(semidefinite(A - B)), "two by two"),
    FalseRow("roots-of-any-signs", semidefinite(A - B), symmetric.given(semidefinite(A * A - B * B)), "A = -1, B = 0"),
)
FALSE_SQUARES = (
    FalseRow("table-with-a-zero", semidefinite(X.T * X + X.T * Y + Y.T * X), PLAIN, "Y = -X"),
    FalseRow("cut-at-another-place", semidefinite(A * B + B * A), symmetric, "B = -A"),
    FalseRow("number-of-any-sign", semidefinite(a * X.T * X), PLAIN, "a = -1"),
    FalseRow("not-symmetric", semidefinite(X.T * X - two * X.T * Y + Y.T * Y), PLAIN, "not symmetric"),
    FalseRow("square-of-any-matrix", semidefinite(Pow(M, 2)), PLAIN, "not symmetric"),
    FalseRow("between-another-matrix", semidefinite(X.T * S * X), PLAIN, "S = -1"),
)

CLASSES = {
    "eigenvalues of products": PRODUCTS,
    "values of eigenvalues": VALUES,
    "sums of squares": SQUARES,
    "roots and exponentials": EXPONENTIALS,
}
FALSE = {
    "false eigenvalues of products": FALSE_PRODUCTS,
    "false values of eigenvalues": FALSE_VALUES,
    "false sums of squares": FALSE_SQUARES,
    "false roots and exponentials": FALSE_EXPONENTIALS,
}
