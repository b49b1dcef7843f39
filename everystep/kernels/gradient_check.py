"""Differences of a function of an array: the complex step and extrapolated central ones.

For f from arrays of one shape to numbers (or to arrays of one shape), with direction v and step r (every derivation's
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

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import any_array, choice, flag, function, length, number, real_tensor, room, whole

Function = Callable[[Any], Any]
"""A function of one array; its value is a number, or an array whose shape is always the same."""

METHODS = ("complex", "central", "auto")
AGREEMENT = 1e-6
"""How closely, relatively, the complex step must agree with central differences to be trusted by "auto"."""
COMPLEX_STEP = 1e-30
"""Far below rounding: nothing is subtracted, so smaller is only better."""
CENTRAL_STEP = 1e-2
"""The largest step of the table, relative to the scale of x; halved from row to row."""
LEVELS = 4
MOST_AT_ONCE = 1 << 20
"""Entries of the points that one call of a vectorised f is given at most."""
_Found: TypeAlias = tuple[NDArray[np.float64], NDArray[np.float64], list[NDArray[np.float64]]]
_SMALLEST = float(np.finfo(np.float64).tiny) * 2.0**12
"""The smallest step: what is left of it in the last row of the longest table has a finite reciprocal."""
_EPS = float(np.finfo(np.float64).eps)
_ROUNDINGS = 8
"""Roundings, relative to the value, that a value of f is credited with in an estimated error."""


@dataclass(frozen=True)
class Differences:
    """Derivatives by differences.

    Attributes:
        method: "complex" or "central".
        values: entry by entry, the shape of f's value and then that of x; along m directions (m, *shape of the value).
        uncertainty: the estimated error of each of ``values``, same shape: for central differences what the last
            extrapolation changed, what the slopes to both sides differ by beyond curvature (a kink), and rounding; for
            the complex step rounding alone.
        evaluations: the number of points at which f was evaluated.
    """

    method: str
    values: NDArray[np.float64]
    uncertainty: NDArray[np.float64]
    evaluations: int


@dataclass(frozen=True)
class StepSweep:
    """The error of a difference against its step.

    Attributes:
        method: "complex" or "central" (without extrapolation).
        steps: the steps r, shape (m,).
        errors: the largest |difference - claimed derivative| with each step, shape (m,).
    """

    method: str
    steps: NDArray[np.float64]
    errors: NDArray[np.float64]


@dataclass(frozen=True)
class GradientCheck:
    """A claimed gradient beside differences.

    Attributes:
        method: "complex" or "central".
        claimed: the claimed gradient, the shape of f's value and then that of x; or its inner products with the
            directions, (m, *shape of the value).
        numeric: the differences, same shape.
        directions: the directions, (m, *shape of x); None for entry by entry.
        error: the largest absolute deviation.
        relative_error: that divided by the largest magnitude in either.
        uncertainty: the largest estimated error of the differences (see ``Differences``): a deviation below it says
            nothing.
        worst: the index of the largest deviation.
        sweep: the error against the step: for central differences of every row of the table, without extrapolation;
            for the complex step of the one step.
        evaluations: the number of points at which f was evaluated.
    """

    method: str
    claimed: NDArray[np.float64]
    numeric: NDArray[np.float64]
    directions: NDArray[np.float64] | None
    error: float
    relative_error: float
    uncertainty: float
    worst: tuple[int, ...]
    sweep: StepSweep
    evaluations: int


def complex_step(f: Function, x: ArrayLike, step: float = COMPLEX_STEP, *, vectorised: bool = False) -> Any:
    """The derivatives of f at x by complex steps, the shape of f's value and then that of x.

    ``size`` evaluations of f, O(1) flops for each number in the points and values. f must be analytic and computed
    without conj, abs or comparisons of complex numbers.

    Raises:
        ValueError: x is not a real finite array, the step is not positive, or f does not return
            complex numbers (real ones mean that f lost the imaginary part).
    """
    return differences(f, x, method="complex", step=step, vectorised=vectorised).values


def central_differences(
    f: Function, x: ArrayLike, step: float | None = None, levels: int = LEVELS, *, vectorised: bool = False
) -> Any:
    """The derivatives of f at x by Richardson-extrapolated central differences, the shape of f's value, then that of x.

    ``levels`` rows of the table take 2 * levels * size + 1 evaluations of f, O(levels) flops for each number in a
    derivative, and leave an error of order step^(2 levels); one level is the plain central difference.

    Raises:
        ValueError: x is not a real finite array, a step or number of levels out of range, or f
            does not return real finite numbers.
    """
    return differences(f, x, method="central", step=step, levels=levels, vectorised=vectorised).values


def differences(
    f: Function,
    x: ArrayLike,
    *,
    method: str = "auto",
    directions: ArrayLike | None = None,
    seed: int = 0,
    step: float | None = None,
    levels: int = LEVELS,
    vectorised: bool = False,
) -> Differences:
    """The derivatives of f at x with their estimated errors.

    Args:
        f: the function; for complex steps it must accept and return complex numbers.
        x: the point, at least one entry.
        method: "complex", "central", or "auto": complex steps if f takes them and they agree with central differences
            along one random direction (f may accept complex numbers and drop imaginary parts on its way), else central.
        directions: (m, *shape of x); None for entry by entry.
        seed: of the direction that "auto" tries.
        step: the step (largest step, for central differences), in units of x.
        levels: rows of the Richardson table, for central differences.
        vectorised: whether f takes many points at once, stacked along a leading axis, and stacks its values likewise.
            In all m * size numbers go in for m directions, at most ``MOST_AT_ONCE`` at a time; for central differences
            2 * levels times as many.

    m evaluations of f along m directions, 2 levels m + 1 by central differences, m = size entry by entry (and 10 more
    for "auto"); what is done beside them is O(1) flops for each number in the points and values. Memory is O(m) values
    of f, and of points those of one call.

    Raises:
        ValueError: x or the directions are not real finite arrays, an unknown method, a number out of range, or values
            of f that are not of the wanted kind.
    """
    x, calls = _point(x), _Calls(f, vectorised)
    chosen = None if directions is None else _point(directions, "directions")
    if chosen is not None and chosen.shape[1:] != x.shape:
        raise ValueError(f"directions has shape {chosen.shape}; expected (m, {', '.join(map(str, x.shape))})")
    method, h = _method(calls, x, method, seed, step, levels)
    values, uncertainty, _ = _along(calls, x, chosen, method, h, levels)
    if directions is None:
        values, uncertainty = (_by_entries(a, x.shape) for a in (values, uncertainty))
    return Differences(method, values, uncertainty, calls.count)


def check_gradient(
    f: Function,
    gradient: ArrayLike,
    x: ArrayLike,
    *,
    method: str = "auto",
    directions: int | None = None,
    seed: int = 0,
    step: float | None = None,
    levels: int = LEVELS,
    vectorised: bool = False,
) -> GradientCheck:
    """Compare ``gradient``, claimed to be that of f at x, with differences.

    Args:
        f: the function; of arrays where its value is one, so that the gradient is a Jacobian.
        gradient: the claim, of the shape of f's value and then that of x.
        x: the point, at least one entry.
        method: as for ``differences``.
        directions: None for entry by entry; else the number of random unit directions.
        seed: of the directions.
        step: the step (largest step, for central differences), in units of x.
        levels: rows of the Richardson table, for central differences.
        vectorised: as for ``differences``.

    Returns:
        The report. It passes no judgement: what error is small enough is the caller's to say. Cost and memory as of
        ``differences``, and 2 size flops a direction for each number of f's value.

    Raises:
        ValueError: as ``differences``; shapes that do not fit.
    """
    x, claim, calls = _point(x), _point(gradient, "gradient"), _Calls(f, vectorised)
    leading = claim.ndim - x.ndim
    if leading < 0 or claim.shape[leading:] != x.shape:
        raise ValueError(f"gradient has shape {claim.shape}; expected {x.shape} as x has, or that behind f's own shape")
    count = None if directions is None else whole("directions", directions, low=1)
    room("directions", directions, (count or 0) * x.size)
    method, h = _method(calls, x, method, seed, step, levels)
    chosen = None if count is None else _directions(x.shape, count, seed)
    numeric, uncertainty, rows = _along(calls, x, chosen, method, h, levels)
    if leading == 0 and math.prod(numeric.shape[1:]) == 1:
        numeric, uncertainty, *rows = (a.reshape(len(a)) for a in (numeric, uncertainty, *rows))
    if numeric.shape[1:] != claim.shape[:leading]:
        raise ValueError(f"f returned shape {numeric.shape[1:]}; gradient has shape {claim.shape}, x {x.shape}")
    # The claim's derivatives along what was tried: (m, *shape of the value), entry by entry or as inner products.
    along = np.moveaxis(claim.reshape(*claim.shape[:leading], x.size), -1, 0)
    if chosen is not None:
        along = np.tensordot(chosen.reshape(len(chosen), x.size), along, axes=1)
    errors = np.array([np.abs(row - along).max() for row in rows])
    sweep = StepSweep(method, np.array([h / 2.0**row for row in range(len(rows))]), errors)
    if chosen is None:
        numeric, along = _by_entries(numeric, x.shape), claim
    deviation = np.abs(numeric - along)
    error = float(deviation.max())
    scale = float(max(np.abs(numeric).max(), np.abs(along).max()))
    return GradientCheck(
        method=method,
        claimed=along,
        numeric=numeric,
        directions=chosen,
        error=error,
        relative_error=error / scale if scale > 0.0 else error,
        uncertainty=float(uncertainty.max()),
        worst=tuple(int(i) for i in np.unravel_index(int(deviation.argmax()), deviation.shape)),
        sweep=sweep,
        evaluations=calls.count,
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

    One call of f a step for the complex step, three for central differences, O(size) flops and numbers beside them.
    Central differences show the valley between truncation (r^2) and rounding (1/r); the complex step has no right-hand
    slope.

    Raises:
        ValueError: as ``check_gradient``; steps that are not a list of positive numbers.
    """
    x, claim, calls = _point(x), _point(gradient, "gradient"), _Calls(f, False)
    if claim.shape != x.shape:
        raise ValueError(f"gradient has shape {claim.shape}; expected {x.shape} as x has")
    rs = _point(steps, "steps")
    if rs.ndim != 1 or not (rs > 0.0).all():
        raise ValueError(f"steps has shape {rs.shape}; expected one axis of positive numbers")
    choice("method", method, METHODS[:2])
    whole("seed", seed)
    v = _directions(x.shape, 1, seed)
    exact = float(np.vdot(claim, v[0]))
    values = [_along(calls, x, v, method, float(r), 1)[0] for r in rs]
    if values[0].size != 1:
        raise ValueError(f"f returned shape {values[0].shape[1:]}; expected one number")
    return StepSweep(method, rs, np.abs(np.array(values).reshape(len(rs)) - exact))


