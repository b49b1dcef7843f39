"""Rows for adjugates; ``adjugate_mutations`` breaks their rule.

``test_normal_form`` and ``test_false_statements`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import Predicate
from everystep.algebra.expressions import Adjugate, Det, Eye, Int, PseudoInverse, Rank, Zeros
from tests.prove.statements import PLAIN, A, B, FalseRow, Row, equal, n, x, y

given = PLAIN.given
dyad = x * y.T

ROWS = (
    Row("times-its-matrix", equal(A * Adjugate(A), Det(A) * Eye(n)), equal(A * Adjugate(A), Eye(n)), PLAIN),
    Row("of-a-product", equal(Adjugate(A * B), Adjugate(B) * Adjugate(A)), equal(Adjugate(A * B), Adjugate(B)), PLAIN),
    Row(
        "determinant-of-an-update",
        equal(Det(A + dyad), Det(A) + y.T * Adjugate(A) * x),
        equal(Det(A + dyad), Det(A) + x.T * Adjugate(A) * x),
        PLAIN,
    ),
    Row(
        "of-a-sum-of-names",
        equal((A + B) * Adjugate(A + B), Det(A + B) * Eye(n)),
        equal((A + B) * Adjugate(A + B), Det(A) * Eye(n)),
        PLAIN,
    ),
)
UNTRUE = (
    FalseRow("of-a-name-less-itself", equal(Adjugate(A - A), Zeros(n, n)), PLAIN, "n = 1: the adjugate is 1"),
    FalseRow(
        "on-the-null-space-of-a-sum",
        equal(Adjugate(A + B) * x, Zeros(n, 1)),
        given(equal((A + B) * x, Zeros(n, 1))),
        "A = B = 0 and n = 1: the adjugate is 1",
    ),
    FalseRow("rank-of-an-adjugate", equal(Rank(Adjugate(A)), Int(n)), PLAIN, "A = 0"),
    FalseRow("of-a-projection", equal(Adjugate(A), Eye(n)), given(equal(A * A, A)), "A = 0 and n > 1"),
    FalseRow(
        "of-an-idempotent-matrix", equal(Adjugate(A), Eye(n)), given(Predicate("idempotent", A)), "A = 0 and n > 1"
    ),
    FalseRow(
        "on-a-null-space",
        equal(Adjugate(A) * x, Zeros(n, 1)),
        given(equal(A * x, Zeros(n, 1))),
        "A = 0 and n = 1: the adjugate is 1",
    ),
    FalseRow(
        "beside-a-pseudo-inverse",
        equal(PseudoInverse(A) * A * Adjugate(A), Adjugate(A)),
        PLAIN,
        "A of rank n - 1: the columns of its adjugate are in its null space",
    ),
    FalseRow("of-a-dyad", equal(Adjugate(dyad), Zeros(n, n)), PLAIN, "n = 1 and n = 2"),
    FalseRow("of-a-sum", equal(Adjugate(A + B), Adjugate(A) + Adjugate(B)), PLAIN, "det(A + B) is no sum"),
    FalseRow("by-an-inverse", equal(Adjugate(A), Det(B) * A.I), PLAIN, "B is not A"),
)
CLASSES = {"adjugates": ROWS}
FALSE = {"false adjugates": UNTRUE}
