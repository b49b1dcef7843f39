"""Mutations of the lemmas of courses, of letters for members and of solved recurrences.  ``test_guards`` runs them."""

from __future__ import annotations

from typing import Any

from everystep.prove import course_lemmas, fixed_members, forms, lemmas, norm_bounds, prover, solved_recurrences
from everystep.prove.order import Order
from tests.prove.statements import A
from tests.prove.test_mutations import Mutation, always, item, method


def every_square_matrix(lemmas_: Any) -> Any:
    return [A]


SKIPPED = (
    ("contractions left out", "course bounds:contraction"),
    ("roots of forms", "course bounds:roots"),
    ("sums term by term", "course bounds:terms"),
    ("relative entropy below chi-squared", "course bounds:chi-squared"),
    ("trace of a contracted matrix", "course bounds:trace"),
    ("spectrum between two numbers", "course bounds:spectrum"),
)
MUTATIONS = (
    *(Mutation(rule, "skipped", item(lemmas.LEMMAS, rule, always(False)), row) for rule, row in SKIPPED),
    Mutation(
        "contractions left out",
        "of any factor",
        method(course_lemmas, "_is_contraction", always(True)),
        "false course bounds:any-factor",
    ),
    Mutation(
        "trace of a contracted matrix",
        "of any matrix",
        method(course_lemmas, "_is_contraction", always(True)),
        "false course bounds:trace-of-any",
    ),
    Mutation(
        "sums term by term",
        "no letters for entries",
        method(course_lemmas, "_holds_of_letters", always(False)),
        "course bounds:squares-of-terms",
    ),
    Mutation(
        "forms in several vectors",
        "skipped beside an inverse",
        method(forms, "_matrix_beside_inverse", always(False)),
        "course bounds:matrix-and-inverse",
    ),
    Mutation(
        "forms in several vectors",
        "beside any inverse",
        method(forms, "_is_inverse", always(True)),
        "false course bounds:another-inverse",
    ),
    Mutation(
        "norms of factors",
        "no factors with the norm 1",
        method(norm_bounds, "head_of_every", always("")),
        "course bounds:stochastic",
    ),
    Mutation(
        "norms of factors",
        "stochastic whatever the entries are",
        method(norm_bounds, "stochastic_matrices", every_square_matrix),
        "false course bounds:rows-with-signs",
    ),
    Mutation(
        "bounded functions",
        "no entries",
        method(Order, "_read_entry_bounds", always(None)),
        "course bounds:entries-between",
    ),
    Mutation(
        "members at one index as letters",
        "skipped",
        method(prover, "with_members_as_letters", always(None)),
        "members at one index:weighted-mean",
    ),
    Mutation(
        "members at one index as letters",
        "also where they vary",
        method(fixed_members, "VARYING", ()),
        "false members at one index:under-a-derivative",
    ),
    Mutation(
        "without equations at another index",
        "skipped",
        method(prover, "without_equations_elsewhere", always(None)),
        "members at one index:another-index",
    ),
    Mutation(
        "solution of a linear recurrence",
        "skipped",
        method(prover, "with_solutions", always(None)),
        "solved recurrences:by-a-weight",
    ),
    Mutation(
        "solution of a linear recurrence",
        "by any member",
        method(solved_recurrences, "_varies_freely", always(True)),
        "false solved recurrences:by-the-member-before",
    ),
)
