"""Several documents at a time, each in a process of its own.

May import the report's data types.  Loaded only where more than one process is asked for: a start without it is faster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from everystep.documents.result import DocumentReport


def in_processes(
    files: Sequence[Path], work: Callable[[Path], DocumentReport], jobs: int, show: Callable[[str], None]
) -> list[DocumentReport]:
    """The reports in the order of the files; ``show`` gets a line that says how far the work is."""
    found: list[DocumentReport | None] = [None] * len(files)
    with ProcessPoolExecutor(min(jobs, len(files)), mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(work, file) for file in files]
        for number, future in enumerate(futures):
            show(f"checking: {number} of {len(files)} files")
            found[number] = _result(future)
    # One process that ends takes the others' work with it: what has no report is checked in a process of its own.
    reports = []
    for file, report in zip(files, found, strict=True):
        if report is None:
            show(f"checking {file} again")
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                report = _result(pool.submit(work, file))
        reports.append(report or DocumentReport(str(file), failed="the process that checked it ended without a report"))
    return reports


def _result(future: Future[DocumentReport]) -> DocumentReport | None:
    try:
        return future.result()
    except (OSError, RuntimeError, MemoryError):  # a broken pool is a RuntimeError
        return None
