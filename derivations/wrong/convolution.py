"""Mistakes about the sizes of convolutions and about their matrices."""

from __future__ import annotations

from derivations.convolution import (
    OUTPUTS,
    PROBLEM,
    ZERO,
    G,
    S,
    U,
    V,
    X,
    added,
    basis,
    block,
    copies,
    entries,
    i,
    j,
    k_ij,
    n,
    output,
    pixel,
    strided_matrix,
    transposed_matrix,
    w,
    windows,
)
from derivations.wrong import twin
from everystep.algebra.expressions import Expression, Int, Kron, Vec
from everystep.derivation import WrongAnswer, WrongStep


def under(kernel: list[list[Expression]], top: int, left: int) -> Expression:
    """The products of a kernel with the image, its first entry on the pixel (top, left) counted from 0."""
    places = [(r, c) for r in range(3) for c in range(3) if pixel(top + r, left + c) is not ZERO]
    return added([kernel[r][c] * pixel(top + r, left + c) for r, c in places])


turned = [row[::-1] for row in w[::-1]]
names = [f"w_{{{row}{col}}}" for row in range(1, 4) for col in range(1, 4)]

WRONG: tuple[WrongStep, ...] = (
    twin(
        PROBLEM.derivation,
        "one-forgotten",
        "least.size",
        Int(n) - 10,
        "refuted",
        en="A kernel of size 5 takes away 4: the first place counts as well.",
        fr="Un noyau de taille 5 enlève 4 : la première position compte aussi.",
    ),
    twin(
        PROBLEM.derivation,
        "one-place-is-too-few",
        "least.result",
        Int(1),
        "refuted",
        op=">",
        en="One place is enough: global pooling takes the mean of any number of places.",
        fr="Une seule position suffit : la moyenne globale porte sur n'importe quel nombre de positions.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "all-of-the-image",
        "output-11.result",
        under(w, 0, 0),
        "refuted",
        en="With padding the first window begins outside of the image, not at its first pixel.",
        fr="Avec une marge, la première fenêtre commence en dehors de l'image, non à son premier pixel.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "turned-kernel",
        "output-11.result",
        under(turned, -1, -1),
        "refuted",
        en="Here the kernel is not turned; turning it is the convolution of analysis.",
        fr="Ici, le noyau n'est pas retourné ; le retourner, c'est la convolution de l'analyse.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "stride-of-one",
        "output-12.result",
        under(w, -1, 0),
        "refuted",
        en="The stride takes the window two columns further, not one.",
        fr="Le pas déplace la fenêtre de deux colonnes, non d'une seule.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "outputs-by-columns",
        "matrix.result",
        block([[output(b, a)] for a, b in OUTPUTS]),
        "refuted",
        en="The outputs are listed row by row.",
        fr="Les sorties sont énumérées ligne par ligne.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "flattened-by-columns",
        "flattened.kronecker",
        windows(k_ij * Kron(S[i], S[j]) * Vec(X)),
        "refuted",
        en="Stacking the columns of the image is flattening it column by column; row by row takes its transpose.",
        fr="Empiler les colonnes, c'est lire l'image colonne par colonne ; ligne par ligne, on prend sa transposée.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "factors-exchanged",
        "flattened.result",
        windows(k_ij * Kron(S[j], S[i])) * Vec(X.T),
        "refuted",
        en="Flattened row by row, the rows are the slow index: their selection comes first.",
        fr="Quand on lit ligne par ligne, l'indice lent est celui des lignes : leur sélection vient en premier.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "one-copy-after-the-other",
        "transposed-matrix.result",
        block([[copies[2 * (a // 2) + b // 2][2 * (a % 2) + b % 2]] for a in range(4) for b in range(4)]),
        "refuted",
        en="The rows of two neighbouring copies alternate: the output is flattened row by row, not copy by copy.",
        fr="Les lignes de deux copies voisines alternent : on lit la sortie ligne par ligne, non copie par copie.",
    ),
    twin(
        PROBLEM.derivation,
        "pixels-side-by-side",
        "copy.result",
        Kron(basis[i] * basis[j].T, U),
        "refuted",
        en="In this order whole images would lie side by side; here each pixel has a block of its own.",
        fr="Dans cet ordre, des images entières seraient juxtaposées ; ici, chaque pixel a son propre bloc.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "kernel-first",
        "kronecker.result",
        Kron(V, U),
        "refuted",
        en="The blocks are copies of the kernel, one for each pixel: the image is the first factor.",
        fr="Les blocs sont des copies du noyau, une par pixel : l'image est le premier facteur.",
        cost=0.5,
    ),
    twin(
        PROBLEM.derivation,
        "not-transposed",
        "transpose.result",
        windows(k_ij * Kron(S[i], S[j])) * Vec(G.T),
        "ill-typed",
        en="That is the matrix of the convolution, which takes the larger image to the smaller one.",
        fr="C'est la matrice de la convolution, qui envoie la grande image sur la petite.",
    ),
    twin(
        PROBLEM.derivation,
        "kernel-transposed-too",
        "transpose.result",
        windows(k_ij * Kron(S[j], S[i])).T * Vec(G.T),
        "refuted",
        en="The kernel itself is not transposed; only the matrix of the whole map is.",
        fr="Le noyau lui-même n'est pas transposé ; seule la matrice de l'application entière l'est.",
    ),
)

ANSWERS: tuple[WrongAnswer, ...] = (
    WrongAnswer(
        "padding-assumed",
        "sizes",
        {
            "en": "Without padding, each convolution of size 3 takes away 2.",
            "fr": "Sans marge, chaque convolution de taille 3 enlève 2.",
        },
        "result",
        lambda: 32 // 2,
    ),
    WrongAnswer(
        "stride-of-the-pooling",
        "sizes",
        {
            "en": "The pooling has stride 2 and halves the size.",
            "fr": "L'agrégation est de pas 2 et divise la taille par deux.",
        },
        "result",
        lambda: 32 - 2 - 2 - 1 - 2,
    ),
    WrongAnswer(
        "first-kernel-only",
        "any-size",
        {
            "en": "The second convolution needs room as well.",
            "fr": "La seconde convolution doit, elle aussi, trouver place.",
        },
        "least",
        lambda: 5,
    ),
    WrongAnswer(
        "any-size-because-of-padding",
        "reasons",
        {
            "en": "The size does not matter because of shared weights and global pooling; there is no padding here, "
            "and nothing is resized.",
            "fr": "La taille est indifférente grâce aux poids partagés et à l'agrégation globale ; ici, il n'y a pas "
            "de marge, et rien n'est redimensionné.",
        },
    ),
    WrongAnswer(
        "turned-matrix",
        "strided",
        {
            "en": "The kernel is laid on the image as it is, not turned by half a turn.",
            "fr": "Le noyau est posé tel quel sur l'image, sans être retourné d'un demi-tour.",
        },
        "matrix",
        lambda: [
            [entry if entry == "0" else names[8 - names.index(entry)] for entry in row]
            for row in entries(strided_matrix())
        ],
        cost=1,
    ),
    WrongAnswer(
        "copies-in-a-row",
        "transposed",
        {
            "en": "Each row of the matrix holds the kernel in four neighbouring places; the second row of the kernel "
            "belongs in the next row of the output.",
            "fr": "Chaque ligne de la matrice place le noyau à quatre endroits voisins ; la deuxième ligne du noyau va "
            "dans la ligne suivante de la sortie.",
        },
        "matrix",
        lambda: [
            ["0"] * 4 * row
            + [entry for entry in entries(transposed_matrix())[0] if entry != "0"]
            + ["0"] * 4 * (3 - row)
            for row in range(4)
        ],
        cost=2,
    ),
)
