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
    log,
    sq,
)
from everystep.algebra.shapes import index
from everystep.prove.triangular import LOWER, UPPER
from tests.prove.statements import PLAIN, A, B, C, D, FalseRow, Row, X, at_most, c, equal, i, j, k, less, n, one, x

given = PLAIN.given
EVERY_ENTRY = index(EVERY[0])
triangles = given(Predicate(LOWER, A), Predicate(LOWER, B), Predicate(UPPER, C))
regular = triangles.given(Predicate("invertible", A))
nowhere_zero = given(Predicate("nonzero", Entry(x, EVERY_ENTRY)))
on_the_diagonal = Entry(A, EVERY_ENTRY, EVERY_ENTRY)
one_by_one = SumOver(SumOver(Entry(A, i, j), i, 1, n), j, 1, n)
positive_diagonal = given(less(0, on_the_diagonal))
positive_triangle = given(less(0, on_the_diagonal), Predicate(LOWER, A))


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
    Row("trace-of-a-positive-diagonal", less(0, Trace(A)), less(0, one_by_one), positive_diagonal),
    Row("entry-of-a-positive-diagonal", less(0, Entry(A, i, i)), less(0, Entry(A, i, j)), positive_diagonal),
    Row(
        "entries-of-a-diagonal-without-zeros",
        less(0, sq(Entry(A, i, i))),
        less(0, sq(Entry(A, i, j))),
        given(Predicate("nonzero", on_the_diagonal)),
    ),
    Row("determinant-of-a-positive-triangle", less(0, Det(A)), less(one, Det(A)), positive_triangle),
    Row(
        "determinant-of-a-Gram-matrix-of-a-triangle",
        equal(log(Det(A * A.T)), 2 * over_diagonal(log(diagonal(A)))),
        equal(log(Det(A * A.T)), over_diagonal(log(diagonal(A)))),
        positive_triangle,
    ),
    Row("trace-of-a-nonnegative-diagonal", at_most(0, Trace(A)), less(0, Trace(A)), given(at_most(0, on_the_diagonal))),
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
        FalseRow("full-matrix", less(0, Det(A)), positive_diagonal, "the diagonal says nothing of a full matrix"),
        FalseRow("all-entries", less(0, Entry(A, i, j)), positive_diagonal, "entries off the diagonal have any sign"),
        FalseRow(
            "no-sum-of-entries",
            less(0, one_by_one),
            positive_diagonal,
            "entries off the diagonal have any sign",
        ),
        FalseRow(
            "triangular-variable",
            equal(Trace(A * X * X.T), over_diagonal(diagonal(A) * diagonal(X * X.T))),
            triangles,
            "one factor of the product is not triangular",
        ),
    ),
}
