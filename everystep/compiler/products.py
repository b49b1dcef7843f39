"""Sums of products, and how each is evaluated: the order of a chain, solves for inverses, diagonals never formed.

A :class:`Terms` is a sum; a term is a number times a chain of factors that multiply as matrices, and an empty chain is
the identity.  A factor is an array (:class:`Node`), a diagonal matrix by its diagonal, an inverse by what it inverts, a
Kronecker product, an array times a sum entry by entry, or a sum in brackets.  :class:`Planner` makes nodes of them by
dynamic programming over the sizes at hand: the cost of an operation is its flops, or the entries that it writes.  May
import this package's graph only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from everystep.compiler.graph import Graph, Node, Size
from everystep.records import dataclass


@dataclass(frozen=True)
class Diagonal:
    """A diagonal matrix, by its diagonal as a column."""

    of: Node

    @property
    def shape(self) -> Size:
        return (self.of.shape[0], self.of.shape[0])


@dataclass(frozen=True)
class Inverted:
    """The inverse of an array."""

    of: Node

    @property
    def shape(self) -> Size:
        return self.of.shape


@dataclass(frozen=True)
class Kronecker:
    """A Kronecker product of two arrays."""

    left: Node
    right: Node

    @property
    def shape(self) -> Size:
        (a, b), (c, d) = self.left.shape, self.right.shape
        return (a * c, b * d)


@dataclass(frozen=True)
class Entrywise:
    """An array times a sum in brackets, entry by entry."""

    of: Node
    inside: Terms

    @property
    def shape(self) -> Size:
        return self.of.shape


@dataclass(frozen=True)
class Term:
    """``sign * scale * chain``; scale None is 1."""

    sign: int
    scale: Node | None
    chain: tuple[Factor, ...]


@dataclass(frozen=True)
class Terms:
    """A sum of terms of one shape."""

    shape: Size
    terms: tuple[Term, ...]


Factor: TypeAlias = Node | Diagonal | Inverted | Kronecker | Entrywise | Terms
Planned: TypeAlias = tuple[Node, float]
"""A node, and what it costs beyond the arrays that went in."""
Placed: TypeAlias = Callable[[tuple[Factor, ...]], tuple[Factor, ...]]


class Planner:
    """Makes nodes of sums of products."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._chains: dict[tuple[Factor, ...], Planned] = {}
        self._forms: dict[Terms, Planned] = {}

    # wholes ----------------------------------------------------------------------------------------

    def form(self, value: Terms) -> Planned:
        """All entries of a sum: diagonal terms are added to the rest in place."""
        found = self._forms.get(value)
        if found is None:
            found = self._forms[value] = self._form(value)
        return found

    def _form(self, value: Terms) -> Planned:
        rows, columns = value.shape
        full: list[tuple[int, Node]] = []
        diagonals: list[tuple[int, Node]] = []
        cost = 0.0
        for term in value.terms:
            diagonal = self.diagonal_of(term) if value.shape != (1, 1) else None
            if diagonal is not None:
                diagonals.append((term.sign, diagonal))
                continue
            node, extra = self.term(term, value.shape)
            full.append((term.sign, node))
            cost += extra + rows * columns
        if not diagonals:
            return self.graph.combine(full), cost
        # A number on the diagonal spreads over it; a sum of both kinds is a column.
        if any(not node.is_number for _, node in diagonals):
            diagonals = [(sign, self.spread(node, (rows, 1))) for sign, node in diagonals]
        diagonal = self.graph.combine(diagonals)
        if not full:
            column = self.spread(diagonal, (rows, 1))
            return self.graph.node("diagonal_matrix", (column,), value.shape, rows), float(rows * rows)
        base = self.graph.combine(full)
        return self.graph.node("add_diagonal", (base, diagonal), value.shape), cost + rows * columns

    def spread(self, node: Node, shape: Size) -> Node:
        """A number as a constant array."""
        if node.shape == shape:
            return node
        return self.graph.multiply(node, self.graph.array("ones", shape))

    def diagonal_of(self, term: Term) -> Node | None:
        """The diagonal (a column or a number), without the sign, of a term that is a diagonal matrix as it stands."""
        result = self.graph.number(1.0) if term.scale is None else term.scale
        for factor in term.chain:
            if not isinstance(factor, Diagonal):
                return None
            result = self.graph.multiply(result, factor.of)
        return result

    def term(self, term: Term, shape: Size) -> Planned:
        """The entries of ``scale * chain``, without the sign."""
        if term.scale is None:
            return self.chain(term.chain, shape)
        if not term.chain and shape == (1, 1):
            return term.scale, 0.0
        chain = term.chain
        thin = [k for k, f in enumerate(chain) if isinstance(f, Node) and 1 in f.shape and f.shape != shape]
        if thin and 1 not in shape:
            # An outer product: the number goes to the vector.
            vector = chain[thin[0]]
            if isinstance(vector, Node):
                scaled = self.graph.multiply(term.scale, vector)
                return self.chain((*chain[: thin[0]], scaled, *chain[thin[0] + 1 :]), shape)
        node, cost = self.chain(chain, shape)
        return self.graph.multiply(term.scale, node), cost + shape[0] * shape[1]

    # chains ----------------------------------------------------------------------------------------

    def chain(self, chain: tuple[Factor, ...], shape: Size) -> Planned:
        """The entries of a product of matrices, in the cheapest order found."""
        if not chain:
            column = self.graph.array("ones", (shape[0], 1))
            if column.is_number:
                return column, 0.0
            return self.graph.node("diagonal_matrix", (column,), shape, shape[0]), float(shape[0] * shape[1])
        found = self._chains.get(chain)
        if found is None:
            found = self._chains[chain] = self._best(chain)
        return found

    def _best(self, chain: tuple[Factor, ...]) -> Planned:
        size = len(chain)
        best: dict[tuple[int, int], Planned] = {(k, k): self._single(f) for k, f in enumerate(chain)}
        for width in range(2, size + 1):
            for i in range(size - width + 1):
                j = i + width - 1
                options: list[Planned] = []
                for k in range(i, j):
                    left, right = best[i, k], best[k + 1, j]
                    node, cost = self.matmul(left[0], right[0])
                    options.append((node, cost + left[1] + right[1]))
                    if k == i and not isinstance(chain[i], Node):
                        node, cost = self._before(chain[i], right[0])
                        options.append((node, cost + right[1]))
                    if k + 1 == j and not isinstance(chain[j], Node):
                        node, cost = self._after(left[0], chain[j])
                        options.append((node, cost + left[1]))
                best[i, j] = min(options, key=lambda option: option[1])
        return best[0, size - 1]

    def _single(self, factor: Factor) -> Planned:
        rows, columns = factor.shape
        if isinstance(factor, Node):
            return factor, 0.0
        if (rows, columns) == (1, 1) and isinstance(factor, (Diagonal, Inverted)):
            return (
                factor.of if isinstance(factor, Diagonal) else self.graph.divide(self.graph.number(1.0), factor.of)
            ), 0.0
        if isinstance(factor, Diagonal):
            return self.graph.node("diagonal_matrix", (factor.of,), factor.shape, rows), float(rows * rows)
        if isinstance(factor, Inverted):
            return self.graph.node("inverse", (factor.of,), factor.shape), 2.0 * rows**3
        if isinstance(factor, Kronecker):
            return self.graph.node("kron", (factor.left, factor.right), factor.shape), float(rows * columns)
        if isinstance(factor, Entrywise):
            node, cost = self.form(factor.inside)
            return self.graph.multiply(factor.of, node), cost + rows * columns
        return self.form(factor)

    def matmul(self, a: Node, b: Node) -> Planned:
        """The product of two arrays."""
        shape = (a.shape[0], b.shape[1])
        if a.is_number or b.is_number:
            return self.graph.multiply(a, b), float(shape[0] * shape[1])
        if a.shape[1] == 1:
            return self.graph.multiply(a, b), float(shape[0] * shape[1])  # an outer product
        if shape == (1, 1):
            return self.graph.inner(self.graph.transpose(a), b), 2.0 * a.shape[1]
        cost = 2.0 * shape[0] * a.shape[1] * shape[1]
        if a.shape[0] == 1:
            # Rows are columns turned: x^T A^T and A x are then one operation.
            return self.graph.transpose(self.matmul(self.graph.transpose(b), self.graph.transpose(a))[0]), cost
        return self.graph.node("matmul", (a, b), shape), cost

    def _before(self, factor: Factor, block: Node) -> Planned:
        """``factor`` times an array."""
        (n, _), width = factor.shape, block.shape[1]
        graph = self.graph
        if isinstance(factor, Diagonal):
            return graph.multiply(factor.of, block), float(n * width)
        if isinstance(factor, Inverted):
            if factor.of.is_number:
                return graph.divide(block, factor.of), float(width)
            return graph.node("solve", (factor.of, block), block.shape), 2.0 * n**3 / 3 + 2.0 * n * n * width
        if isinstance(factor, Kronecker) and width == 1:
            # (A (x) B) vec(X) = vec(B X A^T)
            inside = graph.node("unvec", (block,), (factor.right.shape[1], factor.left.shape[1]), *_unvec(factor))
            rows, columns = factor.right.shape[0], factor.left.shape[0]
            product, cost = self.chain((factor.right, inside, graph.transpose(factor.left)), (rows, columns))
            return graph.node("vec", (product,), (rows * columns, 1)), cost + rows * columns
        if isinstance(factor, Terms):
            return self._each(factor, (n, width), lambda chain: (*chain, block))
        left, cost = self._single(factor)
        node, extra = self.matmul(left, block)
        return node, cost + extra

    def _after(self, block: Node, factor: Factor) -> Planned:
        """An array times ``factor``."""
        height, (_, n) = block.shape[0], factor.shape
        if isinstance(factor, Terms):
            return self._each(factor, (height, n), lambda chain: (block, *chain))
        graph = self.graph
        if isinstance(factor, Diagonal):
            return graph.multiply(block, graph.transpose(factor.of)), float(height * n)
        node, cost = self._before(transposed(graph, factor), graph.transpose(block))
        return graph.transpose(node), cost

    def _each(self, factor: Terms, shape: Size, placed: Placed) -> Planned:
        """A sum applied to an array term by term, so that it need not be formed."""
        parts: list[tuple[int, Node]] = []
        cost = 0.0
        for term in factor.terms:
            node, extra = self.chain(placed(term.chain), shape)
            if term.scale is not None:
                node, extra = self.graph.multiply(term.scale, node), extra + shape[0] * shape[1]
            parts.append((term.sign, node))
            cost += extra + shape[0] * shape[1]
        return self.graph.combine(parts), cost


def _unvec(factor: Kronecker) -> Size:
    return (factor.right.shape[1], factor.left.shape[1])


def transposed(graph: Graph, factor: Factor) -> Factor:
    """The transpose of a factor."""
    if isinstance(factor, Node):
        return graph.transpose(factor)
    if isinstance(factor, Diagonal):
        return factor
    if isinstance(factor, Inverted):
        return Inverted(graph.transpose(factor.of))
    if isinstance(factor, Kronecker):
        return Kronecker(graph.transpose(factor.left), graph.transpose(factor.right))
    if isinstance(factor, Entrywise):
        return Entrywise(graph.transpose(factor.of), transposed_terms(graph, factor.inside))
    return transposed_terms(graph, factor)


def transposed_terms(graph: Graph, value: Terms) -> Terms:
    """The transpose of a sum, term by term."""
    terms = (
        Term(term.sign, term.scale, tuple(transposed(graph, f) for f in reversed(term.chain))) for term in value.terms
    )
    return Terms(value.shape[::-1], tuple(terms))
