"""Winter 2023, second assignment: vanishing gradients, momentum, second-order steps, weight normalisation.

The points are those of the course; the problems are in its order.
"""

from __future__ import annotations

from derivations import asked
from everystep.derivation import Assignment

QUESTIONS, MISSING = asked(
    ("vanishing", {"B1": 8, "B2": 9, "B3": 8}, "w23"),
    ("momentum", {"G1": 8, "G2": 8, "G3": 9}, ""),
    ("optimisation", {"G4": 8, "G5": 8, "G6": 9}, ""),
    ("weight_norm", {"E3": 8, "E4": 9, "E5": 8}, ""),
)

ASSIGNMENT = Assignment(
    id="w23_hw2",
    questions=QUESTIONS,
    missing=MISSING,
    title={
        "en": "Assignment 2: vanishing gradients, optimisation, weight normalisation",
        "fr": "Devoir 2 : gradients évanescents, optimisation, normalisation des poids",
    },
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Winter 2023", "fr": "Hiver 2023"},
    date={"en": "due date: see the course page", "fr": "date de remise : voir la page du cours"},
)
