"""Rows for the mean of a function of something random: atoms, and integration by parts.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Random
from everystep.algebra.expressions import (
    Apply,
    Call,
    Expectation,
    Expression,
    Gradient,
    Int,
    Limit,
    Num,
    ScalarDerivative,
    Variance,
)
from tests.prove.statements import FalseRow, Row, S, a, b, c, equal, g, h, k, r, u, x, z


def mean(e: Expression) -> Expression:
    return Expectation(e)


def phi(e: Expression, order: int = 0) -> Apply:
    return Apply("phi", e, order)


def psi(e: Expression) -> Apply:
    return Apply("psi", e)


def tanh(e: Expression) -> Apply:
    return Apply("tanh", e)


normal = Context(random=(Random(x, "gaussian", (z, S)),))
moments = Context(random=(Random(x, "moments", (z, S)),))
one_normal = Context(random=(Random(a, "gaussian", (r, c**2)),))
centred = Context(random=(Random(a, "gaussian", (Num(0), c**2)),))
two_normal = Context(random=(Random(a, "gaussian", (r, c**2)), Random(g, "gaussian", (r, c**2))))
moving = Context(random=(Random(a, "gaussian", (h[k], c**2)),))
q = Call("q", 1, 1, x)

MEANS = (
    Row(
        "by-parts",
        equal(mean((a - r) * phi(a)), c**2 * mean(phi(a, 1))),
        equal(mean((a - r) * phi(a)), c * mean(phi(a, 1))),
        one_normal,
    ),
    Row(
        "by-parts-without-the-mean",
        equal(mean(a * phi(a)), r * mean(phi(a)) + c**2 * mean(phi(a, 1))),
        equal(mean(a * phi(a)), c**2 * mean(phi(a, 1))),
        one_normal,
    ),
    Row(
        "by-parts-twice",
        equal(mean((a - r) ** 2 * phi(a)), c**2 * mean(phi(a)) + c**4 * mean(phi(a, 2))),
        equal(mean((a - r) ** 2 * phi(a)), c**2 * mean(phi(a)) + c**2 * mean(phi(a, 2))),
        one_normal,
    ),
    Row(
        "by-parts-of-a-product",
        equal(mean((a - r) * phi(a) * psi(a)), c**2 * mean(ScalarDerivative(phi(a) * psi(a), a))),
        equal(mean((a - r) * phi(a) * psi(a)), c**2 * mean(phi(a, 1) * psi(a))),
        one_normal,
    ),
    Row(
        "by-parts-of-a-known-function",
        equal(mean(a * tanh(a)), c**2 * (1 - mean(tanh(a) ** 2))),
        equal(mean(a * tanh(a)), c**2 * (1 + mean(tanh(a) ** 2))),
        centred,
        refuted=False,  # the exact judge integrates polynomials and exponentials
    ),
    Row(
        "by-parts-in-space",
        equal(mean((x - z) * q), S * mean(Gradient(q, x))),
        equal(mean((x - z) * q), mean(Gradient(q, x))),
        normal,
    ),
    Row(
        "covariance-with-a-function",
        equal(mean(u.T * x * phi(b.T * x)) - u.T * z * mean(phi(b.T * x)), u.T * S * b * mean(phi(b.T * x, 1))),
        equal(mean(u.T * x * phi(b.T * x)), u.T * S * b * mean(phi(b.T * x, 1))),
        normal,
    ),
    Row(
        "linear-in-a-function",
        equal(mean(c * phi(b.T * x) + u.T * x), c * mean(phi(b.T * x)) + u.T * z),
        equal(mean(c * phi(b.T * x) + u.T * x), c * mean(phi(b.T * x)) + u.T * x),
        moments,
    ),
    Row(
        "independent",
        equal(mean(phi(a) * psi(g)), mean(phi(a)) * mean(psi(g))),
        equal(mean(phi(a) * psi(g)), mean(phi(a)) + mean(psi(g))),
        two_normal,
    ),
    Row(
        "independent-beside",
        equal(mean(g * phi(a)), r * mean(phi(a))),
        equal(mean(g * phi(a)), mean(phi(a))),
        two_normal,
    ),
    Row(
        "variance-of-a-function",
        equal(Variance(phi(a) + c), mean(phi(a) ** 2) - mean(phi(a)) ** 2),
        equal(Variance(phi(a) + c), mean(phi(a) ** 2) + mean(phi(a)) ** 2),
        one_normal,
    ),
)
FALSE_MEANS = (
    FalseRow(
        "by-parts-of-any-law",
        equal(mean((x - z) * phi(b.T * x)), mean(phi(b.T * x, 1)) * S * b),
        moments,
        "the law need not be Gaussian",
    ),
    FalseRow(
        "by-parts-of-a-jump",
        equal(mean(a * Apply("step", a)), 0),
        centred,
        "the derivative of a jump is no function",
    ),
    FalseRow(
        "by-parts-of-a-hidden-jump",
        equal(mean(a * phi(Apply("step", a))), 0),
        centred,
        "the derivative of a jump is no function",
    ),
    FalseRow(
        "by-parts-of-a-quotient", equal(mean(a / a), -(c**2) * mean(1 / a**2) + 2), centred, "1 / a is not smooth"
    ),
    FalseRow(
        "product-of-means",
        equal(mean(phi(a) * psi(a)), mean(phi(a)) * mean(psi(a))),
        one_normal,
        "functions of one quantity depend on each other",
    ),
    FalseRow("two-of-one-law", equal(mean(phi(a)), mean(phi(g)) + mean(g - a) + c), two_normal, "a number too many"),
    FalseRow(
        "mean-that-moves-with-its-law",
        equal(ScalarDerivative(mean(phi(a)), r), 0),
        one_normal,
        "the law of a depends on r",
    ),
    FalseRow(
        "square-that-moves-with-its-law",
        equal(ScalarDerivative(1 / (1 + mean(phi(a)) ** 2), r), 0),
        one_normal,
        "the law of a depends on r",
    ),
    FalseRow(
        "limit-of-a-mean-that-moves",
        equal(Limit(mean(phi(a)), k), mean(phi(a)) + 0 * Int(k)),
        moving,
        "the law of a depends on k",
    ),
)
CLASSES = {"means of functions": MEANS}
FALSE = {"false means of functions": FALSE_MEANS}
