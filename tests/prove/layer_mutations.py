"""Mutations of the bounds through layers, of diagonal factors and of covariances of weights, run by ``test_guards``."""

from __future__ import annotations

from typing import Any

from everystep.algebra import expressions as ex
from everystep.prove import as_written, definiteness, forms, jacobian_bounds, lemmas, norm_bounds
from everystep.prove.jacobian_bounds import Layers
from everystep.prove.lemmas import Lemmas
from everystep.prove.order import Order
from tests.prove.test_mutations import Mutation, always, item, method

through_steps = jacobian_bounds._through_steps
of_product = Layers._of_product


class AnyStep:
    """Integers of which every one is at least another."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def at_least(self, a: Any, b: Any) -> bool:
        return True


def from_anywhere(lemmas_: Lemmas, *rest: Any) -> Any:
    core = lemmas_.form.core
    before, core.integers = core.integers, AnyStep(core.integers)  # type: ignore[assignment]
    try:
        return through_steps(lemmas_, *rest)
    finally:
        core.integers = before


def only_itself(self: Layers, e: Any) -> Any:
    """As if nothing but the variable itself moved with it."""
    return None if isinstance(e, ex.Add) else [] if e != self.variable else [[]]


def of_last(self: Layers, e: Any) -> Any:
    """As if the matrices before a column did not depend on the variable."""
    return [[ex.Norm(f, "2") for f in e.operands[:-1]] + path for path in self.of(e.operands[-1])]


SKIPPED = (
    ("norms of Jacobians", "bounds through layers:all-steps"),
    ("bounded diagonal factors", "diagonal factors:between-two-matrices"),
)
MUTATIONS = (
    *(Mutation(name, "skipped", item(lemmas.LEMMAS, name, always(False)), row) for name, row in SKIPPED),
    Mutation(
        "norms of Jacobians",
        "steps that are not known to be steps",
        method(jacobian_bounds, "_through_steps", from_anywhere),
        "false bounds through layers:before-the-start",
    ),
    Mutation(
        "norms of Jacobians",
        "other members do not count",
        method(Layers, "_defined", lambda self, e: ex.Num(0)),
        "false bounds through layers:two-steps-back",
    ),
    Mutation(
        "norms of Jacobians",
        "matrices that move with the variable",
        method(Layers, "_of_product", of_last),
        "false bounds through layers:matrix-of-the-variable",
    ),
    Mutation(
        "norms of Jacobians",
        "every function has slopes of at most 1",
        method(jacobian_bounds, "SLOPES", dict.fromkeys(("exp", "tanh"), "1")),
        "false bounds through layers:slope-of-exp",
    ),
    Mutation(
        "bounded diagonal factors",
        "of any entries",
        method(Lemmas, "nonnegative_entries", always(True)),
        "false bounds through layers:slopes-of-any-size",
    ),
    Mutation(
        "diagonal matrix",
        "skipped",
        item(as_written.RULES, "diagonal matrix", always(False)),
        "diagonal factors:products-of-diagonals",
    ),
    Mutation(
        "diagonal matrix",
        "of any entries",
        method(Order, "nonnegative", always(True)),
        "false bounds through layers:diagonal-of-any-sign",
    ),
    Mutation(
        "identity and a covariance of weights",
        "skipped",
        item(definiteness.WHOLE, "identity and a covariance of weights", always(False)),
        "covariances of weights:half-the-identity",
    ),
    Mutation(
        "identity and a covariance of weights",
        "of any weights",
        method(forms, "covariance_of_weights", always(True)),
        "false bounds through layers:weights-of-any-sum",
    ),
    Mutation(
        "norms of factors",
        "the identity has the norm 1 in every norm",
        method(norm_bounds, "_has_identity", always(True)),
        "false bounds through layers:identity-in-the-frobenius-norm",
    ),
)
