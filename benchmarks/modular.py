"""Matrix expressions over a prime field: python-flint one by one, as the exact judge does, beside batched NumPy."""

from __future__ import annotations

import cProfile
import pkgutil
import pstats
import statistics
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from time import perf_counter
from typing import Any

import numpy as np
from flint import nmod_mat

from everystep.prove.exact import program
from everystep.prove.exact.arithmetic import PRIME

judging: Any = import_module("everystep.prove.exact.judge")  # the package has a function of that name
TITLE = "A batched kernel over a prime field: measured, and left out"
SIZES = (2, 4, 8)
BATCHES = (1, 4, 16, 64, 256)
INTEGER_PRIME = (1 << 30) - 35
"""8 products of numbers below it fit in 64 bits."""
FLOAT_PRIME = (1 << 25) - 39
"""8 products of numbers below it fit in the 53 bits of a float."""
EVERY = 5
"""Of the statements of tests/identities, how many are judged for the shares: one in this many."""
ARITHMETIC = ("multiply", "_times", "bilinear", "_mixed", "scale", "_scaled", "add", "negative", "inverse", "entrywise")


def seconds(run: Callable[[], Any]) -> float:
    """The median of 7 rounds, each long enough to be measured."""
    started = perf_counter()
    run()
    calls = max(1, int(0.01 / max(perf_counter() - started, 1e-7)))
    rounds = []
    for _ in range(7):
        started = perf_counter()
        for _ in range(calls):
            run()
        rounds.append((perf_counter() - started) / calls)
    return statistics.median(rounds)


def inverse(matrices: Any, prime: int) -> Any:
    """Inverses of a batch by Gauss-Jordan elimination; raises ZeroDivisionError where a pivot is 0.

    int64 and a prime below 2^30, so that a product of two numbers fits.
    """
    n = matrices.shape[-1]
    work = np.concatenate([matrices, np.broadcast_to(np.eye(n, dtype=np.int64), matrices.shape)], axis=2)
    for k in range(n):
        pivot = work[:, k, k]
        if not pivot.all():
            raise ZeroDivisionError
        row = work[:, k] * powers(pivot, prime - 2, prime)[:, None] % prime
        column = work[:, :, k].copy()
        column[:, k] = 0
        work[:, k] = row
        work = (work - column[:, :, None] * row[:, None, :]) % prime
    return work[:, :, n:]


def powers(x: Any, exponent: int, prime: int) -> Any:
    """Entry by entry, by squaring."""
    result = np.ones_like(x)
    while exponent:
        if exponent & 1:
            result = result * x % prime
        x = x * x % prime
        exponent >>= 1
    return result


