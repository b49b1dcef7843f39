"""Mistakes with the quadratic model: its value after a step, the step size, Newton's step."""

from __future__ import annotations

from fractions import Fraction

from derivations.optimisation import (
    DERIVATION,
    H,
    a,
    c,
    curvature,
    eta,
    f_0,
    g,
    half,
    largest,
    slope,
    x,
    x_0,
    zero,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Div, EigMin, sq
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "half-lost",
        "step.result",
        f_0 - eta * slope + eta**2 * curvature,
        "refuted",
        en="The quadratic term of a Taylor polynomial carries the factor 1/2.",
        fr="Le terme quadratique d'un polynôme de Taylor porte le facteur 1/2.",
    ),
    twin(
        DERIVATION,
        "sign-kept",
        "step.result",
        f_0 - eta * slope - half * eta**2 * curvature,
        "refuted",
        en="The step enters the quadratic term twice, and its two minus signs cancel.",
        fr="Le pas entre deux fois dans le terme quadratique, et ses deux signes moins se compensent.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "rate-not-squared",
        "step.result",
        f_0 - eta * slope + half * eta * curvature,
        "refuted",
        en="The step enters the quadratic term twice, and so does the learning rate.",
        fr="Le pas entre deux fois dans le terme quadratique, et le taux d'apprentissage aussi.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "bound-halved",
        "factored.result",
        -half * eta * c * (Div(a, c) - eta),
        "refuted",
        en="The change vanishes at `bound`; half of it is the best step.",
        fr="La variation s'annule en `bound` ; la moitié en est le meilleur pas.",
    ),
    twin(
        DERIVATION,
        "always-descends",
        "long.result",
        zero,
        "refuted",
        op="<",
        en="Against the gradient the model falls at first; where the curvature is positive, a long step goes up again.",
        fr="À l'opposé du gradient, le modèle baisse d'abord ; si la courbure est positive, un long pas remonte.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "best-doubled",
        "best.square",
        half * c * (eta - Div(2 * a, c)) ** 2 - half * Div(a**2, c),
        "refuted",
        en="The model is lowest halfway to the step at which it is back at its first value.",
        fr="Le modèle est au plus bas à mi-chemin du pas où il retrouve sa valeur de départ.",
    ),
    twin(
        DERIVATION,
        "smallest-eigenvalue",
        "rayleigh.result",
        EigMin(H) * sq(g),
        "refuted",
        en="The curvature along a direction lies between the smallest and the largest eigenvalue; the largest one "
        "bounds it from above.",
        fr="La courbure dans une direction est comprise entre la plus petite et la plus grande valeur propre ; c'est "
        "la plus grande qui la majore.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "bound-in-eigenvalue-halved",
        "safe.factor",
        -half * eta * a * (1 - eta * largest),
        "refuted",
        en="Taking out the factor 1/2 leaves a 2 in the bracket.",
        fr="Quand on met 1/2 en facteur, il reste un 2 dans la parenthèse.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "half-kept",
        "gradient.result",
        g + half * H * (x - x_0),
        "refuted",
        en="The gradient of a quadratic form of a symmetric matrix is twice the matrix times the vector; the 2 "
        "cancels 1/2.",
        fr="Le gradient d'une forme quadratique de matrice symétrique est deux fois la matrice par le vecteur ; le 2 "
        "compense 1/2.",
    ),
    twin(
        DERIVATION,
        "uphill",
        "solve.result",
        x_0 + H.I * g,
        "refuted",
        en="The gradient moves to the other side of the equation and changes its sign.",
        fr="Le gradient passe de l'autre côté de l'équation et change de signe.",
    ),
    twin(
        DERIVATION,
        "inverse-on-the-right",
        "solve.result",
        x_0 - g * H.I,
        "ill-typed",
        en="The inverse multiplies the column `g` from the left.",
        fr="L'inverse multiplie la colonne `g` par la gauche.",
    ),
    twin(
        DERIVATION,
        "lowest-without-half",
        "lowest.insert",
        -g.T * H.I * g,
        "refuted",
        en="The linear term gains the whole form, and the quadratic one takes half of it back.",
        fr="Le terme linéaire gagne la forme entière, et le terme quadratique en reprend la moitié.",
        cost=0.5,
    ),
)

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "eigenvalue-for-curvature",
        "cases",
        {
            "en": "The best step divides by the curvature along the gradient, not by the largest eigenvalue.",
            "fr": "Le meilleur pas divise par la courbure dans la direction du gradient, et non par la plus grande "
            "valeur propre.",
        },
        "best",
        lambda: 1 / Fraction(4),
        cost=0.5,
    ),
    WrongAnswer(
        "newton-descends",
        "saddle",
        {
            "en": "Newton's step solves for a stationary point; it goes down for sure only if `H` is positive "
            "definite.",
            "fr": "Le pas de Newton vise un point stationnaire ; il ne descend à coup sûr que si `H` est définie "
            "positive.",
        },
        "after_newton",
        lambda: Fraction(-3, 8) - (Fraction(1, 4) + 1) / 2,  # as if the curvature were 1 in both directions
    ),
    WrongAnswer(
        "stationary-is-minimum",
        "saddle",
        {
            "en": "An invertible `H` gives one stationary point; it is the minimum only if `H` is positive definite.",
            "fr": "Une matrice `H` inversible donne un seul point stationnaire ; c'est le minimum seulement si `H` est "
            "définie positive.",
        },
    ),
    WrongAnswer(
        "newton-with-rate",
        "rate",
        {
            "en": "Newton's step needs no learning rate of its own: the inverse Hessian is the rate.",
            "fr": "Le pas de Newton ne demande pas de taux d'apprentissage : l'inverse de la hessienne en tient lieu.",
        },
    ),
)
