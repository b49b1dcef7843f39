"""Batch, layer, instance and root-mean-square normalisation: statistics, forward and backward pass, exact tables.

For x with axes (batch, channel, further axes), such as features or pixels (derivation normalisation; question E1 of the
catalogue)::

    kind        statistics over                  one value for each      gamma, beta for each
    batch       batch and the further axes       channel                 channel
    layer       channel and the further axes     example                 entry of an example
    instance    the further axes                 example and channel     channel
    rms         as layer, with mu = 0            example                 entry of an example

    mu = mean of x        s2 = mean of (x - mu)^2, biased: with 1/n        r = 1 / sqrt(s2 + epsilon)
    x_hat = (x - mu) r    y = gamma x_hat + beta

and backwards, with g = gamma grad_y and means over the same entries as above::

    grad_x = r (g - mean(g) - x_hat mean(g x_hat))        rms: without mean(g)
    grad_gamma = sum of grad_y x_hat                      grad_beta = sum of grad_y

each sum over the entries that share that gamma. For x whitened, batch normalisation of u^T x is weight normalisation
(derivation weight_norm; question E3).

All arrays float32 or all float64; results have that dtype. Entries may have any size: a variance is infinite only where
its value is, and x_hat does not depend on it. ``exact_statistics`` takes whole numbers and fractions and
rounds nothing. A pass is about 10 flops an entry and 3 arrays of the size of x. Units: x_hat has none, y is in those of
gamma and beta, epsilon in those of x^2.

Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import (
    RealArray,
    Sizes,
    choice,
    instance,
    number,
    real_array,
    real_tensor,
    same_dtype,
    unscaled,
)

KINDS = ("batch", "layer", "instance", "rms")


@dataclass(frozen=True)
class Statistics:
    """Means and biased variances.

    Attributes:
        mean, variance: one value for each channel, example, or example and channel: shape (channels,), (batch,) or
            (batch, channels). For rms the mean is 0 and the variance the mean square. Entries are ``Fraction``
            (dtype object) from ``exact_statistics``.
    """

    mean: NDArray[Any]
    variance: NDArray[Any]


@dataclass(frozen=True)
class Normalised:
    """A forward pass, with what the backward pass needs.

    Attributes:
        y: gamma x_hat + beta, shape of x.
        x_hat: (x - mu) r, shape of x.
        r: 1 / sqrt(s2 + epsilon), with size 1 in the axes of the statistics.
        kind: one of ``KINDS``.
    """

    y: RealArray
    x_hat: RealArray
    r: RealArray
    kind: str


@dataclass(frozen=True)
class NormalisationGradients:
    """Gradients of a loss through a normalisation, each of the shape of its variable.

    Attributes:
        x: shape of x.
        gamma, beta: shape (channels,) for batch and instance, of an example for layer and rms.
    """

    x: RealArray
    gamma: RealArray
    beta: RealArray


def exact_statistics(x: Sequence[Any], kind: str) -> Statistics:
    """Mean and variance as fractions, nothing rounded; one operation on fractions an entry.

    Args:
        x: nested sequences (or an integer array) of whole numbers and fractions, axes as in the module's docstring.
        kind: one of ``KINDS``.

    Raises:
        ValueError: an unknown kind; x is ragged, empty, of too few axes, or holds something that is neither a whole
            number nor a fraction.
    """
    choice("kind", kind, KINDS)
    try:
        given = np.array(x, dtype=object)
    except ValueError as error:
        raise ValueError(f"x is ragged; expected numbers of one shape ({error})") from error
    if given.size == 0:
        raise ValueError(f"x has shape {given.shape} and is empty; expected every size at least 1")
    entries = np.empty(given.shape, dtype=object)
    for place in np.ndindex(*given.shape):
        value: Any = given.item(place)
        if isinstance(value, bool) or not isinstance(value, int | np.integer | Fraction):
            raise ValueError(
                f"x of shape {given.shape} holds {value!r} at index {place}; expected whole numbers and fractions"
            )
        entries[place] = value if isinstance(value, Fraction) else Fraction(int(value))
    axes = _axes(entries, kind)
    count = _count(entries, axes)
    mean = entries.sum(axis=axes, keepdims=True) / count
    if kind == "rms":
        mean = mean * 0
    variance = ((entries - mean) ** 2).sum(axis=axes) / count
    return Statistics(np.squeeze(mean, axis=axes), variance)


def statistics(x: ArrayLike, kind: str) -> Statistics:
    """Mean and variance in floating point, in two passes; 4 flops an entry, one array of the size of x.

    Raises:
        ValueError: an unknown kind; x of too few axes, empty, with NaN or infinity, or not float32 or float64.
    """
    choice("kind", kind, KINDS)
    x = real_tensor("x", x)
    axes = _axes(x, kind)
    mean, _, variance, e = _moments(x, axes, kind, 0.0)
    return Statistics(np.squeeze(mean, axis=axes), np.squeeze(unscaled(variance, 2 * e), axis=axes))


def forward(
    x: ArrayLike,
    kind: str,
    gamma: ArrayLike | None = None,
    beta: ArrayLike | None = None,
    *,
    epsilon: float = 1e-5,
) -> Normalised:
    """gamma (x - mu) / sqrt(s2 + epsilon) + beta, shape of x; about 10 flops an entry.

    Args:
        x: axes (batch, channel, further axes); a further axis is needed for instance.
        kind: one of ``KINDS``.
        gamma, beta: shape (channels,) for batch and instance, that of an example for layer and rms; 1 and 0 by default.
        epsilon: at least 0, in units of x squared.

    Raises:
        ValueError: as ``statistics``; gamma or beta of another shape or dtype, a negative epsilon, or epsilon = 0 where
            a variance is 0.
    """
    choice("kind", kind, KINDS)
    x, epsilon = real_tensor("x", x), number("epsilon", epsilon, low=0.0)
    axes = _axes(x, kind)
    _, centred, variance, e = _moments(x, axes, kind, epsilon)
    with np.errstate(divide="ignore"):
        denominator = variance + unscaled(x.dtype.type(epsilon), -2 * e)
        small: RealArray = 1 / np.sqrt(denominator)
        r: RealArray = unscaled(small, -e)
    if not np.isfinite(r).all():
        raise ValueError(
            f"x of shape {x.shape} has variance 0 somewhere, or one so small that its root has no reciprocal; "
            f"expected epsilon > 0 then, not {epsilon:g}"
        )
    np.multiply(centred, small, out=centred)
    y = centred.copy()
    if gamma is not None:
        y *= _affine("gamma", gamma, x, kind)
    if beta is not None:
        y += _affine("beta", beta, x, kind)
    return Normalised(y, centred, r, kind)


def backward(normalised: Normalised, grad_y: ArrayLike, gamma: ArrayLike | None = None) -> NormalisationGradients:
    """The gradients in x, gamma and beta, given that in y; about 10 flops an entry.

    Args:
        normalised: what ``forward`` returned.
        grad_y: shape of x.
        gamma: as given to ``forward``.

    Raises:
        ValueError: grad_y or gamma of another shape or dtype, or with NaN or infinity.
    """
    x_hat, r, kind = instance("normalised", normalised, Normalised).x_hat, normalised.r, normalised.kind
    choice("normalised.kind", kind, KINDS)
    grad_y = real_tensor("grad_y", grad_y)
    if grad_y.shape != x_hat.shape:
        raise ValueError(f"grad_y has shape {grad_y.shape}; expected {x_hat.shape} as x has")
    same_dtype({"normalised.x_hat": x_hat, "grad_y": grad_y})
    axes = _axes(x_hat, kind)
    shape = tuple(1 if axis in axes else size for axis, size in enumerate(x_hat.shape))
    if np.shape(r) != shape:
        raise ValueError(f"normalised.r has shape {np.shape(r)}; expected {shape} for x of shape {x_hat.shape}")
    g = grad_y if gamma is None else grad_y * _affine("gamma", gamma, x_hat, kind)
    product = grad_y * x_hat
    affine = _shared_axes(x_hat, kind)
    grad_gamma, grad_beta = (np.squeeze(_sum(a, affine), axis=affine) for a in (product, grad_y))
    if gamma is not None:
        np.multiply(g, x_hat, out=product)
    count = _count(x_hat, axes)
    grad_x: RealArray = g - x_hat * (_sum(product, axes) / count)
    if kind != "rms":
        grad_x -= _sum(g, axes) / count
    grad_x *= r
    return NormalisationGradients(x=grad_x, gamma=grad_gamma, beta=grad_beta)


def _sum(x: RealArray, axes: tuple[int, ...]) -> RealArray:
    """The sum over the axes, which are kept, to full precision, however many numbers they are."""
    dtype = x.dtype
    # NumPy adds in pairs along contiguous memory; else one by one, where double precision is needed.
    last = tuple(axis for axis in axes if x.flags.c_contiguous and set(range(axis, x.ndim)) <= set(axes))
    if last:
        x = x.sum(axis=last, keepdims=True)
    total: RealArray = x.sum(axis=axes, keepdims=True, dtype=np.float64).astype(dtype)
    return total


def _axes(x: NDArray[Any], kind: str) -> tuple[int, ...]:
    """The axes that the statistics run over."""
    least = 3 if kind == "instance" else 2
    if x.ndim < least:
        raise ValueError(f"x has shape {x.shape}; expected at least {least} axes, (batch, channel, further axes)")
    every = range(x.ndim)
    kept = {"batch": {1}, "layer": {0}, "instance": {0, 1}, "rms": {0}}[kind]
    return tuple(axis for axis in every if axis not in kept)


def _shared_axes(x: NDArray[Any], kind: str) -> tuple[int, ...]:
    """The axes along which gamma and beta are the same."""
    return (0,) if kind in ("layer", "rms") else tuple(axis for axis in range(x.ndim) if axis != 1)


def _count(x: NDArray[Any], axes: tuple[int, ...]) -> int:
    count = 1
    for axis in axes:
        count *= x.shape[axis]
    return count


def _moments(
    x: RealArray, axes: tuple[int, ...], kind: str, epsilon: float
) -> tuple[Any, RealArray, Any, NDArray[np.intp]]:
    """mu, (x - mu) / 2^e (a new array), s2 / 4^e and e, with the axes kept; sums in double precision.

    e is 0 but where s2 leaves the range of the dtype, and epsilon does not hide that.
    """
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        mean, centred, variance = _plain_moments(x, axes, kind)
        outside = ~np.isfinite(variance) | (variance + epsilon < 4 * np.finfo(x.dtype).tiny)
    if not outside.any():
        return mean, centred, variance, np.zeros(variance.shape, np.intp)
    # In units of the largest entry x - mu stays below 2.
    e = np.where(outside, np.frexp(np.abs(x).max(axis=axes, keepdims=True))[1], 0)
    mean, centred, variance = _plain_moments(unscaled(x, -e), axes, kind)
    return unscaled(mean, e), centred, variance, e


def _plain_moments(x: RealArray, axes: tuple[int, ...], kind: str) -> tuple[Any, RealArray, Any]:
    if kind == "rms":
        shape = tuple(1 if axis in axes else size for axis, size in enumerate(x.shape))
        mean, centred = np.zeros(shape, x.dtype), x.copy()
    else:
        mean = x.mean(axis=axes, keepdims=True, dtype=np.float64).astype(x.dtype)
        centred = x - mean
    variance = np.mean(centred * centred, axis=axes, keepdims=True, dtype=np.float64).astype(x.dtype)
    return mean, centred, variance


def _affine(name: str, value: ArrayLike, x: RealArray, kind: str) -> RealArray:
    """gamma or beta, shaped to be broadcast against x."""
    if kind in ("layer", "rms"):
        array = real_tensor(name, value)
        if array.shape != x.shape[1:]:
            raise ValueError(f"{name} has shape {array.shape}; expected {x.shape[1:]} as an example of x has")
    else:
        sizes = Sizes()
        sizes.bind("x", x.shape[1:2], ("channels",))
        array = real_array(name, value, ("channels",), sizes)
    same_dtype({"x": x, name: array})
    return array if kind in ("layer", "rms") else array.reshape(-1, *[1] * (x.ndim - 2))
