"""Guards, dropped on purpose, are caught by rows, and every rule has a mutation; in addition to ``test_mutations``."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from everystep.algebra.expressions import SumOver
from everystep.calculus import (
    atoms,
    determinants,
    diagonalised,
    differentials,
    expectation,
    functions,
    lowering,
    means,
    networks,
)
from everystep.calculus.core import Core
from everystep.calculus.indices import as_constant, difference, slot_of
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Component, Term
from everystep.derivation import Induction
from everystep.prove import (
    as_written,
    cases,
    checker,
    definiteness,
    forms,
    lemmas,
    letters,
    matrix_exponentials,
    multiples,
    normal_form,
    ordered_lemmas,
    presuppositions,
    prover,
    rewritten,
    sides,
)
from everystep.prove.blocks import Blocks
from everystep.prove.cases import Cases
from everystep.prove.definedness import Definedness, _Granted
from everystep.prove.lemmas import Lemmas
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from everystep.prove.words import Words
from tests.prove import (
    adjugate_mutations,
    block_mutations,
    bound_mutations,
    closed_mutations,
    conditional_mutations,
    convexity_mutations,
    corner_mutations,
    course_mutations,
    determinant_mutations,
    eigenvalue_mutations,
    eigenvalue_product_mutations,
    equation_mutations,
    family_mutations,
    inverse_mutations,
    known_bound_mutations,
    layer_mutations,
    mean_recurrence_mutations,
    number_mutations,
    order_mutations,
    ordered_mutations,
    power_mutations,
    range_mutations,
    real_limit_mutations,
    rewriting_mutations,
    slope_mutations,
    test_mutations,
    trace_mutations,
    triangular_mutations,
)
from tests.prove.statements import k
from tests.prove.test_mutations import (
    Mutation,
    always,
    both,
    caught,
    hypotheses_are_never_off,
    item,
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


def skipped(name: str) -> Any:
    return item(lemmas.LEMMAS, name, always(False))


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
        "Cauchy-Schwarz", "shapes are not compared", method(sides, "same_shape", always(True)), TRACE_OF_A_MULTIPLE
    ),
    Mutation(
        "weights of a Gram matrix",
        "of any sign",
        method(Order, "nonnegative", always(True)),
        "order:weights-of-a-gram-matrix",
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
        method(lemmas, "matrix_factors", sides.factors_of),
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
        "definition of a family",
        "it holds at the indices with a definition of their own",
        method(Lowering, "is_general", always(True)),
        "reviewed definitions:sum-from-the-first",
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
        "cleared positive denominators",
        "every denominator is positive",
        method(Cases, "_positive_number", always(True)),
        "false signs:fraction-of-any-number",
    ),
    Mutation(
        "combination of known relations",
        "what is left may be anything",
        method(Cases, "_plain_sign", always(True)),
        "false signs:not-transitive",
    ),
    Mutation(
        "combination of known relations",
        "skipped",
        method(cases, "combination", always(None)),
        "more signs:transitive",
    ),
    Mutation(
        "sum of squares", "roots are not taken", method(cases, "squares", always(False)), "more signs:geometric-mean"
    ),
    Mutation(
        "case decided by a sign",
        "every number is positive",
        method(Order, "nonnegative", always(True)),
        "false cases:size-of-any-number",
    ),
    Mutation("by cases", "no cases", method(Cases, "zero_by_cases", always(False)), "cases:size-of-product"),
    Mutation(
        "forms in several vectors",
        "of any matrix",
        method(Order, "definite", always(True)),
        "false signs:form-in-two-vectors",
    ),
    Mutation(
        "forms in several vectors",
        "with any coefficients",
        method(forms, "semidefinite", always(True)),
        "more signs:same-form-in-two-vectors",
    ),
    Mutation(
        "orthogonal projection",
        "up to a number that may be anything",
        method(definiteness, "scaled_projection", always(True)),
        "false signs:projection-of-too-much",
    ),
    Mutation(
        "covariance of weights",
        "the entries may be anything",
        method(definiteness, "covariance_of_weights", always(True)),
        "false signs:any-weights",
    ),
    Mutation(
        "weighted Gram matrix",
        "the weights may be anything",
        method(definiteness, "weighted_gram", always(True)),
        "false signs:weights-of-any-sign",
    ),
    Mutation(
        "eigenvalue bound",
        "of a matrix that is not symmetric",
        method(Order, "_is_symmetric", always(True)),
        "false signs:eigenvalue-without-symmetry",
    ),
    Mutation(
        "inverse",
        "what its two rules leave open",
        both(
            method(Words, "_between", always(None)),
            method(prover, "with_members_as_letters", always(None)),
        ),
        "sums of inverses:two-quadratics",
    ),
    Mutation(
        "block by block",
        "a block may be singular",
        method(Blocks, "_known_invertible", always(True)),
        "false lemmas:blocks-of-any-kind",
    ),
    Mutation(
        "definedness",
        "a property presupposes nothing",
        method(Definedness, "left_over", always([])),
        "undefined:property-of-an-inverse",
    ),
    Mutation(
        "normal form",
        "the shapes of hypotheses are not looked at",
        method(checker, "_shapes", always("")),
        "undefined:hypothesis-that-does-not-fit",
    ),
    Mutation("monotone function", "of any arguments", method(prover, "monotone", always(True)), "lemmas:increasing"),
    Mutation(
        "derivative under hypotheses",
        "the point that a hypothesis names counts as any other",
        both(method(NormalForm, "_ties", always(False)), method(Prover, "_otherwise", always(False))),
        "at a point:determinant-at-zero",
    ),
    Mutation(
        "functions of random quantities",
        "hypotheses about something random are used",
        method(Lowering, "require_known_laws", always(None)),
        "expectation:equal-to-something-random",
    ),
)

OF_DETERMINANTS = (
    Mutation(
        "determinant",
        "a shift is left in its place",
        method(determinants, "_shifted", lambda core, rest, size, *_: determinants._atom(core, rest, size)),
        "more determinants:shifted-similar",
    ),
    Mutation(
        "determinant",
        "an inverse stays inside",
        both(
            method(determinants, "_out_of_inverse", always(None)),
            item(rewritten.RULES, "determinant lemma for a quotient", always(None)),
            method(prover, "with_determinants_together", always(())),
        ),
        "more determinants:factor-taken-out",
    ),
    Mutation(
        "determinant",
        "a shift by a number divides nothing",
        method(determinants, "symbolic_power", lambda core, poly, exponent: [Term(1)]),
        "more determinants:shifted-gram",
    ),
    Mutation(
        "logarithms",
        "of a size",
        method(functions, "_size_of", always(None)),
        "more determinants:logarithm-of-size",
    ),
)
OF_LEMMAS = (
    Mutation("trace and Frobenius norm", "skipped", skipped("trace and Frobenius norm"), "lemmas:trace-squared"),
    Mutation("entries and extremes", "skipped", skipped("entries and extremes"), "lemmas:largest-entry"),
    Mutation("entry below a norm", "skipped", skipped("entry below a norm"), "lemmas:entry-below-norm"),
    Mutation("norms of factors", "skipped", skipped("norms of factors"), "lemmas:three-points"),
    Mutation(
        "weighted Cauchy-Schwarz",
        "with any matrix",
        method(Lemmas, "semidefinite", always(True)),
        "false lemmas:weighted-by-any-matrix",
    ),
    Mutation(
        "Cauchy-Schwarz and Jensen for sums",
        "skipped, with its like for weighted sums",
        both(skipped("Cauchy-Schwarz and Jensen for sums"), skipped("Cauchy-Schwarz for weighted sums")),
        "lemmas:cauchy-schwarz-for-sums",
    ),
    Mutation(
        "eigenvalues and trace",
        "of a matrix that is not symmetric",
        method(Lemmas, "symmetric", always(True)),
        "false lemmas:eigenvalue-of-any-matrix",
    ),
    Mutation(
        "completed square",
        "of a saddle",
        method(Lemmas, "definite", always(True)),
        "false lemmas:minimum-of-a-saddle",
    ),
    Mutation(
        "tangent plane",
        "of a saddle",
        method(Lemmas, "semidefinite", always(True)),
        "false lemmas:tangent-plane-of-a-saddle",
    ),
    Mutation(
        "relative entropy",
        "of any matrix",
        method(Lemmas, "definite", always(True)),
        "false lemmas:relative-entropy-of-any",
    ),
    Mutation(
        "roots and squares",
        "below a negative number",
        method(Order, "surface_nonnegative", always(True)),
        "false lemmas:root-below-any-number",
    ),
    Mutation(
        "common factor",
        "of any sign",
        method(Order, "surface_nonnegative", always(True)),
        "false lemmas:factor-of-any-sign",
    ),
    Mutation(
        "quotient",
        "by a number of any sign",
        method(Order, "surface_nonnegative", always(True)),
        "false lemmas:divided-by-any-number",
    ),
    Mutation("quotient", "skipped", skipped("quotient"), "lemmas:divided-by-norm"),
    Mutation("common factor", "skipped", skipped("common factor"), "lemmas:common-factor"),
    Mutation(
        "log-determinant below the trace",
        "of any matrix",
        method(Lemmas, "has", always(True)),
        "false lemmas:log-determinant-of-any",
    ),
    Mutation(
        "submultiplicativity",
        "every norm of a transpose is the same",
        method(lemmas, "_same_norm", always(True)),
        "false lemmas:one-norm-of-transposed-product",
    ),
    Mutation(
        "submultiplicativity",
        "of no transposed factor",
        both(
            method(lemmas, "_same_norm", lambda factor, measured: (factor,) == measured.operands),
            skipped("norms of factors"),
        ),
        "lemmas:norm-of-transposed-product",
    ),
    Mutation("equivalence of norms", "skipped", skipped("equivalence of norms"), "lemmas:two-norm-by-dimension"),
    Mutation("triangle inequality", "skipped", skipped("triangle inequality"), "lemmas:norm-of-five"),
    Mutation(
        "reverse triangle inequality",
        "skipped",
        both(
            *(skipped(name) for name in ("reverse triangle inequality", "common addends", "smoothed norms")),
            skipped("norms of factors, reversed"),
        ),
        "lemmas:reverse-triangle",
    ),
    Mutation(
        "equivalence of norms",
        "skipped, with the order of matrices",
        both(*map(skipped, ("equivalence of norms", "operator norm and order", "norms of factors"))),
        "lemmas:operator-norm",
    ),
    Mutation("norm of a diagonal", "skipped", skipped("norm of a diagonal"), "order:norm-of-a-diagonal"),
    Mutation("equivalence of norms", "skipped, of vectors", skipped("equivalence of norms"), "lemmas:largest-size"),
    Mutation(
        "Rayleigh quotient",
        "skipped, with what a claim says of matrices",
        both(skipped("Rayleigh quotient"), method(Order, "look_at", always(None))),
        "lemmas:rayleigh",
    ),
    Mutation(
        "log-sum-exp and maximum", "skipped", skipped("log-sum-exp and maximum"), "lemmas:log-of-two-exponentials"
    ),
    Mutation(
        "Minkowski's determinant inequality",
        "skipped",
        skipped("Minkowski's determinant inequality"),
        "lemmas:determinant-of-sum",
    ),
    Mutation(
        "trace of a product",
        "skipped",
        both(
            skipped("trace of a product"),
            *(
                item(ordered_lemmas.ORDERED, rule, always(False))
                for rule in ("trace of a definite matrix", "traces of products beside one matrix")
            ),
        ),
        "lemmas:trace-of-product",
    ),
    Mutation(
        "covariance form",
        "skipped",
        both(skipped("covariance form"), method(Prover, "is_form_of_semidefinite", always(False))),
        "lemmas:covariance-of-half-weights",
    ),
)
OF_SOLUTIONS = (
    Mutation(
        "solved for a name",
        "by any number",
        method(Order, "nonzero_number", always(True)),
        "false solved:by-a-semidefinite-form",
    ),
    Mutation(
        "solved for a name",
        "by any matrix",
        method(Order, "definite", always(True)),
        "false solved:by-an-indefinite-matrix",
    ),
    Mutation("solved for a name", "skipped", method(prover, "solutions", always([])), "solved:from-denominators"),
    Mutation(
        "vectors as letters",
        "in a derivative",
        method(letters, "_is_plain", always(True)),
        "false letters:derivative-of-a-letter",
    ),
    Mutation(
        "vectors as letters",
        "skipped",
        both(
            method(prover, "with_letters", always(None)),
            item(ordered_lemmas.ORDERED, "quadratic forms of ordered matrices", always(False)),
        ),
        "letters:newton-direction",
    ),
)
OF_MULTIPLES = (
    Mutation(
        "sums of angles", "skipped", method(normal_form, "angles", lambda core, poly: poly), "angles:triple-angle"
    ),
    Mutation(
        "products of exponentials",
        "skipped",
        method(normal_form, "merged_exponentials", lambda core, poly: poly),
        "matrix exponentials:cube",
    ),
    Mutation(
        "exponential of a sum of matrices that commute",
        "of any matrices",
        method(multiples, "commute", always(True)),
        "false matrix exponentials:not-commuting",
    ),
    Mutation(
        "exponentials of matrices",
        "skipped",
        method(normal_form, "by_equations", lambda core, poly, rewriting: poly),
        "matrix exponentials:projection",
    ),
    Mutation(
        "exponential of a matrix with an equation",
        "the square is forgotten",
        method(matrix_exponentials, "_combination", always((1, 0))),
        "false matrix exponentials:of-any-matrix",
    ),
    Mutation(
        "exponential of a matrix with an equation",
        "not of an outer product",
        method(matrix_exponentials, "_multiple", always(None)),
        "matrix exponentials:outer-product",
    ),
    Mutation(
        "exponential of a matrix with an equation",
        "of any multiple",
        method(matrix_exponentials, "_multiple", always({(): 1})),
        "false matrix exponentials:outer-product-of-orthogonal-vectors",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "between a matrix and itself",
        method(diagonalised, "conjugate", always(True)),
        "false matrix exponentials:between-a-matrix-twice",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "between orthogonal matrices alone",
        method(diagonalised, "conjugate", always(False)),
        "matrix exponentials:by-eigenvectors",
    ),
    Mutation(
        "exponential of a similar matrix",
        "skipped",
        method(atoms, "conjugate", always(False)),
        "matrix exponentials:similar",
    ),
)
OF_MEANS = (
    Mutation(
        "integration by parts",
        "of any law",
        method(means, "_goes_by_parts", lambda core, factor, random, laws: factor[0] in laws and len(random) > 1),
        "false means of functions:by-parts-of-any-law",
    ),
    Mutation(
        "integration by parts",
        "of any function",
        method(means, "_is_smooth", always(True)),
        "false means of functions:by-parts-of-a-jump",
    ),
    Mutation(
        "integration by parts",
        "skipped",
        method(means, "_goes_by_parts", always(False)),
        "means of functions:by-parts",
    ),
    Mutation(
        "mean of a function",
        "depends on nothing",
        item(differentials.RULES, "mean", lambda *_: []),
        "false means of functions:mean-that-moves-with-its-law",
    ),
)
OF_LIMITS = (
    Mutation(
        "limit of a rational function",
        "a leading coefficient is never 0",
        method(Order, "nonzero_number", always(True)),
        "false limits of quotients:leading-coefficient-of-any-value",
    ),
    Mutation(
        "limit of a rational function",
        "everything is bounded",
        method(Limits, "_bounded", always(True)),
        "false limits of quotients:decay-against-a-sequence",
    ),
    Mutation(
        "limit of a rational function",
        "everything decays",
        method(Limits, "_decays", always(True)),
        "false limits of quotients:growing-exponential",
    ),
)

ALL = (
    *MUTATIONS,
    *OF_DETERMINANTS,
    *OF_LEMMAS,
    *OF_SOLUTIONS,
    *OF_MULTIPLES,
    *OF_MEANS,
    *OF_LIMITS,
    *order_mutations.MUTATIONS,
    *equation_mutations.MUTATIONS,
    *family_mutations.MUTATIONS,
    *inverse_mutations.MUTATIONS,
    *adjugate_mutations.MUTATIONS,
    *determinant_mutations.MUTATIONS,
    *trace_mutations.MUTATIONS,
    *ordered_mutations.MUTATIONS,
    *bound_mutations.MUTATIONS,
    *course_mutations.MUTATIONS,
    *power_mutations.MUTATIONS,
    *number_mutations.MUTATIONS,
    *slope_mutations.MUTATIONS,
    *triangular_mutations.MUTATIONS,
    *eigenvalue_mutations.MUTATIONS,
    *eigenvalue_product_mutations.MUTATIONS,
    *known_bound_mutations.MUTATIONS,
    *range_mutations.MUTATIONS,
    *corner_mutations.MUTATIONS,
    *layer_mutations.MUTATIONS,
    *mean_recurrence_mutations.MUTATIONS,
    *block_mutations.MUTATIONS,
    *convexity_mutations.MUTATIONS,
    *rewriting_mutations.MUTATIONS,
    *closed_mutations.MUTATIONS,
    *conditional_mutations.MUTATIONS,
    *real_limit_mutations.MUTATIONS,
)


@pytest.mark.parametrize("mutation", [pytest.param(m, id=f"{m.rule}: {m.how}") for m in ALL])
def test_a_dropped_guard_is_caught_by_its_row(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not caught(mutation.row)
    mutation.patch(monkeypatch)
    assert caught(mutation.row)


def test_every_rule_named_in_the_code_has_a_mutation() -> None:
    named = names_in_the_code()
    assert {"normal form", "inverse", "joined sums", "induction", "eigenvalue bound"} <= named
    assert named <= {mutation.rule for mutation in (*ALL, *test_mutations.MUTATIONS)}


def test_every_lemma_has_a_mutation() -> None:
    assert {*lemmas.LEMMAS, *as_written.RULES, *definiteness.WHOLE, *ordered_lemmas.ORDERED} <= {
        mutation.rule for mutation in (*ALL, *test_mutations.MUTATIONS)
    }
