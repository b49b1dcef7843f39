"""Random quantities of whose joint law nothing is said: a law that covers all that they may have together.

May import the engine.
"""

from __future__ import annotations

from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, size
from everystep.derivation import Claim
from everystep.documents.spoken import all_in, values_in

SOURCE = "joint"


def jointly(claim: Claim, context: Context) -> Context | None:
    """The context with x = mean + P z and y = mean + Q z for a random vector z with mean 0, of any length.

    Whatever joint law x and y have is one of these: z is both of them side by side, less their means.  What is proved
    here is proved for all of them.  None where a name has another law than moments, or a variance that was given.
    """
    named = {node.name for part in all_in(claim, context) for node in ex.walk(part) if isinstance(node, Var)}
    laws = [law for law in context.random if law.target.name in named]
    given = {node for h in context.hypotheses for part in _sides(h) for node in ex.walk(part)}
    given |= {node for definition in context.definitions for node in ex.walk(definition.body)}
    if len(laws) < 2 or any(isinstance(law.target, ex.Member) or law.law != "moments" for law in laws):
        return None
    length = size("k_joint")
    source = Var(SOURCE, length)
    spread = Var(f"Sigma_{SOURCE}", length, length)
    definitions: list[Definition] = []
    for law in laws:
        target, (mean, variance) = law.target, law.parameters
        own = isinstance(variance, Var) and variance.name == f"Sigma_{target.name.replace(' ', '')}"
        if not isinstance(target, Var) or not own or variance in given or variance in values_in(claim):
            return None
        part = Var(f"P_{target.name}", target.shape[0], length)
        definitions.append(Definition(target, ex.Add(mean, ex.Mul(part, source))))
    kept = tuple(law for law in context.random if law not in laws)
    zero = ex.Zeros(length, ONE)
    joint = Random(source, "moments", (zero, spread))
    psd = Predicate("positive semidefinite", spread)
    hypotheses = (*context.hypotheses, psd)
    return replace(
        context, random=(*kept, joint), definitions=(*context.definitions, *definitions), hypotheses=hypotheses
    )


def _sides(hypothesis: Hypothesis) -> tuple[Expression, ...]:
    return (hypothesis.left, hypothesis.right) if isinstance(hypothesis, Relation) else (hypothesis.subject,)
