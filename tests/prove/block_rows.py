"""Rows for determinants of blocks none of which is known to be invertible; ``block_mutations`` breaks their rules."""

from __future__ import annotations

from everystep.algebra.context import Context, Definition, Predicate
from everystep.algebra.expressions import (
    Adjugate,
    Block,
    Det,
    Expression,
    Eye,
    Int,
    Kron,
    MatrixFunction,
    Pow,
    Rank,
    Zeros,
    matrix,
    scalar,
)
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


def exponential(width: int, *blocks: Expression) -> Expression:
    return MatrixFunction("exp", blocks[0] if width == 1 else Block(width, *blocks))


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
UNIT: Expression = Eye(2)
TABLES = (
    Row(
        "copies-on-the-diagonal",
        equal(Kron(UNIT, wide), Block(2, wide, Zeros(n, d), Zeros(n, d), wide)),
        equal(Kron(UNIT, wide), Block(2, Zeros(n, d), wide, wide, Zeros(n, d))),
    ),
    Row(
        "rank-of-a-diagonal",
        equal(Rank(Block(2, A, Zeros(n, d), Zeros(d, n), small)), Rank(A) + Rank(small)),
        equal(Rank(Block(2, A, Zeros(n, d), Zeros(d, n), small)), Rank(A)),
    ),
    Row(
        "rank-by-a-complement",
        equal(Rank(Block(2, A, wide, tall, small)), Int(n) + Rank(small - tall * A.I * wide)),
        equal(Rank(Block(2, A, wide, tall, small)), Int(n) + Rank(small)),
        given(Predicate("invertible", A)),
    ),
    Row(
        "determinant-beside-the-diagonal",
        equal(two(Zeros(n, d), A, small, Zeros(d, n)), Pow(-1, Int(n * d)) * Det(A) * Det(small)),
        equal(two(Zeros(n, d), A, small, Zeros(d, n)), -Det(A) * Det(small)),
    ),
    Row(
        "exponential-of-a-diagonal",
        equal(exponential(2, A, none, none, B), Block(2, exponential(1, A), none, none, exponential(1, B))),
        equal(exponential(2, A, none, none, B), Block(2, exponential(1, A), none, none, exponential(1, A))),
    ),
    Row(
        "exponential-beside-the-diagonal",
        equal(exponential(2, none, A, none, none), Block(2, eye, A, none, eye)),
        equal(exponential(2, none, A, none, none), Block(2, eye, 2 * A, none, eye)),
    ),
)
FALSE_TABLES = (
    FalseRow("copies-the-other-way", equal(Kron(A, UNIT), Block(2, A, none, none, A)), PLAIN, "entries spread"),
    FalseRow(
        "exponential-of-a-triangle",
        equal(exponential(2, A, B, none, A), Block(2, exponential(1, A), B, none, exponential(1, A))),
        PLAIN,
        "an integral stands there",
    ),
    FalseRow(
        "rank-of-a-triangle",
        equal(Rank(Block(2, A, B, none, C)), Rank(A) + Rank(C)),
        PLAIN,
        "A = C = 0",
    ),
    FalseRow(
        "exponential-of-an-antidiagonal",
        equal(exponential(2, none, A, B, none), Block(2, eye, A, B, eye)),
        PLAIN,
        "its square is not 0",
    ),
)
CLASSES = {"tables of blocks": TABLES, "blocks without inverses": ROWS}
FALSE = {"false tables of blocks": FALSE_TABLES, "false blocks without inverses": UNTRUE}
