"""Contraction networks as sums of products: what a monomial of the core is evaluated as.

A :class:`Piece` is a chain of factors between two indices.  Vectors are taken before matrices, two matrices that share
an index are joined into one chain (whose order :class:`~everystep.compiler.products.Planner` chooses), a vector between
two matrices is a diagonal matrix.  What is left (an index that three matrices share) is one ``einsum`` along a path
that NumPy finds.  :func:`factored` takes common factors out of the sum.  May import this package.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from everystep.compiler.graph import Node, Size
from everystep.compiler.lowering import Lowering, NotCompiled
from everystep.compiler.matrices import diagonal_part, trace_of
from everystep.compiler.products import Diagonal, Entrywise, Factor, Term, Terms, transposed
from everystep.records import dataclass

_MOST_LETTERS = 26


@dataclass(frozen=True)
class Piece:
    """A chain whose entry stands at (row, column); a vector is a column, a number has neither."""

    chain: tuple[Factor, ...]
    row: str | None = None
    column: str | None = None

    @property
    def indices(self) -> tuple[str, ...]:
        return tuple(i for i in (self.row, self.column) if i is not None)


class Contraction:
    """The product of pieces, summed over the indices in ``summed``; ``lengths`` says how long each index is."""

    def __init__(
        self, low: Lowering, pieces: Sequence[Piece], summed: Sequence[str], lengths: Mapping[str, int]
    ) -> None:
        self.low = low
        self.lengths = lengths
        self.numbers: list[Node] = []
        self.pieces: list[Piece] = []
        self.summed = list(summed)
        for place, piece in enumerate(pieces):
            self.add(piece, [*pieces[:place], *pieces[place + 1 :]])

    def size(self, piece: Piece) -> Size:
        """(rows, columns) of a piece's value."""
        return (
            1 if piece.row is None else self.lengths[piece.row],
            1 if piece.column is None else self.lengths[piece.column],
        )

    def node(self, piece: Piece) -> Node:
        """The array of a piece."""
        return self.low.planner.chain(piece.chain, self.size(piece))[0]

    def turned(self, piece: Piece) -> Piece:
        """The transpose."""
        chain = tuple(transposed(self.low.graph, factor) for factor in reversed(piece.chain))
        return Piece(chain, piece.column, piece.row)

    def add(self, piece: Piece, others: Sequence[Piece] | None = None) -> None:
        """Enter a piece: numbers apart, rows as columns, what stands on a diagonal as a vector or, alone, a trace."""
        others = self.pieces if others is None else others
        if piece.row is None and piece.column is not None:
            piece = self.turned(piece)
        if piece.row is None:
            self.numbers.append(self.node(piece))
        elif piece.row == piece.column:
            shape = self.size(piece)
            whole = Terms(shape, (Term(1, None, piece.chain),))
            if piece.row in self.summed and not any(piece.row in p.indices for p in others):
                self.summed.remove(piece.row)
                self.numbers.append(trace_of(self.low, whole.terms[0], shape) if shape != (1, 1) else self.node(piece))
            else:
                column = self.low.planner.form(diagonal_part(self.low, whole) if shape != (1, 1) else whole)[0]
                self.pieces.append(Piece((column,), piece.row))
        else:
            self.pieces.append(piece)

    def run(self) -> None:
        """Sum over all that is summed."""
        while self._vectors() or self._alike() or self._joined():
            pass
        if self.summed:
            self._rest()
            self.run()

    def _at(self, index: str) -> tuple[list[Piece], list[Piece]]:
        """The vectors and the matrices at an index."""
        vectors = [p for p in self.pieces if p.indices == (index,)]
        return vectors, [p for p in self.pieces if index in p.indices and p.column is not None]

    def _drop(self, *pieces: Piece) -> None:
        for piece in pieces:
            self.pieces.remove(piece)

    def merged(self, vectors: Sequence[Piece]) -> Piece:
        """Vectors at one index as one: the longest chain, scaled entry by entry by the product of the others."""
        if len(vectors) == 1:
            return vectors[0]
        *others, kept = sorted(vectors, key=lambda p: len(p.chain))
        product = self.node(others[0])
        for other in others[1:]:
            product = self.low.graph.multiply(product, self.node(other))
        if len(kept.chain) == 1:
            return Piece((self.low.graph.multiply(product, self.node(kept)),), kept.row)
        return Piece((Diagonal(product), *kept.chain), kept.row)

    def _vectors(self) -> bool:
        """An index at which at most one matrix stands: summed at once."""
        for index in list(self.summed):
            vectors, matrices = self._at(index)
            if len(matrices) > 1:
                continue
            self.summed.remove(index)
            self._drop(*vectors, *matrices)
            if not vectors:
                vectors = [Piece((self.low.graph.array("ones", (self.lengths[index], 1)),), index)]
            if matrices:
                matrix = matrices[0] if matrices[0].column == index else self.turned(matrices[0])
                self.add(Piece((*matrix.chain, *self.merged(vectors).chain), matrix.row))
            elif len(vectors) == 1:
                column = self.node(vectors[0])
                number = column if column.is_number else self.low.graph.node("total", (column,), (1, 1))
                self.numbers.append(number)
            else:
                first, rest = vectors[0], self.merged(vectors[1:])
                self.add(Piece((*self.turned(first).chain, *rest.chain)))
            return True
        return False

    def _alike(self) -> bool:
        """Two matrices between the same indices: a product entry by entry."""
        for k, first in enumerate(self.pieces):
            for second in self.pieces[k + 1 :]:
                if first.column is not None and set(first.indices) == set(second.indices):
                    self._drop(first, second)
                    kept, other = (first, second) if len(first.chain) >= len(second.chain) else (second, first)
                    other = other if other.row == kept.row else self.turned(other)
                    self.add(Piece((self._entrywise(kept, other),), kept.row, kept.column))
                    return True
        return False

    def _entrywise(self, kept: Piece, other: Piece) -> Factor:
        """The product entry by entry; a chain is kept as one, so that sums of such products have common factors."""
        (first, *rest), node = kept.chain, self.node(other)
        if rest:
            return Entrywise(node, Terms(node.shape, (Term(1, None, kept.chain),)))
        if isinstance(first, Entrywise):
            return Entrywise(self.low.graph.multiply(node, first.of), first.inside)
        return self.low.graph.multiply(self.node(kept), node)

    def _joined(self) -> bool:
        """An index at which two matrices stand, perhaps with vectors: one chain."""
        for index in list(self.summed):
            vectors, matrices = self._at(index)
            if len(matrices) == 2:
                self.summed.remove(index)
                self._drop(*vectors, *matrices)
                left, right = matrices
                left = left if left.column == index else self.turned(left)
                right = right if right.row == index else self.turned(right)
                between = (Diagonal(self.node(self.merged(vectors))),) if vectors else ()
                self.add(Piece((*left.chain, *between, *right.chain), left.row, right.column))
                return True
        return False

    def _rest(self) -> None:
        """What is no chain, as one einsum."""
        pieces = [p for p in self.pieces if any(i in self.summed for i in p.indices)]
        while True:  # what is connected to it by a summed index
            more = [p for p in self.pieces if p not in pieces and any(i in self.summed for i in p.indices)]
            if not more:
                break
            pieces += more
        outside = sorted({i for p in pieces for i in p.indices} - set(self.summed))
        if len(outside) > 2:
            raise NotCompiled("a contraction with more than two indices left is not compiled")
        self._drop(*pieces)
        self.summed = []
        row = outside[0] if outside else None
        column = outside[1] if len(outside) > 1 else None
        node = self.einsum(pieces, tuple(outside), self.size(Piece((), row, column)))
        self.add(Piece((node,), row, column))

    def einsum(self, pieces: Sequence[Piece], output: tuple[str, ...], shape: Size) -> Node:
        """The sum over all indices but those of the output, reshaped to two axes."""
        names = sorted({i for p in pieces for i in p.indices} | set(output))
        if len(names) > _MOST_LETTERS:
            raise NotCompiled("a contraction over more than 26 indices is not compiled")
        letters = {name: chr(ord("a") + k) for k, name in enumerate(names)}
        operands = [self.node(p) for p in pieces]
        subscripts = tuple("".join(letters[i] for i in p.indices) for p in pieces)
        result = "".join(letters[i] for i in output)
        path = contraction_path(subscripts, result, {letters[i]: self.lengths[i] for i in names})
        lengths = tuple(self.lengths[i] for i in output)
        return self.low.graph.node("einsum", tuple(operands), shape, subscripts, result, lengths, path, shape)

    # the whole ------------------------------------------------------------------------------------

    def term(self, row: str | None, column: str | None, identity: bool) -> tuple[list[Node], tuple[Factor, ...]]:
        """The numbers and the chain of what is left at (row, column); identity: on the diagonal only."""
        by_row = [p for p in self.pieces if p.indices == (row,)]
        by_column = [p for p in self.pieces if p.indices == (column,) and column != row]
        both = [p for p in self.pieces if p.column is not None]
        graph = self.low.graph
        if row is None or column is None:
            index = row or column
            if index is None:
                return self.numbers, ()
            vectors = by_row or by_column
            chain = self.merged(vectors).chain if vectors else (graph.array("ones", (self.lengths[index], 1)),)
            if row is None:
                chain = tuple(transposed(graph, f) for f in reversed(chain))
            return self.numbers, chain
        if identity:
            for piece in both:
                self._drop(piece)
                self.add(Piece(piece.chain, row, row))
            vectors = [p for p in self.pieces if p.column is None]
            return self.numbers, (Diagonal(self.node(self.merged(vectors))),) if vectors else ()
        if both:
            (piece,) = both
            piece = piece if piece.row == row else self.turned(piece)
            left = (Diagonal(self.node(self.merged(by_row))),) if by_row else ()
            right = (Diagonal(self.node(self.merged(by_column))),) if by_column else ()
            return self.numbers, (*left, *piece.chain, *right)
        ones = [Piece((graph.array("ones", (self.lengths[i], 1)),), i) for i in (row, column)]
        first = self.merged(by_row) if by_row else ones[0]
        second = self.merged(by_column) if by_column else ones[1]
        return self.numbers, (*first.chain, *self.turned(second).chain)