# evaluation ------------------------------------------------------------------------------------


class _Calls:
    """Evaluates f at many points and counts them."""

    def __init__(self, f: Function, vectorised: bool) -> None:
        self.f = function("f", f)
        self.vectorised = flag("vectorised", vectorised)
        self.count = 0

    def __call__(self, points: NDArray[Any]) -> NDArray[Any]:
        """Values, stacked along the first axis, which is that of ``points``."""
        self.count += len(points)
        if not self.vectorised:
            return _stacked([_value(self.f(point)) for point in points])
        size = max(1, MOST_AT_ONCE // max(1, points[0].size))
        parts = [_value(self.f(points[k : k + size])) for k in range(0, len(points), size)]
        for part, start in zip(parts, range(0, len(points), size), strict=True):
            if part.ndim == 0 or len(part) != len(points[start : start + size]):
                raise ValueError(f"f returned shape {part.shape} for points of shape {points.shape}; expected as many")
            if part.shape[1:] != parts[0].shape[1:]:
                raise ValueError(
                    f"f returned values of shapes {parts[0].shape[1:]}, {part.shape[1:]}; expected one shape"
                )
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _value(returned: Any) -> NDArray[Any]:
    value = any_array("f's value", returned)
    if value.size == 0:
        raise ValueError(f"f returned shape {value.shape}, which is empty; expected a number or more")
    return value


def _stacked(values: list[NDArray[Any]]) -> NDArray[Any]:
    shapes = {value.shape for value in values}
    if len(shapes) > 1:
        raise ValueError(f"f returned values of shapes {', '.join(map(str, sorted(shapes)))}; expected one shape")
    return np.stack(values)


def _method(
    calls: _Calls, x: NDArray[np.float64], method: str, seed: int, step: float | None, levels: int
) -> tuple[str, float]:
    """The method that is taken, and its (largest) step; all numbers among the arguments are looked at."""
    choice("method", method, METHODS)
    whole("seed", seed)
    whole("levels", levels, low=1, high=12)
    given = None if step is None else number("step", step, low=0.0, open_low=True)
    if given is not None and given < _SMALLEST:
        raise ValueError(f"step is {given:g}; expected a number of at least {_SMALLEST:g}")
    if method == "auto":
        method = _suitable(calls, x, seed)
    if given is not None:
        return method, given
    return method, COMPLEX_STEP if method == "complex" else _central_step(x)


def _suitable(calls: _Calls, x: NDArray[np.float64], seed: int) -> str:
    """The method that f allows."""
    v = _directions(x.shape, 1, seed)
    central, doubt, _ = _along(calls, x, v, "central", _central_step(x), LEVELS)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", np.exceptions.ComplexWarning)
            slope, _, _ = _along(calls, x, v, "complex", COMPLEX_STEP, LEVELS)
    except (TypeError, ValueError):  # f refuses complex numbers, or returns a real one
        return "central"
    allowed = AGREEMENT * np.maximum(np.abs(central), np.abs(slope)).max() + doubt.max()
    return "complex" if np.abs(slope - central).max() <= allowed else "central"


def _along(
    calls: _Calls, x: NDArray[np.float64], v: NDArray[np.float64] | None, method: str, step: float, levels: int
) -> _Found:
    """The derivatives along directions v (None: those of the entries), (m, *shape of the value), their estimated
    errors, and the plain differences with step, step/2, ... that they come from.
    """
    count, most = x.size if v is None else len(v), max(1, MOST_AT_ONCE // x.size)
    middle = None if method == "complex" else _real(calls(x[None]))[0]
    parts = []
    for start in range(0, count, most):
        end = min(count, start + most)
        some = _units(x.shape, start, end) if v is None else v[start:end]
        parts.append(
            _complex(calls, x, some, step) if middle is None else _central(calls, x, some, middle, step, levels)
        )
    if len(parts) == 1:
        return parts[0]
    rows = [np.concatenate(row) for row in zip(*(part[2] for part in parts), strict=True)]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts]), rows


