"""Which names bear on each other: through definitions, shapes and hypotheses; entries that may be iterates.

May import ``everystep.algebra`` and the reader.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.reader.entities import FamilyName, Size, Symbolic
from everystep.reader.scope import Scope


def bound_up(names: set[str], scope: Scope, by_sizes: bool = True) -> set[str]:
    """Names with those that their shapes, definitions and hypotheses tie them to: what is said of one bears on all.

    ``by_sizes``: also those that have a size in common, as far as something may be said of it.
    """
    context = scope.context
    ties = [_spoken_of(d.target, d.body) for d in context.definitions]
    ties += [_spoken_of(r.target, r.body) for r in context.recurrences]
    ties += [_spoken_of(r.target, *r.parameters) for r in context.random]
    ties += [_spoken_of(*((h.left, h.right) if isinstance(h, Relation) else (h.subject,))) for h in context.hypotheses]
    ties += [_spoken_of(e.value) for e in scope.names.values() if isinstance(e, Symbolic)]
    ties += [
        {e.name} | {str(s) for s in e.rows.free_symbols | e.columns.free_symbols}
        for e in scope.names.values()
        if isinstance(e, FamilyName)
    ]
    if not by_sizes:
        sizes = {str(entity.value) for entity in scope.names.values() if isinstance(entity, Size)}
        ties = [tie - sizes for tie in ties]
    found = set(names)
    while True:
        further = set[str]().union(*(tie for tie in ties if tie & found)) - found
        if not further:
            return found
        found |= further


def iterates(side: Expression, scope: Scope) -> list[str]:
    """Entries ``x_1`` of a vector x beside which ``x_0`` or ``x_2`` is declared as a vector of that shape; and ``x_0``,
    which is none, as entries count from 1.
    """
    found = []
    for node in ex.walk(side):
        if not isinstance(node, ex.Entry) or not isinstance(node.operands[0], Var) or not node.at[0].is_Integer:
            continue
        name, shape = node.operands[0].name, node.operands[0].shape
        if node.at[0] == 0 and shape != (1, 1):
            scope.iterated.add(name)
        others = (scope.names.get(f"{name}_{k}") for k in range(3))
        if name in scope.iterated or any(
            isinstance(other, Symbolic) and other.value.shape == shape != (1, 1) for other in others
        ):
            found.append(f"{name}_{node.at[0]}")
    return found


def functions_used(letters: set[str], scope: Scope) -> set[str]:
    """The functions that the definitions of names are written with: what is said of them bears on the names."""
    rules: tuple[Definition | Recurrence, ...] = (*scope.context.definitions, *scope.context.recurrences)
    names, found = set(letters), set[str]()
    while True:
        nodes = [n for rule in rules if rule.target.name in names for n in ex.walk(rule.body)]
        found |= {n.function for n in nodes if isinstance(n, ex.Apply | ex.Call)}
        further = {n.name for n in nodes if isinstance(n, Var | ex.Member)} - names
        if not further:
            return found
        names |= further


def _spoken_of(*parts: Expression) -> set[str]:
    """The names in expressions, those of their sizes and indices among them."""
    leaves = {node.name for part in parts for node in ex.walk(part) if isinstance(node, Var | ex.Member)}
    return leaves | {str(symbol) for part in parts for symbol in part.free_symbols}
