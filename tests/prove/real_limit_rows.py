"""Rows for limits of a real variable, and false ones that a rule without its side condition would prove.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Call,
    Det,
    Expectation,
    Expression,
    Eye,
    Gradient,
    Hessian,
    Int,
    Inverse,
    Limit,
    Max,
    Norm,
    Pow,
    PseudoInverse,
    Rank,
    SumOver,
    Trace,
    Var,
    Zeros,
    as_expression,
)
from tests.identities.notation import above, below, far, far_left
from tests.identities.notation import lim as both
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    Row,
    S,
    X,
    Y,
    a,
    b,
    c,
    d,
    equal,
    g,
    h,
    half,
    i,
    invertible,
    k,
    less,
    n,
    r,
    t,
    u,
    v,
    x,
    y,
    z,
)

p, q = Var("p"), Var("q")
R = Var("R", d, d)
INVERTIBLE = PLAIN.given(*invertible(A))
POSITIVE = PLAIN.given(less(0, a), less(c, a))
NONZERO = PLAIN.given(Relation(c, "!=", as_expression(0)), Predicate("nonzero", x))
FULL = PLAIN.given(Predicate("full column rank", X))


def fn(name: str, argument: object) -> Apply:
    return Apply(name, as_expression(argument))


def power(base: object, exponent: object) -> Pow:
    return Pow(as_expression(base), as_expression(exponent))


def f(argument: Expression) -> Call:
    return Call("f", 1, 1, argument)


ridge = Inverse(X.T * X + p * Eye(d))
LIMITS = (
    Row(
        "taylor",
        equal(both((fn("phi", a + p) - fn("phi", a)) / p), Apply("phi", a, 1)),
        equal(both((fn("phi", a + p) - fn("phi", a)) / p), fn("phi", a)),
    ),
    Row("second-order", equal(both((1 - fn("cos", p)) / p**2), half), equal(both((1 - fn("cos", p)) / p**2), 1)),
    Row("continuous", equal(both(fn("exp", p * a) * b), b), equal(both(fn("exp", p * a) * b), 2 * b)),
    Row(
        "continuous-factors",
        equal(far(fn("logistic", p) * (c + fn("tanh", p))), c + 1),
        equal(far(fn("logistic", p) * (c + fn("tanh", p))), c),
    ),
    Row("both-sides", equal(both(fn("abs", p) ** 2 / p), 0), equal(both(fn("abs", p) ** 2 / p), 1)),
    Row("only-side", equal(both(fn("sqrt", p) ** 2 / fn("abs", p)), 1), equal(both(fn("sqrt", p) ** 2 / p), -1)),
    Row("squeezed", equal(both(p * fn("sin", 1 / p)), 0), equal(both(p * fn("sin", 1 / p)), 1)),
    Row("exponential", equal(far(p**3 * fn("exp", -a * p)), 0), equal(far(p**3 * fn("exp", -a * p)), 1), POSITIVE),
    Row(
        "symbolic-power",
        equal(above(power(p, a) * fn("log", p)), 0),
        equal(above(power(p, a) * fn("log", p)), 1),
        POSITIVE,
    ),
    Row("denominators", equal(far(p * fn("logistic", p) - p), 0), equal(far(p * fn("logistic", p) - p), 1)),
    Row(
        "zero-over-zero",
        equal(both((fn("exp", a * p) - 1) / (fn("exp", c * p) - 1)), a / c),
        equal(both((fn("exp", a * p) - 1) / (fn("exp", c * p) - 1)), c / a),
        NONZERO,
    ),
    Row("far-out", equal(far(fn("tanh", a * p)), 1), equal(far(fn("tanh", a * p)), -1), POSITIVE),
    Row("held", equal(both(fn("relu", a + p)), fn("relu", a)), equal(both(fn("relu", a + p)), a)),
    Row("regularised", equal(above(ridge * X.T * y), PseudoInverse(X) * y), equal(above(ridge * X.T * y), X.T * y)),
    Row(
        "inverse",
        equal(both(Inverse(A + p * B) * b), Inverse(A) * b),
        equal(both(Inverse(A + p * B) * b), A * b),
        INVERTIBLE,
    ),
    Row("gram", equal(above(ridge), Inverse(X.T * X)), equal(above(ridge), X.T * X), FULL),
    Row(
        "equal-functions",
        equal(above(p * f(fn("abs", a + p) * x) / p), above(f(fn("abs", a + p) * x))),
        equal(above(p * f(fn("abs", a + p) * x) / p), 2 * above(f(fn("abs", a + p) * x))),
        refuted=False,
    ),  # of functions that grow
    Row(
        "name-that-is-defined",
        equal(both(g, p, 1), a),
        equal(both(g, p, 1), g),
        Context(definitions=(Definition(g, a * p),)),
    ),
    Row(
        "scaled-log-sum-exp",
        equal(above(p * fn("log", fn("exp", a / p) + fn("exp", c / p))), Max(a, c)),
        equal(above(p * fn("log", fn("exp", a / p) + fn("exp", c / p))), a),
    ),
    Row(
        "sequence-by-a-real-variable",
        equal(Limit(power(1 + a / Int(k), Int(k)), k), fn("exp", a)),
        equal(Limit(power(1 + a / Int(k), Int(k)), k), 1),
        POSITIVE,
    ),
    Row(
        "gradient-by-a-name-that-moves",
        equal(both((Gradient(f(z), z) - Gradient(f(x), x)) / p), Hessian(f(x), x) * v),
        equal(both((Gradient(f(z), z) - Gradient(f(x), x)) / p), Hessian(f(x), x) * x),
        Context(definitions=(Definition(z, x + p * v),)),
    ),
    Row(
        "index-of-a-sum",
        equal(SumOver(both(p, p, h[i]), i, 1, n), SumOver(h[i], i, 1, n)),
        equal(SumOver(both(p, p, h[i]), i, 1, n), 0),
    ),
    Row("one-name-twice", equal(both(p + both(p, p, 1)), 1), equal(both(p + both(p, p, 1)), 0)),
)
recurrent = Context(recurrences=(Recurrence(h[t], p * h[t - 1]),))
lawful = Context(random=(Random(z, "moments", (p * x, S)),))
FALSE_LIMITS = (
    FalseRow("two-sided-size", equal(both(fn("abs", p) / p), 1), PLAIN, "from below it is -1"),
    FalseRow(
        "two-sided-size-with-a-hypothesis",
        equal(both(fn("abs", p) / p), 1),
        PLAIN.given(less(0, p)),
        "what is bound is not what is said to be positive",
    ),
    FalseRow("two-sided-step", equal(both(fn("logistic", 1 / p)), 1), PLAIN, "from below it is 0"),
    FalseRow("mean-of-both-sides", equal(both(fn("step", p)), half), PLAIN, "the sides differ"),
    FalseRow("exponential-from-below", equal(both(fn("exp", -1 / p)), 0), PLAIN, "from below it grows"),
    FalseRow("zero-over-a-zero", equal(both(a / (a + p)), 1), PLAIN, "a may be 0"),
    FalseRow("zero-over-a-zero-symmetric", equal(both((a - p) / (a + p)), 1), PLAIN, "a may be 0"),
    FalseRow("slope-of-any-sign", equal(far(fn("tanh", a * p)), 1), PLAIN, "a may be negative"),
    FalseRow("slope-that-may-be-0", equal(far(fn("tanh", a**2 * p)), 1), PLAIN, "a may be 0"),
    FalseRow("decay-of-any-sign", equal(far(fn("exp", -a * p)), 0), PLAIN, "a may be 0"),
    FalseRow("decay-of-a-square", equal(far(fn("exp", -(a**2) * p)), 0), PLAIN, "a may be 0"),
    FalseRow("power-of-any-sign", equal(above(power(p, a)), 0), PLAIN, "a may be 0"),
    FalseRow("inverse-of-what-may-be-singular", equal(both(Inverse(A + p * B) * A), Eye(n)), PLAIN, "A may be 0"),
    FalseRow("inverse-near-singular", equal(both(p * Inverse(A + p * Eye(n))), Zeros(n, n)), PLAIN, "A may be 0"),
    FalseRow(
        "ridge-without-full-rank", equal(above(p * ridge), Zeros(d, d)), PLAIN, "the projection onto the null space"
    ),
    FalseRow("ridge-of-another-matrix", equal(above(ridge * Y.T * y), PseudoInverse(X) * y), PLAIN, "Y is not X"),
    FalseRow(
        "ridge-with-a-metric",
        equal(above(Inverse(X.T * X + p * R) * X.T * y), PseudoInverse(X) * y),
        PLAIN.given(Predicate("positive definite", R)),
        "the minimum in another norm",
    ),
    FalseRow(
        "ridge-that-stays",
        equal(above(Inverse(X.T * X + (1 + p) * Eye(d)) * X.T * y), PseudoInverse(X) * y),
        PLAIN,
        "the shift tends to 1",
    ),
    FalseRow(
        "ridge-on-the-wrong-side",
        equal(above(A * Inverse(A * A.T + p * Eye(n))), PseudoInverse(A.T)),
        PLAIN,
        "A and A^T do not commute",
    ),
    FalseRow(
        "ridge-over-the-shift",
        equal(above((ridge * X.T * y - PseudoInverse(X) * y) / p), Zeros(d)),
        PLAIN,
        "the first-order term",
    ),
    FalseRow("held-over-the-step", equal(both((fn("relu", a + p) - fn("relu", a)) / p), 0), PLAIN, "relu has a slope"),
    FalseRow("norm-over-the-step", equal(both((Norm(x + p * v) - Norm(x)) / p), 0), PLAIN, "the norm has a slope"),
    FalseRow("size-of-a-step", equal(both(Norm(p * x) / p), Norm(x)), PLAIN, "from below it is -|x|"),
    FalseRow("root-of-a-square", equal(far_left(fn("sqrt", p**2 + 1) / p), 1), PLAIN, "it is -1"),
    FalseRow(
        "quotient-without-difference",
        equal(both(fn("phi", p) / p), Apply("phi", as_expression(0), 1)),
        PLAIN,
        "phi(0) may not be 0",
    ),
    FalseRow(
        "second-order-without-first",
        equal(both((fn("phi", a + p) - fn("phi", a)) / p**2), half * Apply("phi", a, 2)),
        PLAIN,
        "the first derivative may not be 0",
    ),
    FalseRow("wrong-factorial", equal(both((fn("exp", p) - 1 - p) / p**2), 1), PLAIN, "it is 1/2"),
    FalseRow("oscillation", equal(both(fn("sin", 1 / p)), 0), PLAIN, "it has no limit"),
    FalseRow("oscillation-far-out", equal(far(fn("cos", p)), 1), PLAIN, "it has no limit"),
    FalseRow("bounded-times-a-constant", equal(far(fn("sin", p) * fn("tanh", p)), 0), PLAIN, "it has no limit"),
    FalseRow("opaque-far-out", equal(far(fn("phi", p) / p), 0), PLAIN, "phi may grow"),
    FalseRow("opaque-against-decay", equal(far(fn("phi", p) * fn("exp", -p)), 0), PLAIN, "phi may grow"),
    FalseRow("opaque-squeezed", equal(above(p * fn("phi", 1 / p)), 0), PLAIN, "phi may grow"),
    FalseRow("growing-exponential", equal(far(fn("exp", p) / p**3), 0), PLAIN, "it grows"),
    FalseRow("equal-rates", equal(far(fn("exp", a * p) / fn("exp", c * p)), 0), PLAIN, "a may be c"),
    FalseRow(
        "same-rate-in-a-sum",
        equal(far(fn("exp", a * p) / (fn("exp", a * p) + fn("exp", c * p))), 1),
        PLAIN,
        "c may be a",
    ),
    FalseRow(
        "leading-coefficient-0",
        equal(far((a * p + 1) / (c * p + 2)), a / c + 0),
        PLAIN.given(less(0, a)),
        "for c = 0 there is no limit, and no right side; c is not known not to be 0",
    ),
    FalseRow(
        "ratio-of-zeros",
        equal(both((fn("exp", a * p) - 1) / (fn("exp", c * p) - 1)) * c, a + 0 * c + a),
        PLAIN,
        "it is a",
    ),
    FalseRow("rank", equal(both(Rank(p * A)), Rank(A)), PLAIN, "a rank is not continuous"),
    FalseRow("rank-of-a-shift", equal(both(Rank(A + p * Eye(n))), Rank(A)), PLAIN, "a rank is not continuous"),
    FalseRow(
        "pseudo-inverse", equal(both(p * PseudoInverse(p * A)), Zeros(n, n)), PLAIN, "it is the pseudo-inverse of A"
    ),
    FalseRow(
        "pseudo-inverse-of-a-shift",
        equal(both(PseudoInverse(A + p * Eye(n))), PseudoInverse(A)),
        PLAIN,
        "it is not continuous",
    ),
    FalseRow("free-and-bound", equal(both(p + 1), p + 1), PLAIN, "p is bound on the left"),
    FalseRow(
        "free-and-bound-under-a-value",
        equal(both(p + 1), 6),
        PLAIN.given(equal(p, 5)),
        "what is bound does not have the value",
    ),
    FalseRow(
        "defined-by-the-free-letter",
        equal(both(g), g),
        Context(definitions=(Definition(g, a * p + 1),)),
        "g moves with p",
    ),
    FalseRow(
        "defined-twice-over",
        equal(both(c), c),
        Context(definitions=(Definition(g, p + 1), Definition(c, g * r))),
        "c moves with g, and g with p",
    ),
    FalseRow("recurrence-of-the-letter", equal(both(h[t]), h[t]), recurrent, "h moves with p"),
    FalseRow("law-of-the-letter", equal(both(Expectation(z)), Expectation(z)), lawful, "the mean moves with p"),
    FalseRow(
        "member-defined-by-the-letter",
        equal(both(h[i]), h[i]),
        Context(definitions=(Definition(h[i], p * x.T * x),)),
        "h moves with p",
    ),
    FalseRow("inner-variable", equal(both(p + both(p, p, 1)), 0), PLAIN, "the inner one tends to 1"),
    FalseRow("inner-variable-outside", equal(both(both(p, p, 1) * p), 1), PLAIN, "the outer one tends to 0"),
    FalseRow("exchanged", equal(both(both(p / (p + q)), q), 1), PLAIN, "the inner limit is 0"),
    FalseRow(
        "limit-of-a-sequence-inside",
        equal(below(Limit(power(p, 2) ** t, t), p, 1), 1),
        PLAIN,
        "the powers vanish first",
    ),
    FalseRow("derivative-by-the-variable", equal(both(Gradient(p**2 + p, p)), 0), PLAIN, "the derivative at 0 is 1"),
    FalseRow(
        "other-side",
        equal(above(fn("phi", 1 / p)), below(fn("phi", 1 / p))),
        PLAIN,
        "from the other side it is something else",
    ),
    FalseRow(
        "other-point", equal(both(fn("phi", p) * a, p, 1), both(fn("phi", p) * a, p, 2)), PLAIN, "at another point"
    ),
    FalseRow("infinities", equal(far(fn("tanh", p)), far_left(fn("tanh", p))), PLAIN, "1 is not -1"),
    FalseRow("difference-of-infinities", equal(far(fn("sqrt", p**2 + p) - p), 0), PLAIN, "it is 1/2"),
    FalseRow("compound", equal(far(power(1 + 1 / p, p)), 1), PLAIN, "it is e"),
    FalseRow("softplus-shifted", equal(far(fn("softplus", p + a) - p), 0), PLAIN, "it is a"),
    FalseRow("log-determinant", equal(both((Det(Eye(n) + p * B) - 1) / p), 2 * Trace(B)), PLAIN, "it is the trace"),
    FalseRow(
        "largest-of-two", equal(above(p * fn("log", fn("exp", a / p) + fn("exp", c / p))), a), PLAIN, "c may be larger"
    ),
    FalseRow("maximum", equal(both(Max(a + p, c)), a), PLAIN, "c may be larger"),
    FalseRow(
        "gradient-quotient",
        equal(both((Gradient(f(x + p * v), x) - Gradient(f(x), x)) / p), Gradient(f(v), v)),
        PLAIN,
        "a Hessian stands there",
    ),
    FalseRow(
        "undeclared-root",
        equal(both(fn("sqrt", u.T * x + p) - fn("sqrt", u.T * x - p)), 1),
        PLAIN,
        "it is 0 where it exists",
    ),
    FalseRow(
        "scaled-log-sum-exp-without-a-scale",
        equal(both(p * fn("log", fn("exp", a / p) + fn("exp", c / p))), Max(a, c)),
        PLAIN,
        "from below it is the least",
    ),
    FalseRow(
        "scale-that-stays",
        equal(above((1 + p) * fn("log", fn("exp", fn("abs", a + p)) + fn("exp", c))), Max(fn("abs", a), c)),
        PLAIN,
        "the scale tends to 1",
    ),
    FalseRow(
        "powers-of-a-negative-number",
        equal(Limit(power(power(a, Int(2 * k)), 1 / (2 * Int(k))), k), a),
        PLAIN,
        "it is the absolute value of a",
    ),
    FalseRow(
        "oscillating-sequence",
        equal(Limit(fn("sin", 22 * Int(k)) / Int(k) + power(-1, Int(k)), k), 1),
        PLAIN,
        "it has no limit",
    ),
    FalseRow(
        "gradient-by-a-name-that-stays",
        equal(both(Gradient(f(z), z)), Gradient(f(z), z)),
        Context(definitions=(Definition(z, x + p * v),)),
        "z moves with p",
    ),
    FalseRow("index-and-letter", equal(Limit(both(h[k] + p, p, a), k), Limit(h[k], k)), PLAIN, "a is left"),
)
CLASSES = {"real limits": LIMITS}
FALSE = {"false real limits": FALSE_LIMITS}
