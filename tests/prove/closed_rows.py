"""Rows for sums in closed form, limits of recurrences, scalar equations with denominators, indices that differ.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Det,
    Entry,
    Expression,
    Eye,
    Gradient,
    Int,
    Limit,
    LogSumExp,
    Norm,
    Num,
    Ones,
    Pow,
    ProdOver,
    SumOver,
    Unit,
    Zeros,
    as_expression,
    sq,
)
from tests.prove.statements import (
    PLAIN,
    A,
    FalseRow,
    P,
    Row,
    S,
    T,
    X,
    a,
    alpha,
    at_most,
    b,
    c,
    d,
    equal,
    f,
    g,
    h,
    i,
    j,
    k,
    less,
    n,
    t,
    u,
    x,
    y,
)

given = PLAIN.given
eye, ones = Eye(n), Ones(n)
from_zero = at_most(Int(0), Int(k))
small = (less(0, a), less(a, 1))
definite = Predicate("positive definite", S)
rayleigh = (x.T * S * x) / sq(x)
stationary = (Predicate("symmetric", S), Predicate("nonzero", x), equal(Gradient(rayleigh, x), Zeros(n)))
within = tuple(r for q in (i, j) for r in (at_most(Int(1), Int(q)), at_most(Int(q), Int(n))))
apart = Relation(Int(i), "!=", Int(j))


def power(base: object, exponent: object) -> Expression:
    return Pow(as_expression(base), Int(exponent))


def total(body: object, low: object, high: object) -> SumOver:
    return SumOver(as_expression(body), t, low, high)


def exp(e: Expression) -> Apply:
    return Apply("exp", e)


def log(e: Expression) -> Apply:
    return Apply("log", e)


def root(e: Expression) -> Apply:
    return Apply("sqrt", e)


def shear(sign: int) -> Expression:
    return eye + sign * a * Unit(n, i) * Unit(n, j).T


def averaged(slope: object, input_: object) -> Context:
    body = as_expression(slope) * h[t - 1] + as_expression(input_)
    return Context(definitions=(Definition(h[0], Num(0)),), recurrences=(Recurrence(h[t], body),))


ROWS = (
    Row(
        "cubes",
        equal(total(Int(t) ** 3, 1, k), total(Int(t), 1, k) ** 2),
        equal(total(Int(t) ** 3, 1, k), total(Int(t) ** 2, 1, k) ** 2),
        given(from_zero),
    ),
    Row(
        "fourth-powers",
        equal(
            30 * total(Int(t) ** 4, 0, k), Int(k) * (Int(k) + 1) * (2 * Int(k) + 1) * (3 * Int(k) ** 2 + 3 * Int(k) - 1)
        ),
        equal(
            30 * total(Int(t) ** 4, 0, k), Int(k) * (Int(k) + 1) * (2 * Int(k) + 1) * (3 * Int(k) ** 2 + 3 * Int(k) + 1)
        ),
        given(from_zero),
    ),
    Row(
        "squares-from-the-middle",
        equal(6 * total(Int(t) ** 2, k, 2 * k), Int(k) * (Int(k) + 1) * (14 * Int(k) + 1)),
        equal(6 * total(Int(t) ** 2, k, 2 * k), Int(k) * (Int(k) + 1) * (14 * Int(k) - 1)),
        given(from_zero),
    ),
    Row(
        "geometric-in-two-numbers",
        equal((a - c) * total(power(a, t) * power(c, k - t), 0, k), power(a, k + 1) - power(c, k + 1)),
        equal((a - c) * total(power(a, t) * power(c, k - t), 0, k), power(a, k) - power(c, k)),
        given(from_zero),
    ),
    Row(
        "geometric-with-the-index",
        equal(
            (1 - a) ** 2 * total(Int(t) * power(a, t), 0, k),
            a * (1 - (Int(k) + 1) * power(a, k) + Int(k) * power(a, k + 1)),
        ),
        equal(
            (1 - a) ** 2 * total(Int(t) * power(a, t), 0, k),
            a * (1 - (Int(k) + 1) * power(a, k + 1) + Int(k) * power(a, k)),
        ),
        given(from_zero),
    ),
    Row(
        "geometric-turned-around",
        equal(total(power(a, k - t), 0, k), total(power(a, t), 0, k)),
        equal(total(power(a, k - t), 0, k), total(power(a, t), 1, k)),
        given(from_zero),
    ),
    Row(
        "limit-of-a-geometric-sum",
        equal(Limit(total(power(a, t), 0, k), k), 1 / (1 - a)),
        equal(Limit(total(power(a, t), 0, k), k), 1 / a),
        given(*small, from_zero),
        refuted=False,  # the exact judge evaluates no limit of a sum whose range moves
    ),
    Row(
        "average-of-a-constant",
        equal(Limit(h[k], k), c),
        equal(Limit(h[k], k), 2 * c),
        averaged(a, (1 - a) * c).given(*small),
    ),
    Row(
        "limit-of-a-linear-recurrence",
        equal(Limit(g * h[k] + power(a, k), k), g * c / (1 - a)),
        equal(Limit(g * h[k] + power(a, k), k), g * c / (1 + a)),
        averaged(a, c).given(*small, from_zero),
    ),
    Row(
        "stationary-quotient",
        equal(S * x, rayleigh * x),
        equal(S * x, rayleigh / sq(x) * x),
        given(*stationary),
    ),
    Row(
        "number-solved-for-within-a-vector",
        equal(x, S.I * ones / (ones.T * S.I * ones)),
        equal(x, S.I * ones),
        given(definite, equal(S * x, a * ones), equal(ones.T * x, 1)),
    ),
    Row(
        "unit-vector-along-another",
        equal(x, b / Norm(b)),
        equal(x, -b / Norm(b)),
        given(Predicate("nonzero", b), equal(b, 2 * a * x), equal(sq(x), 1), less(0, a)),
    ),
    Row(
        "length-that-is-given",
        equal(Norm(x), 2),
        equal(Norm(x), 4),
        given(equal(sq(x), 4)),
    ),
    Row(
        "root-of-a-square",
        equal(root(a**2 + 2 * a * c + c**2), Apply("abs", a + c)),
        equal(root(a**2 + 2 * a * c + c**2), a + c),
    ),
    Row(
        "root-of-a-square-of-three",
        equal(root(a**2 + 4 * c**2 + g**2 - 4 * a * c + 2 * a * g - 4 * c * g), Apply("abs", a - 2 * c + g)),
        equal(root(a**2 + 4 * c**2 + g**2 - 4 * a * c + 2 * a * g - 4 * c * g), Apply("abs", a + 2 * c + g)),
    ),
    Row("shear-undone", equal(shear(1) * shear(-1), eye), equal(shear(1) * shear(1), eye), given(*within, apart)),
    Row(
        "units-that-differ",
        equal(Unit(n, i).T * Unit(n, j), 0),
        equal(Unit(n, i).T * Unit(n, i), 0),
        given(*within, apart),
    ),
    Row(
        "log-of-a-quotient-of-sums",
        equal(LogSumExp(x) - LogSumExp(y), log((ones.T * exp(x)) / (ones.T * exp(y)))),
        equal(LogSumExp(x) - LogSumExp(y), log(ones.T * exp(x - y))),
    ),
    Row(
        "log-of-a-product-of-quotients",
        equal(log(ProdOver(exp(f[t] * a) / (1 + exp(a)), t, 1, T)), a * total(f[t], 1, T) - Int(T) * log(1 + exp(a))),
        equal(log(ProdOver(exp(f[t] * a) / (1 + exp(a)), t, 1, T)), a * total(f[t], 1, T) - log(1 + exp(a))),
    ),
    Row(
        "log-determinant-above-zero",
        at_most(0, log(Det(Eye(d) + X.T * X))),
        at_most(log(Det(Eye(d) + X.T * X)), 0),
    ),
    Row("log-below-zero", at_most(log(a), 0), at_most(0, log(a)), given(less(0, a), less(a, 1))),
    Row(
        "softplus-below-relu",
        at_most(Apply("softplus", a), Apply("relu", a) + log(Num(2))),
        at_most(Apply("relu", a) + log(Num(2)), Apply("softplus", a)),
    ),
)

UNTRUE = (
    FalseRow(
        "limit-of-a-sum-of-ones", equal(Limit(total(power(a, t), 0, k), k), 1 / (1 - a)), given(from_zero), "a = 1"
    ),
    FalseRow(
        "limit-of-a-sum-at-one",
        equal(Limit(total(power(a, t), 0, k), k), 1 / (1 - a)),
        given(less(0, a), at_most(a, 1), from_zero),
        "a may be 1",
    ),
    FalseRow(
        "ratio-that-is-one",
        equal(total(power(a, t), 0, k), 0),
        given(equal(a, 1), from_zero),
        "the sum is k + 1",
    ),
    FalseRow(
        "ratio-tied-to-one",
        equal(total(power(a, t) * power(c, k - t), 0, k), 0),
        given(equal(a, c), from_zero),
        "the sum is (k + 1) a^k",
    ),
    FalseRow(
        "sum-of-other-powers",
        equal(2 * total(Int(t) ** 2, 1, k), Int(k) * (Int(k) + 1)),
        given(from_zero),
        "of squares",
    ),
    FalseRow(
        "geometric-of-entries",
        equal((1 - a) * total(power(Entry(x, 1), t), 0, k), 1 - power(a, k + 1)),
        given(from_zero),
        "another ratio",
    ),
    FalseRow(
        "geometric-of-members",
        equal((1 - h[1]) * total(power(h[t], t), 0, k), 1 - power(h[1], k + 1)),
        given(from_zero),
        "the ratio moves",
    ),
    FalseRow(
        "geometric-where-a-step-is-zero",
        equal(
            total(power(1 + Apply("relu", a) - a * Apply("step", a), t), 0, k),
            0,
        ),
        given(from_zero),
        "the ratio is 1",
    ),
    FalseRow(
        "geometric-where-a-size-is-zero",
        equal(total(power(1 + Apply("sqrt", a**2) - a, t), 0, k) * (Apply("sqrt", a**2) - a), 1),
        given(from_zero),
        "the ratio is 1 for a > 0",
    ),
    FalseRow(
        "limit-of-a-growing-recurrence",
        equal(Limit(h[k], k), c / (1 - a)),
        averaged(a, c).given(less(1, a), from_zero),
        "a > 1",
    ),
    FalseRow(
        "limit-of-a-moving-recurrence",
        equal(Limit(h[k], k), f[k] / (1 - a)),
        averaged(a, f[t]).given(*small, from_zero),
        "the input moves",
    ),
    FalseRow(
        "limit-of-a-recurrence-with-a-moving-slope",
        equal(Limit(h[k], k), c / (1 - a)),
        averaged(f[t] * a, c).given(*small, from_zero),
        "the slope moves",
    ),
    FalseRow(
        "limit-of-a-nonlinear-recurrence",
        equal(Limit(h[k], k), c / (1 - a)),
        averaged(a * h[t - 1], c).given(*small, from_zero),
        "it is quadratic",
    ),
    FalseRow(
        "stationary-quotient-of-another-degree",
        equal(S * x, (x.T * S * x) / sq(x) ** 2 * x),
        given(*stationary),
        "the denominator is squared",
    ),
    FalseRow(
        "quotient-and-its-top",
        equal(x.T * S * x, a),
        given(definite, Predicate("nonzero", x), equal((x.T * S * x) / sq(x), a)),
        "x is no unit vector",
    ),
    FalseRow(
        "quotient-times-another",
        equal((x.T * y) * (u.T * u), a * (u.T * u)),
        given(Predicate("nonzero", u), equal((x.T * y) / (u.T * u), a)),
        "the denominator",
    ),
    FalseRow("root-of-no-square", equal(root(a**2 + a * c + c**2), Apply("abs", a)), PLAIN, "c may be 1"),
    FalseRow(
        "root-of-a-sum-of-squares",
        equal(root(a**2 + c**2 + g**2), Apply("abs", a + c + g)),
        PLAIN,
        "without the products",
    ),
    FalseRow(
        "root-of-another-square",
        equal(root(a**2 - 2 * a * c + c**2), Apply("abs", a + c)),
        PLAIN,
        "the sign of the product",
    ),
    FalseRow(
        "root-of-twice-a-square",
        equal(root(2 * a**2 + 4 * a * c + 2 * c**2), 2 * Apply("abs", a + c)),
        PLAIN,
        "the root of 2 comes out",
    ),
    FalseRow("length-squared", equal(Norm(x), 4), given(equal(sq(x), 4)), "the root"),
    FalseRow("indices-that-may-agree", equal(Unit(n, i).T * Unit(n, j), 0), given(*within), "i may be j"),
    FalseRow(
        "indices-of-which-others-differ",
        equal(Unit(n, i).T * Unit(n, j), 0),
        given(*within, Relation(Int(i), "!=", Int(k))),
        "i and k differ",
    ),
    FalseRow(
        "sum-over-indices-that-differ",
        equal(SumOver(Unit(n, i).T * Unit(n, j), j, 1, n), 0),
        given(*within, apart),
        "one of the summed indices is i",
    ),
    FalseRow(
        "product-of-a-shear-with-itself",
        equal(shear(1) * shear(-1), eye - a**2 * Unit(n, i) * Unit(n, j).T),
        given(*within, apart),
        "the square is 0",
    ),
    FalseRow(
        "log-of-a-difference-of-sums",
        equal(log((1 - exp(a)) * (1 - exp(c))), log(1 - exp(a)) + log(1 - exp(c))),
        PLAIN,
        "both may be negative",
    ),
    FalseRow(
        "log-of-a-quotient-of-any-sums",
        equal(log((a + alpha) / (c + g)), log(a + alpha) - log(c + g)),
        PLAIN,
        "both may be negative",
    ),
    FalseRow("root-of-a-square-of-a-sum", equal(Apply("sqrt", (1 - exp(a)) ** 2), 1 - exp(a)), PLAIN, "a > 0"),
    FalseRow("log-of-any-determinant", at_most(0, log(Det(S))), given(definite), "S may be small"),
    FalseRow(
        "log-determinant-of-a-difference",
        at_most(0, log(Det(Eye(d) - X.T * X))),
        given(Predicate("positive definite", Eye(d) - X.T * X)),
        "it is at most 1",
    ),
    FalseRow(
        "determinant-above-one",
        at_most(1, Det(eye + A)),
        given(Predicate("symmetric", A), Predicate("symmetric", P)),
        "A may be -I",
    ),
    FalseRow("softplus-at-zero", at_most(Apply("softplus", a), Apply("relu", a)), PLAIN, "log 2 at a = 0"),
)

CLASSES = {"closed": ROWS}
FALSE = {"false closed": UNTRUE}
