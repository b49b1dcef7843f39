"""Substitution of integer symbols that respects bound indices.

May import SymPy and ``everystep.algebra.expressions`` only.
"""

from __future__ import annotations

from collections.abc import Mapping

from sympy import Expr, Symbol

from everystep.algebra import expressions as ex
from everystep.algebra.expressions import Expression

BINDERS = (ex.SumOver, ex.Limit)


def instance(expression: Expression, values: Mapping[Expr, Expr]) -> Expression:
    """The expression at those values of its integer symbols; a bound index that would capture one is renamed."""
    if not values:
        return expression
    near = set(values).union(*(value.free_symbols for value in values.values()))
    while True:
        clash = next((n for n in ex.walk(expression) if isinstance(n, BINDERS) and n.index in near), None)
        if clash is None:
            replaced: Expression = expression.xreplace(dict(values))
            return replaced
        fresh = Symbol(f"{clash.index}'", integer=True, positive=clash.index.is_positive)
        while fresh in near or fresh in clash.free_symbols:
            fresh = Symbol(f"{fresh}'", integer=True, positive=clash.index.is_positive)
        renamed = clash.func(clash.operands[0].xreplace({clash.index: fresh}), fresh, *clash.args[2:])
        expression = expression.xreplace({clash: renamed})
