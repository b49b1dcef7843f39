"""Derivatives by reverse accumulation: of the graph of what is differentiated, for the sizes at hand.

The variable is an argument of that graph whatever it is defined to be, and is replaced by its value at the end.  A
gradient is one way back (:mod:`everystep.compiler.adjoints`), a Jacobian one for every entry of its value or of its
variable.  A derivative along a direction is two: the adjoint is linear in its seed, and its own adjoint is the
derivative forwards.  May import ``everystep.algebra`` and this package.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from everystep.algebra import expressions as ex
from everystep.compiler.adjoints import adjoints
from everystep.compiler.graph import Body, Graph, Node, Size, below, replaced
from everystep.compiler.loops import STACK, TOTAL, loop
from everystep.compiler.lowering import Lowering, NotCompiled, Place
from everystep.records import dataclass

MOST_PASSES = 16
"""Ways back that are written out in a Jacobian; of more, it is a loop."""
_DIRECTION, _UNIT = "#direction", "#unit"


@dataclass(frozen=True)
class _Variable:
    """What is differentiated by: a name, or a part of one.

    ``picked`` takes the gradient by the name to that by the part, ``put`` a change of the part to one of the name.
    """

    name: ex.Var | ex.Member
    place: Place
    argument: Node
    picked: Callable[[Node], Node]
    put: Callable[[Node], Node]


class Derivative:
    """A derivative, and the graph of what it is of."""

    def __init__(self, low: Lowering, expression: Any) -> None:
        self.low = low
        self.expression = expression
        value, *rest = expression.operands
        self.changes: list[ex.Expression] = rest[1::2] if isinstance(expression, ex.Differential) else []
        self.variables = [_variable(low, e) for e in (rest[::2] if self.changes else rest)]
        self.inner = low.within(frozenset(v.place for v in self.variables))
        self.value = self.inner.node(value)

    def node(self) -> Node:
        """The derivative as an array.

        Raises:
            NotCompiled: an operation whose derivative is not known.
        """
        graph, e = self.low.graph, self.expression
        first = self.variables[0]
        if isinstance(e, ex.Gradient):
            found = self._gradient(self.value)
        elif isinstance(e, ex.Hessian):
            found = self._jacobian(self._gradient(self.value))
        elif isinstance(e, ex.Jacobian):
            found = self._jacobian(self.value)
        elif isinstance(e, ex.ScalarDerivative):
            found = self._gradient(self.value) if self.value.is_number else self._along([first.put(graph.number(1.0))])
        else:
            found = self._along([v.put(self.low.node(c)) for v, c in zip(self.variables, self.changes, strict=True)])
        # What is defined gets its value.
        values = {v.argument.uid: self.low.node(v.name) for v in self.variables}
        return replaced(graph, found, {uid: n for uid, n in values.items() if n.uid != uid})

    def _gradient(self, value: Node) -> Node:
        (variable,) = self.variables
        seed = self.low.graph.number(1.0)
        return variable.picked(adjoints(self.low.planner, value, seed, [variable.argument])[0])

    def _jacobian(self, value: Node) -> Node:
        """One row for every entry of a column, or one column for every entry of the variable, which are fewer."""
        (variable,) = self.variables
        graph = self.low.graph
        rows, width = value.shape[0], self.low.shape(self.expression)[1]
        count = min(rows, width)
        if count > MOST_PASSES:
            return self._looped(value, count, rows <= width)
        units = [graph.array("unit", (count, 1), k) for k in range(count)]
        if rows <= width:
            found = [variable.picked(adjoints(self.low.planner, value, u, [variable.argument])[0]) for u in units]
            return graph.transpose(_beside(graph, found))
        return _beside(graph, [self._along([variable.put(unit)], value) for unit in units])

    def _looped(self, value: Node, count: int, by_rows: bool) -> Node:
        """The same as a loop over the rows of the identity, planned once."""
        (variable,) = self.variables
        graph = self.low.graph
        unit = graph.argument(_UNIT, (), (count, 1))
        every = self.low.planner.chain((), (count, count))[0]
        if by_rows:
            row = variable.picked(adjoints(self.low.planner, value, unit, [variable.argument])[0])
            return loop(graph, STACK, row, [(unit, every)], (count, row.shape[0]))
        column = self._along([variable.put(unit)], value)
        return graph.transpose(loop(graph, STACK, column, [(unit, every)], (count, column.shape[0])))

    def _along(self, changes: Sequence[Node], value: Node | None = None) -> Node:
        """The derivative when the variables move by these: the adjoint of the adjoint, which is linear."""
        planner, graph = self.low.planner, self.low.graph
        value = self.value if value is None else value
        seed = graph.argument(_DIRECTION, (), value.shape)
        back = adjoints(planner, value, seed, list(dict.fromkeys(v.argument for v in self.variables)))
        places = list(dict.fromkeys(v.argument.uid for v in self.variables))
        parts = [
            graph.inner(back[places.index(v.argument.uid)], change)
            for v, change in zip(self.variables, changes, strict=True)
        ]
        (found,) = adjoints(planner, graph.combine([(1, part) for part in parts]), graph.number(1.0), [seed])
        if any(node.uid == seed.uid for node in below(found)):
            raise NotCompiled("the derivative along a direction is not compiled: an adjoint is not linear")
        return found


def _beside(graph: Graph, columns: Sequence[Node]) -> Node:
    if len(columns) == 1:
        return columns[0]
    return graph.node("columns", tuple(columns), (columns[0].shape[0], len(columns)))


def _variable(low: Lowering, e: ex.Expression) -> _Variable:
    graph = low.graph
    if isinstance(e, (ex.Var, ex.Member)):
        at = tuple(low.integer(i) for i in e.at) if isinstance(e, ex.Member) else ()
        name = ex.Member(e.name, *e.args[1:3], *at) if isinstance(e, ex.Member) else e
        return _Variable(name, (e.name, at), graph.argument(e.name, at, low.shape(e)), _same, _same)
    if not isinstance(e, (ex.Entry, ex.Row, ex.Col, ex.Transpose, ex.Vec)):
        raise NotCompiled(f"a derivative by {type(e).__name__} is not compiled")
    of = _variable(low, e.operands[0])
    shape = rows, columns = low.shape(e.operands[0])
    picked: Callable[[Node], Node]
    put: Callable[[Node], Node]
    if isinstance(e, ex.Transpose):
        picked = put = graph.transpose
    elif 1 in shape and isinstance(e, ex.Vec):
        picked, put = (graph.transpose, graph.transpose) if rows == 1 else (_same, _same)
    elif isinstance(e, ex.Vec):
        picked = lambda g: graph.node("vec", (g,), (rows * columns, 1))  # noqa: E731
        put = lambda d: graph.node("unvec", (d,), shape, rows, columns)  # noqa: E731
    else:
        (r, c), (height, width) = _start(low, e), low.shape(e)
        if r < 0 or c < 0 or r + height > rows or c + width > columns:
            raise NotCompiled(f"an index lies outside a matrix of {rows} x {columns}")
        picked = lambda g: graph.node("part", (g,), (height, width), r, r + height, c, c + width)  # noqa: E731
        put = lambda d: graph.node("placed", (d,), shape, *shape, r, c)  # noqa: E731
        if shape == (height, width):
            picked = put = _same
    return _Variable(of.name, of.place, of.argument, lambda g: picked(of.picked(g)), lambda d: of.put(put(d)))


def _same(node: Node) -> Node:
    return node


def _start(low: Lowering, e: ex.Expression) -> Size:
    at = [low.integer(i) - 1 for i in e.args[1:]]
    if isinstance(e, ex.Col):
        return 0, at[0]
    return at[0], at[1] if len(at) == 2 else 0


_MOST_DEPTH = 4
_NONLINEAR = (ex.Apply, ex.Call, ex.Softmax, ex.LogSumExp, ex.Inverse, ex.Div, ex.Norm, ex.MatrixFunction)


def is_deep(low: Lowering, expression: ex.Expression) -> bool:
    """Whether a value goes through a recurrence, or so many functions of one another that a closed form of its
    derivative would multiply out too much.
    """
    recurring = {recurrence.target.name for recurrence in low.context.recurrences}
    bodies: dict[str, list[ex.Expression]] = {}
    for definition in low.context.definitions:
        bodies.setdefault(definition.target.name, []).append(definition.body)
    known: dict[ex.Expression | str, int] = {}

    def depth(e: ex.Expression) -> int:
        if e not in known:
            inside = [depth(operand) for operand in e.operands]
            if isinstance(e, (ex.Var, ex.Member)):
                if e.name in recurring:
                    return _MOST_DEPTH + 1
                if e.name not in known:
                    known[e.name] = _MOST_DEPTH + 1  # layers that are defined by each other
                    known[e.name] = max((depth(body) for body in bodies.get(e.name, ())), default=0)
                inside.append(known[e.name])
            known[e] = max(inside, default=0) + isinstance(e, _NONLINEAR)
        return known[e]

    return depth(expression) > _MOST_DEPTH


def cost(output: Node) -> float:
    """The flops of all that an output needs, or the entries that are written."""
    return sum(_flops(node) for node in below(output))


def _flops(node: Node) -> float:
    size = float(math.prod(node.shape))
    if not node.args:
        return 0.0
    n = node.args[0].shape[0]
    if node.name == "matmul":
        return 2.0 * size * node.args[0].shape[1]
    if node.name == "solve":
        return 2.0 * n**3 / 3 + 2.0 * n * size
    if node.name in ("inverse", "determinant", "log_det", "eigenvalue", "eigenvector", "matrix_exponential"):
        return 2.0 * n**3
    if node.name in (TOTAL, STACK):
        body: Body = node.parameters[0]
        return body.count * cost(body.output)
    if node.name == "einsum":
        return _contraction_flops(node)
    return max(size, *(float(math.prod(a.shape)) for a in node.args))


def _contraction_flops(node: Node) -> float:
    """Of a contraction along its path."""
    subscripts, result, lengths, path, _ = node.parameters
    sizes = dict(zip(result, lengths, strict=True))
    for letters, operand in zip(subscripts, node.args, strict=True):
        sizes |= dict(zip(letters, operand.shape, strict=False))
    left = [set(letters) for letters in subscripts]
    total = 0.0
    for step in path[1:]:
        taken = [left[k] for k in step]
        left = [letters for k, letters in enumerate(left) if k not in step]
        letters = set().union(*taken)
        total += 2.0 * math.prod(sizes[letter] for letter in letters)
        left.append(letters & set(result).union(*left))
    return total
