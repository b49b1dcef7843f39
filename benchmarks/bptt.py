"""The recurrent kernel against torch autograd on the CPU: time and peak memory of the loss and all
its gradients.

Every implementation computes L and grad_W, grad_U, grad_V, grad_{h_0} of the logistic unit of
derivation bptt, and the results are compared before anything is timed. Each runs in a process of
its own, because the thread pools of NumPy's BLAS and of torch keep spinning for a while after a
product and would disturb each other; the parent asks the processes in turn, so that what else the
machine does falls on all of them alike.

Peak memory is the high-water mark of resident memory over two evaluations, less the resident memory
just before, when imports, data and one small evaluation are done; again a process each.

    python benchmarks/bptt.py            prints the section of docs/benchmarks.md
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (after the path, like the kernel)

from everystep.kernels import bptt as kernel  # noqa: E402

TITLE = "Backpropagation through time"
OUTPUT = 32
SIZES = ((50, 32, 64, 128), (200, 64, 128, 256), (1000, 16, 64, 256))  # T, batch, input, hidden
DTYPES = ("float64", "float32")
THREADS = (1, 2)
ROUNDS = 11
SECONDS_A_ROUND = 0.2
TARGET = 0.8

Evaluation = Callable[[], tuple[Any, ...]]
"""Computes the loss and the gradients; returns grad_W, grad_U, grad_V, grad_{h_0} as NumPy
arrays.
"""


@dataclass(frozen=True)
class Case:
    size: tuple[int, int, int, int]
    dtype: str
    threads: int


def data(case: Case) -> tuple[Any, ...]:
    """x, z, h0, W, U, V, made in place, so that making them leaves no mark on the memory that is
    measured.
    """
    steps, batch, d, n = case.size
    generator = np.random.default_rng(7)

    def normal(*shape: int, scale: float) -> Any:
        array = generator.standard_normal(shape, dtype=np.dtype(case.dtype))
        array *= scale
        return array

    return (
        normal(steps, batch, d, scale=1.0),
        normal(steps, batch, OUTPUT, scale=1.0),
        normal(batch, n, scale=0.1),
        normal(n, d, scale=d**-0.5),
        normal(n, n, scale=0.9 * n**-0.5),
        normal(OUTPUT, n, scale=n**-0.5),
    )


def kernel_evaluation(case: Case, reuse: bool) -> Evaluation:
    arrays = data(case)
    workspace = kernel.Workspace() if reuse else None

    def evaluate() -> tuple[Any, ...]:
        gradients = kernel.bptt(*arrays, workspace=workspace)
        return gradients.W, gradients.U, gradients.V, gradients.h0

    return evaluate


def torch_evaluation(case: Case, hoist: bool, addmm: bool) -> Evaluation:
    """Autograd. ``unbind`` and ``stack``, not ``xw[t]``, whose backward pass would cost O(T^2)
    memory traffic.
    """
    import torch
    from torch.nn.functional import linear

    torch.set_num_threads(case.threads)
    x, z, *parameters = (torch.from_numpy(array) for array in data(case))
    for parameter in parameters:
        parameter.requires_grad_()
    h0, w, u, v = parameters

    def hoisted() -> Any:
        recurrent, h, states = u.t(), h0, []
        for xw_t in linear(x, w).unbind(0):
            h = torch.sigmoid(torch.addmm(xw_t, h, recurrent) if addmm else xw_t + h @ recurrent)
            states.append(h)
        return ((z - linear(torch.stack(states), v)) ** 2).sum()

    def loop() -> Any:
        h, total = h0, torch.zeros((), dtype=x.dtype)
        for x_t, z_t in zip(x.unbind(0), z.unbind(0), strict=True):
            h = torch.sigmoid(x_t @ w.t() + h @ u.t())
            total = total + ((z_t - h @ v.t()) ** 2).sum()
        return total

    def evaluate() -> tuple[Any, ...]:
        for parameter in parameters:
            parameter.grad = None
        (hoisted() if hoist else loop()).backward()
        return tuple(parameter.grad.numpy() for parameter in (w, u, v, h0))

    return evaluate


KERNEL, FRESH, WIDE = "kernel", "kernel, fresh buffers", "kernel, AVX-512"
PLUS, ADDMM, LOOP = "hoisted, +", "hoisted, addmm", "loop"

IMPLEMENTATIONS: dict[str, Callable[[Case], Evaluation]] = {
    KERNEL: lambda case: kernel_evaluation(case, reuse=True),
    FRESH: lambda case: kernel_evaluation(case, reuse=False),
    # In a process where OpenBLAS is told which products to use.
    WIDE: lambda case: kernel_evaluation(case, reuse=True),
    PLUS: lambda case: torch_evaluation(case, hoist=True, addmm=False),
    ADDMM: lambda case: torch_evaluation(case, hoist=True, addmm=True),
    LOOP: lambda case: torch_evaluation(case, hoist=False, addmm=False),
}


def has_wide_products() -> bool:
    """Whether the processor says that it has AVX-512 and NumPy uses OpenBLAS."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    config: Any = np.show_config(mode="dicts")
    return "avx512f" in flags and "openblas" in config["Build Dependencies"]["blas"]["name"].lower()


