"""Why a step is not judged, or not called wrong: names with several meanings, and what was said and not read.

May import the engine.
"""

from __future__ import annotations

from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Var
from everystep.documents.asking import Asking
from everystep.documents.claims import Minimiser
from everystep.documents.spoken import is_applied, is_kronecker, letters_in, power_or_transpose
from everystep.documents.ties import bound_up, functions_used, iterates
from everystep.reader.entities import ENDED, LINES, Size
from everystep.reader.of_laws import is_of_the_law
from everystep.reader.scope import Scope
from everystep.reader.sections import is_left_over, rests_on, unfit
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, latex_of

Side: TypeAlias = "Expression | Unreadable | Minimiser"


class Doubting(Asking):
    """The part of the checker that knows what is in doubt about a step."""

    @staticmethod
    def _unclear(statement: Statement, k: int, sides: tuple[Side, Side], scope: Scope) -> str:
        """Why it is not clear what a name of a step stands for; empty where all are."""
        for name in sorted(scope.were_functions & letters_in(statement, k)):
            if is_applied(name, statement, k):
                return f"{name} is a function in an earlier section, and a number here"
        iterate = next((name for side in sides if isinstance(side, Expression) for name in iterates(side, scope)), "")
        if iterate:
            return f"{iterate} is an entry, or a vector as other {iterate.partition('_')[0]} with a number are"
        if not scope.unclear:
            return ""
        names: set[str] = set()
        todo = [side for side in sides if isinstance(side, Expression)]
        while todo:
            fresh = {n.name for n in ex.walk(todo.pop()) if isinstance(n, Var | ex.Member)} - names
            names |= fresh
            todo += [d.body for d in scope.context.definitions if d.target.name in fresh]
        names |= rests_on(scope, letters_in(statement, k) - ({"delta"} if is_kronecker(statement, k) else set()))
        return next((why for name, why in scope.unclear.items() if name in names), "")

    def _doubt(self, statement: Statement, k: int, scope: Scope, shapes: bool = False) -> Unreadable | None:
        """Why a step is not called wrong: what was said and not read may make it right; None where there is nothing.

        ``shapes``: it is wrong by its shapes alone, whatever property its names have.
        """
        if self.problem.unread:
            remark = self.problem.unread[0]
            return Unreadable(f"not judged: {remark.message}", remark.place)
        if statement.leads and self.problem.lost_premise:
            return Unreadable("not judged: what it is drawn from was not read", statement.place)
        if statement.asides:
            aside = statement.asides[0]
            words = f"'{latex_of(aside)}' beside the formula is not taken as given; write it with 'if', or in a %! line"
            return Unreadable(f"not judged: {words}", aside[0].place)
        lost = self._lost_word(statement, k, scope, shapes) or power_or_transpose(statement, k)
        return Unreadable(f"not judged: {lost}", statement.place) if lost else None

    def _lost_word(self, statement: Statement, k: int, scope: Scope, shapes: bool = False) -> str:
        """What is said of a name in a step and was not read; empty where there is nothing."""
        letters = letters_in(statement, k)
        functions = set() if shapes else functions_used(letters, scope)
        for name in sorted(letters):
            if name in self.problem.tainted:
                return f"what is said of {name} was not read"
        defined = {rule.target.name for rule in scope.context.definitions}
        for name in sorted(letters if shapes else bound_up(letters, scope) & defined):
            if scope.is_from_another_section(name) and scope.spoken_in.get(name) == scope.section:
                return f"{name} is declared in an earlier section, and may be something else here"
        if shapes and (
            drawn := sorted(
                n for n in letters & scope.lawless - scope.unsaid.keys() if scope.is_from_another_section(n)
            )
        ):
            return f"{drawn[0]} is declared in an earlier section, and the law that this one gives it was not read"
        used = rests_on(scope, letters) if scope.starts_over else set[str]()
        old = unfit(scope, letters) if shapes and scope.starts_over else ""
        if old:
            return f"{old} is declared in an earlier section, in a shape that does not fit what this one declares"
        if shapes:
            turned = {name for name in letters if scope.unsure.get(name) == LINES}
            letters = {name for name in scope.unsure if isinstance(scope.find(name), Size)} | turned
        for name in sorted(bound_up(letters, scope) | functions if scope.unsure else ()):
            if scope.starts_over and name not in used and name in scope.names and is_left_over(scope, name):
                continue
            if scope.unsure.get(name) == ENDED and name not in bound_up(letters, scope, by_sizes=False):
                continue  # it was of the same shape before
            if scope.unsure.get(name) == ENDED:
                if name in bound_up(letters, scope, by_sizes=False) | functions:
                    return f"{name} may still be {ENDED}"
            elif name in scope.unsure and not is_of_the_law(scope, scope.unsure[name], name):
                return f"the text calls {name} {scope.unsure[name]!r}, which is not known as a hypothesis"
        return ""
