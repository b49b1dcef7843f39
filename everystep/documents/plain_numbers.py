r"""Numbers that nothing declares in a definition among numbers: gamma and beta of ``y_i = \gamma \hat x_i + \beta``.

May import the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from everystep.algebra.expressions import Var
from everystep.algebra.shapes import ONE, ShapeError
from everystep.documents.candidates import unsaid
from everystep.documents.spoken import unmarked_letters
from everystep.reader.entities import DefinedFunction, FamilyName, ScalarFunctionName, Size, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.signs import GREEK, STYLES
from everystep.reader.source import Token, Tokens
from everystep.reader.trees import Unreadable, name_of
from everystep.reader.values import Values

MOST = 3
"""The most letters without a declaration of one definition that are numbers by what stands beside them."""
_OF_VECTORS = frozenset(("top", "intercal", "odot", "nabla", "partial", "lVert", "Vert", "\\|", "mathbb", "sim"))


def numbers_among(scope: Scope, body: Tokens) -> list[str]:
    """The letters without a declaration in the body of a definition that are numbers, as all its other names are.

    Each letter stands alone, without an index, a style or brackets behind it, and is no capital.  Empty where something
    else is written, or is not read.
    """
    written = [t for t in body if t.kind != "space"]
    if any(name_of(t) in STYLES or name_of(t) in _OF_VECTORS for t in written):
        return []
    found: list[str] = []
    while len(found) <= MOST:
        reader = Values(scope.copy())
        for name in found:
            reader.scope.declare(name, Symbolic(Var(name), inferred=True), "")
        try:
            value = reader.value(reader.tree(body))
        except Unreadable as error:
            name = next(iter(unsaid([error])), "")
            if not _may_be_number(name, written) or name in found:
                return []
            found.append(name)
            continue
        except ShapeError:
            return []
        guessed = sorted(n for n, guess in reader.guesses.items() if guess.shape != (ONE, ONE))
        if guessed and _may_be_number(guessed[0], written):  # alone in a term, it may be of any shape for the reader
            found.append(guessed[0])
            continue
        return found if found and reader.is_number(value) and _all_numbers(scope, body, found) else []
    return []


def _may_be_number(name: str, written: Sequence[Token]) -> bool:
    """Whether a letter is written as a number is: no capital, without an index, and never in front of a bracket."""
    if not (name in GREEK or (len(name) == 1 and name.islower())) or name in ("i", "j", "e", "d"):
        return False
    for token, behind in pairwise(written):
        if name_of(token) == name and (behind.kind == "sub" or name_of(behind) in ("(", "'")):
            return False
    return True


def _all_numbers(scope: Scope, body: Tokens, found: Sequence[str]) -> bool:
    """Whether all declared names of a body are numbers, and one of them is."""
    letters = {n for n in unmarked_letters(body) if len(n) == 1 or n in GREEK} - set(found)
    entities = [e for n in letters for e in (scope.names.get(n), scope.names.get(f"{n}[]")) if e is not None]
    numbers = [e for e in entities if isinstance(e, Symbolic | FamilyName)]
    others = any(
        not isinstance(e, Symbolic | FamilyName | Size | ScalarFunctionName | DefinedFunction) for e in entities
    )
    shapes = {e.value.shape if isinstance(e, Symbolic) else (e.rows, e.columns) for e in numbers}
    return not others and shapes <= {(ONE, ONE)}
