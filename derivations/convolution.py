r"""Convolutions of images: sizes, networks that take any size, and convolution and its transpose as matrices.

As layers compute it, the kernel is not turned (cross-correlation).  Letters of the examples: kernel ``w``, image
``x`` and output ``y`` of a convolution with stride 2 and padding 1; kernel ``v``, image ``u`` and output ``z`` of a
transposed convolution with stride 2.  Letters for all sizes: ``S_i`` selects the rows of the padded image that meet
row i of the kernel, so that the convolution of X by K is the sum of ``K_ij S_i X S_j^T``; V, U are kernel and image of
a transposed convolution whose copies do not overlap.  Rows and columns count from 1, images are flattened row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import (
    Block,
    Div,
    Entry,
    Expression,
    Eye,
    Family,
    Int,
    Kron,
    Num,
    Unit,
    Vec,
    matrix,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, size, sizes
from everystep.derivation import Chain, Check, Derivation, Link, Mark, Outcome, Part, Problem, prose

m, n, k = sizes("m n k")
i, j = indices("i j")
s, p = size("s"), size("p")
ZERO = Num(0)


def table(name: str, count: int) -> list[list[Expression]]:
    """The entries of a square table, ``name_11`` and so on."""
    return [[scalar(f"{name}_{row}{column}") for column in range(1, count + 1)] for row in range(1, count + 1)]


def block(rows: Sequence[Sequence[Expression]]) -> Block:
    """The matrix with these entries."""
    return Block(len(rows[0]), *(entry for row in rows for entry in row))


def column(rows: Sequence[Sequence[Expression]]) -> Block:
    """The entries row by row, as a column."""
    return block([[entry] for row in rows for entry in row])


def added(terms: Sequence[Expression]) -> Expression:
    """The sum of the terms."""
    result = terms[0]
    for term in terms[1:]:
        result = result + term
    return result


# The strided convolution of the example.
w, x = table("w", 3), table("x", 3)
STRIDE, PADDING = 2, 1
OUTPUTS = tuple((a, b) for a in range(2) for b in range(2))


def pixel(row: int, col: int) -> Expression:
    """The entry of the image, counted from 0, or 0 in the padding."""
    return x[row][col] if 0 <= row < 3 and 0 <= col < 3 else ZERO


def window(a: int, b: int) -> list[list[Expression]]:
    """What output (a, b), counted from 0, looks at."""
    return [[pixel(STRIDE * a + r - PADDING, STRIDE * b + c - PADDING) for c in range(3)] for r in range(3)]


def output(a: int, b: int) -> Expression:
    """Output (a, b): the kernel times the window, without the terms in the padding."""
    seen = window(a, b)
    return added([w[r][c] * seen[r][c] for r in range(3) for c in range(3) if seen[r][c] is not ZERO])


def strided_matrix() -> list[list[Expression]]:
    """A: a row for each pixel, a column for each output."""
    found = [[ZERO for _ in OUTPUTS] for _ in range(9)]
    for place, (a, b) in enumerate(OUTPUTS):
        for r in range(3):
            for c in range(3):
                row, col = STRIDE * a + r - PADDING, STRIDE * b + c - PADDING
                if 0 <= row < 3 and 0 <= col < 3:
                    found[3 * row + col][place] = w[r][c]
    return found


# The transposed convolution of the example.
v, u = table("v", 2), table("u", 2)


def transposed_matrix() -> list[list[Expression]]:
    """B: a row for each pixel, a column for each output."""
    found = [[ZERO for _ in range(16)] for _ in range(4)]
    for place in range(4):
        a, b = divmod(place, 2)
        for r in range(2):
            for c in range(2):
                found[place][4 * (2 * a + r) + 2 * b + c] = v[r][c]
    return found


copies = [[u[row // 2][col // 2] * v[row % 2][col % 2] for col in range(4)] for row in range(4)]

# For all sizes.
X, K, Y = matrix("X", n, n), matrix("K", k, k), matrix("Y", m, m)
G, Z = matrix("G", m, m), matrix("Z", n, n)
U, V = matrix("U", n, n), matrix("V", k, k)
S = Family("S", m, n)
basis = Family("b", k)
k_ij, v_ij = Entry(K, i, j), Entry(V, i, j)


def windows(body: Expression) -> Expression:
    """The sum over the entries of the kernel."""
    return total(total(body, j, 1, k), i, 1, k)


def spread(at: Any) -> Expression:
    """I (x) e_i: row a goes to row (a - 1) k + i."""
    return Kron(Eye(n), basis[at])


in_kernel = (
    Relation(Int(1), "<=", Int(i)),
    Relation(Int(i), "<=", Int(k)),
    Relation(Int(1), "<=", Int(j)),
    Relation(Int(j), "<=", Int(k)),
)
after_first, after_second = Int(n) - 5 + 1, Int(n) - 5 + 1 - 5 + 1

CONTEXT = Context(
    definitions=(
        Definition(Y, windows(k_ij * S[i] * X * S[j].T)),
        Definition(basis[i], Unit(k, i)),
        Definition(Z, windows(k_ij * S[i].T * G * S[j])),
    )
)

ANY_SIZE = (
    Chain(
        "least",
        after_second,
        (Link("=", Int(n) - 8, "least.size"), Link(">=", Num(1), "least.result")),
        given=(Relation(Int(9), "<=", Int(n)),),
    ),
)

STRIDED = (
    *(
        Chain(
            f"output-{a + 1}{b + 1}",
            added([w[r][c] * window(a, b)[r][c] for r in range(3) for c in range(3)]),
            (Link("=", output(a, b), f"output-{a + 1}{b + 1}.result"),),
        )
        for a, b in OUTPUTS
    ),
    Chain(
        "matrix",
        block(strided_matrix()).T * column(x),
        (Link("=", block([[output(a, b)] for a, b in OUTPUTS]), "matrix.result"),),
    ),
    Chain(
        "flattened",
        Vec(Y.T),
        (
            Link("=", windows(k_ij * Vec(S[j] * X.T * S[i].T)), "flattened.linear"),
            Link("=", windows(k_ij * Kron(S[i], S[j]) * Vec(X.T)), "flattened.kronecker"),
            Link("=", windows(k_ij * Kron(S[i], S[j])) * Vec(X.T), "flattened.result"),
        ),
        boxed=True,
    ),
)

TRANSPOSED = (
    Chain(
        "transposed-matrix",
        block(list(zip(*transposed_matrix(), strict=True))) * column(u),
        (Link("=", column(copies), "transposed-matrix.result"),),
    ),
    Chain(
        "copy",
        spread(i) * U * spread(j).T,
        (Link("=", Kron(U, basis[i] * basis[j].T), "copy.result"),),
        given=in_kernel,
    ),
    Chain(
        "kronecker",
        windows(v_ij * spread(i) * U * spread(j).T),
        (
            Link("=", windows(v_ij * Kron(U, basis[i] * basis[j].T)), "kronecker.copies"),
            Link("=", Kron(U, windows(v_ij * basis[i] * basis[j].T)), "kronecker.linear"),
            Link("=", Kron(U, V), "kronecker.result"),
        ),
        boxed=True,
    ),
    Chain(
        "transpose",
        Vec(Z.T),
        (
            Link("=", windows(k_ij * Vec(S[j].T * G.T * S[i])), "transpose.linear"),
            Link("=", windows(k_ij * Kron(S[i].T, S[j].T) * Vec(G.T)), "transpose.kronecker"),
            Link("=", windows(k_ij * Kron(S[i], S[j])).T * Vec(G.T), "transpose.result"),
        ),
        boxed=True,
    ),
)


LAYERS = (("convolution", 3, 1), ("convolution", 3, 1), ("pooling", 2, 2), ("convolution", 3, 1))
"""What changes the size in the first network: kind, window, stride; no padding."""

IMAGE = 32


def stack_sizes() -> Outcome:
    """The sizes after each layer: by the formula, by counting windows, and of arrays in a network that is run."""
    import numpy as np

    from everystep.kernels.convolution import Window, convolve, max_pool, output_sizes

    counted = [IMAGE]
    for _, extent, stride in LAYERS:
        counted.append(sum(1 for start in range(0, counted[-1], stride) if start + extent <= counted[-1]))
    random = np.random.default_rng(6135)
    image: Any = random.normal(size=(1, 1, IMAGE, IMAGE))
    measured = [image.shape[2:]]
    for kind, extent, stride in LAYERS:
        if kind == "pooling":
            image = max_pool(image, Window(extent, stride))
        else:
            image = np.maximum(convolve(image, random.normal(size=(1, 1, extent, extent)), stride=stride), 0)
        measured.append(image.shape[2:])
    formula = output_sizes(IMAGE, [Window(extent, stride) for _, extent, stride in LAYERS])
    return Outcome(
        list(formula) == counted and measured == [(number, number) for number in counted],
        {
            "en": "the sizes by the formula, by counting the places of the windows, and of the arrays of a network "
            "that is run",
            "fr": "les tailles par la formule, par un décompte des positions des fenêtres, et des tableaux d'un réseau "
            "que l'on exécute",
        },
        {
            "sizes": counted,
            "rows": [
                (*layer, before, after) for layer, before, after in zip(LAYERS, counted, counted[1:], strict=False)
            ],
            "result": counted[-1],
        },
    )


CHANNELS, FEATURES = 3, 8


def any_size() -> Outcome:
    """The second network run on images of several sizes, down to the one that is too small; a perceptron beside it."""
    import numpy as np

    from everystep.kernels.convolution import Window, convolve, least_size

    random = np.random.default_rng(6135)
    first, second = random.normal(size=(4, CHANNELS, 5, 5)), random.normal(size=(FEATURES, 4, 5, 5))
    wide, last = random.normal(size=(128, FEATURES)), random.normal(size=(1, 128))

    def shape(number: int) -> tuple[int, ...] | None:
        """Of the output for an image of that size, or None when the network refuses it."""
        hidden: Any = random.normal(size=(1, CHANNELS, number, number))
        try:
            for kernel in (first, second):
                hidden = np.maximum(convolve(hidden, kernel), 0)
        except ValueError:
            return None
        return tuple(np.shape(last @ np.maximum(wide @ hidden.mean(axis=(2, 3))[0], 0)))

    least = least_size([Window(5), Window(5)])
    accepted = [number for number in range(1, 17) if shape(number) == (1,)]
    weights = random.normal(size=(4, CHANNELS * IMAGE**2))
    try:
        _ = weights @ random.normal(size=CHANNELS * (IMAGE + 1) ** 2)
        fixed = False
    except ValueError:
        fixed = True
    return Outcome(
        accepted == list(range(least, 17)) and fixed,
        {
            "en": f"the network run on images of every size from 1 to 16: it takes those from {least} on; the first "
            "layer of a perceptron refuses images of another size",
            "fr": f"le réseau exécuté sur des images de toutes les tailles de 1 à 16 : il accepte celles à partir de "
            f"{least} ; la première couche d'un perceptron refuse les images d'une autre taille",
        },
        {"least": least, "below": least - 1},
    )


def entries(rows: Sequence[Sequence[Expression]]) -> list[list[str]]:
    """The names of the entries, ``w_{11}``, or 0."""
    return [["0" if entry is ZERO else _entry(entry.args[0]) for entry in row] for row in rows]


def _entry(name: object) -> str:
    letter, place = str(name).split("_")
    return f"{letter}_{{{place}}}"


def _names(letter: str, count: int) -> list[str]:
    return [f"{letter}_{{{row}{col}}}" for row in range(1, count + 1) for col in range(1, count + 1)]


def _by_kernel(names: list[str], extent: int, image: int, stride: int, padding: int) -> list[list[str]]:
    """The transpose of the matrix that the kernel builds: a row for each input pixel."""
    from everystep.kernels.convolution import convolution_pattern

    pattern = convolution_pattern((1, 1, extent, extent), (image, image), stride=stride, padding=padding)
    found = [["0"] * pattern.shape[0] for _ in range(pattern.shape[1])]
    for out, pixel_, entry in zip(pattern.rows, pattern.columns, pattern.entries, strict=True):
        found[pixel_][out] = names[entry]
    return found


def _selections(extent: int, image: int, stride: int, padding: int) -> list[list[list[int]]]:
    """The matrices S_i: row a has its 1 where the window of output a puts row i of the kernel."""
    outputs = (image + 2 * padding - extent) // stride + 1
    return [
        [[int(col == stride * a + r - padding) for col in range(image)] for a in range(outputs)] for r in range(extent)
    ]


def _by_selections(names: list[str], extent: int, image: int, stride: int, padding: int) -> list[list[str]]:
    """The transpose of the sum of w_ij (S_i (x) S_j), entry by entry."""
    chosen = _selections(extent, image, stride, padding)
    outputs = range(len(chosen[0]))
    found = []
    for row in range(image):
        for col in range(image):
            line = []
            for a in outputs:
                for b in outputs:
                    there = [
                        names[extent * r + c]
                        for r in range(extent)
                        for c in range(extent)
                        if chosen[r][a][row] * chosen[c][b][col]
                    ]
                    line.append(" + ".join(there) or "0")
            found.append(line)
    return found


PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23)


def strided() -> Outcome:
    """The matrix of the strided convolution in four ways, the last one the direct computation on unit images."""
    import numpy as np

    from everystep.kernels.convolution import convolve

    found, names = entries(strided_matrix()), _names("w", 3)
    value = dict(zip(names, map(float, PRIMES), strict=True)) | {"0": 0.0}
    units = np.eye(9).reshape(9, 1, 3, 3)
    direct = convolve(units, np.array(PRIMES, float).reshape(1, 1, 3, 3), stride=STRIDE, padding=PADDING).reshape(9, 4)
    agree = direct.tolist() == [[value[name] for name in row] for row in found]
    return Outcome(
        agree
        and found == _by_kernel(names, 3, 3, STRIDE, PADDING)
        and found == _by_selections(names, 3, 3, STRIDE, PADDING),
        {
            "en": "the matrix with symbols from the definition, from the kernel's own indices and from Kronecker "
            "products, and the direct convolution of the nine unit images by a kernel of nine primes",
            "fr": "la matrice symbolique d'après la définition, d'après les indices du noyau de calcul et par produits "
            "de Kronecker, et la convolution directe des neuf images élémentaires par un noyau de neuf "
            "nombres premiers",
        },
        {
            "matrix": found,
            "windows": [entries(window(a, b)) for a, b in OUTPUTS],
            "selections": _selections(3, 3, STRIDE, PADDING),
            "zeros": sum(row.count("0") for row in found),
        },
    )


def transposed_convolution() -> Outcome:
    """The matrix of the transposed convolution, against the direct computation, Kronecker, and the transpose."""
    import numpy as np

    from everystep.kernels.convolution import transposed

    found, names = entries(transposed_matrix()), _names("v", 2)
    value = dict(zip(names, map(float, PRIMES), strict=False)) | {"0": 0.0}
    small = np.array(PRIMES[:4], float).reshape(2, 2)
    units = np.eye(4).reshape(4, 1, 2, 2)
    direct = transposed(units, small.reshape(1, 1, 2, 2), stride=2)
    kronecker = np.array([np.kron(image[0], small) for image in units])
    return Outcome(
        direct.reshape(4, 16).tolist() == [[value[name] for name in row] for row in found]
        and bool((direct[:, 0] == kronecker).all())
        # Transposed, it is the matrix of the convolution with stride 2 from 4 x 4 to 2 x 2.
        and [list(row) for row in zip(*found, strict=True)] == _by_kernel(names, 2, 4, 2, 0),
        {
            "en": "the matrix with symbols from the definition, against the direct transposed convolution and the "
            "Kronecker product of the four unit images, and against the transpose of the matrix of the convolution",
            "fr": "la matrice symbolique d'après la définition, comparée à la convolution transposée directe et au "
            "produit de Kronecker des quatre images élémentaires, et à la transposée de la matrice de la convolution",
        },
        {"matrix": found, "size": direct.shape[2]},
    )


SIZES_WORDS = prose(
    "reasons",
    {
        "en": "A convolution uses the same kernel at every place, so its weights do not depend on the size of the "
        "image; only its output grows with the image.",
        "fr": "Une convolution utilise le même noyau à chaque position : ses poids ne dépendent pas de la taille de "
        "l'image, seule sa sortie grandit avec elle.",
    },
    {
        "en": "Global average pooling leaves one number a channel, whatever the size, which is what the first fully "
        "connected layer expects.",
        "fr": "L'agrégation globale par la moyenne laisse un nombre par canal, quelle que soit la taille : c'est ce "
        "qu'attend la première couche complètement connectée.",
    },
    {
        "en": "The first weight matrix of a multilayer perceptron has one column for each entry of the image; images "
        "of another size have to be resized, cropped or padded.",
        "fr": "La première matrice de poids d'un perceptron multicouche a une colonne par élément de l'image ; les "
        "images d'une autre taille doivent être redimensionnées, recadrées ou complétées.",
    },
    references=("M. Lin, Q. Chen, S. Yan, Network in network, 2014",),
)

PROBLEM = Problem(
    id="convolution",
    derivation=Derivation(
        id="convolution",
        context=CONTEXT,
        chains=ANY_SIZE + STRIDED + TRANSPOSED,
        notation=(
            ("n", Int(n)),
            ("k", Int(k)),
            ("m", Int(m)),
            ("s", Int(s)),
            ("p", Int(p)),
            ("i", Int(i)),
            ("j", Int(j)),
            ("fits", Div(Int(n) + 2 * Int(p) - Int(k), Int(s)) + 1),
            ("after_first", after_first),
            ("x", vector("x", 9)),
            ("y", vector("y", 4)),
            ("A", matrix("A", 9, 4)),
            ("layout", vector("x", 9).T * matrix("A", 9, 4)),
            ("y_row", vector("y", 4).T),
            ("w_11", w[0][0]),
            ("w_33", w[2][2]),
            ("x_11", x[0][0]),
            ("x_33", x[2][2]),
            ("y_11", scalar("y_11")),
            ("y_12", scalar("y_12")),
            ("y_21", scalar("y_21")),
            ("y_22", scalar("y_22")),
            ("A_transposed", matrix("A", 9, 4).T),
            ("X", X),
            ("K", K),
            ("Y", Y),
            ("Y_body", windows(k_ij * S[i] * X * S[j].T)),
            ("S_i", S[i]),
            *((f"S_{place}", S[place]) for place in (1, 2, 3)),
            ("window_row", Int(s) * (scalar("a") - 1) + Int(i) - Int(p)),
            ("a", scalar("a")),
            ("u", vector("u", 4)),
            ("z", vector("z", 16)),
            ("B", matrix("B", 4, 16)),
            ("u_layout", vector("u", 4).T * matrix("B", 4, 16)),
            ("z_row", vector("z", 16).T),
            ("u_11", u[0][0]),
            ("u_22", u[1][1]),
            ("v_11", v[0][0]),
            ("v_22", v[1][1]),
            ("B_transposed", matrix("B", 4, 16).T),
            ("U", U),
            ("V", V),
            ("UV", Kron(U, V)),
            ("b_i", basis[i]),
            ("spread", spread(i)),
            ("spread_row", (scalar("a") - 1) * Int(k) + Int(i)),
            ("Z", Z),
            ("Z_body", windows(k_ij * S[i].T * G * S[j])),
            ("G", G),
            ("M", windows(k_ij * Kron(S[i], S[j]))),
        ),
    ),
    parts=(
        Part(
            "sizes",
            3,
            checks=("sizes",),
            marks=(
                Mark(1, words={"en": "the convolutions", "fr": "les convolutions"}),
                Mark(1, words={"en": "the pooling", "fr": "l'agrégation par maximum"}),
                Mark(1, words={"en": "the size of the output", "fr": "la taille de la sortie"}),
            ),
            entries=("I1",),
        ),
        Part(
            "any_size",
            5,
            tuple(chain.name for chain in ANY_SIZE),
            ("reasons", "any-size"),
            (
                Mark(2, words={"en": "every size, with the reason", "fr": "toute taille, avec la raison"}),
                Mark(1, words={"en": "global pooling", "fr": "agrégation globale"}),
                Mark(1, "least"),
                Mark(1, words={"en": "not the perceptron", "fr": "pas le perceptron"}),
            ),
            ("I2",),
        ),
        Part(
            "strided",
            5,
            tuple(chain.name for chain in STRIDED),
            ("strided",),
            (
                Mark(2, words={"en": "the four outputs", "fr": "les quatre sorties"}),
                Mark(2, "matrix"),
                Mark(
                    1,
                    words={
                        "en": "linear: sums of pixels, with weights that do not depend on the image",
                        "fr": "linéaire : sommes de pixels, de poids indépendants de l'image",
                    },
                ),
            ),
            ("I3",),
        ),
        Part(
            "transposed",
            7,
            tuple(chain.name for chain in TRANSPOSED),
            ("transposed",),
            (
                Mark(
                    1,
                    words={
                        "en": "linear: each output is a pixel times an entry of the kernel",
                        "fr": "linéaire : chaque sortie est un pixel fois un élément du noyau",
                    },
                ),
                Mark(4, "transposed-matrix"),
                Mark(2, "transpose"),
            ),
            ("I4",),
        ),
    ),
    title={"en": "Convolutions", "fr": "Convolutions"},
    checks=(
        Check("sizes", "numeric", stack_sizes),
        SIZES_WORDS,
        Check("any-size", "example", any_size),
        Check("strided", "linear map", strided),
        Check("transposed", "linear map", transposed_convolution),
    ),
)
