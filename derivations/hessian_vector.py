r"""Products of the Hessian with a vector: by a difference of gradients, and exactly by the R-operator.

``f(w)`` is a loss with P parameters, H its Hessian at w.  Everything happens on the line ``w + r v``: g, ``g_+`` and
``g_-`` are the gradients at w, ``w + r v`` and ``w - r v``; ``rho`` is the remainder of the first-order expansion, and
q, t and t' are remainders without their powers of r.  The R-operator is the derivative by r at r = 0, written with a
dot.

One layer of a network has the input z, the preactivation a, the error ``delta``, the weights W and b with the direction
V and c; W', V' and e are the weights, their direction and the error of the layer after it.  ``tilde z`` is z as a
function of r, and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import add
from random import Random
from typing import Any

from sympy import Rational

from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import (
    Apply,
    Call,
    Div,
    Entry,
    Expression,
    Gradient,
    Hessian,
    Int,
    Num,
    ScalarDerivative,
    Softmax,
    diag,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    total,
    vector,
)
from everystep.algebra.shapes import index, sizes
from everystep.derivation import (
    Chain,
    Check,
    Derivation,
    Link,
    Mark,
    NumericResult,
    Outcome,
    Part,
    Problem,
)

P, k, m, n = sizes("P k m n")
i = index("i")
half = Num(Rational(1, 2))
w, v, u = vector("w", P), vector("v", P), vector("u", P)
r, c = scalar("r"), scalar("lambda")
H = matrix("H", P, P)
g, g_plus, g_minus = vector("g", P), vector("g_+", P), vector("g_-", P)
rho, q = vector("rho", P), vector("q", P)
second, third, third_back = vector("p", P), vector("t", P), vector("t'", P)
along, back = w + r * v, w - r * v

# One layer, with the layer after it; n, m, k are the sizes from its input on.
W, V, b, bias_step = matrix("W", m, n), matrix("V", m, n), vector("b", m), vector("c", m)
W_next, V_next = matrix("W'", k, m), matrix("V'", k, m)
z_line, a_line = Call("tilde z", n, 1, r), Call("tilde a", m, 1, r)
delta_line, error_line = Call("tilde delta", m, 1, r), Call("tilde e", k, 1, r)
z, dz, a, da = vector("z", n), vector("dot z", n), vector("a", m), vector("dot a", m)
delta, ddelta, error, derror = vector("delta", m), vector("dot delta", m), vector("e", k), vector("dot e", k)

# The output layer, and the network with one hidden layer.
dot_f, dot_h = scalar("dot f"), scalar("dot h")
y, s = vector("y", k), vector("s", k)
out_line, out, dout = Call("tilde o", k, 1, r), vector("o", k), vector("dot o", k)
x = vector("x", n)
J = scalar("J")
W_1, V_1, U_1 = matrix("W_1", m, n), matrix("V_1", m, n), matrix("U_1", m, n)
W_2, V_2, U_2 = matrix("W_2", k, m), matrix("V_2", k, m), matrix("U_2", k, m)
a_1, z_1, dz_1 = vector("a_1", m), vector("z_1", m), vector("dot z_1", m)
delta_1, ddelta_1 = vector("delta_1", m), vector("dot delta_1", m)
delta_2, ddelta_2 = vector("delta_2", k), vector("dot delta_2", k)


def f(at: Expression) -> Call:
    """The loss."""
    return Call("f", 1, 1, at)


def h(at: Expression) -> Call:
    """A second function of the parameters."""
    return Call("h", 1, 1, at)


def phi(at: Expression, order: int = 0) -> Apply:
    """The activation or a derivative of it, entry by entry."""
    return Apply("phi", at, order)


def by_r(value: Expression) -> ScalarDerivative:
    """The derivative by r."""
    return ScalarDerivative(value, r)


cubes = total(Div(Entry(w, i) ** 3, Num(3)), i, 1, P)
forward, central = Div(g_plus - g, r), Div(g_plus - g_minus, 2 * r)

at_zero = (Relation(r, "=", Num(0)),)
positive = Relation(r, ">", Num(0))
first_order = Relation(g_plus, "=", g + H * (r * v) + rho)
second_order = Relation(rho, "=", r**2 * q)
third_order = (
    Relation(g_plus, "=", g + H * (r * v) + r**2 * second + r**3 * third),
    Relation(g_minus, "=", g - H * (r * v) + r**2 * second + r**3 * third_back),
)

CONTEXT = Context(
    definitions=(
        Definition(u, along),
        Definition(dot_f, by_r(f(along))),
        Definition(dot_h, by_r(h(along))),
        Definition(z, z_line),
        Definition(dz, by_r(z_line)),
        Definition(a, a_line),
        Definition(da, by_r(a_line)),
        Definition(delta, delta_line),
        Definition(ddelta, by_r(delta_line)),
        Definition(error, error_line),
        Definition(derror, by_r(error_line)),
        Definition(out, out_line),
        Definition(dout, by_r(out_line)),
        Definition(s, Softmax(out_line)),
        Definition(U_1, W_1 + r * V_1),
        Definition(U_2, W_2 + r * V_2),
        Definition(J, sq(y - U_2 * phi(U_1 * x))),
        Definition(a_1, W_1 * x),
        Definition(z_1, phi(a_1)),
        Definition(dz_1, odot(phi(a_1, 1), V_1 * x)),
        Definition(delta_2, -2 * (y - W_2 * z_1)),
        Definition(ddelta_2, 2 * (V_2 * z_1 + W_2 * dz_1)),
        Definition(delta_1, odot(phi(a_1, 1), W_2.T * delta_2)),
        Definition(
            ddelta_1,
            odot(phi(a_1, 2), V_1 * x, W_2.T * delta_2) + odot(phi(a_1, 1), V_2.T * delta_2 + W_2.T * ddelta_2),
        ),
    ),
)

DIFFERENCE = (
    Chain(
        "difference",
        forward,
        (
            Link("=", Div(H * (r * v) + rho, r), "difference.expand"),
            Link("=", H * v + Div(rho, r), "difference.result"),
        ),
        given=(positive, first_order),
        boxed=True,
    ),
)

ORDER = (
    Chain(
        "error",
        norm(Div(rho, r)),
        (
            Link("=", norm(r * q), "error.remainder"),
            Link("=", r * norm(q), "error.result"),
        ),
        given=(positive, second_order),
        boxed=True,
    ),
    Chain("cubic-gradient", Gradient(cubes, w), (Link("=", odot(w, w), "cubic-gradient.result"),)),
    Chain(
        "cubic-product",
        Hessian(cubes, w) * v,
        (
            Link("=", 2 * diag(w) * v, "cubic-product.hessian"),
            Link("=", 2 * odot(w, v), "cubic-product.result"),
        ),
    ),
    Chain(
        "cubic-difference",
        Div(odot(along, along) - odot(w, w), r),
        (Link("=", 2 * odot(w, v) + r * odot(v, v), "cubic-difference.result"),),
        given=(positive,),
    ),
    Chain(
        "central",
        central,
        (
            Link("=", Div(2 * H * (r * v) + r**3 * (third - third_back), 2 * r), "central.expand"),
            Link("=", H * v + half * r**2 * (third - third_back), "central.result"),
        ),
        given=(positive, *third_order),
    ),
)

RULES = (
    Chain("constant", by_r(c * f(along)), (Link("=", c * dot_f, "constant.result"),), given=at_zero, boxed=True),
    Chain(
        "product",
        by_r(f(along) * h(along)),
        (
            Link("=", by_r(f(along)) * h(along) + f(along) * by_r(h(along)), "product.rule"),
            Link("=", dot_f * h(w) + f(w) * dot_h, "product.result"),
        ),
        given=at_zero,
        boxed=True,
    ),
    Chain("identity", by_r(along), (Link("=", v, "identity.result"),)),
    Chain("sum", by_r(f(along) + h(along)), (Link("=", dot_f + dot_h, "sum.result"),), given=at_zero),
    Chain(
        "function",
        by_r(phi(f(along))),
        (
            Link("=", phi(f(along), 1) * by_r(f(along)), "function.rule"),
            Link("=", phi(f(w), 1) * dot_f, "function.result"),
        ),
        given=at_zero,
        boxed=True,
    ),
)

EXACT = (
    Chain(
        "exact",
        by_r(Gradient(f(u), u)),
        (Link("=", Hessian(f(w), w) * v, "exact.result"),),
        given=at_zero,
        boxed=True,
    ),
    Chain(
        "dot-product",
        Gradient(Gradient(f(w), w).T * v, w),
        (Link("=", Hessian(f(w), w) * v, "dot-product.result"),),
    ),
    Chain(
        "affine",
        by_r((W + r * V) * z_line + b + r * bias_step),
        (
            Link("=", V * z_line + (W + r * V) * by_r(z_line) + bias_step, "affine.product"),
            Link("=", V * z + W * dz + bias_step, "affine.result"),
        ),
        given=at_zero,
        boxed=True,
    ),
    Chain(
        "activation",
        by_r(phi(a_line)),
        (Link("=", odot(phi(a, 1), da), "activation.result"),),
        given=at_zero,
        boxed=True,
    ),
    Chain("squared", by_r(-2 * (y - out_line)), (Link("=", 2 * dout, "squared.result"),), given=at_zero),
    Chain(
        "softmax",
        by_r(Softmax(out_line) - y),
        (Link("=", odot(s, dout) - s * (s.T * dout), "softmax.result"),),
        given=at_zero,
    ),
    Chain(
        "backward",
        by_r(odot(phi(a_line, 1), (W_next + r * V_next).T * error_line)),
        (
            Link(
                "=",
                odot(by_r(phi(a_line, 1)), W_next.T * error)
                + odot(phi(a, 1), by_r((W_next + r * V_next).T * error_line)),
                "backward.product",
            ),
            Link(
                "=",
                odot(phi(a, 2), da, W_next.T * error) + odot(phi(a, 1), V_next.T * error + W_next.T * derror),
                "backward.result",
            ),
        ),
        given=at_zero,
        boxed=True,
    ),
    Chain(
        "block",
        by_r(delta_line * z_line.T),
        (Link("=", ddelta * z.T + delta * dz.T, "block.result"),),
        given=at_zero,
        boxed=True,
    ),
    Chain(
        "second-layer",
        by_r(Gradient(J, U_2)),
        (Link("=", ddelta_2 * z_1.T + delta_2 * dz_1.T, "second-layer.result"),),
        given=at_zero,
    ),
    Chain(
        "first-layer",
        by_r(Gradient(J, U_1)),
        (Link("=", ddelta_1 * x.T, "first-layer.result"),),
        given=at_zero,
    ),
)


LAYERS = (32, 512, 512, 10)


def parameters() -> Outcome:
    """Parameters of the network 32-512-512-10: weights and biases of every layer, and the arrays of a model object."""
    from everystep.kernels.counts import count_parameters, perceptron

    rows = [(before, after, before * after, after, before * after + after) for before, after in pairwise(LAYERS)]
    count = sum(row[-1] for row in rows)
    listed = sum(before + 1 for before, after in pairwise(LAYERS) for _ in range(after))
    entries = count**2
    return Outcome(
        count == count_parameters(perceptron(LAYERS)).total == listed,
        {
            "en": "weights and biases of each layer, against the parameters of a model object and against a count "
            "unit by unit",
            "fr": "poids et biais de chaque couche, comparés aux paramètres d'un modèle et à un décompte unité par "
            "unité",
        },
        {
            "sizes": LAYERS,
            "rows": rows,
            "count": count,
            "entries": entries,
            "distinct": count * (count + 1) // 2,
            "gigabytes": Fraction(8 * entries, 10**9),
        },
    )


def orders() -> Outcome:
    """The error of both differences on a small network: how much a step that is smaller by 10 gains."""
    import numpy as np

    from everystep.kernels.hessian_vector import Network, difference_errors, random_weights

    net = Network((3, 5, 2), "tanh")
    random = np.random.default_rng(6135)
    weights, direction = random_weights(net, 1), random.normal(size=net.parameters)
    inputs, targets = random.normal(size=(4, 3)), random.normal(size=(4, 2))
    errors = difference_errors(net, weights, direction, inputs, targets, [1e-2, 1e-3, 1e-8, 1e-13])
    forward_slope = float(np.log10(errors.forward[0] / errors.forward[1]))
    central_slope = float(np.log10(errors.central[0] / errors.central[1]))
    return Outcome(
        abs(forward_slope - 1) < 0.05
        and abs(central_slope - 2) < 0.05
        and bool(errors.forward[3] > errors.forward[2])
        and bool(errors.forward[2] < errors.forward[1]),
        {
            "en": "the exponents of `r` in the errors of both differences, measured on a network with one hidden layer "
            f"and {net.parameters} parameters: {forward_slope:.2f} and {central_slope:.2f}",
            "fr": "les exposants de `r` dans les erreurs des deux différences, mesurés sur un réseau à une couche "
            f"cachée et {net.parameters} paramètres : {forward_slope:.2f} et {central_slope:.2f}".replace(".", ","),
        },
        {
            "forward": round(forward_slope),
            "forward_gain": 10 ** round(forward_slope),
            "central_gain": 10 ** round(central_slope),
        },
    )


Vector = list[Any]
Layer = tuple[list[Vector], Vector]


@dataclass(frozen=True)
class Dual:
    """A number with an infinitesimal: value + slope e with e^2 = 0."""

    value: Fraction
    slope: Fraction

    def __add__(self, other: Dual) -> Dual:
        return Dual(self.value + other.value, self.slope + other.slope)

    def __sub__(self, other: Dual) -> Dual:
        return Dual(self.value - other.value, self.slope - other.slope)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)


def added(left: Vector, right: Vector) -> Vector:
    """The sum, entry by entry."""
    return [one + two for one, two in zip(left, right, strict=True)]


def times(left: Vector, right: Vector) -> Vector:
    """The product, entry by entry."""
    return [one * two for one, two in zip(left, right, strict=True)]


class Passes:
    """Passes through a network with activation a^2 and a linear output, for the squared loss, in any numbers.

    Counts the multiplications in products of a matrix with a vector and of a column with a row; entrywise products
    are of lower order and left out.
    """

    def __init__(self, layers: Sequence[Layer], inputs: Vector, targets: Vector) -> None:
        self.layers, self.targets = layers, targets
        self.multiplications = 0
        self.z, self.a = [inputs], []
        for place, (weights, bias) in enumerate(layers):
            self.a.append(added(self.apply(weights, self.z[-1]), bias))
            self.z.append(self.a[-1] if place == len(layers) - 1 else times(self.a[-1], self.a[-1]))

    def apply(self, rows: Sequence[Sequence[Any]], column: Vector) -> Vector:
        """A matrix times a column."""
        self.multiplications += len(rows) * len(column)
        return [reduce(add, times(list(row), column)) for row in rows]

    def outer(self, column: Vector, row: Vector) -> list[Vector]:
        """A column times a row."""
        self.multiplications += len(column) * len(row)
        return [[a * b for b in row] for a in column]

    def gradient(self) -> list[Layer]:
        """The gradient by backpropagation, layer by layer; keeps the delta of every layer and what came back to it."""
        error = [output - target for output, target in zip(self.z[-1], self.targets, strict=True)]
        self.deltas, self.backs = [added(error, error)], []
        for place in range(len(self.layers) - 1, 0, -1):
            self.backs.insert(0, self.apply(list(zip(*self.layers[place][0], strict=True)), self.deltas[0]))
            slope = added(self.a[place - 1], self.a[place - 1])
            self.deltas.insert(0, times(slope, self.backs[0]))
        return [(self.outer(delta, z), delta) for delta, z in zip(self.deltas, self.z, strict=False)]

    def hessian_vector(self, direction: Sequence[Layer]) -> list[Layer]:
        """H v by the dotted recursion, after ``gradient``."""
        dz: list[Vector | None] = [None]
        da: list[Vector] = []
        for place, ((weights, _), (change, shift)) in enumerate(zip(self.layers, direction, strict=True)):
            moved = added(self.apply(change, self.z[place]), shift)
            before = dz[-1]
            da.append(moved if before is None else added(moved, self.apply(weights, before)))
            twice = added(self.a[place], self.a[place])
            dz.append(da[-1] if place == len(self.layers) - 1 else times(twice, da[-1]))
        ddeltas = [added(da[-1], da[-1])]
        for place in range(len(self.layers) - 1, 0, -1):
            columns = list(zip(*self.layers[place][0], strict=True))
            changes = list(zip(*direction[place][0], strict=True))
            moved = added(self.apply(changes, self.deltas[place]), self.apply(columns, ddeltas[0]))
            bent = times(added(da[place - 1], da[place - 1]), self.backs[place - 1])
            slope = added(self.a[place - 1], self.a[place - 1])
            ddeltas.insert(0, added(bent, times(slope, moved)))
        blocks = []
        for place, ddelta in enumerate(ddeltas):
            block, before = self.outer(ddelta, self.z[place]), dz[place]
            if before is not None:
                second = self.outer(self.deltas[place], before)
                block = [added(one, two) for one, two in zip(block, second, strict=True)]
            blocks.append((block, ddelta))
        return blocks


def network(widths: Sequence[int], seed: int) -> list[Layer]:
    """Small whole numbers as weights and biases, as fractions."""
    random = Random(seed)

    def draw(count: int) -> Vector:
        return [Fraction(random.randint(-3, 3)) for _ in range(count)]

    return [([draw(before) for _ in range(after)], draw(after)) for before, after in pairwise(widths)]


def recursion() -> Outcome:
    """H v by the recursion, against the gradient computed with dual numbers, exactly; and the symmetry of H."""
    widths = (2, 3, 3, 2)
    layers, direction, other = (network(widths, seed) for seed in (1, 2, 3))
    inputs, targets = [Fraction(1), Fraction(-2)], [Fraction(3), Fraction(1, 2)]

    def flat(blocks: Sequence[Layer]) -> Vector:
        return [number for rows, bias in blocks for part in (*rows, bias) for number in part]

    def hessian_times(change: Sequence[Layer]) -> Vector:
        passes = Passes(layers, inputs, targets)
        passes.gradient()
        return flat(passes.hessian_vector(change))

    def dual(numbers: Vector, slopes: Vector) -> Vector:
        return [Dual(value, slope) for value, slope in zip(numbers, slopes, strict=True)]

    lifted = [
        ([dual(row, step) for row, step in zip(rows, steps, strict=True)], dual(bias, shift))
        for (rows, bias), (steps, shift) in zip(layers, direction, strict=True)
    ]
    still = [Fraction(0)] * 2
    by_dual = flat(Passes(lifted, dual(inputs, still), dual(targets, still)).gradient())
    product, crossed = hessian_times(direction), hessian_times(other)
    symmetric = sum(times(product, flat(other))) == sum(times(crossed, flat(direction)))
    return Outcome(
        product == [number.slope for number in by_dual] and symmetric,
        {
            "en": f"the recursion on a network with two hidden layers and {len(product)} parameters, as exact "
            f"fractions, against the gradient in dual numbers, and the symmetry of `H`",
            "fr": f"la récurrence sur un réseau à deux couches cachées et {len(product)} paramètres, en fractions "
            f"exactes, comparée au gradient en nombres duaux, et la symétrie de `H`",
        },
        {"count": len(product)},
    )


def cost() -> Outcome:
    """Multiplications of a gradient and of an exact product, counted for networks that grow."""
    counted, expected = [], []
    for width in (1, 2, 4, 8):
        for depth in (1, 2, 3):
            widths = (width, *([2 * width] * depth), 1)
            passes = Passes(network(widths, 1), [Fraction(1)] * width, [Fraction(0)])
            passes.gradient()
            of_gradient = passes.multiplications
            passes.hessian_vector(network(widths, 2))
            counted.append((of_gradient, passes.multiplications))
            weights = sum(before * after for before, after in pairwise(widths))
            first = widths[0] * widths[1]
            expected.append((3 * weights - first, 9 * weights - 5 * first))
    ratio = max(Fraction(both, alone) for alone, both in counted)
    return Outcome(
        counted == expected and ratio < 3,
        {
            "en": f"multiplications with weights in {len(counted)} networks of growing width and depth, counted, "
            f"against the formula",
            "fr": f"multiplications par les poids dans {len(counted)} réseaux de largeur et de profondeur croissantes, "
            "comptées, comparées à la formule",
        },
        {"ratio": ratio},
    )


def numeric() -> tuple[NumericResult, ...]:
    """The kernel's exact product against its full Hessian, for both losses, and against central differences."""
    import numpy as np

    from everystep.kernels.hessian_vector import (
        Network,
        central_difference,
        full_hessian,
        gradient,
        hessian_vector,
        random_weights,
    )

    random = np.random.default_rng(6135)
    inputs, targets = random.normal(size=(7, 4)), random.dirichlet(np.ones(3), size=7)
    results = []
    for loss, words in (("squared", "squared loss"), ("cross_entropy", "cross-entropy")):
        net = Network((4, 6, 5, 3), "tanh", loss)
        weights, direction = random_weights(net, 1), random.normal(size=net.parameters)
        exact = hessian_vector(net, weights, direction, inputs, targets)
        full = full_hessian(net, weights, inputs, targets) @ direction
        results.append(
            NumericResult(
                f"exact product against the full Hessian, {words}",
                float(np.linalg.norm(exact - full) / np.linalg.norm(full)),
                1e-12,
                ("exact",),
            )
        )

    def slope(at: Any) -> Any:
        return gradient(net, at, inputs, targets)

    difference = central_difference(slope, weights, direction, 1e-5)
    results.append(
        NumericResult(
            "exact product against a central difference, cross-entropy",
            float(np.linalg.norm(exact - difference) / np.linalg.norm(exact)),
            1e-7,
            ("exact",),
        )
    )
    return tuple(results)


