"""The operations of a compiled expression: a graph in which equal operations are one node.

May import this package's operations only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np

from everystep.compiler.operations import OPERATIONS
from everystep.records import dataclass

Size: TypeAlias = tuple[int, int]


class Node:
    """A value: an argument, a constant, or an operation on other nodes, with its shape for one instance."""

    __slots__ = ("args", "name", "parameters", "shape", "uid")

    def __init__(self, uid: int, name: str, args: tuple[Node, ...], parameters: tuple[Any, ...], shape: Size) -> None:
        self.uid = uid
        self.name = name
        self.args = args
        self.parameters = parameters
        self.shape = shape

    @property
    def is_number(self) -> bool:
        """Whether it is 1 x 1."""
        return self.shape == (1, 1)

    @property
    def constant(self) -> float | None:
        """The value of a constant number."""
        return self.parameters[0] if self.name == "constant" else None


class Graph:
    """The nodes made so far; every maker returns the node that there already is."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self._nodes: dict[tuple[Any, ...], Node] = {}
        self._symmetric: dict[int, bool] = {}

    def node(self, name: str, args: tuple[Node, ...], shape: Size, *parameters: Any) -> Node:
        """The node of an operation; constant numbers are evaluated at once."""
        if args and OPERATIONS[name].elementwise and all(a.constant is not None for a in args):
            with np.errstate(all="ignore"):
                keywords = {"signs": parameters[0]} if name == "combine" else {}
                return self.number(float(OPERATIONS[name].run(*(np.float64(a.constant) for a in args), **keywords)))
        if args and not OPERATIONS[name].elementwise:
            args = tuple(
                a if a.constant is None else self.node("array", (), a.shape, "value", a.shape, a.constant) for a in args
            )
        # Of arguments, those made here have one name for several shapes.
        key = (name, tuple(a.uid for a in args), parameters, None if args else shape)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(len(self._nodes), name, args, parameters, shape)
        return found

    def argument(self, name: str, at: tuple[int, ...], shape: Size) -> Node:
        """An array that is given: a variable, or the member of a family at these indices."""
        return self.node("argument", (), shape, name, at)

    def number(self, value: float) -> Node:
        """A constant number."""
        return self.node("constant", (), (1, 1), float(value))

    def array(self, kind: str, shape: Size, place: int = 0) -> Node:
        """A constant array: ``ones``, ``zeros``, or ``unit`` (1 in one row)."""
        if shape == (1, 1):
            return self.number(0.0 if kind == "zeros" else 1.0)
        return self.node("array", (), shape, kind, shape, place)

    # arithmetic that sees through what is simple ---------------------------------------------------

    def multiply(self, a: Node, b: Node) -> Node:
        """Entry by entry; numbers, columns and rows spread."""
        if a.constant == 1.0:
            return b
        if b.constant == 1.0:
            return a
        shape = (max(a.shape[0], b.shape[0]), max(a.shape[1], b.shape[1]))
        for one, other in ((a, b), (b, a)):
            if one.name == "array" and one.parameters[0] == "ones" and other.shape == shape:
                return other
        if b.is_number and not a.is_number:
            a, b = b, a
        if a.is_number and not b.is_number and b.name == "multiply" and b.args[0].is_number:
            # Numbers first: then an array is gone through once.
            return self.multiply(self.multiply(a, b.args[0]), b.args[1])
        if a.is_number and b.is_number:
            for one, other in ((a, b), (b, a)):
                if one.name == "divide" and one.args[0].constant == 1.0:
                    return self.divide(other, one.args[1])
        if _is_turned(b) and (a.is_number or _is_turned(a)):
            # Rows are columns turned, so that equal ones are one node.
            return self.transpose(self.multiply(self.transpose(a), self.transpose(b)))
        return self.node("multiply", (a, b), shape)

    def divide(self, a: Node, b: Node) -> Node:
        """By a number."""
        return a if b.constant == 1.0 else self.node("divide", (a, b), a.shape)

    def transpose(self, a: Node) -> Node:
        """The transpose; that of a transpose is the operand."""
        if a.is_number or self.is_symmetric(a):
            return a
        return a.args[0] if a.name == "transpose" else self.node("transpose", (a,), a.shape[::-1])

    def is_symmetric(self, a: Node) -> bool:
        """Whether a node is its own transpose by the way it is made: A A^T, u u^T, sums and inverses of such."""
        known = self._symmetric.get(a.uid)
        if known is None:
            known = self._symmetric[a.uid] = a.shape[0] == a.shape[1] and self._made_symmetric(a)
        return known

    def _made_symmetric(self, a: Node) -> bool:
        if a.name in ("combine", "multiply"):
            outer = a.name == "multiply" and a.args[0].shape[1] == 1 and a.args[1].shape[0] == 1
            if outer and not a.args[0].is_number and not a.args[1].is_number:
                return self._turned(a.args[0], a.args[1])
            return all(b.is_number or self.is_symmetric(b) for b in a.args)
        if a.name in ("add_diagonal", "inverse", "divide"):
            return self.is_symmetric(a.args[0])
        return a.name == "diagonal_matrix" or (a.name == "matmul" and self._turned(*a.args))

    @staticmethod
    def _turned(a: Node, b: Node) -> bool:
        """Whether b is the transpose of a, as nodes."""
        return (b.name == "transpose" and b.args[0] is a) or (a.name == "transpose" and a.args[0] is b)

    def combine(self, terms: list[tuple[int, Node]]) -> Node:
        """The sum of terms with signs."""
        if len(terms) == 1:
            ((sign, only),) = terms
            return only if sign == 1 else self.multiply(self.number(-1.0), only)
        # In one order, so that equal sums are one node.
        terms = sorted(terms, key=lambda term: term[1].uid)
        shape = max(node.shape for _, node in terms)
        if all(_is_turned(node) for _, node in terms):
            return self.transpose(self.combine([(sign, self.transpose(node)) for sign, node in terms]))
        return self.node("combine", tuple(node for _, node in terms), shape, tuple(sign for sign, _ in terms))

    def inner(self, a: Node, b: Node) -> Node:
        """The sum of all entries of a . b."""
        if a.is_number:
            return self.multiply(a, b)
        if _is_turned(a) and _is_turned(b):
            a, b = self.transpose(a), self.transpose(b)
        return self.node("inner", (a, b) if a.uid <= b.uid else (b, a), (1, 1))


