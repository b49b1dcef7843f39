"""The operations for complex arguments, so that a complex step can go through a compiled formula.

Where an operation's NumPy function takes absolute values, compares or conjugates, a row here computes the analytic
function that it is for real arguments.  May import NumPy and this package's operations only.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from everystep.compiler.operations import Array

NOT_ANALYTIC = frozenset(
    (
        "relu",
        "step",
        "abs",
        "sign",
        "largest",
        "attained",
        "eigenvalue",
        "eigenvector",
        "operator_norm",
        "rank",
        "pseudo_inverse",
        "adjugate_along",
        "adjugate_twice",
    )
)
"""Operations that are no analytic functions: they have kinks, or go through conjugates."""


def combine(*arrays: Array, signs: tuple[int, ...]) -> Array:
    """The sum with signs; real and complex terms in any order."""
    result = arrays[0] if signs[0] == 1 else np.negative(arrays[0])
    for array, sign in zip(arrays[1:], signs[1:], strict=True):
        result = np.add(result, array) if sign == 1 else np.subtract(result, array)
    return result


def inner(a: Array, b: Array) -> Array:
    """The sum of the entries of a . b, without a conjugate."""
    return np.einsum("...ij,...ij->...", a, b)[..., None, None]


def row_inner(a: Array, b: Array) -> Array:
    """The sums of the rows of a . b, without a conjugate, as a column."""
    return np.einsum("...ij,...ij->...i", a, b)[..., None]


def add_diagonal(a: Array, v: Array) -> Array:
    """a + diag(v), v a column or a number."""
    return a + np.eye(a.shape[-1]) * v


def logistic(x: Array) -> Array:
    """1 / (1 + e^-x) without overflow, by the sign of the real part."""
    e = np.exp(np.where(np.real(x) >= 0, -x, x))
    return np.where(np.real(x) >= 0, 1.0, e) / (1.0 + e)


def log(x: Array) -> Array:
    """The logarithm; NaN where the real part is not positive, as the logarithm of a real number has no value there."""
    return np.where(np.real(x) > 0, np.log(x), np.nan)


def sqrt(x: Array) -> Array:
    """The root; NaN where the real part is negative."""
    return np.where(np.real(x) >= 0, np.sqrt(x), np.nan)


def power(x: Array, exponent: Array) -> Array:
    """The power; NaN where the real part of the base is negative and the exponent is no whole number."""
    whole = np.asarray(exponent) == np.round(np.real(exponent))
    return np.where((np.real(x) >= 0) | whole, np.power(x, exponent), np.nan)


def softplus(x: Array) -> Array:
    """log(1 + e^x) without overflow, by the sign of the real part."""
    ahead = np.real(x) >= 0
    return np.where(ahead, x, 0.0) + np.log1p(np.exp(np.where(ahead, -x, x)))


def log_det(a: Array) -> Array:
    """log det(a); NaN where the real part of the determinant's sign is not positive."""
    sign, logarithm = np.linalg.slogdet(a)
    return np.where(np.real(sign) > 0, np.log(sign) + logarithm, np.nan)[..., None, None]


def adjugate(a: Array) -> Array:
    """The cofactors, transposed: every one a determinant, which is a polynomial in the entries."""
    n = a.shape[-1]
    others = [[k for k in range(n) if k != i] for i in range(n)]
    rows = np.array(others)[:, None, :, None]
    columns = np.array(others)[None, :, None, :]
    signs = (-1.0) ** np.add.outer(np.arange(n), np.arange(n))
    return np.swapaxes(signs * np.linalg.det(a[..., rows, columns]), -1, -2)


ANALYTIC: dict[str, Callable[..., Any]] = {
    "combine": combine,
    "inner": inner,
    "row_inner": row_inner,
    "add_diagonal": add_diagonal,
    "adjugate": adjugate,
    "log": log,
    "logistic": logistic,
    "power": power,
    "softplus": softplus,
    "sqrt": sqrt,
    "log_det": log_det,
}
"""What runs in the place of an operation's own function."""
