r"""Names that nothing declares in the body of a definition: w of ``p_i = \sigma(w^\top x_i)``.

Such a name is declared by the definition where one shape fits: a number, a column, or a matrix (a capital letter).
May import the reader.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import product

from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE, Shape, ShapeError
from everystep.documents.candidates import MOST, is_no_number, is_plain, shapes_of, unsaid
from everystep.reader.entities import Symbolic
from everystep.reader.marks import is_unknown
from everystep.reader.parameters import ends_behind_a_matrix
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.statements import Statement
from everystep.reader.trees import Unreadable
from everystep.reader.values import Values


def declare_names(scope: Scope, left: Tokens, right: Tokens, given: Collection[str] = ()) -> bool:
    """Declare the names that nothing declares in the right side of a definition; False where they leave a choice.

    ``given``: names that other definitions give, and this one does not tell.
    """
    statement = Statement([list(left), list(right)], ["="])
    names: list[str] = []
    while len(names) <= MOST:
        name = _wanting(scope, right, dict.fromkeys(names, (ONE, ONE)))
        if name is None:
            break
        if name in names or name in given or not is_plain(name, statement):
            return False
        names.append(name)
    if not names or len(names) > MOST:
        return False
    choices = [
        shapes_of(name, "", is_no_number(name, statement) or ends_behind_a_matrix(name, right)) for name in names
    ]
    found: list[tuple[Var, ...]] = []
    for kinds in product(*choices):
        values = Values(scope.copy())
        guesses = []
        for name, kind in zip(names, kinds, strict=True):
            rows = ONE if kind == "number" else values.unknown()
            guesses.append(Var(name, rows, values.unknown() if kind == "matrix" else ONE))
            values.scope.declare(name, Symbolic(guesses[-1], inferred=True), "")
        try:
            value = values.value(values.tree(right))
            shape = values.shape(value)
            settled = [values.resolved(guess) for guess in guesses]
        except ShapeError:
            continue
        except Unreadable:
            return False
        narrowed = any(v.shape == (ONE, ONE) != guess.shape for v, guess in zip(settled, guesses, strict=True))
        if shape is None or narrowed:
            continue
        if any(is_unknown(s) for v in settled for size in v.shape for s in size.free_symbols):
            return False
        found.append(tuple(v for v in settled if isinstance(v, Var)))
    if len(found) != 1:
        return False
    for guess in found[0]:
        scope.declare(guess.name, Symbolic(guess, inferred=True), "")
    return True


def _wanting(scope: Scope, right: Tokens, shapes: dict[str, Shape]) -> str | None:
    """The first name of a formula that nothing declares."""
    values = Values(scope.copy())
    for name, shape in shapes.items():
        values.scope.declare(name, Symbolic(Var(name, *shape), inferred=True), "")
    try:
        values.value(values.tree(right))
    except Unreadable as error:
        return next(iter(unsaid([error])), None)
    except ShapeError:
        return None
    return None
