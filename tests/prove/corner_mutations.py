"""Mutations of sums over corners and in either direction, and of geometric sums of powers, run by ``test_guards``."""

from __future__ import annotations

from typing import Any

from everystep.prove import closed_sums, triangle_sums
from everystep.prove.equations import Equations
from tests.prove.test_mutations import Mutation, always, method

corners = triangle_sums._corners
RULE = "sums over triangles"


def any_corner(core: Any, term: Any) -> Any:
    """As if the outer index always ran to the end of the corner."""
    for x, (low, high) in term.bound.items():
        for y in term.bound:
            if triangle_sums.unpack(high)[1].get(y) == -1 and x not in triangle_sums.symbols_of(term.bound[y][1]):
                term.bound[y] = (term.bound[y][0], triangle_sums.difference(triangle_sums.combine(high, y), low))
                yield x, y


def any_hanging_corner(core: Any, term: Any) -> Any:
    """As if the outer index always began where the corner does."""
    for x, (low, high) in term.bound.items():
        for y in term.bound:
            if triangle_sums.unpack(low)[1].get(y) == -1 and x not in triangle_sums.symbols_of(term.bound[y][0]):
                term.bound[y] = (triangle_sums.difference(triangle_sums.combine(low, y), high), term.bound[y][1])
                yield x, y


MUTATIONS = (
    Mutation(RULE, "corners stay", method(triangle_sums, "_turned", always(None)), "sums over corners:turned"),
    Mutation(RULE, "hanging corners stay", method(triangle_sums, "_hung", always(None)), "sums over corners:hanging"),
    Mutation(
        RULE,
        "hanging corners of any size",
        method(triangle_sums, "_hanging", any_hanging_corner),
        "false sums over corners:hanging-corner-of-another-size",
    ),
    Mutation(RULE, "gaps stay", method(triangle_sums, "_skewed", always(None)), "sums over corners:by-diagonals"),
    Mutation(
        RULE,
        "corners of any size",
        method(triangle_sums, "_corners", any_corner),
        "false sums over corners:corner-of-another-size",
    ),
    Mutation(
        "geometric sums",
        "of a power as of another base",
        method(closed_sums, "_raised", lambda core, powers, at: closed_sums.symbolic_power(core, powers[0][0], at)),
        "powers of sums:even-powers-of-a-sum",
    ),
    Mutation(
        "scalar equations",
        "solved for any monomial",
        method(Equations, "_moves", always(False)),
        "powers of sums:trace-of-a-recurrence",
    ),
)
