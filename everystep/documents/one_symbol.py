"""One letter is one integer: T of ``\\sum_{t=1}^T`` and of ``1 \\le t < T``, a size here and an index there.

May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sympy import Basic, Expr, Symbol

from everystep.algebra.context import Context, Predicate, Random, Relation
from everystep.algebra.expressions import Expression
from everystep.algebra.substitution import instance
from everystep.derivation import Claim


def with_one_symbol_each(claim: Claim, context: Context) -> tuple[Claim, Context]:
    """The claim and its context with a size, which is at least 1, in the place of every free index of the same name.

    What a sum binds, and the indices that a family is defined with, are no such letters: these get other names.
    """
    symbols = {s for part in (claim, *context.hypotheses) for side in part.sides for s in side.free_symbols}
    for target, parts in _rules(context):
        symbols |= {s for part in parts for s in part.free_symbols} - _own(target)
    sizes = {s.name: s for s in symbols if s.is_positive}
    put = {s: sizes[s.name] for s in symbols if not s.is_positive and s.name in sizes}
    own = {s for target, _ in _rules(context) for s in _own(target) if not s.is_positive and s.name in sizes}
    others = {s: Symbol(f"{s.name}'", integer=True) for s in own}
    if not put and not others:
        return claim, context

    def told(part: Claim) -> Claim:
        if isinstance(part, Predicate):
            return replace(part, subject=instance(part.subject, put))
        return Relation(instance(part.left, put), part.op, instance(part.right, put))

    def moved(part: Any, target: Expression) -> Any:
        mine = _own(target)
        kept = {s: size for s, size in put.items() if s not in mine}
        return instance(part, {**kept, **{s: other for s, other in others.items() if s in mine}})

    def rules(known: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(replace(r, target=moved(r.target, r.target), body=moved(r.body, r.target)) for r in known)

    def law(known: Random) -> Random:
        parameters = tuple(moved(p, known.target) for p in known.parameters)
        return replace(known, target=moved(known.target, known.target), parameters=parameters)

    return told(claim), replace(
        context,
        definitions=rules(context.definitions),
        recurrences=rules(context.recurrences),
        hypotheses=tuple(told(h) for h in context.hypotheses),
        random=tuple(map(law, context.random)),
        ranges=tuple((name, low.xreplace(put), high.xreplace(put)) for name, low, high in context.ranges),
    )


def _rules(context: Context) -> Iterator[tuple[Expression, tuple[Expression, ...]]]:
    """What is defined, recurrent or random, each with what it is made of."""
    yield from ((d.target, (d.body,)) for d in context.definitions)
    yield from ((r.target, (r.body,)) for r in context.recurrences)
    yield from ((law.target, law.parameters) for law in context.random)


def _own(target: Expression) -> set[Basic]:
    """The indices that a family's members are written with."""
    at: tuple[Expr, ...] = getattr(target, "at", ())
    return {s for place in at for s in place.free_symbols}
