r"""Names that an equation ties to others, and of which a step has shown the value: ``\hat w = (X^T X)^{-1} X^T y``.

Where the others are random the value is what makes the name random, too.  May import the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Relation
from everystep.algebra.expressions import Var
from everystep.derivation import Claim
from everystep.documents.spoken import is_stationarity
from everystep.prove.verdict import Status, Verdict
from everystep.reader.scope import Scope
from everystep.records import dataclass, replace


@dataclass(frozen=True)
class Solved:
    """A name with its value, the equations that say just this, and what else was assumed when that was shown."""

    rule: Definition
    said: tuple[Hypothesis, ...]
    given: tuple[Hypothesis, ...]


def name_solved(claim: Relation, context: Context, judge: Callable[[Claim, Context], Verdict]) -> Solved | None:
    """What a proved equation says of the name on its left, where it says the same as all that was assumed of it: that
    derivatives are zero.
    """
    point = claim.left
    if claim.op != "=" or not isinstance(point, Var) or point.name in claim.right.names:
        return None
    said = tuple(h for h in context.hypotheses if any(point in ex.walk(side) for side in h.sides))
    valued = {d.target for d in context.definitions} | {law.target for law in context.random}
    bodies = {node for d in context.definitions for node in ex.walk(d.body)}
    if not said or point in valued | bodies or not all(isinstance(h, Relation) and is_stationarity(h) for h in said):
        return None  # what is supposed for a while stays so: "if $y = e_c$, then $y = e_c$"
    solved = Solved(Definition(point, claim.right), said, tuple(h for h in context.hypotheses if h not in said))
    other = _put(solved, context)
    shown = [(claim, context), *((h, other) for h in said)]
    return solved if all(judge(c, under).status is Status.PROVED for c, under in shown) else None


def with_names_solved(context: Context, solved: Sequence[Solved]) -> Context:
    """A context in which something is random, with values in the place of the equations that say the same."""
    for one in solved if context.random else ():
        point = one.rule.target
        said = {h for h in context.hypotheses if any(point in ex.walk(side) for side in h.sides)}
        defined = {d.target for d in context.definitions}
        if said == set(one.said) and point not in defined and set(one.given) <= set(context.hypotheses):
            context = _put(one, context)
    return context


class Reading(Protocol):
    """What is in force while a text is read, and the names that are solved for."""

    scope: Scope
    solved: list[Solved]


def end_assumptions(reading: Reading, ended: Sequence[Hypothesis]) -> None:
    """End what a part of the text has assumed; a name of which this was the value keeps it, as a defined one does."""
    scope = reading.scope
    standing = [h for h in scope.context.hypotheses if h not in ended]
    values = {d.target for d in scope.context.definitions}
    for one in reading.solved:
        if set(one.said) <= set(ended) and one.rule.target not in values and set(one.given) <= set(standing):
            values.add(one.rule.target)
            scope.context = _put(one, scope.context)
    scope.doubt(h for h in ended if h in scope.context.hypotheses)


def _put(solved: Solved, context: Context) -> Context:
    kept = tuple(h for h in context.hypotheses if h not in solved.said)
    return replace(context, hypotheses=kept, definitions=(*context.definitions, solved.rule))
