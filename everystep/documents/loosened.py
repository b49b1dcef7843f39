"""Why a step that is false as it is written is not called wrong: words say that it holds in the mean, or in a limit.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Sequence

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.derivation import Claim
from everystep.documents.spoken import all_in
from everystep.reader.loosely import is_at_the_end, is_loose, is_near, is_of_means
from everystep.reader.source import Display, Tokens


def loosened(
    claim: Claim, context: Context, display: Display, behind: str, formulas: Sequence[Tokens], equal_up_to: bool
) -> str:
    """What words beside a display say that its relations hold up to; empty where they hold as they are written.

    ``behind``: the words behind it; ``formulas``: those of the words ahead; ``equal_up_to``: the text says so of all.
    A claim whose means are all written is one of these means, and a limit that is written is the one that is meant.
    """
    if equal_up_to or is_loose(display.prose) or is_near(display.prose, behind):
        return "the text says that it holds up to something, or sums"
    if is_of_means(display.prose, behind) and not _writes_its_means(claim, context):
        return "the text says that it holds in the mean, or with some probability"
    limits = (ex.Limit, ex.LimitAt)
    if is_at_the_end(display.prose, behind, formulas) and not any(
        isinstance(n, limits) for n in all_in(claim, context)
    ):
        return "the text says that it holds in a limit"
    return ""


def _writes_its_means(claim: Claim, context: Context) -> bool:
    """Whether means stand in a claim and nothing random outside of them."""
    random, seen = {law.target.name for law in context.random}, set[str]()
    if not isinstance(claim, Relation):
        return False
    todo: list[Expression] = [claim.left, claim.right]
    found = False
    while todo:
        node = todo.pop()
        if isinstance(node, ex.MEANS):
            found = True
        elif isinstance(node, Var | ex.Member):
            if node.name in random:
                return False
            if node.name not in seen:
                todo += [d.body for d in context.definitions if d.target.name == node.name]
            seen.add(node.name)
        else:
            todo += getattr(node, "operands", ())
    return found
