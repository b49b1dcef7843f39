"""Winter 2021, second assignment: vanishing gradients, decoding, weight decay, normalisation.

The points are those of the course; the problems are in its order.
"""

from __future__ import annotations

from derivations import asked
from everystep.derivation import Assignment

QUESTIONS, MISSING = asked(
    ("vanishing", {"B1": 4, "B2": 6, "B3": 4}, "w21"),
    ("decoding", {"C1": 1, "C2": 12, "C3": 2, "C4": 6}, ""),
    ("regularisation", {"F3": 2, "F4": 3, "F5": 4, "F6": 4}, ""),
    ("normalisation", {"E1": 4}, "w21"),
    ("weight_norm", {"E3": 6, "E4": 6}, ""),
)

ASSIGNMENT = Assignment(
    id="w21_hw2",
    questions=QUESTIONS,
    missing=MISSING,
    title={
        "en": "Assignment 2: recurrent networks, decoding, weight decay, normalisation",
        "fr": "Devoir 2 : réseaux récurrents, décodage, décroissance des poids, normalisation",
    },
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Winter 2021", "fr": "Hiver 2021"},
    date={"en": "due date: see the course page", "fr": "date de remise : voir la page du cours"},
)
