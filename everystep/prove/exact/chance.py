"""Expectations, exactly: every random quantity is replaced by a finite law, and all its atoms are enumerated.

- ``bernoulli``: its own two atoms an entry.
- ``moments`` and ``iid``: two atoms a component, with the declared mean and covariance and a third moment that is not 0;
  the components of ``moments`` are uncorrelated after a change of basis, but not independent before it.
- ``gaussian``: nodes with weights of either sign that have the moments of a normal law up to a degree, which is that of
  the polynomial whose expectation is taken; what is not a polynomial is refused.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.context import Random
from everystep.prove.exact.errors import NeedsReals, TooLarge, Undefined, Unsupported
from everystep.prove.exact.arithmetic import Element
from everystep.prove.exact.evaluator import Cell, Evaluator, World
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet, add, multiply, scale, subtract, transpose
from everystep.prove.exact.program import (
    KINKED,
    Name,
    Node,
    Program,
    Run,
    bound_index,
    builds,
    flag_of,
    name_of,
    under_even_power,
)

Atoms = list[tuple[Jet, Jet]]
"""Values with their weights (1 x 1)."""

ENTRYWISE = ("bernoulli", "iid")
"""Laws whose entries are independent."""

MOST_ATOMS = 1200
_MOST_DEGREE = 8
_STARTS = ((1, 3), (-2, 5), (3, 7), (5, 4), (-7, 6), (2, 9), (8, 5))
_SLOPES = ((1, 2), (3, 4), (-5, 7), (2, 3), (7, 5), (-4, 9), (6, 7))


class _Choice:
    """The atoms of a cell, or of one entry of it, and which one is taken."""

    __slots__ = ("atoms", "cell", "entry", "position")

    def __init__(self, cell: Cell, entry: tuple[int, int] | None, atoms: Atoms) -> None:
        self.cell = cell
        self.entry = entry
        self.atoms = atoms
        self.position = 0


class _Enumeration:
    """Runs through all atoms of the random cells that the bodies turn out to need."""

    def __init__(self, ev: Evaluator, bodies: list[Node], nodes: int) -> None:
        self.ev = ev
        self.bodies = bodies
        self.nodes = nodes
        self.outer = ev.world
        self.choices: list[_Choice] = []
        self.gaussian = False

    def draw(self, cell: Cell, world: World) -> Jet | None:
        meaning = self.ev.program.meaning(*cell)
        if meaning is None or meaning.law is None:
            return None
        if meaning.law.law in ENTRYWISE:
            rows, columns = (self.ev.size(s) for s in meaning.law.target.shape)
            entries = [
                self._entry(meaning.law, cell, (i, j), world)
                for i in range(rows)
                for j in range(columns)
            ]
            value = gather(self.ev, entries, rows, columns)
        else:
            self.gaussian = self.gaussian or meaning.law.law == "gaussian"
            atoms = atoms_of(self.ev, self.outer, meaning.law, cell, self.nodes)
            value = self._choose(_Choice(cell, None, atoms))
        world.overrides[cell] = value
        return value

    def draw_entry(self, cell: Cell, at: tuple[int, int], world: World) -> Jet | None:
        meaning = self.ev.program.meaning(*cell)
        if meaning is None or meaning.law is None or meaning.law.law not in ENTRYWISE:
            return None
        return self._entry(meaning.law, cell, at, world)

    def _entry(self, law: Random, cell: Cell, at: tuple[int, int], world: World) -> Jet:
        found = world.entries.get((cell, at))
        if found is None:
            atoms = atoms_of(self.ev, self.outer, law, cell, self.nodes)
            found = world.entries[cell, at] = self._choose(_Choice(cell, at, atoms))
        return found

    def _choose(self, choice: _Choice) -> Jet:
        self.choices.append(choice)
        total = 1
        for other in self.choices:
            total *= len(other.atoms)
        if total > MOST_ATOMS:
            raise TooLarge("a law of many atoms")
        return choice.atoms[0][0]

    def __iter__(self) -> Iterator[tuple[Jet, list[Jet]]]:
        ev = self.ev
        while True:
            world = World(self.outer, ev.program.random_mask, None, self)
            for choice in self.choices:
                value = choice.atoms[choice.position][0]
                if choice.entry is None:
                    world.overrides[choice.cell] = value
                else:
                    world.entries[choice.cell, choice.entry] = value
            values = [ev.inside(world, body) for body in self.bodies]
            weight = ev.jets.constant(1)
            for choice in self.choices:
                weight = multiply(weight, choice.atoms[choice.position][1])
            yield weight, values
            while self.choices:
                last = self.choices[-1]
                last.position += 1
                if last.position < len(last.atoms):
                    break
                self.choices.pop()
            if not self.choices:
                return


# laws ------------------------------------------------------------------------------------------


def atoms_of(ev: Evaluator, outer: World, law: Random, cell: Cell, nodes: int) -> Atoms:
    """The atoms of a random quantity (of each entry, where they are independent).

    They are kept in the world that the parameters live in.
    """
    parameters = [ev.program.compile(p) for p in law.parameters]
    mask = 0
    for parameter in parameters:
        mask |= parameter.mask
    world = outer
    while world.parent is not None and not mask & world.changed:
        world = world.parent
    name = (cell, nodes if law.law == "gaussian" else 0)
    found: Atoms | None = world.atoms.get(name)
    if found is None:
        found = world.atoms[name] = _build(ev, outer, law, cell, parameters, nodes)
    return found


def _build(
    ev: Evaluator, outer: World, law: Random, cell: Cell, parameters: list[Node], nodes: int
) -> Atoms:
    outer_env = ev.env
    ev.env = dict(ev.source.sizes)
    if isinstance(law.target, ex.Member):
        for symbol, value in zip(law.target.at, cell[1], strict=True):
            if symbol.is_Symbol:
                ev.env[bound_index(symbol)] = value
    try:
        values = [ev.inside(outer, p) for p in parameters]
        columns = ev.size(law.target.shape[1])
    finally:
        ev.env = outer_env
    if law.law == "bernoulli":
        return _bernoulli(ev, values[0])
    if law.law == "iid":
        return [(add(v, values[0]), weight) for v, weight in _skewed(ev, values[1], 2)]
    if columns != 1:
        raise Unsupported("a random matrix with a mean and a covariance")
    return _correlated(ev, law.law, values[0], values[1], nodes)


def _bernoulli(ev: Evaluator, p: Jet) -> Atoms:
    one = ev.jets.constant(1)
    return [(ev.jets.constant(0), subtract(one, p)), (one, p)]


def _skewed(ev: Evaluator, variance: Jet, denominator: int) -> Atoms:
    """Two atoms with mean 0, the given variance and a third moment: ``v/b`` and ``-b`` for a small b."""
    if variance.parts is None and ev.ring.is_zero(variance.base[0, 0]):
        return [(ev.jets.constant(0), ev.jets.constant(1))]
    b = ev.jets.constant(1, denominator)
    square = multiply(b, b)
    if ev.ring.exact and variance.base == square.base:
        return _skewed(ev, variance, denominator + 1)
    high = scale(variance, ev.jets.constant(denominator))
    share = multiply(square, ev.jets.inverse(add(variance, square)))
    rest = subtract(ev.jets.constant(1), share)
    return [(high, share), (ev.jets.constant(-1, denominator), rest)]


def _normal(ev: Evaluator, variance: Jet, nodes: int) -> Atoms:
    """Nodes 0, 1, -1, 2, -2, ... with the moments of a normal law up to degree ``nodes - 1``."""
    if variance.parts is None and ev.ring.is_zero(variance.base[0, 0]):
        return [(ev.jets.constant(0), ev.jets.constant(1))]
    places = [(k + 1) // 2 * (1 if k % 2 else -1) for k in range(nodes)]
    powers = ev.ring.matrix(nodes, nodes, [x**k for k in range(nodes) for x in places])
    inverse = Jet(ev.ring.inverse(powers))
    moments = []
    moment = ev.jets.constant(1)
    for k in range(nodes):
        if k % 2:
            moments.append(ev.jets.constant(0))
        else:
            if k:
                moment = scale(multiply(moment, variance), ev.jets.constant(k - 1))
            moments.append(moment)
    column = gather(ev, moments, nodes, 1)
    weights = multiply(inverse, column)
    return [(ev.jets.constant(x), ev.jets.entry(weights, i, 0)) for i, x in enumerate(places)]


def gather(ev: Evaluator, numbers: list[Jet], rows: int, columns: int) -> Jet:
    """A matrix from its entries, row by row."""
    keys = {k for number in numbers for k in (number.parts or ())}
    base = ev.ring.matrix(rows, columns, [number.base[0, 0] for number in numbers])
    levels = 0
    for number in numbers:
        levels |= number.levels
    zero = ev.ring.zeros(1, 1)
    parts = {
        k: ev.ring.matrix(rows, columns, [(n.parts or {}).get(k, zero)[0, 0] for n in numbers])
        for k in keys
    }
    return Jet(base, parts or None, levels)


def _correlated(ev: Evaluator, law: str, mean: Jet, covariance: Jet, nodes: int) -> Atoms:
    """A vector with that mean and covariance, from uncorrelated components."""
    triangle, diagonal = factorise(ev, covariance)
    if law == "gaussian":
        components = [_normal(ev, d, nodes) for d in diagonal]
    else:
        triangle = multiply(triangle, _mixing(ev, diagonal))
        components = [_skewed(ev, d, 2 + i) for i, d in enumerate(diagonal)]
    total = 1
    for component in components:
        total *= len(component)
    if total > MOST_ATOMS:
        raise TooLarge("a law of many atoms")
    result = []
    for combination in product(*components):
        weight = ev.jets.constant(1)
        for _, w in combination:
            weight = multiply(weight, w)
        vector = gather(ev, [v for v, _ in combination], len(combination), 1)
        result.append((add(mean, multiply(triangle, vector)), weight))
    return result


def factorise(ev: Evaluator, covariance: Jet) -> tuple[Jet, list[Jet]]:
    """``C = L D L^T`` with unit lower triangular L; raises Undefined when C is no covariance matrix."""
    n = covariance.rows
    rest = covariance
    diagonal: list[Jet] = []
    lower = ev.jets.identity(n)
    for k in range(n):
        pivot = ev.jets.entry(rest, k, k)
        diagonal.append(pivot)
        zero = pivot.parts is None and ev.ring.is_zero(pivot.base[0, 0])
        if not zero and ev.ring.ordered and ev.ring.sign(pivot.base[0, 0]) < 0:
            raise Undefined("law", "the covariance matrix is not positive semidefinite")
        if zero:
            if ev.ring.exact and any(rest.base[i, k] != 0 for i in range(k + 1, n)):
                raise Undefined("law", "the covariance matrix is not positive semidefinite")
            continue
        source = [i * n + k if i > k else -1 for i in range(n)]
        column = scale(ev.jets.reshape(rest, n, 1, source), ev.jets.inverse(pivot))
        unit = Jet(ev.ring.matrix(1, n, [1 if j == k else 0 for j in range(n)]))
        lower = add(lower, multiply(column, unit))
        full = add(column, transpose(unit))
        rest = subtract(rest, scale(multiply(full, transpose(full)), pivot))
    return lower, diagonal


def _mixing(ev: Evaluator, diagonal: list[Jet]) -> Jet:
    """A matrix M, not diagonal, with ``M D M^T = D``: Cayley's transform of a skew matrix times D^-1."""
    n = len(diagonal)
    if n < 2 or any(ev.ring.exact and ev.ring.is_zero(d.base[0, 0]) for d in diagonal):
        return ev.jets.identity(n)
    half = [1 if i < j else -1 if i > j else 0 for i in range(n) for j in range(n)]
    skew = scale(Jet(ev.ring.matrix(n, n, half)), ev.jets.constant(1, 2))
    inverse = ev.jets.zeros(n, n)
    for i, d in enumerate(diagonal):
        source = [0 if r == c == i else -1 for r in range(n) for c in range(n)]
        inverse = add(inverse, ev.jets.reshape(ev.jets.inverse(d), n, n, source))
    turn = multiply(skew, inverse)
    one = ev.jets.identity(n)
    return multiply(ev.jets.inverse(subtract(one, turn)), add(one, turn))


