"""Update rules: gradient descent, momentum, running average, Adam with L2 or decoupled decay, Newton's step.

With the gradient g_t of step t = 1, 2, ... at theta (derivation regularisation, derivation momentum, derivation
optimisation; questions F3 to F6 and G1 to G6 of the catalogue)::

    SGD               theta <- theta - eta (g_t + 2 gamma theta) - lambda theta
    Momentum          v_t = alpha v_{t-1} + epsilon g_t                  theta <- theta - v_t
    RunningAverage    v_t = beta v_{t-1} + (1 - beta) g_t                theta <- theta - delta v_t
                      corrected: v_t / (1 - beta^t) in place of v_t
    Adam              g <- g_t + 2 gamma theta
                      s = rho1 s + (1 - rho1) g        r = rho2 r + (1 - rho2) g . g
                      theta <- theta - epsilon (s / (1 - rho1^t)) / (sqrt(r / (1 - rho2^t)) + delta) - lambda theta
    Newton            theta <- theta - (H + mu I)^{-1} g

gamma is the weight of the penalty gamma ||theta||^2 in the loss (L2), lambda that of decoupled decay, which shrinks
every weight by the factor 1 - lambda a step. What is equal to what: SGD with lambda = 2 eta gamma and without penalty
is SGD with the penalty (F3); Momentum with alpha = beta, epsilon = delta (1 - beta) is RunningAverage (G1).

Every buffer starts at 0. A step is at most about 15 flops an entry and allocates a few arrays of the size of theta;
Newton's solve is 2 d^3 / 3 flops and d^2 numbers. float32 input is accepted; the arithmetic is in float64. Units: rates
eta, epsilon and delta are in those of theta / g, of Adam in those of theta and its delta in those of g; a penalty is in
those of g / theta, mu in those of H; all else has none.

Imports NumPy only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from everystep.kernels._checks import (
    Sizes,
    flag,
    function,
    instance,
    number,
    real_array,
    room,
    scaled,
    unscaled,
    whole,
)

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class State:
    """What a rule carries from step to step.

    Attributes:
        t: the steps made.
        theta: the weights, shape (d,).
        first: v of momentum and running average, s of Adam, shape (d,); zeros where a rule has none.
        second: r of Adam, shape (d,); zeros where a rule has none.
    """

    t: int
    theta: Vector
    first: Vector
    second: Vector


@runtime_checkable
class Rule(Protocol):
    """An update rule: its parameters, and the step."""

    def step(self, state: State, g: Vector) -> State:
        """The state after one more step with the gradient g, shape (d,)."""


@dataclass(frozen=True)
class SGD:
    """Gradient descent; ``penalty`` is gamma (L2), ``decay`` is lambda (decoupled)."""

    rate: float
    penalty: float = 0.0
    decay: float = 0.0

    def __post_init__(self) -> None:
        _positive("rate", self.rate)
        number("penalty", self.penalty)
        number("decay", self.decay)

    def step(self, state: State, g: Vector) -> State:
        """theta - rate (g + 2 penalty theta) - decay theta.

        Raises:
            ValueError: g is not of the shape of ``state.theta``, or holds NaN or infinity.
        """
        g = _gradient(state, g)
        theta = state.theta
        theta = theta - self.rate * (g + 2.0 * self.penalty * theta) - self.decay * theta
        return State(state.t + 1, theta, state.first, state.second)


@dataclass(frozen=True)
class Momentum:
    """v <- alpha v + rate g; theta <- theta - v."""

    rate: float
    alpha: float

    def __post_init__(self) -> None:
        _positive("rate", self.rate)
        _fraction("alpha", self.alpha)

    def step(self, state: State, g: Vector) -> State:
        """The buffer ``first`` holds v.

        Raises:
            ValueError: g is not of the shape of ``state.theta``, or holds NaN or infinity.
        """
        g = _gradient(state, g)
        v = self.alpha * state.first + self.rate * g
        return State(state.t + 1, state.theta - v, v, state.second)


@dataclass(frozen=True)
class RunningAverage:
    """v <- beta v + (1 - beta) g; theta <- theta - rate v, or rate v / (1 - beta^t) if ``corrected`` (G3)."""

    rate: float
    beta: float
    corrected: bool = False

    def __post_init__(self) -> None:
        _positive("rate", self.rate)
        _fraction("beta", self.beta)
        flag("corrected", self.corrected)

    def step(self, state: State, g: Vector) -> State:
        """The buffer ``first`` holds v, uncorrected.

        Raises:
            ValueError: g is not of the shape of ``state.theta``, or holds NaN or infinity.
        """
        g = _gradient(state, g)
        t = state.t + 1
        v = self.beta * state.first + (1.0 - self.beta) * g
        weight = self.rate / (1.0 - self.beta**t) if self.corrected else self.rate
        return State(t, state.theta - weight * v, v, state.second)


@dataclass(frozen=True)
class Adam:
    """Adam; ``penalty`` is gamma (Adam with L2, F4), ``decay`` is lambda (decoupled, F5)."""

    rate: float = 1e-3
    rho1: float = 0.9
    rho2: float = 0.999
    delta: float = 1e-8
    penalty: float = 0.0
    decay: float = 0.0

    def __post_init__(self) -> None:
        _positive("rate", self.rate)
        _positive("delta", self.delta)
        for name in ("rho1", "rho2"):
            _fraction(name, getattr(self, name))
        number("penalty", self.penalty)
        number("decay", self.decay)

    def step(self, state: State, g: Vector) -> State:
        """The buffers ``first`` and ``second`` hold s and r, uncorrected.

        Raises:
            ValueError: g is not of the shape of ``state.theta``, or holds NaN or infinity.
        """
        g = _gradient(state, g)
        t, theta = state.t + 1, state.theta
        g = g + 2.0 * self.penalty * theta
        s = self.rho1 * state.first + (1.0 - self.rho1) * g
        r = self.rho2 * state.second + (1.0 - self.rho2) * g * g
        corrected_s, corrected_r = s / (1.0 - self.rho1**t), r / (1.0 - self.rho2**t)
        theta = theta - self.rate * corrected_s / (np.sqrt(corrected_r) + self.delta) - self.decay * theta
        return State(t, theta, s, r)


def _gradient(state: State, g: Vector) -> Vector:
    """The gradient for a step from a state."""
    instance("state", state, State)
    sizes = Sizes()
    real_array("state.theta", state.theta, ("d",), sizes)
    for name in ("first", "second"):
        real_array(f"state.{name}", getattr(state, name), ("d",), sizes)
    return real_array("g", g, ("d",), sizes).astype(np.float64, copy=False)


@dataclass(frozen=True)
class Run:
    """A run of a rule.

    Attributes:
        state: the last state.
        path: theta before each step and after the last, shape (steps + 1, d); None unless asked for.
    """

    state: State
    path: Vector | None


@dataclass(frozen=True)
class DescentModel:
    """The quadratic model along -g: m(eps) = f - eps g^T g + eps^2 g^T H g / 2 (questions G4, G5).

    Attributes:
        slope: g^T g.
        curvature: g^T H g.
        bound: m(eps) < f exactly for 0 < eps < bound: 2 slope / curvature, or infinity if curvature <= 0.
        best: the eps of least m, slope / curvature; None if the curvature is not positive (m has no minimum).
        decrease: f - m(best), slope^2 / (2 curvature); None likewise.
    """

    slope: float
    curvature: float
    bound: float
    best: float | None
    decrease: float | None


def begin(theta: ArrayLike) -> State:
    """The state before the first step: theta, shape (d,), with buffers of zeros; O(d).

    Raises:
        ValueError: theta is not a vector of finite numbers.
    """
    theta = real_array("theta", theta, ("d",), Sizes()).astype(np.float64)
    return State(0, theta, np.zeros_like(theta), np.zeros_like(theta))


def run(
    rule: Rule,
    gradient: Callable[[Vector, int], ArrayLike],
    theta: ArrayLike,
    *,
    steps: int,
    keep_path: bool = False,
) -> Run:
    """``steps`` steps of a rule from theta; O(d) memory, or steps d with the path.

    Args:
        rule: one of the rules above.
        gradient: g_t from theta (d,) and t = 1, 2, ...; shape (d,).
        theta: the start.
        steps: how many, at least 0.
        keep_path: also return every theta.

    Raises:
        ValueError: theta or a gradient is not a vector of finite numbers, or they differ in shape; steps out of range.
    """
    state, steps = begin(theta), whole("steps", steps)
    if isinstance(rule, type) or not isinstance(rule, Rule) or not callable(rule.step):
        raise ValueError(f"rule is {rule!r}; expected an update rule such as {SGD.__name__} or {Adam.__name__}")
    function("gradient", gradient)
    if flag("keep_path", keep_path):
        room("steps", steps, (steps + 1) * state.theta.size)
    path = np.empty((steps + 1, state.theta.size)) if keep_path else None
    sizes = Sizes()
    sizes.bind("theta", state.theta.shape, ("d",))
    for t in range(1, steps + 1):
        if path is not None:
            path[t - 1] = state.theta
        g = real_array("gradient(theta, t)", gradient(state.theta, t), ("d",), sizes).astype(np.float64)
        state = rule.step(state, g)
    if path is not None:
        path[steps] = state.theta
    return Run(state, path)


def average_weights(t: int, beta: float) -> Vector:
    """(1 - beta) beta^(t - i) for i = 1..t, the weights of g_1..g_t in v_t (question G2); their sum is 1 - beta^t.

    Shape (t,); a power each, O(t).

    Raises:
        ValueError: t is not a whole number of at least 1, or beta lies outside [0, 1).
    """
    t, beta = whole("t", t, low=1), _fraction("beta", beta)
    room("t", t, t)
    weights: Vector = (1.0 - beta) * beta ** np.arange(t - 1, -1, -1, dtype=np.float64)
    return weights


def newton_step(theta: ArrayLike, g: ArrayLike, H: ArrayLike, damping: float = 0.0) -> Vector:
    """theta - (H + damping I)^{-1} g, the stationary point of the quadratic model (question G6); shape (d,).

    It is the model's minimum if and only if H + damping I is positive definite, which is not asked for here.
    2 d^3 / 3 flops, d^2 numbers.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, a negative damping, H not symmetric, or H + damping I
            without an inverse.
    """
    sizes = Sizes()
    theta = real_array("theta", theta, ("d",), sizes).astype(np.float64)
    g, H = _model(g, H, sizes)
    damped = H + number("damping", damping, low=0.0) * np.eye(len(H))
    if np.linalg.matrix_rank(damped) < len(H):
        raise ValueError(
            f"H of shape {H.shape} with damping {damping:g} is singular in float64; expected an invertible matrix"
        )
    reached: Vector = theta - np.linalg.solve(damped, g)
    return reached


def descent_model(g: ArrayLike, H: ArrayLike) -> DescentModel:
    """How far a step along -g lowers the quadratic model; 2 d^2 flops.

    Raises:
        ValueError: shapes that do not fit, NaN or infinity, H not symmetric, or g = 0.
    """
    g, H = _model(g, H, Sizes())
    if not g.any():
        raise ValueError(f"g of shape {g.shape} is zero; expected a gradient that is not")
    # In units of 2^e for g and 2^f for H, so that a result leaves the range of float64 only if its value does.
    (g, e), (H, f) = scaled(g), scaled(H)
    slope, curvature = float(g @ g), float(g @ H @ g)
    ends = float(unscaled(slope, 2 * e)), float(unscaled(curvature, 2 * e + f))
    if curvature <= 0.0:
        return DescentModel(*ends, np.inf, None, None)
    best = slope / curvature
    decrease = float(unscaled(0.5 * slope * best, 2 * e - f))
    return DescentModel(*ends, float(unscaled(2.0 * best, -f)), float(unscaled(best, -f)), decrease)


def _model(g: ArrayLike, H: ArrayLike, sizes: Sizes) -> tuple[Vector, Vector]:
    g = real_array("g", g, ("d",), sizes).astype(np.float64)
    H = real_array("H", H, ("d", "d"), sizes).astype(np.float64)
    if not np.allclose(H, H.T, rtol=1e-10, atol=1e-12 * float(np.abs(H).max())):
        raise ValueError(f"H of shape {H.shape} is not symmetric; expected a Hessian")
    return g, H


def _positive(name: str, value: float) -> float:
    return number(name, value, low=0.0, open_low=True)


def _fraction(name: str, value: float) -> float:
    return number(name, value, low=0.0, high=1.0, open_high=True)
