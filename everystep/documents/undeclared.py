r"""Steps that speak of names which nothing declares: what such a name can be, and what is claimed of it then.

A name without a declaration is any number, any column, or any matrix (a capital letter), as far as the shapes of the
statement allow.  A step that holds whichever it is, is proved.  That it is wrong is said only of a name that the
prose calls any one ("for every $v$"), where one shape fits: another name may have a meaning that was not read.
May import the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE
from everystep.documents.candidates import MOST, is_no_number, is_plain, shapes_of, unsaid
from everystep.documents.doubting import Side
from everystep.documents.inferred import CHANGING
from everystep.documents.problems import Problem
from everystep.documents.result import StepReport
from everystep.documents.shaped import Shaped
from everystep.documents.spoken import Uses
from everystep.prove.verdict import Status
from everystep.reader.scope import Scope
from everystep.reader.source import Display
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of
from everystep.reader.values import Values
from everystep.records import dataclass, replace


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


class Undeclared(Shaped):
    """The part of the checker that judges statements about names without a declaration."""

    def _read_sides(self, statement: Statement, values: Values) -> tuple[list[Side], list[Uses]]:
        raise NotImplementedError

    def _judged_as_any(
        self, statement: Statement, display: Display, scope: Scope, first: int, sides: list[Side]
    ) -> bool:
        """Report a statement whose undeclared names can be anything that fits; False where nothing is known of it."""
        if not unsaid(sides) or statement.leads or statement.constant:
            return False
        tried: list[tuple[Reading, list[StepReport], Problem]] = []
        for reading in self._readings(statement, scope, {}):
            if reading is None:
                return False
            with self._on_trial() as trial:
                self.problem.tries_shapes = True
                self._steps(statement, reading.sides, reading.uses, reading.values, scope, first, display)
                self.problem.tries_shapes = False
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
        # Behind a display that does not end its sentence a condition may follow: "such that", "unless".
        certain = arbitrary and name_of(display.tokens[-1]) == "."
        agreed = [
            all(found[k].status is report.status for _, found, _ in tried)
            and (certain or report.status is Status.PROVED)
            for k, report in enumerate(reports)
        ]
        if not any(agreed):
            return False
        error = next(side for side in sides if isinstance(side, Unreadable))
        for k, report in enumerate(reports):
            if not agreed[k]:
                self._unreadable(statement, first + k, error, display)
                continue
            self._take_over(report)
        if all(agreed):
            self.problem = after
        return True

    def _take_over(self, report: StepReport) -> None:
        """Report what has been judged on trial."""
        self.problem.steps += 1
        self.steps.append(report)
        if self.options.on_step is not None:
            self.options.on_step(report)

    def _keep(self, trial: Trial) -> None:
        """Report all that has been judged on trial, and let it be in force."""
        for report in trial.reports:
            self._take_over(report)
        self.problem = trial.problem

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
        wanting = unsaid(sides)
        if not wanting:
            lost = any(isinstance(side, Unreadable) for side in sides)
            yield None if lost else Reading(frozenset(shapes), sides, uses, values)
            return
        name = wanting[0]
        if len(shapes) == MOST or name in shapes or not is_plain(name, statement):
            yield None
            return
        said = scope.arbitrary[name][0] if self._is_any(name, scope) else ""
        for shape in shapes_of(name, said, is_no_number(name, statement)) or ("",):
            if not shape:
                yield None
                return
            yield from self._readings(statement, scope, {**shapes, name: shape})


def _is_narrowed(reading: Reading) -> bool:
    """Whether a column or a matrix fits only as a number: what is written is wrong of all others."""
    guesses = [v for name, v in reading.values.guesses.items() if name in reading.guessed and v.shape != (ONE, ONE)]
    return any(reading.values.shape(value) == (ONE, ONE) for value in guesses)
