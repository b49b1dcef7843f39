"""The means in a formula that is to be compiled: what the declarations tell of the joint law of what is random.

May import the engine.
"""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer

from everystep.algebra import expressions as ex
from everystep.algebra.conditioning import LENGTH, NotConditioned, conditioned, stepped
from everystep.algebra.context import Context, Relation
from everystep.algebra.expressions import Expression
from everystep.compiler.lowering import NotCompiled
from everystep.documents.joint import crossed
from everystep.documents.spoken import all_in, together, unstated, without_chance_unsaid
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
    unsaid = together(claim, context, scope)
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
