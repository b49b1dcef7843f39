"""Mutations of what is known of traces, determinants and ordered matrices.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from everystep.calculus import determinants
from everystep.calculus.core import Core
from everystep.calculus.lowering import Lowering
from everystep.prove import as_written, lemmas
from everystep.prove.lemmas import Lemmas
from tests.prove.test_mutations import Mutation, always, item, method


def skipped(name: str, row: str) -> Mutation:
    return Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), f"definite traces:{row}")


MUTATIONS = (
    skipped("trace and the root of the size", "trace-and-root"),
    skipped("traces of a matrix and its inverse", "traces-of-inverses"),
    skipped("determinant and trace", "root-of-a-determinant"),
    skipped("Hadamard's inequality", "hadamard"),
    skipped("trace and extreme eigenvalues", "trace-below-an-eigenvalue"),
    skipped("traces of ordered matrices", "ordered-traces"),
    skipped("determinants and eigenvalues of ordered matrices", "ordered-determinants"),
    Mutation(
        "congruence of a sum",
        "skipped",
        item(as_written.RULES, "congruence of a sum", always(False)),
        "definite traces:congruence-of-a-difference",
    ),
    Mutation(
        "congruence of a sum",
        "of any ends",
        method(as_written.Written, "transposed", always(True)),
        "false definite traces:congruence-with-other-ends",
    ),
    Mutation(
        "traces of a matrix and its inverse",
        "of any matrix",
        method(Lemmas, "definite", always(True)),
        "false definite traces:traces-of-any-inverses",
    ),
    Mutation(
        "determinant and trace",
        "of any matrix",
        method(Lemmas, "semidefinite", always(True)),
        "false definite traces:root-of-any-determinant",
    ),
    Mutation(
        "Hadamard's inequality",
        "of any matrix",
        method(Lemmas, "semidefinite", always(True)),
        "false definite traces:hadamard-of-any-matrix",
    ),
    Mutation(
        "trace and extreme eigenvalues",
        "of any matrix",
        method(Lemmas, "semidefinite", always(True)),
        "false definite traces:trace-below-an-eigenvalue-of-any-matrix",
    ),
    Mutation(
        "determinants and eigenvalues of ordered matrices",
        "of any matrices",
        method(Lemmas, "semidefinite", always(True)),
        "false definite traces:ordered-determinants-of-any-matrices",
    ),
    Mutation(
        "determinant", "two dyads stay", method(determinants, "_two_dyads", always(None)), "definite traces:two-dyads"
    ),
    Mutation(
        "determinant",
        "what is whole under a derivative stays so",
        method(Core, "has_determinant", always(False)),
        "definite traces:derivative-of-a-determinant-on-a-line",
    ),
    Mutation(
        "rank of an outer product",
        "of any vectors",
        method(Lowering, "is_nonzero", always(True)),
        "false definite traces:rank-of-other-vectors",
    ),
)
