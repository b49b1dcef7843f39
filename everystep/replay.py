"""The evidence of a recorded step, evaluated again by the exact judge alone.

:func:`replay_record` evaluates every recorded trial again, and a counterexample from the values that it shows.  Nothing
here rests on the normal form: may import ``everystep.algebra``, ``everystep.derivation``, ``everystep.evidence``,
``everystep.prove.verdict`` and ``everystep.prove.exact`` only.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from flint import arb, fmpq, fmpq_mat

from everystep.algebra import expressions as ex
from everystep.algebra.context import (
    Hypothesis,
    Predicate,
)
from everystep.algebra.shapes import ShapeError, same_shape, same_size
from everystep.evidence import RATIONAL_TEXT, Record
from everystep.prove.exact import judge, replay
from everystep.prove.exact.arithmetic import RATIONALS
from everystep.prove.exact.errors import Stopped
from everystep.prove.exact.evaluator import Cell, Evaluator
from everystep.prove.exact.instances import Instance, cell_name
from everystep.prove.exact.jets import Jet
from everystep.prove.exact.report import table
from everystep.prove.exact.trials import Case, Finding
from everystep.prove.verdict import Counterexample, Status, Table
from everystep.records import dataclass

LARGEST = 64
"""Sizes and indices beyond this are not replayed: the exact judge tries small ones only."""


_VALUES = {Status.PROVED: "agree", Status.REFUTED: "differ"}


@dataclass(frozen=True)
class Replay:
    """Whether the evidence of a record holds again, and what was seen."""

    step: str
    status: str
    confirmed: bool
    message: str


def replay_record(record: Record) -> Replay:
    """Evaluate the evidence of a record again; a verdict without evidence is not confirmed."""
    try:
        confirmed, message = _replayed(record)
    except Stopped as error:
        confirmed, message = False, str(error)
    except (ValueError, ZeroDivisionError, RecursionError) as error:
        confirmed, message = False, f"cannot be evaluated: {error}"
    except ShapeError as error:
        confirmed, message = False, f"the shapes do not fit: {error}"
    return Replay(record.step.name, str(record.verdict.status), confirmed, message)


def _replayed(record: Record) -> tuple[bool, str]:
    claim, verdict = record.step.claim, record.verdict
    context = record.context.given(*record.step.given).with_implied()
    if verdict.status is Status.ILL_TYPED:
        why = _misfit(claim)
        return bool(why), why or "the shapes fit"
    if verdict.status is Status.UNDEFINED:
        report = judge(claim, context, by=record.step.by)
        return report.outcome == "undefined", report.message or f"the exact judge says: {report.outcome}"
    if (verdict.counterexample is not None) != (verdict.status is Status.REFUTED):
        return False, "a counterexample belongs to the verdict refuted, and only to it"
    if verdict.status not in (Status.PROVED, Status.TESTED, Status.REFUTED):
        return False, "the verdict rests on no evidence"
    duties = verdict.obligations
    if duties.shapes != "fit" or duties.values != _VALUES.get(verdict.status, duties.values):
        return False, f"{verdict.status}, but the shapes {duties.shapes} and the values: {duties.values}"
    if len({(n.name, type(n)) for n in _symbols(record)}) < len({(n.name, type(n), n.shape) for n in _symbols(record)}):
        return False, "a name has two shapes"
    case = Case(claim, context, {}, False)
    for number, trial in enumerate(verdict.trials, 1):
        why = _inadmissible(case, trial.sizes)
        if why or not replay(claim, context, trial):
            return False, f"trial {number}: {why or 'does not agree again'}"
    count = len(verdict.trials)
    trials = f"{count} trial{'s' * (count != 1)} agree{'s' * (count == 1)} again"
    if verdict.counterexample is not None:
        why = _still_agrees(case, verdict.counterexample)
        return not why, why or "the two sides differ again" + (f"; {trials}" if count else "")
    return bool(count), trials if count else "no trial is recorded"


def _symbols(record: Record) -> list[ex.Var | ex.Member]:
    claims = [record.step.claim, *record.step.given, *record.context.hypotheses]
    sides = [s for c in claims for s in ((c.subject,) if isinstance(c, Predicate) else (c.left, c.right))]
    return [node for side in sides for node in ex.walk(side) if isinstance(node, ex.Var | ex.Member)]


def _misfit(claim: Hypothesis) -> str:
    """Why a claim is ill-typed; empty when it is not."""
    try:
        if isinstance(claim, Predicate):
            shape = claim.subject.shape
            free = claim.kind in ("nonzero", "full row rank", "full column rank")
            return "" if free or same_size(*shape) else f"{claim.kind} is said of square matrices"
        left, right = claim.left.shape, claim.right.shape
    except ShapeError as error:
        return str(error)
    if not same_shape(left, right):
        return "the two sides have different shapes again"
    ordered = claim.op not in ("=", "!=")
    return f"{claim.op} compares numbers" if ordered and not claim.left.is_number_shaped else ""


def _inadmissible(case: Case, sizes: tuple[tuple[str, int], ...]) -> str:
    values = dict(sizes)
    missing = [name for name in case.space.names if name not in values]
    if missing:
        return f"no value of {', '.join(missing)}"
    if any(abs(value) > LARGEST for value in values.values()):
        return f"a size beyond {LARGEST}"
    return "" if case.space.admits(values) else "the sizes do not meet the hypotheses"


class _Shown(Instance):
    """An instance whose values are those of a counterexample; only what it does not show is made to meet hypotheses."""

    def cell(self, evaluator: Evaluator, cell: Cell, rows: int, columns: int) -> Jet:
        shown = self.given.get(cell_name(cell))
        if shown is not None and cell not in self.cells:
            if (shown.nrows(), shown.ncols()) != (rows, columns):
                raise ValueError(f"{cell_name(cell)} is shown as {shown.nrows()} x {shown.ncols()}")
            self.cells[cell] = Jet(shown)
        return super().cell(evaluator, cell, rows, columns)

    def variant(self) -> Instance:
        copy = _Shown(self.program, self.sizes, self.seed, self.ring, self.style, self.edits)
        copy.rules = dict(self.rules)
        copy.given = self.given
        copy.cells = {cell: value for cell, value in self.cells.items() if cell not in self.rules}
        return copy


def _still_agrees(case: Case, example: Counterexample) -> str:
    """Why a counterexample does not refute the claim; empty when it does."""
    why = _inadmissible(case, example.sizes)
    if why:
        return f"counterexample: {why}"
    instance = _Shown(case.program, dict(example.sizes), 0, RATIONALS)
    for name, rows in example.symbols:
        instance.given[name] = _matrix([[Fraction(x) for x in row] for row in rows])
    for name, coefficients in functions_of(example.note).items():
        instance.given[f"function {name}"] = _matrix(coefficients)
    case.constraints.meet(instance)
    result = case.judge(instance)
    if result.finding is not Finding.DIFFER:
        return "counterexample: the two sides do not differ"
    values = [table(value) for value in result.values]
    shown = [example.left, example.right] if len(values) == 2 else [example.left]
    if not all(_same(a, b) for a, b in zip(values, shown, strict=True)):
        return "counterexample: the values of the sides are others than the record shows"
    return ""


def _matrix(rows: list[list[Fraction]]) -> fmpq_mat:
    return fmpq_mat(len(rows), len(rows[0]), [fmpq(x.numerator, x.denominator) for row in rows for x in row])


def _same(a: Table, b: Table) -> bool:
    """Whether two printed values are equal, or balls that overlap."""
    if len(a) != len(b) or any(len(p) != len(q) for p, q in zip(a, b, strict=True)):
        return False
    return all(_same_number(x, y) for p, q in zip(a, b, strict=True) for x, y in zip(p, q, strict=True))


def _same_number(x: str, y: str) -> bool:
    if x == y:
        return True
    if RATIONAL_TEXT.fullmatch(x) and RATIONAL_TEXT.fullmatch(y):
        return Fraction(x) == Fraction(y)
    return bool((_ball(x) - _ball(y)).contains(0))


def _ball(text: str) -> arb:
    if RATIONAL_TEXT.fullmatch(text):
        fraction = Fraction(text)
        return arb(fmpq(fraction.numerator, fraction.denominator))
    return arb(text)


# the formulas of opaque functions --------------------------------------------------------------

# A name may have an accent before it ("tilde f").
_FUNCTION = re.compile(r"(?P<name>(?:[a-z]+ )?\S+)\((?P<arguments>z|x1(?:, x\d+)*)\) = (?P<body>.+)")
_TERM = re.compile(
    r"(?P<sign>[+-] ?)?(?:\((?P<form>[^()]*)\)\^3|(?P<number>\d+(?:/\d+)?)?(?P<power>(?: ?[xz]\d*(?:\^\d)?)*))"
)


def functions_of(note: str) -> dict[str, list[list[Fraction]]]:
    """The coefficients of the functions that a note of a counterexample spells out, as ``evaluate`` takes them."""
    found: dict[str, list[list[Fraction]]] = {}
    for part in note.split("; "):
        match = _FUNCTION.fullmatch(part)
        if match is None:
            continue
        body = match["body"]
        if match["arguments"] == "z":
            powers = {"": 0, "z": 1, "z^2": 2, "z^3": 3}
            found[match["name"]] = [_coefficients(body, powers, 4, 0)]
            continue
        count = match["arguments"].count(",") + 1
        places = {"": 0} | {f"x{i}": i for i in range(1, count + 1)}
        for i in range(count):
            for j in range(count):
                places[f"x{i + 1} x{j + 1}"] = 1 + 2 * count + i * count + j
        outputs = body[1:-1].split(", ") if ", " in body else [body]
        found[match["name"]] = [_coefficients(text, places, (count + 1) ** 2, count) for text in outputs]
    return found


def _coefficients(body: str, places: Mapping[str, int], length: int, count: int) -> list[Fraction]:
    """The coefficients of a printed sum; the form that is cubed follows the linear one."""
    row = [Fraction(0)] * length
    position = 0
    while position < len(body):
        match = _TERM.match(body, position)
        if match is None or match.end() == position:
            raise ValueError(f"the formula {body!r}")
        position = match.end() + (body[match.end() : match.end() + 1] == " ")
        sign = -1 if (match["sign"] or "").startswith("-") else 1
        if match["form"] is not None:
            form = _coefficients(match["form"], {f"x{i}": i for i in range(1, count + 1)}, count + 1, 0)
            row[count + 1 : 2 * count + 1] = form[1:]
            continue
        power = (match["power"] or "").strip()
        if power not in places or not (match["number"] or power):
            raise ValueError(f"the term {match.group()!r}")
        row[places[power]] += sign * Fraction(match["number"] or 1)
    return row