def _is_turned(node: Node) -> bool:
    """Whether it is a row that was a column."""
    return node.name == "transpose" and node.shape[0] == 1


def below(output: Node) -> list[Node]:
    """All nodes below an output and itself, operands first: an operand has a smaller number than what is made of it."""
    found = {output.uid: output}
    stack = [output]
    while stack:
        for operand in stack.pop().args:
            if operand.uid not in found:
                found[operand.uid] = operand
                stack.append(operand)
    return [found[uid] for uid in sorted(found)]


def replaced(graph: Graph, output: Node, values: Mapping[int, Node]) -> Node:
    """The output with other nodes in the place of some, given by their numbers."""
    if not values:
        return output
    new: dict[int, Node] = dict(values)
    for node in below(output):
        if node.uid not in new:
            args = tuple(new[a.uid] for a in node.args)
            same = all(a is b for a, b in zip(args, node.args, strict=True))
            new[node.uid] = node if same else graph.node(node.name, args, node.shape, *node.parameters)
    return new[output.uid]


@dataclass(frozen=True)
class Body:
    """What a loop does with each row (:mod:`everystep.compiler.loops`).

    Attributes:
        output: the value of one row; of a stack, a column or a number.
        arguments: rows as columns, then what stays.
        looped: how many of the arguments are rows.
        count: of rows.
    """

    output: Node
    arguments: tuple[Node, ...]
    looped: int
    count: int
