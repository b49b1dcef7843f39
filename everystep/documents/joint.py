"""Random quantities of whose joint law nothing is said, or a part only: laws that cover what they may have together.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeAlias

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Hypothesis, Predicate, Random, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.shapes import ONE, size
from everystep.derivation import Claim
from everystep.documents.relevance import relevant
from everystep.documents.spoken import all_in, is_zero, values_in
from everystep.prove.verdict import Status, Verdict
from everystep.reader.models import NOISE
from everystep.records import dataclass, replace

SOURCE = "joint"
Judge: TypeAlias = Callable[[Claim, Context], Verdict]


@dataclass(frozen=True)
class World:
    """A context in which some random quantities have a joint law.

    ``proves``: what holds in it holds whatever joint law they have; ``refutes``: it is one that they may have.
    """

    context: Context
    proves: bool
    refutes: bool


def crossed(context: Context, independent: Collection[frozenset[str]]) -> tuple[Hypothesis, ...]:
    """The hypotheses about the moments of several random symbols together, which nothing calls independent."""
    random = {law.target.name for law in context.random}

    def crosses(hypothesis: Hypothesis) -> bool:
        for node in values_in(hypothesis):
            if isinstance(node, ex.MEANS):
                names = _named(all_in(Relation(node, "=", node), context)) & random
                if len(names) > 1 and not any(names <= group for group in independent):
                    return True
        return False

    return tuple(h for h in context.hypotheses if crosses(h))


def says_uncorrelated(claim: Claim) -> bool:
    """Whether a claim is ``Cov(x, y) = 0`` of two names: an author who writes it down may well assume it."""
    if not isinstance(claim, Relation) or claim.op != "=" or not is_zero(claim.right):
        return False
    return isinstance(claim.left, ex.Covariance) and all(isinstance(o, Var) for o in claim.left.operands)


def has_noise(claim: Claim, context: Context) -> bool:
    """Whether a claim is about a random quantity of mean zero that has a letter of noise, and another one.

    Authors hardly ever write down that noise is independent of what it is added to; of what holds then no mistake is
    claimed.
    """
    named = _named(all_in(claim, context))
    laws = [law for law in context.random if law.target.name in named and law.law in ("moments", "gaussian")]
    return len(laws) > 1 and any(law.target.name in NOISE and is_zero(law.parameters[0]) for law in laws)


def jointly(
    claim: Claim, context: Context, independent: Collection[frozenset[str]], judge: Judge, refutes: bool
) -> tuple[Verdict, Context] | None:
    """The verdict whatever joint law the random quantities of a claim have, and the context it was found in.

    ``context`` holds what is said of their moments together.  ``refutes``: whether nothing else may be
    said of them.  None where nothing is decided.
    """
    for world in worlds(claim, context, independent):
        verdict = judge(claim, world.context)
        if verdict.status is Status.PROVED and world.proves:
            return verdict, world.context
        if verdict.status is Status.REFUTED and world.refutes and refutes:
            return verdict, world.context
    return None


def worlds(claim: Claim, context: Context, independent: Collection[frozenset[str]]) -> list[World]:
    """The joint laws to try, one by one; none where the laws of the names are of other kinds.

    In the first, x = mean + P z and y = mean + Q z for a random vector z of any length with mean 0.  Whatever joint law
    x and y have is one of these: z is both of them side by side, less their means.  In the last, y less its mean is x
    less its mean, which tells much of what holds for independent ones only.
    """
    named = _named(all_in(claim, context))
    for hypothesis in crossed(relevant(context, claim), independent):
        named |= _named(all_in(hypothesis, context))
    laws = [law for law in context.random if law.target.name in named]
    kinds = {law.law for law in laws}
    targets = [law.target for law in laws]
    if len(laws) < 2 or not kinds <= {"moments", "gaussian"}:
        return []
    if any(not isinstance(t, Var) or t.shape[1] != ONE for t in targets):
        return []
    names = {t.name for t in targets}
    if any(len(names & group) > 1 for group in independent):
        return []
    found = [_mixed(laws, context, "moments", proves=True)]
    if kinds == {"gaussian"}:
        found.append(_mixed(laws, context, "gaussian", proves=False))
    alike = _alike(laws, context)
    return found if alike is None else [*found, alike]


def _mixed(laws: list[Random], context: Context, law: str, proves: bool) -> World:
    """The context in which all are linear images of one random vector, which is as ``law`` says."""
    length = size("k_joint")
    source, spread = Var(SOURCE, length), Var(f"Sigma_{SOURCE}", length, length)
    definitions: list[Definition] = []
    hypotheses: list[Hypothesis] = [Predicate("positive semidefinite", spread)]
    taken = {node for d in context.definitions for node in (d.target, *ex.walk(d.body))}
    for one in laws:
        target, (mean, variance) = one.target, one.parameters
        part = Var(f"P_{target.name}", target.shape[0], length)
        definitions.append(Definition(target, ex.Add(mean, ex.Mul(part, source))))
        own = ex.Mul(part, spread, ex.Transpose(part))
        if isinstance(variance, Var) and variance not in taken:
            definitions.append(Definition(variance, own))
            taken.add(variance)
        else:
            hypotheses.append(Relation(own, "=", variance))
    zero = ex.Zeros(length, ONE)
    return _world(laws, context, definitions, hypotheses, (Random(source, law, (zero, spread)),), proves, law)


def _alike(laws: list[Random], context: Context) -> World | None:
    """The context in which all of them differ from the first by a constant; None where their shapes or laws differ."""
    first, *others = laws
    mean, variance = first.parameters
    taken = {node for d in context.definitions for node in (d.target, *ex.walk(d.body))}
    definitions: list[Definition] = []
    for other in others:
        own_mean, own = other.parameters
        if other.target.shape != first.target.shape or other.law != first.law:
            return None
        centred = ex.Add(first.target, ex.Neg(mean))
        definitions.append(Definition(other.target, ex.Add(own_mean, centred)))
        if own == variance:
            continue
        if not isinstance(own, Var) or own in taken or own in ex.walk(variance):
            return None
        definitions.append(Definition(own, variance))
        taken.add(own)
    return _world(laws, context, definitions, [], (first,), proves=False, law=first.law)


def _world(
    laws: list[Random],
    context: Context,
    definitions: list[Definition],
    hypotheses: list[Hypothesis],
    random: tuple[Random, ...],
    proves: bool,
    law: str,
) -> World:
    """A context with what is said of the moments of several symbols together as definitions where it defines a name."""
    names = {one.target.name for one in laws}
    known = {d.target for d in (*context.definitions, *definitions)}
    kept: list[Hypothesis] = []
    for h in context.hypotheses:
        moment = h.left if isinstance(h, Relation) and h.op == "=" and isinstance(h.left, ex.MEANS) else None
        value = h.right if isinstance(h, Relation) else None
        if moment is not None and isinstance(value, Var) and value not in known and _named([moment]) & names:
            definitions.append(Definition(value, moment))
            known.add(value)
        else:
            kept.append(h)
    others = tuple(one for one in context.random if one not in laws)
    joint = replace(
        context,
        random=(*others, *random),
        definitions=(*context.definitions, *definitions),
        hypotheses=(*kept, *hypotheses),
    )
    return World(joint, proves, refutes=all(one.law == law for one in laws))


def _named(parts: list[Expression]) -> set[str]:
    return {node.name for part in parts for node in ex.walk(part) if isinstance(node, Var | ex.Member)}
