"""Mutations of what is known of triangular matrices, and of numbers none of which is 0.  ``test_guards`` runs them."""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.calculus import signs
from everystep.prove import equations, order, prover, triangular
from everystep.prove.order import Order
from everystep.prove.prover import Prover
from tests.prove.test_mutations import Mutation, always, both, method

kind = triangular._kind
on_diagonal = triangular._on_diagonal
positive = Order.component_positive


def of_the_first_factor(e: Any, known: Any) -> str:
    return of_the_first_factor(e.operands[0], known) if isinstance(e, ex.Mul) else kind(e, known)


def without_the_power(e: Any, at: Any) -> Any:
    return without_the_power(e.operands[0], at) if isinstance(e, ex.Pow) else on_diagonal(e, at)


def inverses_stay(e: Any, at: Any) -> Any:
    return inverses_stay(e.operands[0], at) if isinstance(e, ex.Inverse) else on_diagonal(e, at)


def sums_as_well(self: Order, component: Any, *rest: Any) -> bool:
    ((head, _), *_), _ = component
    return head in self.nowhere_zero or positive(self, component, *rest)


MUTATIONS = (
    Mutation(
        "triangular matrix",
        "no product is one",
        method(triangular, "_kind", lambda e, known: "" if isinstance(e, ex.Mul) else kind(e, known)),
        "triangular:trace-of-a-product",
    ),
    Mutation(
        "triangular matrix",
        "a product is of the kind of its first factor",
        method(triangular, "_kind", of_the_first_factor),
        "false triangular:mixed-kinds",
    ),
    Mutation(
        "triangular matrix",
        "a power has the diagonal of its base",
        method(triangular, "_on_diagonal", without_the_power),
        "triangular:diagonal-of-a-cube",
    ),
    Mutation(
        "triangular matrix",
        "an inverse has the diagonal of the matrix",
        method(triangular, "_on_diagonal", inverses_stay),
        "triangular:diagonal-of-an-inverse",
    ),
    Mutation(
        "triangular matrix",
        "both sides of the diagonal are zero",
        method(triangular, "_is_outside", always(True)),
        "false triangular:entry-below",
    ),
    Mutation(
        "triangular matrix",
        "not in inequalities",
        method(Prover, "_without_triangles", always([])),
        "triangular:determinant-of-a-positive-triangle",
    ),
    Mutation(
        "triangular matrix",
        "a positive diagonal is a positive matrix",
        both(method(signs, "on_diagonal", always(True)), method(order, "on_diagonal", always(True))),
        "false triangular:all-entries",
    ),
    Mutation(
        "triangular matrix",
        "no diagonal is known",
        method(equations, "head_of_every_diagonal", always("")),
        "triangular:trace-of-a-positive-diagonal",
    ),
    Mutation(
        "triangular matrix",
        "every entry is meant",
        method(equations, "head_of_every", lambda e: f"v:{e.operands[0].name}" if isinstance(e, ex.Entry) else ""),
        "false triangular:no-sum-of-entries",
    ),
    Mutation(
        "no entry is zero",
        "no entry is known",
        method(order, "head_of_every", always("")),
        "triangular:square-of-an-entry",
    ),
    Mutation(
        "no entry is zero",
        "nor is a sum of them",
        method(Order, "component_positive", sums_as_well),
        "false triangular:sum-of-what-is-nowhere-zero",
    ),
    Mutation(
        "quotient by a power",
        "skipped",
        method(Prover, "equal_by_powers_below", always(False)),
        "triangular:quotient-by-a-power",
    ),
    Mutation(
        "quotient by a power",
        "a power is its base",
        method(prover, "with_powers_below", lambda e: e),
        "triangular:quotient-by-a-power",
    ),
)
