"""A practice assignment: four derivations of the course, whole."""

from __future__ import annotations

from derivations import problem
from everystep.derivation import Assignment, question

ASSIGNMENT = Assignment(
    id="foundations",
    questions=tuple(
        question(problem(name), None, variant)
        for name, variant in (("bptt", "full"), ("dropout", ""), ("min_norm", "full"), ("weight_norm", ""))
    ),
    title={"en": "Practice: foundations", "fr": "Exercices : fondements"},
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Autumn 2026", "fr": "Automne 2026"},
)
