r"""Review of the paper that introduces the vision transformer: four sections, in words.

A review has no single right answer.  The claims are what a good one says; what the paper reports is from the paper.
Three things that the sections argue with are computed: how many tokens an image has, that cutting an image into
patches and embedding them is a convolution, and that attention alone does not see the order of its inputs.
"""

from __future__ import annotations

from everystep.algebra.context import Context
from everystep.algebra.expressions import Int
from everystep.algebra.shapes import size
from everystep.derivation import Check, Derivation, Mark, Outcome, Part, Problem, prose

PAPER = "A. Dosovitskiy et al., An image is worth 16x16 words: transformers for image recognition at scale, 2021 (ICLR)"
ATTENTION = "A. Vaswani et al., Attention is all you need, 2017"
DISTILLED = "H. Touvron et al., Training data-efficient image transformers and distillation through attention, 2021"
MASKED = "K. He et al., Masked autoencoders are scalable vision learners, 2022"

IMAGE, PATCH = 224, 16

SUMMARY = prose(
    "summary",
    {
        "en": "Topic: a plain transformer, made for text, classifies images.",
        "fr": "Sujet : un transformeur ordinaire, conçu pour le texte, classe des images.",
    },
    {
        "en": "Approach: fixed patches, embedded linearly, with position embeddings and a class token, go through a "
        "transformer encoder; a small perceptron reads the class token.",
        "fr": "Approche : des carreaux fixes, plongés linéairement, munis de plongements de position et d'un jeton de "
        "classe, passent par un encodeur de transformeur ; un petit perceptron lit le jeton de classe.",
    },
    {
        "en": "Training: supervised pre-training on ImageNet, ImageNet-21k or JFT, then transfer.",
        "fr": "Entraînement : préentraînement supervisé sur ImageNet, ImageNet-21k ou JFT, puis transfert.",
    },
    {
        "en": "Result: behind convolutional networks after pre-training on the smallest set, on a par or better after "
        "the largest, for less pre-training compute.",
        "fr": "Résultat : derrière les réseaux convolutifs après préentraînement sur le plus petit jeu, à égalité ou "
        "meilleur après le plus grand, pour un préentraînement moins coûteux.",
    },
    references=(PAPER, ATTENTION),
)

STRENGTHS = prose(
    "strengths",
    {
        "en": "A clear question, and a model that is changed as little as possible to answer it.",
        "fr": "Une question claire, et un modèle modifié le moins possible pour y répondre.",
    },
    {
        "en": "Experiments over the size of the data, of the model and of the compute, which separate architecture "
        "from scale.",
        "fr": "Des expériences qui font varier la taille des données, du modèle et du calcul, et séparent ainsi "
        "l'architecture de l'échelle.",
    },
    {
        "en": "A look inside: attention distances and position embeddings.",
        "fr": "Un regard à l'intérieur : distances d'attention et plongements de position.",
    },
    {
        "en": "Of use to the community: simple to rebuild, code and models are public.",
        "fr": "Utile à la communauté : facile à reconstruire, code et modèles publics.",
    },
    references=(PAPER,),
)

WEAKNESSES = prose(
    "weaknesses",
    {
        "en": "The best results rest on a private data set and cannot be reproduced.",
        "fr": "Les meilleurs résultats reposent sur un jeu de données privé et ne peuvent être reproduits.",
    },
    {
        "en": "The need for data is put down to the missing inductive bias; much stronger data augmentation, which "
        "later work found to help, is not among the experiments.",
        "fr": "Le besoin de données est attribué au biais inductif manquant ; une augmentation bien plus forte des "
        "données, utile d'après des travaux ultérieurs, ne figure pas parmi les expériences.",
    },
    {
        "en": "Attention compares all pairs of tokens, which is costly for large images; detection and segmentation "
        "are left open.",
        "fr": "L'attention compare tous les couples de jetons, ce qui coûte cher pour de grandes images ; détection et "
        "segmentation restent ouvertes.",
    },
    {
        "en": "Little novelty in the architecture; patches of fixed size are a coarse choice.",
        "fr": "Peu de nouveauté dans l'architecture ; des carreaux de taille fixe sont un choix grossier.",
    },
    references=(PAPER, DISTILLED),
)

REFLECTIONS = prose(
    "reflections",
    {
        "en": "Relation to the course: attention as a graph network, receptive fields, inductive bias and "
        "regularisation, normalisation.",
        "fr": "Lien avec le cours : attention comme réseau sur un graphe, champs récepteurs, biais inductif et "
        "régularisation, normalisation.",
    },
    {
        "en": "Next directions: less labelled data (distillation, masked images), attention that is local or sparse, "
        "other tasks.",
        "fr": "Prolongements : moins de données étiquetées (distillation, images masquées), attention locale ou "
        "creuse, autres tâches.",
    },
    {
        "en": "An idea of one's own with an experiment that could refute it.",
        "fr": "Une idée personnelle, avec une expérience qui pourrait la réfuter.",
    },
    references=(PAPER, DISTILLED, MASKED),
)


