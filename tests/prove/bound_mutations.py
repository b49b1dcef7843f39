"""Mutations of the bounds of norms, eigenvalues and ranks.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from typing import Any

from everystep.calculus.networks import Poly, add_into
from everystep.prove import (
    as_written,
    commuting,
    definiteness,
    lemmas,
    norm_bounds,
    order,
    ordered_lemmas,
    prover,
    rank_lemmas,
    rewritten,
    said,
)
from everystep.prove.as_written import Written
from everystep.prove.commuting import _Search
from everystep.prove.definiteness import Definiteness
from everystep.prove.lemmas import Lemmas
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from tests.prove.statements import B
from tests.prove.test_mutations import Mutation, always, both, item, method


def _as_if_they_commuted(order_: Definiteness, a: Poly, b: Poly) -> Poly:
    """Half the sum of the products in both orders."""
    total: dict[Any, Any] = {}
    for one in (_PRODUCT(order_, a, b), _PRODUCT(order_, b, a)):
        add_into(total, one)
    return total


_PRODUCT = commuting._product

SKIPPED = (
    ("norms of factors", "bounds of factors:difference-of-products"),
    ("norms of factors, reversed", "bounds of factors:near-the-identity"),
    ("eigenvalues and order", "bounds of eigenvalues:eigenvalues-are-lipschitz"),
    ("eigenvalues below a norm", "bounds of eigenvalues:eigenvalue-below-row-sums"),
    ("equivalence of norms", "bounds by sizes:columns-below-operator"),
    ("smoothed norms", "bounds by sizes:smoothed"),
    ("ranks of products and sums", "bounds of ranks:frobenius"),
)
MUTATIONS = (
    Mutation(
        "operator norm and order",
        "skipped, with the norms of semidefinite matrices",
        both(
            item(lemmas.LEMMAS, "operator norm and order", always(False)),
            item(rewritten.RULES, "norm of a semidefinite matrix", always(None)),
        ),
        "bounds of eigenvalues:norm-between",
    ),
    *(Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), row) for name, row in SKIPPED),
    Mutation(
        "traces of products beside one matrix",
        "skipped",
        item(ordered_lemmas.ORDERED, "traces of products beside one matrix", always(False)),
        "bounds as matrices:trace-of-a-product-and-an-eigenvalue",
    ),
    Mutation(
        "traces of products beside one matrix",
        "of any matrices",
        method(Written, "definite", always(True)),
        "false bounds:trace-of-a-product-with-any",
    ),
    Mutation(
        "inverse beside a multiple of I",
        "skipped",
        item(as_written.RULES, "inverse beside a multiple of I", always(False)),
        "bounds as matrices:trace-of-an-inverse",
    ),
    Mutation(
        "inverse beside a multiple of I",
        "of any matrix",
        method(Written, "definite", always(True)),
        "false bounds:inverse-of-what-is-not-definite",
    ),
    Mutation(
        "products of commuting semidefinite matrices",
        "skipped",
        method(definiteness, "commuting_products", always(False)),
        "bounds as matrices:cocoercive",
    ),
    Mutation(
        "products of commuting semidefinite matrices",
        "with multiples of any sign",
        method(_Search, "sign", always(True)),
        "false bounds:expanding-by-a-negative-number",
    ),
    Mutation(
        "products of commuting semidefinite matrices",
        "of any matrices",
        method(commuting, "_product", _as_if_they_commuted),
        "false bounds:products-that-do-not-commute",
    ),
    Mutation(
        "eigenvalue bound",
        "a bound of a norm is not read",
        both(
            method(order, "matrices_of_bound", always(())),
            item(lemmas.LEMMAS, "bounds of factors put in", always(False)),
        ),
        "bounds as matrices:form-below-a-bound",
    ),
    Mutation(
        "eigenvalue bound",
        "of a multiple of a norm by any number",
        method(Order, "_is_nonnegative", always(True)),
        "false bounds:negative-multiple-of-a-norm",
    ),
    Mutation(
        "eigenvalue bound",
        "a claim says nothing",
        method(Order, "look_at", always(None)),
        "bounds as matrices:gram-matrix-below-its-norm",
    ),
    Mutation(
        "eigenvalue bound",
        "of a matrix that is not symmetric",
        method(Order, "_is_symmetric", always(True)),
        "false bounds:eigenvalue-of-no-symmetric-matrix-below-c",
    ),
    Mutation(
        "symmetric part of a symmetric sum",
        "skipped",
        method(prover, "symmetric_parts", always(())),
        "bounds as matrices:symmetric-where-a-shift-is",
    ),
    Mutation(
        "symmetric part of a symmetric sum",
        "of any multiple",
        method(said, "_is_nonzero", always(True)),
        "false bounds:symmetric-where-zero-times-it-is",
    ),
    Mutation(
        "symmetric part of a symmetric sum",
        "beside anything",
        method(said, "_is_symmetric", lambda e, known: e == B),
        "false bounds:symmetric-where-a-sum-is",
    ),
    Mutation(
        "equal to what bounds it on both sides",
        "skipped, with the rule of their norms",
        both(
            method(Prover, "equal_by_bounds", always(False)),
            item(rewritten.RULES, "norm of a semidefinite matrix", always(None)),
        ),
        "bounds of eigenvalues:norm-of-a-semidefinite-matrix",
    ),
    Mutation(
        "norms of factors",
        "in any norms",
        method(norm_bounds, "_allowed", always(True)),
        "false bounds of factors:frobenius-norm-of-two-operators",
    ),
    Mutation(
        "norms of factors",
        "numbers of any sign",
        method(Lemmas, "nonnegative", always(True)),
        "false bounds of factors:negative-number-beside-a-norm",
    ),
    Mutation(
        "norms of factors",
        "an inverse near nothing",
        method(Lemmas, "positive", always(True)),
        "false bounds of factors:neumann-beyond-one",
    ),
    Mutation(
        "smoothed norms",
        "with any constants",
        method(Lemmas, "equal", always(True)),
        "false bounds of factors:roots-of-different-numbers",
    ),
    Mutation(
        "ranks of products and sums",
        "anything adds up",
        method(rank_lemmas, "nonnegative_combination", always(True)),
        "bounds of ranks:frobenius",
    ),
    Mutation(
        "ranks of products and sums",
        "no pairs",
        method(rank_lemmas, "_of_pairs", always(())),
        "bounds of ranks:of-the-two-projections-of-an-involution",
    ),
    Mutation(
        "ranks of products and sums",
        "any two turned into each other",
        method(rank_lemmas, "_turns", always(True)),
        "bounds of ranks:of-a-turned-product",
    ),
    Mutation(
        "ranks of products and sums",
        "no steps",
        method(rank_lemmas, "_of_steps", always(())),
        "bounds of ranks:one-step-after-the-other",
    ),
    Mutation(
        "ranks of products and sums",
        "products as large as without their numbers",
        method(rank_lemmas, "_is_scaled", always(False)),
        "false bounds of ranks:of-a-product-that-may-vanish",
    ),
)