def _complex(calls: _Calls, x: NDArray[np.float64], v: NDArray[np.float64], step: float) -> _Found:
    with np.errstate(over="ignore"):  # infinite points are the function's to refuse
        points = x + 1j * step * v
    values = calls(points)
    if values.dtype.kind != "c":
        raise ValueError(
            f"f returned shape {values.shape[1:]} and dtype {values.dtype}; expected one complex number or an array of "
            "them (real ones mean that f drops the imaginary part: use central differences)"
        )
    slopes = _finite(values.imag / step)
    return slopes, _ROUNDINGS * _EPS * np.abs(slopes), [slopes]


def _central(
    calls: _Calls,
    x: NDArray[np.float64],
    v: NDArray[np.float64],
    middle: NDArray[np.float64],
    step: float,
    levels: int,
) -> _Found:
    """Extrapolated; ``middle`` is the value at x."""
    rows: list[NDArray[np.float64]] = []
    table: list[NDArray[np.float64]] = []
    changed = bend = earlier = np.zeros(())
    largest = float(np.abs(middle).max(initial=0.0))
    r = step
    for level in range(levels):
        r = step / 2**level
        with np.errstate(over="ignore"):
            points = np.concatenate([x + r * v, x - r * v])
        both = _real(calls(points))
        ahead, behind = both[: len(v)], both[len(v) :]
        largest = max(largest, float(np.abs(both).max(initial=0.0)))
        rows.append((ahead - behind) / (2.0 * r))
        refined = [rows[-1]]
        for power, coarse in enumerate(table, start=1):
            refined.append(refined[-1] + (refined[-1] - coarse) / (4.0**power - 1.0))
        changed = np.abs(refined[-1] - refined[-2]) if level else np.abs(refined[-1])
        # Slopes to both sides differ by r f'', halved with r; at a kink by the jump, whatever r is.
        sides = (ahead - 2.0 * middle + behind) / r
        bend, earlier = np.abs(2.0 * sides - earlier) if level else np.abs(sides), sides
        table = refined
    rounding = _ROUNDINGS * _EPS * largest / r
    return table[-1], changed + bend + rounding, rows


