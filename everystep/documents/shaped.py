r"""Names whose shape words say, "let $y$ be one-hot", declared by the formulas of the text that they stand in.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest

from sympy import Expr

from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE, size
from everystep.documents.declaring import Declaring
from everystep.documents.given_anew import recognised
from everystep.documents.inferred import ToldShapes, declare_told
from everystep.documents.looking import DEFECTS
from everystep.documents.spoken import names_given, unmarked_letters
from everystep.documents.told_shapes import told_shapes
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction, FamilyName, Rows, Size, Symbolic
from everystep.reader.models import model
from everystep.reader.name_lists import is_names
from everystep.reader.pieces import pieces_of, trimmed
from everystep.reader.scope import Scope
from everystep.reader.sign_letters import ends_of_sums
from everystep.reader.source import Token
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable, name_of


class Shaped(Declaring):
    """The part of the checker that declares names by what words say of their shapes."""

    def _shaped(self, statements: list[Statement], order: str = "") -> None:
        """Declare the names of a display that nothing declares, where words say of each what shape it has."""
        self.problem.scope.summed = ends_of_sums(tuple(token for s in statements for side in s.sides for token in side))
        self._counted_by_sums(statements)
        if self.problem.vectors:  # before what waits is read: $y_k \\in \\{0, 1\\}$ of a vector y
            self._shaped_by_display(statements, told_shapes(self.problem))
        self._infer_waiting()
        if self._table_of_data(statements) or self._squares_of_one_size(statements):
            self._infer_waiting()
        told = told_shapes(self.problem)
        if told and self._shaped_in_prose(told):
            self._infer_waiting()
        self._shaped_by_display(statements, told)
        self._shaped_as_noise(statements if not order else [])
        for statement in statements:
            self.problem.shown |= {letter for side in statement.sides for letter in unmarked_letters(tuple(side))}

    def _counted_by_sums(self, statements: list[Statement]) -> None:
        r"""Give families of numbers, of which a display has the whole as well, as many members as it sums over:
        ``\\sum_{i=1}^n p_i q_i = p^\\top q``.
        """
        scope = self.problem.scope
        alone = {name for s in statements for side in s.sides for name in _without_index(side)}
        for key, entity in list(scope.names.items()):
            if not isinstance(entity, FamilyName) or entity.name not in alone or len(entity.letters) != 1:
                continue
            (letter,) = entity.letters
            high = scope.summed.get(letter)
            numbers = (entity.rows, entity.columns, entity.count) == (ONE, ONE, 1)
            if high and numbers and not entity.sizes and entity.low in (None, ONE) and entity.high is None:
                scope.names[key] = replace(entity, sizes=((letter, Declarer(scope, recognised).size(high)),))

    def _table_of_data(self, statements: list[Statement]) -> bool:
        """Declare the one matrix that words call one of data, where nothing in the text has a size: the lengths of what
        stands beside it are its own.  False where there is none, or more than one: they may have a length in common.
        """
        scope, problem = self.problem.scope, self.problem
        if len(problem.tables) != 1 or problem.of_all or _lengths(scope) != set():
            return False
        (name,) = problem.tables
        if not _is_open(scope, name) or name not in self._written(statements):
            return False
        scope.declare(name, Symbolic(Var(name, size(f"rows {name}"), size(f"columns {name}")), inferred=True), "")
        return True

    def _written(self, statements: list[Statement]) -> set[str]:
        """The names in the formulas of a display and in the equations of the prose."""
        tokens = [token for s in statements for side in s.sides for token in side]
        tokens += [token for declaration in self.problem.equations for token in declaration.tokens]
        return {name_of(token) for token in tokens}

    def _squares_of_one_size(self, statements: list[Statement]) -> bool:
        """Declare the matrices that words call symmetric, definite or invertible where nothing in the text has a size,
        or all that has one has the same: those that stand together are of one size, and so are what words call vectors.
        False where there are none.

        Not where a Kronecker product or a direct sum stands between them: there each has a size of its own.
        """
        scope, problem = self.problem.scope, self.problem
        lengths, defined = _lengths(scope), self._defined_in_prose()
        squares = {n for n in problem.squares - defined if _is_open(scope, n)}
        columns = {n for n in (problem.vectors | problem.drawn) - problem.data - defined if _is_open(scope, n)}
        if not squares or problem.of_all or lengths is None or len(lengths) > 1:
            return False
        written = self._written(statements)
        if written & {"otimes", "oplus", "blkdiag"} or not (squares | columns) & written:
            return False
        length = next(iter(lengths), size(f"dim {min(squares)}"))
        for name in squares | columns:
            shape = (length, length) if name in squares else (length,)
            scope.declare(name, Symbolic(Var(name, *shape), inferred=True), "")
        return True

    def _defined_in_prose(self) -> set[str]:
        """The names that stand alone on the left side of an equation in the prose."""
        left = [trimmed(p.sides[0]) for d in self.problem.equations for p in pieces_of(trimmed(d.tokens))]
        return {n for side in left if is_names(side) for n in names_given(side)}

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


def _without_index(side: Sequence[Token]) -> Iterator[str]:
    """The letters of a side that have nothing below them."""
    for token, following in zip_longest(side, side[1:]):
        if token.kind != "space" and (following is None or following.kind != "sub"):
            yield name_of(token)


def _is_open(scope: Scope, name: str) -> bool:
    return scope.find(name) is None and f"{name}[]" not in scope.names


def _lengths(scope: Scope) -> set[Expr] | None:
    """The lengths of all columns and matrices that are declared; None where a size is declared that is none of theirs:
    it may be that of a matrix or not.
    """
    found: set[Expr] = set()
    sizes: set[Expr] = set()
    for entity in scope.names.values():
        if isinstance(entity, Size):
            sizes.add(entity.value)
        elif isinstance(entity, Rows):
            found |= set(entity.matrix.shape)
        elif isinstance(entity, Symbolic):
            found |= set(entity.value.shape)
        elif isinstance(entity, FamilyName):
            found |= {entity.rows, entity.columns}
    return found - {ONE} if sizes <= found else None