def tokens() -> Outcome:
    """How many tokens and pairs of tokens an image has: by division, and by listing the patches."""

    def counted(image: int) -> int:
        corners = [(top, left) for top in range(0, image, PATCH) for left in range(0, image, PATCH)]
        return len([1 for top, left in corners if max(top, left) + PATCH <= image]) + 1

    by_formula = [(image // PATCH) ** 2 + 1 for image in (IMAGE, 2 * IMAGE)]
    small, large = (counted(image) for image in (IMAGE, 2 * IMAGE))
    return Outcome(
        [small, large] == by_formula,
        {
            "en": f"the tokens of images of size {IMAGE} and {2 * IMAGE}, by division and by listing the patches",
            "fr": f"les jetons d'images de taille {IMAGE} et {2 * IMAGE}, par division et en énumérant les carreaux",
        },
        {
            "image": IMAGE,
            "patch": PATCH,
            "patches": small - 1,
            "tokens": small,
            "pairs": small**2,
            "double": 2 * IMAGE,
            "growth": round(large**2 / small**2),
        },
    )


def embedding() -> Outcome:
    """The linear embedding of patches, against a convolution whose stride is the size of the patch."""
    import numpy as np

    from everystep.kernels.convolution import convolve

    side, patch, channels, width = 12, 4, 3, 5
    random = np.random.default_rng(6135)
    image = random.integers(-9, 10, (1, channels, side, side)).astype(float)
    weights = random.integers(-9, 10, (width, channels * patch**2)).astype(float)
    patches = [
        image[0, :, top : top + patch, left : left + patch].ravel()
        for top in range(0, side, patch)
        for left in range(0, side, patch)
    ]
    embedded = np.array([weights @ one for one in patches])
    convolved = convolve(image, weights.reshape(width, channels, patch, patch), stride=patch)
    return Outcome(
        bool((embedded == convolved[0].reshape(width, -1).T).all()),
        {
            "en": "the patches of an image, flattened and multiplied by a matrix, against one convolution with the "
            "size of the patch as its stride",
            "fr": "les carreaux d'une image, aplatis et multipliés par une matrice, comparés à une convolution dont "
            "le pas est la taille du carreau",
        },
        {"layers": 1},
    )


def order() -> Outcome:
    """Self-attention of shuffled tokens is the shuffled self-attention; with positions added it is not."""
    import numpy as np

    random = np.random.default_rng(6135)
    count, width = 7, 4
    queries, keys, values = random.normal(size=(3, width, width))
    patches, positions = random.normal(size=(2, count, width))

    def attention(given: np.ndarray) -> np.ndarray:
        scores = np.exp(given @ queries @ (given @ keys).T)
        return np.asarray(scores / scores.sum(axis=1, keepdims=True) @ (given @ values))

    shuffled = np.roll(np.arange(count), 3)
    alone = np.abs(attention(patches[shuffled]) - attention(patches)[shuffled]).max()
    placed = np.abs(attention(patches[shuffled] + positions) - attention(patches + positions)[shuffled]).max()
    return Outcome(
        bool(alone < 1e-12 and placed > 1e-2),
        {
            "en": f"self-attention of {count} shuffled patches against the shuffled outputs: the same without position "
            "embeddings, not the same with them",
            "fr": f"auto-attention de {count} carreaux mélangés comparée aux sorties mélangées : identiques sans "
            "plongements de position, différentes avec",
        },
        {"count": count},
    )


def section(name: str, checks: tuple[str, ...], *marks: tuple[float, str, str]) -> Part:
    """A section of five points."""
    found = tuple(Mark(points, words={"en": english, "fr": french}) for points, english, french in marks)
    return Part(name, 5, checks=checks, marks=found, entries=("J",))


PROBLEM = Problem(
    id="review",
    derivation=Derivation(id="review", context=Context(), chains=(), notation=(("n", Int(size("n"))),)),
    parts=(
        section(
            "summary",
            ("summary", "tokens"),
            (1, "topic and main contribution", "sujet et contribution principale"),
            (
                2,
                "approach: patches, embeddings, class token, encoder",
                "approche : carreaux, plongements, jeton, encodeur",
            ),
            (1, "data sets and transfer", "jeux de données et transfert"),
            (1, "results, without judging them", "résultats, sans les juger"),
        ),
        section(
            "strengths",
            ("strengths", "embedding"),
            (2, "two strengths, each with its reason", "deux points forts, chacun avec sa raison"),
            (2, "quality of the experiments, with an example", "qualité des expériences, avec un exemple"),
            (1, "use to the community", "utilité pour la communauté"),
        ),
        section(
            "weaknesses",
            ("weaknesses", "order"),
            (2, "two weaknesses, each with its reason", "deux points faibles, chacun avec sa raison"),
            (2, "what is missing: baselines, data sets, ablations", "ce qui manque : comparaisons, données, ablations"),
            (1, "novelty and interest of the problem", "nouveauté et intérêt du problème"),
        ),
        section(
            "reflections",
            ("reflections",),
            (2, "relation to the course", "lien avec le cours"),
            (1, "next directions", "prolongements"),
            (2, "an idea of one's own, and how to test it", "une idée personnelle, et comment la tester"),
        ),
    ),
    title={"en": "Review of a paper", "fr": "Critique d'un article"},
    checks=(
        SUMMARY,
        STRENGTHS,
        WEAKNESSES,
        REFLECTIONS,
        Check("tokens", "count", tokens),
        Check("embedding", "linear map", embedding),
        Check("order", "example", order),
    ),
)
