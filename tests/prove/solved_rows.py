"""Rows for equations solved for a name, and for vectors in brackets taken as one letter.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import (
    Expectation,
    Expression,
    Eye,
    Gradient,
    Int,
    ScalarDerivative,
    SumOver,
    Zeros,
    sq,
)
from tests.prove.statements import (
    A,
    FalseRow,
    Row,
    S,
    T,
    X,
    a,
    at_most,
    b,
    beta,
    c,
    d,
    equal,
    f,
    g,
    h,
    less,
    n,
    r,
    t,
    u,
    x,
    y,
)


def given(*hypotheses: Hypothesis) -> Context:
    return Context(hypotheses=hypotheses)


def nonzero(*values: Expression) -> tuple[Predicate, ...]:
    return tuple(Predicate("nonzero", value) for value in values)


definite, semidefinite = Predicate("positive definite", S), Predicate("positive semidefinite", S)
residual = S * x - b
total = SumOver(h[t], t, 1, T)
weighted = SumOver(h[t] * f[t], t, 1, T)

SOLVED = (
    Row(
        "by-a-definite-form",
        equal(a, (u.T * b) / (u.T * S * u)),
        equal(a, u.T * b),
        given(definite, *nonzero(u), equal(a * (u.T * S * u), u.T * b)),
    ),
    Row(
        "by-a-negative-form",
        equal(a, -(u.T * b) / (u.T * S * u)),
        equal(a, u.T * b / (u.T * S * u)),
        given(definite, *nonzero(u), equal(u.T * b + a * (u.T * S * u), 0)),
    ),
    Row(
        "by-a-sum",
        equal(a, weighted / total),
        equal(a, weighted),
        given(less(0, total), equal(ScalarDerivative(SumOver(h[t] * (f[t] - a) ** 2, t, 1, T), a), 0)),
    ),
    Row(
        "from-denominators",
        equal(c, sq(x) / Int(n)),
        equal(c, sq(x)),
        given(less(0, c), equal(Int(n) / c - sq(x) / c**2, 0)),
    ),
    Row("by-a-difference", equal(a, 0), equal(a, 1), given(Relation(c, "!=", g), equal(a * c, a * g))),
    Row(
        "by-a-regularised-gram-matrix",
        equal(beta, X.T * (X * X.T + c * Eye(n)).I * y),
        equal(beta, X.T * y),
        given(less(0, c), equal(Gradient(sq(y - X * beta) + c * sq(beta), beta), Zeros(d))),
    ),
    Row(
        "by-a-negative-matrix",
        equal(x, Zeros(n)),
        equal(x, b),
        given(definite, less(0, c), equal(-(S * x), c * x)),
    ),
)
FALSE_SOLVED = (
    FalseRow(
        "by-a-semidefinite-form",
        equal(a, 0),
        given(semidefinite, *nonzero(u), equal(a * (u.T * S * u), 0)),
        "u may be in the kernel of S",
    ),
    FalseRow("by-a-difference-of-any", equal(a, 0), given(equal(a * c, a * g)), "c and g may be equal"),
    FalseRow("square-of-any", equal(c, 1), given(equal(c**2, c)), "c may be 0"),
    FalseRow("two-roots", equal(c, 2), given(equal(c**2, c + 2)), "c may be -1"),
    FalseRow(
        "by-an-indefinite-matrix",
        equal(x, Zeros(n)),
        given(definite, less(0, c), equal(S * x, c * x)),
        "c may be an eigenvalue",
    ),
    FalseRow(
        "by-a-wide-gram-matrix",
        equal(beta, Zeros(d)),
        given(equal(X.T * X * beta, Zeros(d))),
        "X may have dependent columns",
    ),
    FalseRow(
        "random-by-an-equation",
        equal(Expectation(g), g),
        Context(
            random=(Random(a, "gaussian", (r, c**2)),),
            hypotheses=(definite, *nonzero(u), equal(g * (u.T * S * u), a * (u.T * S * u))),
        ),
        "g is a, which is random",
    ),
    FalseRow("from-the-unknown", equal(x, Zeros(n)), given(equal(a * sq(x) * x, c * x)), "sq(x) may be c / a"),
)
LETTERS = (
    Row("descent", less(-sq(residual), 0), less(0, -sq(residual)), given(*nonzero(residual))),
    Row(
        "newton-direction",
        less(0, residual.T * S.I * residual),
        less(residual.T * S.I * residual, 0),
        given(definite, *nonzero(residual)),
    ),
    Row(
        "image-of-a-vector",
        less(0, (A * x).T * S * (A * x)),
        less((A * x).T * S * (A * x), 0),
        given(definite, *nonzero(A * x)),
    ),
    Row(
        "short-step",
        at_most(0, a * sq(residual) - a**2 * r * sq(residual)),
        less(0, a * sq(residual) - a**2 * r * sq(residual)),
        given(less(0, a), less(0, r), at_most(a * r, 1)),
    ),
)
FALSE_LETTERS = (
    FalseRow("descent-at-rest", less(-sq(residual), 0), given(), "the residual may be 0"),
    FalseRow(
        "form-of-a-semidefinite",
        less(0, residual.T * S * residual),
        given(semidefinite, *nonzero(residual)),
        "the residual may be in the kernel of S",
    ),
    FalseRow(
        "derivative-of-a-letter",
        at_most(0, ScalarDerivative(sq(x - a * b), a)),
        given(),
        "the vector moves with a",
    ),
    FalseRow(
        "another-vector",
        less(0, sq(S * x + b)),
        given(*nonzero(residual)),
        "another vector is not zero",
    ),
    FalseRow(
        "sum-of-members",
        at_most(SumOver(sq(x - Int(t) * y), t, 1, T), Int(T) * sq(x - Int(t) * y)),
        given(),
        "the vector moves with the index",
    ),
)
CLASSES = {"solved": SOLVED, "letters": LETTERS}
FALSE = {"false solved": FALSE_SOLVED, "false letters": FALSE_LETTERS}
