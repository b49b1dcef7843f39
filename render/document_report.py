"""What ``check`` prints of a document in the terminal: a line a step, and below what is wrong why it is.

The lines are plain data with a colour each, so that a test reads them and a file gets them without colour.  What comes
out of the author's file is shown without control characters.  May import the report's data types only; starts fast.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from everystep.documents.result import DocumentReport, StepReport
from everystep.prove.verdict import Counterexample, Status, Table, Trial, Verdict
from everystep.reader.source import Place

WIDTH = 110
NARROWEST_FORMULA = 24
SIZES_SHOWN = 4
_STATUS_WIDTH = len(Status.UNREADABLE)
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@dataclass(frozen=True)
class Line:
    """One line of the report; ``colour`` is a name that click knows, or None."""

    text: str
    colour: str | None = None
    bold: bool = False


def plain(text: str) -> str:
    """One line of text: every run of white space is a space, what could steer a terminal is a replacement mark."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join("\ufffd" if unicodedata.category(c) in _CONTROL else c for c in words)


def document_lines(report: DocumentReport, *, width: int = WIDTH, only_wrong: bool = False) -> Iterator[Line]:
    """The report of one file.  ``only_wrong``: leave out the steps that are neither wrong nor unreadable."""
    yield Line(plain(report.file), bold=True)
    if report.failed:
        yield Line(f"  cannot be read: {plain(report.failed)}", "yellow", True)
        return
    shown = [s for s in report.steps if not only_wrong or s.status.is_wrong or s.status is Status.UNREADABLE]
    places = {id(step): place_text(step.place, report.file) for step in shown}
    place_width = max(map(len, places.values()), default=0)
    heading = ""
    for step in shown:
        here = heading_text(step)
        if here and here != heading:
            yield Line(f"  {here}")
        heading = here
        yield step_line(step, places[id(step)], place_width, width)
        indent = " " * (place_width + 4)
        yield from (Line(indent + text, _colour(step.status)) for text in details(step))
    if not only_wrong:
        for remark in report.remarks:
            yield Line(f"  {place_text(remark.place, report.file)}  note: {plain(remark.message)}")
    yield Line(f"  {counts_text(report.summary())}", bold=True)


def all_lines(
    reports: Sequence[DocumentReport], *, width: int = WIDTH, only_wrong: bool = False, several: bool = False
) -> Iterator[Line]:
    """The reports of all files, and of several their sum."""
    for report in reports:
        yield from document_lines(report, width=width, only_wrong=only_wrong)
    if several or len(reports) != 1:
        yield total_line(reports)


def total_line(reports: Sequence[DocumentReport]) -> Line:
    """The sum over all files."""
    unread = sum(bool(report.failed) for report in reports)
    files = f"{len(reports)} file{'s' if len(reports) != 1 else ''}"
    more = f", {unread} of them could not be read" if unread else ""
    return Line(f"in all: {files}{more}: {counts_text(total(reports))}", bold=True)


def total(reports: Iterable[DocumentReport]) -> dict[str, int]:
    """How many steps of all files have each verdict."""
    counts = DocumentReport("").summary()
    for report in reports:
        for status, count in report.summary().items():
            counts[status] += count
    return counts


def counts_text(counts: dict[str, int]) -> str:
    """``12 proved, 1 refuted``, verdicts that do not occur left out."""
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "no steps"


def heading_text(step: StepReport) -> str:
    """What names the derivation: ``problem 3.3 (Question 3, part b)``."""
    problem, where = plain(step.problem), plain(step.where)
    if not problem:
        return where
    return f"problem {problem}" + (f" ({where})" if where and where != problem else "")


def place_text(place: Place, file: str) -> str:
    """``41:5``; with its file where that is an included one."""
    here = f"{place.line}:{place.column}"
    return here if place.file in (file, "") else f"{plain(place.file)}:{here}"


def step_line(step: StepReport, place: str, place_width: int, width: int = WIDTH) -> Line:
    """``41:5  refuted  left = right  method``."""
    head = f"  {place:<{place_width}}  {step.status:<{_STATUS_WIDTH}}  "
    how = how_text(step.verdict)
    room = max(NARROWEST_FORMULA, width - len(head) - len(how) - 2)
    text = f"{head}{claim_text(step, room)}"
    return Line(f"{text}  {how}".rstrip(), _colour(step.status), step.status.is_wrong)


def claim_text(step: StepReport, room: int) -> str:
    """Both sides as the author wrote them, shortened to ``room`` characters."""
    left, right, relation = plain(step.lhs), plain(step.rhs), plain(step.relation)
    sides = max(2, room - len(relation) - 2)
    if len(left) + len(right) > sides:
        half = sides // 2
        left_room = max(half, sides - len(right))
        left, right = _shortened(left, left_room), _shortened(right, max(half, sides - len(left)))
    return " ".join(part for part in (left, relation, right) if part)


