"""Mutations of inverses of sums around a factor, and of presuppositions inside of sums.

``test_guards`` runs them.
"""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.calculus import atoms, rotated_inverses
from everystep.prove.definedness import Definedness
from everystep.prove.equations import Equations
from everystep.prove.order import Order
from tests.prove.test_mutations import Mutation, always, method

as_written = Order.surface_nonnegative


def no_sums(self: Order, e: Any) -> bool:
    return not isinstance(self._written_out(e), ex.SumOver) and as_written(self, e)


def of_sums_of_anything(self: Order, e: Any) -> bool:
    return isinstance(self._written_out(e), ex.SumOver) or as_written(self, e)


rewritten = rotated_inverses._rewritten


def of_one_size(core: Any, term: Any, position: int, cut: Any, size: Any, number: Any) -> Any:
    return rewritten(core, term, position, cut, cut[1], number)


MUTATIONS = (
    Mutation(
        "trace of the inverse of a rotated product",
        "no product is rotated",
        method(rotated_inverses, "_least_rotation", always(None)),
        "inverses around a factor:trace-of-a-rotated-inverse",
    ),
    Mutation(
        "trace of the inverse of a rotated product",
        "the sizes are taken for equal",
        method(rotated_inverses, "_rewritten", of_one_size),
        "inverses around a factor:trace-of-a-rotated-inverse",
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
