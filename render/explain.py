"""One step in full, so that a person can redo it: hypotheses, both sides, shapes, evidence or
counterexample.

May import ``everystep`` and the printing core.
"""

from __future__ import annotations

from collections.abc import Iterator

from everystep.algebra.context import Context, Definition, Predicate, Random, Recurrence, Relation
from everystep.algebra.expressions import Expression, Member, Var, walk
from everystep.algebra.shapes import ShapeError
from everystep.derivation import Step
from everystep.documents.relevance import spoken_of
from render.evidence_text import evidence_lines
from render.report import Finding
from render.text import text, text_claim, text_integer


def explanation(finding: Finding, context: Context, right: Step | None = None) -> str:
    """The step, what it may use, and how it was decided; ``right`` is the line that a mistake replaces."""
    return "\n".join(_lines(finding, context, right)) + "\n"


def _lines(finding: Finding, context: Context, right: Step | None) -> Iterator[str]:
    step, verdict = finding.step, finding.verdict
    yield f"{finding.derivation}, step {step.name}"
    if finding.twin is not None:
        yield f"  a known mistake, in the place of the step {finding.twin.instead_of}"
    yield ""
    yield "Claim"
    yield f"  {text_claim(step.claim)}"
    sides = (step.claim.subject,) if isinstance(step.claim, Predicate) else (step.claim.left, step.claim.right)
    names = ("subject",) if len(sides) == 1 else ("left side", "right side")
    for name, side in zip(names, sides, strict=True):
        yield f"  {name}: {shape_text(side)}"
    if right is not None:
        yield from _section("Right line", iter([text_claim(right.claim)]))
    if finding.twin is not None:
        yield from _section("Why it is wrong", iter([finding.twin.why["en"].replace("`", "")]))
    if step.by is not None:
        yield f"  by induction on {text_integer(step.by.index)}, from {step.by.start}"
    if step.uses:
        yield f"  uses what these chains have shown: {', '.join(step.uses)}"
    yield from _section("Symbols", symbol_lines(sides, step.given, context))
    yield from _section("Given for this step", (text_claim(h) for h in step.given))
    yield from _section("Given throughout", (text_claim(h) for h in context.hypotheses))
    yield from _section("Definitions", definition_lines(sides, step.given, context))
    yield ""
    yield f"Verdict: {verdict.status}" + ("" if finding.as_expected else f" (expected: {finding.expected})")
    if verdict.message:
        yield f"  {verdict.message}"
    yield from (f"  {line}" for line in evidence_lines(verdict, spoken_of(step.claim, context)))


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    first = next(lines, None)
    if first is None:
        return
    yield ""
    yield title
    yield f"  {first}"
    for line in lines:
        yield f"  {line}"


def shape_text(side: Expression) -> str:
    try:
        rows, columns = side.shape
    except ShapeError as error:
        return f"does not fit: {error}"
    if rows == columns == 1:
        return "a number"
    return f"{text_integer(rows)} x {text_integer(columns)}"


def _mentioned(
    sides: tuple[Expression, ...], given: tuple[Relation | Predicate, ...], context: Context
) -> dict[tuple[str, bool], Var | Member]:
    """The symbols of the claim and of what they are defined by, in the order in which they
    occur."""
    found: dict[tuple[str, bool], Var | Member] = {}
    queue = list(sides)
    bodies: tuple[Definition | Recurrence, ...] = (*context.definitions, *context.recurrences)
    for hypothesis in given:
        queue += [hypothesis.subject] if isinstance(hypothesis, Predicate) else [hypothesis.left, hypothesis.right]
    while queue:
        for node in walk(queue.pop(0)):
            if not isinstance(node, Var | Member):
                continue
            key = (node.name, isinstance(node, Member))
            if key not in found:
                found[key] = node
                queue += [d.body for d in bodies if (d.target.name, isinstance(d.target, Member)) == key]
    return found


def names_of(sides: tuple[Expression, ...], context: Context) -> set[str]:
    """The names of the symbols of the sides and of what they are defined by."""
    return {name for name, _ in _mentioned(sides, (), context)}


def symbol_lines(
    sides: tuple[Expression, ...], given: tuple[Relation | Predicate, ...], context: Context
) -> Iterator[str]:
    for (_, family), node in _mentioned(sides, given, context).items():
        kind = "a number" if node.is_number_shaped else shape_text(node)
        name = text(Var(node.name)) + ("[.]" if family else "")
        yield f"{name}: {kind}" + (" for each index" if family else "")


def definition_lines(
    sides: tuple[Expression, ...], given: tuple[Relation | Predicate, ...], context: Context
) -> Iterator[str]:
    used = _mentioned(sides, given, context)
    entries: tuple[Definition | Recurrence | Random, ...] = (
        *context.definitions,
        *context.recurrences,
        *context.random,
    )
    for entry in entries:
        target = entry.target
        if (target.name, isinstance(target, Member)) not in used:
            continue
        if isinstance(entry, Random):
            said = f": {entry.law}({', '.join(map(text, entry.parameters))})" if entry.parameters else ", by any law"
            yield f"{text(target)} is random{said}"
        else:
            start = f"  (from {entry.first} on)" if isinstance(entry, Recurrence) else ""
            yield f"{text(target)} := {text(entry.body)}{start}"
