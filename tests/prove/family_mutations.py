"""Mutations of the rules of orthonormal families.  ``test_guards`` runs them with its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from everystep.calculus import core
from everystep.calculus.core import Core
from everystep.calculus.orthonormal import OrthonormalFamilies
from everystep.prove import equations, families
from tests.prove.test_mutations import Mutation, always, both, method

rewritten, divided = OrthonormalFamilies.__call__, OrthonormalFamilies._divided
expanded, read = families.expansions, families.read_images


def as_many_as_entries(self: OrthonormalFamilies, term: Any) -> Any:
    """Every family is taken for a basis."""
    self.families = {head: replace(f, count=f.size) for head, f in self.families.items()}
    return rewritten(self, term)


def while_differentiating(self: OrthonormalFamilies, term: Any) -> Any:
    held, self.core.hypotheses = self.core.hypotheses, True
    try:
        return rewritten(self, term)
    finally:
        self.core.hypotheses = held


def of_both_slots(form: Any, rules: OrthonormalFamilies) -> None:
    read(form, rules)
    rules.images |= {(head, 1 - place, name): value for (head, place, name), value in rules.images.items()}


def of_few(rules: OrthonormalFamilies) -> Any:
    rules.families = {head: replace(f, count=f.size) for head, f in rules.families.items()}
    return expanded(rules)


def sign_lost(self: OrthonormalFamilies, term: Any) -> Any:
    found = divided(self, term)
    return None if found is None else [t.scaled(-1) if t.coefficient < 0 else t for t in found]


MUTATIONS = (
    Mutation(
        "orthonormal vectors",
        "skipped",
        method(OrthonormalFamilies, "_joined", always(None)),
        "families:projection-twice",
    ),
    Mutation(
        "orthonormal vectors",
        "at any index",
        method(OrthonormalFamilies, "_is_member", always(True)),
        "false families:beyond-the-last",
    ),
    Mutation(
        "orthonormal vectors",
        "while a derivative is taken",
        method(OrthonormalFamilies, "__call__", while_differentiating),
        "families:derivative-beside-a-unit-vector",
    ),
    Mutation(
        "orthonormal basis",
        "of fewer vectors than entries",
        method(OrthonormalFamilies, "__call__", as_many_as_entries),
        "false families:more-than-there-are",
    ),
    Mutation(
        "image of every vector of a family",
        "of the transpose",
        method(equations, "read_images", of_both_slots),
        "false families:image-of-the-transpose",
    ),
    Mutation(
        "matrix by the images of a basis",
        "of fewer vectors than entries",
        method(families, "expansions", of_few),
        "false families:transpose-of-few",
    ),
    Mutation(
        "quotient of a number of a family",
        "skipped, with division",
        both(method(OrthonormalFamilies, "_divided", always(None)), method(core, "leading_monomial", always(None))),
        "families:quotient-of-a-number-of-a-family",
    ),
    Mutation(
        "quotient of a number of a family",
        "the sign of the rest is lost",
        method(OrthonormalFamilies, "_divided", sign_lost),
        "families:quotient-of-a-number-of-a-family",
    ),
    Mutation(
        "normal form",
        "ranges that have nothing in common are not seen",
        method(Core, "_in_other_ranges", always(False)),
        "families:ranges-apart",
    ),
    Mutation(
        "normal form",
        "any two ranges have nothing in common",
        method(Core, "_in_other_ranges", always(True)),
        "false families:ranges-that-meet",
    ),
)
