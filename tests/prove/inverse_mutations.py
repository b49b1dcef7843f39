"""Mutations of inverses of sums around a factor, and of presuppositions inside of sums.

``test_guards`` runs them.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.calculus import atoms, inverted_sums, turned_traces
from everystep.calculus.core import Core
from everystep.calculus.inverted_sums import InvertedSums
from everystep.calculus.networks import Term
from everystep.prove import normal_form
from everystep.prove.definedness import Definedness
from everystep.prove.equations import Equations
from everystep.prove.order import Order
from tests.prove.test_mutations import Mutation, always, method

as_written = Order.surface_nonnegative
loop = turned_traces._loop
cancelled = InvertedSums._cancelled


def of_one(self: InvertedSums, head: str, key: Any, ends: Any) -> list[Term]:
    return cancelled(self, head, key, ends, True)[:1]


def no_sums(self: Order, e: Any) -> bool:
    return not isinstance(self._written_out(e), ex.SumOver) and as_written(self, e)


def of_sums_of_anything(self: Order, e: Any) -> bool:
    return isinstance(self._written_out(e), ex.SumOver) or as_written(self, e)


def no_quotients(core: Core, poly: Any, exponent: Any) -> Any:
    return Term(1), poly


MUTATIONS = (
    Mutation(
        "trace of the inverse of a rotated word",
        "skipped",
        method(normal_form, "turned_traces", always(None)),
        "inverses around a factor:trace-of-the-turned-word",
    ),
    Mutation(
        "trace of the inverse of a rotated word",
        "the sizes do not count",
        method(turned_traces, "_left_over", always([])),
        "inverses around a factor:trace-of-the-turned-word",
    ),
    Mutation(
        "trace of the inverse of a rotated word",
        "every power is the first",
        method(turned_traces, "_loop", lambda core, term, head: min(1, loop(core, term, head))),
        "inverses around a factor:trace-of-the-square-of-the-turned-word",
    ),
    Mutation(
        "inverse",
        "what a part is divided by stays inside, in a derivative",
        method(Core, "without_denominators", no_quotients),
        "inverses around a factor:slope-of-a-log-determinant",
    ),
    Mutation(
        "inverse",
        "what a part is divided by stays inside",
        method(Core, "without_denominators", no_quotients),
        "inverses around a factor:inverse-of-a-sum-with-a-quotient",
    ),
    Mutation(
        "inverse of a sum of dyads",
        "skipped",
        method(InvertedSums, "__call__", always(None)),
        "inverses around a factor:inverse-of-a-sum-of-dyads",
    ),
    Mutation(
        "inverse of a sum of dyads",
        "over any range",
        method(inverted_sums, "_is_summed", always(True)),
        "false inverses:sum-over-a-part",
    ),
    Mutation(
        "inverse of a sum of dyads",
        "the other summands are lost",
        method(InvertedSums, "_cancelled", lambda self, head, key, ends, on_right: of_one(self, head, key, ends)),
        "inverses around a factor:inverse-of-a-weighted-sum",
    ),
    Mutation(
        "inverse",
        "none between orthogonal factors",
        method(atoms, "_inverse_between_orthogonal", always(None)),
        "inverses around a factor:between-orthogonal-factors",
    ),
    Mutation(
        "Sherman-Morrison",
        "ranks of columns are not read",
        method(Equations, "_full_rank", always(None)),
        "inverses around a factor:gram-with-a-row",
    ),
    Mutation(
        "Sherman-Morrison",
        "ranks of rows are not read",
        method(Equations, "_full_rank", always(None)),
        "inverses around a factor:outer-gram-with-a-column",
    ),
    Mutation(
        "definedness",
        "signs of sums are not read as they are written",
        method(Order, "surface_nonnegative", no_sums),
        "defined:spread-in-a-sum",
    ),
    Mutation(
        "definedness",
        "sums of anything have a sign",
        method(Order, "surface_nonnegative", of_sums_of_anything),
        "defined:spread-in-a-sum",
    ),
    Mutation(
        "definedness",
        "nothing in a sum is constant",
        method(Definedness, "_is_constant_in_scope", always(False)),
        "defined:spread-in-a-sum",
    ),
)
