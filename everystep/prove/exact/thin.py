"""Counterexamples where chance does not come: names with special values, names that are equal, chosen vectors.

``rank(AB) = rank(BA)`` holds for nearly all matrices, ``x^T B x <= x^T A x`` for nearly all vectors where A - B is
nearly semidefinite.  Asked of claims for which there is neither a proof nor a counterexample.
May import ``everystep.algebra`` and this package only.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from time import thread_time

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.shapes import ONE, Shape
from everystep.prove.exact.arithmetic import RATIONALS
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.forms import violating
from everystep.prove.exact.instances import GENERIC, Instance, source_name
from everystep.prove.exact.sizes import Pattern, Sizes
from everystep.prove.exact.special import Special, specials_of
from everystep.prove.exact.trials import Case, Finding, Imposed, Result

_SIZES: tuple[Pattern, ...] = (
    ((2,), (2,), (1, 2)),
    ((2, 3), (2, 1), (1, 2)),
    ((3,), (3,), (1, 2)),
    ((1,), (1,), (1,)),
    ((1, 2), (2,), (1,)),
    ((3, 2), (1, 2), (2, 1)),
)
_STYLES = (2, 1, GENERIC, 0)
_MOST_TRIES, _SHARE_IMPOSED, _SHARE_SHARED = 400, 0.7, 0.2


class Thin:
    """Looks for an instance on which a case fails, until a deadline."""

    def __init__(self, case: Case, seed: int, deadline: float) -> None:
        self.case = case
        self.seed = seed
        self.deadline = deadline
        self.random = random.Random(seed)
        self.shapes = _shapes(case)
        self.left: dict[tuple[str, int], list[Special]] = {}

    def found(self) -> Iterator[tuple[Instance, Result]]:
        """Instances that meet all hypotheses, on which the claim fails."""
        sizes = [s for s in map(self.case.space.chosen, _SIZES) if s is not None]
        sizes = [s for k, s in enumerate(sizes) if s not in sizes[:k]]
        for number in range(_MOST_TRIES if sizes else 0):
            if thread_time() > self.deadline:
                return
            at = number // 2 % len(sizes) if number % 2 else 0  # the first sizes more often
            found = self._tried(sizes[at], number, self._choice(at))
            if found is not None:
                yield found

    def _choice(self, at: int) -> Imposed:
        """Which names get which special values; now and then none, so that all are drawn."""
        draw, names = self.random, sorted(self.shapes)
        chosen: dict[str, Special | str] = {}
        special = draw.random() < _SHARE_IMPOSED
        for name in names if special else ():
            alike = [n for n in names if n not in chosen and n != name and self.shapes[n] == self.shapes[name]]
            if alike and draw.random() < _SHARE_SHARED:
                chosen[name] = draw.choice(alike)
            elif len(names) == 1 or draw.random() < _SHARE_IMPOSED:
                chosen[name] = self._next(name, at)
        return chosen

    def _next(self, name: str, at: int) -> Special:
        """A special value for a name, each once before one comes again."""
        left = self.left.setdefault((name, at), [])
        if not left:
            left += specials_of(*(size == ONE for size in self.shapes[name]))
            self.random.shuffle(left)
        return left.pop()

    def _tried(self, sizes: Sizes, number: int, imposed: Imposed) -> tuple[Instance, Result] | None:
        style = _STYLES[number % len(_STYLES)]
        try:
            instance = self.case.instance(sizes, self.seed + number, RATIONALS, style, {}, imposed=imposed)
            result = self.case.judge(instance)
        except Stopped:
            return None
        if result.finding is Finding.DIFFER:
            return instance, result
        if result.finding is Finding.AGREE and result.arithmetic == RATIONALS.name:
            return self._chosen(instance, sizes, self.seed + number, style, imposed)
        return None

    def _chosen(
        self, instance: Instance, sizes: Sizes, seed: int, style: int, imposed: Imposed
    ) -> tuple[Instance, Result] | None:
        """The same with another value of one name, at which an inequality fails."""
        claim = self.case.claim
        if not isinstance(claim, Relation) or claim.op not in ("<", "<=", ">", ">="):
            return None
        left, right = self.case.nodes
        sides = (left, right) if claim.op in ("<", "<=") else (right, left)
        for cell in list(instance.cells):
            if thread_time() > self.deadline:
                break
            if cell in instance.rules or cell[0] not in self.shapes or cell[0] in imposed:
                continue
            entries = violating(instance, sides, cell, strict=claim.op in ("<", ">"))
            if entries is None:
                continue
            edits = {**instance.edits, source_name(cell): entries}
            try:
                other = self.case.instance(sizes, seed, RATIONALS, style, edits, imposed=imposed)
                result = self.case.judge(other)
            except Stopped:
                continue
            if result.finding is Finding.DIFFER:
                return other, result
        return None


def _shapes(case: Case) -> dict[str, Shape]:
    """The names that the claim and the hypotheses rest on, that are free, and their shapes."""
    known = {d.target.name: d.body for d in case.context.definitions}
    free = set(case.free_names())
    found: dict[str, Shape] = {}
    sides = [*case.expressions, *(node.expression for h in case.hypotheses for node in h.sides), *known.values()]
    for node in (n for side in sides for n in ex.walk(side)):
        if isinstance(node, (ex.Var, ex.Member)) and node.name in free:
            found.setdefault(node.name, node.shape)
    return found
