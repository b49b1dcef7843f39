"""Gradient descent on least squares, and the solution of least norm.

For X (n, d) and y (n,), typically n < d (derivation min_norm; question F2 of the catalogue)::

    f(w) = ||y - X w||^2           grad f = -2 X^T (y - X w)
    w_0 = 0                        w_{k+1} = w_k - eta grad f(w_k)
    r_k = y - X w_k                r_{k+1} = (I - 2 eta X X^T) r_k

For full row rank and 0 < eta < 1/lambda_max(X X^T), w_k tends to X^T (X X^T)^{-1} y, the solution
of least norm; without full row rank it tends to X^+ y.

Every iterate lies in the row space of X. (X^T X)^{-1} X^T y does not exist for n < d, since
rank(X^T X) <= n.

float32 input is accepted; the arithmetic is in float64. Steps are in units of 1 / X^2, w in those of y / X; what each
function costs is said there. Imports NumPy only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import Sizes, flag, length, number, real_array, scaled, unscaled, whole

Vector = NDArray[np.float64]

DEFAULT_STEP = 0.9
"""The default step in units of the bound 1/lambda_max(X X^T)."""


@dataclass(frozen=True)
class Descent:
    """A run of gradient descent from w_0 = 0.

    Attributes:
        w: the last iterate, shape (d,).
        step: eta.
        bound: 1/lambda_max(X X^T).
        contraction: max |1 - 2 eta lambda| over the eigenvalues lambda of X X^T that are not 0:
            the factor by which the part of r_k in the column space shrinks at least, each step.
        residual_norms: ||r_k|| for k = 0..iterations, shape (iterations + 1,); all finite: a run that leaves the
            range of float64 ends before.
        row_space_distances: the distance of w_k from the row space of X, same shape; rounding only.
        converged: whether ||grad f|| fell to the tolerance.
    """

    w: Vector
    step: float
    bound: float
    contraction: float
    residual_norms: Vector
    row_space_distances: Vector
    converged: bool

    @property
    def iterations(self) -> int:
        """The number of steps made."""
        return len(self.residual_norms) - 1


@dataclass(frozen=True)
class LstsqComparison:
    """A w beside ``numpy.linalg.lstsq``.

    Attributes:
        w: the solution of lstsq, shape (d,).
        rank: of X, as lstsq found it.
        distance: ||w - lstsq's w||.
        excess_residual: ||y - X w|| less that of lstsq.
        excess_norm: ||w|| less that of lstsq.
    """

    w: Vector
    rank: int
    distance: float
    excess_residual: float
    excess_norm: float


def minimum_norm_solution(X: ArrayLike, y: ArrayLike) -> Vector:
    """The w of least norm with X w = y: X^T (X X^T)^{-1} y, without X X^T. Shape (d,).

    X^T = Q R gives w = Q R^-T y, whose error grows with the condition of X, not with its square. 4 n^2 d + n^3 flops,
    O(n d) memory, and a factorisation for the rank.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, or X without full row rank.
    """
    (X, e_X), (y, e_y) = (scaled(array) for array in _problem(X, y))
    rank = int(np.linalg.matrix_rank(X))
    if rank < X.shape[0]:
        raise ValueError(
            f"X of shape {X.shape} has rank {rank}; expected full row rank {X.shape[0]}, else X X^T has no inverse"
        )
    Q, R = np.linalg.qr(X.T)
    solution: Vector = unscaled(Q @ np.linalg.solve(R.T, y), e_y - e_X)
    return solution


def step_bound(X: ArrayLike) -> float:
    """1/lambda_max(X X^T): gradient descent converges for steps strictly between 0 and this.

    A singular value decomposition, O(n d min(n, d)) flops and O(n d) memory.

    Raises:
        ValueError: X is not a matrix of finite numbers, it is zero, or so large or small that the bound is no number
            of full precision.
    """
    X = real_array("X", X, ("n", "d"), Sizes()).astype(np.float64)
    small, e = scaled(X)
    largest = float(np.linalg.norm(small, 2))
    if largest == 0.0:
        raise ValueError(f"X of shape {X.shape} is zero; expected a matrix with an entry that is not")
    bound = float(unscaled(1.0 / largest**2, -2 * e))
    if not np.finfo(np.float64).tiny <= bound < np.inf:
        raise ValueError(
            f"X of shape {X.shape} has the largest singular value {unscaled(largest, e):.3g}, and 1/lambda_max(X X^T) "
            "leaves the range of float64; expected a matrix in other units"
        )
    return bound


def gradient_descent(
    X: ArrayLike,
    y: ArrayLike,
    *,
    step: float | None = None,
    iterations: int = 10_000,
    tolerance: float = 0.0,
    allow_divergence: bool = False,
) -> Descent:
    """Gradient descent on ||y - X w||^2 from w = 0.

    4 n d flops an iteration for the step and 4 d rank(X) for the distance from the row space; one
    singular value decomposition before; O(n d) memory.

    Args:
        X, y: as in the module's docstring; any n and d, any rank.
        step: eta; by default 0.9 / lambda_max(X X^T).
        iterations: the largest number of steps.
        tolerance: stop when ||grad f(w_k)|| is at most this times ||grad f(0)||.
        allow_divergence: accept a step of 1/lambda_max or more.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, X = 0, or a step outside
            (0, 1/lambda_max(X X^T)) that is not allowed.
    """
    X, y = _problem(X, y)
    iterations = whole("iterations", iterations)
    tolerance = number("tolerance", tolerance, low=0.0)
    diverging = flag("allow_divergence", allow_divergence)
    bound = step_bound(X)
    if step is None:
        step = DEFAULT_STEP * bound
    else:
        step = number("step", step, low=0.0, open_low=True)
        if step >= bound and not diverging:
            raise ValueError(
                f"step is {step:g}; expected a number in (0, {bound:g}), "
                "the bound 1/lambda_max(X X^T), or allow_divergence=True"
            )
    _, singular, right = np.linalg.svd(X, full_matrices=False)
    nonzero = singular > singular[0] * max(X.shape) * np.finfo(np.float64).eps
    row_space = right[nonzero]  # orthonormal rows
    contraction = float(np.abs(1.0 - 2.0 * step * singular[nonzero] ** 2).max())

    w = np.zeros(X.shape[1])
    residual_norms, distances = [], []
    converged = False
    with np.errstate(over="ignore", invalid="ignore"):
        goal = tolerance * length(2.0 * (X.T @ y))
        after = w
        for k in range(iterations + 1):
            residual = y - X @ after
            size = length(residual)
            distance = length(after - row_space.T @ (row_space @ after))
            if not np.isfinite([size, distance]).all():
                if k == 0:
                    raise ValueError(
                        f"y of shape {y.shape} has the norm {size:g}; expected one in the range of float64"
                    )
                break  # it diverges: w is the last iterate of which everything is finite
            w = after
            residual_norms.append(size)
            distances.append(distance)
            gradient = -2.0 * (X.T @ residual)
            converged = length(gradient) <= goal
            if converged:
                break
            after = w - step * gradient
    return Descent(
        w=w,
        step=step,
        bound=bound,
        contraction=contraction,
        residual_norms=np.array(residual_norms),
        row_space_distances=np.array(distances),
        converged=converged,
    )


def compare_lstsq(X: ArrayLike, y: ArrayLike, w: ArrayLike) -> LstsqComparison:
    """w beside NumPy's least-squares solution of least norm, which takes a singular value decomposition.

    O(n d min(n, d)) flops, O(n d) memory.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity.
    """
    X, y = _problem(X, y)
    sizes = Sizes()
    sizes.bind("X", X.shape, ("n", "d"))
    w = real_array("w", w, ("d",), sizes).astype(np.float64)
    (small, e_X), (small_y, e_y) = scaled(X), scaled(y)
    solved, _, rank, _ = np.linalg.lstsq(small, small_y)
    with np.errstate(over="ignore", invalid="ignore"):
        reference: Vector = unscaled(solved, e_y - e_X)
        measured = {
            "distance": length(w - reference),
            "excess_residual": length(y - X @ w) - length(y - X @ reference),
            "excess_norm": length(w) - length(reference),
        }
    if not np.isfinite([*measured.values(), *reference]).all():
        raise ValueError(
            f"w of shape {w.shape} or the solution of lstsq, of norm {length(reference):.3g}, has a norm or a residual "
            "beyond the range of float64; expected X, y and w in other units"
        )
    return LstsqComparison(w=reference, rank=int(rank), **measured)


def _problem(X: ArrayLike, y: ArrayLike) -> tuple[Vector, Vector]:
    sizes = Sizes()
    return (
        real_array("X", X, ("n", "d"), sizes).astype(np.float64),
        real_array("y", y, ("n",), sizes).astype(np.float64),
    )
