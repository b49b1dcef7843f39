"""The numeric kernels beside SciPy and plain loops."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from everystep.kernels import activations, convolution, decoding, dropout
from everystep.kernels import hessian_vector as hv

TITLE = "Decoding, convolution, softmax, masks, Hessians"
ROUNDS = 15


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


def rows() -> list[tuple[str, str, tuple[float, float, str]]]:
    """What is timed, what against, and the figures; raises ValueError where results differ."""
    import scipy.signal
    import scipy.sparse
    import scipy.special

    random = np.random.default_rng(0)
    found = []
    p = random.random((1000, 1000))
    log_p = np.log(p / p.sum(axis=1, keepdims=True))
    same(decoding.viterbi(log_p, 0, 50).words, plain_viterbi(log_p, 0, 50)[0], "Viterbi")
    found.append(
        (
            "Viterbi, N = 1,000, T = 1,000",
            "NumPy loop over t",
            ratio(lambda: decoding.viterbi(log_p, 0, 1000), lambda: plain_viterbi(log_p, 0, 1000), 3),
        )
    )
    x = 10 * random.standard_normal((1000, 1000))
    for name in ("softmax", "log_softmax"):
        kernel, other = getattr(activations, name), getattr(scipy.special, name)
        same(kernel(x), other(x, axis=-1), name)
        found.append(
            (
                f"{name}, 1,000 x 1,000",
                f"`scipy.special.{name}`",
                ratio(lambda k=kernel: k(x), lambda o=other: o(x, axis=-1)),
            )
        )
    same(activations.log_sum_exp(x), scipy.special.logsumexp(x, axis=-1), "log_sum_exp")
    found.append(
        (
            "log_sum_exp, 1,000 x 1,000",
            "`scipy.special.logsumexp`",
            ratio(lambda: activations.log_sum_exp(x), lambda: scipy.special.logsumexp(x, axis=-1)),
        )
    )
    image, kernel = random.standard_normal((256, 256)), random.standard_normal((5, 5))

    def direct() -> Any:
        return convolution.convolve(image[None, None], kernel[None, None])[0, 0]

    def theirs() -> Any:
        return scipy.signal.correlate(image, kernel, mode="valid", method="direct")

    same(direct(), theirs(), "convolution")
    found.append(("convolution, 256 x 256 by 5 x 5", "`scipy.signal.correlate`, direct", ratio(direct, theirs)))
    matrix = convolution.convolution_matrix(kernel[None, None], image.shape)
    sparse = scipy.sparse.csr_array((matrix.values, (matrix.rows, matrix.columns)), shape=matrix.shape)
    flat = image.reshape(-1)
    same(matrix.times(flat), sparse @ flat, "sparse product")
    found.append(
        ("the same as a matrix", "`scipy.signal.correlate`, direct", ratio(lambda: matrix.times(flat), theirs))
    )
    found.append(
        ("the same as a matrix", "`scipy.sparse` product", ratio(lambda: matrix.times(flat), lambda: sparse @ flat))
    )
    network = hv.Network((32, 128, 128, 10), "tanh", "cross_entropy")
    w, v = hv.random_weights(network), random.standard_normal(network.parameters)
    inputs, targets = random.standard_normal((256, 32)), np.eye(10)[random.integers(0, 10, 256)]
    found.append(
        (
            "exact H v, 32-128-128-10, batch 256",
            "one gradient",
            ratio(
                lambda: hv.hessian_vector(network, w, v, inputs, targets),
                lambda: hv.gradient(network, w, inputs, targets),
            ),
        )
    )
    return found


def masks_a_second() -> float:
    """Of the enumeration of dropout, at 2^22 masks."""
    random = np.random.default_rng(1)
    X, y, w = random.standard_normal((11, 2)), random.standard_normal(11), random.standard_normal(2)
    started = perf_counter()
    done = dropout.exact_expectation(X, y, w, 0.7)
    return done.masks / (perf_counter() - started)


def run() -> str:
    """The section."""
    lines = [
        f"Medians of {ROUNDS} rounds in turn (Viterbi: 3), ratios with quartiles; above 1 the kernel is the slower.",
        "The kernels check every entry of their arguments for NaN and infinity, which the others do not.",
        "",
        "| kernel | against | kernel, ms | other, ms | ratio |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [f"| {name} | {other} | {a:.2f} | {b:.2f} | {r} |" for name, other, (a, b, r) in rows()]
    lines += [
        "",
        f"Enumeration of dropout masks, 11 x 2 entries: {masks_a_second() / 1e6:.1f} million masks a second.",
        "",
    ]
    return "\n".join(lines)
