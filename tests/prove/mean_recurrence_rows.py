"""Rows for means of members of random recurrences; ``mean_recurrence_mutations`` breaks their rule."""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra.context import EVERY, Context, Definition, Random, Recurrence
from everystep.algebra.expressions import (
    Covariance,
    Expectation,
    Expression,
    Int,
    Norm,
    Pow,
    SumOver,
    Trace,
    Variance,
    as_expression,
)
from everystep.algebra.shapes import index
from everystep.derivation import Induction
from tests.prove.statements import A, FalseRow, H, P, Row, S, V, a, at_most, c, e, equal, f, g, h, n, r, s, t, x, y

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
noise = driven(a * h[t - 1] + f[t])  # from any number h_0 on
late = driven(a * h[t - 1] + f[t - 1])
linear = Context(recurrences=(Recurrence(H[t], A * H[t - 1] + V[t]),), random=(Random(V[t], "moments", (0 * x, S)),))
twofold = replace(
    noise, recurrences=(*noise.recurrences, Recurrence(e[t], e[t - 1] - c * h[t])), hypotheses=(at_most(0, Int(t)),)
)
scaled = driven(f[t] * h[t - 1] + f[t])
repeated = Context(recurrences=(Recurrence(h[t], h[t - 1] + a),), random=(Random(a, "moments", (g, r)),))
twice = driven(h[t - 1] + f[t] + f[t - 1])

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
    Row(
        "variance",
        equal(Variance(h[t + 1]), a**2 * Variance(h[t]) + r),
        equal(Variance(h[t + 1]), a * Variance(h[t]) + r),
        noise.given(begun),
    ),
    Row(
        "variance-as-a-sum",
        equal(Variance(h[t]), r * SumOver(Pow(a, Int(2 * s)), s, 0, t - 1)),
        equal(Variance(h[t]), r * SumOver(Pow(a, Int(2 * s)), s, 0, t)),
        noise.given(begun),
        by,
    ),
    Row(
        "one-step-apart",
        equal(Covariance(h[t + 1], h[t]), a * Variance(h[t])),
        equal(Covariance(h[t + 1], h[t]), Variance(h[t])),
        noise.given(begun),
    ),
    Row("noise-to-come", equal(mean(h[t] * f[t]), mean(h[t]) * g), equal(mean(h[t + 1] * f[t]), mean(h[t]) * g), late),
    Row(
        "noise-that-came",
        equal(mean(h[t] * f[t]), a * g * mean(h[t - 1]) + g**2 + r),
        equal(mean(h[t] * f[t]), a * g * mean(h[t - 1]) + g**2),
        noise.given(at_most(1, Int(t))),
    ),
    Row(
        "covariance-matrix",
        equal(Variance(H[t + 1]), A * Variance(H[t]) * A.T + S),
        equal(Variance(H[t + 1]), A.T * Variance(H[t]) * A + S),
        linear.given(begun),
    ),
    Row(
        "covariance-in-order",
        equal(Covariance(H[t + 1], H[t]), A * Variance(H[t])),
        equal(Covariance(H[t], H[t + 1]), A * Variance(H[t])),
        linear.given(begun),
    ),
    Row(
        "squared-norm",
        equal(mean(Norm(H[t + 1] - x) ** 2), mean(Norm(A * H[t] - x) ** 2) + Trace(S)),
        equal(mean(Norm(H[t + 1] - x) ** 2), mean(Norm(A * H[t] - x) ** 2)),
        linear.given(begun),
    ),
    Row(
        "quadratic-form",
        equal(mean(H[t + 1].T * P * H[t + 1]), mean(H[t].T * A.T * P * A * H[t]) + Trace(P * S)),
        equal(mean(H[t + 1].T * P * H[t + 1]), mean(H[t].T * A * P * A.T * H[t]) + Trace(P * S)),
        linear.given(begun),
    ),
    Row(
        "numbers-beside-vectors",
        equal(mean((y.T * P * H[t]) * H[t]), mean(H[t] * H[t].T) * P.T * y),
        equal(mean((y.T * P * H[t]) * H[t]), mean(H[t] * H[t].T) * P * y),
        linear,
    ),
    Row(
        "variance-of-two-steps",
        equal(Variance(h[2]), a**2 * r + r),
        equal(Variance(h[2]), a**2 * r),
        noise,
    ),
    Row(
        "momentum",
        equal(Variance(e[t + 1]), Variance(e[t]) - 2 * c * Covariance(e[t], h[t + 1]) + c**2 * Variance(h[t + 1])),
        equal(Variance(e[t + 1]), Variance(e[t]) + c**2 * Variance(h[t + 1])),
        twofold,
    ),
    Row(
        "random-factor",
        equal(mean(h[t + 1] ** 2), (g**2 + r) * mean((h[t] + 1) ** 2)),
        equal(mean(h[t + 1] ** 2), g**2 * mean((h[t] + 1) ** 2)),
        scaled.given(begun),
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
    FalseRow(
        "same-number-at-every-step",
        equal(mean(h[t + 1] ** 2), mean(h[t] ** 2) + 2 * g * mean(h[t]) + g**2 + r),
        repeated.given(begun),
        "the number is no new one at each step",
    ),
    FalseRow(
        "noise-of-two-steps",
        equal(Variance(h[t + 1]), Variance(h[t]) + 2 * r),
        twice.given(begun),
        "the noise of two steps has one number in common, once t is at least 1",
    ),
    FalseRow(
        "start-of-the-noise",
        equal(Variance(h[2]), 2 * a**2 * r + r),
        driven(a * h[t - 1] + f[t], f[1]),
        "h_0 is f_1, which comes again at the first step",
    ),
    FalseRow(
        "before-the-start",
        equal(mean(h[t + 1] * h[t]), a * mean(h[t] ** 2) + g * mean(h[t])),
        noise,
        "of h_t with t < 0 nothing is known",
    ),
    FalseRow("fourth-moment", equal(mean(h[1] ** 4), mean(h[1] ** 2) ** 2), driven(f[t], 0), "of products of four"),
    FalseRow("start-left-out", equal(mean(h[1]), (1 - a) * g), driven(a * h[t - 1] + (1 - a) * f[t]), "h_0"),
    FalseRow("random-start", equal(mean(h[1]), a * c + g), driven(a * h[t - 1] + f[t], f[0]), "c is not g"),
)
alike = Context(
    random=(Random(f[t], "moments", (g, r)),),
    hypotheses=(equal(mean((f[index(EVERY[0])] - g) ** 3), c), at_most(2, Int(n))),
)
average_of = SumOver(f[s], s, 1, n) / Int(n)
MOMENTS = (
    Row("at-a-number", equal(mean(f[1] ** 3), c + 3 * g * r + g**3), equal(mean(f[1] ** 3), c + g**3), alike),
    Row(
        "summed",
        equal(mean(SumOver((f[s] - g) ** 3, s, 1, n)), Int(n) * c),
        equal(mean(SumOver((f[s] - g) ** 3, s, 1, n)), c),
        alike,
    ),
    Row(
        "third-moment-of-the-average",
        equal(mean((average_of - g) ** 3), c / Int(n) ** 2),
        equal(mean((average_of - g) ** 3), c / Int(n)),
        alike,
    ),
)
UNTRUE += (
    FalseRow(
        "moment-of-another-member",
        equal(mean(f[1] ** 3), c),
        Context(random=(Random(f[t], "moments", (g, r)),), hypotheses=(equal(mean(f[2] ** 3), c),)),
        "of f_1 nothing is said",
    ),
    FalseRow(
        "two-cumulants-of-every-member",
        equal(mean(f[1] ** 3), mean(f[2] ** 3)),
        Context(random=(Random(f[t], "moments", (g, r)),), hypotheses=(equal(mean(f[index(EVERY[0])] ** 4), c),)),
        "the fourth moment does not give the third",
    ),
)
CLASSES = {"moments of every member": MOMENTS, "means of recurrences": ROWS}
FALSE = {"false means of recurrences": UNTRUE}
