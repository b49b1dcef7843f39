"""Mutations of what is known of powers of matrices, and of products taken apart.  ``test_guards`` runs them."""

from __future__ import annotations

from typing import Any

from everystep.calculus import core, determinants
from everystep.calculus.core import Core
from everystep.prove import adjugates, definedness, lemmas, prover, rewritten, small_matrices, words
from everystep.prove.blocks import Blocks, NoBlocks
from everystep.prove.lemmas import Lemmas
from everystep.prove.words import Words
from tests.prove.test_mutations import Mutation, always, item, method

ROW = "powers and products"


def refused(*_: Any) -> None:
    raise NoBlocks


MUTATIONS = (
    Mutation(
        "powers of commuting matrices",
        "skipped",
        method(Words, "commuting_rules", always(None)),
        f"{ROW}:power-of-a-product",
    ),
    Mutation(
        "powers of commuting matrices",
        "of any matrices",
        method(words, "commute", always(True)),
        f"false {ROW}:power-passes-another-matrix",
    ),
    Mutation(
        "block by block",
        "no powers",
        method(Blocks, "_power", refused),
        f"{ROW}:power-of-a-shear",
    ),
    Mutation(
        "trace of a turned power",
        "skipped",
        item(rewritten.RULES, "trace of a turned power", always(None)),
        f"{ROW}:trace-of-a-turned-power",
    ),
    Mutation(
        "exponential of a Kronecker sum",
        "skipped",
        item(rewritten.RULES, "exponential of a Kronecker sum", always(None)),
        f"{ROW}:exponential-of-a-kronecker-sum",
    ),
    Mutation(
        "determinants multiplied",
        "skipped",
        method(prover, "with_determinants_together", always(())),
        f"{ROW}:determinants-multiplied",
    ),
    Mutation(
        "adjugate",
        "not beside blocks",
        method(adjugates, "_CONTINUOUS", ()),
        f"{ROW}:bordered-determinant",
    ),
    Mutation(
        "pseudo-inverse at full rank",
        "skipped",
        item(rewritten.RULES, "pseudo-inverse at full rank", always(None)),
        f"{ROW}:pseudo-inverses-written-out",
    ),
    Mutation(
        "division with remainder",
        "skipped",
        method(prover, "_has_quotient_in_sum", always(False)),
        f"{ROW}:quotients-by-sums-in-a-sum",
    ),
    Mutation(
        "division with remainder",
        "no greatest monomial",
        method(core, "leading_monomial", always(None)),
        f"{ROW}:quotients-by-complements-in-a-sum",
    ),
    Mutation(
        "pseudo-inverse at full rank",
        "not in definitions",
        method(prover, "definitions_taken_apart", always(None)),
        f"{ROW}:pseudo-inverse-in-a-definition",
    ),
    Mutation(
        "pseudo-inverse of full rank factors",
        "of any factors",
        method(rewritten, "_full_rank", always(True)),
        f"false {ROW}:pseudo-inverse-of-any-factors",
    ),
    Mutation(
        "normal form",
        "s beside 1/s stays",
        method(Core, "_own_factor", always(None)),
        f"{ROW}:projection-by-singular-vectors",
    ),
    Mutation(
        "projection and what is left",
        "skipped",
        item(lemmas.LEMMAS, "projection and what is left", always(False)),
        f"{ROW}:smallest-residual",
    ),
    Mutation(
        "projection and what is left",
        "of any vectors",
        method(Lemmas, "equal", always(True)),
        f"false {ROW}:oblique-projection-is-shorter",
    ),
    Mutation(
        "determinant of a scaled dyad",
        "not beside a sum",
        method(determinants, "_scaled_dyad", always(None)),
        f"{ROW}:determinant-of-equal-correlations",
    ),
    Mutation(
        "sum of the powers of a small matrix",
        "of any matrix",
        method(small_matrices, "is_small", always(True)),
        f"false {ROW}:sum-of-powers-of-any-matrix",
    ),
    Mutation(
        "sum of the powers of a small matrix",
        "skipped",
        method(rewritten, "sum_of_powers", always(None)),
        f"{ROW}:sum-of-all-powers",
    ),
    Mutation(
        "identity and a small matrix",
        "skipped",
        method(definedness, "beside_identity", always(False)),
        f"{ROW}:identity-and-a-small-matrix",
    ),
    Mutation(
        "identity and a small matrix",
        "of norm one",
        method(small_matrices, "_within_one", always(True)),
        f"false {ROW}:identity-beside-a-matrix-of-norm-one",
    ),
)
