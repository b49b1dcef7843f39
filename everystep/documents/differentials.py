r"""Chains in which ``d`` is a declared size and stands as a differential's sign: ``d(X^T X) = dX^T X + X^T dX``.

Both readings are judged.  Where all sides are of one degree in differentials, d is their sign if that makes a step true
that the number d makes wrong, and if d counts nothing in the problem; where the verdicts part otherwise, there are two
readings.  A side without a differential beside one with it says that d is the number.
May import the engine.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression
from everystep.documents.doubting import Side
from everystep.documents.result import StepReport
from everystep.documents.spoken import Uses, is_change
from everystep.documents.undeclared import Undeclared
from everystep.prove.verdict import Status
from everystep.reader.entities import Size, Symbolic
from everystep.reader.independence import Spoken
from everystep.reader.scope import Scope
from everystep.reader.signs import OPENERS, RELATIONS
from everystep.reader.source import Declaration, Display, Document, Pragma, Token, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of, split
from everystep.reader.values import Values
from everystep.records import dataclass

SIGN = "d"
ZERO = -1
"""The degree of what is zero: it fits any."""
_SAID = "d is declared, and as a differential the step is judged otherwise; write \\mathrm{d}"
_LINEAR = (
    ex.Neg,
    ex.Transpose,
    ex.Trace,
    ex.Vec,
    ex.Diag,
    ex.DiagPart,
    ex.Entry,
    ex.Row,
    ex.Col,
    ex.SumOver,
    ex.Norm,
    ex.Expectation,
)
_UPRIGHT = ("mathrm", "rm", "mathsf")
_BETWEEN = ("cdot", "times", "quad", "qquad", "right", "rangle", "rVert", "rvert")
_UNFIT = frozenset((Status.ILL_TYPED, Status.UNREADABLE, Status.UNDEFINED))


@dataclass
class _Read:
    """A statement in one of the readings, with the scope that it was read in."""

    scope: Scope
    values: Values
    sides: list[Side]
    uses: list[Uses]


class Differentials(Undeclared):
    """The part of the checker that asks whether a declared d is the sign of a differential."""

    counted: Spoken | None = None
    """The lines in which d is written as a number that no name stands behind."""

    def _judged_by_differentials(self, statement: Statement, display: Display, scope: Scope, first: int) -> bool:
        """Report a statement in which d may be the sign of a differential; False where it is none."""
        entity = scope.find(SIGN)
        is_size = isinstance(entity, Size)
        written = any(name_of(t) == SIGN for side in statement.sides for t in side)
        if not written or not (is_size or isinstance(entity, Symbolic)):
            return False
        varying = scope.copy()
        varying.differentials = True
        changes = self._read_statement(statement, varying)
        if not any(isinstance(side, Expression) and _has_differential(side) for side in changes.sides):
            return False
        degrees = {_degree(side) if isinstance(side, Expression) else None for side in changes.sides} - {ZERO}
        even = None not in degrees and len(degrees) == 1
        with self._on_trial() as as_number:
            self._steps_of(statement, self._read_statement(statement, scope.copy()), first, display)
        if not even and not any(report.status.is_wrong for report in as_number.reports):
            self._keep(as_number)
            return True
        with self._on_trial() as as_change:
            self._steps_of(statement, changes, first, display)
        pairs = list(zip(as_number.reports, as_change.reports, strict=True))
        unfit = _UNFIT | {Status.REFUTED} if is_size else _UNFIT
        counted = self.counted is not None and self.counted.bears_on(display.place.line)
        shown = any(n.status in unfit and c.status is Status.PROVED for n, c in pairs)
        if even and (self.problem.varies or (shown and not counted)):
            self._keep(as_change)
            self.problem.varies = True
            return True
        steps = [k for k in range(first, len(statement.relations)) if k == 0 or statement.relations[k] != ":="]
        for k, (number, change) in zip(steps, pairs, strict=True):
            report = _in_both(number, change, even)
            if report is None:
                self._unreadable(statement, k, Unreadable(f"two readings: {_SAID}", statement.place), display)
            else:
                self._take_over(report)
        return True

    def _read_statement(self, statement: Statement, scope: Scope) -> _Read:
        values = Values(scope, self.problem.varied)
        sides, uses = self._read_sides(statement, values)
        return _Read(scope, values, sides, uses)

    def _steps_of(self, statement: Statement, read: _Read, first: int, display: Display) -> None:
        self._steps(statement, read.sides, read.uses, read.values, read.scope, first, display)


def _in_both(number: StepReport, change: StepReport, even: bool) -> StepReport | None:
    """What is reported of a step in both readings; None where they part.  ``even``: it is of one degree in changes."""
    if not even and not number.status.is_wrong:
        return number
    if number.status is change.status or (number.status.is_wrong and change.status.is_wrong):
        return change if even else number
    if {number.status, change.status} == {Status.PROVED, Status.TESTED}:
        return number if number.status is Status.TESTED else change
    return None


def _has_differential(value: Expression) -> bool:
    return any(isinstance(node, ex.Differential) or is_change(node) for node in ex.walk(value))


def _degree(value: Expression) -> int | None:
    """The degree of a formula in differentials; None where its terms have several, or it is no polynomial in them."""
    if is_change(value):
        return 1
    if isinstance(value, ex.Zeros) or value == ex.Num(0):
        return ZERO
    parts = [part for part in value.args if isinstance(part, Expression)]
    if isinstance(value, ex.Differential):
        inner = _degree(value.operands[0])
        return inner if inner is None or inner == ZERO else inner + 1
    degrees = [_degree(part) for part in parts]
    known = [degree for degree in degrees if degree is not None]
    if len(known) < len(degrees):
        return None
    if isinstance(value, ex.Add | ex.Block):
        found = set(known) - {ZERO}
        return (found.pop() if found else ZERO) if len(found) <= 1 else None
    if isinstance(value, _LINEAR):
        return known[0] if not any(known[1:]) else None
    if isinstance(value, ex.Mul | ex.Hadamard | ex.Kron):
        return ZERO if ZERO in known else sum(known)
    if isinstance(value, ex.Div) and not known[1]:
        return known[0]
    if isinstance(value, ex.Pow) and isinstance(value.operands[1], ex.Int | ex.Num) and known[0] > 0:
        power = value.operands[1].value
        return known[0] * int(power) if power.is_Integer and power > 0 else None
    return None if any(known) else 0


def counted_lines(document: Document) -> Spoken:
    r"""Where a document writes d as a number with no name behind it: ``d / 2``, ``n - d``, ``d \in \mathbb{N}``; not
    as the extent of a shape, as an index, or as the bound of a sum.
    """
    lines: list[int] = []
    for event in document.events:
        parts: list[Tokens] = []
        if isinstance(event, Display):
            parts = [_unspaced(event.tokens)]
        elif isinstance(event, Declaration):
            parts = [part for part in split(_unspaced(event.tokens), (";",)) if not any(map(_places, part))]
            names = [_named(part) for part in split(_unspaced(event.tokens), (";",))]
            lines += [t.place.line for name in names for t in name if t.kind == "char" and t.text == SIGN]
        lines += [part[k].place.line for part in parts for k in range(len(part)) if _counts(part, k)]
    orders = (event for event in document.events if isinstance(event, Pragma) and event.name == "problem")
    return Spoken(tuple(lines), tuple(order.place.line for order in orders))


def _unspaced(tokens: Tokens) -> Tokens:
    return tuple(t for t in tokens if t.kind != "space" and not (t.kind == "command" and t.text in ",:;!> "))


def _places(token: Token) -> bool:
    """Whether a token makes of a declaration what says where something lies, or compares sizes."""
    return RELATIONS.get(name_of(token), "") in ("in", "<", ">", "<=", ">=")


def _named(tokens: Tokens) -> Tokens:
    r"""The names that a declaration places somewhere: ``n, d`` of ``n, d \in \mathbb{N}``."""
    end = next((k for k, token in enumerate(tokens) if RELATIONS.get(name_of(token), "") == "in"), 0)
    return tuple(token for k, token in enumerate(tokens[:end]) if not _is_in_script(tokens, k))


def _counts(tokens: Tokens, k: int) -> bool:
    """Whether a token is a number d that no name stands behind, and no extent, index or bound."""
    if tokens[k].kind != "char" or tokens[k].text != SIGN or _is_in_script(tokens, k):
        return False
    before = [t for t in tokens[max(0, k - 2) : k] if t.kind != "open"]
    if before and (before[-1].text in _UPRIGHT or name_of(before[-1]) == ","):
        return False  # \mathrm{d}; i = 1, ..., d
    behind = tokens[k + 1 :]
    if behind and behind[0].kind == "sup":
        behind = behind[_width(behind, 1) :]
    if behind and behind[0].kind == "close":
        return not (len(behind) > 2 and behind[1].kind == "open" and _is_sign(behind[2]))  # \frac{d}{dx}
    if not behind:
        return True
    head = behind[0]
    return not (head.kind in ("open", "begin") or name_of(head) in OPENERS or _names(head))


def _is_sign(token: Token) -> bool:
    return name_of(token) in (SIGN, "partial", *_UPRIGHT)


def _names(token: Token) -> bool:
    """Whether a token begins what can be differentiated: a letter, a function, a bracket."""
    if token.kind == "command":
        return token.text == "|" or (token.text.isalpha() and token.text not in (*RELATIONS, *_BETWEEN))
    return token.kind == "char" and (token.text.isalpha() or token.text == "|")


def _width(tokens: Tokens, at: int) -> int:
    """Where the argument that begins at a token ends."""
    depth = 0
    for k in range(at, len(tokens)):
        depth += (tokens[k].kind == "open") - (tokens[k].kind == "close")
        if depth == 0:
            return k + 1
    return len(tokens)


def _is_in_script(tokens: Tokens, at: int) -> bool:
    """Whether a token stands below or above another."""
    k = 0
    while k < at:
        end = _width(tokens, k + 1) if tokens[k].kind in ("sub", "sup") else k + 1
        if end > at:
            return True
        k = end
    return False
