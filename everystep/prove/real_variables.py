"""The variables that limits bind get names that nothing else has, before any rule looks at a claim.

What a hypothesis says of ``h`` is not said of the h that tends to 0 in a limit, but a name that is defined by h moves
with it: such definitions are written out within the limit first.  The new name says how the variable moves, so that
equal limits are equal expressions whatever the author calls what moves.  May import ``everystep.algebra`` only.
"""

from __future__ import annotations

from collections.abc import Callable
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
    """The names of the variables of limits, of those that are apart, that occur in an expression."""
    return frozenset(n.name for n in ex.walk(expression) if isinstance(n, Var) and MARK in n.name)


def claim_with_limits_apart(claim: Claim, context: Context) -> Claim:
    """The same claim with the variables of all its limits apart."""
    if isinstance(claim, Predicate):
        return Predicate(claim.kind, limits_apart(claim.subject, context))
    return Relation(limits_apart(claim.left, context), claim.op, limits_apart(claim.right, context))


def limits_apart(expression: Expression, context: Context) -> Expression:
    """The same expression with the variables of its limits apart.

    Left as it is, so that no rule applies: a limit over something that is no letter, one that a recurrence or a law
    depends on, or where what depends on the letter cannot be written out.
    """
    if not any(isinstance(node, LimitAt) for node in ex.walk(expression)):
        return expression
    return _apart(expression, context)


@lru_cache(maxsize=256)
def _apart(expression: Expression, context: Context) -> Expression:
    if not any(isinstance(node, LimitAt) for node in ex.walk(expression)):
        return expression
    if not isinstance(expression, LimitAt) or is_apart(expression):
        func = cast("Callable[..., Expression]", expression.func)
        return func(*(_apart(a, context) if isinstance(a, Expression) else a for a in expression.args))
    variable, point = expression.variable, _apart(expression.point, context)
    body = _written_out(expression.operands[0], variable, context) if isinstance(variable, Var) else None
    if body is None:
        return LimitAt(expression.operands[0], variable, point, expression.approach)
    body = _apart(body, context)
    if any(isinstance(node, LimitAt) and not is_apart(node) for node in ex.walk(body)):
        return LimitAt(expression.operands[0], variable, point, expression.approach)
    depth = 1 + max((n.variable.name.count(MARK) for n in ex.walk(body) if isinstance(n, LimitAt)), default=0)
    place = expression.approach if expression.is_infinite else f"{point}, {expression.approach}"
    fresh = Var(f"{MARK * depth} {place}")
    return LimitAt(body.xreplace({variable: fresh}), fresh, point, expression.approach)


def _written_out(body: Expression, variable: Var, context: Context) -> Expression | None:
    """The body with every name that rests on the variable replaced by what it is defined as; None where that fails."""
    moving = _moving(variable.name, context)
    for _ in range(MOST_DEFINITIONS):
        found = next((n for n in ex.walk(body) if isinstance(n, (Var, Member)) and n.name in moving), None)
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
