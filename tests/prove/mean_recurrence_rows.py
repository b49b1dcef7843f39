"""Rows for means of members of random recurrences; ``mean_recurrence_mutations`` breaks their rule."""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Random, Recurrence
from everystep.algebra.expressions import Expectation, Expression, Int, Pow, SumOver, Variance, as_expression
from everystep.derivation import Induction
from tests.prove.statements import A, FalseRow, H, P, Row, S, V, a, at_most, c, equal, f, g, h, r, s, t, x

mean = Expectation


def driven(body: Expression, start: object = None) -> Context:
    """Numbers ``h_t := body`` that are driven by random f_t with mean g and variance r."""
    first = () if start is None else (Definition(h[0], as_expression(start)),)
    law = Random(f[t], "moments", (g, r))
    return Context(definitions=first, recurrences=(Recurrence(h[t], body),), random=(law,))


average = driven(a * h[t - 1] + (1 - a) * f[t], 0)
vectors = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + P * V[t]),), random=(Random(V[t], "moments", (x, S)),))
by = Induction(t, 0)
begun = at_most(0, Int(t))
power = Pow(a, Int(t))

ROWS = (
    Row("moving-average", equal(mean(h[t]), (1 - power) * g), equal(mean(h[t]), power * g), average.given(begun), by),
    Row(
        "moving-average-as-a-sum",
        equal(mean(h[t]), (1 - a) * SumOver(a ** Int(t - s) * g, s, 1, t)),
        equal(mean(h[t]), SumOver(a ** Int(t - s) * g, s, 1, t)),
        average.given(begun),
        by,
    ),
    Row("two-steps", equal(mean(h[2]), (1 - a**2) * g), equal(mean(h[2]), (1 - a) * g), average),
    Row(
        "one-step",
        equal(mean(h[t + 1] - g), a * mean(h[t] - g)),
        equal(mean(h[t + 1] - g), a * mean(h[t])),
        average.given(begun),
    ),
    Row(
        "vectors",
        equal(mean(H[2]), A * A * H[0] + A * P * x + P * x),
        equal(mean(H[2]), A * A * H[0] + P * A * x + P * x),
        vectors,
    ),
    Row("random-start", equal(mean(h[1]), a * g + g), equal(mean(h[1]), g), driven(a * h[t - 1] + f[t], f[0])),
)
UNTRUE = (
    FalseRow("square", equal(mean(h[1] ** 2), mean(h[1]) ** 2), average, "the variance is missing"),
    FalseRow(
        "product-of-random-numbers",
        equal(mean(h[2]), g**3),
        driven(h[t - 1] * h[t - 1] * f[t], 1),
        "the mean of f_1^2 is g^2 + r",
    ),
    FalseRow("variance", equal(Variance(h[1]), 0), average, "it is (1 - a)^2 r"),
    FalseRow("start-left-out", equal(mean(h[1]), (1 - a) * g), driven(a * h[t - 1] + (1 - a) * f[t]), "h_0"),
    FalseRow("random-start", equal(mean(h[1]), a * c + g), driven(a * h[t - 1] + f[t], f[0]), "c is not g"),
)
CLASSES = {"means of recurrences": ROWS}
FALSE = {"false means of recurrences": UNTRUE}
