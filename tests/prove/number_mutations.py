"""Mutations of the rules for sums of numbers and their logarithms, absolute values and principal blocks.

``test_guards`` runs them.
"""

from __future__ import annotations

from everystep.calculus import functions
from everystep.prove import entropy_lemmas, lemmas, prover
from everystep.prove.lemmas import Lemmas
from tests.prove.test_mutations import Mutation, always, item, method

MUTATIONS = (
    Mutation(
        "log sum inequality",
        "skipped",
        item(lemmas.LEMMAS, "log sum inequality", always(False)),
        "logarithms of sums:halves",
    ),
    Mutation(
        "log sum inequality",
        "of any sum",
        method(entropy_lemmas, "_value", always(entropy_lemmas.ex.Num(1))),
        "false convexity:gibbs-without-a-sum",
    ),
    Mutation(
        "log sum inequality",
        "of numbers of any sign",
        method(Lemmas, "positive", always(True)),
        "false values of numbers:log-sum-of-signed-numbers",
    ),
    Mutation(
        "a number that is not negative",
        "skipped",
        method(functions, "_is_nonnegative", always(False)),
        "values of numbers:norm-without-signs",
    ),
    Mutation(
        "a number that is not negative",
        "of any sign",
        method(functions, "_is_nonnegative", always(True)),
        "false values of numbers:norm-of-signed-entries",
    ),
    Mutation(
        "principal blocks of a definite matrix",
        "skipped",
        method(prover, "principal_blocks", always(())),
        "principal blocks:complement",
    ),
)
