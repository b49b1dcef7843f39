"""Rows for limits of rational functions of the index, and of decays times what is bounded.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.expressions import Apply, Expression, Int, Limit, Zeros
from tests.prove.statements import PLAIN, FalseRow, Row, a, at_most, b, c, equal, g, h, k, less, n


def limit(e: Expression) -> Expression:
    return Limit(e, k)


K = Int(k)
small = PLAIN.given(less(0, a), less(a, 1), at_most(Int(0), K))
counted = PLAIN.given(at_most(Int(0), K), less(0, c))
LIMITS = (
    Row(
        "quotient", equal(limit((3 * K + g) / (c * K + 1)), 3 / c), equal(limit((3 * K + g) / (c * K + 1)), g), counted
    ),
    Row("greater-degree-below", equal(limit(K / (K**2 + 1)), 0), equal(limit(K / (K**2 + 1)), 1), counted),
    Row("of-a-vector", equal(limit(K / (K + 1) * b), b), equal(limit(K / (K + 1) * b), Zeros(n)), counted),
    Row("decay-against-a-power", equal(limit(K**2 * a**K), 0), equal(limit(K**2 * a**K), 1), small),
    Row(
        "decay-of-an-exponential",
        equal(limit(Apply("exp", 1 - c * K)), 0),
        equal(limit(Apply("exp", 1 - c * K)), 1),
        counted,
    ),
    Row(
        "bounded-factor",
        equal(limit(Apply("tanh", g * K) / (K + 1)), 0),
        equal(limit(Apply("tanh", g * K) / (K + 1)), 1),
        counted,
    ),
)
FALSE_LIMITS = (
    FalseRow("quotient-that-grows", equal(limit(K**2 / (K + 1)), 1), counted, "the degree above is greater"),
    FalseRow(
        "leading-coefficient-of-any-value",
        equal(limit(K / (g * K + 1)), 1 / g),
        counted,
        "for g = 0 there is no limit",
    ),
    FalseRow(
        "bounded-without-decay",
        equal(limit(Apply("sin", K) * K / (K + 1)), 0),
        counted,
        "a bounded factor has no limit",
    ),
    FalseRow("power-of-any-number", equal(limit(K * g**K), 0), counted, "g may be 2"),
    FalseRow("growing-exponential", equal(limit(Apply("exp", c * K)), 0), counted, "the exponent grows"),
    FalseRow("exponential-of-any-sign", equal(limit(Apply("exp", g * K)), 0), counted, "g may be 0"),
    FalseRow("decay-against-a-sequence", equal(limit(a**K * h[k]), 0), small, "the sequence may grow faster"),
    FalseRow("inverse-of-a-decay", equal(limit(1 / a**K), 0), small, "the inverse of a decay grows"),
    FalseRow("opaque-factor", equal(limit(Apply("phi", K) / (K + 1)), 0), counted, "the function need not be bounded"),
)
CLASSES = {"limits of quotients": LIMITS}
FALSE = {"false limits of quotients": FALSE_LIMITS}
