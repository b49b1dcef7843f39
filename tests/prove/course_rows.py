"""Rows for members at one index as letters, solutions of recurrences, contractions, sums term by term, entries between
bounds, a matrix beside its inverse.

``test_normal_form`` and ``test_false_statements`` run them with their own; ``course_mutations`` breaks the rules.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Rational

from everystep.algebra.context import EVERY, Context, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Diag,
    Entry,
    Expression,
    Eye,
    Family,
    Gradient,
    Max,
    Min,
    Norm,
    Num,
    Ones,
    ScalarDerivative,
    SumOver,
    Trace,
    log,
    norm,
    sqrt,
)
from everystep.algebra.shapes import index
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    FalseRow,
    P,
    Row,
    S,
    V,
    X,
    Y,
    a,
    at_most,
    b,
    c,
    d,
    equal,
    f,
    h,
    half,
    i,
    k,
    n,
    t,
    x,
    y,
)
from tests.prove.trace_rows import definite, semidefinite

given = PLAIN.given
every = index(EVERY[0])
quarter = Num(Rational(1, 4))
orthonormal = given(equal(X.T * X, Eye(d)))
m = Family("m", n)


def pair(first: object, second: object) -> Expression:
    return Family("g")[first, second]


def size(number: Expression) -> Expression:
    return Apply("abs", number)


def over(body: Expression, at: object = i) -> Expression:
    return SumOver(body, at, 1, n)


weights = over(pair(i, k))
U = Family("U", n, n)
centred = given(*definite(U[every], U[k]), equal(over(pair(i, k) * (U[k].I * (V[i] - m[k]))), x * 0))
walk = Context(recurrences=(Recurrence(h[t], a * h[t - 1] + c * f[t]),), hypotheses=(at_most(0, t),))
multiplied = given(
    equal(over(f[i] * (h[i] / f[i] - c)), 0),
    equal(over(f[i]), 1),
    equal(h[k] / f[k] - c, 0),
    Relation(f[every], ">", Num(0)),
)


def entries(vector: Expression, op: str, bound: object) -> Relation:
    return Relation(Entry(vector, every), op, Num(bound))


positive = given(entries(x, ">", 0), entries(y, ">", 0))
shares = positive.given(equal(over(Entry(x, i)), 1), equal(over(Entry(y, i)), 1))
between = given(entries(x, ">=", 0), entries(x, "<=", 1))
stochastic = given(Relation(Entry(A, every, index(EVERY[1])), ">=", Num(0)), equal(A * Ones(n, 1), Ones(n, 1)))
xi, yi = Entry(x, i), Entry(y, i)
entropy = over(xi * log(xi / yi))

CLASSES = {
    "members at one index": (
        Row(
            "weighted-mean", equal(weights * m[k], over(pair(i, k) * V[i])), equal(weights * m[k], over(V[i])), centred
        ),
        Row("another-index", equal(over(h[i]), c), equal(over(f[i]), c), multiplied),
    ),
    "solved recurrences": (
        Row(
            "by-a-weight",
            equal(ScalarDerivative(h[t], c), SumOver(a ** (t - k) * f[k], k, 1, t)),
            equal(ScalarDerivative(h[t], c), SumOver(a ** (t - k) * f[k], k, 0, t - 1)),
            walk,
        ),
    ),
    "course bounds": (
        Row(
            "contraction",
            at_most(Norm(X.T * Y, "F"), Norm(Y, "F")),
            at_most(Norm(Y, "F"), Norm(X.T * Y, "F")),
            orthonormal,
        ),
        Row(
            "form",
            at_most(x.T * A * y, a * norm(x) * norm(y)),
            at_most(x.T * A * y, a * norm(x)),
            given(at_most(Norm(A), a)),
        ),
        Row(
            "roots",
            at_most(size(x.T * y), sqrt(x.T * S * x) * sqrt(y.T * S.I * y)),
            at_most(size(x.T * y), sqrt(x.T * S * x) * sqrt(y.T * S * y)),
            given(*definite(S)),
        ),
        Row(
            "matrix-and-inverse",
            at_most(x.T * y, half * x.T * S * x + half * y.T * S.I * y),
            at_most(x.T * y, quarter * x.T * S * x + quarter * y.T * S.I * y),
            given(*definite(S)),
        ),
        Row("terms", at_most(over(log(xi)), over(xi - 1)), at_most(over(xi - 1), over(log(xi))), positive),
        Row(
            "squares-of-terms",
            at_most(over(2 * log(xi) - yi**2), over(xi**2 - 1)),
            at_most(over(2 * log(xi) + yi**2), over(xi**2 - 1)),
            given(entries(x, ">", 0)),
        ),
        Row("chi-squared", at_most(entropy, over(xi**2 / yi) - 1), at_most(entropy, over(yi**2 / xi) - 1), shares),
        Row(
            "trace",
            at_most(Trace(X.T * S * X), Trace(S)),
            at_most(Trace(S), Trace(X.T * S * X)),
            orthonormal.given(*semidefinite(S)),
        ),
        Row(
            "spectrum",
            at_most(Norm(Eye(n) - S), Max(size(1 - a), size(1 - c))),
            at_most(Norm(Eye(n) - S), Min(size(1 - a), size(1 - c))),
            given(*semidefinite(S - a * Eye(n), c * Eye(n) - S), equal(S, S.T)),
        ),
        Row("stochastic", at_most(Norm(A * x, "inf"), Norm(x, "inf")), at_most(Norm(A * x), norm(x)), stochastic),
        Row("entries-between", at_most(Norm(Diag(x)), 1), at_most(Norm(Diag(x)), half), between),
    ),
}

FALSE = {
    "false members at one index": (
        FalseRow(
            "under-a-derivative",
            equal(ScalarDerivative(over(h[i] ** 2), h[k]), 0),
            given(at_most(1, k), at_most(k, n)),
            "the member varies in the sum",
        ),
        FalseRow("two-indices", equal(h[k], h[i]), PLAIN, "members at two indices are two letters"),
    ),
    "false solved recurrences": (
        FalseRow(
            "by-the-member-before",
            equal(ScalarDerivative(h[t], h[t - 1]), 0),
            replace(walk, hypotheses=(at_most(2, t),)),
            "what is differentiated by is held free",
        ),
        FalseRow(
            "matrix-that-moves",
            equal(ScalarDerivative(h[t], c), 0),
            Context(recurrences=(Recurrence(h[t], f[t] * h[t - 1] + c),), hypotheses=(at_most(1, t),)),
            "the factor is another one at each step",
        ),
    ),
    "false course bounds": (
        FalseRow("any-factor", at_most(Norm(X.T * Y, "F"), Norm(Y, "F")), PLAIN, "nothing bounds X"),
        FalseRow(
            "length-below-the-largest-entry",
            at_most(Norm(A * x), Norm(x, "inf")),
            given(at_most(Norm(A), 1)),
            "A = I and x = (1, 1): the length of a vector is more than its largest entry",
        ),
        FalseRow(
            "columns-of-a-stochastic-matrix",
            at_most(Norm(A.T * x, "inf"), Norm(x, "inf")),
            stochastic,
            "the columns may add up to n",
        ),
        FalseRow(
            "rows-with-signs",
            at_most(Norm(A * x, "inf"), Norm(x, "inf")),
            given(equal(A * Ones(n, 1), Ones(n, 1))),
            "entries may be negative",
        ),
        FalseRow(
            "spectrum-from-one-side",
            at_most(Norm(Eye(n) - S), Max(size(1 - a), size(1 - c))),
            given(*semidefinite(S - a * Eye(n)), equal(S, S.T)),
            "nothing bounds S from above",
        ),
        FalseRow("trace-of-any", at_most(Trace(A * S * A.T), Trace(S)), given(*semidefinite(S)), "nothing bounds A"),
        FalseRow(
            "trace-of-an-indefinite",
            at_most(Trace(X.T * S * X), Trace(S)),
            orthonormal.given(equal(S, S.T)),
            "S may have a negative trace",
        ),
        FalseRow(
            "another-inverse",
            at_most(x.T * y, half * x.T * S * x + half * y.T * P.I * y),
            given(*definite(S, P)),
            "the inverse is that of another matrix",
        ),
        FalseRow(
            "some-entries",
            at_most(Norm(Diag(x)), 1),
            given(at_most(0, Entry(x, k)), at_most(Entry(x, k), 1)),
            "only one entry is bounded",
        ),
        FalseRow(
            "one-end",
            at_most(Norm(Diag(x)), 1),
            given(entries(x, "<=", 1)),
            "the entries may be far below 0",
        ),
        FalseRow(
            "mixed-norms", at_most(Norm(A * B, "F"), Norm(B)), given(at_most(Norm(A), 1)), "F and the operator norm"
        ),
        FalseRow(
            "gradient-of-a-symmetric-member",
            equal(Gradient(b.T * U[k] * b, U[k]), b * b.T * 0),
            given(*definite(U[every])),
            "the derivative by a member of a symmetric family is not 0",
        ),
    ),
}
