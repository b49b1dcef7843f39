r"""Derivatives by a family inside the recurrence of another: by z of ``z_l = W_l h_{l-1}`` and ``h_l = \sigma(z_l)``.

The recurrence is kept as one of ``h``, into which ``z`` has been put, so that a derivative by ``z`` would find nothing
that depends on it.  For such a derivative it is turned into one of ``z``.  May import ``everystep.algebra`` and
``everystep.reader``.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Integer

from everystep.algebra import expressions as ex
from everystep.algebra.context import Context, Definition, Recurrence, Relation
from everystep.algebra.expressions import Expression, Var
from everystep.algebra.substitution import instance
from everystep.derivation import Claim
from everystep.reader.entities import Between
from everystep.reader.trees import Unreadable

_BY = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian, ex.Hessian)


def for_derivatives(claim: Claim, context: Context, between: dict[str, Between]) -> Context:
    """The context in which the derivatives of a claim are what they say; raises Unreadable where there is none."""
    if not between:
        return context
    parts = _parts_of(claim, context)
    by = {leaf.name for part in parts for node in ex.walk(part) for leaf in _variables(node)}
    for name in sorted(by & between.keys()):
        rule = between[name]
        if rule.outer.name in by:
            raise Unreadable(f"derivatives by {name} and by {rule.outer.name}, which are defined through each other")
        context = _turned(name, rule, context, parts)
    return context


def _parts_of(claim: Claim, context: Context) -> list[Expression]:
    """The sides of a claim and the bodies of the definitions that they lead to."""
    found = [claim.left, claim.right] if isinstance(claim, Relation) else [claim.subject]
    seen: set[str] = set()
    for part in found:
        for node in ex.walk(part):
            if isinstance(node, Var | ex.Member) and node.name not in seen:
                seen.add(node.name)
                found += [d.body for d in context.definitions if d.target.name == node.name]
    return found


def _variables(node: Expression) -> list[ex.Member]:
    """The members of families that a derivative is taken by."""
    if not isinstance(node, _BY):
        return []
    return [leaf for leaf in ex.walk(node.operands[1]) if isinstance(leaf, ex.Member)]


def _turned(name: str, rule: Between, context: Context, parts: list[Expression]) -> Context:
    """The context with a recurrence of the inner family in the place of that of the outer one."""
    unread = Unreadable(f"a derivative by {name}, which is defined through {rule.outer.name}, is not read here")
    outer = next((r for r in context.recurrences if r.target.name == rule.outer.name), None)
    inner = next((d for d in context.definitions if d.target.name == name and isinstance(d.target, ex.Member)), None)
    if outer is None or inner is None or not isinstance(inner.target, ex.Member) or len(inner.target.at) != 1:
        raise unread
    (symbol,) = rule.outer.at
    (own,) = inner.target.at
    body = inner.body
    before = {n for n in ex.walk(body) if isinstance(n, ex.Member) and n.name == rule.outer.name}
    same = {n for n in ex.walk(rule.body) if isinstance(n, ex.Member) and n.name in (name, rule.outer.name)}
    first = outer.first
    start = ex.Member(rule.outer.name, *rule.outer.shape, first - 1)
    if {n.at for n in before} != {(own - 1,)} or {(n.name, n.at) for n in same} != {(name, (symbol,))}:
        raise unread
    if any(start in ex.walk(part) for part in parts):
        raise unread
    given = next((d.body for d in context.definitions if d.target == start), None)
    begins = Var(f"{rule.outer.name}_{first - 1}", *rule.outer.shape) if given is None else given
    (member,) = before
    definitions = tuple(d for d in context.definitions if d != inner and d.target != start)
    at_first = instance(body, {own: Integer(first)}).xreplace({instance(member, {own: Integer(first)}): begins})
    return replace(
        context,
        definitions=(
            *definitions,
            Definition(rule.outer, rule.body),
            Definition(ex.Member(name, *inner.target.shape, first), at_first),
        ),
        recurrences=(
            *(r for r in context.recurrences if r != outer),
            Recurrence(inner.target, body.xreplace({member: instance(rule.body, {symbol: own - 1})}), first + 1),
        ),
    )
