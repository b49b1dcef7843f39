"""Reports of documents made by hand, in the place of the reader's; a checker that other processes can load."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from everystep.documents.options import USUAL, Options
from everystep.documents.result import DocumentReport, Remark, StepReport
from everystep.prove.verdict import Counterexample, Obligations, Status, Trial, Verdict
from everystep.reader.source import Place

EXAMPLE = Counterexample(
    (("n", 1), ("d", 2)),
    (("X", (("1", "2"),)), ("w", (("-1/2",), ("3",)))),
    (("11/2",), ("0",)),
    (("-11/2",), ("0",)),
    True,
)
TRIALS = (Trial((("n", 2), ("d", 1)), 3, "rationals"), Trial((("n", 1), ("d", 1)), 4, "rationals"))
VERDICTS = {
    Status.PROVED: Verdict(Status.PROVED, "normal form and exact", rules=("chain rule",), trials=TRIALS),
    Status.REFUTED: Verdict(Status.REFUTED, "exact", "the sides differ", counterexample=EXAMPLE),
    Status.TESTED: Verdict(Status.TESTED, "exact", "no proof was found", trials=TRIALS),
    Status.ASSUMED: Verdict(Status.ASSUMED, "author"),
    Status.ILL_TYPED: Verdict(
        Status.ILL_TYPED, "shapes", "product of n x d and n x 1", obligations=Obligations("do not fit")
    ),
    Status.UNDEFINED: Verdict(Status.UNDEFINED, "exact", "the inverse of a singular matrix"),
    Status.UNREADABLE: Verdict(Status.UNREADABLE, message="the symbol Q has no declaration"),
}
HINTS = {Status.REFUTED: "differs by a factor -1", Status.ILL_TYPED: "the transpose of X would fit"}


def step(
    status: Status,
    line: int = 4,
    column: int = 7,
    *,
    file: str = "hw.tex",
    number: int = 0,
    lhs: str = r"\nabla_w L",
    rhs: str = r"2 X^\top (y - Xw)",
    where: str = "",
    problem: str = "3.3",
) -> StepReport:
    """One step with a typical verdict."""
    return StepReport(
        Place(file, line, column),
        problem,
        number,
        "=",
        lhs,
        rhs,
        VERDICTS[status],
        where,
        HINTS.get(status, ""),
        partial(tuple, ("left side: ∇_w L, d x 1", "right side: 2 Xᵀ (y - X w), d x 1", "given: nothing")),
    )


def document(*statuses: Status, file: str = "hw.tex") -> DocumentReport:
    """A document with these verdicts, a line each."""
    steps = tuple(step(status, 4 + k, file=file, number=k) for k, status in enumerate(statuses))
    return DocumentReport(file, steps)


EVERY = document(*Status)
REMARKED = DocumentReport("hw.tex", EVERY.steps, (Remark("a table is not read", Place("hw.tex", 2, 1)),))
BROKEN = DocumentReport("bad.tex", failed="not UTF-8: byte 0xff at offset 3")


def check_file(path: Path, options: Options = USUAL) -> DocumentReport:
    """In the place of the reader: a step for each ``=`` whose right side names a verdict: ``a = refuted``."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return DocumentReport(str(path), failed=f"cannot be read ({type(error).__name__})")
    steps = []
    for row, line in enumerate(text.splitlines(), 1):
        for match in re.finditer(r"(\w+) *&?= *&?([a-z-]+)", line):
            if match[2] in set(Status):
                found = step(
                    Status(match[2]),
                    row,
                    match.start(2) + 1,
                    file=str(path),
                    number=len(steps),
                    lhs=match[1],
                    rhs=match[2],
                )
                steps.append(found)
                if options.on_step is not None:
                    options.on_step(found)
    return DocumentReport(str(path), tuple(steps))
