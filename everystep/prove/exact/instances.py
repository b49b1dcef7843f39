"""An instance: a number for every size and index, and lazily drawn values for everything that is free.

Values come from *sources*: named lists of numbers, drawn from the seed alone, so that an instance is the same whatever
is asked of it first.  A rule turns sources into a value that meets the hypotheses; shrinking edits the sources.
May import this package only.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from zlib import crc32

from flint import fmpq

from everystep.prove.exact.arithmetic import Element, Matrix, Ring
from everystep.prove.exact.errors import Inadmissible, NeedsReals
from everystep.prove.exact.evaluator import Cell, Evaluator
from everystep.prove.exact.jets import Jet, linear
from everystep.prove.exact.laws import atom_of
from everystep.prove.exact.program import NODED, Name, Program
from everystep.prove.exact.special import Special

Rule: TypeAlias = "Callable[[Evaluator, int, int], Jet]"
"""Makes the value of a cell of the given size, in the evaluator's ring."""

STYLES: tuple[tuple[fmpq, ...], ...] = (
    tuple(fmpq(k) for k in (0, 1, 1)),
    tuple(fmpq(k) for k in (-1, 0, 1, 2)),
    tuple(fmpq(k) for k in (-3, -2, -1, 0, 1, 2, 3)),
    tuple(fmpq(p, q) for q in (1, 2, 3) for p in (-5, -4, -3, -2, -1, 1, 2, 3, 4, 5)),
    tuple(fmpq(p, q) for q in (1, 2, 3, 4) for p in (1, 2, 3, 5)),
    tuple(fmpq(-p, q) for q in (1, 2, 3, 4) for p in (1, 2, 3, 5)),
    tuple(fmpq(k) for k in (-2, -1, 1, 2, 3)),
    (fmpq(0),),
    (fmpq(1),),
    tuple(fmpq(sign * k, 128) for k in range(9, 128) for sign in (-1, 1)),
    tuple(fmpq(k, 128) for k in range(9, 128)),
)
"""What entries are drawn from: simplest first, then generic, positive, negative ones, for low ranks, constants, and
moderate ones for floating point, of both signs and positive.
"""

_GENERATOR = random.Random()
"""Seeded before each use: a seed costs less than a generator."""

SETTLED = 12
"""From this index on all free members of a family are the same: below the first at which a limit is looked at."""

GENERIC, POSITIVE, NEGATIVE, LOW_RANK, NOUGHT, UNITY, MODERATE, MODERATE_POSITIVE = range(3, 11)


