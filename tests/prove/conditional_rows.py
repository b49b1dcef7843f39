"""Rows for conditional means, laws of which nothing is known, and laws of which two moments are known.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Random
from everystep.algebra.expressions import (
    Apply,
    Call,
    Covariance,
    Expectation,
    Expression,
    Eye,
    Given,
    Gradient,
    Num,
    SumOver,
    Variance,
    Zeros,
    vector,
)
from everystep.algebra.shapes import size
from tests.prove.statements import FalseRow, Row, S, T, X, Y, a, c, d, equal, g, h, i, j, k, n, r, t, u, v, w, x, y, z

q = size("q")
noise = vector("zeta", q)
spread, center, known = Call("s", 1, q, x), Call("m", 1, 1, x), Call("f", 1, 1, x)


def mean(value: Expression) -> Expression:
    return Expectation(value)


def given(value: Expression, *held: Expression) -> Expression:
    return Given(Expectation(value), *held)


def psi(value: Expression) -> Expression:
    return Apply("psi", value)


both = Context(random=(Random(x, "moments", (z, S)), Random(y, "moments", (u, S))))
joint = Context(
    definitions=(Definition(g, center + spread * noise),),
    random=(Random(x, "moments", (z, S)), Random(noise, "moments", (Zeros(q), Eye(q)))),
)
numbers = Context(random=(Random(a, "moments", (r, c**2)), Random(g, "two moments", (Num(0), c**2))))
members = Context(random=(Random(h[i], "moments", (r, c**2)),))
made = Context(definitions=(Definition(y, S * x),), random=(Random(x, "moments", (z, S)),))
matrices = Context(random=(Random(X, "any", ()), Random(x, "moments", (Zeros(n), S))))
product = psi(x.T * y)

CONDITIONAL = (
    Row("independent", equal(given(y, x), u), equal(given(y, x), y), both),
    Row("held", equal(given(x * y.T, x), x * u.T), equal(given(x * y.T, x), z * u.T), both),
    Row("variance", equal(Given(Variance(x + y), x), S), equal(Given(Variance(x + y), x), S + S), both),
    Row("covariance", equal(Given(Covariance(x, x + y), y), S), equal(Given(Covariance(x, x + y), y), S + S), both),
    Row("given-both", equal(given(x * y.T, x, y), x * y.T), equal(given(x * y.T, x, y), z * u.T), both),
    Row("tower", equal(mean(given(product, x)), mean(product)), equal(mean(given(product, x)), psi(z.T * u)), both),
    Row(
        "delta-of-functions",
        equal(Variance(g), mean(Given(Variance(g), x)) + Variance(given(g, x))),
        equal(Variance(g), mean(Given(Variance(g), x))),
        joint,
    ),
    Row(
        "slope-of-a-mean",
        equal(Gradient(mean((g - v.T * x) ** 2), v), 2 * mean(x * x.T) * v - 2 * mean(x * g)),
        equal(Gradient(mean((g - v.T * x) ** 2), v), 2 * mean(x * x.T) * v),
        joint,
    ),
    Row("of-any-law", equal(mean(X.T * x), Zeros(d)), equal(mean(X.T * X), mean(X).T * mean(X)), matrices),
    Row("of-any-law-linear", equal(mean(X.T * u), mean(X).T * u), equal(mean(X.T * u), X.T * u), matrices),
    Row("of-two-moments", equal(mean(a * g**2), r * c**2), equal(mean(a * g**2), c**2), numbers),
)
FALSE_CONDITIONAL = (
    FalseRow("given-another", equal(given(g, x), mean(g)), joint, "g depends on x"),
    FalseRow("tower-with-another", equal(given(given(x * y.T, x), y), given(x * y.T, y)), both, "x is given first"),
    FalseRow(
        "function-of-both",
        equal(mean(known * given(product, x)), mean(known) * mean(product)),
        both,
        "what is given moves both",
    ),
    FalseRow("given-what-is-defined", equal(given(x, y), mean(x)), made, "y depends on x"),
    FalseRow("given-a-member", equal(given(h[j], h[k]), h[j]), members, "j and k may differ"),
    FalseRow(
        "given-one-member",
        equal(given(SumOver(h[t], t, 1, T), h[1]), SumOver(h[t], t, 1, T)),
        members,
        "the others are not given",
    ),
    FalseRow("third-moment", equal(mean(a * g**3), r * mean(g**3)), numbers, "the third moment may depend on a"),
    FalseRow("function-of-two-moments", equal(mean(a * psi(g)), r * mean(psi(g))), numbers, "psi(g) may depend on a"),
    FalseRow("slope-of-a-moving-mean", equal(Gradient(mean(psi(x.T * w)), w), Zeros(n)), both, "psi moves with w"),
    FalseRow("any-law-is-random", equal(mean(X * Y.T), X * Y.T), matrices, "X is random"),
)
CLASSES = {"conditional means": CONDITIONAL}
FALSE = {"false conditional means": FALSE_CONDITIONAL}
