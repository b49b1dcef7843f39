"""Names with an index beside a number of the same letter: the counts ``N_k`` beside their number N.

A number has no entries, so that such a name is another one.  May import this package.
"""

from __future__ import annotations

from everystep.reader.entities import Entity, Size, Symbolic
from everystep.reader.scope import Scope
from everystep.reader.source import Tokens
from everystep.reader.trees import Node
from everystep.reader.values import Values


def is_beside_number(entity: Entity | None, scripts: list[tuple[str, Tokens]]) -> bool:
    """Whether what stands below a declared number or size makes another name: ``N_k`` beside N, ``a_1`` beside a.

    A name whose shape was only guessed may be a vector that has entries.
    """
    if [mark for mark, _ in scripts] != ["_"]:
        return False
    number = isinstance(entity, Symbolic) and entity.value.is_number_shaped and not entity.inferred
    return number or isinstance(entity, Size)


def is_unknown_name(scope: Scope, node: Node) -> bool:
    """Whether a name stands for nothing yet; an index below a number of the same letter does not tell what it is."""
    entity, scripts = Values(scope).entity_of(node)
    return entity is None or is_beside_number(entity, scripts)
