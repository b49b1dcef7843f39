r"""New names for the solution of an equation: ``A w = b \Rightarrow w^* = A^{-1} b`` says of w what it is.

May import the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from everystep.algebra.context import Hypothesis, Relation
from everystep.documents.spoken import is_stationarity
from everystep.reader.entities import Symbolic
from everystep.reader.marks import plain_text
from everystep.reader.pieces import names_in
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.statements import Statement
from everystep.reader.syntax import parse
from everystep.reader.trees import Unreadable, name_of, stripped
from everystep.reader.values import Values

_ABOVE = ("hat", "widehat", "bar", "overline", "tilde", "widetilde")
_STARS = ("*", "star", "ast")
_BEST = ("opt", "min", "max", "ls", "ols", "ml", "mle", "map", "ridge", "wls", "gls", "sol", "mn")


def solution_of(statement: Statement, premises: Sequence[Hypothesis], scope: Scope) -> Tokens | None:
    r"""The letter that a consequence gives under a new name with a hat or a star, where the premises speak of it; None
    where it gives none.
    """
    if not statement.leads or statement.relations[:1] != ["="]:
        return None
    left = stripped(tuple(statement.sides[0]))
    letter = _without_mark(left)
    if letter is None:
        return None
    with suppress(Unreadable):
        known, marks = Values(scope).entity_of(parse(left, scope.words()))
        if known is not None and not marks:
            return None  # it is declared itself
    entity = scope.find(name_of(letter[0]))
    if not isinstance(entity, Symbolic):
        return None
    stationary = (h for h in scope.context.hypotheses if isinstance(h, Relation) and is_stationarity(h))
    spoken = set[str]().union(*map(names_in, (*premises, *stationary)))
    return letter if entity.value.name in spoken else None


def _without_mark(left: Tokens) -> Tokens | None:
    r"""``w`` of ``\hat w``, ``w^*``, ``w_{\mathrm{opt}}``; None of anything else."""
    if not left:
        return None
    if left[0].kind == "command" and name_of(left[0]) in _ABOVE:
        letter = stripped(left[1:])
        return letter if len(letter) == 1 else None
    if len(left) < 3 or left[1].kind not in ("sup", "sub"):
        return None
    mark = plain_text(stripped(left[2:])).lower().strip("\\{} ")
    known = mark in _STARS or (left[1].kind == "sub" and mark in _BEST)
    return left[:1] if known else None
