"""Rows for nilpotent matrices: traces, determinants, exponentials, inverses.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.expressions import Det, Entry, Expression, Eye, Gradient, Int, MatrixFunction, Pow, Trace, Zeros
from tests.prove.statements import PLAIN as plain
from tests.prove.statements import A, B, FalseRow, Row, a, at_most, c, equal, i, invertible, k, n

given = plain.given
eye, nothing = Eye(n), Zeros(n, n)
square, cube = equal(A * A, nothing), equal(A**3, nothing)
some = equal(Pow(A, Int(n)), nothing)


def exp(e: Expression) -> Expression:
    return MatrixFunction("exp", e)


ROWS = (
    Row("trace", equal(Trace(A), 0), equal(Trace(A.T * A), 0), given(square)),
    Row("trace-of-a-power", equal(Trace(A**2), 0), equal(A**2, nothing), given(cube)),
    Row("trace-of-some-order", equal(Trace(A * A * A), 0), equal(A * A * A, nothing), given(some)),
    Row(
        "determinant",
        equal(Det(c * eye + a * A), c ** Int(n)),
        equal(Det(c * eye + a * A.T * A), c ** Int(n)),
        given(square),
    ),
    Row("determinant-of-a-polynomial", equal(Det(eye - A + A * A), 1), equal(Det(eye - A + A * A.T), 1), given(cube)),
    Row("determinant-alone", equal(Det(A), 0), equal(Det(A + eye), 0), given(some)),
    Row("exponential", equal(exp(a * A), eye + a * A), equal(exp(a * A), eye + A), given(square)),
    Row(
        "exponential-of-order-three",
        equal(exp(a * A), eye + a * A + a**2 * A * A / 2),
        equal(exp(a * A), eye + a * A + a**2 * A * A),
        given(cube),
    ),
    Row("inverse-of-order-three", equal((eye - A).I, eye + A + A * A), equal((eye - A).I, eye + A), given(cube)),
)

UNTRUE = (
    FalseRow("trace-of-two-nilpotent", equal(Trace(A * B), 0), given(square, equal(B * B, nothing)), "B = A^T"),
    FalseRow(
        "part-of-a-trace",
        equal(Entry(A, i, i), 0),
        given(square, at_most(1, Int(i)), at_most(Int(i), Int(n))),
        "entries on the diagonal may be 1 and -1",
    ),
    FalseRow("determinant-beside-another", equal(Det(B + A), Det(B)), given(square, *invertible(B)), "B is not a I"),
    FalseRow("exponential-of-a-lower-order", equal(exp(A), eye + A), given(cube), "the square stays"),
    FalseRow("square-that-is-itself", equal(Trace(A), 0), given(equal(A * A, A)), "the trace is the rank"),
    FalseRow("zero-by-another-factor", equal(Trace(A), 0), given(equal(A * B, nothing)), "B = 0"),
    FalseRow(
        "derivative-where-nilpotent",
        equal(Gradient(Det(eye + A), A), nothing),
        given(square),
        "the gradient is taken over all A",
    ),
    FalseRow(
        "power-of-any-exponent", equal(A, nothing), given(equal(Pow(A, Int(k)), nothing), at_most(2, Int(k))), "k = 2"
    ),
)
CLASSES = {"nilpotent": ROWS}
FALSE = {"false nilpotent": UNTRUE}
