"""Mutations of determinants of blocks none of which is known to be invertible.  ``test_guards`` runs them."""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.prove import adjugates, block_operations, blocks, prover
from everystep.prove.blocks import Blocks
from everystep.prove.prover import Prover
from tests.prove.test_mutations import Mutation, always, method

RULE, OPERATIONS = "determinant of blocks by nearby matrices", "block by block"


def plain_minor(t: Any, pivot: int) -> Any:
    rest = [k for k in range(len(t)) if k != pivot]
    return tuple(tuple(t[i][j] for j in rest) for i in rest)


def own_nodes_only(claim: Any, context: Any) -> bool:
    return all(adjugates._is_rational(node) for side in (claim.left, claim.right) for node in ex.walk(side))


def sign_left_out(self: Blocks, t: Any) -> Any:
    return ex.Det(t[0][1]) * ex.Det(t[1][0])


MUTATIONS = (
    Mutation(
        OPERATIONS,
        "no sign for blocks beside the diagonal",
        method(Blocks, "_beside_the_diagonal", sign_left_out),
        "tables of blocks:determinant-beside-the-diagonal",
    ),
    Mutation(
        OPERATIONS,
        "copies on no diagonal",
        method(blocks, "copies_on_diagonal", always(False)),
        "tables of blocks:copies-on-the-diagonal",
    ),
    Mutation(
        OPERATIONS,
        "no ranks by complements",
        method(Blocks, "_rank_by_complement", always(None)),
        "tables of blocks:rank-by-a-complement",
    ),
    Mutation(
        OPERATIONS,
        "no exponentials",
        method(blocks, "exponential", always(None)),
        "tables of blocks:exponential-of-a-diagonal",
    ),
    Mutation(
        OPERATIONS,
        "exponentials of any blocks",
        method(
            blocks,
            "exponential",
            lambda t: tuple(
                tuple(block_operations._exp(b) if i == j else b for j, b in enumerate(row)) for i, row in enumerate(t)
            ),
        ),
        "false tables of blocks:exponential-of-a-triangle",
    ),
    Mutation(
        RULE, "skipped", method(prover, "with_invertible_blocks", always(None)), "blocks without inverses:row-added"
    ),
    Mutation(
        RULE,
        "of matrices that are tied",
        method(adjugates, "_is_free", always(True)),
        "false blocks without inverses:tied-by-an-equation",
    ),
    Mutation(
        RULE,
        "of matrices that are tied through others",
        method(adjugates, "_made_of", always(frozenset())),
        "false blocks without inverses:tied-through-a-definition",
    ),
    Mutation(
        RULE,
        "names are not written out",
        method(adjugates, "is_rational", own_nodes_only),
        "false blocks without inverses:rank-through-a-definition",
    ),
    Mutation(
        RULE,
        "of equations that jump",
        method(adjugates, "_is_rational", always(True)),
        "false blocks without inverses:rank-beside-blocks",
    ),
    Mutation(
        OPERATIONS,
        "every block is 0",
        method(Prover, "is_zero", always(True)),
        "false blocks without inverses:singular",
    ),
    Mutation(
        OPERATIONS,
        "no rows are added",
        method(Prover, "is_zero", always(False)),
        "blocks without inverses:row-taken-away",
    ),
    Mutation(
        OPERATIONS,
        "nothing is taken from the rest",
        method(blocks, "complement", plain_minor),
        "blocks without inverses:identity-first-of-three",
    ),
    Mutation(
        OPERATIONS,
        "no block is alone",
        method(blocks, "alone", always(None)),
        "blocks without inverses:alone-in-their-rows",
    ),
    Mutation(
        OPERATIONS,
        "exchanged blocks do not meet",
        method(Blocks, "_by_the_least", always(None)),
        "blocks without inverses:exchanged-columns",
    ),
)
