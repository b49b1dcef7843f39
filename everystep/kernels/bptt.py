"""Backpropagation through time for a recurrent unit: forward pass, full and truncated gradients.

The unit, for t = 1..T and each member of the batch (derivation bptt; questions A2 to A5 of the
catalogue; one step of it is that of derivation vanishing, B2)::

    a_t = W x_t + U h_{t-1}    h_t = f(a_t)    y_t = V h_t    L = sum_t sum_batch ||z_t - y_t||^2

with f logistic, tanh, relu or linear. Arrays are time-major and a row is one member of the batch::

    x (T, batch, d)   z (T, batch, k)   h0 (batch, n)   W (n, d)   U (n, n)   V (k, n)

all float32 or all float64; results have that dtype. The gradients, with D_t = diag(f'(a_t)), which
follows from h_t alone::

    grad_{h_t} L = -2 V^T (z_t - y_t) + U^T D_{t+1} grad_{h_{t+1}} L    derivation bptt, (a), (b)
    grad_W L = sum_t D_t (grad_{h_t} L) x_t^T                           derivation bptt, (c)
    grad_U L = sum_t D_t (grad_{h_t} L) h_{t-1}^T
    grad_V L = -2 sum_t (z_t - y_t) h_t^T

Truncated after k steps, each L_s reaches h_t only for s - k <= t <= s, so that grad_{h_t} L is
replaced by::

    sum_{s = max(t, 1)}^{min(t + k, T)} (dh_s/dh_t)^T grad_{h_s} L_s    derivation bptt, (d)

k = 0 keeps the immediate gradient alone; k >= T is the full gradient (for the weights k = T - 1
already is, h0 is one step further back). grad_V is not affected.

Cost, with N = T * batch: a forward pass is 2 N n (d + n + k) flops and a backward pass
2 N n (d + 2 n + 2 k), all of it matrix products. The input products W x_t and the immediate
gradients are one product over many steps each, and so are the weight gradients: over all steps up
to ``BLOCK_ROWS`` rows, beyond that one product a block, so that nothing but the states is kept for
all steps. Only the products with U run step by step. ``bptt`` holds the N n numbers of the states
and O(BLOCK_ROWS (n + k) + n (n + d + k)) more. Truncated after k steps, the backward pass has
2 N n^2 k flops in place of 2 N n^2 and holds 2 N n + N k numbers more.

With checkpoints every s steps, ``bptt`` keeps the states h_0, h_s, h_2s, ... alone and computes those between them a
second time, segment by segment: (T / s + s) batch n numbers of states in place of N n, and the gradients of a segment;
least for s about sqrt(T). It costs one more forward pass without its outputs, 2 N n (d + n) flops.

Gradients that explode beyond the range of the dtype become infinite or NaN, with NumPy's warnings; the units themselves
saturate without any.

Imports NumPy only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import (
    RealArray,
    Sizes,
    analytic_array,
    flag,
    instance,
    length,
    real_array,
    same_dtype,
    whole,
)
from everystep.kernels._units import ACTIVATIONS, Activation, Array, activation_named

__all__ = [
    "ACTIVATIONS",
    "BLOCK_ROWS",
    "Gradients",
    "Trajectory",
    "Workspace",
    "backward",
    "bptt",
    "forward",
    "loss",
]

BLOCK_ROWS = 1024
"""Rows (steps times batch) of a block of the backward pass: a long enough product, and a block that
stays in cache.
"""
NARROW = 16
"""A product of so few rows that there are this many times as many units, and the square of it at least, is taken
transposed.
"""


@dataclass(frozen=True)
class Trajectory:
    """A forward pass.

    Attributes:
        loss: L, summed in double precision.
        step_losses: L_t, shape (T,), float64.
        h: h_0..h_T, shape (T + 1, batch, n).
        residual: z_t - y_t, shape (T, batch, k).
        activation: the name of f.
    """

    loss: float
    step_losses: NDArray[np.float64]
    h: RealArray
    residual: RealArray
    activation: str


@dataclass(frozen=True)
class Gradients:
    """The loss and its gradients, each of the shape of its variable.

    Attributes:
        loss: L, summed in double precision.
        step_losses: L_t, shape (T,), float64.
        W, U, V, h0: grad_W (n, d), grad_U (n, n), grad_V (k, n), grad_{h_0} (batch, n).
        h: grad_{h_t} for t = 1..T, shape (T, batch, n); None unless asked for.
        norms: the Frobenius norm (over batch and units) of grad_{h_t} for t = 0..T, shape (T + 1,),
            float64; None unless asked for.
        truncation: k, or None for the full gradient.
    """

    loss: float
    step_losses: NDArray[np.float64]
    W: RealArray
    U: RealArray
    V: RealArray
    h0: RealArray
    h: RealArray | None
    norms: NDArray[np.float64] | None
    truncation: int | None


class Workspace:
    """Buffers that successive calls of ``bptt`` reuse, as in a training loop; they grow to the
    largest call's need.

    Fresh memory costs page faults: a quarter of the time at T, batch, n = 50, 32, 128. Results never lie in a
    workspace. Not for two threads at a time.
    """

    def __init__(self) -> None:
        self._buffers: dict[tuple[str, np.dtype[Any]], Array] = {}

    def take(self, name: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
        """A C-contiguous array with arbitrary contents that overlaps with what was taken by the
        same name only.
        """
        size = math.prod(shape)
        buffer = self._buffers.get((name, dtype))
        if buffer is None or buffer.size < size:
            buffer = self._buffers[name, dtype] = np.empty(size, dtype)
        return buffer[:size].reshape(shape)


def loss(
    x: ArrayLike,
    z: ArrayLike,
    h0: ArrayLike,
    W: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    activation: str = "logistic",
) -> Any:
    """L by its definition, line by line: real or complex, so that complex steps pass through; nothing is tuned.

    Shapes as above, dtypes may differ. The square is not conjugated, so L is analytic where f is. 2 N n (d + n + k)
    flops for real arrays; temporaries of (batch, n).

    Returns:
        A number of the arrays' dtype.

    Raises:
        ValueError: as ``forward``, but for the dtypes.
    """
    x, z, h, W, U, V = _arrays(analytic_array, x, z, h0, W, U, V).values()
    f = activation_named(activation).definition
    total: Any = 0.0
    for x_t, z_t in zip(x, z, strict=True):
        with np.errstate(over="ignore"):  # of the logistic's exponential: its reciprocal 0 is right
            h = f(x_t @ W.T + h @ U.T)
        total = total + np.sum((z_t - h @ V.T) ** 2)
    return total


def forward(
    x: ArrayLike,
    z: ArrayLike,
    h0: ArrayLike,
    W: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    activation: str = "logistic",
) -> Trajectory:
    """h_t, z_t - y_t and L_t for all t.

    Args:
        x, z, h0, W, U, V: arrays of the shapes in the module's docstring, all float32 or all
            float64.
        activation: a key of ``ACTIVATIONS``.

    Returns:
        The trajectory; 2 N n (d + n + k) flops, N (n + k) numbers of memory with N = T * batch.

    Raises:
        ValueError: an unknown activation; an argument of another shape or dtype, empty, or with NaN
            or infinity.
    """
    x, z, h0, W, U, V = _checked(x, z, h0, W, U, V)
    f = activation_named(activation)
    h = _states(x, h0, W, U, f, Workspace())
    residual = np.empty(z.shape, x.dtype)
    step_losses = _residual(h[1:], z, V, residual)
    return Trajectory(float(step_losses.sum()), step_losses, h, residual, f.name)


def backward(
    trajectory: Trajectory,
    x: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    *,
    truncation: int | None = None,
    keep_h: bool = False,
    norms: bool = False,
) -> Gradients:
    """The gradients of L along a trajectory that ``forward`` made from the same arrays.

    Args:
        trajectory, x, U, V: as given to and returned by ``forward``.
        truncation: k of the module's docstring; None for the full gradient.
        keep_h: also return grad_{h_t} for t = 1..T (N n more numbers).
        norms: also return the norm of each grad_{h_t}, t = 0..T.

    Returns:
        The gradients; cost as in the module's docstring.

    Raises:
        ValueError: arrays that do not fit the trajectory, or a truncation that is not a whole
            number of at least 0.
    """
    instance("trajectory", trajectory, Trajectory)
    sizes = Sizes()
    arrays = {
        "x": real_array("x", x, ("T", "batch", "d"), sizes),
        "trajectory.residual": real_array("trajectory.residual", trajectory.residual, ("T", "batch", "k"), sizes),
        "V": real_array("V", V, ("k", "n"), sizes),
        "U": real_array("U", U, ("n", "n"), sizes),
        "trajectory.h": real_array("trajectory.h", trajectory.h, ("T + 1", "batch", "n"), sizes),
    }
    same_dtype(arrays)
    real_array("trajectory.step_losses", trajectory.step_losses, ("T",), sizes)
    if sizes["T + 1"] != sizes["T"] + 1:
        raise ValueError(
            f"trajectory.h has shape {trajectory.h.shape}; expected T + 1 = {sizes['T'] + 1} states, h_0 too"
        )
    f = activation_named(trajectory.activation, "trajectory.activation")
    options = _options(truncation, keep_h, norms)

    def states(start: int, stop: int) -> Array:
        return trajectory.h[start : stop + 1]

    def errors(start: int, stop: int, later: Array) -> tuple[Array, NDArray[np.float64]]:
        return trajectory.residual[start:stop], trajectory.step_losses[start:stop]

    x, U, V = arrays["x"], arrays["U"], arrays["V"]
    return _gradients(states, errors, x, U, V, f, options, Workspace())


def bptt(
    x: ArrayLike,
    z: ArrayLike,
    h0: ArrayLike,
    W: ArrayLike,
    U: ArrayLike,
    V: ArrayLike,
    activation: str = "logistic",
    *,
    truncation: int | None = None,
    keep_h: bool = False,
    norms: bool = False,
    workspace: Workspace | None = None,
    checkpoints: int | None = None,
) -> Gradients:
    """L and its gradients in one call, without keeping the residuals of all steps.

    Args:
        x, z, h0, W, U, V, activation: as for ``forward``.
        truncation, keep_h, norms: as for ``backward``.
        workspace: buffers to reuse; by default fresh ones.
        checkpoints: s of the module's docstring, for the full gradient only; 0 for the least s with s^2 >= T. By
            default all states are kept.

    Returns:
        The gradients; cost as in the module's docstring.

    Raises:
        ValueError: as ``forward`` and ``backward``; checkpoints that are not a whole number of at least 0, or come
            with a truncation (whose windows are held for all steps anyway).
    """
    x, z, h0, W, U, V = _checked(x, z, h0, W, U, V)
    f = activation_named(activation)
    options = _options(truncation, keep_h, norms)
    workspace = Workspace() if workspace is None else instance("workspace", workspace, Workspace)

    def errors(start: int, stop: int, later: Array) -> tuple[Array, NDArray[np.float64]]:
        block = z[start:stop]
        residual = workspace.take("residual", block.shape, block.dtype)
        return residual, _residual(later, block, V, residual)

    if checkpoints is None:
        h = _states(x, h0, W, U, f, workspace)
        return _gradients(lambda start, stop: h[start : stop + 1], errors, x, U, V, f, options, workspace)
    if truncation is not None:
        raise ValueError(f"checkpoints is {checkpoints} and truncation {truncation}; expected one of them")
    steps = len(x)
    segment = min(whole("checkpoints", checkpoints) or math.isqrt(steps - 1) + 1, steps)
    states = _recomputed(x, h0, W, U, f, segment, workspace)
    return _gradients(states, errors, x, U, V, f, options, workspace, segment)


@dataclass(frozen=True)
class _Options:
    truncation: int | None
    keep_h: bool
    norms: bool


def _options(truncation: int | None, keep_h: bool, norms: bool) -> _Options:
    windows = None if truncation is None else whole("truncation", truncation)
    return _Options(windows, flag("keep_h", keep_h), flag("norms", norms))


def _checked(*values: ArrayLike) -> tuple[RealArray, ...]:
    arrays = _arrays(real_array, *values)
    same_dtype(arrays)
    return tuple(arrays.values())


def _arrays(check: Callable[..., Array], *values: ArrayLike) -> dict[str, Array]:
    """x, z, h0, W, U, V by name, each checked against those before it."""
    sizes = Sizes()
    shapes = {
        "x": ("T", "batch", "d"),
        "z": ("T", "batch", "k"),
        "h0": ("batch", "n"),
        "W": ("n", "d"),
        "U": ("n", "n"),
        "V": ("k", "n"),
    }
    return {name: check(name, value, shape, sizes) for (name, shape), value in zip(shapes.items(), values, strict=True)}


def _states(x: Array, h0: Array, W: Array, U: Array, f: Activation, workspace: Workspace) -> Array:
    """h_0..h_T, shape (T + 1, batch, n)."""
    steps, batch, d = x.shape
    n = W.shape[0]
    h = workspace.take("states", (steps + 1, batch, n), x.dtype)
    h[0] = h0
    weight = (f.sign * W).T
    multiply, product = _product(U.T, batch, workspace, "product")
    block = min(steps, max(1, BLOCK_ROWS // batch))
    inputs = workspace.take("g", (block, batch, n), x.dtype)  # free until the backward pass
    previous = h[0]
    with np.errstate(over="ignore"):
        for start in range(0, steps, block):
            # The input products of many steps at once, of so few that they are still in cache when they are read.
            some = x[start : start + block]
            np.matmul(some.reshape(-1, d), weight, out=inputs[: len(some)].reshape(-1, n))
            for h_t, inputs_t in zip(h[start + 1 :], inputs[: len(some)], strict=False):
                multiply(previous)
                f.advance(product, inputs_t, h_t)
                previous = h_t
    return h


def _product(right: Array, batch: int, workspace: Workspace, name: str) -> tuple[Callable[[Array], Any], Array]:
    """A function of (batch, n) arrays that multiplies them by ``right``, stored by columns, and where its results are.

    Of a few rows, OpenBLAS takes the transposed product in three quarters of the time with two threads, which is more
    than what reading it by columns costs afterwards.
    """
    n = len(right)
    if n < NARROW * max(batch, NARROW):
        out = workspace.take(name, (batch, n), right.dtype)
        return lambda left: np.matmul(left, right, out=out), out
    turned, by_rows = workspace.take(name, (n, batch), right.dtype), right.T
    return lambda left: np.matmul(by_rows, left.T, out=turned), turned.T


def _recomputed(
    x: Array, h0: Array, W: Array, U: Array, f: Activation, segment: int, workspace: Workspace
) -> Callable[[int, int], Array]:
    """A forward pass that keeps every ``segment``-th state; gives h_start..h_stop for each segment, last one first."""
    steps, (batch, n) = len(x), h0.shape
    kept = workspace.take("checkpoints", (-(-steps // segment), batch, n), x.dtype)
    kept[0] = h0
    last = kept[:0]
    for place, start in enumerate(range(0, steps, segment)):
        last = _states(x[start : start + segment], kept[place], W, U, f, workspace)
        if place + 1 < len(kept):
            kept[place + 1] = last[-1]

    def states(start: int, stop: int) -> Array:
        if stop == steps:  # still there
            return last
        return _states(x[start:stop], kept[start // segment], W, U, f, workspace)

    return states


def _residual(h: Array, z: Array, V: Array, residual: Array) -> NDArray[np.float64]:
    """Writes z_t - V h_t to ``residual`` for the steps of ``z``; returns their L_t."""
    steps, batch, k = z.shape
    np.matmul(h.reshape(steps * batch, -1), V.T, out=residual.reshape(steps * batch, k))
    np.subtract(z, residual, out=residual)
    return _squares(residual)


def _squares(array: Array) -> NDArray[np.float64]:
    """The squared Frobenius norm of each ``array[t]``."""
    flat = array.reshape(len(array), -1)
    with np.errstate(over="ignore"):
        squares: NDArray[np.float64] = np.einsum("ti,ti->t", flat, flat).astype(np.float64)
    if not np.isfinite(squares).all():  # of single precision, perhaps not of double
        squares = np.einsum("ti,ti->t", flat, flat, dtype=np.float64)
    return squares


class _Record:
    """The grad_{h_t} and their norms, as far as they are asked for."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], options: _Options) -> None:
        self.h = np.empty(shape, dtype) if options.keep_h else None
        self._norms = np.empty(shape[0] + 1) if options.norms else None

    def note(self, t: int, g: Array) -> None:
        """Keep grad_{h_t} L = g, for t = 0..T."""
        if self.h is not None and t > 0:
            self.h[t - 1] = g
        if self._norms is not None:
            self._norms[t] = length(g)

    def norms(self) -> NDArray[np.float64] | None:
        return self._norms


