"""The variables that limits bind get names that nothing else has, before any rule looks at a claim.

What a hypothesis says of ``h`` is not said of the h that tends to 0 in a limit, but a name that is defined by h moves
with it: such definitions are written out within the limit first.  The new name says how the variable moves, so that
equal limits are equal expressions whatever the author calls what moves.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import lru_cache
from typing import cast

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Predicate, Relation
from everystep.algebra.expressions import Expression, LimitAt, Member, Var
from everystep.algebra.substitution import instance
from everystep.derivation import Claim

MARK = "→"
"""Within the names of the variables that limits bind; in no name of an author."""

MOST_DEFINITIONS = 200


def is_apart(limit: LimitAt) -> bool:
    """Whether the variable of a limit has a name of its own."""
    return isinstance(limit.variable, Var) and MARK in limit.variable.name


def bound_variables(expression: Expression) -> frozenset[str]:
    """The names of the variables of limits, and of what moves with them, that occur in an expression."""
    return frozenset(n.name for n in expression.leaves if isinstance(n, Var) and MARK in n.name)


def without_meaning(expression: Expression, defined: Container[str]) -> bool:
    """Whether a name that moves with the variable of a limit has lost its definition."""
    return any(name[0] != MARK and name not in defined for name in bound_variables(expression))


def claim_with_limits_apart(claim: Claim, context: Context) -> tuple[Claim, tuple[Definition, ...]]:
    """The same claim with the variables of all its limits apart, and the definitions that go with it."""
    if not any(side.has_kind(LimitAt) for side in claim.sides):
        return claim, ()
    if isinstance(claim, Predicate):
        subject, definitions = limits_apart(claim.subject, context)
        return Predicate(claim.kind, subject), definitions
    left, definitions = limits_apart(claim.left, context)
    right, further = limits_apart(claim.right, context)
    return Relation(left, claim.op, right), tuple(dict.fromkeys((*definitions, *further)))


def limits_apart(expression: Expression, context: Context) -> tuple[Expression, tuple[Definition, ...]]:
    """The same expression with the variables of its limits apart.

    What moves with the variable is written out; a name that a derivative within the limit is taken by becomes another
    name, of which one of the definitions speaks.  Left as it is, so that no rule applies: a limit over something that
    is no letter, one that a recurrence or a law depends on, or where what depends on the letter cannot be written out.
    """
    if not expression.has_kind(LimitAt):
        return expression, ()
    return _apart(expression, context)


@lru_cache(maxsize=256)
def _apart(expression: Expression, context: Context) -> tuple[Expression, tuple[Definition, ...]]:
    if not expression.has_kind(LimitAt):
        return expression, ()
    if not isinstance(expression, LimitAt) or is_apart(expression):
        pairs = [_apart(a, context) if isinstance(a, Expression) else (a, ()) for a in expression.args]
        rebuilt = cast("Callable[..., Expression]", expression.func)(*(argument for argument, _ in pairs))
        return rebuilt, tuple(dict.fromkeys(d for _, definitions in pairs for d in definitions))
    variable = expression.variable
    found = _written_out(expression.operands[0], variable, context) if isinstance(variable, Var) else None
    if found is None:
        return expression, ()
    body, definitions = _apart(found[0], context)
    point, further = _apart(expression.point, context)
    inner = [n for n in ex.walk(body) if isinstance(n, LimitAt)]
    if definitions or further or not all(map(is_apart, inner)):
        return expression, ()
    depth = 1 + max((str(n.variable.args[0]).count(MARK) for n in inner), default=0)
    place = expression.approach if expression.is_infinite else f"{point}, {expression.approach}"
    fresh = Var(f"{MARK * depth} {place}")
    renamed: dict[Expression, Expression] = {variable: fresh}
    renamed.update((name, Var(f"{name.name} {fresh.name}", *name.shape)) for name in found[1])
    moved = tuple(Definition(cast("Var", renamed[n]), e.xreplace(renamed)) for n, e in found[1].items())
    return LimitAt(body.xreplace(renamed), fresh, point, expression.approach), moved


def _written_out(body: Expression, variable: Var, context: Context) -> tuple[Expression, dict[Var, Expression]] | None:
    """The body with every name that rests on the variable replaced by what it is defined as, but for those that a
    derivative is taken by, and what these are; None where that fails.
    """
    moving = _moving(variable.name, context)
    varied = {v for n in ex.walk(body) if isinstance(n, ex.DERIVATIVES) for v in n.operands[1:] if isinstance(v, Var)}
    kept: dict[Var, Expression] = {}
    for name in varied:
        value = _definition(name, context) if name.name in moving else None
        if value is not None:
            plain = _without_names(value, variable, moving, context, frozenset())
            if plain is None or plain.has_kind(LimitAt):
                return None
            kept[name] = plain
    written = _without_names(body, variable, moving, context, frozenset(kept))
    return None if written is None else (written, kept)


def _without_names(
    body: Expression, variable: Var, moving: frozenset[str], context: Context, kept: frozenset[Var]
) -> Expression | None:
    """The body with the names that move, other than those that are kept, replaced by what they are defined as."""
    for _ in range(MOST_DEFINITIONS):
        names = (n for n in ex.walk(body) if isinstance(n, (Var, Member)) and n.name in moving and n not in kept)
        found = next(names, None)
        if found is None:
            return body
        value = None if found.name == variable.name else _definition(found, context)
        if value is None:
            return None
        body = body.xreplace({found: value})
    return None


def _moving(name: str, context: Context) -> frozenset[str]:
    """The other names whose definition, recurrence or law mentions a name, directly or through others."""
    rules: list[tuple[Expression, tuple[Expression, ...]]]
    rules = [(d.target, (d.body,)) for d in context.definitions]
    rules += [(r.target, (r.body,)) for r in context.recurrences]
    rules += [(law.target, law.parameters) for law in context.random]
    moving = {name}
    growing = True
    while growing:
        further = {
            str(getattr(target, "name", ""))
            for target, bodies in rules
            if any(isinstance(n, (Var, Member)) and n.name in moving for body in bodies for n in ex.walk(body))
        }
        growing = not further <= moving
        moving |= further
    return frozenset(moving - {name})


def _definition(found: Var | Member, context: Context) -> Expression | None:
    """What a name is defined as; None where it has a recurrence, a law or several definitions."""
    own: list[Definition] = [d for d in context.definitions if getattr(d.target, "name", "") == found.name]
    others = [r.target for r in context.recurrences] + [law.target for law in context.random]
    if len(own) != 1 or any(getattr(other, "name", "") == found.name for other in others):
        return None
    target, body = own[0].target, own[0].body
    if isinstance(target, Var) and isinstance(found, Var):
        return body
    if not isinstance(target, Member) or not isinstance(found, Member) or len(target.at) != len(found.at):
        return None
    if not all(i.is_Symbol for i in target.at):
        return None
    return instance(body, dict(zip(target.at, found.at, strict=True)))
