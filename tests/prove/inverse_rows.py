"""Rows for inverses of sums around a factor; ``inverse_mutations`` breaks their rules.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Det, Eye, Family, Int, ScalarDerivative, SumOver, Trace, log
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    Q,
    Row,
    S,
    X,
    Y,
    beta,
    c,
    d,
    e,
    equal,
    i,
    j,
    less,
    n,
    one,
    p,
    u,
    x,
)

given = PLAIN.given
definite = Predicate("positive definite", S)
between = given(Predicate("orthogonal", Q), definite, less(0, c))
tall, wide = given(Predicate("full column rank", X)), given(Predicate("full row rank", X))
gram, outer = X.T * X, X * X.T
inside = S + c * Eye(n)
positive = given(less(0, c))
right, left = (c * Eye(n) + outer).I, (c * Eye(d) + gram).I
turned = X.T * Y  # of size d, as Y X^T is of size n
g, k = Family("g", d), Family("k", d)
dyads, mixed = SumOver(g[i] * g[i].T, i, 1, p), SumOver(g[i] * k[i].T, i, 1, p)
weighted = SumOver(e[i] * g[i] * g[i].T, i, 1, p) + c * Eye(d)

ROWS = (
    Row(
        "between-orthogonal-factors",
        equal(Q.T * (Q * S * Q.T + c * Eye(n)).I * Q, inside.I),
        equal(Q.T * (Q.T * S * Q + c * Eye(n)).I * Q, inside.I),
        between,
    ),
    Row(
        "gram-with-a-row",
        equal(beta.T * (gram + beta * beta.T).I * beta, one - one / (one + beta.T * gram.I * beta)),
        equal(beta.T * (gram + beta * beta.T).I * beta, one / (one + beta.T * gram.I * beta)),
        tall,
    ),
    Row(
        "outer-gram-with-a-column",
        equal(u.T * (outer + x * x.T).I * u, u.T * outer.I * u - (u.T * outer.I * x) ** 2 / (one + x.T * outer.I * x)),
        equal(u.T * (outer + x * x.T).I * u, u.T * outer.I * u - (u.T * outer.I * x) ** 2),
        wide,
    ),
    Row(
        "trace-of-a-rotated-inverse",
        equal(Trace((outer + c * Eye(n)).I * outer), Trace((gram + c * Eye(d)).I * gram)),
        equal(Trace((outer + c * Eye(n)).I), Trace((gram + c * Eye(d)).I)),
        given(less(0, c)),
    ),
    Row(
        "trace-of-an-inverse-of-commuted-factors",
        equal(Trace((A * B + c * Eye(n)).I), Trace((B * A + c * Eye(n)).I)),
        equal(Trace((A * B + c * Eye(n)).I * S), Trace((B * A + c * Eye(n)).I * S)),
        given(less(0, c), Predicate("invertible", A * B + c * Eye(n))),
    ),
    Row(
        "inverse-without-denominators",
        equal(Trace((Eye(n) + S / c).I * S), c * n - c**2 * Trace((S + c * Eye(n)).I)),
        equal(Trace((Eye(n) + S / c).I * S), n - c**2 * Trace((S + c * Eye(n)).I)),
        given(less(0, c), definite),
    ),
    Row(
        "trace-of-the-turned-word",
        equal(Trace(right), Trace(left) + (Int(n) - Int(d)) / c),
        equal(Trace(right), Trace(left)),
        positive,
    ),
    Row(
        "trace-of-the-square-of-the-turned-word",
        equal(Trace((Eye(n) + Y * X.T).I ** 2), Trace((Eye(d) + turned).I ** 2) + Int(n) - Int(d)),
        equal(Trace((Eye(n) + Y * X.T).I ** 2), Trace((Eye(d) + turned).I) + Int(n) - Int(d)),
        given(Predicate("invertible", Eye(n) + Y * X.T), Predicate("invertible", Eye(d) + turned)),
    ),
    Row(
        "slope-of-a-log-determinant",
        equal(ScalarDerivative(log(Det(c * Eye(d) + gram)), c), Trace(left)),
        equal(ScalarDerivative(log(Det(c * Eye(d) + gram)), c), Trace(right)),
        positive,
    ),
    Row(
        "inverse-of-a-sum-with-a-quotient",
        equal(Trace((Eye(d) + gram / c).I), c * Trace(left)),
        equal(Trace((Eye(d) + gram / c).I), Trace(left)),
        positive,
    ),
    Row(
        "inverse-of-a-sum-of-dyads",
        equal(SumOver(g[i].T * dyads.I * g[i], i, 1, p), Int(d)),
        equal(SumOver(g[i].T * dyads.I * g[i], i, 1, p), Int(p)),
        given(Predicate("invertible", dyads)),
    ),
    Row(
        "inverse-of-a-sum-of-mixed-dyads",
        equal(SumOver(k[i].T * mixed.I * g[i], i, 1, p), Int(d)),
        equal(SumOver(g[i].T * mixed.I * k[i], i, 1, p), Int(d)),
        given(Predicate("invertible", mixed)),
    ),
    Row(
        "inverse-of-a-weighted-sum",
        equal(SumOver(e[i] * g[i].T * weighted.I * g[i], i, 1, p), Int(d) - c * Trace(weighted.I)),
        equal(SumOver(e[i] * g[i].T * weighted.I * g[i], i, 1, p), Int(d) - Trace(weighted.I)),
        given(Predicate("invertible", weighted)),
    ),
)

CLASSES = {"inverses around a factor": ROWS}

FALSE = {
    "false inverses": (
        FalseRow(
            "between-invertible-factors",
            equal((A * S * A.T + c * Eye(n)).I, A * inside.I * A.T),
            given(Predicate("invertible", A), definite, less(0, c)),
            "A A^T is not the identity",
        ),
        FalseRow(
            "sum-of-other-dyads",
            equal(SumOver(g[i].T * weighted.I * g[i], i, 1, p), Int(d) - c * Trace(weighted.I)),
            given(Predicate("invertible", weighted)),
            "the weights are missing",
        ),
        FalseRow(
            "sum-over-two-indices",
            equal(SumOver(SumOver(g[i].T * dyads.I * g[j], j, 1, p), i, 1, p), Int(d)),
            given(Predicate("invertible", dyads)),
            "the members on both sides are not the same",
        ),
        FalseRow(
            "sum-over-a-part",
            equal(SumOver(g[i].T * dyads.I * g[i], i, 1, p - 1), Int(d)),
            given(Predicate("invertible", dyads)),
            "a member is missing",
        ),
    ),
}
