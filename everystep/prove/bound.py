"""Bound indices get names that nothing else has: what is said of ``x_i`` says nothing of the terms of a sum over i.

Hypotheses, definitions and laws with a free index hold at the value at hand; a sum, product or limit whose index has
the same name is written with another one before any rule looks at it.  May import ``everystep.algebra`` and the
presuppositions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Predicate, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.substitution import BINDERS, apart, marked
from everystep.derivation import Claim
from everystep.prove.presuppositions import free_names

MARK = "·"
"""Behind the names of the indices that definitions bind; no author's name ends with it."""


def spoken_of(context: Context) -> frozenset[str]:
    """The names of the integers that hypotheses, definitions, recurrences and laws speak of, other than their own."""
    return frozenset().union(*_free(context))


def _free(context: Context) -> Iterator[frozenset[str]]:
    for hypothesis in context.hypotheses:
        for part in hypothesis.sides:
            yield free_names(part)
    rules: list[tuple[Expression, tuple[Expression, ...]]] = [(d.target, (d.body,)) for d in context.definitions]
    rules += [(r.target, (r.body,)) for r in context.recurrences]
    rules += [(law.target, law.parameters) for law in context.random]
    for target, bodies in rules:
        own = free_names(target) if isinstance(target, ex.Member) else frozenset[str]()
        yield from (free_names(body) - own for body in bodies)


def context_apart(context: Context, taken: frozenset[str]) -> Context:
    """The same context in which no bound index has one of these names."""
    hypotheses = tuple(claim_apart(h, taken) for h in context.hypotheses)
    if hypotheses == context.hypotheses and not context.definitions and not context.recurrences:
        return context
    return replace(
        context,
        hypotheses=hypotheses,
        definitions=tuple(replace(d, body=marked(d.body, MARK)) for d in context.definitions),
        recurrences=tuple(replace(r, body=marked(r.body, MARK)) for r in context.recurrences),
    )


def claim_apart(claim: Claim, taken: frozenset[str]) -> Claim:
    """The same claim, or hypothesis, in which no bound index has one of these names, or one that is free in it."""
    sides = claim.sides
    if not any(part.has_kind(*BINDERS) for part in sides):
        return claim
    taken = taken.union(*(free_names(part) for part in sides))
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, apart(claim.subject, taken))
    return Relation(apart(claim.left, taken), claim.op, apart(claim.right, taken))
