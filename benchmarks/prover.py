"""The prover: time a statement on the tables of identities, beside tensorgrad and SymPy; growth with three lengths."""

from __future__ import annotations

import gc
import math
import pkgutil
import random
import signal
import statistics
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from time import process_time

from benchmarks import peers
from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Recurrence, Relation
from everystep.algebra.shapes import index, size
from everystep.calculus.networks import Exhausted, Undecided
from everystep.derivation import Claim, Induction, Step
from everystep.prove import checker, induction, prover
from everystep.prove.exact import program
from everystep.prove.verdict import Status

TITLE = "The prover: time a statement, beside other tools, and growth"
PLOT = Path(__file__).resolve().parent.parent / "docs" / "growth.svg"
LIMIT = 1.0
"""Seconds after which another tool is stopped; that counts as undecided, and as this much time."""
SAMPLE = 100
"""How many true statements (drawn with a fixed seed) the other tools are asked; each with its first false twin."""
SLOW = 4.0
"""Seconds after which growth is followed no further."""
BUDGET = 1.0
"""Seconds of the exact judge a statement, as the aim says."""
TARGET_MEDIAN, TARGET_MOST = 3.0, 1000.0  # milliseconds


class OverTime(BaseException):
    """Not an Exception: tools that catch everything must not catch it."""


@dataclass(frozen=True)
class Row:
    """A statement of the tables, true or false."""

    name: str
    claim: Claim
    context: Context
    true: bool
    by: Induction | None = None


