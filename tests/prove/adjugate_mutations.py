"""Mutations of the rule of adjugates.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from everystep.prove import adjugates, prover
from tests.prove.test_mutations import Mutation, always, method

MUTATIONS = (
    Mutation(
        "adjugate",
        "skipped",
        method(prover, "with_determinants", always(None)),
        "adjugates:times-its-matrix",
    ),
    Mutation(
        "adjugate",
        "of equations that jump",
        method(adjugates, "_is_rational", always(True)),
        "false adjugates:beside-a-pseudo-inverse",
    ),
    Mutation(
        "adjugate",
        "of matrices that are tied",
        method(adjugates, "_is_free", always(True)),
        "false adjugates:on-a-null-space",
    ),
    Mutation(
        "adjugate",
        "of sums of which a term cannot move",
        method(adjugates, "_moves_alone", always(True)),
        "false adjugates:of-a-name-less-itself",
    ),
    Mutation(
        "adjugate",
        "not proved for invertible matrices first",
        method(prover.Prover, "_proved_in", always(False)),
        "adjugates:determinant-of-an-update",
    ),
)
