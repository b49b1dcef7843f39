"""Evaluation of nodes on one instance, in one ring.

Values live in *worlds*.  The root world holds the instance; a differentiation opens a world in which one name has an
infinitesimal added, an expectation one in which random names take an atom of their law.  A value that depends on
nothing that a world changes is looked up, and kept, in the world above.  May import this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Recurrence
from everystep.prove.exact.arithmetic import RATIONALS, Ring
from everystep.prove.exact.errors import Inadmissible, NoMember, TooLarge, Unsupported
from everystep.prove.exact.integers import IntegerFunction, compiled
from everystep.prove.exact.jets import LEVELS, Jet, Jets
from everystep.prove.exact.program import Node, Program, bound_index

Cell = tuple[str, tuple[int, ...]]

_DEEP = 12
_FARTHEST = 5000


class Source(Protocol):
    """Where free values and the coefficients of opaque functions come from."""

    sizes: dict[str, int]

    def cell(self, evaluator: Evaluator, cell: Cell, rows: int, columns: int) -> Jet: ...

    def coefficients(self, ring: Ring, name: str, rows: int, columns: int) -> Any: ...

    def numbers(self, ring: Ring, name: str, rows: int, columns: int) -> Any: ...


class Chance(Protocol):
    """Draws random quantities in a world; None for what is not random, or not drawn entry by entry."""

    def draw(self, cell: Cell, world: World) -> Jet | None: ...

    def draw_entry(self, cell: Cell, at: tuple[int, int], world: World) -> Jet | None: ...


class World:
    """``changed`` masks the names that this world gives other values than its parent."""

    __slots__ = (
        "atoms",
        "cache",
        "chance",
        "changed",
        "children",
        "entries",
        "overrides",
        "parent",
    )

    def __init__(
        self,
        parent: World | None,
        changed: int,
        overrides: dict[Cell, Jet] | None = None,
        chance: Chance | None = None,
    ) -> None:
        self.parent = parent
        self.changed = changed
        self.overrides: dict[Cell, Jet] = {} if overrides is None else overrides
        self.chance = chance
        self.entries: dict[tuple[Cell, tuple[int, int]], Jet] = {}
        self.cache: dict[Any, Jet] = {}
        self.children: dict[Any, World] = {}
        self.atoms: dict[Any, Any] = {}


class Evaluator:
    """Evaluates nodes of one program on one instance."""

    def __init__(self, program: Program, source: Source, ring: Ring) -> None:
        self.program = program
        self.source = source
        self.ring = ring
        self.jets = jets_of(ring)
        self.env: dict[str, int] = source.sizes
        self.root = World(None, -1)
        self.world = self.root
        self.depth = 0
        self.limits = 0  # how many limits of real variables are being taken

    # nodes -----------------------------------------------------------------------------------------

    def value(self, node: Node) -> Jet:
        world = self.world
        mask = node.mask
        parent = world.parent
        while parent is not None and not mask & world.changed:
            world = parent
            parent = world.parent
        env = self.env
        bound = node.bound
        if not bound:
            at: Any = node.uid
        elif len(bound) == 1:
            at = (node.uid, env[bound[0]])
        else:
            at = (node.uid, *[env[b] for b in bound])
        found = world.cache.get(at)
        if found is None:
            found = world.cache[at] = node.run(self)
            if self.ring.grows:
                self.ring.bounded(found.base)
        return found

    def expression(self, expression: ex.Expression) -> Jet:
        return self.value(self.program.compile(expression))

    def size(self, expression: Expr) -> int:
        return self.extent(compiled(expression))

    def extent(self, function: IntegerFunction) -> int:
        """A size that was compiled."""
        value = function(self.env)
        if value < 1:
            raise Inadmissible("a size below 1")
        return value

    # names -----------------------------------------------------------------------------------------

    def lookup(self, name: str, at: tuple[int, ...], rows: IntegerFunction, columns: IntegerFunction) -> Jet:
        """The value of a name (of a family's member) in the current world.  ``rows`` and ``columns`` are its sizes."""
        world, cell = self.world, (name, at)
        while (parent := world.parent) is not None:
            found = world.overrides.get(cell)
            if found is not None:
                return found
            if self.program.reach((name, len(at))) & world.changed and not self._earlier(world, name, at):
                found = world.cache.get(cell)
                if found is not None:
                    return found
                if world.chance is not None:
                    found = world.chance.draw(cell, world)
                    if found is not None:
                        return found
                rule = self._rule(name, at)
                if rule is not None and (world.chance is not None or self._varies(rule, world)):
                    break
            world = parent
        found = world.cache.get(cell)
        if found is None:
            found = world.cache[cell] = self._compute(cell, rows, columns, world)
        return found

    def lookup_entry(self, cell: Cell, at: tuple[int, int], rows: IntegerFunction, columns: IntegerFunction) -> Jet:
        """An entry of a name whose law may be drawn entry by entry."""
        world: World | None = self.world
        while world is not None and cell not in world.overrides:
            if world.chance is not None:
                found = world.chance.draw_entry(cell, at, world)
                if found is not None:
                    return found
            world = world.parent
        return self.jets.entry(self.lookup(*cell, rows, columns), *at)

    def _varies(self, rule: Definition | Recurrence, world: World) -> bool:
        """Whether what a world changes is something that a rule rests on: of ``o_k = w_k`` it is not another o_j, so
        that ``o_k`` is there what it is in the world around, free where a derivative by it is being taken.
        """
        return bool(self.program.mask_of(rule.body) & world.changed)

    def _earlier(self, world: World, name: str, at: tuple[int, ...]) -> bool:
        """Whether a world changes only members of this recurrent family after ``at``."""
        if not at or world.chance is not None or len(world.overrides) != 1:
            return False
        meaning = self.program.meaning(name, at)
        if meaning is None or meaning.recurrence is None:
            return False
        ((other, changed_at),) = world.overrides
        return other == name and changed_at[:-1] == at[:-1] and at[-1] < changed_at[-1]

    def _rule(self, name: str, at: tuple[int, ...]) -> Definition | Recurrence | None:
        meaning = self.program.meaning(name, at)
        if meaning is None:
            return None
        if at in meaning.at_numbers:
            return meaning.at_numbers[at]
        recurrence = meaning.recurrence
        if recurrence is not None and at:
            if at[-1] >= recurrence.first:
                return recurrence
            if at[-1] < recurrence.first - 1:
                raise Inadmissible(f"{name} starts at {recurrence.first - 1}")
        return meaning.general

    def _compute(self, cell: Cell, rows: IntegerFunction, columns: IntegerFunction, world: World) -> Jet:
        name, at = cell
        rule = self._rule(name, at)
        if rule is None:
            if at:
                self._check_range(name, at)
            return self.source.cell(self, cell, self.extent(rows), self.extent(columns))
        body = self.program.compile(rule.body)
        parameters = self._parameters(rule, at)
        outer_world, outer_env = self.world, self.env
        try:
            if isinstance(rule, Recurrence):
                self._warm_up(rule.first, cell, rows, columns)
            self.env = {**self.source.sizes, **parameters}
            return self.value(body)
        finally:
            self.world, self.env = outer_world, outer_env

    @staticmethod
    def _parameters(rule: Definition | Recurrence, at: tuple[int, ...]) -> dict[str, int]:
        if not at or not isinstance(rule.target, ex.Member):
            return {}
        return {
            bound_index(symbol): value
            for symbol, value in zip(rule.target.at, at, strict=True)
            if isinstance(symbol, Symbol)
        }

    def _warm_up(self, first: int, cell: Cell, rows: IntegerFunction, columns: IntegerFunction) -> None:
        """Compute some earlier members of a long recurrence first, so that the call stack stays flat."""
        name, at = cell
        last = at[-1]
        if last - first > _FARTHEST:
            raise TooLarge("a recurrence of many steps")
        if last - first <= _DEEP:
            return
        for index in range(first + _DEEP, last, _DEEP):
            self.lookup(name, (*at[:-1], index), rows, columns)

    def _check_range(self, name: str, at: tuple[int, ...]) -> None:
        limits = self.program.ranges.get(name)
        if limits is None:
            return
        low, high = limits
        if not low(self.source.sizes) <= at[-1] <= high(self.source.sizes):
            raise NoMember(f"{name} has no member at {at[-1]}")

    def drop(self, changed: int) -> None:
        """Forget what was computed of the names in a mask, and whatever depends on them."""
        masks, reach = self.program.masks, self.program.reach

        def stays(at: Any) -> bool:
            if isinstance(at, int):
                return not masks[at] & changed
            first, *rest = at
            if isinstance(first, int):
                return not masks[first] & changed
            return not reach((first, len(rest[0]))) & changed

        self.root.cache = {at: value for at, value in self.root.cache.items() if stays(at)}
        self.root.children.clear()
        self.root.entries.clear()
        self.root.atoms.clear()

    # worlds ----------------------------------------------------------------------------------------

    def inside(self, world: World, node: Node) -> Jet:
        """The value of a node in another world, with the current indices."""
        outer = self.world
        self.world = world
        try:
            return self.value(node)
        finally:
            self.world = outer

    def at_root(self, rule: Callable[[Evaluator, int, int], Jet], rows: int, columns: int) -> Jet:
        """The value that a rule makes, computed where nothing is varied."""
        outer_world, outer_env = self.world, self.env
        self.world, self.env = self.root, self.source.sizes
        try:
            return rule(self, rows, columns)
        finally:
            self.world, self.env = outer_world, outer_env

    def open_level(self) -> int:
        """A level of infinitesimals that nothing around uses; to be closed again."""
        if self.depth >= LEVELS - 2:
            raise Unsupported("too many nested derivatives")
        self.depth += 1
        return self.depth - 1

    def close_level(self) -> None:
        self.depth -= 1

    def exact_twin(self) -> Evaluator | None:
        """An evaluator of the same instance over the rationals, where that makes sense."""
        if self.ring.exact or self.world is not self.root or self.env is not self.source.sizes:
            return None
        return Evaluator(self.program, self.source, RATIONALS)


_JETS: dict[int, Jets] = {}


def jets_of(ring: Ring) -> Jets:
    found = _JETS.get(id(ring))
    if found is None:
        found = _JETS[id(ring)] = Jets(ring)
    return found
