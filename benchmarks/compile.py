"""Compiled formulas against what one would write by hand: ten of them, in NumPy, at one size each."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from everystep.algebra.expressions import (
    Apply,
    DiagPart,
    Expression,
    Eye,
    Ones,
    Trace,
    diag,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import sizes
from everystep.compiler.compiled import Compiled

TITLE = "Compiled formulas"
ROUNDS = 41
TARGET = 1.2
ROWS, COLUMNS = 2000, 500

n, d = sizes("n d")
A, B, X, Y = matrix("A", n, n), matrix("B", n, n), matrix("X", n, d), matrix("Y", n, d)
u, v, y, w = vector("u", n), vector("v", n), vector("y", n), vector("w", d)
g, lam = scalar("g"), scalar("lam")
s = Apply("logistic", X * w)


@dataclass(frozen=True)
class Formula:
    """A formula and the code that an expert would write for it."""

    name: str
    expression: Expression
    by_hand: Callable[..., Any]


def ridge(X: Any, y: Any, lam: float) -> Any:
    gram = X.T @ X
    gram[np.diag_indices_from(gram)] += lam
    return np.linalg.solve(gram, X.T @ y)


def ridge_loss(X: Any, y: Any, w: Any, lam: float) -> Any:
    residual = y - X @ w
    return residual @ residual + lam * (w @ w)


def weight_gradient(u: Any, v: Any, g: float) -> Any:
    length = np.linalg.norm(u)
    return g / length * (v - u * (u @ v / length**2))


def logistic_gradient(X: Any, w: Any, y: Any) -> Any:
    return X.T @ (1 / (1 + np.exp(-(X @ w))) - y)


def logistic_hessian(X: Any, w: Any) -> Any:
    p = 1 / (1 + np.exp(-(X @ w)))
    return X.T @ ((p * (1 - p))[:, None] * X)


FORMULAS = (
    Formula("-2 X^T (y - X w)", -2 * X.T * (y - X * w), lambda X, w, y: 2 * (X.T @ (X @ w - y))),
    Formula("(X^T X + lam I)^-1 X^T y", (X.T * X + lam * Eye(d)).I * X.T * y, ridge),
    Formula("‖y - X w‖^2 + lam ‖w‖^2", sq(y - X * w) + lam * sq(w), ridge_loss),
    Formula(
        "g/‖u‖ (I - u u^T / ‖u‖^2) v",
        g / norm(u) * (Eye(n) - u * u.T / sq(u)) * v,
        weight_gradient,
    ),
    Formula("tr(A B)", Trace(A * B), lambda A, B: np.sum(A * B.T)),
    Formula("diag(u) X diag(w)", diag(u) * X * diag(w), lambda u, X, w: u[:, None] * X * w),
    Formula("diagonal of X Y^T", DiagPart(X * Y.T), lambda X, Y: np.einsum("ij,ij->i", X, Y)),
    Formula("A^-1 B v", A.I * B * v, lambda A, B, v: np.linalg.solve(A, B @ v)),
    Formula("X^T (s(X w) - y)", X.T * (s - y), logistic_gradient),
    Formula("X^T diag(s . (1 - s)) X", X.T * diag(odot(s, Ones(n) - s)) * X, logistic_hessian),
)


def values() -> dict[str, Any]:
    random = np.random.default_rng(0)
    square = (ROWS, ROWS)
    return {
        "A": random.standard_normal(square) + 2 * np.sqrt(ROWS) * np.eye(ROWS),
        "B": random.standard_normal(square),
        "X": random.standard_normal((ROWS, COLUMNS)),
        "Y": random.standard_normal((ROWS, COLUMNS)),
        **{name: random.standard_normal(ROWS) for name in ("u", "v", "y")},
        "w": random.standard_normal(COLUMNS) / np.sqrt(COLUMNS),
        "g": 1.5,
        "lam": 0.3,
    }


def row(formula: Formula, given: dict[str, Any]) -> str:
    """Checks that both agree, then times them in turn."""
    started = perf_counter()
    compiled = Compiled(formula.expression)
    arguments = {name: given[name] for name in compiled.arguments}
    ours = compiled(**arguments)
    first = perf_counter() - started
    theirs = formula.by_hand(**arguments)
    if not np.allclose(ours, theirs, rtol=1e-8, atol=1e-8 * float(np.abs(theirs).max())):
        raise ValueError(f"{formula.name}: the two disagree")
    times: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        t0 = perf_counter()
        compiled(**arguments)
        t1 = perf_counter()
        formula.by_hand(**arguments)
        times.append((t1 - t0, perf_counter() - t1))
    ratios = sorted(a / b for a, b in times)
    low, middle, high = ratios[len(ratios) // 4], statistics.median(ratios), ratios[3 * len(ratios) // 4]
    each = [1e3 * statistics.median(column) for column in zip(*times, strict=True)]
    ratio = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    return f"| `{formula.name}` | {each[0]:.3f} | {each[1]:.3f} | {ratio} | {1e3 * first:.0f} |"


def run() -> str:
    """The section: times in turn, medians, ratios with quartiles."""
    given = values()
    lines = [
        f"`everystep.compile` against NumPy written by hand, n = {ROWS}, d = {COLUMNS}, float64; medians of {ROUNDS}",
        "rounds in turn, ratios with their quartiles. The first call also makes the plan, in the last column. A call",
        "costs a few microseconds beyond the operations, which shows where those take no longer. The aim is at most",
        f"{TARGET}.",
        "",
        "| formula | compiled, ms | by hand, ms | ratio | first call, ms |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [row(formula, given) for formula in FORMULAS]
    return "\n".join(lines) + "\n"
