"""Expectations, exactly: every random quantity is replaced by a finite law, and all its atoms are enumerated.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.context import Random
from everystep.prove.exact.degrees import degree_of, has_kink
from everystep.prove.exact.densities import with_exponents_outside
from everystep.prove.exact.errors import TooLarge, Unsupported
from everystep.prove.exact.evaluator import Cell, Evaluator, World
from everystep.prove.exact.integers import compiled
from everystep.prove.exact.jets import Jet, add, multiply, scale, subtract, transpose
from everystep.prove.exact.laws import ENTRYWISE, Atoms, atoms_of, gather, most_atoms
from everystep.prove.exact.program import KINKED, NODED, Node, Program, Run, builds, name_of
from everystep.prove.exact.quadrature import Nodes, integrated, is_exponential

Outcome = tuple[Jet, bool]
"""A result, and whether a normal variable had a part in it."""

Held = dict[Cell, Jet]
"""What is given, with its values: it is not drawn."""


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

    def __init__(self, ev: Evaluator, bodies: list[Node], nodes: Nodes, held: Held) -> None:
        self.ev = ev
        self.bodies = bodies
        self.nodes = nodes
        self.held = held
        self.outer = ev.world
        self.choices: list[_Choice] = []
        self.gaussian = False

    def draw(self, cell: Cell, world: World) -> Jet | None:
        meaning = self.ev.program.meaning(*cell)
        if meaning is None or meaning.law is None:
            return None
        self.gaussian = self.gaussian or meaning.law.law in NODED
        if meaning.law.law in ENTRYWISE:
            rows, columns = (self.ev.size(s) for s in meaning.law.target.shape)
            entries = [self._entry(meaning.law, cell, (i, j), world) for i in range(rows) for j in range(columns)]
            value = gather(self.ev, entries, rows, columns)
        else:
            atoms = atoms_of(self.ev, self.outer, meaning.law, cell, self.nodes)
            value = self._choose(_Choice(cell, None, atoms))
        world.overrides[cell] = value
        return value

    def draw_entry(self, cell: Cell, at: tuple[int, int], world: World) -> Jet | None:
        meaning = self.ev.program.meaning(*cell)
        if meaning is None or meaning.law is None or meaning.law.law not in ENTRYWISE:
            return None
        self.gaussian = self.gaussian or meaning.law.law in NODED
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
        if total > most_atoms(self.nodes):
            raise TooLarge("a law of many atoms")
        return choice.atoms[0][0]

    def __iter__(self) -> Iterator[tuple[Jet, list[Jet]]]:
        ev = self.ev
        while True:
            world = World(self.outer, ev.program.random_mask, dict(self.held), self)
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


# expectation, variance, covariance -------------------------------------------------------------


def _sum(terms: list[Jet]) -> Jet:
    result = terms[0]
    for term in terms[1:]:
        result = add(result, term)
    return result


def _mean(ev: Evaluator, bodies: list[Node], nodes: Nodes, held: Held) -> Outcome:
    enumeration = _Enumeration(ev, bodies, nodes, held)
    total = _sum([scale(value, weight) for weight, (value,) in enumeration])
    return total, enumeration.gaussian


def _covariance(ev: Evaluator, bodies: list[Node], nodes: Nodes, held: Held) -> Outcome:
    enumeration = _Enumeration(ev, bodies, nodes, held)
    outcomes = [(weight, values[0], values[-1]) for weight, values in enumeration]
    left = _sum([scale(a, weight) for weight, a, _ in outcomes])
    right = _sum([scale(b, weight) for weight, _, b in outcomes])
    total = _sum([scale(multiply(subtract(a, left), transpose(subtract(b, right))), w) for w, a, b in outcomes])
    return total, enumeration.gaussian


def _expected(ev: Evaluator, bodies: list[Node], twice: bool, held: Held) -> Jet:
    """The result with as many nodes as the degree of the bodies in the normal variables asks for.

    ``twice``: a covariance and no mean is asked for.
    """
    compute = _covariance if twice else _mean
    for body in bodies:
        if body.mask & KINKED and has_kink(ev.program, body.expression, set()):
            raise Unsupported("the expectation of a function with a kink of a normal variable")
    if is_exponential(ev.program, [body.expression for body in bodies]):
        return integrated(ev, lambda nodes: compute(ev, bodies, nodes, held)[0])
    normal = any(body.mask & ev.program.normal_mask for body in bodies)
    degree = degree_of(ev, bodies, held) if normal else None
    if degree is None:
        now, gaussian = compute(ev, bodies, 1, held)
        if gaussian:
            raise Unsupported("an expectation whose random quantities depend on chance")
        return now
    degree *= 2 if twice else 1
    result, _ = compute(ev, bodies, degree if degree % 2 else degree + 1, held)
    return result


@builds(*ex.MEANS)
def _expectation(program: Program, node: Any) -> Run:
    bodies = [program.compile(with_exponents_outside(o)) for o in node.operands]
    twice = not isinstance(node, ex.Expectation)
    return lambda ev: _expected(ev, bodies, twice, {})


@builds(ex.Given)
def _given(program: Program, node: Any) -> Run:
    """The mean over what is not given, whose law is the same whatever is given: random quantities are independent.

    Of what is defined by random quantities the law of these would be another one where it is given.
    """
    if not isinstance(node.mean, ex.MEANS) or not all(isinstance(name, ex.Var | ex.Member) for name in node.held):
        raise Unsupported("a condition that is no name, or of what is no mean")
    bodies = [program.compile(with_exponents_outside(o)) for o in node.mean.operands]
    twice = not isinstance(node.mean, ex.Expectation)
    for name in node.held:
        made = [program.mask_of(body) & program.random_mask for body in program.bodies(name_of(name))]
        if any(made):
            raise Unsupported("an expectation given something that random quantities define")

    def run(ev: Evaluator) -> Jet:
        held = {}
        for name in node.held:
            at = tuple([compiled(i)(ev.env) for i in name.at]) if isinstance(name, ex.Member) else ()
            held[name.name, at] = ev.lookup(name.name, at, *map(compiled, name.shape))
        return _expected(ev, bodies, twice, held)

    return run
