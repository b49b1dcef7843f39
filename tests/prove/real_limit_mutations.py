"""Mutations of the rules for limits of a real variable.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from typing import Any

import pytest

from everystep.algebra.expressions import LimitAt
from everystep.calculus.networks import Poly, Undecided
from everystep.prove import growth, limits, real_variables
from everystep.prove.bound import claim_apart
from everystep.prove.definedness import Definedness
from everystep.prove.growth import Way
from everystep.prove.prover import Prover
from everystep.prove.real_limits import RealLimits
from everystep.prove.real_points import AtPoint
from everystep.prove.real_variables import claim_with_limits_apart
from tests.prove.test_mutations import Mutation, Patch, always, item, method


def from_above(self: RealLimits, e: LimitAt, *rest: Any) -> Poly:
    return self._along(e, *rest, 1)


def none_below(self: RealLimits, e: LimitAt, side: int) -> bool:
    return side < 0


def named_without_definitions(self: Prover, claim: Any) -> Any:
    return claim_with_limits_apart(claim_apart(claim, self.taken), self.context)[0]


def undecided(*_: Any) -> Poly:
    raise Undecided("not tried")


def as_it_stands(body: Any, *_: Any) -> Any:
    return body, {}


def unkept(name: str, replacement: Any) -> Patch:
    """A change of how names are set apart, with nothing kept from before."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(real_variables, "_apart", real_variables._apart.__wrapped__)
        monkeypatch.setattr(real_variables, name, replacement)

    return patch


MUTATIONS = (
    Mutation(
        "limit by the Taylor coefficients of the numerator",
        "the lower coefficients are taken to be 0",
        method(AtPoint, "is_zero", always(True)),
        "false real limits:second-order-without-first",
    ),
    Mutation(
        "limit by the Taylor coefficients of the numerator",
        "no derivative is taken",
        method(growth, "derivative", lambda core, terms, target: terms),
        "real limits:taylor",
    ),
    Mutation(
        "limit by continuity",
        "everything is smooth",
        method(Way, "smooth", always(True)),
        "false real limits:zero-over-a-zero",
    ),
    Mutation(
        "limit of a continuous function",
        "every number is not 0",
        method(AtPoint, "is_nonzero", always(True)),
        "false real limits:zero-over-a-zero-symmetric",
    ),
    Mutation(
        "limit of a continuous function",
        "every matrix is invertible",
        method(AtPoint, "is_invertible", always(True)),
        "false real limits:inverse-of-what-may-be-singular",
    ),
    Mutation(
        "limit of a continuous function",
        "nothing is held",
        method(RealLimits, "_with_held", always(None)),
        "real limits:held",
    ),
    Mutation(
        "limits from both sides",
        "one is enough",
        method(RealLimits, "_from_sides", from_above),
        "false real limits:two-sided-size",
    ),
    Mutation(
        "limit from the only side with values",
        "there are none below",
        method(RealLimits, "_has_no_value", none_below),
        "false real limits:two-sided-step",
    ),
    Mutation(
        "limit from the only side with values",
        "skipped",
        method(RealLimits, "_has_no_value", always(False)),
        "real limits:only-side",
    ),
    Mutation(
        "limit of a power times what is bounded",
        "everything is bounded",
        method(Way, "_require_bounded", always(None)),
        "false real limits:opaque-squeezed",
    ),
    Mutation(
        "limit of an exponential",
        "every exponent decreases",
        method(Way, "_direction", always(-1)),
        "false real limits:growing-exponential",
    ),
    Mutation(
        "limit of an exponential",
        "every exponent decreases slowly",
        method(Way, "_tends_to_infinity", always(-1)),
        "false real limits:power-of-any-sign",
    ),
    Mutation(
        "limit over common denominators",
        "skipped",
        method(Way, "_over_denominators", undecided),
        "real limits:denominators",
    ),
    Mutation(
        "limit of a function far out",
        "a sign is lost",
        item(growth.FAR_OUT, ("tanh", 1), -1),
        "real limits:far-out",
    ),
    Mutation(
        "limit of a regularised inverse",
        "any matrix may be added",
        method(RealLimits, "_is_shift", always(True)),
        "false real limits:ridge-with-a-metric",
    ),
    Mutation(
        "limit of a regularised inverse",
        "skipped",
        method(RealLimits, "_regularised", always(None)),
        "real limits:regularised",
    ),
    Mutation(
        "limit of a scaled log-sum-exp",
        "any scale will do",
        method(RealLimits, "_vanishes_from_above", always(True)),
        "false real limits:scale-that-stays",
    ),
    Mutation(
        "limit of a sequence by a real variable",
        "skipped",
        method(limits, "of_real_variable", always(None)),
        "real limits:sequence-by-a-real-variable",
    ),
    Mutation(
        "limit of a sequence by a real variable",
        "of powers of any number",
        method(RealLimits, "has_positive_bases", always(True)),
        "false real limits:powers-of-a-negative-number",
    ),
    Mutation(
        "names of variables of limits",
        "a name that moves keeps its definition",
        method(Prover, "apart", named_without_definitions),
        "real limits:gradient-by-a-name-that-moves",
    ),
    Mutation(
        "limits of equal functions",
        "skipped",
        method(Prover, "_have_equal_limits", always(False)),
        "real limits:equal-functions",
    ),
    Mutation(
        "names of variables of limits",
        "definitions are not written out",
        unkept("_written_out", as_it_stands),
        "false real limits:defined-by-the-free-letter",
    ),
    Mutation(
        "names of variables of limits",
        "recurrences and laws do not depend on them",
        unkept("_moving", always(frozenset())),
        "false real limits:recurrence-of-the-letter",
    ),
    Mutation(
        "near the point of a limit",
        "everything holds",
        method(Definedness, "_eventually", always(True)),
        "undefined:near-a-point",
    ),
)
