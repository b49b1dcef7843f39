"""Vectors ``x_i`` beside a vector x: where an index may make entries of x.

May import the engine and the reader.
"""

from __future__ import annotations

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.shapes import ONE, same_size
from everystep.derivation import Claim
from everystep.documents.spoken import values_in
from everystep.reader.entities import Symbolic
from everystep.reader.scope import Scope


def entries_beside(claim: Claim, scope: Scope) -> dict[ex.Member, ex.Entry]:
    """The members ``x_i`` in a claim that a declared vector x has as entries, too, with these."""
    vectors = {name: e.value for name, e in scope.names.items() if isinstance(e, Symbolic)}
    members = [node for node in values_in(claim) if isinstance(node, ex.Member) and len(node.at) == 1]
    columns = {n: vectors[n.name] for n in members if n.name in vectors and f"{n.name}[]" in scope.names}
    return {n: ex.Entry(v, n.at[0]) for n, v in columns.items() if v.shape[1] == 1 and not v.is_number_shaped}


def counted_as_entries(claim: Claim, scope: Scope) -> Claim:
    """A claim with the entries of vectors for members whose index a sum counts as it does entries, from one to the
    length of the vector; as it was where one of them is counted in another way, or not at all.
    """
    rule = entries_beside(claim, scope)
    if not isinstance(claim, Relation) or not rule:
        return claim
    sums = [node for side in claim.sides for node in ex.walk(side) if isinstance(node, ex.SumOver)]
    for member, entry in rule.items():
        length = entry.operands[0].shape[0]
        over = [s for s in sums if s.index == member.at[0]]
        if not over or not all(s.range[0] == ONE and same_size(s.range[1], length) for s in over):
            return claim
    return Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))
