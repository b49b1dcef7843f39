"""Rows about matrices of stated small sizes, which are written out entry by entry, each with a false twin.

``test_normal_form`` and ``test_mutations`` run them with their own.
"""

from __future__ import annotations

from everystep.algebra.context import EVERY, Predicate
from everystep.algebra.expressions import (
    Adjugate,
    Block,
    Det,
    Entry,
    Expression,
    Eye,
    Gradient,
    Hessian,
    Inverse,
    Norm,
    Num,
    Softmax,
    SumOver,
    Trace,
    matrix,
    scalar,
    sqrt,
    vector,
)
from everystep.algebra.shapes import index
from tests.identities.notation import exp
from tests.prove.statements import PLAIN, Row, equal, i, invertible, k, less, n, x, y

A2, B2, A3, A4 = matrix("A_2", 2, 2), matrix("B_2", 2, 2), matrix("A_3", 3, 3), matrix("A_4", 4, 4)
x2 = vector("x_2", 2)
p, q, r, s = (scalar(name) for name in "pqrs")
PQRS = Block(2, p, q, r, s)
ADJUGATE = Block(2, s, -q, -r, p)


def power_sums(a: Expression) -> tuple[Expression, Expression, Expression]:
    return Trace(a), Trace(a * a), Trace(a * a * a)


def shifted_determinant(a: Expression, size: int) -> Expression:
    """det(I + A) by Newton's identities, for a size of 2 to 4."""
    first, second, third = power_sums(a)
    result = 1 + first + Det(a)
    if size > 2:
        result = result + (first**2 - second) / 2
    if size > 3:
        result = result + (first**3 - 3 * first * second + 2 * third) / 6
    return result


EVERY_ENTRY = index(EVERY[0])

