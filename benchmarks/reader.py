"""The reader: documents and steps a second, memory, the cold start of a homework, growth with the number of steps."""

from __future__ import annotations

import gc
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time

from everystep.documents.check import Checker, check_file
from everystep.prove.verdict import Status, Verdict
from everystep.reader.document import read_document

TITLE = "The reader: documents, steps, memory, cold start"
ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "documents"
ROUNDS = 11
TARGET_COLD, TARGET_RATE = 1.5, 300
LENGTHS = (125, 250, 500, 1000, 2000)

HEAD = r"""%! X \in \mathbb{R}^{n \times d}; y \in \mathbb{R}^{n}; w \in \mathbb{R}^{d}; \lambda > 0
%! A, B \in \mathbb{R}^{d \times d}
"""
PROBLEM = r"""
%! problem {number}
The gradient of the ridge loss, with $A$ and $B$ square:
\begin{{align*}}
\nabla_w \left( \|y - Xw\|^2 + \lambda \|w\|^2 \right) &= \nabla_w \|y - Xw\|^2 + 2 \lambda w \\
  &= -2 X^\top (y - Xw) + 2 \lambda w \\
  &= 2 (X^\top X + \lambda I) w - 2 X^\top y
\end{{align*}}
\[ \operatorname{{tr}}(A B) = \operatorname{{tr}}(B A) = \operatorname{{tr}}(A^\top B^\top) \]
"""
STEPS_A_PROBLEM = 5


def homework(steps: int) -> str:
    """A document of that many steps, all true."""
    return HEAD + "".join(PROBLEM.format(number=k) for k in range(steps // STEPS_A_PROBLEM))


class Reading(Checker):
    """Reads all, judges nothing."""

    def _judged(self, claim: object, context: object) -> Verdict:  # type: ignore[override]
        return Verdict(Status.TESTED, "none", "not judged")


def measured(files: list[Path]) -> tuple[int, float, float]:
    """Steps, seconds of reading alone, seconds of reading and judging; of the processor, whatever else it does."""
    started = process_time()
    for file in files:
        Reading().run(read_document(file))
    reading = process_time() - started
    started = process_time()
    steps = sum(len(check_file(file).steps) for file in files)
    return steps, reading, process_time() - started


def cold(commands: dict[str, list[str]]) -> dict[str, list[float]]:
    """Wall times of interleaved runs, each in a process of its own; byte code is kept, as after an installation."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(ROUNDS + 1):
        for name, command in commands.items():
            started = perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=False, env=environment)
            if turn:  # the first fills the file cache and writes byte code
                found[name].append(perf_counter() - started)
    return found


def peak(code: str, *arguments: str) -> float:
    """The most memory of a process that runs the code, in MB."""
    report = "; print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    done = subprocess.run([sys.executable, "-c", code + report, *arguments], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[-2]) / 1024


def run() -> str:
    files = sorted(p for p in CORPUS.rglob("*") if p.suffix in (".tex", ".md") and p.parent != CORPUS)
    check_file(files[0])
    gc.freeze()  # as the command line does when all is loaded
    steps, reading, all_of_it = measured(files)
    judging = all_of_it - reading
    single = sorted(step.verdict.seconds for file in files for step in check_file(file).steps)
    middle_step, slow_share = statistics.median(single), sum(single[-len(single) // 10 :]) / sum(single)
    with tempfile.TemporaryDirectory() as folder:
        growth = {}
        for length in LENGTHS:
            path = Path(folder) / f"homework-{length}.tex"
            path.write_text(homework(length), encoding="utf-8")
            growth[length] = measured([path])
        warm = min(measured([Path(folder) / "homework-500.tex"])[2] for _ in range(3))
        small = Path(folder) / "homework-20.tex"
        small.write_text(homework(20), encoding="utf-8")
        times = cold(
            {
                "import sympy": [sys.executable, "-c", "import sympy"],
                "everystep check, 20 steps": [sys.executable, "-c", CLI, "check", str(small)],
            }
        )
        long = str(Path(folder) / "homework-2000.tex")
        code = "import sys; from everystep.documents.check import Options, check_file"
        run_it = "; from pathlib import Path; check_file(Path(sys.argv[1]), Options(file_budget=600))"
        memory = peak(code), peak(code + run_it, long)
    base = statistics.median(times["import sympy"])
    lines = [
        f"The corpus of `tests/documents`: {len(files)} documents, {steps} steps, in one warm process, in seconds",
        "of the processor, judged with the default budget of 2 seconds a step, hints included. A median step takes",
        f"{1000 * middle_step:.1f} ms to judge; the slowest tenth takes {slow_share:.0%} of the time.",
        "",
        "| | documents a second | steps a second |",
        "| --- | --- | --- |",
        f"| reading alone | {len(files) / reading:.1f} | {steps / reading:.0f} |",
        f"| judging alone | {len(files) / judging:.1f} | {steps / judging:.0f} |",
        f"| both | {len(files) / all_of_it:.1f} | {steps / all_of_it:.0f} |",
        "",
        "A generated homework: chains of ridge regression and traces, every fifth step false. The same five steps",
        "stand in every problem, so that what the judges remember from one to the next helps.",
        f"Warm, 500 steps: {500 / warm:.0f} steps a second and core (aim: {TARGET_RATE}).",
        f"Memory with 2,000 steps: {memory[1]:.0f} MB at most; {memory[0]:.0f} MB before the document is read.",
        "",
        f"Cold, a process a run (byte code there), {ROUNDS} interleaved rounds: the median as a multiple of importing",
        f"SymPy, with the range (aim: {TARGET_COLD:g}).",
        "",
        "| command | time / import sympy |",
        "| --- | --- |",
    ]
    for name, values in times.items():
        low, middle, high = (value / base for value in (min(values), statistics.median(values), max(values)))
        lines.append(f"| `{name}` | {middle:.2f} ({low:.2f} to {high:.2f}) |")
    lines += ["", "| steps | reading, ms a step | reading and judging, ms a step |", "| --- | --- | --- |"]
    for length, (count, read, both) in growth.items():
        lines.append(f"| {length} | {1000 * read / count:.2f} | {1000 * both / count:.2f} |")
    exponents = [exponent({n: g[k] for n, g in growth.items()}) for k in (1, 2)]
    lines += [
        "",
        f"Exponents fitted to all lengths: reading {exponents[0]:.2f}, both {exponents[1]:.2f} (1 is linear).",
    ]
    return "\n".join(lines) + "\n"


CLI = "from render.cli import main; main()"


def exponent(times: dict[int, float]) -> float:
    """The slope of a line through the logarithms."""
    xs, ys = [math.log(n) for n in times], [math.log(t) for t in times.values()]
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