DERIVATION = Derivation(
    id="hessian_vector",
    context=CONTEXT,
    chains=DIFFERENCE + ORDER + RULES + EXACT,
    notation=(
        ("P", Int(P)),
        ("P_squared", Int(P) ** 2),
        ("w", w),
        ("v", v),
        ("u", u),
        ("u_body", along),
        ("r", r),
        ("r_squared", r**2),
        ("r_inverse", Div(Num(1), r)),
        ("c", c),
        ("multiple", c * scalar("f")),
        ("product", scalar("f") * scalar("h")),
        ("f", scalar("f")),
        ("g", g),
        ("g_plus", g_plus),
        ("g_minus", g_minus),
        ("back", back),
        ("g_body", Gradient(f(w), w)),
        ("H", H),
        ("H_body", Hessian(f(w), w)),
        ("Hv", H * v),
        ("expansion", g + H * (r * v) + rho),
        ("rho", rho),
        ("rho_body", r**2 * q),
        ("q", q),
        ("error_cubic", r * odot(v, v)),
        ("forward", forward),
        ("dot_f", dot_f),
        ("dot_f_body", by_r(f(along))),
        ("W", W),
        ("b", b),
        ("c_step", bias_step),
        ("W_line", W + r * V),
        ("b_line", b + r * bias_step),
        ("z", z),
        ("dz", dz),
        ("z_line", z_line),
        ("a", a),
        ("da", da),
        ("delta", delta),
        ("ddelta", ddelta),
        ("e", error),
        ("W_next", W_next),
        ("V_next", V_next),
        ("o", out),
        ("do", dout),
        ("s", s),
        ("s_body", Softmax(out)),
        ("delta_squared", -2 * (y - out)),
        ("delta_softmax", Softmax(out) - y),
        # The network with its indices stands in the text only.
        ("W_l", matrix("W_l", m, n)),
        ("V_l", matrix("V_l", m, n)),
        ("b_l", vector("b_l", m)),
        ("c_l", vector("c_l", m)),
        ("z_l", vector("z_l", m)),
        ("z_0", vector("z_0", n)),
        ("z_before", vector("z_l-1", n)),
        ("dz_0", vector("dot z_0", n)),
        ("a_l", vector("a_l", m)),
        ("a_L", vector("a_L", k)),
        ("a_body", matrix("W_l", m, n) * vector("z_l-1", n) + vector("b_l", m)),
        ("z_body", phi(vector("a_l", m))),
        ("delta_l", vector("delta_l", m)),
        ("delta_L", vector("delta_L", k)),
        ("delta_next", vector("delta_l+1", k)),
        ("W_after", matrix("W_l+1", k, m)),
        (
            "delta_body",
            odot(phi(vector("a_l", m), 1), matrix("W_l+1", k, m).T * vector("delta_l+1", k)),
        ),
        ("grad_W", vector("delta_l", m) * vector("z_l-1", n).T),
        ("l", scalar("l")),
        ("L", scalar("L")),
        ("x", x),
        ("U_1", U_1),
        ("U_2", U_2),
        ("U_1_body", W_1 + r * V_1),
        ("U_2_body", W_2 + r * V_2),
        ("J", J),
        ("J_body", sq(y - U_2 * phi(U_1 * x))),
        ("a_1", a_1),
        ("a_1_body", W_1 * x),
        ("da_1", vector("dot a_1", m)),
        ("da_1_body", V_1 * x),
    ),
    numeric=numeric,
)

