r"""Families that equations define through each other: ``z_l = W_l h_{l-1} + b_l`` and ``h_l = \sigma(z_l)``.

None of them has a declaration; together the equations may leave their members one shape.  May import
``everystep.algebra`` and this package.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.algebra.shapes import ONE
from everystep.reader.declarations import Declarer
from everystep.reader.entities import FamilyName
from everystep.reader.marks import bracketed, is_unknown
from everystep.reader.pieces import trimmed
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.syntax import parse
from everystep.reader.trees import Node, Unreadable, name_of, stripped
from everystep.reader.values import Values


def general_member(scope: Scope, left: Tokens) -> Node | None:
    """The member of a family without a declaration that a side is: ``h_l``, ``a^{[l]}``, ``x_{k+1}``; else None."""
    try:
        node = parse(trimmed(left), scope.words())
    except Unreadable:
        return None
    if node.kind != "letter" or len(node.scripts) != 1 or not _letter(node):
        return None
    return node if Values(scope).entity_of(node)[0] is None else None


def define_together(declarer: Declarer, equations: Sequence[tuple[Tokens, Tokens]]) -> None:
    """Declare the families that the equations give, in the one shape that all of them leave, and define them.

    Raises Unreadable where the equations do not tell the shapes, or one of them is not read.
    """
    scope = declarer.scope
    nodes = [general_member(scope, left) for left, _ in equations]
    families: dict[str, Node] = {node.text: node for node in nodes if node is not None}
    trial = Values(scope.copy())
    for name, node in families.items():
        unknown = FamilyName(name, trial.unknown(), trial.unknown(), letters=(_letter(node),))
        trial.scope.declare(name, unknown, node.style)
    for member, (_, right) in zip(nodes, equations, strict=True):
        if member is not None:
            trial.side = None
            trial.relate(trial.value(member), trial.read(trimmed(right)))
    for name, node in families.items():
        entity = trial.scope.find(name, node.style, indexed=True)
        if not isinstance(entity, FamilyName):
            raise Unreadable(f"{name} has no declaration", node.place)
        rows, columns = trial.settled(entity.rows), trial.settled(entity.columns)
        columns = ONE if is_unknown(columns) and not is_unknown(rows) and name.islower() else columns
        if any(is_unknown(s) for size in (rows, columns) for s in size.free_symbols):
            raise Unreadable(f"{name} has no declaration", node.place)
        scope.declare(name, FamilyName(name, rows, columns, letters=(_letter(node),)), node.style)
        declarer.take_starts(node, FamilyName(name, rows, columns))
    for left, right in equations:
        declarer.define(left, right)


def _letter(node: Node) -> str:
    """The letter of an index such as ``l``, ``l + 1``, ``(l)``; empty where it is something else."""
    ((mark, written),) = node.scripts
    inner = bracketed(written)
    if mark != "_" and inner is None:
        return ""
    tokens = stripped(inner if inner is not None else written)
    letter = name_of(tokens[0]) if tokens else ""
    shifted = len(tokens) == 3 and tokens[1].text in "+-" and tokens[2].text.isdigit()
    plain = (len(letter) == 1 and letter.islower()) or letter == "ell"
    return letter if plain and (len(tokens) == 1 or shifted) else ""
