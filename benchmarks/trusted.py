"""What one proof rests on: the lines of the normal form that are run while a statement is proved."""

from __future__ import annotations

import ast
import importlib
import multiprocessing
import random
import statistics
import sys
from collections.abc import Callable
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType

from benchmarks.prover import Row, rows
from everystep.derivation import Step
from everystep.prove import checker
from everystep.prove.verdict import Status
from tests.test_ledgers import GROUPS, ROOT, code_lines, files

TITLE = "What one proof rests on"
SAMPLE = 400
"""How many true statements of the tables, drawn with a fixed seed."""
SEED = 20261121
BUDGET = 20.0
"""Seconds a statement: lines are counted about ten times more slowly than they run."""

Line = tuple[str, int]
Trace = Callable[[FrameType, str, object], object]


def normal_form() -> list[Path]:
    """The modules that TRUSTED.md counts as the normal form."""
    return [
        file for group, places in GROUPS.items() if "normal form" in group for place in places for file in files(place)
    ]


@cache
def statements(file: str) -> dict[int, frozenset[int]]:
    """For each line of a file, the lines of the statement that it stands in; of a compound one, those of its head."""
    found: dict[int, frozenset[int]] = {}
    for node in ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))):
        if not isinstance(node, ast.stmt):
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        lines = frozenset(range(node.lineno, max(last, node.lineno) + 1))
        found.update(dict.fromkeys(lines, lines))
    return found


def lines_run(row: Row, modules: frozenset[str]) -> set[Line] | None:
    """The lines of the modules that are run while a statement is proved; None where it is not proved."""
    found: set[Line] = set()

    def line(frame: FrameType, event: str, _: object) -> object:
        if event == "line":
            found.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, _: object) -> object:
        return line if frame.f_code.co_filename in modules else None

    sys.settrace(call)
    try:
        verdict = checker.check_step(Step("trusted", row.claim, by=row.by), row.context, budget=BUDGET)
    finally:
        sys.settrace(None)
    if verdict.status is not Status.PROVED:
        return None
    return {(file, k) for file, at in found for k in statements(file).get(at, frozenset({at}))}


def _answer(row: Row, modules: frozenset[str], connection: Connection) -> None:
    connection.send(lines_run(row, modules))
    connection.close()


def run() -> str:
    """The section: how many lines a proof runs through, in a process of its own without the results of others."""
    modules = normal_form()
    for file in modules:
        if file.stem != "__init__":
            importlib.import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    names = frozenset(str(file) for file in modules)
    total = sum(code_lines(file.read_text(encoding="utf-8")) for file in modules)
    drawn = random.Random(SEED).sample([row for row in rows() if row.true], SAMPLE)
    fork = multiprocessing.get_context("fork")
    counts: list[int] = []
    together: set[Line] = set()
    for row in drawn:
        ours, theirs = fork.Pipe(duplex=False)
        process = fork.Process(target=_answer, args=(row, names, theirs))
        process.start()
        theirs.close()
        try:
            found = ours.recv()
        except EOFError:
            found = None
        process.join()
        if found is not None:
            counts.append(len(found))
            together |= found
    counts.sort()
    if not counts:
        raise RuntimeError("no statement of the sample is proved")
    middle, most = statistics.median(counts), counts[-1]
    usual = counts[int(0.95 * len(counts))]
    return (
        f"TRUSTED.md counts {total:,} lines of the normal form, for all that it decides. Of {SAMPLE} true statements\n"
        f"of the tables (seed {SEED}) {len(counts)} are proved. While one of them is proved, each in a process of its\n"
        f"own with nothing remembered, {middle:,.0f} of these lines are run at the median, {usual:,} at the 95th\n"
        f"percentile, {most:,} at most: those of every statement that is run, tries that lead nowhere among them, and\n"
        f"not the surface or the exact judge. All of them together run {len(together):,}."
    )
