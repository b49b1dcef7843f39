"""What ``check`` prints of a document in the terminal: a line a step, and below what is wrong why it is.

The lines are plain data with a colour each, so that a test reads them and a file gets them without colour.  May import
the report's data types and ``render.evidence_text``; starts fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from everystep.documents.relevance import spoken_of
from everystep.documents.result import DocumentReport, StepReport
from everystep.prove.verdict import Status, Verdict
from everystep.reader.source import Place
from render.evidence_text import evidence_lines, example_lines, plain, trial_sizes

WIDTH = 110
NARROWEST_FORMULA = 24
NO_STEPS = r": only displayed formulas are checked (\[ \], $$ $$, equation, align, ...)"
_STATUS_WIDTH = len(Status.UNREADABLE)


@dataclass(frozen=True)
class Line:
    """One line of the report; ``colour`` is a name that click knows, or None."""

    text: str
    colour: str | None = None
    bold: bool = False


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
    yield Line(f"  {counts_text(report.summary())}{'' if report.steps else NO_STEPS}", bold=True)


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
    """``41:5  tested  left = right  3 samples``."""
    head = f"  {place:<{place_width}}  {step.status:<{_STATUS_WIDTH}}  "
    how = how_text(step.verdict)
    room = max(NARROWEST_FORMULA, width - len(head) - len(how) - 2)
    text = f"{head}{claim_text(step, room)}"
    return Line(f"{text}  {how}".rstrip(), _colour(step.status), step.status.is_wrong)


def claim_text(step: StepReport, room: int) -> str:
    """Both sides as the author wrote them, shortened to ``room`` characters; empty where nothing was read."""
    left, right, relation = plain(step.lhs), plain(step.rhs), plain(step.relation)
    if not left and not right:
        return ""
    sides = max(2, room - len(relation) - 2)
    if len(left) + len(right) > sides:
        half = sides // 2
        left_room = max(half, sides - len(right))
        left, right = _shortened(left, left_room), _shortened(right, max(half, sides - len(left)))
    return " ".join(part for part in (left, relation, right) if part)


def how_text(verdict: Verdict) -> str:
    """What a verdict that is no claim of a mistake leaves to the reader."""
    parts = []
    if verdict.status is Status.TESTED and verdict.trials:
        parts.append(f"{len(verdict.trials)} sample{'s' if len(verdict.trials) != 1 else ''}")
    if verdict.conditions and not verdict.status.is_wrong:
        parts.append(f"provided that {plain(', '.join(verdict.conditions))}")
    return "; ".join(parts)


def details(step: StepReport) -> Iterator[str]:
    """What is said below a step: the message, the counterexample, the hint; of a tested one the sizes."""
    verdict = step.verdict
    if verdict.message and verdict.status is not Status.PROVED:
        yield plain(verdict.message)
    if verdict.counterexample is not None:
        yield from example_lines(verdict.counterexample, sizes_that_matter(step))
    if verdict.status is Status.TESTED and verdict.trials:
        yield f"both sides agree at {trial_sizes(verdict.trials)}"
    if step.hint:
        yield f"hint: {plain(step.hint)}"


def sizes_that_matter(step: StepReport) -> frozenset[str] | None:
    """The sizes and indices that a claim speaks of; None, for all, where it is not known what was read."""
    return None if step.claim is None or step.context is None else spoken_of(step.claim, step.context)


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
        yield from (f"  {line}" for line in evidence_lines(verdict, sizes_that_matter(step)))


def _kept(line: str) -> str:
    """A line of ours about the author's text: its indent is kept."""
    return " " * (len(line) - len(line.lstrip(" "))) + plain(line)


def _shortened(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: max(1, limit - 1)].rstrip() + "…"


def _colour(status: Status) -> str | None:
    if status.is_wrong:
        return "red"
    return {Status.PROVED: "green", Status.UNREADABLE: "yellow"}.get(status)
