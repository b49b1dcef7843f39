"""Hypotheses prepared for instances: their compiled sides, what they give names, and whether they hold.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from itertools import product
from typing import Any, TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Hypothesis, Predicate, Relation, orthonormal_family
from everystep.prove.exact.arithmetic import BALLS
from everystep.prove.exact.checks import LOOSE, ORDERED, TIGHT, equal, has_property, holds
from everystep.prove.exact.errors import Inadmissible, Inconclusive, NeedsReals, Undefined
from everystep.prove.exact.evaluator import Cell
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.integers import IntegerFunction, Test, compiled
from everystep.prove.exact.patterns import image_of, structure_of
from everystep.prove.exact.program import APPROXIMATE, Name, Node, Program, name_of
from everystep.prove.exact.structures import LINEAR
from everystep.records import dataclass

WINDOW = 5

Place: TypeAlias = tuple[str, tuple[IntegerFunction, ...]]
"""A free name with its indices, which make it a cell."""


@dataclass(frozen=True)
class Prepared:
    """A hypothesis with its compiled sides; ``free`` are the index symbols that it holds for all of.

    ``bare`` are the names that its sides are, None for a side that is a formula or defined; ``solved`` the sides to
    solve with: an equation of norms is solved squared.  ``structure``: the name that it gives a structure, and which.
    ``ordered``: of A - B that is positive (semi)definite the names A and B, what stands on the other side, and 1 for A,
    -1 for B.  ``count``: of the members of a family that is orthonormal.  ``image``: a matrix, an orthonormal family,
    and the value of the matrix times its member at the index.
    """

    hypothesis: Hypothesis
    sides: tuple[Node, ...]
    bare: tuple[Place | None, ...]
    solved: tuple[Node, ...]
    structure: tuple[Place, str] | None
    ordered: tuple[tuple[Place, Node, int], ...]
    free: tuple[str, ...]
    mask: int
    count: IntegerFunction | None = None
    image: tuple[Place, str, Node] | None = None


DEFINITE = ("positive definite", "positive semidefinite")


@dataclass
class Ground:
    """A hypothesis at fixed indices; ``reals``: the rationals were seen not to decide it on this instance."""

    prepared: Prepared
    env: dict[str, int]
    reals: bool = False


def integer_relation(hypothesis: Hypothesis) -> bool:
    """Whether it relates sizes and indices only."""
    return isinstance(hypothesis, Relation) and all(
        isinstance(side, ex.Int | ex.Num) for side in (hypothesis.left, hypothesis.right)
    )


def prepare(program: Program, hypothesis: Hypothesis) -> Prepared:
    """The hypothesis prepared; kept with the program."""
    found: Prepared | None = program.prepared.get(hypothesis)
    if found is None:
        found = program.prepared[hypothesis] = _prepare(program, hypothesis)
    return found


def _prepare(program: Program, hypothesis: Hypothesis) -> Prepared:
    if isinstance(hypothesis, Relation):
        sides: tuple[Node, ...] = (
            program.compile(hypothesis.left),
            program.compile(hypothesis.right),
        )
    else:
        sides = (program.compile(hypothesis.subject),)
    free = sorted({symbol for node in sides for symbol in node.bound})
    mask = 0
    for node in sides:
        mask |= node.mask
    bare = tuple(bare_name(program, node.expression) for node in sides)
    structure = structure_of(hypothesis)
    named = None if structure is None else bare_name(program, structure[0])
    known = None if structure is None or named is None else (named, structure[1])
    solved, ordered = _squared(program, hypothesis, sides), _ordered(program, hypothesis)
    family = orthonormal_family(hypothesis)
    count = None if family is None else compiled(family[1])
    image = _image(program, hypothesis)
    return Prepared(hypothesis, sides, bare, solved, known, ordered, tuple(free), mask, count, image)


def _image(program: Program, hypothesis: Hypothesis) -> tuple[Place, str, Node] | None:
    """A name M that is no number, a family, and M u_i for all i, where the family is said to be orthonormal."""
    families = [f[0] for h in program.context.hypotheses if (f := orthonormal_family(h)) is not None]
    found = image_of(hypothesis, {f.name: f for f in families})
    place = None if found is None else bare_name(program, found[0])
    return None if found is None or place is None else (place, found[1], program.compile(found[2]))


def _ordered(program: Program, hypothesis: Hypothesis) -> tuple[tuple[Place, Node, int], ...]:
    subject = hypothesis.subject if isinstance(hypothesis, Predicate) and hypothesis.kind in DEFINITE else None
    if not isinstance(subject, ex.Add) or len(subject.operands) != 2:
        return ()
    first, second = subject.operands
    if isinstance(first, ex.Neg):
        first, second = second, first
    if isinstance(first, ex.Neg) or not isinstance(second, ex.Neg):
        return ()
    pairs = ((first, second.operands[0], 1), (second.operands[0], first, -1))
    places = [(bare_name(program, name), program.compile(other), sign) for name, other, sign in pairs]
    return tuple((place, node, sign) for place, node, sign in places if place is not None)


def _squared(program: Program, hypothesis: Hypothesis, sides: tuple[Node, ...]) -> tuple[Node, ...]:
    if isinstance(hypothesis, Relation) and hypothesis.op == "=":
        both = (hypothesis.left, hypothesis.right)
        if any(isinstance(s, ex.Norm) and s.is_euclidean for s in both):
            return tuple(program.compile(ex.Pow(s, ex.Num(2))) for s in both)
    return sides


def windows(
    prepared: Prepared, sizes: dict[str, int], integers: list[Test], last: int = WINDOW - 1
) -> list[dict[str, int]]:
    """The indices of the instance and, as the hypothesis is meant for all, others in range up to ``last``."""
    if not prepared.free:
        return [sizes]
    choices = [sorted({sizes[s], *range(last + 1)}) for s in prepared.free]
    found = [sizes]
    for values in product(*choices):
        env = {**sizes, **dict(zip(prepared.free, values, strict=True))}
        if env != sizes and all(test(env) for test in integers):
            found.append(env)
    return found


def bare_name(program: Program, expression: ex.Expression) -> Place | None:
    """The name that an expression is, unless it is defined."""
    if not isinstance(expression, ex.Var | ex.Member):
        return None
    meaning = program.meanings.get(name_of(expression))
    if meaning is not None and (meaning.general or meaning.at_numbers or meaning.recurrence):
        return None
    at = expression.at if isinstance(expression, ex.Member) else ()
    return name_of(expression)[0], tuple(compiled(i) for i in at)


def cell_at(place: Place, env: dict[str, int]) -> Cell:
    name, at = place
    return name, tuple([index(env) for index in at])


def name_of_cell(cell: Cell) -> Name:
    return cell[0], len(cell[1])


def is_discrete(hypothesis: Hypothesis) -> bool:
    """Whether the hypothesis gives a structure with several families of matrices (determinants, ranks)."""
    found = structure_of(hypothesis)
    return found is not None and found[1] not in LINEAR and found[1] != "positive definite"


def truth(instance: Instance, g: Ground) -> bool | None:
    """Whether a hypothesis holds on an instance; what lies outside of its range holds.  None where that is not seen."""
    try:
        if not g.reals:
            try:
                return _check_in(instance, g, instance.ring)
            except NeedsReals:
                if not instance.ring.ordered:
                    # Orderings mean nothing in the prime field; the rational instances are held to them.
                    return True
                g.reals = True
        return _check_in(instance, g, BALLS)
    except (Inconclusive, Undefined):
        return None
    except Inadmissible:
        if g.env == instance.sizes:
            raise
        return True


def _check_in(instance: Instance, g: Ground, ring: Any) -> bool:
    ev = instance.evaluator(ring)
    hypothesis = g.prepared.hypothesis
    outer = ev.env
    ev.env = g.env
    try:
        values = [ev.value(node).base for node in g.prepared.sides]
    finally:
        ev.env = outer
    if isinstance(hypothesis, Predicate):
        kind = hypothesis.kind
        if not ring.ordered and kind in ORDERED:
            return bool(values[0] == values[0].transpose())
        return has_property(ring, kind, values[0])
    if not ring.ordered and hypothesis.op in ("<", ">") and equal(ring, values[0], values[1]):
        return False  # whatever the order is
    approximate = any(node.mask & APPROXIMATE for node in g.prepared.sides)
    return holds(ring, values[0], hypothesis.op, values[1], LOOSE if approximate else TIGHT)
