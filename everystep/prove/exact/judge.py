"""The exact judge: a few well-chosen instances, and a search for a counterexample where they disagree.

May import ``everystep.algebra``, ``everystep.derivation``, ``everystep.prove.verdict`` and this package only.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, islice
from time import perf_counter, thread_time

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.derivation import Induction
from everystep.prove.exact.arithmetic import FIELD, FIELD_WITH_ROOTS, RATIONALS, Ring
from everystep.prove.exact.errors import (
    Inadmissible,
    Inconclusive,
    NeedsReals,
    OutOfRange,
    Singular,
    Stopped,
    TooLarge,
    Undefined,
)
from everystep.prove.exact.instances import GENERIC, LOW_RANK, NEGATIVE, NOUGHT, POSITIVE, UNITY
from everystep.prove.exact.program import KINKED, MEAN
from everystep.prove.exact.report import sizes_of
from everystep.prove.exact.search import Search
from everystep.prove.exact.sizes import EXTENT, LENGTH, Pattern, Sizes
from everystep.prove.exact.thin import Thin
from everystep.prove.exact.trials import Case, Finding, Result
from everystep.prove.verdict import Counterexample, ExactReport, Trial

_STYLES = (GENERIC, POSITIVE, NEGATIVE, LOW_RANK, NOUGHT, 2, UNITY, 1, 0)
"""How the values of a rational trial are drawn: its seed modulo the length of this table.

