"""Vectors ``x_i`` beside a vector x: where an index may make entries of x.

May import the engine and the reader.
"""

from __future__ import annotations

from sympy import Expr

from everystep.algebra import expressions as ex
from everystep.algebra.context import Relation
from everystep.algebra.shapes import ONE, same_size
from everystep.derivation import Claim
from everystep.documents.spoken import values_in
from everystep.prove.verdict import Obligations, Status, Verdict
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


def with_fitting_indices(verdict: Verdict, claim: Claim) -> Verdict:
    """The verdict; of a refuted equation ill-typed where a free index counts to different sizes, as k and l do in
    ``X_{kl} = 2 X_{lk}`` of a matrix that is not said to be square.
    """
    if verdict.status is not Status.REFUTED or not isinstance(claim, Relation):
        return verdict
    nodes = [node for side in claim.sides for node in ex.walk(side)]
    bound = {getattr(node, "index", None) for node in nodes}
    counts: dict[object, Expr] = {}
    for node in nodes:
        if not isinstance(node, ex.Entry) or isinstance(node.operands[0], ex.Eye):
            continue
        for at, size in zip(node.at, node.operands[0].shape, strict=False):
            if not at.is_Symbol or at.is_positive or at in bound or not size.is_Symbol:
                continue
            if not same_size(counts.setdefault(at, size), size):
                said = f"the index {at} counts to {counts[at]} in one place and to {size} in another"
                return Verdict(Status.ILL_TYPED, "shapes", said, obligations=Obligations(shapes="do not fit"))
    return verdict