def _gradients(
    states: Callable[[int, int], Array],
    errors: Callable[[int, int, Array], tuple[Array, NDArray[np.float64]]],
    x: Array,
    U: Array,
    V: Array,
    f: Activation,
    options: _Options,
    workspace: Workspace,
    segment: int | None = None,
) -> Gradients:
    """All gradients, block by block from the last step to the first.

    ``states(start, stop)`` gives h_start..h_stop, ``errors(start, stop, later)`` gives z_t - y_t and L_t for
    t = start + 1..stop, whose states are ``later``. A block is ``segment`` steps, or chosen here.
    """
    (steps, batch, d), (k, n), dtype = x.shape, V.shape, x.dtype
    window = options.truncation
    if window is not None and window >= steps:
        window = None
    blocks = 1 if window is not None else -(-steps * batch // BLOCK_ROWS)
    block = -(-steps // min(blocks, steps)) if segment is None else segment

    record = _Record((steps, batch, n), dtype, options)
    step_losses = np.empty(steps)
    weights = {name: np.zeros(shape, dtype) for name, shape in (("W", (n, d)), ("U", (n, n)), ("V", (k, n)))}
    spare = workspace.take("spare", (batch, n), dtype)
    # delta @ U with U stored by columns: BLAS reads it along contiguous memory, as in the forward
    # product.
    by_columns = np.asfortranarray(U)
    hand_down, carried = _product(by_columns, batch, workspace, "carried")
    carried[...] = 0.0  # U^T D_{t+1} grad_{h_{t+1}} L; grad_{h_0} L in the end
    scaled = -2.0 * V

    for start in reversed(range(0, steps, block)):
        stop = min(start + block, steps)
        h = states(start, stop)
        later, rows = h[1:], (stop - start) * batch
        error, step_losses[start:stop] = errors(start, stop, later)
        flat_error = error.reshape(rows, k)

        g = workspace.take("g", (stop - start, batch, n), dtype)
        np.matmul(flat_error, scaled, out=g.reshape(rows, n))  # the immediate gradients
        if window is not None:
            _windows(g, later, by_columns, f, window, carried, spare, record, workspace)
        else:
            _recursion(g, later, hand_down, f, start, carried, spare, record)

        # Now g holds D_t grad_{h_t} L.
        transposed = g.reshape(rows, n).T
        for name, left, right in (
            ("W", transposed, x[start:stop].reshape(rows, d)),
            ("U", transposed, h[:-1].reshape(rows, n)),
            ("V", flat_error.T, later.reshape(rows, n)),
        ):
            part = workspace.take("part", weights[name].shape, dtype)
            np.matmul(left, right, out=part)
            weights[name] += part

    record.note(0, carried)
    weights["V"] *= -2.0
    return Gradients(
        loss=float(step_losses.sum()),
        step_losses=step_losses,
        **weights,
        h0=carried.copy(order="C"),
        h=record.h,
        norms=record.norms(),
        truncation=options.truncation,
    )


def _recursion(
    g: Array,
    h: Array,
    hand_down: Callable[[Array], Any],
    f: Activation,
    start: int,
    carried: Array,
    spare: Array,
    record: _Record,
) -> None:
    """The adjoint recursion over the steps start + 1 .. start + len(g), downwards.

    ``g`` comes with the immediate gradients and leaves with D_t grad_{h_t} L; ``h`` are the states
    of the same steps; ``carried`` comes with what the step after the last hands down and leaves
    with what the first does: ``hand_down`` writes the product of what it is given and U there.
    """
    for t in range(len(g) - 1, -1, -1):
        g_t = g[t]
        np.add(g_t, carried, out=g_t)
        record.note(start + t + 1, g_t)
        f.times_slope(g_t, h[t], spare)
        hand_down(g_t)


def _windows(
    g: Array,
    h: Array,
    U: Array,
    f: Activation,
    k: int,
    grad_h0: Array,
    spare: Array,
    record: _Record,
    workspace: Workspace,
) -> None:
    """The gradients truncated after k < T steps, for all T steps; ``g`` as in ``_recursion``,
    ``grad_h0`` comes as zeros.

    After pass j, ``part[t]`` is the gradient of L_{t+j} in h_t (t counted from 1 here, from 0 in
    the code); a pass is part[t] = (D_{t+1} part[t+1]) U, in place.
    """
    steps = len(g)
    part = workspace.take("windows", g.shape, g.dtype)
    part[...] = g
    for j in range(1, k + 1):
        alive = steps - j + 1  # the t for which L_{t+j-1} exists
        for t in range(alive):
            f.times_slope(part[t], h[t], spare)
        grad_h0 += part[0] @ U
        for t in range(alive - 1):
            np.matmul(part[t + 1], U, out=part[t])
            np.add(g[t], part[t], out=g[t])
    for t in range(steps):
        record.note(t + 1, g[t])
        f.times_slope(g[t], h[t], spare)
