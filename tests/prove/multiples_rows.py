"""Rows for functions of sums and multiples: angles, and exponentials of matrices.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Predicate, Relation
from everystep.algebra.expressions import (
    Apply,
    Diag,
    Entry,
    Expression,
    Eye,
    Gradient,
    Int,
    MatrixFunction,
    Num,
    Ones,
    Pow,
    ScalarDerivative,
    SumOver,
    Trace,
    odot,
)
from tests.prove.statements import (
    PLAIN,
    A,
    B,
    C,
    FalseRow,
    P,
    Q,
    Row,
    a,
    at_most,
    c,
    equal,
    g,
    half,
    i,
    invertible,
    k,
    n,
    x,
    y,
)


def given(*hypotheses: Hypothesis) -> Context:
    return Context(hypotheses=hypotheses)


def differ(left: Expression, right: int) -> Relation:
    return Relation(left, "!=", Num(right))


def sin(e: Expression) -> Apply:
    return Apply("sin", e)


def cos(e: Expression) -> Apply:
    return Apply("cos", e)


def exp(e: Expression) -> MatrixFunction:
    return MatrixFunction("exp", e)


commuting = given(equal(A * B, B * A))
ANGLES = (
    Row("sine-of-difference", equal(sin(a - c), sin(a) * cos(c) - cos(a) * sin(c)), equal(sin(a - c), sin(a) - sin(c))),
    Row(
        "sine-of-three",
        equal(sin(a + c + g), sin(a + c) * cos(g) + cos(a + c) * sin(g)),
        equal(sin(a + c + g), sin(a + c) * cos(g) - cos(a + c) * sin(g)),
    ),
    Row("triple-angle", equal(sin(3 * a), 3 * sin(a) - 4 * sin(a) ** 3), equal(sin(3 * a), 3 * sin(a))),
    Row("half-angle", equal(2 * cos(a / 2) ** 2, 1 + cos(a)), equal(2 * cos(a / 2) ** 2, 1 - cos(a))),
    Row(
        "other-denominators",
        equal(cos(a / 2 + c), cos(a / 2) * cos(c) - sin(a / 2) * sin(c)),
        equal(cos(a / 2 + c), cos(a) * cos(c) - sin(a) * sin(c)),
    ),
    Row(
        "product-to-sum",
        equal(sin(a) * sin(c), half * (cos(a - c) - cos(a + c))),
        equal(sin(a) * sin(c), half * (cos(a - c) + cos(a + c))),
    ),
    Row(
        "entry-by-entry",
        equal(sin(x + y), odot(sin(x), cos(y)) + odot(cos(x), sin(y))),
        equal(sin(x + y), odot(sin(x), cos(y)) - odot(cos(x), sin(y))),
    ),
    Row(
        "derivative-of-a-square",
        equal(ScalarDerivative(sin(a) ** 2, a), sin(2 * a)),
        equal(ScalarDerivative(sin(a) ** 2, a), 2 * sin(2 * a)),
    ),
)
EXPONENTIALS = (
    Row("cube", equal(exp(3 * A), exp(A) * exp(A) * exp(A)), equal(exp(3 * A), exp(A) * exp(A))),
    Row("other-multiples", equal(exp(3 * A), exp(2 * A) * exp(A)), equal(exp(3 * A), exp(2 * A) * exp(2 * A))),
    Row("half", equal(exp(half * A) ** 2, exp(A)), equal(exp(half * A) ** 2, 2 * exp(A))),
    Row("negative-multiple", equal(exp(-2 * A), exp(-A) ** 2), equal(exp(-2 * A), exp(A) ** 2)),
    Row("transposed-multiple", equal(exp(2 * A.T), (exp(A) ** 2).T), equal(exp(2 * A.T), exp(A) ** 2)),
    Row("commuting", equal(exp(A + B), exp(B) * exp(A)), equal(exp(A + B), exp(B) + exp(A)), commuting),
    Row(
        "commuting-by-itself",
        equal(exp(a * A + c * A), exp(a * A) * exp(c * A)),
        equal(exp(a * A + c * A), exp(a * c * A)),
    ),
    Row("shifted", equal(exp(A + a * Eye(n)), Apply("exp", a) * exp(A)), equal(exp(A + a * Eye(n)), a * exp(A))),
    Row(
        "similar",
        equal(exp(a * (P * A * B * P.I)), P * exp(a * A * B) * P.I),
        equal(exp(a * (P * A * B * P.I)), P.I * exp(a * A * B) * P),
        given(*invertible(P)),
    ),
    Row(
        "similar-by-a-rotation",
        equal(exp(Q * A * Q.T), Q * exp(A) * Q.T),
        equal(exp(Q * A * Q.T), Q.T * exp(A) * Q),
        given(Predicate("orthogonal", Q)),
    ),
)
identity = Eye(n)
e = Apply("exp", Num(1))
growth, decay = Apply("exp", a), Apply("exp", -a)
projection, unit = equal(A * A, A), equal(x.T * x, 1)
WITH_EQUATIONS = (
    Row(
        "projection",
        equal(exp(a * A), identity + (growth - 1) * A),
        equal(exp(a * A), identity + growth * A),
        given(projection),
    ),
    Row(
        "complement-of-a-projection",
        equal(exp(a * (identity - A)), A + growth * (identity - A)),
        equal(exp(a * (identity - A)), identity - A + growth * A),
        given(projection),
    ),
    Row(
        "reflection",
        equal(exp(a * A), (growth + decay) / 2 * identity + (growth - decay) / 2 * A),
        equal(exp(a * A), (growth + decay) / 2 * identity - (growth - decay) / 2 * A),
        given(equal(A * A, identity)),
    ),
    Row(
        "rotation",
        equal(exp(a * A), cos(a) * identity + sin(a) * A),
        equal(exp(a * A), cos(a) * identity - sin(a) * A),
        given(equal(A * A, -identity)),
        refuted=False,  # no instance is found of an equation without real eigenvalues
    ),
    Row(
        "two-eigenvalues",
        equal(exp(A), (2 * e - e**2) * identity + (e**2 - e) * A),
        equal(exp(A), (2 * e - e**2) * identity + (e**2 + e) * A),
        given(equal(A * A, 3 * A - 2 * identity)),
    ),
    Row(
        "one-eigenvalue",
        equal(exp(a * A), growth**2 * (identity + a * (A - 2 * identity))),
        equal(exp(a * A), growth**2 * (identity + a * A)),
        given(equal(A * A, 4 * A - 4 * identity)),
    ),
    Row(
        "rotation-in-space",
        equal(exp(a * A), identity + sin(a) * A + (1 - cos(a)) * A * A),
        equal(exp(a * A), identity + sin(a) * A - (1 - cos(a)) * A * A),
        given(equal(A * A * A, -A)),
        refuted=False,
    ),
    Row(
        "outer-product",
        equal(exp(a * x * y.T), identity + (Apply("exp", a * y.T * x) - 1) / (y.T * x) * x * y.T),
        equal(exp(a * x * y.T), identity + (Apply("exp", a * x.T * x) - 1) / (x.T * x) * x * y.T),
        given(differ(y.T * x, 0), differ(x.T * x, 0)),
    ),
    Row(
        "unit-vector",
        equal(exp(a * x * x.T), identity + (growth - 1) * x * x.T),
        equal(exp(a * x * x.T), identity + growth * x * x.T),
        given(unit),
    ),
    Row(
        "derivative",
        equal(ScalarDerivative(exp(a * A), a), growth * A),
        equal(ScalarDerivative(exp(a * A), a), growth * identity),
        given(projection),
    ),
    Row(
        "trace",
        equal(Trace(exp(a * A)), Int(n) + (growth - 1) * Trace(A)),
        equal(Trace(exp(a * A)), Int(n) + growth * Trace(A)),
        given(projection),
    ),
    Row(
        "by-eigenvectors",
        equal(Trace(exp(P * Diag(x) * P.I)), SumOver(Apply("exp", Entry(x, i)), i, 1, n)),
        equal(Trace(exp(P * Diag(x) * P.I)), Apply("exp", SumOver(Entry(x, i), i, 1, n))),
        given(*invertible(P)),
    ),
    Row(
        "power-by-eigenvectors",
        equal(Trace(Pow(P.I * Diag(x) * P, Int(k))), SumOver(Pow(Entry(x, i), Int(k)), i, 1, n)),
        equal(Trace(Pow(P.I * Diag(x) * P, Int(k))), Pow(SumOver(Entry(x, i), i, 1, n), Int(k))),
        given(*invertible(P), at_most(1, Int(k))),
    ),
)
FALSE_EXPONENTIALS = (
    FalseRow(
        "sum-of-projections",
        equal(exp(A + B), identity + (e - 1) * (A + B)),
        given(projection, equal(B * B, B)),
        "A B + B A need not be 0",
    ),
    FalseRow("of-any-matrix", equal(exp(a * A), identity + (growth - 1) * A), PLAIN, "A need not be a projection"),
    FalseRow(
        "of-a-fourth-power",
        equal(exp(a * A), cos(a) * identity + sin(a) * A),
        given(equal(A * A * A * A, identity)),
        "A^2 need not be -I",
    ),
    FalseRow(
        "outer-product-of-orthogonal-vectors",
        equal(exp(x * y.T), identity + (e - 1) * x * y.T),
        PLAIN,
        "y^T x need not be 1",
    ),
    FalseRow(
        "derivative-where-a-projection",
        equal(Gradient(Trace(exp(A)), A), (e - 1) * identity),
        given(projection),
        "the gradient is taken over all A",
    ),
    FalseRow(
        "between-a-matrix-twice",
        equal(exp(P * Diag(x) * P), P * Diag(Apply("exp", x)) * P),
        given(*invertible(P)),
        "P is not its inverse",
    ),
    FalseRow("not-commuting", equal(exp(A + B), exp(A) * exp(B)), PLAIN, "A and B need not commute"),
    FalseRow("two-of-three-commute", equal(exp(A + C), exp(A) * exp(C)), commuting, "A and C need not commute"),
    FalseRow("not-similar", equal(exp(P * A * B), P * exp(A) * B), given(*invertible(P)), "B is not the inverse of P"),
    FalseRow(
        "shifted-by-ones",
        equal(exp(A + a * Ones(n, n)), Apply("exp", a) * exp(A)),
        PLAIN,
        "the matrix of ones is not the identity",
    ),
    FalseRow(
        "shifted-by-a-diagonal",
        equal(exp(odot(x * x.T, Eye(n))), odot(x * x.T, Eye(n))),
        PLAIN,
        "a diagonal matrix is no multiple of the identity",
    ),
)
FALSE_ANGLES = (
    FalseRow("sum-of-sines", equal(sin(a + c), sin(a) + sin(c)), PLAIN, "sine is not linear"),
    FalseRow("half-of-a-sine", equal(2 * sin(a / 2), sin(a)), PLAIN, "sine is not linear"),
)
CLASSES = {"angles": ANGLES, "matrix exponentials": (*EXPONENTIALS, *WITH_EQUATIONS)}
FALSE = {"false angles": FALSE_ANGLES, "false matrix exponentials": FALSE_EXPONENTIALS}
