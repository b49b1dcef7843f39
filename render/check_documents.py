"""``check`` and ``explain`` for documents: which files, in which processes, in which format, with which exit status.

What reads a file is handed in by the command line, which alone loads it.  May
import the report's data types and the modules that print them; starts fast: what only some checks need is loaded there.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TextIO, TypeAlias

from everystep.documents.options import Options
from everystep.documents.result import DocumentReport, StepReport
from everystep.prove.verdict import Status
from render import document_report
from render.document_paths import SUFFIXES, DocumentError, below, documents
from render.document_report import Line

CheckFile: TypeAlias = Callable[[Path, Options], DocumentReport]
Stamps: TypeAlias = dict[Path, tuple[int, int]]

FORMATS = ("text", "json", "github", "sarif")
FAIL_ON = ("never", "refuted", "unreadable", "tested")
"""From the mildest to the strictest; the third is what the exit status says when nothing is asked."""
USUAL = "unreadable"
OK, WRONG, BAD = 0, 1, 2
POLL_SECONDS = 0.5
LINES_SHOWN = 12
WIDTH = document_report.WIDTH


# checking --------------------------------------------------------------------------------------


class Progress:
    """One line on a terminal that says how far the check is; nothing where the stream is none."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._shown = self._stream.isatty()

    def show(self, text: str) -> None:
        """Put ``text`` in the place of what was shown."""
        if self._shown:
            self._stream.write(f"\r\x1b[K{document_report.plain(text)[:100]}")
            self._stream.flush()

    def clear(self) -> None:
        """Leave no trace."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def check_documents(
    files: Sequence[Path], check_file: CheckFile, options: Options, *, jobs: int = 1, progress: Progress | None = None
) -> list[DocumentReport]:
    """The reports in the order of the files, in up to ``jobs`` processes."""
    progress = progress if progress is not None else Progress()
    try:
        if min(jobs, len(files)) > 1:
            from render.processes import in_processes

            return in_processes(files, partial(check_file, options=options), jobs, progress.show)
        return list(_one_by_one(files, check_file, options, progress))
    finally:
        progress.clear()


def _one_by_one(
    files: Sequence[Path], check_file: CheckFile, options: Options, progress: Progress
) -> Iterator[DocumentReport]:
    for number, file in enumerate(files, 1):
        head = f"checking {file}" + (f" ({number} of {len(files)})" if len(files) > 1 else "")
        progress.show(head)
        steps = 0

        def on_step(step: StepReport, head: str = head) -> None:
            nonlocal steps
            steps += 1
            progress.show(f"{head}: {steps} steps, line {step.place.line}")

        yield check_file(file, replace(options, on_step=on_step))


# the outcome -----------------------------------------------------------------------------------


def exit_status(reports: Sequence[DocumentReport], fail_on: str = USUAL) -> int:
    """The exit status of a check.

    1 when a step is wrong (refuted, ill-typed, undefined); else 2 when one is unreadable, or a file is.
    ``never``: only a file that cannot be read counts; ``refuted``: unreadable steps do not count; ``tested``:
    a step that is only tested counts as a wrong one.
    """
    strictness = FAIL_ON.index(fail_on)
    statuses = {step.status for report in reports for step in report.steps}
    wrong = {status for status in Status if status.is_wrong}
    if fail_on == "tested":
        wrong.add(Status.TESTED)
    if statuses & wrong and strictness >= FAIL_ON.index("refuted"):
        return WRONG
    unreadable = Status.UNREADABLE in statuses and strictness >= FAIL_ON.index("unreadable")
    return BAD if unreadable or any(report.failed for report in reports) else OK


def formatted(
    reports: Sequence[DocumentReport], kind: str, *, several: bool, only_wrong: bool, width: int
) -> list[Line]:
    """The whole report, as lines with their colours."""
    if kind == "text":
        return list(document_report.all_lines(reports, width=width, only_wrong=only_wrong, several=several))
    from render import document_formats

    writers: dict[str, Callable[[Sequence[DocumentReport]], str]] = {
        "json": partial(document_formats.as_json, several=several),
        "github": document_formats.as_github,
        "sarif": document_formats.as_sarif,
    }
    text = writers[kind](reports)
    return [Line(text.removesuffix("\n"))]


def total_text(report: DocumentReport) -> str:
    """``hw.tex: 12 proved, 1 refuted``."""
    return f"{document_report.plain(report.file)}: {document_report.counts_text(report.summary())}"


def failure_text(report: DocumentReport) -> str:
    """``hw.tex cannot be read: it is empty``."""
    return f"{document_report.plain(report.file)} cannot be read: {document_report.plain(report.failed)}"


def terminal_width() -> int:
    """The columns of the terminal, at least as many as a report in a file has."""
    return max(WIDTH, shutil.get_terminal_size().columns)


def change_line(changed: Sequence[Path]) -> str:
    """What separates a run of ``watch`` from the one before."""
    names = [document_report.plain(path.name) for path in changed]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"---- changed: {', '.join(names[:3])}{more} ".ljust(WIDTH, "-")


# watching --------------------------------------------------------------------------------------


def watch(
    paths: Sequence[Path],
    check: Callable[[Sequence[Path]], list[DocumentReport]],
    emit: Callable[[Sequence[DocumentReport], Sequence[Path]], None],
    *,
    fail_on: str = USUAL,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Check, and check again what changes, until Ctrl-C; the exit status of the last state.

    ``emit`` gets the reports of what was checked and the files that had changed (none the first time).
    """
    reports: dict[Path, DocumentReport] = {}
    stamps: Stamps = {}
    files: list[Path] = []
    try:
        todo = files = documents(paths)
        changed: list[Path] = []
        while True:
            # Taken before the check: what changes meanwhile is checked again.
            stamps = _stamps(paths, files, reports)
            if todo:
                reports |= dict(zip(todo, check(todo), strict=True))
                emit([reports[file] for file in todo], changed)
                stamps = {path: stamps.get(path, now) for path, now in _stamps(paths, files, reports).items()}
            changed = []
            while not changed:
                wait(POLL_SECONDS)
                changed = _changed(stamps, _stamps(paths, files, reports))
            before, files = files, _still_there(paths, files)
            known = [*before, *files]
            reports = {file: report for file, report in reports.items() if file in files}
            todo = [file for file in files if file not in reports or _concerns(changed, file, reports, known)]
    except KeyboardInterrupt:
        return exit_status([reports[file] for file in files if file in reports], fail_on)


