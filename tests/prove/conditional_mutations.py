"""Mutations of conditional means, of laws of which little is known, and of derivatives of means of functions.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from everystep.algebra.expressions import Given, Member
from everystep.calculus import differentials, expectation, lowering
from everystep.calculus.core import Core
from everystep.calculus.differentials import Target
from everystep.calculus.lowering import Lowering
from tests.prove.test_mutations import Mutation, always, item, method

depends = differentials.depends


def any_name(_: Lowering, e: Any) -> frozenset[str]:
    return frozenset(f"{'m' if isinstance(name, Member) else 'v'}:{name.name}" for name in e.held)


def no_mean(core: Core, head: str, target: Target) -> bool:
    return depends(core, head, replace(target, within=False))


MUTATIONS = (
    Mutation(
        "conditional mean",
        "nothing is given",
        method(Lowering, "held", always(frozenset())),
        "false conditional means:given-another",
    ),
    Mutation(
        "conditional mean",
        "given a member of a random family",
        method(Lowering, "held", any_name),
        "false conditional means:given-a-member",
    ),
    Mutation(
        "conditional mean",
        "given what is defined",
        method(Lowering, "held", any_name),
        "false conditional means:given-what-is-defined",
    ),
    Mutation("conditional mean", "0", item(lowering.RULES, Given, always([])), "conditional means:held"),
    Mutation(
        "conditional mean",
        "functions of what is given do not move",
        method(expectation, "_require_apart", always(None)),
        "false conditional means:function-of-both",
    ),
    Mutation(
        "tower rule",
        "whatever is given outside",
        method(Lowering, "is_given", always(True)),
        "false conditional means:tower-with-another",
    ),
    Mutation("tower rule", "skipped", method(Lowering, "is_given", always(False)), "conditional means:tower"),
    Mutation(
        "mean of what two moments are known of",
        "its third moment is a number",
        method(expectation, "_require_known", always(None)),
        "false conditional means:third-moment",
    ),
    Mutation(
        "mean of what two moments are known of",
        "means of its functions are numbers",
        method(expectation, "_require_known", always(None)),
        "false conditional means:function-of-two-moments",
    ),
    Mutation(
        "derivative of a mean",
        "0 where no law moves",
        method(differentials, "depends", no_mean),
        "false conditional means:slope-of-a-moving-mean",
    ),
)
