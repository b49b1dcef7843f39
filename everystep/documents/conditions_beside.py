r"""A property behind a formula on the same line, without a word: ``\|Qx\| = \|x\|, \quad Q^\top Q = I``.

It may be a condition of the formula before it, or one more claim.  May import the engine.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression, Num, Var
from everystep.algebra.shapes import ShapeError
from everystep.documents.spoken import letters_of
from everystep.reader import patterns as re
from everystep.reader.scope import Scope
from everystep.reader.source import Display, Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable
from everystep.reader.values import Values
from everystep.reader.words import plain

_OF_EVERY = re.compile(r"\b(?:every|all|any|each|tout|toute|tous|toutes|chaque)\b[^.;]*$")
"""Words before a display that claim all that it says: "for every $v$ we have"."""


def property_behind(scope: Scope, statements: list[Statement], display: Display) -> Tokens:
    """Of two statements on one line the second may be a condition, where it makes a name of the first, of which nothing
    is said, symmetric, orthogonal, idempotent or of length 1: the first is then not called wrong, and neither is the
    second where the first needs it.  Empty where it is none.
    """
    if len(statements) != 2 or any(t.kind == "newline" for t in display.tokens):
        return ()
    if _OF_EVERY.search(plain(display.prose)):
        return ()
    first, second = statements
    if second.leads or second.words or second.relations != ["="] or first.followed:
        return ()
    try:
        values = Values(scope)
        sides = [values.read(tuple(side)) for side in second.sides]
        values.unify_shapes(*sides)
        left, right = (values.finished(side) for side in sides)
        name = _with_property(left, right) or _with_property(right, left)
    except (Unreadable, ShapeError):
        return ()
    if name is None or name.name not in letters_of(tuple(first.raw)) or _is_spoken_of(scope, name):
        return ()
    return tuple(second.raw)


def _with_property(left: Expression, right: Expression) -> Var | None:
    """The name that an equation makes symmetric, skew-symmetric, orthogonal, idempotent or of length 1; else None."""
    if isinstance(left, ex.Norm) and right == Num(1):
        left = left.operands[0]
        return left if isinstance(left, Var) else None
    if isinstance(left, Var):
        turned = ex.Transpose(left)
        return left if right in (turned, ex.Neg(turned), ex.Mul(left, left), ex.Pow(left, Num(2))) else None
    if isinstance(left, ex.Mul) and (isinstance(right, ex.Eye) or right == Num(1)):
        a, b = left.operands if len(left.operands) == 2 else (left, left)
        name = a if isinstance(a, Var) else b
        return name if isinstance(name, Var) and ex.Transpose(name) in (a, b) else None
    return None


def _is_spoken_of(scope: Scope, name: Var) -> bool:
    """Whether something is supposed of a name, or defines it."""
    context = scope.context
    return any(d.target == name for d in context.definitions) or any(
        name in set(ex.walk(part)) for h in context.hypotheses for part in h.sides if isinstance(part, Expression)
    )
