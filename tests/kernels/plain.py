"""Networks a number at a time: Python's complex numbers and loops, no arrays, nothing of the kernels."""

from __future__ import annotations

import cmath
import itertools
from collections.abc import Callable, Sequence
from typing import Any

Numbers = list[complex]
STEP = 1e-30


def logistic(a: complex) -> complex:
    return 1 / (1 + cmath.exp(-a))


def relu(a: complex) -> complex:
    return a if a.real > 0 else 0 * a


UNITS: dict[str, Callable[[complex], complex]] = {
    "logistic": logistic,
    "tanh": cmath.tanh,
    "relu": relu,
    "linear": lambda a: a,
}


def product(A: Sequence[Sequence[complex]], x: Sequence[complex]) -> Numbers:
    return [sum(entry * value for entry, value in zip(row, x, strict=True)) for row in A]


def recurrent_loss(
    x: Any, z: Any, h0: Any, W: Any, U: Any, V: Any, activation: str, last: int | None = None
) -> complex:
    """The squared losses of all steps and members of the batch, from nested lists."""
    total: complex = 0
    for member, start in enumerate(h0):
        h = list(start)
        for x_t, z_t in zip(x[:last], z[:last], strict=True):
            a = [p + q for p, q in zip(product(W, x_t[member]), product(U, h), strict=True)]
            h = [UNITS[activation](entry) for entry in a]
            total += sum((goal - y) ** 2 for goal, y in zip(z_t[member], product(V, h), strict=True))
    return total


def perceptron_loss(sizes: Sequence[int], w: Sequence[complex], x: Any, y: Any, activation: str, loss: str) -> complex:
    """The loss of a multilayer perceptron whose weights and biases are listed layer by layer."""
    total: complex = 0
    for example, goal in zip(x, y, strict=True):
        z, at = list(example), 0
        for place, (before, after) in enumerate(itertools.pairwise(sizes), start=1):
            rows = [w[at + i * before : at + (i + 1) * before] for i in range(after)]
            bias = w[at + after * before : at + after * before + after]
            at += after * before + after
            a = [p + b for p, b in zip(product(rows, z), bias, strict=True)]
            z = a if place == len(sizes) - 1 else [UNITS[activation](entry) for entry in a]
        if loss == "squared":
            total += sum((g - o) ** 2 for g, o in zip(goal, z, strict=True))
        else:
            partition = sum(cmath.exp(o) for o in z)
            total -= sum(g * (o - cmath.log(partition)) for g, o in zip(goal, z, strict=True))
    return total


def gradient(f: Callable[[Numbers], complex], at: Sequence[complex]) -> list[float]:
    """The gradient of an analytic f by complex steps, an entry at a time."""
    found = []
    for i in range(len(at)):
        moved = [complex(entry) for entry in at]
        moved[i] += 1j * STEP
        found.append(f(moved).imag / STEP)
    return found
