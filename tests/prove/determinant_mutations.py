"""Mutations of the rules for determinants of products and sums.  ``test_guards`` runs them."""

from __future__ import annotations

from everystep.calculus import atoms, determinants
from everystep.prove import prover
from tests.prove.test_mutations import Mutation, always, both, method

MUTATIONS = (
    Mutation(
        "a product cut into square matrices",
        "skipped",
        method(determinants, "square_pieces", always(None)),
        "determinants of products:gram-in-another-basis",
    ),
    Mutation(
        "a product cut into square matrices",
        "skipped in inverses",
        method(atoms, "square_pieces", always(None)),
        "determinants of products:projection-in-another-basis",
    ),
    Mutation(
        "sum of two inverses",
        "skipped",
        method(determinants, "summed_inverses", always(None)),
        "determinants of products:two-inverses",
    ),
    Mutation(
        "determinant of a scaled dyad",
        "skipped",
        method(determinants, "_scaled_dyad", always(None)),
        "determinants of products:dyad-scaled-by-a-sum",
    ),
    Mutation(
        "determinant of a polynomial of a matrix",
        "skipped",
        both(
            method(determinants, "_polynomial_factors", always(None)),
            method(prover, "with_determinants_together", always(())),
        ),
        "determinants of products:difference-of-squares",
    ),
)