The length is odd, so that the seeds of one style have both parities in turn.
"""

_SIGNED = (GENERIC, NEGATIVE, 2, POSITIVE, GENERIC, GENERIC, 2, GENERIC)
"""The styles of the trials of a claim with roots or kinks: signs matter there."""

_ATTEMPTS, _BEFORE_ROOTS, _ATTEMPTS_WITH_ROOTS = 8, 2, 24
_TRIES_UNDEFINED = 8
_PATTERNS: tuple[Pattern, ...] = (
    ((2, 3, 4), (4, 1, 2), (1, 2, 3)),
    ((4, 3), (1, 4, 2), (2, 1, 3)),
    ((1,), (0,), (0, 1)),
    ((3, 2, 4), (3,), (1, 3, 2)),
    ((2, 4, 3), (5, 4), (3, 2, 1)),
)
"""Sizes of trials; in the second the sizes are raised to ``min_sizes``."""

_SMALL: tuple[Pattern, ...] = (
    ((1, 2, 3), (3, 1), (1, 2)),
    ((2, 1, 2), (2, 3), (2, 1)),
    ((1, 2), (2,), (1,)),
    ((2, 1), (1,), (1,)),
    ((1,), (0,), (0, 1)),
)
_FEW_ATOMS: tuple[Pattern, ...] = (
    ((2, 3, 1), (4, 1, 2), (1, 2)),
    ((3, 2, 2), (1, 4, 2), (2, 1)),
    ((1,), (0,), (0, 1)),
)
_SHORTEST: Pattern = ((2, 3), (0,), (0, 1))
"""Sums and products of as few terms as may be, beside matrices that are none of size 1."""

_ALIKE: Pattern = ((2,), (2,), (1, 2))
"""Sizes that are all equal: what is meant for one size, and written with two, has no value at others."""

_SHARE_OF_ZEROS = 0.25
"""Of the time, where the first trial meets no instance."""

_SINGULAR: tuple[Pattern, ...] = (((2, 3, 4), (2,), (1, 2)), ((3, 2, 4), (2,), (1, 2)), ((3,), (2,), (1, 2)))
"""Sizes of matrices that are drawn with a low rank: none is 1."""

_MOST_BELOW, _MOST_UNEQUAL = 8, 12
_MOST_SHOWN = 6
_MIN_SIZES, _TRIES_SINGULAR = 3, 4
_MOST_INVERTED, _TRIES_INVERTED = 12, 3
_MANY_ORDERED, _MANY_KINKED, _MANY_NUMBERS, _SOME, _FEW = 12, 8, 24, 6, 3


def seed_of(number: int, style: int) -> int:
    """A seed whose values are drawn in a style."""
    return number * len(_STYLES) + _STYLES.index(style)


def style_of(seed: int) -> int:
    return _STYLES[seed % len(_STYLES)]


class _Judge:
    def __init__(self, case: Case, seed: int, min_sizes: int, deadline: float, searching: bool = True) -> None:
        self.case = case
        self.searching = searching
        self.seed = seed
        self.min_sizes = min_sizes
        self.deadline = deadline
        self.trials: list[Trial] = []
        self.undefined: list[tuple[Sizes, Undefined]] = []
        self.failure = ""
        self.field_works = not case.ordered and not case.approximate
        self.number = 0
        self.last_seed = 0
        self.lowest: Sizes = {}

    # trials ----------------------------------------------------------------------------------------

    def one(self, sizes: Sizes, styles: tuple[int, ...], attempts: int = _ATTEMPTS) -> Finding | None:
        """A trial at these sizes, repeated with other values until it says something."""
        if self.field_works:
            before = len(self.undefined)
            try:
                for _ in range(2):
                    found = self._field(sizes)
                    if found is not None:
                        return found
                if len(self.undefined) == before + 2:
                    return None
            except NeedsReals:
                self.field_works = False
        for attempt in range(attempts):
            self.number += 1
            style = styles[attempt % len(styles)]
            seed = seed_of(self.seed * 1000 + self.number, style)
            try:
                found = self._noted(sizes, seed, RATIONALS, style)
            except (Inadmissible, Inconclusive, TooLarge) as error:
                self.failure = str(error)
                if isinstance(error, TooLarge) or perf_counter() > self.deadline:
                    return None
                if attempt == _BEFORE_ROOTS and not self.case.ordered | self.case.approximate:
                    found_with_roots = self._with_roots(sizes)
                    if found_with_roots is not None:
                        return found_with_roots
                continue
            if found is not Finding.UNDEFINED:
                return found
        return None

    def _with_roots(self, sizes: Sizes) -> Finding | None:
        """Agreement in the prime field where roots keep the hypotheses from being met in the rationals."""
        for _ in range(_ATTEMPTS_WITH_ROOTS):
            self.number += 1
            seed = seed_of(self.seed * 1000 + self.number, GENERIC)
            try:
                found = self._noted(sizes, seed, FIELD_WITH_ROOTS, GENERIC)
            except Inadmissible:
                continue
            except (NeedsReals, TooLarge):
                return None
            return Finding.AGREE if found is Finding.AGREE else None
        return None

    def _field(self, sizes: Sizes) -> Finding | None:
        self.number += 1
        seed = seed_of(self.seed * 1000 + self.number, GENERIC)
        try:
            found = self._noted(sizes, seed, FIELD, GENERIC)
        except (Inadmissible, TooLarge) as error:
            self.failure = str(error)
            return None
        return None if found is Finding.UNDEFINED else found

    def _noted(self, sizes: Sizes, seed: int, ring: Ring, style: int) -> Finding:
        self.last_seed = seed
        instance = self.case.instance(sizes, seed, ring, style)
        result: Result = self.case.judge(instance)
        if result.finding is Finding.AGREE:
            self.trials.append(Trial(sizes_of(sizes), seed, result.arithmetic))
        elif result.undefined is not None:
            self.undefined.append((sizes, result.undefined))
        return result.finding

    def patterns(self) -> list[Sizes]:
        """The sizes of the trials: distinct ones, large enough ones, the smallest."""
        space = self.case.space
        wanted: list[tuple[Pattern, int]] = [(pattern, 0) for pattern in _PATTERNS]
        wanted[1] = (_PATTERNS[1], self.min_sizes)
        if self.case.approximate:
            wanted = [(pattern, 0) for pattern in _SMALL]
        elif self.case.mask & MEAN:
            wanted = [(pattern, 0) for pattern in _FEW_ATOMS]
        found = []
        for pattern, least in wanted:
            sizes = space.chosen(pattern, least)
            if sizes is not None and sizes not in found:
                found.append(sizes)
        return [*found[:2], *space.loose(found), *found[2:]]

    def _fails_at_zeros(self, patterns: list[Sizes]) -> bool:
        """Whether the claim fails where one or two names are 0: chance meets few equations that zeros meet.

        That it holds there is no evidence for it.
        """
        if not self.searching or self.case.approximate or self.case.mask & MEAN:
            return False
        now = perf_counter()
        search = Search(self.case, self.seed, now + _SHARE_OF_ZEROS * (self.deadline - now))
        for sizes in (*map(self.case.space.chosen, _SMALL), *patterns):
            if sizes is not None and search.degenerate(sizes) is not None:
                self.lowest = sizes
                return True
        return False

    def below(self) -> Finding | None:
        """Trials where indices without a stated least value are 0 or negative."""
        return self._differing(islice(self.case.space.below(), _MOST_BELOW), 2)

    def _differing(self, wanted: Iterable[Sizes], attempts: int) -> Finding | None:
        """DIFFER where the sides do at one of these sizes, which are then the lowest."""
        for sizes in wanted:
            if perf_counter() > self.deadline:
                break
            if self.one(sizes, (GENERIC, POSITIVE), attempts) is Finding.DIFFER:
                self.lowest = sizes
                return Finding.DIFFER
        return None

    def shortest(self) -> Finding | None:
        """One trial where sums and products are empty, if they may be, and matrices are larger than numbers."""
        space = self.case.space
        sizes = space.chosen(_SHORTEST) if LENGTH in space.kinds and EXTENT in space.kinds else None
        if sizes is None or self.case.approximate or self.case.mask & MEAN:
            return None
        return self._differing((sizes,), _ATTEMPTS)

    def coinciding(self) -> Finding | None:
        """Trials where some indices are equal, and one where all sizes are, if none was larger than 1 so far."""
        space = self.case.space
        if self.case.approximate or self.case.mask & MEAN:
            return None
        extents = [name for name, kind in zip(space.names, space.kinds, strict=True) if kind == EXTENT]
        least = all(dict(trial.sizes).get(name, 1) == 1 for trial in self.trials for name in extents)
        alike = space.chosen(_ALIKE) if extents and least else None
        return self._differing((*space.coinciding(), *([alike] if alike is not None else [])), 2)

    def singular(self) -> Finding | None:
        """Trials with matrices of low rank where an equation ties them: AB = 0 leaves little beside an invertible B."""
        if not self.case.constraints.tie_products or self.case.approximate or self.case.mask & MEAN:
            return None
        for pattern in _SINGULAR:
            sizes = self.case.space.chosen(pattern)
            for _ in range(_TRIES_SINGULAR):
                if sizes is None or perf_counter() > self.deadline:
                    break
                self.number += 1
                seed = seed_of(self.seed * 1000 + self.number, LOW_RANK)
                try:
                    found = self._noted(sizes, seed, RATIONALS, LOW_RANK)
                except Stopped:
                    continue
                if found is Finding.DIFFER:
                    self.lowest = sizes
                    return found
        return None

    def fits_only_alike(self) -> str:
        """Two sizes that have to be equal for the indices to be in range, whichever is the larger; else empty.

        ``\\sum_{i=1}^{m} \\sum_{j=1}^{n} x_i y_j`` with n entries of x and m of y.
        """
        space = self.case.space
        extents = [name for name, kind in zip(space.names, space.kinds, strict=True) if kind == EXTENT]
        for a, b in combinations(extents, 2):
            if any(dict(trial.sizes).get(a) != dict(trial.sizes).get(b) for trial in self.trials):
                continue
            unequal = [s for s in islice(space.ascending(), _MOST_UNEQUAL) if s[a] != s[b]]
            if {s[a] < s[b] for s in unequal} == {False, True} and all(map(self._out_of_range, unequal)):
                return f"an index runs out of its range unless {a} = {b}"
        return ""

    def _out_of_range(self, sizes: Sizes) -> bool:
        try:
            ring = FIELD if self.field_works else RATIONALS
            self.case.judge(self.case.instance(sizes, seed_of(self.seed, GENERIC), ring, GENERIC))
        except OutOfRange:
            return True
        except Stopped:
            return False
        return False

    def never_invertible(self) -> str:
        """Small sizes at which an inverse of the claim exists for no values, in words; empty where none were seen.

        ``(X^T X)^{-1}`` of a matrix with more columns than rows.
        """
        if not self.case.has_inverse or self.case.rests_on_laws():
            return ""  # the values that are tried are those of few laws: a covariance matrix may have a low rank
        met = {trial.sizes for trial in self.trials}  # there the inverses have values
        for sizes in islice(self.case.space.ascending(), _MOST_INVERTED):
            found = None if sizes_of(sizes) in met else self._singular_at(sizes)
            if found is not None:
                return _described(sizes, found)
        return ""

    def _singular_at(self, sizes: Sizes) -> Singular | None:
        """What is singular in every trial at these sizes; None where a trial is not, or meets no hypotheses."""
        found: Singular | None = None
        for _ in range(_TRIES_INVERTED):
            if perf_counter() > self.deadline:
                return None
            self.number += 1
            ring = FIELD if self.field_works else RATIONALS
            try:
                instance = self.case.instance(sizes, seed_of(self.seed * 1000 + self.number, GENERIC), ring, GENERIC)
                error = self.case.judge(instance).undefined
            except Stopped:
                return None
            if not isinstance(error, Singular):
                return None
            found = error
        return found

    def run(self) -> ExactReport:
        patterns = self.patterns()
        if not patterns:
            return ExactReport("unknown", message="no sizes meet the hypotheses")
        wanted = self._wanted()
        styles: tuple[int, ...] = (GENERIC, POSITIVE)
        seen = 0
        round_number = 0
        while seen < wanted and round_number < 2 * wanted:
            sizes = patterns[round_number % len(patterns)]
            if self.case.moves:
                first = _SIGNED[round_number % len(_SIGNED)]
                styles = (first, GENERIC, POSITIVE)
            elif self.case.approximate:
                styles = (1, 2, GENERIC, POSITIVE)
            elif self.case.ordered:
                turn = round_number % len(_STYLES)
                styles = _STYLES[turn:] + _STYLES[:turn]
            elif self.case.mask & KINKED:
                first = _SIGNED[round_number % len(_SIGNED)]
                styles = (first, GENERIC, POSITIVE)
            found = self.one(sizes, styles)
            if found is None:
                for pattern in _SMALL:
                    smaller = self.case.space.chosen(pattern)
                    if smaller is not None and smaller not in patterns[:round_number]:
                        found = self.one(smaller, styles)
                        if found is not None:
                            sizes = smaller
                            break
                if round_number == 0 and found is not Finding.DIFFER and self._fails_at_zeros(patterns):
                    return self._refute(self.lowest, at_zeros=True)
            if found is Finding.DIFFER:
                return self._refute(sizes)
            seen += found is Finding.AGREE
            round_number += 1
            if perf_counter() > self.deadline:
                break
            if round_number >= _FEW and not seen:
                break
        if self.trials:
            if Finding.DIFFER in (self.below(), self.shortest(), self.coinciding(), self.singular()):
                return self._refute(self.lowest)
            alike = self.fits_only_alike()
            if alike:
                return ExactReport("undefined", message=alike)
            return ExactReport("agree", tuple(self.trials), message=self._notes(), singular=self.never_invertible())
        if self.singular() is Finding.DIFFER:
            return self._refute(self.lowest)
        return self._nothing()

    def _wanted(self) -> int:
        if self.case.moves:
            return _SOME
        if self.case.approximate:
            return 2
        if self.case.ordered:
            return _MANY_ORDERED
        if self.case.mask & KINKED and not self.case.mask & MEAN:
            return _MANY_KINKED if self.case.space.names else _MANY_NUMBERS
        if self.case.discrete:
            return _SOME
        return _FEW + any(self.case.space.kinds)

    def _notes(self) -> str:
        if not self.undefined:
            return ""
        sizes, error = min(self.undefined, key=lambda u: sum(u[0].values()))
        return f"no value on some instances: {_described(sizes, error)}"

    # conclusions -----------------------------------------------------------------------------------

    def _refute(self, sizes: Sizes, *, at_zeros: bool = False) -> ExactReport:
        if self.case.rests_on_chance():
            return ExactReport("unknown", message="the sides differ, but a hypothesis speaks of something random")
        if not self.searching and self._differs_in_rationals(sizes):
            return ExactReport("unknown", message="the sides differ")
        full = Case(self.case.claim, self.case.context, self.case.starts, True)
        first = {**(full.space.chosen(_SMALL[-1]) or {}), **sizes}
        found = Search(full, self.seed, self.deadline).run(
            first, self.last_seed, style_of(self.last_seed), at_zeros=at_zeros
        )
        if found is not None:
            return ExactReport("counterexample", tuple(self.trials), found)
        # The prime field knows no order; the rationals have the last word.
        if self.field_works:
            self.field_works = False
            self.trials.clear()
            answers = [self.one(s, (GENERIC, POSITIVE)) for s in self.patterns()]
            if Finding.DIFFER not in answers and len(self.trials) >= _FEW:
                return ExactReport("agree", tuple(self.trials), message=self._notes())
        return ExactReport("unknown", message="the sides differ, but no counterexample was confirmed")

    def _differs_in_rationals(self, sizes: Sizes) -> bool:
        """Whether a disagreement that was seen at these sizes is one of real numbers."""
        if not self.field_works:
            return True
        for number in range(_ATTEMPTS):
            try:
                instance = self.case.instance(sizes, seed_of(self.seed * 1000 + number, GENERIC), RATIONALS, GENERIC)
                if self.case.judge(instance).finding is Finding.DIFFER:
                    return True
            except Stopped:
                continue
        return False

    def _nothing(self) -> ExactReport:
        """No trial gave two values: because there are none, or because none was found."""
        if not self.undefined:
            return ExactReport("unknown", message=self.failure or "no instance was found")
        tries: list[tuple[Sizes, Undefined]] = []
        self.field_works = False
        if self.below() is Finding.DIFFER:
            return self._refute(self.lowest)
        if self.trials:
            return ExactReport("agree", tuple(self.trials), message=self._notes())
        for number, sizes in enumerate(self.case.space.ascending()):
            if len(tries) >= 2 * _TRIES_UNDEFINED or number >= 2 * _TRIES_UNDEFINED:
                break
            before = len(self.undefined)
            found = self.one(sizes, (GENERIC, POSITIVE), 2)
            if found is Finding.DIFFER:
                return self._refute(sizes)
            if found is Finding.AGREE:
                return ExactReport("agree", tuple(self.trials), message=self._notes())
            tries += self.undefined[before:]
            if perf_counter() > self.deadline:
                break
        if self.case.moves and not self.failure and len(self.undefined) >= _TRIES_UNDEFINED:
            return ExactReport("undefined", message=_described(*self.undefined[0]))  # there may be no sizes to vary
        if len(tries) < _TRIES_UNDEFINED:
            message = f"few instances: {_described(*self.undefined[0])}"
            return ExactReport("unknown", message=message)
        sizes, error = min(tries, key=lambda u: sum(u[0].values()))
        return ExactReport("undefined", message=_described(sizes, error))


def _described(sizes: Sizes, error: Undefined) -> str:
    at = ", ".join(f"{name} = {value}" for name, value in sorted(sizes.items()))
    return f"{error.operation}: {error.reason}" + (f" at {at}" if at else "")


def judge(
    claim: Relation | Predicate,
    context: Context,
    *,
    by: Induction | None = None,
    seed: int = 0,
    min_sizes: int = _MIN_SIZES,
    budget: float = 2.0,
) -> ExactReport:
    """Evaluate a claim on instances that meet the hypotheses of its context.

    ``min_sizes``: one trial has all sizes at least this large, where the hypotheses and the cost allow it.
    ``budget``: seconds after which no new instance is begun.
    """
    deadline = perf_counter() + budget
    starts = {} if by is None else {str(by.index): by.start}
    try:
        case = Case.of(claim, context, starts)
        return _Judge(case, seed, min_sizes, deadline).run()
    except Stopped as error:
        return ExactReport("unknown", message=str(error))
    except RecursionError:
        return ExactReport("unknown", message="definitions that refer to each other without end")


def challenge(
    claim: Relation | Predicate, context: Context, *, by: Induction | None = None, seed: int = 0, budget: float = 0.3
) -> ExactReport | None:
    """A counterexample where chance does not come, to a claim that agrees on instances; None where none was found.

    The simplest of some is shown.  ``budget``: seconds of computing for the search, and again for making it simple.

    Not for what is said of derivatives, limits and means: there formulas are meant for nearly all values.
    """
    starts = {} if by is None else {str(by.index): by.start}
    try:
        case = Case(claim, context, starts, True)
        spoken = (*case.expressions, *(d.body for d in context.definitions))
        if case.moves or case.mask & MEAN or case.approximate or case.rests_on_chance():
            return None
        if any(e.has_kind(kind) for e in spoken for kind in (*ex.DERIVATIVES, ex.Limit)):
            return None
        shown: list[Counterexample] = []
        for found in islice(Thin(case, seed, thread_time() + budget).found(), _MOST_SHOWN):
            simplified = Search(case, seed, perf_counter() + budget / _MOST_SHOWN).simplified(*found)
            shown += [] if simplified is None else [simplified]
    except (Stopped, RecursionError):
        return None
    best = min(shown, key=lambda c: (not c.exact, len(str(c.symbols))), default=None)
    return None if best is None else ExactReport("counterexample", (), best)


def plausible(
    claim: Relation | Predicate, context: Context, *, by: Induction | None = None, budget: float = 2.0
) -> bool:
    """Whether a claim agrees on instances, as :func:`judge` sees it, without a search for a counterexample."""
    deadline = perf_counter() + budget
    starts = {} if by is None else {str(by.index): by.start}
    try:
        judging = _Judge(Case.of(claim, context, starts), 0, _MIN_SIZES, deadline, searching=False)
        return judging.run().outcome == "agree"
    except (Stopped, RecursionError):
        return False


def replay(claim: Relation | Predicate, context: Context, trial: Trial) -> bool:
    """Whether a recorded trial agrees again, from its sizes and seed alone."""
    case = Case(claim, context, {}, False)
    rings: tuple[Ring, ...] = (RATIONALS,)
    if trial.arithmetic == FIELD.name:
        rings = (FIELD, FIELD_WITH_ROOTS)
    for ring in rings:
        try:
            instance = case.instance(dict(trial.sizes), trial.seed, ring, style_of(trial.seed))
            result = case.judge(instance)
        except (Inadmissible, NeedsReals):
            continue
        return result.finding is Finding.AGREE and result.arithmetic == trial.arithmetic
    return False
