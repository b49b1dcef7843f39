"""Search for a small counterexample: sizes from the smallest up, then simpler and simpler values.

May import this package only.
"""

from __future__ import annotations

from itertools import combinations
from time import perf_counter

from flint import fmpq

from everystep.prove.exact.arithmetic import FIELD, RATIONALS, Element
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.instances import GENERIC, POSITIVE, Instance
from everystep.prove.exact.report import counterexample
from everystep.prove.exact.sizes import Sizes
from everystep.prove.exact.trials import Case, Finding, Imposed, Result
from everystep.prove.verdict import Counterexample

_LADDER = (0, 1, 0, 1, 2, 0, 1, 2, GENERIC, 1, 2, POSITIVE, 0, 1, 2, GENERIC, 0, 1, 2, 1)
_MOST_SIZES = 60
_MOST_PAIRS = 60

Edits = dict[str, list[Element]]


class Search:
    """Looks for a counterexample to one case until a deadline."""

    def __init__(self, case: Case, seed: int, deadline: float) -> None:
        self.case = case
        self.seed = seed
        self.deadline = deadline
        self.imposed: Imposed = {}

    def late(self) -> bool:
        return perf_counter() > self.deadline

    def run(self, first: Sizes, seed: int, style: int, *, at_zeros: bool = False) -> Counterexample | None:
        """The smallest counterexample found; a disagreement was seen at the sizes ``first``, that seed and style.

        ``at_zeros``: it was seen where names are 0, so that chance is not asked first.
        """
        known = self.degenerate(first) if at_zeros else None
        if known is not None:
            return self._shrunk(*known)
        for number, sizes in enumerate(self.case.space.ascending()):
            if number >= _MOST_SIZES or self.late():
                break
            if self._holds_generically(sizes):
                continue
            found = self._at(sizes)
            if found is not None:
                return self._shrunk(*found)
        found = self._at(first) or self._try(first, seed, style) or self.degenerate(first)
        return None if found is None else self._shrunk(*found)

    def degenerate(self, sizes: Sizes) -> tuple[Instance, Result] | None:
        """A counterexample in which one or two names are 0: chance does not meet ``C U = U D``, which C = 0 does."""
        names = self.case.free_names()
        for vanishing in [*combinations(names, 1), *combinations(names, 2)][:_MOST_PAIRS]:
            if self.late():
                break
            try:
                instance = self.case.instance(sizes, self.seed, RATIONALS, GENERIC, vanishing=frozenset(vanishing))
            except Stopped:
                continue
            result = self._result(instance)
            if result is not None and result.finding is Finding.DIFFER:
                return instance, result
        return None

    def _try(self, sizes: Sizes, seed: int, style: int) -> tuple[Instance, Result] | None:
        instance = self._instance(sizes, seed, style, {})
        result = None if instance is None else self._result(instance)
        if instance is None or result is None or result.finding is not Finding.DIFFER:
            return None
        return instance, result

    def _holds_generically(self, sizes: Sizes) -> bool:
        """Whether the claim holds at these sizes for random values of the prime field."""
        if self.case.ordered:
            return False
        try:
            for seed in (0, 1):
                instance = self.case.instance(sizes, seed, FIELD, GENERIC)
                if self.case.judge(instance).finding is not Finding.AGREE:
                    return False
        except Stopped:
            return False
        return True

    def _at(self, sizes: Sizes) -> tuple[Instance, Result] | None:
        """A counterexample at these sizes; an exact one if there is one among the tries."""
        real: tuple[Instance, Result] | None = None
        failures = 0
        for attempt, style in enumerate(_LADDER):
            if self.late() and attempt > 1:
                break
            instance = self._instance(sizes, self.seed + attempt, style, {})
            if instance is None:
                failures += 1
                if failures > 8 and failures == attempt + 1:
                    break
                continue
            result = self._result(instance)
            if result is None or result.finding is not Finding.DIFFER:
                continue
            if result.arithmetic == "rationals":
                return instance, result
            real = real or (instance, result)
            if attempt >= 8:
                break
        return real

    def _instance(self, sizes: Sizes, seed: int, style: int, edits: Edits) -> Instance | None:
        try:
            return self.case.instance(sizes, seed, RATIONALS, style, edits, imposed=self.imposed)
        except Stopped:
            return None

    def _result(self, instance: Instance) -> Result | None:
        try:
            return self.case.judge(instance)
        except Stopped:
            return None

    def simplified(self, instance: Instance, result: Result) -> Counterexample | None:
        """The counterexample that was found on an instance, made simpler; what was imposed on it stays so."""
        self.imposed = instance.imposed
        return self._shrunk(instance, result)

    # shrinking -------------------------------------------------------------------------------------

    def _shrunk(self, instance: Instance, result: Result) -> Counterexample | None:
        """Make the values simpler, one at a time, as long as the claim still fails on them."""
        sizes, seed, style = instance.sizes, instance.seed, instance.style
        best, best_result = instance, result
        edits: Edits = {name: list(numbers) for name, numbers in instance.sources.items()}
        for zeroed in _groups(edits):
            if self.late() or _is_simple(edits):
                break
            trial = {n: _zeros(v) if n in zeroed else list(v) for n, v in edits.items()}
            found = self._check(sizes, seed, style, trial, best_result)
            if found is not None:
                (best, best_result), edits = found, trial
        improved, rounds = True, 0
        while improved and rounds < 3 and not self.late():
            improved, rounds = False, rounds + 1
            for name in sorted(edits):
                for place in range(len(edits[name])):
                    for simpler in _simpler(edits[name][place]):
                        if self.late():
                            break
                        trial = {n: list(v) for n, v in edits.items()}
                        trial[name][place] = simpler
                        found = self._check(sizes, seed, style, trial, best_result)
                        if found is not None:
                            best, best_result = found
                            edits, improved = trial, True
                            break
        return self._verified(best, best_result)

    def _check(
        self, sizes: Sizes, seed: int, style: int, edits: Edits, before: Result
    ) -> tuple[Instance, Result] | None:
        instance = self._instance(sizes, seed, style, edits)
        result = None if instance is None else self._result(instance)
        if instance is None or result is None or result.finding is not Finding.DIFFER:
            return None
        if before.arithmetic == "rationals" and result.arithmetic != "rationals":
            return None
        return instance, result

    def _verified(self, instance: Instance, result: Result) -> Counterexample | None:
        """The counterexample, after its printed values alone were seen to refute the claim."""
        fresh = Instance(self.case.program, instance.sizes, instance.seed, instance.ring)
        for name, numbers in instance.sources.items():
            fresh.edits[name] = list(numbers)
        fresh.cells = dict(instance.cells)
        fresh.given = dict(instance.given)
        again = self._result(fresh)
        if again is None or again.finding is not Finding.DIFFER or not self.case.constraints.hold_throughout(fresh):
            return None
        return counterexample(self.case, fresh, again)


def _groups(edits: Edits) -> list[tuple[str, ...]]:
    """Sources to set to 0 together: each two, then each one; a zero sum of two products stays one."""
    names = sorted(name for name, numbers in edits.items() if numbers)
    pairs = list(combinations(names, 2))[:_MOST_PAIRS]
    return [*pairs, *((name,) for name in names)]


def _zeros(numbers: list[Element]) -> list[Element]:
    return [fmpq(0)] * len(numbers)


def _is_simple(edits: Edits) -> bool:
    """Whether all numbers are 0 or 1."""
    return all(x in (0, 1) for numbers in edits.values() for x in numbers)


def _simpler(x: Element) -> list[Element]:
    """Simpler numbers to try in the place of one, simplest first."""
    candidates = [fmpq(0), fmpq(1), fmpq(-1), fmpq(2)]
    if x.q != 1:
        candidates += [fmpq(int(x.p) // int(x.q)), fmpq(x.p), fmpq(1, 2)]
    weight = _weight(x)
    return [c for c in candidates if _weight(c) < weight]


def _weight(x: Element) -> tuple[int, int, int]:
    return (int(x.q), abs(int(x.p)), int(x.p) < 0)
