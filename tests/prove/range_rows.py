"""Rows for geometric sums, sums over triangles, sums that are given, and indicators of integers.

``range_mutations`` breaks them.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer, Rational

from everystep.algebra.context import EVERY, Context, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Entry,
    Expression,
    Gradient,
    Hadamard,
    Int,
    Member,
    Num,
    Ones,
    SumOver,
    Trace,
    Transpose,
    sq,
)
from everystep.algebra.shapes import index
from tests.prove.statements import PLAIN, A, FalseRow, Row, V, a, at_most, c, equal, f, h, half, i, j, k, n, t, x


def step(gap: object) -> Expression:
    """1 where an integer is not negative, else 0."""
    return Apply("step", Int(gap) + Num(Rational(1, 2)))


def double(body: Expression, *ranges: tuple[object, object, object]) -> Expression:
    """A sum over several indices, the outermost first."""
    for at, low, high in reversed(ranges):
        body = SumOver(body, at, low, high)
    return body


def pair(first: object, second: object) -> Expression:
    return Member("a", 1, 1, first, second)


ij, ji = pair(i, j), pair(j, i)
total = SumOver(h[i], i, 1, n)
squares = SumOver(h[i] ** 2, i, 1, n)
strict = double(h[i] * h[j], (i, 1, n - 1), (j, i + 1, n))
symmetric = Context(hypotheses=(Predicate("symmetric", A),))
in_range = PLAIN.given(at_most(1, Int(k)), at_most(Int(k), Int(n)))

TRIANGLES = (
    Row(
        "exchanged",
        equal(double(ij, (i, 1, n), (j, 1, i)), double(ij, (j, 1, n), (i, j, n))),
        equal(double(ij, (i, 1, n), (j, 1, i)), double(ij, (j, 1, n), (i, 1, j))),
    ),
    Row(
        "exchanged-strict",
        equal(double(ij, (i, 1, n - 1), (j, i + 1, n)), double(ij, (j, 2, n), (i, 1, j - 1))),
        equal(double(ij, (i, 1, n - 1), (j, i + 1, n)), double(ij, (j, 2, n), (i, 1, j))),
    ),
    Row(
        "exchanged-from-zero",
        equal(double(h[i] * f[j], (i, 0, k), (j, 0, i)), double(h[i] * f[j], (j, 0, k), (i, j, k))),
        equal(double(h[i] * f[j], (i, 0, k), (j, 0, i)), double(h[i] * f[j], (j, 1, k), (i, j, k))),
        PLAIN.given(at_most(0, Int(k))),
    ),
    Row(
        "exchanged-two-below",
        equal(double(ij, (i, 1, n), (j, i + 2, n + 2)), double(ij, (j, 3, n + 2), (i, 1, j - 2))),
        equal(double(ij, (i, 1, n), (j, i + 2, n + 2)), double(ij, (j, 3, n + 2), (i, 1, j - 1))),
    ),
    Row(
        "exchanged-one-above",
        equal(double(ij, (j, 1, n), (i, 1, j + 1)), double(ij, (i, 1, n + 1), (j, i - 1, n)) - pair(1, 0)),
        equal(double(ij, (j, 1, n), (i, 1, j + 1)), double(ij, (i, 1, n + 1), (j, i - 1, n))),
    ),
    Row(
        "both-triangles",
        equal(
            double(ij + ji, (i, 1, n - 1), (j, i + 1, n)),
            double(ij, (i, 1, n), (j, 1, n)) - SumOver(pair(i, i), i, 1, n),
        ),
        equal(
            double(ij + ij, (i, 1, n - 1), (j, i + 1, n)),
            double(ij, (i, 1, n), (j, 1, n)) - SumOver(pair(i, i), i, 1, n),
        ),
    ),
    Row("square-of-a-sum", equal(total**2, squares + 2 * strict), equal(total**2, squares + strict)),
    Row(
        "square-of-a-sum-with-diagonal",
        equal(total**2, 2 * double(h[i] * h[j], (i, 1, n), (j, i, n)) - squares),
        equal(total**2, 2 * double(h[i] * h[j], (i, 1, n), (j, i, n))),
    ),
    Row(
        "quadratic-form",
        equal(
            x.T * A * x,
            SumOver(Entry(A, i, i) * Entry(x, i) ** 2, i, 1, n)
            + 2 * double(Entry(A, i, j) * Entry(x, i) * Entry(x, j), (j, 2, n), (i, 1, j - 1)),
        ),
        equal(
            x.T * A * x,
            SumOver(Entry(A, i, i) * Entry(x, i) ** 2, i, 1, n)
            + double(Entry(A, i, j) * Entry(x, i) * Entry(x, j), (j, 2, n), (i, 1, j - 1)),
        ),
        symmetric,
    ),
    Row(
        "pairs-of-vectors",
        equal(
            double(h[i] * h[j] * V[i].T * V[j], (i, 1, n), (j, i + 1, n)),
            half * (sq(SumOver(h[i] * V[i], i, 1, n)) - SumOver(h[i] ** 2 * sq(V[i]), i, 1, n)),
        ),
        equal(
            double(h[i] * h[j] * V[i].T * V[j], (i, 1, n), (j, i + 1, n)),
            half * (sq(SumOver(h[i] * V[i], i, 1, n)) - SumOver(h[i] * sq(V[i]), i, 1, n)),
        ),
    ),
    Row(
        "squared-differences",
        equal(Int(n) * squares - total**2, double((h[i] - h[j]) ** 2, (i, 1, n - 1), (j, i + 1, n))),
        equal(Int(n) * squares - total**2, double((h[i] - h[j]) ** 2, (i, 1, n), (j, 1, n))),
    ),
    Row(
        "tails",
        equal(SumOver(Int(k) * h[k], k, 1, n), double(h[k], (j, 1, n), (k, j, n))),
        equal(SumOver(Int(k) * h[k], k, 1, n), double(h[k], (j, 1, n), (k, j + 1, n))),
    ),
    Row(
        "neighbours-left-out",
        equal(
            2 * double(h[i] * h[j], (i, 1, n), (j, i + 2, n + 2)),
            SumOver(h[i], i, 1, n + 2) ** 2
            - SumOver(h[i] ** 2, i, 1, n + 2)
            - 2 * SumOver(h[i] * h[i + 1], i, 1, n + 1),
        ),
        equal(
            2 * double(h[i] * h[j], (i, 1, n), (j, i + 2, n + 2)),
            SumOver(h[i], i, 1, n + 2) ** 2 - SumOver(h[i] ** 2, i, 1, n + 2) - SumOver(h[i] * h[i + 1], i, 1, n + 1),
        ),
    ),
)
STEPS = (
    Row(
        "range-ends",
        equal(double(step(k - j) * h[j], (j, 1, n)), SumOver(h[j], j, 1, k)),
        equal(double(step(k - j) * h[j], (j, 1, n)), SumOver(h[j], j, k, n)),
        in_range,
    ),
    Row(
        "range-begins",
        equal(double(step(j - k - 1) * h[j], (j, 1, n)), SumOver(h[j], j, k + 1, n)),
        equal(double(step(j - k - 1) * h[j], (j, 1, n)), SumOver(h[j], j, k, n)),
        in_range,
    ),
    Row(
        "triangle",
        equal(double(step(i - j) * Entry(A, i, j), (i, 1, n), (j, 1, n)), double(Entry(A, i, j), (j, 1, n), (i, j, n))),
        equal(double(step(i - j) * Entry(A, i, j), (i, 1, n), (j, 1, n)), double(Entry(A, i, j), (j, 1, n), (i, 1, j))),
    ),
    Row(
        "counted",
        equal(double(step(j - i - 1), (i, 1, n), (j, 1, n)), Int(n) * (Int(n) - 1) / 2),
        equal(double(step(j - i - 1), (i, 1, n), (j, 1, n)), Int(n) * (Int(n) + 1) / 2),
    ),
    Row("complement", equal(step(i - j) + step(j - i - 1), 1), equal(step(i - j) + step(j - i), 1)),
    Row("twice", equal(step(i - j) ** 2, step(i - j)), equal(step(i - j) * step(j - i), step(i - j))),
    Row(
        "always",
        equal(double(step(n - j) * h[j], (j, 1, n)), total.xreplace({i: j})),
        equal(double(step(n - 1 - j) * h[j], (j, 1, n)), total),
    ),
    Row("never", equal(double(step(j - n - 1) * h[j], (j, 1, n)), 0), equal(double(step(j - n) * h[j], (j, 1, n)), 0)),
)

powers = a ** Int(t)
ratio = 1 - a * c
tied = PLAIN.given(equal(a**2 + c**2, 1), at_most(0, Int(k)))
GEOMETRIC = (
    Row(
        "times-a-ratio-that-is-tied",
        equal(a * SumOver(powers, t, 0, k - 1), SumOver(powers, t, 1, k)),
        equal(a * SumOver(powers, t, 0, k - 1), SumOver(powers, t, 0, k)),
        tied,
    ),
    Row(
        "times-a-ratio-that-is-a-sum",
        equal(ratio * SumOver(ratio ** Int(t), t, 0, k), SumOver(ratio ** Int(t), t, 1, k + 1)),
        equal(ratio * SumOver(ratio ** Int(t), t, 0, k), SumOver(ratio ** Int(t), t, 1, k)),
        tied,
    ),
    Row(
        "divided-by-the-ratio",
        equal(SumOver(powers, t, 1, k) / a, SumOver(powers, t, 0, k - 1)),
        equal(SumOver(powers, t, 1, k) / a, SumOver(powers, t, 0, k)),
        tied.given(Relation(a, "!=", Num(0))),
    ),
)
UNTRUE_GEOMETRIC = (
    FalseRow(
        "ratio-of-one",
        equal((1 - a) * SumOver(powers, t, 0, k), 1 - a ** Int(k)),
        tied,
        "the last power is a^(k + 1)",
    ),
    FalseRow(
        "another-ratio",
        equal(c * SumOver(powers, t, 0, k - 1), SumOver(powers, t, 1, k)),
        tied,
        "a and c are different",
    ),
)
UNTRUE_TRIANGLES = (
    FalseRow(
        "half-of-what-is-not-symmetric",
        equal(
            double(h[i] * f[j], (i, 1, n), (j, i + 1, n)),
            (SumOver(h[i], i, 1, n) * SumOver(f[i], i, 1, n) - SumOver(h[i] * f[i], i, 1, n)) / 2,
        ),
        PLAIN,
        "h and f are different",
    ),
    FalseRow(
        "matrix-that-is-not-symmetric",
        equal(
            x.T * A * x,
            Trace(A) * 0
            + SumOver(Entry(A, i, i) * Entry(x, i) ** 2, i, 1, n)
            + 2 * double(Entry(A, i, j) * Entry(x, i) * Entry(x, j), (j, 2, n), (i, 1, j - 1)),
        ),
        PLAIN,
        "A_12 and A_21 are different",
    ),
    FalseRow(
        "trapezoid",
        equal(double(ij, (i, 2, n + 1), (j, 1, i)), double(ij, (j, 1, n + 1), (i, j, n + 1))),
        PLAIN,
        "a_11 is missing",
    ),
    FalseRow(
        "rectangle",
        equal(double(ij, (i, 1, n), (j, 1, i)), double(ij, (i, 1, n), (j, 1, n))),
        PLAIN,
        "the other triangle is missing",
    ),
)
UNTRUE_STEPS = (
    FalseRow(
        "end-outside-of-the-range",
        equal(double(step(k - j) * h[j], (j, 1, n)), SumOver(h[j], j, 1, k)),
        PLAIN.given(at_most(1, Int(k))),
        "k may be more than n",
    ),
    FalseRow("every-second", equal(double(step(n - 2 * j) * h[j], (j, 1, n)), total), PLAIN, "only half of the range"),
    FalseRow("between", equal(step(i - j), step(i - j - 1)), PLAIN, "i = j"),
)
every = index(EVERY[0])
shares = PLAIN.given(equal(double(pair(every, j), (j, 1, n)), Num(1)))
GIVEN = (
    Row(
        "all-shares",
        equal(double(ij, (i, 1, k), (j, 1, n)), Int(k)),
        equal(double(ij, (i, 1, k), (j, 1, n)), Int(n)),
        shares.given(at_most(1, Int(k))),
    ),
    Row(
        "weighted-shares",
        equal(double(ij * h[i], (j, 1, n), (i, 1, n)), total),
        equal(double(ij * h[j], (j, 1, n), (i, 1, n)), total),
        shares,
    ),
)
projected = PLAIN.given(equal(Member("w", n, 1, every).T * x, Num(1)))
UNTRUE_SUMS = (
    FalseRow(
        "beyond-the-last",
        equal(Member("w", n, 1, k + 1).T * x, Num(1)),
        replace(projected, ranges=(("w", Integer(1), k),)),
        "w is counted to k",
    ),
    FalseRow("all-but-the-last", equal(double(ij, (i, 1, n), (j, 1, n - 1)), Int(n)), shares, "a_in are missing"),
    FalseRow("diagonal", equal(double(pair(j, j), (j, 1, n)), Num(1)), shares, "a row is summed up, no diagonal"),
    FalseRow("columns", equal(double(ij, (i, 1, n)), Num(1)), shares, "rows are summed up, no columns"),
)
labels = PLAIN.given(equal(Hadamard(x, x), x))
signs = PLAIN.given(equal(Hadamard(x, x), Ones(n, 1)))
label, z = Entry(x, i), h[i]


def softplus(argument: Expression) -> Expression:
    return Apply("softplus", argument)


def summed(body: Expression) -> Expression:
    return SumOver(body, i, 1, n)


LABELS = (
    Row(
        "loss-of-a-label",
        equal(summed(softplus((1 - 2 * label) * z)), summed(softplus(z) - label * z)),
        equal(summed(softplus((1 - 2 * label) * z)), summed(softplus(z) + label * z)),
        labels,
    ),
    Row(
        "loss-of-a-sign",
        equal(summed(softplus(-label * z)), summed(softplus(-z) + (1 - label) * z / 2)),
        equal(summed(softplus(-label * z)), summed(softplus(-z) + (1 - label) * z)),
        signs,
    ),
    Row(
        "gradient-by-the-other",
        equal(Gradient(softplus(Entry(x, i) * a), a), label * Apply("logistic", a)),
        equal(Gradient(softplus(Entry(x, i) * a), a), label * Apply("logistic", a) / 2),
        labels,
    ),
)
UNTRUE_LABELS = (
    FalseRow(
        "gradient-by-the-label",
        equal(Gradient(Apply("exp", label), label), Apply("exp", Num(1)) - 1),
        labels,
        "around 0 and 1 the function is another one",
    ),
    FalseRow(
        "of-a-sum",
        equal(softplus(summed(label)), summed(softplus(label))),
        labels,
        "the sum of labels is no label",
    ),
)
first, general, every = (Member("P", n, n, at) for at in (Integer(1), k, index(EVERY[0])))
FAMILY = (
    Row(
        "every-member",
        equal(Transpose(general), general),
        equal(Transpose(general), 2 * general),
        Context(hypotheses=(Predicate("symmetric", every),)),
    ),
)
UNTRUE_first, general, every = (Member("P", n, n, at) for at in (Integer(1), k, index(EVERY[0])))
FAMILY = (
    FalseRow(
        "one-member",
        equal(Transpose(general), general),
        Context(hypotheses=(Predicate("symmetric", first),)),
        "only the first matrix is symmetric",
    ),
)
first, general, every = (Member("P", n, n, at) for at in (Integer(1), k, index(EVERY[0])))
FAMILY = (
    Row(
        "every-member",
        equal(Transpose(general), general),
        equal(Transpose(general), 2 * general),
        Context(hypotheses=(Predicate("symmetric", every),)),
    ),
)
UNTRUE_FAMILY = (
    FalseRow(
        "one-member",
        equal(Transpose(general), general),
        Context(hypotheses=(Predicate("symmetric", first),)),
        "only the first matrix is symmetric",
    ),
)
CLASSES = {
    "two values": LABELS,
    "properties of families": FAMILY,
    "given sums": GIVEN,
    "geometric sums": GEOMETRIC,
    "triangles": TRIANGLES,
    "steps of integers": STEPS,
}
FALSE = {
    "false two values": UNTRUE_LABELS,
    "false properties of families": UNTRUE_FAMILY,
    "false given sums": UNTRUE_SUMS,
    "false geometric sums": UNTRUE_GEOMETRIC,
    "false triangles": UNTRUE_TRIANGLES,
    "false steps of integers": UNTRUE_STEPS,
}
