"""Mistakes in the steps of momentum and of running averages, and in the mean of an average."""

from __future__ import annotations

from fractions import Fraction

from derivations.momentum import DERIVATION, alpha, beta, delta, epsilon, g, i, mu, p, q, rest, t, v
from derivations.wrong import twin
from everystep.algebra.expressions import Int, total
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "sign-of-the-gradient",
        "momentum.result",
        alpha * p[t - 1] + epsilon * g[t],
        "refuted",
        en="The step is minus the buffer: the gradient enters with a minus sign, and the loss would grow with a plus.",
        fr="Le pas est l'opposé de la mémoire : le gradient y entre avec un signe moins ; avec un plus, la perte "
        "croîtrait.",
    ),
    twin(
        DERIVATION,
        "rate-without-factor",
        "average.result",
        beta * q[t - 1] - delta * g[t],
        "refuted",
        en="The average weighs the new gradient by 1 minus `beta`, and the rate multiplies that.",
        fr="La moyenne affecte au nouveau gradient le poids 1 moins `beta`, que le taux multiplie ensuite.",
    ),
    twin(
        DERIVATION,
        "buffers-equal",
        "buffers.result",
        v[t],
        "refuted",
        en="The steps are equal, not the buffers: the rate is inside the one and outside the other.",
        fr="Ce sont les pas qui sont égaux, non les mémoires : le taux est à l'intérieur de l'une et à l'extérieur de "
        "l'autre.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "second-power-lost",
        "twice.result",
        beta * v[t - 2] + rest * (beta * g[t - 1] + g[t]),
        "refuted",
        en="The older average has been multiplied by `beta` twice.",
        fr="La moyenne la plus ancienne a été multipliée deux fois par `beta`.",
    ),
    twin(
        DERIVATION,
        "ages-reversed",
        "unrolled.result",
        rest * total(beta ** Int(i - 1) * g[i], i, 1, t),
        "refuted",
        en="The newest gradient has the largest weight; here the oldest one has it.",
        fr="Le gradient le plus récent a le plus grand poids ; ici, c'est le plus ancien.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "one-power-too-many",
        "unrolled.result",
        rest * total(beta ** Int(t - i + 1) * g[i], i, 1, t),
        "refuted",
        en="The gradient of the step itself has not been multiplied by `beta` yet.",
        fr="Le gradient du pas lui-même n'a pas encore été multiplié par `beta`.",
    ),
    twin(
        DERIVATION,
        "weights-add-up-to-one",
        "mean.result",
        mu,
        "refuted",
        en="The weights of finitely many gradients add up to less than 1: the empty start has the rest.",
        fr="La somme des poids d'un nombre fini de gradients est inférieure à 1 : le reste va à la mémoire vide.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "power-of-the-complement",
        "geometric.telescope",
        rest ** Int(t),
        "refuted",
        en="The sum telescopes to 1 minus the power of `beta`, not to the power of 1 minus `beta`.",
        fr="La somme se télescope en 1 moins la puissance de `beta`, et non en la puissance de 1 moins `beta`.",
    ),
    twin(
        DERIVATION,
        "bias-upwards",
        "bias.result",
        beta ** Int(t) * mu,
        "refuted",
        en="The empty start pulls the average towards zero: the bias has a minus sign.",
        fr="La mémoire vide tire la moyenne vers zéro : le biais porte un signe moins.",
        cost=0.5,
    ),
)

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "window",
        "zero_start",
        {
            "en": "After the ten steps of its memory, the average has not forgotten its empty start: about a third of "
            "the bias is left.",
            "fr": "Au bout des dix pas de sa mémoire, la moyenne n'a pas oublié son départ vide : il reste environ un "
            "tiers du biais.",
        },
        "close",
        lambda: 1 / (1 - Fraction(9, 10)),
        cost=0.5,
    ),
)
