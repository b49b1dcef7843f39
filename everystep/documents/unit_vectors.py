r"""``e_i \in \mathbb{R}^n``: vectors of which nothing but the length is said, or the unit vectors that ``e_i`` are.

May import the engine.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression, Member
from everystep.algebra.shapes import ONE
from everystep.derivation import Claim
from everystep.documents.spoken import all_in, values_in

LETTER = "e"


def with_unit_vectors(claim: Claim, context: Context) -> tuple[Relation, Context] | None:
    """A claim in which the members of a family ``e_i`` are unit vectors.

    None where it has no such columns, or where more is said of them than their length: a hypothesis, a value, a law,
    another number of them than they are long.  Of as many as they are long, ``e_i^T e_j = \\delta_{ij}`` is a claim.
    """
    members = {
        node
        for node in all_in(claim, context)
        if isinstance(node, Member) and node.name == LETTER and len(node.at) == 1 and node.shape[1] == ONE
    }
    if not members or not isinstance(claim, Relation):
        return None
    counted = {(low, high) for name, low, high in context.ranges if name == LETTER}
    if counted and (counted != {(ONE, m.shape[0]) for m in members} or _says_orthonormal(claim)):
        return None
    said = [law.target for law in context.random] + [rule.target for rule in context.recurrences]
    said += [d.target for d in context.definitions]
    said += [node for hypothesis in context.hypotheses for node in values_in(hypothesis)]
    if any(isinstance(node, Member) and node.name == LETTER for node in said):
        return None
    rule: dict[Expression, Expression] = {m: ex.Unit(m.shape[0], m.at[0]) for m in members}
    meant = tuple(replace(d, body=d.body.xreplace(rule)) for d in context.definitions)
    turned = Relation(claim.left.xreplace(rule), claim.op, claim.right.xreplace(rule))
    return turned, replace(context, definitions=meant)


def _says_orthonormal(claim: Relation) -> bool:
    """Whether a claim is about ``e_i^T e_j`` alone."""
    left = claim.left
    factors = left.operands if isinstance(left, ex.Mul) else ()
    inner = [f.operands[0] if isinstance(f, ex.Transpose) else f for f in factors]
    return len(inner) == 2 and all(isinstance(f, Member) and f.name == LETTER for f in inner)
