"""Mistakes about the statistics of batch, layer and instance normalisation."""

from __future__ import annotations

from fractions import Fraction

from derivations.normalisation import (
    LONG,
    PROBLEM,
    SHORT,
    TENSORS,
    by_shortcut,
    groups,
    mean,
    mean_body,
    mu,
    squares,
)
from derivations.wrong import twin
from everystep.derivation import WrongAnswer, WrongStep

WRONG: tuple[WrongStep, ...] = (
    twin(
        PROBLEM.derivation,
        "cross-term-lost",
        "shortcut.expand",
        squares + mu**2,
        "refuted",
        en="The square of a difference has a cross-term, here minus twice the squared mean.",
        fr="Le carré d'une différence a un double produit, ici moins deux fois le carré de la moyenne.",
    ),
    twin(
        PROBLEM.derivation,
        "mean-not-squared",
        "shortcut.result",
        squares - mu,
        "refuted",
        en="The square of the mean is subtracted, not the mean.",
        fr="On retranche le carré de la moyenne, non la moyenne.",
    ),
    twin(
        PROBLEM.derivation,
        "squares-of-the-mean",
        "shortcut.result",
        mean_body**2 - mu**2,
        "refuted",
        en="The first term is the mean of the squares; the square of the mean would give zero.",
        fr="Le premier terme est la moyenne des carrés ; le carré de la moyenne donnerait zéro.",
    ),
)


def unbiased(variant: str) -> list[Fraction]:
    """Variances over the batch that divide by one less."""
    return [
        by_shortcut(values) * Fraction(len(values), len(values) - 1) for values in groups(TENSORS[variant])["batch"]
    ]


def averaged(variant: str) -> list[Fraction]:
    """For each example the mean of the variances of its channels."""
    return [mean(by_shortcut(row) for row in example) for example in TENSORS[variant]]


ANSWERS: tuple[WrongAnswer, ...] = (
    *(
        WrongAnswer(
            f"divided-by-one-less-{variant}",
            "statistics",
            {
                "en": "Normalisation divides by the number of values, not by one less: the biased variance.",
                "fr": "La normalisation divise par le nombre de valeurs, non par ce nombre moins un : la variance "
                "biaisée.",
            },
            "batch_variances",
            lambda variant=variant: unbiased(variant),  # type: ignore[misc]
            variant=variant,
        )
        for variant in TENSORS
    ),
    *(
        WrongAnswer(
            f"variances-averaged-{variant}",
            "statistics",
            {
                "en": "The variance of an example is not the mean of the variances of its channels: the channels also "
                "differ in their means.",
                "fr": "La variance d'un exemple n'est pas la moyenne des variances de ses canaux : les canaux "
                "diffèrent aussi par leurs moyennes.",
            },
            "layer_variances",
            lambda variant=variant: averaged(variant),  # type: ignore[misc]
            variant=variant,
        )
        for variant in TENSORS
    ),
    *(
        WrongAnswer(
            f"batch-for-layer-{variant}",
            "statistics",
            {
                "en": "Batch normalisation has one mean a channel; one mean an example is layer normalisation.",
                "fr": "La normalisation par lot a une moyenne par canal ; une moyenne par exemple, c'est la "
                "normalisation par couche.",
            },
            "batch_means",
            lambda variant=variant: [mean(values) for values in groups(TENSORS[variant])["layer"]],  # type: ignore[misc]
            cost=2,
            variant=variant,
        )
        for variant in TENSORS
    ),
    WrongAnswer(
        "positions-counted-from-the-short-end",
        "lengths",
        {
            "en": "The positions that have one sentence only are those past the end of the short one.",
            "fr": "Les positions qui n'ont qu'une phrase sont celles qui suivent la fin de la plus courte.",
        },
        "alone",
        lambda: LONG - SHORT + 1,
        cost=0.5,
    ),
    WrongAnswer(
        "large-vocabulary",
        "language",
        {
            "en": "The size of the vocabulary is not the reason: the features that are normalised are those of the "
            "embedded words.",
            "fr": "La taille du vocabulaire n'est pas en cause : les attributs normalisés sont ceux des plongements.",
        },
    ),
)
