r"""Activations: swish between a linear function and relu, two relus, softmax shifted, its logarithm without overflow.

Swish is ``s = x sigma(beta x)`` of a number x; ``f`` is the piecewise linear function made of two relus.  Softmax acts
on a vector z with d entries, ``max(z)`` is the largest of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from sympy import Rational

from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import (
    Apply,
    Div,
    Entry,
    Expression,
    Int,
    Limit,
    Max,
    Min,
    Num,
    Ones,
    ScalarDerivative,
    Softmax,
    logistic,
    scalar,
    total,
    vector,
)
from everystep.algebra.shapes import indices, size
from everystep.derivation import Chain, Check, Derivation, Link, Mark, NumericResult, Outcome, Part, Problem

d = size("d")
i, j, k = indices("i j k")
zero, one, half = Num(0), Num(1), Num(Rational(1, 2))


def exp(at: Expression) -> Expression:
    """The exponential."""
    return Apply("exp", at)


def log(at: Expression) -> Expression:
    """The logarithm."""
    return Apply("log", at)


def relu(at: Expression) -> Expression:
    """max(0, at)."""
    return Apply("relu", at)


def positive(*numbers: Expression) -> tuple[Relation, ...]:
    """The numbers are > 0."""
    return tuple(Relation(number, ">", zero) for number in numbers)


# Swish.
x, beta, u, w, q, swish = (scalar(name) for name in ("x", "beta", "u", "w", "q", "s"))
sigma = logistic(beta * x)
swish_body = x * sigma
tail = exp(-beta * x)
right = positive(x, beta)
profile = Div(u, 1 + exp(u))

SWISH = (
    Chain(
        "zero",
        swish,
        (
            Link("=", x * logistic(zero), "zero.insert"),
            Link("=", half * x, "zero.result"),
        ),
        given=(Relation(beta, "=", zero),),
        boxed=True,
    ),
    Chain(
        "above",
        sigma,
        (
            Link(">", logistic(zero), "above.monotone"),
            Link("=", half, "above.result"),
        ),
        given=right,
    ),
    Chain(
        "near",
        1 - sigma,
        (
            Link("=", sigma * tail, "near.symmetry"),
            Link(">=", sigma * (1 - beta * x), "near.tangent"),
            Link("=", sigma - beta * x * sigma, "near.expand"),
            Link(">=", sigma - beta * x, "near.result"),
        ),
        given=right,
    ),
    Chain(
        "line-even",
        swish - half * x,
        (Link("=", (-x) * logistic(beta * (-x)) - half * (-x), "line-even.result"),),
    ),
    Chain(
        "gap",
        relu(x) - swish,
        (
            Link("=", x * (1 - sigma), "gap.insert"),
            Link("=", x * tail * sigma, "gap.result"),
            Link(">", zero, "gap.sign"),
        ),
        given=right,
    ),
    Chain(
        "bound",
        relu(x) - swish,
        (
            Link("=", x * tail * sigma, "bound.gap"),
            Link("<=", x * tail, "bound.logistic"),
            Link("<=", Div(exp(beta * x - 1), beta) * tail, "bound.tangent"),
            Link("=", Div(exp(-one), beta), "bound.result"),
        ),
        given=right,
        boxed=True,
    ),
    Chain(
        "even",
        relu(x) - swish,
        (Link("=", relu(-x) - (-x) * logistic(beta * (-x)), "even.result"),),
    ),
    Chain(
        "pointwise",
        Limit(x * q ** Int(k), k),
        (Link("=", zero, "pointwise.result"),),
        given=(*positive(x, q), Relation(q, "<", one)),
    ),
    Chain(
        "scaled",
        beta * (relu(x) - swish),
        (Link("=", Div(beta * x, 1 + exp(beta * x)), "scaled.result"),),
        given=right,
    ),
    Chain(
        "slope",
        ScalarDerivative(profile, u),
        (
            Link("=", Div(1 + exp(u) - u * exp(u), (1 + exp(u)) ** 2), "slope.quotient"),
            Link("=", Div(1 - (u - 1) * exp(u), (1 + exp(u)) ** 2), "slope.result"),
        ),
    ),
    Chain(
        "decreasing",
        ScalarDerivative(1 - (u - 1) * exp(u), u),
        (
            Link("=", -u * exp(u), "decreasing.differentiate"),
            Link("<", zero, "decreasing.result"),
        ),
        given=positive(u),
    ),
    Chain(
        "largest",
        Div(u, 1 + w),
        (
            Link("=", Div(u, 1 + Div(one, u - 1)), "largest.insert"),
            Link("=", u - 1, "largest.result"),
        ),
        given=(Relation(u, ">", one), Relation(w, "=", Div(one, u - 1))),
    ),
    Chain(
        "negative",
        x * logistic(-beta * x),
        (Link("=", x - swish, "negative.result"),),
    ),
    Chain(
        "minimum",
        x - relu(x),
        (Link("=", Min(zero, x), "minimum.result"),),
    ),
)

# Two relus.
a, b, c, piecewise = (scalar(name) for name in ("a", "b", "c", "f"))
low, high, small = scalar("tau_1"), scalar("tau_2"), scalar("r")
piecewise_body = c + a * relu(x - high) + b * relu(low - x)
ordered = Relation(low, "<=", high)
on_right = (ordered, Relation(x, ">", high))
between = (ordered, Relation(low, "<", x), Relation(x, "<", high))
on_left = (ordered, Relation(x, "<", low))

RELUS = (
    Chain(
        "slope-right",
        ScalarDerivative(piecewise, x),
        (Link("=", a, "slope-right.result"),),
        given=on_right,
    ),
    Chain(
        "slope-flat",
        ScalarDerivative(piecewise, x),
        (Link("=", zero, "slope-flat.result"),),
        given=between,
    ),
    Chain(
        "slope-left",
        ScalarDerivative(piecewise, x),
        (Link("=", -b, "slope-left.result"),),
        given=on_left,
    ),
    Chain(
        "absolute",
        relu(x) + relu(-x),
        (Link("=", Apply("abs", x), "absolute.result"),),
    ),
    Chain(
        "leaky",
        relu(x) - small * relu(-x),
        (Link("=", Max(x, small * x), "leaky.result"),),
        given=(*positive(small), Relation(small, "<", one)),
    ),
)

PIECES = (
    Chain("right", piecewise, (Link("=", c + a * (x - high), "right.result"),), given=on_right),
    Chain("flat", piecewise, (Link("=", c, "flat.result"),), given=between),
    Chain("left", piecewise, (Link("=", c + b * (low - x), "left.result"),), given=on_left),
)

# Softmax.
z, shift = vector("z", d), vector("v", d)
t = scalar("t")
z_i, z_j = Entry(z, i), Entry(z, j)
shifted = z + t * Ones(d)
in_range = (Relation(Int(1), "<=", Int(i)), Relation(Int(i), "<=", Int(d)))


def sum_exp(of: Expression) -> Expression:
    """The sum over j of the exponentials of an expression in j."""
    return total(exp(of), j, 1, d)


SHIFTED = (
    Chain(
        "shifted",
        Entry(Softmax(shifted), i),
        (
            Link("=", Div(exp(z_i + t), sum_exp(z_j + t)), "shifted.definition"),
            Link("=", Div(exp(t) * exp(z_i), exp(t) * sum_exp(z_j)), "shifted.factor"),
            Link("=", Div(exp(z_i), sum_exp(z_j)), "shifted.cancel"),
            Link("=", Entry(Softmax(z), i), "shifted.result"),
        ),
        given=in_range,
        boxed=True,
    ),
    Chain(
        "difference",
        log(Entry(Softmax(z + shift), i)) - log(Entry(Softmax(z), i)),
        (
            Link(
                "=",
                z_i + Entry(shift, i) - log(sum_exp(z_j + Entry(shift, j))) - z_i + log(sum_exp(z_j)),
                "difference.logarithms",
            ),
            Link(
                "=",
                Entry(shift, i) - (log(sum_exp(z_j + Entry(shift, j))) - log(sum_exp(z_j))),
                "difference.result",
            ),
        ),
        given=in_range,
    ),
)

largest = Max(z)
stable = log(sum_exp(z_j - largest))

STABLE = (
    Chain(
        "logarithm",
        log(Entry(Softmax(z), i)),
        (
            Link("=", log(Div(exp(z_i), sum_exp(z_j))), "logarithm.definition"),
            Link("=", z_i - log(sum_exp(z_j)), "logarithm.quotient"),
            Link("=", z_i - log(exp(largest) * sum_exp(z_j - largest)), "logarithm.factor"),
            Link("=", z_i - largest - stable, "logarithm.result"),
        ),
        given=in_range,
        boxed=True,
    ),
    Chain("entries", z_i, (Link("<=", largest, "entries.result"),), given=in_range),
    Chain(
        "exponents",
        exp(u),
        (Link("<=", exp(zero), "exponents.monotone"), Link("=", one, "exponents.result")),
        given=(Relation(u, "<=", zero),),
    ),
    Chain(
        "bounds",
        largest,
        (
            Link("<=", largest + stable, "bounds.below"),
            Link("<=", largest + log(Int(d)), "bounds.above"),
        ),
    ),
)


def distance() -> Outcome:
    """The largest value of u / (1 + e^u): by a search, and as u - 1 from the root of (u - 1) e^u = 1."""
    low_end, high_end = 1.0, 2.0
    for _ in range(60):
        middle = (low_end + high_end) / 2
        low_end, high_end = (middle, high_end) if (middle - 1) * math.exp(middle) < 1 else (low_end, middle)
    first, last = 0.0, 10.0
    for _ in range(100):  # the function rises to its maximum and falls from there on: thirds are cut off
        near, far = first + (last - first) / 3, last - (last - first) / 3
        first, last = (near, last) if near / (1 + math.exp(near)) < far / (1 + math.exp(far)) else (first, far)
    greatest = first / (1 + math.exp(first))
    return Outcome(
        abs(greatest - (low_end - 1)) < 1e-12 and greatest < math.exp(-1),
        {
            "en": "the maximum found by a search, against the root of the equation for its place, by bisection",
            "fr": "le maximum trouvé par une recherche, comparé à la racine de l'équation de son abscisse, par "
            "dichotomie",
        },
        {"place": low_end, "value": greatest, "bound": math.exp(-1)},
    )


def differs() -> Outcome:
    """Softmax of (0, 0) and of (1, 0): by its definition, and by the logistic function of the difference."""
    before, added = (0, 0), (1, 0)
    after = [entry + more for entry, more in zip(before, added, strict=True)]

    def softmax(at: Sequence[float]) -> list[float]:
        exponentials = [math.exp(value) for value in at]
        return [value / sum(exponentials) for value in exponentials]

    by_logistic = [1 / (1 + math.exp(after[1] - after[0])), 1 / (1 + math.exp(after[0] - after[1]))]
    return Outcome(
        softmax(before) == [0.5, 0.5]
        and all(abs(one_way - other) < 1e-15 for one_way, other in zip(softmax(after), by_logistic, strict=True))
        and abs(by_logistic[0] - 0.5) > 0.2,
        {
            "en": "softmax of two numbers, by its definition and by the logistic function of their difference",
            "fr": "le softmax de deux nombres, par sa définition et par la fonction logistique de leur différence",
        },
        {
            "before": before,
            "added": added,
            "equal": Fraction(1, 2),
            "after": [round(share, 3) for share in by_logistic],
        },
    )


LARGE, FAR_APART = (1000.0, 999.0, 0.0), (0.0, -1000.0)


def naive(at: Sequence[float]) -> list[float]:
    """The logarithm of softmax as it is defined; fails with large numbers of either sign."""
    exponentials = [math.exp(value) for value in at]
    return [math.log(value / sum(exponentials)) for value in exponentials]


def stable_logarithms(at: Sequence[float]) -> list[float]:
    """The logarithm of softmax with the largest entry taken out."""
    top = max(at)
    rest = math.log(sum(math.exp(value - top) for value in at))
    return [value - top - rest for value in at]


def fails(at: Sequence[float], error: type[Exception]) -> bool:
    """Whether the definition fails with that error."""
    try:
        naive(at)
    except error:
        return True
    return False


def overflow() -> Outcome:
    """Large entries: the definition overflows or takes the logarithm of 0, the stable formula does neither."""
    found = stable_logarithms(LARGE)
    with localcontext() as context:
        context.prec = 50
        whole = sum(Decimal(value).exp() for value in LARGE)
        exact = [float((Decimal(value).exp() / whole).ln()) for value in LARGE]
    return Outcome(
        all(abs(one_way - other) < 1e-12 for one_way, other in zip(found, exact, strict=True))
        and fails(LARGE, OverflowError)
        and fails(FAR_APART, ValueError),
        {
            "en": "the stable formula in floating point, against the definition with fifty digits; the definition "
            "in floating point fails for both vectors",
            "fr": "la formule stable en virgule flottante, comparée à la définition avec cinquante chiffres ; la "
            "définition en virgule flottante échoue pour les deux vecteurs",
        },
        {"large": LARGE, "small": FAR_APART, "logarithms": found},
    )


def numeric() -> tuple[NumericResult, ...]:
    """The kernels: swish against relu, the map of two relus, log-softmax shifted."""
    import numpy as np

    from everystep.kernels.activations import log_softmax, piecewise_linear, swish, swish_slope
    from everystep.kernels.activations import relu as kernel_relu

    points = np.linspace(-20.0, 20.0, 4001)
    apart = [np.abs(swish(points, rate) - kernel_relu(points)).max() * rate for rate in (0.5, 1.0, 4.0)]
    value = distance().values["value"]
    random = np.random.default_rng(6135)
    scores = random.normal(size=7) * 100
    rises = np.diff(piecewise_linear(points, a=2.0, b=0.5, alpha=3.0, beta=-1.0, c=1.0)) / np.diff(points)
    middles = (points[1:] + points[:-1]) / 2
    wanted = np.where(middles > 3, 2.0, np.where(middles < -1, -0.5, 0.0))
    return (
        NumericResult(
            "distance of swish from relu on a grid, against the maximum",
            float(np.ptp([*apart, value])),
            1e-4,
            ("swish",),
        ),
        NumericResult(
            "slope of swish at 0 against one half", abs(float(swish_slope(np.zeros(1), 3.0)[0]) - 0.5), 0.0, ("swish",)
        ),
        NumericResult("slopes of the function of two relus", float(np.abs(rises - wanted).max()), 1e-9, ("relus",)),
        NumericResult(
            "logarithm of softmax, shifted by 1000",
            float(np.abs(log_softmax(scores + 1000.0) - log_softmax(scores)).max()),
            1e-10,
            ("shift", "logarithm"),
        ),
    )


DERIVATION = Derivation(
    id="activations",
    context=Context(definitions=(Definition(swish, swish_body), Definition(piecewise, piecewise_body))),
    chains=SWISH + RELUS + PIECES + SHIFTED + STABLE,
    notation=(
        ("x", x),
        ("beta", beta),
        ("swish", swish),
        ("swish_body", swish_body),
        ("sigma", sigma),
        ("sigma_above", half + half * beta * x),
        ("line", half * x),
        ("line_above", half * x + half * beta * x**2),
        ("relu_x", relu(x)),
        ("tail", tail),
        ("tangent", 1 - beta * x),
        ("exp_u", exp(u)),
        ("tangent_u", 1 + u),
        ("exp_before", exp(beta * x - 1)),
        ("product", beta * x),
        ("uniform", Div(exp(-one), beta)),
        ("fading", x * tail),
        ("q", q),
        ("q_body", exp(-x)),
        ("u", u),
        ("u_body", beta * x),
        ("w", w),
        ("scaled_gap", beta * (relu(x) - swish)),
        ("profile", profile),
        ("bracket", 1 - (u - 1) * exp(u)),
        ("stationary", (u - 1) * exp(u)),
        ("reciprocal", Div(one, u - 1)),
        ("less_one", u - 1),
        ("negative_swish", x * logistic(-beta * x)),
        ("minus_beta", -beta),
        ("a", a),
        ("b", b),
        ("minus_b", -b),
        ("c", c),
        ("f", piecewise),
        ("f_body", piecewise_body),
        ("tau_1", low),
        ("tau_2", high),
        ("relu_right", relu(x - high)),
        ("relu_left", relu(low - x)),
        ("r", small),
        ("minus_r", -small),
        ("absolute", Apply("abs", x)),
        ("z", z),
        ("d", Int(d)),
        ("i", Int(i)),
        ("k", Int(k)),
        ("t", t),
        ("ones", t * Ones(d)),
        ("v", shift),
        ("v_i", Entry(shift, i)),
        ("softmax_z", Softmax(z)),
        ("softmax_i", Entry(Softmax(z), i)),
        ("softmax_body", Div(exp(z_i), sum_exp(z_j))),
        ("softmax_t", Softmax(shifted)),
        ("softmax_v", Softmax(z + shift)),
        ("log_i", log(Entry(Softmax(z), i))),
        ("largest", largest),
        ("sum", sum_exp(z_j - largest)),
        ("log_sum", stable),
        ("log_d", log(Int(d))),
        ("zero", zero),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="activations",
    derivation=DERIVATION,
    parts=(
        Part(
            "swish",
            5,
            tuple(chain.name for chain in SWISH),
            checks=("distance",),
            marks=(Mark(1, "zero"), Mark(1, "near"), Mark(1, "gap"), Mark(1, "bound"), Mark(1, "even")),
            entries=("H1",),
        ),
        Part(
            "relus",
            1,
            tuple(chain.name for chain in RELUS),
            marks=(
                Mark(0.5, words={"en": "the function, with its three slopes", "fr": "la fonction et ses trois pentes"}),
                Mark(0.5, words={"en": "two special cases", "fr": "deux cas particuliers"}),
            ),
            entries=("H2",),
        ),
        Part(
            "sketch",
            1,
            tuple(chain.name for chain in PIECES),
            marks=(
                Mark(
                    1,
                    words={
                        "en": "flat between the kinks, the right slopes beside them, no jump",
                        "fr": "palier entre les points anguleux, bonnes pentes de part et d'autre, aucun saut",
                    },
                ),
            ),
            entries=("H2",),
        ),
        Part(
            "shift",
            3,
            tuple(chain.name for chain in SHIFTED),
            checks=("differs",),
            marks=(
                Mark(2, "shifted"),
                Mark(1, words={"en": "an example where softmax changes", "fr": "un exemple où le softmax change"}),
            ),
            entries=("H3",),
        ),
        Part(
            "logarithm",
            5,
            tuple(chain.name for chain in STABLE),
            checks=("overflow",),
            marks=(
                Mark(3, "logarithm"),
                Mark(1, words={"en": "no exponent is positive", "fr": "aucun exposant n'est positif"}),
                Mark(1, "bounds"),
            ),
            entries=("H4",),
        ),
    ),
    title={"en": "Swish, relu and softmax", "fr": "Swish, relu et softmax"},
    checks=(
        Check("distance", "numeric", distance),
        Check("differs", "example", differs),
        Check("overflow", "example", overflow),
    ),
)
