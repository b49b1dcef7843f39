r"""Matrices written out, with or without dots.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import index
from everystep.reader.dots import DOTS, Run
from everystep.reader.names import Names
from everystep.reader.source import Tokens
from everystep.reader.trees import Node, Unreadable, name_of, split, stripped

ZERO_OR_DOTS = frozenset(("", "0", *DOTS))


def _is_dotted(cell: Tokens) -> bool:
    return len(cell) == 1 and name_of(cell[0]) in DOTS


def _word(cell: Tokens) -> str:
    """A cell of one token as a word; empty where nothing stands in it."""
    return name_of(cell[0]) if len(cell) == 1 else "" if not cell else "..."


class Grids(Names):
    """The part of the reader that knows what stands in rows and columns."""

    @abstractmethod
    def _run(self, terms: list[Node], signs: Sequence[str]) -> Run:
        """The terms around the first dots, with an index that nothing else uses."""

    @abstractmethod
    def _over_run(
        self, run: Run, maker: type[ex.SumOver], placed: Callable[[Expression], Expression] = lambda body: body
    ) -> Expression:
        """A sum or product that the author has written with dots."""

    @abstractmethod
    def _place_in(self, run: Run) -> Expression:
        """The unit vector of the place that a term of a run has."""

    @abstractmethod
    def _dotted_row(self, pieces: Sequence[Tokens]) -> Expression | None:
        """``x_1, \\dots, x_n`` side by side; None where there are no dots."""

    def _with_dots(self, rows: list[list[Tokens]], node: Node) -> Expression:
        r"""A row, a column, a diagonal or a whole matrix written with dots."""
        width = len(rows[0])
        if len(rows) == 1:
            row = self._dotted_row(rows[0])
            if row is not None:
                return row
        elif width == 1:
            return self._column([row[0] for row in rows], node)
        elif len(rows) == width and all(
            _word(cell) in ZERO_OR_DOTS for i, row in enumerate(rows) for j, cell in enumerate(row) if i != j
        ):
            return ex.Diag(self._column([row[i] for i, row in enumerate(rows)], node, numbers=True))
        else:
            return self._whole(rows, node)
        raise Unreadable("a matrix with dots of this form is not read", node.place)

    def _column(self, cells: list[Tokens], node: Node, numbers: bool = False) -> Expression:
        """Numbers, or rows, one below the other."""
        if any(not cell for cell in cells):
            raise Unreadable("an empty cell of a matrix", node.place)
        run = self._run([self.tree(cell) for cell in cells], ["+"] * len(cells))
        if (run.start, run.end) != (0, len(cells)):
            raise Unreadable("which terms do the dots stand for? write the list with an index", node.place)
        unit = self._place_in(run)

        def placed(body: Expression) -> Expression:
            if numbers and not self.is_number(body):
                raise Unreadable("a matrix of blocks with dots is not read", node.place)
            return ex.Mul(unit, body)

        return self._over_run(run, ex.SumOver, placed)

    def _whole(self, rows: list[list[Tokens]], node: Node) -> Expression:
        """Rows of numbers with dots between them: a number for each row and column."""
        full = [row for row in rows if not all(_is_dotted(cell) for cell in row)]
        dotted = [k for k, row in enumerate(rows) if all(_is_dotted(cell) for cell in row)]
        if len(dotted) != 1 or any(not cell for row in full for cell in row):
            raise Unreadable("a matrix with dots of this form is not read", node.place)
        runs = [self._run([self.tree(cell) for cell in row], ["+"] * len(row)) for row in full]
        if any((run.start, run.end) != (0, len(rows[0])) or run.falls for run in runs):
            raise Unreadable("which terms do the dots stand for? write the list with an index", node.place)
        if any((run.letter, run.low, run.high) != (runs[0].letter, runs[0].low, runs[0].high) for run in runs):
            raise Unreadable("the rows of the matrix differ in their length", node.place)
        bodies = [run.body for run in runs]
        bodies.insert(dotted[0], Node("sign", "dots", place=node.place))
        down = self._run(bodies, ["+"] * len(bodies))
        if (down.start, down.end) != (0, len(bodies)):
            raise Unreadable("which terms do the dots stand for? write the list with an index", node.place)
        place, unit = self._place_in(down), self._place_in(runs[0])
        across = Run(0, 0, runs[0].letter, down.body, runs[0].low, runs[0].high)

        def row_of(run: Run) -> Expression:
            outer = dict(self.bound)
            self.bound[down.letter] = index(down.letter)
            try:
                return self._over_run(run, ex.SumOver, number)
            finally:
                self.bound = outer

        def number(body: Expression) -> Expression:
            if not self.is_number(body):
                raise Unreadable("a matrix of blocks with dots is not read", node.place)
            return ex.Mul(body, place, ex.Transpose(unit))

        return ex.SumOver(row_of(across), index(down.letter), down.low, down.high)

    def _matrix(self, node: Node) -> Expression:
        rows = node.rows
        if len(rows) == 1 and len(rows[0]) == 1:
            rows = [split(rows[0][0], (",",))]
        rows = [[stripped(cell) for cell in row] for row in rows]
        width = len(rows[0])
        if any(len(row) != width for row in rows):
            raise Unreadable("the rows of the matrix have different lengths", node.place)
        if any(_is_dotted(cell) for row in rows for cell in row):
            dotted = self._with_dots(rows, node)
            return ex.Det(dotted) if node.text == "vmatrix" else dotted
        cells = [[self._block(cell, node) for cell in row] for row in rows]
        blocks = any(not self.is_number(c) and c != Num(0) for row in cells for c in row)
        if blocks:
            cells = [[ex.Zeros(self.unknown(), self.unknown()) if c == Num(0) else c for c in row] for row in cells]
            for row in cells:
                shapes = [self.shape(c) for c in row]
                first = shapes[0]
                for other in shapes[1:]:
                    if first is not None and other is not None:
                        self.unify(first[0], other[0])
            for column in zip(*cells, strict=True):
                shapes = [self.shape(c) for c in column]
                top = shapes[0]
                for other in shapes[1:]:
                    if top is not None and other is not None:
                        self.unify(top[1], other[1])
        flat = [self.resolved(c) for row in cells for c in row]
        result: Expression = ex.Block(width, *flat)
        return ex.Det(result) if node.text == "vmatrix" else result

    def _block(self, cell: Tokens, node: Node) -> Expression:
        if not stripped(cell):
            raise Unreadable("an empty cell of a matrix", node.place)
        return self.read(cell)