def kernel_lines() -> list[str]:
    """A B - B A and A^-1 for batches: microseconds an instance."""
    random = np.random.default_rng(0)
    lines = [
        "| size | batch | `A B - B A`: flint | integers | floats | `A^-1`: flint | integers |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for n in SIZES:
        for batch in BATCHES:
            print(f"  size {n}, batch {batch}", file=sys.stderr, flush=True)
            whole = random.integers(1, INTEGER_PRIME, (2, batch, n, n))
            flint = [[nmod_mat(n, n, [int(x) for x in m.ravel()], PRIME) for m in side] for side in whole]
            integers = whole.astype(np.uint64)
            p, q = np.uint64(INTEGER_PRIME), float(FLOAT_PRIME)
            floats = (whole % FLOAT_PRIME).astype(np.float64)

            def by_flint(flint: Any = flint) -> Any:
                return [a * b - b * a for a, b in zip(*flint, strict=True)]

            def by_integers(s: Any = integers, p: Any = p) -> Any:
                a, b = s
                return (np.matmul(a, b) % p + (p - np.matmul(b, a) % p)) % p

            def by_floats(s: Any = floats, q: float = q) -> Any:
                a, b = s
                return np.mod(np.matmul(a, b) - np.matmul(b, a), q)

            check = by_integers()
            for k in range(min(batch, 4)):
                one = [nmod_mat(n, n, [int(x) for x in m.ravel()], INTEGER_PRIME) for m in whole[:, k]]
                if [int(x) for x in (one[0] * one[1] - one[1] * one[0]).entries()] != check[k].ravel().tolist():
                    raise ValueError("the two disagree")
            inverses = inverse(whole[0], INTEGER_PRIME)
            eye = np.matmul(inverses.astype(np.uint64), integers[0]) % p
            if not np.array_equal(eye, np.broadcast_to(np.eye(n, dtype=np.uint64), eye.shape)):
                raise ValueError("no inverse")
            times = [
                seconds(run)
                for run in (
                    by_flint,
                    by_integers,
                    by_floats,
                    lambda flint=flint: [a.inv() for a in flint[0]],
                    lambda whole=whole: inverse(whole[0], INTEGER_PRIME),
                )
            ]
            cells = [f"{1e6 * t / batch:.2f}" for t in times]
            lines.append(f"| {n} | {batch} | {' | '.join(cells)} |")
    return lines


def statements() -> list[Any]:
    """One in EVERY true statement of tests/identities."""
    package = import_module("tests.identities")
    found = []
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        if not module.startswith("test_"):
            found += getattr(import_module(f"{package.__name__}.{module}"), "ROWS", ())
    return found[::EVERY]


def judged(rows: list[Any]) -> None:
    for row in rows:
        program._PROGRAMS.clear()  # noqa: SLF001 - as for a statement on its own
        judging.judge(row.true, row.context, by=row.by, budget=1.0)


def share_lines() -> list[str]:
    """What of the exact judge's time is arithmetic of matrices, and how many instances have the same sizes."""
    rows = statements()
    print(f"  {len(rows)} statements", file=sys.stderr, flush=True)
    batches: Counter[int] = Counter()
    trials = 0
    field = judging._Judge._field  # noqa: SLF001 - a measurement looks inside
    of_one: Counter[Any] = Counter()

    def counted(self: Any, sizes: Any) -> Any:
        of_one[tuple(sorted((str(k), v) for k, v in sizes.items()))] += 1
        return field(self, sizes)

    judging._Judge._field = counted  # type: ignore[method-assign]  # noqa: SLF001
    try:
        for row in rows:
            of_one.clear()
            judged([row])
            trials += sum(of_one.values())
            batches.update(of_one.values())
    finally:
        judging._Judge._field = field  # type: ignore[method-assign]  # noqa: SLF001
    profile = cProfile.Profile()
    profile.runcall(judged, rows)
    stats: Any = pstats.Stats(profile)
    arithmetic = sum(
        own
        for (file, _, name), (_, _, own, _, _) in stats.stats.items()
        if name in ARITHMETIC and file.endswith(("jets.py", "arithmetic.py"))
    )
    spread = ", ".join(f"{count} ({number} times)" for count, number in sorted(batches.items()))
    return [
        f"In {len(rows)} true statements of `tests/identities` (one in {EVERY}), the exact judge draws {trials}",
        "instances in the prime field. By the number of instances of one statement that have the same sizes:",
        f"{spread}.",
        f"Of the judge's time, {100 * arithmetic / stats.total_tt:.0f}% is spent in sums, products and inverses of",
        "matrices, in all of its arithmetics together and with what calls them: the most that a kernel could save.",
    ]


def run() -> str:
    """The section."""
    lines = [
        "Microseconds an instance. FLINT: a prime near 2^61, one instance after another, as the exact judge works.",
        "NumPy: a batch at a time, conversions not counted; 64-bit integers with one prime below 2^30, floats with one",
        "below 2^25. For the same chance of an accident NumPy needs two such primes or three, so that its figures are",
        "to be multiplied by 2 or 3 before they are compared.",
        "",
        *kernel_lines(),
        "",
        *share_lines(),
        "",
        "A statement is judged at a few sizes that differ, mostly once each; NumPy is slower for one instance, and far",
        "slower where something is inverted. A batched kernel would gain nothing in whole statements: it is left out.",
    ]
    return "\n".join(lines) + "\n"
