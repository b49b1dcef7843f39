"""Means without a closed form: over normal quantities by a rule of quadrature, over masks by all their values.

The graph of what is averaged is taken apart first.  What is linear in random quantities needs their means alone, and
independent factors come apart.  A function that is applied entry by entry needs the law of each entry; else the
largest parts that are linear in normal quantities are normal together, and so few of them are integrated over at once
(a factor that is linear is replaced by its mean given the others).  The sum over the points is a loop
(:mod:`everystep.compiler.loops`): it is planned once, and has derivatives.

The rule for normal quantities (:data:`RULE`) is the trapezoidal rule between -9 and 9 standard deviations, 401 points
in one dimension or 91 in each of two.  Of a function that is analytic about the real line its error falls exponentially
with the number of points (Trefethen and Weideman, 2014): for tanh of a standard normal number it is rounding.  At a
kink it is of the order of the squared distance of two points; a function that grows like exp(a x) needs a well below 9.
May import ``everystep.algebra``, ``everystep.calculus`` and this package.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import law_of
from everystep.algebra.context import Random
from everystep.algebra.substitution import instance
from everystep.calculus.core import Core
from everystep.calculus.indices import Integers
from everystep.calculus.lowering import Lowering as Calculus
from everystep.calculus.networks import Undecided
from everystep.compiler.adjoints import adjoints
from everystep.compiler.graph import Graph, Node, Size, below, replaced
from everystep.compiler.loops import STACK, TOTAL, loop
from everystep.compiler.lowering import Lowering, NotCompiled
from everystep.compiler.operations import OPERATIONS
from everystep.records import dataclass


@dataclass(frozen=True)
class Rule:
    """How normal quantities are integrated over: ``points`` along each of so many dimensions, between ``-reach`` and
    ``reach`` standard deviations.
    """

    points: Mapping[int, int]
    reach: float


RULE = Rule({1: 401, 2: 91}, 9.0)
MOST_BITS = 12
"""Entries of masks whose values are all gone through."""
MOMENTS = ("moments", "two moments")
"""The laws of which the first parameter is the mean, and nothing more is known than that and a covariance."""
_LINEAR = frozenset(
    (
        *("combine", "transpose", "part", "placed", "total", "trace", "diagonal", "diagonal_matrix", "add_diagonal"),
        *("vec", "unvec", "columns", "block", "spread"),
    )
)
"""Operations that are linear in all operands together."""
_PRODUCTS = frozenset(("multiply", "matmul", "inner", "row_inner", "kron", "kron_part", "einsum"))
"""Operations that are linear in each operand."""
_FIRST, _SECOND = frozenset(("divide",)), frozenset(("solve",))
"""Operations that are linear in their first, or in their second, operand."""


def _without_zeros(graph: Graph, output: Node, values: Mapping[int, Node]) -> Node:
    """The output with other nodes in the place of some, in which terms and products of what is zero are left out."""
    new = dict(values)
    for node in below(output):
        if node.uid in new:
            continue
        args = tuple(new[a.uid] for a in node.args)
        kept = (
            [(sign, a) for sign, a in zip(node.parameters[0], args, strict=True) if not _is_zero(a)]
            if (node.name == "combine")
            else []
        )
        if all(a is b for a, b in zip(args, node.args, strict=True)):
            new[node.uid] = node
        elif any(map(_is_zero, args)) and (
            node.name in _PRODUCTS or (node.name in _LINEAR and all(map(_is_zero, args)))
        ):
            new[node.uid] = graph.array("zeros", node.shape)
        elif kept and max(a.shape for _, a in kept) == node.shape:
            new[node.uid] = graph.combine(kept)
        else:
            new[node.uid] = graph.node(node.name, args, node.shape, *node.parameters)
    return new[output.uid]


def _is_zero(node: Node) -> bool:
    return node.constant == 0.0 or (node.name == "array" and node.parameters[0] == "zeros")


def mean_of(low: Lowering, expression: Any, rule: Rule = RULE) -> Node:
    """The value of an expectation, a variance or a covariance.

    Raises:
        NotCompiled: too many quantities at once; a law of which only moments are known; a hypothesis about something
            random.
    """
    for operand in expression.operands:
        try:
            Calculus(Core(Integers([], set())), low.context).require_known_laws(operand)
        except Undecided as error:
            raise NotCompiled(str(error)) from error
    values = [low.node(operand) for operand in expression.operands]
    if isinstance(expression, ex.Expectation):
        return _averaged(low, values[0], rule)
    graph = low.graph
    centred = [graph.combine([(1, v), (-1, _averaged(low, v, rule))]) for v in (values[0], values[-1])]
    return _averaged(low, low.planner.matmul(centred[0], graph.transpose(centred[1]))[0], rule)


def _averaged(low: Lowering, value: Node, rule: Rule) -> Node:
    """Over what is normal first, then over one mask after the other."""
    laws = {(r.target.name, isinstance(r.target, ex.Member)): r for r in low.context.random}
    random = [
        (node, law)
        for node in below(value)
        if node.name == "argument" and (law := laws.get((node.parameters[0], node.parameters[1] != ()))) is not None
    ]
    value = _Mean(low, [pair for pair in random if pair[1].law != "bernoulli"], rule).of(value)
    for pair in random:
        if pair[1].law == "bernoulli":
            value = _Mean(low, [pair], rule).of(value)
    return value


class _Mean:
    """The mean over some random arguments (sources), which are independent of each other; all else stays what it is."""

    def __init__(self, low: Lowering, sources: list[tuple[Node, Random]], rule: Rule) -> None:
        self.rule = rule
        self.low, self.graph, self.planner = low, low.graph, low.planner
        self.sources = {node.uid: (node, law) for node, law in sources}
        self._below: dict[int, frozenset[int]] = {}
        self._linear: dict[int, bool] = {}
        self._means: dict[int, Node] = {}

    def of(self, node: Node) -> Node:
        """The mean of a node."""
        if not self.random(node):
            return node
        found = self._means.get(node.uid)
        if found is None:
            found = self._means[node.uid] = self._of(node)
        return found

    def _of(self, node: Node) -> Node:
        if self.linear(node):
            return replaced(self.graph, node, {uid: self.parameter(uid, 0) for uid in self.random(node)})
        moving = [a for a in node.args if self.random(a)]
        apart = all(not self.random(a) & self.random(b) for k, a in enumerate(moving) for b in moving[:k])
        if (
            node.name in _LINEAR
            or (node.name in _PRODUCTS and apart)
            or (node.name in _FIRST and not self.random(node.args[1]))
            or (node.name in _SECOND and not self.random(node.args[0]))
        ):
            args = tuple(self.of(a) for a in node.args)
            return self.graph.node(node.name, args, node.shape, *node.parameters)
        if any(law.law == "bernoulli" for _, law in self.sources.values()):
            return self.over_masks(node)
        told = _Mean(
            self.low, [self.sources[u] for u in self.random(node) if self.sources[u][1].law in MOMENTS], self.rule
        )
        if told.sources and told.linear(node):  # given the others, their means are enough
            means = {uid: told.parameter(uid, 0) for uid in told.random(node)}
            return self.of(_without_zeros(self.graph, node, means))
        for uid in self.random(node):
            source, law = self.sources[uid]
            if law.law != "gaussian" or source.shape[1] != 1:
                raise NotCompiled(f"{law_of(law.target.name)} does not tell the mean of a function of it")
        return self.over_normal(node)

    # what a node rests on ---------------------------------------------------------------------------

    def random(self, node: Node) -> frozenset[int]:
        """The sources that a node rests on."""
        if node.uid not in self._below:
            for one in below(node):
                if one.uid not in self._below:
                    own = frozenset((one.uid,) if one.uid in self.sources else ())
                    self._below[one.uid] = own.union(*(self._below[a.uid] for a in one.args))
        return self._below[node.uid]

    def linear(self, node: Node) -> bool:
        """Whether a node is the sum of a constant and what is linear in the sources."""
        if node.uid not in self._linear:
            for one in below(node):
                if one.uid not in self._linear:
                    self._linear[one.uid] = self._is_linear(one)
        return self._linear[node.uid]

    def _is_linear(self, node: Node) -> bool:
        moving = [k for k, a in enumerate(node.args) if self.random(a)]
        if not moving:
            return True
        if not all(self._linear[node.args[k].uid] for k in moving):
            return False
        return (
            node.name in _LINEAR
            or (node.name in _PRODUCTS and len(moving) == 1)
            or (node.name in _FIRST and moving == [0])
            or (node.name in _SECOND and moving == [1])
        )

    def frontier(self, node: Node) -> list[Node]:
        """The largest linear parts that a node is made of."""
        found: dict[int, Node] = {}
        stack, seen = [node], set()
        while stack:
            one = stack.pop()
            if one.uid in seen or not self.random(one):
                continue
            seen.add(one.uid)
            if self.linear(one):
                found[one.uid] = one
            else:
                stack += one.args
        return [found[uid] for uid in sorted(found)]

    def entrywise(self, node: Node, ends: frozenset[int]) -> bool:
        """Whether each entry of a node rests on the same entry of these nodes only, all of one shape."""
        stack, seen = [node], set()
        while stack:
            one = stack.pop()
            if one.uid in seen or not self.random(one):
                continue
            seen.add(one.uid)
            if one.shape != node.shape:
                return False
            if one.uid in ends:
                continue
            by_entry = one.name == "call" and one.parameters[2] is None
            if not by_entry and not (OPERATIONS[one.name].elementwise if one.args else False):
                return False
            stack += one.args
        return True

    def parameter(self, uid: int, place: int) -> Node:
        """A parameter of a source's law, its mean (0) in the source's shape."""
        node, law = self.sources[uid]
        symbols = getattr(law.target, "at", ())
        mapping = {s: Integer(k) for s, k in zip(symbols, node.parameters[1], strict=True)}
        parameter = law.parameters[place]
        value = self.low.node(instance(parameter, mapping) if mapping else parameter)
        return self.planner.spread(value, node.shape) if place == 0 else value

    # masks ------------------------------------------------------------------------------------------

    def over_masks(self, node: Node) -> Node:
        """Both values of every entry where entries stay apart, else all values of those that occur."""
        ((uid, (source, law)),) = self.sources.items()
        graph = self.graph
        parts = self.parts_of(node, source)
        chances = [
            self.parameter(uid, 0)
            if p is source
            else graph.node(p.name, (self.parameter(uid, 0),), p.shape, *p.parameters)
            for p in parts
        ]
        fails = [graph.combine([(1, graph.array("ones", c.shape)), (-1, c)]) for c in chances]
        if len(parts) == 1 and self.entrywise(node, frozenset((parts[0].uid,))):
            both = [
                graph.multiply(weight, replaced(graph, node, {parts[0].uid: graph.array(kind, parts[0].shape)}))
                for weight, kind in ((chances[0], "ones"), (fails[0], "zeros"))
            ]
            return graph.combine([(1, part) for part in both])
        count = _size(parts)
        if count > MOST_BITS:
            raise NotCompiled(f"{count} entries of {law.target.name} at once have too many values; at most {MOST_BITS}")
        bits = graph.argument("#bits", (), (count, 1))
        weight, start = graph.number(1.0), 0
        values: dict[int, Node] = {}
        for part, chance, fail in zip(parts, chances, fails, strict=True):
            stop = start + math.prod(part.shape)
            for place in range(start, stop):
                row, column = (place - start) % part.shape[0], (place - start) // part.shape[0]
                bit, kept, lost = (
                    _entry(graph, bits, place, 0),
                    *(_entry(graph, c, row, column) for c in (chance, fail)),
                )
                missed = graph.combine([(1, graph.number(1.0)), (-1, bit)])
                each = [(1, graph.multiply(kept, bit)), (1, graph.multiply(lost, missed))]
                weight = graph.multiply(weight, graph.combine(each))
            cut = bits if count == stop - start else graph.node("part", (bits,), (stop - start, 1), start, stop, 0, 1)
            values[part.uid] = _shaped(self.low, cut, part.shape)
            start = stop
        masks = graph.node("masks", (), (2**count, count), count)
        return loop(graph, TOTAL, graph.multiply(weight, replaced(graph, node, values)), [(bits, masks)], node.shape)

    def parts_of(self, node: Node, source: Node) -> list[Node]:
        """The parts of a source that a node rests on, where they have no entry in common; else the source."""
        users = [n for n in below(node) if any(a is source for a in n.args)]
        if not users or any(user.name != "part" for user in users):
            return [source]
        taken: set[tuple[int, int]] = set()
        for r0, r1, c0, c1 in (user.parameters for user in users):
            entries = {(r, c) for r in range(r0, r1) for c in range(c0, c1)}
            if entries & taken:
                return [source]
            taken |= entries
        return users

    # normal quantities ------------------------------------------------------------------------------

    def over_normal(self, node: Node) -> Node:
        """Entry by entry, or over all that is linear in it together."""
        parts = self.frontier(node)
        graph = self.graph
        if len(parts) == 1 and self.entrywise(node, frozenset((parts[0].uid,))):
            (part,) = parts
            slopes = self.slopes(parts)
            variance = [
                graph.node("row_inner", pair, (pair[0].shape[0], 1)) if pair[0].shape[1] > 1 else graph.multiply(*pair)
                for uid, slope in slopes.items()
                for pair in [(self.planner.matmul(slope, self.parameter(uid, 1))[0], slope)]
            ]
            spread = graph.combine([(1, v) for v in variance])
            spread = _shaped(self.low, graph.node("sqrt", (spread,), spread.shape), node.shape)
            score = graph.argument("#score", (), (1, 1))
            value = graph.combine([(1, self.of(part)), (1, graph.multiply(score, spread))])
            return self.summed(replaced(graph, node, {part.uid: value}), score, 1)
        sources = [self.sources[uid][0] for uid in sorted(self.random(node))]
        if node.name in _PRODUCTS:
            moving = [a for a in node.args if self.random(a)]
            linear = [a for a in moving if self.linear(a)]
            if len(linear) == 1 and len(moving) > 1:
                others = [p for a in moving if a is not linear[0] for p in self.frontier(a)]
                if _size(others) < min(_size(sources), _size([*others, *linear])):
                    given = self.given(linear[0], others)
                    args = tuple(given if a is linear[0] else a for a in node.args)
                    return self.together(graph.node(node.name, args, node.shape, *node.parameters), others)
        return self.together(node, sources if _size(sources) < _size(parts) else parts)

    def together(self, node: Node, parts: list[Node]) -> Node:
        """The mean of what is made of these linear parts."""
        graph, count = self.graph, _size(parts)
        if count not in self.rule.points:
            raise NotCompiled(f"the mean is over {count} normal quantities at once; at most {max(self.rule.points)}")
        covariance = self.covariance(parts, parts)
        root = graph.node("sqrt" if count == 1 else "matrix_root", (covariance,), covariance.shape)
        score = graph.argument("#score", (), (count, 1))
        moved = graph.combine(
            [(1, self.stacked([self.of(p) for p in parts])), (1, self.planner.matmul(root, score)[0])]
        )
        values: dict[int, Node] = {}
        start = 0
        for part in parts:
            stop = start + math.prod(part.shape)
            cut = moved if count == stop - start else graph.node("part", (moved,), (stop - start, 1), start, stop, 0, 1)
            values[part.uid] = _shaped(self.low, cut, part.shape)
            start = stop
        return self.summed(replaced(graph, node, values), score, count)

    def summed(self, value: Node, score: Node, dimensions: int) -> Node:
        """The sum over the points of the rule."""
        graph, n, reach = self.graph, self.rule.points[dimensions], self.rule.reach
        points = graph.node("normal_points", (), (n**dimensions, dimensions), n, dimensions, reach)
        weights = graph.node("normal_weights", (), (n**dimensions, 1), n, dimensions, reach)
        weight = graph.argument("#weight", (), (1, 1))
        return loop(graph, TOTAL, graph.multiply(weight, value), [(weight, weights), (score, points)], value.shape)

    def given(self, linear: Node, others: list[Node]) -> Node:
        """The mean of a linear part given others: linear regression, which is exact for normal quantities."""
        graph = self.graph
        inverse = self.covariance(others, others)
        inverse = graph.node("pseudo_inverse", (inverse,), inverse.shape)
        gain = self.planner.matmul(self.covariance([linear], others), inverse)[0]
        away = graph.combine([(1, self.stacked(others)), (-1, self.stacked([self.of(p) for p in others]))])
        return graph.combine(
            [(1, self.of(linear)), (1, _shaped(self.low, self.planner.matmul(gain, away)[0], linear.shape))]
        )

    def covariance(self, left: list[Node], right: list[Node]) -> Node:
        """The covariance matrix of the entries of linear parts."""
        first, second = self.slopes(left), self.slopes(right)
        shape = (_size(left), _size(right))
        parts = [
            self.planner.chain((slope, self.parameter(uid, 1), self.graph.transpose(second[uid])), shape)[0]
            for uid, slope in first.items()
            if uid in second
        ]
        if not parts:
            return self.graph.array("zeros", shape)
        total = self.graph.combine([(1, part) for part in parts])
        if left != right or total.is_number:
            return total
        half = self.graph.multiply(self.graph.number(0.5), total)
        return self.graph.combine([(1, half), (1, self.graph.transpose(half))])

    def slopes(self, parts: list[Node]) -> dict[int, Node]:
        """For every source the matrix that it is multiplied with in the stacked entries of linear parts."""
        graph, count = self.graph, _size(parts)
        uids = sorted(frozenset().union(*(self.random(p) for p in parts)))
        stacked = self.stacked(parts)
        sources = [self.sources[uid][0] for uid in uids]
        unit = graph.argument("#unit of slopes", (), (count, 1))
        every = self.planner.chain((), (count, count))[0]
        found: dict[int, Node] = {}
        for uid, source, row in zip(uids, sources, adjoints(self.planner, stacked, unit, sources), strict=True):
            if row is unit:
                found[uid] = every
            elif count == 1:
                found[uid] = graph.transpose(replaced(graph, row, {unit.uid: every}))
            else:
                found[uid] = loop(graph, STACK, row, [(unit, every)], (count, source.shape[0]))
        return found

    def stacked(self, parts: list[Node]) -> Node:
        """The entries of parts, one column below the other."""
        columns = [_shaped(self.low, part, (math.prod(part.shape), 1)) for part in parts]
        if len(columns) == 1:
            return columns[0]
        return self.graph.node("block", tuple(columns), (sum(c.shape[0] for c in columns), 1), 1)


def _size(parts: list[Node]) -> int:
    return sum(math.prod(part.shape) for part in parts)


def _shaped(low: Lowering, node: Node, shape: Size) -> Node:
    """Column by column in another shape."""
    graph = low.graph
    if node.shape == shape:
        return node
    if shape[1] == 1:
        return graph.transpose(node) if node.shape[0] == 1 else graph.node("vec", (node,), shape)
    if node.shape[1] == 1:
        return graph.transpose(node) if shape[0] == 1 else graph.node("unvec", (node,), shape, *shape)
    raise NotCompiled(f"{node.shape} in the shape {shape}")


def _entry(graph: Graph, node: Node, row: int, column: int) -> Node:
    return node if node.is_number else graph.node("part", (node,), (1, 1), row, row + 1, column, column + 1)
