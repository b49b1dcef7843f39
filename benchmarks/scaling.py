"""How the kernels' time and memory grow, and how near the recurrent one comes to the machine's matrix products.

Each curve and each share is measured in a process of its own, whose BLAS has the number of threads that is said.

    python benchmarks/scaling.py         prints the section of docs/benchmarks.md
"""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402  (after the path, like the kernels)

from everystep.kernels import bptt as recurrent  # noqa: E402
from everystep.kernels import convolution, decoding, dropout, least_squares  # noqa: E402
from everystep.kernels import hessian_vector as hessians  # noqa: E402

TITLE = "How the kernels scale"
PLOT = ROOT / "docs" / "scaling.svg"
ROUNDS = 7
SHORTEST = 0.02
"""Seconds of a round at least."""
BPTT_SIZES = ((50, 32, 64, 128), (200, 64, 128, 256), (1000, 16, 64, 256))  # T, batch, input, hidden
OUTPUT = 32
SHARE_COLUMNS = (
    "machine, Gflop/s",
    "kernel, Gflop/s",
    "kernel / machine",
    "products / machine",
    "time: products / kernel",
)
SQUARE = 2048
"""The size of the products whose rate is the machine's."""

Run = Callable[[], Any]


@dataclass(frozen=True)
class Curve:
    """A kernel against one size.

    Attributes:
        kernel, size: what is measured, and the size that grows, as the table names them.
        sizes: the values of that size.
        make: from a size to the call that is measured.
        time, memory: the exponents to expect for large sizes.
    """

    kernel: str
    size: str
    sizes: tuple[int, ...]
    make: Callable[[int], Run]
    time: str
    memory: str


def normal(*shape: int) -> Any:
    return np.random.default_rng(7).standard_normal(shape)


def unit(steps: int, batch: int, d: int, n: int, dtype: str = "float64") -> tuple[Any, ...]:
    """x, z, h0, W, U, V of a recurrent unit."""
    arrays = (
        normal(steps, batch, d),
        normal(steps, batch, OUTPUT),
        0.1 * normal(batch, n),
        normal(n, d) / math.sqrt(d),
        0.9 * normal(n, n) / math.sqrt(n),
        normal(OUTPUT, n) / math.sqrt(n),
    )
    return tuple(array.astype(dtype) for array in arrays)


def bptt(steps: int, n: int, checkpoints: int | None = None) -> Run:
    arrays = unit(steps, 16, 32, n)
    return lambda: recurrent.bptt(*arrays, checkpoints=checkpoints)


def viterbi(words: int, length: int) -> Run:
    p = np.random.default_rng(7).random((words, words))
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    return lambda: decoding.viterbi(log_p, 0, length)


def solution(n: int) -> Run:
    X, y = normal(n, 2 * n), normal(n)
    return lambda: least_squares.minimum_norm_solution(X, y)


def convolve(size: int, window: int) -> Run:
    image, kernel = normal(1, 1, size, size), normal(1, 1, window, window)
    return lambda: convolution.convolve(image, kernel)


def masks(count: int) -> Run:
    entries = count.bit_length() - 1
    X, y, w = normal(entries, 1), normal(entries), normal(1)
    return lambda: dropout.exact_expectation(X, y, w, 0.7)


def product(width: int, batch: int) -> Run:
    network = hessians.Network((32, width, width, 10), "tanh", "squared")
    w, v = hessians.random_weights(network), np.random.default_rng(8).standard_normal(network.parameters)
    x, y = normal(batch, 32), normal(batch, 10)
    return lambda: hessians.hessian_vector(network, w, v, x, y)


CURVES = (
    Curve("bptt", "T", (64, 128, 256, 512, 1024, 2048), lambda t: bptt(t, 128), "1", "1"),
    Curve("bptt, checkpoints", "T", (64, 128, 256, 512, 1024, 2048), lambda t: bptt(t, 128, 0), "1", "1/2"),
    Curve("bptt", "hidden n", (64, 128, 256, 512, 1024), lambda n: bptt(64, n), "2", "2"),
    Curve("Viterbi", "T", (64, 128, 256, 512, 1024, 2048), lambda t: viterbi(200, t), "1", "1"),
    Curve("Viterbi", "N", (64, 128, 256, 512, 1024), lambda n: viterbi(n, 64), "2", "2"),
    Curve("minimum-norm solution", "n, d = 2n", (64, 128, 256, 512, 1024), solution, "3", "2"),
    Curve("convolution, 5 x 5", "image size", (64, 128, 256, 512, 1024), lambda s: convolve(s, 5), "2", "2"),
    Curve("convolution, 256 x 256", "kernel size", (3, 5, 9, 17, 33), lambda k: convolve(256, k), "2", "2"),
    Curve("dropout enumeration", "masks", (1 << 16, 1 << 18, 1 << 20, 1 << 22), masks, "1", "0"),
    Curve("hessian_vector", "width", (64, 128, 256, 512, 1024), lambda n: product(n, 64), "2", "2"),
    Curve("hessian_vector", "batch", (64, 256, 1024, 4096), lambda b: product(128, b), "1", "1"),
)


