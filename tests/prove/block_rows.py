"""Rows for determinants of blocks none of which is known to be invertible; ``block_mutations`` breaks their rules."""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate
from everystep.algebra.expressions import Adjugate, Block, Det, Expression, Eye, Int, Pow, Rank, Zeros, matrix, scalar
from tests.prove.statements import PLAIN, A, B, C, D, FalseRow, Row, d, equal, n

given = PLAIN.given
eye, none = Eye(n), Zeros(n, n)
wide, tall, small = matrix("F", n, d), matrix("G", d, n), matrix("K", d, d)
symmetric = given(Predicate("symmetric", A), Predicate("symmetric", B))
sign = Pow(-1, Int(n))
doubled = matrix("Z", n, n)
rank = scalar("rho")


def two(*blocks: Expression) -> Expression:
    return Det(Block(2, *blocks))


def three(*blocks: Expression) -> Expression:
    return Det(Block(3, *blocks))


ROWS = (
    Row(
        "column-added", equal(two(A, B, B, A), two(A + B, B, A + B, A)), equal(two(A, B, B, A), two(A + B, B, A - B, A))
    ),
    Row(
        "row-taken-away",
        equal(two(A + B, B, A + B, A), two(A + B, B, none, A - B)),
        equal(two(A + B, B, A + B, A), two(A + B, B, none, A + B)),
        symmetric,
    ),
    Row(
        "row-taken-away-under-equations",
        equal(two(A + B, B, A + B, A), Det(A + B) * Det(A - B)),
        equal(two(A + B, B, A + B, A), Det(A + B) ** 2),
        given(equal(A * A, A), equal(B * B, B)),
    ),
    Row("row-added", equal(two(A, B, C, D), two(A, B, C + A, D + B)), equal(two(A, B, C, D), two(A, B, C + A, D))),
    Row(
        "row-times-a-matrix-added",
        equal(two(A, B, C, D), two(A, B, C + D * A, D + D * B)),
        equal(two(A, B, C, D), two(A, B, C + A * D, D + D * B)),
    ),
    Row(
        "of-other-sizes",
        equal(two(A, wide, tall, small), two(small, tall, wide, A)),
        equal(two(A, wide, tall, small), two(small, -tall, wide, A)),
    ),
    Row("exchanged-columns", equal(two(B, A, D, C), sign * two(A, B, C, D)), equal(two(B, A, D, C), two(A, B, C, D))),
    Row(
        "triangular-of-three",
        equal(three(A, B, C, none, B, C, none, none, C), Det(A) * Det(B) * Det(C)),
        equal(three(A, B, C, none, B, C, none, none, C), Det(A) * Det(B) + Det(C)),
    ),
    Row(
        "equal-columns-of-three",
        equal(three(A, B, B, B, A, B, B, B, A), Det(A + 2 * B) * Det(A - B) ** 2),
        equal(three(A, B, B, B, A, B, B, B, A), Det(A + B) * Det(A - B) ** 2),
    ),
    Row(
        "alone-in-their-rows",
        equal(three(none, A, none, none, none, B, C, none, none), Det(A) * Det(B) * Det(C)),
        equal(three(none, A, none, none, none, B, C, none, none), sign * Det(A) * Det(B) * Det(C)),
    ),
    Row(
        "identity-first-of-three",
        equal(three(eye, B, C, A, D + A * B, A * C, C, C * B, C * C + D), Det(D) ** 2),
        equal(three(eye, B, C, A, D + A * B, A * C, C, C * B, C * C - D), Det(D) ** 2),
    ),
)
UNTRUE = (
    FalseRow("singular", equal(two(A, B, C, D), 0), PLAIN, "I"),
    FalseRow(
        "tied-by-an-equation",
        equal(two(A, B, C, D), two(A, eye, C, D)),
        given(equal(A * B, A)),
        "A = 0: nothing is said of B",
    ),
    FalseRow(
        "tied-through-a-definition",
        equal(4 * A * Adjugate(A), 2 * Adjugate(A)),
        Context(definitions=(Definition(doubled, 2 * A),), hypotheses=(equal(doubled * doubled, doubled),)),
        "A of rank n - 1",
    ),
    FalseRow(
        "rank-through-a-definition",
        equal(rank * Adjugate(A), Int(n) * Adjugate(A)),
        Context(definitions=(Definition(rank, Rank(A)),)),
        "A of rank n - 1",
    ),
    FalseRow(
        "rank-beside-blocks", equal(two(A, B, C, D) * Rank(A), Int(n) * two(A, B, C, D)), PLAIN, "A = 0, B = C = I"
    ),
    FalseRow("complement-of-a-singular-block", equal(two(A, B, C, D), Det(A) * Det(D - C * A.I * B)), PLAIN, "A = 0"),
    FalseRow("multiplied-out", equal(two(A, B, C, D), Det(A * D - C * B)), PLAIN, "A and C need not commute"),
)
CLASSES = {"blocks without inverses": ROWS}
FALSE = {"false blocks without inverses": UNTRUE}
