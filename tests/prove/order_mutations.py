"""Mutations of the rules of definiteness as it is written, of whole forms, of numbers and of the lemmas of analysis.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra.context import Relation
from everystep.algebra.expressions import Expression, Var
from everystep.prove import as_written, both_sides, definiteness, forms, lemmas, ordered_lemmas, prover
from everystep.prove import order as order_module
from everystep.prove.as_written import Written
from everystep.prove.cases import Cases
from everystep.prove.lemmas import Lemmas
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm
from everystep.prove.order import Order
from tests.prove.test_mutations import Mutation, always, both, item, method

definite = Written.definite


def names_are_definite(self: Written, e: Expression, strict: bool) -> bool:
    return isinstance(e, Var) or definite(self, e, strict)


def skipped(table: dict[str, Any], rows: dict[str, str], prefix: str) -> tuple[Mutation, ...]:
    """Each rule of a table skipped."""
    return tuple(Mutation(n, "skipped", item(table, n, always(False)), f"{prefix}:{row}") for n, row in rows.items())


def broken(rule: str, how: str, owner: Any, name: str, answer: Any, row: str) -> Mutation:
    """A part of a rule that always gives one answer."""
    return Mutation(rule, how, method(owner, name, always(answer)), row)


AS_WRITTEN = {
    "sum of hypotheses": "sum-of-hypotheses",
    "multiple of a semidefinite matrix": "multiple",
    "congruence": "congruence",
    "inverse of a definite matrix": "inverse",
    "Schur product": "hadamard",
    "sum of semidefinite matrices": "sum",
    "sum of semidefinite members": "sum-over-an-index",
    "Schur complement": "schur-complement",
    "order of inverses": "order-of-inverses",
}
WHOLE = {
    "identity and a dyad": "identity-and-a-dyad",
    "covariance of rows": "covariance-of-rows",
    "a definite matrix and its inverse": "matrix-and-its-inverse",
}
ANALYSIS = {
    "triangle inequality of a sum": "sum-of-norms",
    "Hoelder's inequality": "hoelder",
    "Cauchy-Schwarz for means": "product-of-random-numbers",
    "bilinear form": "bilinear-form",
    "diagonal entry and eigenvalues": "entry-below-eigenvalue",
    "tangent line": "logarithm-of-a-square",
}
"""Rules of three tables, each with the row that needs it."""

MUTATIONS = (
    Mutation(
        "eigenvalues of a sum",
        "skipped, with the order of matrices",
        both(*(item(lemmas.LEMMAS, name, always(False)) for name in ("eigenvalues of a sum", "eigenvalues and order"))),
        "analysis:largest-eigenvalue-of-sum",
    ),
    *skipped(as_written.RULES, AS_WRITTEN, "as written"),
    *(
        Mutation(
            rule,
            "skipped, with sums of squares",
            both(*(item(as_written.RULES, name, always(False)) for name in (rule, "sum of squares of matrices"))),
            f"as written:{row}",
        )
        for rule, row in (("definite", "schur-complement"), ("power of a symmetric matrix", "even-power"))
    ),
    *skipped(definiteness.WHOLE, WHOLE, "whole forms"),
    *skipped(lemmas.LEMMAS, ANALYSIS, "analysis"),
    broken("congruence", "of any rank", Written, "full_column_rank", True, "false as written:congruence-without-rank"),
    broken(
        "congruence", "with any factors outside", Written, "transposed", True, "false as written:congruence-of-others"
    ),
    broken(
        "multiple of a semidefinite matrix",
        "of any sign",
        Written,
        "number",
        True,
        "false as written:multiple-of-any-sign",
    ),
    broken(
        "power of a symmetric matrix",
        "of any matrix",
        Lemmas,
        "symmetric",
        True,
        "false as written:square-of-any-matrix",
    ),
    broken(
        "Schur complement",
        "any factors around the inverse",
        Lemmas,
        "equal",
        True,
        "false as written:complement-of-another",
    ),
    broken(
        "Schur complement",
        "the other complement is not looked at",
        Order,
        "nonnegative",
        True,
        "false as written:complement-of-too-much",
    ),
    Mutation(
        "order of inverses",
        "of any matrices",
        method(Written, "definite", names_are_definite),
        "false as written:inverses-of-indefinite",
    ),
    broken(
        "identity and a dyad", "of any length", Order, "nonnegative", True, "false whole forms:dyad-above-the-identity"
    ),
    broken(
        "covariance of rows", "weights of any sum", NormalForm, "is_zero", True, "false whole forms:weights-of-any-sum"
    ),
    broken(
        "a definite matrix and its inverse",
        "of any matrix",
        Order,
        "definite",
        True,
        "false whole forms:inverse-of-an-indefinite-matrix",
    ),
    Mutation(
        "trace of a product",
        "skipped",
        both(
            method(order_module, "trace_of_product", always(False)),
            item(ordered_lemmas.ORDERED, "trace of a definite matrix", always(False)),
        ),
        "whole forms:trace-of-four",
    ),
    broken(
        "trace of a product",
        "of any matrices",
        Order,
        "definite",
        True,
        "false whole forms:trace-of-a-square-of-any-matrix",
    ),
    broken("forms in several vectors", "no minor", forms, "_two_by_two", False, "whole forms:two-by-two"),
    broken(
        "forms in several vectors",
        "any minor",
        forms,
        "_two_by_two",
        True,
        "false whole forms:two-by-two-with-a-large-middle",
    ),
    broken(
        "forms in several vectors",
        "matrices are not put together",
        forms,
        "_one_matrix",
        False,
        "whole forms:one-matrix-between-vectors",
    ),
    broken("sum of squares", "no pairs", Order, "_pair", None, "whole forms:two-matrices"),
    broken("a letter for a vector", "skipped", prover, "with_solved_letter", (), "whole forms:letter-for-a-vector"),
    broken("bounds on both sides", "skipped", prover, "both_bounds", (), "numbers:square-of-a-cosine"),
    Mutation(
        "bounds on both sides",
        "on one side",
        method(both_sides, "_between", lambda inner, op, bound: (Relation(inner, op, bound),)),
        "false numbers:square-bounded-on-one-side",
    ),
    broken("polynomial in one number", "skipped", Cases, "_in_one_number", False, "numbers:quartic"),
    broken(
        "polynomial in one number", "between any ends", Cases, "_ends", (0, 1), "false numbers:cubic-beyond-its-bound"
    ),
    broken("tangents", "skipped", Order, "_tangents", [], "numbers:logarithm-above"),
    broken(
        "limit of a rational function",
        "of polynomials alone",
        Limits,
        "_rational",
        (0, []),
        "analysis:limit-of-a-quotient",
    ),
)
