"""Rows for inverses of sums around a factor; ``inverse_mutations`` breaks their rules.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Eye, Trace
from tests.prove.statements import PLAIN, A, B, FalseRow, Q, Row, S, X, beta, c, d, equal, less, n, one, u, x

given = PLAIN.given
definite = Predicate("positive definite", S)
between = given(Predicate("orthogonal", Q), definite, less(0, c))
tall, wide = given(Predicate("full column rank", X)), given(Predicate("full row rank", X))
gram, outer = X.T * X, X * X.T
inside = S + c * Eye(n)

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
    ),
}