class Instance:
    """One choice of sizes and values.  ``ring`` is the prime field or the rationals."""

    def __init__(
        self,
        program: Program,
        sizes: dict[str, int],
        seed: int,
        ring: Ring,
        style: int = GENERIC,
        edits: dict[str, list[Element]] | None = None,
        vanishing: frozenset[str] = frozenset(),
        imposed: Mapping[str, Special | str] | None = None,
    ) -> None:
        self.program = program
        self.sizes = sizes
        self.seed = seed
        self.ring = ring
        self.style = style
        self.edits: dict[str, list[Element]] = {} if edits is None else edits
        self.vanishing = vanishing  # names whose free values are 0
        self.imposed = imposed or {}  # names that have a special value, or that of another name, where they are free
        self.rules: dict[Cell, Rule] = {}
        self.cells: dict[Cell, Jet] = {}
        self.sources: dict[str, list[Element]] = {}
        self.functions: dict[str, tuple[int, int]] = {}
        self.given: dict[str, Matrix] = {}
        self.touched: dict[Cell, None] = {}
        self.conditions: frozenset[Name] = frozenset()
        """Random names that a mean is given: they have a value that their law allows."""
        self._evaluators: dict[str, Evaluator] = {}

    # sources ---------------------------------------------------------------------------------------

    def source(self, name: str, count: int) -> list[Element]:
        """The numbers of a source; drawn once, the same for every use with that name and count."""
        found = self.sources.get(name)
        if found is None or len(found) != count:
            found = self.edits.get(name)
            if found is None or len(found) != count:
                found = self._draw(name, count)
            self.sources[name] = found
        return found

    def _draw(self, name: str, count: int) -> list[Element]:
        if self.vanishing and name.partition("[")[0] in self.vanishing:
            return [self.ring.element(0)] * count
        _GENERATOR.seed(crc32(name.encode()) ^ (self.seed * 0x9E3779B1 & 0xFFFFFFFFFF))
        if not self.ring.ordered:
            element, bits = self.ring.element, _GENERATOR.getrandbits
            return [element(bits(61)) for _ in range(count)]
        choices, drawn = STYLES[self.style], _GENERATOR.random
        number = len(choices)
        return [choices[int(drawn() * number)] for _ in range(count)]

    def pick(self, name: str, count: int) -> int:
        """A small choice that does not depend on the ring: one of ``range(count)``."""
        return crc32(f"{name}/{self.seed}".encode()) % count

    # cells -----------------------------------------------------------------------------------------

    def cell(self, evaluator: Evaluator, cell: Cell, rows: int, columns: int) -> Jet:
        """The value of a free name, in the evaluator's ring."""
        self.touched[cell] = None
        found = self.cells.get(cell)
        if found is None:
            rule = self.rules.get(cell) or self._as_given(cell)
            if rule is None:
                found = self._free(cell, rows, columns)
            else:
                try:
                    found = self.evaluator(self.ring).at_root(rule, rows, columns)
                except NeedsReals:
                    if evaluator.ring is self.ring:
                        raise
                    return evaluator.at_root(rule, rows, columns)
            self.cells[cell] = found
        return found if evaluator.ring is self.ring else linear(found, evaluator.ring.convert)

    def _as_given(self, cell: Cell) -> Rule | None:
        """A rule for what a mean is given: a value of its law, as elsewhere a conditional mean may be anything."""
        if (cell[0], len(cell[1])) not in self.conditions:
            return None
        meaning = self.program.meaning(*cell)
        law = None if meaning is None else meaning.law
        if law is None or law.law in NODED:
            return None
        if cell_name(cell) in self.given:
            return None
        name = source_name(cell)
        return lambda ev, rows, columns: atom_of(
            ev, law, cell, rows, columns, lambda which, count: self.pick(f"{name} {which}", count)
        )

    def _free(self, cell: Cell, rows: int, columns: int) -> Jet:
        given = self.given.get(cell_name(cell)) if self.given else None
        if given is not None:
            if (given.nrows(), given.ncols()) != (rows, columns):
                raise Inadmissible(f"{cell_name(cell)} must be {rows} x {columns}")
            return Jet(given)
        name = source_name(_settled(cell))
        meaning = self.program.meaning(*cell)
        if meaning is not None and meaning.law is not None and meaning.law.law == "bernoulli":
            numbers = [self.ring.element(self.pick(f"{name}.{k}", 2)) for k in range(rows * columns)]
            return Jet(self.ring.matrix(rows, columns, numbers))
        imposed = self.imposed.get(cell[0])
        if isinstance(imposed, str):
            return self.cell(self.evaluator(self.ring), (imposed, cell[1]), rows, columns)
        if imposed is not None:
            if name not in self.edits:
                self.edits[name] = [self.ring.element(x) for x in imposed(rows, columns)]
            return Jet(self.ring.matrix(rows, columns, self.source(name, rows * columns)))
        if self.style == LOW_RANK and rows > 1 and columns > 1:
            rank = min(rows, columns) - 1 - self.pick(f"{name} rank", 2)
            if rank < 1:
                return Jet(self.ring.zeros(rows, columns))
            left = self.ring.matrix(rows, rank, self.source(f"{name} left", rows * rank))
            right = self.ring.matrix(rank, columns, self.source(f"{name} right", rank * columns))
            return Jet(left * right)
        return Jet(self.ring.matrix(rows, columns, self.source(name, rows * columns)))

    def coefficients(self, ring: Ring, name: str, rows: int, columns: int) -> Any:
        """The coefficients of the polynomial that stands for an opaque function."""
        self.functions[name] = (rows, columns)
        given = self.given.get(f"function {name}")
        if given is not None:
            return given if ring is self.ring else ring.convert(given)
        return self.numbers(ring, f"function {name}", rows, columns)

    def numbers(self, ring: Ring, name: str, rows: int, columns: int) -> Any:
        """The matrix of the numbers of a source."""
        matrix = self.ring.matrix(rows, columns, self.source(name, rows * columns))
        return matrix if ring is self.ring else ring.convert(matrix)

    def evaluator(self, ring: Ring) -> Evaluator:
        """The evaluator of this instance in a ring; its root world is shared by all that ask."""
        found = self._evaluators.get(ring.name)
        if found is None:
            found = self._evaluators[ring.name] = Evaluator(self.program, self, ring)
        return found

    def known_evaluator(self, name: str) -> Evaluator | None:
        """The evaluator in the ring of that name, if it was used."""
        return self._evaluators.get(name)

    def forget(self) -> None:
        """Drop computed values (not sources), after a rule or a cell was set."""
        self._evaluators.clear()

    def put(self, cell: Cell, value: Jet | Rule) -> None:
        """Give a cell another value, or a rule; what depends on it, or on a rule, is computed again."""
        changed = self.program.bit((cell[0], len(cell[1])))
        for other in self.rules:
            changed |= self.program.bit((other[0], len(other[1])))
        self.rules.pop(cell, None)
        if not isinstance(value, Jet):
            self.rules[cell] = value
        self.cells = {c: v for c, v in self.cells.items() if c not in self.rules}
        if isinstance(value, Jet):
            self.cells[cell] = value
        for evaluator in self._evaluators.values():
            evaluator.drop(changed)

    def variant(self) -> Instance:
        """A copy with the same sources, rules and given cells, on which a cell may be set."""
        copy = Instance(self.program, self.sizes, self.seed, self.ring, self.style, self.edits, self.vanishing)
        copy.imposed = self.imposed
        copy.rules = dict(self.rules)
        copy.conditions = self.conditions
        copy.given = dict(self.given)
        copy.cells = {cell: value for cell, value in self.cells.items() if cell not in self.rules}
        return copy


def _settled(cell: Cell) -> Cell:
    """The cell whose value a free member has: from ``SETTLED`` on all are the same, so that a sequence has a limit."""
    name, at = cell
    return (name, tuple([min(i, SETTLED) for i in at])) if at else cell


def source_name(cell: Cell) -> str:
    """The source of a cell's values; not to be confused with that of a variable called ``x_1``."""
    name, at = cell
    return f"{name}[{','.join(map(str, at))}]" if at else name


def cell_name(cell: Cell) -> str:
    """A cell as a person writes it: ``X``, ``h_2``, ``z_1,3``."""
    name, at = cell
    return f"{name}_{','.join(map(str, at))}" if at else name