PROBLEM = Problem(
    id="hessian_vector",
    derivation=DERIVATION,
    parts=(
        Part(
            "parameters",
            2,
            checks=("parameters",),
            marks=(
                Mark(1, words={"en": "number of parameters", "fr": "nombre de paramètres"}),
                Mark(1, words={"en": "entries of the Hessian", "fr": "éléments de la hessienne"}),
            ),
            entries=("G7",),
        ),
        Part(
            "difference",
            5,
            tuple(chain.name for chain in DIFFERENCE),
            marks=(
                Mark(2, "difference.expand"),
                Mark(2, "difference.result"),
                Mark(1, words={"en": "two gradients suffice", "fr": "deux gradients suffisent"}),
            ),
            entries=("G8",),
        ),
        Part(
            "order",
            2,
            tuple(chain.name for chain in ORDER),
            checks=("orders",),
            marks=(Mark(1, "error"), Mark(0.5, "cubic-difference"), Mark(0.5, "central")),
            entries=("G9",),
        ),
        Part(
            "rules",
            2,
            tuple(chain.name for chain in RULES),
            marks=(Mark(0.5, "constant"), Mark(1, "product"), Mark(0.5, "function")),
            entries=("G10",),
        ),
        Part(
            "exact",
            4,
            tuple(chain.name for chain in EXACT),
            checks=("recursion", "cost"),
            marks=(
                Mark(0.5, "exact"),
                Mark(1, "affine"),
                Mark(0.5, "activation"),
                Mark(1, "backward"),
                Mark(0.5, "block"),
                Mark(0.5, words={"en": "cost of a few gradients", "fr": "coût de quelques gradients"}),
            ),
            entries=("G11",),
        ),
    ),
    title={"en": "Products of the Hessian with a vector", "fr": "Produits de la hessienne par un vecteur"},
    checks=(
        Check("parameters", "count", parameters),
        Check("orders", "example", orders),
        Check("recursion", "example", recursion),
        Check("cost", "complexity", cost),
    ),
)
