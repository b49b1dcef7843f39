"""The long search for wrong verdicts: random true statements and mistakes, both judges against NumPy.

Exit status 1 when a verdict is wrong.  ``--report`` writes docs/soundness.md.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import sys
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from tests.campaign.run import Tally, campaign
from tests.campaign.templates import FAMILIES_OF_STATEMENTS

REPORT = Path(__file__).parents[1] / "docs" / "soundness.md"
BATCH = 250
QUIET_STEP = 5000
MOST_FAILURES_SHOWN = 100


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="how many statements")
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", type=int, help="the number of one statement")
    parser.add_argument("--report", action="store_true", help="write docs/soundness.md")
    return parser.parse_args()


def batch(work: tuple[int, int, int]) -> Tally:
    seed, first, last = work
    return campaign(seed, range(first, last))


def run(count: int, seed: int, jobs: int, console: Console) -> Tally:
    """All batches, in as many processes as asked for; failures are printed as they are found."""
    work = [(seed, first, min(first + BATCH, count)) for first in range(0, count, BATCH)]
    total = Tally()
    columns = (TextColumn("statements"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with (
        multiprocessing.get_context("spawn").Pool(jobs) as pool,
        Progress(*columns, TextColumn("{task.fields[failures]} failures"), console=console) as progress,
    ):
        task = progress.add_task("", total=count, failures=0)
        for tally in pool.imap_unordered(batch, work):
            for text in tally.failures[: max(0, MOST_FAILURES_SHOWN - len(total.failures))]:
                print(text, flush=True)
            total += tally
            progress.update(task, completed=total.statements, failures=len(total.failures))
            if not console.is_terminal and total.statements % QUIET_STEP < BATCH:
                print(f"{total.statements} statements, {len(total.failures)} failures", flush=True)
    return total


TRUE_OUTCOMES = ("proved", "tested")
MUTANT_OUTCOMES = ("refuted", "ill-typed", "undefined", "proved", "tested")


def table(tally: Tally) -> list[str]:
    head = ["family", *(f"true: {o}" for o in TRUE_OUTCOMES), *(f"mutant: {o}" for o in MUTANT_OUTCOMES), "failures"]
    lines = [f"| {' | '.join(head)} |", f"| --- |{' ---: |' * (len(head) - 1)}"]
    for family in (*FAMILIES_OF_STATEMENTS, None):
        counts = [tally.count("true", outcome, family) for outcome in TRUE_OUTCOMES]
        counts += [tally.count("mutant", outcome, family) for outcome in MUTANT_OUTCOMES]
        counts.append(sum(tally.count(kind, "failure", family) for kind in ("true", "mutant")))
        cells = [str(c) for c in counts]
        lines.append(f"| {' | '.join([family or '**all**', *cells])} |")
    return lines


def mistakes(tally: Tally) -> list[str]:
    lines = [f"| mistake | {' | '.join(MUTANT_OUTCOMES)} |", f"| --- |{' ---: |' * len(MUTANT_OUTCOMES)}"]
    names = sorted({mistake for mistake, _ in tally.mistakes})
    return lines + [
        f"| {name} | {' | '.join(str(tally.mistakes[name, o]) for o in MUTANT_OUTCOMES)} |" for name in names
    ]


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def report(tally: Tally, options: argparse.Namespace, seconds: float) -> str:
    """The text of docs/soundness.md."""
    rate = tally.statements / seconds
    return "\n".join(
        [
            "# Soundness",
            "",
            "Written by `make soundness`. Random true statements are made by rewriting random expressions and known",
            "identities, mutants by putting one mistake into a statement of the same kind. Both judges give a verdict;",
            "NumPy, with an evaluator that shares nothing with them but the nodes, compares the two sides at several",
            "sizes, all different ones and 1 among them. Every `proved` must be equal there, also on singular and zero",
            "values where the hypotheses admit them; every `refuted` must differ (if need be on the counterexample).",
            "A proved mutant is one that its mistake left true.",
            "",
            f"- {tally.statements:,} statements, seed {options.seed}; {len(tally.failures)} failures",
            f"- {timedelta(seconds=round(seconds))} with {options.jobs} processes, {rate:.0f} statements a second",
            f"- the slowest verdict took {tally.slowest:.1f} s",
            f"- NumPy could compute no instance (numbers too large) of {tally.unseen} of the proved statements",
            f"- Everystep {version('everystep')}, Python {platform.python_version()}, NumPy {np.__version__}",
            f"- {processor()}, {os.cpu_count()} cores, {platform.system()}",
            "",
            "## By family of statement",
            "",
            *table(tally),
            "",
            "## By mistake",
            "",
            *mistakes(tally),
            "",
        ]
    )


def main() -> int:
    options = arguments()
    console = Console(stderr=True)
    started = perf_counter()
    if options.only is not None:
        tally = campaign(options.seed, range(options.only, options.only + 1))
        print("\n".join(tally.failures))
    else:
        tally = run(options.count, options.seed, options.jobs, console)
    print("\n".join(table(tally)))
    seconds = perf_counter() - started
    print(f"{tally.statements} statements, seed {options.seed}, {len(tally.failures)} failures, ", end="")
    print(f"{tally.statements / seconds:.0f} a second; the slowest verdict took {tally.slowest:.1f} s")
    if options.report and options.only is None:
        # What tests/soundness_reader.py has put behind it stays.
        before = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
        section = "".join(before.partition("\n## Hostile documents\n")[1:])
        REPORT.write_text(report(tally, options, seconds) + section, encoding="utf-8")
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
