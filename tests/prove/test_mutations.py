"""The tests are tested: every rule of the normal form, broken on purpose, is caught by a row of the tables.

A mutation drops a side condition, flips a sign or skips a step of one rule.  The row that it names then fails: its true
statement is no longer proved, or a false one is.  To add a rule: a mutation, and a row that needs the rule.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import everystep
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression, walk
from everystep.algebra.functions import FUNCTIONS
from everystep.calculus import (
    atoms,
    canonical,
    determinants,
    differentials,
    expectation,
    functions,
    lowering,
    matrix_powers,
    networks,
    products,
    word_letters,
)
from everystep.calculus.core import Core
from everystep.calculus.given_sums import GivenSums
from everystep.calculus.indices import Integers
from everystep.calculus.inverted_sums import InvertedSums
from everystep.calculus.lowering import Lowering
from everystep.calculus.networks import Term, is_delta
from everystep.calculus.orthonormal import OrthonormalFamilies
from everystep.calculus.recurrences import Recurrences
from everystep.prove import (
    blocks,
    bound,
    checker,
    entries,
    equations,
    induction,
    joined_sums,
    lemmas,
    normal_form,
    prover,
    said,
    spans,
    words,
)
from everystep.prove import order as order_module
from everystep.prove.definedness import Definedness, _Granted
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from everystep.prove.verdict import Status
from everystep.prove.words import Words
from tests.prove import test_definedness, test_false_statements, test_normal_form
from tests.prove.statements import FalseRow, Row, judged, proved_alone

Patch = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Mutation:
    """``rule``: what is broken, by the name that the evidence shows or the part that holds it; ``row`` catches it."""

    rule: str
    how: str
    patch: Patch
    row: str


def method(owner: Any, name: str, replacement: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setattr(owner, name, replacement)


def item(table: dict[Any, Any], key: Any, replacement: Any) -> Patch:
    return lambda monkeypatch: monkeypatch.setitem(table, key, replacement)


def both(*patches: Patch) -> Patch:
    """Several at once: what one rule no longer proves, another still does."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        for one in patches:
            one(monkeypatch)

    return patch


def always(answer: Any) -> Callable[..., Any]:
    return lambda *_, **__: answer


def unchanged(_: NormalForm, poly: Any) -> Any:
    """A stage that does nothing."""
    return poly


# mutations that need more than a constant ----------------------------------------------------------------

anchor = Core._anchor
exponential = Core.exponential
cumulant = expectation._cumulant
vector_cumulant = expectation._vector_cumulant
square_word = word_letters.square_word
substituted = induction._substituted
inverse_derivative = differentials.RULES["inverse"]
solved = NormalForm._solved


def ranges_stay(core: Core, factors: Any, bound: Any) -> Any:
    return anchor(core, factors, bound)[0], bound


def signs_are_lost(core: Core, poly: Any) -> list[Term]:
    return exponential(core, {key: abs(coefficient) for key, coefficient in poly.items()})


def entries_are_one(*args: Any) -> list[Term]:
    return [
        Term(t.coefficient, [f for f in t.factors if not is_delta(f[0])], t.scalars, t.bound) for t in cumulant(*args)
    ]


def all_laws_are_gaussian(core: Core, law: Any, order: int, *rest: Any) -> list[Term]:
    return [] if order > 2 else vector_cumulant(core, law, order, *rest)


def no_covariance(core: Core, law: Any, order: int, *rest: Any) -> list[Term]:
    return [] if order == 2 else vector_cumulant(core, law, order, *rest)


domain = Definedness._domain
as_product = Recurrences.as_product
inverse_atoms = Definedness._atoms


def indices_are_in_range(self: Definedness, mine: list[Any], theirs: list[Any], *rest: Any) -> Integers:
    return domain(self, [*mine, *theirs], theirs, *rest)


def one_block_each(items: list[Any]) -> Iterator[list[list[Any]]]:
    yield [[entry] for entry in items]


def not_reversed(core: Core, poly: Any, size: Any) -> Any:
    letters = square_word(core, poly, size)
    return None if letters is None else letters[::-1]


