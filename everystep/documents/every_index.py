"""What the declarations of a problem say of an entry at an index that nothing else speaks of.

May import the reader, and the prover's free indices.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.prove.presuppositions import free_names
from everystep.reader.every_index import is_spoken_of, of_every_index
from everystep.reader.hypotheses import sign_of_part
from everystep.reader.scope import Scope


def take_for_all(scope: Scope) -> None:
    """Assume of every entry what ``%!`` lines say of one: ``x_i > 0``.

    Not where the index is one of its own: it is bounded or declared, another hypothesis than such a sign speaks of it
    (``x_k = \\max_i x_i``), or a definition does (``m := x_k``).
    """
    if not scope.at_an_index:
        return
    found = [of_every_index(h, scope) for h in scope.at_an_index if h in scope.context.hypotheses]
    if not any(found):
        return
    fixed = _fixed(scope)
    for every in found:
        if every is not None and not every[1] & fixed and not is_spoken_of(every[1], scope):
            scope.assume(every[0])


def _fixed(scope: Scope) -> frozenset[str]:
    """The indices that something else than the sign of an entry is said of."""
    said: list[ex.Expression] = []
    for hypothesis in scope.context.hypotheses:
        sign = sign_of_part(hypothesis) if isinstance(hypothesis, Relation) else None
        bound = isinstance(hypothesis, Relation) and hypothesis.op != "=" and _is_entry_and_number(hypothesis)
        if sign is None and not bound and hypothesis not in scope.at_an_index:
            said += hypothesis.sides
    said += [d.body for d in scope.context.definitions if not isinstance(d.target, (ex.Entry, ex.Member))]
    return frozenset().union(*map(free_names, said))


def _is_entry_and_number(relation: Relation) -> bool:
    """Whether a relation compares an entry or a member with a number: ``x_i <= 1``."""
    return any(isinstance(side, ex.Num) for side in relation.sides) and any(
        isinstance(side, (ex.Entry, ex.Member)) and all(i.is_Symbol for i in side.at) for side in relation.sides
    )
