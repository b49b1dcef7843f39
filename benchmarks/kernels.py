"""The numeric kernels beside SciPy and plain loops, in a process of their own for each number of threads."""

from __future__ import annotations

import json
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

import numpy as np

from everystep.kernels import activations, convolution, decoding, dropout
from everystep.kernels import hessian_vector as hv

TITLE = "Decoding, convolution, softmax, masks, Hessians"
ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 15
THREADS = (1, 2)
SLOWER = 1.02
"""The ratio from which the text says why a kernel is the slower one."""
CHECKED = "Each of its entries is looked at for NaN and infinity first, which takes {share:.0%} of the kernel's time."
COMPILED = (
    "SciPy's product is one loop in C over indices of 32 bits; the kernel's are NumPy's loops, one after the other "
    "through memory: what stands at the columns, its product with the values, the sums by row."
)
TWICE = "By the counts of operations it is 16 / 6 = 2.7 gradients."


def plain_viterbi(log_p: Any, start: int, length: int) -> tuple[list[int], float]:
    """A step at a time, the N x N sums in one array."""
    delta, back = log_p[start], []
    for _ in range(length - 1):
        sums = delta[:, None] + log_p
        back.append(sums.argmax(axis=0))
        delta = sums.max(axis=0)
    words = [int(delta.argmax())]
    for pointers in reversed(back):
        words.append(int(pointers[words[-1]]))
    return words[::-1], float(delta.max())


