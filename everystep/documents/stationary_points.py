r"""Points where a display says that a gradient is zero, and that nothing declares: ``\nabla f(\hat w) = 0``.

May import the reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from everystep.algebra.expressions import Var
from everystep.documents.looking import DEFECTS
from everystep.reader.declarations import Declarer
from everystep.reader.entities import DefinedFunction, Symbolic
from everystep.reader.marks import plain_text
from everystep.reader.source import Tokens
from everystep.reader.statements import Statement
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, stripped
from everystep.reader.values import Values


def declare_points(declarer: Declarer, statements: Sequence[Statement]) -> None:
    """Declare such points with the shape of what the function is one of.

    Only a marked letter of the function's own argument, ``\\hat w`` and ``w^\\star`` of ``f(w)``: another name may have
    a meaning that was not read.
    """
    for statement in statements:
        for k, relation in enumerate(statement.relations):
            left, right = (stripped(tuple(side)) for side in statement.sides[k : k + 2])
            if relation == "=" and plain_text(right) in ("0", "mathbf{0}"):
                with suppress(Unreadable, *DEFECTS):
                    _declare_point(declarer, left)


def _declare_point(declarer: Declarer, left: Tokens) -> None:
    scope = declarer.scope
    found = _applied(parse(left, scope.words()))
    function = scope.find(found[0].text, found[0].style) if found is not None else None
    if found is None or not isinstance(function, DefinedFunction) or len(function.parameters) != 1:
        return
    point = parse(stripped(found[1].tokens), scope.words())
    variable = scope.find(function.parameters[0])
    if not isinstance(variable, Symbolic) or not _is_marked(point, function.parameters[0]):
        return
    entity, marks = Values(scope).entity_of(point)
    if isinstance(variable.value, Var) and (entity is None or (marks and entity is variable)):
        declarer.introduce(point, *variable.value.shape)


def _applied(node: Node) -> tuple[Node, Node] | None:
    r"""The function and the bracket of ``\nabla f(v)`` and of ``f'(v)``; None for another formula."""
    parts = node.parts if node.kind == "product" else ()
    if len(parts) == 3 and parts[0].kind == "sign" and parts[0].text == "nabla" and not parts[0].scripts:
        head, group = parts[1:]
        plain = not head.scripts
    elif len(parts) == 2:
        head, group = parts
        plain = [mark for mark, _ in head.scripts] == ["'"]
    else:
        return None
    return (head, group) if plain and head.kind == "letter" and group.kind == "group" and group.text == "(" else None


def _is_marked(point: Node, letter: str) -> bool:
    """Whether a name is a letter with an accent, or with a star behind it."""
    if point.kind != "letter":
        return False
    accented = point.text.endswith(f" {letter}") and not point.scripts
    starred = point.text == letter and [plain_text(t) for _, t in point.scripts] in (["*"], ["star"], ["ast"])
    return accented or starred
