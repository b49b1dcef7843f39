"""Autumn 2022, first assignment: activations, a mixture, Hessian-vector products, convolutions.

The points are those of the course; the problems are in its order.
"""

from __future__ import annotations

from derivations import asked
from everystep.derivation import Assignment

QUESTIONS, MISSING = asked(
    ("activations", {"H1": 5, "H2": 2, "H3": 3, "H4": 5}, ""),
    ("mixture", {"H5": 10}, ""),
    ("optimisation", {"G6": 5}, ""),
    ("hessian_vector", {"G7": 2, "G8": 5, "G9": 2, "G10": 2, "G11": 4}, ""),
    ("convolution", {"I1": 3, "I2": 5, "I3": 5, "I4": 7}, ""),
    ("receptive_field", {"I5": 3, "I6": 2, "I7": 3, "I8": 7}, ""),
)

ASSIGNMENT = Assignment(
    id="a22_hw1",
    questions=QUESTIONS,
    missing=MISSING,
    title={
        "en": "Assignment 1: activations, second-order methods, convolutions",
        "fr": "Devoir 1 : activations, méthodes du second ordre, convolutions",
    },
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Autumn 2022", "fr": "Automne 2022"},
    date={"en": "due date: see the course page", "fr": "date de remise : voir la page du cours"},
)