def ratio(ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, float, str]:
    """Medians in ms of both, in turn, and the ratio with its quartiles."""
    ours()
    theirs()
    times = []
    for _ in range(rounds):
        t0 = perf_counter()
        ours()
        t1 = perf_counter()
        theirs()
        times.append((t1 - t0, perf_counter() - t1))
    ratios = sorted(a / b for a, b in times)
    low, high = ratios[rounds // 4], ratios[3 * rounds // 4]
    first, second = (1e3 * statistics.median(column) for column in zip(*times, strict=True))
    return first, second, f"{statistics.median(ratios):.2f} ({low:.2f} to {high:.2f})"


def same(a: Any, b: Any, what: str) -> None:
    if not np.allclose(a, b, rtol=1e-9, atol=1e-11):
        raise ValueError(f"{what}: the two disagree")


@dataclass(frozen=True)
class Pair:
    """A kernel and what it is compared with.

    Attributes:
        name, against: what the table calls them.
        ours, theirs: the calls, whose results agree.
        rounds: how often both are run.
        why: the reason where the kernel is the slower one.
        checks: the part of the kernel that looks at its arguments, where that is the reason.
    """

    name: str
    against: str
    ours: Callable[[], Any]
    theirs: Callable[[], Any]
    rounds: int
    why: str = ""
    checks: Callable[[], Any] | None = None


def pairs() -> list[Pair]:
    """What is timed, and what against; raises ValueError where results differ."""
    import scipy.signal
    import scipy.sparse
    import scipy.special

    random = np.random.default_rng(0)
    found = []
    p = random.random((1000, 1000))
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    same(decoding.viterbi(log_p, 0, 50).words, plain_viterbi(log_p, 0, 50)[0], "Viterbi")
    found.append(
        Pair(
            "Viterbi, N = 1,000, T = 1,000",
            "NumPy loop over t",
            lambda: decoding.viterbi(log_p, 0, 1000),
            lambda: plain_viterbi(log_p, 0, 1000),
            min(ROUNDS, 3),
        )
    )
    x = 10 * random.standard_normal((1000, 1000))
    for name, other in (
        ("softmax", scipy.special.softmax),
        ("log_softmax", scipy.special.log_softmax),
        ("log_sum_exp", scipy.special.logsumexp),
    ):
        kernel = getattr(activations, name)
        same(kernel(x), other(x, axis=-1), name)
        found.append(
            Pair(
                f"{name}, 1,000 x 1,000",
                f"`scipy.special.{other.__name__}`",
                lambda k=kernel: k(x),
                lambda o=other: o(x, axis=-1),
                ROUNDS,
                CHECKED,
                lambda: np.isfinite(x).all(),
            )
        )
    image, window = random.standard_normal((256, 256)), random.standard_normal((5, 5))
    matrix = convolution.convolution_matrix(window[None, None], image.shape)
    sparse = scipy.sparse.csr_array((matrix.values, (matrix.rows, matrix.columns)), shape=matrix.shape)
    flat = image.reshape(-1)

    def direct() -> Any:
        return convolution.convolve(image[None, None], window[None, None])[0, 0]

    def theirs() -> Any:
        return scipy.signal.correlate(image, window, mode="valid", method="direct")

    same(direct(), theirs(), "convolution")
    same(matrix.times(flat), sparse @ flat, "sparse product")
    signal = "`scipy.signal.correlate`, direct"
    found += [
        Pair("convolution, 256 x 256 by 5 x 5", signal, direct, theirs, ROUNDS),
        Pair("the same as a matrix", signal, lambda: matrix.times(flat), theirs, ROUNDS),
        Pair(
            "the same as a matrix",
            "`scipy.sparse` product",
            lambda: matrix.times(flat),
            lambda: sparse @ flat,
            ROUNDS,
            COMPILED,
        ),
    ]
    network = hv.Network((32, 128, 128, 10), "tanh", "cross_entropy")
    w, v = hv.random_weights(network), random.standard_normal(network.parameters)
    inputs, targets = random.standard_normal((256, 32)), np.eye(10)[random.integers(0, 10, 256)]
    found.append(
        Pair(
            "exact H v, 32-128-128-10, batch 256",
            "one gradient",
            lambda: hv.hessian_vector(network, w, v, inputs, targets),
            lambda: hv.gradient(network, w, inputs, targets),
            ROUNDS,
            TWICE,
        )
    )
    return found


def peak(run: Callable[[], Any]) -> float:
    """The most megabytes of arrays and Python objects that a call holds at a time beyond its arguments."""
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def measured() -> list[dict[str, Any]]:
    """A row for each pair, and the masks a second of the enumeration, with the threads of this process."""
    found = []
    for pair in pairs():
        ours, theirs, shown = ratio(pair.ours, pair.theirs, pair.rounds)
        row: dict[str, Any] = {"name": pair.name, "against": pair.against, "ms": (ours, theirs), "ratio": shown}
        row["peaks"] = peak(pair.ours), peak(pair.theirs)
        why = pair.why
        if pair.checks is not None:
            checking, whole, _ = ratio(pair.checks, pair.ours, pair.rounds)
            why = why.format(share=checking / whole)
        row["why"] = why if float(shown.split()[0]) > SLOWER else ""
        found.append(row)
    return [*found, {"masks": masks_a_second()}]


def in_a_process(threads: int) -> list[dict[str, Any]]:
    """What :func:`measured` finds in another process with so many threads."""
    pools = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
    code = (
        f"import json; from benchmarks import kernels; kernels.ROUNDS = {ROUNDS}; print(json.dumps(kernels.measured()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **pools},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    return rows


def masks_a_second() -> float:
    """Of the enumeration of dropout, at 2^22 masks."""
    random = np.random.default_rng(1)
    X, y, w = random.standard_normal((11, 2)), random.standard_normal(11), random.standard_normal(2)
    started = perf_counter()
    done = dropout.exact_expectation(X, y, w, 0.7)
    return done.masks / (perf_counter() - started)


def run() -> str:
    """The section."""
    by_threads = [in_a_process(threads) for threads in THREADS]
    ratios = [f"ratio, {threads} thread{'s' if threads > 1 else ''}" for threads in THREADS]
    columns = ["kernel", "against", "kernel, ms", "other, ms", *ratios, "kernel, MB", "other, MB"]
    lines = [
        f"Medians of {ROUNDS} rounds in turn (Viterbi: 3), ratios with quartiles; above 1 the kernel is the slower.",
        "The kernels check every entry of their arguments for NaN and infinity, which the others do not. Memory is the",
        "most that a call holds in arrays and Python objects beyond its arguments: the convolution copies all windows,",
        "for one product of matrices, and the product with a sparse matrix holds a number an entry. Times and memory",
        "are those with one thread; what has no products of matrices has no use for a second one.",
        "",
        f"| {' | '.join(columns)} |",
        f"| {' | '.join('---' for _ in columns)} |",
    ]
    reasons = []
    for rows in zip(*(found[:-1] for found in by_threads), strict=True):
        first = rows[0]
        (ours, theirs), peaks = first["ms"], " | ".join(f"{each:.2f}" for each in first["peaks"])
        found = " | ".join(row["ratio"] for row in rows)
        lines.append(f"| {first['name']} | {first['against']} | {ours:.2f} | {theirs:.2f} | {found} | {peaks} |")
        reasons += [f"- {first['name']}, against {first['against']}: {row['why']}" for row in rows if row["why"]][:1]
    if reasons:
        lines += ["", "Where the kernel is the slower one:", "", *reasons]
    masks = by_threads[0][-1]["masks"]
    lines += ["", f"Enumeration of dropout masks, 11 x 2 entries: {masks / 1e6:.1f} million masks a second.", ""]
    return "\n".join(lines)
