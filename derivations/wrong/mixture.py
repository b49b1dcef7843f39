"""Mistakes with a mixture of logistic regressions and its network."""

from __future__ import annotations

from derivations.mixture import (
    DERIVATION,
    ENDS,
    SHARES,
    SIZES,
    WEIGHTS,
    K,
    W,
    h,
    hidden,
    k,
    layer,
    pi,
    sigma,
    w,
    x,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Entry, Int, Ones, logistic, total
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "mean-inside",
        "mean.result",
        logistic(total(Entry(pi, k) * (w[k].T * x), k, 1, K)),
        "refuted",
        en="The probabilities are averaged, not the arguments of the logistic function: that would be one regression.",
        fr="Ce sont les probabilités que l'on moyenne, non les arguments de la logistique : ce serait une seule "
        "régression.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "weights-forgotten",
        "mean.result",
        total(logistic(w[k].T * x), k, 1, K),
        "refuted",
        en="The regressions are drawn with the probabilities `pi_k`, which weigh their results.",
        fr="Les régressions sont tirées avec les probabilités `pi_k`, qui pondèrent leurs résultats.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "mean-without-probabilities",
        "mean.moments",
        Ones(K).T * h,
        "refuted",
        en="The mean of the unit vector `z` holds the probabilities, not ones.",
        fr="L'espérance de `z` contient les probabilités, non des uns.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "size-for-the-sum",
        "complement.sum",
        Int(K) - pi.T * h,
        "refuted",
        en="The probabilities have the sum 1; their number is `K`.",
        fr="La somme des probabilités vaut 1 ; leur nombre est `K`.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "complement-of-the-argument",
        "complement.result",
        pi.T * logistic(Ones(K) - W * x),
        "refuted",
        en="The complement of the logistic function turns the sign of its argument.",
        fr="Le complément de la fonction logistique change le signe de son argument.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "no-hidden-activation",
        "hidden.result",
        w[k].T * x,
        "refuted",
        en="The hidden units apply the logistic function; without it the network would be linear.",
        fr="Les unités cachées appliquent la fonction logistique ; sans elle, le réseau serait linéaire.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "logistic-output",
        "output.layers",
        logistic(pi.T * hidden),
        "refuted",
        en="The output is already a probability; a logistic function behind it would give another one.",
        fr="La sortie est déjà une probabilité ; une fonction logistique derrière elle en donnerait une autre.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "weights-inside",
        "output.result",
        total(logistic(Entry(pi, k) * (w[k].T * x)), k, 1, K),
        "refuted",
        en="The probabilities are weights of the output unit; they stand outside of the hidden units.",
        fr="Les probabilités sont les poids de l'unité de sortie ; elles restent hors des unités cachées.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "one-for-each",
        "sum.result",
        Ones(K).T * Ones(K),
        "refuted",
        en="Softmax divides by the sum, so that its entries have the sum 1.",
        fr="Le softmax divise par la somme, si bien que la somme de ses composantes vaut 1.",
        cost=0.5,
    ),
)

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "one-regression-with-mean-weights",
        "bumps",
        {
            "en": "One regression with the mean of the weights is another model, and cannot rise at both ends.",
            "fr": "Une seule régression avec la moyenne des poids est un autre modèle : elle ne peut monter aux deux "
            "bouts.",
        },
        "outputs",
        lambda: [sigma(layer([SHARES], layer(WEIGHTS, (end, 1)))[0]) for end in ENDS],
        cost=2,
    ),
    WrongAnswer(
        "biases-counted",
        "parameters",
        {
            "en": "Neither layer has a bias.",
            "fr": "Aucune des deux couches n'a de biais.",
        },
        "edges",
        lambda: SIZES["K"] * (SIZES["d"] + 1) + SIZES["K"] + 1,
        cost=0.5,
    ),
)
