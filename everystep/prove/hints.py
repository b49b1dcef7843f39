"""The smallest remark on a faulty step that is certain: what would make it hold.

A remark is a repaired claim, or the claim under one more hypothesis, put into words.  It is made only when
:func:`~everystep.prove.checker.check_step` says ``proved`` of the repaired step; that an order of factors or a
transpose fits is read off the shapes.  Repairs (``everystep.prove.repairs``) are tried from the smallest up, in a fixed
order, one function a family; the first that is certain is the hint.  Nothing here decides a verdict.
May import ``everystep.algebra``, ``everystep.derivation``, the repairs, the checker and the exact judge (to pass
quickly over repairs that fail); never the reader or a printer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from time import perf_counter, thread_time

from everystep.algebra.context import Context, Hypothesis, Predicate
from everystep.calculus.clock import until
from everystep.calculus.indices import NotAffine
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim, Step
from everystep.prove.checker import check_step
from everystep.prove.exact import plausible
from everystep.prove.exact.plain import plain
from everystep.prove.prover import Prover
from everystep.prove.repairs.claims import Faulty, Repair, Show, fits
from everystep.prove.repairs.hypotheses import (
    all_nonnegative,
    commuting,
    hypotheses_needed,
    missing_hypotheses,
    one_property,
    rank_or_length,
    signs,
    two_symmetric,
)
from everystep.prove.repairs.relations import OPPOSITE, only_an_inequality, other_relations, weaker_property
from everystep.prove.repairs.right_side import (
    factor_if_symmetric,
    literal_factors,
    one_exponent,
    one_index,
    one_inverse,
    one_limit,
    one_transpose,
    swapped_neighbours,
    symbolic_factors,
    whole_transposed,
    zero,
)
from everystep.prove.repairs.shapes import fits_only, reordered, turned
from everystep.prove.repairs.terms import one_term_changed, one_term_missing
from everystep.prove.verdict import Status, Verdict

ONE_LOOK, ONE_CHECK = 0.1, 0.3
"""Seconds for one repair: to see whether it fails on an instance, and to check it where it does not."""

MOST_WORK = 50_000
"""The work of the normal form on one repair; a small part of what a step may cost."""

EQUATIONS: tuple[Callable[[Faulty], Iterator[Repair]], ...] = (
    literal_factors,
    zero,
    one_property("symmetric"),
    whole_transposed,
    symbolic_factors,
    one_property("orthogonal"),
    one_transpose,
    swapped_neighbours,
    one_term_changed,
    one_exponent,
    one_property("diagonal"),
    one_property("idempotent"),
    one_inverse,
    commuting,
    rank_or_length,
    signs,
    one_limit,
    one_index,
    one_term_missing,
    two_symmetric,
    factor_if_symmetric,
    all_nonnegative,
    only_an_inequality,
)
"""The repairs of an equation, from the smallest up.

Factors come first: where both sides vanish under a hypothesis, the factor is what there is to say.  That a matrix is
diagonal or idempotent is a strong demand: it comes after the repairs of one place.
"""


def hint(step: Step, context: Context, verdict: Verdict, *, budget: float = 1.0, show: Show | None = None) -> str:
    """The smallest remark that is certain on a step that is refuted, ill-typed or not defined where it has to be.

    Empty when there is none, or none is found within ``budget`` seconds.  ``show`` prints an expression, which is
    plain text without it.
    A defect that comes to light on the way raises :class:`~everystep.prove.checker.Contradiction`, as the checker does.
    """
    faulty = Faulty(step, context, verdict, show or plain)
    deadline = perf_counter() + budget
    try:
        with until(thread_time() + budget):
            for repair in _repairs(faulty):
                if perf_counter() >= deadline:
                    break
                if repair.by_shapes or _certain(repair, step, context, deadline):
                    return repair.words
    except (RecursionError, Undecided, NotAffine, Exhausted):
        return ""
    return ""


def _repairs(faulty: Faulty) -> Iterator[Repair]:
    """All repairs worth trying, from the smallest up."""
    status, claim = faulty.verdict.status, faulty.claim
    families: tuple[Callable[[Faulty], Iterator[Repair]], ...] = ()
    if status is Status.ILL_TYPED:
        families = (reordered, turned, fits_only)
    elif status in (Status.TESTED, Status.UNDEFINED):
        families = (missing_hypotheses,)
    elif status is not Status.REFUTED:
        families = ()
    elif isinstance(claim, Predicate):
        families = (hypotheses_needed, weaker_property)
    elif claim.op == "=":
        families = EQUATIONS
    elif claim.op in OPPOSITE:
        families = (other_relations, hypotheses_needed)
    repairs = chain.from_iterable(family(faulty) for family in families)
    return (r for r in _unlike(faulty, repairs) if r.by_shapes or fits(r.claim))


def _unlike(faulty: Faulty, repairs: Iterable[Repair]) -> Iterator[Repair]:
    """Each repair once, and none that repairs nothing."""
    seen: set[tuple[Claim, tuple[Hypothesis, ...]]] = {(faulty.claim, ())}
    for repair in repairs:
        key = (repair.claim, repair.given)
        if repair.by_shapes or key not in seen:
            seen.add(key)
            yield repair


def _certain(repair: Repair, step: Step, context: Context, deadline: float) -> bool:
    """Whether the repaired step is proved; most repairs fail on some instance, which is seen at once."""
    repaired = replace(step, claim=repair.claim, given=step.given + repair.given)
    here = context.given(*repaired.given).with_implied()
    look = min(ONE_LOOK, deadline - perf_counter())
    if look <= 0 or not plausible(repair.claim, here, by=step.by, budget=look):
        return False
    if not _within_reach(repaired, here):
        return False
    rest = min(ONE_CHECK, deadline - perf_counter())
    return rest > 0 and check_step(repaired, context, budget=rest).status is Status.PROVED


def _within_reach(step: Step, context: Context) -> bool:
    """Whether the normal form comes to an end soon, by its work, which is the same on every machine."""
    prover = Prover(context)
    prover.form.core.limit = min(prover.form.core.limit, MOST_WORK)
    try:
        prover.form.see(*step.claim.sides)
        if prover.prove(step.claim):
            return True
    except (Undecided, NotAffine, RecursionError):
        pass  # it may be proved another way, by induction
    except Exhausted:
        return False
    return prover.form.core.work <= MOST_WORK
