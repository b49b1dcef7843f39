"""Activations that overflow nowhere: softmax and its logarithm, log-sum-exp, logistic, swish, piecewise linear maps.

With m = max_j x_j along the axis (derivation activations; questions H1 to H4 of the catalogue)::

    log-sum-exp    m + log sum_j e^(x_j - m)                every exponent is at most 0, one of them is 0 and is
    log-softmax    x_i - m - log sum_j e^(x_j - m)          left out of the sum, whose logarithm is log(1 + rest)
    softmax        e^(x_i - m) / sum_j e^(x_j - m)
    logistic       1 / (1 + e^-x) for x >= 0, e^x / (1 + e^x) for x < 0
    swish          x logistic(beta x)
    piecewise      c + a relu(x - alpha) + b relu(beta - x),  beta <= alpha

Arrays of any shape, float32 or float64 with finite entries of any size; results have the dtype of x. A result is
infinite only where the true value exceeds the largest number of the dtype (x_i - m may). An entry that is minus
infinity, as masks have them, is refused: use a large negative one. A function costs a few passes
over x (an exponential an entry, no products of matrices) and a few arrays of the size of x. Units: exponents have
none; x of relu, swish and piecewise linear maps may have any, which the result has too, beta of swish then 1 / x.

Imports NumPy only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import RealArray, number, real_tensor, whole

_SATURATED = 1000.0
"""Beyond this the exponential is 0 in both dtypes, so that a product with it may be cut off here."""


def log_sum_exp(x: ArrayLike, axis: int = -1) -> RealArray:
    """log sum_j e^(x_j) along ``axis``, an axis that the result's shape lacks. An exponential an entry.

    Raises:
        ValueError: x has no axis, is empty, holds NaN or infinity or is not float32 or float64; axis out of range.
    """
    x, axis = _along(x, axis)
    at, largest = _largest(x, axis)
    with np.errstate(over="ignore", under="ignore"):
        shifted: RealArray = x - largest
        result: RealArray = np.squeeze(largest + _log_of_sum(shifted, at, axis), axis=axis)
    return result


def softmax(x: ArrayLike, axis: int = -1) -> RealArray:
    """e^(x_i) / sum_j e^(x_j) along ``axis``, shape of x. An exponential and a division an entry.

    Raises:
        ValueError: as ``log_sum_exp``.
    """
    x, axis = _along(x, axis)
    with np.errstate(over="ignore", under="ignore"):
        # x - max may fall below the range of the dtype; e^-inf = 0 is then right.
        exponentials: RealArray = np.exp(x - x.max(axis=axis, keepdims=True))
    np.divide(exponentials, _sum(exponentials, axis), out=exponentials)
    return exponentials


def log_softmax(x: ArrayLike, axis: int = -1) -> RealArray:
    """The logarithm of softmax, without ever forming softmax; shape of x. An exponential an entry.

    Raises:
        ValueError: as ``log_sum_exp``.
    """
    x, axis = _along(x, axis)
    at, largest = _largest(x, axis)
    with np.errstate(over="ignore", under="ignore"):
        result: RealArray = x - largest
        result -= _log_of_sum(result.copy(), at, axis)
    return result


def logistic(x: ArrayLike) -> RealArray:
    """1 / (1 + e^-x) entry by entry, without an exponential of a positive number; shape of x. An exponential an entry.

    Raises:
        ValueError: x is empty, holds NaN or infinity or is not float32 or float64.
    """
    return _logistic(real_tensor("x", x))


def swish(x: ArrayLike, beta: float = 1.0) -> RealArray:
    """x logistic(beta x) entry by entry, shape of x; x / 2 for beta = 0, within 0.2785 / |beta| of relu for beta > 0.

    beta is in units of 1/x. An exponential and about 6 flops an entry.

    Raises:
        ValueError: as ``logistic``; beta is not a finite number.
    """
    x = real_tensor("x", x)
    result: RealArray = x * _logistic(_scaled(x, number("beta", beta)))
    return result


def swish_slope(x: ArrayLike, beta: float = 1.0) -> RealArray:
    """The derivative of swish in x: s + beta x s (1 - s) with s = logistic(beta x), shape of x.

    Two exponentials and about 10 flops an entry.

    Raises:
        ValueError: as ``swish``.
    """
    x = real_tensor("x", x)
    z = _scaled(x, number("beta", beta))
    # s (1 - s) as a product of two logistics: 1 - s would cancel where s is near 1.
    s = _logistic(z)
    result: RealArray = s + z * (s * _logistic(-z))
    return result


def relu(x: ArrayLike) -> RealArray:
    """max(x, 0) entry by entry, shape of x; a comparison an entry.

    Raises:
        ValueError: as ``logistic``.
    """
    result: RealArray = np.maximum(real_tensor("x", x), 0)
    return result


def piecewise_linear(
    x: ArrayLike, *, a: float, b: float, alpha: float = 0.0, beta: float = 0.0, c: float = 0.0
) -> RealArray:
    """The continuous map of slope a from alpha on, 0 between beta and alpha, -b up to beta; shape of x.

    Question H2: c + a relu(x - alpha) + b relu(beta - x). With alpha = beta = c = 0: relu for (a, b) = (1, 0), the
    absolute value for (1, 1), leaky relu for (1, b) with a small b < 0. Six flops an entry.

    Args:
        x: any shape.
        a, b: the slopes, b with its sign turned.
        alpha, beta: the kinks, beta <= alpha.
        c: the value between the kinks.

    Raises:
        ValueError: as ``logistic``; a number that is not finite, or beta > alpha.
    """
    x = real_tensor("x", x)
    a, b, c = number("a", a), number("b", b), number("c", c)
    alpha = number("alpha", alpha)
    beta = number("beta", beta, high=alpha)
    # In double precision, where every coefficient is finite; by halves, as x - alpha itself may overflow where
    # a (x - alpha) does not.
    half: RealArray = 0.5 * x.astype(np.float64, copy=False)
    right, left = np.maximum(half - 0.5 * alpha, 0), np.maximum(0.5 * beta - half, 0)
    with np.errstate(over="ignore"):
        result: RealArray = c + 2.0 * (a * right + b * left)
        return result.astype(x.dtype, copy=False)


def _along(x: ArrayLike, axis: int) -> tuple[RealArray, int]:
    x = real_tensor("x", x, axes=1)
    axis = whole("axis", axis, low=-x.ndim, high=x.ndim - 1)
    return x, axis + x.ndim if axis < 0 else axis


def _largest(x: RealArray, axis: int) -> tuple[NDArray[np.intp], RealArray]:
    """Where the (first) largest entries along the axis stand, and they themselves, with the axis kept."""
    at = np.expand_dims(x.argmax(axis=axis), axis)
    return at, np.take_along_axis(x, at, axis)


def _log_of_sum(shifted: RealArray, at: NDArray[np.intp], axis: int) -> RealArray:
    """log(1 + sum of e^(x_j - m) over the others than the largest), in the memory of x - m.

    The largest one's 1 is not added up with them: beside it they would be lost, and with them all digits of the
    logarithm of a probability that is nearly 1.
    """
    np.exp(shifted, out=shifted)
    np.put_along_axis(shifted, at, 0.0, axis)
    total: RealArray = np.log1p(_sum(shifted, axis))
    return total


def _sum(x: RealArray, axis: int) -> RealArray:
    """The sum along the axis, which is kept: to full precision, however many numbers they are."""
    # NumPy adds in pairs along contiguous memory; else one by one, where double precision is needed.
    exact = None if axis == x.ndim - 1 and x.flags.c_contiguous else np.float64
    total: RealArray = x.sum(axis=axis, keepdims=True, dtype=exact).astype(x.dtype, copy=False)
    return total


def _logistic(x: RealArray) -> RealArray:
    with np.errstate(under="ignore"):
        small = np.exp(-np.abs(x))
        result: RealArray = np.where(x >= 0, np.ones((), x.dtype), small) / (1 + small)
    return result


def _scaled(x: RealArray, beta: float) -> RealArray:
    """beta x, cut off where the logistic is saturated, in the dtype of x."""
    with np.errstate(over="ignore"):
        result: RealArray = np.clip(beta * x, -_SATURATED, _SATURATED)
    return result.astype(x.dtype, copy=False)
