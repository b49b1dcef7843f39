"""The gradient check against ``torch.autograd.gradcheck``, full and fast."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernels import ratio
from everystep.kernels.gradient_check import check_gradient

TITLE = "The gradient check"
ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 11
EPS = 1e-6
"""The step of gradcheck, which the central differences take, too."""
DIRECTIONS = 8
LOOSE = {"check_undefined_grad": False, "check_grad_dtypes": False, "eps": EPS}
"""What gradcheck looks at beside the values is switched off."""


@dataclass(frozen=True)
class Task:
    """A function of one array and its gradient, in NumPy for many points at once, and in torch."""

    name: str
    x: Any
    f: Callable[[Any], Any]
    gradient: Callable[[Any], Any]
    torch_f: Callable[[Any], Any]


def tasks() -> list[Task]:
    import torch

    random = np.random.default_rng(0)

    def tensors(*arrays: Any) -> tuple[Any, ...]:
        return tuple(torch.from_numpy(array) for array in arrays)

    X, sign = random.standard_normal((200, 100)) / 10, np.sign(random.standard_normal(200))
    tX, t_sign = tensors(X, sign)
    logistic = Task(
        "logistic regression, 200 x 100: 100 entries",
        random.standard_normal(100),
        lambda w: np.log1p(np.exp(-sign * (w @ X.T))).sum(axis=-1),
        lambda w: -X.T @ (sign / (1.0 + np.exp(sign * (X @ w)))),
        lambda w: torch.nn.functional.softplus(-t_sign * (tX @ w)).sum(),
    )
    data, target, outer = (
        random.standard_normal(shape) / scale for shape, scale in (((64, 16), 8), ((4, 16), 1), ((4, 32), 6))
    )
    t_data, t_target, t_outer = tensors(data, target, outer)

    def network_gradient(W: Any) -> Any:
        h = np.tanh(W @ data)
        return ((2.0 * outer.T @ (outer @ h - target)) * (1.0 - h**2)) @ data.T

    network = Task(
        "two layers, tanh, 32 x 64, batch 16: 2,048 entries",
        random.standard_normal((32, 64)),
        lambda W: ((outer @ np.tanh(W @ data) - target) ** 2).sum(axis=(-2, -1)),
        network_gradient,
        lambda W: ((t_outer @ torch.tanh(t_data.T @ W.T).T - t_target) ** 2).sum(),
    )
    inputs, wanted, start = random.standard_normal((30, 24)), random.standard_normal((30, 24)), np.zeros(24)
    t_inputs, t_wanted, t_start = tensors(inputs, wanted, start)

    def unit(U: Any) -> Any:
        h, loss = start[:, None], 0.0
        for x, z in zip(inputs, wanted, strict=True):
            h = np.tanh(x[:, None] + U @ h)
            loss = loss + ((h - z[:, None]) ** 2).sum(axis=(-2, -1))
        return loss

    def unit_gradient(U: Any) -> Any:
        states = [start]
        for x in inputs:
            states.append(np.tanh(x + U @ states[-1]))
        found, back = np.zeros_like(U), np.zeros(24)
        for t in range(len(inputs), 0, -1):
            back = (back + 2.0 * (states[t] - wanted[t - 1])) * (1.0 - states[t] ** 2)
            found += np.outer(back, states[t - 1])
            back = U.T @ back
        return found

    def torch_unit(U: Any) -> Any:
        h, loss = t_start, 0.0
        for x, z in zip(t_inputs, t_wanted, strict=True):
            h = torch.tanh(x + U @ h)
            loss = loss + ((h - z) ** 2).sum()
        return loss

    recurrent = Task(
        "recurrent unit, T = 30, n = 24: 576 entries",
        random.standard_normal((24, 24)) / 6,
        unit,
        unit_gradient,
        torch_unit,
    )
    return [logistic, network, recurrent]


def ours(task: Task, method: str, directions: int | None, at_once: bool = True) -> Any:
    """The claimed gradient computed and checked."""
    step = EPS if method == "central" else None
    claim = task.gradient(task.x)
    return check_gradient(
        task.f, claim, task.x, method=method, directions=directions, step=step, levels=1, vectorised=at_once
    )


def theirs(task: Task, fast: bool, tolerance: float = 1e-4) -> bool:
    """Whether gradcheck passes."""
    import torch

    x = torch.from_numpy(task.x).requires_grad_()
    passed: bool = torch.autograd.gradcheck(
        task.torch_f, (x,), atol=tolerance, rtol=0.0, fast_mode=fast, raise_exception=False, **LOOSE
    )
    return passed


def passes_to(task: Task, fast: bool) -> str:
    """The smallest power of ten at which gradcheck passes, as an absolute tolerance."""
    exponent = -3
    while exponent > -16 and theirs(task, fast, 10.0 ** (exponent - 1)):
        exponent -= 1
    return f"1e{exponent}"


def power(error: float) -> str:
    """The power of ten above an error."""
    return f"1e{math.floor(math.log10(error)) + 1}" if error > 0 else "0"


def rows() -> list[str]:
    """The table's rows; raises ValueError where a right gradient does not pass."""
    found = []
    for task in tasks():
        for what, fast, directions in (("full", False, None), ("fast", True, DIRECTIONS)):
            if not theirs(task, fast):
                raise ValueError(f"{task.name}: gradcheck does not pass")
            reached = passes_to(task, fast)
            for method, at_once in (("complex", True), ("central", True), ("complex", False)):
                if not (at_once or directions is None):
                    continue
                report = ours(task, method, directions, at_once)
                if report.relative_error > 1e-6:
                    raise ValueError(f"{task.name}: the check finds {report.relative_error}")
                check = partial(ours, task, method, directions, at_once)
                first, second, shown = ratio(check, partial(theirs, task, fast), ROUNDS)
                where = "entry by entry" if directions is None else f"{directions} directions"
                how = method if at_once else f"{method}, one at a time"
                found.append(
                    f"| {task.name} | {where}, {how} | {what} | {first:.2f} | {second:.2f} | {shown} "
                    f"| {power(report.error)} | {reached} |"
                )
    return found


def section() -> str:
    """The section, measured in this process."""
    lines = [
        "`check_gradient` against `torch.autograd.gradcheck`, both in float64 with the claimed gradient (in",
        f"closed form; by torch's backward pass) computed anew, with one thread. Medians of {ROUNDS} rounds in",
        "turn, ratios with quartiles; below 1 the kernel is the faster. *central* is the central difference of",
        f"gradcheck, with its step of {EPS:g}, and so as exact; *complex* the complex step, which is exact to",
        "rounding. The kernel gives the function many points at once, as compiled formulas take them, unless *one",
        "at a time* is said; gradcheck gives it one at a time, and its fast mode looks along one direction. The",
        "last columns are the powers of ten above the largest deviation that each has found; of gradcheck the",
        "least absolute tolerance at which it passes (fast: of one product).",
        "",
        "| function | kernel | gradcheck | kernel, ms | gradcheck, ms | ratio | deviation | tolerance |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*lines, *rows()]) + "\n"


def run() -> str:
    """The section, measured in a process with one thread."""
    one = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", "from benchmarks.gradients import section; print(section())"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **one}, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.rstrip() + "\n"
