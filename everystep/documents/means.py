"""The means in a formula that is to be compiled: what the declarations tell of the joint law of what is random.

May import the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import LENGTH, NotConditioned, conditioned, is_conditional, stepped
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression
from everystep.compiler.lowering import NotCompiled
from everystep.documents.joint import crossed
from everystep.documents.spoken import all_in, is_random, together, unstated, without_chance_unsaid
from everystep.reader.scope import Scope

_RESIDUALS = Integer(7)
"""How many numbers stand for the residual of a conditional mean: any will do, as a value rests on none of them."""


def with_laws(tree: Expression, context: Context, scope: Scope) -> tuple[Expression, Context]:
    """The formula, and the context with a law for what depends on what is given, as a verdict has it.

    Raises:
        NotCompiled: the value rests on a joint law of which nothing is said, or is a conditional mean for which the
            declarations give no law.
    """
    claim = Relation(tree, "=", tree)
    if not any(isinstance(node, (*ex.MEANS, ex.Given)) for node in all_in(claim, context)):
        return tree, context
    context = without_chance_unsaid(context, scope)
    unsaid = _unsaid(claim, context, scope)
    if unsaid:
        more = ", and moments that they have together are not used" if crossed(context, scope.independent) else ""
        raise NotCompiled(f"the mean is not compiled: {unstated(unsaid)}{more}")
    try:
        found, context = stepped(claim, context)
        context = conditioned(found, context, scope.independent, scope.lawless)
    except NotConditioned as error:
        raise NotCompiled(f"the mean is not compiled: {error}") from None
    sizes: dict[Expr, Expr] = {LENGTH: _RESIDUALS}
    definitions = tuple(replace(d, body=d.body.xreplace(sizes)) for d in context.definitions)
    random = tuple(
        replace(r, target=r.target.xreplace(sizes), parameters=tuple(p.xreplace(sizes) for p in r.parameters))
        for r in context.random
    )
    return found.sides[0], replace(context, definitions=definitions, random=random)


def _unsaid(claim: Relation, context: Context, scope: Scope) -> str:
    """What :func:`together` finds in the means that those of a claim are sums of: E[x + y] rests on no joint law."""
    if is_conditional(claim, context):
        return together(claim, context, scope)
    for part in all_in(claim, context):
        if not isinstance(part, ex.MEANS):
            continue
        # A mean within a mean is a number like others.
        inner = {m for o in part.operands for m in ex.walk(o) if isinstance(m, ex.MEANS)}
        letters = {m: ex.Var(f"mean {k}", *m.shape) for k, m in enumerate(sorted(inner, key=str))}
        random = {law.target.name for law in context.random} | scope.lawless
        whole = part.func(*(_replaced(o, letters) for o in part.operands))
        parts = _summands(whole, lambda e: is_random(e, random, context))  # noqa: B023 - called at once
        moving = [mean for mean in parts if is_random(mean, random, context)]
        for mean in moving or parts:  # where nothing is random, that is what is found
            if mean.names - {letter.name for letter in letters.values()}:
                found = together(Relation(mean, "=", mean), context, scope)
                if found:
                    return found
    return ""


def _summands(mean: Expression, varies: Callable[[Expression], bool]) -> list[Expression]:
    """The means that the mean of a sum is made of, without constant factors."""
    value = mean.operands[0]
    parts: tuple[Expression, ...] = ()
    if isinstance(value, ex.Add | ex.Neg | ex.Transpose | ex.Trace):
        parts = value.operands
    elif isinstance(value, ex.SumOver):
        parts = value.operands[:1]
    elif isinstance(value, ex.Mul) or (isinstance(value, ex.Div) and not varies(value.operands[1])):
        moving = tuple(filter(varies, value.operands))
        parts = moving if len(moving) == 1 else ()
    if isinstance(mean, ex.Expectation) and parts:
        return [one for part in parts for one in _summands(ex.Expectation(part), varies)]
    return [mean]


def _replaced(tree: Expression, letters: dict[Expression, ex.Var]) -> Expression:
    """The tree with letters for some nodes, the outermost first."""
    if tree in letters:
        return letters[tree]
    arguments = [_replaced(a, letters) if isinstance(a, Expression) else a for a in tree.args]
    return tree if list(tree.args) == arguments else tree.func(*arguments)