# expectation, variance, covariance -------------------------------------------------------------


def _mean(ev: Evaluator, body: Node, nodes: int) -> tuple[list[Jet], bool]:
    total: Jet | None = None
    enumeration = _Enumeration(ev, [body], nodes)
    for weight, (value,) in enumeration:
        term = scale(value, weight)
        total = term if total is None else add(total, term)
    return [] if total is None else [total], enumeration.gaussian


def _covariance(ev: Evaluator, bodies: list[Node], nodes: int) -> tuple[list[Jet], bool]:
    enumeration = _Enumeration(ev, bodies, nodes)
    outcomes = list(enumeration)
    means: list[Jet | None] = [None, None]
    for weight, values in outcomes:
        for side, value in enumerate((values[0], values[-1])):
            term, before = scale(value, weight), means[side]
            means[side] = term if before is None else add(before, term)
    left, right = means
    total: Jet | None = None
    for weight, values in outcomes:
        if left is None or right is None:
            break
        a, b = subtract(values[0], left), subtract(values[-1], right)
        term = scale(multiply(a, transpose(b)), weight)
        total = term if total is None else add(total, term)
    return [] if total is None else [total], enumeration.gaussian


def _expected(ev: Evaluator, bodies: list[Node], compute: Any, twice: bool) -> Jet:
    """The result with as many nodes as the degree of the bodies in the normal variables asks for."""
    for body in bodies:
        if body.mask & KINKED and _kinked(ev.program, body.expression, set()):
            raise Unsupported("the expectation of a function with a kink of a normal variable")
    degree = _degree(ev, bodies)
    if degree is None:
        (now,), gaussian = compute(1)
        if gaussian:
            raise Unsupported("an expectation whose random quantities depend on chance")
        return now
    degree *= 2 if twice else 1
    (result,), _ = compute(degree if degree % 2 else degree + 1)
    return result


