"""Displays that say what is supposed: "suppose that", and there an equation.

May import the engine.
"""

from __future__ import annotations

from everystep.algebra.context import Hypothesis
from everystep.documents.differentials import Differentials
from everystep.documents.spoken import letters_of
from everystep.prove.verdict import Status, Verdict
from everystep.reader.cleaning import tokenize
from everystep.reader.entities import DefinedFunction, Doubt
from everystep.reader.functions import CHANCE
from everystep.reader.signs import STYLES
from everystep.reader.source import Declaration, Display, Token
from everystep.reader.statements import Statement
from everystep.reader.supposed_displays import holds_for_all, holds_for_the_next, introduces, may_suppose, supposed
from everystep.reader.trees import latex_of, name_of

_SIGNS = {"=": "=", "<=": r"\le", ">=": r"\ge", "<": "<", ">": ">", "!=": r"\ne"}
_SIGNS |= {sign: f"\\{sign}" for sign in ("succ", "succeq", "prec", "preceq")}
TAKEN = Verdict(Status.ASSUMED, "assumed", "the text supposes it; what follows is judged under it")


class Supposing(Differentials):
    """The part of the checker that takes displays as hypotheses."""

    def _suppositions(self, statements: list[Statement], display: Display, order: str) -> list[Statement]:
        """The statements of a display that its words suppose, and that are assumed from here on."""
        behind = self.following.get(id(display), "")
        ended = name_of(display.tokens[-1]) in (".", "?") if display.tokens else False
        sentence = None if order else supposed(display.prose, "" if ended else behind, ended)
        plain_ones = [s for s in statements if _is_plain(s)]
        if sentence is None or plain_ones != statements:
            if not order and (sentence is not None or may_suppose(display.prose)):
                others = (s for s in statements if not _is_of_chance(s) and not self._is_definition(s, order))
                self._doubt_names([*others])
                self.problem.scope.doubt(h for h in self.problem.supposed if h in self.problem.scope.context.hypotheses)
            return []
        taken = list[Statement]()
        for statement in statements:
            slopes = any(name_of(t) in ("nabla", "partial", "frac", "'") for side in statement.sides for t in side)
            if _is_of_chance(statement):
                continue  # a mean of what has a law or a value is claimed; of other names it is stated elsewhere
            if self._is_definition(statement, order) or (slopes and len(statement.relations) > 1):
                continue  # "where \\nabla f = X^T r = 0": that the gradient is this is claimed
            if introduces(display.prose) and self._speaks_of_values(statement):
                if not _is_slope(statement):  # "let f(x) = x^T x with \\nabla f(x) = 2 x": that it is this is claimed
                    self._doubt_names([statement])  # "let B = A^T A with tr B = 1"
                continue
            given, doubts = set(self.problem.scope.context.hypotheses), self.problem.scope.doubts
            place = statement.place or display.place
            said = Declaration(_written(statement), place, True, sentence.before, "", is_open=True)
            if self._declared(said, waits=False) and not self._is_doubted(doubts, given):
                taken.append(statement)
                self.problem.supposed |= set(self.problem.scope.context.hypotheses) - given
                self._keep_premise(given, behind, ended)
                indexed = any(token.kind == "sub" for side in statement.sides for token in side)
                if not indexed and holds_for_all(display.prose, behind, ended):
                    self._doubt_names([statement])  # only what it says of one value is known
                continue
            self._doubt_names([statement])
        return taken

    def _is_doubted(self, doubts: tuple[Doubt, ...], given: set[Hypothesis]) -> bool:
        """Whether something has come to be in doubt that was not given before: a rival of the new one was."""
        fresh = [doubt for doubt in self.problem.scope.doubts if doubt not in doubts]
        return any(doubt.hypothesis not in given for doubt in fresh)

    def _doubt_names(self, statements: list[Statement]) -> None:
        """What was not read of names may make right what looks wrong of them."""
        scope = self.problem.scope
        for statement in statements:
            letters = {letter for side in statement.sides for letter in letters_of(tuple(side))} - STYLES.keys()
            scope.unsure.update((n, latex_of(tuple(statement.raw))) for n in letters if scope.find(n) is not None)

    def _speaks_of_values(self, statement: Statement) -> bool:
        """Whether the left side of an equation has names with a value alone, or is a derivative or a value of a
        function.
        """
        scope = self.problem.scope
        left = [name for name in letters_of(tuple(statement.sides[0])) if name not in STYLES]
        named = {n for n in left if scope.find(n) is not None}
        ruled = {rule.target.name for rule in scope.context.definitions}
        functions = {n for n in named if isinstance(scope.find(n), DefinedFunction)}
        applied = name_of(statement.sides[0][0]) in functions
        slope = bool(functions) and _is_slope(statement)
        return statement.relations == ["="] and (slope or applied or (bool(named) and named <= ruled))

    def _keep_premise(self, given: set[Hypothesis], behind: str, ended: bool) -> None:
        """What "if" supposes in a display holds for the next one, where "then" leads to it."""
        scope = self.problem.scope
        fresh = [h for h in scope.temporary if h not in given]
        if fresh and holds_for_the_next(behind, ended):
            self.problem.premises += fresh


def _is_slope(statement: Statement) -> bool:
    """Whether a derivative is written on the left side of a statement."""
    return any(name_of(token) in ("nabla", "partial", "'", "prime") for token in statement.sides[0])


def _is_of_chance(statement: Statement) -> bool:
    """Whether a statement is written with a mean, a variance or a covariance."""
    return any(name_of(t) in CHANCE for side in statement.sides for t in side)


def _is_plain(statement: Statement) -> bool:
    """Whether a statement has nothing beside it, and no arrow."""
    beside = statement.conditions or statement.reasons or statement.asides or statement.every or statement.unclear
    return (
        not (beside or statement.leads or statement.followed or statement.constant or statement.moving)
        and set(statement.relations) <= _SIGNS.keys()
    )


def _written(statement: Statement) -> tuple[Token, ...]:
    """The tokens of a statement, as of a formula in a line of text."""
    place = statement.sides[0][0].place
    written = [*statement.sides[0]]
    for relation, side in zip(statement.relations, statement.sides[1:], strict=True):
        written += [*tokenize(f"{_SIGNS[relation]} ", place.file, place.line, place.column), *side]
    return tuple(written)
