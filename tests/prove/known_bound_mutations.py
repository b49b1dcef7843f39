"""Mutations of bounds of factors and of sums of a known value.  ``test_guards`` runs them."""

from __future__ import annotations

from everystep.prove import convexity_lemmas, known_bounds, lemmas
from everystep.prove.lemmas import Lemmas
from everystep.prove.sides import factors_of
from tests.prove.test_mutations import Mutation, always, item, method

MUTATIONS = (
    Mutation(
        "bounds of factors put in",
        "skipped",
        item(lemmas.LEMMAS, "bounds of factors put in", always(False)),
        "bounds put in:product",
    ),
    Mutation(
        "bounds of factors put in",
        "in any norm",
        method(known_bounds, "kind_of", always("operator")),
        "false bounds put in:frobenius",
    ),
    Mutation(
        "sums of known value",
        "skipped",
        item(lemmas.LEMMAS, "sums of known value", always(False)),
        "sums of known value:quotients",
    ),
    Mutation(
        "sums of known value",
        "of numbers of any sign",
        method(Lemmas, "nonnegative", always(True)),
        "false sums of known value:of-any-sign",
    ),
    Mutation(
        "Cauchy-Schwarz for weighted sums",
        "not where one sum stands in the other",
        method(convexity_lemmas, "_sums_apart", factors_of),
        "sums of known value:nested",
    ),
)
