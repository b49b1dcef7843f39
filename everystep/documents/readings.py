r"""The sides of a step as they are read, and other readings of a step that would fit where one does not.

May import the engine and the reader.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import NamedTuple

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Hypothesis, Relation
from everystep.algebra.expressions import Expression, Num
from everystep.algebra.shapes import ShapeError, same_shape
from everystep.derivation import Claim
from everystep.documents.doubting import Doubting, Side
from everystep.documents.entries import entries_beside
from everystep.documents.looking import DEFECTS
from everystep.documents.matrix_roots import with_roots_tied
from everystep.documents.spoken import compared, definite, is_random, is_whole_family, values_in, varied_names
from everystep.prove.verdict import Status
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable
from everystep.reader.values import Values
from everystep.reader.vector_powers import by_entries, by_length, has_one_of_ones, has_power_of_a_vector

COMPARED = {"=", "<=", ">=", "<", ">", "!="}
MOST_WHOLES = 3
"""Families of numbers that may stand as vectors in a step for which rows are tried, too."""
POWER = r"the power of a vector, entry by entry or of its length? write \odot or \|x\|^2"


class Read(NamedTuple):
    """The sides of a chain as they are read in a scope."""

    values: Values
    scope: Scope
    sides: list[Side]


class Readings(Doubting):
    """The part of the checker that reads the sides of a step, in the scope at hand or in another one."""

    @staticmethod
    def _side(values: Values, side: Tokens) -> Expression | Unreadable:
        try:
            return values.side_of(side, True)
        except Unreadable as error:
            return error
        except RecursionError:
            return Unreadable("nested too deeply", side[0].place if side else None)
        except DEFECTS as error:
            return Unreadable(str(error), side[0].place if side else None)

    @staticmethod
    def _related(sides: list[Side], values: Values) -> list[Side]:
        """Neighbouring sides with zeros and unknown sizes made to fit."""
        result = list(sides)
        for k in range(len(result) - 1):
            left, right = result[k], result[k + 1]
            if isinstance(left, Expression) and isinstance(right, Expression):
                result[k], result[k + 1] = values.relate(left, right)
        for k in range(len(result) - 1, 0, -1):
            left, right = result[k - 1], result[k]
            if isinstance(left, Expression) and isinstance(right, Expression):
                result[k - 1], result[k] = values.relate(left, right)
        return result

    def _claim(
        self,
        left: Side,
        op: str,
        right: Side,
        values: Values,
        statement: Statement,
        k: int,
    ) -> Claim | Unreadable:
        for side in (left, right):
            if isinstance(side, Unreadable):
                return side
        if not isinstance(left, Expression) or not isinstance(right, Expression):
            return Unreadable("a side is missing")
        place = next((t.place for t in statement.sides[k + 1]), statement.place)
        try:
            left = values.finished(left, place, claimed=True)
            right = values.finished(right, place, claimed=True)
        except Unreadable as error:
            return error
        if op in ("succ", "succeq", "prec", "preceq"):
            return definite(left, op, right)
        if op == "perp" and self._are_constant_vectors(left, right):
            left, op, right = ex.Mul(ex.Transpose(left), right), "=", Num(0)
        if op == ":=":
            op = "="
        if op not in COMPARED:
            words = {"approx": "an approximation", "propto": "a proportionality", "to": "a limit without \\lim"}
            return Unreadable(f"{words.get(op, 'this relation')} is not judged", place)
        return compared(left, op, right)

    def _are_constant_vectors(self, left: Expression, right: Expression) -> bool:
        r"""Whether two sides are columns with nothing random in them: ``\perp`` says that they are orthogonal."""
        try:
            columns = left.shape == right.shape and left.shape[1] == 1
        except ShapeError:
            return False
        context = self.problem.scope.context
        random = {law.target.name for law in context.random}
        return columns and not any(is_random(side, random, context) for side in (left, right))

    def _read_anew(
        self, statement: Statement, k: int, scope: Scope, display: Display, given: tuple[Hypothesis, ...]
    ) -> tuple[Claim, Context] | None:
        """A step as it is read in another scope; None where it cannot be read so."""
        values = Values(scope, varied_names(display.tokens, scope))
        sides = self._related([self._side(values, tuple(s)) for s in statement.sides[k : k + 2]], values)
        claim = self._claim(sides[0], statement.relations[k], sides[1], values, statement, k)
        if isinstance(claim, Unreadable):
            return None
        context = scope.context.given(*values.assumed, *given)
        context = replace(context, definitions=context.definitions + tuple(values.defined))
        return claim, with_roots_tied(claim, context)

    def _read_as_entries(self, claim: Claim, context: Context, scope: Scope) -> str:
        """The letter x of vectors ``x_i`` beside a vector x, where a wrong claim is none with entries of x for them."""
        rule = entries_beside(claim, scope)
        if not isinstance(claim, Relation) or not rule:
            return ""
        other = Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))
        return min(n.name for n in rule) if not self._judged(other, context).status.is_wrong else ""

    def _fits_as_rows(self, claim: Claim, context: Context) -> bool:
        """Whether an ill-typed claim has no shape that is wrong where a family of numbers that stands as a vector is a
        row; also where more of them stand in it than are tried.
        """
        columns = list(dict.fromkeys(node for node in values_in(claim) if is_whole_family(node)))
        if not isinstance(claim, Relation) or not columns or len(columns) > MOST_WHOLES:
            return True
        for chosen in product((False, True), repeat=len(columns)):
            rule = {c: ex.Transpose(c) for c, row in zip(columns, chosen, strict=True) if row}
            turned = Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))
            if rule and self._judged(turned, context).status is not Status.ILL_TYPED:
                return True
        return False

    def _with_powers(self, statement: Statement, k: int, plain: Read, display: Display) -> Read | Unreadable:
        """A step with powers of vectors as it is read where they are taken entry by entry, if only that fits it; why it
        is not read, if they may be squared lengths; entry by entry also where neither fits: then that says what does
        not fit.
        """
        sides = plain.sides[k : k + 2]
        if not any(isinstance(side, Expression) and has_power_of_a_vector(side) for side in sides):
            return plain
        if plain.scope.denies_entrywise:
            return plain
        claim = self._claim(sides[0], statement.relations[k], sides[1], plain.values, statement, k)
        if isinstance(claim, Unreadable) or entries_beside(claim, plain.scope):
            return plain  # w_j may be an entry of w, beside w_t
        fit, entrywise = [], plain
        for scope in (by_entries(plain.scope), by_length(plain.scope)):
            values = Values(scope, varied_names(display.tokens, scope))
            read = self._related([self._side(values, tuple(s)) for s in statement.sides[k : k + 2]], values)
            claim = self._claim(read[0], statement.relations[k], read[1], values, statement, k)
            found = Read(values, scope, [*plain.sides[:k], *read, *plain.sides[k + 2 :]])
            if isinstance(claim, Relation) and _fits(claim):
                fit.append(found)
            if isinstance(claim, Relation) and scope.entrywise:
                entrywise = found
        if not fit:
            return entrywise
        by_entry = len(fit) == 1 and fit[0].scope.entrywise
        return fit[0] if by_entry else Unreadable(POWER, statement.place or display.place)


def _fits(claim: Relation) -> bool:
    """Whether both sides have the same shape, and no column of ones is as long as a number."""
    try:
        fits = same_shape(claim.left.shape, claim.right.shape)
    except ShapeError:
        return False
    return fits and not any(has_one_of_ones(side) for side in (claim.left, claim.right))
