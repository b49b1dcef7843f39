"""Instances that meet the hypotheses.

Properties of a bare name become a structure; an equation becomes a rule for a name that it isolates, or is solved for
a name in which it is affine (quadratic, for a scalar equation); bounds on a number pick a fraction between them; an
inequality that fails then is met by scaling one of its names, if that helps; everything else is left to chance.
Whatever was done, every hypothesis is checked in the end.
May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.context import EVERY, Hypothesis, Predicate, Relation
from everystep.algebra.shapes import ONE
from everystep.prove.exact.arithmetic import Matrix
from everystep.prove.exact.bounds import Limit, bounded_rule
from everystep.prove.exact.errors import Inadmissible, NoMember, OutOfRange
from everystep.prove.exact.evaluator import Cell, Evaluator
from everystep.prove.exact.functions import make_symmetric, shift_function
from everystep.prove.exact.inequalities import scaled_to_hold
from everystep.prove.exact.instances import Instance, Rule, source_name
from everystep.prove.exact.integers import Test
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.patterns import frames_of, inner_product, left_to_equations
from everystep.prove.exact.prepared import (
    DEFINITE,
    WINDOW,
    Ground,
    Prepared,
    bare_name,
    cell_at,
    name_of_cell,
    truth,
    windows,
)
from everystep.prove.exact.program import Name, Node, Program
from everystep.prove.exact.solving import Unmet, solve
from everystep.prove.exact.structures import mapping_of, orthonormal_vector, structured
from everystep.prove.exact.systems import solve_for_formula, solve_together

_PLAIN = (ex.Entry, ex.Member, ex.Var, ex.Num, ex.Int)
_KEPT = 256
_BEYOND = 2
"""How far what is said of every index is met behind the largest size: a claim may speak of ``n + 1``."""


SYMMETRIC = {"symmetric", "positive definite", "positive semidefinite", "invertible"}
"""Structures that a product of a matrix and its transpose may have."""


def _letters(relation: Relation) -> set[str]:
    return {str(symbol) for side in (relation.left, relation.right) for symbol in side.free_symbols}


class Constraints:
    """Puts rules for the hypotheses on an instance; ``meet`` then solves and checks."""

    def __init__(
        self, program: Program, hypotheses: list[Prepared], relations: tuple[Relation, ...], integers: list[Test]
    ) -> None:
        self.program = program
        self.hypotheses = hypotheses
        self.relations = relations
        self.integers = integers  # the relations, as tests
        self._key = program.number((tuple(h.hypothesis for h in hypotheses), relations))
        self.frames = [
            frame
            for frame in frames_of(tuple(h.hypothesis for h in hypotheses))
            if all(bare_name(program, vector) is not None for vector in frame)
        ]

    @staticmethod
    def _last(prepared: Prepared, sizes: dict[str, int]) -> int:
        """The last index that an instance is made to meet a hypothesis at: ``x_i > 0`` is meant of all n entries, and a
        structure of all members.
        """
        relation = prepared.hypothesis
        if prepared.structure is not None and len(prepared.free) == 1:
            return max(WINDOW - 1, *sizes.values())
        if prepared.count is not None or prepared.image is not None:
            return max(WINDOW - 1, *sizes.values())
        if prepared.free and set(prepared.free) <= set(EVERY):
            return max(WINDOW - 1, *sizes.values()) + _BEYOND
        if not isinstance(relation, Relation) or relation.op in ("=", "!=") or len(prepared.free) != 1:
            return WINDOW - 1
        if not all(isinstance(n, _PLAIN) for side in (relation.left, relation.right) for n in ex.walk(side)):
            return WINDOW - 1
        return max(WINDOW - 1, *sizes.values())

    def _tests(self, prepared: Prepared) -> list[Test]:
        """The integer relations that bound the indices of a hypothesis.

        ``i != j`` keeps no i away from one that speaks of i alone: for every i there may be such a j.
        """
        return [
            test
            for relation, test in zip(self.relations, self.integers, strict=True)
            if relation.op != "!=" or _letters(relation) <= set(prepared.free)
        ]

    def _grounds(self, sizes: dict[str, int]) -> list[Ground]:
        """All hypotheses at all indices; which these are is kept with the program."""
        kept, key = self.program.windows, (self._key, *sizes.items())
        found = kept.get(key)
        if found is None:
            if len(kept) >= _KEPT:
                kept.clear()
            found = kept[key] = [
                (h, env) for h in self.hypotheses for env in windows(h, sizes, self._tests(h), self._last(h, sizes))
            ]
        return [Ground(h, env) for h, env in found]

    @property
    def tie_products(self) -> bool:
        """Whether an equation ties products of matrices, and no construction meets it."""
        return any(
            h.structure is None and isinstance(h.hypothesis, Relation) and h.hypothesis.op == "=" and _has_product(h)
            for h in self.hypotheses
        )

    def hold_throughout(self, instance: Instance) -> bool:
        """Whether no hypothesis fails at a later index than those that ``meet`` looks at, up to the largest size."""
        last = max(instance.sizes.values(), default=0)
        if last < WINDOW:
            return True
        return all(
            truth(instance, Ground(h, env)) is not False
            for h in self.hypotheses
            for env in windows(h, instance.sizes, self._tests(h), last)
        )

    def meet(self, instance: Instance) -> None:
        """Make the instance meet the hypotheses; raises Inadmissible where it does not."""
        if not self.hypotheses:
            return
        grounds = self._grounds(instance.sizes)
        rest = self._images(instance, self._framed(instance, self._structures(instance, grounds)))
        rest = self._compared(instance, self._isolated(instance, rest))
        bounded: set[Cell] = set()
        if instance.ring.ordered:
            bounded = self._bounds(instance, rest)
        for g in rest:
            make_symmetric(instance, g)
        fixed = self._definite_formulas(instance, rest)
        fixed |= self._equations(instance, rest, fixed, frozenset(bounded))
        scaled = False
        grounds = sorted(grounds, key=lambda g: not _compares_with_numeral(g))  # what is scaled keeps those before
        for number, g in enumerate(grounds):
            held = truth(instance, g)
            if held is False:
                held = scaled = scaled_to_hold(instance, [g, *grounds[:number]], bounded, fixed)
            if not held:
                raise Inadmissible("a hypothesis does not hold")
        if scaled and not all(truth(instance, g) for g in grounds):
            raise Inadmissible("a hypothesis does not hold")

    # structures ------------------------------------------------------------------------------------

    def _structures(self, instance: Instance, grounds: list[Ground]) -> list[Ground]:
        kinds: dict[Cell, set[str]] = {}
        rest = []
        self.counts: dict[str, int] = {}
        for g in grounds:
            found = g.prepared.structure
            if found is None:
                rest.append(g)
            elif found[0][0] in instance.imposed:
                continue  # what has a special value has the structure or not
            elif g.prepared.count is not None:
                cell = cell_at(found[0], g.env)
                self.counts[cell[0]] = g.prepared.count(g.env)
                instance.rules[cell] = _family_rule(cell, self.counts[cell[0]])
            else:
                kinds.setdefault(cell_at(found[0], g.env), set()).add(found[1])
        for cell, names in kinds.items():
            left = left_to_equations(names)
            rest += [
                g
                for g in grounds
                if (s := g.prepared.structure) is not None and s[1] in left and cell_at(s[0], g.env) == cell
            ]
            names -= left
        kinds = {cell: names for cell, names in kinds.items() if names}
        for cell, names in kinds.items():
            instance.rules[cell] = _structure_rule(instance, cell, frozenset(names))
        self.linear = {c for c, names in kinds.items() if names <= {"symmetric", "nonzero"}}
        self.symmetric = {c for c, names in kinds.items() if names and names <= SYMMETRIC}
        self.definite = self.symmetric - self.linear
        return rest

    def _framed(self, instance: Instance, grounds: list[Ground]) -> list[Ground]:
        """Rules for columns that are said two by two to be orthonormal, where nothing else has given them one."""
        for frame in self.frames:
            places = [bare_name(self.program, vector) for vector in frame]
            cells = [cell_at(place, {}) for place in places if place is not None]
            if any(cell in instance.rules for cell in cells):
                continue
            name = " ".join(source_name(cell) for cell in cells)
            for number, cell in enumerate(cells, 1):
                instance.rules[cell] = _frame_rule(name, number, len(cells))
            grounds = [g for g in grounds if not _is_within(g.prepared.hypothesis, frame)]
        return grounds

    def _images(self, instance: Instance, grounds: list[Ground]) -> list[Ground]:
        """Rules for matrices of which the images of an orthonormal family are given; what they say is checked."""
        rest = []
        for g in grounds:
            image = g.prepared.image
            if image is None or image[1] not in self.counts:
                rest.append(g)
                continue
            cell = cell_at(image[0], g.env)
            if cell not in instance.rules or cell in self.symmetric:
                symmetric = cell in self.symmetric
                self.symmetric.discard(cell)
                self.linear.discard(cell)
                self.definite.discard(cell)
                values = (image[2], g.env, g.prepared.free)
                instance.rules[cell] = _image_rule(cell, image[1], self.counts[image[1]], values, symmetric)
        return rest

    # equations -------------------------------------------------------------------------------------

    def _isolated(self, instance: Instance, grounds: list[Ground]) -> list[Ground]:
        rest = []
        taken: dict[Name, int] = {}
        for g in grounds:
            hypothesis = g.prepared.hypothesis
            if not isinstance(hypothesis, Relation) or hypothesis.op != "=":
                rest.append(g)
                continue
            for place, other in zip(g.prepared.bare, reversed(g.prepared.sides), strict=True):
                cell = None if place is None else cell_at(place, g.env)
                if cell is None or (cell in instance.rules and not self._is_gram(cell, other, g.env)):
                    continue
                needs = _closure(self.program, other.mask, taken)
                if needs & self.program.bit(name_of_cell(cell)):
                    continue
                self.symmetric.discard(cell)
                taken[name_of_cell(cell)] = taken.get(name_of_cell(cell), 0) | needs
                instance.rules[cell] = _assignment(other, g.env)
                break
            else:
                rest.append(g)
        return rest

    def _compared(self, instance: Instance, grounds: list[Ground]) -> list[Ground]:
        """Of A - B that is to be semidefinite: A as B and a semidefinite matrix, or B as A without one.

        A name that has a rule keeps it, unless that is a structure that the sum may have as well.
        """
        rest = []
        taken: dict[Name, int] = {}
        for g in grounds:
            for place, other, sign in g.prepared.ordered:
                cell = cell_at(place, g.env)
                if cell in instance.rules and cell not in self.symmetric:
                    continue
                needs = _closure(self.program, other.mask, taken)
                if needs & self.program.bit(name_of_cell(cell)):
                    continue
                self.symmetric.discard(cell)
                taken[name_of_cell(cell)] = taken.get(name_of_cell(cell), 0) | needs
                kind = g.prepared.hypothesis.kind if isinstance(g.prepared.hypothesis, Predicate) else ""
                instance.rules[cell] = _apart(instance, cell, other, g.env, sign, kind)
                break
            else:
                rest.append(g)
        return rest

    def _is_gram(self, cell: Cell, node: Node, env: dict[str, int]) -> bool:
        """Whether a name that hypotheses call symmetric or definite is equal to a product that is: ``S = P P`` with a
        symmetric P, ``S = A A^T``.  What was drawn for its structure goes; that it has it is seen in the end.
        """
        e = node.expression
        if cell not in self.symmetric:
            return False
        if isinstance(e, ex.Pow):
            factors: tuple[ex.Expression, ...] = (e.operands[0],) * 2 if e.operands[1] == ex.Num(2) else ()
        else:
            factors = e.operands if isinstance(e, ex.Mul) else ()
        if len(factors) != 2:
            return False
        a, b = factors
        place = bare_name(self.program, a)
        root = place is not None and a == b and cell_at(place, env) in self.symmetric
        return root or a == ex.Transpose(b) or b == ex.Transpose(a)

    def _bounds(self, instance: Instance, grounds: list[Ground]) -> set[Cell]:
        """Rules for numbers between bounds; gives their cells."""
        bounds: dict[Cell, list[Limit]] = {}
        needs: dict[Name, int] = {}
        for g in grounds:
            hypothesis = g.prepared.hypothesis
            if not isinstance(hypothesis, Relation) or hypothesis.op not in ("<", "<=", ">", ">="):
                continue
            flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[hypothesis.op]
            ops = (hypothesis.op, flipped)
            for place, other, op in zip(g.prepared.bare, reversed(g.prepared.sides), ops, strict=True):
                cell = None if place is None else cell_at(place, g.env)
                if cell is None or cell in instance.rules or cell[0] in instance.imposed:
                    continue
                mask = _closure(self.program, other.mask, needs)
                if mask & self.program.bit(name_of_cell(cell)):
                    continue
                needs[name_of_cell(cell)] = needs.get(name_of_cell(cell), 0) | mask
                bounds.setdefault(cell, []).append((op, other, g.env))
                break
        _pass_on(self.program, bounds)
        for cell, limits in bounds.items():
            instance.rules[cell] = bounded_rule(source_name(cell), _left_to_scaling(limits))
        return set(bounds)

    def _not_singular(self, g: Ground) -> Cell | None:
        """The name that a hypothesis calls invertible, also by its determinant, or other than 0."""
        hypothesis = g.prepared.hypothesis
        if isinstance(hypothesis, Predicate):
            place = bare_name(self.program, hypothesis.subject) if hypothesis.kind == "invertible" else None
        else:
            place = g.prepared.bare[0] if hypothesis.op == "!=" else None
            for side in (hypothesis.left, hypothesis.right) if hypothesis.op in ("<", ">", "!=") else ():
                place = bare_name(self.program, side.operands[0]) if isinstance(side, ex.Det) else place
        return None if place is None else cell_at(place, g.env)

    def _definite_formulas(self, instance: Instance, grounds: list[Ground]) -> set[Cell]:
        """Matrix formulas that are to be (semi)definite become matrices that are; gives the cells that they fix."""
        fixed: set[Cell] = set()
        for number, g in enumerate(grounds):
            hypothesis = g.prepared.hypothesis
            if not isinstance(hypothesis, Predicate) or hypothesis.kind not in DEFINITE or truth(instance, g):
                continue
            wanted = _drawn(instance, f"definite {number}", hypothesis.kind)
            if isinstance(hypothesis.subject, ex.Call):
                shift_function(instance, hypothesis.subject, g.prepared.sides[0], g.env, wanted)
                continue
            fixed |= solve_for_formula(instance, g.prepared.sides[0], g.env, wanted, fixed, self.symmetric)
        return fixed

    def _equations(
        self, instance: Instance, grounds: list[Ground], made: set[Cell], bounded: frozenset[Cell]
    ) -> set[Cell]:
        """Solves the equations; gives the cells that they fix.  ``made``: cells that stay; ``bounded``: numbers that
        have a rule only because of their bounds.
        """
        fixed = set(made)
        met: list[tuple[tuple[Node, ...], dict[str, int]]] = []
        equations = [g for g in grounds if isinstance(h := g.prepared.hypothesis, Relation) and h.op == "="]
        kept = frozenset(cell for g in grounds if equations and (cell := self._not_singular(g)) is not None)
        for number, g in enumerate(equations, 1):
            met.append((g.prepared.solved, g.env))

            def alone(ground: Ground, *, zeros: bool) -> None:
                sides, env = ground.prepared.solved, ground.env
                solve(instance, sides, env, fixed, self.linear, self.definite, kept, zeros=zeros, bounded=bounded)

            try:
                alone(g, zeros=len(met) < 2)
            except (NoMember, OutOfRange):
                met.pop()
                if g.env == instance.sizes:
                    raise
            except Unmet:
                if len(met) < 2:
                    raise
                alike = [(h.prepared.solved, h.env) for h in equations[number:] if h.prepared is g.prepared]
                if alike and solve_together(instance, [*met, *alike], fixed, self.linear):
                    continue  # at one go, as the same equation fails at its other indices, too
                if not solve_together(instance, met, fixed, self.linear):
                    alone(g, zeros=True)
        return fixed


def _pass_on(program: Program, bounds: dict[Cell, list[Limit]]) -> None:
    """Where ``0 < a < b``, b must be above 0 too."""
    for cell, limits in list(bounds.items()):
        for op, node, env in list(limits):
            place = bare_name(program, node.expression)
            other = None if place is None else cell_at(place, env)
            if other is None or other not in bounds or other == cell:
                continue
            for low, limit, at in limits:
                if (low[0] != op[0]) and not limit.mask:
                    bounds[other].append((low, limit, at))


def _compares_with_numeral(g: Ground) -> bool:
    return isinstance(g.prepared.hypothesis, Relation) and any(not side.mask for side in g.prepared.sides)


def _left_to_scaling(limits: list[Limit]) -> list[Limit]:
    """The limits of a number without those that matrices give it, where a numeral bounds it from the other side: of
    ``||W|| <= c < 1``, c is chosen below 1, and W scaled to fit.
    """
    numerals = {op[0] for op, node, _ in limits if not node.mask}
    return [
        (op, node, env)
        for op, node, env in limits
        if not node.mask or not ({"<", ">"} - {op[0]}) & numerals or not _has_matrix(node)
    ]


def _has_matrix(node: Node) -> bool:
    """Whether a value is made of a name that is no number."""
    return any(isinstance(e, (ex.Var, ex.Member)) and not e.is_number_shaped for e in ex.walk(node.expression))


def _closure(program: Program, mask: int, taken: dict[Name, int]) -> int:
    """The names that a value needs, through the rules given so far."""
    for _ in taken:
        for name, needs in taken.items():
            if mask & program.bit(name):
                mask |= needs
    return mask


def _assignment(node: Node, env: dict[str, int]) -> Rule:
    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        ev.env = env
        return ev.value(node)

    return rule


def _apart(instance: Instance, cell: Cell, node: Node, env: dict[str, int], sign: int, kind: str) -> Rule:
    """What is above, or below, a value by a (semi)definite matrix."""

    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        ev.env = env
        value = ev.value(node)
        gap = structured(owner, f"{source_name(cell)} gap", rows, columns, frozenset((kind,)))
        return Jet(value.base + gap if sign > 0 else value.base - gap)

    return rule


def _drawn(instance: Instance, name: str, kind: str) -> Callable[[int, int], Matrix]:
    """What gives a random (semi)definite matrix of a size, always the same."""
    return lambda rows, columns: structured(instance, name, rows, columns, frozenset((kind,)))


def _structure_rule(instance: Instance, cell: Cell, kinds: frozenset[str]) -> Rule:
    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        return Jet(structured(owner, source_name(cell), rows, columns, kinds))

    return rule


def _is_within(hypothesis: Hypothesis, frame: tuple[ex.Var, ...]) -> bool:
    """Whether a hypothesis is one of those that make a frame."""
    sides = (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else ()
    found = [pair for side in sides if (pair := inner_product(side)) is not None]
    return len(found) == 1 and all(vector in frame for vector in found[0]) and any(isinstance(s, ex.Num) for s in sides)


def _frame_rule(name: str, at: int, count: int) -> Rule:
    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        return Jet(orthonormal_vector(owner, name, rows, at, count))

    return rule


def _family_rule(cell: Cell, count: int) -> Rule:
    name, (at, *_) = cell

    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        return Jet(orthonormal_vector(owner, name, rows, at, count))

    return rule


def _image_rule(
    cell: Cell, family: str, count: int, values: tuple[Node, dict[str, int], tuple[str, ...]], symmetric: bool
) -> Rule:
    """A matrix by its images of the members 1, ..., count: ``values`` is their node, what it is seen at, its index."""
    node, env, free = values

    def rule(ev: Evaluator, rows: int, columns: int) -> Jet:
        owner: Any = ev.source
        if count > columns:
            raise Inadmissible("more orthonormal vectors than dimensions")
        images = []
        for at in range(1, count + 1):
            ev.env = {**env, **dict.fromkeys(free, at)}
            images.append(ev.value(node).base)
        return Jet(mapping_of(owner, source_name(cell), family, images, columns, symmetric=symmetric))

    return rule


def _has_product(prepared: Prepared) -> bool:
    """Whether a side of a hypothesis multiplies matrices."""
    sides = (part for node in prepared.sides for part in ex.walk(node.expression))
    return any(isinstance(e, ex.Mul) and sum(a.shape != (ONE, ONE) for a in e.operands) > 1 for e in sides)
