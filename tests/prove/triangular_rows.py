"""Rows for triangular matrices, numbers none of which is 0, quotients by powers; ``triangular_mutations`` breaks them.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Predicate
from everystep.algebra.expressions import (
    Det,
    Diag,
    Entry,
    Expression,
    Num,
    Ones,
    Pow,
    ProdOver,
    ScalarDerivative,
    SumOver,
    Trace,
    sq,
)
from everystep.algebra.shapes import index
from everystep.prove.triangular import LOWER, UPPER
from tests.prove.statements import PLAIN, A, B, C, D, FalseRow, Row, X, c, equal, i, j, k, less, n, one, x

given = PLAIN.given
EVERY_ENTRY = index(EVERY[0])
triangles = given(Predicate(LOWER, A), Predicate(LOWER, B), Predicate(UPPER, C))
regular = triangles.given(Predicate("invertible", A))
nowhere_zero = given(Predicate("nonzero", Entry(x, EVERY_ENTRY)))


def diagonal(matrix: Expression) -> Expression:
    return Entry(matrix, k, k)


def reciprocals(power: int) -> Expression:
    return over_diagonal(one / Pow(Entry(x, k) + c, Num(power)))


def over_diagonal(body: Expression) -> Expression:
    return SumOver(body, k, 1, n)


ROWS = (
    Row(
        "trace-of-a-product",
        equal(Trace(A * B), over_diagonal(diagonal(A) * diagonal(B))),
        equal(Trace(A * C), over_diagonal(diagonal(A) * diagonal(C))),
        triangles,
    ),
    Row(
        "trace-of-a-square",
        equal(Trace(A * A), over_diagonal(sq(diagonal(A)))),
        equal(Trace(D * D), over_diagonal(sq(diagonal(D)))),
        triangles,
    ),
    Row(
        "diagonal-of-a-cube", equal(diagonal(A**3), diagonal(A) ** 3), equal(diagonal(A**3), 3 * diagonal(A)), triangles
    ),
    Row("diagonal-of-an-inverse", equal(diagonal(A.I), one / diagonal(A)), equal(diagonal(A.I), diagonal(A)), regular),
    Row("entry-beyond", equal(Entry(A, k, k + 1), 0), equal(Entry(A, k + 1, k), 0), triangles),
    Row(
        "determinant-of-a-product",
        equal(Det(A * C), ProdOver(diagonal(A) * diagonal(C), k, 1, n)),
        equal(Det(A * D), ProdOver(diagonal(A) * diagonal(D), k, 1, n)),
        triangles,
    ),
    Row(
        "inverse-of-a-diagonal-matrix",
        equal(Diag(x).I * x, Ones(n)),
        equal(Diag(x).I * x, x),
        nowhere_zero,
    ),
    Row("square-of-an-entry", less(0, sq(Entry(x, i))), less(0, Entry(x, i)), nowhere_zero),
    Row(
        "quotient-by-an-entry",
        equal(Entry(x, i) * Entry(x, j) / Entry(x, i), Entry(x, j)),
        equal(Entry(x, i) * Entry(x, j) / Entry(x, i), Entry(x, i)),
        nowhere_zero,
    ),
    Row(
        "quotient-by-a-power",
        equal(ScalarDerivative(reciprocals(1), c), -reciprocals(2)),
        equal(ScalarDerivative(reciprocals(1), c), reciprocals(2)),
        given(less(0, c), less(0, Entry(x, EVERY_ENTRY))),
    ),
)

CLASSES = {"triangular": ROWS}

FALSE = {
    "false triangular": (
        FalseRow("mixed-kinds", ROWS[0].false, triangles, "the diagonal of a product of a lower and an upper one"),
        FalseRow("entry-below", equal(Entry(A, k + 1, k), 0), triangles, "a lower triangular matrix has entries below"),
        FalseRow(
            "sum-of-what-is-nowhere-zero",
            less(0, sq(SumOver(Entry(x, k), k, 1, n))),
            nowhere_zero,
            "a sum of numbers none of which is 0 may be 0",
        ),
        FalseRow(
            "triangular-variable",
            equal(Trace(A * X * X.T), over_diagonal(diagonal(A) * diagonal(X * X.T))),
            triangles,
            "one factor of the product is not triangular",
        ),
    ),
}
