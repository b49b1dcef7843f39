r"""A mixture of logistic regressions, drawn and computed as a network with one hidden layer.

K regressions with the weights ``w_k`` (the rows of W) label an input x with d entries; ``z`` is the unit vector of the
regression that is drawn, with the probabilities ``pi``, and ``b`` the labels that the K regressions would give.  The
label of the mixture is ``y = z^T b``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from everystep.algebra.context import Context, Definition, Random, Relation
from everystep.algebra.expressions import (
    Entry,
    Expectation,
    Family,
    Int,
    Num,
    Ones,
    Softmax,
    Unit,
    logistic,
    matrix,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, sizes
from everystep.derivation import Chain, Check, Derivation, Link, Mark, NumericResult, Outcome, Part, Problem

d, K = sizes("d K")
k = indices("k")[0]
zero, one = Num(0), Num(1)
w = Family("w", d)
x, W, h = vector("x", d), matrix("W", K, d), vector("h", K)
pi, z, b, a = (vector(name, K) for name in ("pi", "z", "b", "a"))
y = scalar("y")
hidden = logistic(W * x)
mixture = total(Entry(pi, k) * logistic(w[k].T * x), k, 1, K)
in_range = (Relation(Int(1), "<=", Int(k)), Relation(Int(k), "<=", Int(K)))
weights_sum = Relation(Ones(K).T * pi, "=", one)

CONTEXT = Context(
    definitions=(
        Definition(W, total(Unit(K, k) * w[k].T, k, 1, K)),
        Definition(h, hidden),
        Definition(y, z.T * b),
    ),
    random=(
        Random(z, "moments", (pi, matrix("Sigma", K, K))),
        Random(b, "moments", (h, matrix("Gamma", K, K))),
    ),
)

PROBABILITY = (
    Chain(
        "mean",
        Expectation(y),
        (
            Link("=", Expectation(z.T * b), "mean.choice"),
            Link("=", Expectation(z).T * Expectation(b), "mean.independent"),
            Link("=", pi.T * h, "mean.moments"),
            Link("=", mixture, "mean.result"),
        ),
        boxed=True,
    ),
    Chain(
        "complement",
        1 - pi.T * h,
        (
            Link("=", Ones(K).T * pi - pi.T * h, "complement.sum"),
            Link("=", pi.T * (Ones(K) - h), "complement.factor"),
            Link("=", pi.T * logistic(-W * x), "complement.result"),
        ),
        given=(weights_sum,),
    ),
)

NETWORK = (
    Chain(
        "hidden",
        Entry(h, k),
        (
            Link("=", logistic(Entry(W * x, k)), "hidden.row"),
            Link("=", logistic(w[k].T * x), "hidden.result"),
        ),
        given=in_range,
    ),
    Chain(
        "output",
        pi.T * h,
        (
            Link("=", pi.T * hidden, "output.layers"),
            Link("=", mixture, "output.result"),
        ),
        boxed=True,
    ),
    Chain("positive", Entry(Softmax(a), k), (Link(">", zero, "positive.result"),), given=in_range),
    Chain("sum", Ones(K).T * Softmax(a), (Link("=", one, "sum.result"),)),
)

SIZES = {"d": 4, "K": 3}
ENDS = (-2, 0, 2)
WEIGHTS, SHARES = ((4.0, -4.0), (-4.0, -4.0)), (0.5, 0.5)


def sigma(at: float) -> float:
    """The logistic function."""
    return 1 / (1 + math.exp(-at))


def layer(rows: Sequence[Sequence[float]], inputs: Sequence[float]) -> list[float]:
    """A matrix times a vector."""
    return [sum(weight * value for weight, value in zip(row, inputs, strict=True)) for row in rows]


def network(at: Sequence[float]) -> float:
    """The output of the network: logistic hidden units, one linear output."""
    return layer([SHARES], [sigma(value) for value in layer(WEIGHTS, at)])[0]


def enumerated(at: Sequence[float]) -> float:
    """The probability of the label 1, summed over all draws of the regression and of the labels."""
    whole = 0.0
    for chosen, labels in product(range(len(SHARES)), product((0, 1), repeat=len(SHARES))):
        chance = SHARES[chosen]
        for weights, label in zip(WEIGHTS, labels, strict=True):
            of_one = 1 / (1 + math.exp(-sum(weight * value for weight, value in zip(weights, at, strict=True))))
            chance *= of_one if label else 1 - of_one
        whole += chance * labels[chosen]
    return whole


def bumps() -> Outcome:
    """A mixture of two regressions of one number and a constant: likely at both ends, unlikely in the middle."""
    outputs = [network((end, 1)) for end in ENDS]
    counted = [enumerated((end, 1)) for end in ENDS]
    return Outcome(
        all(abs(one_way - other) < 1e-12 for one_way, other in zip(outputs, counted, strict=True))
        and outputs[0] > outputs[1] < outputs[2],
        {
            "en": "the output of a network with two hidden units, against the sum over all draws of the regression and "
            "of the labels",
            "fr": "la sortie d'un réseau à deux unités cachées, comparée à la somme sur tous les tirages de la "
            "régression et des étiquettes",
        },
        {
            "ends": [Fraction(end) for end in ENDS],
            "weights": [[Fraction(int(weight)) for weight in row] for row in WEIGHTS],
            "outputs": outputs,
        },
    )


def parameters() -> Outcome:
    """The weights of the network for d = 4, K = 3: counted edge by edge, and by the formula."""
    inputs = [("x", unit) for unit in range(SIZES["d"])]
    middle = [("h", unit) for unit in range(SIZES["K"])]
    edges = {*product(inputs, middle), *product(middle, [("p", 0)])}
    count = SIZES["K"] * (SIZES["d"] + 1)
    return Outcome(
        len(edges) == count,
        {
            "en": f"the edges of the network with {SIZES['d']} inputs and {SIZES['K']} hidden units, counted",
            "fr": f"les arêtes du réseau à {SIZES['d']} entrées et {SIZES['K']} unités cachées, comptées",
        },
        {**SIZES, "edges": len(edges), "free": count - 1},
    )


def numeric() -> tuple[NumericResult, ...]:
    """The kernels' logistic function and softmax as the network, against a sum of probabilities in plain Python."""
    import numpy as np

    from everystep.kernels.activations import logistic as kernel_logistic
    from everystep.kernels.activations import softmax

    random = np.random.default_rng(6135)
    rows, inputs, scores = random.normal(size=(5, 3)), random.normal(size=3), random.normal(size=5)
    shares = softmax(scores)
    output = float(shares @ kernel_logistic(rows @ inputs))
    by_hand = sum(float(share) * sigma(value) for share, value in zip(shares, layer(rows, inputs), strict=True))
    return (
        NumericResult(
            "output of the network against the mixture, 5 regressions", abs(output - by_hand), 1e-14, ("network",)
        ),
    )


