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
from everystep.algebra.functions import FUNCTIONS
from everystep.algebra.substitution import instance
from everystep.derivation import Claim
from everystep.reader.entities import Between
from everystep.reader.trees import Unreadable

_BY = (ex.Gradient, ex.ScalarDerivative, ex.Jacobian, ex.Hessian)


def for_derivatives(claim: Claim, context: Context, between: dict[str, Between]) -> tuple[Claim, Context]:
    """The claim and the context in which its derivatives are what they say; raises Unreadable where there is none."""
    if not between:
        return claim, context
    parts = _parts_of(claim, context)
    derivatives = [node for part in parts for node in ex.walk(part) if isinstance(node, _BY)]
    by = {leaf.name for node in derivatives for leaf in _variables(node)}
    for name in sorted(by & between.keys()):
        alone = all(node.operands[1].names == {name} for node in derivatives)
        try:
            if not alone:
                claim, context = _chained(name, between[name], claim, context)
                continue
        except Unreadable:
            if between[name].outer.name in by:
                raise
        context = _turned(name, between[name], context, _parts_of(claim, context))
    return claim, context


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


def _chained(name: str, rule: Between, claim: Claim, context: Context) -> tuple[Claim, Context]:
    """The claim and the context with derivatives by the outer family in the place of those by the inner one.

    The chain rule: of ``h_t = s(a_t)`` alone in the text where ``a_t`` stands as itself, a derivative by ``a_t`` is
    that by ``h_t`` times the one of ``s(a_t)``.  It fails where what is differentiated depends on ``a_t`` otherwise.
    """
    unread = Unreadable(f"derivatives by {name} and by {rule.outer.name}, which are defined through each other")
    (symbol,) = rule.outer.at
    function = rule.body
    if not isinstance(function, ex.Apply) or function.order:
        raise unread
    (inner,) = function.operands
    if not isinstance(inner, ex.Member) or (inner.name, inner.at) != (name, (symbol,)):
        raise unread
    if function.function in FUNCTIONS and FUNCTIONS[function.function].kinks:
        raise unread
    others = [side for h in context.hypotheses for side in h.sides] + [r.body for r in context.recurrences]
    if any(leaf.name == name for part in others for node in ex.walk(part) for leaf in _variables(node)):
        raise unread

    def by_outer(node: Expression) -> Expression:
        value, variable = node.operands
        if not isinstance(variable, ex.Member) or isinstance(node, ex.Hessian):
            raise unread
        (at,) = variable.at
        other = [n.at[0] - at for n in ex.walk(value) if isinstance(n, ex.Member) and n.name == name]
        if any(not gap.is_Integer or gap == 0 for gap in other) or name in _reached([value], context, {name}):
            raise unread
        if any(isinstance(n, _BY) for part in _all_of([value], context, {name}) for n in ex.walk(part)):
            raise unread
        inside = ex.Apply(function.function, variable, 1)
        outside = node.func(value, instance(rule.outer, {symbol: at}))
        if isinstance(node, ex.Jacobian):
            return ex.Mul(outside, ex.Diag(inside))
        return ex.Mul(inside, outside) if inside.is_number_shaped else ex.Hadamard(inside, outside)

    def everywhere(part: Expression) -> Expression:
        for node in dict.fromkeys(n for n in ex.walk(part) if any(leaf.name == name for leaf in _variables(n))):
            part = part.xreplace({node: by_outer(node)})
        return part

    definitions = tuple(Definition(d.target, everywhere(d.body)) for d in context.definitions)
    if isinstance(claim, Relation):
        claim = Relation(everywhere(claim.left), claim.op, everywhere(claim.right))
    else:
        claim = replace(claim, subject=everywhere(claim.subject))
    return claim, replace(context, definitions=definitions)


def _all_of(parts: list[Expression], context: Context, kept: set[str]) -> list[Expression]:
    """Expressions and the bodies of the rules that their names lead to, those of the ``kept`` names left out."""
    found, seen = list(parts), set(kept)
    rules: list[Definition | Recurrence] = [*context.definitions, *context.recurrences]
    for part in found:
        for node in ex.walk(part):
            if isinstance(node, Var | ex.Member) and node.name not in seen:
                seen.add(node.name)
                found += [rule.body for rule in rules if rule.target.name == node.name]
    return found


def _reached(parts: list[Expression], context: Context, kept: set[str]) -> set[str]:
    """The names that the rules of an expression's names speak of, apart from those that it is written with itself."""
    return {
        node.name
        for part in _all_of(parts, context, kept)[len(parts) :]
        for node in ex.walk(part)
        if isinstance(node, Var | ex.Member)
    }


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
