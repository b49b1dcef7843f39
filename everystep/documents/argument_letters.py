r"""Letters that functions of a number were given with, z of ``\sigma(z) = 1/(1 + e^{-z})``, and that a later section
has made vectors.

May import the reader.
"""

from __future__ import annotations

from everystep.documents.spoken import letters_in
from everystep.reader.entities import Symbolic
from everystep.reader.scope import Scope
from everystep.reader.statements import Statement


def as_arguments(statement: Statement, k: int, scope: Scope) -> Scope | None:
    """A scope in which such letters are numbers again, for a step that has no other names than them and functions.

    None where a name is something else, or is a vector by the section that the step stands in: the step is then one
    about vectors.
    """
    named = {name for name in letters_in(statement, k) if isinstance(scope.find(name), Symbolic)}
    vectors = {n for n in named if n in scope.parameters and not _is_number(scope, n)}
    if not vectors or vectors != named or not all(map(scope.is_from_another_section, vectors)):
        return None
    other = scope.copy()
    for name in vectors:
        other.forget(name)
        del other.names[name]
    return other


def _is_number(scope: Scope, name: str) -> bool:
    entity = scope.names.get(name)
    return not isinstance(entity, Symbolic) or entity.value.is_number_shaped
