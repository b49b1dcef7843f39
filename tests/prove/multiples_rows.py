"""Rows for functions of sums and multiples: angles, and exponentials of matrices.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Context, Hypothesis, Predicate
from everystep.algebra.expressions import Apply, Expression, Eye, MatrixFunction, Ones, ScalarDerivative, odot
from tests.prove.statements import PLAIN, A, B, C, FalseRow, P, Q, Row, a, c, equal, g, half, invertible, n, x, y


def given(*hypotheses: Hypothesis) -> Context:
    return Context(hypotheses=hypotheses)


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
FALSE_EXPONENTIALS = (
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
CLASSES = {"angles": ANGLES, "matrix exponentials": EXPONENTIALS}
FALSE = {"false angles": FALSE_ANGLES, "false matrix exponentials": FALSE_EXPONENTIALS}
