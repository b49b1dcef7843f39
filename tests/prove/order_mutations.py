"""Mutations of the rules of definiteness as it is written, of whole forms, of numbers and of the lemmas of analysis.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra.expressions import Expression, Var
from everystep.prove import as_written, checker, definiteness, forms, lemmas
from everystep.prove import order as order_module
from everystep.prove.as_written import Written
from everystep.prove.cases import Cases
from everystep.prove.lemmas import Lemmas
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from tests.prove.test_mutations import Mutation, always, item, method

definite = Written.definite


def names_are_definite(self: Written, e: Expression, strict: bool) -> bool:
    return isinstance(e, Var) or definite(self, e, strict)


def skipped(table: dict[str, Any], name: str, row: str) -> Mutation:
    return Mutation(name, "skipped", item(table, name, always(False)), row)


MUTATIONS = (
    skipped(as_written.RULES, "definite", "as written:schur-complement"),
    skipped(as_written.RULES, "sum of hypotheses", "as written:sum-of-hypotheses"),
    skipped(as_written.RULES, "multiple of a semidefinite matrix", "as written:multiple"),
    skipped(as_written.RULES, "congruence", "as written:congruence"),
    skipped(as_written.RULES, "power of a symmetric matrix", "as written:even-power"),
    skipped(as_written.RULES, "inverse of a definite matrix", "as written:inverse"),
    skipped(as_written.RULES, "Schur product", "as written:hadamard"),
    skipped(as_written.RULES, "sum of semidefinite matrices", "as written:sum"),
    skipped(as_written.RULES, "Schur complement", "as written:schur-complement"),
    skipped(as_written.RULES, "order of inverses", "as written:order-of-inverses"),
    Mutation(
        "congruence",
        "of any rank",
        method(Written, "full_column_rank", always(True)),
        "false as written:congruence-without-rank",
    ),
    Mutation(
        "congruence",
        "with any factors outside",
        method(Written, "transposed", always(True)),
        "false as written:congruence-of-others",
    ),
    Mutation(
        "multiple of a semidefinite matrix",
        "of any sign",
        method(Written, "number", always(True)),
        "false as written:multiple-of-any-sign",
    ),
    Mutation(
        "power of a symmetric matrix",
        "of any matrix",
        method(Lemmas, "symmetric", always(True)),
        "false as written:square-of-any-matrix",
    ),
    Mutation(
        "Schur complement",
        "any factors around the inverse",
        method(Lemmas, "equal", always(True)),
        "false as written:complement-of-another",
    ),
    Mutation(
        "Schur complement",
        "the other complement is not looked at",
        method(Order, "nonnegative", always(True)),
        "false as written:complement-of-too-much",
    ),
    Mutation(
        "order of inverses",
        "of any matrices",
        method(Written, "definite", names_are_definite),
        "false as written:inverses-of-indefinite",
    ),
    skipped(definiteness.WHOLE, "identity and a dyad", "whole forms:identity-and-a-dyad"),
    skipped(definiteness.WHOLE, "covariance of rows", "whole forms:covariance-of-rows"),
    skipped(definiteness.WHOLE, "a definite matrix and its inverse", "whole forms:matrix-and-its-inverse"),
    Mutation(
        "identity and a dyad",
        "of any length",
        method(Order, "nonnegative", always(True)),
        "false whole forms:dyad-above-the-identity",
    ),
    Mutation(
        "covariance of rows",
        "weights of any sum",
        method(NormalForm, "is_zero", always(True)),
        "false whole forms:weights-of-any-sum",
    ),
    Mutation(
        "a definite matrix and its inverse",
        "of any matrix",
        method(Order, "definite", always(True)),
        "false whole forms:inverse-of-an-indefinite-matrix",
    ),
    Mutation(
        "trace of a product",
        "skipped",
        method(order_module, "trace_of_product", always(False)),
        "whole forms:trace-of-four",
    ),
    Mutation(
        "trace of a product",
        "of any matrices",
        method(Order, "definite", always(True)),
        "false whole forms:trace-of-a-square-of-any-matrix",
    ),
    Mutation(
        "forms in several vectors", "no minor", method(forms, "_two_by_two", always(False)), "whole forms:two-by-two"
    ),
    Mutation(
        "forms in several vectors",
        "any minor",
        method(forms, "_two_by_two", always(True)),
        "false whole forms:two-by-two-with-a-large-middle",
    ),
    Mutation(
        "forms in several vectors",
        "matrices are not put together",
        method(forms, "_one_matrix", always(False)),
        "whole forms:one-matrix-between-vectors",
    ),
    Mutation("sum of squares", "no pairs", method(Order, "_pair", always(None)), "whole forms:two-matrices"),
    Mutation(
        "a letter for a vector",
        "skipped",
        method(checker, "with_solved_letter", always(())),
        "whole forms:letter-for-a-vector",
    ),
    Mutation("polynomial in one number", "skipped", method(Cases, "_in_one_number", always(False)), "numbers:quartic"),
    Mutation(
        "polynomial in one number",
        "between any ends",
        method(Cases, "_ends", always((0, 1))),
        "false numbers:cubic-beyond-its-bound",
    ),
    Mutation("tangents", "skipped", method(Order, "_tangents", always([])), "numbers:logarithm-above"),
    skipped(lemmas.LEMMAS, "triangle inequality of a sum", "analysis:sum-of-norms"),
    skipped(lemmas.LEMMAS, "Hoelder's inequality", "analysis:hoelder"),
    skipped(lemmas.LEMMAS, "bilinear form", "analysis:bilinear-form"),
    skipped(lemmas.LEMMAS, "eigenvalues of a sum", "analysis:largest-eigenvalue-of-sum"),
    skipped(lemmas.LEMMAS, "diagonal entry and eigenvalues", "analysis:entry-below-eigenvalue"),
    skipped(lemmas.LEMMAS, "tangent line", "analysis:logarithm-of-a-square"),
    Mutation(
        "limit of a rational function",
        "of polynomials alone",
        method(Limits, "_rational", always((0, []))),
        "analysis:limit-of-a-quotient",
    ),
)