def contraction_path(subscripts: Sequence[str], result: str, sizes: Mapping[str, int]) -> tuple[Any, ...]:
    """The path that NumPy finds for an einsum whose letters have these sizes."""
    dummies = [np.broadcast_to(0.0, [sizes[letter] for letter in letters]) for letters in subscripts]
    how = "optimal" if len(subscripts) <= 6 else "greedy"
    return tuple(np.einsum_path(f"{','.join(subscripts)}->{result}", *dummies, optimize=how)[0])


def factored(value: Terms, known: dict[Terms, Terms] | None = None) -> Terms:
    """The sum with common first and last factors of its terms taken out: A B - A C as A (B - C).

    Products entry by entry with one array are one such product with a sum.  ``known`` holds the brackets met before:
    those of a recurrence lie in one another, and come again at every step.
    """
    known = {} if known is None else known
    found = known.get(value)
    if found is None:
        found = known[value] = _factored(value, known)
    return found


def _factored(value: Terms, known: dict[Terms, Terms]) -> Terms:
    terms = list(value.terms)
    while True:
        counts: dict[tuple[int, Factor], list[Term]] = {}
        for term in terms:
            if len(term.chain) > 1:
                counts.setdefault((0, term.chain[0]), []).append(term)
                counts.setdefault((-1, term.chain[-1]), []).append(term)
            elif term.chain and isinstance(term.chain[0], Entrywise):
                counts.setdefault((1, term.chain[0].of), []).append(term)
        shared = {key: found for key, found in counts.items() if len(found) > 1}
        if not shared:
            return Terms(value.shape, tuple(terms))
        (side, factor), found = max(shared.items(), key=lambda item: (len(item[1]), -abs(item[0][0]), item[0][0]))
        members = set(map(id, found))
        terms = [term for term in terms if id(term) not in members]
        rows, columns = value.shape
        shape = {0: (factor.shape[1], columns), -1: (rows, factor.shape[0]), 1: value.shape}[side]
        sign, scale, inner = _bracket(shape, [(t, _rest(t, side)) for t in found], known)
        if side == 1 and isinstance(factor, Node):
            terms.append(Term(sign, scale, (Entrywise(factor, inner),)))
            continue
        middle: tuple[Factor, ...] = (inner,)
        if len(inner.terms) == 1 and inner.terms[0].scale is None:
            sign, middle = sign * inner.terms[0].sign, inner.terms[0].chain
        terms.append(Term(sign, scale, (factor, *middle) if side == 0 else (*middle, factor)))


