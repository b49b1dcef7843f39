"""Mutations of the means of members of random recurrences.  ``test_guards`` runs them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.calculus.indices import Integers
from everystep.prove import mean_recurrences, prover, second_moments
from everystep.prove.equations import Equations
from everystep.prove.mean_recurrences import Dependence, Means
from tests.prove.test_mutations import Mutation, always, method

RULE = "mean of a recurrence"
mean = Means.mean


def of_every_factor(self: Means, e: Expression) -> Expression:
    if isinstance(e, ex.Mul):
        return ex.Mul(*(self.mean(part) for part in e.operands))
    if isinstance(e, ex.Pow):
        return ex.Pow(self.mean(e.operands[0]), e.operands[1])
    return mean(self, e)


def without_the_other(self: Means, a: Expression, b: Expression) -> Expression:
    return self.mean(ex.Mul(a, ex.Transpose(b)))


def never_late(self: Dependence, last: dict[str, Any], name: str, place: Any) -> None:
    last[name] = (0, -9)


across = second_moments._across


def without_transposes(number: Any, p: int, chain: Any, q: int, moment: Any) -> Any:
    behind, joined = across(number, p, chain, q, moment)
    return behind, tuple(part.operands[0] if isinstance(part, ex.Transpose) else part for part in joined)


def without_start(self: Means, h: Any, k: Any) -> None:
    add_moment(self, h, k)
    self.starts[-1] = replace(self.starts[-1], body=ex.Mul(ex.Num(0), self.starts[-1].body))


add_moment = Means._add_moment


class AnyIndex(Integers):
    """Integers of which every one is at least another."""

    def at_least(self, a: Any, b: Any) -> bool:
        return True


MUTATIONS = (
    Mutation(
        "moment of every member",
        "skipped",
        method(Equations, "_cumulant_of_every", always(False)),
        "moments of every member:at-a-number",
    ),
    Mutation(
        RULE,
        "independent of all noise",
        method(Dependence, "independent", always(True)),
        "false means of recurrences:noise-of-two-steps",
    ),
    Mutation(
        RULE,
        "up to which index noise counts, forgotten",
        method(Dependence, "_note", never_late),
        "false means of recurrences:noise-of-two-steps",
    ),
    Mutation(
        RULE,
        "never independent of noise",
        method(Dependence, "independent", always(False)),
        "means of recurrences:variance",
    ),
    Mutation(
        RULE,
        "a covariance without the product of the means",
        method(Means, "_covariance", without_the_other),
        "means of recurrences:variance",
    ),
    Mutation(
        RULE,
        "a second moment that begins at 0",
        method(Means, "_add_moment", without_start),
        "means of recurrences:variance-of-two-steps",
    ),
    Mutation(
        RULE,
        "brought together without transposes",
        method(second_moments, "_across", without_transposes),
        "means of recurrences:numbers-beside-vectors",
    ),
    Mutation(
        RULE,
        "a step that is not known to be one",
        method(mean_recurrences, "integer_facts", lambda context: AnyIndex()),
        "false means of recurrences:before-the-start",
    ),
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
