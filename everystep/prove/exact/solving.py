"""Solving an equation of the hypotheses for one of its names, exactly.

One evaluation with infinitesimals gives the equation's linear part in a cell: where that is all, a random
solution of the linear system is taken.  A scalar equation that is quadratic in a cell is solved along a line
through a point on the quadric, or at its critical points.  May import this package only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from everystep.prove.exact.arithmetic import Element, Matrix, Ring
from everystep.prove.exact.errors import Inadmissible, NeedsReals, Undefined, Unsupported
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import Instance, source_name
from everystep.prove.exact.jets import Jet, key, split_key, subtract
from everystep.prove.exact.program import Node

PARTS = (13, 14)
_GUESSES = 40
_BY_ZERO = 3
_PROBES = (2, 3, 5, 7, 11)


class Unmet(Inadmissible):
    """An equation that can be met by none of the cells that are left to be changed."""


class Residual:
    """What is to vanish as a function of some cells: the difference of an equation's sides, or of a formula and what it
    shall be (``wanted``, by the size of the formula).
    """

    def __init__(
        self,
        instance: Instance,
        sides: tuple[Node, ...],
        env: dict[str, int],
        wanted: Callable[[int, int], Matrix] | None = None,
    ) -> None:
        self.instance = instance
        self.sides = sides
        self.env = env
        self.wanted = wanted

    def on(self, instance: Instance) -> Jet:
        ev = instance.evaluator(instance.ring)

        def rule(inner: Any, rows: int, columns: int) -> Jet:
            inner.env = self.env
            value = inner.value(self.sides[0])
            if self.wanted is not None:
                return subtract(value, Jet(self.wanted(value.rows, value.columns)))
            return subtract(value, inner.value(self.sides[1]))

        return ev.at_root(rule, 1, 1)

    def at(self, cell: Cell, value: Jet) -> Jet:
        return self.at_all({cell: value})

    def at_all(self, values: dict[Cell, Jet]) -> Jet:
        variant = self.instance.variant()
        for cell, value in values.items():
            variant.cells[cell] = value
            variant.rules.pop(cell, None)
        return self.on(variant)


def solve(
    instance: Instance,
    sides: tuple[Node, ...],
    env: dict[str, int],
    fixed: set[Cell],
    linear: set[Cell],
    definite: set[Cell],
    kept: frozenset[Cell] = frozenset(),
    *,
    zeros: bool = True,
    bounded: frozenset[Cell] = frozenset(),
) -> None:
    """Change one cell of the instance so that the equation holds; ``fixed`` cells stay, and its own become fixed.

    ``kept`` cells, which must not be 0 or are invertible, are changed where others cannot be.
    ``linear`` cells stay symmetric; so do ``definite`` ones, which are solved for where no other cell can be: whether
    they are definite then is seen when all hypotheses are checked.

    ``zeros``: a cell may become 0 where that is the only solution.  ``bounded``: numbers that were put between bounds,
    which are solved for where nothing else can be; whether they are within them then is seen in the end.

    Where the equation holds derivatives of logarithms it is solved with stand-ins for these, of which two kinds have to
    agree: then no value of a logarithm counts.
    """
    residual = Residual(instance, sides, env)
    try:
        _solve(residual, instance.variant(), fixed, linear, definite, kept, bounded, zeros)
    except Undefined:
        return
    except NeedsReals:
        try:
            with _stand_ins(instance.ring, 1):
                first = residual.on(instance.variant())
            with _stand_ins(instance.ring, 2):
                second = residual.on(instance.variant())
        except (NeedsReals, Undefined):
            return
        if first.base != second.base:
            return
        with _stand_ins(instance.ring, 1):
            _solve(residual, instance.variant(), fixed, linear, definite, kept, bounded, zeros)
        with _stand_ins(instance.ring, 2):
            if not vanishes(residual.on(instance.variant()).base):
                raise Inadmissible("an equation that holds for some logarithms only") from None


@contextmanager
def _stand_ins(ring: Ring, kind: int) -> Iterator[None]:
    ring.stand_in = kind
    try:
        yield
    finally:
        ring.stand_in = 0


def _solve(
    residual: Residual,
    trace: Instance,
    fixed: set[Cell],
    linear: set[Cell],
    definite: set[Cell],
    kept: frozenset[Cell],
    bounded: frozenset[Cell],
    zeros: bool,
) -> None:
    """Raises NeedsReals or Undefined where the equation cannot be evaluated as it stands."""
    instance = residual.instance
    value = residual.on(trace)
    touched = [c for c in trace.touched if c in trace.cells]
    if vanishes(value.base):
        fixed.update(touched)
        return
    open_ = [c for c in touched if c not in fixed]
    candidates = [c for c in open_ if c not in instance.rules or c in linear]
    last = [c for c in open_ if c in instance.rules and c in definite]
    numbers = [c for c in open_ if c in instance.rules and c in bounded]
    for c in (*candidates, *last, *numbers):
        instance.cells.setdefault(c, trace.cells[c])
    kept |= {c for c in candidates if c[0] in instance.imposed}
    candidates.sort(key=lambda c: (c in kept, c in linear, instance.cells[c].rows * instance.cells[c].columns))
    solved = _linear(residual, candidates, linear, zeros) or _quadratic(residual, candidates, linear)
    solved = solved or _linear(residual, last, definite, zeros) or _scaled(residual, numbers)
    solved = solved or _linear(residual, numbers, set(), zeros)
    if solved or (value.rows == value.columns == 1 and _fractional(residual, [*candidates, *numbers])):
        fixed.update(touched)
        return
    raise Unmet("an equation that chance did not meet")


def _scaled(residual: Residual, numbers: list[Cell]) -> bool:
    """Multiply all members of a family of numbers by one positive number: weights that are positive stay so when they
    are made to sum to 1.
    """
    instance = residual.instance
    if len(numbers) < 2 or len({name for name, _ in numbers}) > 1 or not instance.ring.ordered:
        return False
    bases = {cell: instance.cells[cell] for cell in numbers}
    try:
        here = residual.at_all(bases).base
        none = residual.at_all({cell: Jet(instance.ring.zeros(1, 1)) for cell in numbers}).base
        if (here.nrows(), here.ncols()) != (1, 1) or here[0, 0] == none[0, 0]:
            return False
        factor = none[0, 0] / (none[0, 0] - here[0, 0])
        values = {cell: Jet(instance.ring.matrix(1, 1, [base.base[0, 0] * factor])) for cell, base in bases.items()}
        if not factor > 0 or not vanishes(residual.at_all(values).base):
            return False
    except (Undefined, NeedsReals, Inadmissible):
        return False
    for cell in numbers:
        instance.rules.pop(cell, None)
    instance.cells = {**{c: v for c, v in instance.cells.items() if c not in instance.rules}, **values}
    instance.forget()
    return True


def vanishes(m: Matrix) -> bool:
    return all(x == 0 for x in m.entries())


def directions_of(cell_value: Jet, symmetric: bool) -> list[list[int]]:
    """For each direction of change the positions that change together."""
    r, c = cell_value.rows, cell_value.columns
    if symmetric:
        return [[i * c + j] if i == j else [i * c + j, j * c + i] for i in range(r) for j in range(i, c)]
    return [[k] for k in range(r * c)]


def varied(instance: Instance, base: Jet, directions: list[list[int]], levels: int, first: int = 0) -> Jet:
    ring = instance.ring
    r, c = base.rows, base.columns
    parts = {}
    mask = 0
    for level in PARTS[:levels]:
        mask |= 1 << level
        for number, positions in enumerate(directions):
            unit = ring.zeros(r, c)
            for position in positions:
                unit[position // c, position % c] = 1
            parts[key(level, first + number)] = unit
    return Jet(base.base, parts, mask)


def moved(instance: Instance, base: Jet, directions: list[list[int]], change: list[Element]) -> Jet:
    ring = instance.ring
    entries = list(base.base.entries())
    for positions, amount in zip(directions, change, strict=True):
        for position in positions:
            entries[position] = entries[position] + amount
    return Jet(ring.matrix(base.rows, base.columns, entries))


def _accept(residual: Residual, cell: Cell, value: Jet) -> bool:
    try:
        if not vanishes(residual.at(cell, value).base):
            return False
    except (Undefined, NeedsReals, Inadmissible):
        return False
    instance = residual.instance
    instance.rules.pop(cell, None)
    instance.cells = {c: v for c, v in instance.cells.items() if c not in instance.rules}
    instance.cells[cell] = value
    instance.forget()
    return True


# affine equations ------------------------------------------------------------------------------


def _linear(residual: Residual, candidates: list[Cell], linear: set[Cell], zeros: bool) -> bool:
    """Solve for a cell in which the equation is affine.

    First where the solution is unique and not 0 (``A x = a x`` is not to be met by ``x = 0``), then where there is
    always one, then where there may be one, last by 0 if ``zeros``; now and then by 0 at once, as it may be the only
    way.
    """
    instance = residual.instance
    systems: list[tuple[int, tuple[Cell, Jet, list[list[int]], list[Element]]]] = []
    hurry = instance.pick("solution 0", 4) == 0
    for cell in candidates:
        base = residual.instance.cells[cell]
        directions = directions_of(base, cell in linear)
        system = _system(residual, cell, base, directions)
        if system is None:
            continue
        matrix, right = system
        change = solve_linear(instance, matrix, right)
        if change is None:
            continue
        rank = instance.ring.rank(matrix)
        if rank < matrix.nrows():
            preference = 2
        elif rank < matrix.ncols():
            preference = 1
        else:
            preference = 0 if hurry or not vanishes(moved(instance, base, directions, change).base) else _BY_ZERO
        systems.append((preference, (cell, base, directions, change)))
    systems.sort(key=lambda entry: entry[0])
    return any(
        _accept(residual, cell, moved(instance, base, directions, change))
        for preference, (cell, base, directions, change) in systems
        if zeros or preference < _BY_ZERO
    )


def _system(
    residual: Residual, cell: Cell, base: Jet, directions: list[list[int]]
) -> tuple[Matrix, list[Element]] | None:
    try:
        value = residual.at(cell, varied(residual.instance, base, directions, 1))
    except (Undefined, NeedsReals, Inadmissible, Unsupported):
        return None
    right = value.base.entries()
    count = len(directions)
    rows = [[residual.instance.ring.element(0)] * count for _ in right]
    for k, m in (value.parts or {}).items():
        direction, _ = split_key(k, PARTS[0])
        for i, x in enumerate(m.entries()):
            rows[i][direction] = x
    matrix = residual.instance.ring.matrix(len(right), count, [x for row in rows for x in row])
    return matrix, right


def solve_linear(instance: Instance, matrix: Matrix, right: list[Element]) -> list[Element] | None:
    """A solution of ``matrix x = -right`` (the free unknowns stay 0), or None."""
    ring = instance.ring
    rows, columns = matrix.nrows(), matrix.ncols()
    entries = []
    for i in range(rows):
        entries += [matrix[i, j] for j in range(columns)] + [-right[i]]
    echelon, rank = ring.reduced(ring.matrix(rows, columns + 1, entries))
    solution = [ring.element(0)] * columns
    for i in range(rank):
        pivot = next(j for j in range(columns + 1) if echelon[i, j] != 0)
        if pivot == columns:
            return None
        solution[pivot] = echelon[i, columns]
    return solution


# equations with quotients ----------------------------------------------------------------------


def _fractional(residual: Residual, candidates: list[Cell]) -> bool:
    """Solve for a number x in which the difference of the sides is ``(a + b x) / (c + d x)``: ``1/p + 1/q = 1``.

    Its values at some numbers, one more than it takes, tell a, b, c and d up to a factor; whether x = -a/b is a
    solution is tried.
    """
    ring = residual.instance.ring
    for cell in candidates:
        value = residual.instance.cells[cell]
        root = _root_of_fraction(residual, cell) if value.rows == value.columns == 1 else None
        if root is not None and _accept(residual, cell, Jet(ring.matrix(1, 1, [root]))):
            return True
    return False


def _root_of_fraction(residual: Residual, cell: Cell) -> Element | None:
    ring = residual.instance.ring
    rows: list[Element] = []
    for number in _PROBES:
        x = ring.element(number)
        try:
            y = residual.at(cell, Jet(ring.matrix(1, 1, [x]))).base[0, 0]
        except (Undefined, NeedsReals, Inadmissible, Unsupported):
            continue
        rows += [ring.element(1), x, -y, -x * y]
    if len(rows) < 16:
        return None
    echelon, rank = ring.reduced(ring.matrix(len(rows) // 4, 4, rows))
    if rank != 3:
        return None
    pivots = [next(j for j in range(4) if echelon[i, j] != 0) for i in range(rank)]
    free = next(j for j in range(4) if j not in pivots)
    found = [ring.element(int(j == free)) for j in range(4)]
    for i, pivot in enumerate(pivots):
        found[pivot] = -echelon[i, free]
    return None if found[1] == 0 else -found[0] / found[1]


# quadratic equations ---------------------------------------------------------------------------


def _quadratic(residual: Residual, candidates: list[Cell], linear: set[Cell]) -> bool:
    instance = residual.instance
    for cell in candidates:
        base = instance.cells[cell]
        directions = directions_of(base, cell in linear)
        try:
            value = residual.at(cell, varied(instance, base, directions, 2))
        except (Undefined, NeedsReals, Inadmissible, Unsupported):
            continue
        if value.rows * value.columns != 1:
            return False
        quadric = Quadric(instance, value, len(directions))
        for change in quadric.solutions(source_name(cell)):
            if _accept(residual, cell, moved(instance, base, directions, change)):
                return True
    return False


class Quadric:
    """``q(x) = c + g x + x^T H x / 2`` around the present value."""

    def __init__(self, instance: Instance, value: Jet, count: int) -> None:
        ring = instance.ring
        self.instance = instance
        self.count = count
        self.constant: Element = value.base[0, 0]
        self.gradient: list[Element] = [ring.element(0)] * count
        self.hessian: list[list[Element]] = [[ring.element(0)] * count for _ in range(count)]
        first, second = PARTS
        for k, m in (value.parts or {}).items():
            one, two = k >> first & 1, k >> second & 1
            if one and two:
                i, rest = split_key(k, first)
                j, _ = split_key(rest, second)
                self.hessian[i][j] = m[0, 0]
            elif one:
                i, _ = split_key(k, first)
                self.gradient[i] = m[0, 0]

    def slope(self, x: list[Element]) -> list[Element]:
        return [
            g + sum((h * xj for h, xj in zip(row, x, strict=True)), self.instance.ring.element(0))
            for g, row in zip(self.gradient, self.hessian, strict=True)
        ]

    def at(self, x: list[Element]) -> Element:
        two = self.instance.ring.element(2)
        total = self.constant
        for g, s, xi in zip(self.gradient, self.slope(x), x, strict=True):
            total = total + xi * (g + s) / two
        return total

    def along(self, x: list[Element], direction: list[Element]) -> tuple[Element, Element]:
        """Linear and quadratic coefficient of q on the line through x."""
        ring = self.instance.ring
        zero = ring.element(0)
        first = sum((s * d for s, d in zip(self.slope(x), direction, strict=True)), zero)
        bent = [sum((h * d for h, d in zip(row, direction, strict=True)), zero) for row in self.hessian]
        second = sum((b * d for b, d in zip(bent, direction, strict=True)), zero) / ring.element(2)
        return first, second

    def solutions(self, name: str) -> list[list[Element]]:
        """A few changes x with q(x) = 0."""
        found = []
        critical = self._critical()
        if critical is not None and self.at(critical) == 0:
            found.append(critical)
        point = self._point(name)
        if point is not None:
            direction = self.instance.source(f"{name} direction", self.count)
            first, second = self.along(point, direction)
            if second != 0:
                t = -first / second
                found.append([p + t * d for p, d in zip(point, direction, strict=True)])
            found.append(point)
        return found

    def _critical(self) -> list[Element] | None:
        ring = self.instance.ring
        matrix = ring.matrix(self.count, self.count, [h for row in self.hessian for h in row])
        return solve_linear(self.instance, matrix, self.gradient)

    def _point(self, name: str) -> list[Element] | None:
        """A point on the quadric, on one of some lines through the present value."""
        ring: Any = self.instance.ring
        origin = [ring.element(0)] * self.count
        for guess in range(_GUESSES):
            label = f"{name} line {guess}"
            if guess < self.count and ring.ordered:
                line = list(origin)
                line[guess] = ring.element(1)
            else:
                line = self.instance.source(label, self.count)
            first, second = self.along(origin, line)
            t = _root(ring, second, first, self.constant)
            if t is not None:
                return [t * d for d in line]
        return None


def _root(ring: Any, a: Element, b: Element, c: Element) -> Element | None:
    """A root of ``a t^2 + b t + c`` in the ring."""
    if a == 0:
        return -c / b if b != 0 else None
    root = ring.root(b * b - ring.element(4) * a * c)
    return None if root is None else (root - b) / (ring.element(2) * a)
