"""Rows for single rules and lemmas: what each proves, and a false twin that it must not prove.

``test_normal_form`` runs them with its own; ``test_guards`` drops the conditions of the rules and looks for the row
that notices.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import Apply, Det, Expectation, Expression, Eye, ScalarDerivative, Trace
from tests.prove.statements import PLAIN, A, FalseRow, Row, S, a, b, c, equal, g, half, n, r, x, z

I = Eye(n)  # noqa: E741 - the identity

normal = Context(random=(Random(x, "gaussian", (z, S)),))
moments = Context(random=(Random(x, "moments", (z, S)),))
two_normal = Context(random=(Random(a, "gaussian", (r, c**2)), Random(g, "gaussian", (r, c**2))))


def mean(e: Expression) -> Expression:
    return Expectation(e)


def exp(e: Expression) -> Expression:
    return Apply("exp", e)


MEANS = (
    Row(
        "mean-of-exponential",
        equal(mean(exp(b.T * x)), exp(b.T * z + half * b.T * S * b)),
        equal(mean(exp(b.T * x)), exp(b.T * z + b.T * S * b)),
        normal,
    ),
    Row(
        "exponential-times-polynomial",
        equal(mean(exp(b.T * x) * x), exp(b.T * z + half * b.T * S * b) * (z + S * b)),
        equal(mean(exp(b.T * x) * x), exp(b.T * z + half * b.T * S * b) * z),
        normal,
    ),
    Row(
        "two-exponents",
        equal(mean(exp(a + g)), exp(2 * r + c**2)),
        equal(mean(exp(2 * a)), exp(2 * r + c**2)),
        two_normal,
    ),
)

FALSE_MEANS = (
    FalseRow(
        "exponential-of-any-law",
        equal(mean(exp(b.T * x)), exp(b.T * z + half * b.T * S * b)),
        moments,
        "the law need not be Gaussian",
    ),
    FalseRow(
        "exponential-of-a-square",
        equal(mean(exp(a * g)), exp(r * r)),
        two_normal,
        "a g is not linear in what is random",
    ),
)

AT_A_POINT = (
    Row(
        "determinant-at-zero",
        equal(ScalarDerivative(Det(I + a * A), a), Trace(A)),
        equal(ScalarDerivative(Det(I + a * A), a), Det(A)),
        PLAIN.given(equal(a, 0)),
    ),
)

CLASSES = {"means": MEANS, "at a point": AT_A_POINT}
FALSE = {"false means": FALSE_MEANS}
