"""The corpus of documents: what is expected of each step, what is found, and the ledger of what is still open.

``python -m tests.documents.corpus`` lists what is not as expected; with ``--ledger`` it writes open.jsonl anew: entries
that have become right are dropped, new ones get the checker's message as their reason.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from everystep.documents.check import check_file
from everystep.documents.options import Options
from everystep.documents.result import DocumentReport, StepReport

HOME = Path(__file__).resolve().parent
LEDGER = HOME / "open.jsonl"
BUDGET = 1.0  # seconds a step

AS_EXPECTED = {
    "true": {"proved"},
    "false": {"refuted", "ill-typed", "undefined"},
    "ill-typed": {"ill-typed"},
    "undefined": {"undefined", "refuted"},
    "assumed": {"assumed"},
}
WRONG = {
    "true": {"refuted", "ill-typed", "undefined"},
    "false": {"proved"},
    "ill-typed": {"proved"},
    "undefined": {"proved"},
    "assumed": set[str](),
}


@dataclass(frozen=True, order=True)
class Key:
    """A step of the corpus."""

    file: str
    problem: str
    step: int

    def __str__(self) -> str:
        return f"{self.file} {self.problem} {self.step}"


@dataclass(frozen=True)
class Outcome:
    """What is expected of a step and what was found; no step where the report has none of that number."""

    key: Key
    expected: str
    step: StepReport | None

    @property
    def found(self) -> str:
        return "missing" if self.step is None else str(self.step.status)

    @property
    def is_right(self) -> bool:
        return self.found in AS_EXPECTED[self.expected]

    @property
    def is_wrong(self) -> bool:
        """A claim that is false: worse than none."""
        return self.found in WRONG[self.expected]

    def __str__(self) -> str:
        said = "" if self.step is None else f": {self.step.lhs} {self.step.relation} {self.step.rhs}"
        message = "" if self.step is None else f" ({self.step.verdict.message})"
        return f"{self.key}: expected {self.expected}, found {self.found}{said}{message}"


def records(path: Path) -> Iterator[dict[str, object]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def key_of(record: dict[str, object]) -> Key:
    return Key(str(record["file"]), str(record["problem"]), int(str(record["step"])))


@cache
def expected() -> dict[Key, str]:
    """The steps of expected.jsonl in its order."""
    return {key_of(r): str(r["expected"]) for r in records(HOME / "expected.jsonl") if "file" in r}


@cache
def files() -> tuple[str, ...]:
    return tuple(dict.fromkeys(key.file for key in expected()))


@cache
def report(file: str) -> DocumentReport:
    return check_file(HOME / file, Options(BUDGET))


@cache
def outcomes(file: str) -> tuple[Outcome, ...]:
    """One outcome for every step that is expected in a file."""
    found = {(step.problem, step.number): step for step in report(file).steps}
    return tuple(
        Outcome(key, wanted, found.get((key.problem, key.step)))
        for key, wanted in expected().items()
        if key.file == file
    )


def unexpected_steps(file: str) -> list[StepReport]:
    """Steps that the report has and the list of expected ones has not."""
    known = {(key.problem, key.step) for key in expected() if key.file == file}
    return [step for step in report(file).steps if (step.problem, step.number) not in known]


def ledger() -> dict[Key, str]:
    """The steps that are not yet as expected, with the reason."""
    return {key_of(r): str(r["reason"]) for r in records(LEDGER)}


def reason(outcome: Outcome) -> str:
    if outcome.step is None:
        return "not found as a step"
    message = outcome.step.verdict.message.replace("; both sides agree on every instance tried", "")
    return f"{outcome.found}: {message}" if message else outcome.found


def write_ledger() -> None:
    known = ledger() if LEDGER.exists() else {}
    lines = [
        json.dumps(
            {
                "file": o.key.file,
                "problem": o.key.problem,
                "step": o.key.step,
                "expected": o.expected,
                "reason": known.get(o.key) or reason(o),
            },
            ensure_ascii=False,
        )
        for file in files()
        for o in outcomes(file)
        if not o.is_right and not o.is_wrong
    ]
    LEDGER.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def main() -> None:
    everything = [o for file in files() for o in outcomes(file)]
    for outcome in everything:
        if not outcome.is_right:
            print(f"{'WRONG ' if outcome.is_wrong else ''}{outcome}")
    print(f"{sum(o.is_right for o in everything)} of {len(everything)} as expected")
    if "--ledger" in sys.argv:
        write_ledger()


if __name__ == "__main__":
    main()
