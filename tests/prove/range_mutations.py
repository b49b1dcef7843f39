"""Mutations of sums over triangles and of steps of integers.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from typing import Any

from everystep.calculus import given_sums, whole_steps
from everystep.calculus.given_sums import GivenSums
from everystep.calculus.networks import Term
from everystep.calculus.two_values import TwoValues
from everystep.prove import closed_sums, equations, normal_form, prover, triangle_sums
from everystep.prove.equations import Equations
from tests.prove.test_mutations import Mutation, always, both, method

values = TwoValues.values
line = triangle_sums._line
cut = whole_steps._cut


def no_line(term: Term, t: Any, k: int) -> Term:
    return line(term, t, k).scaled(0)


def first_body(core: Any, term: Term, mapping: dict[str, Any]) -> Any:
    return ()


def whole_range(core: Any, rest: Term, excess: Any) -> Term:
    return rest


MUTATIONS = (
    Mutation(
        "property of every member of a family",
        "skipped",
        both(
            method(Equations, "_every_member", always(None)),
            method(prover, "with_members_as_letters", always(None)),
        ),
        "properties of families:every-member",
    ),
    Mutation(
        "property of every member of a family",
        "of one member",
        method(equations, "is_of_every", always(True)),
        "false properties of families:one-member",
    ),
    Mutation(
        "function of a number with two values",
        "skipped",
        method(TwoValues, "__call__", always(None)),
        "two values:loss-of-a-label",
    ),
    Mutation(
        "function of a number with two values",
        "signs are labels",
        method(TwoValues, "values", lambda self, factor: (0, 1) if values(self, factor) else None),
        "two values:loss-of-a-sign",
    ),
    Mutation(
        "sum that is given at every index",
        "skipped",
        method(GivenSums, "__call__", always(None)),
        "given sums:all-shares",
    ),
    Mutation(
        "sum that is given at every index",
        "over any range",
        method(given_sums, "_is_over", always(True)),
        "false given sums:all-but-the-last",
    ),
    Mutation(
        "sum that is given at every index",
        "at any index",
        method(GivenSums, "_is_within", always(True)),
        "false given sums:beyond-the-last",
    ),
    Mutation(
        "sum that is given at every index",
        "at the summed index",
        method(given_sums, "_meets_itself", always(False)),
        "false given sums:diagonal",
    ),
    Mutation(
        "sums over triangles",
        "skipped",
        method(normal_form, "ordered_triangles", lambda core, p: p),
        "triangles:exchanged",
    ),
    Mutation(
        "sums over triangles",
        "the diagonal is left out",
        method(triangle_sums, "_line", no_line),
        "triangles:square-of-a-sum-with-diagonal",
    ),
    Mutation(
        "sums over triangles",
        "all bodies are symmetric",
        method(triangle_sums, "_body", first_body),
        "false triangles:half-of-what-is-not-symmetric",
    ),
    Mutation(
        "sums over triangles",
        "a trapezoid is a triangle",
        method(triangle_sums, "as_constant", always(0)),
        "false triangles:trapezoid",
    ),
    Mutation(
        "geometric sums",
        "skipped",
        method(normal_form, "by_geometric_relations", lambda core, p: p),
        "geometric sums:times-a-ratio-that-is-tied",
    ),
    Mutation(
        "geometric sums",
        "quotients stay",
        method(closed_sums, "_holds", lambda have, exponent: exponent > 0 and have >= exponent),
        "geometric sums:divided-by-the-ratio",
    ),
    Mutation(
        "geometric sums",
        "the last power is forgotten",
        method(closed_sums, "shifted", lambda slot, by: slot),
        "geometric sums:times-a-ratio-that-is-tied",
    ),
    Mutation(
        "step of an integer",
        "skipped",
        method(normal_form, "steps_of_integers", always(None)),
        "steps of integers:range-ends",
    ),
    Mutation(
        "step of an integer",
        "the range stays",
        method(whole_steps, "_cut", whole_range),
        "steps of integers:range-begins",
    ),
    Mutation(
        "step of an integer",
        "wherever the end is",
        method(whole_steps, "follows", lambda core, term, a, b, but="": bool(but)),
        "false steps of integers:end-outside-of-the-range",
    ),
    Mutation(
        "step of an integer",
        "halves are rounded up",
        method(whole_steps, "floor", lambda x: int(x) + 1),
        "steps of integers:range-begins",
    ),
)
