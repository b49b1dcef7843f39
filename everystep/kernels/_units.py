"""The entrywise functions of the recurrent unit, each in one place: logistic, tanh, relu, linear.

A further one is a pair of passes and a row of ``ACTIVATIONS``; its slope must follow from h = f(a)
alone. Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from everystep.kernels._checks import choice

Array = NDArray[Any]


@dataclass(frozen=True)
class Activation:
    """An entrywise function f with h = f(a), as in-place passes over (batch, n) buffers.

    Attributes:
        name: the name that ``activation=`` takes.
        definition: f for an array of any dtype, complex included, for ``loss``.
        advance: ``advance(product, inputs, h_t)`` writes f(W x_t + U h_{t-1}) to ``h_t``; ``product`` holds
            U h_{t-1}, in any order of memory, and ``inputs``, which is overwritten, ``sign`` W x_t.
        times_slope: ``times_slope(g, h, spare)`` multiplies ``g`` by f'(a), given h = f(a);
            overwrites ``spare``.
        sign: 1, or -1 if ``advance`` wants -W x_t.
    """

    name: str
    definition: Callable[[Array], Array]
    advance: Callable[[Array, Array, Array], None]
    times_slope: Callable[[Array, Array, Array], None]
    sign: int = 1


# Forward passes: ``product`` holds U h_{t-1}; ``inputs`` holds W x_t and is overwritten; ``h_t`` receives h_t.


def _logistic(product: Array, inputs: Array, h_t: Array) -> None:
    # 1/(1 + e^-a); here inputs holds -W x_t, so that one subtraction gives -a. e^-a may overflow to
    # inf, whose reciprocal 0 is right: the caller silences that warning and no other.
    np.subtract(inputs, product, out=inputs)
    np.exp(inputs, out=inputs)
    np.add(inputs, 1.0, out=inputs)
    np.divide(1.0, inputs, out=h_t)


def _tanh(product: Array, inputs: Array, h_t: Array) -> None:
    np.add(inputs, product, out=inputs)
    np.tanh(inputs, out=h_t)


def _relu(product: Array, inputs: Array, h_t: Array) -> None:
    np.add(inputs, product, out=inputs)
    np.maximum(inputs, 0.0, out=h_t)


def _linear(product: Array, inputs: Array, h_t: Array) -> None:
    np.add(inputs, product, out=h_t)


# Backward passes: ``g`` becomes f'(a) g, by h = f(a); ``spare`` is overwritten.


def _times_logistic_slope(g: Array, h: Array, spare: Array) -> None:
    np.subtract(1.0, h, out=spare)
    np.multiply(spare, h, out=spare)
    np.multiply(g, spare, out=g)


def _times_tanh_slope(g: Array, h: Array, spare: Array) -> None:
    np.multiply(h, h, out=spare)
    np.subtract(1.0, spare, out=spare)
    np.multiply(g, spare, out=g)


def _times_relu_slope(g: Array, h: Array, spare: Array) -> None:
    np.sign(h, out=spare)  # h >= 0, so the slope is 0 or 1; at the kink it is taken to be 0
    np.multiply(g, spare, out=g)


def _times_linear_slope(g: Array, h: Array, spare: Array) -> None:
    pass


ACTIVATIONS: dict[str, Activation] = {
    entry.name: entry
    for entry in (
        Activation(
            "logistic",
            lambda a: 1.0 / (1.0 + np.exp(-a)),
            _logistic,
            _times_logistic_slope,
            sign=-1,
        ),
        Activation("tanh", np.tanh, _tanh, _times_tanh_slope),
        Activation("relu", lambda a: np.where(np.real(a) > 0, a, 0.0 * a), _relu, _times_relu_slope),
        Activation("linear", lambda a: a, _linear, _times_linear_slope),
    )
}


def activation_named(name: str, argument: str = "activation") -> Activation:
    """The activation of that name.

    Raises:
        ValueError: there is none; the message lists the valid names.
    """
    return ACTIVATIONS[choice(argument, name, tuple(ACTIVATIONS))]
