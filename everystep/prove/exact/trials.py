"""One claim on one instance: the two sides agree, differ, or have no value.

May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeAlias

from flint import ctx

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Recurrence, Relation
from everystep.prove.exact import chance, nodes_algebra, nodes_calculus, nodes_functions, nodes_limits, nodes_matrices
from everystep.prove.exact.arithmetic import BALLS, RATIONALS, Element, Matrix, Ring
from everystep.prove.exact.checks import LOOSE, TIGHT, has_property, holds
from everystep.prove.exact.errors import Inadmissible, Inconclusive, NeedsReals, Undefined
from everystep.prove.exact.hypotheses import Constraints
from everystep.prove.exact.instances import Instance
from everystep.prove.exact.prepared import Prepared, integer_relation, is_discrete, prepare
from everystep.prove.exact.program import APPROXIMATE, MEAN, RANKED, Name, Program, name_of, program_for
from everystep.prove.exact.sizes import Sizes, Space, Symbols, relations_of
from everystep.prove.exact.special import Special
from everystep.records import dataclass

BUILDER_MODULES = (nodes_algebra, nodes_matrices, nodes_functions, nodes_calculus, nodes_limits, chance)
"""Importing these fills the table of builders."""

PRECISIONS = (128, 512)

_KEPT = 256


Imposed: TypeAlias = Mapping[str, Special | str]
"""Names with their special values, or with the names whose values they share."""


class Finding(Enum):
    AGREE = "agree"
    DIFFER = "differ"
    UNDEFINED = "undefined"


@dataclass(frozen=True)
class Result:
    """What one instance showed; ``values`` are the two sides (one for a property)."""

    finding: Finding
    arithmetic: str
    values: tuple[Matrix, ...] = ()
    undefined: Undefined | None = None


class Case:
    """A claim with its context, prepared: what all its trials share.

    ``fully``: with all hypotheses, also those that have no name in common with it.  ``judged``: whether it is to be
    evaluated; else instances may be drawn only.
    """

    def __init__(
        self,
        claim: Relation | Predicate,
        context: Context,
        starts: dict[str, int],
        fully: bool,
        *,
        judged: bool = True,
    ) -> None:
        self.claim = claim
        self.context = context
        self.starts = starts
        self.expressions = claim.sides
        self.program: Program = program_for(context, self.expressions)
        self.nodes = tuple(self.program.compile(e) for e in self.expressions) if judged else ()
        self.mask = 0
        for expression in self.expressions:
            self.mask |= self.program.mask_of(expression)
        self.approximate = bool(self.mask & APPROXIMATE)
        known = (*self.expressions, *(d.body for d in context.definitions))
        self.has_inverse = any(e.has_kind(ex.Inverse) for e in known)
        self.moves = any(e.has_kind(ex.LimitAt) for e in self.expressions)
        # A rank, like an ordering, is not shown by generic values.
        equation = isinstance(claim, Relation) and claim.op == "="
        self.ordered = bool(self.mask & RANKED) or not equation
        integers = relations_of(context.hypotheses)
        self.hypotheses = [prepare(self.program, h) for h in context.hypotheses if not integer_relation(h)]
        relevant = self._relevant(self.hypotheses)
        if not fully:
            self.hypotheses = relevant
        self.space = Space(self._symbols(), integers, starts)
        self.discrete = any(is_discrete(h.hypothesis) for h in self.hypotheses)
        self.conditions = self._conditions()
        said = tuple(h.hypothesis for h in self.hypotheses)
        self._key = self.program.number((said, tuple(integers), tuple(starts.items()), self.conditions))
        self.constraints = Constraints(self.program, self.hypotheses, tuple(integers), self.space.stated)

    @classmethod
    def of(cls, claim: Relation | Predicate, context: Context, starts: dict[str, int], *, judged: bool = True) -> Case:
        """The case without the hypotheses that have nothing to do with the claim; the program keeps its last one, for
        those who look at the same claim again.
        """
        cases = program_for(context, claim.sides).cases
        key = (claim, context.hypotheses, tuple(starts.items()))
        found: Case | None = cases.get(key)
        if found is None:
            found = cls(claim, context, starts, False, judged=judged)
            if judged:
                cases.clear()
                cases[key] = found
        return found

    def _relevant(self, hypotheses: list[Prepared]) -> list[Prepared]:
        """Hypotheses that share names with the claim, directly or through others."""
        mask = self.mask
        chosen: set[int] = set()
        growing = True
        while growing:
            growing = False
            for k, h in enumerate(hypotheses):
                if k not in chosen and (h.mask & mask or not h.mask):
                    mask |= h.mask
                    chosen.add(k)
                    growing = True
        self.mask = mask
        return [h for k, h in enumerate(hypotheses) if k in chosen]

    def _conditions(self) -> frozenset[Name]:
        """The names that a mean in the claim, in a hypothesis or in a definition is given."""
        sides = [*self.expressions, *(node.expression for h in self.hypotheses for node in h.sides)]
        sides += [definition.body for definition in self.context.definitions]
        means = (node for side in sides for node in ex.walk(side) if isinstance(node, ex.Given))
        return frozenset(name_of(name) for node in means for name in node.held)

    def _symbols(self) -> Symbols:
        sides = (node.expression for h in self.hypotheses for node in h.sides)
        return Symbols.of(self.program, (*self.expressions, *sides))

    def rests_on_laws(self) -> bool:
        """Whether the claim, its definitions expanded, speaks of something random or of what a law is given by."""
        laws = self.context.random
        names = {law.target.name for law in laws}.union(*(p.names for law in laws for p in law.parameters))
        return not names.isdisjoint(self._names_behind(frozenset().union(*(e.names for e in self.expressions))))

    def rests_on_chance(self) -> bool:
        """Whether a hypothesis speaks of something random and the claim of a mean, or of what a law is given by.

        Values are drawn so that the hypothesis holds of them; the laws are not, so that there it may fail.
        """
        program = self.program
        hypotheses = (h for h in self.context.hypotheses if not integer_relation(h))
        spoken = 0
        for hypothesis in hypotheses:
            for node in prepare(program, hypothesis).sides:
                spoken |= node.mask & program.random_mask
        if not spoken:
            return False
        given = MEAN
        for law in self.context.random:
            for parameter in law.parameters:
                given |= program.mask_of(parameter)
        return bool(self.mask & given)

    # instances -------------------------------------------------------------------------------------

    def instance(
        self,
        sizes: Sizes,
        seed: int,
        ring: Ring,
        style: int,
        edits: dict[str, list[Element]] | None = None,
        vanishing: frozenset[str] = frozenset(),
        imposed: Imposed | None = None,
    ) -> Instance:
        """An instance that meets the hypotheses; raises Inadmissible when none was found.

        Without edits it is shared by all claims of the context, with what was computed on it; so is a failure.
        ``vanishing``: names whose values are 0 where no hypothesis gives them another one; ``imposed``: names that have
        a special value, or the value of another name, likewise.
        """
        if edits is not None or vanishing or imposed:
            return self._make(sizes, seed, ring, style, edits, vanishing, imposed)
        kept = self.program.instances
        key = (self._key, tuple(sizes.items()), seed, ring, style)
        found: Instance | str | None = kept.get(key)
        if found is None:
            if len(kept) >= _KEPT:
                kept.clear()
            try:
                found = self._make(sizes, seed, ring, style, None)
            except Inadmissible as error:
                found = str(error)
            kept[key] = found
        if isinstance(found, str):
            raise Inadmissible(found)
        return found

    def _make(
        self,
        sizes: Sizes,
        seed: int,
        ring: Ring,
        style: int,
        edits: dict[str, list[Element]] | None,
        vanishing: frozenset[str] = frozenset(),
        imposed: Imposed | None = None,
    ) -> Instance:
        instance = Instance(self.program, sizes, seed, ring, style, edits, vanishing, imposed)
        instance.conditions = self.conditions
        try:
            # As precise as the claim is judged first: what is computed here is used there.
            with ctx.workprec(PRECISIONS[0]):
                self.constraints.meet(instance)
        except Undefined as error:
            raise Inadmissible(f"a hypothesis has no value: {error}") from None
        return instance

    def free_names(self) -> list[str]:
        """The names that the claim and the hypotheses rest on, and that nothing defines."""
        nodes = (node for h in self.hypotheses for node in h.sides)
        names = frozenset().union(*(e.names for e in (*self.expressions, *(node.expression for node in nodes))))
        return sorted(self._names_behind(names) - self._bodies().keys())

    def _names_behind(self, names: frozenset[str]) -> frozenset[str]:
        """These names and all that those among them which are defined rest on."""
        rules = self._bodies()
        for _ in rules:
            names = names.union(*(rules[name].names for name in names & rules.keys()))
        return names

    def _bodies(self) -> dict[str, ex.Expression]:
        known: list[Definition | Recurrence] = [*self.context.definitions, *self.context.recurrences]
        return {rule.target.name: rule.body for rule in known}

    def judge(self, instance: Instance) -> Result:
        """Evaluate the claim; in the instance's own ring, else in balls."""
        if not instance.ring.ordered:
            return self._judge_in(instance, instance.ring)
        try:
            return self._judge_in(instance, RATIONALS)
        except NeedsReals:
            pass
        for precision in PRECISIONS[:-1]:
            try:
                with ctx.workprec(precision):
                    return self._judge_in(instance, BALLS)
            except Inconclusive:
                instance.forget()
        with ctx.workprec(PRECISIONS[-1]):
            return self._judge_in(instance, BALLS)

    def _judge_in(self, instance: Instance, ring: Ring) -> Result:
        ev = instance.evaluator(ring)
        try:
            if self.approximate:
                # The cheap side first: it may have no value.
                for node in self.nodes:
                    if not node.mask & APPROXIMATE:
                        ev.value(node)
            values = tuple([ev.value(node).base for node in self.nodes])
        except Undefined as error:
            return Result(Finding.UNDEFINED, ring.name, undefined=error)
        true = self._holds(ring, values)
        name = "numeric" if self.approximate else ring.name
        return Result(Finding.AGREE if true else Finding.DIFFER, name, values)

    def _holds(self, ring: Ring, values: tuple[Matrix, ...]) -> bool:
        claim = self.claim
        if isinstance(claim, Predicate):
            return has_property(ring, claim.kind, values[0])
        return holds(ring, values[0], claim.op, values[1], LOOSE if self.approximate else TIGHT)
