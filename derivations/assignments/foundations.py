"""The first assignment: four derivations of the foundations part."""

from __future__ import annotations

from derivations import problem
from everystep.derivation import Assignment

ASSIGNMENT = Assignment(
    id="foundations",
    problems=tuple(problem(name) for name in ("bptt", "dropout", "min_norm", "weight_norm")),
    title={"en": "Assignment 1: foundations", "fr": "Devoir 1 : fondements"},
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Autumn 2026", "fr": "Automne 2026"},
)
