"""Mutations of what follows from the order of matrices.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from fractions import Fraction

from everystep.prove import as_written, determinant_lemmas, lemmas, ordered_lemmas
from everystep.prove.as_written import Written
from everystep.prove.lemmas import Lemmas
from tests.prove.test_mutations import Mutation, always, both, item, method


def skipped(name: str, row: str) -> Mutation:
    table = ordered_lemmas.ORDERED if name in ordered_lemmas.ORDERED else lemmas.LEMMAS
    return Mutation(name, "skipped", item(table, name, always(False)), f"matrices in order:{row}")


MUTATIONS = (
    skipped("quadratic forms of ordered matrices", "forms-of-inverses"),
    skipped("traces of matrices in order", "traces-strictly"),
    skipped("trace of a definite matrix", "trace-of-a-turned-product"),
    Mutation(
        "traces of products in strict order",
        "skipped, with traces beside one matrix",
        both(
            *(
                item(ordered_lemmas.ORDERED, name, always(False))
                for name in ("traces of products in strict order", "traces of products beside one matrix")
            )
        ),
        "matrices in order:traces-of-products-strictly",
    ),
    skipped("determinants and eigenvalues in strict order", "determinants-strictly"),
    skipped("entry of a matrix and of its inverse", "entry-and-inverse"),
    skipped("Cauchy-Schwarz for determinants", "determinants-of-gram-matrices"),
    skipped("determinant of a sum of commuting squares", "determinant-of-commuting-squares"),
    skipped("norm of a Hadamard product", "norm-of-a-hadamard-product"),
    skipped("rank of a Hadamard product", "rank-of-a-hadamard-product"),
    Mutation(
        "inverse of a sum",
        "skipped",
        item(as_written.RULES, "inverse of a sum", always(False)),
        "matrices in order:traces-of-inverses-of-sums",
    ),
    Mutation(
        "inverse of a sum",
        "roots are too large",
        method(as_written, "_rational_root", lambda value: value + Fraction(1)),
        "matrices in order:traces-of-inverses-of-sums",
    ),
    Mutation(
        "quadratic forms of ordered matrices",
        "of any vector",
        method(Lemmas, "has", always(True)),
        "false matrices in order:forms-strictly-of-any-vector",
    ),
    Mutation(
        "congruence",
        "of any columns",
        method(Written, "full_column_rank", always(True)),
        "false matrices in order:form-of-a-wide-congruence",
    ),
    Mutation(
        "trace of a definite matrix",
        "of any factors",
        method(Written, "definite", always(True)),
        "false matrices in order:trace-of-two-semidefinite",
    ),
    Mutation(
        "determinants and eigenvalues in strict order",
        "of any matrices",
        method(Written, "definite", always(True)),
        "false matrices in order:determinants-strictly-of-any",
    ),
    Mutation(
        "entry of a matrix and of its inverse",
        "of any matrix",
        method(Lemmas, "definite", always(True)),
        "false matrices in order:entry-and-inverse-of-any-matrix",
    ),
    Mutation(
        "determinant of a sum of commuting squares",
        "of any matrices",
        method(determinant_lemmas, "_commute", always(True)),
        "false matrices in order:determinant-of-squares",
    ),
)
