"""Mutations of the means of members of random recurrences.  ``test_guards`` runs them."""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.prove import prover
from everystep.prove.mean_recurrences import Means
from tests.prove.test_mutations import Mutation, always, method

RULE = "mean of a recurrence"
mean = Means.mean


def of_every_factor(self: Means, e: Expression) -> Expression:
    if isinstance(e, ex.Mul):
        return ex.Mul(*(self.mean(part) for part in e.operands))
    if isinstance(e, ex.Pow):
        return ex.Pow(self.mean(e.operands[0]), e.operands[1])
    return mean(self, e)


MUTATIONS = (
    Mutation(
        RULE, "skipped", method(prover, "with_means_as_members", always(None)), "means of recurrences:moving-average"
    ),
    Mutation(
        RULE, "of a square as its square", method(Means, "mean", of_every_factor), "false means of recurrences:square"
    ),
    Mutation(
        RULE,
        "of a product as their product",
        method(Means, "mean", of_every_factor),
        "false means of recurrences:product-of-random-numbers",
    ),
)
