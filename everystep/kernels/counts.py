"""Counts: parameters of a model, entries of its Hessian, edges of a complete graph, sequences of words.

Plain arithmetic on Python's whole numbers, exact at any size, a few operations each (derivation decoding, derivation
graph_attention; questions C1, D3, G7 and I of the catalogue)::

    dense          inputs outputs + outputs                         (without bias: inputs outputs)
    convolution    channels_out channels_in kernel_h kernel_w + channels_out
    recurrent      W (n, d), U (n, n), V (k, n): n d + n^2 + k n    (with bias: + n + k)
    affine         gamma and beta of a normalisation: 2 channels
    Hessian        P^2 entries, P (P + 1) / 2 of them distinct by symmetry
    graph          n (n - 1) directed edges, n^2 with self-loops
    sequences      N^T of T words after the first; (N - 1)^T if the first word cannot come again

Units: all are plain numbers. The edges of a graph are an array of 2 n^2 whole numbers, nothing else takes memory.

Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from everystep.kernels._checks import flag, room, several, whole

_MOST_BITS = 10**8


@runtime_checkable
class Layer(Protocol):
    """A layer: how many numbers it takes and gives a place (None where any number will do), and its parameters."""

    @property
    def inputs(self) -> int | None:
        """Units or channels that come in."""

    @property
    def outputs(self) -> int | None:
        """Units or channels that go out."""

    @property
    def parameters(self) -> int:
        """How many parameters."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer."""

    inputs: int
    outputs: int
    bias: bool = True

    def __post_init__(self) -> None:
        _sizes(inputs=self.inputs, outputs=self.outputs)
        flag("bias", self.bias)

    @property
    def parameters(self) -> int:
        """inputs outputs, and outputs biases."""
        inputs, outputs = int(self.inputs), int(self.outputs)  # NumPy's whole numbers would wrap around
        return inputs * outputs + (outputs if self.bias else 0)


@dataclass(frozen=True)
class Convolution:
    """A convolution with a rectangular kernel; its parameters do not depend on the size of the image."""

    inputs: int
    outputs: int
    kernel: tuple[int, int]
    bias: bool = True

    def __post_init__(self) -> None:
        if not isinstance(self.kernel, tuple) or len(self.kernel) != 2:
            raise ValueError(f"kernel is {self.kernel!r}; expected two numbers, (height, width)")
        height, width = self.kernel
        _sizes(inputs=self.inputs, outputs=self.outputs, kernel_height=height, kernel_width=width)
        flag("bias", self.bias)

    @property
    def parameters(self) -> int:
        """outputs inputs height width, and outputs biases."""
        inputs, outputs, height, width = map(int, (self.inputs, self.outputs, *self.kernel))
        return outputs * inputs * height * width + (outputs if self.bias else 0)


@dataclass(frozen=True)
class Recurrent:
    """The recurrent unit of derivation bptt: h_t = f(W x_t + U h_{t-1}), y_t = V h_t."""

    inputs: int
    hidden: int
    outputs: int
    bias: bool = False

    def __post_init__(self) -> None:
        _sizes(inputs=self.inputs, hidden=self.hidden, outputs=self.outputs)
        flag("bias", self.bias)

    @property
    def parameters(self) -> int:
        """n d + n^2 + k n, and n + k biases."""
        inputs, n, outputs = int(self.inputs), int(self.hidden), int(self.outputs)
        return n * (inputs + n + outputs) + (n + outputs if self.bias else 0)


@dataclass(frozen=True)
class Affine:
    """Scale and shift after a normalisation, one pair a channel."""

    channels: int

    def __post_init__(self) -> None:
        _sizes(channels=self.channels)

    @property
    def inputs(self) -> int:
        """The channels."""
        return self.channels

    @property
    def outputs(self) -> int:
        """The channels."""
        return self.channels

    @property
    def parameters(self) -> int:
        """Two a channel."""
        return 2 * int(self.channels)


@dataclass(frozen=True)
class ParameterCount:
    """Parameters of a model.

    Attributes:
        layers: of each layer, in order.
        total: their sum P.
        hessian_entries: P^2.
        distinct_entries: P (P + 1) / 2.
    """

    layers: tuple[int, ...]
    total: int
    hessian_entries: int
    distinct_entries: int


def count_parameters(layers: Sequence[Layer]) -> ParameterCount:
    """The number of parameters of layers that follow one another; a few operations a layer.

    Raises:
        ValueError: no layer, or a layer that does not take what the one before gives.
    """
    layers = several("layers", layers, low=1)
    for place, layer in enumerate(layers):
        if not isinstance(layer, Layer):
            raise ValueError(f"layers[{place}] is {layer!r}; expected a layer with inputs, outputs and parameters")
    for place, (before, after) in enumerate(pairwise(layers), start=1):
        if before.outputs != after.inputs:
            raise ValueError(
                f"layers[{place}] takes {after.inputs}; expected {before.outputs}, as layers[{place - 1}] gives"
            )
    each = tuple(layer.parameters for layer in layers)
    total = sum(each)
    return ParameterCount(each, total, total * total, total * (total + 1) // 2)


def perceptron(sizes: Sequence[int], *, bias: bool = True) -> tuple[Dense, ...]:
    """The layers of a multilayer perceptron with the given numbers of units, inputs first; an operation a layer.

    Raises:
        ValueError: fewer than two sizes, or one that is not a whole number of at least 1.
    """
    sizes = several("sizes", sizes, low=2)
    flag("bias", bias)
    for place, size in enumerate(sizes):
        whole(f"sizes[{place}]", size, low=1)
    return tuple(Dense(before, after, bias) for before, after in pairwise(sizes))


def complete_graph(vertices: int, *, self_loops: bool = False) -> NDArray[np.intp]:
    """All directed edges (from, to) between ``vertices``, by target and then by source; shape (edges, 2), O(n^2).

    Raises:
        ValueError: vertices is not a whole number of at least 1.
    """
    n = whole("vertices", vertices, low=1)
    room("vertices", vertices, 2 * n * n)
    targets, sources = np.divmod(np.arange(n * n, dtype=np.intp), n)
    edges = np.column_stack([sources, targets])
    return edges if flag("self_loops", self_loops) else edges[sources != targets]


def count_edges(vertices: int, *, self_loops: bool = False) -> int:
    """n (n - 1) edges, or n^2 with self-loops; one multiplication.

    Raises:
        ValueError: vertices is not a whole number of at least 1.
    """
    n = whole("vertices", vertices, low=1)
    return n * n if flag("self_loops", self_loops) else n * (n - 1)


def count_sequences(words: int, length: int, *, first_returns: bool = True) -> int:
    """Sequences of ``length`` words after a given first one: N^T, or (N - 1)^T if the first word cannot come again.

    O(log T) multiplications of long numbers.

    Raises:
        ValueError: words is not a whole number of at least 1, length is negative, or the count has more than 10^8 bits.
    """
    n, t = whole("words", words, low=1), whole("length", length)
    base = n if flag("first_returns", first_returns) else n - 1
    if base > 1 and t * base.bit_length() > _MOST_BITS:
        raise ValueError(f"length is {t} with {n} words; expected a count of at most {_MOST_BITS} bits")
    return int(base**t)


def _sizes(**sizes: int) -> None:
    for name, size in sizes.items():
        whole(name, size, low=1)
