"""Determinants of tables of blocks by rows and columns of blocks: what keeps them, and where they are triangular.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.algebra.shapes import same_size

Table: TypeAlias = "tuple[tuple[Expression, ...], ...]"
MOST_OPERATIONS = 6
MOST_COPIES = 6


def of_triangular(t: Table) -> Expression | None:
    """The product of the determinants on the diagonal, where all blocks below it, or all above it, are 0.

    The blocks on the diagonal have to be square.
    """
    size = range(len(t))
    below = all(isinstance(t[i][j], ex.Zeros) for i in size for j in size if i > j)
    above = all(isinstance(t[i][j], ex.Zeros) for i in size for j in size if i < j)
    return ex.Mul(*(ex.Det(t[k][k]) for k in size)) if below or above else None


def alone(t: Table) -> tuple[int, int] | None:
    """Where a block stands that is the only one in its row or column, in a table of square blocks of one size."""
    places = range(len(t))
    if not all(same_size(block.shape[k], t[0][0].shape[0]) for row in t for block in row for k in (0, 1)):
        return None
    shown = [(i, j) for i in places for j in places if not isinstance(t[i][j], ex.Zeros)]
    for axis in (0, 1):
        for k in places:
            line = [place for place in shown if place[axis] == k]
            if len(line) == 1:
                return line[0]
    return None


def without(t: Table, at: tuple[int, int]) -> Table:
    """A table without the row and the column of a block."""
    return tuple(tuple(b for j, b in enumerate(row) if j != at[1]) for i, row in enumerate(t) if i != at[0])


def complement(t: Table, pivot: int) -> Table:
    """What is left of a table, less C A^-1 B for the block A on the diagonal that is invertible."""
    inverse = t[pivot][pivot].I

    def less(i: int, j: int) -> Expression:
        if isinstance(t[i][pivot], ex.Zeros) or isinstance(t[pivot][j], ex.Zeros):
            return t[i][j]
        product = t[i][pivot] * inverse * t[pivot][j]
        return -product if isinstance(t[i][j], ex.Zeros) else t[i][j] - product

    rest = [k for k in range(len(t)) if k != pivot]
    return tuple(tuple(less(i, j) for j in rest) for i in rest)


def with_more_zeros(t: Table, is_zero: Callable[[Expression], bool]) -> Table | None:
    """A table of the same determinant that is triangular, or has more blocks that are 0; None where none is found.

    A row of blocks is added to another one of the same height, or taken from it, or a column likewise: multiplication
    by a matrix of determinant 1.  The sum of all columns, or of all rows, may come first.
    """
    found: Table | None = None
    if _falls_apart(t):
        return None
    for start in _starts(t):
        current = _zeros_shown(start, is_zero)
        for _ in range(MOST_OPERATIONS):
            count = _zeros(current)
            better = next((n for n in _operations(current, is_zero) if _zeros(n) > count), None)
            if better is None:
                break
            current = better
        if _falls_apart(current):
            return current
        found = current if found is None and _zeros(current) > _zeros(t) else found
    return found


def _falls_apart(t: Table) -> bool:
    """Whether a table is triangular, or becomes so without the rows and columns of blocks that are alone in them."""
    while of_triangular(t) is None:
        single = alone(t)
        if single is None:
            return False
        t = without(t, single)
    return True


def _starts(t: Table) -> Iterator[Table]:
    """A table, and those with the sum of all columns as the first one and of all rows as the last one."""
    yield t
    columns = tuple(zip(*t, strict=True))
    if len(t) > 2 and all(same_size(c[0].shape[1], columns[0][0].shape[1]) for c in columns):
        yield tuple((ex.Add(*row), *row[1:]) for row in t)
    if len(t) > 2 and all(same_size(row[0].shape[0], t[0][0].shape[0]) for row in t):
        yield (*t[:-1], tuple(ex.Add(*column) for column in columns))


def _operations(t: Table, is_zero: Callable[[Expression], bool]) -> Iterator[Table]:
    for turned in (False, True):
        rows = tuple(zip(*t, strict=True)) if turned else t
        axis = 1 if turned else 0
        for i, j in permutations(range(len(rows)), 2):
            if not same_size(rows[i][0].shape[axis], rows[j][0].shape[axis]):
                continue
            for sign in (-1, 1):
                row = tuple(_sum(a, b, sign) for a, b in zip(rows[i], rows[j], strict=True))
                changed = (*rows[:i], row, *rows[i + 1 :])
                shown = _zeros_shown(changed, is_zero, only=i)
                yield tuple(zip(*shown, strict=True)) if turned else shown


def _sum(a: Expression, b: Expression, sign: int) -> Expression:
    if isinstance(b, ex.Zeros):
        return a
    other = b if sign > 0 else ex.Neg(b)
    return other if isinstance(a, ex.Zeros) else ex.Add(a, other)


def _zeros(t: Table) -> int:
    return sum(isinstance(block, ex.Zeros) for row in t for block in row)


def _zeros_shown(t: Table, is_zero: Callable[[Expression], bool], only: int | None = None) -> Table:
    """The table with a zero matrix in the place of every block that is one (of one row)."""
    return tuple(
        row
        if only not in (None, k)
        else tuple(ex.Zeros(*b.shape) if not isinstance(b, ex.Zeros) and is_zero(b) else b for b in row)
        for k, row in enumerate(t)
    )


def copies_on_diagonal(e: Expression) -> bool:
    """Whether a matrix is I (x) A with an I of a stated size: copies of A on the diagonal.  A (x) I is none."""
    if not isinstance(e, ex.Kron) or len(e.operands) != 2 or not isinstance(e.operands[0], ex.Eye):
        return False
    count = e.operands[0].shape[0]
    return bool(count.is_Integer) and 1 < int(count) <= MOST_COPIES


def exponential(t: Table) -> Table | None:
    """exp of diag(A, ..., D), block by block, and of [[0, X], [0, 0]], whose square is 0: I and X; None of others.

    Of [[A, X], [0, D]] the block beside the diagonal is an integral.
    """
    size = len(t)
    if any(len(row) != size for row in t) or not all(same_size(*t[k][k].shape) for k in range(size)):
        return None
    zero = [[isinstance(b, ex.Zeros) for b in row] for row in t]
    if all(zero[i][j] for i in range(size) for j in range(size) if i != j):
        return tuple(tuple(_exp(b) if i == j else b for j, b in enumerate(row)) for i, row in enumerate(t))
    if size == 2 and zero[0][0] and zero[1][1] and (zero[0][1] or zero[1][0]):
        return tuple(tuple(_exp(b) if i == j else b for j, b in enumerate(row)) for i, row in enumerate(t))
    return None


def _exp(e: Expression) -> Expression:
    if isinstance(e, ex.Zeros):
        return ex.Eye(e.shape[0]) if not e.is_number_shaped else ex.Num(1)
    return ex.Apply("exp", e) if e.is_number_shaped else ex.MatrixFunction("exp", e)