def _kinked(program: Program, expression: ex.Expression, seen: set[Name]) -> bool:
    """Whether a normal variable passes through what may look like a polynomial on a line but is none."""
    mask = program.mask_of(expression)
    if not mask & KINKED or not mask & program.normal_mask:
        return False
    if isinstance(expression, ex.Var | ex.Member):
        name = name_of(expression)
        if name in seen:
            return False
        seen.add(name)
        return any(_kinked(program, body, seen) for body in program.bodies(name))
    operands = under_even_power(expression)
    if not operands:
        operands = expression.operands
        if flag_of(expression) & KINKED:
            return any(program.mask_of(o) & program.normal_mask for o in operands)
    return any(_kinked(program, o, seen) for o in operands)


def _degree(ev: Evaluator, bodies: list[Node]) -> int | None:
    """The degree along a line through the normal variables, by differences; None where there are none.

    Other random quantities are held at numbers without a pattern.
    """
    probe = _Probe(ev)
    values: list[list[list[Element]]] = [[] for _ in bodies]
    for step in range(_MOST_DEGREE + 3):
        probe.step = step
        world = World(ev.world, ev.program.random_mask, None, probe)
        for row, body in zip(values, bodies, strict=True):
            row.append(_flattened(ev.inside(world, body)))
        if not probe.gaussian:
            return None
        degrees = [_degree_of(ev, row) for row in values]
        if all(d < step - 1 for d in degrees):
            return max(0, *degrees)
    if ev.ring.exact:
        raise NeedsReals("the expectation of what is not a polynomial")
    raise Unsupported("the expectation of what is not a polynomial in a normal variable")


