"""Evaluation of derivatives and limits: the variable gets infinitesimals, the function is computed again.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import arb

from everystep.algebra import expressions as ex
from everystep.prove.exact.arithmetic import Matrix
from everystep.prove.exact.errors import Inadmissible, NeedsReals, Unsupported
from everystep.prove.exact.evaluator import Cell, Evaluator, World
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet, add, key, linear, split_key
from everystep.prove.exact.nodes_common import position
from everystep.prove.exact.program import Node, Program, Run, bound_index, builds, name_of
from everystep.records import dataclass


@dataclass(frozen=True)
class Place:
    """What is varied: a named matrix and the positions in it, laid out in the shape ``rows x columns``."""

    cell: Cell
    positions: tuple[tuple[int, int], ...]
    rows: int
    columns: int


@dataclass(frozen=True)
class Variable:
    """A variable that can be varied: ``base`` is its name's node, ``place`` finds it on an instance."""

    base: Node
    bit: int
    place: Callable[[Evaluator], Place]


def variable(program: Program, expression: Any) -> Variable:
    """What can be differentiated by: a name, a family's member, an entry, a row, a column, a transpose, a vec."""
    if isinstance(expression, ex.Var | ex.Member):
        return _named(program, expression)
    if isinstance(expression, ex.Entry | ex.Row | ex.Col | ex.Transpose | ex.Vec):
        inner = variable(program, expression.operands[0])
        return Variable(inner.base, inner.bit, _selection(expression, inner.place))
    raise Unsupported(f"a derivative by {type(expression).__name__}")


def _named(program: Program, expression: Any) -> Variable:
    name, _ = name_of(expression)
    at = [compiled(i) for i in expression.at] if isinstance(expression, ex.Member) else []
    rows, columns = expression.shape

    def place(ev: Evaluator) -> Place:
        r, c = ev.size(rows), ev.size(columns)
        cell = (name, tuple([i(ev.env) for i in at]))
        return Place(cell, tuple((i, j) for i in range(r) for j in range(c)), r, c)

    return Variable(program.compile(expression), program.bit(name_of(expression)), place)


def _selection(expression: Any, inner: Callable[[Evaluator], Place]) -> Callable[[Evaluator], Place]:
    indices = [compiled(i) for i in expression.args[1:]]

    def place(ev: Evaluator) -> Place:
        whole = inner(ev)
        r, c, all_of = whole.rows, whole.columns, whole.positions
        at = [i(ev.env) for i in indices]
        if isinstance(expression, ex.Transpose):
            turned = tuple(all_of[i * c + j] for j in range(c) for i in range(r))
            return Place(whole.cell, turned, c, r)
        if isinstance(expression, ex.Vec):
            return Place(whole.cell, tuple(all_of[i * c + j] for j in range(c) for i in range(r)), r * c, 1)
        if isinstance(expression, ex.Row):
            i = position(at[0], r)
            return Place(whole.cell, all_of[i * c : i * c + c], 1, c)
        if isinstance(expression, ex.Col):
            j = position(at[0], c)
            return Place(whole.cell, all_of[j::c], r, 1)
        i, j = position(at[0], r), position(at[1], c) if len(at) == 2 else 0
        return Place(whole.cell, (all_of[i * c + j],), 1, 1)

    return place


def _unit(ev: Evaluator, like: Jet, at: tuple[int, int]) -> Matrix:
    unit = ev.ring.zeros(like.rows, like.columns)
    unit[at] = 1
    return unit


def _varied(ev: Evaluator, by: Variable, place: Place, levels: list[int]) -> World:
    """The world in which the variable has infinitesimals added; kept for the next derivative by it."""
    name = ("varied", place.cell, place.positions, tuple(levels))
    world = ev.world.children.get(name)
    if world is None:
        value = ev.value(by.base)
        parts = dict(value.parts or {})
        mask = value.levels
        for level in levels:
            mask |= 1 << level
            for direction, at in enumerate(place.positions):
                parts[key(level, direction)] = _unit(ev, value, at)
        moved = Jet(value.base, parts, mask)
        world = World(ev.world, by.bit, {place.cell: moved})
        ev.world.children[name] = world
    return world


