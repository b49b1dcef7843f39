r"""The real variable of a statement about functions of a number: z of ``\tanh'(z) = \frac{d}{dz} \tanh(z)``.

May import the reader.
"""

from __future__ import annotations

from itertools import pairwise

from everystep.algebra.context import Context
from everystep.algebra.shapes import ONE
from everystep.documents.spoken import unmarked_letters
from everystep.reader.entities import DefinedFunction, Entity, FamilyName, ScalarFunctionName, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.signs import ACCENTS, GREEK, STYLES
from everystep.reader.source import Token
from everystep.reader.statements import Statement
from everystep.reader.tokens import listed
from everystep.reader.trees import name_of

_NO_NAMES = frozenset(("d", "e"))
_OF_A_NUMBER = frozenset(("'", "prime"))
_OF_VECTORS = listed(
    """
    partial nabla sum prod odot circ top intercal mathbb operatorname softmax diag tr det norm Vert vert | lVert rVert
    lvert rvert langle rangle lim int
    """
)
"""With these signs a letter may as well be a vector, or the statement is about more than one number."""


def real_variable(statement: Statement, scope: Scope) -> str:
    r"""The letter in which a statement is an identity between functions of one real variable; empty for none.

    The statement differentiates by it, ``\frac{d}{dz}``, or has a primed function of it, ``\sigma'(z)``, and it is the
    only one of its letters that is no function of a number and no declared number without a value.  Nothing declares
    the letter, or a function of a number was given with it, ``\sigma(a) = 1 / (1 + e^{-a})``, and only members
    ``a_k`` have it as their name.  It fails where the letter has an index or a style, and beside the signs of sums and
    of vectors.
    """
    sides = [[t for t in side if t.kind != "space"] for side in statement.sides]
    written = [name_of(t) for side in sides for t in side]
    if any(word in _OF_VECTORS or word in STYLES or word in ACCENTS for word in written):
        return ""
    letters = set().union(*(unmarked_letters(tuple(side)) for side in sides)) - _NO_NAMES
    letters = {n for n in letters if len(n) == 1 or n in GREEK}
    open_ones = {n for n in letters if _may_be_variable(n, scope)}
    if len(open_ones) != 1 or not all(_is_known(n, scope) for n in letters - open_ones):
        return ""
    (letter,) = open_ones
    return letter if _varies(letter, sides) and not any(_is_marked(letter, side) for side in sides) else ""


def _may_be_variable(name: str, scope: Scope) -> bool:
    """Whether a letter has no meaning but as an argument, or as the name of numbers with an index."""
    entity: Entity | None = scope.find(name)
    members = isinstance(entity, FamilyName) and (entity.rows, entity.columns) == (ONE, ONE)
    if f"{name}^2" in scope.names:
        return False  # sigma, where its square is a number of its own
    return entity is None or (members and name in scope.parameters)


def _is_known(name: str, scope: Scope) -> bool:
    """Whether a letter is a function of a number, or a number that has no value and depends on nothing."""
    entity = scope.find(name)
    if isinstance(entity, ScalarFunctionName):
        return True
    if isinstance(entity, DefinedFunction):
        return entity.entrywise
    return isinstance(entity, Symbolic) and _is_constant(entity, scope.context) and name not in scope.depends


def _is_constant(entity: Symbolic, context: Context) -> bool:
    """Whether a number is open and not random."""
    given = {d.target for d in context.definitions} | {law.target for law in context.random}
    return entity.value.is_number_shaped and entity.value not in given


def _varies(letter: str, sides: list[list[Token]]) -> bool:
    """Whether something is differentiated by a letter, or a derivative is taken at it."""
    for side in sides:
        names = [name_of(t) for t in side]
        if ("d", letter) in pairwise(names):
            return True
        primed = (k for k, name in enumerate(names) if name in _OF_A_NUMBER)
        for k in primed:
            behind = [n for n in names[k + 1 :] if n not in ("^", "{", "}", "'", "prime")]
            if behind[:1] == ["("]:
                return True
    return False


def _is_marked(letter: str, side: list[Token]) -> bool:
    """Whether a letter has an index, or stands before a bracket as a function does."""
    for token, behind in pairwise(side):
        if name_of(token) == letter and (behind.kind == "sub" or name_of(behind) == "("):
            return True
    return False
