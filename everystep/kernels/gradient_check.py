"""Differences of a scalar function of an array: the complex step and extrapolated central ones.

For f from arrays of one shape to numbers, with direction v and step r (every derivation's
gradients; question G8 of the catalogue for the plain forward difference)::

    complex step          Im f(x + i r v) / r                 error O(r^2), no cancellation
    central               (f(x + r v) - f(x - r v)) / (2 r)   error O(r^2), rounding eps |f| / r
    Richardson            central differences with r, r/2, r/4, ..., each column of the table
                          removing the next even power of r

Entry by entry v runs through the entries' unit arrays, ``size`` derivatives in all; along random
directions a gradient is tested as its inner product with v, at a few evaluations altogether.
Steps are in units of x. Everything is in float64; a complex step calls f with complex128.

Imports NumPy only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import choice, number, whole

Function = Callable[[Any], Any]
"""A scalar function of one array."""

METHODS = ("complex", "central", "auto")
AGREEMENT = 1e-6
"""How closely, relatively, the complex step must agree with central differences to be trusted by "auto"."""
COMPLEX_STEP = 1e-30
"""Far below rounding: nothing is subtracted, so smaller is only better."""
CENTRAL_STEP = 1e-2
"""The largest step of the table, relative to the scale of x; halved from row to row."""


@dataclass(frozen=True)
class GradientCheck:
    """A claimed gradient beside differences.

    Attributes:
        method: "complex" or "central".
        claimed: the claimed gradient, shape of x; or its inner products with the directions, (m,).
        numeric: the differences, same shape.
        directions: the directions, (m, *shape of x); None for entry by entry.
        error: the largest absolute deviation.
        relative_error: that divided by the largest magnitude in either.
        worst: the index of the largest deviation.
        evaluations: the number of calls of f.
    """

    method: str
    claimed: NDArray[np.float64]
    numeric: NDArray[np.float64]
    directions: NDArray[np.float64] | None
    error: float
    relative_error: float
    worst: tuple[int, ...]
    evaluations: int


@dataclass(frozen=True)
class StepSweep:
    """The error of a difference against its step.

    Attributes:
        method: "complex" or "central" (without extrapolation).
        steps: the steps r, shape (m,).
        errors: |difference - claimed derivative| along one direction, shape (m,).
    """

    method: str
    steps: NDArray[np.float64]
    errors: NDArray[np.float64]


def complex_step(f: Function, x: ArrayLike, step: float = COMPLEX_STEP) -> NDArray[np.float64]:
    """The gradient of f at x by complex steps, shape of x; ``size`` calls of f.

    f must be analytic and computed without conj, abs or comparisons of complex numbers.

    Raises:
        ValueError: x is not a real finite array, the step is not positive, or f does not return
            one complex number (a real one means that f lost the imaginary part).
    """
    x, step = _point(x), number("step", step, low=0.0, open_low=True)
    return _entrywise(x, lambda v: _complex_difference(f, x, v, step))


def central_differences(f: Function, x: ArrayLike, step: float | None = None, levels: int = 4) -> NDArray[np.float64]:
    """The gradient of f at x by Richardson-extrapolated central differences, shape of x.

    ``levels`` rows of the table take 2 * levels * size calls of f and leave an error of order
    step^(2 levels); one level is the plain central difference.

    Raises:
        ValueError: x is not a real finite array, a step or number of levels out of range, or f
            does not return one real finite number.
    """
    x = _point(x)
    chosen, levels = _central_step(x, step), whole("levels", levels, low=1, high=12)
    return _entrywise(x, lambda v: _richardson(f, x, v, chosen, levels))


def check_gradient(
    f: Function,
    gradient: ArrayLike,
    x: ArrayLike,
    *,
    method: str = "complex",
    directions: int | None = None,
    seed: int = 0,
    step: float | None = None,
    levels: int = 4,
) -> GradientCheck:
    """Compare ``gradient``, claimed to be that of f at x, with differences.

    Args:
        f: the function; for ``method="complex"`` it must accept and return complex numbers.
        gradient: the claim, of the shape of x.
        x: the point, at least one entry.
        method: "complex", "central", or "auto": complex steps if f takes them and they agree with central differences
            along one random direction (f may accept complex numbers and drop imaginary parts on its way), else central.
        directions: None for entry by entry; else the number of random unit directions.
        seed: of the directions.
        step: the step (largest step, for central differences), in units of x.
        levels: rows of the Richardson table, for central differences.

    Returns:
        The report. It passes no judgement: what error is small enough is the caller's to say.

    Raises:
        ValueError: shapes that differ, an unknown method, a number out of range, or a value of f
            that is not one number of the wanted kind.
    """
    x, claim = _point(x), _point(gradient, "gradient")
    if claim.shape != x.shape:
        raise ValueError(f"gradient has shape {claim.shape}; expected {x.shape} as x has")
    choice("method", method, METHODS)
    whole("levels", levels, low=1, high=12)
    trial = 0
    if method == "auto":
        method, trial = _suitable(f, x, seed)

    if method == "complex":
        h = COMPLEX_STEP if step is None else number("step", step, low=0.0, open_low=True)

        def difference(v: NDArray[np.float64]) -> float:
            return _complex_difference(f, x, v, h)

        calls = 1
    else:
        h = _central_step(x, step)

        def difference(v: NDArray[np.float64]) -> float:
            return _richardson(f, x, v, h, levels)

        calls = 2 * levels

    chosen = None
    if directions is None:
        numeric = _entrywise(x, difference)
    else:
        chosen = _directions(x.shape, whole("directions", directions, low=1), seed)
        numeric = np.array([difference(v) for v in chosen])
        claim = np.array([float(np.vdot(claim, v)) for v in chosen])
    deviation = np.abs(numeric - claim)
    error = float(deviation.max())
    scale = float(max(np.abs(numeric).max(), np.abs(claim).max()))
    return GradientCheck(
        method=method,
        claimed=claim,
        numeric=numeric,
        directions=chosen,
        error=error,
        relative_error=error / scale if scale > 0.0 else error,
        worst=tuple(int(i) for i in np.unravel_index(int(deviation.argmax()), deviation.shape)),
        evaluations=calls * numeric.size + trial,
    )


def sweep_steps(
    f: Function,
    gradient: ArrayLike,
    x: ArrayLike,
    steps: ArrayLike,
    *,
    method: str = "complex",
    seed: int = 0,
) -> StepSweep:
    """The error of one directional derivative for each of ``steps``, without extrapolation.

    One or two calls of f a step. Central differences show the valley between truncation (r^2) and
    rounding (1/r); the complex step has no right-hand slope.

    Raises:
        ValueError: as ``check_gradient``; steps that are not a list of positive numbers.
    """
    x, claim = _point(x), _point(gradient, "gradient")
    if claim.shape != x.shape:
        raise ValueError(f"gradient has shape {claim.shape}; expected {x.shape} as x has")
    rs = _point(steps, "steps")
    if rs.ndim != 1 or not (rs > 0.0).all():
        raise ValueError(f"steps has shape {rs.shape}; expected one axis of positive numbers")
    choice("method", method, METHODS[:2])
    (v,) = _directions(x.shape, 1, seed)
    exact = float(np.vdot(claim, v))
    if method == "complex":
        values = [_complex_difference(f, x, v, float(r)) for r in rs]
    else:
        values = [_richardson(f, x, v, float(r), 1) for r in rs]
    return StepSweep(method, rs, np.abs(np.array(values) - exact))


def _suitable(f: Function, x: NDArray[np.float64], seed: int) -> tuple[str, int]:
    """The method that f allows, and the calls that it took to find out."""
    (v,) = _directions(x.shape, 1, seed)
    levels = 4
    central = _richardson(f, x, v, _central_step(x, None), levels)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            slope = _complex_difference(f, x, v, COMPLEX_STEP)
    except (TypeError, ValueError):  # f refuses complex numbers, or returns a real one
        slope = np.nan
    agrees = abs(slope - central) <= AGREEMENT * max(abs(central), abs(slope), np.finfo(np.float64).tiny)
    return "complex" if agrees else "central", 2 * levels + 1


def _point(value: ArrayLike, name: str = "x") -> NDArray[np.float64]:
    given = np.asarray(value)
    if given.dtype.kind not in "iuf":
        raise ValueError(f"{name} has shape {given.shape} and dtype {given.dtype}; expected real numbers")
    point = given.astype(np.float64)
    if point.size == 0:
        raise ValueError(f"{name} has shape {point.shape} and is empty; expected an entry or more")
    if not np.isfinite(point).all():
        raise ValueError(f"{name} of shape {point.shape} holds NaN or infinity; expected neither")
    return point


def _central_step(x: NDArray[np.float64], step: float | None) -> float:
    if step is None:
        return CENTRAL_STEP * max(1.0, float(np.sqrt(np.mean(x * x))))
    return number("step", step, low=0.0, open_low=True)


def _directions(shape: tuple[int, ...], count: int, seed: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(whole("seed", seed))
    v = generator.standard_normal((count, *shape))
    norms = np.sqrt(np.sum(v * v, axis=tuple(range(1, v.ndim)), keepdims=True))
    directions: NDArray[np.float64] = v / norms
    return directions


def _units(shape: tuple[int, ...]) -> Iterator[NDArray[np.float64]]:
    unit = np.zeros(shape)
    flat = unit.reshape(-1)
    for i in range(flat.size):
        flat[i] = 1.0
        yield unit
        flat[i] = 0.0


def _entrywise(x: NDArray[np.float64], difference: Callable[[NDArray[np.float64]], float]) -> NDArray[np.float64]:
    return np.array([difference(v) for v in _units(x.shape)]).reshape(x.shape)


def _complex_difference(f: Function, x: NDArray[np.float64], v: NDArray[np.float64], step: float) -> float:
    value = np.asarray(f(x + 1j * step * v))
    if value.size != 1 or value.dtype.kind != "c":
        raise ValueError(
            f"f returned shape {value.shape} and dtype {value.dtype}; expected one complex number "
            "(a real one means that f drops the imaginary part: use central differences)"
        )
    return float(value.reshape(()).imag) / step


def _real_value(f: Function, x: NDArray[np.float64]) -> float:
    value = np.asarray(f(x))
    if value.size != 1 or value.dtype.kind not in "iuf" or not np.isfinite(value).all():
        raise ValueError(f"f returned {value!r} of shape {value.shape}; expected one finite real number")
    return float(value.reshape(()))


def _richardson(f: Function, x: NDArray[np.float64], v: NDArray[np.float64], step: float, levels: int) -> float:
    row: list[float] = []
    for level in range(levels):
        r = step / 2**level
        refined = [(_real_value(f, x + r * v) - _real_value(f, x - r * v)) / (2.0 * r)]
        for power, coarse in enumerate(row, start=1):
            refined.append(refined[-1] + (refined[-1] - coarse) / (4.0**power - 1.0))
        row = refined
    return row[-1]
