"""Where a recurrence begins: what is assumed of the first member is its definition.

May import the engine.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Relation


def with_starts_defined(context: Context) -> Context:
    """The context with ``h_0 = b``, assumed of the member that a recurrence begins with, as the definition of h_0.

    Both say the same of h_0; with the definition a recurrence is unfolded down to b.  The member has no other rule, and
    b speaks of no member of the family.
    """
    for rule in context.recurrences:
        first = ex.Member(rule.target.name, *rule.target.shape, rule.first - 1)
        if any(d.target == first for d in context.definitions) or len(rule.target.at) != 1:
            continue
        said = next((h for h in context.hypotheses if _gives(h, first)), None)
        if isinstance(said, Relation):
            kept = tuple(h for h in context.hypotheses if h != said)
            given = (*context.definitions, Definition(first, said.right))
            context = replace(context, hypotheses=kept, definitions=given)
    return context


def _gives(hypothesis: Hypothesis, first: ex.Member) -> bool:
    """Whether a hypothesis is ``h_0 = b`` with no member of the family in b."""
    if not isinstance(hypothesis, Relation) or hypothesis.op != "=" or hypothesis.left != first:
        return False
    return not any(isinstance(n, ex.Member) and n.name == first.name for n in ex.walk(hypothesis.right))
