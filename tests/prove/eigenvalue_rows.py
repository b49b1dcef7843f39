"""Rows for eigenvalues of definite and invertible matrices, powers of contractions, functions of Bernoulli numbers.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``eigenvalue_mutations`` breaks them.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate, Random, Relation
from everystep.algebra.expressions import (
    Apply,
    Det,
    Expectation,
    Int,
    Inverse,
    Limit,
    Norm,
    Pow,
    ScalarDerivative,
    Trace,
    Transpose,
    Zeros,
)
from tests.prove.statements import PLAIN, A, B, FalseRow, M, Row, S, a, at_most, c, equal, k, less, n, one, r, v, zero

pair = equal(A * v, r * v)
unit = equal(Transpose(v) * v, one)
definite = PLAIN.given(Predicate("positive definite", A), pair, unit)
regular = PLAIN.given(Predicate("invertible", A), pair, Relation(v, "!=", Zeros(n)))
gram = PLAIN.given(equal(Transpose(B) * B * v, r * v), Predicate("nonzero", v))
EIGENVALUES = (
    Row("positive", less(zero, r), less(one, r), definite),
    Row("not-negative", at_most(zero, r), less(zero, r), gram),
    Row("inverse", equal(Inverse(A) * v, v / r), equal(Inverse(A) * v, r * v), regular),
    Row("not-zero", less(zero, r**2), less(zero, r**3), regular),
    Row("resolvent", equal(Inverse(A) * Inverse(A) * v, v / r**2), equal(Inverse(A) * Inverse(A) * v, v / r), definite),
)
FALSE_EIGENVALUES = (
    FalseRow(
        "vector-that-may-vanish", less(zero, r), PLAIN.given(Predicate("positive definite", A), pair), "v = 0, r = -1"
    ),
    FalseRow(
        "matrix-of-any-signs",
        at_most(zero, r),
        PLAIN.given(Predicate("symmetric", A), pair, unit),
        "A = -I",
    ),
    FalseRow(
        "semidefinite-is-not-definite",
        less(zero, r),
        PLAIN.given(Predicate("positive semidefinite", A), pair, unit),
        "A = 0",
    ),
)

below = PLAIN.given(at_most(Norm(M), a), less(zero, a), less(a, one))
K = Int(k)
CONTRACTIONS = (
    Row("norm-below-one", equal(Limit(Pow(M, K), k), Zeros(n, n)), equal(Limit(Pow(M, K), k), M), below),
    Row("times-a-vector", equal(Limit(Pow(M, K) * v, k), Zeros(n)), equal(Limit(Pow(M, K) * v, k), v), below),
)
FALSE_CONTRACTIONS = (
    FalseRow(
        "norm-that-may-be-one",
        equal(Limit(Pow(M, K), k), Zeros(n, n)),
        PLAIN.given(at_most(Norm(M), one)),
        "M = I",
    ),
)

regarded = Context(definitions=(Definition(S, A - M),), hypotheses=(Predicate("positive definite", S),))
DEFINED = (
    Row("determinant", less(zero, Det(S)), less(one, Det(S)), regarded),
    Row(
        "symmetric",
        equal(M, Transpose(M)),
        equal(M, Transpose(A)),
        regarded.given(Predicate("symmetric", A)),
    ),
)
FALSE_DEFINED = (FalseRow("of-a-part-of-the-value", less(zero, Det(A)), regarded, "A = 0, M = -I"),)


drawn = Context(random=(Random(a, "bernoulli", (c,)),), hypotheses=(less(zero, c), less(c, one)))
mean = Expectation
BERNOULLI = (
    Row(
        "exponential",
        equal(mean(Apply("exp", r * a)), one - c + c * Apply("exp", r)),
        equal(mean(Apply("exp", r * a)), Apply("exp", r * c)),
        drawn,
    ),
    Row(
        "logarithm",
        equal(mean(Apply("log", one + a)), c * Apply("log", one + one)),
        equal(mean(Apply("log", one + a)), Apply("log", one + c)),
        drawn,
    ),
    Row(
        "beside-a-power",
        equal(mean(a**2 * Apply("tanh", r * a)), c * Apply("tanh", r)),
        equal(mean(a**2 * Apply("tanh", r * a)), c**2 * Apply("tanh", r)),
        drawn,
    ),
)
FALSE_BERNOULLI = (
    FalseRow(
        "function-that-is-not-zero-at-zero",
        equal(mean(Apply("cos", r * a)), c * Apply("cos", r)),
        drawn,
        "cos(0) = 1",
    ),
)
label = PLAIN.given(equal(r**2, r))
skew = PLAIN.given(equal(Transpose(M), -M))
SPLIT = (
    Row("bound", at_most(r * a, Apply("abs", a)), at_most(r * a, a), label),
    Row("exponential", equal(Apply("exp", r * a), one - r + r * Apply("exp", a)), equal(Apply("exp", r * a), a), label),
)
FALSE_SPLIT = (
    FalseRow("number-of-any-value", at_most(r * a, Apply("abs", a)), PLAIN, "r = 2"),
    FalseRow("derivative-by-a-label", equal(ScalarDerivative(r**3, r), 2 * r), label, "3 r^2 is 3 at r = 1"),
)
SKEW = (
    Row("form", at_most(Transpose(v) * M * M * v, zero), at_most(zero, Transpose(v) * M * M * v), skew),
    Row("fourth-power", at_most(zero, Trace(Pow(M, 4))), at_most(Trace(Pow(M, 4)), zero), skew),
)
FALSE_SKEW = (
    FalseRow("square-of-any-matrix", at_most(Trace(Pow(M, 2)), zero), PLAIN, "M = I"),
    FalseRow(
        "square-with-another-hypothesis",
        at_most(Trace(Pow(M, 2)), zero),
        PLAIN.given(equal(Transpose(M), M)),
        "M = I",
    ),
    FalseRow("another-between", at_most(Trace(M * B * M), zero), skew, "B = -I"),
)
CLASSES = {
    "eigenvalues": EIGENVALUES,
    "contractions": CONTRACTIONS,
    "functions of Bernoulli numbers": BERNOULLI,
    "numbers at each value": SPLIT,
    "skew squares": SKEW,
    "defined names": DEFINED,
}
FALSE = {
    "false eigenvalues": FALSE_EIGENVALUES,
    "false contractions": FALSE_CONTRACTIONS,
    "false functions of Bernoulli numbers": FALSE_BERNOULLI,
    "false numbers at each value": FALSE_SPLIT,
    "false skew squares": FALSE_SKEW,
    "false defined names": FALSE_DEFINED,
}
