"""Builders of functions: entry by entry, of matrices, declared ones, softmax, norms, extremes, eigenvalues.

May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.functions import FUNCTIONS
from everystep.compiler.calls import entrywise, whole
from everystep.compiler.functions import derivative_of, derivative_values
from everystep.compiler.graph import Node
from everystep.compiler.lowering import Lowering, NotCompiled, argument, builds
from everystep.compiler.products import Terms


@builds(ex.Apply)
def _apply(low: Lowering, expression: ex.Apply) -> Terms:
    name, order = expression.function, expression.order
    operand = expression.operands[0]
    if name not in FUNCTIONS:
        if low.outside is not None:
            raise NotCompiled(f"the function {name} is not known: define it")
        return low.value(entrywise(low.graph, name, order, low.node(operand)))
    if name == "log" and order == 0 and isinstance(operand, ex.Det):
        inside = low.node(operand.operands[0])
        if not inside.is_number:
            return low.number(low.graph.node("log_det", (inside,), (1, 1)))
    if name == "log" and order == 0 and isinstance(operand, ex.Softmax):
        # z_i - log of the sum of e^z_j: the softmax may be 0 in floating point.
        logits = low.node(operand.operands[0])
        if not logits.is_number:
            total = low.graph.node("log_sum_exp", (logits,), (1, 1))
            return low.value(low.graph.combine([(1, logits), (-1, total)]))
    inside = low.node(operand)
    if order == 0:
        return low.value(low.graph.node(name, (inside,), inside.shape))
    return low.value(derivative_values(low.planner, derivative_of(name, order), inside))


@builds(ex.Call)
def _call(low: Lowering, expression: ex.Call) -> Terms:
    value, given = low.natural(expression), [low.natural(operand) for operand in expression.operands]
    arguments = [low.node(operand) for operand in expression.operands]
    return low.value(whole(low.graph, expression.function, (), arguments, value, given))


_MATRIX_FUNCTIONS = {"exp": "matrix_exponential", "log": "matrix_logarithm", "sqrt": "matrix_root"}


def _of_blocks(low: Lowering, inside: Node, sign: int) -> tuple[Node, Node]:
    """The even and the odd half of e^A, hyperbolic for sign 1: e^[[0, A], [s A, 0]] = [[C, S], [s S, C]]."""
    graph, n = low.graph, inside.shape[0]
    zeros, whole = graph.array("zeros", inside.shape), (2 * n, 2 * n)
    blocks = graph.node("block", (zeros, inside, graph.combine([(sign, inside)]), zeros), whole, 2)
    both = graph.node("matrix_exponential", (blocks,), whole)
    even, odd = (graph.node("part", (both,), inside.shape, 0, n, c, c + n) for c in (0, n))
    return even, odd


def _tanh(low: Lowering, inside: Node) -> Node:
    even, odd = _of_blocks(low, inside, 1)
    return low.graph.node("solve", (even, odd), inside.shape)


def _logistic(low: Lowering, inside: Node) -> Node:
    """(I + tanh(A / 2)) / 2."""
    half, graph = low.graph.number(0.5), low.graph
    turned = graph.multiply(half, _tanh(low, graph.multiply(half, inside)))
    return graph.node("add_diagonal", (turned, half), inside.shape)


def _softplus(low: Lowering, inside: Node) -> Node:
    graph = low.graph
    raised = graph.node("matrix_exponential", (inside,), inside.shape)
    shifted = graph.node("add_diagonal", (raised, graph.number(1.0)), inside.shape)
    return graph.node("matrix_logarithm", (shifted,), inside.shape)


_MADE_OF_OTHERS: dict[str, Callable[[Lowering, Node], Node]] = {
    "cos": lambda low, inside: _of_blocks(low, inside, -1)[0],
    "sin": lambda low, inside: _of_blocks(low, inside, -1)[1],
    "tanh": _tanh,
    "logistic": _logistic,
    "softplus": _softplus,
    "reciprocal": lambda low, inside: low.graph.node("inverse", (inside,), inside.shape),
}
"""Functions of matrices that are made of others; within the range of the exponential."""


@builds(ex.MatrixFunction)
def _matrix_function(low: Lowering, expression: ex.MatrixFunction) -> Terms:
    function = expression.function
    if function not in _MATRIX_FUNCTIONS and function not in _MADE_OF_OTHERS:
        if low.outside is not None:
            return argument(low, expression)
        raise NotCompiled(f"the matrix function {function} is not compiled: it has no power series")
    inside = low.node(expression.operands[0])
    if inside.is_number:
        return low.number(low.graph.node(function, (inside,), (1, 1)))
    if function in _MADE_OF_OTHERS:
        return low.value(_MADE_OF_OTHERS[function](low, inside))
    return low.value(low.graph.node(_MATRIX_FUNCTIONS[function], (inside,), inside.shape))


@builds(ex.Softmax)
def _softmax(low: Lowering, expression: ex.Softmax) -> Terms:
    inside = low.node(expression.operands[0])
    return low.value(low.graph.node("softmax", (inside,), inside.shape))


@builds(ex.LogSumExp)
def _log_sum_exp(low: Lowering, expression: ex.LogSumExp) -> Terms:
    return low.number(low.graph.node("log_sum_exp", (low.node(expression.operands[0]),), (1, 1)))


@builds(ex.Norm)
def _norm(low: Lowering, expression: ex.Norm) -> Terms:
    inside, graph = low.node(expression.operands[0]), low.graph
    if inside.is_number:
        return low.number(graph.node("abs", (inside,), (1, 1)))
    vector = 1 in inside.shape
    if expression.kind == "F" or (expression.kind == "2" and vector):
        return low.number(graph.node("sqrt", (graph.inner(inside, inside),), (1, 1)))
    if vector:
        sizes = graph.node("abs", (inside,), inside.shape)
        name, parameters = ("total", ()) if expression.kind == "1" else ("largest", (1,))
        return low.number(graph.node(name, (sizes,), (1, 1), *parameters))
    kind: float = {"1": 1, "2": 2, "inf": float("inf")}[expression.kind]
    return low.number(graph.node("operator_norm", (inside,), (1, 1), kind))


@builds(ex.Max, ex.Min)
def _extremum(low: Lowering, expression: Any) -> Terms:
    operands = tuple(low.node(operand) for operand in expression.operands)
    return low.number(low.graph.node("largest", operands, (1, 1), 1 if isinstance(expression, ex.Max) else -1))


@builds(ex.EigMax, ex.EigMin)
def _eigenvalue(low: Lowering, expression: Any) -> Terms:
    inside = low.node(expression.operands[0])
    if inside.is_number:
        return low.number(inside)
    place = -1 if isinstance(expression, ex.EigMax) else 0
    return low.number(low.graph.node("eigenvalue", (inside,), (1, 1), place))
