"""Products of the Hessian with a vector: exactly by the R-operator, by differences of gradients, by the full Hessian.

For a multilayer perceptron on a batch (derivation hessian_vector; questions G7 to G11 of the catalogue); rows are
members of the batch::

    a_l = W_l z_{l-1} + b_l      z_l = phi(a_l), l < L      z_0 = x      the last layer is linear, z_L = a_L
    squared          L(w) = sum over the batch of ||y - a_L||^2
    cross_entropy    L(w) = -sum over the batch and the classes of y log softmax(a_L),  each row of y summing to 1

    x (batch, d_0)   y (batch, d_L)   W_l (d_l, d_{l-1})   b_l (d_l,)

w is all of W_1, b_1, ..., W_L, b_L in one vector of P numbers, each matrix row by row. The gradient, and R_v of every
line of it, where R_v f(w) = d/dr f(w + r v) at r = 0 and v = (V_l, c_l)::

    delta_l = phi'(a_l) . W_{l+1}^T delta_{l+1}              grad_{W_l} = delta_l z_{l-1}^T     grad_{b_l} = delta_l
    R a_l = V_l z_{l-1} + W_l R z_{l-1} + c_l                R z_0 = 0     R z_l = phi'(a_l) . R a_l
    R delta_L = (Hessian of the loss in a_L) R a_L
    R delta_l = phi''(a_l) . R a_l . W_{l+1}^T delta_{l+1}
                + phi'(a_l) . (V_{l+1}^T delta_{l+1} + W_{l+1}^T R delta_{l+1})
    H v:   R delta_l z_{l-1}^T + delta_l (R z_{l-1})^T  for W_l,   R delta_l  for b_l

Differences of gradients: (g(w + r v) - g(w)) / r has error O(r), (g(w + r v) - g(w - r v)) / (2 r) has O(r^2), both a
rounding error of about eps ||g|| / r.

Cost, with M the products of the weights, sum d_l d_{l-1}, and m the batch: a gradient 6 m M flops, an exact H v
16 m M (under three gradients), a forward difference two gradients; memory of a few times sum m d_l + P. The full
Hessian takes P gradients in complex arithmetic and P^2 numbers: for comparison at small P only. Units: L is in those of
y^2, or in nats; a gradient in those of L / w, H v in those of L v / w^2.

float32 input is accepted; the arithmetic is in float64. Where a product leaves its range there are infinities and NaN,
with NumPy's warnings: weights of 1e160 have no gradient that float64 could hold. Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import (
    Sizes,
    analytic_array,
    choice,
    function,
    instance,
    length,
    number,
    real_array,
    room,
    whole,
)
from everystep.kernels._units import ACTIVATIONS, Array, activation_named
from everystep.kernels.counts import count_parameters, perceptron

Vector = NDArray[np.float64]

LOSSES = ("squared", "cross_entropy")
MOST_PARAMETERS = 2048
"""Parameters up to which the full Hessian is formed."""
_COMPLEX_STEP = 1e-30

# phi'(a) and phi''(a) by z = phi(a), for the names of ACTIVATIONS. relu: both 0 at its kink.
_DERIVATIVES: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "logistic": (lambda z: z * (1.0 - z), lambda z: z * (1.0 - z) * (1.0 - 2.0 * z)),
    "tanh": (lambda z: 1.0 - z * z, lambda z: -2.0 * z * (1.0 - z * z)),
    "relu": (lambda z: np.where(np.real(z) > 0, 1.0, 0.0), lambda z: np.zeros(z.shape)),
    "linear": (lambda z: np.ones(z.shape), lambda z: np.zeros(z.shape)),
}


@dataclass(frozen=True)
class Network:
    """A multilayer perceptron.

    Attributes:
        sizes: d_0, ..., d_L; at least two.
        activation: phi, a key of ``bptt.ACTIVATIONS``.
        loss: one of ``LOSSES``.
    """

    sizes: tuple[int, ...]
    activation: str = "tanh"
    loss: str = "squared"

    def __post_init__(self) -> None:
        perceptron(self.sizes)
        object.__setattr__(self, "sizes", tuple(self.sizes))
        choice("activation", self.activation, tuple(ACTIVATIONS))
        choice("loss", self.loss, LOSSES)

    @property
    def parameters(self) -> int:
        """P, the number of weights and biases."""
        return count_parameters(perceptron(self.sizes)).total


@dataclass(frozen=True)
class DifferenceErrors:
    """The error of differences of gradients against their step.

    Attributes:
        steps: r, shape (m,).
        forward, central: ||difference - H v|| / ||H v||, shape (m,).
    """

    steps: Vector
    forward: Vector
    central: Vector


def random_weights(network: Network, seed: int = 0) -> Vector:
    """Weights with variance 1 / inputs and small biases, shape (P,); a random number each, O(P).

    Raises:
        ValueError: a seed that is not a whole number of at least 0; more weights than all memory holds.
    """
    room("network.parameters", instance("network", network, Network).parameters, network.parameters)
    random = np.random.default_rng(whole("seed", seed))
    parts = []
    for before, after in pairwise(network.sizes):
        parts += [random.standard_normal(after * before) / np.sqrt(before), 0.1 * random.standard_normal(after)]
    return np.concatenate(parts)


def loss(network: Network, w: ArrayLike, x: ArrayLike, y: ArrayLike) -> Any:
    """L(w), a number, by its definition, for real or complex arrays, so that complex steps pass through.

    2 m M flops for real arrays. Shapes as in the module's docstring.

    Raises:
        ValueError: as ``gradient``.
    """
    w, x, y = _checked(network, w, x, y, analytic_array)
    outputs = _forward(network, _layers(network, w), x)[-1]
    if network.loss == "squared":
        return np.sum((y - outputs) ** 2)
    shifted = outputs - np.real(outputs).max(axis=1, keepdims=True)
    return -np.sum(y * (shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))))


def gradient(network: Network, w: ArrayLike, x: ArrayLike, y: ArrayLike) -> Vector:
    """The gradient of L, shape (P,), by backpropagation; 6 m M flops.

    Raises:
        ValueError: shapes that do not fit the network, NaN or infinity; for cross-entropy, rows of y that do not sum
            to 1.
    """
    w, x, y = _checked(network, w, x, y)
    return _gradient(network, w, x, y)


def hessian_vector(network: Network, w: ArrayLike, v: ArrayLike, x: ArrayLike, y: ArrayLike) -> Vector:
    """H v exactly (up to rounding), by the R-operator, shape (P,); 16 m M flops.

    Args:
        network: the perceptron.
        w, v: shape (P,).
        x, y: the batch, as in the module's docstring.

    Raises:
        ValueError: as ``gradient``; v of another shape.
    """
    w, x, y = _checked(network, w, x, y)
    v = real_array("v", v, ("P",), _bound(network)).astype(np.float64)
    slope, curvature = _DERIVATIVES[network.activation]
    layers, directions = _layers(network, w), _layers(network, v)
    z = _forward(network, layers, x)
    Rz = [np.zeros_like(x)]
    Ra: list[Array] = []
    for place, ((W, _), (V, c)) in enumerate(zip(layers, directions, strict=True)):
        Ra.append(z[place] @ V.T + Rz[place] @ W.T + c)
        Rz.append(Ra[place] if place == len(layers) - 1 else slope(z[place + 1]) * Ra[place])

    delta, Rdelta = _loss_gradient(network, z[-1], y), _loss_curvature(network, z[-1], y, Ra[-1])
    parts: list[Array] = []
    for place in range(len(layers) - 1, -1, -1):
        parts += [Rdelta.sum(axis=0), (Rdelta.T @ z[place] + delta.T @ Rz[place]).reshape(-1)]
        if place:
            (W, _), (V, _) = layers[place], directions[place]
            back, first, second = delta @ W, slope(z[place]), curvature(z[place])
            Rdelta = second * Ra[place - 1] * back + first * (delta @ V + Rdelta @ W)
            delta = first * back
    return np.concatenate(parts[::-1])


def forward_difference(g: Callable[[Vector], ArrayLike], w: ArrayLike, v: ArrayLike, step: float) -> Vector:
    """(g(w + r v) - g(w)) / r for any gradient g, shape (P,): two calls, error O(r) (questions G8, G9).

    Raises:
        ValueError: w and v are not vectors of one shape, g returns another shape, NaN or infinity; step not positive.
    """
    call, w, v, r = _difference(g, w, v, step)
    return (call(w + r * v) - call(w)) / r


def central_difference(g: Callable[[Vector], ArrayLike], w: ArrayLike, v: ArrayLike, step: float) -> Vector:
    """(g(w + r v) - g(w - r v)) / (2 r) for any gradient g, shape (P,): two calls, error O(r^2).

    Raises:
        ValueError: as ``forward_difference``.
    """
    call, w, v, r = _difference(g, w, v, step)
    return (call(w + r * v) - call(w - r * v)) / (2.0 * r)


def full_hessian(network: Network, w: ArrayLike, x: ArrayLike, y: ArrayLike) -> Vector:
    """H, shape (P, P), a column a complex step of the gradient; 24 m M P flops or so, P^2 numbers.

    Raises:
        ValueError: as ``gradient``; more than 2048 parameters.
    """
    w, x, y = _checked(network, w, x, y)
    size = len(w)
    if size > MOST_PARAMETERS:
        raise ValueError(f"network has {size} parameters; expected at most {MOST_PARAMETERS} for the full Hessian")
    hessian = np.empty((size, size))
    moved = w.astype(np.complex128)
    for i in range(size):
        moved[i] += 1j * _COMPLEX_STEP
        hessian[:, i] = _gradient(network, moved, x, y).imag / _COMPLEX_STEP
        moved[i] = w[i]
    return hessian


def difference_errors(
    network: Network, w: ArrayLike, v: ArrayLike, x: ArrayLike, y: ArrayLike, steps: ArrayLike
) -> DifferenceErrors:
    """The relative errors of both differences against the exact H v, for each step r; costs 4 gradients a step.

    Steps have shape (m,), in units of w / v.

    Raises:
        ValueError: as ``hessian_vector``; steps that are not positive; H v = 0.
    """
    exact = hessian_vector(network, w, v, x, y)
    w, x, y = _checked(network, w, x, y)
    steps = real_array("steps", steps, ("m",), Sizes()).astype(np.float64)
    scale = length(exact)
    if scale == 0.0:
        raise ValueError(f"v of shape {np.shape(v)} gives H v = 0; expected a direction in which the gradient changes")

    def g(at: Vector) -> Vector:
        return _gradient(network, at, x, y)

    errors = [
        [length(difference(g, w, v, float(r)) - exact) / scale for r in steps]
        for difference in (forward_difference, central_difference)
    ]
    return DifferenceErrors(steps, np.array(errors[0]), np.array(errors[1]))


def _bound(network: Network) -> Sizes:
    instance("network", network, Network)
    sizes = Sizes()
    sizes.bind("network.parameters", (network.parameters,), ("P",))
    sizes.bind("network.sizes[0]", network.sizes[:1], ("d_0",))
    sizes.bind("network.sizes[-1]", network.sizes[-1:], ("d_L",))
    return sizes


def _checked(
    network: Network, w: ArrayLike, x: ArrayLike, y: ArrayLike, check: Callable[..., Array] = real_array
) -> tuple[Array, Array, Array]:
    """w, x and y in double precision: real, or what another check lets through."""
    sizes = _bound(network)
    given = (("w", w, ("P",)), ("x", x, ("batch", "d_0")), ("y", y, ("batch", "d_L")))
    checked = [check(name, value, shape, sizes) for name, value, shape in given]
    w, x, y = (a.astype(np.complex128 if a.dtype.kind == "c" else np.float64) for a in checked)
    if network.loss == "cross_entropy" and not np.allclose(y.sum(axis=1), 1.0, rtol=0.0, atol=1e-6):
        raise ValueError(
            f"y of shape {y.shape} has a row that does not sum to 1; expected probabilities of the classes"
        )
    return w, x, y


def _layers(network: Network, w: Array) -> list[tuple[Array, Array]]:
    """The matrices W_l and vectors b_l as views of w, shape (P,)."""
    layers, start = [], 0
    for before, after in pairwise(network.sizes):
        middle, stop = start + after * before, start + after * before + after
        layers.append((w[start:middle].reshape(after, before), w[middle:stop]))
        start = stop
    return layers


def _forward(network: Network, layers: list[tuple[Array, Array]], x: Array) -> list[Array]:
    """z_0, ..., z_L."""
    phi = activation_named(network.activation).definition
    z = [x]
    for place, (W, b) in enumerate(layers, start=1):
        a = z[-1] @ W.T + b
        if place < len(layers):
            with np.errstate(over="ignore"):  # of the logistic's exponential: its reciprocal 0 is right
                a = phi(a)
        z.append(a)
    return z


def _softmax(a: Array) -> Array:
    exponentials = np.exp(a - np.real(a).max(axis=1, keepdims=True))
    shares: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    return shares


def _loss_gradient(network: Network, a: Array, y: Array) -> Array:
    """The gradient of the loss in a_L: -2 (y - a), or softmax(a) - y for rows of y that sum to 1."""
    result: Array = -2.0 * (y - a) if network.loss == "squared" else _softmax(a) - y
    return result


def _loss_curvature(network: Network, a: Array, y: Array, direction: Array) -> Array:
    """The Hessian of the loss in a_L times a direction: 2 d, or s . d - s (s^T d) with s = softmax(a)."""
    if network.loss == "squared":
        return 2.0 * direction
    s = _softmax(a)
    result: Array = s * (direction - np.sum(s * direction, axis=1, keepdims=True))
    return result


def _gradient(network: Network, w: Array, x: Array, y: Array) -> Array:
    slope, _ = _DERIVATIVES[network.activation]
    layers = _layers(network, w)
    z = _forward(network, layers, x)
    delta = _loss_gradient(network, z[-1], y)
    parts: list[Array] = []
    for place in range(len(layers) - 1, -1, -1):
        parts += [delta.sum(axis=0), (delta.T @ z[place]).reshape(-1)]
        if place:
            delta = slope(z[place]) * (delta @ layers[place][0])
    return np.concatenate(parts[::-1])


def _difference(
    g: Callable[[Vector], ArrayLike], w: ArrayLike, v: ArrayLike, step: float
) -> tuple[Callable[[Vector], Vector], Vector, Vector, float]:
    function("g", g)
    sizes = Sizes()
    w = real_array("w", w, ("P",), sizes).astype(np.float64)
    v = real_array("v", v, ("P",), sizes).astype(np.float64)

    def call(at: Vector) -> Vector:
        return real_array("g(w)", g(at), ("P",), sizes).astype(np.float64)

    return call, w, v, number("step", step, low=0.0, open_low=True)
