"""Weight normalisation: w = g u / ||u||, its gradients, descent in (u, g), batch normalisation.

For u (d,) not zero and a number g (derivation weight_norm; questions E3 to E5 of the catalogue)::

    grad_u L = (g / ||u||) (I - u u^T / ||u||^2) grad_w L        grad_g L = u^T grad_w L / ||u||
    u' = u - eps grad_u L    gives    ||u'||^2 = ||u||^2 + eps^2 ||grad_u L||^2

so that ||u|| never shrinks. On inputs with mean 0 and covariance I, batch normalisation of u^T x is
weight normalisation: g (u^T x - mean) / sd + b = w^T x + b, with mean 0 and variance ||u||^2.

float32 input is accepted; the arithmetic is in float64. The units of u have no part in w, which is in those of g; what
each function costs is said there. Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import Sizes, function, length, number, real_array, scaled, unscaled, whole

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class WeightNormDescent:
    """A run of gradient descent in u and g.

    Attributes:
        u, g, w: the last ones; shapes (d,), (), (d,).
        u_norms: ||u|| before each step and after the last, shape (steps + 1,).
        grad_u_norms: ||grad_u L|| at each step, shape (steps,).
        step: eps.
    """

    u: Vector
    g: float
    w: Vector
    u_norms: Vector
    grad_u_norms: Vector
    step: float


@dataclass(frozen=True)
class BatchNormComparison:
    """Batch normalisation and weight normalisation on the same inputs.

    Attributes:
        mean, variance: of u^T x over the batch, variance with 1/m.
        u_norm_squared: what the variance is if the inputs are whitened.
        batch_norm, weight_norm: the two outputs, shape (m,).
        difference: their largest absolute difference.
    """

    mean: float
    variance: float
    u_norm_squared: float
    batch_norm: Vector
    weight_norm: Vector
    difference: float


def weight(u: ArrayLike, g: float) -> Vector:
    """w = g u / ||u||, shape (d,); 3 d flops, O(d) memory.

    Raises:
        ValueError: u is not a vector of finite numbers or is zero, or g is not a finite number.
    """
    u, norm = _direction(u)
    return number("g", g) * _unit(u, norm)


def gradients(u: ArrayLike, g: float, grad_w: ArrayLike) -> tuple[Vector, float]:
    """(grad_u, grad_g) from grad_w; 8 d flops, O(d) memory (no d x d matrix is formed).

    Args:
        u, grad_w: shape (d,).
        g: the length of w, either sign.

    Raises:
        ValueError: as ``weight``; grad_w of another shape, or with NaN or infinity.
    """
    return _gradients(u, g, grad_w, "grad_w")


def descend(
    u: ArrayLike,
    g: float,
    grad_w: Callable[[Vector], ArrayLike],
    *,
    step: float,
    steps: int,
) -> WeightNormDescent:
    """``steps`` steps of gradient descent in u and g together; each costs a gradient and 15 d flops; O(d) memory.

    Args:
        u, g: the start.
        grad_w: the gradient of the loss in w, as a function of w; shape (d,) to shape (d,).
        step: eps, positive.
        steps: how many.

    Raises:
        ValueError: as ``gradients``; a number out of range.
    """
    u, norm = _direction(u)
    g, step, steps = (
        number("g", g),
        number("step", step, low=0.0, open_low=True),
        whole("steps", steps),
    )
    function("grad_w", grad_w)
    u_norms, grad_u_norms = [norm], []
    for _ in range(steps):
        grad_u, grad_g = _gradients(u, g, grad_w(weight(u, g)), "grad_w(w)")
        u = u - step * grad_u
        g -= step * grad_g
        u_norms.append(length(u))
        grad_u_norms.append(length(grad_u))
    return WeightNormDescent(u, g, weight(u, g), np.array(u_norms), np.array(grad_u_norms), step)


def whiten(X: ArrayLike) -> Vector:
    """The rows of X mapped so that their mean is 0 and their covariance (with 1/m) is I, (m, d).

    2 m d^2 + O(d^3) flops, O(m d) memory.

    Raises:
        ValueError: X is not a matrix of finite numbers, or its covariance is not invertible.
    """
    X, _ = scaled(real_array("X", X, ("m", "d"), Sizes()).astype(np.float64))
    centred = X - X.mean(axis=0)
    rank = int(np.linalg.matrix_rank(centred))
    if rank < X.shape[1]:
        raise ValueError(f"X of shape {X.shape} has a covariance of rank {rank}; expected {X.shape[1]}")
    # The orthonormal columns of the QR factorisation have the Gram matrix I.
    whitened: Vector = np.linalg.qr(centred)[0] * np.sqrt(len(X))
    return whitened


def compare_batch_norm(X: ArrayLike, u: ArrayLike, g: float, b: float = 0.0) -> BatchNormComparison:
    """Both normalisations of u^T x for every row x of X; equal when X is whitened. 4 m d flops, O(m d) memory.

    Args:
        X: the batch, shape (m, d).
        u, g, b: direction (d,), length and offset.

    Raises:
        ValueError: shapes that do not fit, u = 0, or u^T x the same for all rows.
    """
    sizes = Sizes()
    X = real_array("X", X, ("m", "d"), sizes).astype(np.float64)
    u, norm = _direction(u, sizes)
    g, b = number("g", g), number("b", b)
    # Batch normalisation does not see the scales of X and u, so that they cannot take the variance out of range.
    (small, e_X), (small_u, e_u) = scaled(X), scaled(u)
    products, e = scaled(small @ small_u)
    e += e_X + e_u
    mean, variance = float(products.mean()), float(products.var())
    if variance <= (np.finfo(np.float64).eps * float(np.abs(products).max())) ** 2:
        raise ValueError(f"X of shape {X.shape} gives the same u^T x for every row; expected not")
    batch_norm = g * (products - mean) / np.sqrt(variance) + b
    weight_norm = X @ weight(u, g) + b
    return BatchNormComparison(
        mean=float(unscaled(mean, e)),
        variance=float(unscaled(variance, 2 * e)),
        u_norm_squared=norm * norm,
        batch_norm=batch_norm,
        weight_norm=weight_norm,
        difference=float(np.abs(batch_norm - weight_norm).max()),
    )


def _gradients(u: ArrayLike, g: float, grad_w: ArrayLike, name: str) -> tuple[Vector, float]:
    sizes = Sizes()
    u, norm = _direction(u, sizes)
    grad = real_array(name, grad_w, ("d",), sizes).astype(np.float64)
    direction = _unit(u, norm)
    grad_g = float(direction @ grad)
    return number("g", g) / norm * (grad - grad_g * direction), grad_g


def _direction(u: ArrayLike, sizes: Sizes | None = None) -> tuple[Vector, float]:
    u = real_array("u", u, ("d",), Sizes() if sizes is None else sizes).astype(np.float64)
    norm = length(u)
    if norm == 0.0:
        raise ValueError(f"u of shape {u.shape} is zero; expected a vector that has a direction")
    return u, norm


def _unit(u: Vector, norm: float) -> Vector:
    """u / ||u||."""
    if 1e-77 < norm < 1e77:  # where ``length`` took it as it was
        return u / norm
    small, _ = scaled(u)
    return small / np.linalg.norm(small)
