"""Values by which statements fail that hold for nearly all others: 0, matrix units, nilpotent and singular matrices.

May import this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.prove.exact.errors import Inadmissible

Special: TypeAlias = Callable[[int, int], list[int]]
"""The entries of a value of so many rows and columns, row by row."""


def _by_entry(entry: Callable[[int, int, int], int]) -> Special:
    """The value whose entries are given by row, column and number of columns."""
    return lambda rows, columns: [entry(i, j, columns) for i in range(rows) for j in range(columns)]


def _unit(row: int, column: int) -> Special:
    """1 at one place, counted from the end where negative."""

    def entries(rows: int, columns: int) -> list[int]:
        if not (-rows <= row < rows and -columns <= column < columns):
            raise Inadmissible("a place outside of the matrix")
        return [int((i, j) == (row % rows, column % columns)) for i in range(rows) for j in range(columns)]

    return entries


def _constant(value: int) -> Special:
    return lambda rows, columns: [value] * (rows * columns)


NUMBERS: tuple[Special, ...] = tuple(map(_constant, (0, 1, -1, 2, -2, 3)))
COLUMNS: tuple[Special, ...] = (
    _constant(0),
    _unit(0, 0),
    _unit(-1, 0),
    _constant(1),
    _by_entry(lambda i, j, n: (-1) ** i),
    _by_entry(lambda i, j, n: i + 1),
)
MATRICES: tuple[Special, ...] = (
    _constant(0),
    _unit(0, 0),
    _unit(0, -1),
    _unit(-1, 0),
    _by_entry(lambda i, j, n: int(i == j)),
    _by_entry(lambda i, j, n: -int(i == j)),
    _by_entry(lambda i, j, n: 2 * int(i == j)),
    _by_entry(lambda i, j, n: int(j == i + 1)),  # nilpotent
    _by_entry(lambda i, j, n: int(i == j) + int(j == i + 1)),  # not diagonalizable
    _by_entry(lambda i, j, n: int(i + j == n - 1)),
    _by_entry(lambda i, j, n: int(j == (i + 1) % n) - int(i == (j + 1) % n)),
    _by_entry(lambda i, j, n: int(j == (i + 1) % n) if j else -int(i == n - 1)),
    _constant(1),
    _by_entry(lambda i, j, n: int(i == j) * (-1) ** i),
    _by_entry(lambda i, j, n: int(i == j) * (i + 1)),
    _by_entry(lambda i, j, n: int(i == j) * int(i > 0)),
    _by_entry(lambda i, j, n: 1 + int(i == j)),
    _by_entry(lambda i, j, n: 2 - int(i == j)),
    _by_entry(lambda i, j, n: (-1) ** j),  # of square 0 where it is 2 x 2 and turned
    _by_entry(lambda i, j, n: (-1) ** i),
)


def specials_of(rows_are_one: bool, columns_are_one: bool) -> tuple[Special, ...]:
    """The special values of a number, a vector or a matrix."""
    if rows_are_one and columns_are_one:
        return NUMBERS
    return COLUMNS if columns_are_one else MATRICES