class Worker:
    """A process that evaluates one implementation on request."""

    def __init__(self, name: str, case: Case, memory: bool = False) -> None:
        environment = dict(os.environ)
        for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            environment[pool] = str(case.threads)
        if name == WIDE:
            environment["OPENBLAS_CORETYPE"] = "SkylakeX"
        request = json.dumps({"name": name, "size": case.size, "dtype": case.dtype, "threads": case.threads})
        self._process = subprocess.Popen(
            [sys.executable, __file__, "--memory" if memory else "--worker", request],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.first = self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError("a benchmark process ended without an answer")
        return json.loads(line)

    def round(self) -> float:
        """The mean time of one evaluation in seconds, over as many as fit the time of a round."""
        if self._process.stdin:
            self._process.stdin.write("round\n")
            self._process.stdin.flush()
        return float(self._answer())

    def close(self) -> None:
        self._process.communicate()


def serve(name: str, case: Case) -> None:
    """The worker's side: answers the norms of the gradients, then one time a line read."""
    evaluate = IMPLEMENTATIONS[name](case)
    print(json.dumps([float(np.linalg.norm(g.astype(np.float64))) for g in evaluate()]), flush=True)
    start = time.perf_counter()
    evaluate()
    count = max(1, round(SECONDS_A_ROUND / (time.perf_counter() - start)))
    for _ in sys.stdin:
        evaluate()  # wakes the threads
        start = time.perf_counter()
        for _ in range(count):
            evaluate()
        print((time.perf_counter() - start) / count, flush=True)


def status(field: str) -> int:
    """A line of this process's memory status in KiB."""
    with Path("/proc/self/status").open() as lines:
        for line in lines:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise RuntimeError(f"no {field} in the memory status")


def measure_memory(name: str, case: Case) -> None:
    """The worker's side for memory: answers the peak less the resident memory before, in bytes."""
    small = Case((2, *case.size[1:]), case.dtype, case.threads)
    IMPLEMENTATIONS[name](small)()
    evaluate = IMPLEMENTATIONS[name](case)
    try:
        Path("/proc/self/clear_refs").write_text("5")  # resets the high-water mark
        before = status("VmRSS")
    except OSError:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(2):
        evaluate()
    try:
        peak = status("VmHWM")
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print((peak - before) * 1024, flush=True)


def measure(case: Case, names: list[str]) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Times of all rounds, and peak memory, by implementation.

    Raises:
        RuntimeError: two implementations disagree on a gradient.
    """
    memory: dict[str, float] = {}
    for name in names:
        if name != WIDE:
            worker = Worker(name, case, memory=True)
            memory[name] = float(worker.first)
            worker.close()
    workers = {name: Worker(name, case) for name in names}
    tolerance = 1e-9 if case.dtype == "float64" else 1e-3
    for name, worker in workers.items():
        if not np.allclose(worker.first, workers[KERNEL].first, rtol=tolerance, atol=0.0):
            raise RuntimeError(f"{name} and the kernel disagree on {case}: {worker.first}, {workers[KERNEL].first}")
    times: dict[str, list[float]] = {name: [] for name in names}
    for turn in range(ROUNDS):
        for name in names if turn % 2 else reversed(names):
            times[name].append(workers[name].round())
            time.sleep(0.02)
    for worker in workers.values():
        worker.close()
    return times, memory


def spread(values: list[float], unit: float = 1.0, digits: int = 1) -> str:
    """The median, and the quartiles: the machine may be shared, and one bad round says nothing."""
    low, middle, high = (f"{unit * v:.{digits}f}" for v in statistics.quantiles(values, method="inclusive"))
    return f"{middle} ({low} to {high})"


def run() -> str:
    """Measures everything (about ten minutes) and returns the section in Markdown."""
    names = [name for name in IMPLEMENTATIONS if name != WIDE or has_wide_products()]
    header = [
        "T, batch, input, hidden",
        "dtype",
        "threads",
        "kernel, ms",
        "hoisted torch, ms",
        "kernel / hoisted",
        "fresh buffers / hoisted",
        "kernel / loop",
        "kernel, MB",
        "hoisted, MB",
        "memory ratio",
        *(["AVX-512 / hoisted"] if WIDE in names else []),
    ]
    rows, reached, leaner = [], 0, 0
    cases = [Case(size, dtype, threads) for threads in THREADS for dtype in DTYPES for size in SIZES]
    for case in cases:
        times, memory = measure(case, names)
        # The better of the two hoisted forms, for time and for memory apart: it favours torch.
        hoisted = min((PLUS, ADDMM), key=lambda name: statistics.median(times[name]))
        hoisted_memory = min(memory[PLUS], memory[ADDMM])

        def ratios(own: str, other: str, times: dict[str, list[float]] = times) -> list[float]:
            return [a / b for a, b in zip(times[own], times[other], strict=True)]

        reached += statistics.median(ratios(KERNEL, hoisted)) <= TARGET
        leaner += memory[KERNEL] <= hoisted_memory
        rows.append(
            [
                ", ".join(map(str, case.size)),
                case.dtype,
                str(case.threads),
                spread(times[KERNEL], 1e3),
                f"{spread(times[hoisted], 1e3)}, {hoisted.split()[-1]}",
                spread(ratios(KERNEL, hoisted), digits=2),
                spread(ratios(FRESH, hoisted), digits=2),
                spread(ratios(KERNEL, LOOP), digits=2),
                f"{memory[KERNEL] / 1e6:.1f}",
                f"{hoisted_memory / 1e6:.1f}",
                f"{memory[KERNEL] / hoisted_memory:.2f}",
                *([spread(ratios(WIDE, hoisted), digits=2)] if WIDE in names else []),
            ]
        )
        print(" | ".join(rows[-1]), file=sys.stderr, flush=True)
    table = "\n".join("| " + " | ".join(line) + " |" for line in (header, ["---"] * len(header), *rows))
    wide = (
        "\n\nThe last column is the kernel with `OPENBLAS_CORETYPE=SkylakeX` in the environment. "
        "OpenBLAS falls back to AVX2 products on processors newer than itself, even where they "
        "have AVX-512; where it recognises the processor, the column says nothing new. It is not "
        "counted above."
        if WIDE in names
        else ""
    )
    return (
        f"Loss and gradients in W, U, V and h_0 of the logistic unit, output size {OUTPUT}. "
        "Against it, torch autograd with its input product hoisted out of the loop (the faster of "
        "`xw_t + h @ U.T` and `addmm(xw_t, h, U.T)`, named in the column), and with everything in "
        f"the loop. Times are medians of {ROUNDS} interleaved rounds, each implementation in a "
        "process of its own, with their quartiles; a ratio is the median of the rounds' ratios. "
        "The kernel keeps its buffers in a `Workspace` from call to call, as a training loop would "
        "(torch's small allocations are reused by the C library without being asked); the column "
        "*fresh buffers* is without: each call then pays the page faults of fresh memory, most of all where a call is "
        "short and has two threads. Memory is the peak above what was resident before the first "
        "evaluation of that size, for torch the leaner of the two hoisted forms; the kernel's "
        "includes the workspace.\n\n"
        f"{table}\n\n"
        f"Time at most {TARGET} of the hoisted torch's in {reached} of {len(cases)} cases, memory "
        f"no more than its in {leaner} of {len(cases)}.{wide}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--memory", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker or options.memory:
        request = json.loads(options.worker or options.memory)
        case = Case(tuple(request["size"]), request["dtype"], request["threads"])
        (serve if options.worker else measure_memory)(request["name"], case)
    else:
        print(run())


if __name__ == "__main__":
    main()
