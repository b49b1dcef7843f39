"""Compiled formulas against what one would write by hand: ten of them, in NumPy, at a large and a small size."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from everystep.algebra.context import Context, Recurrence
from everystep.algebra.expressions import (
    Apply,
    Det,
    DiagPart,
    Expression,
    Eye,
    Family,
    Gradient,
    Hessian,
    LogSumExp,
    Ones,
    SumOver,
    Trace,
    diag,
    matrix,
    norm,
    odot,
    scalar,
    sq,
    vector,
)
from everystep.algebra.shapes import index, size, sizes
from everystep.compiler.compiled import Compiled
from everystep.kernels import bptt

TITLE = "Compiled formulas"
ROUNDS = 41
SLOW, ROUNDS_IF_SLOW = 0.05, 15
"""Seconds from which a formula has fewer rounds."""
TARGET = 1.2
ROWS, COLUMNS = 2000, 500
OUTPUTS = 4
FEW_ROWS, FEW_COLUMNS = 20, 5
CALLS = 200
"""In a round, at the small size."""

n, d, m = sizes("n d m")
A, B, X, Y = matrix("A", n, n), matrix("B", n, n), matrix("X", n, d), matrix("Y", n, d)
W, Z = matrix("W", d, m), matrix("Z", n, m)
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


def hessian_by_hand(X: Any, w: Any) -> Any:
    z = X @ w
    p = np.exp(z - z.max())
    p /= p.sum()
    mean = X.T @ p
    return X.T @ (p[:, None] * X) - np.outer(mean, mean)


def network_gradient(A: Any, X: Any, W: Any, Z: Any) -> Any:
    T = np.tanh(X @ W)
    return 2 * (X.T @ ((1 - T * T) * (A.T @ (A @ T - Z))))


network = sq(norm(Z - A * Apply("tanh", X * W), "F"))
DERIVATIVES = (
    Formula(
        "gradient by w of ‖y - X w‖^2 + lam ‖w‖^2",
        Gradient(sq(y - X * w) + lam * sq(w), w),
        lambda X, w, y, lam: 2 * (X.T @ (X @ w - y) + lam * w),
    ),
    Formula(
        "gradient by w of the sum of log(1 + e^-(X w))",
        Gradient(Ones(n).T * Apply("softplus", -(X * w)), w),
        lambda X, w: -(X.T @ (1 / (1 + np.exp(X @ w)))),
    ),
    Formula("Hessian by w of log-sum-exp(X w)", Hessian(LogSumExp(X * w), w), hessian_by_hand),
    Formula("gradient by W of ‖Z - A tanh(X W)‖^2", Gradient(network, W), network_gradient),
    Formula("gradient by A of log det(A)", Gradient(Apply("log", Det(A)), A), lambda A: np.linalg.inv(A).T),
)
"""Derivatives as an author writes them, and what an expert would derive and write."""


def values(rows: int, columns: int) -> dict[str, Any]:
    random = np.random.default_rng(0)
    square = (rows, rows)
    return {
        "A": random.standard_normal(square) + 2 * np.sqrt(rows) * np.eye(rows),
        "B": random.standard_normal(square),
        "X": random.standard_normal((rows, columns)),
        "Y": random.standard_normal((rows, columns)),
        **{name: random.standard_normal(rows) for name in ("u", "v", "y")},
        "w": random.standard_normal(columns) / np.sqrt(columns),
        "W": random.standard_normal((columns, OUTPUTS)) / np.sqrt(columns),
        "Z": random.standard_normal((rows, OUTPUTS)),
        "g": 1.5,
        "lam": 0.3,
    }


def row(formula: Formula, given: dict[str, Any], calls: int) -> tuple[float, str]:
    """Checks that both agree, then times so many calls of each in turn: the ratio and the cells of the table."""
    started = perf_counter()
    compiled = Compiled(formula.expression)
    arguments = {name: given[name] for name in compiled.arguments}
    ours = compiled(**arguments)
    first = perf_counter() - started
    theirs = formula.by_hand(**arguments)
    if not np.allclose(ours, theirs, rtol=1e-8, atol=1e-8 * float(np.abs(theirs).max())):
        raise ValueError(f"{formula.name}: the two disagree")
    times: list[tuple[float, float]] = []
    started = perf_counter()
    formula.by_hand(**arguments)
    rounds = ROUNDS if perf_counter() - started < SLOW else ROUNDS_IF_SLOW
    for _ in range(rounds):
        t0 = perf_counter()
        for _ in range(calls):
            compiled(**arguments)
        t1 = perf_counter()
        for _ in range(calls):
            formula.by_hand(**arguments)
        times.append((t1 - t0, perf_counter() - t1))
    ratios = sorted(a / b for a, b in times)
    low, middle, high = ratios[len(ratios) // 4], statistics.median(ratios), ratios[3 * len(ratios) // 4]
    unit = 1e6 if calls > 1 else 1e3
    each = [unit * statistics.median(column) / calls for column in zip(*times, strict=True)]
    ratio = f"{middle:.2f} ({low:.2f} to {high:.2f})"
    digits = 1 if calls > 1 else 3
    return middle, f"{each[0]:.{digits}f} | {each[1]:.{digits}f} | {ratio} | {1e3 * first:.0f}"


def table(given: dict[str, Any], calls: int, formulas: tuple[Formula, ...] = FORMULAS) -> list[str]:
    unit = "µs" if calls > 1 else "ms"
    lines = [
        f"| formula | compiled, {unit} | by hand, {unit} | ratio | first call, ms |",
        "| --- | --- | --- | --- | --- |",
    ]
    within = 0
    for formula in formulas:
        print(f"  {formula.name}", file=sys.stderr, flush=True)
        ratio, cells = row(formula, given, calls)
        within += ratio <= TARGET
        lines.append(f"| `{formula.name}` | {cells} |")
    return [*lines, "", f"At most {TARGET} in {within} of {len(formulas)}."]


CONTRACTIONS = (
    ("A B (B v)", A * B * (B * v), "ij,jk,kl,l->i", ("A", "B", "B", "v")),
    ("X^T A B X", X.T * A * B * X, "ia,ij,jk,kb->ab", ("X", "A", "B", "X")),
    ("tr(A X Y^T)", Trace(A * X * Y.T), "ij,jk,ik->", ("A", "X", "Y")),
    ("X^T diag(u) Y", X.T * diag(u) * Y, "ia,i,ib->ab", ("X", "u", "Y")),
    ("diag(u) A diag(v) u", diag(u) * A * diag(v) * u, "i,ij,j,j->i", ("u", "A", "v", "u")),
    ("diagonal of X Y^T A", DiagPart(X * Y.T * A), "ia,ja,ji->i", ("X", "Y", "A")),
)
"""Products as an author writes them and as an einsum: name, formula, subscripts, operands."""


def in_turn(first: Callable[[], Any], second: Callable[[], Any], rounds: int) -> tuple[float, float, str]:
    """Medians in ms, and the ratio with its quartiles."""
    times = []
    first(), second()
    for _ in range(rounds):
        t0 = perf_counter()
        first()
        t1 = perf_counter()
        second()
        times.append((t1 - t0, perf_counter() - t1))
    ratios = sorted(a / b for a, b in times)
    low, high = ratios[len(ratios) // 4], ratios[3 * len(ratios) // 4]
    a, b = (1e3 * statistics.median(column) for column in zip(*times, strict=True))
    return a, b, f"{statistics.median(ratios):.2f} ({low:.2f} to {high:.2f})"


def contractions(given: dict[str, Any]) -> list[str]:
    """The chain planner beside opt_einsum, whose path is found beforehand for these shapes."""
    import opt_einsum

    lines = []
    for name, expression, subscripts, operands in CONTRACTIONS:
        print(f"  {name}", file=sys.stderr, flush=True)
        compiled = Compiled(expression)
        arguments = {key: given[key] for key in compiled.arguments}
        arrays = [given[key] for key in operands]
        contract = opt_einsum.contract_expression(subscripts, *(array.shape for array in arrays), optimize="optimal")
        ours, theirs = compiled(**arguments), contract(*arrays)
        if not np.allclose(ours, theirs, rtol=1e-8, atol=1e-8 * float(np.abs(theirs).max())):
            raise ValueError(f"{name}: the two disagree")
        a, b, ratio = in_turn(lambda c=compiled, g=arguments: c(**g), lambda c=contract, g=arrays: c(*g), 15)
        lines.append(f"| `{name}` | {a:.3f} | {b:.3f} | {ratio} |")
    return lines


def solves() -> list[str]:
    """What could be done with a system whose matrix is positive definite, or has several right sides."""
    random = np.random.default_rng(0)
    lines = []
    for order in (50, 500, 1500):
        print(f"  solves, n = {order}", file=sys.stderr, flush=True)
        root, b = random.standard_normal((order, order)), random.standard_normal((2, order))
        matrix_ = root @ root.T + order * np.eye(order)

        def cholesky(a: Any = matrix_, b: Any = b) -> Any:
            factor = np.linalg.cholesky(a)
            return np.linalg.solve(factor.T, np.linalg.solve(factor, b[0]))

        def apart(a: Any = matrix_, b: Any = b) -> Any:
            return np.linalg.solve(a, b[0]) + np.linalg.solve(a, b[1])

        def together(a: Any = matrix_, b: Any = b) -> Any:
            both = np.linalg.solve(a, np.column_stack((b[0], b[1])))
            return both[:, 0] + both[:, 1]

        rounds = 101 if order < 100 else 15
        first = in_turn(cholesky, lambda a=matrix_, b=b: np.linalg.solve(a, b[0]), rounds)
        second = in_turn(together, apart, rounds)
        lines.append(f"| {order} | {first[2]} | {second[2]} |")
    return lines


STEPS = (25, 50, 100, 200, 400)
UNITS, INPUTS = 64, 32
t, T = index("t"), size("T")
U, V, K = matrix("U", n, n), matrix("V", m, n), matrix("K", n, d)
h, x, z = Family("h", n), Family("x", d), Family("z", m)
RECURRENT = Context(recurrences=(Recurrence(h[t], Apply("tanh", K * x[t] + U * h[t - 1])),))
LOSS = SumOver(sq(z[t] - V * h[t]), t, 1, T)


def traced_gradient(inputs: Any, targets: Any, start: Any, weights: dict[str, Any]) -> Callable[[], Any]:
    """The gradient of the same loss by U as autograd takes it, of a loop over the steps."""
    import autograd.numpy as anp
    from autograd import grad

    def loss(U: Any) -> Any:
        state, total = start, 0.0
        for given, target in zip(inputs, targets, strict=True):
            state = anp.tanh(weights["K"] @ given + U @ state)
            total = total + anp.sum((target - weights["V"] @ state) ** 2)
        return total

    gradient = grad(loss)
    return lambda: gradient(weights["U"])


def recurrences() -> list[str]:
    """The gradient of the loss of a recurrent network by a weight matrix, beside the loss and the kernel ``bptt``."""
    random = np.random.default_rng(0)
    lines, plans = [], []
    for steps in STEPS:
        print(f"  {steps} steps", file=sys.stderr, flush=True)
        weights = {
            "K": random.standard_normal((UNITS, INPUTS)) / np.sqrt(INPUTS),
            "U": random.standard_normal((UNITS, UNITS)) / np.sqrt(UNITS),
            "V": random.standard_normal((OUTPUTS, UNITS)) / np.sqrt(UNITS),
        }
        inputs, targets = random.standard_normal((steps, INPUTS)), random.standard_normal((steps, OUTPUTS))
        start = np.zeros(UNITS)
        given = {
            **weights,
            "h": {0: start},
            "x": dict(enumerate(inputs, 1)),
            "z": dict(enumerate(targets, 1)),
            "T": steps,
        }
        loss, slope = Compiled(LOSS, RECURRENT), Compiled(Gradient(LOSS, U), RECURRENT)
        began = perf_counter()
        loss(**given)
        between = perf_counter()
        found = slope(**given)
        plans.append(perf_counter() - between)
        arrays = (inputs[:, None], targets[:, None], start[None], *(weights[name] for name in "KUV"))

        def kernel(arrays: Any = arrays) -> Any:
            return bptt.bptt(*arrays, activation="tanh").U

        traced = traced_gradient(inputs, targets, start, weights)
        for other in (kernel, traced):
            if not np.allclose(found, other(), rtol=1e-8, atol=1e-8):
                raise ValueError(f"{steps} steps: the gradient is not that of the kernel and of autograd")
        _, _, by_value = in_turn(lambda g=given, f=slope: f(**g), lambda g=given, f=loss: f(**g), 15)
        _, _, by_kernel = in_turn(lambda g=given, f=slope: f(**g), kernel, 15)
        _, _, by_trace = in_turn(lambda g=given, f=slope: f(**g), traced, 15)
        count = len(slope.operations(**given))
        first = f"{1e3 * (between - began):.0f} | {1e3 * plans[-1]:.0f}"
        lines.append(f"| {steps} | {first} | {count} | {by_value} | {by_kernel} | {by_trace} |")
    exponent = np.polyfit(np.log(STEPS), np.log(plans), 1)[0]
    return [*lines, "", f"Exponent of the first call of the gradient, fitted to all lengths: {exponent:.2f}."]


def run() -> str:
    """The section: times in turn, medians, ratios with quartiles."""
    lines = [
        f"`everystep.compile` against NumPy written by hand, n = {ROWS}, d = {COLUMNS}, float64; medians of {ROUNDS}",
        f"rounds in turn ({ROUNDS_IF_SLOW} where one takes long), ratios with their quartiles. The first call also",
        f"makes the plan and its code, in the last column. The aim is at most {TARGET}.",
        "",
        *table(values(ROWS, COLUMNS), 1),
        "",
        f"The same at n = {FEW_ROWS}, d = {FEW_COLUMNS}, {CALLS} calls a round: here each call shows, the check",
        "of its arguments' types, shapes and dtypes.",
        "",
        *table(values(FEW_ROWS, FEW_COLUMNS), CALLS),
        "",
        f"Derivatives in the same way, n = {ROWS}, d = {COLUMNS}, {OUTPUTS} outputs: the calculus takes them, at the",
        "first call; by hand is what one derives and writes oneself.",
        "",
        *table(values(ROWS, COLUMNS), 1, DERIVATIVES),
        "",
        "Products as chains, whose order our own planner chooses, beside opt_einsum, which contracts indices along an",
        "optimal path found beforehand: the same order of evaluation, so that opt_einsum would add a dependency and",
        "nothing else. It knows no solves, no sums in brackets and no shared parts. Where a derivative leaves a",
        "contraction that is no chain, the compiled code uses NumPy's einsum along NumPy's own optimal path.",
        "",
        "| product | compiled, ms | opt_einsum, ms | ratio |",
        "| --- | --- | --- | --- |",
        *contractions(values(ROWS, COLUMNS)),
        "",
        "The gradient by U of the loss of `h_t = tanh(K x_t + U h_(t-1))` over all steps, one sequence,",
        f"{UNITS} units, {INPUTS} inputs, {OUTPUTS} outputs: reverse accumulation, written out step by step. `bptt`",
        "gives all gradients, and its work is in a few products of large matrices; autograd traces a loop written by",
        "hand at each call.",
        "",
        (
            "| steps | loss, first call, ms | gradient, first call, ms | operations | gradient / loss "
            "| gradient / bptt | gradient / autograd |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- |",
        *recurrences(),
        "",
        "Solves: a Cholesky factor and two solves against one solve by LU (NumPy has no triangular solve, so that a",
        "matrix declared positive definite is solved as any other), and two right sides together against one by one",
        "(which the compiled code does where neither rests on the other).",
        "",
        "| n | Cholesky / LU | together / apart |",
        "| --- | --- | --- |",
        *solves(),
    ]
    return "\n".join(lines) + "\n"
