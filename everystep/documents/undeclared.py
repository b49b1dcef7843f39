r"""Steps that speak of names which nothing declares: what such a name can be, and what is claimed of it then.

A name without a declaration is any number, any column, or any matrix (a capital letter), as far as the shapes of the
statement allow.  A step that holds whichever it is, is proved.  That it is wrong is said only of a name that the
prose calls any one ("for every $v$"), where one shape fits: another name may have a meaning that was not read.
May import the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE
from everystep.documents.declaring import Declaring
from everystep.documents.judging import Problem, Side
from everystep.documents.result import StepReport
from everystep.documents.spoken import CHANCE, Uses
from everystep.prove.verdict import Status
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Token, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of
from everystep.reader.values import Values

MOST = 3
"""The most names without a declaration in one statement."""
CHANGING = (ex.Gradient, ex.Jacobian, ex.Hessian, ex.ScalarDerivative, ex.Differential, *CHANCE)
"""Where it matters whether a name depends on another one, or on chance."""
_NUMBERS = frozenset(("alpha", "beta", "gamma", "eta", "lambda", "mu", "nu", "theta", "tau", "omega", "xi", "zeta"))
_COLUMNS = frozenset("abcghpqrsuvwxyz")
_MATRICES = frozenset("ABCDGHMPQRSUVWXYZ")
_STYLES = frozenset(("mathbf", "bm", "boldsymbol", "vec", "mathrm", "mathcal", "mathsf", "mathbb"))
_TRANSPOSES = frozenset(("top", "T", "intercal", "'", "prime"))
_NORMS = frozenset(("|", "Vert", "lVert", "rVert", "\\|"))
_UNSAID = " has no declaration"


@dataclass(frozen=True)
class Reading:
    """What a statement is where its undeclared names have certain shapes."""

    guessed: frozenset[str]
    sides: list[Side]
    uses: list[Uses]
    values: Values


@dataclass
class Trial:
    """What is reported of a statement that is judged on trial, and what is in force behind it."""

    reports: list[StepReport]
    problem: Problem


class Undeclared(Declaring):
    """The part of the checker that judges statements about names without a declaration."""

    def _read_sides(self, statement: Statement, values: Values) -> tuple[list[Side], list[Uses]]:
        raise NotImplementedError

    def _judged_as_any(
        self, statement: Statement, display: Display, scope: Scope, first: int, sides: list[Side]
    ) -> bool:
        """Report a statement whose undeclared names can be anything that fits; False where nothing is known of it."""
        if not _unsaid(sides) or statement.leads or statement.constant:
            return False
        tried: list[tuple[Reading, list[StepReport], Problem]] = []
        for reading in self._readings(statement, scope, {}):
            if reading is None:
                return False
            with self._on_trial() as trial:
                self._steps(statement, reading.sides, reading.uses, reading.values, scope, first, display)
            if _is_narrowed(reading):
                return False
            if any(report.status is Status.UNREADABLE for report in trial.reports):
                return False
            if all(report.status is not Status.ILL_TYPED for report in trial.reports):
                tried.append((reading, trial.reports, trial.problem))
        if not tried:
            return False
        reading, reports, after = tried[-1]
        arbitrary = all(self._is_any(name, scope) for name in reading.guessed)
        nodes = (node for side in reading.sides if isinstance(side, Expression) for node in ex.walk(side))
        if not arbitrary and any(isinstance(node, CHANGING) for node in nodes):
            return False
        agreed = [
            all(found[k].status is report.status for _, found, _ in tried)
            and (arbitrary or report.status is Status.PROVED)
            for k, report in enumerate(reports)
        ]
        if not any(agreed):
            return False
        error = next(side for side in sides if isinstance(side, Unreadable))
        for k, report in enumerate(reports):
            if not agreed[k]:
                self._unreadable(statement, first + k, error, display)
                continue
            self.problem.steps += 1
            self.steps.append(report)
            if self.options.on_step is not None:
                self.options.on_step(report)
        if all(agreed):
            self.problem = after
        return True

    @staticmethod
    def _is_any(name: str, scope: Scope) -> bool:
        """Whether the prose before this display calls a name any one."""
        return name in scope.arbitrary and scope.arbitrary[name][1] == scope.displays - 1

    @contextmanager
    def _on_trial(self) -> Iterator[Trial]:
        """Judge without a trace: what is reported within, and what is in force behind it, are kept apart."""
        problem, options, before = self.problem, self.options, len(self.steps)
        self.problem = replace(problem, scope=problem.scope.copy(), consequence=list(problem.consequence))
        self.options = replace(options, on_step=None)
        trial = Trial([], self.problem)
        try:
            yield trial
        finally:
            trial.reports += self.steps[before:]
            del self.steps[before:]
            self.problem, self.options = problem, options

    def _readings(self, statement: Statement, scope: Scope, shapes: dict[str, str]) -> Iterator[Reading | None]:
        """The statement with each shape that its undeclared names can have; None for one that cannot be read."""
        values = Values(scope, self.problem.varied)
        for name, shape in shapes.items():
            rows = ONE if shape == "number" else values.unknown()
            columns = values.unknown() if shape == "matrix" else ONE
            values.guesses[name] = Var(name, rows, columns)
        sides, uses = self._read_sides(statement, values)
        wanting = _unsaid(sides)
        if not wanting:
            lost = any(isinstance(side, Unreadable) for side in sides)
            yield None if lost else Reading(frozenset(shapes), sides, uses, values)
            return
        name = wanting[0]
        if len(shapes) == MOST or name in shapes or not _is_plain(name, statement):
            yield None
            return
        said = scope.arbitrary[name][0] if self._is_any(name, scope) else ""
        for shape in _shapes(name, said, _is_no_number(name, statement)) or ("",):
            if not shape:
                yield None
                return
            yield from self._readings(statement, scope, {**shapes, name: shape})


def _unsaid(sides: list[Side]) -> list[str]:
    """The names that sides cannot be read for."""
    messages = [side.message for side in sides if isinstance(side, Unreadable)]
    return [m.removesuffix(_UNSAID).partition("^")[0] for m in messages if m.endswith(_UNSAID)]


def _is_narrowed(reading: Reading) -> bool:
    """Whether a column or a matrix fits only as a number: what is written is wrong of all others."""
    guesses = [v for name, v in reading.values.guesses.items() if name in reading.guessed and v.shape != (ONE, ONE)]
    return any(reading.values.shape(value) == (ONE, ONE) for value in guesses)


def _shapes(name: str, said: str, no_number: bool) -> tuple[str, ...]:
    """What a name may be, by what the prose calls it, by its letter and by the signs at it."""
    if said:
        return (said,)
    if name in _MATRICES:
        return ("matrix",)
    if name not in _COLUMNS | _NUMBERS:
        return ()
    return ("column",) if no_number else ("number", "column")


def _is_no_number(name: str, statement: Statement) -> bool:
    """Whether a name is transposed somewhere, or stands alone in a norm."""
    for side in statement.sides:
        written = [t for t in side if t.kind not in ("space", "open", "close")]
        for k, token in enumerate(written):
            if name_of(token) != name:
                continue
            before, behind = written[k - 1] if k else token, written[k + 1 : k + 3]
            if behind and (behind[0].kind == "sup" or name_of(behind[0]) == "'") and name_of(behind[-1]) in _TRANSPOSES:
                return True
            if behind and name_of(before) in _NORMS and name_of(behind[0]) in _NORMS:
                return True
    return False


def _is_plain(name: str, statement: Statement) -> bool:
    """Whether a name is always written in the same way, and never in front of a bracket, as a function is."""
    bold: set[bool] = set()
    for side in statement.sides:
        written: Tokens = tuple(t for t in side if t.kind != "space")
        for k, token in enumerate(written):
            if name_of(token) != name:
                continue
            bold.add(_is_styled(written, k))
            behind = next((t for t in written[k + 1 :] if t.kind != "close"), None)
            if behind is not None and name_of(behind) in ("(", "["):
                return False
    return len(bold) == 1


def _is_styled(written: Tokens, k: int) -> bool:
    """Whether the command of a style stands before a letter."""
    before: list[Token] = [t for t in written[max(0, k - 2) : k] if t.kind != "open"]
    return bool(before) and before[-1].text in _STYLES