def both_ways(self: Words, factor: Any, letter: Any) -> Iterator[Any]:
    for flipped in (False, True):
        yield from ENDS(self, factor, (letter[0], flipped, letter[2]))


ENDS = Words._ends


def no_factor(_: Any) -> None:
    return None


def anything_is_symmetric(form: NormalForm, poly: Any) -> bool:
    for key in poly:
        for component, _ in key:
            form.core.symmetric.add(component[0][0][0])
    return True


def base_is_granted(claim: Relation, index: Any, value: Any) -> Relation:
    moved = substituted(claim, index, value)
    return Relation(moved.left, "=", moved.left) if isinstance(value, int) else moved


def nothing_is_given(context: Context, *_: Any) -> Context:
    return context


def sign_is_lost(*args: Any) -> list[Term]:
    return [t.scaled(-1) for t in inverse_derivative(*args)]


def always_positive(core: Core, inside: Any) -> list[Term]:
    return [Term(1)]


def hypotheses_are_never_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Core, "hypotheses", property(lambda core: True, lambda core, value: None), raising=False)


def steps_in_any_order(self: Recurrences, head: str, slots: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Integers, "at_least", always(True))
        return as_product(self, head, slots)


def negative_factors_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Order, "_odd_and_negative", always(False))
    monkeypatch.setattr(Order, "_by_numbers", always(False))


def no_derivative(*_: Any) -> list[Term]:
    return []


def with_derivative(name: str, derivative: Any) -> Patch:
    row = FUNCTIONS[name]
    return item(FUNCTIONS, name, type(row)(row.name, row.latex, derivative, row.domain, row.positive, row.kinks))


