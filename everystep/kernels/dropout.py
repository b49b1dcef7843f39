"""Dropout on a linear model: the expected loss by all masks, by sampling and in closed form.

The loss of weights w under a mask R with independent entries R_ij ~ Bernoulli(p), p the probability
that an entry is *kept* (derivation dropout; question F1 of the catalogue)::

    L(w) = ||y - (X . R) w||^2
    E[L(w)] = ||y - p X w||^2 + p (1 - p) ||Gamma w||^2,   Gamma_jj = sqrt((X^T X)_jj)
            = ||y - p X w||^2 + p (1 - p) sum_ij X_ij^2 w_j^2

    X (n, d)   y (n,)   w (d,)   0 <= p <= 1

float32 input is accepted; sums are in float64, in units that keep squares in its range: a result is infinite only
where its value exceeds the largest number. ``exact_expectation`` and ``monte_carlo`` use the definition alone, so that
they can check the closed form. The loss is in units of y squared; what each function costs is said there, in flops
(an addition or a multiplication) and numbers of memory.

Imports NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import Sizes, function, number, real_array, scaled, unscaled, whole

Vector = NDArray[np.float64]

MOST_ENTRIES = 24
"""Entries of X up to which all masks are enumerated: 2^24 masks."""
_BLOCK_BITS = 14
_SAMPLE_ENTRIES = 1 << 20


@dataclass(frozen=True)
class Enumeration:
    """The loss over all masks.

    Attributes:
        mean: E[L(w)].
        variance: Var(L(w)).
        least, largest: the extreme losses over all masks, whatever their probability.
        masks: how many masks there are, 2^(n d).
    """

    mean: float
    variance: float
    least: float
    largest: float
    masks: int


@dataclass(frozen=True)
class Estimate:
    """The loss over sampled masks.

    Attributes:
        mean: the sample mean.
        standard_error: the sample's standard deviation divided by sqrt(samples).
        samples: the number of masks drawn.
        seed: of the generator.
    """

    mean: float
    standard_error: float
    samples: int
    seed: int


def expected_loss(X: ArrayLike, y: ArrayLike, w: ArrayLike, p: float) -> float:
    """E[L(w)] in closed form: ||y - p X w||^2 + p (1 - p) sum_ij X_ij^2 w_j^2.

    4 n d flops; O(n d) memory.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, p outside [0, 1].
    """
    terms, y, p, e = _problem(X, y, w, p)
    residual = y - p * terms.sum(axis=1)
    return float(unscaled(float(residual @ residual + p * (1.0 - p) * np.vdot(terms, terms)), 2 * e))


def minimiser(X: ArrayLike, y: ArrayLike, p: float) -> Vector:
    """The w of least expected loss, (p^2 X^T X + p (1 - p) Gamma^2)^{-1} p X^T y. Shape (d,).

    A solve with the matrix divided by p; for p above 1/2 by the QR factorisation of the rows of sqrt(p) X and of
    sqrt(1 - p) Gamma, so that nothing is squared. 2 (n + d) d^2 flops, O((n + d) d) memory.

    Raises:
        ValueError: shapes that do not fit, p outside (0, 1), or a column of X that is zero (the
            minimiser is then not unique).
    """
    sizes = Sizes()
    X = real_array("X", X, ("n", "d"), sizes).astype(np.float64)
    y = real_array("y", y, ("n",), sizes).astype(np.float64)
    p = number("p", p, low=0.0, high=1.0, open_low=True, open_high=True)
    largest = np.abs(X).max(axis=0)
    if not largest.all():
        raise ValueError(
            f"X of shape {X.shape} has zero column {int(largest.argmin())}; "
            "expected none, else the minimiser is not unique"
        )
    # Columns of X and y in units of their own, powers of 2: no square leaves the range, and nothing is rounded.
    units = np.frexp(largest)[1]
    columns: Vector = np.ldexp(X, -units)
    y, e_y = scaled(y)
    squares = np.einsum("ij,ij->j", columns, columns)
    if p <= 0.5:
        # The columns are of length 1 or so: the condition of this matrix is at most about d + 1.
        gram = p * columns.T @ columns
        gram[np.diag_indices_from(gram)] += (1.0 - p) * squares
        found = np.linalg.solve(gram, columns.T @ y)
    else:
        # It grows like d / (1 - p), but only its root counts for the QR factorisation.
        Q, R = np.linalg.qr(np.vstack([np.sqrt(p) * columns, np.diag(np.sqrt((1.0 - p) * squares))]))
        found = np.linalg.solve(R, Q[: len(y)].T @ y / np.sqrt(p))
    solution: Vector = unscaled(found, e_y - units)
    return solution


def exact_expectation(
    X: ArrayLike,
    y: ArrayLike,
    w: ArrayLike,
    p: float,
    progress: Callable[[int, int], None] | None = None,
) -> Enumeration:
    """Mean and variance of L(w) over all 2^(n d) masks, each with its probability.

    The masks of the first 14 entries make a table of their contributions to X . R w, shape (2^14, n), that is shifted
    for every mask of the other entries. These come in the order of a Gray code: from one to the next a single entry
    changes, and with it a single row's sum, which is added up anew so that no rounding accumulates. 4 n flops a mask,
    2^14 n numbers of memory.

    Args:
        X, y, w, p: as in the module's docstring, n d <= 24.
        progress: called with the masks done and the masks in all, after every 2^14 masks.

    Raises:
        ValueError: as ``expected_loss``; n d > 24.
    """
    terms, y, p, e = _problem(X, y, w, p)
    if progress is not None:
        function("progress", progress)
    n, d = terms.shape
    entries = n * d
    if entries > MOST_ENTRIES:
        raise ValueError(
            f"X has shape {terms.shape}, {entries} entries; expected at most {MOST_ENTRIES}, "
            f"as there are 2^entries masks (sample them instead)"
        )
    # A shift, against cancellation: the loss with the mean mask.
    reference = float(np.sum((y - p * terms.sum(axis=1)) ** 2))
    terms, rows = terms.reshape(entries), np.repeat(np.arange(n), d)
    low = min(entries, _BLOCK_BITS)
    block, kept = _subset_sums(terms[:low], rows[:low], n)
    # Probability of a mask that keeps c of the entries; 0^0 = 1 makes p = 0 and p = 1 right.
    probability = np.array([p**c * (1.0 - p) ** (entries - c) for c in range(entries + 1)])

    first = second = 0.0
    least, largest = math.inf, -math.inf
    residual = np.empty_like(block)
    for done, (shift, count) in enumerate(_gray(terms[low:], rows[low:], n), start=1):
        np.subtract(y - shift, block, out=residual)
        losses = np.einsum("mi,mi->m", residual, residual)
        least, largest = min(least, float(losses.min())), max(largest, float(losses.max()))
        losses -= reference
        weights = probability[kept + count]
        first += float(weights @ losses)
        second += float(weights @ (losses * losses))
        if progress is not None:
            progress(done * len(block), 1 << entries)
    return Enumeration(
        mean=float(unscaled(reference + first, 2 * e)),
        variance=float(unscaled(max(second - first * first, 0.0), 4 * e)),
        least=float(unscaled(least, 2 * e)),
        largest=float(unscaled(largest, 2 * e)),
        masks=1 << entries,
    )


def monte_carlo(
    X: ArrayLike,
    y: ArrayLike,
    w: ArrayLike,
    p: float,
    *,
    samples: int = 10_000,
    seed: int = 0,
    tolerance: float | None = None,
) -> Estimate:
    """The mean of L(w) over random masks, with its standard error.

    About n d (one random number, one comparison, 2 flops) a mask; 10 MB of memory or n d numbers.
    Masks are drawn in batches whose size follows from the shape, so that a seed gives the same
    result everywhere.

    Args:
        X, y, w, p: as in the module's docstring.
        samples: the number of masks, at least 2; the largest number, if there is a tolerance.
        seed: of ``numpy.random.default_rng``.
        tolerance: stop after the batch with which the standard error falls to this, in units of
            the loss, but not before 100 masks.

    Raises:
        ValueError: as ``expected_loss``; a number out of range.
    """
    terms, y, p, e = _problem(X, y, w, p)
    samples, seed = whole("samples", samples, low=2), whole("seed", seed)
    if tolerance is not None:
        tolerance = number("tolerance", tolerance, low=0.0)
    n, d = terms.shape
    generator = np.random.default_rng(seed)
    batch = max(1, _SAMPLE_ENTRIES // (n * d))
    count, mean, squares = 0, 0.0, 0.0
    while count < samples:
        size = min(batch, samples - count)
        mask = generator.random((size, n, d)) < p
        residual = y - np.einsum("bij,ij->bi", mask, terms)
        losses = np.einsum("bi,bi->b", residual, residual)
        # The means and sums of squared deviations of two samples, merged.
        batch_mean = float(losses.mean())
        difference, total = batch_mean - mean, count + size
        squares += float(np.sum((losses - batch_mean) ** 2))
        squares += difference * difference * count * size / total
        mean += difference * size / total
        count = total
        if tolerance is not None and count >= 100 and float(unscaled(_error(squares, count), 2 * e)) <= tolerance:
            break
    return Estimate(float(unscaled(mean, 2 * e)), float(unscaled(_error(squares, count), 2 * e)), count, seed)


def _error(squares: float, count: int) -> float:
    return math.sqrt(squares / (count - 1) / count) if count > 1 else math.inf


def _problem(X: ArrayLike, y: ArrayLike, w: ArrayLike, p: float) -> tuple[Vector, Vector, float, int]:
    """X_ij w_j (n, d) and y in units of 2^e, none of them above 1; p; e.  Powers of 2, so that nothing is rounded."""
    sizes = Sizes()
    X, e_X = scaled(real_array("X", X, ("n", "d"), sizes).astype(np.float64))
    y = real_array("y", y, ("n",), sizes).astype(np.float64)
    w, e_w = scaled(real_array("w", w, ("d",), sizes).astype(np.float64))
    p = number("p", p, low=0.0, high=1.0)
    terms, e_y = X * w, scaled(y)[1]
    e = max(e_X + e_w, e_y) if terms.any() and y.any() else e_X + e_w if terms.any() else e_y
    return unscaled(terms, e_X + e_w - e), unscaled(y, -e), p, e


def _gray(terms: Vector, rows: NDArray[np.intp], n: int) -> Iterator[tuple[Vector, int]]:
    """For every subset of the terms, in the order of a Gray code, their sums by row (n,) and how many they are."""
    kept = np.zeros(len(terms))
    of_row = [np.flatnonzero(rows == row) for row in range(n)]
    sums, count = np.zeros(n), 0
    yield sums, count
    for step in range(1, 1 << len(terms)):
        changed = (step & -step).bit_length() - 1  # the lowest bit that is set
        count += 1 if kept[changed] == 0.0 else -1
        kept[changed] = 1.0 - kept[changed]
        row = rows[changed]
        sums[row] = kept[of_row[row]] @ terms[of_row[row]]
        yield sums, count


def _subset_sums(terms: Vector, rows: NDArray[np.intp], n: int) -> tuple[Vector, NDArray[np.intp]]:
    """For every subset of the terms their sums by row, (2^m, n), and how many they are, (2^m,)."""
    sums = np.zeros((1 << len(terms), n))
    counts = np.zeros(1 << len(terms), dtype=np.intp)
    for bit, (term, row) in enumerate(zip(terms, rows, strict=True)):
        half = 1 << bit
        sums[half : 2 * half] = sums[:half]
        sums[half : 2 * half, row] += term
        counts[half : 2 * half] = counts[:half] + 1
    return sums, counts