# measuring -------------------------------------------------------------------------------------


def seconds(run: Run) -> float:
    """The median of ROUNDS rounds."""
    started = perf_counter()
    run()
    calls = max(1, round(SHORTEST / max(perf_counter() - started, 1e-7)))
    rounds = []
    for _ in range(ROUNDS):
        started = perf_counter()
        for _ in range(calls):
            run()
        rounds.append((perf_counter() - started) / calls)
    return statistics.median(rounds)


def peak(run: Run) -> int:
    """The most bytes of arrays and Python objects that a call holds at a time beyond its arguments."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def exponent(sizes: tuple[int, ...], values: list[float]) -> float:
    """The slope of log value against log size, over the upper half of the sizes."""
    half = len(sizes) // 2
    points = [(math.log(x), math.log(y)) for x, y in zip(sizes[half:], values[half:], strict=True)]
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def curve(number: int) -> list[list[float]]:
    """Times in seconds and peaks in bytes."""
    found: list[list[float]] = [[], []]
    for size in CURVES[number].sizes:
        run = CURVES[number].make(size)
        run()
        found[0].append(seconds(run))
        found[1].append(float(peak(run)))
    return found


def share(number: int, dtype: str) -> list[float]:
    """Of one size of the recurrent kernel: seconds, seconds of its products alone, and the machine's rate in flop/s."""
    steps, batch, d, n = BPTT_SIZES[number]
    arrays = unit(steps, batch, d, n, dtype)
    workspace = recurrent.Workspace()
    square = np.random.default_rng(7).standard_normal((SQUARE, SQUARE)).astype(dtype)
    rows = steps * batch
    block = min(rows, recurrent.BLOCK_ROWS)
    tall = {width: normal(block, width).astype(dtype) for width in (d, n, OUTPUT)}
    narrow = arrays[2]
    W, U, V = arrays[3:]

    def products() -> None:
        """The same products of the same shapes, and nothing else."""
        for _ in range(2 * steps):
            np.matmul(narrow, U)
        for _ in range(max(1, round(rows / block))):
            np.matmul(tall[d], W.T)  # the input products
            np.matmul(tall[n], V.T)
            np.matmul(tall[OUTPUT], V)
            np.matmul(tall[n].T, tall[d])  # the three weight gradients
            np.matmul(tall[n].T, tall[n])
            np.matmul(tall[OUTPUT].T, tall[n])

    times: dict[str, list[float]] = {"kernel": [], "products": [], "square": []}
    runs: dict[str, Run] = {
        "kernel": lambda: recurrent.bptt(*arrays, workspace=workspace),
        "products": products,
        "square": lambda: np.matmul(square, square),
    }
    for run in runs.values():
        run()
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = perf_counter()
            run()
            times[name].append(perf_counter() - started)
    kernel, alone, whole = (statistics.median(times[name]) for name in runs)
    return [kernel, alone, 2.0 * SQUARE**3 / whole]


def flops(number: int) -> float:
    """Of the loss and its gradients: 2 N n (d + n + k) forward, 2 N n (d + 2 n + 2 k) backward, N = T batch."""
    steps, batch, d, n = BPTT_SIZES[number]
    return 2.0 * steps * batch * n * (2 * d + 3 * n + 3 * OUTPUT)