MUTATIONS = (
    # the core
    Mutation(
        "delta elimination", "the range is not checked", method(Core, "_within", always(True)), "ranges:units-from-two"
    ),
    Mutation("delta elimination", "it is skipped", method(Core, "_eliminate", always(None)), "algebra:identity"),
    Mutation(
        "canonical renaming",
        "every matrix is symmetric",
        method(Core, "is_symmetric", always(True)),
        "traces:trace-transpose",
    ),
    Mutation(
        "canonical renaming",
        "ties are not branched on",
        method(canonical, "_refine", lambda factors, bound, colours, core: {n: k for k, n in enumerate(colours)}),
        "traces:trace-cyclic",
    ),
    Mutation("shifted indices", "the range does not shift", method(Core, "_anchor", ranges_stay), "sums:shifted-index"),
    Mutation(
        "power merging",
        "it is skipped",
        method(Core, "_merge_powers", always(None)),
        "values of numbers:entry-by-itself",
    ),
    Mutation(
        "power merging",
        "everything is nonnegative",
        method(Core, "is_nonnegative", always(True)),
        "roots:root-of-product",
    ),
    Mutation("exponentials", "the sign is lost", method(Core, "exponential", signs_are_lost), "functions:exp-negative"),
    Mutation(
        "logarithms", "everything is nonnegative", method(Core, "is_nonnegative", always(True)), "roots:log-of-product"
    ),
    Mutation("step functions", "every argument is positive", method(functions, "step", always_positive), "roots:relu"),
    Mutation(
        "reflections",
        "a constant is lost",
        item(functions.REFLECTIONS, "logistic", (-1, 0, 0)),
        "functions:logistic-symmetry",
    ),
    Mutation(
        "sizes in heads",
        "the size is left out",
        method(matrix_powers, "slot_key", always("")),
        "sizes:power-of-constant",
    ),
    # inverses, words, determinants
    Mutation("inverse", "the rule is skipped", method(Words, "inverse_rules", always(None)), "inverses:woodbury"),
    Mutation("inverse", "left and right are mixed up", method(Words, "_ends", both_ways), "inverses:inverse-transpose"),
    Mutation("inverse", "the range is not checked", method(words, "constant", always(None)), "inverses:gram-trace"),
    Mutation(
        "inverse of a product", "not reversed", method(atoms, "square_word", not_reversed), "inverses:inverse-product"
    ),
    Mutation(
        "multiplied by the inverted matrix",
        "skipped",
        method(NormalForm, "_by_multiplication", always(False)),
        "inverses:symmetric-by-push-through",
    ),
    # hypotheses
    Mutation(
        "hypothesis", "the factor may be 0", method(NormalForm, "_nonzero", always(True)), "hypotheses:cancelled-scalar"
    ),
    Mutation("hypothesis", "the rule is skipped", method(Words, "equation", always(False)), "hypotheses:commuting"),
    Mutation(
        "hypothesis solved for a symbol",
        "skipped",
        both(
            method(NormalForm, "_substituted", unchanged),
            method(prover, "with_members_as_letters", always(None)),
        ),
        "hypotheses:member-solved",
    ),
    Mutation(
        "symmetry",
        "one pair of entries is enough",
        method(NormalForm, "_symmetry", anything_is_symmetric),
        "hypotheses:two-entries-agree",
    ),
    Mutation("orthogonal", "skipped", method(NormalForm, "_read_predicate", always(None)), "hypotheses:orthogonal"),
    Mutation("idempotent", "skipped", method(NormalForm, "_read_predicate", always(None)), "hypotheses:idempotent"),
    Mutation("scalar equations", "skipped", method(NormalForm, "by_scalar_rules", unchanged), "hypotheses:unit-norm"),
    Mutation(
        "sum of squares is zero", "skipped", method(NormalForm, "_by_square", always(False)), "hypotheses:no-distance"
    ),
    Mutation("by cases", "no cases", method(Order, "_by_cases", lambda *_: None), "order:max-is-above"),
    Mutation(
        "sum of squares",
        "every Gram matrix counts as positive semidefinite",
        method(order_module, "_semidefinite", lambda matrix: True),
        "order:sum-of-squares",
    ),
    Mutation(
        "pseudo-inverse",
        "no rules",
        method(Words, "pseudo_inverse_rules", lambda self, head: None),
        "special:penrose",
    ),
    Mutation(
        "block by block",
        "a product skips its inner blocks",
        method(blocks, "_times", lambda a, b: b),
        "special:block-product",
    ),
    # sums, denominators, functions
    Mutation(
        "normal form",
        "a difference is 0 when its monomials are",
        method(normal_form, "subtract", lambda a, b: {} if a.keys() == b.keys() else networks.subtract(a, b)),
        "algebra:parallelogram",
    ),
    Mutation(
        "last terms taken out",
        "skipped",
        both(
            method(NormalForm, "peeled", unchanged),
            method(normal_form, "by_geometric_relations", lambda core, poly: poly),
        ),
        "induction:geometric-sum",
    ),
    Mutation("joined sums", "skipped", method(NormalForm, "joined", unchanged), "sums:split-first"),
    Mutation(
        "joined sums",
        "the lower end is not shifted",
        method(joined_sums, "shifted", lambda slot, by: slot),
        "sums:split-first",
    ),
    Mutation("cleared denominators", "skipped", method(NormalForm, "cleared", unchanged), "functions:cross-fraction"),
    Mutation("exponentials", "skipped", method(NormalForm, "exponentials", unchanged), "functions:tanh-by-logistic"),
    # derivatives
    Mutation(
        "derivative of an inverse",
        "the sign",
        item(differentials.RULES, "inverse", sign_is_lost),
        "derivatives:inverse-by-matrix",
    ),
    Mutation(
        "derivative of tanh",
        "the square",
        with_derivative("tanh", ((1, ()), (-1, (("tanh", 1),)))),
        "derivatives:jacobian-tanh",
    ),
    Mutation(
        "derivative of a defined name",
        "not kept free",
        method(Lowering, "is_defined", always(False)),
        "derivatives:by-defined-name",
    ),
    Mutation(
        "derivative under hypotheses",
        "equations hold along the way",
        hypotheses_are_never_off,
        "hypotheses:gradient-where-equal",
    ),
    # recurrences
    Mutation("recurrence unfolded", "skipped", method(NormalForm, "unfolded", unchanged), "recurrences:unfolded"),
    Mutation(
        "recurrence unfolded",
        "the start is not checked",
        method(Integers, "at_least", always(True)),
        "derivatives:step-needs-its-start",
    ),
    Mutation("one step of the recurrence", "skipped", method(NormalForm, "stepped", unchanged), "recurrences:one-step"),
    Mutation(
        "transition is 0 backwards", "not checked", method(Recurrences, "_known", always(True)), "recurrences:one-step"
    ),
    Mutation(
        "transitions compose",
        "skipped",
        method(Recurrences, "_composed", always(None)),
        "recurrences:transitions-compose",
    ),
    Mutation(
        "sums end where a transition is 0",
        "skipped",
        method(Recurrences, "_clipped", always(None)),
        "recurrences:parameter-gradient",
    ),
    Mutation(
        "right side recognised", "skipped", method(Recurrences, "_fold", always(None)), "recurrences:parameter-gradient"
    ),
    Mutation(
        "first order",
        "not checked",
        method(Recurrences, "require_first_order", always(None)),
        "derivatives:two-steps-back",
    ),
    Mutation(
        "coupled recurrences",
        "only direct dependence",
        method(Recurrences, "_mentions", always(False)),
        "derivatives:through-another-recurrence",
    ),
    Mutation(
        "first member",
        "its definition is ignored",
        method(Lowering, "mentions", always(False)),
        "derivatives:first-member-depends",
    ),
    # expectation
    Mutation(
        "bernoulli cumulants",
        "all are p",
        method(expectation, "bernoulli_cumulant", always([0, 1])),
        "expectation:bernoulli-gram",
    ),
    Mutation(
        "gaussian cumulants",
        "of every law",
        method(expectation, "_vector_cumulant", all_laws_are_gaussian),
        "expectation:third-moment",
    ),
    Mutation(
        "second cumulant",
        "left out",
        method(expectation, "_vector_cumulant", no_covariance),
        "expectation:second-moment",
    ),
    Mutation(
        "independent entries",
        "all entries are one",
        method(expectation, "_cumulant", entries_are_one),
        "expectation:variance-of-mean",
    ),
    Mutation(
        "sum over partitions",
        "the finest only",
        method(expectation, "_partitions", one_block_each),
        "expectation:quadratic-form",
    ),
    Mutation(
        "functions of random quantities",
        "taken as constants",
        method(expectation, "_is_random", always(False)),
        "expectation:mean-of-random-function",
    ),
    # order
    Mutation(
        "a sum of nonnegative terms",
        "every network is one",
        method(Order, "_component_nonnegative", always(True)),
        "order:gram-form",
    ),
    Mutation(
        "a sum of nonnegative terms", "strictly", method(Order, "component_positive", always(True)), "order:square"
    ),
    Mutation(
        "a sum of positive terms",
        "every factor is positive",
        method(Order, "_positive_factor", always(True)),
        "signs:sum-of-any",
    ),
    Mutation(
        "a sum of positive terms",
        "the range may be empty",
        method(Integers, "at_least", always(True)),
        "signs:sum-that-may-be-empty",
    ),
    Mutation(
        "a sum of nonnegative terms",
        "negative factors do not count",
        negative_factors_do_not_count,
        "order:negative-denominator",
    ),
    Mutation(
        "one quadratic form",
        "of any sum",
        method(Order, "_one_quadratic_form", always(True)),
        "signs:form-with-two-vectors",
    ),
    Mutation(
        "orthogonal projection",
        "every matrix is one",
        method(Order, "_projection", always(True)),
        "signs:oblique-projection",
    ),
    Mutation(
        "Schur product", "of any matrices", method(Prover, "is_definite", always(True)), "order:product-of-entries"
    ),
    Mutation(
        "a number whose square is 1",
        "every number is",
        method(functions, "_is_unit", always(True)),
        "order:size-of-a-unit",
    ),
    Mutation(
        "logarithm of the logistic function",
        "skipped",
        method(functions, "_log_of_logistic", always(None)),
        "functions:gradient-of-a-likelihood",
    ),
    Mutation(
        "logarithm of a single fraction",
        "skipped",
        method(functions, "_single_fraction", always(None)),
        "functions:log-of-a-single-fraction",
    ),
    Mutation(
        "product of invertible matrices",
        "every matrix is one",
        method(Definedness, "_is_product", always(True)),
        "undefined:inverse-of-another-sum",
    ),
    Mutation(
        "skew-symmetric as a difference", "skipped", method(NormalForm, "_skew", always(False)), "special:skew-trace"
    ),
    Mutation(
        "determinant of a skew-symmetric matrix",
        "skipped",
        method(determinants, "is_skew", always(False)),
        "special:skew-determinant",
    ),
    Mutation("trace of a projector", "skipped", method(Words, "_is_trace", always(False)), "special:rank-by-trace"),
    Mutation(
        "pseudo-inverse of a vector",
        "the norm is not squared",
        method(Lowering, "square", always(networks.ONE_POLY)),
        "special:pseudo-inverse-of-vector",
    ),
    Mutation(
        "pseudo-inverse of a projection",
        "every matrix is one",
        method(Lowering, "is_idempotent", always(True)),
        "special:pseudo-inverse-of-projection",
    ),
    Mutation(
        "entry by entry",
        "every permutation counts as even",
        method(entries, "_signed", lambda product, odd: product),
        "entries:shift-of-three",
    ),
    Mutation(
        "signs of all entries",
        "of those that a hypothesis leaves out, too",
        method(equations, "head_of_every", always("v:x")),
        "signs:entries-up-to-three",
    ),
    Mutation(
        "signs of all entries",
        "skipped",
        method(equations, "head_of_every", always("")),
        "entries:sum-of-positive-entries",
    ),
    Mutation(
        "entry by entry",
        "adjugates without signs and in place",
        method(entries, "_adjugate", lambda table: table),
        "entries:adjugate-and-trace",
    ),
    Mutation("entry by entry", "skipped", method(prover, "entry_claims", always(None)), "entries:cayley-hamilton"),
    Mutation(
        "the matrices between two vectors",
        "none is looked at",
        method(normal_form, "matrices_between", always([])),
        "special:form-with-two-inverses",
    ),
    Mutation(
        "the matrices between two vectors",
        "skipped",
        both(method(NormalForm, "_by_vectors", always(False)), method(prover, "without_common_ends", always(()))),
        "special:form-with-two-inverses",
    ),
    Mutation(
        "rank of an idempotent matrix",
        "every matrix is one",
        method(Lowering, "is_idempotent", always(True)),
        "special:rank-of-idempotent",
    ),
    Mutation(
        "orthogonal",
        "rows as well as columns",
        method(said, "same_shape", always(True)),
        "special:orthonormal-columns",
    ),
    Mutation(
        "determinant of a product through a smaller dimension",
        "every product is one",
        method(Lowering, "is_narrow", always(True)),
        "special:narrow-determinant",
    ),
    Mutation(
        "rank of a Kronecker product",
        "only of the first factor",
        method(Lowering, "product", lambda lowering, left, right: left),
        "special:rank-of-kron",
    ),
    Mutation(
        "rank of an idempotent matrix",
        "its diagonal is not summed",
        method(Lowering, "trace", always([])),
        "special:rank-of-idempotent",
    ),
    Mutation(
        "rank of an outer product",
        "the vectors may be 0",
        method(Lowering, "has", always(True)),
        "special:rank-of-outer-product",
    ),
    Mutation(
        "derivative of the trace of an exponential",
        "of any entry",
        method(differentials, "_is_trace", always(False)),
        "special:trace-of-exponential",
    ),
    Mutation(
        "diagonal between 0 and 1",
        "entries of any size",
        method(lemmas.Lemmas, "nonnegative_entries", always(True)),
        "order:shrinking-diagonal",
    ),
    Mutation(
        "equivalence of norms",
        "skipped",
        item(lemmas.LEMMAS, "equivalence of norms", always(False)),
        "order:one-norm-by-dimension",
    ),
    Mutation("quadratic forms", "of any matrix", method(Order, "_quadratic_form", always(True)), "order:gram-form"),
    Mutation(
        "a sum of semidefinite matrices",
        "every network is one",
        method(Order, "network_definite", always(False)),
        "diagonal factors:hessian-of-exponentials",
    ),
    Mutation("full rank", "of every matrix", method(Order, "_full_row", always(True)), "order:gram-semidefinite"),
    Mutation(
        "eigenvalue bound", "not read", method(Order, "_read_eigenvalue_bound", always(None)), "order:eigenvalue-bound"
    ),
    Mutation("integer hypotheses", "everything follows", method(Integers, "at_least", always(True)), "order:integers"),
    Mutation(
        "known relations",
        "the sign is lost",
        method(
            Order,
            "_is_known",
            lambda order, poly, strict: any(poly.keys() == known.keys() for known, _ in order.known_scalars),
        ),
        "order:difference",
    ),
    # products over an index
    Mutation("products cut", "skipped", method(normal_form, "cut", lambda core, poly, cuts: poly), "products:next"),
    Mutation(
        "products cut", "in one order", method(products, "_rises", always(True)), "products by induction:unrolled"
    ),
    Mutation(
        "products cut",
        "the first and the last term of a sum stay",
        method(spans, "_without_ends", lambda core, term, cuts: [term]),
        "products by induction:unrolled",
    ),
    Mutation(
        "products of zeros", "an empty one is 0, too", method(products, "_zero", always([])), "products:zero-matrices"
    ),
    Mutation(
        "products turned around",
        "the index is not shifted",
        method(products, "_places", always([])),
        "products:turned-numbers",
    ),
    Mutation(
        "product of similar matrices",
        "the outer letters are any",
        method(products, "conjugate", always(True)),
        "products:similar-by-orthogonal",
    ),
    Mutation(
        "logarithm of a product",
        "skipped",
        item(functions.LOGARITHMS, "product of numbers", always(None)),
        "products:logarithm",
    ),
    Mutation(
        "logarithm of a product",
        "what the other side presupposes is not seen",
        method(prover, "positive_products", always(frozenset())),
        "products:logarithm",
    ),
    Mutation(
        "Jacobians as products",
        "skipped",
        method(normal_form, "jacobians", lambda core, recurrences, poly: poly),
        "products:jacobian-of-steps",
    ),
    Mutation(
        "Jacobians as products",
        "the order of the indices is not checked",
        method(Recurrences, "as_product", steps_in_any_order),
        "products:jacobian-by-a-later-member",
    ),
    Mutation(
        "products factor by factor",
        "the Frobenius norm of the identity is 1",
        method(Integers, "at_least", always(True)),
        "bounds of products:frobenius-norm",
    ),
    Mutation(
        "products factor by factor",
        "factors of any sign",
        method(lemmas.Lemmas, "nonnegative", always(True)),
        "products:factors-of-any-sign",
    ),
    Mutation(
        "products factor by factor",
        "ranges of any length",
        method(lemmas, "same_size", always(True)),
        "bounds of products:norm",
    ),
    Mutation(
        "a sum of nonnegative terms",
        "every product is one",
        method(Order, "_signed_factors", always(True)),
        "bounds of products:positive",
    ),
    Mutation(
        "bounded functions", "skipped", method(Order, "_bounded", always(False)), "bounds of products:bounded-functions"
    ),
    Mutation(
        "bounded functions",
        "tanh is not negative",
        item(order_module.BOUNDS, "tanh", (Fraction(0), True, Fraction(1), True)),
        "bounds of products:bounded-functions",
    ),
    Mutation(
        "definedness",
        "every member of a family is invertible when one is",
        method(Definedness, "_atoms", lambda *about: {(head, (), ()) for head, _, _ in inverse_atoms(*about)}),
        "undefined:inverse-of-another-member",
    ),
    # proof methods
    Mutation(
        "powers of a contraction",
        "of any matrix",
        method(Limits, "contraction", always(True)),
        "limits:powers-of-a-matrix",
    ),
    Mutation("powers of a contraction", "of any number", method(Limits, "_small", always(True)), "limits:below-one"),
    Mutation(
        "limits of equal sequences",
        "skipped",
        method(Prover, "equal", lambda prover, left, right: prover.form.equal(left, right)),
        "limits:equal-sequences",
    ),
    Mutation(
        "induction", "the base is granted", method(induction, "_substituted", base_is_granted), "induction:wrong-start"
    ),
    Mutation(
        "induction",
        "definitions may be written with the index",
        method(induction, "_fixed_symbols", always(())),
        "induction:definition-with-the-index",
    ),
    Mutation(
        "induction", "the hypothesis is not used", method(Context, "given", nothing_is_given), "induction:closed-form"
    ),
    Mutation(
        "induction",
        "the hypotheses may admit an earlier start",
        method(Integers, "at_least", always(True)),
        "induction:hypothesis-admits-earlier",
    ),
    Mutation(
        "powers of one matrix",
        "the base is not recognised",
        method(matrix_powers, "single_factor", no_factor),
        "powers:power-times-base",
    ),
    Mutation(
        "power of an idempotent matrix",
        "the exponent may be 0",
        method(Integers, "at_least", always(True)),
        "powers:power-of-idempotent",
    ),
    Mutation(
        "power of a similar matrix",
        "the outer letters are any",
        method(matrix_powers, "conjugate", always(True)),
        "powers:power-of-similar",
    ),
    Mutation(
        "power of a similar matrix",
        "an orthogonal matrix is its own inverse",
        method(matrix_powers, "conjugate", lambda core, first, last: first[0] == last[0]),
        "powers:power-of-orthogonal-similar",
    ),
    Mutation(
        "definedness",
        "everything is defined",
        method(Definedness, "holds", always(True)),
        "undefined:quotient-by-itself",
    ),
    Mutation("definedness", "every index is in range", method(_Granted, "in_range", always(True)), "undefined:column"),
    Mutation(
        "definedness",
        "an empty sum grants what its terms presuppose",
        method(Integers, "at_least", always(True)),
        "undefined:constant-denominator",
    ),
    Mutation(
        "definedness",
        "a bound index is taken for a free one of the same name",
        method(prover, "claim_apart", lambda claim, _: claim),
        "undefined:bound-and-free",
    ),
    Mutation(
        "bound indices",
        "have the names of those that a hypothesis speaks of",
        method(prover, "spoken_of", always(frozenset())),
        "indices:sum-of-one-sign",
    ),
    Mutation(
        "bound indices",
        "of definitions keep their names",
        method(bound, "marked", lambda body, _: body),
        "undefined:quotients-in-a-definition",
    ),
    Mutation(
        "definedness",
        "a hypothesis is read for indices that are not there",
        method(Definedness, "_domain", indices_are_in_range),
        "undefined:shifted-index",
    ),
)

