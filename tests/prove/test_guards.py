"""Guards, dropped on purpose, are caught by rows, and every rule has a mutation; in addition to ``test_mutations``."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from everystep.algebra.expressions import SumOver
from everystep.calculus import determinants, expectation, lowering, networks
from everystep.calculus.indices import as_constant, difference, slot_of
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Component, Core, Term
from everystep.derivation import Induction
from everystep.prove import checker, lemmas, normal_form, presuppositions
from everystep.prove.definedness import Definedness, _Granted
from everystep.prove.normal_form import NormalForm
from tests.prove import test_mutations
from tests.prove.statements import k
from tests.prove.test_mutations import (
    Mutation,
    always,
    caught,
    hypotheses_are_never_off,
    method,
    names_in_the_code,
)


def any_law(core: Core, term: Term, laws: Any) -> Any:
    """The random factor of a term, whatever its law."""
    return next((factor for factor in term.factors if factor[0] in laws), None)


def facts_stay(self: Lowering, e: Any, *rest: Any) -> list[Term]:
    """What is known inside of a sum stays known where its body cannot be lowered."""
    kept = self.facts
    try:
        return sum_over(self, e, *rest)
    except networks.Undecided:
        low, high = (slot_of(end) for end in e.range)
        self.facts = [*kept, difference(high, low)]
        raise


sum_over = lowering.RULES[SumOver]


def ranges_are_granted(monkeypatch: pytest.MonkeyPatch) -> None:
    """An index starts where any sum does, and no sum has to make sense."""
    monkeypatch.setattr(checker, "inductions", lambda claim, context: [Induction(k, 0), Induction(k, 1)])
    monkeypatch.setattr(presuppositions._Reader, "_note_range", always(None))


def nothing_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lowering.RULES, SumOver, facts_stay)
    monkeypatch.setattr(NormalForm, "poly", lambda form, *about: form._substituted(form.lowering.poly(*about)))
    monkeypatch.setattr(NormalForm, "start", lambda form, *sides: form.see(*sides))


TURN = cycle([{"#r"}, {"#c"}])


def ends_in_turn(_: Component) -> set[str]:
    return next(TURN)


TRACE_OF_A_MULTIPLE = "reviewed lemmas:trace-of-a-multiple"
MUTATIONS = (
    Mutation("definedness", "facts of a sum stay", nothing_leaks, "reviewed ranges:sum-whose-body-is-not-lowered"),
    Mutation(
        "definedness", "ranges of sums are not presupposed", ranges_are_granted, "undefined:sum-on-the-right-only"
    ),
    Mutation(
        "definedness",
        "what is only sufficient is granted",
        method(_Granted, "serves", always(True)),
        "undefined:power-of-unknown-sign",
    ),
    Mutation(
        "definedness", "a hidden kink is granted", method(_Granted, "serves", always(True)), "undefined:kink-times-zero"
    ),
    Mutation(
        "definedness",
        "functions have no kinks",
        method(presuppositions, "_kinks", always([])),
        "undefined:derivative-of-root-as-power",
    ),
    Mutation(
        "definedness",
        "quotients in an inverse exist",
        method(Definedness, "_quotients_exist", always(True)),
        "undefined:singular-rank-one-update",
    ),
    Mutation(
        "Cauchy-Schwarz", "shapes are not compared", method(lemmas, "same_shape", always(True)), TRACE_OF_A_MULTIPLE
    ),
    Mutation(
        "diagonal of a semidefinite matrix",
        "of any matrix",
        method(lemmas.Lemmas, "semidefinite", always(True)),
        "order:semidefinite-diagonal",
    ),
    Mutation(
        "entries of a semidefinite matrix",
        "of any matrix",
        method(lemmas.Lemmas, "semidefinite", always(True)),
        "order:minor-of-semidefinite",
    ),
    Mutation(
        "weighted Cauchy-Schwarz",
        "of any matrix",
        method(lemmas.Lemmas, "semidefinite", always(True)),
        "order:cauchy-schwarz-semidefinite",
    ),
    Mutation(
        "extreme eigenvalues",
        "of any matrix",
        method(lemmas.Lemmas, "semidefinite", always(True)),
        "order:eigenvalue-below-trace",
    ),
    Mutation(
        "weights of a semidefinite difference",
        "of any sign",
        method(lemmas.Lemmas, "nonnegative_entries", always(True)),
        "order:outer-below-square",
    ),
    Mutation(
        "rank inequalities",
        "numbers are factors",
        method(lemmas, "_matrix_factors", lemmas._factors),
        "reviewed lemmas:rank-beside-an-inner-product",
    ),
    Mutation(
        "hypothesis",
        "no number is tied",
        method(NormalForm, "_ties", always(False)),
        "reviewed hypotheses:multiple-that-is-tied",
    ),
    Mutation(
        "recurrence unfolded",
        "a symbolic index counts as 0",
        method(normal_form, "as_constant", lambda slot: as_constant(slot) or 0),
        "reviewed hypotheses:start-below-zero",
    ),
    Mutation(
        "definedness",
        "every limit exists",
        method(Definedness, "_exists", always(True)),
        "undefined:limits-that-need-not-exist",
    ),
    Mutation(
        "determinant",
        "every pair of networks is an outer product",
        method(determinants, "_ends", ends_in_turn),
        "reviewed determinants:determinant-of-entrywise-product",
    ),
    Mutation(
        "derivative under hypotheses",
        "equations hold along the way",
        hypotheses_are_never_off,
        "reviewed determinants:derivative-where-idempotent",
    ),
    Mutation(
        "right side recognised",
        "also while a derivative is taken",
        hypotheses_are_never_off,
        "reviewed sequences:derivative-by-the-next-member",
    ),
    Mutation(
        "mean of an exponential",
        "the law does not change",
        method(expectation, "_with_tilt", always([])),
        "means:exponential-times-polynomial",
    ),
    Mutation(
        "mean of an exponential",
        "of any law",
        method(expectation, "_random_factor", any_law),
        "false means:exponential-of-any-law",
    ),
    Mutation(
        "derivative under hypotheses",
        "the point that a hypothesis names counts as any other",
        method(NormalForm, "_ties", always(False)),
        "at a point:determinant-at-zero",
    ),
    Mutation(
        "functions of random quantities",
        "hypotheses about something random are used",
        method(Lowering, "require_known_laws", always(None)),
        "expectation:equal-to-something-random",
    ),
)


@pytest.mark.parametrize("mutation", [pytest.param(m, id=f"{m.rule}: {m.how}") for m in MUTATIONS])
def test_a_dropped_guard_is_caught_by_its_row(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not caught(mutation.row)
    mutation.patch(monkeypatch)
    assert caught(mutation.row)


def test_every_rule_named_in_the_code_has_a_mutation() -> None:
    named = names_in_the_code()
    assert {"normal form", "inverse", "joined sums", "induction", "eigenvalue bound"} <= named
    assert named <= {mutation.rule for mutation in (*MUTATIONS, *test_mutations.MUTATIONS)}