def in_a_process(threads: int, *request: Any) -> Any:
    """What another process answers to a request, with so many threads."""
    environment = dict(os.environ)
    for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment[pool] = str(threads)
    done = subprocess.run(
        [sys.executable, __file__, "--worker", json.dumps(request)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"a benchmark process failed: {done.stderr}")
    return json.loads(done.stdout)


# the section ------------------------------------------------------------------------------------


def growth_lines() -> list[str]:
    lines = [
        "| kernel | size | values | time, ms | exponent (expected) | peak, MB | exponent (expected) |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    curves = []
    for number, one in enumerate(CURVES):
        print(f"  {one.kernel} against {one.size}", file=sys.stderr, flush=True)
        times, peaks = in_a_process(1, "curve", number)
        curves.append((one, times, peaks))
        cells = [
            f"{one.sizes[0]:,} to {one.sizes[-1]:,}",
            f"{1e3 * times[0]:.3g} to {1e3 * times[-1]:.3g}",
            f"{exponent(one.sizes, times):.2f} ({one.time})",
            f"{peaks[0] / 1e6:.3g} to {peaks[-1] / 1e6:.3g}",
            f"{exponent(one.sizes, peaks):.2f} ({one.memory})",
        ]
        lines.append(f"| {one.kernel} | {one.size} | {' | '.join(cells)} |")
    return [*lines, "", *plot(curves)]


def plot(curves: list[tuple[Curve, list[float], list[float]]]) -> list[str]:
    try:
        import matplotlib as mpl
    except ImportError:
        return ["(No plot: matplotlib is not installed.)"]
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "everystep"
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(11, 7))
    markers, lines = "osv^Dd<>pPX", ("-", "--", ":", "-.")
    for k, (one, times, peaks) in enumerate(curves):
        # Each curve begins at 1, so that only its slope tells; told apart by marks and lines, in grey as well.
        across = [size / one.sizes[0] for size in one.sizes]
        for axes, values in ((left, times), (right, peaks)):
            axes.loglog(
                across,
                [value / values[0] for value in values],
                marker=markers[k % len(markers)],
                linestyle=lines[k % len(lines)],
                label=f"{one.kernel}, {one.size}: {exponent(one.sizes, values):.1f}",
            )
    for axes, what in ((left, "time"), (right, "peak memory")):
        axes.set_xlabel("size / smallest size")
        axes.set_ylabel(f"{what} / that at the smallest size")
        axes.grid(True, which="both", alpha=0.3)
        axes.legend(fontsize=7, ncols=2, loc="upper center", bbox_to_anchor=(0.5, -0.12))
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})
    pyplot.close(figure)
    return [f"![Time and peak memory of the kernels against their sizes]({PLOT.name})"]


def share_lines() -> list[str]:
    lines = [
        f"| T, batch, input, hidden | dtype | threads | {' | '.join(SHARE_COLUMNS)} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for threads in (1, 2):
        for dtype in ("float64", "float32"):
            for number, size in enumerate(BPTT_SIZES):
                print(f"  share: {size}, {dtype}, {threads} threads", file=sys.stderr, flush=True)
                kernel, alone, rate = in_a_process(threads, "share", number, dtype)
                reached, possible = flops(number) / kernel, flops(number) / alone
                cells = [
                    ", ".join(map(str, size)),
                    dtype,
                    str(threads),
                    f"{rate / 1e9:.1f}",
                    f"{reached / 1e9:.1f}",
                    f"{reached / rate:.0%}",
                    f"{possible / rate:.0%}",
                    f"{alone / kernel:.0%}",
                ]
                lines.append(f"| {' | '.join(cells)} |")
    return lines


def run() -> str:
    """The section."""
    lines = [
        f"One thread, float64, medians of {ROUNDS} rounds; exponents fitted to the upper half of the sizes, beside",
        "those that the kernels' costs give for large sizes. At these sizes terms of lower order still show. Memory is",
        "the most that a call holds in arrays and Python objects beyond its arguments, without LAPACK's buffers.",
        "",
        *growth_lines(),
        "",
        "The share of the machine's matrix-product rate that the recurrent kernel reaches (loss and all gradients).",
        f"The machine's rate is that of a product of two {SQUARE} x {SQUARE} matrices in the same process, dtype and",
        "threads; the kernel's flops are those of its matrix products. The last columns are the kernel's products",
        "alone, the same shapes in a row: the step from one state to the next is a product of a few rows, which cannot",
        "run at the full rate. Beyond its products the kernel takes the logistic function, its derivative and sums.",
        "",
        *share_lines(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--worker"]:
        kind, *rest = json.loads(sys.argv[2])
        print(json.dumps({"curve": curve, "share": share}[kind](*rest)))
    else:
        print(run())
