"""Autumn 2022, second assignment: recurrent networks, attention as a graph network, normalisation, regularisation.

The points are those of the course; the problems are in its order.
"""

from __future__ import annotations

from derivations import asked
from everystep.derivation import Assignment

QUESTIONS, MISSING = asked(
    ("bptt", {"A1": 2, "A2": 5, "A3": 5, "A4": 5, "A5": 3}, ""),
    ("graph_attention", {"D1": 5, "D2": 5, "D3": 3, "D4": 5, "D5": 2}, ""),
    ("normalisation", {"E1": 6, "E2": 2}, "a22"),
    ("dropout", {"F1": 6}, ""),
    ("min_norm", {"descent": 1, "row_space": 1, "limit": 2, "smallest": 2}, "short"),
    ("review", {"J": 20}, ""),
)

ASSIGNMENT = Assignment(
    id="a22_hw2",
    questions=QUESTIONS,
    missing=MISSING,
    title={
        "en": "Assignment 2: recurrent networks, attention, normalisation, regularisation",
        "fr": "Devoir 2 : réseaux récurrents, attention, normalisation, régularisation",
    },
    course={
        "en": "IFT6135 Representation Learning",
        "fr": "IFT6135 Apprentissage de représentations",
    },
    term={"en": "Autumn 2022", "fr": "Automne 2022"},
    date={"en": "due date: see the course page", "fr": "date de remise : voir la page du cours"},
)
