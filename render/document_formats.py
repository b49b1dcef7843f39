"""The report of a check of documents for programs: JSON, GitHub's workflow commands, SARIF 2.1.0.

All of them depend on the reports alone: two runs over the same files give the same bytes.  May import the report's data
types and ``render.document_report``; starts fast.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote

from everystep import __version__
from everystep.documents.result import DocumentReport, Remark, StepReport
from everystep.prove.verdict import Counterexample, Status, Table
from everystep.reader.source import Place
from render.document_report import counts_text, heading_text, sizes_that_matter, total
from render.evidence_text import (
    gradient_json,
    note_text,
    own_sizes,
    place_text,
    plain,
    sides_of,
    spelled,
    trial_sizes,
    value_text,
)

READING_SECONDS = 3.0
"""For what was read of the steps of a file: some ten thousand of them, more than stand in any document."""
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MEANING = {
    Status.PROVED: "The step holds for all sizes and all values that meet the hypotheses.",
    Status.REFUTED: "The two sides differ at an instance that meets the hypotheses.",
    Status.TESTED: "No proof and no counterexample was found; both sides agree where they were evaluated.",
    Status.ASSUMED: "The author marked the step as assumed.",
    Status.ILL_TYPED: "The shapes of the operands do not fit.",
    Status.UNDEFINED: "A side has no value under the hypotheses.",
    Status.UNREADABLE: "The step could not be read: the text does not parse, or a symbol has no declaration.",
}


def _level(status: Status) -> str:
    if status.is_wrong:
        return "error"
    return {Status.UNREADABLE: "warning", Status.TESTED: "note"}.get(status, "none")


# JSON ------------------------------------------------------------------------------------------


def as_json(reports: Sequence[DocumentReport], *, several: bool = False) -> str:
    """The report as JSON text: an object, or of several files a list of such objects."""
    data = [document_json(report) for report in reports]
    one = len(data) == 1 and not several
    return _json(data[0] if one else data)


def _json(data: object) -> str:
    """Readable; a file name that is no UTF-8 gets the escapes that JSON has for it."""
    text = json.dumps(data, indent=1, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def document_json(report: DocumentReport) -> dict[str, Any]:
    """One file.  ``remarks`` and ``error`` stand there only when there is something to say."""
    until = perf_counter() + READING_SECONDS
    result: dict[str, Any] = {
        "file": report.file,
        "steps": [step_json(step, shown=perf_counter() < until) for step in report.steps],
        "summary": report.summary(),
    }
    if report.remarks:
        result["remarks"] = [
            {"file": r.place.file, "line": r.place.line, "column": r.place.column, "message": r.message}
            for r in report.remarks
        ]
    if report.failed:
        result["error"] = report.failed
    return result


def step_json(step: StepReport, *, shown: bool = True) -> dict[str, Any]:
    """One step: the keys of the format page, then what else is known of it.  ``shown``: with what was read."""
    verdict = step.verdict
    example = verdict.counterexample
    sizes = own_sizes(example.sizes if example else verdict.trials[-1].sizes if verdict.trials else ())
    return {
        "problem": step.problem,
        "line": step.place.line,
        "column": step.place.column,
        "relation": step.relation,
        "lhs": step.lhs,
        "rhs": step.rhs,
        "verdict": str(step.status),
        "method": verdict.method,
        "sizes": dict(sizes),
        "message": verdict.message,
        "counterexample": None if example is None else _example_json(example),
        "step": step.number,
        "file": step.place.file,
        "where": step.where,
        "hint": step.hint,
        "read": list(step.read) if shown else ["not shown: the report has too many steps"],
        "conditions": list(verdict.conditions),
        "samples": len(verdict.trials),
        "gradient": gradient_json(verdict.gradient),
        "note": example.note if example else "",
    }


def _example_json(example: Counterexample) -> dict[str, Any]:
    return {
        "symbols": {name: [list(row) for row in table] for name, table in example.symbols},
        "lhs": _value_json(example.left),
        "rhs": _value_json(example.right),
    }


def _value_json(table: Table) -> str:
    """``3/2`` for a number, ``[[1, 2], [3, 4]]`` for a matrix."""
    if len(table) == 1 and len(table[0]) == 1:
        return table[0][0]
    rows = (f"[{', '.join(row)}]" for row in table)
    return f"[{', '.join(rows)}]"


# one sentence for a step -----------------------------------------------------------------------


def message_text(step: StepReport) -> str:
    """The claim, why it is wrong or undecided, and the counterexample: a few lines of plain text."""
    return "\n".join(_message(step))


def _message(step: StepReport) -> Iterator[str]:
    verdict = step.verdict
    yield " ".join(part for part in map(plain, (step.lhs, step.relation, step.rhs)) if part)
    if step.hint:
        yield f"hint: {plain(step.hint)}"
    if verdict.message:
        yield plain(verdict.message)
    example = verdict.counterexample
    if example is not None:
        values = [f"{spelled(name)} = {value_text(table)}" for name, table in example.symbols]
        yield f"{place_text(example, sizes_that_matter(step))}: {'; '.join(values) or 'no symbols'}"
        if example.note:
            yield note_text(example)
        left, right = sides_of(example)
        yield f"left side {value_text(left)}" + (f", right side {value_text(right)}" if right else "")
    elif verdict.status is Status.TESTED and verdict.trials:
        yield f"both sides agree on {len(verdict.trials)} samples, at {trial_sizes(verdict.trials)}"


def title_text(step: StepReport) -> str:
    """``refuted: problem 3.3, step 2``."""
    where = ", ".join(part for part in (heading_text(step), f"step {step.number}") if part)
    return f"{step.status}: {where}"


# GitHub ----------------------------------------------------------------------------------------

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def as_github(reports: Sequence[DocumentReport]) -> str:
    """Workflow commands that annotate the changed lines, then the sum."""
    lines = []
    for report in reports:
        if report.failed:
            lines.append(_command("error", Place(report.file, 1, 1), "cannot be read", plain(report.failed)))
        for step in report.steps:
            command = _COMMANDS.get(_level(step.status))
            if command is not None:
                lines.append(_command(command, step.place, title_text(step), message_text(step)))
        lines += [_command("notice", remark.place, "not read", plain(remark.message)) for remark in report.remarks]
    lines.append(f"everystep: {counts_text(total(reports))}")
    return "\n".join(lines) + "\n"


def _command(name: str, place: Place, title: str, message: str) -> str:
    properties = {
        "file": _relative(place.file),
        "line": str(max(1, place.line)),
        "col": str(max(1, place.column)),
        "title": f"everystep: {title}",
    }
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{name} {listed}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C").encode("utf-8", "replace").decode()


def _relative(file: str) -> str:
    """The path as the repository knows it, where the file lies below the working directory."""
    path = Path(os.path.normpath(Path.cwd() / file))
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else path.as_posix()


# SARIF -----------------------------------------------------------------------------------------


def as_sarif(reports: Sequence[DocumentReport]) -> str:
    """One run of SARIF 2.1.0: the verdicts are its rules, what is wrong, unreadable or only tested its results."""
    seen: dict[str, int] = {}
    results = [_result(step, seen) for report in reports for step in report.steps if _level(step.status) != "none"]
    notifications = [_notification("error", Remark(r.failed, Place(r.file, 1, 1))) for r in reports if r.failed]
    notifications += [_notification("note", remark) for report in reports for remark in report.remarks]
    invocation: dict[str, Any] = {"executionSuccessful": not any(report.failed for report in reports)}
    if notifications:
        invocation["toolExecutionNotifications"] = notifications
    run = {
        "tool": {"driver": {"name": "everystep", "version": __version__, "rules": [_rule(s) for s in Status]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    return _json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(status: Status) -> dict[str, Any]:
    return {
        "id": str(status),
        "name": "".join(word.capitalize() for word in str(status).split("-")),
        "shortDescription": {"text": MEANING[status]},
        "defaultConfiguration": {"level": _level(status)},
    }


def _result(step: StepReport, seen: dict[str, int]) -> dict[str, Any]:
    # Not the line: the same step is the same result when text is added above it.
    same = "\0".join((_uri(step.place.file), step.problem, plain(step.lhs), step.relation, plain(step.rhs)))
    seen[same] = seen.get(same, 0) + 1
    fingerprint = hashlib.sha256(f"{same}\0{seen[same]}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "ruleId": str(step.status),
        "ruleIndex": list(Status).index(step.status),
        "level": _level(step.status),
        "message": {"text": f"{title_text(step)}\n{message_text(step)}"},
        "locations": [_location(step.place)],
        "partialFingerprints": {"everystepStep/v1": fingerprint},
    }


def _notification(level: str, remark: Remark) -> dict[str, Any]:
    return {"level": level, "message": {"text": plain(remark.message)}, "locations": [_location(remark.place)]}


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": max(1, place.line), "startColumn": max(1, place.column)}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": region}}


def _uri(file: str) -> str:
    path = _relative(file)
    escaped = quote(os.fsencode(path))
    return f"file://{escaped}" if path.startswith("/") else escaped
