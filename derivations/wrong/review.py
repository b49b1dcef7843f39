"""Mistakes in a review of the paper on vision transformers."""

from __future__ import annotations

from derivations.review import IMAGE, PATCH
from everystep.derivation import WrongAnswer

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "pixels-as-tokens",
        "tokens",
        {
            "en": "A token is a patch, not a pixel.",
            "fr": "Un jeton est un carreau, non un pixel.",
        },
        "tokens",
        lambda: IMAGE**2 + 1,
    ),
    WrongAnswer(
        "class-token-forgotten",
        "tokens",
        {
            "en": "The class token is one more, and it is the one that is read at the end.",
            "fr": "Le jeton de classe s'y ajoute, et c'est lui qu'on lit à la fin.",
        },
        "tokens",
        lambda: (IMAGE // PATCH) ** 2,
        cost=0.5,
    ),
    WrongAnswer(
        "better-on-any-data",
        "summary",
        {
            "en": "Pre-trained on the smallest data set only, the transformer is behind comparable convolutional "
            "networks.",
            "fr": "Préentraîné sur le plus petit jeu de données seulement, le transformeur reste derrière les réseaux "
            "convolutifs comparables.",
        },
    ),
    WrongAnswer(
        "opinion-in-the-summary",
        "summary",
        {
            "en": "The summary reports; judgements belong in the next two sections.",
            "fr": "Le résumé rapporte ; les jugements ont leur place dans les deux sections suivantes.",
        },
        cost=0.5,
    ),
    WrongAnswer(
        "praise-without-reason",
        "strengths",
        {
            "en": "A strength is named without saying what in the paper shows it.",
            "fr": "Un point fort est cité sans dire ce qui le montre dans l'article.",
        },
    ),
    WrongAnswer(
        "no-convolution-at-all",
        "embedding",
        {
            "en": "The embedding of the patches is itself one convolution; the model is not free of them.",
            "fr": "Le plongement des carreaux est lui-même une convolution ; le modèle n'en est pas exempt.",
        },
        "layers",
        lambda: 0,
        cost=0.5,
    ),
    WrongAnswer(
        "linear-cost",
        "tokens",
        {
            "en": "Twice the side makes four times the patches and about sixteen times the pairs that attention "
            "compares.",
            "fr": "Quand le côté double, il y a quatre fois plus de carreaux et environ seize fois plus de couples que "
            "l'attention compare.",
        },
        "growth",
        lambda: 4,
    ),
    WrongAnswer(
        "taste-as-a-weakness",
        "weaknesses",
        {
            "en": "A weakness has to say what would have to change in the paper.",
            "fr": "Un point faible doit dire ce qu'il faudrait changer dans l'article.",
        },
    ),
    WrongAnswer(
        "idea-without-a-test",
        "reflections",
        {
            "en": "An idea is named without an experiment that could refute it.",
            "fr": "Une idée est citée sans expérience qui pourrait la réfuter.",
        },
    ),
)
