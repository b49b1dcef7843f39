r"""Four padded convolutions: size of the output, receptive field, and whether they can compare opposite corners.

``k_l`` and ``s_l`` are kernel size and stride of layer l, ``j_l`` how many pixels neighbouring outputs of layer l are
apart, ``r_l`` how many pixels one of them sees along an axis.  For the comparison, x is an image as a column, a layer
is ``A_l z + d_l``, ``a_4`` and ``d_4`` give one output, and ``u, u + v, u + v', u + v + v'`` are four images that
differ in two opposite corners.

The course's picture of the data is not in its text.  The images here are our own choice: of size 5, black but for the
corners, which take all 16 patterns; both diagonals are asked for, and only the corners of the output are compared.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import (
    Apply,
    Expression,
    Eye,
    Family,
    Int,
    Num,
    ProdOver,
    matrix,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Chain, Check, Derivation, Induction, Link, Mark, Outcome, Part, Problem, prose

n, p, n_0, n_1, n_2, n_3 = sizes("n p n_0 n_1 n_2 n_3")
t, layer, m = indices("t l m")
LAYERS, EXTENT, STRIDE, PADDING = 4, 3, 1, 1
INSIDE, IMAGE, SMALL = 16, 32, 5

kernel, stride, jump, field = Family("k"), Family("s"), Family("j"), Family("r")


def strides(high: Any) -> Expression:
    """The product of the strides up to a layer."""
    return ProdOver(stride[m], m, 1, high)


def field_body(high: Any) -> Expression:
    """1 + sum_l (k_l - 1) j_{l-1}."""
    return one + total((kernel[layer] - 1) * jump[layer - 1], layer, 1, high)


A_1, A_2, A_3, a_4 = matrix("A_1", n_1, n_0), matrix("A_2", n_2, n_1), matrix("A_3", n_3, n_2), vector("a_4", n_3)
d_1, d_2, d_3, d_4 = vector("d_1", n_1), vector("d_2", n_2), vector("d_3", n_3), scalar("d_4")
x, u, v, w = vector("x", n_0), vector("u", n_0), vector("v", n_0), vector("v'", n_0)
c, beta, tau = vector("c", n_0), scalar("beta"), scalar("tau")
A, z, d = matrix("A", n, n), vector("z", n), vector("d", n)
f_00, f_01, f_10, f_11 = (scalar(f"f_{pixels}") for pixels in ("00", "01", "10", "11"))
a, b = scalar("a"), scalar("b")


def value(image: Expression) -> Expression:
    """The output for an image."""
    return c.T * image + beta


def relu(number: Expression) -> Expression:
    """max(0, number)."""
    return Apply("relu", number)


def magnitude(number: Expression) -> Expression:
    """|number|."""
    return Apply("abs", number)


network = a_4.T * (A_3 * (A_2 * (A_1 * x + d_1) + d_2) + d_3) + d_4
offset = a_4.T * (A_3 * (A_2 * d_1 + d_2) + d_3) + d_4
from_start = (Relation(Int(0), "<=", Int(t)),)
one, zero = Num(1), Num(0)

CONTEXT = Context(
    definitions=(
        Definition(field[0], one),
        Definition(jump[0], one),
        Definition(c, (a_4.T * A_3 * A_2 * A_1).T),
        Definition(beta, offset),
    ),
    recurrences=(
        Recurrence(jump[t], stride[t] * jump[t - 1]),
        Recurrence(field[t], field[t - 1] + (kernel[t] - 1) * jump[t - 1]),
    ),
)

SAME_SIZE = (
    Chain("same-size", Int(n) + 2 * one - Num(3) + 1, (Link("=", Int(n), "same-size.result"),)),
    Chain(
        "odd-kernel", Int(n) + Num(2) * Int(p) - (Num(2) * Int(p) + 1) + 1, (Link("=", Int(n), "odd-kernel.result"),)
    ),
)

FIELD = (
    Chain(
        "jumps",
        jump[t],
        (Link("=", strides(t), "jumps.result", by=Induction(t, 0)),),
        given=from_start,
        boxed=True,
    ),
    Chain(
        "field-step",
        field[t + 1],
        (
            Link("=", field[t] + (kernel[t + 1] - 1) * jump[t], "field-step.definition"),
            Link("=", field_body(t) + (kernel[t + 1] - 1) * jump[t], "field-step.hypothesis"),
            Link("=", field_body(t + 1), "field-step.result"),
        ),
        given=(*from_start, Relation(field[t], "=", field_body(t))),
    ),
    Chain(
        "field",
        field[t],
        (Link("=", field_body(t), "field.result", by=Induction(t, 0)),),
        given=from_start,
        boxed=True,
    ),
    Chain(
        "four-layers",
        one + total((Num(EXTENT) - 1) * 1, layer, 1, LAYERS),
        (
            Link("=", one + Num(LAYERS) * 2, "four-layers.sum"),
            Link("=", Num(9), "four-layers.result"),
        ),
    ),
)

CORNERS = (
    Chain(
        "collapse",
        network,
        (
            Link("=", a_4.T * A_3 * A_2 * A_1 * x + offset, "collapse.expand"),
            Link("=", value(x), "collapse.result"),
        ),
    ),
    Chain(
        "four-images",
        value(u) + value(u + v + w),
        (
            Link("=", Num(2) * c.T * u + c.T * v + c.T * w + Num(2) * beta, "four-images.expand"),
            Link("=", value(u + v) + value(u + w), "four-images.result"),
        ),
        boxed=True,
    ),
    Chain(
        "white",
        f_00 + f_11,
        (Link(">", Num(2) * tau, "white.result"),),
        given=(Relation(f_00, ">", tau), Relation(f_11, ">", tau)),
    ),
    Chain(
        "black",
        f_01 + f_10,
        (Link("<=", Num(2) * tau, "black.result"),),
        given=(Relation(f_01, "<=", tau), Relation(f_10, "<=", tau)),
    ),
    Chain("skip", z + (A * z + d), (Link("=", (Eye(n) + A) * z + d, "skip.result"),)),
    Chain(
        "distance",
        one - (relu(a - b) + relu(b - a)),
        (Link("=", one - magnitude(a - b), "distance.result"),),
    ),
    Chain("equal", one - magnitude(a - a), (Link("=", one, "equal.result"),)),
    Chain("different", one - magnitude(one - zero), (Link("=", zero, "different.result"),)),
)


def sizes_kept() -> Outcome:
    """The sizes after each layer: by the formula, by counting windows, and of arrays in a network that is run."""
    import numpy as np

    from everystep.kernels.convolution import Window, convolve, output_sizes

    random = np.random.default_rng(6135)
    image: Any = random.normal(size=(1, 1, IMAGE, IMAGE))
    channels = [1, *[INSIDE] * (LAYERS - 1), 1]
    measured = [image.shape[2:]]
    for before, after in pairwise(channels):
        image = convolve(image, random.normal(size=(after, before, EXTENT, EXTENT)), padding=PADDING)
        measured.append(image.shape[2:])
    formula = output_sizes(IMAGE, [Window(EXTENT, STRIDE, PADDING)] * LAYERS)
    counted = len([start for start in range(-PADDING, IMAGE) if start + EXTENT <= IMAGE + PADDING])
    return Outcome(
        set(formula) == {counted} == {IMAGE} and set(measured) == {(IMAGE, IMAGE)},
        {
            "en": "the sizes by the formula, by counting the places of the windows, and of the arrays of the network "
            "when it is run",
            "fr": "les tailles par la formule, par un décompte des positions des fenêtres, et des tableaux du réseau "
            "quand on l'exécute",
        },
        {"image": IMAGE, "size": formula[-1], "inside": INSIDE},
    )


def fields() -> Outcome:
    """The receptive field of 1 to 4 layers: by the formula, and from the gradients of networks with random weights."""
    from everystep.kernels.convolution import Window, receptive_field, receptive_field_by_gradient

    found = []
    agree = True
    for layers in range(1, LAYERS + 1):
        windows = [Window(EXTENT, STRIDE, PADDING)] * layers
        seen = receptive_field_by_gradient(windows)
        found.append(receptive_field(windows))
        agree = agree and seen.height == seen.width == found[-1] and int(seen.support.sum()) == found[-1] ** 2
    # The formula with strides, too.
    strided = [Window(3, 2, 1), Window(2, 2), Window(5)]
    seen = receptive_field_by_gradient(strided)
    return Outcome(
        agree and receptive_field(strided) == seen.height == seen.width,
        {
            "en": "the formula, against the pixels with a gradient that is not zero in networks of 1 to 4 layers with "
            "random weights, and in one with strides",
            "fr": "la formule, comparée aux pixels dont le gradient n'est pas nul dans des réseaux de 1 à 4 couches "
            "aux poids aléatoires, et dans un réseau avec des pas plus grands",
        },
        {"fields": found, "field": found[-1], "strided": receptive_field(strided)},
    )


def reach() -> Outcome:
    """In images of size 5 with padding: which numbers of layers let a corner see the opposite one."""
    import numpy as np

    from everystep.kernels.convolution import backward

    sees = []
    gradient: Any = np.zeros((1, 1, SMALL, SMALL))
    gradient[0, 0, 0, 0] = 1
    weights = np.random.default_rng(6135).uniform(0.5, 1.5, (LAYERS, 1, 1, EXTENT, EXTENT))
    for kernels in weights:
        gradient = backward(gradient, kernels, gradient, padding=PADDING).x
        sees.append(bool(gradient[0, 0, -1, -1]))
    return Outcome(
        sees == [layers >= SMALL - 1 for layers in range(1, LAYERS + 1)],
        {
            "en": "the gradient of one corner of the output by the opposite corner of the image, for 1 to 4 layers: it "
            "is zero up to the third",
            "fr": "le gradient d'un coin de la sortie par rapport au coin opposé de l'image, pour 1 à 4 couches : il "
            "est nul jusqu'à la troisième",
        },
        {"steps": SMALL - 1},
    )


DIAGONALS = ((1, 1), (1, -1), (-1, 1), (-1, -1))
CORNER_PLACES = ((0, 0), (0, SMALL - 1), (SMALL - 1, 0), (SMALL - 1, SMALL - 1))


def images(others: Callable[[], Any]) -> Any:
    """One image for each pattern of the corners, shape (16, 1, 5, 5), with other pixels by ``others``."""
    import numpy as np

    found = np.zeros((16, 1, SMALL, SMALL))
    for image, corners in zip(found, product((0, 1), repeat=4), strict=True):
        image[0] = others()
        for place, pixel in zip(CORNER_PLACES, corners, strict=True):
            image[0][place] = pixel
    return found


def targets() -> list[list[int]]:
    """For each pattern of the corners: 1 (white) at a corner that equals the opposite one."""
    return [[int(corners[k] == corners[3 - k]) for k in range(4)] for corners in product((0, 1), repeat=4)]


def at_corners(outputs: Any) -> Any:
    """The outputs at the four corners, shape (16, 4)."""
    import numpy as np

    return np.array([[output[0][place] for place in CORNER_PLACES] for output in outputs])


def tap(row: int, column: int, weight: float = 1.0) -> Any:
    """The kernel that reads the pixel (row, column) away, with -1, 0 or 1."""
    import numpy as np

    found = np.zeros((EXTENT, EXTENT))
    found[1 + row, 1 + column] = weight
    return found


def shifts() -> tuple[Any, Any]:
    """The first two layers: channel 0 carries the image, channel 1 + k moves it along diagonal k, a pixel a layer."""
    import numpy as np

    first, second = np.zeros((5, 1, EXTENT, EXTENT)), np.zeros((5, 5, EXTENT, EXTENT))
    first[0, 0] = second[0, 0] = tap(0, 0)
    for k, direction in enumerate(DIAGONALS, start=1):
        first[k, 0] = second[k, k] = tap(*direction)
    return first, second


def affine() -> Outcome:
    """Four convolutions without activations: the identity of four images, and a network that is right 3 times in 4."""
    import numpy as np

    from everystep.kernels.convolution import convolve

    black = images(lambda: 0)
    random = np.random.default_rng(6135)
    channels = [1, *[INSIDE] * (LAYERS - 1), 1]
    identity = True
    for residual in (False, True):
        hidden: Any = images(lambda: random.integers(0, 2, (SMALL, SMALL)))
        hidden[:] = hidden[:1]  # the same other pixels in all images
        for place in CORNER_PLACES:
            hidden[:, 0, place[0], place[1]] = black[:, 0, place[0], place[1]]
        for before, after in pairwise(channels):
            weights = random.integers(-3, 4, (after, before, EXTENT, EXTENT)).astype(float)
            bias = random.integers(-3, 4, after).astype(float)
            passed = convolve(hidden, weights, bias, padding=PADDING)
            hidden = passed + hidden if residual and before == after else passed
        found = at_corners(hidden)
        # Rows 0, 1, 8, 9: the first and the last corner (the high and the low bit) take their four values.
        identity = identity and bool((found[0] + found[9] == found[1] + found[8]).all())
    first, second = shifts()
    third = np.zeros((5, 5, EXTENT, EXTENT))
    last = np.zeros((1, 5, EXTENT, EXTENT))
    third[0, 0], last[0, 0] = tap(0, 0), tap(0, 0, -1.0)
    for k, direction in enumerate(DIAGONALS, start=1):
        third[k, k], last[0, k] = tap(*direction), tap(*direction, -1.0)
    outputs: Any = black
    for kernels in (first, second, third):
        outputs = convolve(outputs, kernels, padding=PADDING)
    outputs = convolve(outputs, last, np.ones(1), padding=PADDING)
    right = (at_corners(outputs) > 0.5) == np.array(targets(), bool)
    shares = [Fraction(int(column.sum()), 16) for column in right.T]
    # The same share from the formula, over the four cases of two pixels.
    formula = Fraction(
        sum((1 - one - two > Fraction(1, 2)) == (one == two) for one, two in product((0, 1), repeat=2)), 4
    )
    return Outcome(
        identity and set(shares) == {formula},
        {
            "en": f"sums of outputs in networks of {INSIDE} channels with random whole weights, with and without "
            "residual connections, and the share of corners that a network without activations gets right",
            "fr": f"des sommes de sorties de réseaux à {INSIDE} canaux aux poids entiers aléatoires, avec et sans "
            "connexions résiduelles, et la part des coins qu'un réseau sans activation classe correctement",
        },
        {"share": formula, "percent": int(100 * formula)},
    )


def with_relu() -> Outcome:
    """Four convolutions with relu in between, on all patterns of the corners, with black and with any other pixels."""
    import numpy as np

    from everystep.kernels.convolution import convolve

    first, second = shifts()
    third = np.zeros((8, 5, EXTENT, EXTENT))
    last = np.zeros((1, 8, EXTENT, EXTENT))
    for k, (row, column) in enumerate(DIAGONALS):
        for sign, feature in ((1.0, 2 * k), (-1.0, 2 * k + 1)):
            third[feature, k + 1], third[feature, 0] = tap(row, column, sign), tap(-row, -column, -sign)
            last[0, feature] = tap(row, column, -1.0)
    random = np.random.default_rng(6135)
    exact = True
    trials = [images(lambda: 0)] + [images(lambda: random.integers(0, 2, (SMALL, SMALL))) for _ in range(20)]
    for hidden in trials:
        for kernels in (first, second, third):
            hidden = np.maximum(convolve(hidden, kernels, padding=PADDING), 0)
        outputs = convolve(hidden, last, np.ones(1), padding=PADDING)
        exact = exact and at_corners(outputs).tolist() == targets()
    return Outcome(
        exact,
        {
            "en": f"the network with relu run on all 16 patterns of the corners, with black and with {len(trials) - 1} "
            "random choices of the other pixels: every corner is exactly that of the target",
            "fr": "le réseau avec relu exécuté sur les 16 configurations des coins, avec les autres pixels noirs et "
            f"pour {len(trials) - 1} choix aléatoires : chaque coin est exactement celui de la cible",
        },
        {"features": len(third), "carried": len(first)},
    )


USES = prose(
    "uses",
    {
        "en": "Where every pixel gets an answer: segmentation, depth estimation, maps of key points.",
        "fr": "Quand chaque pixel reçoit une réponse : segmentation, estimation de profondeur, cartes de points "
        "d'intérêt.",
    },
    {
        "en": "Where the answer is an image: denoising, colouring, translation between kinds of images, autoencoders.",
        "fr": "Quand la réponse est une image : débruitage, colorisation, traduction d'images, auto-encodeurs.",
    },
    {
        "en": "Inside a network: a residual connection adds input and output, which therefore need the same size.",
        "fr": "À l'intérieur d'un réseau : une connexion résiduelle additionne l'entrée et la sortie, qui doivent donc "
        "avoir la même taille.",
    },
    references=(
        "O. Ronneberger, P. Fischer, T. Brox, U-Net: convolutional networks for biomedical image segmentation, 2015",
        "K. He, X. Zhang, S. Ren, J. Sun, Deep residual learning for image recognition, 2016",
    ),
)

PROBLEM = Problem(
    id="receptive_field",
    derivation=Derivation(
        id="receptive_field",
        context=CONTEXT,
        chains=SAME_SIZE + FIELD + CORNERS,
        notation=(
            ("n", Int(n)),
            ("p", Int(p)),
            ("odd", Num(2) * Int(p) + 1),
            ("t", Int(t)),
            ("l", Int(layer)),
            ("k_l", kernel[layer]),
            ("s_l", stride[layer]),
            ("j_l", jump[layer]),
            ("r_l", field[layer]),
            ("r_l_previous", field[layer - 1]),
            ("r_0", field[0]),
            ("j_0", jump[0]),
            ("r_body", field[layer - 1] + (kernel[layer] - 1) * jump[layer - 1]),
            ("j_body", stride[layer] * jump[layer - 1]),
            ("j_previous", jump[layer - 1]),
            ("k_less", kernel[layer] - 1),
            ("r_t", field[t]),
            ("r_closed", field_body(t)),
            ("x", x),
            ("z", z),
            ("A", A),
            ("d", d),
            ("A_l", matrix("A_l", n_1, n_0)),
            ("d_l", vector("d_l", n_1)),
            ("a_4", a_4),
            ("d_4", d_4),
            ("c", c),
            ("beta", beta),
            ("value_body", value(x)),
            ("u", u),
            ("v", v),
            ("w", w),
            ("tau", tau),
            ("f_00", f_00),
            ("f_01", f_01),
            ("f_10", f_10),
            ("f_11", f_11),
            ("f_00_body", value(u)),
            ("f_01_body", value(u + w)),
            ("f_10_body", value(u + v)),
            ("f_11_body", value(u + v + w)),
            ("a", a),
            ("b", b),
            ("affine_output", one - a - b),
        ),
    ),
    parts=(
        Part(
            "size",
            3,
            tuple(chain.name for chain in SAME_SIZE),
            ("sizes",),
            (
                Mark(2, "same-size"),
                Mark(1, words={"en": "the same for all four layers", "fr": "de même pour les quatre couches"}),
            ),
            ("I5",),
        ),
        Part(
            "uses",
            2,
            checks=("uses",),
            marks=(
                Mark(1, words={"en": "an example", "fr": "un exemple"}),
                Mark(
                    1, words={"en": "why the size has to be kept there", "fr": "pourquoi la taille doit y être gardée"}
                ),
            ),
            entries=("I6",),
        ),
        Part(
            "field",
            3,
            tuple(chain.name for chain in FIELD),
            ("fields",),
            (
                Mark(1, words={"en": "the field of each layer, drawn", "fr": "le champ de chaque couche, dessiné"}),
                Mark(1, words={"en": "each layer adds the same", "fr": "chaque couche ajoute autant"}),
                Mark(1, "four-layers"),
            ),
            ("I7",),
        ),
        Part(
            "corners",
            7,
            tuple(chain.name for chain in CORNERS),
            ("reach", "affine", "relu"),
            (
                Mark(1, words={"en": "the field is large enough", "fr": "le champ est assez grand"}),
                Mark(1, "collapse"),
                Mark(1.5, "four-images"),
                Mark(
                    1,
                    words={
                        "en": "contradiction with the threshold, and the share of 75%",
                        "fr": "contradiction avec le seuil, et la part de 75 %",
                    },
                ),
                Mark(1, "skip"),
                Mark(1.5, words={"en": "with relu it is possible", "fr": "avec relu, c'est possible"}),
            ),
            ("I8",),
        ),
    ),
    title={"en": "Receptive fields", "fr": "Champs récepteurs"},
    checks=(
        Check("sizes", "numeric", sizes_kept),
        USES,
        Check("fields", "receptive field", fields),
        Check("reach", "receptive field", reach),
        Check("affine", "example", affine),
        Check("relu", "example", with_relu),
    ),
)
