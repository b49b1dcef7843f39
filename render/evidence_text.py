"""What decided a step, as lines of plain text: the counterexample with its values, the proof's rules, the samples.

Names are spelled as in formulas.  What comes out of an author's file is shown without control characters.  May import
the report's data types and ``render.names``; starts fast.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from everystep.prove.verdict import NEAR, Counterexample, GradientEvidence, Table, Trial, Verdict
from render.names import EVERY_INDEX, GREEK, parse_name, text_name

SIZES_SHOWN = 4
DIGITS_SHOWN = 6
_LEAST_EXPONENT = -12
ROUNDED = "rounded; the sides differ for certain"
_CONTROL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def plain(text: str) -> str:
    """One line of text: every run of white space is a space, what could steer a terminal is a replacement mark."""
    words = " ".join(text.split())
    if words.isprintable():
        return words
    return "".join("\ufffd" if unicodedata.category(c) in _CONTROL else c for c in words)


def spelled(name: str) -> str:
    """``λ`` for ``lambda``; a name that has no spelling as it is stored."""
    try:
        return plain(text_name(parse_name(name)))
    except ValueError:
        return plain(name)


def own_sizes(sizes: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Sizes and indices that the author has: without those that stand for all values of one in a hypothesis."""
    return [(name, value) for name, value in sizes if not name.startswith(EVERY_INDEX)]


def sizes_text(sizes: Iterable[tuple[str, int]], among: Collection[str] | None = None) -> str:
    """``n=2, d=1``; ``among``: only the sizes with these names."""
    shown = (f"{spelled(name)}={value}" for name, value in own_sizes(sizes) if among is None or name in among)
    return ", ".join(shown) or "no sizes"


def place_text(example: Counterexample, among: Collection[str] | None = None) -> str:
    """``counterexample at n=2, d=1``; where no size matters, ``counterexample``."""
    at = sizes_text(example.sizes, among)
    return "counterexample" if at == "no sizes" else f"counterexample at {at}"


def trial_sizes(trials: Sequence[Trial]) -> str:
    """The sizes of the samples, each once, the first few."""
    each = list(dict.fromkeys(sizes_text(trial.sizes) for trial in trials))
    more = len(each) - SIZES_SHOWN
    return "; ".join(each[:SIZES_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def value_text(table: Table) -> str:
    """On one line: ``3/2`` for a number, ``[1, 2]ᵀ`` for a column, ``[1 2; 3 4]`` for a matrix."""
    rows = [[plain(entry) for entry in row] for row in table]
    if len(rows) == 1:
        return rows[0][0] if len(rows[0]) == 1 else f"[{', '.join(rows[0])}]"
    if all(len(row) == 1 for row in rows):
        return f"[{', '.join(row[0] for row in rows)}]ᵀ"
    return f"[{'; '.join(' '.join(row) for row in rows)}]"


def sides_of(example: Counterexample) -> tuple[Table, Table]:
    """Both sides' values, in as few digits as show that they differ."""
    if example.exact:
        return example.left, example.right
    left, right = _rounded(example.left), _rounded(example.right)
    return (example.left, example.right) if left == right else (left, right)


def gradient_json(found: GradientEvidence | None) -> dict[str, Any] | None:
    """The gradient check of a step for ``--json``; docs/architecture.md says what the fields are."""
    if found is None:
        return None
    return {
        "outcome": found.outcome,
        "reason": found.reason,
        "method": found.method,
        "sizes": dict(found.sizes),
        "seed": found.seed,
        "error": found.error,
        "uncertainty": found.uncertainty,
        "evaluations": found.evaluations,
    }


def example_lines(example: Counterexample, among: Collection[str] | None = None) -> Iterator[str]:
    """The counterexample, so that a person can redo it; ``among``: the sizes that matter, None for all."""
    rounded = "" if example.exact else f" ({'rounded' if NEAR in example.note else ROUNDED})"
    yield f"{place_text(example, among)}{rounded}:"
    for name, table in example.symbols:
        yield from _table(spelled(name), table if example.exact else _rounded(table))
    if example.note:
        yield f"  {note_text(example)}"
    left, right = sides_of(example)
    yield from _table("left side", left)
    if right:
        yield from _table("right side", right)


def note_text(example: Counterexample) -> str:
    """What stands for functions and random quantities, Greek letters as such."""
    return re.sub(r"[A-Za-z]+", lambda word: GREEK[word[0]][1] if word[0] in GREEK else word[0], plain(example.note))


def evidence_lines(verdict: Verdict, among: Collection[str] | None = None) -> Iterator[str]:
    """How a verdict was reached, for a reader who wants to know all of it."""
    duties = verdict.obligations
    defined = "where the left side is" if duties.definedness == "ensured" else duties.definedness
    yield f"shapes: {duties.shapes}; defined: {defined}; values: {duties.values}"
    if verdict.method:
        yield f"method: {plain(verdict.method)}"
    if verdict.rules:
        yield f"rules: {plain(', '.join(dict.fromkeys(verdict.rules)))}"
    if verdict.conditions:
        yield f"provided that: {plain('; '.join(verdict.conditions))}"
    if verdict.trials:
        yield "both sides agree in exact evaluation at:"
        for trial in verdict.trials:
            yield f"  {sizes_text(trial.sizes)}  (seed {trial.seed}, {plain(trial.arithmetic)})"
    if verdict.gradient is not None:
        yield f"gradient check: {gradient_text(verdict.gradient)}"
    if verdict.counterexample is not None:
        yield from example_lines(verdict.counterexample, among)


def gradient_text(found: GradientEvidence) -> str:
    """``agrees at n=5, d=7; complex step, relative deviation below 1e-12, 7 evaluations, seed 0``."""
    said = found.outcome + (f" ({plain(found.reason)})" if found.reason else "")
    if not found.method:
        return said
    at = f" at {sizes_text(found.sizes)}" if found.sizes else ""
    count = f"{found.evaluations} evaluation{'s' if found.evaluations != 1 else ''}"
    return f"{said}{at}; {found.method}, relative deviation {_deviation(found)}, {count}, seed {found.seed}"


def _deviation(found: GradientEvidence) -> str:
    """Of sides that agree the power of ten above it: what is below is rounding, which machines do differently."""
    if found.outcome != "agrees":
        return f"{found.error:.1g}"
    exponent = max(_LEAST_EXPONENT, math.floor(math.log10(found.error)) + 1) if found.error > 0 else _LEAST_EXPONENT
    return f"below 1e{exponent:03d}" if exponent < 0 else f"{found.error:.1g}"


def _rounded(table: Table) -> Table:
    return tuple(tuple(_few_digits(entry) for entry in row) for row in table)


def _few_digits(entry: str) -> str:
    try:
        return f"{float(entry):.{DIGITS_SHOWN}g}"
    except ValueError:  # a fraction, or an interval that is written as one
        return entry


def _table(name: str, table: Table) -> Iterator[str]:
    head = f"  {name} = "
    rows = [[plain(entry) for entry in row] for row in table]
    if len(rows) <= 1:
        row = rows[0] if rows else []
        yield head + (row[0] if len(row) == 1 else f"[{', '.join(row)}]")
        return
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for i, row in enumerate(rows):
        cells = "  ".join(entry.rjust(w) for entry, w in zip(row, widths, strict=True))
        yield (head if i == 0 else " " * len(head)) + f"[{cells}]"
