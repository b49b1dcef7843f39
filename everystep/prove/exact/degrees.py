"""The degree of an expression as a polynomial in the normal variables, which decides how many nodes their law needs.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from itertools import pairwise
from zlib import crc32

from everystep.algebra import expressions as ex
from everystep.prove.exact.arithmetic import Element
from everystep.prove.exact.errors import NeedsReals, Unsupported
from everystep.prove.exact.evaluator import Cell, Evaluator, World
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.program import KINKED, NODED, Name, Node, Program, flag_of, name_of, under_even_power

_MOST_DEGREE = 8


def has_kink(program: Program, expression: ex.Expression, seen: set[Name]) -> bool:
    """Whether a normal variable passes through what may look like a polynomial on a line but is none."""
    mask = program.mask_of(expression)
    if not mask & KINKED or not mask & program.normal_mask:
        return False
    if isinstance(expression, ex.Var | ex.Member):
        name = name_of(expression)
        if name in seen:
            return False
        seen.add(name)
        return any(has_kink(program, body, seen) for body in program.bodies(name))
    operands = under_even_power(expression)
    if not operands:
        operands = expression.operands
        if flag_of(expression) & KINKED:
            return any(program.mask_of(o) & program.normal_mask for o in operands)
    return any(has_kink(program, o, seen) for o in operands)


def degree_of(ev: Evaluator, bodies: list[Node], held: dict[Cell, Jet]) -> int | None:
    """The degree along a line through the normal variables, by differences; None where there are none.

    What is ``held`` keeps its value; other random quantities are at numbers without a pattern.
    """
    probe = _Probe(ev)
    values: list[list[list[Element]]] = [[] for _ in bodies]
    for step in range(_MOST_DEGREE + 3):
        probe.step = step
        world = World(ev.world, ev.program.random_mask, dict(held), probe)
        for row, body in zip(values, bodies, strict=True):
            row.append(_flattened(ev.inside(world, body)))
        if not probe.gaussian:
            return None
        degrees = [_order(ev, row) for row in values]
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
        normal = meaning.law.law in NODED
        self.gaussian = self.gaussian or normal
        entries = []
        for k in range(rows * columns):
            # Members of a family go along different lines, or their differences would vanish.
            code = crc32(f"{cell} {k}".encode())
            start = ev.ring.element(code % 97 - 48, 7)
            slope = ev.ring.element(code // 97 % 89 + 1, 11)
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


def _order(ev: Evaluator, rows: list[list[Element]]) -> int:
    """The degree of a polynomial from its values at 0, 1, 2, ...; -1 for zero."""
    length = max(len(row) for row in rows)
    zero = ev.ring.element(0)
    table = [row + [zero] * (length - len(row)) for row in rows]
    degree = -1
    order = 0
    while table:
        if not all(_negligible(ev, x) for row in table for x in row):
            degree = order
        table = [[y - x for x, y in zip(a, b, strict=True)] for a, b in pairwise(table)]
        order += 1
    return degree


def _negligible(ev: Evaluator, x: Element) -> bool:
    if ev.ring.exact:
        return ev.ring.is_zero(x)
    return bool(x.contains(0)) and float(x.rad()) < 2.0**-40
