r"""Batch, layer and instance normalisation: their statistics, and why batch normalisation suits language badly.

A batch is a tensor of B examples with C channels of F features: ``X[b]`` is the C x F matrix of example b.  Batch
normalisation has a mean and a variance for each channel, over examples and features; layer normalisation for each
example, over channels and features; instance normalisation for each example and channel, over features.  Variances
divide by the number of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from itertools import product
from statistics import pvariance

from everystep.algebra.context import Context, Definition
from everystep.algebra.expressions import Div, Entry, Family, Int, Num, scalar, total
from everystep.algebra.shapes import indices, size, sizes
from everystep.derivation import Chain, Check, Derivation, Link, Mark, Outcome, Part, Problem, prose

B, C, F = sizes("B C F")
b, c, f = indices("b c f")
X = Family("X", C, F)
entry = Entry(X[b], c, f)

# A list of n numbers stands for any of the three sets of values.
n = size("n")
i = indices("i")[0]
x = Family("x")
mu, variance = scalar("mu"), scalar("v")
mean_body = Div(total(x[i], i, 1, n), Int(n))
squares = Div(total(x[i] ** 2, i, 1, n), Int(n))

CONTEXT = Context(
    definitions=(Definition(mu, mean_body), Definition(variance, Div(total((x[i] - mu) ** 2, i, 1, n), Int(n))))
)

SHORTCUT = (
    Chain(
        "shortcut",
        variance,
        (
            Link("=", Div(total((x[i] - mu) ** 2, i, 1, n), Int(n)), "shortcut.definition"),
            Link("=", squares - 2 * mu * mean_body + mu**2, "shortcut.expand"),
            Link("=", squares - mu**2, "shortcut.result"),
        ),
        boxed=True,
    ),
)

TENSORS = {
    "a22": (((4, 3, 2), (1, 4, 3)), ((3, 4, 1), (4, 2, 2)), ((3, 2, 3), (4, 1, 2)), ((1, 1, 3), (4, 1, 2))),
    "w21": (((1, 3, 2), (1, 2, 3)), ((3, 3, 2), (2, 4, 4)), ((4, 2, 2), (1, 2, 4)), ((3, 3, 2), (3, 3, 2))),
}
Tensor = tuple[tuple[tuple[int, ...], ...], ...]


def mean(values: Iterable[int | Fraction]) -> Fraction:
    """The exact mean."""
    listed = list(values)
    return Fraction(sum(listed), len(listed))


def by_shortcut(values: Iterable[int]) -> Fraction:
    """The variance as the mean of the squares less the square of the mean."""
    listed = list(values)
    return mean(value**2 for value in listed) - mean(listed) ** 2


def groups(tensor: Tensor) -> dict[str, list[list[int]]]:
    """The sets of values that share their statistics: one a channel, one an example, one for each of both."""
    examples, channels = range(len(tensor)), range(len(tensor[0]))
    return {
        "batch": [[value for example in tensor for value in example[channel]] for channel in channels],
        "layer": [[value for row in example for value in row] for example in tensor],
        "instance": [list(tensor[example][channel]) for example, channel in product(examples, channels)],
    }


def pooled(found: dict[str, list[list[int]]]) -> bool:
    """Whether the statistics of batch and layer are those of instance put together (the law of total variance)."""
    channels = len(found["batch"])
    rows = [found["instance"][k : k + channels] for k in range(0, len(found["instance"]), channels)]
    columns = [list(column) for column in zip(*rows, strict=True)]
    agree = True
    for sets, members in ((found["layer"], rows), (found["batch"], columns)):
        for values, parts in zip(sets, members, strict=True):
            means = [mean(part) for part in parts]
            within, between = mean(by_shortcut(part) for part in parts), pvariance(means)
            agree = agree and mean(values) == mean(means) and by_shortcut(values) == within + between
    return agree


def statistics_of(variant: str) -> Callable[[], Outcome]:
    """The check of one tensor."""

    def run() -> Outcome:
        tensor = TENSORS[variant]
        found = groups(tensor)
        values: dict[str, object] = {"tensor": tensor}
        agree = True
        for kind, sets in found.items():
            means, variances = [mean(s) for s in sets], [by_shortcut(s) for s in sets]
            values |= {f"{kind}_means": means, f"{kind}_variances": variances}
            agree = agree and variances == [pvariance(map(Fraction, s)) for s in sets]
        agree = agree and pooled(found)
        count = sum(len(sets) for sets in found.values())
        return Outcome(
            agree,
            {
                "en": f"{count} means and variances as exact fractions; each variance from the definition and from the "
                "mean of the squares, those of batch and layer also from those of instance",
                "fr": f"{count} moyennes et variances en fractions exactes ; chaque variance par la définition et "
                "par la moyenne des carrés, celles par lot et par couche aussi d'après celles par instance",
            },
            values,
        )

    return run


SHORT, LONG = 3, 10
"""The lengths of two sentences in a batch."""


def lengths() -> Outcome:
    """Two sentences of 3 and 10 words with two features a word: what normalisation leaves of the late words."""
    # Any numbers do; these differ from word to word.
    sentences = [
        [(word + 2 * which, word**2 - which) for word in range(length)] for which, length in enumerate((SHORT, LONG))
    ]
    erased, kept = 0, 0
    for word in range(LONG):
        there = [sentence[word] for sentence in sentences if word < len(sentence)]
        if len(there) > 1:
            continue
        # Over the batch each feature has one value: it is its own mean, and nothing is left of it.
        features = [list(feature) for feature in zip(*there, strict=True)]
        erased += all(value == mean(feature) for feature in features for value in feature)
        kept += any(value != mean(there[0]) for value in there[0])
    return Outcome(
        erased == LONG - SHORT == kept,
        {
            "en": f"in a batch of sentences of {SHORT} and {LONG} words, {erased} positions have one sentence only; "
            "batch normalisation maps its features to 0 there, layer normalisation does not",
            "fr": f"dans un lot de phrases de {SHORT} et {LONG} mots, {erased} positions n'ont qu'une seule phrase ; "
            "la normalisation par lot y envoie ses attributs sur 0, la normalisation par couche non",
        },
        {"short": SHORT, "long": LONG, "first": SHORT + 1, "alone": erased},
    )


LANGUAGE = prose(
    "language",
    {
        "en": "Sentences differ in length, so the statistics of late positions come from few sentences, or from one.",
        "fr": "Les phrases sont de longueurs différentes : aux positions tardives, les statistiques viennent de peu de "
        "phrases, voire d'une seule.",
    },
    {
        "en": "Padding that brings all sentences to one length enters the statistics and pollutes them.",
        "fr": "Le remplissage qui ramène les phrases à une même longueur entre dans les statistiques et les fausse.",
    },
    {
        "en": "Batch statistics of text vary strongly, so that the running averages used at test time do not fit them.",
        "fr": "Les statistiques par lot d'un texte varient fortement ; les moyennes mobiles utilisées au test leur "
        "correspondent mal.",
    },
    {
        "en": "While text is generated there is no batch, and small batches give poor statistics.",
        "fr": "Pendant la génération d'un texte il n'y a pas de lot, et les petits lots donnent de mauvaises "
        "statistiques.",
    },
    {
        "en": "Layer normalisation uses the features of one token only and has none of these problems.",
        "fr": "La normalisation par couche n'utilise que les attributs d'un seul jeton et échappe à ces problèmes.",
    },
    references=(
        "J. L. Ba, J. R. Kiros, G. E. Hinton, Layer normalization, 2016",
        "S. Shen et al., PowerNorm: rethinking batch normalization in transformers, 2020",
    ),
)

PROBLEM = Problem(
    id="normalisation",
    derivation=Derivation(
        id="normalisation",
        context=CONTEXT,
        chains=SHORTCUT,
        notation=(
            ("X_b", X[b]),
            *((f"X_{k}", X[k]) for k in range(1, 5)),
            ("entry", entry),
            ("b", Int(b)),
            ("c", Int(c)),
            ("f", Int(f)),
            ("B", Int(B)),
            ("C", Int(C)),
            ("F", Int(F)),
            ("n", Int(n)),
            ("x_1", x[1]),
            ("x_n", x[n]),
            ("mu", mu),
            ("v", variance),
            ("mean_body", mean_body),
            ("variance_body", Div(total((x[i] - mu) ** 2, i, 1, n), Int(n))),
            ("batch_mean", Div(total(total(entry, f, 1, F), b, 1, B), Int(B) * Int(F))),
            ("layer_mean", Div(total(total(entry, f, 1, F), c, 1, C), Int(C) * Int(F))),
            ("instance_mean", Div(total(entry, f, 1, F), Int(F))),
            ("zero", Num(0)),
        ),
    ),
    parts=(
        Part(
            "statistics",
            6,
            ("shortcut",),
            ("statistics",),
            tuple(
                Mark(1, words={"en": f"{what} of {kind} normalisation", "fr": f"{quoi} de la normalisation {sorte}"})
                for kind, sorte in (("batch", "par lot"), ("layer", "par couche"), ("instance", "par instance"))
                for what, quoi in (("means", "moyennes"), ("variances", "variances"))
            ),
            ("E1",),
        ),
        Part(
            "language",
            2,
            checks=("language", "lengths"),
            marks=(
                Mark(
                    1,
                    words={
                        "en": "lengths differ: few sentences, or padding, in the statistics of late positions",
                        "fr": "longueurs différentes : peu de phrases, ou du remplissage, aux positions tardives",
                    },
                ),
                Mark(
                    1,
                    words={
                        "en": "one further reason, or why layer normalisation avoids it",
                        "fr": "une autre raison, ou pourquoi la normalisation par couche l'évite",
                    },
                ),
            ),
            entries=("E2",),
        ),
    ),
    title={"en": "Batch, layer and instance normalisation", "fr": "Normalisation par lot, par couche, par instance"},
    checks=(
        *(Check("statistics", "numeric", statistics_of(variant), variant) for variant in TENSORS),
        LANGUAGE,
        Check("lengths", "example", lengths),
    ),
)