DERIVATION = Derivation(
    id="mixture",
    context=CONTEXT,
    chains=PROBABILITY + NETWORK,
    notation=(
        ("d", Int(d)),
        ("K", Int(K)),
        ("k", Int(k)),
        ("x", x),
        ("w_k", w[k]),
        ("w_1", w[1]),
        ("w_2", w[2]),
        ("w_K", w[K]),
        ("w_k_row", w[k].T),
        ("regression", logistic(w[k].T * x)),
        ("pi", pi),
        ("pi_k", Entry(pi, k)),
        ("pi_sum", total(Entry(pi, k), k, 1, K)),
        ("z", z),
        ("e_k", Unit(K, k)),
        ("b", b),
        ("b_k", Entry(b, k)),
        ("y", y),
        ("y_body", z.T * b),
        ("mean_y", Expectation(y)),
        ("mixture", mixture),
        ("W", W),
        ("h", h),
        ("h_k", Entry(h, k)),
        ("h_body", hidden),
        ("output", pi.T * h),
        ("minus", logistic(-W * x)),
        ("a", a),
        ("softmax_a", Softmax(a)),
        ("edges", Int(K) * (Int(d) + 1)),
        ("zero", zero),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="mixture",
    derivation=DERIVATION,
    parts=(
        Part(
            "probability",
            4,
            tuple(chain.name for chain in PROBABILITY),
            checks=("bumps",),
            marks=(Mark(3, "mean"), Mark(1, "complement")),
            entries=("H5",),
        ),
        Part(
            "network",
            6,
            tuple(chain.name for chain in NETWORK),
            checks=("parameters",),
            marks=(
                Mark(
                    3,
                    words={
                        "en": "hidden layer: number of units, logistic function, weights, no bias",
                        "fr": "couche cachée : nombre d'unités, fonction logistique, poids, pas de biais",
                    },
                ),
                Mark(
                    3,
                    words={
                        "en": "output: one unit, no activation, the probabilities as weights, no bias",
                        "fr": "sortie : une unité, sans activation, les probabilités pour poids, pas de biais",
                    },
                ),
            ),
            entries=("H5",),
        ),
    ),
    title={"en": "A mixture of logistic regressions", "fr": "Un mélange de régressions logistiques"},
    checks=(
        Check("bumps", "example", bumps),
        Check("parameters", "count", parameters),
    ),
)