def _real(values: NDArray[Any]) -> NDArray[np.float64]:
    if values.dtype.kind not in "iuf":
        raise ValueError(
            f"f returned shape {values.shape[1:]} and dtype {values.dtype}; expected one finite real number"
        )
    return _finite(values.astype(np.float64, copy=False))


def _finite(values: NDArray[Any]) -> NDArray[np.float64]:
    if not np.isfinite(values).all():
        raise ValueError(f"f returned NaN or infinity in shape {values.shape[1:]}; expected one finite real number")
    return values


# arrays ----------------------------------------------------------------------------------------


def _point(value: ArrayLike, name: str = "x") -> NDArray[np.float64]:
    return real_tensor(name, value).astype(np.float64)


def _central_step(x: NDArray[np.float64]) -> float:
    return CENTRAL_STEP * max(1.0, length(x) / math.sqrt(x.size))


def _directions(shape: tuple[int, ...], count: int, seed: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    v = generator.standard_normal((count, *shape))
    norms = np.sqrt(np.sum(v * v, axis=tuple(range(1, v.ndim)), keepdims=True))
    directions: NDArray[np.float64] = v / norms
    return directions


def _units(shape: tuple[int, ...], start: int, end: int) -> NDArray[np.float64]:
    """The unit arrays of the entries from ``start`` to ``end``."""
    units = np.zeros((end - start, math.prod(shape)))
    units[np.arange(end - start), np.arange(start, end)] = 1.0
    return units.reshape((end - start, *shape))


def _by_entries(values: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(size, *shape of the value) as that shape, then the shape of x."""
    turned = np.moveaxis(values, 0, -1)
    return turned.reshape((*turned.shape[:-1], *shape))
