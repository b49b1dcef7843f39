"""Mistakes about summed messages, complete graphs, and attention as a graph network."""

from __future__ import annotations

from fractions import Fraction

from derivations.graph_attention import (
    PROBLEM,
    VECTORS,
    WEIGHTS,
    A,
    V,
    b,
    combined,
    h,
    i,
    j,
    message,
    n,
    others,
    own_message,
    raw,
    weight,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Div, Entry, Int, Num, total
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        PROBLEM.derivation,
        "edges-out-of-the-vertex",
        "update.result",
        combined(total(Entry(A, i, j) * message(i, j), j, 1, n)),
        "refuted",
        en="Messages arrive along the edges into `i`; this sums over the edges that leave it.",
        fr="Les messages arrivent par les arcs qui mènent à `i` ; ceci somme sur les arcs qui en partent.",
        cost=2,
    ),
    twin(
        PROBLEM.derivation,
        "all-vertices",
        "update.result",
        combined(total(message(i, j), j, 1, n)),
        "refuted",
        en="Only vertices with an edge into `i` send it a message.",
        fr="Seuls les sommets d'où part un arc vers `i` lui envoient un message.",
        cost=1.5,
    ),
    twin(
        PROBLEM.derivation,
        "edges-without-direction",
        "edges.result",
        Div(Int(n) * (Int(n) - 1), Num(2)),
        "refuted",
        en="Edges are directed: each pair of vertices has two.",
        fr="Les arcs sont orientés : chaque paire de sommets en a deux.",
    ),
    twin(
        PROBLEM.derivation,
        "loops-not-removed",
        "edges.pairs",
        Int(n) ** 2,
        "refuted",
        en="The pairs of a vertex with itself are loops, which the graph does not have.",
        fr="Les couples d'un sommet avec lui-même sont des boucles, que le graphe n'a pas.",
    ),
    twin(
        PROBLEM.derivation,
        "own-message-twice",
        "messages.result",
        total(weight[i, j] * V * h[j], j, 1, n) + own_message,
        "refuted",
        en="The sum over all tokens already holds the token itself.",
        fr="La somme sur tous les jetons contient déjà le jeton lui-même.",
    ),
    twin(
        PROBLEM.derivation,
        "own-message-forgotten",
        "messages.result",
        others(weight[i, j] * V * h[j]),
        "refuted",
        en="Each token attends to itself, too; without a loop, the update must add this term.",
        fr="Chaque jeton porte aussi son attention sur lui-même ; sans boucle, la mise à jour doit ajouter ce terme.",
    ),
    twin(
        PROBLEM.derivation,
        "own-part-missing-below",
        "pairs.result",
        Div(others(raw[i, j] * V * h[j]) + raw[i, i] * V * h[i], others(raw[i, j]) + Num(1)),
        "refuted",
        en="The exponential of the token itself belongs to the sum below as well.",
        fr="L'exponentielle du jeton lui-même fait aussi partie de la somme du dénominateur.",
    ),
    twin(
        PROBLEM.derivation,
        "linear-growth",
        "double",
        2 * (Int(n) * (Int(n) - 1)),
        "refuted",
        en="Both ends of an edge have twice as many choices.",
        fr="Les deux bouts d'un arc ont deux fois plus de choix.",
    ),
    twin(
        PROBLEM.derivation,
        "one-token-too-many",
        "spread",
        Div(b, b + Int(n)),
        "refuted",
        en="Beside the token that stands out there are `n` tokens less one.",
        fr="À côté du jeton qui ressort, il y a `n` jetons moins un.",
        cost=0.5,
    ),
)


def positive_first() -> list[Fraction]:
    """The new vector if negative entries of the messages are cut before the sum."""
    return [
        sum((share * max(2 * VECTORS[one][place], 0) for one, share in WEIGHTS.items()), Fraction(0))
        for place in range(2)
    ]


def not_cut() -> list[Fraction]:
    """The new vector if negative entries of the aggregate stay."""
    return [sum((share * 2 * VECTORS[one][place] for one, share in WEIGHTS.items()), Fraction(0)) for place in range(2)]


ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "cut-before-the-sum",
        "vertex",
        {
            "en": "Negative entries are cut after the messages have been added, not before.",
            "fr": "Les composantes négatives sont annulées après l'addition des messages, non avant.",
        },
        "updated",
        positive_first,
        cost=1.5,
    ),
    WrongAnswer(
        "not-cut",
        "vertex",
        {
            "en": "The negative entry of the aggregate becomes 0.",
            "fr": "La composante négative de l'agrégat devient 0.",
        },
        "updated",
        not_cut,
    ),
    WrongAnswer(
        "loops-counted",
        "complete",
        {
            "en": "A complete graph has no loops, unless it is said to have them.",
            "fr": "Un graphe complet n'a pas de boucles, sauf mention contraire.",
        },
        "edges",
        lambda: 4 * 4,
    ),
    WrongAnswer(
        "weight-of-one-pair",
        "depends",
        {
            "en": "The weight of a pair changes with the score of any third token: the sum below changes.",
            "fr": "Le poids d'une paire change avec le score de tout troisième jeton : le dénominateur change.",
        },
        "after",
        lambda: Fraction(1, 3),
    ),
    WrongAnswer(
        "more-parameters",
        "long_dependencies",
        {
            "en": "The number of parameters does not depend on the length: all pairs share the same three matrices.",
            "fr": "Le nombre de paramètres ne dépend pas de la longueur : toutes les paires partagent les trois "
            "matrices.",
        },
    ),
)
