"""The cold start: ``everystep check`` of the whole catalogue against ``python -c "import sympy"``."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

TITLE = "A cold check of the catalogue"
ROUNDS = 15
TARGET = 6.0

COMMANDS = {
    "import sympy": [sys.executable, "-c", "import sympy"],
    "everystep check": [sys.executable, "-c", "from render.cli import main; main()", "check"],
    "everystep check --wrong": [sys.executable, "-c", "from render.cli import main; main()", "check", "--wrong"],
}


ROOT = Path(__file__).resolve().parent.parent
# Byte code is written and used, as on the machine of a user.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str]) -> float:
    """Wall time of one run; raises CalledProcessError when it finds a wrong verdict or fails."""
    started = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=ENVIRONMENT)
    return perf_counter() - started


def size() -> tuple[int, int]:
    """How many steps and checks of answers the catalogue has."""
    import derivations

    problems = derivations.problems().values()
    return sum(len(p.derivation.steps) for p in problems), sum(len(p.checks) for p in problems)


def run() -> str:
    """The section: medians and ranges of interleaved runs, as multiples of importing SymPy."""
    measured: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for command in COMMANDS.values():
        seconds(command)  # byte code and file cache
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            measured[name].append(seconds(command))
    base = statistics.median(measured["import sympy"])
    steps, checks = size()
    lines = [
        f"The catalogue has {steps} steps and {checks} checks of answers. Only byte code is kept on disk.",
        "",
        f"Each command in a process of its own, {ROUNDS} interleaved rounds, start-up included. A time is the median,",
        'as a multiple of the median of `python -c "import sympy"`, with the range in parentheses. The derivations are',
        f"checked by as many processes as there are cores. The aim is at most {TARGET:g} for `everystep check`.",
        "",
        "| command | time / import sympy |",
        "| --- | --- |",
    ]
    for name, times in measured.items():
        low, middle, high = (value / base for value in (min(times), statistics.median(times), max(times)))
        lines.append(f"| `{name}` | {middle:.2f} ({low:.2f} to {high:.2f}) |")
    return "\n".join(lines) + "\n"