TABLES: dict[str, Row | FalseRow] = {
    f"{name}:{row.name}": row
    for table in (
        test_normal_form.CLASSES,
        test_false_statements.CLASSES,
        {"undefined": (*test_false_statements.UNDEFINED, *test_definedness.UNDEFINED)},
        {"defined": test_definedness.PAIRS},
    )
    for name, rows in table.items()
    for row in rows
}


def caught(name: str) -> bool:
    """Whether the row of that name fails now."""
    row = TABLES[name]
    if name.startswith(("undefined:", "defined:")):
        checker._prover.cache_clear()
        try:
            if isinstance(row, FalseRow):
                return judged(row.claim, row.context, row.by).status is Status.PROVED
            true, false = (judged(claim, row.context, row.by).status for claim in (row.true, row.false))
            return true is not Status.PROVED or false is Status.PROVED
        finally:
            checker._prover.cache_clear()
    if isinstance(row, FalseRow):
        return proved_alone(row.claim, row.context, row.by)
    if not proved_alone(row.true, row.context, row.by):
        return True
    return proved_alone(row.false, row.context, row.by)


@pytest.mark.parametrize("mutation", [pytest.param(m, id=f"{m.rule}: {m.how}") for m in MUTATIONS])
def test_a_broken_rule_is_caught_by_its_row(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not caught(mutation.row)
    mutation.patch(monkeypatch)
    assert caught(mutation.row)


DERIVATIVE_ROWS = {
    "base": "derivatives:quotient",
    "power": "derivatives:open-power",
    "exp": "derivatives:exponential",
    "function": "derivatives:jacobian-entrywise",
    "inverse": "derivatives:inverse-by-matrix",
    "call": "derivatives:chain-of-call",
    "determinant": "determinants:gradient",
    "matrix exponential": "special:exponential-derivative",
    "symbolic power": "derivatives:symbolic-power",
    "matrix power": "special:trace-of-power",
    "product of numbers": "products:derivative-of-numbers",
    "product of matrices": "products:derivative-of-matrices",
}


@pytest.mark.parametrize("kind", differentials.RULES)
def test_a_missing_derivative_is_caught_by_its_row(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not caught(DERIVATIVE_ROWS[kind])
    monkeypatch.setitem(differentials.RULES, kind, no_derivative)
    assert caught(DERIVATIVE_ROWS[kind])


def rows_with(node: type[Expression]) -> Iterator[tuple[str, Row]]:
    """The rows whose true statement mentions a node."""
    for name, rows in test_normal_form.CLASSES.items():
        for row in rows:
            sides = (row.true.left, row.true.right) if isinstance(row.true, Relation) else (row.true.subject,)
            parts = [*sides, *(d.body for d in row.context.definitions), *(r.body for r in row.context.recurrences)]
            if any(type(part) is node for side in parts for part in walk(side)):
                yield name, row


@pytest.mark.parametrize("node", [pytest.param(node, id=node.__name__) for node in lowering.RULES])
def test_a_node_without_its_meaning_is_caught_by_some_row(
    node: type[Expression], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{name}:{row.name}" for name, row in rows_with(node)]
    for constant in ([], [Term(7)]):
        monkeypatch.setitem(lowering.RULES, node, always(constant))
        if any(caught(row) for row in rows):
            return
    pytest.fail(f"no row needs {node.__name__}")


def names_in_the_code() -> set[str]:
    """The names of rules that evidence can show: what ``used(...)`` is called with, stages, names of word rules."""
    folder = Path(everystep.__file__).parent
    found: set[str] = set()
    for path in sorted([*folder.glob("calculus/*.py"), *folder.glob("prove/*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="used" | "_equation" | "equation"), args=arguments):
                    found |= {a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)}
                case ast.Call(func=ast.Name(id="Rule"), args=[*_, ast.Constant(value=str(name))]):
                    found.add(name)
                case ast.AnnAssign(target=ast.Name(id="stages"), value=ast.Tuple(elts=stages)):
                    found |= {s.elts[0].value for s in stages if isinstance(s, ast.Tuple)}
                case ast.BinOp(op=ast.BitOr(), right=ast.Set(elts=[ast.Constant(value=str(name))])):
                    found.add(name)
    return found


def test_every_kind_of_derivative_and_every_rewriter_has_a_mutation() -> None:
    assert set(DERIVATIVE_ROWS) == set(differentials.RULES)
    prover = NormalForm(Context())
    assert len(prover.core.rewriters) == len(REWRITERS)


REWRITERS = {
    "matrix powers": (method(matrix_powers, "matrix_powers", always(always(None))), "powers:geometric-matrices"),
    "words": (method(Words, "rewrite", always(None)), "inverses:left-and-right"),
    "symbolic powers": (method(atoms, "merge_symbolic_powers", always(always(None))), "functions:powers-multiply"),
    "fixed products": (method(normal_form, "fixed_products", always(always(None))), "products:chosen-by-a-unit"),
    "idempotents": (method(normal_form, "idempotents", always(None)), "functions:sine-and-cosine"),
    "steps of integers": (method(normal_form, "steps_of_integers", always(None)), "steps of integers:range-ends"),
    "nilpotents": (method(normal_form, "traces", always(None)), "nilpotent:trace"),
    "turned traces": (
        method(normal_form, "turned_traces", always(None)),
        "inverses around a factor:trace-of-the-turned-word",
    ),
    "inverted sums": (
        method(InvertedSums, "__call__", always(None)),
        "inverses around a factor:inverse-of-a-sum-of-dyads",
    ),
    "given sums": (method(GivenSums, "__call__", always(None)), "given sums:all-shares"),
    "orthonormal families": (method(OrthonormalFamilies, "__call__", always(None)), "families:projection-twice"),
}


@pytest.mark.parametrize("name", REWRITERS)
def test_a_missing_rewriter_is_caught_by_its_row(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, row = REWRITERS[name]
    assert not caught(row)
    patch(monkeypatch)
    assert caught(row)
