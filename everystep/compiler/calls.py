"""Functions that are only declared: nodes that call what the caller gives, and their derivatives by name.

A function of numbers is called entry by entry, as ``f(array)``; its derivatives are ``f'``, ``f''`` and so on.  A
function of whole arrays is called with them as they are declared (a column has one axis, a number none), one instance
at a time; ``D1f`` is its derivative by its first argument, ``D12f`` that of ``D1f`` by the second.  Derivatives have
the axes of the value and then those of each argument, in that order.  May import this package's graph only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from everystep.compiler.graph import Graph, Node

Natural = tuple[int, ...]
"""The axes that an array is declared with."""


def name_of(function: str, by: int | tuple[int, ...]) -> str:
    """What a derivative is called: by its order, or by the numbers of the arguments."""
    if isinstance(by, int):
        return function + "'" * by
    return f"D{''.join(map(str, by))}{function}" if by else function


def is_derivative(name: str, function: str) -> bool:
    """Whether a name is that of a function or of one of its derivatives."""
    if name.startswith(function) and not name[len(function) :].strip("'"):
        return True
    before = name.removesuffix(function)
    return before != name and before[:1] == "D" and before[1:].isdigit()


def entrywise(graph: Graph, function: str, order: int, argument: Node) -> Node:
    """A function of numbers, or its derivative of that order, at every entry."""
    called = graph.node("function", (), (0, 0), name_of(function, order), None, ())
    return graph.node("call", (called, argument), argument.shape, function, order, None, ())


def whole(
    graph: Graph,
    function: str,
    by: tuple[int, ...],
    arguments: Sequence[Node],
    value: Natural,
    given: Sequence[Natural],
) -> Node:
    """A function of whole arrays, or its derivative by these arguments, counted from 1.

    A derivative is a matrix: all axes but those of the last argument are its rows, the first one the fastest, and so
    that it is the Jacobian of a vec.
    """
    lengths = [math.prod(given[k - 1]) for k in by]
    natural = sum((given[k - 1] for k in by), value)
    if by:
        shape = (math.prod(value) * math.prod(lengths[:-1]), lengths[-1])
    else:
        shape = (1, 1) if not value else (value[0], 1) if len(value) == 1 else (value[0], value[1])
    called = graph.node("function", (), (0, 0), name_of(function, by), natural, tuple(given))
    return graph.node("call", (called, *arguments), shape, function, by, value, tuple(given))


def derived(graph: Graph, node: Node, argument: int) -> Node:
    """The derivative of a call by its argument of that number, from 0: entry by entry, or as a matrix."""
    function, by, value, given = node.parameters
    if isinstance(by, int):
        return entrywise(graph, function, by + 1, node.args[1])
    return whole(graph, function, (*by, argument + 1), node.args[1:], value, given)


def described(node: Node) -> str:
    """What the caller has to give for a function node."""
    name, natural, given = node.parameters
    if natural is None:
        order = len(name) - len(name.rstrip("'"))
        of = f", the derivative of order {order} of {name.rstrip(chr(39))}" if order else ""
        return f"a function of an array, entry by entry{of}"
    takes = " and ".join(str(shape) for shape in given)
    return (
        f"a function of {'an array' if len(given) == 1 else 'arrays'} of shape {takes} with values of shape {natural}"
    )


def checked(node: Node, function: Any, dtype: np.dtype[Any]) -> Callable[..., Any]:
    """The caller's function for a function node, with its values checked.

    Raises:
        ValueError: it cannot be called; when called: its value has another shape, or is not made of real numbers.
    """
    name, natural, _ = node.parameters
    if not callable(function):
        raise ValueError(f"{name} is {function!r}; expected {described(node)}")

    def run(*arrays: Any) -> Any:
        wanted = np.shape(arrays[0]) if natural is None else natural
        value = function(*arrays)
        try:
            result = np.asarray(value)
        except ValueError as error:
            raise ValueError(f"{name} returned what is ragged; expected real numbers of shape {wanted}") from error
        if result.dtype.kind not in "fiub" or result.shape != wanted:
            returned = f"{name} returned shape {result.shape} and dtype {result.dtype}"
            raise ValueError(f"{returned}; expected real numbers of shape {wanted}")
        return np.array(result, dtype)[()]  # a copy: the function may return its argument

    return run
