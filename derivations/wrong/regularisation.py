"""Mistakes with weight decay, the squared penalty, and Adam."""

from __future__ import annotations

from derivations.regularisation import (
    DECAY,
    DERIVATION,
    FASTER,
    PENALTY,
    RATE,
    STEPS,
    W,
    adam_on_quadratic,
    alternating,
    decay,
    direction,
    epsilon,
    eta,
    first_plain,
    g,
    gamma,
    kappa,
    m,
    mean_gradient,
    mean_slope,
    rho_2,
    scale,
    second_plain,
    spread,
    t,
    theta,
    theta_i,
    v_2,
    w,
    zero,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Div, Int, norm, sq
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        DERIVATION,
        "two-lost",
        "gradient.result",
        mean_gradient + gamma * theta,
        "refuted",
        en="The gradient of the squared norm is twice the vector.",
        fr="Le gradient de la norme au carré est deux fois le vecteur.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "divided-by-the-number-of-examples",
        "gradient.result",
        mean_gradient + Div(2 * gamma, Int(m)) * theta,
        "refuted",
        en="The penalty is in every one of the losses: its mean over the examples is the penalty itself.",
        fr="La pénalité est dans chacune des pertes : sa moyenne sur les exemples est la pénalité elle-même.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "rate-lost",
        "step.result",
        theta - eta * mean_gradient - 2 * gamma * theta,
        "refuted",
        en="The learning rate multiplies the whole gradient, that of the penalty too.",
        fr="Le taux d'apprentissage multiplie le gradient entier, y compris celui de la pénalité.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "sign-of-the-decay",
        "difference.result",
        (2 * eta * gamma + decay) * theta,
        "refuted",
        en="Decay is subtracted, so it enters the difference with a minus sign; else `lambda` would be negative.",
        fr="La décroissance est retranchée : elle entre dans la différence avec un signe moins ; sinon `lambda` "
        "serait négatif.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "gap-not-squared",
        "only.norm",
        kappa * sq(theta),
        "refuted",
        en="The square of the norm squares the factor too.",
        fr="Le carré de la norme élève aussi le facteur au carré.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "decay-in-the-gradient",
        "line.result",
        mean_gradient + gamma * theta,
        "refuted",
        en="Line 1 needs the gradient of the penalty, with its factor 2.",
        fr="La ligne 1 demande le gradient de la pénalité, avec son facteur 2.",
    ),
    twin(
        DERIVATION,
        "gradient-of-the-norm",
        "line.result",
        mean_gradient + gamma * norm(theta),
        "ill-typed",
        en="The derivative of the penalty is a vector, like the gradient that it is added to.",
        fr="La dérivée de la pénalité est un vecteur, comme le gradient auquel on l'ajoute.",
    ),
    twin(
        DERIVATION,
        "weight-of-the-average-lost",
        "first.result",
        first_plain + 2 * gamma * theta_i,
        "refuted",
        en="The penalty comes in with the gradient, and so with the weight of the newest gradient in the average.",
        fr="La pénalité arrive avec le gradient, donc avec le poids du dernier gradient dans la moyenne.",
    ),
    twin(
        DERIVATION,
        "cross-term-lost",
        "second.result",
        second_plain + (1 - rho_2) * 4 * gamma**2 * theta_i**2,
        "refuted",
        en="The square of the sum has a cross-term, in which penalty and gradient mix.",
        fr="Le carré de la somme a un double produit, où la pénalité et le gradient se mêlent.",
    ),
    twin(
        DERIVATION,
        "variance-lost",
        "square.result",
        4 * gamma**2 * w**2,
        "refuted",
        en="A mean of zero does not make the mean square zero: it is the variance.",
        fr="Une moyenne nulle n'annule pas la moyenne des carrés : celle-ci est la variance.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "large-gradients-regularised-more",
        "rates.result",
        zero,
        "refuted",
        op="<",
        en="The penalty is divided by the root, so the larger root gives the smaller part.",
        fr="La pénalité est divisée par la racine : à la plus grande racine, la plus petite fraction.",
        cost=2,
    ),
    twin(
        DERIVATION,
        "roots-swapped",
        "roots.result",
        spread(v_2),
        "refuted",
        op=">=",
        en="The root grows with the variance.",
        fr="La racine croît avec la variance.",
    ),
    twin(
        DERIVATION,
        "decay-with-the-rate",
        "decoupled.result",
        (1 - epsilon * decay) * w - epsilon * direction,
        "refuted",
        en="Decoupled decay is not multiplied by Adam's learning rate here.",
        fr="Ici, la décroissance découplée n'est pas multipliée par le taux d'apprentissage d'Adam.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "decay-linear",
        "shrunk.result",
        (1 - Int(t) * decay) * W[0],
        "refuted",
        en="Every step takes its part of what is left, so the factors multiply.",
        fr="Chaque pas enlève sa fraction à ce qui reste : les facteurs se multiplient.",
        cost=0.5,
    ),
    twin(
        DERIVATION,
        "penalty-grows-with-the-loss",
        "scaled.result",
        scale * (g + 2 * (scale * gamma) * theta),
        "refuted",
        en="The factor taken out of the loss has to be taken out of the penalty too, which divides it.",
        fr="Le facteur mis en évidence doit l'être aussi dans la pénalité, qui s'en trouve divisée.",
    ),
    twin(
        DERIVATION,
        "penalty-unchanged",
        "scaled.result",
        scale * (g + 2 * gamma * theta),
        "refuted",
        en="Taking a factor out of the sum divides the penalty by it.",
        fr="Mettre un facteur en évidence divise la pénalité par ce facteur.",
    ),
)


def penalty_as_if_undivided() -> float:
    """What the penalty would leave of the weight with large gradients if Adam did not divide it."""
    return (1 - 2 * RATE * PENALTY) ** STEPS


def smaller_by_the_size_of_gradients() -> float:
    """Decoupled decay, with the rate divided by the size of the gradients as well."""
    return (1 - DECAY / abs(alternating(5.0, 1))) ** STEPS


ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "last-line",
        "lines",
        {
            "en": "A term in the last line is decoupled decay; it is not the gradient of a penalised loss.",
            "fr": "Un terme dans la dernière ligne, c'est la décroissance découplée, non le gradient d'une perte "
            "pénalisée.",
        },
        "weight",
        lambda: adam_on_quadratic(mean_slope, 2 * PENALTY * FASTER),
        cost=2,
    ),
    WrongAnswer(
        "all-alike-under-the-penalty",
        "groups",
        {
            "en": "Under Adam the penalty is divided like the rest of the gradient; it does not act on all weights "
            "alike.",
            "fr": "Sous Adam, la pénalité est divisée comme le reste du gradient ; elle n'agit pas également sur tous "
            "les poids.",
        },
        "penalty_large",
        penalty_as_if_undivided,
        cost=2,
    ),
    WrongAnswer(
        "decoupled-divided",
        "groups",
        {
            "en": "Decoupled decay stands outside of the quotient: it is not divided by the size of the gradients.",
            "fr": "La décroissance découplée est hors du quotient : elle n'est pas divisée par la taille des "
            "gradients.",
        },
        "decoupled_large",
        smaller_by_the_size_of_gradients,
        cost=2,
    ),
    WrongAnswer(
        "the-same-for-all-methods",
        "reasons",
        {
            "en": "Penalty and decay are the same under plain descent only, not under every method.",
            "fr": "La pénalité et la décroissance ne coïncident que pour la descente ordinaire, non pour toute "
            "méthode.",
        },
        cost=2,
    ),
)