def _coefficients(value: Jet, level: int, count: int) -> dict[int, list[Matrix | None]]:
    """The parts at one level, by what else they carry: for each direction the coefficient (None for 0)."""
    found: dict[int, list[Matrix | None]] = {0: [None] * count}
    bit = 1 << level
    for k, m in (value.parts or {}).items():
        if k & bit:
            direction, rest = split_key(k, level)
            found.setdefault(rest, [None] * count)[direction] = m
    return found


def _assemble(ev: Evaluator, found: dict[int, Any], levels: int, build: Callable[[Any], Matrix]) -> Jet:
    built = {rest: build(slots) for rest, slots in found.items()}
    base = built.pop(0)
    return Jet(base, built or None, levels)


def _varying(program: Program, node: Any) -> Callable[[Evaluator], tuple[Place, Jet, int]]:
    """Of a derivative: the variable's place, the body where it varies, and the level of the infinitesimals."""
    body, by = program.compile(node.operands[0]), variable(program, node.operands[1])

    def along(ev: Evaluator) -> tuple[Place, Jet, int]:
        place = by.place(ev)
        level = ev.open_level()
        try:
            return place, ev.inside(_varied(ev, by, place, [level]), body), level
        finally:
            ev.close_level()

    return along


@builds(ex.Gradient)
def _gradient(program: Program, node: Any) -> Run:
    along = _varying(program, node)

    def run(ev: Evaluator) -> Jet:
        place, value, level = along(ev)
        found = _coefficients(value, level, len(place.positions))

        def build(slots: list[Matrix | None]) -> Matrix:
            entries = [0 if m is None else m[0, 0] for m in slots]
            return ev.ring.matrix(place.rows, place.columns, entries)

        return _assemble(ev, found, value.levels & ~(1 << level), build)

    return run


@builds(ex.Jacobian)
def _jacobian(program: Program, node: Any) -> Run:
    along = _varying(program, node)

    def run(ev: Evaluator) -> Jet:
        place, value, level = along(ev)
        found = _coefficients(value, level, len(place.positions))
        rows = value.rows

        def build(slots: list[Matrix | None]) -> Matrix:
            entries = [0 if m is None else m[i, 0] for i in range(rows) for m in slots]
            return ev.ring.matrix(rows, len(slots), entries)

        return _assemble(ev, found, value.levels & ~(1 << level), build)

    return run


@builds(ex.Hessian)
def _hessian(program: Program, node: Any) -> Run:
    body, by = program.compile(node.operands[0]), variable(program, node.operands[1])

    def run(ev: Evaluator) -> Jet:
        place = by.place(ev)
        first, second = ev.open_level(), ev.open_level()
        try:
            value = ev.inside(_varied(ev, by, place, [first, second]), body)
        finally:
            ev.close_level()
            ev.close_level()
        count = len(place.positions)
        found: dict[int, list[Any]] = {0: [0] * (count * count)}
        both = 1 << first | 1 << second
        for k, m in (value.parts or {}).items():
            if k & both == both:
                i, rest = split_key(k, first)
                j, rest = split_key(rest, second)
                found.setdefault(rest, [0] * (count * count))[i * count + j] = m[0, 0]
        return _assemble(ev, found, value.levels & ~both, lambda slots: ev.ring.matrix(count, count, slots))

    return run


@builds(ex.ScalarDerivative)
def _scalar_derivative(program: Program, node: Any) -> Run:
    along = _varying(program, node)

    def run(ev: Evaluator) -> Jet:
        _, value, level = along(ev)
        return _along(ev, value, level)

    return run


def _along(ev: Evaluator, value: Jet, level: int) -> Jet:
    """The coefficient of a level that has one direction only."""
    found = _coefficients(value, level, 1)

    def build(slots: list[Matrix | None]) -> Matrix:
        return ev.ring.zeros(value.rows, value.columns) if slots[0] is None else slots[0]

    return _assemble(ev, found, value.levels & ~(1 << level), build)