ROWS = (
    Row(
        "adjugate-and-trace",
        equal(A2 + Adjugate(A2), Trace(A2) * Eye(2)),
        equal(A2 - Adjugate(A2), Trace(A2) * Eye(2)),
    ),
    Row(
        "sum-of-positive-entries",
        less(0, SumOver(Entry(x, i), i, 1, n)),
        less(0, SumOver(Entry(y, i), i, 1, n)),
        PLAIN.given(less(0, Entry(x, EVERY_ENTRY))),
    ),
    Row(
        "root-of-a-positive-entry",
        equal(sqrt(Entry(x, k) ** 2), Entry(x, k)),
        equal(sqrt(Entry(y, k) ** 2), Entry(y, k)),
        PLAIN.given(less(0, Entry(x, EVERY_ENTRY))),
    ),
    Row("shift-of-two", equal(Det(Eye(2) + A2), shifted_determinant(A2, 2)), equal(Det(Eye(2) + A2), 1 + Det(A2))),
    Row(
        "shift-of-three",
        equal(Det(Eye(3) + A3), shifted_determinant(A3, 3)),
        equal(Det(Eye(3) + A3), shifted_determinant(A3, 2)),
    ),
    Row(
        "shift-of-four",
        equal(Det(Eye(4) + A4), shifted_determinant(A4, 4)),
        equal(Det(Eye(4) + A4), shifted_determinant(A4, 3)),
    ),
    Row(
        "cayley-hamilton",
        equal(A2 * A2 - Trace(A2) * A2 + Det(A2) * Eye(2), 0 * A2),
        equal(A2 * A2 - Trace(A2) * A2 - Det(A2) * Eye(2), 0 * A2),
    ),
    Row(
        "inverse-by-cayley-hamilton",
        equal(Inverse(A2), (Trace(A2) * Eye(2) - A2) / Det(A2)),
        equal(Inverse(A2), (Trace(A2) * Eye(2) + A2) / Det(A2)),
        PLAIN.given(*invertible(A2)),
    ),
    Row(
        "inverse-of-two-by-two",
        equal(Inverse(PQRS), ADJUGATE / (p * s - q * r)),
        equal(Inverse(PQRS), PQRS / (p * s - q * r)),
        PLAIN.given(equal(p * s - q * r, 1)),
    ),
    Row(
        "determinant-of-a-sum",
        equal(Det(A2 + B2), Det(A2) + Det(B2) + Trace(A2) * Trace(B2) - Trace(A2 * B2)),
        equal(Det(A2 + B2), Det(A2) + Det(B2)),
    ),
    Row(
        "singular-square",
        equal(A2 * A2, Trace(A2) * A2),
        equal(B2 * B2, Trace(B2) * B2),
        PLAIN.given(equal(Det(A2), 0)),
    ),
    Row(
        "symmetric-form",
        equal(
            x2.T * A2 * x2,
            Entry(A2, 1, 1) * Entry(x2, 1) ** 2
            + 2 * Entry(A2, 1, 2) * Entry(x2, 1) * Entry(x2, 2)
            + Entry(A2, 2, 2) * Entry(x2, 2) ** 2,
        ),
        equal(
            x2.T * B2 * x2,
            Entry(B2, 1, 1) * Entry(x2, 1) ** 2
            + 2 * Entry(B2, 1, 2) * Entry(x2, 1) * Entry(x2, 2)
            + Entry(B2, 2, 2) * Entry(x2, 2) ** 2,
        ),
        PLAIN.given(Predicate("symmetric", A2)),
    ),
    Row(
        "off-diagonal-of-definite",
        less(Entry(A2, 1, 2) ** 2, Entry(A2, 1, 1) * Entry(A2, 2, 2)),
        less(Entry(B2, 1, 2) ** 2, Entry(B2, 1, 1) * Entry(B2, 2, 2)),
        PLAIN.given(Predicate("positive definite", A2)),
    ),
    Row(
        "gradient-by-entries",
        equal(
            Gradient(Entry(x2, 1) ** 2 + 3 * Entry(x2, 1) * Entry(x2, 2), x2),
            Block(1, 2 * Entry(x2, 1) + 3 * Entry(x2, 2), 3 * Entry(x2, 1)),
        ),
        equal(
            Gradient(Entry(x2, 1) ** 2 + 3 * Entry(x2, 1) * Entry(x2, 2), x2),
            Block(1, 2 * Entry(x2, 1), 3 * Entry(x2, 1)),
        ),
    ),
    Row(
        "gradient-at-a-point",
        equal(Gradient(Entry(x2, 1) ** 2 + Entry(x2, 2), x2), Block(1, Num(2), Num(1))),
        equal(Gradient(Entry(x2, 1) ** 2 + Entry(x2, 2), x2), Block(1, Num(0), Num(1))),
        PLAIN.given(equal(Entry(x2, 1), 1)),
    ),
    Row(
        "hessian-by-entries",
        equal(
            Hessian(Entry(x2, 1) ** 2 * Entry(x2, 2), x2),
            Block(2, 2 * Entry(x2, 2), 2 * Entry(x2, 1), 2 * Entry(x2, 1), Num(0)),
        ),
        equal(
            Hessian(Entry(x2, 1) ** 2 * Entry(x2, 2), x2),
            Block(2, 2 * Entry(x2, 2), 2 * Entry(x2, 1), 2 * Entry(x2, 2), Num(0)),
        ),
    ),
    Row(
        "softmax-of-two",
        equal(Entry(Softmax(x2), 1), 1 / (1 + exp(Entry(x2, 2) - Entry(x2, 1)))),
        equal(Entry(Softmax(x2), 1), 1 / (1 + exp(Entry(x2, 1) - Entry(x2, 2)))),
    ),
    Row(
        "norm-of-two",
        equal(Norm(x2) ** 2, Entry(x2, 1) ** 2 + Entry(x2, 2) ** 2),
        equal(Norm(x2) ** 2, (Entry(x2, 1) + Entry(x2, 2)) ** 2),
    ),
)