def rows() -> list[Row]:
    """Every statement of tests/identities, with the first false twin of each."""
    package = import_module("tests.identities")
    found = []
    for module in sorted(m.name for m in pkgutil.iter_modules(package.__path__)):
        if module.startswith("test_"):
            continue
        for row in getattr(import_module(f"{package.__name__}.{module}"), "ROWS", ()):
            name = f"{module}:{row.name}"
            found.append(Row(name, row.true, row.context, True, row.by))
            found += [Row(name, claim, row.context, False, row.by) for claim in row.false[:1]]
    return found


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raises OverTime when it takes longer."""

    def stop(*_: object) -> None:
        raise OverTime

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def forget() -> None:
    """Drop what earlier statements have left, so that none is found already decided."""
    checker._prover.cache_clear()  # noqa: SLF001 - a measurement looks inside
    program._PROGRAMS.clear()  # noqa: SLF001


def by_both(row: Row) -> bool:
    step = Step(row.name, row.claim, (), row.by)
    try:
        return checker.check_step(step, row.context, budget=BUDGET).status is Status.PROVED
    except checker.Contradiction:
        return False


def by_normal_form(row: Row) -> bool:
    shared = prover.Prover(row.context.with_implied())
    try:
        if row.by is not None:
            return induction.prove_by_induction(row.claim, row.by, row.context, shared)
        return shared.prove(row.claim)
    except (Undecided, Exhausted):
        return False


def timed(decide: Callable[[Row], bool], row: Row) -> tuple[float, bool]:
    forget()
    started = process_time()
    decided = decide(row)
    return process_time() - started, decided


# time a statement ------------------------------------------------------------------------------


def statement_lines(found: list[Row]) -> tuple[list[str], dict[str, float]]:
    """The table of times; the times of the normal form and of both judges by name, for the ratios."""
    true = [row for row in found if row.true]
    for row in found:
        if not row.true:
            by_both(row)  # warm: modules, SymPy's caches
    gc.freeze()  # four thousand statements at once are no garbage that one of them would have to go through
    lines = [
        f"All {len(true)} true statements of `tests/identities` in one warm process, by processor time. What is",
        "remembered from one statement to the next is dropped before each, so that a time includes preparing its",
        f"context. The aim is a median under {TARGET_MEDIAN:g} ms and no statement over {TARGET_MOST / 1000:g} s.",
        "",
        "| judges | statements a second | median, ms | 95th percentile, ms | longest, ms | proved |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    alone: dict[str, float] = {}
    slow: set[str] = set()
    for title, decide in (("normal form alone", by_normal_form), ("both", by_both)):
        times, proved = [], 0
        for row in true:
            seconds, decided = timed(decide, row)
            times.append(1000 * seconds)
            proved += decided
            if 1000 * seconds > TARGET_MOST:
                slow.add(row.name)
            if decide is by_normal_form:
                alone[row.name] = seconds
        ordered = sorted(times)
        late = ordered[math.ceil(0.95 * len(ordered)) - 1]
        lines.append(
            f"| {title} | {1000 * len(times) / sum(times):.0f} | {statistics.median(times):.2f} | {late:.1f} "
            f"| {ordered[-1]:.0f} ({true[times.index(ordered[-1])].name}) | {proved} |"
        )
    lines += ["", f"Over {TARGET_MOST / 1000:g} s: {', '.join(sorted(slow)) or 'none'}."]
    return lines, alone


# other tools -----------------------------------------------------------------------------------


def asked(peer: str, row: Row) -> tuple[str, float]:
    """``equal``, ``open``, ``stopped`` (at the limit), ``failed`` (an error) or ``inexpressible``; and the time."""
    started = process_time()
    try:
        with at_most(LIMIT):
            answer = "equal" if peers.decide(peer, row.claim, row.context) else "open"
    except peers.Inexpressible:
        answer = "inexpressible"
    except OverTime:
        answer = "stopped"
    except Exception:  # noqa: BLE001 - whatever the tool raises is its answer
        answer = "failed"
    return answer, process_time() - started


def peer_lines(found: list[Row], alone: dict[str, float]) -> list[str]:
    names = sorted(alone)
    chosen = set(random.Random(0).sample(names, min(SAMPLE, len(names))))
    true = [row for row in found if row.true and row.name in chosen]
    false = [row for row in found if not row.true and row.name in chosen]
    lines = [
        "",
        f"The same statements through other tools: {len(true)} of them, drawn with a fixed seed, each with a false",
        "twin. A statement is *expressed* when the converter of `benchmarks/peers.py` has words for it and the tool",
        f"raises no error; *shown* when the tool finds the sides equal within {LIMIT:g} s. The ratio is the median,",
        "over what is shown, of the tool's time (conversion included) by that of the normal form, with the quartiles.",
        "Definedness is checked by Everystep only. What entries at n = 3 show holds for that size.",
        "",
        "| tool | true: expressed | shown | stopped | false: expressed | shown, wrongly | time / normal form |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    warnings.simplefilter("ignore")  # what a tool says of its own insides
    for peer in peers.PEERS:
        peers.PEERS[peer](frozenset())  # imported outside of the limit
        answers = [(row, *asked(peer, row)) for row in true]
        expressed = [a for a in answers if a[1] in ("equal", "open", "stopped")]
        shown = [a for a in answers if a[1] == "equal"]
        stopped = sum(a[1] == "stopped" for a in answers)
        twins = [asked(peer, row)[0] for row in false]
        said = [a for a in twins if a in ("equal", "open", "stopped")]
        ratio = "-"
        if len(shown) > 1:
            ratios = [seconds / alone[row.name] for row, _, seconds in shown]
            low, middle, high = statistics.quantiles(ratios, n=4)
            ratio = f"{middle:.1f} ({low:.1f} to {high:.1f})"
        lines.append(
            f"| {peer} | {len(expressed)} | {len(shown)} | {stopped} | {len(said)} | {said.count('equal')} | {ratio} |"
        )
    return lines


# growth ----------------------------------------------------------------------------------------

n = size("n")
t = index("t")


def product_chain(length: int) -> Row:
    """The transpose of a product of ``length`` factors."""
    factors = [ex.matrix(f"A_{k}", n, n) for k in range(length)]
    left = ex.Transpose(ex.Mul(*factors))
    right = ex.Mul(*[ex.Transpose(f) for f in reversed(factors)])
    return Row("chain", Relation(left, "=", right), Context(), True)


def many_terms(length: int) -> Row:
    """A sum of ``length`` products, distributed."""
    terms = [ex.matrix(f"A_{k}", n, n) for k in range(length)]
    b = ex.matrix("B", n, n)
    whole = ex.Add(*terms) if length > 1 else terms[0]
    parts = [ex.Mul(a, b) for a in reversed(terms)]
    right = ex.Add(*parts) if length > 1 else parts[0]
    return Row("terms", Relation(ex.Mul(whole, b), "=", right), Context(), True)


def unrolled(length: int) -> Row:
    """A linear recurrence over ``length`` steps against its sum."""
    v, g, a = ex.Family("v", n), ex.Family("g", n), ex.matrix("A", n, n)
    context = Context(recurrences=(Recurrence(v[t], a * v[t - 1] + g[t]),))
    terms = [ex.Mul(*[a] * (length - k), g[k]) if k < length else g[k] for k in range(1, length + 1)]
    right = ex.Add(*terms, ex.Mul(*[a] * length, v[0]))
    return Row("unrolled", Relation(v[length], "=", right), context, True)


GROWTH: dict[str, tuple[Callable[[int], Row], tuple[int, ...]]] = {
    "factors of a product": (product_chain, (2, 4, 8, 16, 32, 64)),
    "terms of a sum": (many_terms, (1, 2, 4, 8, 16, 32, 64, 128, 256)),
    "unrolled steps": (unrolled, (1, 2, 4, 8, 16, 32, 64)),
}


def exponent(lengths: list[int], times: list[float]) -> float:
    """The slope of log time against log length, over the upper half of the lengths."""
    half = len(lengths) // 2
    points = [(math.log(x), math.log(y)) for x, y in zip(lengths[half:], times[half:], strict=True)]
    return statistics.linear_regression(*zip(*points, strict=True)).slope if len(points) > 1 else math.nan


def growth_lines() -> list[str]:
    lines = [
        "",
        "Growth of the normal form: medians of 3 runs; the exponent is fitted to the upper half of the lengths.",
        "",
        "| length of | times, ms | exponent |",
        "| --- | --- | --- |",
    ]
    curves: dict[str, tuple[list[int], list[float]]] = {}
    for title, (make, wanted) in GROWTH.items():
        lengths, times, note = [], [], ""
        for length in wanted:
            row = make(length)
            try:
                with at_most(SLOW):
                    runs = [timed(by_normal_form, row) for _ in range(3)]
            except OverTime:
                note = f"; {length}: over {SLOW:g} s"
                break
            if not all(decided for _, decided in runs):
                note += f"; {length}: not proved"
                continue
            lengths.append(length)
            times.append(1000 * statistics.median(seconds for seconds, _ in runs))
        curves[title] = (lengths, times)
        listed = ", ".join(f"{x}: {y:.1f}" for x, y in zip(lengths, times, strict=True)) + note
        lines.append(f"| {title} | {listed.removeprefix('; ')} | {exponent(lengths, times):.1f} |")
    lines += ["", *plot(curves)]
    return lines


def plot(curves: dict[str, tuple[list[int], list[float]]]) -> list[str]:
    try:
        import matplotlib as mpl
    except ImportError:
        return ["(No plot: matplotlib is not installed.)"]
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "everystep"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(6, 4))
    for title, (lengths, times) in curves.items():
        axes.loglog(lengths, times, marker="o", label=f"{title}: exponent {exponent(lengths, times):.1f}")
    axes.set_xlabel("length")
    axes.set_ylabel("time of the normal form, ms")
    axes.grid(True, which="both", alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})
    pyplot.close(figure)
    return [f"![Time of the normal form against three lengths]({PLOT.name})"]


def run() -> str:
    """The section: times, other tools, growth."""
    found = rows()
    lines, alone = statement_lines(found)
    lines += peer_lines(found, alone)
    lines += growth_lines()
    return "\n".join(lines) + "\n"
