"""Mutations of sums in closed form, limits of recurrences, and scalar equations with denominators.

``test_guards`` runs them with its own.
"""

from __future__ import annotations

from everystep.calculus import functions, squares
from everystep.calculus.core import Core
from everystep.calculus.indices import Integers
from everystep.calculus.networks import Key
from everystep.prove import closed_sums, lemmas, limits, normal_form
from everystep.prove.definedness import Definedness
from everystep.prove.limits import Limits
from everystep.prove.normal_form import NormalForm
from tests.prove.test_mutations import Mutation, always, item, method, unchanged


def without_missing_factors(key: Key, lead: Key) -> Key:
    less = dict(lead)
    return tuple((c, e - less.get(c, 0)) for c, e in key if e != less.get(c, 0))


MUTATIONS = (
    Mutation(
        "sums in closed form", "skipped", method(normal_form, "in_closed_form", lambda core, p, _: p), "closed:cubes"
    ),
    Mutation(
        "sums in closed form",
        "the powers are not lowered",
        method(closed_sums, "faulhaber", lambda degree: {degree + 1: 1}),
        "closed:fourth-powers",
    ),
    Mutation(
        "sums in closed form",
        "skipped in limits",
        method(limits, "in_closed_form", lambda core, p, _: p),
        "closed:limit-of-a-geometric-sum",
    ),
    Mutation(
        "limit of a linear recurrence",
        "skipped",
        method(Limits, "_of_recurrence", always(None)),
        "closed:average-of-a-constant",
    ),
    Mutation(
        "limit of a linear recurrence",
        "of any slope",
        method(Limits, "_within_one", always(True)),
        "false closed:limit-of-a-growing-recurrence",
    ),
    Mutation(
        "scalar equations",
        "a factor below is dropped",
        method(normal_form, "key_quotient", without_missing_factors),
        "false closed:stationary-quotient-of-another-degree",
    ),
    Mutation(
        "scalar equations",
        "a root of a constant stays",
        method(NormalForm, "_with_constant", lambda self, p, *_: p),
        "closed:unit-vector-along-another",
    ),
    Mutation("root of a square", "skipped", method(functions, "square_root", always(None)), "closed:root-of-a-square"),
    Mutation(
        "root of a square",
        "of what begins with one",
        method(squares, "_difference", always({})),
        "false closed:root-of-no-square",
    ),
    Mutation(
        "multiplied by numbers below",
        "skipped",
        method(NormalForm, "multiplied_out", unchanged),
        "closed:number-solved-for-within-a-vector",
    ),
    Mutation(
        "integer hypotheses",
        "none that indices differ",
        method(Core, "_apart", always(False)),
        "closed:shear-undone",
    ),
    Mutation(
        "integer hypotheses",
        "all indices differ",
        method(Integers, "differ", always(True)),
        "false closed:indices-that-may-agree",
    ),
    Mutation(
        "a sum of positive terms",
        "of any terms",
        method(Core, "_is_sum", lambda self, head, strict: head[:2] == "p:"),
        "false closed:log-of-a-quotient-of-any-sums",
    ),
    Mutation(
        "logarithm and one",
        "skipped",
        item(lemmas.LEMMAS, "logarithm and one", always(False)),
        "closed:log-determinant-above-zero",
    ),
    Mutation(
        "softplus and relu",
        "skipped",
        item(lemmas.LEMMAS, "softplus and relu", always(False)),
        "closed:softplus-below-relu",
    ),
    Mutation(
        "determinant of a definite matrix",
        "of any matrix",
        method(Definedness, "_is_definite", always(True)),
        "undefined:log-of-another-determinant",
    ),
)
