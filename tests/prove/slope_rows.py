"""Rows for bounded slopes, Jensen's inequality for expectations, Cauchy-Schwarz multiplied out, traces of definite
matrices, unbiased estimators, ranks of factors and deltas of free indices; ``slope_mutations`` breaks the rules.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Predicate, Random
from everystep.algebra.expressions import (
    Apply,
    Entry,
    Expectation,
    Expression,
    Eye,
    Gradient,
    Int,
    MatrixFunction,
    Norm,
    Pow,
    ScalarDerivative,
    Softmax,
    Trace,
    matrix,
    norm,
)
from tests.identities.notation import exp, log, logistic, tanh
from tests.prove.statements import (
    PLAIN,
    SIZE_INDEX,
    A,
    B,
    C,
    D,
    FalseRow,
    Row,
    S,
    W,
    X,
    a,
    at_most,
    c,
    d,
    equal,
    g,
    half,
    i,
    j,
    less,
    n,
    u,
    x,
    y,
    z,
)

given = PLAIN.given
F = matrix("F", d, n)
normal = Context(random=(Random(x, "gaussian", (z, S)),)).given(Predicate("positive semidefinite", S))
definite = given(Predicate("positive definite", A), Predicate("positive definite", B), less(0, c))
semidefinite = given(Predicate("positive definite", A), Predicate("positive semidefinite", B))
unbiased = given(equal(F * X, Eye(d)), Predicate("positive definite", S))
least_squares = (X.T * X).I
moved = (A + c * B).I


def absolute(e: Expression) -> Expression:
    return Apply("abs", e)


def mean(e: Expression) -> Expression:
    return Expectation(e)


def is_semidefinite(e: Expression) -> Predicate:
    return Predicate("positive semidefinite", e)


def is_definite(e: Expression) -> Predicate:
    return Predicate("positive definite", e)


SLOPES = (
    Row(
        "tanh",
        at_most(absolute(tanh(a) - tanh(c)), absolute(a - c)),
        at_most(absolute(tanh(a) - tanh(c)), half * absolute(a - c)),
    ),
    Row(
        "logistic",
        at_most(absolute(logistic(a) - logistic(c)), absolute(c - a) / 4),
        at_most(absolute(logistic(a) - logistic(c)), absolute(c - a) / 8),
    ),
    Row(
        "softplus",
        at_most(log(1 + exp(2 * a)) - log(1 + exp(2 * c)), 2 * absolute(a - c)),
        at_most(log(1 + exp(2 * a)) - log(1 + exp(2 * c)), absolute(a - c)),
    ),
    Row(
        "from-the-value-at-0",
        at_most(absolute(Apply("sin", a)), absolute(a)),
        at_most(absolute(Apply("cos", a)), absolute(a)),
    ),
    Row(
        "entry-by-entry",
        at_most(norm(logistic(x) - logistic(y), "1"), norm(x - y, "1") / 4),
        at_most(norm(logistic(x) - logistic(y), "1"), norm(x - y) / 4),
    ),
    Row(
        "entries-of-matrices",
        at_most(Norm(tanh(A) - tanh(B), "F"), Norm(A - B, "F")),
        at_most(Norm(exp(x) - exp(y), "2"), Norm(x - y, "2")),
    ),
)
EXPECTATIONS = (
    Row(
        "exponential",
        at_most(exp(u.T * z), mean(exp(u.T * x))),
        at_most(mean(exp(u.T * x)), exp(u.T * z)),
        normal,
    ),
    Row(
        "squared-norm",
        at_most(Pow(norm(z), 2), mean(Pow(norm(x), 2))),
        at_most(mean(Pow(norm(x), 2)), Pow(norm(z), 2)),
        normal,
    ),
)
SQUARES = (
    Row(
        "sum-of-matrices",
        at_most(Pow(Norm(A + B, "F"), 2), Pow(Norm(A, "F") + Norm(B, "F"), 2)),
        less(Pow(Norm(A + B, "F"), 2), Pow(Norm(A, "F") + Norm(B, "F"), 2)),
    ),
    Row(
        "difference-of-norms",
        at_most(Pow(norm(x) - norm(y), 2), Pow(norm(x - y), 2)),
        at_most(Pow(norm(x - y), 2), Pow(norm(x) - norm(y), 2)),
    ),
)
TRACES = (
    Row(
        "congruence",
        less(0, Trace(moved * B * moved)),
        less(0, Trace(moved * D * moved)),
        definite,
    ),
    Row("turned", less(-2 * c * Trace(moved * B), 0), less(0, -2 * c * Trace(moved * B)), definite),
    Row("beside-a-square", less(0, Trace(A) + a**2), less(0, Trace(D) + a**2), definite),
    Row("of-two", at_most(0, Trace(A.I * B * A.I * B)), less(0, Trace(A.I * B * A.I * B)), semidefinite),
)
ESTIMATORS = (
    Row("least-squares", is_semidefinite(F * F.T - least_squares), is_definite(F * F.T - least_squares), unbiased),
    Row(
        "weighted",
        is_semidefinite(F * S * F.T - (X.T * S.I * X).I),
        is_semidefinite(F * S * F.T - least_squares),
        unbiased,
    ),
    Row("traces", at_most(Trace(least_squares), Trace(F * F.T)), less(Trace(least_squares), Trace(F * F.T)), unbiased),
    Row("rank-of-a-left-inverse", is_definite(F * S * F.T), is_definite(F.T * F), unbiased),
    Row(
        "rank-by-a-gram-matrix",
        is_definite(X.T * S * X),
        is_definite(X * X.T),
        given(Predicate("invertible", X.T * X), Predicate("positive definite", S)),
    ),
    Row(
        "rank-of-rows",
        is_definite(W * S * W.T),
        is_definite(W.T * W),
        given(Predicate("invertible", W * W.T), Predicate("positive definite", S)),
    ),
)
delta = Entry(Eye(n), i, j)
soft = Softmax(z)
DELTAS = (
    Row(
        "beside-a-number",
        equal(delta * exp(Entry(x, i)), delta * exp(Entry(x, j))),
        equal(delta * exp(Entry(x, i)), exp(Entry(x, j))),
    ),
    Row(
        "of-softmax",
        equal(Entry(soft, i) * (delta - Entry(soft, j)), Entry(soft, j) * (delta - Entry(soft, i))),
        equal(Entry(soft, i) * (delta - Entry(soft, j)), Entry(soft, j) * (1 - Entry(soft, i))),
    ),
)
COUNT = Int(SIZE_INDEX)
exponential = MatrixFunction("exp", A + c * B)
commuting = given(equal(A * B, B * A))
DERIVATIVES = (
    Row(
        "power-of-an-inverse",
        equal(Gradient(Trace(D ** Int(-SIZE_INDEX)), D), -COUNT * (D ** Int(-SIZE_INDEX - 1)).T),
        equal(Gradient(Trace(D ** Int(-SIZE_INDEX)), D), COUNT * (D ** Int(-SIZE_INDEX - 1)).T),
        given(Predicate("invertible", D)),
    ),
    Row(
        "exponential-of-matrices-that-commute",
        equal(ScalarDerivative(exponential, c), B * exponential),
        equal(ScalarDerivative(exponential, c), A * exponential),
        commuting,
    ),
)
UNTRUE = (
    FalseRow(
        "exponential-of-any-matrices",
        equal(ScalarDerivative(exponential, c), B * exponential),
        PLAIN,
        "A and B may not commute",
    ),
    FalseRow(
        "exponential-at-a-point-where-matrices-commute",
        equal(ScalarDerivative(MatrixFunction("exp", c * A + g * B), c), A * MatrixFunction("exp", c * A + g * B)),
        given(equal(g * A * B, c * B * A)),
        "g and c may be other numbers than those for which the products are equal",
    ),
    FalseRow(
        "slope-of-any-function", at_most(absolute(exp(a) - exp(c)), absolute(a - c)), PLAIN, "exp is steep at large a"
    ),
    FalseRow(
        "slope-in-the-operator-norm",
        at_most(Norm(tanh(A) - tanh(B), "2"), Norm(A - B, "2")),
        PLAIN,
        "entry by entry it is not of the matrix: absolute values may have a larger operator norm",
    ),
    FalseRow("jensen-turned-around", at_most(mean(exp(u.T * x)), exp(u.T * z)), normal, "u is not 0"),
    FalseRow("jensen-at-another-point", at_most(exp(2 * u.T * z), mean(exp(u.T * x))), normal, "S = 0, u^T z = 1"),
    FalseRow(
        "norms-with-too-little",
        at_most(Pow(norm(x + y), 2), Pow(norm(x), 2) + Pow(norm(y), 2) + norm(x) * norm(y)),
        PLAIN,
        "x = y",
    ),
    FalseRow("trace-of-three", at_most(0, Trace(A * B * C)), definite.given(is_definite(C)), "it may be negative"),
    FalseRow(
        "trace-of-any-symmetric-matrix",
        less(0, Trace(A * B)),
        given(Predicate("positive definite", A), Predicate("symmetric", B)),
        "B = -I",
    ),
    FalseRow(
        "estimator-with-bias",
        is_semidefinite(F * F.T - least_squares),
        given(Predicate("invertible", X.T * X)),
        "F = 0",
    ),
    FalseRow(
        "estimator-with-other-weights",
        is_semidefinite(F * S * F.T - (X.T * S * X).I),
        unbiased,
        "n = d = 1, S = 1/2",
    ),
    FalseRow("rank-of-any", is_definite(X.T * X), given(Predicate("invertible", X * X.T)), "X has more columns"),
)
CLASSES = {
    "slopes": SLOPES,
    "convex functions of expectations": EXPECTATIONS,
    "squares of sums of norms": SQUARES,
    "signs of traces": TRACES,
    "unbiased estimators": ESTIMATORS,
    "deltas of free indices": DELTAS,
    "derivatives by hypotheses": DERIVATIVES,
}
FALSE = {"false slopes": UNTRUE}
