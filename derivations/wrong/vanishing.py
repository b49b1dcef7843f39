"""Mistakes about the two recurrences, the bound of their Jacobians and what a large eigenvalue means."""

from __future__ import annotations

from derivations.vanishing import (
    NILPOTENT,
    PROBLEM,
    U,
    W,
    activation,
    b,
    delta,
    exact,
    gamma,
    h,
    largest,
    slope,
    slopes_g,
    slopes_h,
    t,
    x,
)
from derivations.wrong import twin
from everystep.algebra.expressions import diag, norm, sqrt
from everystep.derivation import WrongAnswer, WrongStep

DERIVATION = PROBLEM.derivation

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "activation-lost",
        "equivalent-step.hypothesis",
        activation(W * h[t] + U * x[t + 1] + b),
        "refuted",
        en="The hypothesis gives the activation of `h_t` in the place of `g_t`, not `h_t` itself.",
        fr="L'hypothèse donne l'activation de `h_t` à la place de `g_t`, non `h_t` lui-même.",
        cost=3,
    ),
    twin(
        DERIVATION,
        "one-step-behind",
        "equivalent-step.result",
        activation(h[t]),
        "refuted",
        en="The sum with the new input is the next state: the index advances by one.",
        fr="La somme avec la nouvelle entrée est l'état suivant : l'indice avance de un.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "factors-exchanged-g",
        "jacobian-g.result",
        W * diag(slopes_g),
        "refuted",
        en="The activation is applied last, so its slopes multiply `W` from the left.",
        fr="L'activation est appliquée en dernier : ses pentes multiplient `W` à gauche.",
    ),
    twin(
        DERIVATION,
        "norms-multiply-g",
        "product-g.norms",
        norm(diag(slopes_g)) * norm(W),
        "refuted",
        op="=",
        en="The norm of a product is at most the product of the norms, and often smaller.",
        fr="La norme d'un produit est au plus le produit des normes, et souvent plus petite.",
    ),
    twin(
        DERIVATION,
        "root-forgotten-g",
        "norm-g.result",
        largest,
        "refuted",
        en="The norm is the root of the largest eigenvalue, as `W` occurs twice in the product with its transpose.",
        fr="La norme est la racine de la plus grande valeur propre : `W` figure deux fois dans le produit avec sa "
        "transposée.",
    ),
    twin(
        DERIVATION,
        "bound-attained-g",
        "weights-g.bound",
        gamma * sqrt(delta**2 / gamma**2),
        "refuted",
        op="=",
        en="The eigenvalue is at most its bound; nothing says that it attains it.",
        fr="La valeur propre est au plus égale à sa borne ; rien ne dit qu'elle l'atteigne.",
    ),
    twin(
        DERIVATION,
        "limit-of-the-factor-g",
        "limit-g.result",
        delta,
        "refuted",
        en="The powers of a number below one tend to zero; the number itself stays.",
        fr="Les puissances d'un nombre inférieur à un tendent vers zéro ; le nombre lui-même reste.",
    ),
    twin(
        DERIVATION,
        "factors-exchanged-h",
        "jacobian-h.result",
        diag(slopes_h) * W,
        "refuted",
        en="The activation is applied first, so its slopes multiply `W` from the right.",
        fr="L'activation est appliquée en premier : ses pentes multiplient `W` à droite.",
    ),
    twin(
        DERIVATION,
        "slope-of-the-next-state",
        "jacobian-h.result",
        W * diag(slope(h[t + 1])),
        "refuted",
        en="The slopes are taken at the state before the step, where the activation acts.",
        fr="Les pentes se prennent à l'état d'avant le pas, là où agit l'activation.",
    ),
    twin(
        DERIVATION,
        "norms-multiply-h",
        "product-h.norms",
        norm(W) * norm(diag(slopes_h)),
        "refuted",
        op="=",
        en="The norm of a product is at most the product of the norms, and often smaller.",
        fr="La norme d'un produit est au plus le produit des normes, et souvent plus petite.",
    ),
    twin(
        DERIVATION,
        "root-forgotten-h",
        "norm-h.result",
        largest,
        "refuted",
        en="The norm is the root of the largest eigenvalue, as `W` occurs twice in the product with its transpose.",
        fr="La norme est la racine de la plus grande valeur propre : `W` figure deux fois dans le produit avec sa "
        "transposée.",
    ),
    twin(
        DERIVATION,
        "bound-attained-h",
        "weights-h.bound",
        gamma * sqrt(delta**2 / gamma**2),
        "refuted",
        op="=",
        en="The eigenvalue is at most its bound; nothing says that it attains it.",
        fr="La valeur propre est au plus égale à sa borne ; rien ne dit qu'elle l'atteigne.",
    ),
    twin(
        DERIVATION,
        "limit-of-the-factor-h",
        "limit-h.result",
        delta,
        "refuted",
        en="The powers of a number below one tend to zero; the number itself stays.",
        fr="Les puissances d'un nombre inférieur à un tendent vers zéro ; le nombre lui-même reste.",
    ),
)

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "sufficient-too",
        "necessary",
        {
            "en": "The condition is not sufficient: an upper bound that grows does not make what it bounds grow.",
            "fr": "La condition n'est pas suffisante : un majorant qui croît ne fait pas croître ce qu'il majore.",
        },
        cost=4,
    ),
    WrongAnswer(
        "squared-entry-by-entry",
        "not-sufficient",
        {
            "en": "The square of a matrix is its product with itself, not the matrix of the squared entries.",
            "fr": "Le carré d'une matrice est son produit par elle-même, non la matrice des carrés de ses éléments.",
        },
        "square",
        lambda: exact(tuple(tuple(entry**2 for entry in row) for row in NILPOTENT)),
        cost=2,
    ),
)