def _still_there(paths: Sequence[Path], files: list[Path]) -> list[Path]:
    """The documents now; while an editor replaces one it may be gone for a moment, then those of before."""
    try:
        return documents(paths)
    except DocumentError:
        return files


def _stamps(paths: Sequence[Path], files: Sequence[Path], reports: dict[Path, DocumentReport]) -> Stamps:
    """Time and size of every file that is checked, that a report names, or that lies beside a checked one."""
    watched = {file.resolve() for file in files}
    watched |= {_used(step) for report in reports.values() for step in report.steps}
    for folder in {file.resolve().parent for file in files}:
        try:
            watched |= {path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES}
        except OSError:
            continue  # The folder is gone; its files are then gone, too.
    for path in paths:
        if path.is_dir():
            watched |= {file.resolve() for file in below(path)}
    stamps = {}
    for path in watched:
        try:
            found = path.stat()
        except OSError:
            continue
        stamps[path] = (found.st_mtime_ns, found.st_size)
    return stamps


def _used(step: StepReport) -> Path:
    return Path(step.place.file).resolve()


def _changed(before: Stamps, now: Stamps) -> list[Path]:
    return sorted(path for path in before.keys() | now.keys() if before.get(path) != now.get(path))


def _concerns(changed: Sequence[Path], file: Path, reports: dict[Path, DocumentReport], known: Sequence[Path]) -> bool:
    """Whether a document has to be checked again: it changed, or a file that it includes, or may include."""
    here = file.resolve()
    used = {_used(step) for step in reports[file].steps}
    own = {other.resolve() for other in known}
    return any(
        path == here or path in used or (path not in own and path.is_relative_to(here.parent)) for path in changed
    )


# explaining ------------------------------------------------------------------------------------


def explained(report: DocumentReport, line: int) -> tuple[str, int]:
    """The steps whose right side begins on a line, in full, and the exit status."""
    if report.failed:
        raise DocumentError(failure_text(report))
    own = [step for step in report.steps if step.place.file in (report.file, "")]
    steps = [step for step in own if step.place.line == line]
    if not steps:
        near = sorted(sorted({step.place.line for step in own}, key=lambda n: (abs(n - line), n))[:LINES_SHOWN])
        listed = ", ".join(map(str, near)) or "(none)"
        raise DocumentError(f"no right side of a step begins on line {line} of {report.file}; near it: lines {listed}")
    text = "\n".join(document_report.explanation(step) for step in steps)
    return text, exit_status([DocumentReport(report.file, tuple(steps))])