def _rest(term: Term, side: int) -> Term:
    """A term without its first factor (0), its last one (-1), or the array that it is multiplied with (1)."""
    if side == 0:
        return Term(term.sign, term.scale, term.chain[1:])
    if side == -1:
        return Term(term.sign, term.scale, term.chain[:-1])
    return Term(term.sign, term.scale, (term.chain[0].inside,)) if isinstance(term.chain[0], Entrywise) else term


def _bracket(shape: Size, parts: list[tuple[Term, Term]], known: dict[Terms, Terms]) -> tuple[int, Node | None, Terms]:
    """The sum of what is left of terms: its sign, the number that all share, and the bracket.

    In one order and with a positive first term, so that equal brackets are one value.
    """
    scales = {term.scale for term, _ in parts}
    scale = scales.pop() if len(scales) == 1 else None
    opened: list[Term] = []
    for term, rest in parts:
        own = term.scale if scale is None else None
        single = rest.chain[0] if len(rest.chain) == 1 else None
        if isinstance(single, Terms) and all(t.scale is None or own is None for t in single.terms):
            opened += [Term(term.sign * t.sign, t.scale if own is None else own, t.chain) for t in single.terms]
        else:
            opened.append(Term(term.sign, own, rest.chain))
    opened.sort(key=lambda t: [factor.uid if isinstance(factor, Node) else -1 for factor in t.chain])
    sign = opened[0].sign
    return sign, scale, factored(Terms(shape, tuple(Term(sign * t.sign, t.scale, t.chain) for t in opened)), known)
