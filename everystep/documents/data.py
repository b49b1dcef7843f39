r"""Data that an equation explains: in ``\nabla_\beta \|y - X\beta\|^2`` behind ``y = X\beta + \varepsilon`` y is given.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.derivation import Claim
from everystep.reader.models import noise_of
from everystep.reader.trees import Unreadable

BY = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian, ex.Hessian)
RESPONSES = frozenset(("y", "Y"))


def in_motion(claim: Claim, context: Context, names: Collection[str]) -> Claim:
    r"""The claim in which ``\\frac{d}{dt}`` of what is written with x is that along ``\\dot x``, where there is one.

    ``names``: the names that have a meaning.  Raises Unreadable where t stands in what is differentiated, too.
    """
    if not isinstance(claim, Relation) or not (claim.left.has_kind(*BY) or claim.right.has_kind(*BY)):
        return claim
    leaves = {n for part in _parts(claim, context, ()) for n in ex.walk(part) if isinstance(n, Var)}
    dotted = {n.name for n in leaves} | set(names)
    moving = {n: Var(f"dot {n.name}", *n.shape) for n in leaves if f"dot {n.name}" in dotted}

    def turned(e: Expression) -> Expression:
        parts = [turned(a) if isinstance(a, Expression) else a for a in e.args]
        time = isinstance(e, BY) and isinstance(e.operands[1], Var) and e.operands[1].name == "t"
        if time:
            value = e.operands[0]
            inside = {n for part in _parts(Relation(value, "=", value), context, ()) for n in ex.walk(part)}
            along = [v for v in sorted(moving, key=str) if v in inside]
            still = e.operands[1] not in inside and any(isinstance(n, Var) for n in inside)
            if still and not along and not any(isinstance(n, ex.Member) for n in inside):
                raise Unreadable("nothing says how what is differentiated by t varies with t")
            if along and (e.operands[1] in inside or isinstance(e, ex.Hessian)):
                raise Unreadable(f"two readings: {along[0].name} varies with t, and t itself is written beside it")
            if along:
                return ex.Differential(turned(value), *(part for v in along for part in (v, moving[v])))
        rebuilt: Expression = e.func(*parts) if parts else e
        return rebuilt

    return Relation(turned(claim.left), claim.op, turned(claim.right))


def with_data_given(claim: Claim, context: Context) -> Context:
    """The context in which what a claim differentiates does not vary through the data.

    A derivative by beta of what is written with beta and y takes y as given: what the equation defines is then the
    noise.  Raises Unreadable where y would be given in one place and not in another.
    """
    if not isinstance(claim, Relation):
        return context
    models = {d.target: noise for d in context.definitions if (noise := _noise(d, context)) is not None}
    if not models:
        return context
    given: set[Var] = set()
    moving: set[Var] = set()
    parts = _parts(claim, context, models.keys())
    for node in (n for part in parts for n in ex.walk(part) if isinstance(n, BY)):
        value, *variables = node.operands
        written = {n for part in _parts(Relation(value, "=", value), context, models.keys()) for n in ex.walk(part)}
        for y in (y for y in models if _explains(y, variables, context)):
            if models[y] in written:
                raise Unreadable(f"two readings: {models[y].name} varies with {y.name} given, or is given itself")
            if y in written:
                (given if any(v in written for v in variables) else moving).add(y)
    if not given:
        return context
    spoken = {n for part in parts for n in ex.walk(part)}
    if given & moving or any(isinstance(n, ex.MEANS) for n in spoken):
        name = min(y.name for y in given)
        raise Unreadable(f"two readings: {name} is given, or varies as its equation says")
    for y in given:
        body = next(d.body for d in context.definitions if d.target == y)
        rest = tuple(d for d in context.definitions if d.target != y)
        context = replace(context, definitions=(*rest, Definition(models[y], _solved(y, body, models[y]))))
    return context


def _noise(definition: Definition, context: Context) -> Var | None:
    """The noise in the definition of data; None in any other definition."""
    noise = noise_of(definition.body)
    response = isinstance(definition.target, Var) and definition.target.name in RESPONSES
    return noise if response and all(d.target != noise for d in context.definitions) else None


def _explains(y: Var, variables: list[Expression], context: Context) -> bool:
    """Whether the equation of y is written with one of the variables."""
    body = next(d.body for d in context.definitions if d.target == y)
    return any(v in set(ex.walk(body)) for v in variables)


def _parts(claim: Relation, context: Context, but: Collection[Expression]) -> list[Expression]:
    """The sides of a claim and the bodies of the definitions that they lead to, but of some names."""
    found: list[Expression] = [claim.left, claim.right]
    seen: set[Expression] = set()
    for part in found:
        for node in ex.walk(part):
            if node not in seen:
                seen.add(node)
                found += [d.body for d in context.definitions if d.target == node and node not in but]
    return found


def _solved(y: Var, body: Expression, noise: Var) -> Expression:
    """The noise in terms of the data: ``y = a + e`` gives ``e = y - a``, ``y = a - e`` gives ``e = a - y``."""
    added = noise in body.operands
    rest = [t for t in body.operands if t not in (noise, ex.Neg(noise))]
    others = rest[0] if len(rest) == 1 else ex.Add(*rest)
    return ex.Add(y, ex.Neg(others)) if added else ex.Add(others, ex.Neg(y))