def how_text(verdict: Verdict) -> str:
    """How it was decided, and what that leaves to the reader."""
    parts = [plain(verdict.method)] if verdict.method else []
    if verdict.status is Status.TESTED and verdict.trials:
        parts.append(f"{len(verdict.trials)} sample{'s' if len(verdict.trials) != 1 else ''}")
    if verdict.conditions and not verdict.status.is_wrong:
        parts.append(f"provided that {plain(', '.join(verdict.conditions))}")
    return "; ".join(parts)


def details(step: StepReport) -> Iterator[str]:
    """What is said below a step: the counterexample, the hint, the message; of a tested one the sizes."""
    verdict = step.verdict
    if verdict.counterexample is not None:
        yield from example_lines(verdict.counterexample)
    if step.hint:
        yield f"hint: {plain(step.hint)}"
    if verdict.message and verdict.status is not Status.PROVED:
        yield plain(verdict.message)
    if verdict.status is Status.TESTED and verdict.trials:
        yield f"both sides agree at {trial_sizes(verdict.trials)}"


def sizes_text(sizes: Iterable[tuple[str, int]]) -> str:
    """``n=2, d=1``."""
    return ", ".join(f"{plain(name)}={value}" for name, value in sizes) or "no sizes"


def trial_sizes(trials: Sequence[Trial]) -> str:
    """The sizes of the samples, each once, the first few."""
    sizes = list(dict.fromkeys(sizes_text(trial.sizes) for trial in trials))
    more = len(sizes) - SIZES_SHOWN
    return "; ".join(sizes[:SIZES_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def example_lines(example: Counterexample) -> Iterator[str]:
    """The counterexample, so that a person can redo it."""
    kind = "" if example.exact else ", in rigorous intervals"
    yield f"counterexample at {sizes_text(example.sizes)}{kind}:"
    for name, table in example.symbols:
        yield from _table(name, table)
    if example.note:
        yield f"  {plain(example.note)}"
    yield from _table("left side", example.left)
    yield from _table("right side", example.right)


def explanation(step: StepReport) -> str:
    """One step in full: what was read, the verdict and its evidence."""
    return "\n".join(_explained(step)) + "\n"


def _explained(step: StepReport) -> Iterator[str]:
    title = ", ".join(part for part in (heading_text(step), f"step {step.number}") if part)
    yield f"{plain(str(step.place))}: {title}"
    yield ""
    yield "As written"
    yield f"  {' '.join(part for part in map(plain, (step.lhs, step.relation, step.rhs)) if part)}"
    if step.read:
        yield ""
        yield "As read"
        for line in step.read:
            yield f"  {_kept(line)}"
    verdict = step.verdict
    yield ""
    yield f"Verdict: {verdict.status}"
    if verdict.message:
        yield f"  {plain(verdict.message)}"
    if step.hint:
        yield f"  hint: {plain(step.hint)}"
    if verdict.status not in (Status.UNREADABLE, Status.ASSUMED):
        duties = verdict.obligations
        yield f"  shapes: {duties.shapes}; defined: {duties.definedness}; values: {duties.values}"
    if verdict.method:
        yield f"  method: {plain(verdict.method)}"
    if verdict.rules:
        yield f"  rules: {plain(', '.join(dict.fromkeys(verdict.rules)))}"
    if verdict.conditions:
        yield f"  provided that: {plain('; '.join(verdict.conditions))}"
    if verdict.trials:
        yield "  both sides agree in exact evaluation at:"
        for trial in verdict.trials:
            yield f"    {sizes_text(trial.sizes)}  (seed {trial.seed}, {plain(trial.arithmetic)})"
    if verdict.counterexample is not None:
        yield from (f"  {line}" for line in example_lines(verdict.counterexample))


def _table(name: str, table: Table) -> Iterator[str]:
    head = f"  {plain(name)} = "
    rows = [[plain(entry) for entry in row] for row in table]
    if len(rows) <= 1:
        row = rows[0] if rows else []
        yield head + (row[0] if len(row) == 1 else f"[{', '.join(row)}]")
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for i, row in enumerate(rows):
        cells = "  ".join(entry.rjust(w) for entry, w in zip(row, widths, strict=True))
        yield (head if i == 0 else " " * len(head)) + f"[{cells}]"


def _kept(line: str) -> str:
    """A line of ours about the author's text: its indent is kept."""
    return " " * (len(line) - len(line.lstrip(" "))) + plain(line)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(1, limit - 1)].rstrip() + "…"


def _colour(status: Status) -> str | None:
    if status.is_wrong:
        return "red"
    return {Status.PROVED: "green", Status.UNREADABLE: "yellow"}.get(status)
