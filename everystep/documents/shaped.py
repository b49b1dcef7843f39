r"""Names whose shape words say, "let $y$ be one-hot", declared by the formulas of the text that they stand in.

May import the engine.
"""

from __future__ import annotations

from contextlib import suppress

from everystep.documents.declaring import Declaring
from everystep.documents.given_anew import recognised
from everystep.documents.inferred import ToldShapes, declare_told
from everystep.documents.looking import DEFECTS
from everystep.documents.spoken import names_given, unmarked_letters
from everystep.documents.told_shapes import told_shapes
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction
from everystep.reader.models import model
from everystep.reader.pieces import pieces_of, trimmed
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of


class Shaped(Declaring):
    """The part of the checker that declares names by what words say of their shapes."""

    def _shaped(self, statements: list[Statement], order: str = "") -> None:
        """Declare the names of a display that nothing declares, where words say of each what shape it has."""
        if self.problem.vectors:  # before what waits is read: $y_k \\in \\{0, 1\\}$ of a vector y
            self._shaped_by_display(statements, told_shapes(self.problem))
        self._infer_waiting()
        told = told_shapes(self.problem)
        if told and self._shaped_in_prose(told):
            self._infer_waiting()
        self._shaped_by_display(statements, told)
        self._shaped_as_noise(statements if not order else [])
        for statement in statements:
            self.problem.shown |= {letter for side in statement.sides for letter in unmarked_letters(tuple(side))}

    def _shaped_by_display(self, statements: list[Statement], told: ToldShapes) -> None:
        """Declare names with a shape in the equations of a display."""
        for statement in statements if told else ():
            with suppress(Unreadable, *DEFECTS):
                defines_one = self._is_definition(statement, "")
                sides = [tuple(side) for side in statement.sides][defines_one:]
                if sides and declare_told(self.problem.scope, statement, sides, told, step=not defines_one):
                    self._infer_waiting()

    def _shaped_as_noise(self, statements: list[Statement]) -> None:
        """Declare the noise of a display's equation before what waits is given up: its mean and variance may wait."""
        for statement in statements:
            if not self.problem.waiting or statement.leads or statement.constant or statement.relations[:1] != ["="]:
                continue
            left, right = (tuple(side) for side in statement.sides[:2])
            if model(self.problem.scope, left, right, self.problem.chance):
                self._infer_waiting()

    def _shaped_in_prose(self, told: ToldShapes) -> bool:
        """Declare names with a shape in the equations of the prose: of what waits, and of what was passed over."""
        scope, found = self.problem.scope, False
        for declaration in list(self.problem.equations):
            for piece in pieces_of(trimmed(declaration.tokens)):
                if piece.relations not in (("=",), (":=",)) or not piece.sides[0]:
                    continue
                with suppress(Unreadable, *DEFECTS):
                    statement = Statement([list(side) for side in piece.sides], ["="])
                    new = Declarer(scope, recognised).is_new(*piece.sides)
                    function = isinstance(scope.find(name_of(piece.sides[0][0])), DefinedFunction)
                    sides = piece.sides[1:] if new or function else piece.sides
                    kept = scope.copy()
                    declared = declare_told(scope, statement, sides, told)
                    if declared and new and declaration not in self.problem.waiting:
                        declared = self._declared(declaration) and self._has_value(names_given(piece.sides[0]))
                        self.problem.scope = scope = self.problem.scope if declared else kept
                    found = found or declared
        return found

    def _has_value(self, names: set[str]) -> bool:
        """Whether names are defined, and not merely declared."""
        context = self.problem.scope.context
        defined = {d.target.name for d in context.definitions} | {r.target.name for r in context.recurrences}
        return bool(names) and names <= defined
