"""Mutations of what is known of traces, determinants and ordered matrices.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.calculus import atoms, determinants, matrix_powers
from everystep.calculus.core import Core
from everystep.calculus.lowering import Lowering
from everystep.prove import as_written, lemmas, ordered_lemmas
from everystep.prove.lemmas import Lemmas
from everystep.prove.normal_form import NormalForm
from everystep.prove.prover import Prover
from everystep.prove.words import Words
from tests.prove.test_mutations import Mutation, always, both, item, method

start = NormalForm.__init__


def all_are_orthogonal(self: NormalForm, *args: Any, **options: Any) -> None:
    start(self, *args, **options)
    self.core.orthogonal.add("v:C")


def skipped(name: str, row: str) -> Mutation:
    return Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), f"definite traces:{row}")


MUTATIONS = (
    skipped("trace and the root of the size", "trace-and-root"),
    skipped("traces of a matrix and its inverse", "traces-of-inverses"),
    skipped("determinant and trace", "root-of-a-determinant"),
    skipped("Hadamard's inequality", "hadamard"),
    Mutation(
        "trace and extreme eigenvalues",
        "skipped, with traces beside one matrix",
        both(
            item(lemmas.LEMMAS, "trace and extreme eigenvalues", always(False)),
            item(ordered_lemmas.ORDERED, "traces of products beside one matrix", always(False)),
        ),
        "definite traces:trace-below-an-eigenvalue",
    ),
    Mutation(
        "traces of ordered matrices",
        "skipped, with traces beside one matrix",
        both(
            item(lemmas.LEMMAS, "traces of ordered matrices", always(False)),
            item(ordered_lemmas.ORDERED, "traces of products beside one matrix", always(False)),
        ),
        "definite traces:ordered-traces-of-products",
    ),
    skipped("trace of a reordered square", "reordered-square"),
    skipped("quadratic form below a norm", "form-below-a-norm"),
    skipped("Minkowski's determinant inequality", "determinant-above-one-and-a-determinant"),
    Mutation(
        "norm of an outer product",
        "skipped",
        method(Lowering, "between_orthogonal", lambda lowering, e: ex.Mul(ex.Eye(e.shape[0]), e)),
        "definite traces:norm-of-a-dyad",
    ),
    Mutation(
        "norm beside an orthogonal matrix",
        "skipped",
        method(Lowering, "between_orthogonal", lambda lowering, e: e),
        "definite traces:norm-beside-orthogonal-matrices",
    ),
    Mutation(
        "norm beside an orthogonal matrix",
        "beside any matrix",
        method(Lowering, "has", always(True)),
        "false definite traces:norm-beside-any-matrix",
    ),
    Mutation(
        "determinant",
        "of an involution as of any matrix",
        method(determinants, "is_involution", always(False)),
        "definite traces:determinant-of-an-involution-squared",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "of no exponential",
        method(atoms, "diagonalised", always(None)),
        "definite traces:exponential-of-a-diagonal-matrix",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "of no power",
        method(matrix_powers, "diagonalised", always(None)),
        "definite traces:trace-of-a-power-by-eigenvalues",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "of no determinant",
        method(determinants, "diagonalised", always(None)),
        "definite traces:shifted-determinant-by-eigenvalues",
    ),
    Mutation(
        "function of a diagonalised matrix",
        "between any matrices",
        method(NormalForm, "__init__", all_are_orthogonal),
        "false definite traces:exponential-between-other-matrices",
    ),
    Mutation(
        "equal squares of what is not negative",
        "skipped",
        method(Prover, "equal_squares", always(False)),
        "definite traces:norms-of-orthogonal-vectors",
    ),
    Mutation(
        "words",
        "a trace is turned for ever",
        method(Words, "_goes_round", always(False)),
        "definite traces:trace-of-an-exponential-on-a-line",
    ),
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
