"""What the reader makes of a formula, in plain text, with its verdict: a table that a newcomer extends by one line.

A line of ``readings.jsonl`` has a ``text`` (declarations and displays) and its ``steps``: the verdict, the claim as it
was read, or the message of a step that cannot be read.  A step that the prover may come to decide is written ``tested``
and may become ``proved``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from everystep.documents.check import check_text
from everystep.documents.options import Options
from render.reading import reading, shown

ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "readings.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{k}: {row['text'][:40]}") for k, row in enumerate(ROWS)])
def test_a_formula_is_read_as_it_is_meant(row: dict[str, Any]) -> None:
    report = check_text(row["text"], Options(show=shown, describe=reading))
    found = [(step.status, step.read[0] if step.read else step.verdict.message) for step in report.steps]
    assert [read for _, read in found] == [read for _, read in row["steps"]]
    for (status, read), (expected, _) in zip(found, row["steps"], strict=True):
        allowed = {"tested", "proved"} if expected == "tested" else {expected}
        assert str(status) in allowed, read


def test_there_are_readings_of_every_verdict() -> None:
    seen = {status for row in ROWS for status, _ in row["steps"]}
    assert {"proved", "refuted", "unreadable", "assumed", "tested"} <= seen
