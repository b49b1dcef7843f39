"""Nodes of matrices: constant ones, entries, rows, columns and blocks, and what is taken of a matrix as a whole.

May import SymPy and the rest of ``everystep.algebra`` only.
"""

from __future__ import annotations

from typing import Any, Self

from sympy import Expr

from everystep.algebra.nodes import Expression, common_shape, square_shape
from everystep.algebra.shapes import ONE, SCALAR, Shape, ShapeError, integer, same_size

# constants -------------------------------------------------------------------------------------


class Eye(Expression):
    """The identity matrix of size n."""

    def __new__(cls, n: Any) -> Self:
        return super().__new__(cls, integer(n))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[0])


class Ones(Expression):
    """A vector or matrix of ones."""

    def __new__(cls, rows: Any, columns: Any = 1) -> Self:
        return super().__new__(cls, integer(rows), integer(columns))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[1])


class Zeros(Expression):
    """A vector or matrix of zeros."""

    def __new__(cls, rows: Any, columns: Any = 1) -> Self:
        return super().__new__(cls, integer(rows), integer(columns))

    def _shape(self) -> Shape:
        return (self.args[0], self.args[1])


class Unit(Expression):
    """The i-th unit vector of length n, counted from 1."""

    def __new__(cls, n: Any, i: Any) -> Self:
        return super().__new__(cls, integer(n), integer(i))

    def _shape(self) -> Shape:
        return (self.args[0], ONE)


# parts -----------------------------------------------------------------------------------------


class Block(Expression):
    """A block matrix, given row by row: ``Block(2, A, B, C, D)`` has two blocks in a row."""

    def __new__(cls, width: Any, *blocks: Expression) -> Self:
        return super().__new__(cls, integer(width), *blocks)

    @property
    def rows(self) -> tuple[tuple[Expression, ...], ...]:
        width = int(self.args[0])
        return tuple(self.operands[i : i + width] for i in range(0, len(self.operands), width))

    def _shape(self) -> Shape:
        for row in self.rows:
            for block in row[1:]:
                if not same_size(block.shape[0], row[0].shape[0]):
                    raise ShapeError("block row", row[0].shape, block.shape)
            for block, above in zip(row, self.rows[0], strict=True):
                if not same_size(block.shape[1], above.shape[1]):
                    raise ShapeError("block column", above.shape, block.shape)
        height = integer(sum(row[0].shape[0] for row in self.rows))
        return (height, integer(sum(block.shape[1] for block in self.rows[0])))


class Entry(Expression):
    """An entry: ``Entry(X, i, j)``, or ``Entry(x, i)`` of a vector; counted from 1."""

    def __new__(cls, base: Expression, *at: Any) -> Self:
        return super().__new__(cls, base, *map(integer, at))

    @property
    def at(self) -> tuple[Expr, ...]:
        return tuple(self.args[1:])

    def _shape(self) -> Shape:
        shape = self.operands[0].shape
        if len(self.at) == 1 and shape[1] != 1:
            raise ShapeError("entry", shape, detail="one index given, not a column vector")
        if len(self.at) not in (1, 2):
            raise ShapeError("entry", shape, detail="one or two indices")
        return SCALAR


class Row(Expression):
    """The i-th row of a matrix as a row vector."""

    def __new__(cls, base: Expression, i: Any) -> Self:
        return super().__new__(cls, base, integer(i))

    def _shape(self) -> Shape:
        return (ONE, self.operands[0].shape[1])


class Col(Expression):
    """The j-th column of a matrix as a vector."""

    def __new__(cls, base: Expression, j: Any) -> Self:
        return super().__new__(cls, base, integer(j))

    def _shape(self) -> Shape:
        return (self.operands[0].shape[0], ONE)


class Diag(Expression):
    """The diagonal matrix of a vector."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        if columns != 1:
            raise ShapeError("diag", (rows, columns), detail="must be a column vector")
        return (rows, rows)


class DiagPart(Expression):
    """The diagonal of a square matrix, as a vector."""

    def _shape(self) -> Shape:
        return (square_shape("diag", self.operands[0])[0], ONE)


class Vec(Expression):
    """The columns of a matrix stacked into one vector."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (integer(rows * columns), ONE)


# products --------------------------------------------------------------------------------------


class Hadamard(Expression):
    """The entrywise product of operands of one shape."""

    def _shape(self) -> Shape:
        return common_shape("Hadamard product", self.operands)


class Kron(Expression):
    """The Kronecker product of two matrices."""

    def _shape(self) -> Shape:
        (a, b), (c, d) = (f.shape for f in self.operands)
        return (integer(a * c), integer(b * d))


# of a matrix as a whole ------------------------------------------------------------------------


class PseudoInverse(Expression):
    """The Moore-Penrose inverse."""

    def _shape(self) -> Shape:
        rows, columns = self.operands[0].shape
        return (columns, rows)


class Trace(Expression):
    """The trace of a square matrix."""

    def _shape(self) -> Shape:
        square_shape("trace", self.operands[0])
        return SCALAR


class Det(Expression):
    """The determinant of a square matrix."""

    def _shape(self) -> Shape:
        square_shape("determinant", self.operands[0])
        return SCALAR


class Adjugate(Expression):
    """The adjugate of a square matrix: its cofactors, transposed; of a number 1."""

    def _shape(self) -> Shape:
        square_shape("adjugate", self.operands[0])
        return self.operands[0].shape


class Rank(Expression):
    """The rank, as a number."""

    def _shape(self) -> Shape:
        self.operands[0].shape  # noqa: B018 - the operand must be well-typed
        return SCALAR


class EigMax(Expression):
    """The largest eigenvalue of a symmetric matrix."""

    def _shape(self) -> Shape:
        square_shape("eigenvalue", self.operands[0])
        return SCALAR


class EigMin(Expression):
    """The smallest eigenvalue of a symmetric matrix."""

    def _shape(self) -> Shape:
        square_shape("eigenvalue", self.operands[0])
        return SCALAR
