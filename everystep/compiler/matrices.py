"""Builders of matrices: powers, transposes, inverses, traces, diagonals, determinants, Kronecker products, blocks.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.compiler.graph import Node, Size
from everystep.compiler.lowering import Lowering, NotCompiled, builds
from everystep.compiler.products import Diagonal, Factor, Inverted, Kronecker, Term, Terms, transposed_terms

_MOST_POWERS = 16
"""The largest power of a matrix that takes part in a chain."""

# powers ----------------------------------------------------------------------------------------


@builds(ex.Pow)
def _pow(low: Lowering, expression: ex.Pow) -> Terms:
    base, exponent = expression.operands
    power = low.node(exponent)
    k = power.constant
    shape = low.shape(base)
    if shape != (1, 1):
        return _matrix_power(low, base, power)
    if isinstance(base, ex.Norm) and base.is_euclidean and k is not None and k == 2 * int(k / 2) and 0 < k <= 8:
        inside = low.node(base.operands[0])
        number = low.graph.inner(inside, inside)
        k /= 2
    else:
        number = low.node(base)
    graph = low.graph
    if k == 1:
        return low.number(number)
    if k == 2:
        return low.number(graph.multiply(number, number))
    if k == -1:
        return low.number(graph.divide(graph.number(1.0), number))
    if k == 0.5:
        return low.number(graph.node("sqrt", (number,), (1, 1)))
    return low.number(graph.node("power", (number, power if k is None else graph.number(k)), (1, 1)))


def _matrix_power(low: Lowering, base: ex.Expression, power: Node) -> Terms:
    """A chain for a small whole exponent, squares for a large one, a root, or the exponential of p log A."""
    graph, shape, k = low.graph, low.shape(base), power.constant
    if k is None or k != int(k):
        inside = low.node(base)
        if k is not None and 2 * k == int(2 * k):
            root = graph.node("matrix_root", (inside,), shape)
            return low.product([_whole_power(low, low.value(root), int(2 * k))], shape)
        logarithm = graph.node("matrix_logarithm", (inside,), shape)
        return low.value(graph.node("matrix_exponential", (graph.multiply(power, logarithm),), shape))
    return _whole_power(low, low.terms(base), int(k))


def _whole_power(low: Lowering, base: Terms, k: int) -> Terms:
    if k == 0:
        return Terms(base.shape, (Term(1, None, ()),))
    one = base if k > 0 else inverse_of(low, base)
    if abs(k) <= _MOST_POWERS:
        return low.product([one] * abs(k), base.shape)
    # Squares: a chain would be as long as the exponent.
    square, result = low.planner.form(one)[0], None
    for digit in reversed(f"{abs(k):b}"):
        if digit == "1":
            result = square if result is None else low.planner.matmul(result, square)[0]
        square = low.planner.matmul(square, square)[0]
    return low.value(square if result is None else result)


# transposes, inverses, diagonals ------------------------------------------------------------


@builds(ex.Transpose)
def _transpose(low: Lowering, expression: ex.Transpose) -> Terms:
    return transposed_terms(low.graph, low.terms(expression.operands[0]))


@builds(ex.Inverse)
def _inverse(low: Lowering, expression: ex.Inverse) -> Terms:
    return inverse_of(low, low.terms(expression.operands[0]))


def inverse_of(low: Lowering, value: Terms) -> Terms:
    """The inverse of a sum of products, as one term."""
    value = low.opened(value)
    graph, shape = low.graph, value.shape
    if shape == (1, 1):
        return low.number(graph.divide(graph.number(1.0), low.planner.form(value)[0]))
    if len(value.terms) == 1:
        (term,) = value.terms
        scale = None if term.scale is None else graph.divide(graph.number(1.0), term.scale)
        # (c A D B^-1)^-1 = B D^-1 A^-1 / c, if all factors are square.
        if all(factor.shape == shape for factor in term.chain):
            chain = tuple(_inverted(low, factor) for factor in reversed(term.chain))
            return Terms(shape, (Term(term.sign, scale, chain),))
    diagonals = [low.planner.diagonal_of(term) for term in value.terms]
    if all(d is not None for d in diagonals):
        column = low.planner.form(diagonal_part(low, value))[0]
        return low.factor(Diagonal(graph.node("reciprocal", (column,), column.shape)), shape)
    return low.factor(Inverted(low.planner.form(value)[0]), shape)


def _inverted(low: Lowering, factor: Factor) -> Factor:
    if isinstance(factor, Diagonal):
        return Diagonal(low.graph.node("reciprocal", (factor.of,), factor.of.shape))
    if isinstance(factor, Inverted):
        return factor.of
    if isinstance(factor, Node):
        return Inverted(factor)
    return Inverted(low.planner.chain((factor,), factor.shape)[0])


@builds(ex.PseudoInverse)
def _pseudo_inverse(low: Lowering, expression: ex.PseudoInverse) -> Terms:
    return low.value(low.graph.node("pseudo_inverse", (low.node(expression.operands[0]),), low.shape(expression)))


@builds(ex.Trace)
def _trace(low: Lowering, expression: ex.Trace) -> Terms:
    value = low.opened(low.terms(expression.operands[0]))
    if value.shape == (1, 1):
        return value
    parts = [(term.sign, trace_of(low, term, value.shape)) for term in value.terms]
    return low.number(low.graph.combine(parts))


def trace_of(low: Lowering, term: Term, shape: Size) -> Node:
    """The trace of a term, with its number and without its sign."""
    graph, planner, chain = low.graph, low.planner, term.chain
    if planner.diagonal_of(Term(1, None, chain)) is not None:
        column = planner.form(diagonal_part(low, Terms(shape, (Term(1, None, chain),))))[0]
        result = graph.node("total", (column,), (1, 1))
    elif len(chain) == 1:
        result = graph.node("trace", (planner.chain(chain, shape)[0],), (1, 1))
    else:
        # tr(A B) = sum of A . B^T; turned round so that a product of numbers stays one.
        turns = [(*chain[k:], *chain[:k]) for k in range(len(chain))]
        best: tuple[float, Node] | None = None
        for turn in turns:
            size = (turn[0].shape[0], turn[-1].shape[1])
            if size == (1, 1):
                node, cost = planner.chain(turn, size)
            else:
                left, cost = planner.chain(turn[:-1], (size[0], turn[-2].shape[1]))
                right, extra = planner.chain(turn[-1:], turn[-1].shape)
                node = graph.inner(left, graph.transpose(right))
                cost += extra + 2.0 * left.shape[0] * left.shape[1]
            if best is None or cost < best[0]:
                best = cost, node
        if best is None:
            raise NotCompiled("a trace of nothing")
        result = best[1]
    return result if term.scale is None else graph.multiply(term.scale, result)


@builds(ex.DiagPart)
def _diag_part(low: Lowering, expression: ex.DiagPart) -> Terms:
    value = low.terms(expression.operands[0])
    return value if value.shape == (1, 1) else diagonal_part(low, value)


def diagonal_part(low: Lowering, value: Terms) -> Terms:
    """The diagonal as a column, without the products of which only that is wanted."""
    n = value.shape[0]
    graph, planner = low.graph, low.planner
    value = low.opened(value)
    parts = []
    for term in value.terms:
        diagonal = planner.diagonal_of(Term(1, None, term.chain))
        if diagonal is not None:
            column = planner.spread(diagonal, (n, 1))
        elif len(term.chain) == 1:
            column = graph.node("diagonal", (planner.chain(term.chain, value.shape)[0],), (n, 1))
        else:
            splits = []
            for k in range(1, len(term.chain)):
                inside = term.chain[k].shape[0]
                left, first = planner.chain(term.chain[:k], (n, inside))
                right, second = planner.chain(term.chain[k:], (inside, n))
                splits.append((first + second + 2.0 * n * inside, k, left, graph.transpose(right)))
            _, _, left, right = min(splits)
            column = graph.multiply(left, right) if 1 in left.shape else graph.node("row_inner", (left, right), (n, 1))
        parts.append(Term(term.sign, term.scale, (column,)))
    return Terms((n, 1), tuple(parts))


@builds(ex.Diag)
def _diag(low: Lowering, expression: ex.Diag) -> Terms:
    column = low.node(expression.operands[0])
    return low.number(column) if column.is_number else low.factor(Diagonal(column), low.shape(expression))


@builds(ex.Hadamard)
def _hadamard(low: Lowering, expression: ex.Hadamard) -> Terms:
    shape, graph, planner = low.shape(expression), low.graph, low.planner
    values = [low.opened(low.terms(operand)) for operand in expression.operands]
    if shape == (1, 1):
        result = graph.number(1.0)
        for value in values:
            result = graph.multiply(result, planner.form(value)[0])
        return low.number(result)
    if shape[0] == shape[1]:
        flat = [all(planner.diagonal_of(t) is not None for t in value.terms) for value in values]
        if any(flat):
            # A diagonal matrix takes the diagonals of the others.
            columns = [planner.form(diagonal_part(low, value))[0] for value in values]
            result = columns[0]
            for column in columns[1:]:
                result = graph.multiply(result, column)
            return low.factor(Diagonal(result), shape)
    scale, sign = None, 1
    factors: list[Node] = []
    for value in values:
        if len(value.terms) == 1 and value.terms[0].chain:
            (term,) = value.terms
            sign *= term.sign
            if term.scale is not None:
                scale = term.scale if scale is None else graph.multiply(scale, term.scale)
            chain = term.chain
            outer = len(chain) == 2 and chain[0].shape[1] == 1
            if outer:
                # An outer product is a column and a row that spread.
                factors += [planner.chain((f,), f.shape)[0] for f in chain]
            else:
                factors.append(planner.chain(chain, shape)[0])
        else:
            factors.append(planner.form(value)[0])
    result = factors[0]
    for node in factors[1:]:
        result = graph.multiply(result, node)
    return low.scaled(low.factor(planner.spread(result, shape), shape), scale, sign)


@builds(ex.Kron)
def _kron(low: Lowering, expression: ex.Kron) -> Terms:
    left, right = (low.node(operand) for operand in expression.operands)
    if left.is_number or right.is_number:
        return low.value(low.graph.multiply(left, right))
    return low.factor(Kronecker(left, right), low.shape(expression))


@builds(ex.Vec)
def _vec(low: Lowering, expression: ex.Vec) -> Terms:
    inside = low.node(expression.operands[0])
    shape = low.shape(expression)
    return low.value(inside if inside.shape == shape else low.graph.node("vec", (inside,), shape))


@builds(ex.Block)
def _block(low: Lowering, expression: ex.Block) -> Terms:
    blocks = tuple(low.node(operand) for operand in expression.operands)
    return low.value(low.graph.node("block", blocks, low.shape(expression), int(expression.args[0])))


@builds(ex.Entry, ex.Row, ex.Col)
def _part(low: Lowering, expression: Any) -> Terms:
    base = low.node(expression.operands[0])
    rows, columns = base.shape
    first, second = (0, rows), (0, columns)
    at = [low.integer(i) for i in expression.args[1:]]
    if isinstance(expression, (ex.Row, ex.Entry)):
        first = (at[0] - 1, at[0])
    if isinstance(expression, ex.Col):
        second = (at[0] - 1, at[0])
    if isinstance(expression, ex.Entry) and len(at) == 2:
        second = (at[1] - 1, at[1])
    if min(first[0], second[0]) < 0 or first[1] > rows or second[1] > columns:
        raise NotCompiled(f"the index {', '.join(map(str, at))} lies outside a matrix of {rows} x {columns}")
    if base.is_number:
        return low.number(base)
    return low.value(low.graph.node("part", (base,), low.shape(expression), *first, *second))


# determinants ----------------------------------------------------------------------------------


@builds(ex.Det)
def _det(low: Lowering, expression: ex.Det) -> Terms:
    inside = low.node(expression.operands[0])
    return low.number(inside if inside.is_number else low.graph.node("determinant", (inside,), (1, 1)))


@builds(ex.Adjugate)
def _adjugate(low: Lowering, expression: ex.Adjugate) -> Terms:
    inside = low.node(expression.operands[0])
    if inside.is_number:
        return low.number(low.graph.number(1.0))
    return low.value(low.graph.node("adjugate", (inside,), inside.shape))


@builds(ex.Rank)
def _rank(low: Lowering, expression: ex.Rank) -> Terms:
    return low.number(low.graph.node("rank", (low.node(expression.operands[0]),), (1, 1)))