class _Probe:
    """Puts normal variables on a line, and other random quantities at fixed numbers."""

    def __init__(self, ev: Evaluator) -> None:
        self.ev = ev
        self.step = 0
        self.gaussian = False

    def draw(self, cell: Cell, world: World) -> Jet | None:
        ev = self.ev
        meaning = ev.program.meaning(*cell)
        if meaning is None or meaning.law is None:
            return None
        rows, columns = (compiled(s)(ev.source.sizes) for s in meaning.law.target.shape)
        normal = meaning.law.law == "gaussian"
        self.gaussian = self.gaussian or normal
        entries = []
        for k in range(rows * columns):
            start, slope = (ev.ring.element(*f) for f in (_STARTS[k % 7], _SLOPES[k % 7]))
            entries.append(start + self.step * slope if normal else start)
        value = world.overrides[cell] = Jet(ev.ring.matrix(rows, columns, entries))
        return value

    def draw_entry(self, cell: Cell, at: tuple[int, int], world: World) -> Jet | None:
        return None


def _flattened(value: Jet) -> list[Element]:
    entries = list(value.base.entries())
    for k in sorted(value.parts or {}):
        entries += (value.parts or {})[k].entries()
    return entries


def _degree_of(ev: Evaluator, rows: list[list[Element]]) -> int:
    """The degree of a polynomial from its values at 0, 1, 2, ...; -1 for zero."""
    length = max(len(row) for row in rows)
    zero = ev.ring.element(0)
    table = [row + [zero] * (length - len(row)) for row in rows]
    degree = -1
    order = 0
    while table:
        if not all(_negligible(ev, x) for row in table for x in row):
            degree = order
        table = [
            [y - x for x, y in zip(a, b, strict=True)]
            for a, b in zip(table, table[1:], strict=False)
        ]
        order += 1
    return degree


def _negligible(ev: Evaluator, x: Element) -> bool:
    if ev.ring.exact:
        return ev.ring.is_zero(x)
    return bool(x.contains(0)) and float(x.rad()) < 2.0**-40


@builds(ex.Expectation)
def _expectation(program: Program, node: Any) -> Run:
    body = program.compile(node.operands[0])
    return lambda ev: _expected(ev, [body], lambda nodes: _mean(ev, body, nodes), False)


@builds(ex.Variance)
def _variance(program: Program, node: Any) -> Run:
    bodies = [program.compile(node.operands[0])]
    return lambda ev: _expected(ev, bodies, lambda nodes: _covariance(ev, bodies, nodes), True)


@builds(ex.Covariance)
def _covariance_of_two(program: Program, node: Any) -> Run:
    bodies = [program.compile(o) for o in node.operands]
    return lambda ev: _expected(ev, bodies, lambda nodes: _covariance(ev, bodies, nodes), True)
