r"""Limits: which letter moves, to where, from which side.

``\lim_{k \to \infty}`` is one of an index where the letter is one, or has no declaration and is customary for one;
every other limit is one of a real number, which is bound within what stands behind the sign.  ``A \to B`` is a limit
of A where a condition, or what stands on the arrow, says what moves.  May import ``everystep.algebra`` and this
package.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from everystep.algebra.context import Hypothesis, Relation
from everystep.algebra.expressions import Expression, LimitAt, Num, Var
from everystep.reader.entities import Size, Symbolic
from everystep.reader.marks import plain_text
from everystep.reader.source import Tokens
from everystep.reader.sums import Sums, conditions_below
from everystep.reader.trees import Node, Unreadable, name_of, relation_of, stripped

INDICES = frozenset("ijklmnpstKLMNT") | {"ell"}
"""The letters that count where they have no declaration: a limit of one to infinity is one of a sequence."""

_ABOVE, _BELOW = frozenset(("downarrow", "searrow")), frozenset(("uparrow", "nearrow"))
_SIDES = {"+": "above", "-": "below"}


def arrow_in(tokens: Tokens) -> int | None:
    r"""Where the arrow of ``h \to 0`` stands, and of ``h \downarrow 0``; None where there is none, or several."""
    marks = [k for k in range(len(tokens)) if _is_arrow(tokens, k)]
    return marks[0] if len(marks) == 1 else None


def _is_arrow(tokens: Tokens, at: int) -> bool:
    name = name_of(tokens[at])
    return (relation_of(tokens, at)[0] == "to" and name != "mapsto") or name in _ABOVE | _BELOW


def bound_letter(sign: Node) -> str:
    r"""The letter that moves in a limit sign; empty where that is not read."""
    below = next((t for m, t in sign.scripts if m == "_"), ())
    lines = conditions_below(below)
    first = stripped(lines[0])
    at = arrow_in(first)
    return plain_text(first[:at]) if at is not None else ""


class Limits(Sums):
    """The part of the reader that reads limits."""

    def _take_limit(self, factors: list[Node], separators: list[str], at: int) -> tuple[Expression, int]:
        node = factors[at]
        first, *further = conditions_below(next((t for m, t in node.scripts if m == "_"), ()))
        first = stripped(first)
        arrow = arrow_in(first)
        if arrow is None:
            raise Unreadable(r"what tends to what is not read; write \lim_{h \to 0}", node.place)
        letter = stripped(first[:arrow])
        if len(letter) != 1 or not name_of(letter[0]).isalpha():
            raise Unreadable("only limits of a letter that tends to a number or to infinity are read", node.place)
        name = name_of(letter[0])
        point, approach = _approach(first, arrow)
        entity = self.scope.find(name)
        counts = isinstance(entity, Size) or (entity is None and name in INDICES) or name in self.bound
        if approach == "infinity" and counts and not further:
            return self._limit_of_index(factors, separators, at, letter)
        if isinstance(entity, Size) or name in self.bound:
            raise Unreadable(f"{name} is an index or a size: it tends to infinity, or to nothing", node.place)
        if entity is not None and not (isinstance(entity, Symbolic) and entity.value.is_number_shaped):
            raise Unreadable(f"{name} is no number: such a limit is not read", node.place)
        variable = entity.value if isinstance(entity, Symbolic) else Var(name)
        place = Num(0) if point is None else self.read(point)
        if not self.is_number(place):
            raise Unreadable("the point of a limit has to be a number", node.place)
        for line in further:
            approach = self._side(name, line, plain_text(point or ()), approach, node)
        approach = self._one_sided(variable, place, approach, node)
        with self._moving(name, variable):
            body = self.value(self._rest(factors, separators, at + 1))
        return LimitAt(body, variable, place, approach), len(factors)

    @contextmanager
    def _moving(self, name: str, variable: Var) -> Iterator[None]:
        """While the body of a limit is read, the letter is the number that moves."""
        outer = self.locals
        self.locals = {**outer, name: variable}
        try:
            yield
        finally:
            self.locals = outer

    def _side(self, name: str, line: Tokens, point: str, approach: str, node: Node) -> str:
        r"""What a second line says: ``\substack{h \to 0 \\ h > 0}``."""
        line = stripped(line)
        marks = [k for k in range(len(line)) if relation_of(line, k)[0]]
        if len(marks) == 1 and plain_text(line[: marks[0]]) == name and approach == "both sides":
            op, width = relation_of(line, marks[0])
            if plain_text(line[marks[0] + width :]) == point:
                sides = {">": "above", ">=": "above", "<": "below", "<=": "below", "!=": "both sides"}
                if op in sides:
                    return sides[op]
        raise Unreadable("this condition of a limit is not read", node.place)

    def _one_sided(self, variable: Var, point: Expression, approach: str, node: Node) -> str:
        """What is declared of the letter: with ``\\lambda > 0`` a limit at 0 is one from above.

        Raises Unreadable where the letter cannot come near the point, or something else is said of it.
        """
        for hypothesis in self.scope.context.hypotheses:
            sign = _said(hypothesis, variable)
            if not sign:
                continue
            if isinstance(hypothesis, Relation) and hypothesis.op == "!=":
                continue
            if not isinstance(hypothesis, Relation) or point != Num(0) or sign == "other":
                if sign == "other" or not isinstance(hypothesis, Relation):
                    raise Unreadable(f"something is said of {variable.name}, which the limit moves", node.place)
                continue
            if approach in ("both sides", "infinity" if sign == "above" else "minus infinity"):
                approach = sign if approach == "both sides" else approach
            elif approach != sign:
                raise Unreadable(f"{variable.name} is declared to have another sign", node.place)
        return approach


def _said(hypothesis: Hypothesis, variable: Var) -> str:
    """``above`` for ``h > 0``, ``below`` for ``h < 0``, ``other`` for anything else that is said of a letter."""
    if not isinstance(hypothesis, Relation):
        return "other" if _is_free(variable, hypothesis.subject) else ""
    left, right = hypothesis.left, hypothesis.right
    if not _is_free(variable, left) and not _is_free(variable, right):
        return ""
    pair = (left, right) if left == variable else (right, left) if right == variable else None
    if pair is None or pair[1] != Num(0):
        return "other"
    if hypothesis.op == "!=":
        return "above"
    greater = hypothesis.op in (">", ">=") if left == variable else hypothesis.op in ("<", "<=")
    less = hypothesis.op in ("<", "<=") if left == variable else hypothesis.op in (">", ">=")
    return "above" if greater else "below" if less else "other"


def _is_free(variable: Var, e: Expression) -> bool:
    """Whether a letter occurs in an expression outside of limits that bind it."""
    if isinstance(e, LimitAt) and e.variable == variable:
        return _is_free(variable, e.point)
    return e == variable or any(_is_free(variable, operand) for operand in e.operands)


def _approach(below: Tokens, arrow: int) -> tuple[Tokens | None, str]:
    r"""(the point, how it is approached) of what stands under a limit sign: ``0^+``, ``0+``, ``0_-``, ``+\infty``."""
    point = stripped(below[arrow + 1 :])
    words = plain_text(point)
    if words in ("infty", "+infty", "infinity"):
        return None, "infinity"
    if words == "-infty":
        return None, "minus infinity"
    approach = "both sides"
    name = name_of(below[arrow])
    if name in _ABOVE | _BELOW:
        approach = "above" if name in _ABOVE else "below"
    if len(point) > 2 and point[-2].kind in ("sup", "sub") and name_of(point[-1]) in _SIDES:
        return point[:-2], _SIDES[name_of(point[-1])]
    kinds = [token.kind for token in point[-4:]]
    braces = len(point) > 4 and kinds[0] in ("sup", "sub") and kinds[1::2] == ["open", "close"]
    if braces and name_of(point[-2]) in _SIDES:
        return point[:-4], _SIDES[name_of(point[-2])]
    if len(point) > 1 and name_of(point[-1]) in _SIDES:
        return point[:-1], _SIDES[name_of(point[-1])]
    return point, approach