@builds(ex.Differential)
def _differential(program: Program, node: Any) -> Run:
    body = program.compile(node.operands[0])
    moves = [(variable(program, x), program.compile(dx)) for x, dx in node.perturbations]

    def run(ev: Evaluator) -> Jet:
        level = ev.open_level()
        try:
            step = Jet(ev.ring.zeros(1, 1), {key(level, 0): ev.ring.identity(1)}, 1 << level)
            overrides: dict[Cell, Jet] = {}
            changed = 0
            for by, change in moves:
                place = by.place(ev)
                value = overrides.get(place.cell) or ev.value(by.base)
                spread = _spread(ev, ev.value(change), value, place)
                moved = linear_step(ev, spread, step)
                overrides[place.cell] = add(value, moved)
                changed |= by.bit
            return _along(ev, ev.inside(World(ev.world, changed, overrides), body), level)
        finally:
            ev.close_level()

    return run


def _spread(ev: Evaluator, change: Jet, value: Jet, place: Place) -> Jet:
    """A change of the variable as a change of the named matrix that holds it."""
    source = [-1] * (value.rows * value.columns)
    for number, (i, j) in enumerate(place.positions):
        source[i * value.columns + j] = number
    return ev.jets.reshape(change, value.rows, value.columns, source)


def linear_step(ev: Evaluator, change: Jet, step: Jet) -> Jet:
    """``change`` times an infinitesimal, whatever the shape."""
    (k,) = step.parts or {}
    parts = {k: change.base}
    parts.update({k | other: m for other, m in (change.parts or {}).items()})
    zero = linear(Jet(change.base), lambda m: m - m)
    return Jet(zero.base, parts, step.levels | change.levels)


# limits ----------------------------------------------------------------------------------------

_FIRST, _LAST = 16, 128
_CLOSE = 2.0**-30
_FAR = (2**40, 2**43 + 1)
"""Where a body without sums is evaluated that converges slowly; one is even and one is odd."""


def _reached(ev: Evaluator, before: Jet, now: Jet) -> Jet | None:
    """The later of two values with its distance to the earlier as its radius, where they are close."""
    gaps = [abs(float(x.mid())) for x in (now.base - before.base).entries()]
    size = max([abs(float(x.mid())) for x in now.base.entries()] + [1.0])
    if not max(gaps) <= _CLOSE * size:
        return None
    entries = [x + arb(0, 4 * g + _CLOSE) for x, g in zip(now.base.entries(), gaps, strict=True)]
    return Jet(ev.ring.matrix(now.rows, now.columns, entries))


def _is_short(body: ex.Expression, index: Any) -> bool:
    """Whether the cost of a body does not grow with the index: it occurs in numbers and exponents only."""
    places = (ex.SumOver, ex.Member, ex.Entry, ex.Row, ex.Col, ex.Unit, ex.Limit, ex.Var, ex.Eye, ex.Ones, ex.Zeros)
    return not any(isinstance(node, places) and index in node.free_symbols for node in ex.walk(body))


@builds(ex.Limit)
def _limit(program: Program, node: Any) -> Run:
    """Values at 16, 32, 64 and 128 until two neighbours agree; their distance widens the result.

    Without sums, so far out as 2^36 where that is not enough.  Not rigorous: masks carry a bit for it.
    """
    short = _is_short(node.operands[0], node.index)
    body, index = program.compile(node.operands[0]), bound_index(node.index)

    def at(ev: Evaluator, n: int) -> Jet:
        outer = ev.env
        ev.env = {**outer, index: n}
        try:
            return ev.value(body)
        finally:
            ev.env = outer

    def run(ev: Evaluator) -> Jet:
        if ev.ring.exact:
            raise NeedsReals("a limit")
        before = at(ev, _FIRST)
        if before.parts is not None:
            raise Unsupported("the derivative of a limit")
        n = 2 * _FIRST
        while n <= _LAST:
            now = at(ev, n)
            reached = _reached(ev, before, now)
            if reached is not None:
                return reached
            if abs(float((now.base - before.base).entries()[0].mid())) > 1e30:
                raise Inadmissible("a limit that was not reached")
            before, n = now, 2 * n
        reached = _reached(ev, *(at(ev, n) for n in _FAR)) if short else None
        if reached is not None:
            return reached
        raise Inadmissible("a limit that was not reached")

    return run
