"""The cold start: ``everystep check`` of the whole catalogue against ``python -c "import sympy"``."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

TITLE = "A cold check of the catalogue"
ROUNDS = 11
TARGET = 6.0

COMMANDS = {
    "import sympy": [sys.executable, "-c", "import sympy"],
    "everystep check": [sys.executable, "-c", "from render.cli import main; main()", "check"],
    "everystep check --wrong": [sys.executable, "-c", "from render.cli import main; main()", "check", "--wrong"],
}


ROOT = Path(__file__).resolve().parent.parent
# Byte code is written and used, as on the machine of a user.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> tuple[float, float]:
    """Wall and processor time of one run; raises CalledProcessError when it finds a wrong verdict or fails."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=ENVIRONMENT)
    passed, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def size() -> tuple[int, int]:
    """How many steps and checks of answers the catalogue has."""
    import derivations

    problems = derivations.problems().values()
    return sum(len(p.derivation.steps) for p in problems), sum(len(p.checks) for p in problems)


def run() -> str:
    """The section: medians and ranges of interleaved runs, as multiples of importing SymPy."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)  # byte code and file cache
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            measured[name].append(seconds(command))
    base = [statistics.median(times) for times in zip(*measured["import sympy"], strict=True)]
    load = os.getloadavg()[0]
    steps, checks = size()
    lines = [
        f"The catalogue has {steps} steps and {checks} checks of answers. Only byte code is kept on disk.",
        "",
        f"Each command in a process of its own, {ROUNDS} interleaved rounds, start-up included. A time is the median,",
        'as a multiple of the median of `python -c "import sympy"`, with the range in parentheses. The derivations are',
        f"checked by as many processes as there are cores. The aim is at most {TARGET:g} for `everystep check`.",
        "Processor time is that of all processes together; where other work keeps the cores busy, a second process",
        f"gains nothing (load at the end of this run: {load:.1f}, with {os.cpu_count()} cores).",
        "",
        "| command | time / import sympy | processor time / import sympy |",
        "| --- | --- | --- |",
    ]
    for name, runs in measured.items():
        cells = [
            f"{statistics.median(times) / one:.2f} ({min(times) / one:.2f} to {max(times) / one:.2f})"
            for times, one in zip(zip(*runs, strict=True), base, strict=True)
        ]
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"
